//===- LowerPooling.cpp - windows without weights -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"

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

/// Exponent of a mean: e - 15 (N12).
static Value getMeanExponent(FunctionLowering &function, Value exponent) {
  return exponent ? function.add(exponent, -15) : Value();
}

static LogicalResult lower(MaxPool2DOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Tensor input = function.get(op.getInput(), Layout::ChannelsLast);
  SmallVector<Value> operands = {
      input.data, function.createResult(op.getOutput(), Layout::ChannelsLast,
                                        input.exponent)};
  appendGeometry(function, op, op.getInput(), op.getOutput(), operands);
  function.call("eoq_max_pool_" + getSuffix(type), operands);
  return success();
}

static LogicalResult lower(MaxPool2DGradInputOp op,
                           FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Tensor gradient = function.get(op.getGradOutput(), Layout::ChannelsLast);
  Tensor input = function.get(op.getInput(), Layout::ChannelsLast);
  Value out = function.createResult(op.getGradInput(), Layout::ChannelsLast,
                                    gradient.exponent);
  SmallVector<Value> operands = {gradient.data, input.data, out};
  std::string kernel = "eoq_max_pool_grad_" + getSuffix(type);
  if (!isa<FloatType>(type)) {
    kernel += "_" + getSuffix(getStorageType(op.getGradInput().getType()));
  } else {
    // The largest element of each channel and its place in the window.
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(op.getInput().getType()).getShape();
    int64_t lanes = shape[0] * shape[1];
    operands.push_back(function.allocate(type, lanes, /*scratch=*/true));
    operands.push_back(function.allocate(function.getBuilder().getI32Type(),
                                         lanes, /*scratch=*/true));
  }
  appendGeometry(function, op, op.getInput(), op.getGradOutput(), operands);
  function.call(kernel, operands);
  return success();
}

static LogicalResult lower(AvgPool2DOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Tensor input = function.get(op.getInput(), Layout::ChannelsLast);
  SmallVector<Value> operands = {
      input.data,
      function.createResult(op.getOutput(), Layout::ChannelsLast,
                            getMeanExponent(function, input.exponent))};
  appendGeometry(function, op, op.getInput(), op.getOutput(), operands);
  operands.push_back(function.i32(op.getCountIncludePad()));
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
                            getMeanExponent(function, gradient.exponent))};
  appendGeometry(function, op, op.getGradInput(), op.getGradOutput(), operands);
  operands.push_back(function.i32(op.getCountIncludePad()));
  function.call("eoq_avg_pool_grad_" + getSuffix(type), operands);
  return success();
}

void mlir::eoq::populatePoolingLowerings(LoweringTable &table) {
  table.add<MaxPool2DOp>(lower);
  table.add<MaxPool2DGradInputOp>(lower);
  table.add<AvgPool2DOp>(lower);
  table.add<AvgPool2DGradInputOp>(lower);
}
