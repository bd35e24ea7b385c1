//===- ConvolutionTest.cpp - products (N6) --------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions of many geometries and their gradients against the definition:
// integers bit for bit, f32 within rounding and equal for any number of slots.
//
//===----------------------------------------------------------------------===//
#include "KernelTest.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

/// Calls visit(x, w, y) for every product of a convolution.
template <typename Visit>
static void forEachProduct(const Conv2DGeometry &g, Visit visit) {
  int64_t cs = g.c / g.groups, os = g.o / g.groups;
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t oy = 0; oy < g.oh; ++oy)
      for (int64_t ox = 0; ox < g.ow; ++ox)
        for (int64_t ky = 0; ky < g.kh; ++ky)
          for (int64_t kx = 0; kx < g.kw; ++kx) {
            int64_t iy = oy * g.sh - g.pt + ky * g.dh;
            int64_t ix = ox * g.sw - g.pl + kx * g.dw;
            if (iy < 0 || iy >= g.h || ix < 0 || ix >= g.w)
              continue;
            for (int64_t o = 0; o < g.o; ++o)
              for (int64_t k = 0; k < cs; ++k) {
                int64_t c = o / os * cs + k;
                visit(((n * g.h + iy) * g.w + ix) * g.c + c,
                      ((o * cs + k) * g.kh + ky) * g.kw + kx,
                      ((n * g.oh + oy) * g.ow + ox) * g.o + o);
              }
          }
}

struct Sizes {
  int64_t x, w, y;
};
static Sizes getSizes(const Conv2DGeometry &g) {
  return {g.n * g.h * g.w * g.c, g.o * (g.c / g.groups) * g.kh * g.kw,
          g.n * g.oh * g.ow * g.o};
}

static Conv2DGeometry make(int64_t n, int64_t h, int64_t w, int64_t c,
                           int64_t o, int64_t kh, int64_t kw, int64_t sh = 1,
                           int64_t sw = 1, int64_t dh = 1, int64_t dw = 1,
                           int64_t pt = 0, int64_t pl = 0, int64_t pb = 0,
                           int64_t pr = 0, int64_t groups = 1) {
  Conv2DGeometry g{};
  g.n = n;
  g.h = h;
  g.w = w;
  g.c = c;
  g.o = o;
  g.kh = kh;
  g.kw = kw;
  g.sh = sh;
  g.sw = sw;
  g.dh = dh;
  g.dw = dw;
  g.pt = pt;
  g.pl = pl;
  g.groups = groups;
  g.oh = (h + pt + pb - dh * (kh - 1) - 1) / sh + 1;
  g.ow = (w + pl + pr - dw * (kw - 1) - 1) / sw + 1;
  return g;
}

