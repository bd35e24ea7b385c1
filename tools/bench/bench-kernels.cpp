//===- bench-kernels.cpp - speed of the kernels ---------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of ResNet-20 in all three directions, packing included, in GMAC/s on
// one thread, and the passes over memory in elements per second. The
// processor's peak is measured in the same process, since clocks vary: compare
// with that.
//
//===----------------------------------------------------------------------===//
#include "../../test/Conversion/EOQToKernels/Kernels/KernelJit.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include <benchmark/benchmark.h>
#include <functional>
#include <random>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

#if defined(__x86_64__)
/// Twelve independent chains, as the register block of a product has.
#define EOQ_TWELVE(X)                                                          \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define EOQ_DOT(i)                                                             \
  "vpmaddwd %%ymm12, %%ymm13, %%ymm14\nvpaddd %%ymm14, %%ymm" #i ", %%ymm" #i  \
  "\n"
#define EOQ_FMA(i) "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #i "\n"
#define EOQ_CLOBBERS                                                           \
  "ymm0", "ymm1", "ymm2", "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8",      \
      "ymm9", "ymm10", "ymm11", "ymm14"

static void peakDot(benchmark::State &state) {
  for (auto _ : state)
    for (int i = 0; i < 10000; ++i)
      __asm__ volatile(EOQ_TWELVE(EOQ_DOT)::: EOQ_CLOBBERS);
  state.counters["GMAC/s"] = benchmark::Counter(
      12.0 * 16 * 10000 * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

static void peakFma(benchmark::State &state) {
  for (auto _ : state)
    for (int i = 0; i < 10000; ++i)
      __asm__ volatile(EOQ_TWELVE(EOQ_FMA)::: EOQ_CLOBBERS);
  state.counters["GMAC/s"] = benchmark::Counter(
      12.0 * 8 * 10000 * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}
#endif

namespace {

struct Layer {
  const char *name;
  Conv2DGeometry geometry;
};

Conv2DGeometry square(int64_t n, int64_t size, int64_t c, int64_t o,
                      int64_t kernel, int64_t stride, int64_t groups = 1) {
  Conv2DGeometry g{};
  g.n = n;
  g.h = g.w = size;
  g.c = c;
  g.o = o;
  g.kh = g.kw = kernel;
  g.sh = g.sw = stride;
  g.dh = g.dw = 1;
  g.pt = g.pl = kernel / 2;
  g.groups = groups;
  g.oh = g.ow = (size + 2 * (kernel / 2) - kernel) / stride + 1;
  return g;
}

std::vector<Layer> getLayers() {
  return {{"stem-3-16", square(32, 32, 3, 16, 3, 1)},
          {"3x3-16", square(32, 32, 16, 16, 3, 1)},
          {"3x3-32", square(32, 16, 32, 32, 3, 1)},
          {"3x3-64", square(32, 8, 64, 64, 3, 1)},
          {"3x3-16-32-stride-2", square(32, 32, 16, 32, 3, 2)},
          {"3x3-32-64-stride-2", square(32, 16, 32, 64, 3, 2)},
          {"1x1-32-64-stride-2", square(32, 16, 32, 64, 1, 2)},
          {"1x1-96-24", square(32, 16, 96, 24, 1, 1)},
          {"3x3-512-4x4", square(32, 4, 512, 512, 3, 1)},
          {"3x3-64-56x56", square(4, 56, 64, 64, 3, 1)},
          {"depthwise-96", square(32, 16, 96, 96, 3, 1, 96)},
          {"fc-512-512", Conv2DGeometry::fullyConnected(32, 512, 512)},
          {"lenet-conv1", [] {
             Conv2DGeometry g = square(32, 28, 1, 6, 5, 1);
             g.pt = g.pl = 0;
             g.oh = g.ow = 24;
             return g;
           }()}};
}

using Buffer = std::unique_ptr<char[]>;

/// A memref whose data is aligned to 64 bytes.
template <typename T>
struct Array {
  Buffer memory;
  StridedMemRefType<T, 1> descriptor;

  explicit Array(int64_t size) : memory(new char[size * sizeof(T) + 128]) {
    auto address = reinterpret_cast<uintptr_t>(memory.get());
    descriptor.basePtr = descriptor.data =
        reinterpret_cast<T *>((address + 63) / 64 * 64);
    descriptor.offset = 0;
    descriptor.sizes[0] = size;
    descriptor.strides[0] = 1;
    std::mt19937 random(1);
    for (int64_t i = 0; i < size; ++i)
      descriptor.data[i] = T(int(random() % 255) - 127);
  }
};

template <typename T, typename Sum>
void runLayer(benchmark::State &state, KernelJit &jit, const std::string &name,
              const Conv2DGeometry &g, Conv2DKind kind, int64_t bytes) {
  int64_t x = g.n * g.h * g.w * g.c, y = g.n * g.oh * g.ow * g.o;
  int64_t w = g.o * (g.c / g.groups) * g.kh * g.kw;
  Array<T> lhs(kind == Conv2DKind::GradInput ? y : x);
  Array<T> rhs(kind == Conv2DKind::GradWeight ? y : w);
  Array<Sum> result(kind == Conv2DKind::Forward     ? y
                    : kind == Conv2DKind::GradInput ? x
                                                    : w);
  Array<int8_t> scratch(bytes);
  auto function = reinterpret_cast<void (*)(void *, void *, void *, void *)>(
      jit.lookup(name));
  for (auto _ : state)
    function(&lhs.descriptor, &rhs.descriptor, &result.descriptor,
             &scratch.descriptor);
  double products = double(y) * (g.c / g.groups) * g.kh * g.kw;
  state.counters["GMAC/s"] = benchmark::Counter(
      products * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

template <typename... Args>
void runPass(benchmark::State &state, KernelJit &jit, const std::string &name,
             int64_t n, Args... args) {
  auto function = reinterpret_cast<void (*)(Args...)>(jit.lookup(name));
  for (auto _ : state)
    function(args...);
  state.counters["elements/ns"] = benchmark::Counter(
      double(n) * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  KernelJit jit;
#if defined(__x86_64__)
  if (KernelJit::getHostInstruction() == DotInstruction::AVX2) {
    benchmark::RegisterBenchmark("peak/vpmaddwd", peakDot);
    benchmark::RegisterBenchmark("peak/vfmadd231ps", peakFma);
  }
#endif
  std::pair<const char *, Conv2DKind> kinds[] = {
      {"forward", Conv2DKind::Forward},
      {"grad_input", Conv2DKind::GradInput},
      {"grad_weight", Conv2DKind::GradWeight}};
  std::vector<Layer> layers = getLayers();
  for (const Layer &layer : layers)
    for (auto [kindName, kind] : kinds)
      for (bool isFloat : {false, true}) {
        std::string name = std::string(isFloat ? "f32/" : "int8/") +
                           layer.name + "/" + kindName;
        Type element = isFloat ? jit.getF32() : jit.getI8();
        Type sum = isFloat ? jit.getF32() : jit.getI32();
        int64_t bytes =
            jit.addConv2D(name, layer.geometry, kind, element, sum, 1);
        const Conv2DGeometry &g = layer.geometry;
        benchmark::RegisterBenchmark(
            name.c_str(), [&jit, name, g, kind = kind, bytes,
                           isFloat](benchmark::State &state) {
              if (isFloat)
                runLayer<float, float>(state, jit, name, g, kind, bytes);
              else
                runLayer<int8_t, int32_t>(state, jit, name, g, kind, bytes);
            });
      }

  // Passes over an activation of ResNet-20's first stage.
  static const int64_t n = 32 * 32 * 32 * 16, length = 64, channels = 16;
  static Array<int32_t> x(n), y(n), pattern(length);
  static Array<int8_t> q(n), p(n);
  static Array<int64_t> sums(channels);
  static Array<int32_t> partial(64 * length);
  for (const char *kernel :
       {"eoq_max_abs_i32", "eoq_quantize_nearest_i32_i8",
        "eoq_quantize_stochastic_i32_i8", "eoq_bias_add_i32", "eoq_relu_i32",
        "eoq_relu_grad_i32", "eoq_add_i8_i8", "eoq_add_i32_i8",
        "eoq_channel_sum_i8", "eoq_max_pool_i8"})
    jit.addKernel(kernel);
  using MemRef = void *;
  auto add = [&](const char *name, auto... args) {
    benchmark::RegisterBenchmark(
        (std::string("pass/") + name).c_str(),
        [&jit, name, args...](benchmark::State &state) {
          runPass(state, jit, name, n, args...);
        });
  };
  MemRef mx = &x.descriptor, my = &y.descriptor, mq = &q.descriptor,
         mp = &p.descriptor;
  MemRef pat = &pattern.descriptor;
  add("eoq_max_abs_i32", mx, n);
  add("eoq_quantize_nearest_i32_i8", mx, mq, n, 9);
  add("eoq_quantize_stochastic_i32_i8", mx, mq, n, 9, 77, 3);
  add("eoq_bias_add_i32", mx, pat, mx, n, length);
  add("eoq_relu_i32", mx, mx, n);
  add("eoq_relu_grad_i32", mx, mq, my, n);
  add("eoq_add_i8_i8", mq, mp, mx, n, 0, 2, 0);
  add("eoq_add_i32_i8", my, mp, mx, n, 0, 2, 0);
  add("eoq_channel_sum_i8", mq, MemRef(&partial.descriptor),
      MemRef(&sums.descriptor), n, channels, length);
  int64_t one = 1, two = 2, zero = 0, half = 16, size = 32, images = 32;
  add("eoq_max_pool_i8", mq, mp, images, size, size, channels, half, half, two,
      two, two, two, one, one, zero, zero, zero, zero);

  if (failed(jit.compile(KernelJit::getHostInstruction()))) {
    llvm::errs() << "bench-kernels: the kernels do not compile\n";
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
