//===- Elementwise.cpp - activations, sums, products ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules N8, N9 and N10.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "eoq/Reference/Numerics.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

/// result[i] = real(input[i]) or integer(input[i]), with the input's exponent.
template <typename Real, typename Integer>
static LogicalResult mapUnary(Frame &frame, Value inputValue, Value resultValue,
                              Real real, Integer integer) {
  const TensorValue &input = frame.tensor(inputValue);
  TensorValue &result = frame.define(resultValue, input.exponent);
  for (size_t i = 0; i < input.f32.size(); ++i)
    result.f32[i] = real(input.f32[i]);
  for (size_t i = 0; i < input.fixed.size(); ++i)
    result.fixed[i] = integer(input.fixed[i]);
  return success();
}

/// As mapUnary, for a gradient and the forward output at the same place.
template <typename Real, typename Integer>
static LogicalResult mapGradient(Frame &frame, Value gradValue,
                                 Value outputValue, Value resultValue,
                                 Real real, Integer integer) {
  const TensorValue &grad = frame.tensor(gradValue);
  const TensorValue &output = frame.tensor(outputValue);
  TensorValue &result = frame.define(resultValue, grad.exponent);
  for (size_t i = 0; i < grad.f32.size(); ++i)
    result.f32[i] = real(grad.f32[i], output.f32[i]);
  for (size_t i = 0; i < grad.fixed.size(); ++i)
    result.fixed[i] = integer(grad.fixed[i], output.fixed[i]);
  return success();
}

//===----------------------------------------------------------------------===//
// ReLU and leaky ReLU
//===----------------------------------------------------------------------===//

LogicalResult reference::evaluate(ReluOp op, Frame &frame) {
  return mapUnary(
      frame, op.getInput(), op.getOutput(),
      [](float x) { return x > 0 ? x : 0.0f; },
      [](int64_t q) { return std::max<int64_t>(q, 0); });
}

LogicalResult reference::evaluate(ReluGradInputOp op, Frame &frame) {
  return mapGradient(
      frame, op.getGradOutput(), op.getOutput(), op.getGradInput(),
      [](float g, float a) { return a > 0 ? g : 0.0f; },
      [](int64_t q, int64_t a) { return a > 0 ? q : 0; });
}

namespace {
/// alpha * x, in both kinds of numbers.
struct Leak {
  double alpha;

  float operator()(float x) const { return float(alpha) * x; }
  int64_t operator()(int64_t q) const {
    auto factor = int64_t(std::floor(std::ldexp(alpha, 15) + 0.5));
    return int64_t((__int128(q) * factor + (1 << 14)) >> 15);
  }
};
} // namespace

LogicalResult reference::evaluate(LeakyReluOp op, Frame &frame) {
  Leak leak{op.getAlpha().convertToDouble()};
  return mapUnary(
      frame, op.getInput(), op.getOutput(),
      [&](float x) { return x > 0 ? x : leak(x); },
      [&](int64_t q) { return q < 0 ? leak(q) : q; });
}

LogicalResult reference::evaluate(LeakyReluGradInputOp op, Frame &frame) {
  Leak leak{op.getAlpha().convertToDouble()};
  return mapGradient(
      frame, op.getGradOutput(), op.getOutput(), op.getGradInput(),
      [&](float g, float a) { return a > 0 ? g : leak(g); },
      [&](int64_t q, int64_t a) { return a > 0 ? q : leak(q); });
}

//===----------------------------------------------------------------------===//
// Clip
//===----------------------------------------------------------------------===//

namespace {
/// The bounds of an op as integers of one exponent; infinite ones lie beyond
/// all integers.
struct IntegerBounds {
  int64_t minimum = std::numeric_limits<int64_t>::min();
  int64_t maximum = std::numeric_limits<int64_t>::max();

  template <typename Op>
  IntegerBounds(Op op, int64_t exponent) {
    if (!op.getMinimum().isInfinity())
      minimum = boundAtExponent(op.getMinimum().convertToDouble(), exponent);
    if (!op.getMaximum().isInfinity())
      maximum = boundAtExponent(op.getMaximum().convertToDouble(), exponent);
  }
};
} // namespace

