//===- Movement.cpp - concatenation, boxes, permutations --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements change their places only, but for the alignment of rule N13.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "eoq/Reference/Numerics.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

/// The distance of neighbours along each dimension.
static SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

/// The place of an index with these strides.
static int64_t place(ArrayRef<int64_t> index, ArrayRef<int64_t> strides) {
  int64_t sum = 0;
  for (size_t i = 0; i < index.size(); ++i)
    sum += index[i] * strides[i];
  return sum;
}

/// Calls visit(i, place) for the elements of a box of this shape, where i
/// counts them row-major and `place` is where strides and `start` put them.
template <typename Visit>
static void forEachInBox(ArrayRef<int64_t> shape, ArrayRef<int64_t> strides,
                         int64_t start, Visit visit) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    visit(i, start + place(index, strides));
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
}

static void copyElement(const TensorValue &from, int64_t source,
                        TensorValue &to, int64_t target) {
  if (to.isFixed())
    to.fixed[target] = from.fixed[source];
  else
    to.f32[target] = from.f32[source];
}

LogicalResult reference::evaluate(ConcatOp op, Frame &frame) {
  int64_t least = INT32_MAX, greatest = INT32_MIN;
  for (Value input : op.getInputs()) {
    least = std::min<int64_t>(least, frame.tensor(input).exponent);
    greatest = std::max<int64_t>(greatest, frame.tensor(input).exponent);
  }
  int64_t exponent = std::max(least, greatest + 8 - 29);
  TensorValue &output = frame.define(op.getOutput(), exponent);
  SmallVector<int64_t> strides = rowMajorStrides(output.shape());
  int64_t offset = 0;
  for (Value value : op.getInputs()) {
    const TensorValue &input = frame.tensor(value);
    int64_t amount = exponent - input.exponent;
    forEachInBox(input.shape(), strides, offset * strides[op.getAxis()],
                 [&](int64_t i, int64_t o) {
                   if (output.isFixed())
                     output.fixed[o] = shiftNearest(input.fixed[i], amount);
                   else
                     output.f32[o] = input.f32[i];
                 });
    offset += input.shape()[op.getAxis()];
  }
  return success();
}

LogicalResult reference::evaluate(SliceOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  TensorValue &output = frame.define(op.getOutput(), input.exponent);
  SmallVector<int64_t> strides = rowMajorStrides(input.shape());
  forEachInBox(output.shape(), strides, place(op.getOffsets(), strides),
               [&](int64_t o, int64_t i) { copyElement(input, i, output, o); });
  return success();
}

LogicalResult reference::evaluate(PadOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  TensorValue &output = frame.define(op.getOutput(), input.exponent);
  SmallVector<int64_t> strides = rowMajorStrides(output.shape());
  forEachInBox(input.shape(), strides, place(op.getLow(), strides),
               [&](int64_t i, int64_t o) { copyElement(input, i, output, o); });
  return success();
}

LogicalResult reference::evaluate(ReshapeOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  TensorValue &output = frame.define(op.getOutput(), input.exponent);
  output.f32 = input.f32;
  output.fixed = input.fixed;
  return success();
}

LogicalResult reference::evaluate(TransposeOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  TensorValue &output = frame.define(op.getOutput(), input.exponent);
  SmallVector<int64_t> inputStrides = rowMajorStrides(input.shape()), strides;
  for (int64_t dimension : op.getPermutation())
    strides.push_back(inputStrides[dimension]);
  forEachInBox(output.shape(), strides, 0,
               [&](int64_t o, int64_t i) { copyElement(input, i, output, o); });
  return success();
}
