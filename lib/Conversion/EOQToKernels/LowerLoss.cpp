//===- LowerLoss.cpp - softmax cross entropy ------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"

using namespace mlir;
using namespace mlir::eoq;

/// logits, labels, (out,) rows, classes (, exponent)
static SmallVector<Value> getOperands(FunctionLowering &function,
                                      const Tensor &logits, Value labels,
                                      RankedTensorType type, Value out = {}) {
  SmallVector<Value> operands = {logits.data, function.get(labels).data};
  if (out)
    operands.push_back(out);
  operands.push_back(function.index(type.getDimSize(0)));
  operands.push_back(function.index(type.getDimSize(1)));
  if (logits.exponent)
    operands.push_back(logits.exponent);
  return operands;
}

static LogicalResult lower(CrossEntropyOp op, FunctionLowering &function) {
  auto type = cast<RankedTensorType>(op.getLogits().getType());
  Type storage = getStorageType(type);
  if (failed(requireKernel(op, storage, {32})))
    return failure();
  Tensor logits = function.get(op.getLogits(), Layout::RowMajor);
  func::CallOp call =
      function.call("eoq_cross_entropy_" + getSuffix(storage),
                    getOperands(function, logits, op.getLabels(), type));
  // The loss stays a scalar: the only use is the function's result.
  function.define(op.getLoss(), {call.getResult(0),
                                 logits.exponent ? function.i32(-10) : Value(),
                                 Layout::RowMajor});
  function.defineScalar(op.getCorrect(), call.getResult(1));
  return success();
}

static LogicalResult lower(CrossEntropyGradLogitsOp op,
                           FunctionLowering &function) {
  auto type = cast<RankedTensorType>(op.getLogits().getType());
  Type storage = getStorageType(type);
  if (failed(requireKernel(op, storage, {32})))
    return failure();
  Tensor logits = function.get(op.getLogits(), Layout::RowMajor);
  Value exponent;
  if (logits.exponent) {
    FixedType fixed = getFixedElementType(op.getGradLogits().getType());
    exponent = function.i32(fixed.getExponent());
  }
  Value out =
      function.createResult(op.getGradLogits(), Layout::RowMajor, exponent);
  function.call("eoq_cross_entropy_grad_" + getSuffix(storage),
                getOperands(function, logits, op.getLabels(), type, out));
  return success();
}

void mlir::eoq::populateLossLowerings(LoweringTable &table) {
  table.add<CrossEntropyOp>(lower);
  table.add<CrossEntropyGradLogitsOp>(lower);
}
