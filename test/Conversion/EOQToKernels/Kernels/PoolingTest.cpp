//===- PoolingTest.cpp - pooling (N11, N12)
//------------------------------------===//
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

template <typename T, typename U>
static void checkMaxPool(const std::string &type,
                         std::vector<T> (*random)(int64_t)) {
  for (const Window &v : getWindows()) {
    std::vector<T> x = random(v.inputs()), g = random(v.outputs());
    std::vector<T> out(v.outputs(), 9), want(v.outputs());
    std::vector<U> dx(v.inputs(), 9), wantDx(v.inputs());
    v.forEachWindow(
        [&](int64_t o, const std::vector<int64_t> &places, int64_t) {
          int64_t best = places[0];
          for (int64_t place : places)
            if (x[place] > x[best])
              best = place;
          want[o] = x[best];
          wantDx[best] += g[o];
        });
    v.call("eoq_max_pool_" + type, x, out);
    ASSERT_EQ(out, want);
    std::vector<T> best(v.n * v.c);
    std::vector<int32_t> place(v.n * v.c);
    v.call("eoq_max_pool_grad_" + type, g, x, dx, best, place);
    ASSERT_EQ(dx, wantDx);
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
TEST(Pooling, Max) {
  checkMaxPool<int8_t, int32_t>("i8", fewIntegers);
  checkMaxPool<float, float>("f32", fewFloats);
}

TEST(Pooling, Average) {
  for (const Window &v : getWindows())
    for (int32_t include : {0, 1}) {
      auto x = randomVector<int8_t>(v.inputs()),
           g = randomVector<int8_t>(v.outputs());
      auto xf = randomFloats(v.inputs()), gf = randomFloats(v.outputs());
      std::vector<int32_t> out(v.outputs()), want(v.outputs()),
          dx(v.inputs(), 9), wantDx(v.inputs());
      std::vector<float> outF(v.outputs()), dxF(v.inputs(), 9);
      std::vector<double> wantF(v.outputs()), wantDxF(v.inputs());
      v.forEachWindow(
          [&](int64_t o, const std::vector<int64_t> &places, int64_t padded) {
            int64_t n = include ? padded : int64_t(places.size());
            int64_t factor = (65536 + n) / (2 * n);
            for (int64_t place : places) {
              want[o] += x[place] * factor;
              wantDx[place] += g[o] * factor;
              wantF[o] += double(xf[place]) / n;
              wantDxF[place] += double(gf[o]) / n;
            }
          });
      v.callWith("eoq_avg_pool_i8", std::make_tuple(include), x, out);
      ASSERT_EQ(out, want);
      v.callWith("eoq_avg_pool_grad_i8", std::make_tuple(include), g, dx);
      ASSERT_EQ(dx, wantDx);
      v.callWith("eoq_avg_pool_f32", std::make_tuple(include), xf, outF);
      for (size_t i = 0; i < outF.size(); ++i)
        ASSERT_NEAR(outF[i], wantF[i], 1e-5);
      v.callWith("eoq_avg_pool_grad_f32", std::make_tuple(include), gf, dxF);
      for (size_t i = 0; i < dxF.size(); ++i)
        ASSERT_NEAR(dxF[i], wantDxF[i], 1e-5);
    }
}