static std::vector<Conv2DGeometry> getGeometries() {
  std::vector<Conv2DGeometry> list = {
      // LeNet.
      make(4, 28, 28, 1, 6, 5, 5),
      make(4, 12, 12, 6, 16, 5, 5),
      Conv2DGeometry::fullyConnected(8, 256, 120),
      Conv2DGeometry::fullyConnected(7, 120, 84),
      Conv2DGeometry::fullyConnected(1, 84, 10),
      // ResNet.
      make(2, 32, 32, 3, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(3, 32, 32, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(2, 32, 32, 16, 32, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1),
      make(2, 32, 32, 16, 32, 1, 1, 2, 2),
      make(2, 8, 8, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 30, 30, 3, 20, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3),
      // Depthwise and grouped.
      make(2, 9, 9, 24, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 24),
      make(2, 9, 9, 20, 20, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 20),
      make(3, 6, 7, 5, 5, 3, 2, 1, 2, 2, 1, 2, 1, 1, 0, 5),
      make(2, 7, 7, 6, 12, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6),
      make(2, 7, 7, 8, 12, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 4),
      // More pixels and more channels than one chunk takes.
      make(1, 60, 60, 40, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(2, 5, 5, 200, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 90, 90, 72, 3, 2, 2, 1, 1, 3, 3, 1, 0, 2, 1),
      // At most 6 output channels (of the input's gradient too) and long rows.
      make(2, 20, 37, 3, 5, 3, 3, 2, 1, 2, 3, 2, 3, 2, 3),
      make(2, 11, 40, 4, 6, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1),
      make(1, 33, 19, 2, 3, 1, 1, 2, 2),
      make(3, 8, 50, 1, 1, 2, 4, 1, 1, 1, 2),
      make(1, 70, 120, 30, 2, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2),
      // Most windows, or whole rows of them, see padding.
      make(3, 7, 7, 20, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(2, 9, 9, 8, 33, 5, 5, 1, 1, 2, 2, 4, 4, 4, 4),
      make(2, 4, 4, 6, 18, 3, 3, 1, 1, 1, 1, 5, 4, 5, 4),
      // Several panels of B whose pixels are as far apart as they are wide: one
      // pixel, and a set of images for each panel (of f32, pairs, quads).
      make(4, 1, 1, 64, 10, 1, 1),
      make(8, 1, 1, 64, 10, 1, 1),
      make(16, 1, 1, 64, 10, 1, 1),
      // The kernel is larger than the stride allows to see, or than the image.
      make(2, 6, 6, 3, 4, 2, 2, 3, 3),
      make(2, 5, 4, 3, 4, 7, 6, 1, 1, 1, 1, 3, 3, 3, 2),
      make(1, 5, 5, 2, 3, 1, 1, 1, 1, 1, 1, 2, 1, 0, 3),
  };
  while (list.size() < 56) {
    int64_t groups = randomInt(0, 3) == 0 ? randomInt(1, 4) : 1;
    Conv2DGeometry g =
        make(randomInt(1, 5), randomInt(1, 14), randomInt(1, 14),
             groups * randomInt(1, 20), groups * randomInt(1, 36),
             randomInt(1, 4), randomInt(1, 4), randomInt(1, 3), randomInt(1, 3),
             randomInt(1, 3), randomInt(1, 3), randomInt(0, 3), randomInt(0, 3),
             randomInt(0, 3), randomInt(0, 3), groups);
    int64_t lastY = (g.oh - 1) * g.sh, lastX = (g.ow - 1) * g.sw;
    if (g.oh >= 1 && g.ow >= 1 && lastY >= 0 && lastX >= 0 &&
        g.dh * (g.kh - 1) < g.h + 2 * g.pt + 3 && g.dw * (g.kw - 1) < g.w + 6)
      list.push_back(g);
  }
  return list;
}

/// A vector with 64-byte alignment at its front.
static std::vector<int8_t> &getScratch(int64_t bytes) {
  static std::vector<int8_t> scratch;
  if (int64_t(scratch.size()) < bytes)
    scratch.resize(bytes);
  for (int8_t &byte : scratch)
    byte = int8_t(randomInt(-128, 127));
  return scratch;
}

static std::string print(const Conv2DGeometry &g) {
  std::string text;
  for (int64_t v : {g.n, g.h, g.w, g.c, g.oh, g.ow, g.o, g.kh, g.kw, g.sh, g.sw,
                    g.dh, g.dw, g.pt, g.pl, g.groups})
    text += std::to_string(v) + " ";
  return text;
}

static void checkIntegers(DotInstruction instruction, StringRef cpu,
                          size_t count, bool signedQuads = false) {
  KernelJit jit;
  std::vector<Conv2DGeometry> list = getGeometries();
  list.resize(std::min(list.size(), count));
  for (Conv2DGeometry &g : list)
    g.signedQuads = signedQuads;
  std::vector<std::array<int64_t, 7>> scratch;
  for (auto [i, g] : llvm::enumerate(list)) {
    Conv2DGeometry nonnegative = g;
    nonnegative.nonnegative = true;
    int64_t slots = i % 3 == 0 ? 1 : i % 3 == 1 ? 4 : 16;
    std::string id = std::to_string(i);
    scratch.push_back(
        {jit.addConv2D("forward" + id, g, Conv2DKind::Forward, jit.getI8(),
                       jit.getI32(), slots),
         jit.addConv2D("input" + id, g, Conv2DKind::GradInput, jit.getI8(),
                       jit.getI32(), slots),
         jit.addConv2D("weight" + id, g, Conv2DKind::GradWeight, jit.getI8(),
                       jit.getI32(), slots),
         jit.addConv2D("long" + id, g, Conv2DKind::GradWeight, jit.getI8(),
                       jit.getI64(), slots),
         jit.addConv2D("nonnegative" + id, nonnegative, Conv2DKind::Forward,
                       jit.getI8(), jit.getI32(), slots),
         jit.addConv2D("quads" + id, nonnegative, Conv2DKind::GradWeight,
                       jit.getI8(), jit.getI32(), slots),
         jit.addConv2D("longQuads" + id, nonnegative, Conv2DKind::GradWeight,
                       jit.getI8(), jit.getI64(), slots)});
  }
  ASSERT_TRUE(succeeded(jit.compile(instruction, cpu)));
  for (auto [i, g] : llvm::enumerate(list)) {
    Sizes size = getSizes(g);
    std::string id = std::to_string(i);
    auto x = randomVector<int8_t>(size.x), w = randomVector<int8_t>(size.w),
         dy = randomVector<int8_t>(size.y);
    std::vector<int32_t> y(size.y, 1), dx(size.x, 1), dw(size.w, 1);
    std::vector<int32_t> wantY(size.y), wantDx(size.x), wantDw(size.w);
    std::vector<int64_t> longDw(size.w, 1);
    forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
      wantY[iy] += x[ix] * w[iw];
      wantDx[ix] += dy[iy] * w[iw];
      wantDw[iw] += x[ix] * dy[iy];
    });
    jit.call("forward" + id, x, w, y, getScratch(scratch[i][0]));
    EXPECT_TRUE(y == wantY) << "forward " << print(g);
    jit.call("input" + id, dy, w, dx, getScratch(scratch[i][1]));
    EXPECT_TRUE(dx == wantDx) << "grad_input " << print(g);
    jit.call("weight" + id, x, dy, dw, getScratch(scratch[i][2]));
    EXPECT_TRUE(dw == wantDw) << "grad_weight " << print(g);
    jit.call("long" + id, x, dy, longDw, getScratch(scratch[i][3]));
    EXPECT_TRUE(std::equal(longDw.begin(), longDw.end(), wantDw.begin()))
        << "grad_weight, 64 bits " << print(g);

    // Never negative inputs, with the largest sums of two products.
    for (int8_t &value : x)
      value = randomInt(0, 9) == 0 ? 127 : std::abs(value);
    for (int8_t &value : w)
      value = randomInt(0, 9) == 0 ? (value < 0 ? -127 : 127) : value;
    for (int8_t &value : dy)
      value = randomInt(0, 9) == 0 ? (value < 0 ? -127 : 127) : value;
    std::fill(wantY.begin(), wantY.end(), 0);
    std::fill(wantDw.begin(), wantDw.end(), 0);
    forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
      wantY[iy] += x[ix] * w[iw];
      wantDw[iw] += x[ix] * dy[iy];
    });
    jit.call("nonnegative" + id, x, w, y, getScratch(scratch[i][4]));
    EXPECT_TRUE(y == wantY) << "forward, never negative " << print(g);
    std::fill(dw.begin(), dw.end(), 1);
    jit.call("quads" + id, x, dy, dw, getScratch(scratch[i][5]));
    EXPECT_TRUE(dw == wantDw) << "grad_weight, never negative " << print(g);
    std::fill(longDw.begin(), longDw.end(), 1);
    jit.call("longQuads" + id, x, dy, longDw, getScratch(scratch[i][6]));
    EXPECT_TRUE(std::equal(longDw.begin(), longDw.end(), wantDw.begin()))
        << "grad_weight, never negative, 64 bits " << print(g);
  }
}

