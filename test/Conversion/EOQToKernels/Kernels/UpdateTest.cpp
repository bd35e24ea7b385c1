//===- UpdateTest.cpp - update and initialization (N16, N17) --------------===//
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

namespace {

struct Pair {
  int64_t m = 0, e = 0;
};

Pair normalized(Pair pair) {
  if (pair.m == 0)
    return {};
  while (pair.m >= (1 << 30)) {
    pair.m >>= 1;
    ++pair.e;
  }
  while (pair.m < (1 << 29)) {
    pair.m <<= 1;
    --pair.e;
  }
  return pair;
}

template <typename T>
Pair getNorm(const std::vector<T> &values, int64_t x) {
  uint64_t sum = 0;
  for (T value : values)
    sum += int64_t(value) * value;
  if (sum == 0)
    return {};
  int64_t j = 62 - bitLength(sum);
  return normalized({int64_t((sum << j) / values.size()), x - j});
}

Wide floorDivide(Wide a, Wide b) { return a / b - (a % b < 0); }

struct Settings {
  int32_t momentum, hasDecay, decayShift, lr, k, normalized, hasNominal;
  NormPair nominal;
  int32_t centered, key, site, step;
  int64_t channels;
};

/// A parameter and its state.
template <typename T>
struct State {
  std::vector<T> m, v;
  std::vector<int32_t> eM{0}, eV{0}, norm{0}, eNorm{0};
};

/// N16, step by step.
template <typename T>
void update(State<T> &s, const std::vector<int8_t> &g, int32_t eG,
            const Settings &o) {
  const int w = 8 * sizeof(T);
  const int64_t n = s.m.size(), limit = limitOf(w);
  // 1.
  int64_t eVc = s.eV[0] - 5, eD = s.eM[0] - o.decayShift;
  int64_t top = std::max<int64_t>(eG + 8, eVc + w + 5);
  int64_t least = std::min<int64_t>(eG, eVc);
  if (o.hasDecay) {
    top = std::max(top, eD + w);
    least = std::min(least, eD);
  }
  int64_t e = std::max(least, top - 40);
  auto align = [&](Wide q, int64_t from) {
    return e <= from ? q << (from - e) : shiftNearest(q, e - from);
  };
  std::vector<Wide> acc(n);
  auto largest = [&] {
    uint64_t m = 0;
    for (Wide a : acc)
      m = std::max<uint64_t>(m, uint64_t(a < 0 ? -a : a));
    return m;
  };
  for (int64_t i = 0; i < n; ++i) {
    acc[i] = align(g[i], eG) + align(Wide(s.v[i]) * o.momentum, eVc);
    if (o.hasDecay)
      acc[i] += align(s.m[i], eD);
  }
  // 2.
  int shift = exponentShift(largest(), w, false);
  if (largest() > 0)
    s.eV[0] = e + shift;
  for (int64_t i = 0; i < n; ++i)
    s.v[i] = T(clampTo(
        shiftStochastic(acc[i], shift, randomOf(i, o.key, o.site)), limit));
  // 3.
  int64_t r = 0;
  bool moves = true;
  if (o.normalized) {
    Pair fresh = getNorm(g, 2 * int64_t(eG)), old{s.norm[0], s.eNorm[0]};
    if (old.m == 0)
      old.e = fresh.e;
    if (fresh.m == 0)
      fresh.e = old.e;
    int64_t common = std::max(old.e, fresh.e);
    int64_t a = old.m >> std::min<int64_t>(common - old.e, 31);
    int64_t b = fresh.m >> std::min<int64_t>(common - fresh.e, 31);
    Pair moved =
        normalized({a + (b - a) / std::min<int64_t>(o.step + 1, 32), common});
    s.norm[0] = moved.m;
    s.eNorm[0] = moved.e;
    Pair size{1 << 29, -35};
    if (o.hasNominal) {
      size = getNorm(s.m, 2 * int64_t(s.eM[0]));
      Pair nominal{o.nominal.mantissa, o.nominal.exponent};
      if (size.m == 0 ||
          (nominal.m != 0 &&
           (nominal.e > size.e || (nominal.e == size.e && nominal.m > size.m))))
        size = nominal;
    }
    moves = moved.m != 0;
    r = (1 + size.e - moved.e - (size.m < moved.m)) >> 1;
  }
  if (moves) {
    // 4.
    int64_t eU = s.eV[0] - o.k;
    Wide factor = o.lr;
    if (o.normalized) {
      factor *= 32 - o.momentum;
      eU += r - 5;
    }
    for (int64_t i = 0; i < n; ++i)
      acc[i] = s.v[i] * factor;
    int su = exponentShift(largest(), 8, false);
    eU += su;
    // 5.
    for (int64_t i = 0; i < n; ++i) {
      Wide u = clampTo(
          shiftStochastic(acc[i], su, randomOf(i, o.key, o.site + 1)), 127);
      Wide change = clampTo(
          shiftStochastic(u, s.eM[0] - eU, randomOf(i, o.key, o.site + 2)),
          int64_t(1) << w);
      s.m[i] = T(clampTo(s.m[i] - change, limit));
    }
  }
  // 6.
  if (o.centered) {
    int64_t size = n / o.channels;
    for (int64_t c = 0; c < o.channels; ++c) {
      Wide sum = 0;
      for (int64_t j = 0; j < size; ++j)
        sum += s.m[c * size + j];
      Wide mean = floorDivide(sum + size / 2, size);
      for (int64_t j = 0; j < size; ++j)
        s.m[c * size + j] = T(clampTo(s.m[c * size + j] - mean, limit));
    }
  }
  // 7.
  if (maxAbs(s.m) > uint64_t(1) << (w - 2)) {
    for (int64_t i = 0; i < n; ++i)
      s.m[i] = T(shiftStochastic(s.m[i], 1, randomOf(i, o.key, o.site + 3)));
    ++s.eM[0];
  }
}

template <typename T>
void expectEqual(const State<T> &got, const State<T> &want) {
  ASSERT_EQ(got.v, want.v);
  ASSERT_EQ(got.eV, want.eV);
  ASSERT_EQ(got.norm, want.norm);
  ASSERT_EQ(got.eNorm, want.eNorm);
  ASSERT_EQ(got.m, want.m);
  ASSERT_EQ(got.eM, want.eM);
}

/// One step of the kernel and of the rule.
template <typename T>
void checkStep(State<T> &got, State<T> &want, std::vector<int8_t> &g,
               int32_t eG, const Settings &o) {
  int64_t n = g.size();
  kernels().call(sizeof(T) == 1 ? "eoq_sgd_update_i8" : "eoq_sgd_update_i16",
                 got.m, got.eM, got.v, got.eV, g, eG, got.norm, got.eNorm, n,
                 o.channels, o.momentum, o.hasDecay, o.decayShift, o.lr, o.k,
                 o.normalized, o.hasNominal, o.nominal.mantissa,
                 o.nominal.exponent, o.centered, o.key, o.site, o.step);
  update(want, g, eG, o);
  expectEqual(got, want);
}

/// One step in two walks and by the rule, if two walks suffice; otherwise
/// nothing may have changed.
bool checkOnce(const State<int16_t> &before, std::vector<int8_t> &g, int32_t eG,
               const Settings &o) {
  State<int16_t> got = before, want = before;
  int64_t n = g.size();
  bool done = kernels().callScalar<bool>(
      "eoq_sgd_update_once_i16", got.m, got.eM, got.v, got.eV, g, eG, got.norm,
      got.eNorm, n, o.channels, o.momentum, o.hasDecay, o.decayShift, o.lr, o.k,
      o.normalized, o.hasNominal, o.nominal.mantissa, o.nominal.exponent,
      o.centered, o.key, o.site, o.step);
  if (done)
    update(want, g, eG, o);
  expectEqual(got, want);
  return done;
}

} // namespace

