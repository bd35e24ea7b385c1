//===- Conv2DPlans.cpp - sizes of the parts of a convolution --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Conv2DPlans.h"
#include "GemmKernel.h"
#include <numeric>

using namespace mlir;
using namespace mlir::eoq;

/// The most blocks of rows that are one job of a weight gradient, and how many
/// jobs threads are to find if there are blocks enough.
static constexpr int64_t kJobBlocks = 4;
static constexpr int64_t kLeastJobs = 8;
/// Positions of a chunk that is not divided further.
static constexpr int64_t kInsidePositions = 256;

Conv2DGeometry Conv2DGeometry::fullyConnected(int64_t n, int64_t k, int64_t m) {
  Conv2DGeometry geometry{};
  geometry.n = n;
  geometry.c = k;
  geometry.o = m;
  geometry.h = geometry.w = geometry.oh = geometry.ow = 1;
  geometry.kh = geometry.kw = 1;
  geometry.sh = geometry.sw = geometry.dh = geometry.dw = geometry.groups = 1;
  return geometry;
}

bool mlir::eoq::isDepthwise(const Conv2DGeometry &g) {
  return g.groups > 1 && g.groups == g.c && g.groups == g.o;
}

//===----------------------------------------------------------------------===//
// GradWeight
//===----------------------------------------------------------------------===//

/// The least bands that waste little: more of them cost more packing.
static Parts planParts(const Conv2DGeometry &g, int64_t lanes) {
  Parts best{};
  for (int64_t bands = 1; bands <= std::min(lanes, g.oh); ++bands) {
    Parts parts{};
    parts.bands = bands;
    parts.bandRows = llvm::divideCeil(g.oh, bands);
    parts.count = g.n * bands;
    parts.sets = llvm::divideCeil(parts.count, lanes);
    if (bands == 1 || 8 * parts.getRows() <= 7 * best.getRows())
      best = parts;
  }
  return best;
}

/// A step with groups of four does twice the work of one with pairs in 1.7
/// times the time, if there are images to fill it.
static bool paysQuads(const Conv2DGeometry &g) {
  return 17 * planParts(g, 4).getRows() < 10 * planParts(g, 2).getRows();
}

Numbers::Numbers(Type elementType, const Conv2DGeometry &geometry,
                 Conv2DKind kind)
    : Numbers(elementType) {
  if (isFloat || isDepthwise(geometry))
    return;
  isSigned = geometry.signedQuads;
  isQuad = isSigned || (geometry.nonnegative && kind != Conv2DKind::GradInput &&
                        (kind == Conv2DKind::Forward || paysQuads(geometry)));
  if (isQuad) {
    pair = 4;
    wideBytes = 1;
  }
}

/// A 1x1 kernel without pads: grad_weight is a matrix product, and its operands
/// can be exchanged so that the product's order is the parameter's. Not worth
/// it where blocks of rows and columns would waste more.
static bool isExchangeable(const Conv2DGeometry &g, const Numbers &numbers) {
  auto getCost = [&](int64_t rows, int64_t columns) {
    return llvm::alignTo(rows, getGemmRows(numbers.pair)) *
           llvm::alignTo(columns, kPanel);
  };
  return g.kh == 1 && g.kw == 1 && g.groups == 1 && g.pt == 0 && g.pl == 0 &&
         (g.oh - 1) * g.sh < g.h && (g.ow - 1) * g.sw < g.w &&
         getCost(g.o, g.c) <= getCost(g.c, g.o);
}

bool mlir::eoq::transposesGradWeight(const Conv2DGeometry &geometry,
                                     Type elementType, Type resultType) {
  Numbers numbers(elementType, geometry, Conv2DKind::GradWeight);
  return resultType.isInteger(32) && geometry.groups == 1 &&
         !isExchangeable(geometry, numbers);
}

/// Leaves out the rows, or columns, that no tap sees.
static int64_t takeStep(int64_t taps, int64_t &stride, int64_t &dilation) {
  int64_t step = taps == 1 ? stride : std::gcd(stride, dilation);
  stride /= step;
  dilation = taps == 1 ? 1 : dilation / step;
  return step;
}

/// Room for tiles instead of what the direct product needs.
static void addTiles(GradWeightPlan &plan) {
  GradTiles &tiles = *plan.tiles;
  plan.accLine = plan.columns;
  plan.accPanel = kPanel;
  plan.accSize = plan.products * plan.columns;
  plan.work = {};
  plan.accPlace = plan.work.add(plan.inPlace ? 0 : plan.accSize * 4);
  tiles.vPlace = plan.work.add(tiles.vPlaceSize * GradTiles::kPlaces * 2);
  tiles.uPlace = plan.work.add(tiles.uPlaceSize * GradTiles::kPlaces * 2);
  tiles.aPlace = plan.work.add(tiles.slots * tiles.getSlotBytes());
  plan.aRowsPlace = plan.work.add(plan.ks * 4);
  plan.cRowsPlace = plan.work.add(plan.ks * 4);
}

