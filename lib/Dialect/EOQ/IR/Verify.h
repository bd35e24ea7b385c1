//===- Verify.h - checks shared by the op verifiers -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_DIALECT_EOQ_IR_VERIFY_H
#define EOQ_LIB_DIALECT_EOQ_IR_VERIFY_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"

namespace mlir::eoq {

/// Width of a tensor's fixed-point elements, or 0 for f32.
inline unsigned fixedWidth(Value value) {
  FixedType type = getFixedElementType(value.getType());
  return type ? type.getWidth() : 0;
}

/// A shape as messages show it: `[2, 3]`.
inline std::string shapeString(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "[";
  llvm::interleaveComma(shape, stream);
  stream << "]";
  return text;
}

/// Operands and result agree: all f32, or fixed-point operands of
/// `operandWidth` bits and a result of `resultWidth` bits.
LogicalResult verifyWidths(Operation *op, ValueRange operands, Value result,
                           unsigned operandWidth, unsigned resultWidth,
                           StringRef rule);

/// The geometry of one 2-D window op.
struct Window {
  ArrayRef<int64_t> kernel, strides, pads, dilations;
};

/// Strides, dilations and kernel at least 1; pads not negative.
LogicalResult verifyWindow(Operation *op, const Window &window, StringRef rule);

/// floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1.
int64_t windowOutputSize(const Window &window, int64_t size, unsigned dim);

/// Rules C1-C4 of the three convolution ops, given the forward op's tensors.
LogicalResult verifyConvolution(Operation *op, Value input, Value weight,
                                Value output, Window window, int64_t groups);

/// Rules C1-C3 of the pooling ops.
LogicalResult verifyPooling(Operation *op, Value input, Value output,
                            const Window &window);

/// Rule C5 of the average pools, after C1-C3.
LogicalResult verifyMeans(AvgPool2DOp op);
LogicalResult verifyMeans(AvgPool2DGradInputOp op);

/// Rule C1 of the fully connected ops.
LogicalResult verifyFullyConnected(Operation *op, Value input, Value weight,
                                   Value output);

} // namespace mlir::eoq

#endif // EOQ_LIB_DIALECT_EOQ_IR_VERIFY_H
