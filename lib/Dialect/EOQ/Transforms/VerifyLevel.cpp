//===- VerifyLevel.cpp - the contract of each level -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_VERIFYLEVELPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

constexpr StringLiteral kLevels[] = {"import", "graph", "bn-free", "training",
                                     "quantized"};

struct VerifyLevel : public eoq::impl::VerifyLevelPassBase<VerifyLevel> {
  void runOnOperation() override;

  /// Reports `op` as out of place, with the pass that should have removed it.
  void reject(Operation *op, StringRef level, StringRef pass) {
    op->emitError() << "'" << op->getName() << "' is not allowed at level '"
                    << level << "'"
                    << (pass.empty() ? "" : "; expected to be removed by '")
                    << pass << (pass.empty() ? "" : "'");
    signalPassFailure();
  }
};

/// Whether a value of `type` needs floating point.
bool hasFloat(Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); }

void VerifyLevel::runOnOperation() {
  ModuleOp module = getOperation();
  auto attr = module->getAttrOfType<StringAttr>(EOQDialect::kLevelAttrName);
  const auto *entry =
      attr ? llvm::find(kLevels, attr.getValue()) : std::end(kLevels);
  if (entry == std::end(kLevels)) {
    module.emitError() << "expected '" << EOQDialect::kLevelAttrName
                       << "' to be one of import, graph, bn-free, training, "
                          "quantized";
    return signalPassFailure();
  }
  StringRef level = *entry;
  int index = entry - kLevels;
  module.walk([&](Operation *op) {
    if (index >= 1 && isa<OnnxNodeOp, OnnxAbsentOp>(op))
      reject(op, level, "convert-onnx-to-eoq");
    else if (index >= 2 && isa<BatchNormOp>(op))
      reject(op, level, "eoq-remove-batch-norm");
    else if (index >= 3 && isa<GradientOp>(op))
      reject(op, level, "eoq-generate-update");
    else if (index >= 4 && op->getParentOfType<func::FuncOp>() &&
             (llvm::any_of(op->getOperandTypes(), hasFloat) ||
              llvm::any_of(op->getResultTypes(), hasFloat)))
      reject(op, level, "eoq-quantize");
  });
  if (index < 3)
    return;
  for (StringRef name :
       {EOQDialect::kPredictName, EOQDialect::kEvaluateName,
        EOQDialect::kTrainStepName, EOQDialect::kInitializeName})
    if (!module.lookupSymbol<func::FuncOp>(name)) {
      module.emitError() << "expected a function @" << name << " at level '"
                         << level
                         << "'; 'eoq-generate-backward' and "
                            "'eoq-generate-update' make it";
      signalPassFailure();
    }
}

} // namespace
