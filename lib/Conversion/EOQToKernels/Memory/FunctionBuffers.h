//===- FunctionBuffers.h - the lives of a function's buffers ----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_FUNCTIONBUFFERS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_FUNCTIONBUFFERS_H

#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"

namespace mlir::eoq {

/// The static `memref.alloc`s in the entry block of a function. Positions are
/// those of its ops.
struct FunctionBuffers {
  SmallVector<Operation *> operations;
  SmallVector<memref::AllocOp> allocations;
  /// The life of each allocation; not placed.
  SmallVector<PlannedBuffer> lives;

  static FunctionBuffers collect(func::FuncOp function);
};

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_FUNCTIONBUFFERS_H
