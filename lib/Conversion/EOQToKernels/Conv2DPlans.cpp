//===- Conv2DPlans.cpp - sizes of the parts of a convolution --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Conv2DPlans.h"
#include <numeric>

using namespace mlir;
using namespace mlir::eoq;

/// Bytes of padded input that a job of a forward nest works on: what stays in
/// the second-level cache beside B.
static constexpr int64_t kChunkBytes = 96 * 1024;
/// The least number of pixels of a chunk, so that reading B pays off.
static constexpr int64_t kLeastPixels = 48;
/// Bytes of packed input that a chunk of a weight gradient has.
static constexpr int64_t kGradWeightBytes = 384 * 1024;
/// Products that one 32-bit sum takes (N6), in images times pixels.
static constexpr int64_t kMostPixels = 65536;
/// Pixels of a chunk that is not divided further.
static constexpr int64_t kInsidePixels = 256;

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
// Forward and grad_input
//===----------------------------------------------------------------------===//

static Axis getForwardAxis(int64_t windows, int64_t taps, int64_t stride,
                           int64_t dilation, int64_t pad) {
  return {windows, stride, 1, -pad, 0, taps, dilation, 0, 1};
}

/// Pixels phase, phase + stride, ... of the input, and the taps that reach
/// them.
static Axis getGradInputAxis(int64_t size, int64_t taps, int64_t stride,
                             int64_t dilation, int64_t pad, int64_t phase) {
  Axis axis{};
  axis.windows = size > phase ? llvm::divideCeil(size - phase, stride) : 0;
  axis.sourceStep = 1;
  axis.resultStep = stride;
  axis.resultFirst = phase;
  int64_t common = std::gcd(stride, dilation);
  axis.dilation = dilation / common;
  axis.kernelStep = -(stride / common);
  for (int64_t k = taps - 1; k >= 0; --k) {
    // The output pixel that reaches input pixel `phase` through tap k.
    int64_t distance = phase + pad - k * dilation;
    if (distance % stride != 0)
      continue;
    if (axis.taps++ == 0) {
      axis.kernelFirst = k;
      axis.sourceFirst = distance / stride;
    }
  }
  return axis;
}

static void planNest(const WindowPlan &plan, const Numbers &numbers,
                     Nest &nest) {
  Axis &y = nest.y, &x = nest.x;
  nest.padded = plan.depthwise ? llvm::alignTo(plan.c, kPanel) : plan.c;
  nest.width = (x.windows - 1) * x.sourceStep + (x.taps - 1) * x.dilation + 1;
  int64_t line = nest.width * nest.padded;
  int64_t reach = (y.taps - 1) * y.dilation;

  // How a row of taps is walked: in one run where its taps are neighbours.
  if (x.dilation == 1 && plan.groups == 1) {
    nest.count1 = 1;
    nest.stride1 = 0;
    nest.count0 = llvm::divideCeil(x.taps * plan.c, numbers.pair);
    nest.tapW = plan.c;
    nest.tapH = nest.count0 * numbers.pair;
  } else {
    nest.count1 = x.taps;
    nest.stride1 = x.dilation * nest.padded;
    nest.count0 = llvm::divideCeil(plan.groupKs, numbers.pair);
    nest.tapW = nest.count0 * numbers.pair;
    nest.tapH = x.taps * nest.tapW;
  }
  nest.panelSize = y.taps * nest.tapH * kPanel;
  int64_t panels = llvm::divideCeil(plan.groupColumns, kPanel);
  nest.bSize = plan.depthwise ? y.taps * x.taps * nest.padded
                              : plan.groups * panels * nest.panelSize;

  // Chunks: whole images, or rows of one.
  auto getBytes = [&](int64_t rows) {
    return ((rows - 1) * y.sourceStep + reach + 1) * line * numbers.wideBytes;
  };
  int64_t pixels = y.windows * x.windows;
  int64_t most = kChunkBytes / getBytes(y.windows);
  if (most >= 1) {
    nest.rows = y.windows;
    int64_t least = llvm::divideCeil(kLeastPixels, pixels);
    int64_t even =
        std::max<int64_t>(llvm::divideCeil(plan.n, plan.slots), least);
    nest.images = std::min<int64_t>({even, most, plan.n});
  } else {
    nest.images = 1;
    int64_t rows = y.windows;
    while (rows > 1 && getBytes(rows) > kChunkBytes &&
           (rows - 1) * x.windows >= kLeastPixels)
      --rows;
    nest.rows = rows;
  }
  if (plan.n == 1 && plan.slots > 1) {
    int64_t least = llvm::divideCeil(kLeastPixels, x.windows);
    int64_t even = llvm::divideCeil(y.windows, plan.slots);
    nest.rows = std::min(nest.rows, std::max<int64_t>(least, even));
  }
  // Chunks of about the same size.
  nest.images = llvm::divideCeil(plan.n, llvm::divideCeil(plan.n, nest.images));
  nest.rows =
      llvm::divideCeil(y.windows, llvm::divideCeil(y.windows, nest.rows));
  int64_t chunks = llvm::divideCeil(plan.n, nest.images) *
                   llvm::divideCeil(y.windows, nest.rows);
  nest.splits = 1;
  if (chunks < plan.slots && !plan.depthwise)
    nest.splits =
        std::min<int64_t>(panels, llvm::divideCeil(plan.slots, chunks));
  nest.splitColumns = llvm::divideCeil(panels, nest.splits) * kPanel;
  nest.splits = llvm::divideCeil(panels * kPanel, nest.splitColumns);

  nest.tableSize = nest.images * nest.rows * x.windows;
  // The last step may reach beyond the last row.
  nest.aSize = llvm::alignTo(
      nest.images * getBytes(nest.rows) / numbers.wideBytes + numbers.pair - 1,
      32);
}

