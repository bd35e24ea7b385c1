//===- ArithmeticHandlers.cpp - Add, Sub, Mul, Div, Sum ---------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConstantFolding.h"
#include "HandlerTable.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

/// A tensor and a constant that is scalar or has one value for each channel.
struct ChannelOperand {
  TypedValue<RankedTensorType> tensor;
  ParameterOp parameter;
  int64_t count; ///< Elements of the parameter.
  bool isNamed;  ///< Whether it is an initializer of the file.
};

/// Inputs `tensorIndex` (computed) and `constantIndex` (known).
static FailureOr<ChannelOperand> getChannelOperand(NodeContext &context,
                                                   unsigned tensorIndex,
                                                   unsigned constantIndex) {
  auto tensor = context.getTensor(tensorIndex);
  if (failed(tensor))
    return failure();
  bool isNamed =
      context.getInput(constantIndex).kind == Operand::Kind::Parameter;
  auto parameter = context.getParameter(constantIndex, "the constant");
  if (failed(parameter))
    return failure();
  llvm::ArrayRef<int64_t> shape = parameter->getTensorType().getShape();
  int64_t rank = tensor->getType().getRank(), offset = rank - shape.size();
  bool fits = offset >= 0 && rank >= 2;
  if (fits)
    for (auto [index, dim] : llvm::enumerate(shape))
      fits &= dim == 1 || (int64_t(index) + offset == 1 &&
                           dim == tensor->getType().getDimSize(1));
  if (!fits)
    return context.fail("a constant of shape " + formatShape(shape) +
                            " with a tensor of shape " +
                            formatShape(tensor->getType().getShape()) +
                            " is not supported",
                        "only one value, or one value for each channel, is");
  return ChannelOperand{*tensor, *parameter,
                        parameter->getTensorType().getNumElements(), isNamed};
}

static LogicalResult checkSameShape(NodeContext &context,
                                    TypedValue<RankedTensorType> lhs,
                                    TypedValue<RankedTensorType> rhs) {
  if (lhs.getType() == rhs.getType())
    return success();
  return context.fail("computed tensors of the shapes " +
                          formatShape(lhs.getType().getShape()) + " and " +
                          formatShape(rhs.getType().getShape()) +
                          " would need a broadcast, which is not supported",
                      "both must have one shape");
}

template <typename Op>
static LogicalResult convertBinary(NodeContext &context) {
  auto lhs = context.getTensor(0), rhs = context.getTensor(1);
  if (failed(lhs) || failed(rhs) || failed(checkSameShape(context, *lhs, *rhs)))
    return failure();
  return context.defineOp<Op>(lhs->getType(), *lhs, *rhs);
}

static LogicalResult defineBiasAdd(NodeContext &context,
                                   const ChannelOperand &operand,
                                   ParameterOp bias, bool trainable) {
  Value loaded = context.loadParameter(bias, ParameterKind::Bias, trainable,
                                       {operand.count});
  return context.defineOp<BiasAddOp>(operand.tensor.getType(), operand.tensor,
                                     loaded);
}

static LogicalResult defineScale(NodeContext &context,
                                 const ChannelOperand &operand,
                                 ParameterOp scale) {
  Value loaded = context.loadParameter(scale, ParameterKind::Scale, false,
                                       {operand.count});
  return context.defineOp<ScaleOp>(operand.tensor.getType(), operand.tensor,
                                   loaded);
}

/// A Constant node that is a power of two costs nothing: only the exponent
/// changes. (An initializer stays a parameter: it has a name.)
static std::optional<int64_t> getPowerOfTwo(NodeContext &context,
                                            unsigned index) {
  Operand input = context.getInput(index);
  if (input.kind != Operand::Kind::Constant ||
      !input.constant.getElementType().isF32() ||
      input.constant.getNumElements() != 1 ||
      input.constant.getType().getRank() > 4)
    return std::nullopt;
  float value = *input.constant.value_begin<float>();
  int exponent;
  if (!(value > 0) || std::frexp(value, &exponent) != 0.5f ||
      std::abs(exponent) > 64)
    return std::nullopt;
  return exponent - 1;
}

