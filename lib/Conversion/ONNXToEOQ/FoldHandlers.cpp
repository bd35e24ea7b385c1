//===- FoldHandlers.cpp - operators that fold to constants ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The operators of the chains with which exporters compute shapes. All shapes
// are static here, so that such chains are constants.
//
//===----------------------------------------------------------------------===//
#include "ConstantFolding.h"
#include "HandlerTable.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

static ConstantTensor makeInts(NodeContext &context,
                               llvm::ArrayRef<int64_t> values) {
  ConstantTensor result;
  result.elementType = context.builder.getI64Type();
  result.shape = {int64_t(values.size())};
  result.ints.assign(values.begin(), values.end());
  return result;
}

/// The importer reads the usual constants; the others arrive as nodes.
LogicalResult onnx_conversion::convertConstant(NodeContext &context) {
  if (context.hasAttribute("value")) {
    auto elements = context.getTensorAttribute("value");
    return failed(elements) ? failure() : context.define(*elements);
  }
  if (context.hasAttribute("value_int")) {
    auto value = context.getInt("value_int", 0);
    if (failed(value))
      return failure();
    ConstantTensor result = makeInts(context, *value);
    result.shape.clear();
    return defineConstant(context, result);
  }
  if (context.hasAttribute("value_ints")) {
    auto values = context.getInts("value_ints");
    return failed(values) ? failure()
                          : defineConstant(context, makeInts(context, *values));
  }
  if (context.hasAttribute("value_float")) {
    auto value = context.getFloat("value_float", 0);
    if (failed(value))
      return failure();
    ConstantTensor result;
    result.elementType = context.builder.getF32Type();
    result.isFloat = true;
    result.floats = {*value};
    return defineConstant(context, result);
  }
  return context.fail("only tensors, integers and floats are supported");
}

LogicalResult onnx_conversion::convertConstantOfShape(NodeContext &context) {
  auto shape = context.getIntegers(0, "the shape");
  if (failed(shape))
    return failure();
  ConstantTensor value;
  value.elementType = context.builder.getF32Type();
  value.isFloat = true;
  value.floats = {0.0};
  if (context.hasAttribute("value")) {
    auto elements = context.getTensorAttribute("value");
    if (failed(elements))
      return failure();
    auto tensor = toConstantTensor(context, *elements);
    if (failed(tensor))
      return failure();
    value = *tensor;
    if (value.size() != 1)
      return context.fail("'value' has " + llvm::Twine(value.size()) +
                          " elements, expected one");
    value.shape.clear();
  }
  auto result = broadcastTo(context, value, *shape);
  return failed(result) ? failure() : defineConstant(context, *result);
}

LogicalResult onnx_conversion::convertShape(NodeContext &context) {
  auto shape = context.getShape(0);
  if (failed(shape))
    return failure();
  int64_t rank = shape->size();
  auto start = context.getInt("start", 0);
  auto end = context.getInt("end", rank);
  if (failed(start) || failed(end))
    return failure();
  auto clamp = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t first = clamp(*start), last = std::max(first, clamp(*end));
  return defineConstant(context, makeInts(context, llvm::ArrayRef(*shape).slice(
                                                       first, last - first)));
}

LogicalResult onnx_conversion::convertSize(NodeContext &context) {
  auto shape = context.getShape(0);
  if (failed(shape))
    return failure();
  // Below 2^31: the tensor exists.
  int64_t size = 1;
  for (int64_t dim : *shape)
    size *= dim;
  ConstantTensor result = makeInts(context, size);
  result.shape.clear();
  return defineConstant(context, result);
}

LogicalResult onnx_conversion::convertGather(NodeContext &context) {
  if (context.isTensor(0))
    return context.fail("gathering from a computed tensor is not supported");
  auto data = getConstantTensor(context, 0, "its data");
  if (failed(data))
    return failure();
  auto indices = getConstantTensor(context, 1, "its indices");
  auto axis = context.getInt("axis", 0);
  if (failed(indices) || failed(axis))
    return failure();
  int64_t rank = data->shape.size();
  if (indices->isFloat)
    return context.fail("its indices are no integers");
  if (failed(context.normalizeAxes(*axis, rank)))
    return failure();
  // data [outer, axis, inner] -> [outer, indices, inner].
  llvm::ArrayRef<int64_t> dataShape = data->shape;
  int64_t length = dataShape[*axis], outer = 1, inner = 1;
  for (int64_t dim : dataShape.take_front(*axis))
    outer *= dim;
  for (int64_t dim : dataShape.drop_front(*axis + 1))
    inner *= dim;
  llvm::SmallVector<int64_t> shape(dataShape.take_front(*axis));
  shape.append(indices->shape.begin(), indices->shape.end());
  llvm::append_range(shape, dataShape.drop_front(*axis + 1));
  auto count = countFolded(context, shape);
  if (failed(count))
    return failure();
  for (int64_t &index : indices->ints) {
    if (index < -length || index >= length)
      return context.fail("the index " + llvm::Twine(index) +
                          " is out of range");
    index += index < 0 ? length : 0;
  }
  ConstantTensor result = data->like(shape);
  result.resize(*count);
  int64_t to = 0;
  for (int64_t o = 0; o != outer && *count != 0; ++o)
    for (int64_t index : indices->ints)
      for (int64_t i = 0; i != inner; ++i)
        result.copy(to++, *data, (o * length + index) * inner + i);
  return defineConstant(context, result);
}

