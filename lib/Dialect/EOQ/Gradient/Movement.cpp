//===- Movement.cpp - backward rules of data movement -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Models.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct ConcatRule {
  static void build(ConcatOp op, OpBuilder &b, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    SmallVector<int64_t> offsets(
        cast<RankedTensorType>(gradient.getType()).getRank(), 0);
    for (auto [index, input] : llvm::enumerate(op.getInputs())) {
      auto type = cast<RankedTensorType>(input.getType());
      if (needed[index])
        gradients[index] =
            b.create<SliceOp>(op.getLoc(), type, gradient, offsets);
      offsets[op.getAxis()] += type.getDimSize(op.getAxis());
    }
  }
};

struct SliceRule : UnaryRule<SliceRule> {
  static Value gradient(SliceOp op, OpBuilder &b, Value gradient) {
    auto in = cast<RankedTensorType>(op.getInput().getType());
    auto out = cast<RankedTensorType>(gradient.getType());
    SmallVector<int64_t> low(op.getOffsets()), high;
    for (int64_t dim = 0; dim < in.getRank(); ++dim)
      high.push_back(in.getDimSize(dim) - low[dim] - out.getDimSize(dim));
    return b.create<PadOp>(op.getLoc(), in, gradient, low, high);
  }
};

struct PadRule : UnaryRule<PadRule> {
  static Value gradient(PadOp op, OpBuilder &b, Value gradient) {
    return b.create<SliceOp>(op.getLoc(), op.getInput().getType(), gradient,
                             op.getLow());
  }
};

struct ReshapeRule : UnaryRule<ReshapeRule> {
  static Value gradient(ReshapeOp op, OpBuilder &b, Value gradient) {
    return b.create<ReshapeOp>(op.getLoc(), op.getInput().getType(), gradient);
  }
};

struct TransposeRule : UnaryRule<TransposeRule> {
  static Value gradient(TransposeOp op, OpBuilder &b, Value gradient) {
    ArrayRef<int64_t> permutation = op.getPermutation();
    SmallVector<int64_t> inverse(permutation.size());
    for (auto [index, source] : llvm::enumerate(permutation))
      inverse[source] = index;
    return b.create<TransposeOp>(op.getLoc(), op.getInput().getType(), gradient,
                                 inverse);
  }
};

} // namespace

void eoq::attachMovementModels(MLIRContext *context) {
  ConcatOp::attachInterface<GradientModel<ConcatRule, ConcatOp>>(*context);
  SliceOp::attachInterface<GradientModel<SliceRule, SliceOp>>(*context);
  PadOp::attachInterface<GradientModel<PadRule, PadOp>>(*context);
  ReshapeOp::attachInterface<GradientModel<ReshapeRule, ReshapeOp>>(*context);
  TransposeOp::attachInterface<GradientModel<TransposeRule, TransposeOp>>(
      *context);
}
