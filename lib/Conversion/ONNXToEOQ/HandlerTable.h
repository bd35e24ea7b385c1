//===- HandlerTable.h - which ONNX operators are known ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_ONNXTOEOQ_HANDLERTABLE_H
#define EOQ_LIB_CONVERSION_ONNXTOEOQ_HANDLERTABLE_H

#include "NodeContext.h"

namespace mlir::eoq::onnx_conversion {

using Handler = LogicalResult (*)(NodeContext &);

/// One version of an operator, and how it is converted.
struct HandlerEntry {
  llvm::StringLiteral domain;
  llvm::StringLiteral op;
  int64_t sinceVersion;
  Handler handler;
  /// For docs/ONNXSupport.md: what a node becomes, and what is not supported.
  llvm::StringLiteral becomes;
  llvm::StringLiteral limits;
};

/// All entries, by domain, operator, version.
llvm::ArrayRef<HandlerEntry> getHandlerTable();

/// The entry of the newest version not newer than `opset`, or null.
const HandlerEntry *findHandler(llvm::StringRef domain, llvm::StringRef op,
                                int64_t opset);

/// What to do about an operator that has no handler.
llvm::StringRef getHintForUnknown(llvm::StringRef domain, llvm::StringRef op);

// ProductHandlers.cpp
LogicalResult convertConv(NodeContext &context);
LogicalResult convertGemm(NodeContext &context);
LogicalResult convertMatMul(NodeContext &context);
LogicalResult convertBatchNormalization(NodeContext &context);

// ArithmeticHandlers.cpp
LogicalResult convertAdd(NodeContext &context);
LogicalResult convertSub(NodeContext &context);
LogicalResult convertMul(NodeContext &context);
LogicalResult convertDiv(NodeContext &context);
LogicalResult convertSum(NodeContext &context);

// ActivationHandlers.cpp
LogicalResult convertRelu(NodeContext &context);
LogicalResult convertLeakyRelu(NodeContext &context);
LogicalResult convertClip(NodeContext &context);
LogicalResult convertSoftmax(NodeContext &context);
LogicalResult convertIdentity(NodeContext &context);
LogicalResult convertDropout(NodeContext &context);
LogicalResult convertCast(NodeContext &context);
LogicalResult convertCastLike(NodeContext &context);

// PoolHandlers.cpp
LogicalResult convertMaxPool(NodeContext &context);
LogicalResult convertAveragePool(NodeContext &context);
LogicalResult convertGlobalAveragePool(NodeContext &context);
LogicalResult convertGlobalMaxPool(NodeContext &context);
LogicalResult convertReduceMean(NodeContext &context);

// MoveHandlers.cpp
LogicalResult convertConcat(NodeContext &context);
LogicalResult convertPad(NodeContext &context);
LogicalResult convertFlatten(NodeContext &context);
LogicalResult convertReshape(NodeContext &context);
LogicalResult convertSqueeze(NodeContext &context);
LogicalResult convertUnsqueeze(NodeContext &context);
LogicalResult convertTranspose(NodeContext &context);
LogicalResult convertSlice(NodeContext &context);
LogicalResult convertSplit(NodeContext &context);

// FoldHandlers.cpp
LogicalResult convertConstant(NodeContext &context);
LogicalResult convertConstantOfShape(NodeContext &context);
LogicalResult convertShape(NodeContext &context);
LogicalResult convertSize(NodeContext &context);
LogicalResult convertGather(NodeContext &context);
LogicalResult convertRange(NodeContext &context);
LogicalResult convertExpand(NodeContext &context);
LogicalResult convertEqual(NodeContext &context);
LogicalResult convertWhere(NodeContext &context);

} // namespace mlir::eoq::onnx_conversion

#endif // EOQ_LIB_CONVERSION_ONNXTOEOQ_HANDLERTABLE_H
