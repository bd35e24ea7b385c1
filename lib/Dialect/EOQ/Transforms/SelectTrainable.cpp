//===- SelectTrainable.cpp - freeze parameters by name ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "llvm/Support/GlobPattern.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_SELECTTRAINABLEPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct SelectTrainable
    : public eoq::impl::SelectTrainablePassBase<SelectTrainable> {
  using SelectTrainablePassBase::SelectTrainablePassBase;
  void runOnOperation() override;

  /// Marks in `matched` the parameters whose name fits one of the globs.
  LogicalResult match(ArrayRef<std::string> globs, StringRef flag,
                      DenseSet<Operation *> &matched);
};

LogicalResult SelectTrainable::match(ArrayRef<std::string> globs,
                                     StringRef flag,
                                     DenseSet<Operation *> &matched) {
  ModuleOp module = getOperation();
  for (const std::string &text : globs) {
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(text);
    if (!glob)
      return module.emitError()
             << "'" << flag << "': '" << text
             << "' is no glob: " << llvm::toString(glob.takeError());
    bool any = false;
    for (auto parameter : module.getOps<ParameterOp>())
      if (glob->match(parameter.getSymName())) {
        matched.insert(parameter);
        any = true;
      }
    if (!any)
      return module.emitError()
             << "'" << flag << "': '" << text
             << "' matches no parameter; names are those of the ONNX "
                "initializers, without those of batch norm, which is gone";
  }
  return success();
}

/// Random values that are never trained are hardly what somebody wants.
static void warnOfRandomValues(ModuleOp module, ArrayRef<StringRef> names) {
  if (names.empty())
    return;
  InFlightDiagnostic warning = module.emitWarning();
  warning << "'" << names.front() << "'";
  if (names.size() > 1)
    warning << " and " << names.size() - 1 << " more";
  warning << (names.size() > 1 ? " are" : " is")
          << " frozen at random values, because dropping batch norm "
             "initializes anew; fold batch norm to freeze the model's values";
}

void SelectTrainable::runOnOperation() {
  DenseSet<Operation *> chosen, kept;
  if (failed(match(trainable, "trainable", chosen)) ||
      failed(match(frozen, "freeze", kept)))
    return signalPassFailure();
  SmallVector<StringRef> random;
  for (auto parameter : getOperation().getOps<ParameterOp>()) {
    bool isChosen = trainable.empty() || chosen.contains(parameter);
    if (!parameter.getTrainable() || (isChosen && !kept.contains(parameter)))
      continue;
    parameter.setTrainable(false);
    ++numParametersFrozen;
    if (isa<NormalAttr>(parameter.getInitialValue()))
      random.push_back(parameter.getSymName());
  }
  warnOfRandomValues(getOperation(), random);
}

} // namespace
