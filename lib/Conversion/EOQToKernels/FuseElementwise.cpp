//===- FuseElementwise.cpp - quantizers and what is before them -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A quantizer reads its tensor twice, and the elementwise ops before it write
// 32-bit tensors for nobody else. To compute them once more, on the fly, is
// cheaper than to write and to read them, so they go into one `eoq.fused`.
// Where the numbers are known to be small, there is nothing to quantize.
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/ParameterWrites.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

/// What a loop keeps in vector registers without spilling them.
static constexpr size_t kMaxOps = 8;

static bool hasWidth(Value tensor, unsigned width) {
  FixedType fixed = getFixedElementType(tensor.getType());
  return fixed && fixed.getWidth() == width;
}

/// Whether `op` computes 32-bit integers element by element, with a stage in
/// FusedKernel.h.
static bool isFusible(Operation *op) {
  if (!op || op->getNumResults() != 1 || !hasWidth(op->getResult(0), 32))
    return false;
  if (isa<ReluOp, ClipOp, ShiftExponentOp>(op))
    return hasWidth(op->getOperand(0), 32);
  if (isa<ScaleOp>(op))
    return hasWidth(op->getOperand(0), 8) && hasWidth(op->getOperand(1), 8);
  if (isa<BiasAddOp, AddOp, SubOp>(op))
    return hasWidth(op->getOperand(0), 32) || hasWidth(op->getOperand(0), 8);
  if (isa<ReluGradInputOp, ClipGradInputOp>(op))
    return hasWidth(op->getOperand(0), 32) && hasWidth(op->getOperand(1), 8);
  return false;
}

/// The operands that the loop reads element by element: not a bias or scale.
static OperandRange getElementOperands(Operation *op) {
  return isa<BiasAddOp, ScaleOp, QuantizeOp>(op)
             ? op->getOperands().take_front(1)
             : op->getOperands();
}

/// A quantizer of numbers that are below 2^7 changes nothing but the width, as
/// s of N3 is never negative. Such are the gradients of max pooling without
/// overlaps, also behind masks. Makes their ops narrow instead; returns whether
/// that removed the quantizer.
static bool narrowPooling(QuantizeOp quantize) {
  if (quantize.getPrevious() || !quantize.getExactExponent().use_empty())
    return false;
  SmallVector<Operation *> ops;
  Operation *op = quantize.getInput().getDefiningOp();
  while (op && op->hasOneUse() &&
         isa<ReluGradInputOp, ClipGradInputOp, MaxPool2DGradInputOp>(op)) {
    ops.push_back(op);
    if (auto pool = dyn_cast<MaxPool2DGradInputOp>(op)) {
      if (!pool.hasDisjointWindows())
        return false;
      for (Operation *narrow : ops)
        narrow->getResult(0).setType(withElementType(
            narrow->getResult(0).getType(),
            getFixedElementType(pool.getGradOutput().getType())));
      quantize.getOutput().replaceAllUsesWith(quantize.getInput());
      quantize->erase();
      return true;
    }
    op = op->getOperand(0).getDefiningOp();
  }
  return false;
}

namespace {

/// One quantizer and the ops that are to be fused with it.
class Group {
public:
  explicit Group(QuantizeOp quantize) : quantize(quantize) {
    ops.insert(quantize);
    // An op that joins may be the last user that another one waits for.
    for (bool grows = true; grows;) {
      grows = false;
      for (size_t i = 0; i < ops.size(); ++i)
        grows |= addMakers(ops[i]);
    }
  }

  size_t size() const { return ops.size(); }

  void replace();

private:
  bool addMakers(Operation *op) {
    bool grows = false;
    for (Value operand : getElementOperands(op)) {
      Operation *maker = operand.getDefiningOp();
      if (ops.size() < kMaxOps && canJoin(maker))
        grows |= ops.insert(maker);
    }
    return grows;
  }

  bool canJoin(Operation *op) const {
    if (!isFusible(op) || op->getBlock() != quantize->getBlock())
      return false;
    // The loop runs where the quantizer is, and reads biases and scales there.
    for (Value operand : op->getOperands())
      if (auto load = operand.getDefiningOp<ParameterLoadOp>())
        if (mayChangeBetween(load.getParameterAttr(), op, quantize))
          return false;
    return llvm::all_of(op->getUsers(), [&](Operation *user) {
      return ops.contains(user) ||
             (user->getBlock() == op->getBlock() &&
              quantize->isBeforeInBlock(user) && !isa<ShiftExponentOp>(op));
    });
  }

  bool isNeededElsewhere(Operation *op) const {
    return llvm::any_of(op->getUsers(),
                        [&](Operation *user) { return !ops.contains(user); });
  }

  QuantizeOp quantize;
  llvm::SetVector<Operation *> ops;
};

} // namespace

void Group::replace() {
  SmallVector<Operation *> order = ops.takeVector();
  llvm::sort(order,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  ops.insert(order.begin(), order.end());

  llvm::SetVector<Value> inputs;
  SmallVector<Value> outputs(quantize.getResults());
  for (Operation *op : order) {
    for (Value operand : op->getOperands())
      if (!ops.contains(operand.getDefiningOp()))
        inputs.insert(operand);
    if (op != quantize && isNeededElsewhere(op))
      outputs.push_back(op->getResult(0));
  }

  OpBuilder builder(quantize);
  auto fused = builder.create<FusedOp>(
      quantize.getLoc(), ValueRange(outputs).getTypes(), inputs.getArrayRef());
  Block &body = fused.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body.addArgument(input.getType(), input.getLoc()));
  builder.setInsertionPointToStart(&body);
  for (Operation *op : order)
    builder.clone(*op, mapping);
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(mapping.lookup(output));
  builder.create<YieldOp>(quantize.getLoc(), yielded);

  for (auto [from, to] : llvm::zip_equal(outputs, fused.getOutputs()))
    from.replaceAllUsesWith(to);
  for (Operation *op : llvm::reverse(order))
    op->erase();
}

namespace {

struct FuseElementwise final
    : mlir::eoq::impl::FuseElementwisePassBase<FuseElementwise> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      SmallVector<QuantizeOp> quantizers;
      function.walk([&](QuantizeOp op) {
        if (!op->getParentOfType<FusedOp>() && hasWidth(op.getInput(), 32) &&
            hasWidth(op.getOutput(), 8))
          quantizers.push_back(op);
      });
      for (QuantizeOp quantize : quantizers) {
        if (narrowPooling(quantize)) {
          ++numNarrowed;
          continue;
        }
        Group group(quantize);
        if (group.size() == 1)
          continue;
        ++numGroups;
        numOpsFused += group.size();
        group.replace();
      }
    }
  }
};

} // namespace
