//===- QuantizeTest.cpp - scalars and quantizers (N2 to N5) ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "KernelTest.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

KernelJit &mlir::eoq::test::kernels() {
  static KernelJit *jit = [] {
    auto *created = new KernelJit();
    for (StringRef name : getKernelNames())
      created->addKernel(name);
    if (failed(created->compile(KernelJit::getHostInstruction())))
      llvm::report_fatal_error("the kernels do not compile");
    return created;
  }();
  return *jit;
}

template <typename T>
static const char *suffix() {
  return sizeof(T) == 1   ? "i8"
         : sizeof(T) == 2 ? "i16"
         : sizeof(T) == 4 ? "i32"
                          : "i64";
}

TEST(Scalars, RandomKey) {
  for (int i = 0; i < 100; ++i) {
    int32_t seed = randomInt(INT32_MIN, INT32_MAX);
    int32_t step = randomInt(-1, INT32_MAX);
    uint32_t want = uint32_t(step) * 0x9E3779B1u + uint32_t(seed) * 0xC2B2AE3Du;
    EXPECT_EQ(
        uint32_t(kernels().callScalar<int32_t>("eoq_random_key", seed, step)),
        want);
  }
}

TEST(Scalars, ExponentShift) {
  auto check = [](int64_t m) {
    for (int32_t bits : {8, 16})
      for (int32_t round : {0, 1})
        EXPECT_EQ(
            kernels().callScalar<int32_t>("eoq_exponent_shift", m, bits, round),
            exponentShift(m, bits, round))
            << m << " " << bits << " " << round;
  };
  for (int64_t m = 0; m < 70000; m += m < 600 ? 1 : 37)
    check(m);
  for (int i = 0; i < 62; ++i)
    for (int64_t d = -1; d <= 1; ++d) {
      check((int64_t(1) << i) + d < 0 ? 0 : (int64_t(1) << i) + d);
      check(std::max<int64_t>((int64_t(3) << i) / 2 + d, 0));
    }
}

TEST(Scalars, PreviousExponent) {
  struct Result {
    int32_t out, stored;
  };
  auto run = [](int64_t m, int32_t exact, int32_t previous) {
    return kernels().callStruct<Result>("eoq_previous_exponent", m, exact,
                                        previous);
  };
  EXPECT_EQ(run(5, -3, -7).out, -7);
  EXPECT_EQ(run(5, -3, -7).stored, -3);
  EXPECT_EQ(run(0, -3, -7).out, -7);
  EXPECT_EQ(run(0, -3, -7).stored, -7);
  EXPECT_EQ(run(5, -3, INT32_MIN).out, -3);
  EXPECT_EQ(run(5, -3, INT32_MIN).stored, -3);
  EXPECT_EQ(run(0, -3, INT32_MIN).stored, INT32_MIN);
}

TEST(Scalars, ClipBound) {
  for (int i = 0; i < 2000; ++i) {
    int32_t m = randomInt(-(1 << 30) + 1, (1 << 30) - 1);
    int32_t x = randomInt(-60, 60), e = randomInt(-60, 60);
    EXPECT_EQ(kernels().callScalar<int32_t>("eoq_clip_bound", m, x, e),
              int32_t(shiftNearest(m, int64_t(e) - x)));
  }
}

TEST(Scalars, AlignedExponent) {
  EXPECT_EQ(
      kernels().callScalar<int32_t>("eoq_aligned_exponent", -10, 7, -8, 7),
      -10);
  EXPECT_EQ(
      kernels().callScalar<int32_t>("eoq_aligned_exponent", -40, 7, 0, 20), -9);
}

// Around the value where the random number carries into the result: too rare
// for random operands.
TEST(Scalars, StochasticShiftBoundaries) {
  for (int32_t s = 1; s <= 40; ++s)
    for (int i = 0; i < 50; ++i) {
      int32_t r = i == 0 ? 0 : i == 1 ? 65535 : randomInt(0, 65535);
      int64_t addend =
          s <= 16 ? r >> (16 - s)
                  : (int64_t(r) << (s - 16)) + (int64_t(1) << (s - 17));
      for (int64_t d = -1; d <= 1; ++d) {
        int64_t v = (int64_t(1) << s) * randomInt(-2, 1) - addend + d;
        EXPECT_EQ(
            kernels().callScalar<int32_t>("eoq_shift_stochastic_i64", v, r, s),
            int32_t(shiftStochastic(v, s, r)));
        if (v == int32_t(v) && s <= 31) {
          EXPECT_EQ(kernels().callScalar<int32_t>(
                        "eoq_shift_right_stochastic_i32", int32_t(v), r, s),
                    int32_t(shiftStochastic(v, s, r)));
        }
      }
    }
}

