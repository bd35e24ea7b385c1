//===- Compile.h - from a program's text to a file ----------------*- C++
//-*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_TARGET_CPU_COMPILE_H
#define EOQ_TEST_TARGET_CPU_COMPILE_H

#include "eoq/Conversion/EOQToKernels/KernelsToLLVM.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Target/CPU/Emit.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"

namespace mlir::eoq::test {

/// Loads what modules of the levels `training` and `quantized` consist of.
inline void loadDialects(MLIRContext &context) {
  DialectRegistry registry;
  registerCPUTarget(registry);
  context.appendDialectRegistry(registry);
  context.loadDialect<EOQDialect, func::FuncDialect, arith::ArithDialect>();
}

/// Lowers `module` for `target` to the LLVM dialect.
inline LogicalResult lowerToLLVM(ModuleOp module, const CPUTarget &target,
                                 bool openmp) {
  target.attachTo(module);
  PassManager manager(module.getContext());
  ConvertEOQToKernelsPassOptions options;
  options.slots = 3;
  manager.addPass(createConvertEOQToKernelsPass(options));
  manager.addPass(createQuantizeInPlacePass());
  manager.addPass(createPlanMemoryPass());
  manager.addPass(createExportModelPass());
  buildKernelsToLLVMPipeline(manager, {openmp});
  return manager.run(module);
}

inline LinkOptions getLinkOptions(bool openmp) {
  LinkOptions link;
  link.runtimeLibrary = EOQ_RUNTIME_LIBRARY;
  link.openmp = openmp;
  link.openmpLibraryDir = EOQ_OPENMP_DIR;
  return link;
}

/// A folder that goes away with the object.
class TemporaryFolder {
public:
  TemporaryFolder() { llvm::sys::fs::createUniqueDirectory("eoq-test", path); }
  ~TemporaryFolder() { llvm::sys::fs::remove_directories(path); }
  std::string file(const Twine &name) const {
    return (Twine(path) + "/" + name).str();
  }
  StringRef getPath() const { return path; }

private:
  SmallString<128> path;
};

} // namespace mlir::eoq::test

#endif // EOQ_TEST_TARGET_CPU_COMPILE_H
