//===- Driver.h - from a model file to a trainer ----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler as one library call: import, pipeline, emission. Errors go to the
// context's diagnostic engine.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DRIVER_DRIVER_H
#define EOQ_DRIVER_DRIVER_H

#include "eoq/Pipelines/Pipelines.h"
#include "eoq/Target/CPU/Emit.h"
#include <optional>

namespace mlir::eoq {

/// What is written to the output path.
enum class Emission { Executable, SharedLibrary, Object, Assembly, LLVMIR, MLIR };

/// Images of one step where neither the model nor the caller says.
inline constexpr int64_t kDefaultBatchSize = 32;

struct CompileOptions {
  std::string inputPath;  ///< an ONNX file, binary or text
  std::string outputPath; ///< `-`: standard output, for text
  Emission emission = Emission::Executable;
  Phase lastPhase = Phase::LLVM; ///< for Emission::MLIR
  int64_t batchSize = 0;         ///< 0: as in the file, kDefaultBatchSize if
                                 ///< it is symbolic there
  TrainingOptions training;
  bool openmp = true;
  std::string target = "native"; ///< spellings: CPUTarget::parse
  std::optional<int64_t> l2CacheBytes; ///< of the target: CPUTarget
  bool memoryReport = false;     ///< print the memory plan to standard output
  std::string memoryTimeline;    ///< SVG file for the memory plan; empty: none
  bool remarks = false;          ///< say what each op became, as remarks
  /// Bytes of a product's 32-bit result that are kept at a time, if it is
  /// narrowed in blocks.
  int64_t blockBytes = kDefaultBlockBytes;
  /// If not empty: one numbered .mlir file for each phase goes here.
  std::string tempsDirectory;
  LinkOptions link;
};

/// Imports the model, to the level `import`; null after an error.
OwningOpRef<ModuleOp> importModel(const CompileOptions &options,
                                  MLIRContext &context);

/// Runs the phases behind `import` up to `last` on `module`.
LogicalResult runPhases(ModuleOp module, Phase last,
                        const CompileOptions &options);

/// The whole way from the input path to the output path.
LogicalResult compile(const CompileOptions &options, MLIRContext &context);

/// Whether the network trains with half the usual rate: depthwise convolutions,
/// or 20 and more products (docs/BatchNormFree.md).
bool isDeepOrDepthwise(ModuleOp module);

} // namespace mlir::eoq

#endif // EOQ_DRIVER_DRIVER_H
