//===- Pipelines.cpp - the phases of the compiler ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Pipelines/Pipelines.h"
#include "eoq/Conversion/EOQToKernels/KernelsToLLVM.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Conversion/ONNXToEOQ/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace mlir::eoq;

static constexpr StringLiteral kPhaseNames[] = {
    "import", "graph", "bn-free", "training", "quantized", "kernels", "llvm"};

StringRef eoq::getPhaseName(Phase phase) {
  return kPhaseNames[static_cast<int>(phase)];
}

std::optional<Phase> eoq::parsePhase(StringRef name) {
  const auto *it = llvm::find(kPhaseNames, name);
  if (it == std::end(kPhaseNames))
    return std::nullopt;
  return static_cast<Phase>(it - kPhaseNames);
}

void eoq::buildImportToGraphPipeline(OpPassManager &manager) {
  manager.addPass(createConvertONNXToEOQPass());
  manager.addPass(createVerifyLevelPass());
}

void eoq::buildGraphToBNFreePipeline(OpPassManager &manager,
                                     const TrainingOptions &options) {
  manager.addPass(createRemoveBatchNormPass({options.batchNorm}));
  switch (options.getBNFree()) {
  case BNFreeMethod::Centered:
    manager.addPass(createCenterWeightsPass());
    break;
  case BNFreeMethod::Fixup:
    manager.addPass(createApplyFixupPass());
    break;
  case BNFreeMethod::None:
    break;
  }
  manager.addPass(createVerifyLevelPass());
}

void eoq::buildBNFreeToTrainingPipeline(OpPassManager &manager,
                                        const TrainingOptions &options) {
  SelectTrainablePassOptions selection;
  selection.trainable = options.trainable;
  selection.frozen = options.frozen;
  manager.addPass(createSelectTrainablePass(selection));
  manager.addPass(createGenerateBackwardPass());
  manager.addPass(createGenerateUpdatePass(
      {options.optimizer, options.momentum, options.weightDecayShift}));
  manager.addPass(createVerifyLevelPass());
}

void eoq::buildTrainingToQuantizedPipeline(OpPassManager &manager,
                                           const TrainingOptions &options) {
  if (options.precision == Precision::F32)
    return;
  // Fixup does not centre activations: few are large and many small.
  bool isFixup = options.getBNFree() == BNFreeMethod::Fixup;
  manager.addPass(createQuantizePass(
      {options.weightBits, options.exponents,
       isFixup ? ExponentRule::Ceil : ExponentRule::Round, isFixup}));
  manager.addPass(createVerifyLevelPass());
}

void eoq::buildQuantizedToKernelsPipeline(OpPassManager &manager,
                                          const CodegenOptions &options) {
  manager.addPass(createRematerializeWeightsPass());
  manager.addPass(createFuseElementwisePass());
  manager.addPass(createOrderForMemoryPass());
  int64_t slots = options.openmp ? 16 : 1;
  manager.addPass(createStreamProductsPass({options.blockBytes, slots}));
  manager.addPass(createConvertEOQToKernelsPass({slots, options.remarks}));
  manager.addPass(createQuantizeInPlacePass());
  manager.addPass(createPlanMemoryPass());
}

void eoq::buildKernelsToLLVMDialectPipeline(OpPassManager &manager,
                                            const CodegenOptions &options) {
  ExportModelPassOptions exportOptions;
  exportOptions.main = options.mainFunction;
  manager.addPass(createExportModelPass(exportOptions));
  buildKernelsToLLVMPipeline(manager, {options.openmp});
}

void eoq::buildCompilerPipeline(OpPassManager &manager, Phase last,
                                const TrainingOptions &training,
                                const CodegenOptions &codegen) {
  if (last >= Phase::Graph)
    buildImportToGraphPipeline(manager);
  if (last >= Phase::BNFree)
    buildGraphToBNFreePipeline(manager, training);
  if (last >= Phase::Training)
    buildBNFreeToTrainingPipeline(manager, training);
  if (last >= Phase::Quantized)
    buildTrainingToQuantizedPipeline(manager, training);
  if (last >= Phase::Kernels)
    buildQuantizedToKernelsPipeline(manager, codegen);
  if (last >= Phase::LLVM)
    buildKernelsToLLVMDialectPipeline(manager, codegen);
}

void eoq::registerPipelines() {
  PassPipelineRegistration<>(
      "eoq-import-to-graph-pipeline", "level import to graph",
      [](OpPassManager &manager) { buildImportToGraphPipeline(manager); });
  PassPipelineRegistration<>(
      "eoq-graph-to-bn-free-pipeline", "level graph to bn-free",
      [](OpPassManager &manager) { buildGraphToBNFreePipeline(manager, {}); });
  PassPipelineRegistration<>("eoq-bn-free-to-training-pipeline",
                             "level bn-free to training",
                             [](OpPassManager &manager) {
                               buildBNFreeToTrainingPipeline(manager, {});
                             });
  PassPipelineRegistration<>("eoq-training-to-quantized-pipeline",
                             "level training to quantized",
                             [](OpPassManager &manager) {
                               buildTrainingToQuantizedPipeline(manager, {});
                             });
  PassPipelineRegistration<>("eoq-quantized-to-kernels-pipeline",
                             "level quantized to kernels on planned memory",
                             [](OpPassManager &manager) {
                               buildQuantizedToKernelsPipeline(manager, {});
                             });
  PassPipelineRegistration<>("eoq-kernels-to-llvm-pipeline",
                             "kernels to the LLVM dialect",
                             [](OpPassManager &manager) {
                               buildKernelsToLLVMDialectPipeline(manager, {});
                             });
}
