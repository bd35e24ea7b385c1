//===- Slots.h - the kernel that passes know by name ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_SLOTS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_SLOTS_H

#include "llvm/ADT/StringRef.h"

namespace mlir::eoq {

/// `(index) -> index`: how many of the slots that there is memory for a loop
/// uses (Kernels/Slots.mlir).
inline constexpr llvm::StringLiteral kSlotsInUseFunction = "eoq_slots_in_use";

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_SLOTS_H
