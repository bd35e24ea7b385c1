//===- CenterWeights.cpp - the default way without batch norm ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Centred weights take the mean out of every channel, as batch norm does, and
// halved branches keep the variance of residual sums bounded. What makes it
// work, and what else was tried: docs/BatchNormFree.md.
//
//===----------------------------------------------------------------------===//
#include "Parameters.h"
#include "eoq/Analysis/ResidualBranches.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_CENTERWEIGHTSPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

/// Subtracts from each of `channels` rows its mean.
static void centerRows(MutableArrayRef<float> values, int64_t channels) {
  size_t length = values.size() / channels;
  for (; !values.empty(); values = values.drop_front(length)) {
    double sum = 0;
    for (float value : values.take_front(length))
      sum += value;
    for (float &value : values.take_front(length))
      value = float(value - sum / length);
  }
}

namespace {
class CenterWeights : public eoq::impl::CenterWeightsPassBase<CenterWeights> {
  using CenterWeightsPassBase::CenterWeightsPassBase;
  void runOnOperation() override;
  LogicalResult centerWeight(Conv2DOp conv, ParameterOp weight);
  void halveBranch(const ResidualBranch &branch);
};
} // namespace

void CenterWeights::runOnOperation() {
  ModuleOp module = getOperation();
  if (failed(expectLevel(module, getArgument(), {"bn-free"})) ||
      failed(expectNoBatchNorm(module, getArgument())))
    return signalPassFailure();

  ModuleParameters parameters(module);
  bool failedOnce = false;
  module.walk([&](Conv2DOp conv) {
    // The mean of a single value is the value.
    ParameterOp weight = parameters.lookupLoaded(conv.getWeight());
    if (!weight || !weight.getTrainable() || weight.getCentered() ||
        getFanIn(conv) == 1)
      return;
    failedOnce |= failed(centerWeight(conv, weight));
  });
  if (failedOnce)
    return signalPassFailure();

  ResidualBranches branches(module);
  for (const ResidualBranch &branch : branches.getBranches())
    halveBranch(branch);
}

LogicalResult CenterWeights::centerWeight(Conv2DOp conv, ParameterOp weight) {
  if (auto normal = dyn_cast<NormalAttr>(weight.getInitialValue())) {
    weight.setInitialValueAttr(NormalAttr::get(
        &getContext(), normal.getMantissa(), normal.getExponent(),
        /*centered=*/true));
  } else {
    auto values = readF32Elements(weight.getInitialValue());
    if (!values)
      return weight.emitError()
             << "cannot centre '" << weight.getSymName()
             << "': expected random or given f32 initial values";
    centerRows(*values, weight.getTensorType().getDimSize(0));
    weight.setInitialValueAttr(
        makeF32Elements(weight.getTensorType(), *values, weight.getSymName()));
    if (double nominal = rootMeanSquare(*values); nominal > 0)
      weight.setNominal(APFloat(nominal));
  }
  weight.setCentered(true);
  ++numWeightsCentered;
  Remark(conv, report) << "'" << weight.getSymName() << "' is kept centred";
  return success();
}

void CenterWeights::halveBranch(const ResidualBranch &branch) {
  OpOperand &end = branch.getEnd();
  // Halved before.
  if (end.get().getDefiningOp<ShiftExponentOp>())
    return;
  OpBuilder builder(branch.add);
  end.set(builder.create<ShiftExponentOp>(branch.add->getLoc(),
                                          end.get().getType(), end.get(),
                                          /*amount=*/-1));
  ++numBranchesHalved;
  Remark(branch.add, report)
      << "the residual branch that ends here is halved; products: "
      << branch.products.size();
}
