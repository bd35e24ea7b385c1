//===- MemoryPlan.cpp - static places for the buffers of a step -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <limits>
#include <map>

using namespace mlir;
using namespace mlir::eoq;

//===----------------------------------------------------------------------===//
// Placement
//===----------------------------------------------------------------------===//

static bool overlap(const PlannedBuffer &a, const PlannedBuffer &b) {
  return a.first <= b.last && b.first <= a.last;
}

/// Places `buffers` in the given order, each in the smallest gap between those
/// that live at the same time. Returns the size of the arena.
static int64_t place(std::vector<PlannedBuffer> &buffers,
                     ArrayRef<size_t> order) {
  int64_t arena = 0;
  // Kept sorted by offset.
  SmallVector<size_t> placed;
  for (size_t index : order) {
    PlannedBuffer &buffer = buffers[index];
    int64_t bestOffset = -1, bestGap = 0, end = 0;
    for (size_t other : placed) {
      const PlannedBuffer &neighbor = buffers[other];
      if (!overlap(buffer, neighbor))
        continue;
      int64_t gap = neighbor.offset - end;
      if (gap >= buffer.bytes && (bestOffset < 0 || gap < bestGap)) {
        bestOffset = end;
        bestGap = gap;
      }
      end = std::max(end, neighbor.offset + neighbor.bytes);
    }
    buffer.offset = bestOffset < 0 ? end : bestOffset;
    arena = std::max(arena, buffer.offset + buffer.bytes);
    auto position = llvm::upper_bound(placed, buffer.offset,
                                      [&](int64_t offset, size_t other) {
                                        return offset < buffers[other].offset;
                                      });
    placed.insert(position, index);
  }
  return arena;
}

/// Places the buffers of `plan` in `order`, again and again: those that reach
/// beyond the lower bound go to the front of the order. Keeps the best.
static void placeRepeatedly(ArenaPlan &plan, SmallVector<size_t> order) {
  constexpr int kAttempts = 24;
  std::vector<PlannedBuffer> candidate = plan.buffers;
  for (int i = 0; i < kAttempts && plan.bytes > plan.lowerBound; ++i) {
    int64_t bytes = place(candidate, order);
    if (bytes < plan.bytes) {
      plan.bytes = bytes;
      plan.buffers = candidate;
    }
    SmallVector<size_t> next, rest;
    for (size_t index : order) {
      int64_t end = candidate[index].offset + candidate[index].bytes;
      (end > plan.lowerBound ? next : rest).push_back(index);
    }
    next.append(rest);
    order = std::move(next);
  }
}

ArenaPlan mlir::eoq::planArena(ArrayRef<PlannedBuffer> buffers) {
  ArenaPlan plan;
  plan.buffers.assign(buffers.begin(), buffers.end());
  for (PlannedBuffer &buffer : plan.buffers)
    buffer.bytes = alignToBuffer(buffer.bytes);

  // Live bytes after each position where a life starts or ends.
  std::map<int64_t, std::pair<int64_t, int64_t>> changes;
  for (const PlannedBuffer &buffer : plan.buffers) {
    int64_t scratch = buffer.scratch ? buffer.bytes : 0;
    changes[buffer.first].first += buffer.bytes;
    changes[buffer.first].second += scratch;
    changes[buffer.last + 1].first -= buffer.bytes;
    changes[buffer.last + 1].second -= scratch;
  }
  int64_t live = 0, liveScratch = 0;
  for (const auto &[position, change] : changes) {
    live += change.first;
    liveScratch += change.second;
    if (live > plan.lowerBound) {
      plan.lowerBound = live;
      plan.peakPosition = position;
      plan.peakScratch = liveScratch;
    }
  }

  auto size = [](const PlannedBuffer &b) { return b.bytes; };
  auto life = [](const PlannedBuffer &b) { return b.last - b.first; };
  auto area = [](const PlannedBuffer &b) {
    return b.bytes * (b.last - b.first + 1);
  };
  using Key = int64_t (*)(const PlannedBuffer &);
  plan.bytes = std::numeric_limits<int64_t>::max();
  for (Key key : {Key(size), Key(life), Key(area)}) {
    auto order = llvm::to_vector(llvm::seq<size_t>(0, plan.buffers.size()));
    llvm::sort(order, [&](size_t a, size_t b) {
      int64_t keyA = key(plan.buffers[a]), keyB = key(plan.buffers[b]);
      return keyA != keyB ? keyA > keyB : a < b;
    });
    placeRepeatedly(plan, order);
  }
  return plan;
}

