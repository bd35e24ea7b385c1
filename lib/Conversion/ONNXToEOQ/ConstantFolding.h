//===- ConstantFolding.h - arithmetic on constants --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Dense constants as plain vectors: integers as i64, floats as double. Enough
// for the chains with which exporters compute shapes.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_ONNXTOEOQ_CONSTANTFOLDING_H
#define EOQ_LIB_CONVERSION_ONNXTOEOQ_CONSTANTFOLDING_H

#include "NodeContext.h"

namespace mlir::eoq::onnx_conversion {

struct ConstantTensor {
  llvm::SmallVector<int64_t> shape;
  Type elementType;
  bool isFloat = false;
  std::vector<int64_t> ints;  ///< Elements, unless isFloat.
  std::vector<double> floats; ///< Elements, if isFloat.

  int64_t size() const { return isFloat ? floats.size() : ints.size(); }
  void resize(int64_t count);
  /// Element `to` becomes element `from` of a tensor of the same kind.
  void copy(int64_t to, const ConstantTensor &source, int64_t from);
  /// An empty tensor of the same element type.
  ConstantTensor like(llvm::ArrayRef<int64_t> newShape) const;
};

/// Input `index` as a vector; a failure if it is not known or has more than
/// kMaxFoldedElements.
FailureOr<ConstantTensor>
getConstantTensor(NodeContext &context, unsigned index, llvm::StringRef what);
FailureOr<ConstantTensor> toConstantTensor(NodeContext &context,
                                           DenseElementsAttr elements);
DenseElementsAttr toElements(const ConstantTensor &tensor);
LogicalResult defineConstant(NodeContext &context,
                             const ConstantTensor &tensor);

/// Product of the dimensions; a failure if it is above kMaxFoldedElements or a
/// dimension is negative.
FailureOr<int64_t> countFolded(NodeContext &context,
                               llvm::ArrayRef<int64_t> shape);

/// The common shape of two under ONNX's (numpy's) broadcasting.
FailureOr<llvm::SmallVector<int64_t>>
broadcastShapes(NodeContext &context, llvm::ArrayRef<int64_t> lhs,
                llvm::ArrayRef<int64_t> rhs);
/// The elements of `tensor` broadcast to `shape`.
FailureOr<ConstantTensor> broadcastTo(NodeContext &context,
                                      const ConstantTensor &tensor,
                                      llvm::ArrayRef<int64_t> shape);

/// Folds the binary node whose two inputs are known.
enum class BinaryFold { Add, Sub, Mul, Div, Equal };
LogicalResult foldBinary(NodeContext &context, BinaryFold fold);

/// The elements transposed.
ConstantTensor transposeConstant(const ConstantTensor &tensor,
                                 llvm::ArrayRef<int64_t> permutation);

} // namespace mlir::eoq::onnx_conversion

#endif // EOQ_LIB_CONVERSION_ONNXTOEOQ_CONSTANTFOLDING_H
