//===- GraphConverter.cpp - converts one ONNX graph -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "GraphConverter.h"
#include "HandlerTable.h"
#include "NodeContext.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

static unsigned countUses(Value value) {
  return std::distance(value.use_begin(), value.use_end());
}

GraphConverter::GraphConverter(ModuleOp module, func::FuncOp function)
    : module(module), function(function), symbolTable(module),
      builder(module.getContext()) {}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

void GraphConverter::define(Value onnxValue, Operand operand) {
  // A node that only passes a parameter on stands for the uses of its result.
  if (operand.kind == Operand::Kind::Parameter)
    parameterUses[operand.parameter] += countUses(onnxValue) - 1;
  operands[onnxValue] = operand;
}

bool GraphConverter::hasOneUse(ParameterOp parameter) const {
  return parameterUses.lookup(parameter) == 1;
}

ParameterOp GraphConverter::createParameter(Location loc, llvm::StringRef name,
                                            DenseElementsAttr value) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(function);
  auto parameter = builder.create<ParameterOp>(
      loc, builder.getStringAttr(name), TypeAttr::get(value.getType()),
      ParameterKindAttr::get(builder.getContext(), ParameterKind::Weight),
      /*trainable=*/UnitAttr(), value, /*initial_exponent=*/IntegerAttr(),
      /*nominal=*/FloatAttr(), /*centered=*/UnitAttr(),
      /*onnx_transposed=*/UnitAttr());
  symbolTable.insert(parameter);
  parameterUses[parameter] = 1;
  return parameter;
}

ParameterOp GraphConverter::copyParameter(ParameterOp parameter,
                                          llvm::StringRef name) {
  ParameterOp copy = parameter.clone();
  copy.setSymName(name);
  copy.setKind(ParameterKind::Weight);
  copy.setTrainable(false);
  symbolTable.insert(copy, std::next(parameter->getIterator()));
  parameterUses[copy] = 1;
  return copy;
}

void GraphConverter::claim(ParameterOp parameter, ParameterKind kind,
                           bool trainable) {
  if (claimed.insert(parameter).second)
    parameter.setKind(kind);
  if (trainable)
    parameter.setTrainable(true);
}

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

void GraphConverter::addFailure(OnnxNodeOp node, llvm::StringRef reason,
                                llvm::StringRef hint) {
  std::string op = node.getDomain().empty()
                       ? node.getOpType().str()
                       : (node.getDomain() + "." + node.getOpType()).str();
  for (Failure &failure : failures)
    if (failure.op == op && failure.opset == int64_t(node.getOpset()) &&
        failure.reason == reason && failure.hint == hint) {
      failure.nodes.push_back(node);
      return;
    }
  failures.push_back(
      {op, reason.str(), hint.str(), int64_t(node.getOpset()), {node}});
}

