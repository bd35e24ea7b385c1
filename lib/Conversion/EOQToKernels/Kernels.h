//===- Kernels.h - which kernels there are ----------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_KERNELS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_KERNELS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLExtras.h"

namespace mlir::eoq {

/// Succeeds if `storageType` is f32, or an integer of one of `widths`. The
/// error on `op` says which widths its kernel is made for.
inline LogicalResult requireKernel(Operation *op, Type storageType,
                                   ArrayRef<unsigned> widths) {
  if (storageType.isF32() || llvm::any_of(widths, [&](unsigned w) {
        return storageType.isInteger(w);
      }))
    return success();
  InFlightDiagnostic diag =
      op->emitOpError("has no kernel for operands of type ")
      << storageType << "; expected f32 or fixed point of ";
  llvm::interleave(
      widths, [&](unsigned w) { diag << w; }, [&] { diag << " or "; });
  return diag << " bits";
}

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_KERNELS_H
