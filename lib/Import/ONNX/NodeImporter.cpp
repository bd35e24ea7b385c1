//===- NodeImporter.cpp - initializers, nodes, attributes -------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "GraphImporter.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_import;
using onnx::AttributeProto;

/// Float initializers become parameters, all others constants.
LogicalResult GraphImporter::importInitializers() {
  for (const auto &tensor : graph->initializer()) {
    auto elements = tensors.read(tensor);
    if (!elements)
      return emitError("initializer '" + tensor.name() + "' " +
                       llvm::toString(elements.takeError()));
    auto type = cast<RankedTensorType>(elements->getType());
    Location loc = NameLoc::get(builder.getStringAttr(tensor.name()), fileLoc);
    if (!type.getElementType().isF32()) {
      values[tensor.name()] = builder.create<ConstantOp>(loc, type, *elements);
      continue;
    }
    std::string symbol = makeSymbolName(tensor.name());
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(module.getBody(),
                                std::prev(module.getBody()->end()));
      builder.create<ParameterOp>(
          loc, builder.getStringAttr(symbol), TypeAttr::get(type),
          ParameterKindAttr::get(context, ParameterKind::Weight),
          /*trainable=*/UnitAttr(), *elements,
          /*initial_exponent=*/IntegerAttr(), /*nominal=*/FloatAttr(),
          /*centered=*/UnitAttr(), /*onnx_transposed=*/UnitAttr());
    }
    values[tensor.name()] = builder.create<ParameterLoadOp>(
        loc, type, FlatSymbolRefAttr::get(context, symbol));
  }
  return success();
}

FailureOr<Attribute>
GraphImporter::importAttribute(const onnx::NodeProto &node,
                               const AttributeProto &attribute) {
  switch (attribute.type()) {
  case AttributeProto::INT:
    return Attribute(builder.getI64IntegerAttr(attribute.i()));
  case AttributeProto::FLOAT:
    return Attribute(builder.getF32FloatAttr(attribute.f()));
  case AttributeProto::STRING:
    return Attribute(builder.getStringAttr(attribute.s()));
  case AttributeProto::INTS:
    return Attribute(builder.getDenseI64ArrayAttr(llvm::SmallVector<int64_t>(
        attribute.ints().begin(), attribute.ints().end())));
  case AttributeProto::FLOATS:
    return Attribute(builder.getDenseF32ArrayAttr(llvm::SmallVector<float>(
        attribute.floats().begin(), attribute.floats().end())));
  case AttributeProto::STRINGS: {
    llvm::SmallVector<llvm::StringRef> strings(attribute.strings().begin(),
                                               attribute.strings().end());
    return Attribute(builder.getStrArrayAttr(strings));
  }
  case AttributeProto::TENSOR: {
    auto elements = tensors.read(attribute.t());
    if (!elements)
      return emitError("the tensor in attribute '" + attribute.name() +
                       "' of " + describe(node) + " " +
                       llvm::toString(elements.takeError()));
    return Attribute(*elements);
  }
  default:
    // Graphs and the like: no operator that has one is supported.
    return Attribute(builder.getUnitAttr());
  }
}

/// A first guess, as shapes and types are inferred by `convert-onnx-to-eoq`.
Type GraphImporter::resultElementType(const onnx::NodeProto &node,
                                      ValueRange inputs,
                                      DictionaryAttr attributes) {
  if (!node.domain().empty() && node.domain() != "ai.onnx")
    return builder.getF32Type();
  llvm::StringRef op = node.op_type();
  if (op == "Shape" || op == "Size" || op == "ArgMax" || op == "ArgMin" ||
      op == "NonZero")
    return builder.getI64Type();
  if (op == "Cast") {
    auto to = attributes.getAs<IntegerAttr>("to");
    Type type =
        to ? importedElementType(context, int32_t(to.getInt())) : Type();
    return type ? type : builder.getF32Type();
  }
  if (op == "ConstantOfShape") {
    auto value = attributes.getAs<DenseElementsAttr>("value");
    return value ? value.getElementType() : builder.getF32Type();
  }
  if (llvm::StringSwitch<bool>(op)
          .Cases("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual",
                 true)
          .Cases("Not", "And", "Or", "Xor", "IsNaN", "IsInf", true)
          .Default(false))
    return builder.getI1Type();
  unsigned like = op == "Where" || op == "CastLike" ? 1 : 0;
  if (like < inputs.size())
    if (auto tensor = dyn_cast<TensorType>(inputs[like].getType()))
      return tensor.getElementType();
  return builder.getF32Type();
}

