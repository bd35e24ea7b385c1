//===- KernelLibrary.h - functions that ops become calls of -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels are MLIR functions with run-time sizes. Their list, arguments and
// meanings are in lib/Conversion/EOQToKernels/Kernels/README.md. A context
// needs the dialects arith, eoq, func, llvm, math, memref, scf and vector.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_KERNELLIBRARY_H
#define EOQ_CONVERSION_EOQTOKERNELS_KERNELLIBRARY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include <numeric>

namespace mlir::eoq {

/// Calls a kernel. Operands that are memrefs of static size are cast to
/// memref<?xT>. Declares the kernel in the module around the insertion point if
/// it is not there. `name` must be a kernel's, and the operands its arguments.
func::CallOp createKernelCall(OpBuilder &builder, Location loc, StringRef name,
                              ValueRange operands);

/// Gives every kernel that `module` calls or declares its definition, and adds
/// what that uses. Fails with an error on a call of a function that neither the
/// module nor the library has.
LogicalResult insertKernels(ModuleOp module);

/// Whether the library has a kernel of that name.
bool isKernel(StringRef name);

/// The arguments and results of a kernel; null if there is none of that name.
FunctionType getKernelType(StringRef name, MLIRContext *context);

/// The names of all kernels, sorted.
SmallVector<StringRef> getKernelNames();

/// Length of the pattern of a bias or scale of `count` elements: the smallest
/// common multiple of `count` and 16 with 64 or more elements.
inline int64_t getChannelPatternLength(int64_t count) {
  int64_t whole = std::lcm(count, int64_t(16));
  return whole * ((63 + whole) / whole);
}

/// A number mantissa * 2^exponent, the mantissa 0 or in [2^29, 2^30).
struct NormPair {
  int32_t mantissa = 0;
  int32_t exponent = 0;
};

/// nominal^2 / 16 as the least size of a parameter in rule N16.
NormPair getNominalPair(double nominal);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_KERNELLIBRARY_H