TEST(Convolution, IntegersOnThisMachine) {
  checkIntegers(KernelJit::getHostInstruction(), "", 1000);
}
static bool isX86() {
  return llvm::StringRef(llvm::sys::getProcessTriple()).starts_with("x86_64");
}
TEST(Convolution, IntegersWithSSE2) {
  if (isX86())
    checkIntegers(DotInstruction::SSE2, "x86-64", 14);
}
TEST(Convolution, IntegersGeneric) {
  checkIntegers(DotInstruction::Generic, isX86() ? "x86-64" : "", 14);
}

/// Gradients of strided kernels without the pixels that are known to be zero.
TEST(Convolution, ReachedPixels) {
  std::vector<Conv2DGeometry> list = {
      make(2, 9, 9, 16, 32, 1, 1, 2, 2), make(3, 8, 7, 20, 5, 1, 1, 3, 2),
      make(2, 9, 8, 24, 6, 1, 1, 2, 2, 1, 1, 1, 1, 0, 0, 2),
      // Few columns, taps that meet the same phase, depthwise.
      make(1, 33, 35, 2, 3, 1, 1, 2, 2),
      make(2, 11, 12, 6, 7, 2, 3, 2, 2, 2, 2, 1, 2, 1, 2),
      make(2, 7, 9, 18, 18, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 18),
      // Only rows, or only columns.
      make(2, 9, 6, 5, 18, 1, 3, 2, 1, 1, 1, 0, 1, 0, 1),
      make(2, 6, 9, 5, 18, 3, 1, 1, 4, 1, 1, 1, 2, 1, 0)};
  KernelJit jit;
  std::vector<int64_t> scratch;
  for (auto [i, g] : llvm::enumerate(list)) {
    Conv2DGeometry reached = g;
    reached.reachedOnly = true;
    scratch.push_back(jit.addConv2D("reached" + std::to_string(i), reached,
                                    Conv2DKind::GradInput, jit.getI8(),
                                    jit.getI32(), i % 2 == 0 ? 1 : 8));
  }
  ASSERT_TRUE(succeeded(jit.compile(KernelJit::getHostInstruction())));
  for (auto [i, g] : llvm::enumerate(list)) {
    std::optional<ReachedPixels> grid = getReachedPixels(g);
    ASSERT_TRUE(grid.has_value()) << print(g);
    Sizes size = getSizes(g);
    auto w = randomVector<int8_t>(size.w), dy = randomVector<int8_t>(size.y);
    std::vector<int32_t> dx(g.n * grid->rows * grid->columns * g.c, 1);
    std::vector<int32_t> all(size.x), want(size.x);
    forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
      want[ix] += dy[iy] * w[iw];
    });
    jit.call("reached" + std::to_string(i), dy, w, dx, getScratch(scratch[i]));
    for (int64_t j = 0; j < int64_t(dx.size()); ++j) {
      int64_t c = j % g.c, x = j / g.c % grid->columns,
              y = j / g.c / grid->columns % grid->rows,
              n = j / g.c / grid->columns / grid->rows;
      all[((n * g.h + grid->firstRow + y * grid->rowStep) * g.w +
           grid->firstColumn + x * grid->columnStep) *
              g.c +
          c] = dx[j];
    }
    EXPECT_TRUE(all == want) << print(g);
  }
  // All pixels, or several phases.
  for (const Conv2DGeometry &g :
       {make(2, 9, 9, 4, 4, 1, 1), make(2, 9, 9, 4, 4, 3, 3, 2, 2),
        make(2, 9, 9, 4, 4, 2, 1, 3, 1), make(1, 1, 1, 4, 4, 1, 1, 2, 2)})
    EXPECT_FALSE(getReachedPixels(g).has_value()) << print(g);
}

