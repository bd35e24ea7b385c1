//===- MagnitudeBits.h - static bounds on fixed-point values ----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How large the integers of a tensor can become, from the ops that made them.
// eoq.add and eoq.sub align their operands by it (rule N8).
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_ANALYSIS_MAGNITUDEBITS_H
#define EOQ_ANALYSIS_MAGNITUDEBITS_H

#include "mlir/IR/Value.h"

namespace mlir::eoq {

/// The least b that the analysis can prove to satisfy |q| < 2^b for every
/// element of `value`, a fixed-point tensor of at most 32 bits; at most 31.
unsigned getMagnitudeBits(Value value);

} // namespace mlir::eoq

#endif // EOQ_ANALYSIS_MAGNITUDEBITS_H
