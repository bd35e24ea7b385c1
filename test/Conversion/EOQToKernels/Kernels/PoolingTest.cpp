//===- PoolingTest.cpp - pooling (N11, N12) -------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "KernelTest.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

namespace {

struct Window {
  int64_t n, h, w, c, oh, ow, kh, kw, sh, sw, dh, dw, pt, pl, pb, pr;

  std::string describe() const {
    std::string text;
    for (int64_t value :
         {n, h, w, c, oh, ow, kh, kw, sh, sw, dh, dw, pt, pl, pb, pr})
      text += std::to_string(value) + " ";
    return text;
  }
  int64_t inputs() const { return n * h * w * c; }
  int64_t outputs() const { return n * oh * ow * c; }

  /// visit(output, inputs in row-major order of the window, divisor that
  /// includes pads).
  template <typename Visit>
  void forEachWindow(Visit visit) const {
    for (int64_t b = 0; b < n; ++b)
      for (int64_t y = 0; y < oh; ++y)
        for (int64_t x = 0; x < ow; ++x) {
          std::vector<int64_t> places;
          int64_t padded = 0;
          for (int64_t ky = 0; ky < kh; ++ky)
            for (int64_t kx = 0; kx < kw; ++kx) {
              int64_t iy = y * sh - pt + ky * dh, ix = x * sw - pl + kx * dw;
              if (iy < h + pb && ix < w + pr)
                ++padded;
              if (iy >= 0 && iy < h && ix >= 0 && ix < w)
                places.push_back(((b * h + iy) * w + ix) * c);
            }
          for (int64_t k = 0; k < c; ++k) {
            std::vector<int64_t> own = places;
            for (int64_t &place : own)
              place += k;
            visit(((b * oh + y) * ow + x) * c + k, own, padded);
          }
        }
  }

  bool isValid() const {
    bool valid = true;
    forEachWindow([&](int64_t, const std::vector<int64_t> &places, int64_t) {
      valid &= !places.empty();
    });
    return valid;
  }

  template <typename... Args>
  void call(const std::string &name, Args &&...args) const {
    callWith(name, std::make_tuple(), std::forward<Args>(args)...);
  }
  template <typename... Rest, typename... Args>
  void callWith(const std::string &name, std::tuple<Rest...> rest,
                Args &&...args) const {
    std::apply(
        [&](auto... last) {
          kernels().call(name, args..., n, h, w, c, oh, ow, kh, kw, sh, sw, dh,
                         dw, pt, pl, pb, pr, last...);
        },
        rest);
  }
};

} // namespace

static std::vector<Window> getWindows() {
  std::vector<Window> list = {
      {2, 24, 24, 6, 12, 12, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0},
      {2, 8, 8, 64, 1, 1, 8, 8, 1, 1, 1, 1, 0, 0, 0, 0},
      {2, 15, 15, 33, 8, 8, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1},
      // A window beyond the pads (ceil_mode).
      {1, 5, 5, 4, 3, 3, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0},
      {1, 6, 6, 3, 6, 6, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2},
  };
  while (list.size() < 40) {
    Window v{randomInt(1, 3),
             randomInt(1, 9),
             randomInt(1, 9),
             randomInt(1, 40),
             0,
             0,
             randomInt(1, 4),
             randomInt(1, 4),
             randomInt(1, 3),
             randomInt(1, 3),
             randomInt(1, 2),
             randomInt(1, 2),
             randomInt(0, 2),
             randomInt(0, 2),
             randomInt(0, 2),
             randomInt(0, 2)};
    int64_t ceil = randomInt(0, 1);
    v.oh =
        (v.h + v.pt + v.pb - v.dh * (v.kh - 1) - 1 + ceil * (v.sh - 1)) / v.sh +
        1;
    v.ow =
        (v.w + v.pl + v.pr - v.dw * (v.kw - 1) - 1 + ceil * (v.sw - 1)) / v.sw +
        1;
    if (v.h + v.pt + v.pb > v.dh * (v.kh - 1) &&
        v.w + v.pl + v.pr > v.dw * (v.kw - 1) && v.isValid())
      list.push_back(v);
  }
  return list;
}