template <typename T>
static void checkMaxAbs() {
  for (int64_t n : sizes()) {
    auto x =
        randomVector<T>(n, randomInt(1, std::min<int>(8 * sizeof(T) - 1, 60)));
    EXPECT_EQ(uint64_t(kernels().callScalar<int64_t>(
                  std::string("eoq_max_abs_") + suffix<T>(), x, n)),
              maxAbs(x));
  }
}
TEST(Quantize, MaxAbs) {
  checkMaxAbs<int8_t>();
  checkMaxAbs<int16_t>();
  checkMaxAbs<int32_t>();
  checkMaxAbs<int64_t>();
}

template <typename T, typename U>
static void checkQuantize() {
  std::string types = std::string("_") + suffix<T>() + "_" + suffix<U>();
  int64_t limit = limitOf(8 * sizeof(U));
  int bits = std::min<int>(8 * sizeof(T) - 1, 60);
  for (int64_t n : sizes())
    for (int round = 0; round < 3; ++round) {
      auto x = randomVector<T>(n, bits);
      int32_t shift = n < 40 ? randomInt(-40, 45) : randomInt(-3, bits + 1);
      std::vector<U> out(n), want(n);
      kernels().call("eoq_quantize_nearest" + types, x, out, n, shift);
      for (int64_t i = 0; i < n; ++i)
        want[i] = U(clampTo(shiftNearest(x[i], shift), limit));
      ASSERT_EQ(out, want) << types << " n " << n << " shift " << shift;

      int32_t key = randomInt(INT32_MIN, INT32_MAX), site = randomInt(0, 1000);
      kernels().call("eoq_quantize_stochastic" + types, x, out, n, shift, key,
                     site);
      for (int64_t i = 0; i < n; ++i)
        want[i] = U(clampTo(
            shiftStochastic(x[i], shift, randomOf(i, key, site)), limit));
      ASSERT_EQ(out, want) << types << " n " << n << " shift " << shift;
    }
}
TEST(Quantize, From8) {
  checkQuantize<int8_t, int8_t>();
  checkQuantize<int8_t, int16_t>();
}
TEST(Quantize, From16) {
  checkQuantize<int16_t, int8_t>();
  checkQuantize<int16_t, int16_t>();
}
TEST(Quantize, From32) {
  checkQuantize<int32_t, int8_t>();
  checkQuantize<int32_t, int16_t>();
}
TEST(Quantize, From64) {
  checkQuantize<int64_t, int8_t>();
  checkQuantize<int64_t, int16_t>();
}

TEST(Quantize, NumberPattern) {
  for (int round = 0; round < 20; ++round) {
    int64_t c = randomInt(1, 200), hw = randomInt(1, 1200);
    int64_t length = getChannelPatternLength(c);
    std::vector<int32_t> pattern(length);
    kernels().call("eoq_number_pattern", pattern, hw, c, length);
    for (int64_t i = 0; i < length; ++i)
      ASSERT_EQ(uint32_t(pattern[i]),
                uint32_t(i % c * hw + i / c) * 0x9E3779B1u);
  }
}

