//===- LowerQuantizer.cpp - quantizers and their exponents ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"

using namespace mlir;
using namespace mlir::eoq;

Value mlir::eoq::getExactExponent(FunctionLowering &function, QuantizeOp op,
                                  Value magnitude, Value exponent) {
  unsigned bits =
      getStorageType(op.getOutput().getType()).getIntOrFloatBitWidth();
  Value shift = function
                    .call("eoq_exponent_shift",
                          {magnitude, function.i32(bits),
                           function.i32(op.getRule() == ExponentRule::Round)})
                    .getResult(0);
  return function.add(exponent, shift);
}

/// Whether `exponent` is what a quantizer with exact exponents found for the
/// very tensor that `op` narrows in the same way.
static bool isExactExponent(QuantizeOp op, Value exponent) {
  auto other = exponent ? exponent.getDefiningOp<QuantizeOp>() : nullptr;
  return other && !other.getPrevious() && other.getInput() == op.getInput() &&
         other.getRule() == op.getRule() &&
         other.getOutput().getType() == op.getOutput().getType();
}

/// Two passes over the tensor: the largest magnitude decides the exponent (N3),
/// then the integers are shifted to it (N4).
static LogicalResult lower(QuantizeOp op, FunctionLowering &function) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Type from = getStorageType(type);
  Type to = getStorageType(op.getOutput().getType());
  if (failed(requireKernel(op, from, {8, 16, 32, 64})) ||
      failed(requireKernel(op, to, {8, 16})))
    return failure();
  switch (function.get(op.getInput()).layout) {
  case Layout::OutputsLast:
    return lowerOutputsLastQuantizer(op, function);
  case Layout::Reached:
    return lowerReachedQuantizer(op, function);
  default:
    break;
  }
  if (from.isInteger(32) && to.isInteger(8))
    return lowerQuantizer(op, function);
  if (op.getRounding() == Rounding::Up)
    return op.emitOpError() << "cannot be lowered: rounding up is for 32 bits "
                               "to 8";
  // Random numbers are numbered in the tensor's own order.
  Tensor input = op.getRounding() == Rounding::Stochastic
                     ? function.get(op.getInput(), Layout::RowMajor)
                     : function.get(op.getInput());
  Value elements = function.index(type.getNumElements());
  Value exponent, stored;
  if (isExactExponent(op, op.getPrevious())) {
    exponent = stored = function.getScalar(op.getPrevious());
  } else {
    Value magnitude =
        function.call("eoq_max_abs_" + getSuffix(from), {input.data, elements})
            .getResult(0);
    exponent = stored =
        getExactExponent(function, op, magnitude, input.exponent);
    if (op.getPrevious()) {
      func::CallOp call = function.call(
          "eoq_previous_exponent",
          {magnitude, exponent, function.getScalar(op.getPrevious())});
      exponent = call.getResult(0);
      stored = call.getResult(1);
    }
  }
  Value shift = function.subtract(exponent, input.exponent);
  function.defineScalar(op.getExactExponent(), stored);

  Value out = function.createResult(op.getOutput(), input.layout, exponent);
  std::string suffix = getSuffix(from) + "_" + getSuffix(to);
  SmallVector<Value> operands = {input.data, out, elements};
  if (op.getRounding() == Rounding::Nearest) {
    operands.push_back(shift);
    function.call("eoq_quantize_nearest_" + suffix, operands);
    return success();
  }
  operands.append(
      {shift, function.getScalar(op.getKey()), function.i32(op.getSite())});
  function.call("eoq_quantize_stochastic_" + suffix, operands);
  return success();
}

static LogicalResult lower(RandomKeyOp op, FunctionLowering &function) {
  Value key = function
                  .call("eoq_random_key", {function.getScalar(op.getSeed()),
                                           function.getScalar(op.getStep())})
                  .getResult(0);
  function.defineScalar(op.getKey(), key);
  return success();
}

static LogicalResult lower(ExponentLoadOp op, FunctionLowering &function) {
  StringAttr name = op.getParameterAttr().getAttr();
  function.defineScalar(op.getExponent(), function.loadParameterScalar(name));
  return success();
}

static LogicalResult lower(ExponentStoreOp op, FunctionLowering &function) {
  function.storeParameterScalar(op.getParameterAttr().getAttr(),
                                function.getScalar(op.getExponent()));
  return success();
}

static LogicalResult lower(ParameterLoadOp op, FunctionLowering &function) {
  StringAttr name = op.getParameterAttr().getAttr();
  function.define(op.getResult(),
                  {function.getParameterData(name), function.loadExponent(name),
                   Layout::RowMajor});
  return success();
}

void mlir::eoq::populateQuantizerLowerings(LoweringTable &table) {
  table.add<QuantizeOp>(lower);
  table.add<RandomKeyOp>(lower);
  table.add<ExponentLoadOp>(lower);
  table.add<ExponentStoreOp>(lower);
  table.add<ParameterLoadOp>(lower);
}
