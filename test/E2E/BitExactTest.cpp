//===- BitExactTest.cpp - native trainers against the interpreter ---------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each committed model is compiled to a shared library and, at the level
// `quantized`, run by the reference interpreter. After 20 steps on the same
// random images every tensor of the state must be equal, with 1 and 2 threads.
//
//===----------------------------------------------------------------------===//
#include "eoq/Driver/Driver.h"
#include "eoq/InitAll.h"
#include "eoq/Reference/Interpreter.h"
#include "eoq/Runtime/eoq.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

#include <dlfcn.h>
#include <memory>
#include <random>

using namespace mlir;
using namespace mlir::eoq;

namespace {

constexpr int kSteps = 20;
constexpr int32_t kSeed = 7;
constexpr int32_t kImageExponent = -6;
/// Learning rate 2^-4, large enough for visible changes.
constexpr int32_t kRateShift = 4;

struct Case {
  const char *model;
  BNFreeMethod bnFree;
  BatchNormMode batchNorm;
  Optimizer optimizer;
  int64_t weightBits;
  ExponentMode exponents;
  const char *name;
};

/// Random images and labels of one step, the same for both sides.
struct Batch {
  std::vector<int8_t> images;
  std::vector<int32_t> labels;
};

Batch makeBatch(std::mt19937 &random, const eoq_model &model) {
  Batch batch;
  std::uniform_int_distribution<int> pixel(-127, 127);
  std::uniform_int_distribution<int> label(-1, int(model.classes) - 1);
  batch.images.resize(model.batch * model.channels * model.height *
                      model.width);
  for (int8_t &value : batch.images)
    value = int8_t(pixel(random));
  batch.labels.resize(model.batch);
  for (int32_t &value : batch.labels)
    value = label(random);
  return batch;
}

/// The exported constant of a shared library, loaded until the end.
const eoq_model *loadModel(const std::string &path, const std::string &name) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    ADD_FAILURE() << dlerror();
    return nullptr;
  }
  return static_cast<const eoq_model *>(
      dlsym(library, ("eoq_" + name + "_model").c_str()));
}

struct Freer {
  void operator()(void *memory) const { std::free(memory); }
};

class NativeTrainer {
public:
  explicit NativeTrainer(const eoq_model &model)
      : memory(std::aligned_alloc(
            EOQ_ALIGNMENT, alignTo(eoq_required_bytes(&model)))) {
    EXPECT_EQ(eoq_create(&model, memory.get(),
                         alignTo(eoq_required_bytes(&model)), &trainer),
              EOQ_OK);
    eoq_initialize(trainer, kSeed);
  }
  eoq_trainer *get() { return trainer; }

private:
  static size_t alignTo(size_t bytes) {
    return (bytes + EOQ_ALIGNMENT - 1) / EOQ_ALIGNMENT * EOQ_ALIGNMENT;
  }
  std::unique_ptr<void, Freer> memory;
  eoq_trainer *trainer = nullptr;
};

int64_t rawElement(const eoq_tensor_info &info, const void *data, uint64_t i) {
  switch (info.format) {
  case EOQ_FORMAT_FIXED8:
    return static_cast<const int8_t *>(data)[i];
  case EOQ_FORMAT_FIXED16:
    return static_cast<const int16_t *>(data)[i];
  default:
    return static_cast<const int32_t *>(data)[i];
  }
}

void expectSameState(const Interpreter &reference, const eoq_trainer *trainer,
                     const std::string &when) {
  const eoq_model &model = *eoq_get_model(trainer);
  ASSERT_EQ(model.tensor_count, reference.getAllState().size());
  for (uint64_t t = 0; t < model.tensor_count; ++t) {
    const eoq_tensor_info &info = model.tensors[t];
    const TensorValue *expected = reference.getState(info.name);
    ASSERT_TRUE(expected) << info.name;
    int32_t exponent = 0;
    const void *data = eoq_get_raw(trainer, t, &exponent);
    uint64_t different = 0;
    for (uint64_t i = 0; i < info.elements; ++i) {
      int64_t value = expected->isFixed() ? expected->fixed[i]
                                          : int64_t(expected->i32[i]);
      different += rawElement(info, data, i) != value;
    }
    EXPECT_EQ(different, 0u) << info.name << " " << when;
    if (info.exponent_offset != EOQ_NO_EXPONENT) {
      EXPECT_EQ(exponent, expected->exponent) << info.name << " " << when;
    }
  }
}

class BitExact : public testing::TestWithParam<Case> {
protected:
  void SetUp() override {
    registerAllDialects(registry);
    registerAllExtensions(registry);
    context = std::make_unique<MLIRContext>(registry);
    context->loadAllAvailableDialects();
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("eoq-bit-exact", folder));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  llvm::SmallString<128> folder;
};