/// Windows of 2 x 2 with stride 2 that lie in the image, with rows and columns
/// that no window reaches, for every number of channels around a vector's
/// lanes; and some that miss one of these conditions.
static std::vector<Window> getQuadWindows() {
  std::vector<Window> list = {
      {2, 28, 28, 6, 14, 14, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0},
      {2, 10, 10, 16, 5, 5, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0},
      {2, 10, 10, 64, 5, 5, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0},
      // Windows that reach beyond the image, to the right or below.
      {2, 8, 7, 6, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 0, 1},
      {2, 7, 8, 6, 4, 4, 2, 2, 2, 2, 1, 1, 0, 0, 1, 0},
      {2, 7, 7, 6, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0},
      // Gaps between the windows; windows with gaps.
      {2, 8, 8, 6, 3, 3, 2, 2, 3, 3, 1, 1, 0, 0, 0, 0},
      {2, 8, 8, 6, 3, 4, 2, 2, 2, 2, 2, 1, 0, 0, 0, 0},
      {2, 8, 8, 6, 4, 3, 2, 2, 2, 2, 1, 2, 0, 0, 0, 0},
      // No overlaps, other sizes.
      {2, 9, 9, 6, 3, 3, 3, 3, 3, 3, 1, 1, 0, 0, 0, 0},
      {2, 8, 9, 20, 4, 3, 2, 3, 2, 3, 1, 1, 0, 0, 0, 0},
      {2, 8, 8, 20, 7, 4, 2, 2, 1, 2, 1, 1, 0, 0, 0, 0},
  };
  for (int64_t c = 1; c <= 40; ++c)
    for (int repetition = 0; repetition < 4; ++repetition) {
      int64_t h = randomInt(2, 20), w = randomInt(2, 20);
      int64_t oh = h / 2, ow = w / 2;
      // Fewer windows than fit, too.
      if (repetition == 3) {
        oh = randomInt(1, oh);
        ow = randomInt(1, ow);
      }
      list.push_back(
          {randomInt(1, 3), h, w, c, oh, ow, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0});
    }
  return list;
}

/// Elements behind an output that must keep their value.
constexpr int64_t guardSize = 64;

/// What max pooling makes of `x`, and of `g` in the backward pass.
template <typename T, typename U>
struct MaxPooled {
  std::vector<T> out;
  /// Numbers of taps; -1 where only positive ones are wanted and there is none.
  std::vector<int8_t> places;
  std::vector<U> dx;

  MaxPooled(const Window &v, const std::vector<T> &x, const std::vector<T> &g,
            bool positive)
      : out(v.outputs() + guardSize, 9), places(out.size(), 9),
        dx(v.inputs() + guardSize, 9) {
    std::fill_n(dx.begin(), v.inputs(), 0);
    v.forEachWindow([&](int64_t o, const std::vector<int64_t> &taps, int64_t) {
      size_t best = 0;
      for (size_t tap = 0; tap < taps.size(); ++tap)
        if (x[taps[tap]] > x[taps[best]])
          best = tap;
      out[o] = x[taps[best]];
      bool counts = !positive || out[o] > 0;
      places[o] = counts ? best : -1;
      if (counts)
        dx[taps[best]] += g[o];
    });
  }
};

static void checkMaxPoolGrad(const Window &v, std::vector<int8_t> &g,
                             std::vector<int8_t> &source,
                             const std::vector<int32_t> &want,
                             int32_t byPlaces) {
  auto last = std::make_tuple(byPlaces);
  std::vector<int32_t> dx(want.size(), 9);
  v.callWith("eoq_max_pool_grad_i8_i32", last, g, source, dx);
  ASSERT_EQ(dx, want);
  // Without overlaps nothing is added up.
  if (v.sh <= (v.kh - 1) * v.dh || v.sw <= (v.kw - 1) * v.dw)
    return;
  std::vector<int8_t> narrow(dx.size(), 9);
  v.callWith("eoq_max_pool_grad_i8_i8", last, g, source, narrow);
  ASSERT_EQ(narrow, std::vector<int8_t>(want.begin(), want.end()));
}

