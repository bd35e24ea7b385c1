//===- ONNXToEOQ.h - ONNX nodes to network ops ------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conversion as a function, for callers that do not run passes, and what it
// supports.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_ONNXTOEOQ_ONNXTOEOQ_H
#define EOQ_CONVERSION_ONNXTOEOQ_ONNXTOEOQ_H

#include "mlir/IR/BuiltinOps.h"

namespace mlir::eoq {

/// What a conversion did.
struct OnnxConversionCounts {
  unsigned nodesConverted = 0;
  unsigned parametersErased = 0;
};

/// Takes a module of level `import` to level `graph`, see the pass
/// `convert-onnx-to-eoq`. Fails after one error that lists all nodes which
/// cannot be converted; the module is then neither of the two levels.
LogicalResult convertOnnxToEOQ(ModuleOp module,
                               OnnxConversionCounts *counts = nullptr);

/// Prints the page docs/ONNXSupport.md: operators, versions, limits.
void printOnnxSupportTable(llvm::raw_ostream &os);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_ONNXTOEOQ_ONNXTOEOQ_H
