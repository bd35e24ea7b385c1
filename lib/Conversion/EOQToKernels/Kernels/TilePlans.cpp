//===- TilePlans.cpp - tiles of 3x3 windows -------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans of Winograd.mlir and WinogradGradWeight.mlir, by an estimate of their
// cost in cycles beside that of the direct product.
//
//===----------------------------------------------------------------------===//
#include "Conv2DPlans.h"
#include "GemmKernel.h"

using namespace mlir;
using namespace mlir::eoq;

/// Windows of a tile along an axis, its pixels along one, and all of them.
static constexpr int64_t kTile = 4;
static constexpr int64_t kSide = kTile + 2;
static constexpr int64_t kPlaces = kSide * kSide;
/// Rows of V that are multiplied at once (eoq_tile_products).
static constexpr int64_t kTileRows = 4;
/// Bytes of scratch memory that small networks can spare while they work on
/// large images: their arenas peak where most activations are alive.
static constexpr int64_t kLeastBytes = 176 * 1024;
/// The same for weight gradients, whose turn comes when activations are gone.
static constexpr int64_t kLeastGradBytes = 224 * 1024;
/// Of the first-level cache, what V may take and be read again for nothing.
static constexpr int64_t kFirstLevelBytes = 20 * 1024;
/// What larger jobs have to gain to be worth their memory.
static constexpr double kLeastGain = 0.04;
/// Channels whose sums, times 64, keep to 32 bits.
static constexpr int64_t kMostChannels = INT32_MAX / (64 * 9 * 127 * 127);

/// Pairs of tiles of a chunk of a weight gradient, whose sums, times 64, keep
/// to 32 bits.
static constexpr int64_t kMostGradPairs =
    INT32_MAX / (64 * 2 * kTile * kTile * 127 * 127);
/// Columns of a weight gradient that are transformed at once.
static constexpr int64_t kGradColumns = 8;
/// Threads that share a weight gradient: each of them needs scratch memory.
static constexpr int64_t kMostGradSlots = 8;
/// The least that tiles have to save of the direct product's estimate.
static constexpr double kLeastSaved = 0.1;

/// Elements that keep places from the same lines of a cache.
static int64_t getDistance(int64_t elements) {
  return llvm::alignTo(elements, 32) + 32;
}

/// The sizes for jobs of `rows` rows of tiles.
static Tiles getTiles(const WindowPlan &plan, int64_t rows, int64_t slots,
                      bool isOneChunk) {
  const Nest &nest = plan.nests[0];
  Tiles tiles{};
  tiles.rows = rows;
  tiles.across = llvm::divideCeil(nest.x.windows, kTile);
  tiles.allRows = plan.n * llvm::divideCeil(nest.y.windows, kTile);
  tiles.slots = slots;
  tiles.isOneChunk = isOneChunk;
  tiles.aSize = kSide * (kTile * tiles.across + 2) * kPanel;
  int64_t chunks = llvm::divideCeil(tiles.allRows, rows);
  int64_t panels = plan.groupColumns / kPanel;
  int64_t splits = std::min<int64_t>(panels, llvm::divideCeil(slots, chunks));
  tiles.splitColumns = llvm::divideCeil(panels, splits) * kPanel;
  tiles.splits = llvm::divideCeil(plan.groupColumns, tiles.splitColumns);
  int64_t count = llvm::alignTo(rows * tiles.across, kTileRows);
  // Their M is as large as the panels of U that they meet.
  int64_t most =
      std::clamp<int64_t>(llvm::alignTo(plan.c / 2, kTileRows), 8, 32);
  tiles.block = isOneChunk ? count : std::min(count, most);
  tiles.vGroupSize = kPlaces * count * kPanel;
  tiles.vSize = llvm::divideCeil(plan.c, kPanel) * tiles.vGroupSize;
  tiles.mSize = kPlaces * tiles.block * kPanel;
  tiles.uPlaceSize =
      getDistance(plan.c * (isOneChunk ? kPanel : plan.groupColumns));
  tiles.uSize = (isOneChunk ? kSide : kPlaces) * tiles.uPlaceSize;
  return tiles;
}

/// Whether that takes little memory: of the caches, and beside the result.
static bool isSmall(const WindowPlan &plan, const Tiles &tiles) {
  int64_t result = plan.n * plan.outH * plan.outW * plan.outC * 4;
  int64_t slot = tiles.getSlotBytes(), all = tiles.slots * slot;
  int64_t shared = tiles.isOneChunk ? 0 : tiles.uSize * 2;
  return slot <= plan.cacheBytes / 2 && all <= std::max(result, kLeastBytes) &&
         shared <= std::max(result / 2, kLeastBytes - all);
}

