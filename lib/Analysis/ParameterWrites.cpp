//===- ParameterWrites.cpp - who changes a parameter ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/ParameterWrites.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::eoq;

static bool mayChange(FlatSymbolRefAttr parameter, Operation *op) {
  if (isa<ParameterLoadOp>(op) || isMemoryEffectFree(op))
    return false;
  // Our ops name the parameters that they write.
  return !isa_and_present<EOQDialect>(op->getDialect()) ||
         llvm::any_of(op->getAttrs(), [&](NamedAttribute attribute) {
           return attribute.getValue() == parameter;
         });
}

bool mlir::eoq::mayChangeBetween(FlatSymbolRefAttr parameter, Operation *first,
                                 Operation *last) {
  for (Operation *op = first->getNextNode(); op != last;
       op = op->getNextNode())
    if (mayChange(parameter, op))
      return true;
  return false;
}
