//===- GradientOps.cpp - verifiers of the backward ops ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Verify.h"

using namespace mlir;
using namespace mlir::eoq;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static LogicalResult verifyLength(Operation *op, Value result, int64_t length,
                                  int64_t limit, StringRef rule) {
  if (fixedWidth(result) != 32 || length <= limit)
    return success();
  return op->emitOpError() << "(" << rule << ") expected a sum of at most "
                           << limit << " products in 32 bits but got "
                           << length;
}

LogicalResult Conv2DGradInputOp::verify() {
  if (failed(verifyConvolution(
          *this, getGradInput(), getWeight(), getGradOutput(),
          {{}, getStrides(), getPads(), getDilations()}, getGroups())) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getGradInput(), 8, 32, "C4")))
    return failure();
  ArrayRef<int64_t> w = shapeOf(getWeight());
  return verifyLength(*this, getGradInput(),
                      w[0] / int64_t(getGroups()) * w[2] * w[3],
                      kMaxForwardReduction, "C4");
}

/// Fixed-point results of `width32` or 64 bits.
static LogicalResult verifyWideResult(Operation *op, Value result,
                                      StringRef rule) {
  unsigned width = fixedWidth(result);
  if (width == 0 || width == 32 || width == 64)
    return success();
  return op->emitOpError() << "(" << rule
                           << ") expected a result of 32 or 64 bits but got "
                           << width;
}

LogicalResult Conv2DGradWeightOp::verify() {
  if (failed(verifyConvolution(
          *this, getInput(), getGradWeight(), getGradOutput(),
          {{}, getStrides(), getPads(), getDilations()}, getGroups())) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getGradWeight(), 8, 0, "C4")) ||
      failed(verifyWideResult(*this, getGradWeight(), "C4")))
    return failure();
  ArrayRef<int64_t> out = shapeOf(getGradOutput());
  return verifyLength(*this, getGradWeight(), out[0] * out[2] * out[3],
                      kMaxGradWeightReduction, "C4");
}

LogicalResult FullyConnectedGradInputOp::verify() {
  if (failed(verifyFullyConnected(*this, getGradInput(), getWeight(),
                                  getGradOutput())) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getGradInput(), 8, 32, "C2")))
    return failure();
  return verifyLength(*this, getGradInput(), shapeOf(getGradOutput())[1],
                      kMaxForwardReduction, "C2");
}

LogicalResult FullyConnectedGradWeightOp::verify() {
  if (failed(verifyFullyConnected(*this, getInput(), getGradWeight(),
                                  getGradOutput())) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getGradWeight(), 8, 0, "C2")) ||
      failed(verifyWideResult(*this, getGradWeight(), "C2")))
    return failure();
  return verifyLength(*this, getGradWeight(), shapeOf(getInput())[0],
                      kMaxGradWeightReduction, "C2");
}

/// The result of a sum over all but the channels, or over everything.
static LogicalResult verifyChannelSum(Operation *op, Value input,
                                      Value result) {
  int64_t count = shapeOf(result)[0];
  ArrayRef<int64_t> shape = shapeOf(input);
  if (count == 1 || (shape.size() >= 2 && count == shape[1]))
    return success();
  return op->emitOpError() << "(C1) expected a result of one element, or of "
                              "one per channel, but got "
                           << count;
}

LogicalResult BiasAddGradBiasOp::verify() {
  if (failed(verifyChannelSum(*this, getGradOutput(), getGradBias())))
    return failure();
  return verifyWidths(*this, (*this)->getOperands(), getGradBias(), 8, 64, "C2");
}

static LogicalResult verifyOneShape(Operation *op, Value lhs, Value rhs) {
  if (shapeOf(lhs) == shapeOf(rhs))
    return success();
  return op->emitOpError() << "(C1) expected operands of one shape but got "
                           << shapeString(shapeOf(lhs))
                           << " and "
                           << shapeString(shapeOf(rhs));
}

LogicalResult ScaleGradScaleOp::verify() {
  if (failed(verifyOneShape(*this, getInput(), getGradOutput())) ||
      failed(verifyChannelSum(*this, getInput(), getGradScale())))
    return failure();
  return verifyWidths(*this, (*this)->getOperands(), getGradScale(), 8, 64, "C2");
}

/// Rule C1 of the ops that mask by the forward op's output.
static LogicalResult verifyMask(Operation *op, Value gradOutput, Value output) {
  if (failed(verifyOneShape(op, gradOutput, output)))
    return failure();
  if ((fixedWidth(gradOutput) == 0) != (fixedWidth(output) == 0) ||
      (fixedWidth(output) != 0 && fixedWidth(output) != 8))
    return op->emitOpError()
           << "(C1) expected 'output' to be f32 as 'grad_output' is, or to "
              "have 8 bits";
  return success();
}

LogicalResult ReluGradInputOp::verify() {
  return verifyMask(*this, getGradOutput(), getOutput());
}
LogicalResult LeakyReluGradInputOp::verify() {
  return verifyMask(*this, getGradOutput(), getOutput());
}
LogicalResult ClipGradInputOp::verify() {
  return verifyMask(*this, getGradOutput(), getOutput());
}

LogicalResult MaxPool2DGradInputOp::verify() {
  if (failed(
          verifyPooling(*this, getInput(), getGradOutput(),
                        {getKernel(), getStrides(), getPads(), getDilations()})))
    return failure();
  if (shapeOf(getInput()) != shapeOf(getGradInput()))
    return emitOpError() << "(C4) expected a result of the input's shape";
  bool isNarrow = fixedWidth(getGradInput()) == 8 && hasDisjointWindows();
  return verifyWidths(*this, (*this)->getOperands(), getGradInput(), 8,
                      isNarrow ? 8 : 32, "C4");
}

bool MaxPool2DGradInputOp::hasDisjointWindows() {
  return llvm::all_of(llvm::zip_equal(getKernel(), getStrides(), getDilations()),
                      [](auto axis) {
                        auto [kernel, stride, dilation] = axis;
                        return stride > (kernel - 1) * dilation;
                      });
}

LogicalResult AvgPool2DGradInputOp::verify() {
  Window window = {getKernel(), getStrides(), getPads(), getDilations()};
  if (failed(verifyPooling(*this, getGradInput(), getGradOutput(), window)) ||
      failed(verifyMeans(*this)))
    return failure();
  return verifyWidths(*this, (*this)->getOperands(), getGradInput(), 8, 32, "C4");
}