LogicalResult reference::evaluate(ClipOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  auto low = float(op.getMinimum().convertToDouble());
  auto high = float(op.getMaximum().convertToDouble());
  IntegerBounds bounds(op, input.exponent);
  int64_t limit = std::numeric_limits<int64_t>::max();
  if (FixedType type = getFixedElementType(input.type))
    limit = largestInteger(type.getWidth());
  return mapUnary(
      frame, op.getInput(), op.getOutput(),
      [&](float x) { return std::min(std::max(x, low), high); },
      [&](int64_t q) {
        q = std::min(std::max(q, bounds.minimum), bounds.maximum);
        return clampTo(q, limit);
      });
}

LogicalResult reference::evaluate(ClipGradInputOp op, Frame &frame) {
  const TensorValue &output = frame.tensor(op.getOutput());
  auto low = float(op.getMinimum().convertToDouble());
  auto high = float(op.getMaximum().convertToDouble());
  IntegerBounds bounds(op, output.exponent);
  return mapGradient(
      frame, op.getGradOutput(), op.getOutput(), op.getGradInput(),
      [&](float g, float a) { return low < a && a < high ? g : 0.0f; },
      [&](int64_t q, int64_t a) {
        return bounds.minimum < a && a < bounds.maximum ? q : 0;
      });
}

//===----------------------------------------------------------------------===//
// Exponents, sums and products
//===----------------------------------------------------------------------===//

LogicalResult reference::evaluate(ShiftExponentOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  int64_t amount = op.getAmount();
  TensorValue &output = frame.define(op.getOutput(), input.exponent + amount);
  output.fixed = input.fixed;
  for (size_t i = 0; i < input.f32.size(); ++i)
    output.f32[i] = float(std::ldexp(input.f32[i], int(amount)));
  return success();
}

/// Rule N8: `op` promises |q| < 2^bits for each operand.
template <typename Op>
static LogicalResult alignedSum(Op op, Frame &frame, int sign) {
  const TensorValue &lhs = frame.tensor(op.getLhs());
  const TensorValue &rhs = frame.tensor(op.getRhs());
  if (!lhs.isFixed()) {
    TensorValue &output = frame.define(op.getOutput());
    for (size_t i = 0; i < lhs.f32.size(); ++i)
      output.f32[i] = lhs.f32[i] + float(sign) * rhs.f32[i];
    return success();
  }

  std::optional<ArrayRef<int64_t>> bits = op.getMagnitudeBits();
  if (!bits)
    return op.emitError("needs 'magnitude_bits' on fixed-point tensors");
  const TensorValue *operands[] = {&lhs, &rhs};
  for (auto [index, operand] : llvm::enumerate(operands)) {
    unsigned length = bitLength(largestMagnitude(operand->fixed));
    if (length > (*bits)[index])
      return op.emitError("operand #")
             << index << " has an integer of " << length
             << " bits, but 'magnitude_bits' promises " << (*bits)[index]
             << " (rule N8)";
  }
  int64_t top = std::max(lhs.exponent + (*bits)[0], rhs.exponent + (*bits)[1]);
  int64_t exponent =
      std::max<int64_t>(std::min(lhs.exponent, rhs.exponent), top - 29);
  TensorValue &output = frame.define(op.getOutput(), exponent);
  for (size_t i = 0; i < lhs.fixed.size(); ++i)
    output.fixed[i] =
        shiftNearest(lhs.fixed[i], exponent - lhs.exponent) +
        sign * shiftNearest(rhs.fixed[i], exponent - rhs.exponent);
  return success();
}

LogicalResult reference::evaluate(AddOp op, Frame &frame) {
  return alignedSum(op, frame, 1);
}

LogicalResult reference::evaluate(SubOp op, Frame &frame) {
  return alignedSum(op, frame, -1);
}

LogicalResult reference::evaluate(MulOp op, Frame &frame) {
  const TensorValue &lhs = frame.tensor(op.getLhs());
  const TensorValue &rhs = frame.tensor(op.getRhs());
  TensorValue &output =
      frame.define(op.getOutput(), int64_t(lhs.exponent) + rhs.exponent);
  for (size_t i = 0; i < lhs.f32.size(); ++i)
    output.f32[i] = lhs.f32[i] * rhs.f32[i];
  for (size_t i = 0; i < lhs.fixed.size(); ++i)
    output.fixed[i] = lhs.fixed[i] * rhs.fixed[i];
  return success();
}
