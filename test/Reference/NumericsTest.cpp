//===- NumericsTest.cpp - the scalar rules of docs/Numerics.md --*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Golden values worked out by hand, and properties against exact arithmetic.
//
//===----------------------------------------------------------------------===//
#include "eoq/Reference/Numerics.h"
#include "Support.h"

#include <cmath>
#include <numeric>
#include <random>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;
using mlir::eoq::test::Random;

//===----------------------------------------------------------------------===//
// N2
//===----------------------------------------------------------------------===//

TEST(Numerics, ShiftNearestTable) {
  struct Row {
    int64_t value, amount, expected;
  };
  const int64_t most = 2147483647;
  for (Row row : {
           Row{5, 1, 3},
           Row{-5, 1, -2},
           Row{4, 1, 2},
           Row{6, 2, 2},
           Row{-6, 2, -1},
           Row{-7, 2, -2},
           Row{1, 1, 1},
           Row{-1, 1, 0},
           Row{7, 0, 7},
           Row{7, -3, 56},
           Row{-7, -3, -56},
           Row{most, 31, 1},
           Row{most, 32, 0},
           Row{-most, 32, 0},
           Row{-most, 31, -1},
           Row{most, 40, 0},
           Row{-most, 400, 0},
           Row{most, -1, most},
           Row{-most, -1, -most},
           Row{1, -31, most},
           Row{-1, -31, -most},
           Row{1, -30, 1 << 30},
           Row{0, -400, 0},
           Row{3, -400, most},
           Row{-3, -400, -most},
           Row{int64_t(1) << 62, 63, 1},
           Row{-(int64_t(1) << 62), 63, 0},
           Row{(int64_t(1) << 62) - 1, 63, 0},
           Row{int64_t(1) << 62, 64, 0},
       })
    EXPECT_EQ(shiftNearest(row.value, row.amount), row.expected)
        << row.value << " by " << row.amount;
}

TEST(Numerics, ShiftUpIsTheCeiling) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 10000; ++i) {
    int64_t value = int64_t(random()) >> (random() % 64);
    int64_t amount = int64_t(random() % 70) + 1;
    long double exact = std::ceil(std::ldexp((long double)(value), -amount));
    ASSERT_EQ((long double)(shiftUp(value, amount)), exact)
        << value << " >> " << amount;
    ASSERT_EQ(shiftUp(value, amount) > 0, value > 0);
  }
  EXPECT_EQ(shiftUp(-3, -2), -12);
}

TEST(Numerics, ShiftNearestIsRoundHalfUp) {
  Random random(1);
  for (int trial = 0; trial < 20000; ++trial) {
    int64_t value = random.integer(-INT32_MAX, INT32_MAX);
    int64_t amount = random.integer(1, 35);
    double exact = std::floor(std::ldexp(double(value), -int(amount)) + 0.5);
    ASSERT_EQ(double(shiftNearest(value, amount)), exact);
  }
}

TEST(Numerics, ShiftStochasticTable) {
  // The largest and the smallest R round up and down.
  EXPECT_EQ(shiftStochastic(5, 1, 0), 2);
  EXPECT_EQ(shiftStochastic(5, 1, 0x7FFF), 2);
  EXPECT_EQ(shiftStochastic(5, 1, 0x8000), 3);
  EXPECT_EQ(shiftStochastic(-5, 1, 0), -3);
  EXPECT_EQ(shiftStochastic(-5, 1, 0x8000), -2);
  EXPECT_EQ(shiftStochastic(4, 2, 0xFFFF), 1);
  EXPECT_EQ(shiftStochastic(1, 16, 0xFFFF), 1);
  EXPECT_EQ(shiftStochastic(1, 16, 0xFFFE), 0);
  // 2^17 / 2^18 is a half: (v + 4 R + 2) >> 18.
  EXPECT_EQ(shiftStochastic(1 << 17, 18, 0x7FFF), 0);
  EXPECT_EQ(shiftStochastic(1 << 17, 18, 0x8000), 1);
  EXPECT_EQ(shiftStochastic(-(1 << 17), 18, 0x7FFF), -1);
  EXPECT_EQ(shiftStochastic(-(1 << 17), 18, 0x8000), 0);
  // Shifts beyond 40 are shifts by 40.
  EXPECT_EQ(shiftStochastic(127, 1000, 0xFFFF), 0);
  EXPECT_EQ(shiftStochastic(int64_t(1) << 38, 1000, 0xFFFF), 1);
  EXPECT_EQ(shiftStochastic(int64_t(1) << 39, 1000, 0), 0);
  EXPECT_EQ(shiftStochastic(100, -2, 0xFFFF), 400);
  EXPECT_EQ(shiftStochastic(100, 0, 0xFFFF), 100);
}

