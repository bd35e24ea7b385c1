//===- LowerPooling.cpp - windows without weights -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "eoq/Dialect/EOQ/IR/Means.h"

using namespace mlir;
using namespace mlir::eoq;

/// The 16 `geometry` arguments of the pooling kernels.
template <typename OpTy>
static void appendGeometry(FunctionLowering &function, OpTy op, Value input,
                           Value output, SmallVectorImpl<Value> &operands) {
  ArrayRef<int64_t> in = cast<RankedTensorType>(input.getType()).getShape();
  ArrayRef<int64_t> out = cast<RankedTensorType>(output.getType()).getShape();
  SmallVector<int64_t> sizes = {in[0], in[2], in[3], in[1], out[2], out[3]};
  for (ArrayRef<int64_t> values :
       {op.getKernel(), op.getStrides(), op.getDilations(), op.getPads()})
    llvm::append_range(sizes, values);
  for (int64_t size : sizes)
    operands.push_back(function.index(size));
}

//===----------------------------------------------------------------------===//
// Max pooling
//===----------------------------------------------------------------------===//
// The backward pass needs the input only to know which element of a window is
// the largest. That is one byte for each output, most often a quarter of the
// input, so the forward kernel notes it where the input then need not be kept.
// If it is the output of a ReLU, its mask is in the note as well: the gradient
// gets to the largest element, which is positive if and only if the output is.

namespace {

/// The readers of a pooling's input in the backward pass.
struct PoolingReaders {
  SmallVector<MaxPool2DGradInputOp> gradients;
  /// ReLU gradients of what those make, also in an `eoq.fused`.
  SmallVector<Operation *> masks;
};

} // namespace

static bool haveSameWindows(MaxPool2DOp a, MaxPool2DGradInputOp b) {
  return a.getKernel() == b.getKernel() && a.getStrides() == b.getStrides() &&
         a.getDilations() == b.getDilations() && a.getPads() == b.getPads();
}

/// The ops that read `value`, also in an `eoq.fused`.
static void collectReaders(Value value, SmallVectorImpl<Operation *> &readers) {
  for (OpOperand &use : value.getUses()) {
    if (auto fused = dyn_cast<FusedOp>(use.getOwner()))
      collectReaders(fused.getBlock().getArgument(use.getOperandNumber()),
                     readers);
    else
      readers.push_back(use.getOwner());
  }
}

/// Null if the input of `op` is needed in the backward pass for something else,
/// or not at all.
static std::optional<PoolingReaders> getPlaceReaders(MaxPool2DOp op) {
  // Numbers of taps are bytes, and one means none.
  int64_t taps = op.getKernel()[0] * op.getKernel()[1];
  if (!getStorageType(op.getInput().getType()).isInteger(8) || taps > 255)
    return std::nullopt;
  PoolingReaders result;
  SmallVector<Operation *> readers, gradientReaders;
  collectReaders(op.getInput(), readers);
  for (Operation *reader : readers)
    if (auto gradient = dyn_cast<MaxPool2DGradInputOp>(reader))
      if (getSource(gradient.getInput()) == op.getInput() &&
          haveSameWindows(op, gradient))
        result.gradients.push_back(gradient);
  if (result.gradients.size() != 1)
    return std::nullopt;
  MaxPool2DGradInputOp gradient = result.gradients.front();
  collectReaders(gradient.getGradInput(), gradientReaders);
  Block *block = op->getBlock();
  Operation *last = block->findAncestorOpInBlock(*gradient);
  for (Operation *reader : readers) {
    if (reader == op || reader == gradient ||
        block->findAncestorOpInBlock(*reader)->isBeforeInBlock(last))
      continue;
    auto mask = dyn_cast<ReluGradInputOp>(reader);
    if (!mask || getSource(mask.getOutput()) != op.getInput() ||
        gradientReaders.size() != 1 || gradientReaders[0] != mask)
      return std::nullopt;
    result.masks.push_back(mask);
  }
  return result;
}

static LogicalResult lower(MaxPool2DOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Tensor input = function.get(op.getInput(), Layout::ChannelsLast);
  Value out = function.createResult(op.getOutput(), Layout::ChannelsLast,
                                    input.exponent);
  SmallVector<Value> operands = {input.data, out};
  std::optional<PoolingReaders> readers = getPlaceReaders(op);
  if (readers) {
    Value places =
        function.allocate(type, op.getOutput().getType().getNumElements());
    operands.push_back(places);
    for (Operation *gradient : readers->gradients)
      function.setNote(gradient, places);
    for (Operation *mask : readers->masks)
      function.setNote(mask, places);
  } else if (type.isInteger(8)) {
    operands.push_back(out);
  }
  appendGeometry(function, op, op.getInput(), op.getOutput(), operands);
  if (type.isInteger(8))
    operands.append({function.i32(readers.has_value()),
                     function.i32(readers && !readers->masks.empty())});
  function.call("eoq_max_pool_" + getSuffix(type), operands);
  return success();
}

