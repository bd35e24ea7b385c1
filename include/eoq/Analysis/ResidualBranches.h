//===- ResidualBranches.h - residual branches of any topology ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the residual branches of a network: for each `eoq.add`, the value where
// its two sides part, and the side with more products. Works on the data flow
// alone, so a shortcut may be anything: the identity, a projection, a pool, or
// a path through other blocks.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_ANALYSIS_RESIDUALBRANCHES_H
#define EOQ_ANALYSIS_RESIDUALBRANCHES_H

#include "eoq/Analysis/Products.h"

namespace mlir::eoq {

/// One residual branch: the way from `fork` to an operand of `add` that holds
/// the most products (the first such way, in operand order).
struct ResidualBranch {
  AddOp add;
  /// The last value that both operands of `add` depend on.
  Value fork;
  /// Number of the operand of `add` at which the branch ends; the other one is
  /// the shortcut.
  unsigned operandNumber;
  /// The products of the branch, from the fork to the add. Never empty.
  SmallVector<Operation *> products;
  /// The products of the shortcut: none for an identity.
  SmallVector<Operation *> shortcutProducts;

  Operation *getLastProduct() const { return products.back(); }
  OpOperand &getEnd() const { return AddOp(add)->getOpOperand(operandNumber); }
};

/// All residual branches under an op, in program order. An `eoq.add` has one if
/// its operands have a common ancestor and at least one way from there holds a
/// product. The branch is the side with more products; of two sides with equal
/// numbers, the one that is not a single 1x1 convolution, and else the left
/// one. Valid until the network is rewritten.
class ResidualBranches {
public:
  explicit ResidualBranches(Operation *root);

  ArrayRef<ResidualBranch> getBranches() const & { return branches; }
  ArrayRef<ResidualBranch> getBranches() && = delete;
  /// The number L of residual branches.
  size_t size() const { return branches.size(); }

private:
  SmallVector<ResidualBranch> branches;
};

} // namespace mlir::eoq

#endif // EOQ_ANALYSIS_RESIDUALBRANCHES_H
