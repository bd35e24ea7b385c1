//===- NodeContext.h - what a handler sees of a node ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Typed access to the attributes and operands of an ONNX node, and the ways to
// give its results or to fail with a reason that a user understands.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_ONNXTOEOQ_NODECONTEXT_H
#define EOQ_LIB_CONVERSION_ONNXTOEOQ_NODECONTEXT_H

#include "GraphConverter.h"

namespace mlir::eoq::onnx_conversion {

/// Most elements of a tensor; most of a constant that is folded.
inline constexpr int64_t kMaxElements = (int64_t(1) << 31) - 1;
inline constexpr int64_t kMaxFoldedElements = int64_t(1) << 22;

class NodeContext {
public:
  NodeContext(GraphConverter &graph, OnnxNodeOp node)
      : graph(graph), node(node), builder(graph.getBuilder()) {}

  GraphConverter &graph;
  OnnxNodeOp node;
  OpBuilder &builder;

  Location getLoc() { return node.getLoc(); }
  int64_t getOpset() { return node.getOpset(); }
  /// The node's name, or that of its first output.
  std::string getName();

  //===--------------------------------------------------------------------===//
  // Failure
  //===--------------------------------------------------------------------===//

  /// Notes why the node cannot be converted (the first reason counts) and what
  /// the user may do.
  LogicalResult fail(const llvm::Twine &reason, const llvm::Twine &hint = "");
  bool hasFailed() const { return !reason.empty(); }
  llvm::StringRef getReason() const { return reason; }
  llvm::StringRef getHint() const { return hint; }

  //===--------------------------------------------------------------------===//
  // Attributes: the default if there is none, a failure if the type is wrong
  //===--------------------------------------------------------------------===//

  bool hasAttribute(llvm::StringRef name);
  FailureOr<int64_t> getInt(llvm::StringRef name, int64_t defaultValue);
  FailureOr<double> getFloat(llvm::StringRef name, double defaultValue);
  FailureOr<llvm::StringRef> getString(llvm::StringRef name,
                                       llvm::StringRef defaultValue);
  FailureOr<llvm::SmallVector<int64_t>>
  getInts(llvm::StringRef name, llvm::ArrayRef<int64_t> defaultValue = {});
  FailureOr<DenseElementsAttr> getTensorAttribute(llvm::StringRef name);

  //===--------------------------------------------------------------------===//
  // Operands
  //===--------------------------------------------------------------------===//

  unsigned getNumInputs() { return node.getInputs().size(); }
  /// Whether the input is there: neither beyond the end nor left out.
  bool hasInput(unsigned index);
  Operand getInput(unsigned index);
  bool isTensor(unsigned index);
  /// Whether all inputs are known now.
  bool areAllConstant();

  /// A tensor computed from the images.
  FailureOr<TypedValue<RankedTensorType>> getTensor(unsigned index);
  /// The same, with a rank that the operator needs.
  FailureOr<TypedValue<RankedTensorType>> getTensor(unsigned index,
                                                    int64_t rank);
  /// The static shape of an input of any kind.
  FailureOr<llvm::SmallVector<int64_t>> getShape(unsigned index);
  /// The value of a constant or of an initializer. `what` names the input in
  /// the failure ("the shape").
  FailureOr<DenseElementsAttr> getConstant(unsigned index,
                                           llvm::StringRef what);
  FailureOr<llvm::SmallVector<int64_t>> getIntegers(unsigned index,
                                                    llvm::StringRef what);
  FailureOr<double> getScalar(unsigned index, llvm::StringRef what);
  /// An initializer; a constant becomes one.
  FailureOr<ParameterOp> getParameter(unsigned index, llvm::StringRef what);
  /// Integers that an operator takes as attribute in its old versions and as
  /// input `index` since version `inputSince`; nothing if they are left out.
  FailureOr<std::optional<llvm::SmallVector<int64_t>>>
  getIntsOrInput(llvm::StringRef name, unsigned index, int64_t inputSince);

  /// Axes in [-rank, rank) to axes in [0, rank), without repetition.
  LogicalResult normalizeAxes(llvm::MutableArrayRef<int64_t> axes,
                              int64_t rank);

  //===--------------------------------------------------------------------===//
  // Parameters
  //===--------------------------------------------------------------------===//

  /// Loads a parameter in its role, in the shape `shape` of as many elements:
  /// changed in place if it has no other use, reshaped after the load
  /// otherwise.
  Value loadParameter(ParameterOp parameter, ParameterKind kind, bool trainable,
                      llvm::ArrayRef<int64_t> shape);
  /// Loads a matrix transposed, in place or after the load.
  Value loadTransposed(ParameterOp parameter, ParameterKind kind,
                       bool trainable);
  /// The elements of a parameter; a failure if they are not given.
  FailureOr<DenseElementsAttr> getElements(ParameterOp parameter);
  /// A new parameter with the elements of another, mapped.
  FailureOr<ParameterOp> deriveParameter(ParameterOp parameter,
                                         llvm::StringRef suffix,
                                         llvm::function_ref<float(float)> map);

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  /// A type of f32 elements; a failure if a dimension is not positive or there
  /// are too many elements.
  FailureOr<RankedTensorType> makeType(llvm::ArrayRef<int64_t> shape);
  /// Whether output `index` exists and something uses it.
  bool isOutputUsed(unsigned index);
  LogicalResult define(unsigned index, Operand operand);
  LogicalResult define(Value tensor) { return define(0, Operand::of(tensor)); }
  LogicalResult define(DenseElementsAttr constant) {
    return define(0, Operand::of(constant));
  }
  /// Defines the result as an op on a tensor.
  template <typename Op, typename... Args>
  LogicalResult defineOp(Args &&...args) {
    return define(
        builder.create<Op>(getLoc(), std::forward<Args>(args)...).getOutput());
  }
  /// `input` in another shape that keeps the batch.
  LogicalResult defineReshaped(Value input, llvm::ArrayRef<int64_t> shape);

private:
  std::string reason, hint;
};

/// "[2, 3]".
std::string formatShape(llvm::ArrayRef<int64_t> shape);

} // namespace mlir::eoq::onnx_conversion

#endif // EOQ_LIB_CONVERSION_ONNXTOEOQ_NODECONTEXT_H
