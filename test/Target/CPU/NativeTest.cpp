//===- NativeTest.cpp - emitted code against the interpreter --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits a shared library for the host, runs it for a few steps, and compares
// all of its state with the reference interpreter's: bit for bit for integers.
//
//===----------------------------------------------------------------------===//
#include "Compile.h"
#include "Network.h"
#include "eoq/Reference/Interpreter.h"
#include "eoq/Runtime/eoq.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <dlfcn.h>
#include <random>

using namespace mlir;
using namespace mlir::eoq;
using test::Program;

namespace {

/// A program as a loaded shared library.
class NativeProgram {
public:
  NativeProgram(ModuleOp source, const std::string &name, bool openmp) {
    std::string path = folder.file("lib" + name + ".so");
    OwningOpRef<ModuleOp> module = source.clone();
    CPUTarget target = llvm::cantFail(CPUTarget::parse("native"));
    if (failed(test::lowerToLLVM(*module, target, openmp)) ||
        failed(emit(*module, target, OutputKind::SharedLibrary, path,
                    test::getLinkOptions(openmp))))
      return;
    handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
      ADD_FAILURE() << dlerror();
      return;
    }
    model = static_cast<const eoq_model *>(
        dlsym(handle, ("eoq_" + name + "_model").c_str()));
    // The run-time library's own functions are not visible.
    EXPECT_TRUE(dlsym(handle, "eoq_create"));
    EXPECT_TRUE(dlsym(handle, "eoq_required_bytes"));
    EXPECT_FALSE(dlsym(handle, "eoq_rt_swap_copy"));
    state.resize(model->state_bytes + EOQ_ALIGNMENT, 0x5a);
    arena.resize(model->arena_bytes + EOQ_ALIGNMENT, 0x5a);
  }
  void setThreads(int count) {
    if (auto set = reinterpret_cast<void (*)(int)>(
            dlsym(handle, "omp_set_num_threads")))
      set(count);
  }

  uint8_t *getState() { return align(state); }
  uint8_t *getArena() { return align(arena); }

  const eoq_model *model = nullptr;

private:
  static uint8_t *align(std::vector<uint8_t> &memory) {
    auto address = reinterpret_cast<uintptr_t>(memory.data());
    return memory.data() + (-address & (EOQ_ALIGNMENT - 1));
  }

  test::TemporaryFolder folder;
  // Never closed: libomp's threads outlive the library.
  void *handle = nullptr;
  std::vector<uint8_t> state, arena;
};

/// Element `i` of a tensor in a native state.
int64_t getInteger(const uint8_t *data, uint32_t format, uint64_t i) {
  switch (format) {
  case EOQ_FORMAT_FIXED8:
    return reinterpret_cast<const int8_t *>(data)[i];
  case EOQ_FORMAT_FIXED16:
    return reinterpret_cast<const int16_t *>(data)[i];
  default:
    return reinterpret_cast<const int32_t *>(data)[i];
  }
}

struct Variant {
  std::string name;
  bool quantized, openmp;
  int threads;
};

class Native : public testing::TestWithParam<Variant> {
protected:
  void run(const Program &program, int steps);

private:
  void compareState(const Interpreter &interpreter, NativeProgram &native);
  void compareFloats(ArrayRef<float> expected, const float *actual,
                     const std::string &what);
};

/// Floats may differ by the order of sums; compared on the tensor's scale.
void Native::compareFloats(ArrayRef<float> expected, const float *actual,
                           const std::string &what) {
  float scale = 1e-6f;
  for (float value : expected)
    scale = std::max(scale, std::abs(value));
  for (auto [i, value] : llvm::enumerate(expected))
    ASSERT_NEAR(value, actual[i], 2e-4f * scale) << what << " element " << i;
}

void Native::compareState(const Interpreter &interpreter,
                          NativeProgram &native) {
  const NamedState &state = interpreter.getAllState();
  ASSERT_EQ(state.size(), native.model->tensor_count);
  for (auto [i, entry] : llvm::enumerate(state)) {
    const eoq_tensor_info &info = native.model->tensors[i];
    const auto &[name, expected] = entry;
    ASSERT_EQ(name, info.name);
    ASSERT_EQ(static_cast<uint64_t>(expected.size()), info.elements);
    const uint8_t *data = native.getState() + info.offset;
    if (info.format == EOQ_FORMAT_F32) {
      compareFloats(expected.f32, reinterpret_cast<const float *>(data), name);
      continue;
    }
    if (info.exponent_offset != EOQ_NO_EXPONENT)
      ASSERT_EQ(expected.exponent,
                *reinterpret_cast<const int32_t *>(native.getState() +
                                                   info.exponent_offset))
          << "exponent of " << name;
    for (uint64_t e = 0; e < info.elements; ++e) {
      int64_t wanted = expected.isFixed() ? expected.fixed[e] : expected.i32[e];
      ASSERT_EQ(wanted, getInteger(data, info.format, e))
          << name << " element " << e;
    }
  }
}

