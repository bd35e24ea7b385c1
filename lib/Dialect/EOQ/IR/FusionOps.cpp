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
  if (std::optional<uint64_t> blocks = getBlocks()) {
    for (Type type : getOutputs().getTypes())
      if (auto tensor = dyn_cast<RankedTensorType>(type))
        if (*blocks < 2 || tensor.getRank() == 0 ||
            tensor.getDimSize(0) % *blocks != 0)
          return emitOpError() << "(C2) expected at least 2 blocks, of equally "
                                  "many images, but got "
                               << *blocks << " of " << type;
    return success();
  }
  for (Operation &op : getBlock())
    if (isa<Conv2DOp, Conv2DGradInputOp, FullyConnectedOp,
            FullyConnectedGradInputOp, MaxPool2DGradInputOp>(op))
      return emitOpError() << "(C3) expected 'blocks', as it has '"
                           << op.getName() << "' in it";
  return success();
}
