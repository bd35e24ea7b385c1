//===- ElementwiseTest.cpp - element-wise kernels, channels, copies
//------------===//
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

template <typename T>
static std::string suffix() {
  if (std::is_same_v<T, float>)
    return "_f32";
  return "_i" + std::to_string(8 * sizeof(T));
}

template <typename T>
static int bitsOf() {
  return std::min<int>(8 * sizeof(T) - 1, 30);
}

template <typename T>
static void checkActivations() {
  std::string type = suffix<T>();
  int64_t limit = limitOf(8 * sizeof(T));
  for (int64_t n : sizes()) {
    auto x = randomVector<T>(n, bitsOf<T>());
    std::vector<T> out(n), want(n);
    auto map = [&](auto function) {
      for (int64_t i = 0; i < n; ++i)
        want[i] = T(function(int64_t(x[i])));
    };
    kernels().call("eoq_relu" + type, x, out, n);
    map([](int64_t q) { return std::max<int64_t>(q, 0); });
    ASSERT_EQ(out, want) << "relu" << type;

    int32_t alpha = randomInt(0, 32768);
    kernels().call("eoq_leaky_relu" + type, x, out, n, alpha);
    map([&](int64_t q) { return q < 0 ? (q * alpha + 16384) >> 15 : q; });
    ASSERT_EQ(out, want) << "leaky_relu" << type;

    int32_t lo = randomInt(-limit, 0), hi = randomInt(0, limit);
    if (n % 3 == 0)
      lo = INT32_MIN;
    if (n % 5 == 0)
      hi = INT32_MAX;
    kernels().call("eoq_clip" + type, x, out, n, lo, hi);
    map([&](int64_t q) {
      return std::min<int64_t>(std::max<int64_t>(q, lo), hi);
    });
    ASSERT_EQ(out, want) << "clip" << type;
    // In place.
    auto copy = x;
    kernels().call("eoq_clip" + type, copy, copy, n, lo, hi);
    ASSERT_EQ(copy, want) << "clip in place" << type;
  }
}
TEST(Elementwise, Activations) {
  checkActivations<int8_t>();
  checkActivations<int16_t>();
  checkActivations<int32_t>();
}

template <typename T>
static void checkActivationGradients() {
  std::string type = suffix<T>();
  for (int64_t n : sizes()) {
    auto g = randomVector<T>(n, bitsOf<T>());
    auto a = randomVector<int8_t>(n);
    std::vector<T> out(n), want(n);
    kernels().call("eoq_relu_grad" + type, g, a, out, n);
    for (int64_t i = 0; i < n; ++i)
      want[i] = a[i] > 0 ? g[i] : 0;
    ASSERT_EQ(out, want) << "relu_grad" << type;
    int32_t alpha = randomInt(0, 32768);
    kernels().call("eoq_leaky_relu_grad" + type, g, a, out, n, alpha);
    for (int64_t i = 0; i < n; ++i)
      want[i] = a[i] > 0 ? g[i] : T((int64_t(g[i]) * alpha + 16384) >> 15);
    ASSERT_EQ(out, want) << "leaky_relu_grad" << type;
    int32_t lo = randomInt(-128, 0), hi = randomInt(0, 200);
    kernels().call("eoq_clip_grad" + type, g, a, out, n, lo, hi);
    for (int64_t i = 0; i < n; ++i)
      want[i] = a[i] > lo && a[i] < hi ? g[i] : 0;
    ASSERT_EQ(out, want) << "clip_grad" << type;
  }
}
TEST(Elementwise, ActivationGradients) {
  checkActivationGradients<int8_t>();
  checkActivationGradients<int32_t>();
}