/// The largest magnitudes that products find for quantizers.
static void checkMagnitudes(DotInstruction instruction, StringRef cpu,
                            size_t count, bool signedQuads = false) {
  KernelJit jit;
  std::vector<Conv2DGeometry> list;
  for (const Conv2DGeometry &g : getGeometries())
    if (list.size() < count &&
        canFindMagnitude(g, Conv2DKind::Forward, jit.getI8()))
      list.push_back(g);
  ASSERT_EQ(list.size(), count);
  std::vector<std::array<int64_t, 4>> scratch;
  for (auto [i, g] : llvm::enumerate(list)) {
    Conv2DGeometry quads = g;
    quads.nonnegative = true;
    g.signedQuads = signedQuads;
    std::string id = std::to_string(i);
    int64_t slots = i % 2 == 0 ? 1 : 16;
    auto add = [&](const char *name, const Conv2DGeometry &geometry,
                   Conv2DKind kind, Conv2DStages stages) {
      return canFindMagnitude(geometry, kind, jit.getI8())
                 ? jit.addConv2D(name + id, geometry, kind, jit.getI8(),
                                 jit.getI32(), slots, stages)
                 : -1;
    };
    scratch.push_back(
        {add("forward", g, Conv2DKind::Forward, Conv2DStages::None),
         add("biased", quads, Conv2DKind::Forward, Conv2DStages::Bias),
         add("input", g, Conv2DKind::GradInput, Conv2DStages::None),
         add("masked", g, Conv2DKind::GradInput, Conv2DStages::Mask)});
  }
  ASSERT_TRUE(succeeded(jit.compile(instruction, cpu)));
  for (auto [i, g] : llvm::enumerate(list)) {
    Sizes size = getSizes(g);
    std::string id = std::to_string(i);
    auto x = randomVector<int8_t>(size.x), w = randomVector<int8_t>(size.w),
         dy = randomVector<int8_t>(size.y), mask = randomVector<int8_t>(size.x);
    for (int8_t &value : x)
      value = std::abs(value);
    auto bias = randomVector<int32_t>(g.o, 16);
    std::vector<int32_t> y(size.y), dx(size.x), wantY(size.y), wantDx(size.x);
    forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
      wantY[iy] += x[ix] * w[iw];
      wantDx[ix] += dy[iy] * w[iw];
    });
    int64_t sums = 0, biased = 0, inputs = 0, masked = 0;
    // Bounds that not even 0 keeps to, too.
    int32_t low = i % 3 == 0 ? 5 : INT32_MIN, high = i % 3 == 1 ? 900 : 1 << 20;
    int32_t least = -20, most = i % 2 == 0 ? INT32_MAX : 60;
    for (int64_t j = 0; j < size.y; ++j) {
      int64_t sum = int64_t(wantY[j]) + bias[j % g.o];
      sums = std::max<int64_t>(sums, std::abs(wantY[j]));
      biased = std::max(biased, std::abs(std::min<int64_t>(
                                    std::max<int64_t>(sum, low), high)));
    }
    for (int64_t j = 0; j < size.x; ++j) {
      inputs = std::max<int64_t>(inputs, std::abs(wantDx[j]));
      if (mask[j] > least && mask[j] < most)
        masked = std::max<int64_t>(masked, std::abs(wantDx[j]));
    }
    EXPECT_EQ(jit.callScalar<int64_t>("forward" + id, x, w, y,
                                      getScratch(scratch[i][0])),
              sums)
        << print(g);
    EXPECT_TRUE(y == wantY) << print(g);
    if (scratch[i][1] >= 0) {
      EXPECT_EQ(jit.callScalar<int64_t>("biased" + id, x, w, y,
                                        getScratch(scratch[i][1]), bias, low,
                                        high),
                biased)
          << print(g);
      EXPECT_TRUE(y == wantY) << print(g);
    }
    if (scratch[i][2] < 0)
      continue;
    EXPECT_EQ(jit.callScalar<int64_t>("input" + id, dy, w, dx,
                                      getScratch(scratch[i][2])),
              inputs)
        << print(g);
    EXPECT_TRUE(dx == wantDx) << print(g);
    EXPECT_EQ(jit.callScalar<int64_t>("masked" + id, dy, w, dx,
                                      getScratch(scratch[i][3]), mask, least,
                                      most),
              masked)
        << print(g);
    EXPECT_TRUE(dx == wantDx) << print(g);
  }
}
TEST(Convolution, MagnitudesOnThisMachine) {
  checkMagnitudes(KernelJit::getHostInstruction(), "", 24);
}
TEST(Convolution, MagnitudesInSignedQuads) {
  checkMagnitudes(KernelJit::getHostInstruction(), "", 8, /*signedQuads=*/true);
}
TEST(Convolution, MagnitudesWithSSE2) {
  if (isX86())
    checkMagnitudes(DotInstruction::SSE2, "x86-64", 8);
}

