//===- ProductMagnitude.cpp - what a quantizer asks of a product ----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A quantizer reads a tensor twice, first for the largest magnitude. Where it
// reads a product, behind a bias, bounds or a mask at most, the product finds
// the magnitude in its registers, and the first walk is not needed.
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Analysis/ParameterWrites.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"

using namespace mlir;
using namespace mlir::eoq;

static bool isMask(Operation *op) {
  return isa<ReluGradInputOp, ClipGradInputOp>(op);
}

/// Whether `op` can follow the ops before it in the kernels' stages.
static bool canFollow(Operation *op, ArrayRef<Operation *> before) {
  auto isShift = [](Operation *other) { return isa<ShiftExponentOp>(other); };
  if (isShift(op))
    return true;
  if (isMask(op) || isa<BiasAddOp>(op))
    return llvm::all_of(before, isShift);
  return isa<ReluOp, ClipOp>(op) && llvm::all_of(before, [&](Operation *other) {
           return isShift(other) || isa<BiasAddOp>(other);
         });
}

/// The ops from a product to the quantizer, which is the last one; empty if the
/// magnitude that it wants cannot be found early.
static SmallVector<Operation *> getPath(OpResult result) {
  SmallVector<Operation *> path;
  Operation *product = result.getOwner();
  Value value = result;
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    Operation *op = use.getOwner();
    if (auto fused = dyn_cast<FusedOp>(op)) {
      value = fused.getBlock().getArgument(use.getOperandNumber());
      continue;
    }
    if (auto quantize = dyn_cast<QuantizeOp>(op)) {
      if (quantize.getPrevious() ||
          !getStorageType(quantize.getInput().getType()).isInteger(32) ||
          !getStorageType(quantize.getOutput().getType()).isInteger(8))
        return {};
      path.push_back(op);
      return path;
    }
    if (use.getOperandNumber() != 0 || !canFollow(op, path))
      return {};
    // The other operand must be there already.
    if (op->getNumOperands() > 1) {
      Operation *maker = getSource(op->getOperand(1)).getDefiningOp();
      if (maker && !(maker->getBlock() == product->getBlock() &&
                     maker->isBeforeInBlock(product)))
        return {};
      auto load = dyn_cast_if_present<ParameterLoadOp>(maker);
      Operation *reader = product->getBlock()->findAncestorOpInBlock(*op);
      if (load && (!reader ||
                   mayChangeBetween(load.getParameterAttr(), product, reader)))
        return {};
    }
    path.push_back(op);
    value = op->getResult(0);
  }
  return {};
}

namespace {

class StagesBuilder {
public:
  StagesBuilder(FunctionLowering &function, OpResult result, Layout layout,
                Value exponent)
      : function(function),
        channels(cast<RankedTensorType>(result.getType()).getDimSize(1)),
        layout(layout), exponent(exponent) {}

  void add(Operation *op) {
    if (auto shift = dyn_cast<ShiftExponentOp>(op))
      exponent = function.add(exponent, shift.getAmount());
    else if (auto bias = dyn_cast<BiasAddOp>(op))
      addBias(bias);
    else if (isMask(op))
      addMask(op);
    else
      addBounds(op);
  }

  QuantizerStages stages;

private:
  Value allocatePattern(int64_t &length) {
    length = getChannelPatternLength(channels);
    return function.allocate(function.getBuilder().getI32Type(), length,
                             /*scratch=*/true);
  }

  void addBias(BiasAddOp op) {
    Value values = getSource(op.getBias());
    Tensor bias = function.get(values);
    auto type = cast<RankedTensorType>(values.getType());
    int64_t length;
    stages.bias = allocatePattern(length);
    function.call(
        "eoq_bias_pattern_" + getSuffix(getStorageType(type)),
        {bias.data, stages.bias, function.index(type.getNumElements()),
         function.index(length), function.subtract(exponent, bias.exponent)});
  }

  void addMask(Operation *op) {
    Tensor output = function.get(getSource(op->getOperand(1)), layout);
    stages.mask = output.data;
    if (auto clip = dyn_cast<ClipGradInputOp>(op))
      setBounds(clip.getMinimum(), clip.getMaximum(), output.exponent);
    else
      stages.low = function.i32(0);
  }

  /// max(q, 0), or N9.
  void addBounds(Operation *op) {
    if (!stages.bias) {
      int64_t length;
      stages.bias = allocatePattern(length);
      function.call("eoq_fill_i32",
                    {stages.bias, function.index(length), function.i32(0)});
    }
    if (auto clip = dyn_cast<ClipOp>(op))
      setBounds(clip.getMinimum(), clip.getMaximum(), exponent);
    else
      stages.low = function.i32(0);
  }

  void setBounds(const APFloat &low, const APFloat &high, Value exponent) {
    stages.low = getClipBound(function, low.convertToDouble(), exponent);
    stages.high = getClipBound(function, high.convertToDouble(), exponent);
  }

  FunctionLowering &function;
  int64_t channels;
  Layout layout;
  Value exponent;
};

} // namespace

QuantizeOp mlir::eoq::getQuantizerStages(FunctionLowering &function,
                                         OpResult result, Layout layout,
                                         Value exponent,
                                         QuantizerStages &stages) {
  SmallVector<Operation *> path = getPath(result);
  if (path.empty())
    return {};
  StagesBuilder builder(function, result, layout, exponent);
  for (Operation *op : ArrayRef(path).drop_back())
    builder.add(op);
  stages = builder.stages;
  return cast<QuantizeOp>(path.back());
}
