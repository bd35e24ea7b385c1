//===- bench-kernels.cpp - speed of the kernels ---------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The convolutions of known networks in all three directions on one thread,
// beside the same in float32 by oneDNN. Ours count in full: packing, the
// product and requantization of its result to 8 bits. oneDNN's layouts are its
// own, and reorders do not count. Clocks vary, so every round of a benchmark
// runs ours, oneDNN's and a loop at the processor's peak; medians are reported.
//
// Ends with a table per network and geometric means, on the standard error
// output; --benchmark_format=json and --benchmark_out are for programs.
//
//===----------------------------------------------------------------------===//
#include "../../test/Conversion/EOQToKernels/Kernels/KernelJit.h"
#include "ConvolutionLists.h"
#include "OneDNN.h"
#include "Peak.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "llvm/Support/Format.h"
#include <benchmark/benchmark.h>
#include <cmath>
#include <random>
#include <time.h>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::bench;
using namespace mlir::eoq::test;

namespace {

/// A memref whose data is aligned to 64 bytes.
template <typename T>
struct Array {
  std::unique_ptr<char[]> memory;
  StridedMemRefType<T, 1> descriptor;

  explicit Array(int64_t size, int least = -127)
      : memory(new char[size * sizeof(T) + 128]) {
    auto address = reinterpret_cast<uintptr_t>(memory.get());
    descriptor.basePtr = descriptor.data =
        reinterpret_cast<T *>((address + 63) / 64 * 64);
    descriptor.offset = 0;
    descriptor.sizes[0] = size;
    descriptor.strides[0] = 1;
    std::minstd_rand random(1);
    for (int64_t i = 0; i < size; ++i)
      descriptor.data[i] = T(int(random() % (128 - least)) + least);
  }
};

struct Direction {
  const char *name;
  Conv2DKind kind;
};
const Direction directions[] = {{"forward", Conv2DKind::Forward},
                                {"grad_input", Conv2DKind::GradInput},
                                {"grad_weight", Conv2DKind::GradWeight}};

/// Medians of one benchmark, in 10^9 multiplications and additions per second.
struct Result {
  double ours = 0, peer = 0, peak = 0;
};

struct Row {
  Layer layer;
  Result results[3];
};

/// In the order of the lists.
std::vector<Row> table;

/// Processor time of this thread, in seconds: other processes do not count.
double measure(llvm::function_ref<void()> work) {
  auto now = [] {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
  };
  double start = now();
  work();
  return now() - start;
}

double getMedian(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2,
                   values.end());
  return values[values.size() / 2];
}

/// Elements of a row of the loops over whole tensors.
constexpr int64_t kRow = 1024;

/// A product with the requantization of its result, compiled.
class Product {
public:
  Product(KernelJit &jit, const Conv2DGeometry &g, bool nonnegative,
          Conv2DKind kind, const std::string &name, int64_t bytes)
      : Product(jit, g, nonnegative, kind, name, bytes, g.n * g.h * g.w * g.c,
                g.n * g.oh * g.ow * g.o, g.o * (g.c / g.groups) * g.kh * g.kw) {
  }

