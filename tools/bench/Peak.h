//===- Peak.h - what the processor can do -----------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Short loops of nothing but multiplications. Clocks vary from second to
// second: measure them beside what they are compared with.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TOOLS_BENCH_PEAK_H
#define EOQ_TOOLS_BENCH_PEAK_H

#include <cstdint>

namespace mlir::eoq::bench {

enum class Peak {
  /// vpmaddwd + vpaddd: any 8-bit operands, exact.
  Dot16,
  /// vpmaddubsw + vpmaddwd + vpaddd: one operand is never negative.
  Dot8,
  /// vfmadd231ps.
  FMA
};

bool hasPeak();
/// Multiplications of one call of runPeak, about 0.1 ms.
int64_t getPeakProducts(Peak peak);
void runPeak(Peak peak);

} // namespace mlir::eoq::bench

#endif // EOQ_TOOLS_BENCH_PEAK_H
