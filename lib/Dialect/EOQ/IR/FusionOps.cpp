//===- FusionOps.cpp - verifier of fused ops --------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/IR/EOQ.h"

using namespace mlir;
using namespace mlir::eoq;

OperandRange FusedOp::getYielded() {
  return getBlock().getTerminator()->getOperands();
}

LogicalResult FusedOp::verifyRegions() {
  if (getBlock().getArgumentTypes() != getInputs().getTypes())
    return emitOpError()
           << "(C1) expected block arguments of the operands' types but got "
           << getBlock().getArgumentTypes();
  if (getYielded().getTypes() != getOutputs().getTypes())
    return emitOpError()
           << "(C1) expected 'eoq.yield' of the results' types but got "
           << getYielded().getTypes();
  return success();
}
