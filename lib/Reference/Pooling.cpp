//===- Pooling.cpp - largest value and mean of windows ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules N11 and N12.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "eoq/Dialect/EOQ/IR/Means.h"
#include "eoq/Reference/Numerics.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

namespace {

/// The windows of a pooling over an input [N, C, H, W].
struct PoolGeometry {
  int64_t planes; // N * C
  int64_t height, width, outHeight, outWidth;
  ArrayRef<int64_t> kernel, strides, pads, dilations;

  template <typename Op>
  PoolGeometry(Op op, Value input, Value output)
      : kernel(op.getKernel()), strides(op.getStrides()), pads(op.getPads()),
        dilations(op.getDilations()) {
    auto in = cast<RankedTensorType>(input.getType()).getShape();
    auto out = cast<RankedTensorType>(output.getType()).getShape();
    planes = in[0] * in[1];
    height = in[2], width = in[3], outHeight = out[2], outWidth = out[3];
  }

  /// Calls visit(output, inputs, padded) for each output element: the indices
  /// of the window's input elements, row-major, and the number of its elements
  /// that lie within the padded input.
  template <typename Visit>
  void forEachWindow(Visit visit) const {
    SmallVector<int64_t> inputs;
    int64_t output = 0;
    for (int64_t plane = 0; plane < planes; ++plane)
      for (int64_t oh = 0; oh < outHeight; ++oh)
        for (int64_t ow = 0; ow < outWidth; ++ow) {
          inputs.clear();
          int64_t padded = 0;
          for (int64_t kh = 0; kh < kernel[0]; ++kh)
            for (int64_t kw = 0; kw < kernel[1]; ++kw) {
              int64_t ih = oh * strides[0] - pads[0] + kh * dilations[0];
              int64_t iw = ow * strides[1] - pads[1] + kw * dilations[1];
              if (ih < height + pads[2] && iw < width + pads[3])
                ++padded;
              if (ih >= 0 && ih < height && iw >= 0 && iw < width)
                inputs.push_back((plane * height + ih) * width + iw);
            }
          visit(output++, inputs, padded);
        }
  }
};

} // namespace

/// The first index among `inputs` with the largest element.
template <typename Element>
static int64_t findLargest(const std::vector<Element> &elements,
                           ArrayRef<int64_t> inputs) {
  int64_t largest = inputs.front();
  for (int64_t index : inputs)
    if (elements[index] > elements[largest])
      largest = index;
  return largest;
}

LogicalResult reference::evaluate(MaxPool2DOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  TensorValue &output = frame.define(op.getOutput(), input.exponent);
  PoolGeometry(op, op.getInput(), op.getOutput())
      .forEachWindow([&](int64_t o, ArrayRef<int64_t> inputs, int64_t) {
        if (input.isFixed())
          output.fixed[o] = input.fixed[findLargest(input.fixed, inputs)];
        else
          output.f32[o] = input.f32[findLargest(input.f32, inputs)];
      });
  return success();
}

LogicalResult reference::evaluate(MaxPool2DGradInputOp op, Frame &frame) {
  const TensorValue &gradOutput = frame.tensor(op.getGradOutput());
  const TensorValue &input = frame.tensor(op.getInput());
  TensorValue &gradInput = frame.define(op.getGradInput(), gradOutput.exponent);
  PoolGeometry(op, op.getInput(), op.getGradOutput())
      .forEachWindow([&](int64_t o, ArrayRef<int64_t> inputs, int64_t) {
        if (input.isFixed())
          gradInput.fixed[findLargest(input.fixed, inputs)] +=
              gradOutput.fixed[o];
        else
          gradInput.f32[findLargest(input.f32, inputs)] += gradOutput.f32[o];
      });
  return success();
}

LogicalResult reference::evaluate(AvgPool2DOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  int64_t shift = getMeanShift(op);
  TensorValue &output =
      frame.define(op.getOutput(), int64_t(input.exponent) - shift);
  PoolGeometry(op, op.getInput(), op.getOutput())
      .forEachWindow([&](int64_t o, ArrayRef<int64_t> inputs, int64_t padded) {
        int64_t count =
            op.getCountIncludePad() ? padded : int64_t(inputs.size());
        if (input.isFixed()) {
          int64_t sum = 0;
          for (int64_t index : inputs)
            sum += input.fixed[index];
          output.fixed[o] = sum * reciprocal(count, shift);
        } else {
          double sum = 0;
          for (int64_t index : inputs)
            sum += input.f32[index];
          output.f32[o] = float(sum / double(count));
        }
      });
  return success();
}

LogicalResult reference::evaluate(AvgPool2DGradInputOp op, Frame &frame) {
  const TensorValue &gradOutput = frame.tensor(op.getGradOutput());
  int64_t shift = getMeanShift(op);
  TensorValue &gradInput =
      frame.define(op.getGradInput(), int64_t(gradOutput.exponent) - shift);
  std::vector<double> sums(gradInput.f32.size());
  PoolGeometry(op, op.getGradInput(), op.getGradOutput())
      .forEachWindow([&](int64_t o, ArrayRef<int64_t> inputs, int64_t padded) {
        int64_t count =
            op.getCountIncludePad() ? padded : int64_t(inputs.size());
        for (int64_t index : inputs) {
          if (gradInput.isFixed())
            gradInput.fixed[index] +=
                gradOutput.fixed[o] * reciprocal(count, shift);
          else
            sums[index] += gradOutput.f32[o] / double(count);
        }
      });
  gradInput.f32.assign(sums.begin(), sums.end());
  return success();
}