GradWeightPlan mlir::eoq::planGradWeight(Conv2DGeometry g,
                                         const Numbers &numbers,
                                         Type resultType, int64_t slots) {
  GradWeightPlan plan{};
  plan.isLong = resultType.isInteger(64);
  plan.exchanged = !g.outputsLast && isExchangeable(g, numbers);
  bool isInOrder = plan.exchanged || g.outputsLast;
  plan.inPlace = isInOrder && !plan.isLong;
  plan.depthwise = isDepthwise(g);
  plan.rightH = g.oh;
  plan.rightW = g.ow;
  if (plan.exchanged) {
    plan.rightH = g.h;
    plan.rightW = g.w;
    plan.rightRowStep = g.sh;
    plan.rightColumnStep = g.sw;
    g.h = g.oh;
    g.w = g.ow;
    g.sh = g.sw = 1;
    std::swap(g.c, g.o);
  } else if (!plan.depthwise) {
    plan.rowStep = takeStep(g.kh, g.sh, g.dh);
    plan.columnStep = takeStep(g.kw, g.sw, g.dw);
  }
  plan.g = g;
  plan.taps = g.kh * g.kw;
  plan.ks = g.c / g.groups;
  plan.columns = g.o / g.groups;
  plan.products = plan.taps * plan.ks;
  plan.panels = llvm::divideCeil(plan.columns, kPanel);
  plan.block = std::min<int64_t>(kPanel, g.c);
  plan.padded = llvm::alignTo(g.c, kPanel);
  int64_t lanes = numbers.pair;
  plan.parts = planParts(g, lanes);
  plan.narrow =
      numbers.pair == 2 && !plan.depthwise && 2 * plan.columns <= kPanel;
  int64_t blockRows = plan.narrow ? getNarrowGemmRows() : getGemmRows(lanes);
  int64_t blocks =
      llvm::divideCeil(plan.products, blockRows) * g.groups * plan.panels;
  plan.jobRows =
      std::clamp<int64_t>(blocks / kLeastJobs, 1, kJobBlocks) * blockRows;
  int64_t channels =
      (plan.depthwise ? plan.padded : llvm::alignTo(g.c, plan.block)) * lanes;
  int64_t width = (g.ow - 1) * g.sw + (g.kw - 1) * g.dw + 1;
  auto getElements = [&](int64_t rows) {
    return ((rows - 1) * g.sh + (g.kh - 1) * g.dh + 1) * width * channels;
  };
  // Chunks: whole sets, or rows of one.
  int64_t all = plan.parts.sets, most = plan.parts.bandRows;
  // The packed input of a chunk, and a panel of the errors, stay in the cache.
  int64_t limit = g.cacheBytes / 4 * 3 / numbers.wideBytes;
  plan.rows = most;
  plan.sets =
      std::min({all, std::max<int64_t>(limit / getElements(most), 1),
                std::max<int64_t>(kMostPixels / (lanes * most * g.ow), 1)});
  plan.setsInside = !plan.depthwise && g.ow < 8 && all > g.ow;
  if (plan.setsInside)
    plan.sets = std::min(
        plan.sets, std::max<int64_t>(kInsidePositions / (most * g.ow), 1));
  while (plan.rows > 1 && (getElements(plan.rows) > limit ||
                           plan.rows * g.ow * lanes > kMostPixels))
    --plan.rows;
  plan.sets = llvm::divideCeil(all, llvm::divideCeil(all, plan.sets));
  plan.rows = llvm::divideCeil(most, llvm::divideCeil(most, plan.rows));
  plan.chunks =
      llvm::divideCeil(all, plan.sets) * llvm::divideCeil(most, plan.rows);
  int64_t positions = plan.sets * plan.rows * g.ow;
  int64_t bElements, bBytes;
  if (plan.depthwise) {
    plan.accSize = plan.taps * plan.padded;
    bElements = positions * plan.padded * lanes;
    bBytes = bElements * numbers.wideBytes;
  } else {
    plan.panelSize = positions * kPanel * lanes;
    // Panel by panel, which is easy to read when it is unpacked; or in the
    // result's order.
    plan.accLine = isInOrder ? plan.columns : kPanel;
    plan.accPanel = isInOrder ? kPanel : plan.products * kPanel;
    plan.accSize = isInOrder ? plan.products * plan.columns
                             : g.groups * plan.panels * plan.accPanel;
    bElements = g.groups * plan.panels * plan.panelSize;
    bBytes = bElements * numbers.operandBytes;
  }
  plan.accPlace =
      plan.work.add(plan.inPlace ? 0 : plan.accSize * numbers.sumBytes);
  plan.aPlace = plan.work.add((plan.sets * getElements(plan.rows) + 32) *
                              numbers.wideBytes);
  plan.bPlace = plan.work.add(bBytes);
  int64_t table = plan.depthwise ? 0 : g.groups * plan.products;
  plan.aRowsPlace = plan.work.add(table * 4);
  plan.cRowsPlace = plan.work.add(table * 4);
  if (g.fastPairs)
    plan.tiles = planGradTiles(plan, numbers, slots);
  if (plan.tiles)
    addTiles(plan);
  return plan;
}