static void checkMaxPool(const std::vector<Window> &windows,
                         std::vector<int8_t> (*random)(int64_t)) {
  for (const Window &v : windows) {
    SCOPED_TRACE(v.describe());
    auto x = random(v.inputs()), g = random(v.outputs());
    for (bool positive : {false, true}) {
      MaxPooled<int8_t, int32_t> want(v, x, g, positive);
      for (int32_t keep : {0, 1}) {
        std::vector<int8_t> out(want.out.size(), 9), places(out);
        v.callWith("eoq_max_pool_i8", std::make_tuple(keep, int32_t(positive)),
                   x, out, places);
        ASSERT_EQ(out, want.out);
        if (keep)
          ASSERT_EQ(places, want.places);
      }
      checkMaxPoolGrad(v, g, want.places, want.dx, 1);
      if (!positive)
        checkMaxPoolGrad(v, g, x, want.dx, 0);
    }
  }
}

static void checkMaxPoolF32(const std::vector<Window> &windows,
                            std::vector<float> (*random)(int64_t)) {
  for (const Window &v : windows) {
    SCOPED_TRACE(v.describe());
    auto x = random(v.inputs()), g = random(v.outputs());
    MaxPooled<float, float> want(v, x, g, false);
    std::vector<float> out(want.out.size(), 9), dx(want.dx.size(), 9);
    v.call("eoq_max_pool_f32", x, out);
    ASSERT_EQ(out, want.out);
    std::vector<float> best(v.n * v.c);
    std::vector<int32_t> place(v.n * v.c);
    v.call("eoq_max_pool_grad_f32", g, x, dx, best, place);
    ASSERT_EQ(dx, want.dx);
  }
}

/// Few different numbers, so that windows have several largest ones.
static std::vector<int8_t> fewIntegers(int64_t n) {
  auto x = randomVector<int8_t>(n);
  for (size_t i = 0; i < x.size(); i += 2)
    x[i] = randomInt(-2, 2);
  return x;
}
static std::vector<float> fewFloats(int64_t n) {
  std::vector<float> x(n);
  for (float &value : x)
    value = randomInt(-3, 3) * 0.5f;
  return x;
}
/// What a ReLU leaves: most windows are all zeros.
static std::vector<int8_t> mostlyZeros(int64_t n) {
  auto x = randomVector<int8_t>(n);
  for (int8_t &value : x)
    value = randomInt(0, 3) ? 0 : std::max<int8_t>(value, 0);
  return x;
}
/// All 8 bits, and often the least number.
static std::vector<int8_t> extremeIntegers(int64_t n) {
  auto x = randomVector<int8_t>(n);
  for (int8_t &value : x)
    if (randomInt(0, 1))
      value = -128;
  return x;
}

TEST(Pooling, Max) {
  for (auto *random : {fewIntegers, mostlyZeros, extremeIntegers})
    for (int repetition = 0; repetition < 5; ++repetition)
      checkMaxPool(getWindows(), random);
  checkMaxPoolF32(getWindows(), fewFloats);
}
TEST(Pooling, MaxOfQuads) {
  for (auto *random : {fewIntegers, mostlyZeros, extremeIntegers})
    for (int repetition = 0; repetition < 3; ++repetition)
      checkMaxPool(getQuadWindows(), random);
  checkMaxPoolF32(getQuadWindows(), fewFloats);
}

/// 15 + k of N12: a factor of the largest window is at least 2^7 while k < 8.
static int32_t getMeanShift(const Window &v, int32_t include) {
  int64_t most = 0;
  v.forEachWindow(
      [&](int64_t, const std::vector<int64_t> &places, int64_t padded) {
        most = std::max(most, include ? padded : int64_t(places.size()));
      });
  int32_t shift = 15;
  while (shift < 23 && most > (1 << (shift - 7)))
    ++shift;
  return shift;
}

