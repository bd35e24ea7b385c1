//===- PlannedFunction.h - a function's memory plan -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_PLANNEDFUNCTION_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_PLANNEDFUNCTION_H

#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"

namespace mlir::eoq {

/// A buffer as the planned function shows it: a view of the arena.
struct ShownBuffer {
  PlannedBuffer place;
  std::string name;
  Type elementType;
};

/// The buffers of a function that went through `eoq-plan-memory`. Positions
/// count the operations that use a buffer.
struct PlannedFunction {
  std::string name;
  int64_t arenaBytes = 0;
  std::vector<ShownBuffer> buffers;
  /// Live bytes at each position.
  std::vector<int64_t> live;
  int64_t peakPosition = 0;

  /// The functions of `module` that have an arena, in its order.
  static std::vector<PlannedFunction> collect(ModuleOp module);
};

/// `1,234,567`.
std::string groupDigits(int64_t number);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_PLANNEDFUNCTION_H
