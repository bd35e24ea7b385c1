//===- ProductHandlers.cpp - Conv, Gemm, MatMul, batch norm -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "HandlerTable.h"
#include "Window.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

/// The number of elements of a bias for `channels` channels, which it repeats
/// if there is one only; a failure if it has another shape.
static FailureOr<int64_t> checkBias(NodeContext &context, ParameterOp bias,
                                    int64_t channels) {
  llvm::ArrayRef<int64_t> shape = bias.getTensorType().getShape();
  int64_t count = bias.getTensorType().getNumElements();
  bool isVector = llvm::all_of(shape.drop_back(shape.empty() ? 0 : 1),
                               [](int64_t dim) { return dim == 1; });
  if (isVector && (count == channels || count == 1))
    return count;
  return context.fail("the bias has the shape " + formatShape(shape) +
                      ", expected one value for each of " +
                      llvm::Twine(channels) + " channels");
}

/// Whether nodes compute the bias, all zeros: PyTorch's dynamo exporter writes
/// a convolution without a bias that way.
static bool isComputedZero(NodeContext &context, unsigned index) {
  Operand bias = context.getInput(index);
  return bias.kind == Operand::Kind::Constant &&
         context.node.getInputs()[index].getDefiningOp<OnnxNodeOp>() &&
         bias.constant.getElementType().isF32() &&
         llvm::all_of(bias.constant.getValues<float>(),
                      [](float value) { return value == 0; });
}

static LogicalResult defineWithBias(NodeContext &context, Value product,
                                    unsigned biasIndex) {
  if (!context.hasInput(biasIndex) || isComputedZero(context, biasIndex))
    return context.define(product);
  auto bias = context.getParameter(biasIndex, "the bias");
  if (failed(bias))
    return failure();
  auto type = cast<RankedTensorType>(product.getType());
  auto count = checkBias(context, *bias, type.getDimSize(1));
  if (failed(count))
    return failure();
  Value loaded =
      context.loadParameter(*bias, ParameterKind::Bias, true, {*count});
  return context.defineOp<BiasAddOp>(type, product, loaded);
}

LogicalResult onnx_conversion::convertConv(NodeContext &context) {
  auto input = context.getTensor(0);
  if (failed(input))
    return failure();
  llvm::ArrayRef<int64_t> shape = input->getType().getShape();
  if (shape.size() != 4)
    return context.fail(llvm::Twine(int64_t(shape.size()) - 2) +
                            "-D convolutions are not supported",
                        "use 2-D ones, on [batch, channels, height, width]");
  auto weight = context.getParameter(1, "the weight");
  auto groups = context.getInt("group", 1);
  if (failed(weight) || failed(groups))
    return failure();
  llvm::SmallVector<int64_t> weightShape(weight->getTensorType().getShape());
  if (weightShape.size() != 4)
    return context.fail("the weight has " + llvm::Twine(weightShape.size()) +
                        " dimensions, expected 4");
  if (llvm::is_contained(weightShape, 0))
    return context.fail("the weight has no elements");
  // The order guards the product: channels are below 2^31.
  if (*groups < 1 || weightShape[0] % *groups != 0 || shape[1] % *groups != 0 ||
      shape[1] / *groups != weightShape[1])
    return context.fail("an input of " + llvm::Twine(shape[1]) +
                        " channels does not fit a weight of shape " +
                        formatShape(weightShape) + " in " +
                        llvm::Twine(*groups) + " groups");
  llvm::ArrayRef<int64_t> kernel = llvm::ArrayRef(weightShape).drop_front(2);
  auto kernelShape = context.getInts("kernel_shape", kernel);
  if (failed(kernelShape))
    return failure();
  if (llvm::ArrayRef(*kernelShape) != kernel)
    return context.fail("'kernel_shape' is " + formatShape(*kernelShape) +
                        ", but the weight has " + formatShape(kernel));
  auto window = getWindow(context, shape.drop_front(2), kernel, false);
  if (failed(window))
    return failure();
  auto type = context.makeType(
      {shape[0], weightShape[0], window->output[0], window->output[1]});
  if (failed(type))
    return failure();
  Value loaded =
      context.loadParameter(*weight, ParameterKind::Weight, true, weightShape);
  Value product = context.builder.create<Conv2DOp>(
      context.getLoc(), *type, *input, loaded, window->strides, window->pads,
      window->dilations, *groups);
  return defineWithBias(context, product, 2);
}