/// Whether the tensor is a product that still lacks its bias.
static bool isBareProduct(Value tensor) {
  return tensor.getDefiningOp<Conv2DOp>() ||
         tensor.getDefiningOp<FullyConnectedOp>();
}

LogicalResult onnx_conversion::convertAdd(NodeContext &context) {
  if (context.areAllConstant())
    return foldBinary(context, BinaryFold::Add);
  if (context.isTensor(0) && context.isTensor(1))
    return convertBinary<AddOp>(context);
  unsigned tensorIndex = context.isTensor(0) ? 0 : 1;
  auto operand = getChannelOperand(context, tensorIndex, 1 - tensorIndex);
  if (failed(operand))
    return failure();
  return defineBiasAdd(context, *operand, operand->parameter,
                       isBareProduct(operand->tensor));
}

LogicalResult onnx_conversion::convertSub(NodeContext &context) {
  if (context.areAllConstant())
    return foldBinary(context, BinaryFold::Sub);
  if (context.isTensor(0) && context.isTensor(1))
    return convertBinary<SubOp>(context);
  if (!context.isTensor(0))
    return context.fail("a constant minus a tensor is not supported",
                        "multiply by -1 and add the constant");
  auto operand = getChannelOperand(context, 0, 1);
  if (failed(operand))
    return failure();
  auto negated = context.deriveParameter(operand->parameter, ".negated",
                                         [](float value) { return -value; });
  if (failed(negated))
    return failure();
  return defineBiasAdd(context, *operand, *negated, false);
}

LogicalResult onnx_conversion::convertMul(NodeContext &context) {
  if (context.areAllConstant())
    return foldBinary(context, BinaryFold::Mul);
  if (context.isTensor(0) && context.isTensor(1))
    return convertBinary<MulOp>(context);
  unsigned tensorIndex = context.isTensor(0) ? 0 : 1;
  if (auto amount = getPowerOfTwo(context, 1 - tensorIndex)) {
    Value tensor = context.getInput(tensorIndex).tensor;
    return context.defineOp<ShiftExponentOp>(tensor.getType(), tensor, *amount);
  }
  auto operand = getChannelOperand(context, tensorIndex, 1 - tensorIndex);
  if (failed(operand))
    return failure();
  return defineScale(context, *operand, operand->parameter);
}

LogicalResult onnx_conversion::convertDiv(NodeContext &context) {
  if (context.areAllConstant())
    return foldBinary(context, BinaryFold::Div);
  if (context.isTensor(1))
    return context.fail("division by a computed tensor is not supported");
  if (auto amount = getPowerOfTwo(context, 1)) {
    auto tensor = context.getTensor(0);
    if (failed(tensor))
      return failure();
    return context.defineOp<ShiftExponentOp>(tensor->getType(), *tensor,
                                             -*amount);
  }
  auto operand = getChannelOperand(context, 0, 1);
  if (failed(operand))
    return failure();
  auto elements = context.getElements(operand->parameter);
  if (failed(elements))
    return failure();
  if (llvm::any_of(elements->getValues<float>(),
                   [](float value) { return value == 0.0f; }))
    return context.fail("the divisor is 0");
  auto reciprocal =
      context.deriveParameter(operand->parameter, ".reciprocal",
                              [](float value) { return 1.0f / value; });
  if (failed(reciprocal))
    return failure();
  return defineScale(context, *operand, *reciprocal);
}

LogicalResult onnx_conversion::convertSum(NodeContext &context) {
  auto sum = context.getTensor(0);
  if (failed(sum))
    return failure();
  Value result = *sum;
  for (unsigned i = 1; i != context.getNumInputs(); ++i) {
    auto next = context.getTensor(i);
    if (failed(next) || failed(checkSameShape(context, *sum, *next)))
      return failure();
    result = context.builder.create<AddOp>(context.getLoc(), sum->getType(),
                                           result, *next);
  }
  return context.define(result);
}
