//===- ActivationHandlers.cpp - element-wise, and no-ops --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConstantFolding.h"
#include "HandlerTable.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

LogicalResult onnx_conversion::convertRelu(NodeContext &context) {
  auto input = context.getTensor(0);
  if (failed(input))
    return failure();
  return context.defineOp<ReluOp>(input->getType(), *input);
}

LogicalResult onnx_conversion::convertLeakyRelu(NodeContext &context) {
  auto input = context.getTensor(0);
  auto alpha = context.getFloat("alpha", double(0.01f));
  if (failed(input) || failed(alpha))
    return failure();
  if (!(*alpha >= 0 && *alpha <= 1))
    return context.fail("'alpha' is not in [0, 1]");
  return context.defineOp<LeakyReluOp>(input->getType(), *input,
                                       context.builder.getF64FloatAttr(*alpha));
}

LogicalResult onnx_conversion::convertClip(NodeContext &context) {
  auto input = context.getTensor(0);
  if (failed(input))
    return failure();
  double infinity = std::numeric_limits<double>::infinity();
  double bounds[2] = {-infinity, infinity};
  static constexpr const char *kNames[2] = {"min", "max"};
  for (unsigned i = 0; i != 2; ++i) {
    bool isInput = context.getOpset() >= 11;
    if (isInput && !context.hasInput(i + 1))
      continue;
    auto bound = isInput ? context.getScalar(i + 1, kNames[i])
                         : context.getFloat(kNames[i], bounds[i]);
    if (failed(bound))
      return failure();
    // The old defaults, the largest floats, mean that there is no bound.
    if (std::fabs(*bound) < double(std::numeric_limits<float>::max()) ||
        std::isnan(*bound))
      bounds[i] = *bound;
  }
  if (!(bounds[0] <= bounds[1]))
    return context.fail("the bounds are not in order");
  if (bounds[0] == -infinity && bounds[1] == infinity)
    return context.define(*input);
  if (bounds[0] == 0 && bounds[1] == infinity)
    return context.defineOp<ReluOp>(input->getType(), *input);
  return context.defineOp<ClipOp>(input->getType(), *input,
                                  context.builder.getF64FloatAttr(bounds[0]),
                                  context.builder.getF64FloatAttr(bounds[1]));
}

/// Whether nothing but a change of shape stands between a value and the return.
static bool isLast(Value value) {
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    if (isa<func::ReturnOp>(user))
      return true;
    auto node = dyn_cast<OnnxNodeOp>(user);
    if (!node || value.use_begin()->getOperandNumber() != 0 ||
        !llvm::StringSwitch<bool>(node.getOpType())
             .Cases("Identity", "Flatten", "Reshape", "Squeeze", true)
             .Default(false))
      return false;
    value = node.getOutputs()[0];
  }
  return false;
}

LogicalResult onnx_conversion::convertSoftmax(NodeContext &context) {
  auto input = context.getTensor(0);
  if (failed(input))
    return failure();
  if (!isLast(context.node.getOutputs()[0]))
    return context.fail("it is supported as the last node only",
                        "the loss has its own softmax");
  llvm::ArrayRef<int64_t> shape = input->getType().getShape();
  int64_t rank = shape.size();
  auto axis = context.getInt("axis", context.getOpset() < 13 ? 1 : -1);
  if (failed(axis) || failed(context.normalizeAxes(*axis, rank)))
    return failure();
  // It must run over the classes: everything after the batch but ones.
  int64_t classAxis = context.getOpset() < 13 ? 1 : *axis;
  for (int64_t i = 1; i < rank; ++i)
    if (i != classAxis && shape[i] != 1)
      classAxis = -1;
  if (rank < 2 || classAxis < 1 || (context.getOpset() < 13 && *axis != 1))
    return context.fail("it does not run over the classes of [batch, classes]");
  return context.define(*input);
}