LogicalResult GraphConverter::reportFailures(unsigned numNodes) {
  if (failures.empty())
    return success();
  unsigned numFailed = 0;
  for (const Failure &failure : failures)
    numFailed += failure.nodes.size();
  InFlightDiagnostic error = emitError(module.getLoc())
                             << numFailed << " of " << numNodes
                             << " ONNX nodes cannot be converted";
  for (Failure &failure : failures) {
    Diagnostic &note = error.attachNote(failure.nodes.front().getLoc());
    note << "'" << failure.op << "' (opset " << failure.opset << "), "
         << failure.nodes.size()
         << (failure.nodes.size() == 1 ? " node" : " nodes");
    static constexpr size_t kMaxNames = 3;
    for (auto [index, node] :
         llvm::enumerate(llvm::ArrayRef(failure.nodes).take_front(kMaxNames)))
      note << (index == 0 ? " '" : ", '") << NodeContext(*this, node).getName()
           << "'";
    if (failure.nodes.size() > kMaxNames)
      note << ", ...";
    note << ": " << failure.reason;
    if (!failure.hint.empty())
      note << "; " << failure.hint;
  }
  if (numUnchecked > 0)
    error.attachNote() << numUnchecked
                       << (numUnchecked == 1 ? " node" : " nodes")
                       << " behind these could not be checked";
  return error;
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

void GraphConverter::eraseDeadNodes() {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

void GraphConverter::convertNode(OnnxNodeOp node) {
  const HandlerEntry *entry =
      findHandler(node.getDomain(), node.getOpType(), node.getOpset());
  if (!entry) {
    addFailure(node, "this operator is not supported",
               getHintForUnknown(node.getDomain(), node.getOpType()));
    return;
  }
  // The node before has been reported.
  for (Value input : node.getInputs())
    if (lookup(input).kind == Operand::Kind::Unknown) {
      ++numUnchecked;
      return;
    }
  builder.setInsertionPoint(node);
  NodeContext context(*this, node);
  LogicalResult result = entry->handler(context);
  if (succeeded(result) && !context.hasFailed())
    return;
  for (Value output : node.getOutputs())
    operands.erase(output);
  addFailure(node,
             context.hasFailed() ? context.getReason()
                                 : "this form of the operator is not supported",
             context.getHint());
}

/// The logits: [batch, classes], after a reshape if ones follow.
LogicalResult GraphConverter::convertResult() {
  auto returnOp =
      cast<func::ReturnOp>(function.getBody().front().getTerminator());
  if (returnOp.getNumOperands() != 1)
    return returnOp.emitError("expected one result of @predict but got ")
           << returnOp.getNumOperands();
  Operand result = lookup(returnOp.getOperand(0));
  if (result.kind != Operand::Kind::Tensor)
    return emitError(module.getLoc(),
                     "the graph's output does not depend on its input");
  Value logits = result.tensor;
  auto type = cast<RankedTensorType>(logits.getType());
  llvm::ArrayRef<int64_t> shape = type.getShape();
  if (shape.size() < 2 || shape[0] != batchSize ||
      llvm::any_of(shape.drop_front(2), [](int64_t dim) { return dim != 1; }))
    return emitError(module.getLoc(), "the graph's output has the shape ")
           << formatShape(shape) << ", expected logits, [" << batchSize
           << ", classes]";
  if (shape.size() > 2) {
    builder.setInsertionPoint(returnOp);
    logits = builder.create<ReshapeOp>(
        returnOp.getLoc(),
        RankedTensorType::get(shape.take_front(2), type.getElementType()),
        logits);
  }
  returnOp.getOperandsMutable().assign(logits);
  function.setType(builder.getFunctionType(
      function.getFunctionType().getInputs(), {logits.getType()}));
  return success();
}

LogicalResult GraphConverter::convert(OnnxConversionCounts &counts) {
  if (!function.getBody().hasOneBlock() || function.getNumArguments() != 1)
    return function.emitError("expected @predict to have one argument, the "
                              "images, and one block");
  BlockArgument image = function.getArgument(0);
  auto imageType = dyn_cast<RankedTensorType>(image.getType());
  if (!imageType || imageType.getRank() != 4 || !imageType.hasStaticShape() ||
      !imageType.getElementType().isF32() || imageType.getDimSize(0) == 0)
    return function.emitError("expected images of type tensor<NxCxHxWxf32> "
                              "with static dimensions but got ")
           << image.getType();
  batchSize = fileBatchSize = imageType.getDimSize(0);
  if (auto attr =
          function.getArgAttrOfType<IntegerAttr>(0, "eoq.onnx_batch_size"))
    fileBatchSize = attr.getInt();
  function.removeArgAttr(0, "eoq.onnx_batch_size");

  eraseDeadNodes();
  operands[image] = Operand::of(image);
  llvm::SmallVector<Operation *> imported;
  unsigned numNodes = 0;
  for (Operation &op : llvm::make_early_inc_range(
           function.getBody().front().without_terminator())) {
    imported.push_back(&op);
    if (auto node = dyn_cast<OnnxNodeOp>(op)) {
      convertNode(node);
      ++numNodes;
    } else if (auto constant = dyn_cast<ConstantOp>(op)) {
      if (auto elements = dyn_cast<DenseElementsAttr>(constant.getValue()))
        operands[constant.getResult()] = Operand::of(elements);
      else
        return constant.emitError("expected dense elements");
    } else if (isa<OnnxAbsentOp>(op)) {
      operands[op.getResult(0)] = Operand::absent();
    } else if (auto load = dyn_cast<ParameterLoadOp>(op)) {
      auto parameter = symbolTable.lookup<ParameterOp>(load.getParameter());
      parameterUses[parameter] += 1;
      define(load.getResult(), Operand::of(parameter));
    } else {
      return op.emitError("unexpected operation '")
             << op.getName() << "' at level 'import'";
    }
  }
  if (failed(reportFailures(numNodes)) || failed(convertResult()))
    return failure();
  for (Operation *op : llvm::reverse(imported))
    op->erase();
  // What only a shape was taken of.
  eraseDeadNodes();
  for (ParameterOp parameter :
       llvm::make_early_inc_range(module.getOps<ParameterOp>()))
    if (SymbolTable::symbolKnownUseEmpty(parameter, module)) {
      symbolTable.erase(parameter);
      ++counts.parametersErased;
    }
  counts.nodesConverted = numNodes;
  module->setAttr(EOQDialect::kLevelAttrName, builder.getStringAttr("graph"));
  return success();
}
