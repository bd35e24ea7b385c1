//===- Driver.cpp - from a model file to a trainer --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Driver/Driver.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Import/ONNX/Import.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::eoq;

bool eoq::isDeepOrDepthwise(ModuleOp module) {
  constexpr int64_t kDeep = 20;
  int64_t products = 0;
  bool isDepthwise = false;
  auto predict = module.lookupSymbol<func::FuncOp>(EOQDialect::kPredictName);
  if (!predict)
    return false;
  predict.walk([&](Operation *op) {
    if (isa<Conv2DOp, FullyConnectedOp>(op))
      ++products;
    if (auto conv = dyn_cast<Conv2DOp>(op))
      isDepthwise |= conv.getGroups() > 1;
  });
  return isDepthwise || products >= kDeep;
}

/// The options as the trainer's `info` shows them, and its default learning
/// rate needs them.
static DictionaryAttr describeOptions(ModuleOp module,
                                      const CompileOptions &options) {
  Builder builder(module.getContext());
  const TrainingOptions &training = options.training;
  auto text = [&](StringRef value) { return builder.getStringAttr(value); };
  BNFreeMethod bnFree = training.getBNFree();
  SmallVector<NamedAttribute> entries = {
      builder.getNamedAttr(
          "precision",
          text(training.precision == Precision::Int8 ? "int8" : "f32")),
      builder.getNamedAttr(
          "batch_norm",
          text(training.batchNorm == BatchNormMode::Fold ? "fold" : "drop")),
      builder.getNamedAttr("bn_free",
                           text(bnFree == BNFreeMethod::Centered ? "centered"
                                : bnFree == BNFreeMethod::Fixup  ? "fixup"
                                                                 : "none")),
      builder.getNamedAttr("optimizer",
                           text(training.optimizer == Optimizer::SGD
                                    ? "sgd"
                                    : "normalized-sgd")),
      builder.getNamedAttr("momentum_32nds",
                           builder.getI64IntegerAttr(training.momentum)),
      builder.getNamedAttr(
          "weight_decay_shift",
          builder.getI64IntegerAttr(training.weightDecayShift)),
      builder.getNamedAttr("weight_bits",
                           builder.getI64IntegerAttr(training.weightBits)),
      builder.getNamedAttr("exponents",
                           text(training.exponents == ExponentMode::Exact
                                    ? "exact"
                                    : "previous")),
      builder.getNamedAttr("deep_or_depthwise",
                           builder.getBoolAttr(isDeepOrDepthwise(module)))};
  return builder.getDictionaryAttr(entries);
}

/// Writes the picture of the memory plan, if one is wanted.
static LogicalResult writeTimeline(ModuleOp module,
                                   const CompileOptions &options) {
  if (options.memoryTimeline.empty())
    return success();
  std::string text;
  llvm::raw_string_ostream stream(text);
  printMemoryTimeline(module, stream);
  if (llvm::Error error = writeText(options.memoryTimeline, text))
    return module.emitError() << llvm::toString(std::move(error));
  return success();
}

/// Prints the memory plan, if one is wanted. It is asked for beside the
/// program, so that there shall be neither if it cannot be written.
static LogicalResult writeReport(ModuleOp module,
                                 const CompileOptions &options) {
  if (!options.memoryReport)
    return success();
  std::string text;
  llvm::raw_string_ostream stream(text);
  printMemoryReport(module, stream);
  if (llvm::Error error = writeText("-", text))
    return module.emitError() << llvm::toString(std::move(error));
  return success();
}

/// Writes `NN-<phase>.mlir` into the temps directory, if there is one.
static LogicalResult saveTemp(ModuleOp module, Phase phase,
                              const CompileOptions &options) {
  if (options.tempsDirectory.empty())
    return success();
  llvm::SmallString<128> path(options.tempsDirectory);
  std::string name = std::to_string(static_cast<int>(phase)) + "-" +
                     getPhaseName(phase).str() + ".mlir";
  llvm::sys::path::append(path, name);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream); // operator<< would leave out the resources
  if (llvm::Error error = writeFileAtomically(path, text))
    return module.emitError()
           << "'" << path << "': " << llvm::toString(std::move(error));
  return success();
}

OwningOpRef<ModuleOp> eoq::importModel(const CompileOptions &options,
                                       MLIRContext &context) {
  OnnxImportOptions importOptions;
  importOptions.batchSize = options.batchSize;
  importOptions.defaultBatchSize = kDefaultBatchSize;
  OwningOpRef<ModuleOp> module =
      importOnnxFile(options.inputPath, &context, importOptions);
  if (!module || failed(saveTemp(*module, Phase::Import, options)))
    return {};
  return module;
}

