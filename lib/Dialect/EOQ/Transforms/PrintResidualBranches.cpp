//===- PrintResidualBranches.cpp - what the analysis found ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/ResidualBranches.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_PRINTRESIDUALBRANCHESPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

static void printProducts(Diagnostic &diagnostic,
                          ArrayRef<Operation *> products) {
  diagnostic << "[";
  llvm::interleaveComma(products, diagnostic, [&](Operation *product) {
    if (ParameterLoadOp load = getWeightLoad(product))
      diagnostic << load.getParameter();
    else
      diagnostic << product->getName().getStringRef();
  });
  diagnostic << "]";
}

namespace {
class PrintResidualBranches
    : public eoq::impl::PrintResidualBranchesPassBase<PrintResidualBranches> {
  void runOnOperation() override {
    ResidualBranches analysis(getOperation());
    for (const ResidualBranch &branch : analysis.getBranches()) {
      InFlightDiagnostic remark = branch.add->emitRemark("residual branch at ");
      remark << (branch.operandNumber == 0 ? "lhs" : "rhs") << ", products ";
      printProducts(*remark.getUnderlyingDiagnostic(), branch.products);
      remark << ", shortcut ";
      printProducts(*remark.getUnderlyingDiagnostic(), branch.shortcutProducts);
      remark.attachNote(branch.fork.getLoc()) << "the two sides part here";
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (Operation *head : findHeads(function))
        head->emitRemark("classifier");
    markAllAnalysesPreserved();
  }
};
} // namespace