WindowPlan mlir::eoq::planWindows(const Conv2DGeometry &g, Conv2DKind kind,
                                  const Numbers &numbers, int64_t slots) {
  WindowPlan plan{};
  plan.n = g.n;
  plan.groups = g.groups;
  plan.slots = std::max<int64_t>(slots, 1);
  plan.depthwise = isDepthwise(g);
  int64_t taps = g.kh * g.kw;
  int64_t cs = g.c / g.groups, os = g.o / g.groups;
  plan.weightGroup = os * cs * taps;
  if (kind == Conv2DKind::Forward) {
    plan.h = g.h;
    plan.w = g.w;
    plan.c = g.c;
    plan.outH = g.oh;
    plan.outW = g.ow;
    plan.outC = g.o;
    plan.groupColumns = os;
    plan.groupKs = cs;
    plan.weightColumn = cs * taps;
    plan.weightK = taps;
    Nest nest{};
    nest.y = getForwardAxis(g.oh, g.kh, g.sh, g.dh, g.pt);
    nest.x = getForwardAxis(g.ow, g.kw, g.sw, g.dw, g.pl);
    plan.nests.push_back(nest);
  } else {
    plan.h = g.oh;
    plan.w = g.ow;
    plan.c = g.o;
    plan.outH = g.h;
    plan.outW = g.w;
    plan.outC = g.c;
    plan.groupColumns = cs;
    plan.groupKs = os;
    plan.weightColumn = taps;
    plan.weightK = cs * taps;
    for (int64_t py = 0; py < g.sh; ++py)
      for (int64_t px = 0; px < g.sw; ++px) {
        Nest nest{};
        nest.y = getGradInputAxis(g.h, g.kh, g.sh, g.dh, g.pt, py);
        nest.x = getGradInputAxis(g.w, g.kw, g.sw, g.dw, g.pl, px);
        if (nest.y.windows == 0 || nest.x.windows == 0)
          continue;
        if (nest.y.taps == 0 || nest.x.taps == 0)
          plan.clear = true;
        else
          plan.nests.push_back(nest);
      }
  }
  for (Nest &nest : plan.nests) {
    planNest(plan, numbers, nest);
    nest.bAt = plan.bSize;
    plan.bSize += llvm::alignTo(nest.bSize, 32);
    plan.aSize = std::max(plan.aSize, nest.aSize);
    plan.tableSize = std::max(plan.tableSize, nest.tableSize);
  }
  plan.bPlace = plan.scratch.add(plan.bSize * numbers.operandBytes);
  plan.aPlace = plan.scratch.add(plan.slots * plan.aSize * numbers.wideBytes);
  plan.aRowsPlace = plan.scratch.add(plan.slots * plan.tableSize * 4);
  plan.cRowsPlace = plan.scratch.add(plan.slots * plan.tableSize * 4);
  return plan;
}

//===----------------------------------------------------------------------===//
// GradWeight
//===----------------------------------------------------------------------===//

