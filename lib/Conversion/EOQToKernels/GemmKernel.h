//===- GemmKernel.h - the register-blocked product --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_GEMMKERNEL_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_GEMMKERNEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace mlir::eoq {

/// The kernels built in C++: `eoq_gemm_i8`, `eoq_gemm_u7` (A never negative) and
/// `eoq_gemm_f32`.
ArrayRef<StringRef> getGemmKernelNames();
bool isGemmKernel(StringRef name);
/// Null if it is not one of them.
FunctionType getGemmKernelType(StringRef name, MLIRContext *context);
/// Creates its definition at the insertion point.
func::FuncOp buildGemmKernel(OpBuilder &builder, StringRef name);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_GEMMKERNEL_H
