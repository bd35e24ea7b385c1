//===- Pipelines.h - the phases of the compiler -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A module travels through named phases. Options are plain structs; flags that
// fill them live in tools/.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_PIPELINES_PIPELINES_H
#define EOQ_PIPELINES_PIPELINES_H

#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace mlir {
class OpPassManager;
}

namespace mlir::eoq {

/// What a module holds after a phase: docs/Pipelines.md.
enum class Phase { Import, Graph, BNFree, Training, Quantized, Kernels, LLVM };

/// `import`, `graph`, `bn-free`, ...; the spelling of --compile-to.
StringRef getPhaseName(Phase phase);
std::optional<Phase> parsePhase(StringRef name);

/// The arithmetic of the trainer.
enum class Precision { Int8, F32 };

/// How a network without batch norm is made trainable.
enum class BNFreeMethod { Centered, Fixup, None };

/// Options of the phases from `graph` on.
struct TrainingOptions {
  Precision precision = Precision::Int8;
  BatchNormMode batchNorm = BatchNormMode::Fold;
  /// Unset: centred after drop; none after fold, where centring would change
  /// the pretrained function.
  std::optional<BNFreeMethod> bnFree;
  Optimizer optimizer = Optimizer::NormalizedSGD;
  int64_t momentum = 29;        ///< numerator over 32
  int64_t weightDecayShift = 0; ///< weight decay 2^-N; 0: none
  int64_t weightBits = 16;      ///< of stored weights: 8 or 16
  ExponentMode exponents = ExponentMode::Exact;
  /// Globs over parameter names; see eoq-select-trainable.
  std::vector<std::string> trainable, frozen;

  BNFreeMethod getBNFree() const {
    return bnFree.value_or(batchNorm == BatchNormMode::Drop
                               ? BNFreeMethod::Centered
                               : BNFreeMethod::None);
  }
};

/// Bytes of a product's 32-bit result that are kept at a time.
constexpr int64_t kDefaultBlockBytes = 1 << 20;

/// Options of the phases behind `quantized`.
struct CodegenOptions {
  bool openmp = true;
  /// Add a main function, for an executable.
  bool mainFunction = false;
  /// Say what products and quantizers become, as remarks.
  bool remarks = false;
  /// For results that are narrowed in blocks: eoq-stream-products.
  int64_t blockBytes = kDefaultBlockBytes;
};

/// Level `import` to `graph`.
void buildImportToGraphPipeline(OpPassManager &manager);
/// Level `graph` to `bn-free`.
void buildGraphToBNFreePipeline(OpPassManager &manager,
                                const TrainingOptions &options);
/// Level `bn-free` to `training`.
void buildBNFreeToTrainingPipeline(OpPassManager &manager,
                                   const TrainingOptions &options);
/// Level `training` to `quantized`; nothing for Precision::F32.
void buildTrainingToQuantizedPipeline(OpPassManager &manager,
                                      const TrainingOptions &options);
/// Level `training` or `quantized` to calls of kernels on planned memory.
void buildQuantizedToKernelsPipeline(OpPassManager &manager,
                                     const CodegenOptions &options);
/// Kernels to the LLVM dialect, with the C entry points.
void buildKernelsToLLVMDialectPipeline(OpPassManager &manager,
                                       const CodegenOptions &options);

/// All phases behind `import` up to and with `last`.
void buildCompilerPipeline(OpPassManager &manager, Phase last,
                           const TrainingOptions &training,
                           const CodegenOptions &codegen);

/// Registers the pipelines above under `eoq-<from>-to-<to>-pipeline`, with
/// default options.
void registerPipelines();

} // namespace mlir::eoq

#endif // EOQ_PIPELINES_PIPELINES_H
