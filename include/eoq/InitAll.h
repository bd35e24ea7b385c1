//===- InitAll.h - registers everything EOQ has -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_INITALL_H
#define EOQ_INITALL_H

#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Conversion/ONNXToEOQ/Passes.h"
#include "eoq/Dialect/EOQ/Gradient/Gradient.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "eoq/Pipelines/Pipelines.h"
#include "eoq/Target/CPU/Emit.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ArmNeon/ArmNeonDialect.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectRegistry.h"

namespace mlir::eoq {

/// Our dialect, and those that our lowering uses.
inline void registerAllDialects(DialectRegistry &registry) {
  registry.insert<EOQDialect, arith::ArithDialect, arm_neon::ArmNeonDialect,
                  cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect,
                  math::MathDialect, memref::MemRefDialect, omp::OpenMPDialect,
                  scf::SCFDialect, vector::VectorDialect>();
}

/// Backward rules, and the translations to LLVM IR.
inline void registerAllExtensions(DialectRegistry &registry) {
  registerGradientModels(registry);
  registerCPUTarget(registry);
}

inline void registerAllPasses() {
  registerTransformsPasses();
  registerONNXToEOQPasses();
  registerEOQToKernelsPasses();
}

inline void registerAllPipelines() { registerPipelines(); }

} // namespace mlir::eoq

#endif // EOQ_INITALL_H
