//===- ParameterWrites.h - who changes a parameter --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A parameter's tensor is read in place when it is used, not where it is
// loaded: a pass that moves or repeats its use asks here.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_ANALYSIS_PARAMETERWRITES_H
#define EOQ_ANALYSIS_PARAMETERWRITES_H

#include "mlir/IR/BuiltinAttributes.h"

namespace mlir {
class Operation;
}

namespace mlir::eoq {

/// Whether an op between `first` and `last`, in this order in one block, may
/// write the parameter. Ops of other dialects with effects may.
bool mayChangeBetween(FlatSymbolRefAttr parameter, Operation *first,
                      Operation *last);

} // namespace mlir::eoq

#endif // EOQ_ANALYSIS_PARAMETERWRITES_H
