//===- ConvolutionTest.cpp - products (N6) --------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Convolutions of many geometries and their gradients against the definition:
// integers bit for bit, f32 within rounding and equal for any number of slots.
//
//===----------------------------------------------------------------------===//
#include "ConvolutionCases.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

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
TEST(Convolution, IntegersWithSSE2) {
  if (isX86())
    checkIntegers(DotInstruction::SSE2, "x86-64", 16);
}
TEST(Convolution, IntegersGeneric) {
  checkIntegers(DotInstruction::Generic, isX86() ? "x86-64" : "", 16);
}

/// In groups of four of any sign, which some targets prefer for everything.
TEST(Convolution, IntegersInSignedQuads) {
  checkIntegers(KernelJit::getHostInstruction(), "", 16, /*signedQuads=*/true);
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