FailureOr<bool> GraphImporter::importConstant(const onnx::NodeProto &node,
                                              Location loc) {
  if (node.attribute_size() != 1 || node.output_size() != 1 ||
      node.input_size() != 0)
    return false;
  const AttributeProto &attribute = node.attribute(0);
  DenseElementsAttr elements;
  switch (attribute.type()) {
  case AttributeProto::INT:
    elements =
        DenseElementsAttr::get(RankedTensorType::get({}, builder.getI64Type()),
                               llvm::ArrayRef<int64_t>(attribute.i()));
    break;
  case AttributeProto::FLOAT:
    elements =
        DenseElementsAttr::get(RankedTensorType::get({}, builder.getF32Type()),
                               llvm::ArrayRef<float>(attribute.f()));
    break;
  case AttributeProto::INTS:
    elements = DenseElementsAttr::get(
        RankedTensorType::get({attribute.ints_size()}, builder.getI64Type()),
        llvm::ArrayRef<int64_t>(attribute.ints().data(),
                                attribute.ints_size()));
    break;
  case AttributeProto::FLOATS:
    elements = DenseElementsAttr::get(
        RankedTensorType::get({attribute.floats_size()}, builder.getF32Type()),
        llvm::ArrayRef<float>(attribute.floats().data(),
                              attribute.floats_size()));
    break;
  case AttributeProto::TENSOR: {
    auto imported = importAttribute(node, attribute);
    if (failed(imported))
      return failure();
    elements = cast<DenseElementsAttr>(*imported);
    break;
  }
  default:
    return false;
  }
  values[node.output(0)] =
      builder.create<ConstantOp>(loc, elements.getType(), elements);
  return true;
}

LogicalResult GraphImporter::importNode(const onnx::NodeProto &node) {
  Location loc = locationOf(node);
  bool isStandard = node.domain().empty() || node.domain() == "ai.onnx";
  if (isStandard && node.op_type() == "Constant") {
    auto isImported = importConstant(node, loc);
    if (failed(isImported) || *isImported)
      return isImported;
  }

  llvm::SmallVector<NamedAttribute> attributes;
  llvm::StringSet<> attributeNames;
  for (const auto &attribute : node.attribute()) {
    if (attribute.name().empty())
      return emitError(describe(node) + " has an attribute without a name");
    if (!attributeNames.insert(attribute.name()).second)
      return emitError(describe(node) + " has two attributes '" +
                       attribute.name() + "'");
    auto value = importAttribute(node, attribute);
    if (failed(value))
      return failure();
    attributes.push_back(builder.getNamedAttr(attribute.name(), *value));
  }
  auto dictionary = builder.getDictionaryAttr(attributes);

  llvm::SmallVector<Value> inputs;
  Value absent;
  for (const std::string &input : node.input()) {
    if (input.empty()) {
      if (!absent)
        absent = builder.create<OnnxAbsentOp>(loc, builder.getNoneType());
      inputs.push_back(absent);
    } else {
      inputs.push_back(values.lookup(input));
      // An input of the graph that only an initializer could have given.
      if (!inputs.back())
        return emitError(describe(node) + " uses '" + input +
                         "', which has no value");
    }
  }
  Type resultType =
      UnrankedTensorType::get(resultElementType(node, inputs, dictionary));
  llvm::SmallVector<Type> resultTypes(node.output_size(), resultType);
  std::string domain = isStandard ? "" : node.domain();
  // A domain that the model does not import has opset 0: nothing knows it.
  auto opset = opsets.find(domain);
  auto op = builder.create<OnnxNodeOp>(
      loc, resultTypes, builder.getStringAttr(node.op_type()),
      builder.getStringAttr(domain),
      builder.getI64IntegerAttr(opset == opsets.end() ? 0 : opset->second),
      dictionary, inputs);
  for (const auto &[name, value] :
       llvm::zip_equal(node.output(), op.getOutputs()))
    if (!name.empty())
      values[name] = value;
  return success();
}