LogicalResult onnx_conversion::convertRange(NodeContext &context) {
  ConstantTensor parts[3];
  static constexpr const char *kNames[] = {"start", "limit", "delta"};
  for (unsigned i = 0; i != 3; ++i) {
    auto part = getConstantTensor(context, i, kNames[i]);
    if (failed(part))
      return failure();
    if (part->isFloat || part->size() != 1)
      return context.fail("'" + llvm::Twine(kNames[i]) +
                          "' is no single integer");
    parts[i] = *part;
  }
  __int128 start = parts[0].ints[0], limit = parts[1].ints[0];
  __int128 delta = parts[2].ints[0];
  if (delta == 0)
    return context.fail("'delta' is 0");
  __int128 step = delta < 0 ? -delta : delta;
  __int128 distance = delta < 0 ? start - limit : limit - start;
  __int128 count = distance <= 0 ? 0 : (distance + step - 1) / step;
  if (count > kMaxFoldedElements)
    return context.fail("a constant of more than " +
                        llvm::Twine(kMaxFoldedElements) +
                        " elements is not folded");
  ConstantTensor result = parts[0].like(int64_t(count));
  for (int64_t i = 0; i != int64_t(count); ++i)
    result.ints.push_back(int64_t(start + i * delta));
  return defineConstant(context, result);
}

LogicalResult onnx_conversion::convertExpand(NodeContext &context) {
  auto target = context.getIntegers(1, "the shape");
  if (failed(target))
    return failure();
  if (context.isTensor(0)) {
    auto input = context.getTensor(0);
    auto shape = broadcastShapes(context, input->getType().getShape(), *target);
    if (failed(shape))
      return failure();
    if (llvm::ArrayRef(*shape) != input->getType().getShape())
      return context.fail("repeating a computed tensor is not supported");
    return context.define(*input);
  }
  auto data = getConstantTensor(context, 0, "its input");
  if (failed(data))
    return failure();
  auto shape = broadcastShapes(context, data->shape, *target);
  if (failed(shape))
    return failure();
  auto result = broadcastTo(context, *data, *shape);
  return failed(result) ? failure() : defineConstant(context, *result);
}

LogicalResult onnx_conversion::convertEqual(NodeContext &context) {
  if (!context.areAllConstant())
    return context.fail("comparing a computed tensor is not supported");
  return foldBinary(context, BinaryFold::Equal);
}

LogicalResult onnx_conversion::convertWhere(NodeContext &context) {
  if (!context.areAllConstant())
    return context.fail("selecting from a computed tensor is not supported");
  auto condition = getConstantTensor(context, 0, "the condition");
  if (failed(condition))
    return failure();
  auto lhs = getConstantTensor(context, 1, "its second input");
  if (failed(lhs))
    return failure();
  auto rhs = getConstantTensor(context, 2, "its third input");
  if (failed(rhs))
    return failure();
  if (condition->isFloat || lhs->elementType != rhs->elementType)
    return context.fail("its inputs do not have the right element types");
  auto shape = broadcastShapes(context, lhs->shape, rhs->shape);
  if (failed(shape))
    return failure();
  shape = broadcastShapes(context, condition->shape, *shape);
  if (failed(shape))
    return failure();
  auto c = broadcastTo(context, *condition, *shape);
  if (failed(c))
    return failure();
  auto l = broadcastTo(context, *lhs, *shape);
  auto r = broadcastTo(context, *rhs, *shape);
  if (failed(l) || failed(r))
    return failure();
  ConstantTensor result = *l;
  for (int64_t i = 0; i != c->size(); ++i)
    if (c->ints[i] == 0)
      result.copy(i, *r, i);
  return defineConstant(context, result);
}
