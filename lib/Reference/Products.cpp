//===- Products.cpp - convolution and fully connected -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule N6. The three convolutions visit the same triples (input, weight,
// output); they differ in which of the three is the sum.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

namespace {

struct ConvGeometry {
  int64_t batch, channels, height, width;         // input
  int64_t outChannels, kernelHeight, kernelWidth; // weight
  int64_t outHeight, outWidth;                    // output
  int64_t groups;
  ArrayRef<int64_t> strides, pads, dilations;

  template <typename Op>
  ConvGeometry(Op op, Value input, Value weight, Value output)
      : groups(op.getGroups()), strides(op.getStrides()), pads(op.getPads()),
        dilations(op.getDilations()) {
    auto in = cast<RankedTensorType>(input.getType()).getShape();
    auto kernel = cast<RankedTensorType>(weight.getType()).getShape();
    auto out = cast<RankedTensorType>(output.getType()).getShape();
    batch = in[0], channels = in[1], height = in[2], width = in[3];
    outChannels = kernel[0], kernelHeight = kernel[2], kernelWidth = kernel[3];
    outHeight = out[2], outWidth = out[3];
  }

  /// Calls visit(weight, input, output, count): the weight at index `weight`
  /// meets `count` inputs, from index `input` on and strides[1] apart, for
  /// `count` neighbouring outputs from index `output` on.
  template <typename Visit>
  void forEachRow(Visit visit) const {
    int64_t inPerGroup = channels / groups, outPerGroup = outChannels / groups;
    for (int64_t n = 0; n < batch; ++n)
      for (int64_t o = 0; o < outChannels; ++o)
        for (int64_t c = 0; c < inPerGroup; ++c)
          for (int64_t kh = 0; kh < kernelHeight; ++kh)
            for (int64_t kw = 0; kw < kernelWidth; ++kw) {
              // The outputs ow with 0 <= iw < width.
              int64_t shift = kw * dilations[1] - pads[1];
              int64_t first = std::max<int64_t>(
                  0, llvm::divideCeilSigned(-shift, strides[1]));
              int64_t last = std::min(
                  outWidth - 1,
                  llvm::divideFloorSigned(width - 1 - shift, strides[1]));
              if (first > last)
                continue;
              int64_t channel = o / outPerGroup * inPerGroup + c;
              int64_t weight =
                  ((o * inPerGroup + c) * kernelHeight + kh) * kernelWidth + kw;
              for (int64_t oh = 0; oh < outHeight; ++oh) {
                int64_t ih = oh * strides[0] - pads[0] + kh * dilations[0];
                if (ih < 0 || ih >= height)
                  continue;
                int64_t input =
                    ((n * channels + channel) * height + ih) * width +
                    first * strides[1] + shift;
                int64_t output =
                    ((n * outChannels + o) * outHeight + oh) * outWidth + first;
                visit(weight, input, output, last - first + 1);
              }
            }
  }
};

} // namespace

/// Calls kernel(lhs, rhs, sums) on the elements: integers, or f32 in double.
template <typename Kernel>
static LogicalResult product(Frame &frame, Value lhsValue, Value rhsValue,
                             Value resultValue, Kernel kernel) {
  const TensorValue &lhs = frame.tensor(lhsValue);
  const TensorValue &rhs = frame.tensor(rhsValue);
  TensorValue &result =
      frame.define(resultValue, int64_t(lhs.exponent) + rhs.exponent);
  if (result.isFixed()) {
    kernel(lhs.fixed.data(), rhs.fixed.data(), result.fixed.data());
    return success();
  }
  std::vector<double> left(lhs.f32.begin(), lhs.f32.end());
  std::vector<double> right(rhs.f32.begin(), rhs.f32.end());
  std::vector<double> sums(result.f32.size());
  kernel(left.data(), right.data(), sums.data());
  result.f32.assign(sums.begin(), sums.end());
  return success();
}