template <typename T, typename U>
static void checkAdd() {
  for (int64_t n : sizes())
    for (int32_t subtract : {0, 1}) {
      int32_t b1 = randomInt(1, std::min(bitsOf<T>(), 29));
      int32_t b2 = randomInt(1, std::min(bitsOf<U>(), 29));
      auto x = randomVector<T>(n, b1);
      auto y = randomVector<U>(n, b2);
      int32_t e1 = randomInt(-50, 10), e2 = randomInt(-50, 10);
      int32_t e =
          kernels().callScalar<int32_t>("eoq_aligned_exponent", e1, b1, e2, b2);
      int32_t top = std::max(e1 + b1, e2 + b2);
      ASSERT_EQ(e, std::max(std::min(e1, e2), top - 29));
      std::vector<int32_t> out(n), want(n);
      kernels().call("eoq_add" + suffix<T>() + suffix<U>(), x, y, out, n,
                     e - e1, e - e2, subtract);
      for (int64_t i = 0; i < n; ++i) {
        Wide p = shiftNearest(x[i], e - e1), q = shiftNearest(y[i], e - e2);
        want[i] = int32_t(subtract ? p - q : p + q);
      }
      ASSERT_EQ(out, want) << e1 << " " << e2;
      if constexpr (std::is_same_v<U, int32_t>) {
        kernels().call("eoq_add" + suffix<T>() + suffix<U>(), x, y, y, n,
                       e - e1, e - e2, subtract);
        ASSERT_EQ(y, want) << "in place";
      }
    }
}
TEST(Elementwise, Add) {
  for (int round = 0; round < 5; ++round) {
    checkAdd<int8_t, int8_t>();
    checkAdd<int8_t, int32_t>();
    checkAdd<int32_t, int8_t>();
    checkAdd<int32_t, int32_t>();
    checkAdd<int16_t, int32_t>();
  }
}

TEST(Elementwise, Mul) {
  for (int64_t n : sizes()) {
    auto x = randomVector<int8_t>(n), y = randomVector<int8_t>(n);
    std::vector<int32_t> out(n), want(n);
    for (int64_t i = 0; i < n; ++i)
      want[i] = x[i] * y[i];
    kernels().call("eoq_mul_i8", x, y, out, n);
    ASSERT_EQ(out, want);
  }
}

TEST(Elementwise, Floats) {
  for (int64_t n : sizes()) {
    auto x = randomFloats(n), y = randomFloats(n);
    std::vector<float> out(n), want(n);
    auto check = [&](const char *name, auto function, auto... rest) {
      for (int64_t i = 0; i < n; ++i)
        want[i] = function(x[i], y[i]);
      if constexpr (sizeof...(rest) == 0)
        kernels().call(name, x, y, out, n);
      else
        kernels().call(name, x, y, out, n, rest...);
      ASSERT_EQ(out, want) << name;
    };
    check("eoq_add_f32", [](float p, float q) { return p + q; });
    check("eoq_sub_f32", [](float p, float q) { return p - q; });
    check("eoq_mul_f32", [](float p, float q) { return p * q; });
    check("eoq_relu_grad_f32", [](float g, float a) { return a > 0 ? g : 0; });
    check(
        "eoq_leaky_relu_grad_f32",
        [](float g, float a) { return a > 0 ? g : g * 0.1f; }, 0.1f);
    check(
        "eoq_clip_grad_f32",
        [](float g, float a) { return a > -0.5f && a < 0.25f ? g : 0; }, -0.5f,
        0.25f);
    auto unary = [&](const char *name, auto function, auto... rest) {
      for (int64_t i = 0; i < n; ++i)
        want[i] = function(x[i]);
      kernels().call(name, x, out, n, rest...);
      ASSERT_EQ(out, want) << name;
    };
    unary("eoq_relu_f32", [](float q) { return q > 0 ? q : 0; });
    unary(
        "eoq_leaky_relu_f32", [](float q) { return q > 0 ? q : q * 0.1f; },
        0.1f);
    unary(
        "eoq_clip_f32",
        [](float q) { return std::min(std::max(q, -0.5f), 0.25f); }, -0.5f,
        0.25f);
    unary("eoq_scale_by_f32", [](float q) { return q * 0.5f; }, 0.5f);
    // A diverged training is to be seen.
    std::fill(x.begin(), x.end(), std::nanf(""));
    kernels().call("eoq_relu_f32", x, out, n);
    for (float q : out)
      ASSERT_TRUE(std::isnan(q));
  }
}