TEST_P(BitExact, TwentySteps) {
  const Case &param = GetParam();
  CompileOptions options;
  options.inputPath = std::string(EOQ_MODELS) + "/" + param.model + ".onnx";
  options.batchSize = 2;
  options.training.batchNorm = param.batchNorm;
  options.training.bnFree = param.bnFree;
  options.training.optimizer = param.optimizer;
  options.training.weightBits = param.weightBits;
  options.training.exponents = param.exponents;
  // Small models shall take blocks of images, too.
  options.blockBytes = 1024;
  options.emission = Emission::SharedLibrary;
  options.outputPath = (folder + "/model.so").str();
  options.link.runtimeLibrary = EOQ_RUNTIME_LIBRARY;
  options.link.openmpLibraryDir = EOQ_OPENMP_LIBRARY_DIR;
  ASSERT_TRUE(succeeded(compile(options, *context)));

  OwningOpRef<ModuleOp> module = importModel(options, *context);
  ASSERT_TRUE(module);
  ASSERT_TRUE(succeeded(runPhases(*module, Phase::Quantized, options)));
  FailureOr<Interpreter> reference = Interpreter::create(*module);
  ASSERT_TRUE(succeeded(reference));
  ASSERT_TRUE(succeeded(
      reference->call("initialize", {RuntimeValue(kSeed)})));

  std::string name = param.model;
  std::replace(name.begin(), name.end(), '-', '_');
  const eoq_model *model = loadModel(options.outputPath, name);
  ASSERT_TRUE(model);
  // One trainer for each number of threads.
  auto setThreads = reinterpret_cast<void (*)(int)>(
      dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (!setThreads)
    if (void *openmp = dlopen("libomp.so.5", RTLD_NOW | RTLD_NOLOAD))
      setThreads = reinterpret_cast<void (*)(int)>(
          dlsym(openmp, "omp_set_num_threads"));
  ASSERT_TRUE(setThreads) << "the library does not use OpenMP";
  NativeTrainer one(*model), two(*model);
  expectSameState(*reference, one.get(), "after initialize");

  auto trainStep = module->lookupSymbol<func::FuncOp>("train_step");
  auto imagesType = cast<RankedTensorType>(trainStep.getArgumentTypes()[0]);
  auto labelsType = cast<RankedTensorType>(trainStep.getArgumentTypes()[1]);
  std::mt19937 random(1);
  for (int step = 0; step < kSteps && !HasFailure(); ++step) {
    Batch batch = makeBatch(random, *model);
    TensorValue images = TensorValue::zeros(imagesType);
    images.fixed.assign(batch.images.begin(), batch.images.end());
    images.exponent = kImageExponent;
    TensorValue labels = TensorValue::zeros(labelsType);
    labels.i32 = batch.labels;
    auto results = reference->call(
        "train_step", {images, labels, int32_t(1), kRateShift, kSeed, step});
    ASSERT_TRUE(succeeded(results));
    for (auto [threads, trainer] : {std::pair(1, &one), std::pair(2, &two)}) {
      setThreads(threads);
      eoq_result result;
      ASSERT_EQ(eoq_train_step(trainer->get(), batch.images.data(),
                               kImageExponent, batch.labels.data(), 1,
                               kRateShift, &result),
                EOQ_OK);
      EXPECT_EQ(result.correct, std::get<int32_t>((*results)[1]));
      int64_t loss = std::get<TensorValue>((*results)[0]).fixed[0];
      EXPECT_EQ(std::llround(result.loss * 1024 * result.rows), loss);
      expectSameState(*reference, trainer->get(),
                      "after step " + std::to_string(step) + " with " +
                          std::to_string(threads) + " threads");
    }
  }
}

constexpr auto kDrop = BatchNormMode::Drop;
constexpr auto kCentered = BNFreeMethod::Centered;
constexpr auto kNormalized = Optimizer::NormalizedSGD;
constexpr auto kExact = ExponentMode::Exact;

INSTANTIATE_TEST_SUITE_P(
    Models, BitExact,
    testing::Values(
        Case{"lenet5", kCentered, kDrop, kNormalized, 16, kExact, "lenet5"},
        Case{"lenet5-dynamo", BNFreeMethod::None, BatchNormMode::Fold,
             Optimizer::SGD, 16, kExact, "lenet5_dynamo_folded_sgd"},
        Case{"lenet5", kCentered, kDrop, kNormalized, 8,
             ExponentMode::Previous, "lenet5_int8_previous"},
        Case{"vgg", kCentered, kDrop, kNormalized, 16, kExact, "vgg"},
        Case{"resnet20", kCentered, kDrop, kNormalized, 16, kExact,
             "resnet20"},
        Case{"resnet20", BNFreeMethod::Fixup, kDrop, Optimizer::SGD, 16, kExact,
             "resnet20_fixup"},
        Case{"lenet5", BNFreeMethod::Fixup, kDrop, kNormalized, 16,
             ExponentMode::Previous, "lenet5_fixup_previous"},
        Case{"resnet20", kCentered, kDrop, kNormalized, 16,
             ExponentMode::Previous, "resnet20_previous"},
        Case{"vgg", kCentered, kDrop, kNormalized, 16, ExponentMode::Previous,
             "vgg_previous"},
        Case{"mobilenetv2", kCentered, kDrop, kNormalized, 16, kExact,
             "mobilenetv2"},
        Case{"mobilenetv2", kCentered, kDrop, kNormalized, 16,
             ExponentMode::Previous, "mobilenetv2_previous"}),
    [](const auto &info) { return std::string(info.param.name); });

} // namespace
