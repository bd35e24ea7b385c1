//===- MemoryPlan.cpp - static places for the buffers of a step -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "FunctionBuffers.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
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

namespace {

/// Bytes [low, high) of a buffer that are alive from `first` to `last`.
struct LivingPart {
  int64_t first, last, low, high;

  bool meets(const LivingPart &other) const {
    return first <= other.last && other.first <= last;
  }
};

} // namespace

static SmallVector<LivingPart, 2> getParts(const PlannedBuffer &buffer) {
  SmallVector<LivingPart, 2> parts = {
      {buffer.first, buffer.last, 0, buffer.bytes}};
  if (buffer.keepsPart())
    parts.push_back({buffer.last + 1, buffer.keptUntil, buffer.keptOffset,
                     buffer.keptOffset + buffer.keptBytes});
  return parts;
}

/// Places `buffers` in the given order, each in the smallest gap between those
/// that live at the same time. Returns the size of the arena.
static int64_t place(std::vector<PlannedBuffer> &buffers,
                     ArrayRef<size_t> order) {
  int64_t arena = 0;
  SmallVector<size_t> placed;
  // Between the two numbers of a pair a buffer cannot start.
  SmallVector<std::pair<int64_t, int64_t>> taken;
  for (size_t index : order) {
    PlannedBuffer &buffer = buffers[index];
    taken.clear();
    for (size_t other : placed)
      for (const LivingPart &theirs : getParts(buffers[other]))
        for (const LivingPart &ours : getParts(buffer))
          if (ours.meets(theirs))
            taken.push_back({buffers[other].offset + theirs.low - ours.high,
                             buffers[other].offset + theirs.high - ours.low});
    llvm::sort(taken);
    int64_t bestOffset = -1, bestRoom = 0, start = 0;
    for (auto [from, to] : taken) {
      int64_t room = from - start;
      if (room >= 0 && (bestOffset < 0 || room < bestRoom)) {
        bestOffset = start;
        bestRoom = room;
      }
      start = std::max(start, to);
    }
    buffer.offset = bestOffset < 0 ? start : bestOffset;
    arena = std::max(arena, buffer.offset + buffer.bytes);
    placed.push_back(index);
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

ArenaPlan mlir::eoq::findLowerBound(ArrayRef<PlannedBuffer> buffers) {
  ArenaPlan plan;
  plan.buffers.assign(buffers.begin(), buffers.end());
  for (PlannedBuffer &buffer : plan.buffers) {
    buffer.bytes = alignToBuffer(buffer.bytes);
    buffer.keptBytes = alignToBuffer(buffer.keptBytes);
  }

  // Live bytes after each position where a life starts or ends.
  std::map<int64_t, std::pair<int64_t, int64_t>> changes;
  for (const PlannedBuffer &buffer : plan.buffers)
    for (const LivingPart &part : getParts(buffer)) {
      int64_t bytes = part.high - part.low;
      int64_t scratch = buffer.scratch ? bytes : 0;
      changes[part.first].first += bytes;
      changes[part.first].second += scratch;
      changes[part.last + 1].first -= bytes;
      changes[part.last + 1].second -= scratch;
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
  return plan;
}

ArenaPlan mlir::eoq::planArena(ArrayRef<PlannedBuffer> buffers) {
  ArenaPlan plan = findLowerBound(buffers);
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

/// The life of an allocation of bytes that is used through two views, of all of
/// it and later of a part; or none.
static std::optional<PlannedBuffer>
getSharedLife(memref::AllocOp allocation, Block &block,
              const DenseMap<Operation *, int64_t> &positions) {
  struct View {
    PlannedBuffer life;
    int64_t shift;
  };
  SmallVector<View> lives;
  for (Operation *user : allocation->getUsers()) {
    auto view = dyn_cast<memref::ViewOp>(user);
    APInt shift;
    if (!view || !matchPattern(view.getByteShift(), m_ConstantInt(&shift)))
      return std::nullopt;
    View life;
    life.shift = shift.getSExtValue();
    life.life.bytes = bytesOf(view.getType());
    life.life.first = std::numeric_limits<int64_t>::max();
    life.life.last = -1;
    extendLife(view.getResult(), block, positions, life.life);
    lives.push_back(life);
  }
  if (lives.size() != 2)
    return std::nullopt;
  if (lives[0].life.last > lives[1].life.last)
    std::swap(lives[0], lives[1]);
  const View &whole = lives[0], &part = lives[1];
  if (whole.shift != 0 ||
      whole.life.bytes < allocation.getType().getNumElements() ||
      part.shift % kBufferAlignment != 0 ||
      part.life.first < whole.life.first || whole.life.last < 0)
    return std::nullopt;
  PlannedBuffer life = whole.life;
  life.keptOffset = part.shift;
  life.keptBytes = part.life.bytes;
  life.keptUntil = part.life.last;
  return life;
}

FunctionBuffers FunctionBuffers::collect(func::FuncOp function) {
  FunctionBuffers result;
  Block &block = function.getBody().front();
  DenseMap<Operation *, int64_t> positions;
  for (Operation &op : block) {
    positions[&op] = result.operations.size();
    result.operations.push_back(&op);
    auto allocation = dyn_cast<memref::AllocOp>(op);
    if (allocation && allocation.getType().hasStaticShape())
      result.allocations.push_back(allocation);
  }
  for (memref::AllocOp allocation : result.allocations) {
    PlannedBuffer buffer;
    if (auto shared = getSharedLife(allocation, block, positions)) {
      buffer = *shared;
    } else {
      buffer.bytes = bytesOf(allocation.getType());
      buffer.first = result.operations.size();
      buffer.last = -1;
      extendLife(allocation.getResult(), block, positions, buffer);
      if (buffer.last < 0)
        buffer.first = buffer.last = positions[allocation];
    }
    buffer.scratch = allocation->hasAttr(kScratchAttrName);
    result.lives.push_back(buffer);
  }
  return result;
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
  FunctionBuffers buffers = FunctionBuffers::collect(function);
  ArenaPlan plan = planArena(buffers.lives);
  if (peakOperation)
    *peakOperation = buffers.lives.empty()
                         ? ""
                         : describe(buffers.operations[plan.peakPosition]);
  DenseMap<int64_t, Value> constants;
  Block &block = function.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  for (auto [allocation, buffer] :
       llvm::zip_equal(buffers.allocations, plan.buffers)) {
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
