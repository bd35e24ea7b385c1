//===- GraphConverter.h - converts one ONNX graph ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the nodes of @predict in order, calls a handler for each, knows what
// every ONNX value has become, and collects what could not be converted.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_ONNXTOEOQ_GRAPHCONVERTER_H
#define EOQ_LIB_CONVERSION_ONNXTOEOQ_GRAPHCONVERTER_H

#include "eoq/Conversion/ONNXToEOQ/ONNXToEOQ.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::eoq::onnx_conversion {

/// What an ONNX value has become.
struct Operand {
  /// Unknown: the node that computes it could not be converted.
  enum class Kind { Unknown, Absent, Tensor, Constant, Parameter };

  static Operand absent() { return {Kind::Absent, {}, {}, {}}; }
  static Operand of(Value tensor) { return {Kind::Tensor, tensor, {}, {}}; }
  static Operand of(DenseElementsAttr constant) {
    return {Kind::Constant, {}, constant, {}};
  }
  static Operand of(ParameterOp parameter) {
    return {Kind::Parameter, {}, {}, parameter};
  }

  Kind kind = Kind::Unknown;
  Value tensor;               ///< Computed from the images.
  DenseElementsAttr constant; ///< Known now.
  ParameterOp parameter;      ///< An initializer, as it is in the module.
};

class GraphConverter {
public:
  GraphConverter(ModuleOp module, func::FuncOp function);

  /// Fails after one error.
  LogicalResult convert(OnnxConversionCounts &counts);

  OpBuilder &getBuilder() { return builder; }
  Operand lookup(Value onnxValue) const { return operands.lookup(onnxValue); }
  void define(Value onnxValue, Operand operand);

  /// Images of one step.
  int64_t getBatchSize() const { return batchSize; }
  /// The batch size that the file was made for, which its reshapes may repeat.
  int64_t getFileBatchSize() const { return fileBatchSize; }

  /// Whether one node only, in one operand, uses the parameter: its layout may
  /// then be changed in place.
  bool hasOneUse(ParameterOp parameter) const;
  /// A new parameter; `name` is made unique.
  ParameterOp createParameter(Location loc, llvm::StringRef name,
                              DenseElementsAttr value);
  /// The same with the elements of another one, and without its role.
  ParameterOp copyParameter(ParameterOp parameter, llvm::StringRef name);
  /// Gives a parameter its role. A shared one keeps the kind of its first use,
  /// and is trainable if one use is.
  void claim(ParameterOp parameter, ParameterKind kind, bool trainable);

private:
  /// Nodes that fail for one reason.
  struct Failure {
    std::string op, reason, hint;
    int64_t opset;
    llvm::SmallVector<OnnxNodeOp> nodes;
  };

  void eraseDeadNodes();
  void convertNode(OnnxNodeOp node);
  void addFailure(OnnxNodeOp node, llvm::StringRef reason,
                  llvm::StringRef hint);
  LogicalResult reportFailures(unsigned numNodes);
  LogicalResult convertResult();

  ModuleOp module;
  func::FuncOp function;
  SymbolTable symbolTable;
  OpBuilder builder;
  int64_t batchSize = 0, fileBatchSize = 0;
  llvm::DenseMap<Value, Operand> operands;
  llvm::DenseMap<Operation *, unsigned> parameterUses;
  llvm::DenseSet<Operation *> claimed;
  std::vector<Failure> failures;
  /// Nodes that use what could not be converted.
  unsigned numUnchecked = 0;
};

} // namespace mlir::eoq::onnx_conversion

#endif // EOQ_LIB_CONVERSION_ONNXTOEOQ_GRAPHCONVERTER_H
