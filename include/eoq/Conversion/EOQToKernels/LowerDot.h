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
  /// vpmaddwd and vpmaddubsw on 256 bits.
  AVX2,
  /// vpdpwssd and vpdpbusd on 256 bits: AVX-VNNI, or AVX512-VNNI with AVX512VL.
  VNNI,
  /// smull of 8 bits and additions of neighbours; every AArch64 processor.
  /// Groups of two are as for Generic.
  Neon,
  /// sdot for groups of four; else as for Neon.
  NeonDot
};

/// The best instruction of a target: `triple`, and features as LLVM writes them
/// (`+avx2,+fma`).
DotInstruction getDotInstruction(StringRef triple, StringRef features);

/// That of the target which the module's attribute `eoq.target` names: Generic
/// without the attribute, none if it lacks `triple` or `features`.
std::optional<DotInstruction> getDotInstruction(ModuleOp module);

/// Which groups of four 8-bit operands a target multiplies faster than pairs
/// of 16-bit ones: none, those whose left operand is never negative, or all.
enum class QuadSupport { None, Nonnegative, All };
QuadSupport getQuadSupport(DotInstruction instruction);

/// Whether a target multiplies pairs of 16-bit operands nearly as fast as any,
/// so that tiles of windows, which need fewer products of 16 bits, pay.
bool hasFastPairs(DotInstruction instruction);

/// Turns `eoq.dot_accumulate` into `llvm.call_intrinsic` or ops of arm_neon,
/// and ops of arith and vector. Groups of four that the target has no
/// instruction for become groups of two.
void populateLowerDotPatterns(RewritePatternSet &patterns,
                              DotInstruction instruction,
                              PatternBenefit benefit = 1);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_LOWERDOT_H