/// In groups of four of any sign, which some targets prefer for everything.
TEST(Convolution, IntegersInSignedQuads) {
  checkIntegers(KernelJit::getHostInstruction(), "", 14, /*signedQuads=*/true);
}

/// Batches that do not fill the groups that weight gradients interleave: images
/// are divided into bands of rows, of which some are shorter or empty.
static std::vector<Conv2DGeometry> getBatches(ArrayRef<int64_t> batches) {
  std::vector<Conv2DGeometry> list;
  for (int64_t n : batches) {
    list.push_back(make(n, 7, 6, 20, 18, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    // Only every second row and column is used.
    list.push_back(make(n, 10, 9, 5, 7, 3, 3, 2, 2, 2, 2, 2, 1, 2, 2));
    list.push_back(make(n, 11, 10, 17, 9, 3, 2, 2, 4, 2, 2, 1, 1, 0, 0));
    list.push_back(make(n, 9, 9, 17, 40, 1, 1, 2, 2));
    list.push_back(make(n, 9, 8, 40, 6, 1, 1, 2, 3));
    list.push_back(make(n, 6, 7, 3, 21, 1, 1, 2, 2));
    list.push_back(make(n, 6, 6, 16, 16, 1, 1));
    // The pads reach beyond the image.
    list.push_back(make(n, 2, 3, 4, 5, 3, 3, 1, 1, 1, 1, 4, 3, 4, 4));
    list.push_back(make(n, 6, 5, 12, 24, 3, 2, 2, 1, 1, 2, 1, 0, 1, 1, 2));
    list.push_back(make(n, 5, 5, 24, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 24));
    list.push_back(make(n, 6, 5, 5, 5, 2, 3, 2, 1, 1, 1, 1, 1, 1, 1, 5));
    list.push_back(make(n, 1, 12, 3, 5, 1, 3));
    list.push_back(Conv2DGeometry::fullyConnected(n, 40, 33));
  }
  return list;
}

/// Weight gradients of random operands and of those with the largest sums.
static void checkBatches(DotInstruction instruction, StringRef cpu,
                         ArrayRef<int64_t> batches, bool signedQuads = false) {
  KernelJit jit;
  std::vector<Conv2DGeometry> list = getBatches(batches);
  for (Conv2DGeometry &g : list)
    g.signedQuads = signedQuads;
  std::vector<std::array<int64_t, 5>> scratch;
  for (auto [i, g] : llvm::enumerate(list)) {
    Conv2DGeometry nonnegative = g;
    nonnegative.nonnegative = true;
    std::string id = std::to_string(i);
    auto add = [&](const char *name, const Conv2DGeometry &geometry,
                   Type type) {
      return jit.addConv2D(name + id, geometry, Conv2DKind::GradWeight,
                           jit.getI8(), type, 4);
    };
    scratch.push_back({add("pairs", g, jit.getI32()),
                       add("quads", nonnegative, jit.getI32()),
                       add("long", nonnegative, jit.getI64()), 0, 0});
    if (g.groups != 1)
      continue;
    Conv2DGeometry last = g;
    last.outputsLast = nonnegative.outputsLast = true;
    scratch.back()[3] = add("pairsLast", last, jit.getI32());
    scratch.back()[4] = add("quadsLast", nonnegative, jit.getI32());
  }
  ASSERT_TRUE(succeeded(jit.compile(instruction, cpu)));
  for (size_t i = 0; i < list.size(); ++i) {
    const Conv2DGeometry &g = list[i];
    Sizes size = getSizes(g);
    std::string id = std::to_string(i);
    for (bool largest : {false, true}) {
      auto x = randomVector<int8_t>(size.x), dy = randomVector<int8_t>(size.y);
      if (largest) {
        int8_t sign = randomInt(0, 1) == 0 ? -127 : 127;
        std::fill(x.begin(), x.end(), 127);
        std::fill(dy.begin(), dy.end(), sign);
      }
      auto check = [&](const char *name, auto type, int64_t bytes,
                       bool outputsLast = false) {
        std::vector<decltype(type)> dw(size.w, 1), want(size.w);
        int64_t products = size.w / g.o, taps = g.kh * g.kw;
        forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
          int64_t o = iw / products, k = iw % products / taps, t = iw % taps;
          want[outputsLast ? (t * g.c + k) * g.o + o : iw] += x[ix] * dy[iy];
        });
        jit.call(name + id, x, dy, dw, getScratch(bytes));
        EXPECT_TRUE(dw == want) << name << " " << print(g);
      };
      check("pairs", int32_t(), scratch[i][0]);
      if (g.groups == 1)
        check("pairsLast", int32_t(), scratch[i][3], true);
      for (int8_t &value : x)
        value = std::abs(value);
      check("quads", int32_t(), scratch[i][1]);
      check("long", int64_t(), scratch[i][2]);
      if (g.groups == 1)
        check("quadsLast", int32_t(), scratch[i][4], true);
    }
  }
}

