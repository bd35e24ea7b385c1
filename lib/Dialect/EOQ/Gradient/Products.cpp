//===- Products.cpp - backward rules of the products ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Models.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct Conv2DRule {
  static void build(Conv2DOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = b.create<Conv2DGradInputOp>(
          op.getLoc(), op.getInput().getType(), gradient, op.getWeight(),
          op.getStridesAttr(), op.getPadsAttr(), op.getDilationsAttr(),
          op.getGroupsAttr());
    if (needed[1])
      gradients[1] = b.create<Conv2DGradWeightOp>(
          op.getLoc(), op.getWeight().getType(), op.getInput(), gradient,
          op.getStridesAttr(), op.getPadsAttr(), op.getDilationsAttr(),
          op.getGroupsAttr());
  }
};

struct FullyConnectedRule {
  static void build(FullyConnectedOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = b.create<FullyConnectedGradInputOp>(
          op.getLoc(), op.getInput().getType(), gradient, op.getWeight());
    if (needed[1])
      gradients[1] = b.create<FullyConnectedGradWeightOp>(
          op.getLoc(), op.getWeight().getType(), op.getInput(), gradient);
  }
};

struct BiasAddRule {
  static void build(BiasAddOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = gradient;
    if (needed[1])
      gradients[1] = b.create<BiasAddGradBiasOp>(
          op.getLoc(), op.getBias().getType(), gradient);
  }
};

struct ScaleRule {
  static void build(ScaleOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = b.create<ScaleOp>(op.getLoc(), op.getInput().getType(),
                                       gradient, op.getScale());
    if (needed[1])
      gradients[1] =
          b.create<ScaleGradScaleOp>(op.getLoc(), op.getScale().getType(),
                                     op.getInput(), gradient);
  }
};

} // namespace

void eoq::attachProductModels(MLIRContext *context) {
  Conv2DOp::attachInterface<GradientModel<Conv2DRule, Conv2DOp>>(*context);
  FullyConnectedOp::attachInterface<
      GradientModel<FullyConnectedRule, FullyConnectedOp>>(*context);
  BiasAddOp::attachInterface<GradientModel<BiasAddRule, BiasAddOp>>(*context);
  ScaleOp::attachInterface<GradientModel<ScaleRule, ScaleOp>>(*context);
}
