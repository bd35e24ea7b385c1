//===- Update.cpp - one step of momentum SGD --------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule N16; the numbers in the comments are its steps.
//
//===----------------------------------------------------------------------===//
#include "Centering.h"
#include "Frame.h"
#include "eoq/Reference/Numerics.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

void reference::centerChannels(TensorValue &value) {
  int64_t channels = value.shape().empty() ? 1 : value.shape()[0];
  int64_t count = value.size() / channels;
  for (int64_t first = 0; first < value.size(); first += count) {
    if (!value.isFixed()) {
      double sum = 0;
      for (int64_t i = first; i < first + count; ++i)
        sum += value.f32[i];
      for (int64_t i = first; i < first + count; ++i)
        value.f32[i] = float(value.f32[i] - sum / double(count));
      continue;
    }
    int64_t limit = largestInteger(getFixedElementType(value.type).getWidth());
    int64_t sum = 0;
    for (int64_t i = first; i < first + count; ++i)
      sum += value.fixed[i];
    int64_t mean = divideFloor(sum + count / 2, count);
    for (int64_t i = first; i < first + count; ++i)
      value.fixed[i] = clampTo(value.fixed[i] - mean, limit);
  }
}

namespace {

/// An update of one parameter: what the op's operands and attributes say.
struct Update {
  SgdUpdateOp op;
  ParameterOp declaration;
  TensorValue &parameter;
  TensorValue &momentum;
  TensorValue *gradNorm; // null unless the update is normalized
  const TensorValue &gradient;
  int64_t multiplier, shift; // learning rate: multiplier * 2^-shift
  int64_t step;
  int64_t momentumNumerator; // c of mu = c / 32

  Update(SgdUpdateOp op, Frame &frame)
      : op(op), declaration(frame.parameter(op.getParameterAttr())),
        parameter(frame.state(op.getParameterAttr())),
        momentum(frame.state(op.getMomentumStateAttr())),
        gradNorm(op.getGradNormStateAttr()
                     ? &frame.state(op.getGradNormStateAttr())
                     : nullptr),
        gradient(frame.tensor(op.getGradient())),
        multiplier(frame.integer(op.getLrMultiplier())),
        shift(int64_t(frame.integer(op.getLrShift())) +
              int64_t(op.getLrShiftOffset())),
        step(frame.integer(op.getStep())), momentumNumerator(op.getMomentum()) {
  }

  LogicalResult runReal();
  LogicalResult runFixed(uint32_t key);

private:
  LogicalResult accumulate(std::vector<int64_t> &acc, int64_t &exponent);
  LogicalResult store(TensorValue &state, int64_t exponent);
  LogicalResult findRatio(int64_t &ratio, bool &vanished);
};

} // namespace

//===----------------------------------------------------------------------===//
// f32
//===----------------------------------------------------------------------===//

static double meanSquare(ArrayRef<float> values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return sum / double(values.size());
}

LogicalResult Update::runReal() {
  double decay = 0;
  if (std::optional<int64_t> decayShift = op.getWeightDecayShift())
    decay = std::ldexp(1.0, -int(*decayShift));
  double mu = double(momentumNumerator) / 32;
  for (auto [v, g, w] : llvm::zip(momentum.f32, gradient.f32, parameter.f32))
    v = float(mu * v + g + decay * w);

  double rate = std::ldexp(double(multiplier), -int(shift));
  if (gradNorm) {
    double norm = gradNorm->f32[0];
    norm += (meanSquare(gradient.f32) - norm) /
            double(std::min<int64_t>(step + 1, 32));
    gradNorm->f32[0] = float(norm);
    double size = std::ldexp(1.0, -6);
    if (auto nominal = declaration.getNominal()) {
      double value = nominal->convertToDouble();
      size = std::max(meanSquare(parameter.f32), value * value / 16);
    }
    if (gradNorm->f32[0] == 0 || size == 0) {
      rate = 0;
    } else {
      double ratio = std::floor(std::log2(size / gradNorm->f32[0]));
      rate *= (1 - mu) * std::exp2(std::floor((1 + ratio) / 2));
    }
  }
  for (auto [w, v] : llvm::zip(parameter.f32, momentum.f32))
    w = float(w - rate * v);
  if (declaration.getCentered())
    centerChannels(parameter);
  return success();
}

//===----------------------------------------------------------------------===//
// Fixed point
//===----------------------------------------------------------------------===//

/// shift(value, amount, nearest) where a left shift is exact; nothing if it
/// does not fit 64 bits.
static std::optional<int64_t> shiftExact(int64_t value, int64_t amount) {
  if (amount > 0)
    return shiftNearest(value, amount);
  if (value == 0)
    return 0;
  if (-amount + bitLength(largestMagnitude(value)) >= 63)
    return std::nullopt;
  return value * (int64_t(1) << -amount);
}