TEST(Numerics, ShiftStochasticIsUnbiased) {
  // The mean over all R is the exact quotient if s <= 16, and within the grain
  // of R (2^-16 units) otherwise.
  Random random(2);
  for (int trial = 0; trial < 60; ++trial) {
    int64_t amount = random.integer(1, 24);
    int64_t value = random.integer(-(1 << 24), 1 << 24);
    int64_t sum = 0;
    for (uint32_t r = 0; r < 65536; ++r)
      sum += shiftStochastic(value, amount, r);
    double mean = double(sum) / 65536;
    double exact = std::ldexp(double(value), -int(amount));
    ASSERT_NEAR(mean, exact, amount <= 16 ? 0.0 : 0.5 / 65536 + 1e-12);
  }
}

//===----------------------------------------------------------------------===//
// N3, N4
//===----------------------------------------------------------------------===//

TEST(Numerics, ExponentShiftTable) {
  struct Row {
    uint64_t magnitude;
    int64_t ceil, round; // for 8 bits
  };
  for (Row row :
       {Row{0, 0, 0}, Row{1, 0, 0}, Row{2, 0, 0}, Row{127, 0, 0},
        Row{128, 1, 0}, Row{191, 1, 0}, Row{192, 1, 1}, Row{255, 1, 1},
        Row{256, 2, 1}, Row{383, 2, 1}, Row{384, 2, 2}, Row{0x7FFFFFFF, 24, 24},
        Row{0x5FFFFFFF, 24, 23}}) {
    EXPECT_EQ(exponentShift(row.magnitude, 8, ExponentRule::Ceil), row.ceil)
        << row.magnitude;
    EXPECT_EQ(exponentShift(row.magnitude, 8, ExponentRule::Round), row.round)
        << row.magnitude;
  }
  EXPECT_EQ(exponentShift(32767, 16, ExponentRule::Ceil), 0);
  EXPECT_EQ(exponentShift(32768, 16, ExponentRule::Ceil), 1);
  EXPECT_EQ(exponentShift(uint64_t(1) << 40, 8, ExponentRule::Ceil), 34);
}

TEST(Numerics, CeilNeverSaturates) {
  Random random(3);
  for (int trial = 0; trial < 10000; ++trial) {
    int64_t m = random.integer(0, int64_t(1) << random.integer(0, 40));
    int64_t ceil = exponentShift(uint64_t(m), 8, ExponentRule::Ceil);
    EXPECT_LT(m >> ceil, 128);
    int64_t round = exponentShift(uint64_t(m), 8, ExponentRule::Round);
    EXPECT_LT(double(m) / double(int64_t(1) << round), 192.0);
  }
}

TEST(Numerics, LargestMagnitude) {
  EXPECT_EQ(largestMagnitude({}), 0u);
  EXPECT_EQ(largestMagnitude({3, -7, 5}), 7u);
}

//===----------------------------------------------------------------------===//
// N5
//===----------------------------------------------------------------------===//

