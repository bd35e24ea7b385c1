//===- FusedKernel.h - loops made of stages ---------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The name of a fused kernel says what it computes, in postfix notation:
// `eoq_fused_i32_bias_relu_max` is the largest magnitude of max(x + b, 0). So a
// kernel exists once for all layers that have the same ops.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_FUSEDKERNEL_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_FUSEDKERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace mlir::eoq {

/// Whether `name` is `eoq_fused_` and stages that fit together.
bool isFusedKernel(StringRef name);
/// Null if it is not one.
FunctionType getFusedKernelType(StringRef name, MLIRContext *context);
/// Creates its definition at the insertion point.
func::FuncOp buildFusedKernel(OpBuilder &builder, StringRef name);

/// The operands of a fused kernel that are tensors of 32 bits.
SmallVector<int64_t> getWideOperands(StringRef name);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_FUSEDKERNEL_H
