//===- Elementwise.cpp - backward rules of element-wise ops -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Models.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct ReluRule : UnaryRule<ReluRule> {
  static Value gradient(ReluOp op, OpBuilder &b, Value gradient) {
    return b.create<ReluGradInputOp>(op.getLoc(), gradient.getType(), gradient,
                                     op.getOutput());
  }
};

struct LeakyReluRule : UnaryRule<LeakyReluRule> {
  static Value gradient(LeakyReluOp op, OpBuilder &b, Value gradient) {
    return b.create<LeakyReluGradInputOp>(op.getLoc(), gradient.getType(),
                                          gradient, op.getOutput(),
                                          op.getAlphaAttr());
  }
};

struct ClipRule : UnaryRule<ClipRule> {
  static Value gradient(ClipOp op, OpBuilder &b, Value gradient) {
    return b.create<ClipGradInputOp>(op.getLoc(), gradient.getType(), gradient,
                                     op.getOutput(), op.getMinimumAttr(),
                                     op.getMaximumAttr());
  }
};

struct ShiftExponentRule : UnaryRule<ShiftExponentRule> {
  static Value gradient(ShiftExponentOp op, OpBuilder &b, Value gradient) {
    return b.create<ShiftExponentOp>(op.getLoc(), gradient.getType(), gradient,
                                     op.getAmountAttr());
  }
};

struct AddRule {
  static void build(AddOp op, OpBuilder &, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    for (unsigned i : {0, 1})
      if (needed[i])
        gradients[i] = gradient;
  }
};

struct SubRule {
  static void build(SubOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = gradient;
    if (!needed[1])
      return;
    // -g = g - 2 g, which is exact at every level and needs no op of its own.
    Value twice = b.create<ShiftExponentOp>(op.getLoc(), gradient.getType(),
                                            gradient, b.getI64IntegerAttr(1));
    gradients[1] =
        b.create<SubOp>(op.getLoc(), gradient.getType(), gradient, twice);
  }
};

struct MulRule {
  static void build(MulOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = b.create<MulOp>(op.getLoc(), gradient.getType(), gradient,
                                     op.getRhs());
    if (needed[1])
      gradients[1] = b.create<MulOp>(op.getLoc(), gradient.getType(), gradient,
                                     op.getLhs());
  }
};

} // namespace

void eoq::attachElementwiseModels(MLIRContext *context) {
  ReluOp::attachInterface<GradientModel<ReluRule, ReluOp>>(*context);
  LeakyReluOp::attachInterface<GradientModel<LeakyReluRule, LeakyReluOp>>(
      *context);
  ClipOp::attachInterface<GradientModel<ClipRule, ClipOp>>(*context);
  ShiftExponentOp::attachInterface<
      GradientModel<ShiftExponentRule, ShiftExponentOp>>(*context);
  AddOp::attachInterface<GradientModel<AddRule, AddOp>>(*context);
  SubOp::attachInterface<GradientModel<SubRule, SubOp>>(*context);
  MulOp::attachInterface<GradientModel<MulRule, MulOp>>(*context);
}