template <typename T>
static void checkUpdate() {
  const int w = 8 * sizeof(T);
  for (int round = 0; round < 200; ++round) {
    Settings o;
    o.channels = randomInt(1, 12);
    int64_t n = o.channels * randomInt(1, 300);
    o.momentum = randomInt(0, 31);
    o.hasDecay = randomInt(0, 1);
    o.decayShift = randomInt(5, 14);
    o.lr = randomInt(0, 300);
    o.k = randomInt(0, 16);
    o.normalized = randomInt(0, 1);
    o.hasNominal = randomInt(0, 1);
    o.nominal = getNominalPair(
        std::ldexp(1 + randomInt(0, 99) / 100.0, randomInt(-12, 0)));
    o.centered = randomInt(0, 1);
    o.key = randomInt(INT32_MIN, INT32_MAX);
    o.site = randomInt(0, 4000);
    State<T> got;
    got.m = randomVector<T>(n, randomInt(1, w - 1));
    got.v = std::vector<T>(n);
    got.eM[0] = randomInt(-20, -5);
    got.eV[0] = -64;
    State<T> want = got;
    for (o.step = 0; o.step < 6; ++o.step) {
      auto g = randomVector<int8_t>(n, randomInt(1, 7));
      int32_t eG = randomInt(-40, -5);
      if (randomInt(0, 9) == 0)
        std::fill(g.begin(), g.end(), 0);
      checkStep(got, want, g, eG, o);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << round << " " << o.step;
    }
  }
}
TEST(Update, Integers16) { checkUpdate<int16_t>(); }
TEST(Update, Integers8) { checkUpdate<int8_t>(); }

