//===- LowerGradient.cpp - quantizers of weight gradients -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sums of a weight gradient are made with the outputs last. They need not
// be transposed before they are narrowed to 8 bits: that would take another
// buffer of 32-bit integers, as large as the weights.
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"

using namespace mlir;
using namespace mlir::eoq;

/// Columns that the kernel takes at once; with others it is slow.
static constexpr int64_t kColumns = 16;

bool mlir::eoq::isQuantizedOutputsLast(Value gradient) {
  if (!gradient.hasOneUse())
    return false;
  auto op = dyn_cast<QuantizeOp>(*gradient.user_begin());
  return op && op.getRounding() == Rounding::Stochastic && !op.getPrevious() &&
         getStorageType(gradient.getType()).isInteger(32) &&
         getStorageType(op.getOutput().getType()).isInteger(8) &&
         cast<RankedTensorType>(gradient.getType()).getDimSize(0) % kColumns ==
             0;
}

LogicalResult mlir::eoq::lowerOutputsLastQuantizer(QuantizeOp op,
                                                   FunctionLowering &function) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Tensor input = function.get(op.getInput());
  Value magnitude =
      function
          .call("eoq_max_abs_i32",
                {input.data, function.index(type.getNumElements())})
          .getResult(0);
  Value exponent = getExactExponent(function, op, magnitude, input.exponent);
  Value shift = function.subtract(exponent, input.exponent);
  function.defineScalar(op.getExactExponent(), exponent);
  Value out = function.createResult(op.getOutput(), Layout::RowMajor, exponent);
  int64_t outputs = type.getDimSize(0), inputs = type.getDimSize(1);
  int64_t taps = type.getNumElements() / (outputs * inputs);
  function.call("eoq_quantize_stochastic_outputs_last_i32_i8",
                {input.data, out, function.index(outputs),
                 function.index(inputs), function.index(taps), shift,
                 function.getScalar(op.getKey()), function.i32(op.getSite())});
  return success();
}