TEST(Numerics, Hash) {
  // murmur3's finalizer with other constants, worked out in Python.
  EXPECT_EQ(randomKey(0, 0), 0u);
  EXPECT_EQ(randomKey(0, 1), 0x9E3779B1u);
  EXPECT_EQ(randomKey(1, 0), 0xC2B2AE3Du);
  EXPECT_EQ(randomKey(1, -1), 0xC2B2AE3Du - 0x9E3779B1u);
  EXPECT_EQ(RandomSite(0, 0).hash(0), 0u);
  EXPECT_EQ(RandomSite(0, 0).hash(1), 0x11FD02EBu);
  EXPECT_EQ(RandomSite(12345, 7).hash(1000000), 0xD4B92A6Bu);
}

TEST(Numerics, HashIsUniform) {
  // 256 bins of 16 neighbours' high bits; chi squared has 255 degrees.
  for (int64_t site = 0; site < 4; ++site) {
    std::vector<int> bins(256);
    RandomSite random(randomKey(42, 3), site);
    for (int i = 0; i < 1 << 16; ++i)
      ++bins[random.draw(i) >> 8];
    double chi = 0;
    for (int bin : bins)
      chi += (bin - 256.0) * (bin - 256.0) / 256;
    EXPECT_LT(chi, 255 + 6 * std::sqrt(2 * 255.0));
  }
}

//===----------------------------------------------------------------------===//
// N9, N12
//===----------------------------------------------------------------------===//

TEST(Numerics, Bounds) {
  EXPECT_EQ(boundAtExponent(6.0, -4), 96);
  EXPECT_EQ(boundAtExponent(-6.0, -4), -96);
  EXPECT_EQ(boundAtExponent(6.0, 2), 2); // 1.5, half up
  EXPECT_EQ(boundAtExponent(-6.0, 2), -1);
  EXPECT_EQ(boundAtExponent(0.0, -100), 0);
  EXPECT_EQ(boundAtExponent(6.0, -40), INT32_MAX);
  EXPECT_EQ(boundAtExponent(-6.0, -40), -INT32_MAX);
  EXPECT_EQ(boundAtExponent(6.0, 40), 0);
  EXPECT_EQ(boundAtExponent(0.1, -10), 102);
}

TEST(Numerics, Reciprocal) {
  EXPECT_EQ(reciprocal(1), 32768);
  EXPECT_EQ(reciprocal(3), 10923);
  EXPECT_EQ(reciprocal(4), 8192);
  EXPECT_EQ(reciprocal(49), 669);
  for (int64_t n = 1; n < 3000; ++n)
    EXPECT_EQ(reciprocal(n), int64_t(std::floor(32768.0 / double(n) + 0.5)));
  EXPECT_EQ(reciprocal(90000, 23), 93);
  for (int64_t n = 1; n < (1 << 18); n += 77)
    EXPECT_EQ(reciprocal(n, 23),
              int64_t(std::floor(std::ldexp(1.0, 23) / double(n) + 0.5)));
}

//===----------------------------------------------------------------------===//
// N16, step 3
//===----------------------------------------------------------------------===//

static long double realNorm(Norm norm) {
  return ldexpl((long double)norm.mantissa, int(norm.exponent));
}

TEST(Numerics, MakeNorm) {
  EXPECT_EQ(makeNorm(0, 10, 5), Norm());
  EXPECT_EQ(makeNorm(1, 1, 0), (Norm{int64_t(1) << 29, -29}));
  EXPECT_EQ(makeNorm(3, 4, -6), (Norm{int64_t(3) << 28, -36}));
  Random random(4);
  for (int trial = 0; trial < 10000; ++trial) {
    uint64_t sum =
        uint64_t(random.integer(1, int64_t(1) << random.integer(1, 61)));
    uint64_t count =
        uint64_t(random.integer(1, int64_t(1) << random.integer(0, 30)));
    Norm norm = makeNorm(sum, count, -40);
    ASSERT_GE(norm.mantissa, int64_t(1) << 29);
    ASSERT_LT(norm.mantissa, int64_t(1) << 30);
    long double exact = ldexpl((long double)sum / (long double)count, -40);
    // Two floors: below the exact value by at most 2 units of 2^-29.
    ASSERT_LE(realNorm(norm), exact * (1 + 1e-15L));
    ASSERT_GE(realNorm(norm), exact * (1 - 0x1p-28L));
  }
}