// The kernel of 16 bits works in 32 and 16 bits where the sums of step 1 and
// the shifts of step 5 fit, with a product of step 4 in one part or in two, and
// in 64 bits elsewhere: every way, with operands at the bounds between them,
// and sizes with rests.
TEST(Update, Widths) {
  int32_t sums[2] = {}, products[2] = {}, shifts[5] = {};
  const std::vector<int64_t> lengths = {1,   15,   16,   17,    48,
                                        100, 1023, 1041, 16384, 16400 + 9};
  for (int round = 0; round < 1500; ++round) {
    int64_t n = lengths[round % lengths.size()];
    Settings o;
    // Channels of whole vectors, of vectors and a rest, and of a few elements.
    do
      o.channels = randomInt(1, std::min<int64_t>(n, 50));
    while (n % o.channels != 0);
    o.momentum = randomInt(0, 3) ? 31 : randomInt(0, 32);
    o.hasDecay = randomInt(0, 1);
    o.decayShift = randomInt(5, 14);
    o.normalized = randomInt(0, 1);
    o.hasNominal = randomInt(0, 1);
    o.nominal = getNominalPair(0.25);
    o.centered = randomInt(0, 3) == 0;
    o.key = randomInt(INT32_MIN, INT32_MAX);
    o.site = randomInt(0, 4000);
    o.step = randomInt(0, 40);
    o.lr = randomInt(0, 1) ? randomInt(0, 300) : randomInt(30000, 70000);

    // The terms' exponents above the least of them, close to what 32 bits hold.
    int64_t e = randomInt(-50, -10);
    int64_t aboveG = randomInt(18, 22), aboveV = randomInt(7, 11),
            aboveD = randomInt(10, 14);
    int64_t least = randomInt(0, 5);
    (least == 0 ? aboveG : least == 1 ? aboveV : aboveD) = 0;
    if (!o.hasDecay && least > 1)
      aboveV = 0;
    State<int16_t> got;
    bool full = randomInt(0, 1);
    got.m = randomVector<int16_t>(n, full ? 15 : randomInt(1, 15));
    got.v = randomVector<int16_t>(n, full ? 15 : randomInt(0, 15));
    auto g = randomVector<int8_t>(n, full ? 7 : randomInt(0, 7));
    if (randomInt(0, 1)) {
      // All of one sign: the largest sums there are.
      int sign = randomInt(0, 1) ? 1 : -1;
      std::fill(got.m.begin(), got.m.end(), int16_t(sign * 32767));
      std::fill(got.v.begin(), got.v.end(), int16_t(sign * 32767));
      std::fill(g.begin(), g.end(), int8_t(sign * 127));
    }
    int32_t eG = e + aboveG;
    // Without a gradient its exponent is any.
    bool silent = randomInt(0, 4) == 0;
    if (silent) {
      std::fill(g.begin(), g.end(), 0);
      eG += randomInt(-60, 60);
    }
    got.eV[0] = e + aboveV + 5;
    got.eM[0] = e + aboveD + o.decayShift;
    got.norm[0] = (1 << 29) + randomInt(0, (1 << 29) - 1);
    got.eNorm[0] = 2 * eG - 20 + randomInt(-10, 10);
    // The exponent of the update around that of the parameter.
    o.k = got.eV[0] - got.eM[0] + randomInt(-25, 60);
    bool fits = (silent || aboveG <= 21) && aboveV <= 10 &&
                (!o.hasDecay || aboveD <= 13);
    ++sums[fits];

    State<int16_t> want = got;
    checkStep(got, want, g, eG, o);
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << round;
    if (!o.normalized) {
      int64_t product = int64_t(maxAbs(got.v)) * o.lr;
      ++products[product < (1 << 24)];
      int64_t shift =
          want.eM[0] - (got.eV[0] - o.k + exponentShift(product, 8, false));
      ++shifts[shift > 23   ? 4
               : shift > 14 ? 3
               : shift > 0  ? 2
               : shift > -9 ? 1
                            : 0];
    }
  }
  for (int32_t count : {sums[0], sums[1], products[0], products[1], shifts[0],
                        shifts[1], shifts[2], shifts[3], shifts[4]})
    EXPECT_GT(count, 20);
}

