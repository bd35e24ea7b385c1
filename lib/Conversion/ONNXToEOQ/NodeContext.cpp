//===- NodeContext.cpp - what a handler sees of a node ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "NodeContext.h"
#include "ConstantFolding.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

std::string
mlir::eoq::onnx_conversion::formatShape(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "[";
  llvm::interleaveComma(shape, os);
  os << "]";
  return text;
}

std::string NodeContext::getName() {
  Location loc = node.getLoc();
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  return "<unnamed>";
}

LogicalResult NodeContext::fail(const llvm::Twine &newReason,
                                const llvm::Twine &newHint) {
  if (!hasFailed()) {
    reason = newReason.str();
    hint = newHint.str();
  }
  return failure();
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

bool NodeContext::hasAttribute(llvm::StringRef name) {
  return bool(node.getNodeAttributes().get(name));
}

FailureOr<int64_t> NodeContext::getInt(llvm::StringRef name,
                                       int64_t defaultValue) {
  Attribute attribute = node.getNodeAttributes().get(name);
  if (!attribute)
    return defaultValue;
  if (auto value = dyn_cast<IntegerAttr>(attribute))
    return value.getInt();
  return fail("attribute '" + name + "' is no integer");
}

FailureOr<double> NodeContext::getFloat(llvm::StringRef name,
                                        double defaultValue) {
  Attribute attribute = node.getNodeAttributes().get(name);
  if (!attribute)
    return defaultValue;
  if (auto value = dyn_cast<FloatAttr>(attribute))
    return value.getValueAsDouble();
  return fail("attribute '" + name + "' is no float");
}

FailureOr<llvm::StringRef>
NodeContext::getString(llvm::StringRef name, llvm::StringRef defaultValue) {
  Attribute attribute = node.getNodeAttributes().get(name);
  if (!attribute)
    return defaultValue;
  if (auto value = dyn_cast<StringAttr>(attribute))
    return value.getValue();
  return fail("attribute '" + name + "' is no string");
}

FailureOr<llvm::SmallVector<int64_t>>
NodeContext::getInts(llvm::StringRef name,
                     llvm::ArrayRef<int64_t> defaultValue) {
  Attribute attribute = node.getNodeAttributes().get(name);
  if (!attribute)
    return llvm::SmallVector<int64_t>(defaultValue);
  if (auto value = dyn_cast<DenseI64ArrayAttr>(attribute))
    return llvm::SmallVector<int64_t>(value.asArrayRef());
  return fail("attribute '" + name + "' is no list of integers");
}

FailureOr<DenseElementsAttr>
NodeContext::getTensorAttribute(llvm::StringRef name) {
  if (auto value = node.getNodeAttributes().getAs<DenseElementsAttr>(name))
    return value;
  return fail("attribute '" + name + "' is no tensor");
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

Operand NodeContext::getInput(unsigned index) {
  if (index >= getNumInputs())
    return Operand::absent();
  return graph.lookup(node.getInputs()[index]);
}

bool NodeContext::hasInput(unsigned index) {
  return getInput(index).kind != Operand::Kind::Absent;
}

bool NodeContext::isTensor(unsigned index) {
  return getInput(index).kind == Operand::Kind::Tensor;
}

bool NodeContext::areAllConstant() {
  for (unsigned i = 0; i != getNumInputs(); ++i)
    if (isTensor(i))
      return false;
  return getNumInputs() != 0;
}

FailureOr<TypedValue<RankedTensorType>> NodeContext::getTensor(unsigned index) {
  Operand input = getInput(index);
  switch (input.kind) {
  case Operand::Kind::Tensor:
    return cast<TypedValue<RankedTensorType>>(input.tensor);
  case Operand::Kind::Absent:
    return fail("input " + llvm::Twine(index) + " is missing");
  default:
    return fail("input " + llvm::Twine(index) +
                    " is a constant or an initializer, expected a tensor "
                    "computed from the images",
                "fold constants before the export");
  }
}

FailureOr<TypedValue<RankedTensorType>> NodeContext::getTensor(unsigned index,
                                                               int64_t rank) {
  auto tensor = getTensor(index);
  if (failed(tensor))
    return failure();
  int64_t actual = tensor->getType().getRank();
  if (actual == rank)
    return tensor;
  return fail("input " + llvm::Twine(index) + " has " + llvm::Twine(actual) +
              " dimensions, only " + llvm::Twine(rank) + " are supported");
}

FailureOr<llvm::SmallVector<int64_t>> NodeContext::getShape(unsigned index) {
  Operand input = getInput(index);
  switch (input.kind) {
  case Operand::Kind::Tensor:
    return llvm::to_vector(
        cast<RankedTensorType>(input.tensor.getType()).getShape());
  case Operand::Kind::Constant:
    return llvm::to_vector(input.constant.getType().getShape());
  case Operand::Kind::Parameter:
    return llvm::to_vector(input.parameter.getTensorType().getShape());
  default:
    return fail("input " + llvm::Twine(index) + " is missing");
  }
}

FailureOr<DenseElementsAttr> NodeContext::getConstant(unsigned index,
                                                      llvm::StringRef what) {
  Operand input = getInput(index);
  switch (input.kind) {
  case Operand::Kind::Constant:
    return input.constant;
  case Operand::Kind::Parameter:
    return getElements(input.parameter);
  case Operand::Kind::Absent:
    return fail(what + llvm::Twine(" is missing"));
  default:
    return fail(what + llvm::Twine(" is computed from the images, expected a "
                                   "constant"));
  }
}

FailureOr<llvm::SmallVector<int64_t>>
NodeContext::getIntegers(unsigned index, llvm::StringRef what) {
  auto elements = getConstant(index, what);
  if (failed(elements))
    return failure();
  auto tensor = toConstantTensor(*this, *elements);
  if (failed(tensor))
    return failure();
  if (tensor->isFloat)
    return fail(what + llvm::Twine(" is no tensor of integers"));
  return llvm::SmallVector<int64_t>(tensor->ints.begin(), tensor->ints.end());
}

FailureOr<double> NodeContext::getScalar(unsigned index, llvm::StringRef what) {
  auto elements = getConstant(index, what);
  if (failed(elements))
    return failure();
  if (elements->getNumElements() != 1)
    return fail(what + llvm::Twine(" has ") +
                llvm::Twine(elements->getNumElements()) +
                " elements, expected one");
  auto tensor = toConstantTensor(*this, *elements);
  if (failed(tensor))
    return failure();
  return tensor->isFloat ? tensor->floats[0] : double(tensor->ints[0]);
}

FailureOr<ParameterOp> NodeContext::getParameter(unsigned index,
                                                 llvm::StringRef what) {
  Operand input = getInput(index);
  if (input.kind == Operand::Kind::Parameter)
    return input.parameter;
  auto elements = getConstant(index, what);
  if (failed(elements))
    return failure();
  if (!elements->getElementType().isF32())
    return fail(what + llvm::Twine(" is no tensor of floats"));
  Value onnxValue = node.getInputs()[index];
  std::string name = "constant";
  if (auto loc = dyn_cast<NameLoc>(onnxValue.getLoc()))
    name = loc.getName().str();
  ParameterOp parameter =
      graph.createParameter(onnxValue.getLoc(), name, *elements);
  // Other nodes that use this constant share the parameter.
  graph.define(onnxValue, Operand::of(parameter));
  return parameter;
}

FailureOr<std::optional<llvm::SmallVector<int64_t>>>
NodeContext::getIntsOrInput(llvm::StringRef name, unsigned index,
                            int64_t inputSince) {
  std::optional<llvm::SmallVector<int64_t>> result;
  if (getOpset() >= inputSince) {
    if (!hasInput(index))
      return result;
    auto values = getIntegers(index, name);
    if (failed(values))
      return failure();
    result = *values;
    return result;
  }
  if (!hasAttribute(name))
    return result;
  auto values = getInts(name);
  if (failed(values))
    return failure();
  result = *values;
  return result;
}

LogicalResult NodeContext::normalizeAxes(llvm::MutableArrayRef<int64_t> axes,
                                         int64_t rank) {
  for (auto [index, axis] : llvm::enumerate(axes)) {
    if (axis < -rank || axis >= rank)
      return fail("axis " + llvm::Twine(axis) + " is out of range for " +
                  llvm::Twine(rank) + " dimensions");
    if (axis < 0)
      axis += rank;
    if (llvm::is_contained(axes.take_front(index), axis))
      return fail("axis " + llvm::Twine(axis) + " is given twice");
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

FailureOr<DenseElementsAttr> NodeContext::getElements(ParameterOp parameter) {
  if (auto elements = dyn_cast<DenseElementsAttr>(parameter.getInitialValue()))
    return elements;
  return fail("the elements of parameter '" + parameter.getSymName() +
              "' are not known");
}

static ParameterLoadOp load(NodeContext &context, ParameterOp parameter) {
  return context.builder.create<ParameterLoadOp>(
      context.getLoc(), parameter.getTensorType(),
      FlatSymbolRefAttr::get(parameter.getSymNameAttr()));
}

Value NodeContext::loadParameter(ParameterOp parameter, ParameterKind kind,
                                 bool trainable,
                                 llvm::ArrayRef<int64_t> shape) {
  graph.claim(parameter, kind, trainable);
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  if (parameter.getTensorType() == type)
    return load(*this, parameter);
  auto elements = dyn_cast<DenseElementsAttr>(parameter.getInitialValue());
  if (elements && graph.hasOneUse(parameter)) {
    parameter.setType(type);
    parameter.setInitialValueAttr(elements.reshape(type));
    return load(*this, parameter);
  }
  return builder.create<ReshapeOp>(getLoc(), type, load(*this, parameter));
}

Value NodeContext::loadTransposed(ParameterOp parameter, ParameterKind kind,
                                  bool trainable) {
  graph.claim(parameter, kind, trainable);
  llvm::ArrayRef<int64_t> shape = parameter.getTensorType().getShape();
  auto type = RankedTensorType::get({shape[1], shape[0]}, builder.getF32Type());
  auto elements = dyn_cast<DenseElementsAttr>(parameter.getInitialValue());
  if (!elements || !graph.hasOneUse(parameter))
    return builder.create<TransposeOp>(getLoc(), type, load(*this, parameter),
                                       llvm::ArrayRef<int64_t>{1, 0});
  if (elements.isSplat()) {
    elements = elements.resizeSplat(type);
  } else {
    auto values = elements.getValues<float>();
    llvm::SmallVector<float> transposed;
    transposed.reserve(elements.getNumElements());
    for (int64_t i = 0; i != shape[1]; ++i)
      for (int64_t j = 0; j != shape[0]; ++j)
        transposed.push_back(values[j * shape[1] + i]);
    elements = DenseElementsAttr::get(type, llvm::ArrayRef<float>(transposed));
  }
  parameter.setType(type);
  parameter.setInitialValueAttr(elements);
  parameter.setOnnxTransposed(!parameter.getOnnxTransposed());
  return load(*this, parameter);
}

FailureOr<ParameterOp>
NodeContext::deriveParameter(ParameterOp parameter, llvm::StringRef suffix,
                             llvm::function_ref<float(float)> map) {
  auto elements = getElements(parameter);
  if (failed(elements))
    return failure();
  llvm::SmallVector<float> values;
  values.reserve(elements->getNumElements());
  for (float value : elements->getValues<float>())
    values.push_back(map(value));
  return graph.createParameter(
      getLoc(), (parameter.getSymName() + suffix).str(),
      DenseElementsAttr::get(parameter.getTensorType(),
                             llvm::ArrayRef<float>(values)));
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

FailureOr<RankedTensorType>
NodeContext::makeType(llvm::ArrayRef<int64_t> shape) {
  int64_t numElements = 1;
  for (int64_t dim : shape) {
    if (dim < 1)
      return fail("the result would have the shape " + formatShape(shape));
    // Both factors are below 2^31.
    if (dim > kMaxElements || (numElements *= dim) > kMaxElements)
      return fail("the result would have more than " +
                  llvm::Twine(kMaxElements) + " elements");
  }
  return RankedTensorType::get(shape, builder.getF32Type());
}

bool NodeContext::isOutputUsed(unsigned index) {
  return index < node.getOutputs().size() &&
         !node.getOutputs()[index].use_empty();
}

LogicalResult NodeContext::define(unsigned index, Operand operand) {
  if (index < node.getOutputs().size())
    graph.define(node.getOutputs()[index], operand);
  return success();
}

LogicalResult NodeContext::defineReshaped(Value input,
                                          llvm::ArrayRef<int64_t> shape) {
  auto inputType = cast<RankedTensorType>(input.getType());
  auto type = makeType(shape);
  if (failed(type))
    return failure();
  if (type->getNumElements() != inputType.getNumElements())
    return fail("a tensor of shape " + formatShape(inputType.getShape()) +
                " cannot become " + formatShape(shape));
  if (shape.empty() || shape[0] != graph.getBatchSize())
    return fail("the result, " + formatShape(shape) +
                    ", does not keep the batch as first dimension",
                "export the model with a symbolic batch dimension");
  if (*type == inputType)
    return define(input);
  return defineOp<ReshapeOp>(*type, input);
}