TEST(Numerics, MoveNorm) {
  Random random(5);
  for (int trial = 0; trial < 10000; ++trial) {
    auto draw = [&] {
      return Norm{random.integer(1 << 29, (1 << 30) - 1),
                  random.integer(-60, -30)};
    };
    Norm state = draw(), fresh = draw();
    int64_t t = random.integer(1, 100);
    Norm moved = moveNorm(state, fresh, t);
    long double exact =
        realNorm(state) + (realNorm(fresh) - realNorm(state)) /
                              (long double)std::min<int64_t>(t, 32);
    long double grain =
        ldexpl(1, int(std::max(state.exponent, fresh.exponent)));
    ASSERT_NEAR(double((realNorm(moved) - exact) / grain), 0, 4.0);
    if (moved.mantissa != 0) {
      ASSERT_GE(moved.mantissa, 1 << 29);
      ASSERT_LT(moved.mantissa, 1 << 30);
    }
  }
  // The first gradient is taken as it is; no gradient leaves no norm.
  Norm fresh{(1 << 29) + 12345, -50};
  EXPECT_EQ(moveNorm({}, fresh, 1), fresh);
  EXPECT_EQ(moveNorm(fresh, {}, 1), Norm());
  EXPECT_EQ(moveNorm({}, {}, 1), Norm());
  EXPECT_EQ(moveNorm(fresh, fresh, 17), fresh);
}

TEST(Numerics, RatioIsTheNearestPowerOfTwo) {
  Random random(6);
  for (int trial = 0; trial < 20000; ++trial) {
    auto draw = [&] {
      return Norm{random.integer(1 << 29, (1 << 30) - 1),
                  random.integer(-60, 20)};
    };
    Norm weight = draw(), gradient = draw();
    int64_t r = ratioExponent(weight, gradient);
    // 2^(2r-1) <= w2 / n2 < 2^(2r+1): r is nearest to half of the logarithm.
    long double ratio = realNorm(weight) / realNorm(gradient);
    ASSERT_GE(ratio, ldexpl(1, int(2 * r - 1)));
    ASSERT_LT(ratio, ldexpl(1, int(2 * r + 1)));
  }
}

TEST(Numerics, NominalNorm) {
  EXPECT_EQ(nominalNorm(4.0), (Norm{int64_t(1) << 29, -29}));
  EXPECT_EQ(double(realNorm(biasNorm())), 1.0 / 64);
  Random random(7);
  for (int trial = 0; trial < 1000; ++trial) {
    double nominal = std::exp2(random.real(-10, 2));
    Norm norm = nominalNorm(nominal);
    EXPECT_NEAR(double(realNorm(norm)), nominal * nominal / 16,
                nominal * nominal * 1e-9);
    EXPECT_GE(norm.mantissa, 1 << 29);
    EXPECT_LT(norm.mantissa, 1 << 30);
  }
  Norm small{1 << 29, -40}, large{(1 << 29) + 1, -40}, larger{1 << 29, -39};
  EXPECT_EQ(largerNorm(small, large), large);
  EXPECT_EQ(largerNorm(larger, large), larger);
  EXPECT_EQ(largerNorm({}, small), small);
  EXPECT_EQ(largerNorm(small, {}), small);
}

//===----------------------------------------------------------------------===//
// N14, N15
//===----------------------------------------------------------------------===//

