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

/// i32 elements that describe the part of k of one block of `eoq_windows_*`.
inline constexpr int64_t kGemmRangeSize = 5;

/// What `eoq_windows_*` finds the largest magnitude of: nothing, the sums
/// themselves, those with a bias and bounds, or those that a mask lets through.
enum class Magnitude : int32_t { None, OfSums, OfBiased, OfMasked };
/// Partial results of it, and i32 elements that separate those of threads.
inline constexpr int64_t kMagnitudeLanes = 16;

/// Rows of a block of a product whose operands come in groups of `group`.
int64_t getGemmRows(int64_t group);
/// The same for `eoq_gemm_narrow`: pairs, and at most 8 columns.
int64_t getNarrowGemmRows();

/// The kernels built in C++: `eoq_gemm_*` for i8, u7 (A never negative), i8u7
/// (B never negative), s8 (groups of four of any sign) and f32, and
/// `eoq_windows_*` for i8, u7, s8 and f32.
ArrayRef<StringRef> getGemmKernelNames();
bool isGemmKernel(StringRef name);
/// Null if it is not one of them.
FunctionType getGemmKernelType(StringRef name, MLIRContext *context);
/// Creates its definition at the insertion point.
func::FuncOp buildGemmKernel(OpBuilder &builder, StringRef name);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_GEMMKERNEL_H
