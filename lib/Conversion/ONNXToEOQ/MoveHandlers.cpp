//===- MoveHandlers.cpp - operators that move elements ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConstantFolding.h"
#include "HandlerTable.h"

#include <limits>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

//===----------------------------------------------------------------------===//
// Change of shape
//===----------------------------------------------------------------------===//

/// The first input in another shape: a computed tensor keeps its batch, a
/// constant folds, an initializer changes in place.
static LogicalResult defineShape(NodeContext &context,
                                 llvm::ArrayRef<int64_t> shape) {
  Operand input = context.getInput(0);
  if (input.kind == Operand::Kind::Tensor)
    return context.defineReshaped(input.tensor, shape);
  auto count = countFolded(context, shape);
  if (failed(count))
    return failure();
  auto elements = context.getConstant(0, "its input");
  if (failed(elements))
    return failure();
  if (*count != elements->getNumElements())
    return context.fail("a constant of shape " +
                        formatShape(elements->getType().getShape()) +
                        " cannot become " + formatShape(shape));
  auto type = RankedTensorType::get(shape, elements->getElementType());
  if (input.kind == Operand::Kind::Constant)
    return context.define(elements->reshape(type));
  if (!context.graph.hasOneUse(input.parameter))
    return context.fail("a shared initializer takes another shape");
  input.parameter.setType(type);
  input.parameter.setInitialValueAttr(elements->reshape(type));
  return context.define(0, input);
}

LogicalResult onnx_conversion::convertFlatten(NodeContext &context) {
  auto shape = context.getShape(0);
  auto axis = context.getInt("axis", 1);
  if (failed(shape) || failed(axis))
    return failure();
  int64_t rank = shape->size();
  if (*axis < -rank || *axis > rank)
    return context.fail("axis " + llvm::Twine(*axis) + " is out of range for " +
                        llvm::Twine(rank) + " dimensions");
  if (*axis < 0)
    *axis += rank;
  int64_t flat[2] = {1, 1};
  for (int64_t i = 0; i != rank; ++i)
    flat[i < *axis ? 0 : 1] *= (*shape)[i];
  return defineShape(context, flat);
}

LogicalResult onnx_conversion::convertReshape(NodeContext &context) {
  auto inputShape = context.getShape(0);
  if (failed(inputShape))
    return failure();
  auto shape = context.getIntegers(1, "the shape");
  auto allowZero = context.getInt("allowzero", 0);
  if (failed(shape) || failed(allowZero))
    return failure();
  int64_t size = 1, known = 1;
  for (int64_t dim : *inputShape)
    size *= dim;
  // A file made for one batch size, compiled for another, repeats its own.
  if (context.isTensor(0) && !shape->empty() &&
      (*shape)[0] == context.graph.getFileBatchSize())
    (*shape)[0] = context.graph.getBatchSize();
  std::optional<size_t> inferred;
  for (auto [index, dim] : llvm::enumerate(*shape)) {
    if (dim == 0 && *allowZero == 0) {
      if (index >= inputShape->size())
        return context.fail("the shape copies a dimension that its input does "
                            "not have");
      dim = (*inputShape)[index];
    }
    if (dim == -1 && !inferred) {
      inferred = index;
      continue;
    }
    if (dim < 0 || dim > kMaxElements || (known *= dim) > kMaxElements)
      return context.fail("the shape is " + formatShape(*shape) +
                          ", which is not possible");
  }
  if (inferred) {
    if (known == 0 || size % known != 0)
      return context.fail("a tensor of shape " + formatShape(*inputShape) +
                          " cannot become " + formatShape(*shape));
    (*shape)[*inferred] = size / known;
  }
  return defineShape(context, *shape);
}

