//===- Schedule.cpp - the learning rate of every step ---------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cosine is (1 - sin(pi/2 * z)) / 2 with z from -1 to 1, and the sine the
// polynomial of degree 5 that is exact with its slope at 0 and at +-1.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Schedule.h"

#include <algorithm>
#include <cmath>

namespace eoq::trainer {
namespace {

constexpr int64_t kOne = 32768; // 1 in units of 2^-15

/// Keeps the value and makes the multiplier odd, as far as the shift allows; so
/// a power of two is 1 * 2^-k.
LearningRate reduced(int64_t multiplier, int32_t shift) {
  while (multiplier % 2 == 0 && shift > 0) {
    multiplier /= 2;
    --shift;
  }
  return {static_cast<int32_t>(multiplier), shift};
}

/// round(a / b) for a >= 0, b > 0.
int64_t divideRounded(int64_t a, int64_t b) { return (a + b / 2) / b; }

/// sin(pi/2 * z) for z in units of 2^-15, |z| <= 1; the result in 2^-30.
/// pi/2 * z - (pi - 5/2) * z^3 + (pi/2 - 3/2) * z^5: error below 2e-4.
int64_t sineOfQuarterTurns(int64_t z) {
  constexpr int64_t a = 1686629713; // round(2^30 * pi/2)
  constexpr int64_t c = a - 3 * (int64_t(1) << 29);
  constexpr int64_t b = a + c - (int64_t(1) << 30);
  int64_t square = z * z; // 2^-30
  int64_t inner = b - ((c * (square >> 15)) >> 15);
  int64_t outer = a - ((inner * (square >> 15)) >> 15);
  return (outer * z) >> 15;
}

} // namespace

double LearningRate::value() const { return std::ldexp(multiplier, -shift); }

LearningRate toLearningRate(double value) {
  int exponent = 0;
  double fraction = std::frexp(value, &exponent); // in [1/2, 1)
  auto multiplier =
      static_cast<int64_t>(std::floor(std::ldexp(fraction, 15) + 0.5));
  int32_t shift = 15 - exponent;
  if (multiplier == kOne) {
    multiplier /= 2;
    --shift;
  }
  return reduced(multiplier, shift);
}

const char *scheduleName(Schedule schedule) {
  switch (schedule) {
  case Schedule::Constant:
    return "constant";
  case Schedule::Linear:
    return "linear";
  case Schedule::Cosine:
    return "cosine";
  case Schedule::Step:
    return "step";
  }
  return "linear";
}

Schedule parseSchedule(const std::string &text) {
  for (Schedule schedule :
       {Schedule::Constant, Schedule::Cosine, Schedule::Step})
    if (text == scheduleName(schedule))
      return schedule;
  return Schedule::Linear;
}

int32_t scheduleFactor(Schedule schedule, int64_t step, int64_t total,
                       int64_t warmup) {
  int64_t factor = kOne;
  if (step < warmup) {
    factor = divideRounded(kOne * (step + 1), warmup);
  } else {
    int64_t done = step - warmup;
    int64_t length = std::max<int64_t>(total - warmup, 1);
    switch (schedule) {
    case Schedule::Constant:
      break;
    case Schedule::Linear:
      factor = divideRounded(kOne * (length - done), length);
      break;
    case Schedule::Cosine: {
      int64_t z = divideRounded(2 * kOne * done, length) - kOne;
      int64_t sine = sineOfQuarterTurns(z);
      factor = ((int64_t(1) << 30) - sine + (1 << 15)) >> 16;
      break;
    }
    case Schedule::Step:
      if (step * 100 >= total * 85)
        factor = kOne / 16;
      else if (step * 100 >= total * 60)
        factor = kOne / 4;
      break;
    }
  }
  return static_cast<int32_t>(std::clamp<int64_t>(factor, 1, kOne));
}

LearningRate scaled(LearningRate rate, int32_t factor) {
  int64_t product = int64_t(rate.multiplier) * factor;
  int32_t shift = rate.shift + 15;
  int32_t dropped = 0;
  while ((product >> dropped) >= kOne)
    ++dropped;
  if (dropped > 0) {
    product = (product + (int64_t(1) << (dropped - 1))) >> dropped;
    shift -= dropped;
  }
  if (product == kOne) {
    product /= 2;
    --shift;
  }
  return reduced(product, shift);
}

} // namespace eoq::trainer