  void run() {
    int64_t magnitude = product(&lhs.descriptor, &rhs.descriptor,
                                &sums.descriptor, &scratch.descriptor);
    int64_t size = sums.descriptor.sizes[0];
    if (!findsMagnitude)
      magnitude = maxAbs(1, size, kRow, &sums.descriptor);
    switch (kind) {
    case Conv2DKind::Forward:
      nearest(1, size, kRow, &sums.descriptor, &result.descriptor,
              getShift(magnitude, 8, 1));
      break;
    case Conv2DKind::GradInput: {
      if (geometry.reachedOnly) {
        ReachedPixels grid = *getReachedPixels(geometry);
        reached(&sums.descriptor, &result.descriptor, geometry.n, geometry.h,
                geometry.w, geometry.c, grid.rows, grid.columns, grid.firstRow,
                grid.firstColumn, grid.rowStep, grid.columnStep,
                getShift(magnitude, 8, 1), 77, 3);
        break;
      }
      // The random numbers follow the order of the tensor, NCHW.
      int64_t hw = geometry.h * geometry.w, c = geometry.c;
      int64_t length = getChannelPatternLength(c);
      number(&pattern.descriptor, hw, c, length);
      stochastic(geometry.n, hw * c, length, &sums.descriptor,
                 &result.descriptor, &pattern.descriptor, c,
                 getShift(magnitude, 8, 1), 77, 3);
      break;
    }
    case Conv2DKind::GradWeight:
      if (geometry.outputsLast) {
        outputsLast(&sums.descriptor, &result.descriptor, geometry.o,
                    geometry.c, geometry.kh * geometry.kw,
                    getShift(magnitude, 8, 0), 77, 3);
        break;
      }
      number(&pattern.descriptor, 1, 1, kRow);
      stochastic(1, size, kRow, &sums.descriptor, &result.descriptor,
                 &pattern.descriptor, 1, getShift(magnitude, 8, 0), 77, 3);
      break;
    }
  }

private:
  Product(KernelJit &jit, const Conv2DGeometry &geometry, bool nonnegative,
          Conv2DKind kind, const std::string &name, int64_t bytes, int64_t x,
          int64_t y, int64_t w)
      : geometry(geometry), kind(kind),
        findsMagnitude(canFindMagnitude(geometry, kind, jit.getI8())),
        lhs(kind == Conv2DKind::GradInput ? y : x,
            nonnegative && kind != Conv2DKind::GradInput ? 0 : -127),
        rhs(kind == Conv2DKind::GradWeight ? y : w),
        sums(kind == Conv2DKind::Forward     ? y
             : kind == Conv2DKind::GradInput ? getGradInputSums(geometry)
                                             : w),
        result(kind == Conv2DKind::GradInput ? x : sums.descriptor.sizes[0]),
        scratch(bytes),
        pattern(std::max(getChannelPatternLength(geometry.c), kRow)) {
    find(product, jit, name);
    find(maxAbs, jit, "eoq_fused_i32_max");
    find(getShift, jit, "eoq_exponent_shift");
    find(nearest, jit, "eoq_fused_i32_nearest");
    find(stochastic, jit, "eoq_fused_i32_stochastic");
    find(number, jit, "eoq_number_pattern");
    find(outputsLast, jit, "eoq_quantize_stochastic_outputs_last_i32_i8");
    find(reached, jit, "eoq_quantize_stochastic_reached_i32_i8");
  }

  static int64_t getGradInputSums(const Conv2DGeometry &g) {
    if (!g.reachedOnly)
      return g.n * g.h * g.w * g.c;
    ReachedPixels grid = *getReachedPixels(g);
    return g.n * grid.rows * grid.columns * g.c;
  }

  template <typename Function>
  static void find(Function *&function, KernelJit &jit,
                   const std::string &name) {
    function = reinterpret_cast<Function *>(jit.lookup(name));
  }

  Conv2DGeometry geometry;
  Conv2DKind kind;
  /// Whether the product does that while it stores its sums.
  bool findsMagnitude;
  Array<int8_t> lhs, rhs;
  Array<int32_t> sums;
  Array<int8_t> result, scratch;
  Array<int32_t> pattern;
  int64_t (*product)(void *, void *, void *, void *);
  int64_t (*maxAbs)(int64_t, int64_t, int64_t, void *);
  int32_t (*getShift)(int64_t, int32_t, int32_t);
  void (*nearest)(int64_t, int64_t, int64_t, void *, void *, int32_t);
  void (*stochastic)(int64_t, int64_t, int64_t, void *, void *, void *, int64_t,
                     int32_t, int32_t, int32_t);
  void (*number)(void *, int64_t, int64_t, int64_t);
  void (*outputsLast)(void *, void *, int64_t, int64_t, int64_t, int32_t,
                      int32_t, int32_t);
  void (*reached)(void *, void *, int64_t, int64_t, int64_t, int64_t, int64_t,
                  int64_t, int64_t, int64_t, int64_t, int64_t, int32_t, int32_t,
                  int32_t);
};

void runProduct(benchmark::State &state, KernelJit &jit, const Layer &layer,
                const Conv2DGeometry &geometry, const Direction &direction,
                const std::string &name, int64_t bytes, Result &result) {
  Product product(jit, geometry, layer.nonnegative, direction.kind, name,
                  bytes);
  OneDNNProduct peer(layer.geometry, direction.kind);
  std::vector<double> ours, theirs, peaks;
  auto runRound = [&] {
    ours.push_back(measure([&] { product.run(); }));
    theirs.push_back(measure([&] { peer.run(); }));
    peaks.push_back(measure([&] { runPeak(Peak::Dot16); }));
  };
  runRound();
  ours.clear();
  theirs.clear();
  peaks.clear();
  for (auto _ : state) {
    runRound();
    state.SetIterationTime(ours.back());
  }
  double products = layer.getProducts() * 1e-9;
  result.ours = products / getMedian(ours);
  result.peer = products / getMedian(theirs);
  state.counters["GMAC/s"] = result.ours;
  state.counters["oneDNN_GMAC/s"] = result.peer;
  state.counters["ratio"] = result.ours / result.peer;
  if (hasPeak()) {
    result.peak = getPeakProducts(Peak::Dot16) * 1e-9 / getMedian(peaks);
    state.counters["peak_GMAC/s"] = result.peak;
    state.counters["of_peak"] = result.ours / result.peak;
  }
}

