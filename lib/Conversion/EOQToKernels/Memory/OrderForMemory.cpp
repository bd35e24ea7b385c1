//===- OrderForMemory.cpp - an order of ops that needs less memory --------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two moves that lower the sum of live bytes wherever they cross, and so never
// raise it between ops: an op that makes more bytes than it frees goes down to
// its first user, and one that frees more than it makes goes up to the last of
// its operands. The first keeps the gradient of a shortcut as 8-bit errors
// until it is added; the second lets an update use up a weight's gradient as
// soon as the weight is not read any more.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_ORDERFORMEMORYPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// One function's ops while they move.
class Schedule {
public:
  explicit Schedule(Block &block) : block(block) { analyze(); }

  int64_t sinkAll();
  int64_t hoistAll();
  /// The largest sum of live bytes, as far as it can be told before the
  /// lowering.
  int64_t getPeak();

private:
  /// What an op does to the parameters, by their names.
  struct Effects {
    SmallVector<Attribute, 4> reads, writes;
    /// Whether it does something else: nothing moves across it.
    bool unknown = false;
  };

  void analyze();
  void collectEffects(Operation *op);
  bool mustKeepOrder(Operation *a, Operation *b);
  /// The value whose buffer a value is a view of.
  Value getRoot(Value value) const {
    auto it = roots.find(value);
    return it == roots.end() ? value : it->second;
  }
  Operation *getLastUser(Value root);
  /// Bytes that are alive behind an op and not before it, less those that are
  /// the other way round.
  int64_t getGrowth(Operation *op);

  Block &block;
  DenseMap<Value, Value> roots;
  DenseMap<Value, int64_t> bytes;
  /// All users of a buffer, through views as well.
  DenseMap<Value, SmallVector<Operation *>> users;
  DenseMap<Operation *, Effects> effects;
};

} // namespace

/// Ops whose result is another view of their operand's buffer.
static bool isView(Operation *op) {
  if (auto shift = dyn_cast<ShiftExponentOp>(op))
    return getFixedElementType(shift.getOutput().getType()) != nullptr;
  return isa<ReshapeOp>(op);
}

/// Whether one of `op`'s operands is a result of `producer`.
static bool uses(Operation *op, Operation *producer) {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    return operand.getDefiningOp() == producer;
  });
}

void Schedule::collectEffects(Operation *op) {
  Effects &mine = effects[op];
  // A parameter's tensor is read in place, when it is used.
  for (Value operand : op->getOperands())
    if (auto load = getRoot(operand).getDefiningOp<ParameterLoadOp>())
      mine.reads.push_back(load.getParameterAttr().getAttr());
  if (isMemoryEffectFree(op))
    return;
  bool reads = hasEffect<MemoryEffects::Read>(op);
  bool writes = hasEffect<MemoryEffects::Write>(op);
  bool named = false;
  for (NamedAttribute attribute : op->getAttrs())
    if (auto symbol = dyn_cast<FlatSymbolRefAttr>(attribute.getValue())) {
      named = true;
      if (reads)
        mine.reads.push_back(symbol.getAttr());
      if (writes)
        mine.writes.push_back(symbol.getAttr());
    }
  mine.unknown = !named || op->getNumRegions() != 0 ||
                 !isa_and_present<EOQDialect>(op->getDialect());
}

void Schedule::analyze() {
  for (Operation &op : block) {
    if (isView(&op))
      roots[op.getResult(0)] = getRoot(op.getOperand(0));
    for (Value operand : op.getOperands())
      users[getRoot(operand)].push_back(&op);
    collectEffects(&op);
    if (isView(&op) || isa<ParameterLoadOp>(op))
      continue;
    for (Value result : op.getResults())
      if (auto type = dyn_cast<RankedTensorType>(result.getType()))
        bytes[result] =
            alignToBuffer(type.getNumElements() *
                          (getStorageType(type).getIntOrFloatBitWidth() / 8));
  }
}