/// Cycles, roughly.
static double getCost(const WindowPlan &plan, const Tiles &tiles) {
  double cost = 0, panels = double(plan.groupColumns) / kPanel;
  double weights = double(kPlaces) * plan.c * plan.groupColumns;
  auto add = [&](int64_t rows, int64_t times) {
    int64_t count = rows * tiles.across;
    double product = kPlaces * panels * llvm::divideCeil(count, kTileRows) *
                     (plan.c / 2 * 4.4 + 14);
    // To V, for each split, and from M.
    double transforms =
        count * (tiles.splits * plan.c * 8 + plan.groupColumns * 12);
    // V that the first-level cache does not hold is read for each panel.
    int64_t elements = kPlaces * count * plan.c;
    double reads = elements * 2 > kFirstLevelBytes ? elements * panels / 18 : 0;
    // Weights of one chunk are transformed beside their product; those of more
    // are read by each.
    cost += times * (product + transforms + reads +
                     (tiles.isOneChunk ? 0.12 : 0.1) * weights);
  };
  add(tiles.rows, tiles.allRows / tiles.rows);
  add(tiles.allRows % tiles.rows, 1);
  int64_t jobs = llvm::divideCeil(tiles.allRows, tiles.rows) * tiles.splits;
  double busy = double(llvm::divideCeil(jobs, plan.slots)) * plan.slots / jobs;
  return cost * (0.8 + 0.2 * busy) + (tiles.isOneChunk ? 0 : 0.2 * weights);
}

std::optional<Tiles> mlir::eoq::planTiles(const WindowPlan &plan,
                                          const Numbers &numbers) {
  if (plan.nests.size() != 1 || !plan.clears.empty() || plan.depthwise ||
      plan.groups != 1 || numbers.isFloat || numbers.isQuad ||
      plan.groupColumns % kPanel != 0 || plan.c % 2 != 0 || plan.c < kPanel ||
      plan.c > kMostChannels)
    return std::nullopt;
  const Nest &nest = plan.nests[0];
  for (const Axis *axis : {&nest.y, &nest.x})
    if (axis->taps != 3 || axis->dilation != 1 || axis->sourceStep != 1 ||
        axis->resultStep != 1)
      return std::nullopt;
  std::optional<Tiles> best;
  auto consider = [&](int64_t rows, int64_t slots, bool isOneChunk) {
    Tiles tiles = getTiles(plan, rows, slots, isOneChunk);
    if (!isSmall(plan, tiles))
      return false;
    tiles.cost = getCost(plan, tiles);
    if (tiles.cost < (best ? (1 - kLeastGain) * best->cost : nest.cost))
      best = tiles;
    return true;
  };
  int64_t allRows = plan.n * llvm::divideCeil(nest.y.windows, kTile);
  for (int64_t rows = 1; rows <= allRows; ++rows)
    if (!consider(rows, plan.slots, /*isOneChunk=*/false))
      break;
  // Where all tiles are one chunk, transformed weights are used once: room for
  // all of them would be for nothing, and few slots do with little.
  int64_t panels = plan.groupColumns / kPanel;
  for (int64_t slots = std::min(plan.slots, panels); slots > 0; slots /= 2)
    if (consider(allRows, slots, /*isOneChunk=*/true))
      break;
  return best;
}

//===----------------------------------------------------------------------===//
// Weight gradients
//===----------------------------------------------------------------------===//

/// Bytes of a chunk's transformed operands, which the cache holds.
static int64_t getGradTileBytes(const GradWeightPlan &plan) {
  return plan.g.cacheBytes / 8 * 7;
}