TEST(Channels, BiasAndScale) {
  for (int64_t channels : {1, 3, 6, 10, 16, 63, 64, 65, 100, 130})
    for (int64_t pixels : {1, 2, 9, 100, 700})
      for (bool shared : {false, true}) {
        int64_t n = channels * pixels, count = shared ? 1 : channels;
        int64_t length = getChannelPatternLength(count);
        auto channel = [&](int64_t i) { return i % count; };
        auto bias = randomVector<int16_t>(count);
        int32_t shift = randomInt(-20, 20);
        std::vector<int32_t> pattern(length), out(n), want(n);
        kernels().call("eoq_bias_pattern_i16", bias, pattern, count, length,
                       shift);
        auto x = randomVector<int32_t>(n, 30);
        auto x8 = randomVector<int8_t>(n);
        auto term = [&](int64_t i) {
          return int32_t(
              clampTo(shiftNearest(bias[channel(i)], shift), (1 << 28) - 1));
        };
        kernels().call("eoq_bias_add_i32", x, pattern, out, n, length);
        for (int64_t i = 0; i < n; ++i)
          want[i] = x[i] + term(i);
        ASSERT_EQ(out, want);
        auto inPlace = x;
        kernels().call("eoq_bias_add_i32", inPlace, pattern, inPlace, n,
                       length);
        ASSERT_EQ(inPlace, want);
        kernels().call("eoq_bias_add_i8", x8, pattern, out, n, length);
        for (int64_t i = 0; i < n; ++i)
          want[i] = x8[i] + term(i);
        ASSERT_EQ(out, want);

        auto bias8 = randomVector<int8_t>(count);
        kernels().call("eoq_bias_pattern_i8", bias8, pattern, count, length,
                       shift);
        for (int64_t i = 0; i < length; ++i)
          ASSERT_EQ(pattern[i],
                    int32_t(clampTo(shiftNearest(bias8[i % count], shift),
                                    (1 << 28) - 1)));
        std::vector<int8_t> pattern8(length);
        kernels().call("eoq_pattern_i8", bias8, pattern8, count, length);
        kernels().call("eoq_scale_i8", x8, pattern8, out, n, length);
        for (int64_t i = 0; i < n; ++i)
          want[i] = x8[i] * bias8[channel(i)];
        ASSERT_EQ(out, want);

        auto values = randomFloats(count), xf = randomFloats(n);
        std::vector<float> patternF(length), outF(n), wantF(n);
        kernels().call("eoq_pattern_f32", values, patternF, count, length);
        kernels().call("eoq_bias_add_f32", xf, patternF, outF, n, length);
        for (int64_t i = 0; i < n; ++i)
          wantF[i] = xf[i] + values[channel(i)];
        ASSERT_EQ(outF, wantF);
        kernels().call("eoq_scale_f32", xf, patternF, outF, n, length);
        for (int64_t i = 0; i < n; ++i)
          wantF[i] = xf[i] * values[channel(i)];
        ASSERT_EQ(outF, wantF);
      }
}

