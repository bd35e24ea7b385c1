//===- GraphImporter.h - an ONNX graph to a module --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns one ONNX model message into a module of level `import`.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
#define EOQ_LIB_IMPORT_ONNX_GRAPHIMPORTER_H

#include "TensorReader.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Import/ONNX/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::eoq::onnx_import {

class GraphImporter {
public:
  GraphImporter(MLIRContext *context, llvm::StringRef path,
                const OnnxImportOptions &options);

  /// The module, or null after one error.
  OwningOpRef<ModuleOp> import(const onnx::ModelProto &model);

private:
  /// Emits an error at the file, and fails.
  LogicalResult emitError(const llvm::Twine &message);

  LogicalResult importOpsets(const onnx::ModelProto &model);
  LogicalResult checkNames();
  FailureOr<const onnx::ValueInfoProto *> findImage();
  FailureOr<RankedTensorType> importImageType(const onnx::ValueInfoProto &image,
                                              DictionaryAttr &argumentAttrs);
  FailureOr<llvm::StringRef> findResult();
  void warnOfOtherResults(llvm::StringRef result);
  /// The nodes, each after those whose results it uses.
  FailureOr<llvm::SmallVector<const onnx::NodeProto *>> sortNodes();
  LogicalResult reportCycle(llvm::ArrayRef<unsigned> missingInputs,
                            const llvm::StringMap<unsigned> &producers);

  LogicalResult importInitializers();
  LogicalResult importNode(const onnx::NodeProto &node);
  /// Whether the node is a Constant with a tensor or numbers, now imported.
  FailureOr<bool> importConstant(const onnx::NodeProto &node, Location loc);
  FailureOr<Attribute> importAttribute(const onnx::NodeProto &node,
                                       const onnx::AttributeProto &attribute);
  Type resultElementType(const onnx::NodeProto &node, ValueRange inputs,
                         DictionaryAttr attributes);

  /// "node 'x'", "node 'Relu' that computes 'y'" or "unnamed node 'Relu'".
  static std::string describe(const onnx::NodeProto &node);
  Location locationOf(const onnx::NodeProto &node);
  std::string makeSymbolName(llvm::StringRef name);

  MLIRContext *context;
  std::string path;
  OnnxImportOptions options;
  Location fileLoc;
  OpBuilder builder;
  TensorReader tensors;
  const onnx::GraphProto *graph = nullptr;
  ModuleOp module;
  llvm::StringMap<int64_t> opsets;
  llvm::StringMap<Value> values;
  llvm::StringSet<> symbols;
};

} // namespace mlir::eoq::onnx_import

#endif // EOQ_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
