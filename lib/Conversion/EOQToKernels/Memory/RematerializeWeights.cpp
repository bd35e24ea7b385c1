//===- RematerializeWeights.cpp - narrow weights again for backward -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/ParameterWrites.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_REMATERIALIZEWEIGHTSPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct RematerializeWeights final
    : mlir::eoq::impl::RematerializeWeightsPassBase<RematerializeWeights> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<QuantizeOp> weights;
    getOperation().walk([&](QuantizeOp op) {
      if (op.getInput().getDefiningOp<ParameterLoadOp>() &&
          op.getRounding() == Rounding::Nearest && getBytes(op) >= minBytes)
        weights.push_back(op);
    });
    for (QuantizeOp op : weights)
      rematerialize(op);
  }

  static int64_t getBytes(QuantizeOp op) {
    auto type = cast<RankedTensorType>(op.getOutput().getType());
    return type.getNumElements() *
           (getStorageType(type).getIntOrFloatBitWidth() / 8);
  }

  void rematerialize(QuantizeOp op) {
    auto parameter =
        op.getInput().getDefiningOp<ParameterLoadOp>().getParameterAttr();
    llvm::SetVector<Operation *> users;
    for (Operation *user : op.getOutput().getUsers())
      if (user->getBlock() == op->getBlock())
        users.insert(user);
    if (users.empty())
      return;
    Operation *first =
        *llvm::min_element(users, [](Operation *a, Operation *b) {
          return a->isBeforeInBlock(b);
        });
    for (Operation *user : users) {
      if (user == first || mayChangeBetween(parameter, op, user))
        continue;
      OpBuilder builder(user);
      auto clone = cast<QuantizeOp>(builder.clone(*op));
      // A kept exponent of the step before counts as it did for the first.
      if (!op.getPrevious())
        clone.getPreviousMutable().assign(op.getExactExponent());
      user->replaceUsesOfWith(op.getOutput(), clone.getOutput());
      ++numWeightsRematerialized;
    }
  }
};

} // namespace
