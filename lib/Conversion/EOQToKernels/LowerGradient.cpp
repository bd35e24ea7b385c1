//===- LowerGradient.cpp - quantizers of gradients in other orders --------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sums of a weight gradient are made with the outputs last. They need not
// be transposed before they are narrowed to 8 bits: that would take another
// buffer of 32-bit integers, as large as the weights.
//
// The gradient of an image whose kernel is smaller than its strides has pixels
// that are known to be zero. They need not exist in 32 bits.
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"

using namespace mlir;
using namespace mlir::eoq;

/// Columns that the kernel takes at once; with others it is slow.
static constexpr int64_t kColumns = 16;

/// The only user of a gradient, if it is a quantizer that does not know the
/// exponent beforehand and that has a kernel for other orders.
static QuantizeOp getQuantizer(Value gradient) {
  if (!gradient.hasOneUse())
    return {};
  auto op = dyn_cast<QuantizeOp>(*gradient.user_begin());
  if (op && op.getRounding() == Rounding::Stochastic && !op.getPrevious() &&
      getStorageType(gradient.getType()).isInteger(32) &&
      getStorageType(op.getOutput().getType()).isInteger(8))
    return op;
  return {};
}

bool mlir::eoq::isQuantizedOutputsLast(Value gradient) {
  return getQuantizer(gradient) &&
         cast<RankedTensorType>(gradient.getType()).getDimSize(0) % kColumns ==
             0;
}

bool mlir::eoq::isQuantizedReached(Value gradient) {
  return bool(getQuantizer(gradient));
}

/// Defines the exponents and returns the shift, of a tensor with `elements`
/// elements in memory.
static Value findShift(QuantizeOp op, FunctionLowering &function,
                       const Tensor &input, int64_t elements, Value &exponent) {
  Value magnitude = function.getNote(op);
  if (!magnitude)
    magnitude =
        function.call("eoq_max_abs_i32", {input.data, function.index(elements)})
            .getResult(0);
  exponent = getExactExponent(function, op, magnitude, input.exponent);
  function.defineScalar(op.getExactExponent(), exponent);
  return function.subtract(exponent, input.exponent);
}

LogicalResult mlir::eoq::lowerOutputsLastQuantizer(QuantizeOp op,
                                                   FunctionLowering &function) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Tensor input = function.get(op.getInput());
  Value exponent;
  Value shift = findShift(op, function, input, type.getNumElements(), exponent);
  Value out = function.createResult(op.getOutput(), Layout::RowMajor, exponent);
  int64_t outputs = type.getDimSize(0), inputs = type.getDimSize(1);
  int64_t taps = type.getNumElements() / (outputs * inputs);
  func::CallOp call = function.call(
      "eoq_quantize_stochastic_outputs_last_i32_i8",
      {input.data, out, function.index(outputs), function.index(inputs),
       function.index(taps), shift, function.getScalar(op.getKey()),
       function.i32(op.getSite())});
  if (outputs % 16 == 0)
    setInPlaceKernel(call, "eoq_quantize_stochastic_outputs_last_inside_i32_i8",
                     /*inputs=*/0, /*output=*/1,
                     alignToBuffer(type.getNumElements()));
  return success();
}

LogicalResult mlir::eoq::lowerReachedQuantizer(QuantizeOp op,
                                               FunctionLowering &function) {
  Conv2DGeometry g =
      getGeometry(op.getInput().getDefiningOp<Conv2DGradInputOp>());
  ReachedPixels reached = *getReachedPixels(g);
  Value exponent;
  Value shift = findShift(op, function, function.get(op.getInput()),
                          g.n * reached.rows * reached.columns * g.c, exponent);
  Value out =
      function.createResult(op.getOutput(), Layout::ChannelsLast, exponent);
  SmallVector<Value> operands = {function.get(op.getInput()).data, out};
  for (int64_t size :
       {g.n, g.h, g.w, g.c, reached.rows, reached.columns, reached.firstRow,
        reached.firstColumn, reached.rowStep, reached.columnStep})
    operands.push_back(function.index(size));
  operands.append(
      {shift, function.getScalar(op.getKey()), function.i32(op.getSite())});
  function.call("eoq_quantize_stochastic_reached_i32_i8", operands);
  return success();
}