LogicalResult onnx_conversion::convertSqueeze(NodeContext &context) {
  auto shape = context.getShape(0);
  auto given = context.getIntsOrInput("axes", 1, 13);
  if (failed(shape) || failed(given))
    return failure();
  llvm::SmallVector<int64_t> axes =
      given->value_or(llvm::SmallVector<int64_t>());
  if (!*given)
    for (auto [index, dim] : llvm::enumerate(*shape))
      if (dim == 1)
        axes.push_back(index);
  if (failed(context.normalizeAxes(axes, shape->size())))
    return failure();
  llvm::SmallVector<int64_t> squeezed;
  for (auto [index, dim] : llvm::enumerate(*shape)) {
    if (!llvm::is_contained(axes, int64_t(index)))
      squeezed.push_back(dim);
    else if (dim != 1)
      return context.fail("dimension " + llvm::Twine(index) + " of " +
                          formatShape(*shape) + " is not 1");
  }
  return defineShape(context, squeezed);
}

LogicalResult onnx_conversion::convertUnsqueeze(NodeContext &context) {
  auto shape = context.getShape(0);
  auto given = context.getIntsOrInput("axes", 1, 13);
  if (failed(shape) || failed(given))
    return failure();
  if (!*given)
    return context.fail("'axes' are missing");
  llvm::SmallVector<int64_t> axes = **given;
  int64_t rank = shape->size() + axes.size();
  if (failed(context.normalizeAxes(axes, rank)))
    return failure();
  llvm::SmallVector<int64_t> unsqueezed;
  const int64_t *next = shape->begin();
  for (int64_t i = 0; i != rank; ++i)
    unsqueezed.push_back(llvm::is_contained(axes, i) ? 1 : *next++);
  return defineShape(context, unsqueezed);
}

//===----------------------------------------------------------------------===//
// Transpose
//===----------------------------------------------------------------------===//

LogicalResult onnx_conversion::convertTranspose(NodeContext &context) {
  auto shape = context.getShape(0);
  if (failed(shape))
    return failure();
  int64_t rank = shape->size();
  llvm::SmallVector<int64_t> reversed;
  for (int64_t i = rank; i-- > 0;)
    reversed.push_back(i);
  auto permutation = context.getInts("perm", reversed);
  if (failed(permutation))
    return failure();
  llvm::SmallVector<int64_t> checked = *permutation;
  if (int64_t(checked.size()) != rank)
    return context.fail("'perm' has " + llvm::Twine(checked.size()) +
                        " values, expected " + llvm::Twine(rank));
  if (llvm::any_of(checked, [](int64_t axis) { return axis < 0; }) ||
      failed(context.normalizeAxes(checked, rank)))
    return context.fail("'perm' is no permutation");

  Operand input = context.getInput(0);
  if (input.kind == Operand::Kind::Tensor) {
    if (rank == 0 || checked[0] != 0)
      return context.fail("the result does not keep the batch as first "
                          "dimension");
    llvm::SmallVector<int64_t> transposed;
    for (int64_t axis : checked)
      transposed.push_back((*shape)[axis]);
    auto type = context.makeType(transposed);
    if (failed(type))
      return failure();
    return context.defineOp<TransposeOp>(*type, input.tensor, checked);
  }
  if (input.kind == Operand::Kind::Parameter &&
      !context.graph.hasOneUse(input.parameter))
    return context.fail("a shared initializer is transposed");
  auto tensor = getConstantTensor(context, 0, "its input");
  if (failed(tensor))
    return failure();
  DenseElementsAttr elements = toElements(transposeConstant(*tensor, checked));
  if (input.kind == Operand::Kind::Constant)
    return context.define(elements);
  if (rank != 2)
    return context.define(
        0,
        Operand::of(context.graph.createParameter(
            context.getLoc(),
            (input.parameter.getSymName() + ".transposed").str(), elements)));
  if (checked[0] != 0) {
    input.parameter.setType(elements.getType());
    input.parameter.setInitialValueAttr(elements);
    input.parameter.setOnnxTransposed(!input.parameter.getOnnxTransposed());
  }
  return context.define(0, input);
}

//===----------------------------------------------------------------------===//
// Concat
//===----------------------------------------------------------------------===//

