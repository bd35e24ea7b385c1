//===- Quantize.cpp - narrowing, and the exponents it keeps -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules N3 and N4.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "eoq/Reference/Numerics.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

static constexpr int32_t kNoExponent = INT32_MIN; // no step before this one

LogicalResult reference::evaluate(QuantizeOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  unsigned bits = getFixedElementType(op.getOutput().getType()).getWidth();
  uint64_t magnitude = largestMagnitude(input.fixed);
  int64_t exact = input.exponent + exponentShift(magnitude, bits, op.getRule());
  if (exact > INT32_MAX)
    return op.emitError("exponent ") << exact << " does not fit 32 bits";

  int64_t exponent = exact, fresh = exact;
  if (op.getPrevious()) {
    int32_t previous = frame.integer(op.getPrevious());
    if (previous != kNoExponent)
      exponent = previous;
    if (magnitude == 0)
      fresh = previous;
  }
  std::optional<RandomSite> random;
  if (op.getRounding() == Rounding::Stochastic)
    random.emplace(uint32_t(frame.integer(op.getKey())), op.getSite());

  TensorValue &output = frame.define(op.getOutput(), exponent);
  output.fixed = narrow(input.fixed, input.exponent, exponent, bits,
                        op.getRounding(), random ? &*random : nullptr);
  frame.setInteger(op.getExactExponent(), int32_t(fresh));
  return success();
}

LogicalResult reference::evaluate(ExponentLoadOp op, Frame &frame) {
  frame.setInteger(op.getExponent(), frame.state(op.getParameterAttr()).i32[0]);
  return success();
}

LogicalResult reference::evaluate(ExponentStoreOp op, Frame &frame) {
  frame.state(op.getParameterAttr()).i32[0] = frame.integer(op.getExponent());
  return success();
}
