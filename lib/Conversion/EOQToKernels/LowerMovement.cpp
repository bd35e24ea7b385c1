//===- LowerMovement.cpp - ops that move elements -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::eoq;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static int64_t dot(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  int64_t sum = 0;
  for (auto [x, y] : llvm::zip_equal(a, b))
    sum += x * y;
  return sum;
}

static SmallVector<CopyDimension> zipDimensions(ArrayRef<int64_t> shape,
                                                ArrayRef<int64_t> source,
                                                ArrayRef<int64_t> target) {
  SmallVector<CopyDimension> dimensions;
  for (auto [extent, s, t] : llvm::zip_equal(shape, source, target))
    dimensions.push_back({extent, s, t});
  return dimensions;
}

/// The result is another view of the input's elements, which are row-major.
static LogicalResult lower(ReshapeOp op, FunctionLowering &function) {
  if (op.getInput().getType() == op.getOutput().getType()) {
    function.define(op.getOutput(), function.get(op.getInput()));
    return success();
  }
  function.define(op.getOutput(),
                  function.get(op.getInput(), Layout::RowMajor));
  return success();
}

static LogicalResult lower(TransposeOp op, FunctionLowering &function) {
  Tensor input = function.get(op.getInput());
  SmallVector<int64_t> source =
      getStrides(typeOf(op.getInput()).getShape(), input.layout);
  SmallVector<int64_t> permuted;
  for (int64_t dimension : op.getPermutation())
    permuted.push_back(source[dimension]);
  ArrayRef<int64_t> shape = typeOf(op.getOutput()).getShape();
  Value out =
      function.createResult(op.getOutput(), Layout::RowMajor, input.exponent);
  function.copy(
      input.data, 0, out, 0,
      zipDimensions(shape, permuted, getStrides(shape, Layout::RowMajor)));
  return success();
}

static LogicalResult lower(SliceOp op, FunctionLowering &function) {
  Tensor input = function.get(op.getInput());
  SmallVector<int64_t> source =
      getStrides(typeOf(op.getInput()).getShape(), input.layout);
  ArrayRef<int64_t> shape = typeOf(op.getOutput()).getShape();
  Value out =
      function.createResult(op.getOutput(), input.layout, input.exponent);
  function.copy(input.data, dot(source, op.getOffsets()), out, 0,
                zipDimensions(shape, source, getStrides(shape, input.layout)));
  return success();
}

static LogicalResult lower(PadOp op, FunctionLowering &function) {
  Tensor input = function.get(op.getInput());
  RankedTensorType type = typeOf(op.getOutput());
  ArrayRef<int64_t> shape = typeOf(op.getInput()).getShape();
  SmallVector<int64_t> target = getStrides(type.getShape(), input.layout);
  Value out =
      function.createResult(op.getOutput(), input.layout, input.exponent);
  Type storage = getStorageType(type);
  auto zero = cast<TypedAttr>(function.getBuilder().getZeroAttr(storage));
  function.call(
      "eoq_fill_" + getSuffix(storage),
      {out, function.index(type.getNumElements()), function.constant(zero)});
  function.copy(input.data, 0, out, dot(target, op.getLow()),
                zipDimensions(shape, getStrides(shape, input.layout), target));
  return success();
}

/// Fixed point: all inputs come to one exponent (N13).
static LogicalResult lower(ConcatOp op, FunctionLowering &function) {
  Layout layout = function.getCommonLayout(op.getInputs());
  SmallVector<Tensor> inputs;
  for (Value input : op.getInputs()) {
    if (failed(requireKernel(op, getStorageType(input.getType()), {8})))
      return failure();
    inputs.push_back(function.get(input, layout));
  }
  Value exponent;
  if (inputs.front().exponent) {
    OpBuilder &builder = function.getBuilder();
    Location loc = function.getLoc();
    Value least, most;
    for (const Tensor &input : inputs) {
      Value e = input.exponent;
      least = least ? builder.create<arith::MinSIOp>(loc, least, e) : e;
      most = most ? builder.create<arith::MaxSIOp>(loc, most, e) : e;
    }
    exponent =
        builder.create<arith::MaxSIOp>(loc, least, function.add(most, 8 - 29));
  }
  ArrayRef<int64_t> shape = typeOf(op.getOutput()).getShape();
  SmallVector<int64_t> target = getStrides(shape, layout);
  Value out = function.createResult(op.getOutput(), layout, exponent);
  int64_t offset = 0;
  for (auto [operand, input] : llvm::zip_equal(op.getInputs(), inputs)) {
    ArrayRef<int64_t> inputShape = typeOf(operand).getShape();
    Value shift =
        exponent ? function.subtract(exponent, input.exponent) : Value();
    function.copy(
        input.data, 0, out, offset * target[op.getAxis()],
        zipDimensions(inputShape, getStrides(inputShape, layout), target),
        shift);
    offset += inputShape[op.getAxis()];
  }
  return success();
}

void mlir::eoq::populateMovementLowerings(LoweringTable &table) {
  table.add<ReshapeOp>(lower);
  table.add<TransposeOp>(lower);
  table.add<SliceOp>(lower);
  table.add<PadOp>(lower);
  table.add<ConcatOp>(lower);
}