LogicalResult eoq::runPhases(ModuleOp module, Phase last,
                             const CompileOptions &options) {
  CodegenOptions codegen;
  codegen.openmp = options.openmp;
  codegen.remarks = options.remarks;
  codegen.blockBytes = options.blockBytes;
  codegen.mainFunction = options.emission == Emission::Executable;
  auto run = [&](Phase phase, llvm::function_ref<void(OpPassManager &)> build) {
    if (phase > last)
      return success();
    PassManager manager(module.getContext());
    build(manager);
    if (failed(manager.run(module)))
      return failure();
    return saveTemp(module, phase, options);
  };
  const TrainingOptions &training = options.training;
  if (failed(run(Phase::Graph, buildImportToGraphPipeline)))
    return failure();
  if (last >= Phase::Graph)
    module->setAttr(EOQDialect::kOptionsAttrName,
                    describeOptions(module, options));
  if (failed(run(Phase::BNFree,
                 [&](OpPassManager &manager) {
                   buildGraphToBNFreePipeline(manager, training);
                 })) ||
      failed(run(Phase::Training,
                 [&](OpPassManager &manager) {
                   buildBNFreeToTrainingPipeline(manager, training);
                 })) ||
      failed(run(Phase::Quantized, [&](OpPassManager &manager) {
        buildTrainingToQuantizedPipeline(manager, training);
      })))
    return failure();
  if (last < Phase::Kernels)
    return success();
  if (!module->hasAttr(kTargetAttrName)) {
    llvm::Expected<CPUTarget> target = CPUTarget::parse(options.target);
    if (!target)
      return module.emitError() << llvm::toString(target.takeError());
    target->l2CacheBytes = options.l2CacheBytes;
    target->attachTo(module);
  }
  if (failed(run(Phase::Kernels, [&](OpPassManager &manager) {
        buildQuantizedToKernelsPipeline(manager, codegen);
      })))
    return failure();
  if (failed(writeReport(module, options)) ||
      failed(writeTimeline(module, options)))
    return failure();
  return run(Phase::LLVM, [&](OpPassManager &manager) {
    buildKernelsToLLVMDialectPipeline(manager, codegen);
  });
}

static OutputKind outputKindOf(Emission emission) {
  switch (emission) {
  case Emission::Executable:
    return OutputKind::Executable;
  case Emission::SharedLibrary:
    return OutputKind::SharedLibrary;
  case Emission::Object:
    return OutputKind::Object;
  case Emission::Assembly:
    return OutputKind::Assembly;
  case Emission::LLVMIR:
  case Emission::MLIR:
    return OutputKind::LLVMIR;
  }
  llvm_unreachable("unknown emission");
}

/// Whether both names are one file, which need not be there yet.
static bool isSameFile(StringRef a, StringRef b) {
  if (a.empty() || b.empty())
    return false;
  llvm::SmallString<128> paths[] = {a, b};
  for (llvm::SmallString<128> &path : paths) {
    llvm::sys::fs::make_absolute(path);
    llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  }
  return paths[0] == paths[1] || llvm::sys::fs::equivalent(a, b);
}

/// Fails if a result would take the model's place, or another result's.
static LogicalResult checkResults(const CompileOptions &options,
                                  MLIRContext &context) {
  for (const std::string &path : {options.outputPath, options.memoryTimeline})
    if (isSameFile(path, options.inputPath))
      return emitError(UnknownLoc::get(&context))
             << "'" << path << "' is the model itself, which would be lost";
  if (isSameFile(options.memoryTimeline, options.outputPath))
    return emitError(UnknownLoc::get(&context))
           << "'" << options.outputPath << "' is the name of two results";
  return success();
}

/// The same for the header of a shared library, whose name is the model's.
static LogicalResult checkHeader(const CompileOptions &options,
                                 ModuleOp module) {
  if (options.emission != Emission::SharedLibrary)
    return success();
  std::string header = getHeaderPath(module, options.outputPath);
  if (isSameFile(header, options.inputPath))
    return module.emitError()
           << "'" << header
           << "' is the model itself, which the library's header would "
              "replace; give a library in another folder with -o";
  if (isSameFile(header, options.memoryTimeline))
    return module.emitError()
           << "'" << header << "' is the name of two results";
  return success();
}

LogicalResult eoq::compile(const CompileOptions &options,
                           MLIRContext &context) {
  if (failed(checkResults(options, context)))
    return failure();
  // A wrong target is told before the work, not after it.
  if (llvm::Expected<CPUTarget> target = CPUTarget::parse(options.target);
      !target)
    return emitError(UnknownLoc::get(&context))
           << llvm::toString(target.takeError());
  OwningOpRef<ModuleOp> module = importModel(options, context);
  if (!module)
    return failure();
  bool isText = options.emission == Emission::MLIR;
  Phase last = isText ? options.lastPhase : Phase::LLVM;
  if (failed(runPhases(*module, last, options)))
    return failure();
  if (isText) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream); // operator<< would leave out the resources
    stream << "\n";
    if (llvm::Error error = writeText(options.outputPath, text))
      return emitError(UnknownLoc::get(&context))
             << llvm::toString(std::move(error));
    return success();
  }
  FailureOr<CPUTarget> target = CPUTarget::get(*module);
  if (failed(target) || failed(checkHeader(options, *module)))
    return failure();
  return emit(*module, *target, outputKindOf(options.emission),
              options.outputPath, options.link);
}
