//===- TilePlans.cpp - tiles of 3x3 windows -------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plans of Kernels/Winograd.mlir, by an estimate of their cost in cycles beside
// that of the direct product.
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
/// Columns that are transformed at once.
static constexpr int64_t kStepColumns = 32;
/// Bytes of scratch memory of a slot, beside which the second-level cache holds
/// some of the weights.
static constexpr int64_t kTileBytes = 192 * 1024;
/// Bytes of scratch memory that small networks can spare while they work on
/// large images: their arenas peak where most activations are alive.
static constexpr int64_t kLeastBytes = 288 * 1024;
/// Channels whose sums, times 64, keep to 32 bits.
static constexpr int64_t kMostChannels = INT32_MAX / (64 * 9 * 127 * 127);

/// Elements that keep places from the same lines of a cache.
static int64_t getDistance(int64_t elements) {
  return llvm::alignTo(elements, 32) + 32;
}

/// The sizes for jobs of `rows` rows of tiles.
static Tiles getTiles(const WindowPlan &plan, int64_t rows) {
  const Nest &nest = plan.nests[0];
  Tiles tiles{};
  tiles.rows = rows;
  tiles.across = llvm::divideCeil(nest.x.windows, kTile);
  tiles.allRows = plan.n * llvm::divideCeil(nest.y.windows, kTile);
  // The last vector reaches beyond the last pixel.
  tiles.aSize =
      llvm::alignTo(kSide * (kTile * tiles.across + 2) * plan.c + 16, 32);
  int64_t chunks = llvm::divideCeil(tiles.allRows, rows);
  int64_t panels = plan.groupColumns / kPanel;
  int64_t splits =
      std::min<int64_t>(panels, llvm::divideCeil(plan.slots, chunks));
  tiles.splitColumns = llvm::divideCeil(panels, splits) * kPanel;
  tiles.splits = llvm::divideCeil(plan.groupColumns, tiles.splitColumns);
  tiles.step = std::min(tiles.splitColumns, kStepColumns);
  tiles.vPlaceSize = getDistance(rows * tiles.across * plan.c);
  tiles.mPlaceSize = getDistance(rows * tiles.across * tiles.step);
  tiles.vSize = kPlaces * tiles.vPlaceSize;
  tiles.mSize = kPlaces * tiles.mPlaceSize;
  tiles.uSize = kPlaces * plan.c * plan.groupColumns;
  return tiles;
}

/// Whether that takes little memory: of the caches, and beside the result.
static bool isSmall(const WindowPlan &plan, const Tiles &tiles) {
  int64_t slot = tiles.aSize * 2 + tiles.vSize * 2 + tiles.mSize * 4;
  int64_t result = plan.n * plan.outH * plan.outW * plan.outC * 4;
  return slot <= kTileBytes &&
         plan.slots * slot <= std::max(result, kLeastBytes) &&
         tiles.uSize * 2 <= result / 2;
}

/// Cycles, roughly.
static double getCost(const WindowPlan &plan, const Tiles &tiles) {
  double cost = 0;
  auto add = [&](int64_t rows, int64_t times) {
    int64_t count = rows * tiles.across;
    double product = double(kPlaces) * plan.groupColumns / kPanel *
                     llvm::divideCeil(count, plan.block) *
                     (plan.c / 2 * 8 + 60);
    // To V, for each split, and from M.
    double transforms =
        count * (tiles.splits * plan.c * 8 + plan.groupColumns * 12);
    cost += times * (product + transforms + 0.1 * tiles.uSize);
  };
  add(tiles.rows, tiles.allRows / tiles.rows);
  add(tiles.allRows % tiles.rows, 1);
  int64_t jobs = llvm::divideCeil(tiles.allRows, tiles.rows) * tiles.splits;
  double busy = double(llvm::divideCeil(jobs, plan.slots)) * plan.slots / jobs;
  return cost * (0.8 + 0.2 * busy) + tiles.uSize;
}

std::optional<Tiles> mlir::eoq::planTiles(const WindowPlan &plan,
                                          const Numbers &numbers) {
  if (plan.nests.size() != 1 || !plan.clears.empty() || plan.depthwise ||
      plan.groups != 1 || numbers.isFloat || numbers.isQuad ||
      plan.groupColumns % kPanel != 0 || plan.c % 2 != 0 ||
      plan.c > kMostChannels)
    return std::nullopt;
  const Nest &nest = plan.nests[0];
  for (const Axis *axis : {&nest.y, &nest.x})
    if (axis->taps != 3 || axis->dilation != 1 || axis->sourceStep != 1 ||
        axis->resultStep != 1)
      return std::nullopt;
  std::optional<Tiles> best;
  for (int64_t rows = 1;; ++rows) {
    Tiles tiles = getTiles(plan, rows);
    if (rows > tiles.allRows || !isSmall(plan, tiles))
      return best;
    tiles.cost = getCost(plan, tiles);
    if (tiles.cost < (best ? best->cost : nest.cost))
      best = tiles;
  }
}