// Centred parameters with channels of whole vectors, as most convolutions have,
// change in two walks; what they do not suffice for, they leave alone.
TEST(Update, TwoWalks) {
  int32_t counts[2] = {};
  for (int round = 0; round < 100; ++round) {
    Settings o;
    o.channels = randomInt(1, 70);
    int64_t n = o.channels * 16 * randomInt(1, 9);
    o.momentum = randomInt(0, 1) ? 29 : randomInt(0, 32);
    o.hasDecay = randomInt(0, 1);
    o.decayShift = randomInt(5, 12);
    o.lr = randomInt(1, 300);
    o.k = randomInt(0, 16);
    o.normalized = randomInt(0, 1);
    o.hasNominal = randomInt(0, 1);
    o.nominal = getNominalPair(0.125);
    o.centered = randomInt(0, 9) != 0;
    o.key = randomInt(INT32_MIN, INT32_MAX);
    o.site = randomInt(0, 4000);
    State<int16_t> state;
    state.m = randomVector<int16_t>(n, randomInt(8, 15));
    state.v = std::vector<int16_t>(n);
    state.eM[0] = -15;
    state.eV[0] = -64;
    for (o.step = 0; o.step < 8; ++o.step) {
      auto g = randomVector<int8_t>(n, randomInt(1, 7));
      int32_t eG = randomInt(-18, -12);
      if (randomInt(0, 9) == 0)
        std::fill(g.begin(), g.end(), 0);
      ++counts[checkOnce(state, g, eG, o)];
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << round << " " << o.step;
      update(state, g, eG, o);
    }
  }
  for (int32_t count : counts)
    EXPECT_GT(count, 50);
}

// A largest sum of 21845.5 units: the momentum that it becomes at random, times
// the learning rate of 3, is 2^16 - 1 or 2^16 + 2, and the update has another
// exponent then. Nothing may be decided before it is known. Below that it may.
TEST(Update, LargestMomentum) {
  for (int round = 0; round < 60; ++round) {
    Settings o{};
    o.channels = 4;
    o.momentum = 31;
    o.lr = 3;
    o.k = 4;
    o.centered = 1;
    o.key = randomInt(INT32_MIN, INT32_MAX);
    bool between = round % 2;
    State<int16_t> state;
    state.m = randomVector<int16_t>(64, 12);
    state.v = randomVector<int16_t>(64, 14);
    state.v[17] = between ? 22549 : 22548;
    std::vector<int8_t> g(64, 0);
    g[17] = 36;
    state.eM[0] = -15;
    state.eV[0] = -14;
    EXPECT_EQ(checkOnce(state, g, state.eV[0] - 5, o), !between);
    State<int16_t> want = state;
    checkStep(state, want, g, state.eV[0] - 5, o);
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << round;
  }
}

