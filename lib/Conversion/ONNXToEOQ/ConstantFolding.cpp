//===- ConstantFolding.cpp - arithmetic on constants ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConstantFolding.h"

#include <limits>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

void ConstantTensor::resize(int64_t count) {
  if (isFloat)
    floats.resize(count);
  else
    ints.resize(count);
}

void ConstantTensor::copy(int64_t to, const ConstantTensor &source,
                          int64_t from) {
  if (isFloat)
    floats[to] = source.floats[from];
  else
    ints[to] = source.ints[from];
}

ConstantTensor ConstantTensor::like(llvm::ArrayRef<int64_t> newShape) const {
  ConstantTensor result;
  result.shape.assign(newShape.begin(), newShape.end());
  result.elementType = elementType;
  result.isFloat = isFloat;
  return result;
}

FailureOr<int64_t> onnx_conversion::countFolded(NodeContext &context,
                                                llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t dim : shape) {
    if (dim < 0)
      return context.fail("a constant would have the shape " +
                          formatShape(shape));
    // A zero elsewhere makes any dimension possible.
    if (dim > kMaxFoldedElements || (count *= dim) > kMaxFoldedElements)
      return context.fail("a constant of more than " +
                          llvm::Twine(kMaxFoldedElements) +
                          " elements is not folded");
  }
  return count;
}

FailureOr<ConstantTensor>
onnx_conversion::toConstantTensor(NodeContext &context,
                                  DenseElementsAttr elements) {
  ConstantTensor tensor;
  llvm::ArrayRef<int64_t> shape = elements.getType().getShape();
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.elementType = elements.getElementType();
  tensor.isFloat = isa<FloatType>(tensor.elementType);
  auto count = countFolded(context, shape);
  if (failed(count))
    return failure();
  if (tensor.isFloat) {
    if (!tensor.elementType.isF32())
      return context.fail("constants of this float type are not supported");
    for (float value : elements.getValues<float>())
      tensor.floats.push_back(value);
    return tensor;
  }
  auto integer = dyn_cast<IntegerType>(tensor.elementType);
  if (!integer || integer.getWidth() > 64)
    return context.fail("constants of this element type are not supported");
  bool isUnsigned = integer.isUnsigned() || integer.getWidth() == 1;
  for (const llvm::APInt &value : elements.getValues<llvm::APInt>())
    tensor.ints.push_back(isUnsigned ? int64_t(value.getZExtValue())
                                     : value.getSExtValue());
  return tensor;
}

FailureOr<ConstantTensor>
onnx_conversion::getConstantTensor(NodeContext &context, unsigned index,
                                   llvm::StringRef what) {
  auto elements = context.getConstant(index, what);
  if (failed(elements))
    return failure();
  return toConstantTensor(context, *elements);
}

DenseElementsAttr onnx_conversion::toElements(const ConstantTensor &tensor) {
  auto type = RankedTensorType::get(tensor.shape, tensor.elementType);
  if (tensor.isFloat) {
    llvm::SmallVector<float> values(tensor.floats.begin(), tensor.floats.end());
    return DenseElementsAttr::get(type, llvm::ArrayRef<float>(values));
  }
  unsigned width = tensor.elementType.getIntOrFloatBitWidth();
  llvm::SmallVector<llvm::APInt> values;
  for (int64_t value : tensor.ints)
    values.push_back(llvm::APInt(64, uint64_t(value)).trunc(width));
  return DenseElementsAttr::get(type, values);
}

LogicalResult onnx_conversion::defineConstant(NodeContext &context,
                                              const ConstantTensor &tensor) {
  return context.define(toElements(tensor));
}

//===----------------------------------------------------------------------===//
// Broadcast
//===----------------------------------------------------------------------===//

FailureOr<llvm::SmallVector<int64_t>>
onnx_conversion::broadcastShapes(NodeContext &context,
                                 llvm::ArrayRef<int64_t> lhs,
                                 llvm::ArrayRef<int64_t> rhs) {
  size_t rank = std::max(lhs.size(), rhs.size());
  llvm::SmallVector<int64_t> shape(rank, 1);
  auto dimOf = [&](llvm::ArrayRef<int64_t> operand, size_t i) -> int64_t {
    size_t missing = rank - operand.size();
    return i < missing ? 1 : operand[i - missing];
  };
  for (size_t i = 0; i != rank; ++i) {
    int64_t l = dimOf(lhs, i), r = dimOf(rhs, i);
    if (l != r && l != 1 && r != 1)
      return context.fail("constants of the shapes " + formatShape(lhs) +
                          " and " + formatShape(rhs) + " cannot be combined");
    shape[i] = l == 1 ? r : l;
  }
  return shape;
}

/// Row-major strides, for as many dimensions as `rank`; 0 where the operand has
/// one element (it repeats).
static llvm::SmallVector<int64_t>
getBroadcastStrides(llvm::ArrayRef<int64_t> operand, size_t rank) {
  llvm::SmallVector<int64_t> strides(rank, 0);
  int64_t stride = 1;
  for (size_t i = operand.size(); i-- > 0;) {
    strides[rank - operand.size() + i] = operand[i] == 1 ? 0 : stride;
    stride *= operand[i];
  }
  return strides;
}