MaxPoolGradOperands
mlir::eoq::getMaxPoolGradOperands(FunctionLowering &function,
                                  MaxPool2DGradInputOp op) {
  Tensor gradient =
      function.get(getSource(op.getGradOutput()), Layout::ChannelsLast);
  Value places = function.getNote(op);
  Value source =
      places
          ? places
          : function.get(getSource(op.getInput()), Layout::ChannelsLast).data;
  return {gradient.data, source, gradient.exponent, places != nullptr};
}

void mlir::eoq::callMaxPoolGrad(FunctionLowering &function,
                                MaxPool2DGradInputOp op, Value gradient,
                                Value source, bool byPlaces, Value out,
                                int64_t images) {
  Type type = getStorageType(op.getInput().getType());
  SmallVector<Value> operands = {gradient, source, out};
  std::string kernel = "eoq_max_pool_grad_" + getSuffix(type);
  if (!isa<FloatType>(type)) {
    kernel += "_" + getSuffix(getStorageType(op.getGradInput().getType()));
  } else {
    // The largest element of each channel and its place in the window.
    int64_t lanes =
        images * cast<RankedTensorType>(op.getInput().getType()).getDimSize(1);
    operands.push_back(function.allocate(type, lanes, /*scratch=*/true));
    operands.push_back(function.allocate(function.getBuilder().getI32Type(),
                                         lanes, /*scratch=*/true));
  }
  size_t first = operands.size();
  appendGeometry(function, op, op.getInput(), op.getGradOutput(), operands);
  operands[first] = function.index(images);
  if (!isa<FloatType>(type))
    operands.push_back(function.i32(byPlaces));
  function.call(kernel, operands);
}

static LogicalResult lower(MaxPool2DGradInputOp op,
                           FunctionLowering &function) {
  if (failed(requireKernel(op, getStorageType(op.getInput().getType()), {8})))
    return failure();
  MaxPoolGradOperands operands = getMaxPoolGradOperands(function, op);
  Value out = function.createResult(op.getGradInput(), Layout::ChannelsLast,
                                    operands.exponent);
  callMaxPoolGrad(
      function, op, operands.gradient, operands.source, operands.byPlaces, out,
      cast<RankedTensorType>(op.getGradInput().getType()).getDimSize(0));
  return success();
}

//===----------------------------------------------------------------------===//
// Average pooling
//===----------------------------------------------------------------------===//

/// Exponent of the means of `op`: e - s (N12).
template <typename OpTy>
static Value getMeanExponent(FunctionLowering &function, OpTy op,
                             Value exponent) {
  return exponent ? function.add(exponent, -getMeanShift(op)) : Value();
}

/// The arguments of the kernels after `geometry`.
template <typename OpTy>
static void appendMeans(FunctionLowering &function, OpTy op, Type type,
                        SmallVectorImpl<Value> &operands) {
  operands.push_back(function.i32(op.getCountIncludePad()));
  if (!isa<FloatType>(type))
    operands.push_back(function.i32(getMeanShift(op)));
}

static LogicalResult lower(AvgPool2DOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Tensor input = function.get(op.getInput(), Layout::ChannelsLast);
  SmallVector<Value> operands = {
      input.data,
      function.createResult(op.getOutput(), Layout::ChannelsLast,
                            getMeanExponent(function, op, input.exponent))};
  appendGeometry(function, op, op.getInput(), op.getOutput(), operands);
  appendMeans(function, op, type, operands);
  function.call("eoq_avg_pool_" + getSuffix(type), operands);
  return success();
}

static LogicalResult lower(AvgPool2DGradInputOp op,
                           FunctionLowering &function) {
  Type type = getStorageType(op.getGradOutput().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Tensor gradient = function.get(op.getGradOutput(), Layout::ChannelsLast);
  SmallVector<Value> operands = {
      gradient.data,
      function.createResult(op.getGradInput(), Layout::ChannelsLast,
                            getMeanExponent(function, op, gradient.exponent))};
  appendGeometry(function, op, op.getGradInput(), op.getGradOutput(), operands);
  appendMeans(function, op, type, operands);
  function.call("eoq_avg_pool_grad_" + getSuffix(type), operands);
  return success();
}

void mlir::eoq::populatePoolingLowerings(LoweringTable &table) {
  table.add<MaxPool2DOp>(lower);
  table.add<MaxPool2DGradInputOp>(lower);
  table.add<AvgPool2DOp>(lower);
  table.add<AvgPool2DGradInputOp>(lower);
}