LogicalResult reference::evaluate(Conv2DOp op, Frame &frame) {
  ConvGeometry geometry(op, op.getInput(), op.getWeight(), op.getOutput());
  int64_t stride = geometry.strides[1];
  return product(frame, op.getInput(), op.getWeight(), op.getOutput(),
                 [&](auto *input, auto *weight, auto *sums) {
                   geometry.forEachRow(
                       [&](int64_t w, int64_t i, int64_t o, int64_t n) {
                         auto factor = weight[w];
                         for (int64_t k = 0; k < n; ++k)
                           sums[o + k] += factor * input[i + k * stride];
                       });
                 });
}

LogicalResult reference::evaluate(Conv2DGradInputOp op, Frame &frame) {
  ConvGeometry geometry(op, op.getGradInput(), op.getWeight(),
                        op.getGradOutput());
  int64_t stride = geometry.strides[1];
  return product(frame, op.getGradOutput(), op.getWeight(), op.getGradInput(),
                 [&](auto *gradOutput, auto *weight, auto *sums) {
                   geometry.forEachRow(
                       [&](int64_t w, int64_t i, int64_t o, int64_t n) {
                         auto factor = weight[w];
                         for (int64_t k = 0; k < n; ++k)
                           sums[i + k * stride] += factor * gradOutput[o + k];
                       });
                 });
}

LogicalResult reference::evaluate(Conv2DGradWeightOp op, Frame &frame) {
  ConvGeometry geometry(op, op.getInput(), op.getGradWeight(),
                        op.getGradOutput());
  int64_t stride = geometry.strides[1];
  return product(frame, op.getInput(), op.getGradOutput(), op.getGradWeight(),
                 [&](auto *input, auto *gradOutput, auto *sums) {
                   geometry.forEachRow(
                       [&](int64_t w, int64_t i, int64_t o, int64_t n) {
                         auto sum = sums[w];
                         for (int64_t k = 0; k < n; ++k)
                           sum += input[i + k * stride] * gradOutput[o + k];
                         sums[w] = sum;
                       });
                 });
}

namespace {

/// input [N, K], weight [M, K], output [N, M].
struct MatrixGeometry {
  int64_t rows, columns, length; // N, M, K

  MatrixGeometry(Value input, Value output) {
    auto in = cast<RankedTensorType>(input.getType()).getShape();
    auto out = cast<RankedTensorType>(output.getType()).getShape();
    rows = out[0], columns = out[1], length = in[1];
  }

  /// Calls visit(input, weight, output) for each product.
  template <typename Visit>
  void forEachProduct(Visit visit) const {
    for (int64_t n = 0; n < rows; ++n)
      for (int64_t m = 0; m < columns; ++m)
        for (int64_t k = 0; k < length; ++k)
          visit(n * length + k, m * length + k, n * columns + m);
  }
};

} // namespace

LogicalResult reference::evaluate(FullyConnectedOp op, Frame &frame) {
  MatrixGeometry geometry(op.getInput(), op.getOutput());
  return product(frame, op.getInput(), op.getWeight(), op.getOutput(),
                 [&](auto *input, auto *weight, auto *sums) {
                   geometry.forEachProduct(
                       [&](int64_t i, int64_t w, int64_t o) {
                         sums[o] += input[i] * weight[w];
                       });
                 });
}

LogicalResult reference::evaluate(FullyConnectedGradInputOp op, Frame &frame) {
  MatrixGeometry geometry(op.getGradInput(), op.getGradOutput());
  return product(frame, op.getGradOutput(), op.getWeight(), op.getGradInput(),
                 [&](auto *gradOutput, auto *weight, auto *sums) {
                   geometry.forEachProduct(
                       [&](int64_t i, int64_t w, int64_t o) {
                         sums[i] += gradOutput[o] * weight[w];
                       });
                 });
}

LogicalResult reference::evaluate(FullyConnectedGradWeightOp op, Frame &frame) {
  MatrixGeometry geometry(op.getInput(), op.getGradOutput());
  return product(frame, op.getInput(), op.getGradOutput(), op.getGradWeight(),
                 [&](auto *input, auto *gradOutput, auto *sums) {
                   geometry.forEachProduct(
                       [&](int64_t i, int64_t w, int64_t o) {
                         sums[w] += input[i] * gradOutput[o];
                       });
                 });
}
