//===- ScheduleTest.cpp - learning rates, golden values -------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integer schedules are the same on every machine; the values here are part of
// what a training is.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Schedule.h"
#include "TinyModel.h"
#include "eoq/Trainer/DefaultLearningRate.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

using namespace eoq::test;
using namespace eoq::trainer;

namespace {

std::vector<int32_t> factors(Schedule schedule, int64_t total, int64_t warmup) {
  std::vector<int32_t> result;
  for (int64_t step = 0; step < total; ++step)
    result.push_back(scheduleFactor(schedule, step, total, warmup));
  return result;
}

using V = std::vector<int32_t>;

} // namespace

TEST(LearningRate, PowersOfTwoAreShifts) {
  for (int k = -10; k <= 24; ++k) {
    LearningRate rate = toLearningRate(std::ldexp(1.0, -k));
    EXPECT_EQ(rate, (k >= 0 ? LearningRate{1, k} : LearningRate{1 << -k, 0}));
  }
}

TEST(LearningRate, HasFifteenBits) {
  EXPECT_EQ(toLearningRate(0.1), (LearningRate{13107, 17})); // 26214 / 2
  EXPECT_EQ(toLearningRate(0.3), (LearningRate{19661, 16}));
  EXPECT_EQ(toLearningRate(0.99999), (LearningRate{1, 0})); // rounds up to 1
  EXPECT_EQ(toLearningRate(3.0), (LearningRate{3, 0}));
  for (double value = 1e-7; value < 1000.0; value *= 1.37) {
    LearningRate rate = toLearningRate(value);
    EXPECT_NEAR(rate.value() / value, 1.0, 1.0 / 32768);
    EXPECT_GE(rate.multiplier, 1);
    EXPECT_LE(rate.multiplier, 32767);
    EXPECT_GE(rate.shift, 0);
  }
}

TEST(LearningRate, ScaledByAFactor) {
  LearningRate eighth = {1, 3};
  EXPECT_EQ(scaled(eighth, 32768), eighth);
  EXPECT_EQ(scaled(eighth, 8192), (LearningRate{1, 5}));
  EXPECT_EQ(scaled(eighth, 1), (LearningRate{1, 18}));
  EXPECT_EQ(scaled({32767, 10}, 32767), (LearningRate{16383, 9}));
  for (int32_t multiplier : {1, 3, 13107, 16384, 32767})
    for (int32_t factor = 1; factor <= 32768; factor += 97) {
      LearningRate rate = scaled({multiplier, 38}, factor);
      EXPECT_GE(rate.multiplier, 1);
      EXPECT_LE(rate.multiplier, 32767);
      EXPECT_LE(rate.shift, 53);
      double exact = std::ldexp(double(multiplier) * factor, -38 - 15);
      EXPECT_NEAR(rate.value() / exact, 1.0, 1.0 / 32768);
    }
}

TEST(Schedule, GoldenValues) {
  EXPECT_EQ(factors(Schedule::Constant, 5, 2),
            (V{16384, 32768, 32768, 32768, 32768}));
  EXPECT_EQ(factors(Schedule::Linear, 8, 0),
            (V{32768, 28672, 24576, 20480, 16384, 12288, 8192, 4096}));
  EXPECT_EQ(
      factors(Schedule::Linear, 10, 3),
      (V{10923, 21845, 32768, 32768, 28087, 23406, 18725, 14043, 9362, 4681}));
  EXPECT_EQ(factors(Schedule::Cosine, 8, 0),
            (V{32768, 31527, 27974, 22655, 16384, 10113, 4794, 1241}));
  EXPECT_EQ(
      factors(Schedule::Step, 20, 1),
      (V{32768, 32768, 32768, 32768, 32768, 32768, 32768, 32768, 32768, 32768,
         32768, 32768, 8192,  8192,  8192,  8192,  8192,  2048,  2048,  2048}));
  // All warm-up; and the last step of a very long training.
  EXPECT_EQ(factors(Schedule::Linear, 4, 4), (V{8192, 16384, 24576, 32768}));
  EXPECT_EQ(scheduleFactor(Schedule::Linear, INT32_MAX - 1, INT32_MAX, 0), 1);
  EXPECT_EQ(scheduleFactor(Schedule::Cosine, INT32_MAX - 1, INT32_MAX, 0), 1);
}

TEST(Schedule, CosineIsOneAndFallsAlways) {
  constexpr int64_t total = 5000;
  int32_t last = 32768;
  for (int64_t step = 0; step < total; ++step) {
    int32_t factor = scheduleFactor(Schedule::Cosine, step, total, 0);
    double exact =
        32768.0 *
        (0.5 + 0.5 * std::cos(std::acos(-1.0) * double(step) / total));
    EXPECT_NEAR(factor, exact, 8.0) << step;
    EXPECT_LE(factor, last);
    EXPECT_GE(factor, 1);
    last = factor;
  }
}

TEST(Schedule, Names) {
  for (Schedule schedule :
       {Schedule::Constant, Schedule::Linear, Schedule::Cosine, Schedule::Step})
    EXPECT_EQ(parseSchedule(scheduleName(schedule)), schedule);
}

TEST(DefaultLearningRate, Recipe) {
  eoq_model model = tinyModel();
  auto exponent = [&](const char *options, uint64_t batch, int64_t steps) {
    model.options = options;
    LearningRate rate = defaultLearningRate(model, batch, steps);
    EXPECT_EQ(rate.multiplier, 1);
    return rate.shift;
  };
  struct Case {
    uint64_t batch;
    int32_t k;
  };
  for (const Case &c : {Case{128, 3},
                        {127, 3},
                        {64, 3},
                        {33, 3},
                        {32, 4},
                        {16, 4},
                        {8, 5},
                        {4, 5},
                        {2, 6},
                        {1, 6},
                        {129, 2},
                        {512, 2},
                        {513, 1},
                        {100000, 0}})
    EXPECT_EQ(exponent("{}", c.batch, 1000), c.k) << c.batch;
  EXPECT_EQ(exponent("{}", 128, 1001), 4);
  EXPECT_EQ(exponent(R"({"deep_or_depthwise": true})", 128, 1001), 5);
  EXPECT_EQ(exponent(R"({"deep_or_depthwise": false})", 128, 10), 3);
  EXPECT_EQ(exponent(R"({"default_lr_exponent": 9})", 128, 1001), 9);
  EXPECT_EQ(exponent(R"({"default_lr_exponent": -9})", 128, 1001), 0);
  for (const Case &c :
       {Case{128, 4}, {256, 4}, {127, 5}, {64, 5}, {63, 6}, {1, 11}})
    EXPECT_EQ(exponent(R"({"optimizer": "sgd"})", c.batch, 5000), c.k);
  for (const char *broken : {"", "[]", "{", "null", "7"})
    EXPECT_EQ(exponent(broken, 128, 10), 3);
}
