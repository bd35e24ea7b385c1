//===- FoldTest.cpp - folding batch norm keeps the function -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs @predict on random images before and after eoq-remove-batch-norm, on the
// networks of remove-batch-norm.mlir with random parameters and on the ONNX
// models of test/models.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/ONNXToEOQ/Passes.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "eoq/Import/ONNX/Import.h"
#include "eoq/Reference/Interpreter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <random>

using namespace mlir;
using namespace mlir::eoq;

namespace {

class FoldTest : public testing::Test {
protected:
  FoldTest()
      : handler(&context, [this](Diagnostic &diagnostic) {
          messages += diagnostic.str() + "\n";
          return success();
        }) {
    context.loadDialect<EOQDialect, func::FuncDialect>();
  }

  std::vector<float> draw(int64_t count, float low, float high) {
    std::uniform_real_distribution<float> distribution(low, high);
    std::vector<float> values(count);
    for (float &value : values)
      value = distribution(generator);
    return values;
  }

  /// Random values for every parameter; those of a variance are positive.
  void randomizeParameters(ModuleOp module) {
    for (auto parameter : module.getOps<ParameterOp>()) {
      bool isVariance = parameter.getSymName().ends_with(".var");
      RankedTensorType type = parameter.getTensorType();
      std::vector<float> values =
          draw(type.getNumElements(), isVariance ? 0.25f : -2.f, 2.f);
      parameter.setInitialValueAttr(
          DenseElementsAttr::get(type, ArrayRef<float>(values)));
    }
  }

  bool run(ModuleOp module, std::unique_ptr<Pass> pass) {
    PassManager manager(&context);
    manager.addPass(std::move(pass));
    bool passed = succeeded(manager.run(module));
    EXPECT_TRUE(passed) << messages;
    return passed;
  }

  std::vector<float> predict(ModuleOp module, const TensorValue &image) {
    FailureOr<Interpreter> interpreter = Interpreter::create(module);
    if (failed(interpreter))
      return {};
    auto results = interpreter->call("predict", {image});
    EXPECT_TRUE(succeeded(results)) << messages;
    return succeeded(results) ? std::get<TensorValue>(results->front()).f32
                              : std::vector<float>();
  }

  /// The largest error that folding causes, relative to the largest output or
  /// to `floor` (an activation may cut off all outputs of a tiny network).
  double measureError(ModuleOp module, double floor) {
    auto function = module.lookupSymbol<func::FuncOp>("predict");
    auto image = TensorValue::zeros(
        cast<RankedTensorType>(function.getArgumentTypes().front()));
    image.f32 = draw(image.size(), -1, 1);

    std::vector<float> before = predict(module, image);
    if (!run(module, createRemoveBatchNormPass()))
      return 1;
    module.walk([](BatchNormOp op) { ADD_FAILURE() << "batch norm is left"; });
    std::vector<float> after = predict(module, image);

    EXPECT_FALSE(before.empty());
    EXPECT_EQ(before.size(), after.size());
    double largest = floor, error = 0;
    for (size_t i = 0; i < before.size() && i < after.size(); ++i) {
      largest = std::max(largest, std::abs(double(before[i])));
      error = std::max(error, std::abs(double(before[i]) - after[i]));
    }
    EXPECT_GT(largest, 0);
    return error / largest;
  }

  void checkModel(const std::string &name) {
    OwningOpRef<ModuleOp> module =
        importOnnxFile(EOQ_TEST_DIR "/models/" + name, &context, {2});
    ASSERT_TRUE(module) << messages;
    ASSERT_TRUE(run(*module, createConvertONNXToEOQPass()));
    int64_t batchNorms = 0;
    module->walk([&](BatchNormOp) { ++batchNorms; });
    EXPECT_GT(batchNorms, 0);
    double error = measureError(*module, /*floor=*/0);
    RecordProperty("relative_error", llvm::formatv("{0:e}", error).str());
    EXPECT_LE(error, 1e-5);
    // All these networks have a product before each batch norm.
    module->walk([](ScaleOp op) { ADD_FAILURE() << "not folded"; });
  }

  MLIRContext context;
  std::string messages;
  ScopedDiagnosticHandler handler;
  std::mt19937 generator{1};
};

TEST_F(FoldTest, RandomParameters) {
  auto buffer = llvm::MemoryBuffer::getFile(
      EOQ_TEST_DIR "/Dialect/EOQ/Transforms/remove-batch-norm.mlir");
  ASSERT_TRUE(bool(buffer));
  SmallVector<StringRef> parts;
  (*buffer)->getBuffer().split(parts, "// -----\n");
  EXPECT_GE(parts.size(), 10u);
  for (StringRef part : parts) {
    // The lexer needs the 0 behind a string.
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(part.str(), &context);
    ASSERT_TRUE(module) << messages;
    for (int repetition = 0; repetition < 5; ++repetition) {
      OwningOpRef<ModuleOp> copy = module->clone();
      randomizeParameters(*copy);
      EXPECT_LE(measureError(*copy, /*floor=*/1), 1e-5) << part.str();
    }
  }
}

TEST_F(FoldTest, Lenet5) { checkModel("lenet5.onnx"); }
TEST_F(FoldTest, Lenet5Dynamo) { checkModel("lenet5-dynamo.onnx"); }
TEST_F(FoldTest, Vgg) { checkModel("vgg.onnx"); }
TEST_F(FoldTest, VggDynamo) { checkModel("vgg-dynamo.onnx"); }
TEST_F(FoldTest, MobileNetV2) { checkModel("mobilenetv2.onnx"); }
TEST_F(FoldTest, MobileNetV2Dynamo) { checkModel("mobilenetv2-dynamo.onnx"); }
TEST_F(FoldTest, ResNet20) { checkModel("resnet20.onnx"); }
TEST_F(FoldTest, ResNet20Dynamo) { checkModel("resnet20-dynamo.onnx"); }
TEST_F(FoldTest, ResNet20Large) { checkModel("resnet20-32x32.onnx"); }

} // namespace