void addPeak(const char *name, Peak peak) {
  benchmark::RegisterBenchmark(name, [peak](benchmark::State &state) {
    for (auto _ : state)
      runPeak(peak);
    state.counters["GMAC/s"] =
        benchmark::Counter(getPeakProducts(peak) * 1e-9,
                           benchmark::Counter::kIsIterationInvariantRate);
  });
}

//===----------------------------------------------------------------------===//
// Passes over memory
//===----------------------------------------------------------------------===//

template <typename... Args>
void runPass(benchmark::State &state, KernelJit &jit, const std::string &name,
             int64_t n, Args... args) {
  auto function = reinterpret_cast<void (*)(Args...)>(jit.lookup(name));
  for (auto _ : state)
    function(args...);
  state.counters["elements/ns"] = benchmark::Counter(
      double(n) * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

/// Passes over an activation of ResNet-20's first stage.
void addPasses(KernelJit &jit) {
  static const int64_t n = 32 * 32 * 32 * 16, length = 64, channels = 16;
  static Array<int32_t> x(n), y(n), pattern(length), partial(64 * length);
  static Array<int8_t> q(n), p(n);
  static Array<int64_t> sums(channels);
  using MemRef = void *;
  auto add = [&](const char *name, auto... args) {
    jit.addKernel(name);
    benchmark::RegisterBenchmark(
        (std::string("pass/") + name).c_str(),
        [&jit, name, args...](benchmark::State &state) {
          runPass(state, jit, name, n, args...);
        });
  };
  MemRef mx = &x.descriptor, my = &y.descriptor, mq = &q.descriptor,
         mp = &p.descriptor, pat = &pattern.descriptor;
  int64_t one = 1, two = 2, zero = 0, half = 16, size = 32, images = 32;
  add("eoq_fused_i32_max", one, n, length, mx);
  add("eoq_fused_i32_nearest", one, n, length, mx, mq, 9);
  add("eoq_fused_i32_stochastic", images, size * size * channels, length, mx,
      mq, pat, channels, 9, 77, 3);
  add("eoq_fused_i32_bias_relu_max", one, n, length, mx, pat);
  add("eoq_fused_i32_bias_relu_nearest", one, n, length, mx, pat, mq, 9);
  add("eoq_fused_i32_bias_i8_add_relu_nearest", one, n, length, mx, pat, mp, 0,
      2, mq, 9);
  add("eoq_fused_i32_mask_stochastic", images, size * size * channels, length,
      mx, mp, mq, pat, channels, 9, 77, 3);
  add("eoq_fused_i32_i32_add_mask_store_max", one, n, length, mx, my, 0, 2, mp,
      my);
  add("eoq_channel_sum_i8", mq, MemRef(&partial.descriptor),
      MemRef(&sums.descriptor), n, channels, length);
  add("eoq_max_pool_i8", mq, mp, mp, images, size, size, channels, half, half,
      two, two, two, two, one, one, zero, zero, zero, zero, 0, 0);
}

//===----------------------------------------------------------------------===//
// The summary
//===----------------------------------------------------------------------===//

struct Mean {
  double sum = 0, least = INFINITY;
  int64_t count = 0;
  void add(double value) {
    sum += std::log(value);
    least = std::min(least, value);
    ++count;
  }
};

void printSummary(llvm::raw_ostream &os, llvm::ArrayRef<Row> rows) {
  bool any = false;
  for (const Row &row : rows)
    for (const Result &result : row.results)
      any |= result.ours > 0;
  if (!any)
    return;
  Mean ratios[3], fractions[3];
  os << "\n"
     << rows.front().layer.list << ", batch " << rows.front().layer.geometry.n
     << ": GMAC/s, times oneDNN float32, % of the vpmaddwd peak\n";
  os.indent(34);
  for (const Direction &direction : directions)
    os << llvm::format(" | %-20s", direction.name);
  os << "\n";
  for (const Row &row : rows) {
    os << llvm::format("%-34s", row.layer.name.c_str());
    for (auto [i, result] : llvm::enumerate(row.results)) {
      if (result.ours == 0) {
        (os << " | ").indent(20);
        continue;
      }
      double ratio = result.ours / result.peer;
      double fraction = result.peak > 0 ? result.ours / result.peak : 0;
      os << llvm::format(" | %7.1f %6.2fx %3.0f%%", result.ours, ratio,
                         100 * fraction);
      if (row.layer.isFullyConnected())
        continue;
      ratios[i].add(ratio);
      if (row.layer.isPlain3x3() && result.peak > 0)
        fractions[i].add(fraction);
    }
    os << "\n";
  }
  auto printMeans = [&](const char *name, const Mean(&means)[3],
                        llvm::function_ref<double(const Mean &)> get,
                        const char *format) {
    os << llvm::format("%-34s", name);
    for (const Mean &mean : means)
      os << llvm::format(format, mean.count ? get(mean) : 0.0);
    os << "\n";
  };
  auto getLeast = [](const Mean &mean) { return mean.least; };
  printMeans(
      "convolutions: geometric mean", ratios,
      [](const Mean &mean) { return std::exp(mean.sum / mean.count); },
      " | %14.2fx     ");
  printMeans("convolutions: least", ratios, getLeast, " | %14.2fx     ");
  printMeans(
      "3x3 of stride 1: least", fractions,
      [](const Mean &mean) { return 100 * mean.least; }, " | %19.0f%%");
}

} // namespace

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  KernelJit jit;
  if (hasPeak()) {
    addPeak("peak/vpmaddwd", Peak::Dot16);
    addPeak("peak/vpmaddubsw", Peak::Dot8);
    addPeak("peak/vfmadd231ps", Peak::FMA);
  }
  for (const char *kernel : {"eoq_exponent_shift", "eoq_number_pattern",
                             "eoq_quantize_stochastic_outputs_last_i32_i8",
                             "eoq_quantize_stochastic_reached_i32_i8"})
    jit.addKernel(kernel);
  addPasses(jit);
  std::vector<Layer> layers = getLayers();
  QuadSupport quads = getQuadSupport(KernelJit::getHostInstruction());
  for (const Layer &layer : layers)
    table.push_back({layer, {}});
  for (Row &row : table)
    for (auto [i, direction] : llvm::enumerate(directions)) {
      const Layer &layer = row.layer;
      if (layer.first && direction.kind == Conv2DKind::GradInput)
        continue;
      std::string name = layer.list + "/" + layer.name + "/" + direction.name;
      Conv2DGeometry geometry = layer.geometry;
      geometry.nonnegative =
          layer.nonnegative && quads == QuadSupport::Nonnegative;
      geometry.signedQuads = quads == QuadSupport::All;
      geometry.fastPairs = hasFastPairs(KernelJit::getHostInstruction());
      // As the compiler does (isQuantizedOutputsLast, isQuantizedReached).
      geometry.outputsLast =
          direction.kind == Conv2DKind::GradWeight && geometry.o % 16 == 0 &&
          transposesGradWeight(geometry, jit.getI8(), jit.getI32());
      geometry.reachedOnly =
          direction.kind == Conv2DKind::GradInput && getReachedPixels(geometry);
      int64_t bytes = jit.addConv2D(
          name, geometry, direction.kind, jit.getI8(), jit.getI32(), 1,
          canFindMagnitude(geometry, direction.kind, jit.getI8())
              ? Conv2DStages::None
              : Conv2DStages::Unknown);
      benchmark::RegisterBenchmark(
          name.c_str(),
          [&, name, bytes, geometry, direction = direction,
           result = &row.results[i]](benchmark::State &state) {
            runProduct(state, jit, layer, geometry, direction, name, bytes,
                       *result);
          })
          ->UseManualTime()
          ->MinTime(0.1)
          ->Unit(benchmark::kMicrosecond);
    }
  if (failed(jit.compile(KernelJit::getHostInstruction()))) {
    llvm::errs() << "bench-kernels: the kernels do not compile\n";
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  llvm::ArrayRef<Row> rest = table;
  while (!rest.empty()) {
    llvm::ArrayRef<Row> list = rest.take_while([&](const Row &row) {
      return row.layer.list == rest.front().layer.list;
    });
    printSummary(llvm::errs(), list);
    rest = rest.drop_front(list.size());
  }
  return 0;
}