//===----------------------------------------------------------------------===//
// Allocations of a function
//===----------------------------------------------------------------------===//

/// Extends [first, last] by the positions of all uses of `buffer`, also through
/// views and casts of it.
static void extendLife(Value buffer, Block &block,
                       const DenseMap<Operation *, int64_t> &positions,
                       PlannedBuffer &life) {
  for (Operation *user : buffer.getUsers()) {
    if (isa<ViewLikeOpInterface>(user)) {
      extendLife(user->getResult(0), block, positions, life);
      continue;
    }
    int64_t position = positions.lookup(block.findAncestorOpInBlock(*user));
    life.first = std::min(life.first, position);
    life.last = std::max(life.last, position);
  }
}

static int64_t bytesOf(MemRefType type) {
  return llvm::divideCeil(type.getNumElements() * type.getElementTypeBitWidth(),
                          8);
}

/// The tensor operation that `op` was made for, by its location's name.
static std::string describe(Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto call = dyn_cast<func::CallOp>(op))
    os << call.getCallee();
  else
    os << op->getName();
  if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
    os << " of '" << name.getName().strref() << "'";
  return text;
}

ArenaPlan mlir::eoq::replaceAllocations(func::FuncOp function, Value arena,
                                        std::string *peakOperation) {
  Block &block = function.getBody().front();
  DenseMap<Operation *, int64_t> positions;
  SmallVector<Operation *> operations;
  SmallVector<memref::AllocOp> allocations;
  for (Operation &op : block) {
    positions[&op] = operations.size();
    operations.push_back(&op);
    auto allocation = dyn_cast<memref::AllocOp>(op);
    if (allocation && allocation.getType().hasStaticShape())
      allocations.push_back(allocation);
  }

  SmallVector<PlannedBuffer> buffers;
  for (memref::AllocOp allocation : allocations) {
    PlannedBuffer buffer;
    buffer.bytes = bytesOf(allocation.getType());
    buffer.scratch = allocation->hasAttr(kScratchAttrName);
    buffer.first = operations.size();
    buffer.last = -1;
    extendLife(allocation.getResult(), block, positions, buffer);
    if (buffer.last < 0)
      buffer.first = buffer.last = positions[allocation];
    buffers.push_back(buffer);
  }

  ArenaPlan plan = planArena(buffers);
  if (peakOperation)
    *peakOperation =
        buffers.empty() ? "" : describe(operations[plan.peakPosition]);
  DenseMap<int64_t, Value> constants;
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  for (auto [allocation, buffer] : llvm::zip_equal(allocations, plan.buffers)) {
    Value &offset = constants[buffer.offset];
    if (!offset) {
      builder.setInsertionPointToStart(&block);
      offset = builder.create<arith::ConstantIndexOp>(function.getLoc(),
                                                      buffer.offset);
    }
    builder.setInsertionPoint(allocation);
    Value view = builder.create<memref::ViewOp>(
        allocation.getLoc(), allocation.getType(), arena, offset, ValueRange());
    view.getDefiningOp()->setDiscardableAttrs(
        allocation->getDiscardableAttrDictionary());
    allocation.replaceAllUsesWith(view);
    allocation.erase();
  }
  return plan;
}