LogicalResult onnx_conversion::convertIdentity(NodeContext &context) {
  if (!context.hasInput(0))
    return context.fail("its input is missing");
  Operand input = context.getInput(0);
  // Exporters store equal initializers once, and the others as Identity of it.
  // They are equal before training only. Those of batch norms part when the
  // batch norms go.
  bool isOfBatchNorm =
      llvm::all_of(context.node.getOutputs()[0].getUsers(), [](Operation *op) {
        auto user = dyn_cast<OnnxNodeOp>(op);
        return user && user.getOpType() == "BatchNormalization";
      });
  if (input.kind == Operand::Kind::Parameter && !isOfBatchNorm)
    input = Operand::of(
        context.graph.copyParameter(input.parameter, context.getName()));
  return context.define(0, input);
}

LogicalResult onnx_conversion::convertDropout(NodeContext &context) {
  if (context.isOutputUsed(1))
    return context.fail("its mask is used",
                        "export the model for inference (model.eval())");
  return convertIdentity(context);
}

/// Defines the result as the node's constant input in another type.
static LogicalResult castConstant(NodeContext &context, Type type) {
  auto tensor = getConstantTensor(context, 0, "its input");
  if (failed(tensor))
    return failure();
  bool isBool = type.isInteger(1);
  ConstantTensor result = tensor->like(tensor->shape);
  result.elementType = type;
  result.isFloat = type.isF32();
  result.resize(tensor->size());
  for (int64_t i = 0; i != tensor->size(); ++i) {
    if (result.isFloat) {
      result.floats[i] =
          tensor->isFloat ? tensor->floats[i] : double(tensor->ints[i]);
      continue;
    }
    if (!tensor->isFloat) {
      result.ints[i] = isBool ? tensor->ints[i] != 0 : tensor->ints[i];
      continue;
    }
    double value = tensor->floats[i];
    if (isBool)
      result.ints[i] = value != 0;
    else if (std::fabs(value) < 9e18)
      result.ints[i] = int64_t(value);
    else
      return context.fail("a float that is cast to an integer is out of range");
  }
  return defineConstant(context, result);
}

LogicalResult onnx_conversion::convertCast(NodeContext &context) {
  // The numbers of ONNX's TensorProto.DataType.
  enum OnnxType {
    Float = 1,
    UInt8,
    Int8,
    UInt16,
    Int16,
    Int32,
    Int64,
    Bool = 9,
    Float16,
    Double,
    UInt32,
    UInt64,
    BFloat16 = 16
  };
  auto to = context.getInt("to", 0);
  if (failed(to))
    return failure();
  Builder &builder = context.builder;
  Type type;
  switch (*to) {
  case Float:
  case Double:
    type = builder.getF32Type();
    break;
  case UInt8:
    type = builder.getIntegerType(8, false);
    break;
  case Int8:
    type = builder.getIntegerType(8);
    break;
  case UInt16:
    type = builder.getIntegerType(16, false);
    break;
  case Int16:
    type = builder.getIntegerType(16);
    break;
  case Int32:
    type = builder.getIntegerType(32);
    break;
  case Int64:
    type = builder.getIntegerType(64);
    break;
  case Bool:
    type = builder.getI1Type();
    break;
  case UInt32:
    type = builder.getIntegerType(32, false);
    break;
  case UInt64:
    type = builder.getIntegerType(64, false);
    break;
  default:
    break;
  }
  if (context.isTensor(0) ||
      context.getInput(0).kind == Operand::Kind::Parameter) {
    // All float types of the file are f32 here.
    if (*to == Float16 || *to == BFloat16 || (type && type.isF32()))
      return convertIdentity(context);
    return context.fail("a cast of a computed tensor or an initializer to a "
                        "type that is no float is not supported");
  }
  if (!type)
    return context.fail("a cast to the ONNX element type " + llvm::Twine(*to) +
                        " is not supported");
  return castConstant(context, type);
}

LogicalResult onnx_conversion::convertCastLike(NodeContext &context) {
  if (!context.hasInput(1))
    return context.fail("input 1 is missing");
  Operand like = context.getInput(1);
  Type type = like.kind == Operand::Kind::Constant
                  ? like.constant.getElementType()
                  : context.builder.getF32Type();
  if (!context.isTensor(0) &&
      context.getInput(0).kind != Operand::Kind::Parameter)
    return castConstant(context, type);
  if (type.isF32())
    return convertIdentity(context);
  return context.fail("a cast of a computed tensor or an initializer to a "
                      "type that is no float is not supported");
}