TEST(Channels, Sums) {
  for (int64_t channels : {1, 3, 6, 10, 16, 64, 65, 100})
    for (int64_t pixels : {1, 2, 9, 100, 3000})
      for (bool shared : {false, true}) {
        int64_t n = channels * pixels, count = shared ? 1 : channels;
        int64_t length = getChannelPatternLength(count);
        auto x = randomVector<int8_t>(n), g = randomVector<int8_t>(n);
        std::vector<int32_t> partial(64 * length, 7);
        std::vector<int64_t> out(count, 7), sum(count), dot(count);
        auto xf = randomFloats(n), gf = randomFloats(n);
        std::vector<double> sumF(count), dotF(count);
        for (int64_t i = 0; i < n; ++i) {
          sum[i % count] += g[i];
          dot[i % count] += x[i] * g[i];
          sumF[i % count] += gf[i];
          dotF[i % count] += double(xf[i]) * gf[i];
        }
        kernels().call("eoq_channel_sum_i8", g, partial, out, n, count, length);
        ASSERT_EQ(out, sum) << channels << " " << pixels;
        kernels().call("eoq_channel_dot_i8", x, g, partial, out, n, count,
                       length);
        ASSERT_EQ(out, dot);
        std::vector<float> partialF(64 * length, 7), outF(count);
        kernels().call("eoq_channel_sum_f32", gf, partialF, outF, n, count,
                       length);
        for (int64_t c = 0; c < count; ++c)
          ASSERT_NEAR(outF[c], sumF[c], 1e-4 * (10 + std::abs(sumF[c])));
        kernels().call("eoq_channel_dot_f32", xf, gf, partialF, outF, n, count,
                       length);
        for (int64_t c = 0; c < count; ++c)
          ASSERT_NEAR(outF[c], dotF[c], 1e-4 * (10 + std::abs(dotF[c])));
      }
}

template <typename T>
static void checkCopy() {
  for (int round = 0; round < 30; ++round) {
    int64_t d[4], s[4], t[4];
    int64_t size = 1;
    for (int64_t &extent : d)
      extent = randomInt(1, 9);
    // The target is the source with its dimensions reversed.
    for (int i = 3; i >= 0; --i) {
      s[i] = size;
      size *= d[i];
    }
    size = 1;
    for (int i = 0; i < 4; ++i) {
      t[i] = size;
      size *= d[i];
    }
    int64_t from = randomInt(0, 5), to = randomInt(0, 5);
    auto src = randomVector<int8_t>(size + from);
    std::vector<T> source(src.begin(), src.end()), dst(size + to, T(3)),
        want = dst;
    for (int64_t a = 0; a < d[0]; ++a)
      for (int64_t b = 0; b < d[1]; ++b)
        for (int64_t c = 0; c < d[2]; ++c)
          for (int64_t e = 0; e < d[3]; ++e)
            want[to + a * t[0] + b * t[1] + c * t[2] + e * t[3]] =
                source[from + a * s[0] + b * s[1] + c * s[2] + e * s[3]];
    kernels().call("eoq_copy" + suffix<T>(), source, dst, d[0], d[1], d[2],
                   d[3], from, s[0], s[1], s[2], s[3], to, t[0], t[1], t[2],
                   t[3]);
    ASSERT_EQ(dst, want);
    if constexpr (std::is_same_v<T, int8_t>) {
      int32_t shift = randomInt(-21, 20);
      std::vector<int32_t> wide(size + to, 3), wantWide(want.size());
      for (size_t i = 0; i < want.size(); ++i)
        wantWide[i] =
            int64_t(i) < to ? 3 : int32_t(shiftNearest(want[i], shift));
      kernels().call("eoq_copy_shift_i8_i32", source, wide, d[0], d[1], d[2],
                     d[3], from, s[0], s[1], s[2], s[3], to, t[0], t[1], t[2],
                     t[3], shift);
      ASSERT_EQ(wide, wantWide) << shift;
    }
  }
}
TEST(Movement, Copy) {
  checkCopy<int8_t>();
  checkCopy<int16_t>();
  checkCopy<int32_t>();
  checkCopy<int64_t>();
  checkCopy<float>();
}

TEST(Movement, Fill) {
  for (int64_t n : sizes()) {
    std::vector<int8_t> a(n);
    kernels().call("eoq_fill_i8", a, n, int8_t(-5));
    ASSERT_EQ(a, std::vector<int8_t>(n, -5));
    std::vector<int64_t> b(n);
    kernels().call("eoq_fill_i64", b, n, int64_t(1) << 40);
    ASSERT_EQ(b, std::vector<int64_t>(n, int64_t(1) << 40));
    std::vector<float> c(n);
    kernels().call("eoq_fill_f32", c, n, 1.5f);
    ASSERT_EQ(c, std::vector<float>(n, 1.5f));
  }
}
