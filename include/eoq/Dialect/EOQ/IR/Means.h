//===- Means.h - the factors of average pools (N12) -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_MEANS_H
#define EOQ_DIALECT_EOQ_IR_MEANS_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"

namespace mlir::eoq {

/// s of rule N12: factors are round(2^s / n), exponents become e - s.
int64_t getMeanShift(AvgPool2DOp op);
int64_t getMeanShift(AvgPool2DGradInputOp op);

/// A bound on the magnitudes of the fixed-point result: elements of overlapping
/// windows add up.
double getLargestMeanGradient(AvgPool2DGradInputOp op);

} // namespace mlir::eoq

#endif // EOQ_DIALECT_EOQ_IR_MEANS_H
