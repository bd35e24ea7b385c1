//===- WindowPlans.cpp - chunks of windows that slide over images ---------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans of forward and grad_input products. Chunks are chosen by an estimate of
// what they cost: the steps of the product (blocks of rows leave out taps that
// none of their rows has inside of the image), packing, and threads with
// nothing to do.
//
//===----------------------------------------------------------------------===//
#include "Conv2DPlans.h"
#include "GemmKernel.h"
#include <numeric>

using namespace mlir;
using namespace mlir::eoq;

/// Products that a slot has at least; less is not worth a thread.
static constexpr int64_t kLeastProducts = 512 * 1024;

static Axis getForwardAxis(int64_t windows, int64_t taps, int64_t stride,
                           int64_t dilation, int64_t pad) {
  Axis axis{};
  axis.windows = windows;
  axis.sourceStep = stride;
  axis.resultStep = 1;
  axis.sourceFirst = -pad;
  axis.taps = taps;
  axis.dilation = dilation;
  axis.kernelStep = 1;
  return axis;
}

/// Pixels phase, phase + stride, ... of the input, and the taps that reach
/// them.
static Axis getGradInputAxis(int64_t size, int64_t taps, int64_t stride,
                             int64_t dilation, int64_t pad, int64_t phase) {
  Axis axis{};
  axis.windows = llvm::divideCeil(size - phase, stride);
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

/// Finds the windows that see no padding in a source of `size` pixels.
static void findInside(Axis &axis, int64_t size) {
  auto clamp = [&](int64_t window) {
    return std::clamp<int64_t>(window, 0, axis.windows);
  };
  int64_t last = size - 1 - (axis.taps - 1) * axis.dilation;
  axis.inside =
      clamp(llvm::divideCeilSigned(-axis.sourceFirst, axis.sourceStep));
  axis.outside = clamp(
      llvm::divideFloorSigned(last - axis.sourceFirst, axis.sourceStep) + 1);
}

/// Elements of `rows` rows of windows of one image, padded.
static int64_t getElements(const Nest &nest, int64_t rows) {
  int64_t reach = (nest.y.taps - 1) * nest.y.dilation;
  return ((rows - 1) * nest.y.sourceStep + reach + 1) * nest.width *
         nest.padded;
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

namespace {

/// Taps [first, end).
struct Taps {
  int64_t first, end;
};

/// Neighbouring windows [begin, end) that see the same taps.
struct Segment {
  int64_t begin, end;
  Taps taps;
};

/// Steps of the product and blocks of rows of some windows.
struct Steps {
  int64_t steps = 0, blocks = 0;
};

} // namespace

/// As in eoq_window_tables.
static SmallVector<Segment> getSegments(const Axis &axis, int64_t size,
                                        int64_t begin, int64_t end) {
  SmallVector<Segment> segments;
  while (begin < end) {
    int64_t next = begin + 1;
    if (begin >= axis.inside && begin < axis.outside)
      next = std::min(axis.outside, end);
    int64_t at = axis.sourceFirst + begin * axis.sourceStep;
    auto count = [&](int64_t pixels) {
      return std::min<int64_t>(
          llvm::divideCeil(std::max<int64_t>(pixels, 0), axis.dilation),
          axis.taps);
    };
    int64_t first = count(-at);
    segments.push_back(
        {begin, next, {first, std::max(first, count(size - at))}});
    begin = next;
  }
  return segments;
}

/// What rows [begin, end) of windows of `images` images take.
static Steps countSteps(const WindowPlan &plan, const Numbers &numbers,
                        const Nest &nest, int64_t images, int64_t begin,
                        int64_t end) {
  Steps result;
  Taps y{}, x{};
  // Rows of the last block so far.
  int64_t filled = 0;
  auto finish = [&](int64_t blocks) {
    int64_t row = (x.end - x.first) * nest.count0;
    if (nest.stride1 == 0)
      row = llvm::divideCeil(x.end * plan.c, numbers.pair) -
            x.first * plan.c / numbers.pair;
    result.steps += blocks * (y.end - y.first) * row;
    result.blocks += blocks;
  };
  for (const Segment &ys : getSegments(nest.y, plan.h, begin, end))
    for (const Segment &xs : getSegments(nest.x, plan.w, 0, nest.x.windows)) {
      int64_t left = images * (ys.end - ys.begin) * (xs.end - xs.begin);
      if (filled > 0) {
        y = {std::min(y.first, ys.taps.first), std::max(y.end, ys.taps.end)};
        x = {std::min(x.first, xs.taps.first), std::max(x.end, xs.taps.end)};
        int64_t taken = std::min(left, plan.block - filled);
        filled += taken;
        left -= taken;
        if (filled == plan.block) {
          finish(1);
          filled = 0;
        }
      }
      if (left > 0) {
        y = ys.taps;
        x = xs.taps;
        finish(left / plan.block);
        filled = left % plan.block;
      }
    }
  if (filled > 0)
    finish(1);
  return result;
}

namespace {

/// A division of a nest into jobs.
struct Chunks {
  int64_t images, rows, splits;
  double cost;
};

} // namespace

/// The cost is in cycles, roughly.
static Chunks getChunks(const WindowPlan &plan, const Numbers &numbers,
                        const Nest &nest, int64_t images, int64_t rows) {
  int64_t panels = llvm::divideCeil(plan.groupColumns, kPanel);
  int64_t chunks =
      llvm::divideCeil(plan.n, images) * llvm::divideCeil(nest.y.windows, rows);
  Chunks result{images, rows, 1, 0};
  if (chunks < plan.slots && !plan.depthwise) {
    int64_t splits =
        std::min<int64_t>(panels, llvm::divideCeil(plan.slots, chunks));
    result.splits = llvm::divideCeil(panels, llvm::divideCeil(panels, splits));
  }
  double steps = 0, blocks = 0, packed = 0;
  for (int64_t row = 0; row < nest.y.windows; row += rows) {
    int64_t end = std::min(row + rows, nest.y.windows);
    auto add = [&](int64_t count, int64_t times) {
      Steps part = countSteps(plan, numbers, nest, count, row, end);
      steps += double(part.steps) * times;
      blocks += double(part.blocks) * times;
      packed += double(count) * getElements(nest, end - row) * times;
    };
    add(images, plan.n / images);
    if (plan.n % images != 0)
      add(plan.n % images, 1);
  }
  int64_t columns = plan.groups * panels;
  double work = columns * ((numbers.isQuad ? 10.6 : 8) * steps + 60 * blocks);
  // Every job of a chunk packs it for itself, and reads its part of B.
  work += 0.15 * packed * result.splits + 0.05 * chunks * nest.bSize;
  int64_t jobs = chunks * result.splits;
  double busy = double(llvm::divideCeil(jobs, plan.slots)) * plan.slots / jobs;
  result.cost = work * (0.8 + 0.2 * busy);
  return result;
}

/// Chunks are whole images, or rows of one.
static void planChunks(const WindowPlan &plan, const Numbers &numbers,
                       Nest &nest) {
  int64_t limit = plan.getChunkBytes() / numbers.wideBytes;
  std::optional<Chunks> best;
  auto consider = [&](int64_t images, int64_t rows) {
    Chunks chunks = getChunks(plan, numbers, nest, images, rows);
    if (!best || chunks.cost < best->cost)
      best = chunks;
  };
  int64_t image = getElements(nest, nest.y.windows), last = 0;
  // Chunks of about the same size: the batch, or an image, in `parts` parts.
  for (int64_t parts = 1; parts <= plan.n; ++parts) {
    int64_t images = llvm::divideCeil(plan.n, parts);
    if (images == last || images * image > limit)
      continue;
    consider(images, nest.y.windows);
    last = images;
  }
  for (int64_t parts = 1; parts <= nest.y.windows; ++parts) {
    int64_t rows = llvm::divideCeil(nest.y.windows, parts);
    if (rows == last)
      continue;
    last = rows;
    bool fits = getElements(nest, rows) <= limit;
    if (fits || rows == 1)
      consider(1, rows);
    // Smaller chunks are for more jobs only.
    if (fits && plan.n * parts >= plan.slots)
      break;
  }
  nest.cost = best->cost;
  nest.images = best->images;
  nest.rows = best->rows;
  nest.splits = best->splits;
  int64_t panels = llvm::divideCeil(plan.groupColumns, kPanel);
  nest.splitColumns = llvm::divideCeil(panels, nest.splits) * kPanel;
}

//===----------------------------------------------------------------------===//
// Nests
//===----------------------------------------------------------------------===//

static void planNest(const WindowPlan &plan, const Numbers &numbers,
                     Nest &nest) {
  Axis &y = nest.y, &x = nest.x;
  nest.padded = plan.depthwise ? llvm::alignTo(plan.c, kPanel) : plan.c;
  nest.width = (x.windows - 1) * x.sourceStep + (x.taps - 1) * x.dilation + 1;

  // How a row of taps is walked: in one run where its taps are neighbours.
  if (x.dilation == 1 && plan.groups == 1) {
    nest.stride1 = 0;
    nest.count0 = llvm::divideCeil(x.taps * plan.c, numbers.pair);
    nest.tapW = plan.c;
    nest.tapH = nest.count0 * numbers.pair;
  } else {
    nest.stride1 = x.dilation * nest.padded;
    nest.count0 = llvm::divideCeil(plan.groupKs, numbers.pair);
    nest.tapW = nest.count0 * numbers.pair;
    nest.tapH = x.taps * nest.tapW;
  }
  nest.panelSize = y.taps * nest.tapH * kPanel;
  int64_t panels = llvm::divideCeil(plan.groupColumns, kPanel);
  nest.bSize = plan.depthwise ? y.taps * x.taps * nest.padded
                              : plan.groups * panels * nest.panelSize;

  planChunks(plan, numbers, nest);
  nest.tableSize = nest.images * nest.rows * x.windows;
  // The last step may reach beyond the last row.
  nest.aSize = llvm::alignTo(
      nest.images * getElements(nest, nest.rows) + numbers.pair - 1, 32);
}

//===----------------------------------------------------------------------===//
// Few columns
//===----------------------------------------------------------------------===//

/// Pairs of channels, or of taps if the number of channels is odd.
static FewColumns getFewColumns(const WindowPlan &plan, const Nest &nest) {
  FewColumns few{};
  bool pairsTaps = plan.c % 2 != 0;
  few.planes = pairsTaps ? plan.c : plan.c / 2;
  few.rowSteps =
      few.planes * (pairsTaps ? llvm::divideCeil(nest.x.taps, 2) : nest.x.taps);
  few.line =
      2 * ((nest.x.windows - 1) + (nest.x.taps - 1) * nest.x.dilation + 1);
  return few;
}

/// Whether a block of 16 pixels and 6 columns is better than a panel of 16
/// columns: compares the cycles of a row of windows, roughly.
static bool paysFewColumns(const WindowPlan &plan, const Numbers &numbers,
                           const Nest &nest) {
  if (numbers.isFloat || plan.groups != 1 || plan.groupColumns > kFewColumns ||
      nest.x.sourceStep != 1)
    return false;
  auto getCost = [&](int64_t blocks, int64_t rowSteps, double step,
                     double rest) {
    return blocks * (nest.y.taps * rowSteps * step + rest);
  };
  double few = getCost(llvm::divideCeil(nest.x.windows, kFewPixels),
                       getFewColumns(plan, nest).rowSteps, 8, 150);
  double panel = getCost(llvm::divideCeil(nest.x.windows, plan.block),
                         llvm::divideCeil(nest.x.taps * plan.c, numbers.pair),
                         numbers.isQuad ? 12 : 8, 200);
  return few < panel;
}

static void planFewColumns(WindowPlan &plan) {
  int64_t offsets = 0;
  for (Nest &nest : plan.nests) {
    const Axis &y = nest.y;
    FewColumns &few = nest.few = getFewColumns(plan, nest);
    nest.width = few.line / 2;
    auto getPlane = [&](int64_t rows) {
      return ((rows - 1) * y.sourceStep + (y.taps - 1) * y.dilation + 1) *
             few.line;
    };
    // A job for each slot, if the batch is small.
    nest.rows =
        llvm::divideCeil(y.windows, llvm::divideCeil(plan.slots, plan.n));
    while (nest.rows > 1 &&
           few.planes * getPlane(nest.rows) * 2 > plan.getChunkBytes())
      nest.rows = llvm::divideCeil(nest.rows, 2);
    few.plane = getPlane(nest.rows);
    // The last vectors reach beyond the last row.
    plan.aSize = std::max<int64_t>(
        plan.aSize, llvm::alignTo(few.planes * few.plane + 4 * kFewPixels, 32));
    nest.bAt = plan.bSize;
    few.offsetsAt = offsets;
    offsets += y.taps * few.rowSteps;
    plan.bSize = offsets * kFewColumns * 2;
  }
  plan.tableSize = offsets;
  plan.bPlace = plan.weights.add(plan.bSize * 2);
  plan.aPlace = plan.work.add(plan.slots * plan.aSize * 2);
  plan.aRowsPlace = plan.weights.add(plan.tableSize * 4);
}

/// A nest for every phase of the strides that taps reach; the others are zeros.
static void addPhases(const Conv2DGeometry &g, WindowPlan &plan) {
  plan.clearRowStep = g.sh * g.w * g.c;
  plan.clearColumnStep = g.sw * g.c;
  for (int64_t py = 0; py < std::min(g.sh, g.h); ++py) {
    Nest nest{};
    nest.y = getGradInputAxis(g.h, g.kh, g.sh, g.dh, g.pt, py);
    if (nest.y.taps == 0) {
      plan.clears.push_back({py * g.w * g.c, nest.y.windows, 1, g.w * g.c});
      continue;
    }
    for (int64_t px = 0; px < std::min(g.sw, g.w); ++px) {
      nest.x = getGradInputAxis(g.w, g.kw, g.sw, g.dw, g.pl, px);
      if (nest.x.taps == 0)
        plan.clears.push_back(
            {(py * g.w + px) * g.c, nest.y.windows, nest.x.windows, g.c});
      else
        plan.nests.push_back(nest);
    }
  }
}

std::optional<ReachedPixels>
mlir::eoq::getReachedPixels(const Conv2DGeometry &g) {
  WindowPlan plan{};
  addPhases(g, plan);
  if (plan.nests.size() != 1 || plan.clears.empty())
    return std::nullopt;
  const Axis &y = plan.nests[0].y, &x = plan.nests[0].x;
  return ReachedPixels{y.windows,     x.windows,    y.resultFirst,
                       x.resultFirst, y.resultStep, x.resultStep};
}

/// Makes the windows of the only nest neighbours in the result.
static void keepReached(WindowPlan &plan) {
  Axis &y = plan.nests[0].y, &x = plan.nests[0].x;
  plan.outH = y.windows;
  plan.outW = x.windows;
  y.resultStep = x.resultStep = 1;
  y.resultFirst = x.resultFirst = 0;
  plan.clears.clear();
}

/// Room for tiles instead of windows.
static void addTiles(WindowPlan &plan) {
  Tiles &tiles = *plan.tiles;
  plan.slots = tiles.slots;
  plan.aSize = plan.tableSize = 0;
  tiles.uPlace = tiles.isOneChunk ? plan.work.add(tiles.slots * tiles.uSize * 2)
                                  : plan.weights.add(tiles.uSize * 2);
  tiles.vPlace = plan.work.add(tiles.slots * tiles.vSize * 2);
  tiles.aPlace = plan.work.add(tiles.slots * tiles.getSumBytes());
}

int64_t mlir::eoq::getUsefulSlots(const Conv2DGeometry &g, int64_t slots) {
  int64_t products = g.n * g.oh * g.ow * g.o * (g.c / g.groups) * g.kh * g.kw;
  return std::clamp<int64_t>(
      llvm::bit_floor(uint64_t(products / kLeastProducts)), 1,
      std::max<int64_t>(slots, 1));
}

WindowPlan mlir::eoq::planWindows(const Conv2DGeometry &g, Conv2DKind kind,
                                  const Numbers &numbers, int64_t slots) {
  WindowPlan plan{};
  plan.n = g.n;
  plan.groups = g.groups;
  plan.cacheBytes = g.cacheBytes;
  plan.slots = getUsefulSlots(g, slots);
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
    addPhases(g, plan);
    if (g.reachedOnly)
      keepReached(plan);
  }
  plan.block = getGemmRows(numbers.pair);
  plan.few = llvm::all_of(plan.nests, [&](const Nest &nest) {
    return paysFewColumns(plan, numbers, nest);
  });
  if (plan.few) {
    planFewColumns(plan);
    return plan;
  }
  for (Nest &nest : plan.nests) {
    findInside(nest.y, plan.h);
    findInside(nest.x, plan.w);
    planNest(plan, numbers, nest);
    nest.bAt = plan.bSize;
    plan.bSize += llvm::alignTo(nest.bSize, 32);
    plan.aSize = std::max(plan.aSize, nest.aSize);
    plan.tableSize = std::max(plan.tableSize, nest.tableSize);
  }
  if (g.fastPairs)
    plan.tiles = planTiles(plan, numbers);
  plan.bPlace = plan.weights.add(plan.bSize * numbers.operandBytes);
  if (plan.tiles)
    addTiles(plan);
  plan.aPlace = plan.work.add(plan.slots * plan.aSize * numbers.wideBytes);
  plan.aRowsPlace = plan.work.add(plan.slots * plan.tableSize * 4);
  plan.cRowsPlace = plan.work.add(plan.slots * plan.tableSize * 4);
  plan.rangesSize =
      llvm::divideCeil(plan.tableSize, plan.block) * kGemmRangeSize;
  plan.rangesPlace = plan.work.add(plan.slots * plan.rangesSize * 4);
  plan.maximaPlace = plan.work.add(plan.slots * kMagnitudeLanes * 4);
  return plan;
}
