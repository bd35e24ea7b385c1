//===- PassesAloneTest.cpp - each pass in an empty context ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pass has to name the dialects it creates ops of. Here every registered pass
// runs alone on a context that knows only eoq, func and builtin: one that
// forgot a dialect stops the program.
//
//===----------------------------------------------------------------------===//
#include "eoq/InitAll.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

constexpr StringLiteral kImported = R"(
module attributes {eoq.level = "import"} {
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    %0 = eoq.onnx_node "Relu"(%x) domain "" opset 13 {} : (tensor<1x3xf32>) -> tensor<1x3xf32>
    return %0 : tensor<1x3xf32>
  }
})";

constexpr StringLiteral kGraph = R"(
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @w : tensor<2x3x1x1xf32> trainable = dense<0.5> : tensor<2x3x1x1xf32>
  eoq.parameter <scale> @c : tensor<2xf32> trainable = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x3x1x1xf32>) -> tensor<1x2xf32> {
    %w = eoq.parameter_load @w : tensor<2x3x1x1xf32>
    %c = eoq.parameter_load @c : tensor<2xf32>
    %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x1x1xf32>, tensor<2x3x1x1xf32>) -> tensor<1x2x1x1xf32>
    %1 = eoq.batch_norm %0, %c, %c, %c, %c {epsilon = 1.0e-5 : f64} : (tensor<1x2x1x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x1x1xf32>
    %2 = eoq.reshape %1 : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
    return %2 : tensor<1x2xf32>
  }
})";

constexpr StringLiteral kBNFree = R"(
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @w : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
    %w = eoq.parameter_load @w : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
    return %0 : tensor<1x2xf32>
  }
})";

/// Two more f32 functions make the level `training`.
constexpr StringLiteral kTraining = R"(
module attributes {eoq.level = "training", eoq.model_name = "net"} {
  eoq.parameter <weight> @w : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
    %w = eoq.parameter_load @w : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
    return %0 : tensor<1x2xf32>
  }
  func.func @evaluate(%x: tensor<1x3xf32>, %labels: tensor<1xi32>) -> (tensor<f32>, i32) {
    %w = eoq.parameter_load @w : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
    %loss, %hits = eoq.cross_entropy %0, %labels : (tensor<1x2xf32>, tensor<1xi32>) -> (tensor<f32>, i32)
    return %loss, %hits : tensor<f32>, i32
  }
  func.func @train_step(%x: tensor<1x3xf32>, %labels: tensor<1xi32>, %m: i32, %s: i32, %seed: i32, %step: i32) -> (tensor<f32>, i32) {
    %w = eoq.parameter_load @w : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
    %loss, %hits = eoq.cross_entropy %0, %labels : (tensor<1x2xf32>, tensor<1xi32>) -> (tensor<f32>, i32)
    %dz = eoq.cross_entropy_grad_logits %0, %labels : (tensor<1x2xf32>, tensor<1xi32>) -> tensor<1x2xf32>
    %g = eoq.fully_connected_grad_weight %x, %dz : (tensor<1x3xf32>, tensor<1x2xf32>) -> tensor<2x3xf32>
    eoq.gradient @w, %g : tensor<2x3xf32>
    return %loss, %hits : tensor<f32>, i32
  }
})";

/// What a pass gets to work on.
std::string inputFor(StringRef pass) {
  if (pass == "convert-onnx-to-eoq")
    return kImported.str();
  if (pass == "eoq-remove-batch-norm")
    return kGraph.str();
  if (pass == "eoq-generate-update")
    return kTraining.str();
  if (pass == "eoq-quantize" || pass == "convert-eoq-to-kernels") {
    StringRef text = kTraining;
    auto [before, after] =
        text.split("    eoq.gradient @w, %g : tensor<2x3xf32>\n");
    auto [body, end] = StringRef(after).rsplit('}');
    return (before + body +
            "func.func @initialize(%seed: i32) {\n"
            "  %key = eoq.random_key %seed, %seed\n"
            "  eoq.parameter_initialize @w key %key site 4\n"
            "  return\n}\n}")
        .str();
  }
  return kBNFree.str();
}

/// The arguments of all passes, from the .td files that define them; MLIR has
/// no way to list a registry.
std::vector<std::string> definedPasses() {
  std::vector<std::string> names;
  SmallVector<StringRef> paths;
  StringRef(EOQ_PASS_TDS).split(paths, ',');
  for (StringRef path : paths) {
    auto file = llvm::MemoryBuffer::getFile(path);
    EXPECT_TRUE(bool(file)) << path.str();
    SmallVector<StringRef> pieces;
    (*file)->getBuffer().split(pieces, " Pass<\"");
    for (StringRef piece : llvm::drop_begin(pieces))
      names.push_back(piece.take_until([](char c) { return c == '"'; }).str());
  }
  return names;
}

TEST(PassesAlone, EveryPassNamesItsDialects) {
  registerAllPasses();
  std::vector<std::string> names = definedPasses();
  ASSERT_GE(names.size(), 16u);
  for (const std::string &name : names) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(PassInfo::lookup(name)) << "not registered";
    DialectRegistry registry;
    registry.insert<EOQDialect, func::FuncDialect>();
    registerGradientModels(registry);
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    std::string messages;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      llvm::raw_string_ostream(messages) << diagnostic << "\n";
    });
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>(inputFor(name), &context);
    ASSERT_TRUE(module) << messages;
    PassManager manager(&context);
    ASSERT_TRUE(
        succeeded(parsePassPipeline("builtin.module(" + name + ")", manager)));
    // A diagnostic says that the pass wants more than this small module; a
    // missing dialect would have stopped the program.
    LogicalResult result = manager.run(*module);
    EXPECT_TRUE(succeeded(result) || name == "eoq-export-model" ||
                name == "eoq-apply-fixup")
        << messages;
  }
}

} // namespace
