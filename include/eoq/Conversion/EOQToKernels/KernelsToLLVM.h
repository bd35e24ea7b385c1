//===- KernelsToLLVM.h - from kernels to the LLVM dialect -------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_KERNELSTOLLVM_H
#define EOQ_CONVERSION_EOQTOKERNELS_KERNELSTOLLVM_H

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::eoq {

struct KernelsToLLVMOptions {
  /// Parallel loops run on OpenMP threads. Otherwise they are serial.
  bool openmp = true;
};

/// Lowers a module of functions, loops, memrefs and vectors, typically one that
/// went through `eoq-export-model`, to the LLVM dialect (and OpenMP's). What
/// the module's attribute `eoq.target` names decides the instructions.
void buildKernelsToLLVMPipeline(OpPassManager &manager,
                                const KernelsToLLVMOptions &options);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_KERNELSTOLLVM_H