static LogicalResult foldConcat(NodeContext &context, int64_t axis) {
  llvm::SmallVector<ConstantTensor> inputs;
  for (unsigned i = 0; i != context.getNumInputs(); ++i) {
    auto input = getConstantTensor(context, i, "an input");
    if (failed(input))
      return failure();
    inputs.push_back(*input);
  }
  int64_t rank = inputs[0].shape.size();
  if (failed(context.normalizeAxes(axis, rank)))
    return failure();
  llvm::SmallVector<int64_t> shape = inputs[0].shape;
  shape[axis] = 0;
  for (const ConstantTensor &input : inputs) {
    bool fits = input.elementType == inputs[0].elementType &&
                int64_t(input.shape.size()) == rank;
    for (int64_t i = 0; fits && i != rank; ++i)
      fits = i == axis || input.shape[i] == shape[i];
    if (!fits)
      return context.fail("its inputs do not fit together");
    shape[axis] += input.shape[axis];
  }
  auto count = countFolded(context, shape);
  if (failed(count))
    return failure();
  int64_t outer = 1;
  for (int64_t dim : llvm::ArrayRef(shape).take_front(axis))
    outer *= dim;
  ConstantTensor result = inputs[0].like(shape);
  result.resize(*count);
  int64_t to = 0;
  for (int64_t o = 0; o != outer; ++o)
    for (const ConstantTensor &input : inputs) {
      int64_t chunk = input.size() / std::max<int64_t>(outer, 1);
      for (int64_t i = 0; i != chunk; ++i)
        result.copy(to++, input, o * chunk + i);
    }
  return defineConstant(context, result);
}

