//===- Import.h - ONNX files to IR ------------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads an ONNX model, binary or in ONNX's text syntax, into a module of level
// `import`. The import is mechanical: what a node means is the business of
// `convert-onnx-to-eoq`. No protobuf shows through this header.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_IMPORT_ONNX_IMPORT_H
#define EOQ_IMPORT_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace mlir::eoq {

/// Choices that an ONNX file leaves open.
struct OnnxImportOptions {
  /// Images of one step: binds a symbolic first dimension of the graph's input
  /// and replaces a fixed one. 0: as in the file; a symbolic one is an error.
  int64_t batchSize = 0;
  /// Binds a symbolic first dimension if `batchSize` is 0. 0: none.
  int64_t defaultBatchSize = 0;
};

/// Range of versions of the default ONNX operator set that can be imported.
inline constexpr int64_t kOldestOnnxOpset = 7;
inline constexpr int64_t kNewestOnnxOpset = 21;

/// Reads the ONNX model at `path`. Weights in external data files are read from
/// the model's folder. Loads the dialects that the module uses into `context`.
/// On failure emits exactly one error at a location in `path` and returns null;
/// hostile files are refused, they neither crash nor exhaust memory: nothing is
/// allocated that the files do not hold.
OwningOpRef<ModuleOp> importOnnxFile(llvm::StringRef path, MLIRContext *context,
                                     const OnnxImportOptions &options = {});

/// A C identifier made from the stem of a path: "my-net.v2.onnx" gives
/// "my_net_v2".
std::string makeModelName(llvm::StringRef path);

} // namespace mlir::eoq

#endif // EOQ_IMPORT_ONNX_IMPORT_H
