//===- LowerDot.h - eoq.dot_accumulate for a processor ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_LOWERDOT_H
#define EOQ_CONVERSION_EOQTOKERNELS_LOWERDOT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::eoq {

enum class DotInstruction {
  /// Multiplications and additions of 32-bit integers; any processor.
  Generic,
  /// pmaddwd on 128 bits; every x86-64 processor has it.
  SSE2,
  /// vpmaddwd on 256 bits. LLVM makes vpdpwssd of it where there is VNNI.
  AVX2
};

/// The best instruction of a target: `triple`, and features as LLVM writes them
/// (`+avx2,+fma`).
DotInstruction getDotInstruction(StringRef triple, StringRef features);

/// That of the target which the module's attribute `eoq.target` names: Generic
/// without the attribute, none if it lacks `triple` or `features`.
std::optional<DotInstruction> getDotInstruction(ModuleOp module);

/// Turns `eoq.dot_accumulate` into `llvm.call_intrinsic` and ops of arith and
/// vector; for AVX2 calls of the kernel `eoq_dot_u7` too, which stay calls
/// elsewhere.
void populateLowerDotPatterns(RewritePatternSet &patterns,
                              DotInstruction instruction,
                              PatternBenefit benefit = 1);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_LOWERDOT_H
