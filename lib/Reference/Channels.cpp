//===- Channels.cpp - ops with one number per channel -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bias, scale, their gradients, and batch norm. Rules N7 and N10.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "eoq/Reference/Numerics.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

/// Calls visit(element, channel) for all elements of a tensor [N, C, ...]; all
/// channels are number 0 if there is but one number for them.
template <typename Visit>
static void forEachElement(const TensorValue &value, int64_t numbers,
                           Visit visit) {
  if (numbers == 1) {
    for (int64_t i = 0; i < value.size(); ++i)
      visit(i, 0);
    return;
  }
  int64_t inner = 1;
  for (int64_t size : value.shape().drop_front(2))
    inner *= size;
  for (int64_t i = 0; i < value.size(); ++i)
    visit(i, i / inner % numbers);
}

LogicalResult reference::evaluate(BiasAddOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  const TensorValue &bias = frame.tensor(op.getBias());
  TensorValue &output = frame.define(op.getOutput(), input.exponent);
  if (!output.isFixed()) {
    forEachElement(input, bias.size(), [&](int64_t i, int64_t c) {
      output.f32[i] = input.f32[i] + bias.f32[c];
    });
    return success();
  }
  std::vector<int64_t> aligned;
  int64_t amount = int64_t(input.exponent) - bias.exponent;
  for (int64_t b : bias.fixed)
    aligned.push_back(clampTo(shiftNearest(b, amount), (1 << 28) - 1));
  forEachElement(input, bias.size(), [&](int64_t i, int64_t c) {
    output.fixed[i] = input.fixed[i] + aligned[c];
  });
  return success();
}

LogicalResult reference::evaluate(BiasAddGradBiasOp op, Frame &frame) {
  const TensorValue &gradOutput = frame.tensor(op.getGradOutput());
  TensorValue &gradBias = frame.define(op.getGradBias(), gradOutput.exponent);
  if (gradBias.isFixed()) {
    forEachElement(gradOutput, gradBias.size(), [&](int64_t i, int64_t c) {
      gradBias.fixed[c] += gradOutput.fixed[i];
    });
    return success();
  }
  std::vector<double> sums(gradBias.size());
  forEachElement(gradOutput, gradBias.size(),
                 [&](int64_t i, int64_t c) { sums[c] += gradOutput.f32[i]; });
  gradBias.f32.assign(sums.begin(), sums.end());
  return success();
}

LogicalResult reference::evaluate(ScaleOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  const TensorValue &scale = frame.tensor(op.getScale());
  TensorValue &output =
      frame.define(op.getOutput(), int64_t(input.exponent) + scale.exponent);
  forEachElement(input, scale.size(), [&](int64_t i, int64_t c) {
    if (output.isFixed())
      output.fixed[i] = input.fixed[i] * scale.fixed[c];
    else
      output.f32[i] = input.f32[i] * scale.f32[c];
  });
  return success();
}

LogicalResult reference::evaluate(ScaleGradScaleOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  const TensorValue &gradOutput = frame.tensor(op.getGradOutput());
  TensorValue &gradScale = frame.define(
      op.getGradScale(), int64_t(input.exponent) + gradOutput.exponent);
  if (gradScale.isFixed()) {
    forEachElement(input, gradScale.size(), [&](int64_t i, int64_t c) {
      gradScale.fixed[c] += input.fixed[i] * gradOutput.fixed[i];
    });
    return success();
  }
  std::vector<double> sums(gradScale.size());
  forEachElement(input, gradScale.size(), [&](int64_t i, int64_t c) {
    sums[c] += double(input.f32[i]) * gradOutput.f32[i];
  });
  gradScale.f32.assign(sums.begin(), sums.end());
  return success();
}

LogicalResult reference::evaluate(BatchNormOp op, Frame &frame) {
  const TensorValue &input = frame.tensor(op.getInput());
  const TensorValue &scale = frame.tensor(op.getScale());
  const TensorValue &bias = frame.tensor(op.getBias());
  const TensorValue &mean = frame.tensor(op.getMean());
  const TensorValue &variance = frame.tensor(op.getVariance());
  double epsilon = op.getEpsilon().convertToDouble();
  TensorValue &output = frame.define(op.getOutput());
  forEachElement(input, scale.size(), [&](int64_t i, int64_t c) {
    double deviation = std::sqrt(variance.f32[c] + epsilon);
    output.f32[i] =
        float((double(input.f32[i]) - mean.f32[c]) / deviation * scale.f32[c] +
              bias.f32[c]);
  });
  return success();
}
