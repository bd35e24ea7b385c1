//===- Passes.h - from EOQ ops to an exported model -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_PASSES_H
#define EOQ_CONVERSION_EOQTOKERNELS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::eoq {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_PASSES_H
