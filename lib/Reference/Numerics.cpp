//===- Numerics.cpp - the integer rules, one scalar at a time ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Reference/Numerics.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

/// Wide enough for every intermediate value of the rules.
using Wide = __int128;

static constexpr int64_t kShiftLimit = INT32_MAX; // of a left shift, N2

//===----------------------------------------------------------------------===//
// Numbers and shifts (N1, N2)
//===----------------------------------------------------------------------===//

unsigned reference::bitLength(uint64_t magnitude) {
  return llvm::bit_width(magnitude);
}

int64_t reference::largestInteger(unsigned width) {
  return int64_t((uint64_t(1) << (width - 1)) - 1);
}

int64_t reference::clampTo(int64_t value, int64_t limit) {
  return std::clamp(value, -limit, limit);
}

int64_t reference::divideFloor(int64_t value, int64_t divisor) {
  return llvm::divideFloorSigned(value, divisor);
}

static int64_t shiftLeftSaturating(int64_t value, int64_t amount) {
  if (value == 0)
    return 0;
  if (amount < 32) {
    Wide shifted = Wide(value) * (Wide(1) << amount);
    if (shifted >= -kShiftLimit && shifted <= kShiftLimit)
      return int64_t(shifted);
  }
  return value < 0 ? -kShiftLimit : kShiftLimit;
}

int64_t reference::shiftNearest(int64_t value, int64_t amount) {
  if (amount <= 0)
    return shiftLeftSaturating(value, -amount);
  if (amount >= 64) // |value| < 2^63 is less than half a unit
    return 0;
  return int64_t((Wide(value) + (Wide(1) << (amount - 1))) >> amount);
}

int64_t reference::shiftUp(int64_t value, int64_t amount) {
  if (amount <= 0)
    return shiftLeftSaturating(value, -amount);
  return int64_t(-(-Wide(value) >> std::min<int64_t>(amount, 64)));
}

int64_t reference::shiftStochastic(int64_t value, int64_t amount,
                                   uint32_t random) {
  if (amount <= 0)
    return shiftLeftSaturating(value, -amount);
  int64_t s = std::min<int64_t>(amount, 40);
  if (s <= 16)
    return int64_t((Wide(value) + (random >> (16 - s))) >> s);
  Wide noise = (Wide(random) << (s - 16)) + (Wide(1) << (s - 17));
  return int64_t((Wide(value) + noise) >> s);
}

//===----------------------------------------------------------------------===//
// Random numbers (N5)
//===----------------------------------------------------------------------===//

uint32_t reference::randomKey(int32_t seed, int32_t step) {
  return uint32_t(step) * 0x9E3779B1u + uint32_t(seed) * 0xC2B2AE3Du;
}

RandomSite::RandomSite(uint32_t key, int64_t site)
    : key(key + uint32_t(site) * 0x85EBCA77u) {}

uint32_t RandomSite::hash(uint64_t element) const {
  uint32_t h = uint32_t(element) * 0x9E3779B1u + key;
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return h;
}

//===----------------------------------------------------------------------===//
// Exponents and narrowing (N3, N4)
//===----------------------------------------------------------------------===//

uint64_t reference::largestMagnitude(ArrayRef<int64_t> values) {
  uint64_t largest = 0;
  for (int64_t value : values)
    largest = std::max(largest, value < 0 ? -uint64_t(value) : uint64_t(value));
  return largest;
}

int64_t reference::exponentShift(uint64_t magnitude, unsigned bits,
                                 ExponentRule rule) {
  int64_t length = bitLength(magnitude);
  int64_t s = length - (int64_t(bits) - 1);
  if (rule == ExponentRule::Round && magnitude >= 2 &&
      (magnitude >> (length - 2)) == 0b10)
    --s;
  return std::max<int64_t>(s, 0);
}

std::vector<int64_t> reference::narrow(ArrayRef<int64_t> values, int64_t from,
                                       int64_t to, unsigned bits,
                                       Rounding rounding,
                                       const RandomSite *random) {
  auto shift = [&](size_t i) {
    switch (rounding) {
    case Rounding::Nearest:
      return shiftNearest(values[i], to - from);
    case Rounding::Stochastic:
      return shiftStochastic(values[i], to - from, random->draw(i));
    case Rounding::Up:
      return shiftUp(values[i], to - from);
    }
    llvm_unreachable("unknown rounding");
  };
  std::vector<int64_t> result(values.size());
  int64_t limit = largestInteger(bits);
  for (size_t i = 0; i < values.size(); ++i)
    result[i] = clampTo(shift(i), limit);
  return result;
}

//===----------------------------------------------------------------------===//
// Bounds and multipliers (N9, N12)
//===----------------------------------------------------------------------===//

int64_t reference::boundAtExponent(double bound, int64_t exponent) {
  int x;
  double fraction = std::frexp(bound, &x); // 0, or in [0.5, 1) up to its sign
  auto m = int64_t(std::ldexp(fraction, 30)); // towards zero
  return shiftNearest(m, exponent - (x - 30));
}

int64_t reference::reciprocal(int64_t count, int64_t shift) {
  return ((int64_t(2) << shift) + count) / (2 * count);
}

//===----------------------------------------------------------------------===//
// Norms (N16, step 3)
//===----------------------------------------------------------------------===//