TEST(Quantize, OutputsLast) {
  for (int round = 0; round < 60; ++round) {
    // More columns and more elements than one job takes, or few.
    int64_t columns = round % 4 == 0 ? randomInt(100, 300) : randomInt(1, 40);
    int64_t ks = round % 5 == 0 ? randomInt(100, 150) : randomInt(1, 20);
    int64_t taps = randomInt(1, 12), n = columns * ks * taps;
    auto x = randomVector<int32_t>(n, 31);
    int32_t shift = round % 3 == 0 ? randomInt(-40, 45) : randomInt(1, 31);
    int32_t key = randomInt(INT32_MIN, INT32_MAX), site = randomInt(0, 1000);
    std::vector<int8_t> out(n), want(n);
    kernels().call("eoq_quantize_stochastic_outputs_last_i32_i8", x, out,
                   columns, ks, taps, shift, key, site);
    for (int64_t i = 0; i < n; ++i) {
      int64_t o = i / (ks * taps), k = i / taps % ks, t = i % taps;
      int64_t q = x[(t * ks + k) * columns + o];
      want[i] = int8_t(
          clampTo(shiftStochastic(q, shift, randomOf(i, key, site)), 127));
    }
    ASSERT_EQ(out, want) << columns << " " << ks << " " << taps << " shift "
                         << shift;
  }
}

/// The result lies in the second quarter of the sums' memory.
TEST(Quantize, OutputsLastInside) {
  for (int round = 0; round < 40; ++round) {
    int64_t columns =
        16 * (round % 4 == 0 ? randomInt(8, 20) : randomInt(1, 4));
    int64_t ks = round % 5 == 0 ? randomInt(100, 150) : randomInt(1, 40);
    int64_t taps = randomInt(1, 12), n = columns * ks * taps;
    int64_t offset = (n + 63) / 64 * 64;
    auto x = randomVector<int32_t>(std::max(n, 2 * offset / 4), 31);
    int32_t shift = round % 3 == 0 ? randomInt(-40, 45) : randomInt(1, 31);
    int32_t key = randomInt(INT32_MIN, INT32_MAX), site = randomInt(0, 1000);
    std::vector<int8_t> want(n);
    kernels().call("eoq_quantize_stochastic_outputs_last_i32_i8", x, want,
                   columns, ks, taps, shift, key, site);
    auto *bytes = reinterpret_cast<int8_t *>(x.data()) + offset;
    MutableArrayRef<int8_t> out(bytes, n);
    kernels().call("eoq_quantize_stochastic_outputs_last_inside_i32_i8", x, out,
                   columns, ks, taps, shift, key, site);
    ASSERT_EQ(std::vector<int8_t>(out.begin(), out.end()), want)
        << columns << " " << ks << " " << taps << " shift " << shift;
  }
}

TEST(Quantize, Reached) {
  for (int round = 0; round < 60; ++round) {
    int64_t n = randomInt(1, 3), h = randomInt(1, 9), w = randomInt(1, 9);
    int64_t c = round % 3 == 0 ? 16 * randomInt(1, 3) : randomInt(1, 50);
    int64_t stepH = randomInt(1, 3), stepW = randomInt(1, 3);
    int64_t firstH = randomInt(0, std::min(stepH, h) - 1);
    int64_t firstW = randomInt(0, std::min(stepW, w) - 1);
    int64_t rows = (h - firstH + stepH - 1) / stepH;
    int64_t columns = (w - firstW + stepW - 1) / stepW;
    auto x = randomVector<int32_t>(n * rows * columns * c, 31);
    int32_t shift = round % 4 == 0 ? randomInt(-40, 45) : randomInt(1, 16);
    int32_t key = randomInt(INT32_MIN, INT32_MAX), site = randomInt(0, 1000);
    std::vector<int8_t> out(n * h * w * c, 1), want(n * h * w * c);
    kernels().call("eoq_quantize_stochastic_reached_i32_i8", x, out, n, h, w, c,
                   rows, columns, firstH, firstW, stepH, stepW, shift, key,
                   site);
    for (int64_t i = 0; i < int64_t(x.size()); ++i) {
      int64_t channel = i % c;
      int64_t column = firstW + i / c % columns * stepW;
      int64_t row = firstH + i / c / columns % rows * stepH;
      int64_t image = i / c / columns / rows;
      int64_t number = ((image * c + channel) * h + row) * w + column;
      want[((image * h + row) * w + column) * c + channel] = int8_t(clampTo(
          shiftStochastic(x[i], shift, randomOf(number, key, site)), 127));
    }
    ASSERT_EQ(out, want) << n << " " << h << " " << w << " " << c << " shift "
                         << shift;
  }
}