Operation *Schedule::getLastUser(Value root) {
  Operation *last = nullptr;
  for (Operation *user : users[root])
    if (!last || last->isBeforeInBlock(user))
      last = user;
  return last;
}

int64_t Schedule::getGrowth(Operation *op) {
  int64_t growth = 0;
  for (Value result : op->getResults())
    growth += bytes.lookup(result);
  SmallPtrSet<Value, 4> seen;
  for (Value operand : op->getOperands()) {
    Value root = getRoot(operand);
    if (seen.insert(root).second && bytes.lookup(root) != 0 &&
        getLastUser(root) == op)
      growth -= bytes.lookup(root);
  }
  return growth;
}

bool Schedule::mustKeepOrder(Operation *a, Operation *b) {
  const Effects &first = effects[a], &second = effects[b];
  if (first.unknown || second.unknown)
    return true;
  auto meets = [](ArrayRef<Attribute> x, ArrayRef<Attribute> y) {
    return llvm::any_of(x,
                        [&](Attribute s) { return llvm::is_contained(y, s); });
  };
  return meets(first.writes, second.writes) ||
         meets(first.writes, second.reads) || meets(first.reads, second.writes);
}

int64_t Schedule::sinkAll() {
  int64_t moved = 0;
  for (Operation *op = &block.back(); op;) {
    Operation *previous = op->getPrevNode();
    if (!op->hasTrait<OpTrait::IsTerminator>() && isMemoryEffectFree(op) &&
        !op->use_empty() && (isView(op) || getGrowth(op) > 0)) {
      Operation *next = op->getNextNode();
      while (!uses(next, op) && !mustKeepOrder(op, next))
        next = next->getNextNode();
      if (next != op->getNextNode()) {
        op->moveBefore(next);
        ++moved;
      }
    }
    op = previous;
  }
  return moved;
}

int64_t Schedule::hoistAll() {
  int64_t moved = 0;
  for (Operation *op = &block.front(); op;) {
    Operation *next = op->getNextNode();
    // A kept exponent is a number, which must not hold up its quantizer.
    if (!op->hasTrait<OpTrait::IsTerminator>() &&
        (isView(op) || isa<ExponentLoadOp>(op) || getGrowth(op) < 0)) {
      Operation *before = op->getPrevNode();
      while (before && !uses(op, before) && !mustKeepOrder(before, op))
        before = before->getPrevNode();
      if (before != op->getPrevNode()) {
        if (before)
          op->moveAfter(before);
        else
          op->moveBefore(&block.front());
        ++moved;
      }
    }
    op = next;
  }
  return moved;
}

int64_t Schedule::getPeak() {
  DenseMap<Operation *, int64_t> freed;
  for (auto &[root, size] : bytes)
    if (Operation *last = getLastUser(root))
      freed[last] += size;
  int64_t live = 0, peak = 0;
  for (Operation &op : block) {
    for (Value result : op.getResults())
      if (!users[result].empty())
        live += bytes.lookup(result);
    peak = std::max(peak, live);
    live -= freed.lookup(&op);
  }
  return peak;
}

int64_t mlir::eoq::estimatePeak(Block &block) {
  return Schedule(block).getPeak();
}

namespace {

struct OrderForMemory final
    : mlir::eoq::impl::OrderForMemoryPassBase<OrderForMemory> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (llvm::hasSingleElement(function.getBody()))
        reorder(function);
  }

  void reorder(func::FuncOp function) {
    Block &block = function.getBody().front();
    SmallVector<Operation *> original;
    for (Operation &op : block)
      original.push_back(&op);

    Schedule schedule(block);
    int64_t before = schedule.getPeak();
    // First what is used up at once, so that its maker stays where it is.
    int64_t moved = schedule.hoistAll();
    moved += schedule.sinkAll();
    moved += schedule.hoistAll();
    // While a moved op runs, what it makes and what it uses up are both alive.
    if (schedule.getPeak() > before) {
      for (Operation *op : original)
        op->moveBefore(&block, block.end());
      return;
    }
    numOpsMoved += moved;
  }
};

} // namespace