/// The sizes for chunks of `rows` rows of tiles.
static GradTiles getGradTiles(const GradWeightPlan &plan, const Parts &parts,
                              int64_t rows, int64_t slots) {
  const Conv2DGeometry &g = plan.g;
  GradTiles tiles{};
  tiles.parts = parts;
  tiles.rows = rows;
  tiles.across = llvm::divideCeil(g.ow, kTile);
  tiles.allRows = parts.sets * llvm::divideCeil(parts.bandRows, kTile);
  tiles.chunks = llvm::divideCeil(tiles.allRows, rows);
  int64_t pairs = rows * tiles.across;
  tiles.sumChunks = kMostPixels / (pairs * 2 * kTile * kTile);
  tiles.slots = slots;
  // One block, whose 36 places stay in the first-level cache.
  tiles.jobRows = kTileRows;
  tiles.aSize = kSide * (kTile * tiles.across + 2) * 2 * kPanel;
  tiles.mPlaceSize = getDistance(tiles.jobRows * kPanel);
  tiles.mSize = kPlaces * tiles.mPlaceSize;
  tiles.vPlaceSize = getDistance(pairs * 2 * llvm::alignTo(plan.ks, kPanel));
  tiles.uPlaceSize = getDistance(pairs * 2 * plan.panels * kPanel);
  return tiles;
}

/// Cycles of the direct product, roughly.
static double getDirectCost(const GradWeightPlan &plan,
                            const Numbers &numbers) {
  int64_t blockRows =
      plan.narrow ? getNarrowGemmRows() : getGemmRows(numbers.pair);
  int64_t steps = plan.parts.getRows() * plan.g.ow;
  double blocks =
      double(llvm::divideCeil(plan.products, blockRows)) * plan.panels;
  double packed = double(steps) * numbers.pair * (plan.padded + plan.columns);
  return blocks * (steps * (numbers.isQuad ? 10.6 : 8) +
                   60 * llvm::divideCeil(steps, 192)) +
         0.3 * packed;
}

/// Cycles, roughly.
static double getGradCost(const GradWeightPlan &plan, const GradTiles &tiles) {
  double blocks =
      double(kPlaces) * plan.panels * llvm::divideCeil(plan.ks, kTileRows);
  // To V and to U, and from M.
  double transforms =
      450.0 * llvm::divideCeil(plan.ks, kPanel) + 350.0 * plan.panels;
  // Sums that the second-level cache does not hold cost more to add to.
  double results =
      (plan.products * plan.columns * 4 > getGradTileBytes(plan) ? 14 : 10) *
      double(plan.ks * plan.columns);
  int64_t pairs = tiles.allRows * tiles.across;
  return pairs * (blocks * 4.8 + transforms) +
         tiles.chunks * (blocks * 16 + results);
}

/// Whole images in pairs, or two bands of rows of tiles of each.
static Parts planGradParts(const Conv2DGeometry &g) {
  Parts best{};
  for (int64_t bands : {1, 2}) {
    Parts parts{};
    parts.bands = bands;
    parts.bandRows =
        bands == 1 ? g.oh : llvm::alignTo(llvm::divideCeil(g.oh, bands), kTile);
    parts.count = g.n * bands;
    parts.sets = llvm::divideCeil(parts.count, 2);
    auto getRows = [](const Parts &parts) {
      return parts.sets * llvm::divideCeil(parts.bandRows, kTile);
    };
    if (bands == 1 || getRows(parts) < getRows(best))
      best = parts;
  }
  return best;
}

std::optional<GradTiles> mlir::eoq::planGradTiles(const GradWeightPlan &plan,
                                                  const Numbers &numbers,
                                                  int64_t slots) {
  const Conv2DGeometry &g = plan.g;
  if (numbers.isFloat || plan.depthwise || plan.exchanged || g.groups != 1 ||
      g.kh != 3 || g.kw != 3 || g.sh != 1 || g.sw != 1 || g.dh != 1 ||
      g.dw != 1 || plan.rowStep != 1 || plan.columnStep != 1 ||
      g.o % kGradColumns != 0)
    return std::nullopt;
  Parts parts = planGradParts(g);
  int64_t useful = getUsefulSlots(g, std::min(slots, kMostGradSlots));
  double direct = getDirectCost(plan, numbers);
  // No more than the direct product takes; or what small networks can spare for
  // the result and this.
  int64_t most = std::max(plan.work.size - plan.aPlace,
                          kLeastGradBytes - plan.products * plan.columns * 4);
  std::optional<GradTiles> best;
  for (int64_t rows = 1;; ++rows) {
    GradTiles tiles = getGradTiles(plan, parts, rows, useful);
    int64_t operands = kPlaces * (tiles.vPlaceSize + tiles.uPlaceSize) * 2;
    if (rows > tiles.allRows || rows * tiles.across > kMostGradPairs ||
        operands > getGradTileBytes(plan) || tiles.getBytes() > most)
      return best;
    tiles.cost = getGradCost(plan, tiles);
    if (tiles.cost < (best ? best->cost : (1 - kLeastSaved) * direct))
      best = tiles;
  }
}
