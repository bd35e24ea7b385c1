//===- State.cpp - parameters, constants, random keys -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading of parameters, and their initial values (rule N17).
//
//===----------------------------------------------------------------------===//
#include "Centering.h"
#include "Frame.h"
#include "eoq/Reference/Numerics.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

LogicalResult reference::evaluate(ParameterLoadOp op, Frame &frame) {
  frame.set(op.getResult(), frame.state(op.getParameterAttr()));
  return success();
}

LogicalResult reference::evaluate(GradientOp op, Frame &frame) {
  frame.addGradient(op.getParameterAttr(), frame.tensor(op.getGradient()));
  return success();
}

LogicalResult reference::evaluate(RandomKeyOp op, Frame &frame) {
  uint32_t key =
      randomKey(frame.integer(op.getSeed()), frame.integer(op.getStep()));
  frame.setInteger(op.getKey(), int32_t(key));
  return success();
}

/// The elements of an attribute, or nothing if they are not of this type.
template <typename Element, typename ResourceAttr>
static std::optional<std::vector<Element>> readElements(Attribute attribute) {
  if (auto resource = dyn_cast<ResourceAttr>(attribute)) {
    auto elements = resource.tryGetAsArrayRef();
    if (!elements)
      return std::nullopt;
    return std::vector<Element>(elements->begin(), elements->end());
  }
  auto elements = dyn_cast<ElementsAttr>(attribute);
  if (!elements)
    return std::nullopt;
  auto values = elements.tryGetValues<Element>();
  if (!values)
    return std::nullopt;
  return std::vector<Element>(values->begin(), values->end());
}

static std::optional<std::vector<float>> readFloats(Attribute attribute) {
  return readElements<float, DenseF32ResourceElementsAttr>(attribute);
}

LogicalResult reference::evaluate(ConstantOp op, Frame &frame) {
  Type element = cast<RankedTensorType>(op.getType()).getElementType();
  if (element.isF32()) {
    if (auto values = readFloats(op.getValue())) {
      frame.define(op.getResult()).f32 = *values;
      return success();
    }
  } else if (element.isSignlessInteger(32)) {
    auto values =
        readElements<int32_t, DenseI32ResourceElementsAttr>(op.getValue());
    if (values) {
      frame.define(op.getResult()).i32 = *values;
      return success();
    }
  }
  return op.emitError("cannot interpret a constant of type ")
         << op.getType() << "; f32 and i32 elements work";
}

/// The exponent that a fixed-point parameter starts with.
static int64_t initialExponent(ParameterOp op) {
  FixedType type = op.getFixedType();
  if (!type.hasDynamicExponent())
    return type.getExponent();
  return *op.getInitialExponent();
}

FailureOr<TensorValue> reference::givenInitialValue(ParameterOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!type || !type.hasStaticShape())
    return op.emitError("cannot interpret a parameter of type ")
           << op.getType() << "; static tensors work";
  TensorValue value = TensorValue::zeros(type);
  if (op.getKind() == ParameterKind::Exponent) {
    value.i32.assign(value.size(), INT32_MIN);
    return value;
  }
  FixedType fixed = op.getFixedType();
  if (fixed)
    value.exponent = int32_t(initialExponent(op));
  if (isa<NormalAttr>(op.getInitialValue()))
    return value;

  std::optional<std::vector<float>> elements = readFloats(op.getInitialValue());
  if (!elements || int64_t(elements->size()) != value.size())
    return op.emitError("cannot read the initial value of '")
           << op.getSymName() << "'; " << value.size()
           << " f32 elements would work";
  if (!fixed) {
    value.f32 = std::move(*elements);
    return value;
  }
  for (auto [q, x] : llvm::zip(value.fixed, *elements))
    q = roundToExponent(x, value.exponent, fixed.getWidth());
  return value;
}

LogicalResult reference::evaluate(ParameterInitializeOp op, Frame &frame) {
  ParameterOp parameter = frame.parameter(op.getParameterAttr());
  FailureOr<TensorValue> value = givenInitialValue(parameter);
  if (failed(value))
    return failure();
  if (auto normal = dyn_cast<NormalAttr>(parameter.getInitialValue())) {
    RandomSite random(uint32_t(frame.integer(op.getKey())), op.getSite());
    if (FixedType fixed = parameter.getFixedType()) {
      int64_t limit = largestInteger(fixed.getWidth());
      int64_t amount = value->exponent - (normal.getExponent() - 16);
      for (auto [i, q] : llvm::enumerate(value->fixed)) {
        int64_t z = normalInteger(random, i);
        q = clampTo(shiftNearest(z * normal.getMantissa(), amount), limit);
      }
    } else {
      double unit = std::ldexp(normal.getStdDev(), -16);
      for (auto [i, x] : llvm::enumerate(value->f32))
        x = float(double(normalInteger(random, i)) * unit);
    }
    if (normal.getCentered())
      centerChannels(*value);
  }
  frame.state(op.getParameterAttr()) = std::move(*value);
  return success();
}
