//===- ConvolutionVariantsTest.cpp - special forms of products ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products that leave out known zeros, that find the largest magnitude for a
// quantizer, or that share products between windows, bit for bit against the
// definition.
//
//===----------------------------------------------------------------------===//
#include "ConvolutionCases.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

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

enum class Operands { Any, Largest, LargestOfAnySign };

/// Tiles of 3x3 windows, with the largest operands, too.
static void checkTiles(DotInstruction instruction, StringRef cpu) {
  std::vector<Conv2DGeometry> list = {
      // An odd number of windows; channels that are no multiple of 16.
      make(8, 23, 25, 26, 48, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(4, 33, 30, 32, 80, 3, 3, 1, 1, 1, 1, 0, 2, 1, 0),
      // Jobs with rows of tiles of several images; several panels.
      make(12, 10, 12, 16, 48, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(6, 24, 22, 64, 64, 3, 3),
      make(8, 24, 25, 130, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      // One image, and one of a single chunk, whose slots transform weights.
      make(1, 16, 16, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 8, 8, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 8, 7, 58, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)};
  KernelJit jit;
  std::vector<std::array<int64_t, 3>> scratch;
  for (auto [i, g] : llvm::enumerate(list)) {
    Conv2DGeometry tiles = g;
    tiles.fastPairs = true;
    Conv2DGeometry nonnegative = tiles;
    nonnegative.nonnegative = true;
    std::string id = std::to_string(i);
    int64_t slots = i % 2 == 0 ? 1 : 8;
    auto add = [&](const char *name, const Conv2DGeometry &geometry,
                   Conv2DKind kind, Conv2DStages stages) {
      return jit.addConv2D(name + id, geometry, kind, jit.getI8(), jit.getI32(),
                           slots, stages);
    };
    scratch.push_back(
        {add("forward", tiles, Conv2DKind::Forward, Conv2DStages::None),
         add("biased", nonnegative, Conv2DKind::Forward, Conv2DStages::Bias),
         add("masked", tiles, Conv2DKind::GradInput, Conv2DStages::Mask)});
    EXPECT_NE(scratch.back()[0],
              getConv2DScratchBytes(g, Conv2DKind::Forward, jit.getI8(),
                                    jit.getI32(), slots)
                  .getSum())
        << "no tiles " << print(g);
  }
  ASSERT_TRUE(succeeded(jit.compile(instruction, cpu)));
  for (auto [i, g] : llvm::enumerate(list))
    for (Operands operands :
         {Operands::Any, Operands::Largest, Operands::LargestOfAnySign}) {
      Sizes size = getSizes(g);
      std::string id = std::to_string(i);
      auto x = randomVector<int8_t>(size.x), w = randomVector<int8_t>(size.w),
           dy = randomVector<int8_t>(size.y),
           mask = randomVector<int8_t>(size.x);
      for (std::vector<int8_t> *tensor : {&x, &w, &dy})
        for (int8_t &value : *tensor)
          if (operands == Operands::Largest)
            value = tensor == &x ? 127 : -127;
          else if (operands == Operands::LargestOfAnySign)
            value = value < 0 ? -127 : 127;
      auto bias = randomVector<int32_t>(g.o, 16);
      std::vector<int32_t> y(size.y), dx(size.x), want(size.y), wantDx(size.x);
      forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
        want[iy] += x[ix] * w[iw];
        wantDx[ix] += dy[iy] * w[iw];
      });
      int64_t magnitude = 0, biased = 0, masked = 0;
      for (int32_t value : want)
        magnitude = std::max<int64_t>(magnitude, std::abs(value));
      EXPECT_EQ(jit.callScalar<int64_t>("forward" + id, x, w, y,
                                        getScratch(scratch[i][0])),
                magnitude)
          << print(g);
      EXPECT_TRUE(y == want) << "forward " << print(g);
      for (int64_t j = 0; j < size.x; ++j)
        if (mask[j] > -3)
          masked = std::max<int64_t>(masked, std::abs(wantDx[j]));
      EXPECT_EQ(jit.callScalar<int64_t>("masked" + id, dy, w, dx,
                                        getScratch(scratch[i][2]), mask, -3,
                                        INT32_MAX),
                masked)
          << print(g);
      EXPECT_TRUE(dx == wantDx) << "grad_input " << print(g);
      for (int8_t &value : x)
        value = std::abs(value);
      std::fill(want.begin(), want.end(), 0);
      forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
        want[iy] += x[ix] * w[iw];
      });
      for (int64_t j = 0; j < size.y; ++j)
        biased = std::max<int64_t>(biased,
                                   std::abs(int64_t(want[j]) + bias[j % g.o]));
      EXPECT_EQ(jit.callScalar<int64_t>("biased" + id, x, w, y,
                                        getScratch(scratch[i][1]), bias,
                                        INT32_MIN, INT32_MAX),
                biased)
          << print(g);
      EXPECT_TRUE(y == want) << "forward, never negative " << print(g);
    }
}
TEST(Convolution, TilesOnThisMachine) {
  checkTiles(KernelJit::getHostInstruction(), "");
}
TEST(Convolution, TilesWithSSE2) {
  if (isX86())
    checkTiles(DotInstruction::SSE2, "x86-64");
}
TEST(Convolution, TilesGeneric) {
  checkTiles(DotInstruction::Generic, isX86() ? "x86-64" : "");
}

