//===- Remarks.h - what an op became ----------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_REMARKS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_REMARKS_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"

namespace mlir::eoq {

/// If `op` is a product or a quantizer (alone or fused): a remark on it, and on
/// each product that is fused, that names its shapes, the kernels in [`begin`,
/// `end`), which is what it was lowered to, why it is these, and their scratch
/// memory. Says `slow class` where a kernel is far
/// from the processor's peak.
void emitLoweringRemark(Operation *op, Block::iterator begin,
                        Block::iterator end);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_REMARKS_H