/// 1. acc = V * c + G + M * 2^-decay, on a common exponent.
LogicalResult Update::accumulate(std::vector<int64_t> &acc, int64_t &exponent) {
  struct Term {
    const std::vector<int64_t> &integers;
    int64_t factor, exponent, bits;
  };
  int64_t width = declaration.getFixedType().getWidth();
  SmallVector<Term> terms = {{gradient.fixed, 1, gradient.exponent, 8},
                             {momentum.fixed, momentumNumerator,
                              int64_t(momentum.exponent) - 5, width + 5}};
  if (std::optional<int64_t> decayShift = op.getWeightDecayShift())
    terms.push_back(
        {parameter.fixed, 1, parameter.exponent - *decayShift, width});

  int64_t top = INT64_MIN, least = INT64_MAX;
  for (const Term &term : terms) {
    top = std::max(top, term.exponent + term.bits);
    least = std::min(least, term.exponent);
  }
  exponent = std::max(least, top - 40);
  acc.assign(gradient.fixed.size(), 0);
  for (const Term &term : terms)
    for (size_t i = 0; i < acc.size(); ++i) {
      std::optional<int64_t> shifted =
          shiftExact(term.integers[i] * term.factor, exponent - term.exponent);
      if (!shifted || __builtin_add_overflow(acc[i], *shifted, &acc[i]))
        return op.emitError("the sum for the momentum of '")
               << op.getParameter() << "' leaves 64 bits (rule N16)";
    }
  return success();
}

static uint64_t sumOfSquares(ArrayRef<int64_t> values) {
  uint64_t sum = 0;
  for (int64_t value : values)
    sum += uint64_t(value * value);
  return sum;
}

/// 3. r; `vanished` if all gradients so far were 0.
LogicalResult Update::findRatio(int64_t &ratio, bool &vanished) {
  uint64_t count = uint64_t(gradient.size());
  Norm fresh = makeNorm(sumOfSquares(gradient.fixed), count,
                        2 * int64_t(gradient.exponent));
  Norm norm =
      moveNorm({gradNorm->fixed[0], gradNorm->exponent}, fresh, step + 1);
  gradNorm->fixed[0] = norm.mantissa;
  if (failed(store(*gradNorm, norm.exponent)))
    return failure();
  ratio = 0;
  vanished = norm.mantissa == 0;
  if (vanished)
    return success();
  Norm size = biasNorm();
  if (auto nominal = declaration.getNominal())
    size = largerNorm(makeNorm(sumOfSquares(parameter.fixed), count,
                               2 * int64_t(parameter.exponent)),
                      nominalNorm(nominal->convertToDouble()));
  ratio = ratioExponent(size, norm);
  return success();
}

LogicalResult Update::store(TensorValue &state, int64_t exponent) {
  if (exponent < INT32_MIN || exponent > INT32_MAX)
    return op.emitError("exponent ")
           << exponent << " does not fit 32 bits (rule N1)";
  state.exponent = int32_t(exponent);
  return success();
}

LogicalResult Update::runFixed(uint32_t key) {
  unsigned width = declaration.getFixedType().getWidth();
  auto site = [&](int64_t number) {
    return RandomSite(key, int64_t(op.getSite()) + number);
  };

  // 1, 2. Momentum.
  std::vector<int64_t> acc;
  int64_t exponent;
  if (failed(accumulate(acc, exponent)))
    return failure();
  uint64_t magnitude = largestMagnitude(acc);
  if (magnitude == 0) {
    momentum.fixed.assign(acc.size(), 0);
  } else {
    int64_t narrowed =
        exponent + exponentShift(magnitude, width, ExponentRule::Ceil);
    RandomSite random = site(0);
    momentum.fixed = narrow(acc, exponent, narrowed, width, Rounding::Stochastic, &random);
    if (failed(store(momentum, narrowed)))
      return failure();
  }

  // 3. Size of the step.
  int64_t factor = multiplier;
  exponent = momentum.exponent - shift;
  bool vanished = false;
  if (gradNorm) {
    int64_t ratio;
    if (failed(findRatio(ratio, vanished)))
      return failure();
    factor *= 32 - momentumNumerator;
    exponent += ratio - 5;
  }

  if (!vanished) {
    // 4. The update, in 8 bits.
    for (size_t i = 0; i < acc.size(); ++i)
      acc[i] = momentum.fixed[i] * factor;
    int64_t narrowed =
        exponent + exponentShift(largestMagnitude(acc), 8, ExponentRule::Ceil);
    RandomSite random = site(1);
    std::vector<int64_t> update = narrow(acc, exponent, narrowed, 8, Rounding::Stochastic, &random);

    // 5. The parameter.
    random = site(2);
    for (size_t i = 0; i < update.size(); ++i) {
      int64_t shifted = shiftStochastic(
          update[i], parameter.exponent - narrowed, random.draw(i));
      parameter.fixed[i] =
          clampTo(parameter.fixed[i] - clampTo(shifted, int64_t(1) << width),
                  largestInteger(width));
    }
  }

  // 6.
  if (declaration.getCentered())
    centerChannels(parameter);

  // 7. Make room if the range is half used.
  if (largestMagnitude(parameter.fixed) > uint64_t(1) << (width - 2)) {
    RandomSite random = site(3);
    for (auto [i, q] : llvm::enumerate(parameter.fixed))
      q = shiftStochastic(q, 1, random.draw(i));
    if (failed(store(parameter, int64_t(parameter.exponent) + 1)))
      return failure();
  }
  return success();
}

LogicalResult reference::evaluate(SgdUpdateOp op, Frame &frame) {
  Update update(op, frame);
  if (update.step < 0)
    return op.emitError("step ") << update.step << " is negative";
  if (update.multiplier < 1 || update.multiplier > 32767)
    return op.emitError("learning rate multiplier ")
           << update.multiplier << " is not in [1, 32767]";
  if (!update.parameter.isFixed())
    return update.runReal();
  return update.runFixed(uint32_t(frame.integer(op.getKey())));
}