TEST(Update, Floats) {
  for (int round = 0; round < 50; ++round) {
    int64_t channels = randomInt(1, 9), n = channels * randomInt(1, 300);
    int32_t normalize = randomInt(0, 1), hasNominal = randomInt(0, 1),
            centered = randomInt(0, 1);
    float momentum = randomInt(0, 31) / 32.0f,
          decay = randomInt(0, 1) / 1024.0f;
    float minimum = 0.001f;
    float rate = kernels().callScalar<float>("eoq_learning_rate_f32", 3, 5);
    ASSERT_EQ(rate, 3.0f / 32);
    auto m = randomFloats(n);
    std::vector<float> v(n), norm(1), partial(64);
    std::vector<double> wantM(m.begin(), m.end()), wantV(n);
    double wantNorm = 0;
    for (int32_t step = 0; step < 4; ++step) {
      auto g = randomFloats(n);
      kernels().call("eoq_sgd_update_f32", m, v, g, norm, partial, n, channels,
                     momentum, decay, rate, normalize, hasNominal, minimum,
                     centered, step);
      double sumG = 0, sumM = 0;
      for (int64_t i = 0; i < n; ++i) {
        wantV[i] = momentum * wantV[i] + g[i] + decay * wantM[i];
        sumG += double(g[i]) * g[i];
        sumM += wantM[i] * wantM[i];
      }
      double factor = rate;
      if (normalize) {
        wantNorm += (sumG / n - wantNorm) / (step + 1);
        double size =
            hasNominal ? std::max<double>(sumM / n, minimum) : 1.0 / 64;
        double r = std::floor((1 + std::floor(std::log2(size / wantNorm))) / 2);
        factor *= (1 - momentum) * std::exp2(r);
      }
      for (int64_t i = 0; i < n; ++i)
        wantM[i] -= factor * wantV[i];
      if (centered)
        for (int64_t c = 0; c < channels; ++c) {
          double mean = 0;
          for (int64_t j = 0; j < n / channels; ++j)
            mean += wantM[c * (n / channels) + j];
          for (int64_t j = 0; j < n / channels; ++j)
            wantM[c * (n / channels) + j] -= mean / (n / channels);
        }
      for (int64_t i = 0; i < n; ++i)
        ASSERT_NEAR(m[i], wantM[i], 1e-4) << step;
    }
  }
}

static int64_t normalOf(int64_t i, uint32_t key, uint32_t site) {
  int64_t z = -393210;
  for (int64_t j = 6 * i; j < 6 * i + 6; ++j) {
    uint32_t h = hashOf(uint32_t(j), key, site);
    z += (h >> 16) + (h & 0xFFFF);
  }
  return z;
}

template <typename T>
static void checkInitialize(const char *name) {
  const int w = 8 * sizeof(T);
  for (int round = 0; round < 40; ++round) {
    int64_t channels = randomInt(1, 20), n = channels * randomInt(1, 500);
    int32_t mantissa = randomInt(1 << 14, (1 << 15) - 1);
    int32_t exponent = randomInt(-25, -12), eM = exponent + 17 - (w - 1);
    eM += randomInt(-2, 2);
    int32_t centered = randomInt(0, 1), key = randomInt(INT32_MIN, INT32_MAX),
            site = randomInt(0, 99);
    std::vector<T> got(n), want(n);
    kernels().call(name, got, n, channels, eM, mantissa, exponent, centered,
                   key, site);
    for (int64_t i = 0; i < n; ++i)
      want[i] = T(clampTo(shiftNearest(Wide(normalOf(i, key, site)) * mantissa,
                                       eM - (exponent - 16)),
                          limitOf(w)));
    if (centered)
      for (int64_t c = 0; c < channels; ++c) {
        int64_t size = n / channels;
        Wide sum = 0;
        for (int64_t j = 0; j < size; ++j)
          sum += want[c * size + j];
        Wide mean = floorDivide(sum + size / 2, size);
        for (int64_t j = 0; j < size; ++j)
          want[c * size + j] =
              T(clampTo(want[c * size + j] - mean, limitOf(w)));
      }
    ASSERT_EQ(got, want);
  }
}
TEST(Initialize, Integers) {
  checkInitialize<int16_t>("eoq_initialize_normal_i16");
  checkInitialize<int8_t>("eoq_initialize_normal_i8");
}

TEST(Initialize, Floats) {
  int64_t n = 20000, channels = 10;
  std::vector<float> got(n);
  int32_t key = 12345, site = 3, centered = 0;
  kernels().call("eoq_initialize_normal_f32", got, n, channels, 0.25f, centered,
                 key, site);
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < n; ++i) {
    ASSERT_EQ(got[i], float(normalOf(i, key, site)) * 0x1p-16f * 0.25f);
    sum += got[i];
    squares += double(got[i]) * got[i];
  }
  EXPECT_NEAR(sum / n, 0, 0.01);
  EXPECT_NEAR(std::sqrt(squares / n), 0.25, 0.01);
}

TEST(Initialize, NominalPair) {
  NormPair pair = getNominalPair(1.0);
  EXPECT_EQ(pair.mantissa, 1 << 29);
  EXPECT_EQ(pair.exponent, -33);
}