/// Weight gradients in tiles, with the largest operands, too.
static void checkGradTiles(DotInstruction instruction, StringRef cpu,
                           size_t count) {
  std::vector<Conv2DGeometry> list = {
      // Chunks of as many pixels as 32 bits allow: 2080.
      make(8, 20, 52, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      // Several chunks, pads that differ, rows and columns that do not fill
      // tiles, channels that do not fill panels.
      make(5, 33, 30, 17, 40, 3, 3, 1, 1, 1, 1, 0, 2, 1, 0),
      make(3, 23, 25, 40, 24, 3, 3, 1, 1, 1, 1, 2, 0, 2, 1),
      // One image in two bands, the second one shorter or not.
      make(1, 22, 24, 32, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 32, 32, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(3, 27, 28, 48, 56, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(6, 16, 16, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      // Rows of tiles of several images in a chunk, an image without a pair.
      make(17, 8, 8, 24, 48, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      // A row of tiles is most of a chunk.
      make(6, 11, 200, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      // Pads wider than the kernel: tiles that see no pixel.
      make(2, 20, 19, 20, 32, 3, 3, 1, 1, 1, 1, 5, 4, 5, 6),
      // More pixels than one 32-bit sum takes.
      make(2, 183, 182, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      // Less than a panel of x, and a block of rows that is not whole.
      make(4, 31, 32, 10, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)};
  list.resize(std::min(list.size(), count));
  KernelJit jit;
  std::vector<std::array<int64_t, 4>> scratch;
  for (size_t i = 0; i < list.size(); ++i) {
    Conv2DGeometry tiles = list[i];
    tiles.fastPairs = true;
    Conv2DGeometry nonnegative = tiles;
    nonnegative.nonnegative = true;
    Conv2DGeometry last = tiles;
    last.outputsLast = true;
    std::string id = std::to_string(i);
    int64_t slots = i % 2 == 0 ? 1 : 8;
    auto add = [&](const char *name, Conv2DGeometry geometry, Type type) {
      int64_t bytes = jit.addConv2D(name + id, geometry, Conv2DKind::GradWeight,
                                    jit.getI8(), type, slots);
      // The direct product of operands that are never negative is faster.
      geometry.fastPairs = false;
      if (!geometry.nonnegative) {
        EXPECT_NE(bytes, getConv2DScratchBytes(geometry, Conv2DKind::GradWeight,
                                               jit.getI8(), type, slots)
                             .getSum())
            << "no tiles " << name << " " << print(geometry);
      }
      return bytes;
    };
    scratch.push_back({add("weight", tiles, jit.getI32()),
                       add("last", last, jit.getI32()),
                       add("long", tiles, jit.getI64()),
                       add("nonnegative", nonnegative, jit.getI32())});
  }
  ASSERT_TRUE(succeeded(jit.compile(instruction, cpu)));
  for (size_t i = 0; i < list.size(); ++i)
    for (Operands operands :
         {Operands::Any, Operands::Largest, Operands::LargestOfAnySign}) {
      const Conv2DGeometry &g = list[i];
      Sizes size = getSizes(g);
      std::string id = std::to_string(i);
      auto x = randomVector<int8_t>(size.x), dy = randomVector<int8_t>(size.y);
      int8_t sign = randomInt(0, 1) == 0 ? -127 : 127;
      for (std::vector<int8_t> *tensor : {&x, &dy})
        for (int8_t &value : *tensor)
          if (operands == Operands::Largest)
            value = tensor == &x ? 127 : sign;
          else if (operands == Operands::LargestOfAnySign)
            value = value < 0 ? -127 : 127;
      auto getWanted = [&] {
        std::vector<int32_t> want(size.w);
        forEachProduct(g, [&](int64_t ix, int64_t iw, int64_t iy) {
          want[iw] += x[ix] * dy[iy];
        });
        return want;
      };
      std::vector<int32_t> want = getWanted(), dw(size.w, 1), last(size.w, 1),
                           wantLast(size.w);
      std::vector<int64_t> longDw(size.w, 1);
      for (int64_t iw = 0; iw < size.w; ++iw)
        wantLast[(iw % 9 * g.c + iw / 9 % g.c) * g.o + iw / 9 / g.c] = want[iw];
      jit.call("weight" + id, x, dy, dw, getScratch(scratch[i][0]));
      EXPECT_TRUE(dw == want) << print(g);
      jit.call("last" + id, x, dy, last, getScratch(scratch[i][1]));
      EXPECT_TRUE(last == wantLast) << "outputs last " << print(g);
      jit.call("long" + id, x, dy, longDw, getScratch(scratch[i][2]));
      EXPECT_TRUE(std::equal(longDw.begin(), longDw.end(), want.begin()))
          << "64 bits " << print(g);
      for (int8_t &value : x)
        value = std::abs(value);
      want = getWanted();
      jit.call("nonnegative" + id, x, dy, dw, getScratch(scratch[i][3]));
      EXPECT_TRUE(dw == want) << "never negative " << print(g);
    }
}
TEST(Convolution, GradTilesOnThisMachine) {
  checkGradTiles(KernelJit::getHostInstruction(), "", 100);
}
TEST(Convolution, GradTilesWithSSE2) {
  if (isX86())
    checkGradTiles(DotInstruction::SSE2, "x86-64", 3);
}
TEST(Convolution, GradTilesGeneric) {
  checkGradTiles(DotInstruction::Generic, isX86() ? "x86-64" : "", 3);
}