TEST(Convolution, BatchesOnThisMachine) {
  checkBatches(KernelJit::getHostInstruction(), "", {1, 2, 3, 5, 7, 9});
}
TEST(Convolution, BatchesInSignedQuads) {
  checkBatches(KernelJit::getHostInstruction(), "", {1, 6},
               /*signedQuads=*/true);
}
TEST(Convolution, BatchesWithSSE2) {
  if (isX86())
    checkBatches(DotInstruction::SSE2, "x86-64", {1, 6});
}
TEST(Convolution, BatchesGeneric) {
  checkBatches(DotInstruction::Generic, isX86() ? "x86-64" : "", {1, 3});
}

TEST(Convolution, Floats) {
  KernelJit jit;
  std::vector<Conv2DGeometry> list = getGeometries();
  std::vector<std::array<int64_t, 4>> scratch;
  for (auto [i, g] : llvm::enumerate(list)) {
    std::string id = std::to_string(i);
    Type f32 = jit.getF32();
    scratch.push_back(
        {jit.addConv2D("forward" + id, g, Conv2DKind::Forward, f32, f32, 1),
         jit.addConv2D("many" + id, g, Conv2DKind::Forward, f32, f32, 16),
         jit.addConv2D("input" + id, g, Conv2DKind::GradInput, f32, f32, 4),
         jit.addConv2D("weight" + id, g, Conv2DKind::GradWeight, f32, f32, 4)});
  }
  ASSERT_TRUE(succeeded(jit.compile(KernelJit::getHostInstruction())));
  auto near = [](const std::vector<float> &values,
                 const std::vector<double> &want) {
    for (auto [value, wanted] : llvm::zip(values, want))
      if (!(std::abs(value - wanted) <= 1e-4 * (1 + std::abs(wanted))))
        return false;
    return true;
  };
  for (auto [i, g] : llvm::enumerate(list)) {
    Sizes size = getSizes(g);
    std::string id = std::to_string(i);
    auto x = randomFloats(size.x), w = randomFloats(size.w),
         dy = randomFloats(size.y);
    std::vector<float> y(size.y, 1), many(size.y, 1), dx(size.x, 1),
        dw(size.w, 1);
    std::vector<double> wantY(size.y), wantDx(size.x), wantDw(size.w);
    forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
      wantY[iy] += double(x[ix]) * w[iw];
      wantDx[ix] += double(dy[iy]) * w[iw];
      wantDw[iw] += double(x[ix]) * dy[iy];
    });
    jit.call("forward" + id, x, w, y, getScratch(scratch[i][0]));
    EXPECT_TRUE(near(y, wantY)) << "forward " << print(g);
    jit.call("many" + id, x, w, many, getScratch(scratch[i][1]));
    EXPECT_TRUE(y == many) << "slots " << print(g);
    jit.call("input" + id, dy, w, dx, getScratch(scratch[i][2]));
    EXPECT_TRUE(near(dx, wantDx)) << "grad_input " << print(g);
    jit.call("weight" + id, x, dy, dw, getScratch(scratch[i][3]));
    EXPECT_TRUE(near(dw, wantDw)) << "grad_weight " << print(g);
  }
}
