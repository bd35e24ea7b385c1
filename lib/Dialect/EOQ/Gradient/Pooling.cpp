//===- Pooling.cpp - backward rules of pooling ------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Models.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct MaxPool2DRule : UnaryRule<MaxPool2DRule> {
  static Value gradient(MaxPool2DOp op, OpBuilder &b, Value gradient) {
    return b.create<MaxPool2DGradInputOp>(
        op.getLoc(), op.getInput().getType(), gradient, op.getInput(),
        op.getKernelAttr(), op.getStridesAttr(), op.getPadsAttr(),
        op.getDilationsAttr());
  }
};

struct AvgPool2DRule : UnaryRule<AvgPool2DRule> {
  static Value gradient(AvgPool2DOp op, OpBuilder &b, Value gradient) {
    return b.create<AvgPool2DGradInputOp>(
        op.getLoc(), op.getInput().getType(), gradient, op.getKernelAttr(),
        op.getStridesAttr(), op.getPadsAttr(), op.getDilationsAttr(),
        op.getCountIncludePadAttr());
  }
};

} // namespace

void eoq::attachPoolingModels(MLIRContext *context) {
  MaxPool2DOp::attachInterface<GradientModel<MaxPool2DRule, MaxPool2DOp>>(
      *context);
  AvgPool2DOp::attachInterface<GradientModel<AvgPool2DRule, AvgPool2DOp>>(
      *context);
}
