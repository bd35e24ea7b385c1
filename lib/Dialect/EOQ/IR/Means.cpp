//===- Means.cpp - the factors of average pools (N12) -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/IR/Means.h"
#include "Verify.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

/// Windows of more elements have factors of less than 6 bits.
static constexpr int64_t kMostElements = 1 << 18;

/// Largest magnitude of an 8-bit value (rule N1).
static constexpr double kMax8 = 127;

namespace {

/// The windows of an average pool along one axis.
struct Axis {
  int64_t size, windows, kernel, stride, dilation, low, high;

  /// The positions that count: those of the input, or of the padded one.
  int64_t first, end;

  template <typename Op>
  Axis(Op op, Value input, Value output, unsigned i)
      : size(cast<RankedTensorType>(input.getType()).getDimSize(2 + i)),
        windows(cast<RankedTensorType>(output.getType()).getDimSize(2 + i)),
        kernel(op.getKernel()[i]), stride(op.getStrides()[i]),
        dilation(op.getDilations()[i]), low(op.getPads()[i]),
        high(op.getPads()[2 + i]), first(op.getCountIncludePad() ? -low : 0),
        end(op.getCountIncludePad() ? size + high : size) {}

  /// The most elements that a window can hold.
  int64_t getMostElements() const {
    return std::min<int64_t>(kernel, llvm::divideCeil(end - first, dilation));
  }

  /// The largest sum, over the windows that hold an element of the input, of
  /// 1 / (elements of the window).
  double getLargestShare() const {
    // What changes at an element, compared to the one a dilation before it.
    std::vector<double> shares(size);
    for (int64_t window = 0; window < windows; ++window) {
      int64_t start = window * stride - low;
      double share = 1.0 / double(countTaps(start, first, end));
      int64_t skipped = start < 0 ? llvm::divideCeil(-start, dilation) : 0;
      int64_t from = start + skipped * dilation;
      int64_t to = from + countTaps(start, 0, size) * dilation;
      if (from < size)
        shares[from] += share;
      if (to < size)
        shares[to] -= share;
    }
    for (int64_t i = dilation; i < size; ++i)
      shares[i] += shares[i - dilation];
    return *std::max_element(shares.begin(), shares.end());
  }

private:
  /// How many taps of the window at `start` are in [from, to).
  int64_t countTaps(int64_t start, int64_t from, int64_t to) const {
    int64_t skipped =
        start < from ? llvm::divideCeil(from - start, dilation) : 0;
    int64_t last =
        to > start
            ? std::min<int64_t>(kernel, llvm::divideCeil(to - start, dilation))
            : 0;
    return std::max<int64_t>(last - skipped, 0);
  }
};

/// Both axes of an average pool or its gradient.
struct Means {
  Axis y, x;

  Means(AvgPool2DOp op)
      : y(op, op.getInput(), op.getOutput(), 0),
        x(op, op.getInput(), op.getOutput(), 1) {}
  Means(AvgPool2DGradInputOp op)
      : y(op, op.getGradInput(), op.getGradOutput(), 0),
        x(op, op.getGradInput(), op.getGradOutput(), 1) {}

  /// N of rule N12, at most INT64_MAX.
  int64_t getMostElements() const {
    int64_t product;
    bool overflows =
        llvm::MulOverflow(y.getMostElements(), x.getMostElements(), product);
    return overflows ? INT64_MAX : product;
  }

  int64_t getShift() const {
    int64_t bits = llvm::Log2_64_Ceil(uint64_t(getMostElements()));
    return 15 + std::clamp<int64_t>(bits - 8, 0, 8);
  }
};

} // namespace

int64_t eoq::getMeanShift(AvgPool2DOp op) { return Means(op).getShift(); }

int64_t eoq::getMeanShift(AvgPool2DGradInputOp op) {
  return Means(op).getShift();
}

double eoq::getLargestMeanGradient(AvgPool2DGradInputOp op) {
  Means means(op);
  // Factors are rounded up by at most a half.
  double factors = std::ldexp(1.0, int(means.getShift())) +
                   double(means.getMostElements()) / 2;
  return kMax8 * factors * means.y.getLargestShare() *
         means.x.getLargestShare();
}

static LogicalResult verifyElements(Operation *op, const Means &means) {
  if (means.getMostElements() <= kMostElements)
    return success();
  return op->emitOpError()
         << "(C5) expected windows of at most " << kMostElements
         << " elements but got " << means.getMostElements()
         << ": rule N12 cannot express their mean; pool in two steps";
}

LogicalResult eoq::verifyMeans(AvgPool2DOp op) {
  return fixedWidth(op.getInput()) ? verifyElements(op, op) : success();
}

LogicalResult eoq::verifyMeans(AvgPool2DGradInputOp op) {
  if (fixedWidth(op.getGradOutput()) == 0)
    return success();
  if (failed(verifyElements(op, op)))
    return failure();
  double largest = getLargestMeanGradient(op);
  if (largest <= INT32_MAX)
    return success();
  return op->emitOpError()
         << "(C5) expected gradients of 32 bits, but those of windows that "
            "overlap can add up to "
         << int64_t(std::min(largest, 9e18))
         << " (rule N12); pool with larger strides, smaller pads or in two "
            "steps";
}