/// A 1x1 kernel that sees every pixel once: grad_weight is a matrix product,
/// and its operands can be exchanged so that the product's order is the
/// parameter's. Not worth it where the block of 6 rows and 16 columns would
/// waste more.
static bool isExchangeable(const Conv2DGeometry &g) {
  auto getCost = [](int64_t rows, int64_t columns) {
    return llvm::alignTo(rows, 6) * llvm::alignTo(columns, kPanel);
  };
  return g.kh == 1 && g.kw == 1 && g.sh == 1 && g.sw == 1 && g.groups == 1 &&
         g.pt == 0 && g.pl == 0 && g.oh == g.h && g.ow == g.w &&
         getCost(g.o, g.c) <= getCost(g.c, g.o);
}

GradWeightPlan mlir::eoq::planGradWeight(Conv2DGeometry g,
                                         const Numbers &numbers,
                                         Type resultType) {
  GradWeightPlan plan{};
  plan.isLong = resultType.isInteger(64);
  plan.exchanged = isExchangeable(g);
  plan.inPlace = plan.exchanged && !plan.isLong;
  if (plan.exchanged)
    std::swap(g.c, g.o);
  plan.g = g;
  plan.depthwise = isDepthwise(g);
  plan.taps = g.kh * g.kw;
  plan.ks = g.c / g.groups;
  plan.columns = g.o / g.groups;
  plan.products = plan.taps * plan.ks;
  plan.panels = llvm::divideCeil(plan.columns, kPanel);
  plan.block = std::min<int64_t>(kPanel, g.c);
  plan.padded = llvm::alignTo(g.c, kPanel);
  // Images that one position of the packed input holds.
  int64_t pair = numbers.pair;
  int64_t channels =
      (plan.depthwise ? plan.padded : llvm::alignTo(g.c, plan.block)) * pair;
  int64_t width = (g.ow - 1) * g.sw + (g.kw - 1) * g.dw + 1;
  auto getElements = [&](int64_t rows) {
    return ((rows - 1) * g.sh + (g.kh - 1) * g.dh + 1) * width * channels;
  };
  int64_t limit = kGradWeightBytes / numbers.wideBytes;
  int64_t all = llvm::divideCeil(g.n, pair);
  plan.rows = g.oh;
  plan.pairs =
      std::min({all, std::max<int64_t>(limit / getElements(g.oh), 1),
                std::max<int64_t>(kMostPixels / (pair * g.oh * g.ow), 1)});
  plan.pairsInside = !plan.depthwise && g.ow < 8 && all > g.ow;
  if (plan.pairsInside)
    plan.pairs = std::min(plan.pairs,
                          std::max<int64_t>(kInsidePixels / (g.oh * g.ow), 1));
  while (plan.rows > 1 && (getElements(plan.rows) > limit ||
                           plan.rows * g.ow * pair > kMostPixels))
    --plan.rows;
  plan.pairs = llvm::divideCeil(all, llvm::divideCeil(all, plan.pairs));
  plan.rows = llvm::divideCeil(g.oh, llvm::divideCeil(g.oh, plan.rows));
  plan.chunks =
      llvm::divideCeil(all, plan.pairs) * llvm::divideCeil(g.oh, plan.rows);
  int64_t positions = plan.pairs * plan.rows * g.ow;
  int64_t bElements, bBytes;
  if (plan.depthwise) {
    plan.accSize = plan.taps * plan.padded;
    bElements = positions * plan.padded * pair;
    bBytes = bElements * numbers.wideBytes;
  } else {
    plan.panelSize = positions * kPanel * pair;
    // Panel by panel, which is easy to read when it is unpacked; or in the
    // result's order.
    plan.accLine = plan.exchanged ? plan.columns : kPanel;
    plan.accPanel = plan.exchanged ? kPanel : plan.products * kPanel;
    plan.accSize = plan.exchanged ? plan.products * plan.columns
                                  : g.groups * plan.panels * plan.accPanel;
    bElements = g.groups * plan.panels * plan.panelSize;
    bBytes = bElements * numbers.operandBytes;
  }
  plan.accPlace =
      plan.scratch.add(plan.inPlace ? 0 : plan.accSize * numbers.sumBytes);
  plan.aPlace = plan.scratch.add((plan.pairs * getElements(plan.rows) + 32) *
                                 numbers.wideBytes);
  plan.bPlace = plan.scratch.add(bBytes);
  int64_t table = plan.depthwise ? 0 : g.groups * plan.products;
  plan.aRowsPlace = plan.scratch.add(table * 4);
  plan.cRowsPlace = plan.scratch.add(table * 4);
  return plan;
}