/// input [N, K] times a matrix parameter, [K, M] or, if `isTransposed`, [M, K].
static FailureOr<Value> buildProduct(NodeContext &context,
                                     TypedValue<RankedTensorType> input,
                                     ParameterOp weight, bool isTransposed) {
  llvm::ArrayRef<int64_t> shape = weight.getTensorType().getShape();
  if (shape.size() != 2)
    return context.fail("the second matrix has " + llvm::Twine(shape.size()) +
                        " dimensions, only 2 are supported");
  int64_t rows = shape[isTransposed ? 1 : 0];
  int64_t columns = shape[isTransposed ? 0 : 1];
  if (rows != input.getType().getDimSize(1))
    return context.fail(
        "matrices of " + llvm::Twine(input.getType().getDimSize(1)) +
        " columns and of " + llvm::Twine(rows) + " rows cannot be multiplied");
  auto type = context.makeType({input.getType().getDimSize(0), columns});
  if (failed(type))
    return failure();
  Value loaded =
      isTransposed
          ? context.loadParameter(weight, ParameterKind::Weight, true,
                                  {columns, rows})
          : context.loadTransposed(weight, ParameterKind::Weight, true);
  return Value(context.builder.create<FullyConnectedOp>(context.getLoc(), *type,
                                                        input, loaded));
}

/// Multiplies the initial value of input `index` by a factor of Gemm.
static LogicalResult foldFactor(NodeContext &context, unsigned index,
                                llvm::StringRef attribute) {
  auto factor = context.getFloat(attribute, 1.0);
  if (failed(factor))
    return failure();
  if (*factor == 1.0 || !context.hasInput(index))
    return success();
  auto parameter = context.getParameter(index, "the matrix");
  if (failed(parameter))
    return failure();
  if (!context.graph.hasOneUse(*parameter))
    return context.fail("'" + attribute +
                        "' is not 1, and the parameter that it could be folded "
                        "into is shared");
  auto elements = context.getElements(*parameter);
  if (failed(elements))
    return failure();
  llvm::SmallVector<float> values;
  for (float value : elements->getValues<float>())
    values.push_back(float(value * *factor));
  parameter->setInitialValueAttr(DenseElementsAttr::get(
      parameter->getTensorType(), llvm::ArrayRef<float>(values)));
  return success();
}

LogicalResult onnx_conversion::convertGemm(NodeContext &context) {
  auto input = context.getTensor(0, 2);
  auto transA = context.getInt("transA", 0);
  auto transB = context.getInt("transB", 0);
  if (failed(input) || failed(transA) || failed(transB))
    return failure();
  if (*transA != 0)
    return context.fail("'transA' = 1 is not supported");
  auto weight = context.getParameter(1, "the second matrix");
  if (failed(weight) || failed(foldFactor(context, 1, "alpha")) ||
      failed(foldFactor(context, 2, "beta")))
    return failure();
  auto product = buildProduct(context, *input, *weight, *transB != 0);
  if (failed(product))
    return failure();
  return defineWithBias(context, *product, 2);
}

LogicalResult onnx_conversion::convertMatMul(NodeContext &context) {
  auto input = context.getTensor(0, 2);
  if (failed(input))
    return failure();
  auto weight = context.getParameter(1, "the second matrix");
  if (failed(weight))
    return failure();
  auto product = buildProduct(context, *input, *weight, false);
  if (failed(product))
    return failure();
  return context.define(*product);
}

LogicalResult onnx_conversion::convertBatchNormalization(NodeContext &context) {
  auto input = context.getTensor(0);
  auto epsilon = context.getFloat("epsilon", double(1e-5f));
  auto trainingMode = context.getInt("training_mode", 0);
  auto spatial = context.getInt("spatial", 1);
  if (failed(input) || failed(epsilon) || failed(trainingMode) ||
      failed(spatial))
    return failure();
  bool hasStatistics = false;
  for (unsigned i = 1; i < 5; ++i)
    hasStatistics |= context.isOutputUsed(i);
  if (*trainingMode != 0 || hasStatistics)
    return context.fail("the form for training is not supported",
                        "export the model for inference (model.eval())");
  if (*spatial == 0)
    return context.fail("'spatial' = 0 is not supported");
  if (input->getType().getRank() < 2)
    return context.fail("the input has no channels");
  int64_t channels = input->getType().getDimSize(1);
  struct Part {
    const char *what;
    ParameterKind kind;
    bool trainable;
  };
  static constexpr Part kParts[] = {
      {"the scale", ParameterKind::Scale, true},
      {"the bias", ParameterKind::Bias, true},
      {"the mean", ParameterKind::Statistic, false},
      {"the variance", ParameterKind::Statistic, false}};
  llvm::SmallVector<Value, 4> parts;
  for (auto [index, part] : llvm::enumerate(kParts)) {
    auto parameter = context.getParameter(index + 1, part.what);
    if (failed(parameter))
      return failure();
    if (parameter->getTensorType().getNumElements() != channels)
      return context.fail(part.what + llvm::Twine(" has the shape ") +
                          formatShape(parameter->getTensorType().getShape()) +
                          ", expected one value for each of " +
                          llvm::Twine(channels) + " channels");
    parts.push_back(context.loadParameter(*parameter, part.kind, part.trainable,
                                          {channels}));
  }
  return context.defineOp<BatchNormOp>(
      input->getType(), *input, parts[0], parts[1], parts[2], parts[3],
      context.builder.getF64FloatAttr(*epsilon));
}