void Native::run(const Program &program, int steps) {
  const Variant &variant = GetParam();
  MLIRContext context;
  test::loadDialects(context);
  std::string text = program.print(variant.quantized);
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(module) << text;
  FailureOr<Interpreter> interpreter = Interpreter::create(*module);
  ASSERT_TRUE(succeeded(interpreter));
  NativeProgram native(*module, program.name, variant.openmp);
  ASSERT_TRUE(native.model);
  native.setThreads(variant.threads);
  const eoq_model &model = *native.model;
  EXPECT_EQ(model.abi_version, EOQ_ABI_VERSION);
  EXPECT_EQ(model.precision, variant.quantized ? 8u : 32u);
  EXPECT_EQ(strlen(model.identity), 64u);
  EXPECT_EQ(std::string(model.options),
            "{\"batch\":" + std::to_string(program.n) + "}");

  ASSERT_TRUE(succeeded(interpreter->call("initialize", {RuntimeValue(11)})));
  model.initialize(native.getState(), 11);
  compareState(*interpreter, native);
  if (HasFatalFailure())
    return;

  std::mt19937 random(5);
  auto inputs =
      module->lookupSymbol<func::FuncOp>("train_step").getArgumentTypes();
  for (int step = 0; step < steps; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    TensorValue images = TensorValue::zeros(cast<RankedTensorType>(inputs[0]));
    TensorValue labels = TensorValue::zeros(cast<RankedTensorType>(inputs[1]));
    images.exponent = step == 1 ? -5 : -7;
    std::vector<int8_t> integers;
    for (int64_t i = 0; i < images.size(); ++i) {
      int value = static_cast<int>(random() % 255) - 127;
      integers.push_back(value);
      if (variant.quantized)
        images.fixed[i] = value;
      else
        images.f32[i] = value / 64.0f;
    }
    for (int32_t &label : labels.i32)
      label = static_cast<int>(random() % (program.classes + 1)) - 1;
    const void *pixels = variant.quantized
                             ? static_cast<const void *>(integers.data())
                             : images.f32.data();

    auto expected = interpreter->call(
        "train_step", {images, labels, RuntimeValue(20000), RuntimeValue(17),
                       RuntimeValue(11), RuntimeValue(step)});
    ASSERT_TRUE(succeeded(expected));
    auto compareLoss = [&](uint32_t loss, int32_t correct) {
      const auto &value = std::get<TensorValue>((*expected)[0]);
      if (variant.quantized)
        EXPECT_EQ(value.fixed[0], static_cast<int32_t>(loss));
      else
        compareFloats(value.f32, reinterpret_cast<const float *>(&loss),
                      "loss");
      EXPECT_EQ(std::get<int32_t>((*expected)[1]), correct);
    };
    uint32_t loss = 0;
    int32_t correct = -1;
    model.train_step(native.getState(), native.getArena(), pixels,
                     images.exponent, labels.i32.data(), 20000, 17, 11, step,
                     &loss, &correct);
    compareLoss(loss, correct);
    compareState(*interpreter, native);
    if (HasFatalFailure())
      return;

    expected = interpreter->call("evaluate", {images, labels});
    ASSERT_TRUE(succeeded(expected));
    model.evaluate(native.getState(), native.getArena(), pixels,
                   images.exponent, labels.i32.data(), &loss, &correct);
    compareLoss(loss, correct);

    expected = interpreter->call("predict", {images});
    ASSERT_TRUE(succeeded(expected));
    const auto &value = std::get<TensorValue>((*expected)[0]);
    std::vector<int32_t> logits(value.size());
    int32_t exponent = 99;
    model.predict(native.getState(), native.getArena(), pixels, images.exponent,
                  logits.data(), &exponent);
    if (variant.quantized) {
      EXPECT_EQ(exponent, value.exponent);
      for (int64_t i = 0; i < value.size(); ++i)
        ASSERT_EQ(value.fixed[i], logits[i]) << "logit " << i;
    } else {
      EXPECT_EQ(exponent, 0);
      compareFloats(value.f32, reinterpret_cast<const float *>(logits.data()),
                    "logits");
    }
  }
}

TEST_P(Native, Network) { run(test::makeNetwork(), 4); }
TEST_P(Native, Operations) { run(test::makeOperations(), 3); }

INSTANTIATE_TEST_SUITE_P(
    Variants, Native,
    testing::Values(Variant{"Int8Serial", true, false, 1},
                    Variant{"Int8OneThread", true, true, 1},
                    Variant{"Int8TwoThreads", true, true, 2},
                    Variant{"F32Serial", false, false, 1},
                    Variant{"F32TwoThreads", false, true, 2}),
    [](const auto &info) { return info.param.name; });

} // namespace