/// Calls `visit(offset)` for all indices of `shape` in row-major order, where
/// offset is the sum of index times stride.
static void forEachOffset(llvm::ArrayRef<int64_t> shape,
                          llvm::ArrayRef<int64_t> strides, int64_t count,
                          llvm::function_ref<void(int64_t)> visit) {
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  int64_t offset = 0;
  for (int64_t n = 0; n != count; ++n) {
    visit(offset);
    for (size_t i = shape.size(); i-- > 0;) {
      offset += strides[i];
      if (++index[i] != shape[i])
        break;
      offset -= strides[i] * shape[i];
      index[i] = 0;
    }
  }
}

FailureOr<ConstantTensor>
onnx_conversion::broadcastTo(NodeContext &context, const ConstantTensor &tensor,
                             llvm::ArrayRef<int64_t> shape) {
  auto count = countFolded(context, shape);
  if (failed(count))
    return failure();
  ConstantTensor result = tensor.like(shape);
  result.resize(*count);
  int64_t to = 0;
  forEachOffset(shape, getBroadcastStrides(tensor.shape, shape.size()), *count,
                [&](int64_t from) { result.copy(to++, tensor, from); });
  return result;
}

ConstantTensor
onnx_conversion::transposeConstant(const ConstantTensor &tensor,
                                   llvm::ArrayRef<int64_t> permutation) {
  size_t rank = tensor.shape.size();
  llvm::SmallVector<int64_t> inStrides(rank), shape(rank), strides(rank);
  int64_t stride = 1;
  for (size_t i = rank; i-- > 0;) {
    inStrides[i] = stride;
    stride *= tensor.shape[i];
  }
  for (size_t i = 0; i != rank; ++i) {
    shape[i] = tensor.shape[permutation[i]];
    strides[i] = inStrides[permutation[i]];
  }
  ConstantTensor result = tensor.like(shape);
  result.resize(tensor.size());
  int64_t to = 0;
  forEachOffset(shape, strides, tensor.size(),
                [&](int64_t from) { result.copy(to++, tensor, from); });
  return result;
}

//===----------------------------------------------------------------------===//
// Binary operators
//===----------------------------------------------------------------------===//

/// Integers wrap as ONNX's do; division truncates and its divisor is not 0.
static int64_t applyInt(BinaryFold fold, int64_t lhs, int64_t rhs) {
  uint64_t l = uint64_t(lhs), r = uint64_t(rhs);
  switch (fold) {
  case BinaryFold::Add:
    return int64_t(l + r);
  case BinaryFold::Sub:
    return int64_t(l - r);
  case BinaryFold::Mul:
    return int64_t(l * r);
  case BinaryFold::Div:
    return rhs == -1 ? int64_t(-l) : lhs / rhs;
  case BinaryFold::Equal:
    return lhs == rhs;
  }
  llvm_unreachable("all folds are above");
}

static double applyFloat(BinaryFold fold, double lhs, double rhs) {
  switch (fold) {
  case BinaryFold::Add:
    return float(lhs + rhs);
  case BinaryFold::Sub:
    return float(lhs - rhs);
  case BinaryFold::Mul:
    return float(lhs * rhs);
  case BinaryFold::Div:
    return float(lhs / rhs);
  case BinaryFold::Equal:
    return lhs == rhs;
  }
  llvm_unreachable("all folds are above");
}

LogicalResult onnx_conversion::foldBinary(NodeContext &context,
                                          BinaryFold fold) {
  auto lhs = getConstantTensor(context, 0, "its first input");
  if (failed(lhs))
    return failure();
  auto rhs = getConstantTensor(context, 1, "its second input");
  if (failed(rhs))
    return failure();
  if (lhs->elementType != rhs->elementType)
    return context.fail("its inputs have different element types");
  auto shape = broadcastShapes(context, lhs->shape, rhs->shape);
  if (failed(shape))
    return failure();
  auto l = broadcastTo(context, *lhs, *shape);
  if (failed(l))
    return failure();
  auto r = broadcastTo(context, *rhs, *shape);
  if (failed(r))
    return failure();
  if (fold == BinaryFold::Div && !r->isFloat &&
      llvm::is_contained(r->ints, int64_t(0)))
    return context.fail("an integer constant is divided by 0");

  ConstantTensor result = l->like(*shape);
  if (fold == BinaryFold::Equal) {
    result.elementType = context.builder.getI1Type();
    result.isFloat = false;
  }
  result.resize(l->size());
  for (int64_t i = 0; i != l->size(); ++i) {
    if (result.isFloat)
      result.floats[i] = applyFloat(fold, l->floats[i], r->floats[i]);
    else if (l->isFloat)
      result.ints[i] = int64_t(applyFloat(fold, l->floats[i], r->floats[i]));
    else
      result.ints[i] = applyInt(fold, l->ints[i], r->ints[i]);
  }
  return defineConstant(context, result);
}