/// N12 of bytes, and how far that is from means.
static void checkAverage(const Window &v, int32_t include,
                         std::vector<int8_t> x, std::vector<int8_t> g) {
  int32_t shift = getMeanShift(v, include);
  std::vector<int32_t> out(v.outputs()), dx(v.inputs(), 9);
  std::vector<int64_t> want(v.outputs()), wantDx(v.inputs());
  std::vector<double> mean(v.outputs()), meanDx(v.inputs()), size(v.inputs());
  int64_t most = 0;
  v.forEachWindow(
      [&](int64_t o, const std::vector<int64_t> &places, int64_t padded) {
        int64_t n = include ? padded : int64_t(places.size());
        int64_t factor = ((int64_t(2) << shift) + n) / (2 * n);
        most = std::max(most, n);
        for (int64_t place : places) {
          want[o] += x[place] * factor;
          wantDx[place] += g[o] * factor;
          mean[o] += double(x[place]) / n;
          meanDx[place] += double(g[o]) / n;
          size[place] += std::abs(double(g[o])) / n;
        }
      });
  v.callWith("eoq_avg_pool_i8", std::make_tuple(include, shift), x, out);
  ASSERT_EQ(std::vector<int64_t>(out.begin(), out.end()), want);
  v.callWith("eoq_avg_pool_grad_i8", std::make_tuple(include, shift), g, dx);
  ASSERT_EQ(std::vector<int64_t>(dx.begin(), dx.end()), wantDx);
  double tolerance = most <= 65536 ? 1.0 / 256 : 1.0 / 64;
  for (size_t i = 0; i < out.size(); ++i)
    ASSERT_NEAR(std::ldexp(out[i], -shift), mean[i],
                tolerance * std::abs(mean[i]) + 1e-9);
  for (size_t i = 0; i < dx.size(); ++i)
    ASSERT_NEAR(std::ldexp(dx[i], -shift), meanDx[i],
                tolerance * size[i] + 1e-9);
}

TEST(Pooling, Average) {
  for (const Window &v : getWindows())
    for (int32_t include : {0, 1}) {
      SCOPED_TRACE(v.describe());
      ASSERT_EQ(getMeanShift(v, include), 15);
      checkAverage(v, include, randomVector<int8_t>(v.inputs()),
                   randomVector<int8_t>(v.outputs()));
    }
}
TEST(Pooling, AverageOfLargeWindows) {
  for (const Window &v : {
           Window{1, 16, 16, 3, 1, 1, 16, 16, 1, 1, 1, 1, 0, 0, 0, 0},
           Window{1, 257, 1, 3, 1, 1, 257, 1, 1, 1, 1, 1, 0, 0, 0, 0},
           Window{2, 56, 56, 3, 1, 1, 56, 56, 1, 1, 1, 1, 0, 0, 0, 0},
           Window{1, 150, 150, 1, 1, 1, 150, 150, 1, 1, 1, 1, 0, 0, 0, 0},
           Window{1, 300, 300, 2, 1, 1, 300, 300, 1, 1, 1, 1, 0, 0, 0, 0},
           Window{1, 512, 512, 1, 1, 1, 512, 512, 1, 1, 1, 1, 0, 0, 0, 0},
           // Windows of many sizes, some within the image.
           Window{1, 40, 40, 2, 40, 40, 17, 17, 1, 1, 1, 1, 8, 8, 8, 8},
           Window{1, 60, 60, 1, 20, 20, 22, 22, 3, 3, 1, 1, 10, 10, 9, 9},
       })
    for (int32_t include : {0, 1}) {
      SCOPED_TRACE(v.describe());
      checkAverage(v, include, randomVector<int8_t>(v.inputs()),
                   randomVector<int8_t>(v.outputs()));
      // The largest sums.
      checkAverage(v, include, std::vector<int8_t>(v.inputs(), 127),
                   std::vector<int8_t>(v.outputs(), -127));
    }
}
TEST(Pooling, AverageF32) {
  for (const Window &v : getWindows())
    for (int32_t include : {0, 1}) {
      auto x = randomFloats(v.inputs()), g = randomFloats(v.outputs());
      std::vector<float> out(v.outputs()), dx(v.inputs(), 9);
      std::vector<double> want(v.outputs()), wantDx(v.inputs());
      v.forEachWindow(
          [&](int64_t o, const std::vector<int64_t> &places, int64_t padded) {
            int64_t n = include ? padded : int64_t(places.size());
            for (int64_t place : places) {
              want[o] += double(x[place]) / n;
              wantDx[place] += double(g[o]) / n;
            }
          });
      v.callWith("eoq_avg_pool_f32", std::make_tuple(include), x, out);
      for (size_t i = 0; i < out.size(); ++i)
        ASSERT_NEAR(out[i], want[i], 1e-5);
      v.callWith("eoq_avg_pool_grad_f32", std::make_tuple(include), g, dx);
      for (size_t i = 0; i < dx.size(); ++i)
        ASSERT_NEAR(dx[i], wantDx[i], 1e-5);
    }
}
