//===- KernelsToLLVM.cpp - from kernels to the LLVM dialect ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/KernelsToLLVM.h"
#include "eoq/Conversion/EOQToKernels/LowerDot.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ArmNeon/ArmNeonDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_LOWERDOTPASS
#define GEN_PASS_DEF_SETLINKAGEPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct LowerDot final : mlir::eoq::impl::LowerDotPassBase<LowerDot> {
  void runOnOperation() override {
    std::optional<DotInstruction> instruction =
        getDotInstruction(getOperation());
    if (!instruction) {
      getOperation().emitError("expected strings 'triple' and 'features' in "
                               "the module's attribute 'eoq.target'");
      return signalPassFailure();
    }
    RewritePatternSet patterns(&getContext());
    populateLowerDotPatterns(patterns, *instruction);
    if (failed(
            applyPatternsAndFoldGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

struct SetLinkage final : mlir::eoq::impl::SetLinkagePassBase<SetLinkage> {
  void runOnOperation() override {
    llvm::StringMap<int64_t> numCalls;
    getOperation().walk(
        [&](func::CallOp call) { ++numCalls[call.getCallee()]; });
    auto internal =
        LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal);
    Builder builder(&getContext());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function.isPrivate() || function.isDeclaration())
        continue;
      function->setAttr("llvm.linkage", internal);
      if (numCalls.lookup(function.getName()) > 1 && hasLoop(function))
        function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
    }
  }

private:
  static bool hasLoop(func::FuncOp function) {
    WalkResult walk = function.walk(
        [](LoopLikeOpInterface) { return WalkResult::interrupt(); });
    return walk.wasInterrupted();
  }
};

} // namespace

void mlir::eoq::buildKernelsToLLVMPipeline(
    OpPassManager &manager, const KernelsToLLVMOptions &options) {
  if (options.openmp) {
    manager.addPass(createChooseParallelCallsPass());
    // A size that is the same in all calls of a kernel reaches its loops.
    manager.addPass(createSCCPPass());
    manager.addPass(createShareLoopsPass());
  }
  manager.addPass(createLowerDotPass());
  manager.addPass(createSetLinkagePass());
  manager.addPass(createSymbolDCEPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // Parallel loops that are left become plain ones.
  manager.addPass(createConvertSCFToCFPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  if (options.openmp)
    manager.addPass(createConvertOpenMPToLLVMPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
}