TEST(Numerics, SoftmaxAgainstReal) {
  Random random(8);
  for (int trial = 0; trial < 3000; ++trial) {
    int64_t classes = random.integer(2, 1000);
    int64_t exponent = random.integer(-30, -2);
    double spread = std::exp2(random.real(-2, 4));
    std::vector<int64_t> logits;
    std::vector<double> real;
    for (int64_t k = 0; k < classes; ++k) {
      double q = std::ldexp(random.real(-spread, spread), -int(exponent));
      logits.push_back(int64_t(std::clamp(q, -2147483647.0, 2147483647.0)));
      real.push_back(std::ldexp(double(logits.back()), int(exponent)));
    }
    int64_t label = random.integer(0, classes - 1),
            batch = random.integer(1, 300);
    SoftmaxRow row = softmaxRow(logits, exponent);
    double largest = *std::max_element(real.begin(), real.end()), sum = 0;
    for (double z : real)
      sum += std::exp(z - largest);
    double loss = std::log(sum) + largest - real[label];
    // Distances are capped at 16 and logits below the largest by more count 0.
    if (largest - real[label] < 15.9)
      ASSERT_NEAR(double(rowLoss(row, label)) / 1024, loss, 0.01);
    double scale = std::ldexp(1.0, -14 - int(batchExponent(batch)));
    for (int64_t k = 0; k < classes; k += 7) {
      double exact =
          (std::exp(real[k] - largest) / sum - (k == label ? 1 : 0)) /
          double(batch);
      double got = double(logitGradient(row, k, label, batch)) * scale;
      ASSERT_NEAR(got, exact, 0.004 / double(batch));
    }
  }
}

TEST(Numerics, SoftmaxEdges) {
  // One class: its probability is T[0] / T[0], and the loss is not negative.
  SoftmaxRow one = softmaxRow({5}, 0);
  EXPECT_EQ(one.sum, 65447);
  EXPECT_EQ(rowLoss(one, 0), 0);
  EXPECT_EQ(logitGradient(one, 0, 0, 1), 0);
  // Farther than any shift reaches.
  SoftmaxRow far = softmaxRow({INT32_MAX, -INT32_MAX}, 20);
  EXPECT_EQ(far.distances[1], 16384);
  EXPECT_EQ(far.weights[1], 0);
  EXPECT_EQ(rowLoss(far, 1), 16384 + (-1 * 710 >> 10));
  // Two equal logits: half each; ln 2 is 710 / 1024.
  SoftmaxRow equal = softmaxRow({3, 3}, -3);
  EXPECT_EQ(logitGradient(equal, 0, 0, 1), -8192);
  EXPECT_EQ(logitGradient(equal, 1, 0, 1), 8192);
  EXPECT_NEAR(double(rowLoss(equal, 0)), 1024 * std::log(2), 2);
  // A batch of 3: f = 1, round(2^15 / 3) = 10923.
  EXPECT_EQ(batchExponent(3), 1);
  EXPECT_EQ(logitGradient(equal, 1, 0, 3), (8192 * 10923 + 8192) >> 14);
  EXPECT_EQ(batchExponent(64), 6);
  EXPECT_EQ(logitGradient(equal, 1, 0, 64), 8192);
}

//===----------------------------------------------------------------------===//
// N17
//===----------------------------------------------------------------------===//

TEST(Numerics, NormalNumbers) {
  RandomSite random(randomKey(1, -1), 5);
  const int count = 20000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < count; ++i) {
    double z = std::ldexp(double(normalInteger(random, i)), -16);
    sum += z, squares += z * z, fourth += z * z * z * z;
  }
  EXPECT_NEAR(sum / count, 0, 0.03);
  EXPECT_NEAR(squares / count, 1, 0.04);
  EXPECT_NEAR(fourth / count, 2.9, 0.2); // 3 - 6/5/12
}

TEST(Numerics, RoundToExponent) {
  EXPECT_EQ(roundToExponent(0.5, 0, 16), 1);
  EXPECT_EQ(roundToExponent(-0.5, 0, 16), 0);
  EXPECT_EQ(roundToExponent(1.0, -13, 16), 8192);
  EXPECT_EQ(roundToExponent(100.0, -13, 16), 32767);
  EXPECT_EQ(roundToExponent(-100.0, -13, 16), -32767);
}
