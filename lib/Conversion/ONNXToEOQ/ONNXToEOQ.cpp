//===- ONNXToEOQ.cpp - the pass convert-onnx-to-eoq -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/ONNXToEOQ/ONNXToEOQ.h"
#include "GraphConverter.h"
#include "eoq/Conversion/ONNXToEOQ/Passes.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_CONVERTONNXTOEOQPASS
#include "eoq/Conversion/ONNXToEOQ/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

LogicalResult mlir::eoq::convertOnnxToEOQ(ModuleOp module,
                                          OnnxConversionCounts *counts) {
  auto level = module->getAttrOfType<StringAttr>(EOQDialect::kLevelAttrName);
  if (level && level.getValue() != "import")
    return module.emitError("expected a module of level 'import' but got '")
           << level.getValue() << "'";
  auto function = module.lookupSymbol<func::FuncOp>(EOQDialect::kPredictName);
  if (!function || function.isExternal())
    return module.emitError("expected a function '@")
           << EOQDialect::kPredictName << "'";
  OnnxConversionCounts ignored;
  return onnx_conversion::GraphConverter(module, function)
      .convert(counts ? *counts : ignored);
}

namespace {
struct ConvertONNXToEOQPass
    : eoq::impl::ConvertONNXToEOQPassBase<ConvertONNXToEOQPass> {
  void runOnOperation() override {
    OnnxConversionCounts counts;
    if (failed(convertOnnxToEOQ(getOperation(), &counts)))
      return signalPassFailure();
    numNodesConverted += counts.nodesConverted;
    numParametersErased += counts.parametersErased;
  }
};
} // namespace
