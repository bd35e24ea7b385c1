//===- Loss.cpp - softmax cross entropy and its gradient --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules N14 and N15.
//
//===----------------------------------------------------------------------===//
#include "Frame.h"
#include "eoq/Reference/Numerics.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

/// All labels must be classes, or -1 for a row that does not count.
template <typename Op>
static LogicalResult checkLabels(Op op, const TensorValue &labels,
                                 int64_t classes) {
  for (auto [row, label] : llvm::enumerate(labels.i32))
    if (label < -1 || label >= classes)
      return op.emitError("label ") << label << " of row " << row
                                    << " is not in [-1, " << classes << ")";
  return success();
}

/// The first index with the largest element.
template <typename Element>
static int64_t findFirstLargest(ArrayRef<Element> row) {
  return std::max_element(row.begin(), row.end()) - row.begin();
}

/// Probabilities of a row, and the logarithm of the sum they were divided by.
static std::pair<std::vector<double>, double> softmax(ArrayRef<float> row) {
  double largest = *std::max_element(row.begin(), row.end()), sum = 0;
  std::vector<double> weights;
  for (float logit : row) {
    weights.push_back(std::exp(logit - largest));
    sum += weights.back();
  }
  for (double &weight : weights)
    weight /= sum;
  return {weights, largest + std::log(sum)};
}

LogicalResult reference::evaluate(CrossEntropyOp op, Frame &frame) {
  const TensorValue &logits = frame.tensor(op.getLogits());
  const TensorValue &labels = frame.tensor(op.getLabels());
  int64_t rows = logits.shape()[0], classes = logits.shape()[1];
  if (failed(checkLabels(op, labels, classes)))
    return failure();

  TensorValue &loss = frame.define(op.getLoss(), -10);
  double realLoss = 0;
  int32_t correct = 0;
  for (int64_t n = 0; n < rows; ++n) {
    int64_t label = labels.i32[n];
    if (label < 0)
      continue;
    if (loss.isFixed()) {
      auto row = ArrayRef(logits.fixed).slice(n * classes, classes);
      loss.fixed[0] += rowLoss(softmaxRow(row, logits.exponent), label);
      correct += findFirstLargest(row) == label;
    } else {
      auto row = ArrayRef(logits.f32).slice(n * classes, classes);
      realLoss += softmax(row).second - row[label];
      correct += findFirstLargest(row) == label;
    }
  }
  if (!loss.isFixed())
    loss.f32[0] = float(realLoss);
  frame.setInteger(op.getCorrect(), correct);
  return success();
}

LogicalResult reference::evaluate(CrossEntropyGradLogitsOp op, Frame &frame) {
  const TensorValue &logits = frame.tensor(op.getLogits());
  const TensorValue &labels = frame.tensor(op.getLabels());
  int64_t rows = logits.shape()[0], classes = logits.shape()[1];
  if (failed(checkLabels(op, labels, classes)))
    return failure();

  TensorValue &grad =
      frame.define(op.getGradLogits(), -14 - batchExponent(rows));
  for (int64_t n = 0; n < rows; ++n) {
    int64_t label = labels.i32[n], first = n * classes;
    if (label < 0)
      continue;
    if (grad.isFixed()) {
      SoftmaxRow row = softmaxRow(ArrayRef(logits.fixed).slice(first, classes),
                                  logits.exponent);
      for (int64_t k = 0; k < classes; ++k)
        grad.fixed[first + k] = logitGradient(row, k, label, rows);
    } else {
      std::vector<double> probabilities =
          softmax(ArrayRef(logits.f32).slice(first, classes)).first;
      for (int64_t k = 0; k < classes; ++k)
        grad.f32[first + k] =
            float((probabilities[k] - (k == label ? 1 : 0)) / double(rows));
    }
  }
  return success();
}