LogicalResult onnx_conversion::convertConcat(NodeContext &context) {
  if (!context.hasAttribute("axis"))
    return context.fail("'axis' is missing");
  auto axis = context.getInt("axis", 0);
  if (failed(axis))
    return failure();
  if (context.areAllConstant())
    return foldConcat(context, *axis);
  llvm::SmallVector<Value> inputs;
  llvm::SmallVector<int64_t> shape;
  for (unsigned i = 0; i != context.getNumInputs(); ++i) {
    auto input = context.getTensor(i);
    if (failed(input))
      return failure();
    llvm::ArrayRef<int64_t> inputShape = input->getType().getShape();
    if (i == 0) {
      shape.assign(inputShape.begin(), inputShape.end());
      if (failed(context.normalizeAxes(*axis, shape.size())))
        return failure();
      if (*axis == 0)
        return context.fail("joining along the batch is not supported");
      shape[*axis] = 0;
    }
    bool fits = inputShape.size() == shape.size();
    for (size_t d = 0; fits && d != shape.size(); ++d)
      fits = int64_t(d) == *axis || inputShape[d] == shape[d];
    if (!fits)
      return context.fail("a tensor of shape " + formatShape(inputShape) +
                          " does not fit the others");
    shape[*axis] += inputShape[*axis];
    inputs.push_back(*input);
  }
  if (inputs.size() == 1)
    return context.define(inputs[0]);
  auto type = context.makeType(shape);
  if (failed(type))
    return failure();
  return context.defineOp<ConcatOp>(*type, inputs, *axis);
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

LogicalResult onnx_conversion::convertPad(NodeContext &context) {
  auto input = context.getTensor(0);
  auto mode = context.getString("mode", "constant");
  auto given = context.getIntsOrInput("pads", 1, 11);
  if (failed(input) || failed(mode) || failed(given))
    return failure();
  if (*mode != "constant")
    return context.fail("mode '" + *mode + "' is not supported",
                        "only zeros can be padded");
  if (!*given)
    return context.fail("'pads' are missing");
  double value = 0;
  if (context.getOpset() < 11 || context.hasInput(2)) {
    auto scalar = context.getOpset() < 11 ? context.getFloat("value", 0)
                                          : context.getScalar(2, "the value");
    if (failed(scalar))
      return failure();
    value = *scalar;
  }
  if (value != 0)
    return context.fail("padding with another value than 0 is not supported");
  llvm::ArrayRef<int64_t> shape = input->getType().getShape();
  int64_t rank = shape.size();
  llvm::SmallVector<int64_t> axes;
  if (context.getOpset() >= 18 && context.hasInput(3)) {
    auto values = context.getIntegers(3, "the axes");
    if (failed(values) || failed(context.normalizeAxes(*values, rank)))
      return failure();
    axes = *values;
  } else {
    for (int64_t i = 0; i != rank; ++i)
      axes.push_back(i);
  }
  if ((*given)->size() != 2 * axes.size())
    return context.fail("'pads' has " + llvm::Twine((*given)->size()) +
                        " values, expected " + llvm::Twine(2 * axes.size()));
  llvm::SmallVector<int64_t> low(rank, 0), high(rank, 0);
  llvm::SmallVector<int64_t> padded(shape);
  for (auto [index, axis] : llvm::enumerate(axes)) {
    low[axis] = (**given)[index];
    high[axis] = (**given)[index + axes.size()];
    if (low[axis] < 0 || high[axis] < 0)
      return context.fail("negative pads are not supported");
    if (low[axis] > kMaxElements || high[axis] > kMaxElements)
      return context.fail("'pads' are out of range");
    padded[axis] += low[axis] + high[axis];
  }
  if (rank != 0 && padded[0] != shape[0])
    return context.fail("padding the batch is not supported");
  auto type = context.makeType(padded);
  if (failed(type))
    return failure();
  if (*type == input->getType())
    return context.define(*input);
  return context.defineOp<PadOp>(*type, *input, low, high);
}

//===----------------------------------------------------------------------===//
// Slice, Split
//===----------------------------------------------------------------------===//

/// Takes `size` elements from `start` on, `step` apart, along `axis`.
static ConstantTensor sliceConstant(const ConstantTensor &tensor, int64_t axis,
                                    int64_t start, int64_t size, int64_t step) {
  llvm::SmallVector<int64_t> shape = tensor.shape;
  int64_t length = shape[axis], outer = 1, inner = 1;
  shape[axis] = size;
  for (int64_t dim : llvm::ArrayRef(shape).take_front(axis))
    outer *= dim;
  for (int64_t dim : llvm::ArrayRef(shape).drop_front(axis + 1))
    inner *= dim;
  ConstantTensor result = tensor.like(shape);
  result.resize(outer * size * inner);
  int64_t to = 0;
  for (int64_t o = 0; o != outer; ++o)
    for (int64_t s = 0; s != size; ++s)
      for (int64_t i = 0; i != inner; ++i)
        result.copy(to++, tensor, (o * length + start + s * step) * inner + i);
  return result;
}

LogicalResult onnx_conversion::convertSlice(NodeContext &context) {
  auto shape = context.getShape(0);
  auto starts = context.getIntsOrInput("starts", 1, 10);
  auto ends = context.getIntsOrInput("ends", 2, 10);
  auto givenAxes = context.getIntsOrInput("axes", 3, 10);
  auto givenSteps = context.getIntsOrInput("steps", 4, 10);
  if (failed(shape) || failed(starts) || failed(ends) || failed(givenAxes) ||
      failed(givenSteps))
    return failure();
  if (!*starts || !*ends)
    return context.fail("'starts' or 'ends' are missing");
  llvm::SmallVector<int64_t> axes, steps((*starts)->size(), 1);
  for (size_t i = 0; i != (*starts)->size(); ++i)
    axes.push_back(i);
  axes = givenAxes->value_or(axes);
  steps = givenSteps->value_or(steps);
  if ((*ends)->size() != (*starts)->size() ||
      axes.size() != (*starts)->size() || steps.size() != (*starts)->size())
    return context.fail(
        "'starts', 'ends', 'axes' and 'steps' differ in length");
  int64_t rank = shape->size();
  if (failed(context.normalizeAxes(axes, rank)))
    return failure();

  bool isTensor = context.isTensor(0);
  ConstantTensor constant;
  if (!isTensor) {
    auto tensor = getConstantTensor(context, 0, "its input");
    if (failed(tensor))
      return failure();
    constant = *tensor;
  }
  llvm::SmallVector<int64_t> offsets(rank, 0), sliced = *shape;
  for (auto [axis, start, end, step] :
       llvm::zip_equal(axes, **starts, **ends, steps)) {
    int64_t length = (*shape)[axis];
    if (step == 0 || step == std::numeric_limits<int64_t>::min())
      return context.fail("'steps' has the value " + llvm::Twine(step));
    // Negative positions count from the end; all are clamped (ONNX Slice).
    auto clamp = [&](int64_t position, int64_t low, int64_t high) {
      return std::clamp(position < 0 ? position + length : position, low, high);
    };
    if (length == 0)
      continue;
    bool isForward = step > 0;
    int64_t first =
        isForward ? clamp(start, 0, length) : clamp(start, 0, length - 1);
    int64_t last =
        isForward ? clamp(end, 0, length) : clamp(end, -1, length - 1);
    int64_t distance = isForward ? last - first : first - last;
    int64_t stride = isForward ? step : -step;
    int64_t size = distance <= 0 ? 0 : (distance - 1) / stride + 1;
    if (!isTensor) {
      constant = sliceConstant(constant, axis, first, size, step);
      continue;
    }
    if (size > 1 && step != 1)
      return context.fail("steps other than 1 are not supported on computed "
                          "tensors");
    if (axis == 0 && size != length)
      return context.fail("slicing the batch is not supported");
    offsets[axis] = first;
    sliced[axis] = size;
  }
  if (!isTensor)
    return defineConstant(context, constant);
  auto type = context.makeType(sliced);
  if (failed(type))
    return failure();
  Value input = context.getInput(0).tensor;
  if (*type == input.getType())
    return context.define(input);
  return context.defineOp<SliceOp>(*type, input, offsets);
}

LogicalResult onnx_conversion::convertSplit(NodeContext &context) {
  auto input = context.getTensor(0);
  auto axis = context.getInt("axis", 0);
  auto sizes = context.getIntsOrInput("split", 1, 13);
  if (failed(input) || failed(axis) || failed(sizes))
    return failure();
  llvm::ArrayRef<int64_t> shape = input->getType().getShape();
  if (failed(context.normalizeAxes(*axis, shape.size())))
    return failure();
  int64_t length = shape[*axis];
  int64_t count = context.node.getOutputs().size();
  if (!*sizes) {
    // Equal parts; the last one may be smaller (since opset 18).
    int64_t part = (length + count - 1) / count, rest = length;
    sizes->emplace();
    for (int64_t i = 0; i != count; ++i) {
      (*sizes)->push_back(std::min(part, rest));
      rest -= std::min(part, rest);
    }
  }
  int64_t sum = 0;
  for (int64_t size : **sizes) {
    if (size < 0 || size > length)
      return context.fail("'split' does not fit a dimension of " +
                          llvm::Twine(length));
    sum += size;
  }
  if (int64_t((*sizes)->size()) != count || sum != length)
    return context.fail("'split' does not fit a dimension of " +
                        llvm::Twine(length) + " in " + llvm::Twine(count) +
                        " parts");
  if (*axis == 0)
    return context.fail("splitting the batch is not supported");
  llvm::SmallVector<int64_t> offsets(shape.size(), 0);
  for (auto [index, size] : llvm::enumerate(**sizes)) {
    if (context.isOutputUsed(index)) {
      llvm::SmallVector<int64_t> part(shape);
      part[*axis] = size;
      auto type = context.makeType(part);
      if (failed(type))
        return failure();
      Value slice = context.builder.create<SliceOp>(context.getLoc(), *type,
                                                    *input, offsets);
      (void)context.define(index, Operand::of(slice));
    }
    offsets[*axis] += size;
  }
  return success();
}