/// Shifts a mantissa >= 0 into [2^29, 2^30), towards zero.
static Norm normalized(Norm norm) {
  if (norm.mantissa == 0)
    return {};
  int64_t shift = int64_t(bitLength(uint64_t(norm.mantissa))) - 30;
  norm.mantissa = shift >= 0 ? norm.mantissa >> shift : norm.mantissa << -shift;
  norm.exponent += shift;
  return norm;
}

Norm reference::makeNorm(uint64_t sum, uint64_t count, int64_t exponent) {
  if (sum == 0)
    return {};
  int64_t j = 62 - int64_t(bitLength(sum));
  uint64_t scaled = j >= 0 ? sum << j : sum >> -j;
  return normalized({int64_t(scaled / count), exponent - j});
}

Norm reference::moveNorm(Norm state, Norm fresh, int64_t t) {
  if (state.mantissa == 0)
    state.exponent = fresh.exponent;
  if (fresh.mantissa == 0)
    fresh.exponent = state.exponent;
  int64_t exponent = std::max(state.exponent, fresh.exponent);
  int64_t from =
      state.mantissa >> std::min<int64_t>(exponent - state.exponent, 31);
  int64_t to =
      fresh.mantissa >> std::min<int64_t>(exponent - fresh.exponent, 31);
  return normalized({from + (to - from) / std::min<int64_t>(t, 32), exponent});
}

Norm reference::nominalNorm(double nominal) {
  int exponent;
  double fraction = std::frexp(nominal * nominal / 16, &exponent);
  return {int64_t(std::floor(std::ldexp(fraction, 30))), exponent - 30};
}

Norm reference::biasNorm() { return {int64_t(1) << 29, -35}; }

Norm reference::largerNorm(Norm lhs, Norm rhs) {
  if (lhs.mantissa == 0 || rhs.mantissa == 0)
    return lhs.mantissa == 0 ? rhs : lhs;
  if (lhs.exponent != rhs.exponent)
    return lhs.exponent > rhs.exponent ? lhs : rhs;
  return lhs.mantissa > rhs.mantissa ? lhs : rhs;
}

int64_t reference::ratioExponent(Norm weight, Norm gradient) {
  int64_t smaller = weight.mantissa < gradient.mantissa ? 1 : 0;
  return (1 + weight.exponent - gradient.exponent - smaller) >> 1;
}

//===----------------------------------------------------------------------===//
// Softmax (N14, N15)
//===----------------------------------------------------------------------===//

using Table = std::array<int64_t, 256>;

static const Table &exponentialTable() {
  static const Table table = [] {
    Table values;
    for (int i = 0; i < 256; ++i)
      values[i] = std::llround(65536 * std::exp2(-(i + 0.5) / 256));
    return values;
  }();
  return table;
}

static const Table &logarithmTable() {
  static const Table table = [] {
    Table values;
    for (int i = 0; i < 256; ++i)
      values[i] = std::llround(1024 * std::log2(1 + (i + 0.5) / 256));
    return values;
  }();
  return table;
}

SoftmaxRow reference::softmaxRow(ArrayRef<int64_t> logits, int64_t exponent) {
  SoftmaxRow row;
  int64_t largest = *std::max_element(logits.begin(), logits.end());
  for (int64_t logit : logits) {
    int64_t distance = shiftNearest(largest - logit, -10 - exponent);
    distance = std::min<int64_t>(distance, 16384);
    int64_t t = (distance * 1477) >> 10;
    int64_t weight = exponentialTable()[(t & 1023) >> 2] >> (t >> 10);
    row.distances.push_back(distance);
    row.weights.push_back(weight);
    row.sum += weight;
  }
  return row;
}

int64_t reference::rowLoss(const SoftmaxRow &row, int64_t label) {
  int64_t length = bitLength(uint64_t(row.sum));
  int64_t fraction =
      length <= 9 ? row.sum << (9 - length) : row.sum >> (length - 9);
  int64_t log2 = (length - 1 - 16) * 1024 + logarithmTable()[fraction & 255];
  int64_t logarithm = (log2 * 710) >> 10;
  return std::max<int64_t>(row.distances[label] + logarithm, 0);
}

int64_t reference::batchExponent(int64_t batch) {
  return int64_t(bitLength(uint64_t(batch))) - 1;
}

int64_t reference::logitGradient(const SoftmaxRow &row, int64_t index,
                                 int64_t label, int64_t batch) {
  int64_t error = (row.weights[index] * (1 << 14) + (row.sum >> 1)) / row.sum;
  if (index == label)
    error -= 1 << 14;
  // round(2^(14+f) / batch), half up.
  int64_t numerator = int64_t(1) << (14 + batchExponent(batch));
  int64_t inverse = (2 * numerator + batch) / (2 * batch);
  return shiftNearest(error * inverse, 14);
}

//===----------------------------------------------------------------------===//
// Initialization (N17)
//===----------------------------------------------------------------------===//

int64_t reference::normalInteger(const RandomSite &random, uint64_t element) {
  int64_t z = -393210;
  for (uint64_t i = 6 * element; i < 6 * element + 6; ++i) {
    uint32_t h = random.hash(i);
    z += (h >> 16) + (h & 0xFFFF);
  }
  return z;
}

int64_t reference::roundToExponent(double value, int64_t exponent,
                                   unsigned width) {
  double limit = double(largestInteger(width));
  double rounded = std::floor(std::ldexp(value, int(-exponent)) + 0.5);
  return int64_t(std::clamp(rounded, -limit, limit));
}
