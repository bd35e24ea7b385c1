//===- Interpreter.cpp - functions, state, dispatch -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Reference/Interpreter.h"
#include "Frame.h"
#include "eoq/Reference/Numerics.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::reference;

//===----------------------------------------------------------------------===//
// TensorValue
//===----------------------------------------------------------------------===//

TensorValue TensorValue::zeros(RankedTensorType type) {
  TensorValue value;
  value.type = type;
  auto size = size_t(type.getNumElements());
  if (auto fixed = dyn_cast<FixedType>(type.getElementType())) {
    value.fixed.resize(size);
    if (!fixed.hasDynamicExponent())
      value.exponent = int32_t(fixed.getExponent());
  } else if (type.getElementType().isF32()) {
    value.f32.resize(size);
  } else {
    value.i32.resize(size);
  }
  return value;
}

bool TensorValue::isFixed() const {
  return isa<FixedType>(type.getElementType());
}

double TensorValue::real(int64_t index) const {
  if (isFixed())
    return std::ldexp(double(fixed[index]), exponent);
  return type.getElementType().isF32() ? double(f32[index])
                                       : double(i32[index]);
}

bool TensorValue::operator==(const TensorValue &other) const {
  return type == other.type && exponent == other.exponent && f32 == other.f32 &&
         fixed == other.fixed && i32 == other.i32;
}

static bool isSupportedElement(Type type) {
  return isa<FixedType>(type) || type.isF32() || type.isSignlessInteger(32);
}

std::optional<std::string> reference::findMisfit(const TensorValue &value) {
  auto size = size_t(value.size());
  FixedType type = getFixedElementType(value.type);
  bool isF32 = value.type.getElementType().isF32();
  if (value.fixed.size() != (type ? size : 0) ||
      value.f32.size() != (isF32 ? size : 0) ||
      value.i32.size() != (type || isF32 ? 0 : size))
    return "does not have " + std::to_string(size) + " elements of its type";
  if (!type)
    return std::nullopt;
  if (!type.hasDynamicExponent() && type.getExponent() != value.exponent)
    return "has the exponent " + std::to_string(value.exponent) +
           " instead of its type's " + std::to_string(type.getExponent());
  int64_t limit = largestInteger(type.getWidth());
  for (auto [index, q] : llvm::enumerate(value.fixed))
    if (q > limit || q < -limit)
      return "has " + std::to_string(q) + " at index " + std::to_string(index) +
             ", which does not fit " + std::to_string(type.getWidth()) +
             " bits (rule N1)";
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Frame
//===----------------------------------------------------------------------===//

RuntimeValue Frame::get(Value value) const {
  if (isa<RankedTensorType>(value.getType()))
    return tensor(value);
  return integer(value);
}

TensorValue &Frame::define(Value value, int64_t exponent) {
  auto tensor = std::make_unique<TensorValue>(
      TensorValue::zeros(cast<RankedTensorType>(value.getType())));
  if (tensor->isFixed()) {
    if (exponent < INT32_MIN || exponent > INT32_MAX)
      exponentError = exponent;
    tensor->exponent = int32_t(exponent);
  }
  return *(tensors[value] = std::move(tensor));
}

void Frame::set(Value value, RuntimeValue runtime) {
  if (auto *integer = std::get_if<int32_t>(&runtime))
    integers[value] = *integer;
  else
    tensors[value] = std::make_unique<TensorValue>(
        std::move(std::get<TensorValue>(runtime)));
}

//===----------------------------------------------------------------------===//
// Ops of other dialects
//===----------------------------------------------------------------------===//

static LogicalResult evaluate(arith::ConstantOp op, Frame &frame) {
  auto integer = dyn_cast<IntegerAttr>(op.getValue());
  if (!integer || !op.getType().isSignlessInteger(32))
    return op.emitError("cannot interpret a constant of type ")
           << op.getType() << "; i32 works";
  frame.setInteger(op.getResult(), int32_t(integer.getInt()));
  return success();
}

/// i32 arithmetic modulo 2^32.
template <typename Op, typename Function>
static LogicalResult evaluateInteger(Op op, Frame &frame, Function function) {
  if (!op.getType().isSignlessInteger(32))
    return op.emitError("cannot interpret arithmetic on ")
           << op.getType() << "; i32 works";
  auto lhs = uint32_t(frame.integer(op.getLhs()));
  auto rhs = uint32_t(frame.integer(op.getRhs()));
  frame.setInteger(op.getResult(), int32_t(function(lhs, rhs)));
  return success();
}

static LogicalResult evaluate(arith::AddIOp op, Frame &frame) {
  return evaluateInteger(op, frame, std::plus<uint32_t>());
}

static LogicalResult evaluate(arith::SubIOp op, Frame &frame) {
  return evaluateInteger(op, frame, std::minus<uint32_t>());
}

static LogicalResult evaluate(arith::MulIOp op, Frame &frame) {
  return evaluateInteger(op, frame, std::multiplies<uint32_t>());
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

static LogicalResult dispatch(Operation *op, Frame &frame) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<
          // Network
          Conv2DOp, FullyConnectedOp, BiasAddOp, ScaleOp, BatchNormOp, ReluOp,
          LeakyReluOp, ClipOp, ShiftExponentOp, AddOp, SubOp, MulOp,
          MaxPool2DOp, AvgPool2DOp, ConcatOp, SliceOp, PadOp, ReshapeOp,
          TransposeOp>([&](auto op) { return evaluate(op, frame); })
      .Case<
          // Gradient
          Conv2DGradInputOp, Conv2DGradWeightOp, FullyConnectedGradInputOp,
          FullyConnectedGradWeightOp, BiasAddGradBiasOp, ScaleGradScaleOp,
          ReluGradInputOp, LeakyReluGradInputOp, ClipGradInputOp,
          MaxPool2DGradInputOp, AvgPool2DGradInputOp>(
          [&](auto op) { return evaluate(op, frame); })
      .Case<
          // Training
          ParameterLoadOp, ParameterInitializeOp, RandomKeyOp, QuantizeOp,
          ExponentLoadOp, ExponentStoreOp, CrossEntropyOp,
          CrossEntropyGradLogitsOp, GradientOp, SgdUpdateOp, ConstantOp>(
          [&](auto op) { return evaluate(op, frame); })
      .Case<arith::ConstantOp, arith::AddIOp, arith::SubIOp, arith::MulIOp>(
          [&](auto op) { return evaluate(op, frame); })
      .Default([](Operation *op) {
        return op->emitError("cannot be interpreted: '")
               << op->getName()
               << "' has no meaning of its own; modules of the levels 'graph' "
                  "to 'quantized' can be run";
      });
}

/// Refuses tensors and exponents that leave their types.
static LogicalResult checkResults(Operation *op, Frame &frame) {
  if (std::optional<int64_t> exponent = frame.takeExponentError())
    return op->emitError("exponent ")
           << *exponent << " does not fit 32 bits (rule N1)";
  for (OpResult result : op->getResults()) {
    if (!isa<RankedTensorType>(result.getType()))
      continue;
    if (std::optional<std::string> misfit = findMisfit(frame.tensor(result)))
      return op->emitError("result #")
             << result.getResultNumber() << " " << *misfit;
  }
  return success();
}

/// Forgets the tensors that no op after `op` reads: whole training steps keep
/// few of their values alive.
static void releaseDeadValues(Operation *op, Frame &frame) {
  auto release = [&](Value value) {
    if (llvm::all_of(value.getUsers(), [&](Operation *user) {
          return user == op || user->isBeforeInBlock(op);
        }))
      frame.release(value);
  };
  llvm::for_each(op->getOperands(), release);
  llvm::for_each(op->getResults(), release);
}

static LogicalResult checkType(Operation *op, Type type) {
  if (type.isSignlessInteger(32))
    return success();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.hasStaticShape() &&
      isSupportedElement(tensor.getElementType()))
    return success();
  return op->emitError("cannot interpret a value of type ")
         << type << "; i32 and static tensors of f32, i32 or fixed point work";
}

//===----------------------------------------------------------------------===//
// Interpreter
//===----------------------------------------------------------------------===//

FailureOr<Interpreter> Interpreter::create(ModuleOp module) {
  Interpreter interpreter(module);
  for (ParameterOp parameter : module.getOps<ParameterOp>()) {
    FailureOr<TensorValue> value = givenInitialValue(parameter);
    if (failed(value))
      return failure();
    interpreter.stateIndex[parameter.getSymName()] = interpreter.state.size();
    interpreter.state.emplace_back(parameter.getSymName().str(),
                                   std::move(*value));
  }
  return interpreter;
}

const TensorValue *Interpreter::getState(StringRef parameter) const {
  auto found = stateIndex.find(parameter);
  return found == stateIndex.end() ? nullptr : &state[found->second].second;
}

LogicalResult Interpreter::setState(StringRef parameter, TensorValue value) {
  auto found = stateIndex.find(parameter);
  if (found == stateIndex.end())
    return module.emitError("has no parameter '") << parameter << "'";
  TensorValue &target = state[found->second].second;
  if (value.type != target.type)
    return module.emitError("parameter '")
           << parameter << "' has the type " << target.type << " but got "
           << value.type;
  if (std::optional<std::string> misfit = findMisfit(value))
    return module.emitError("the value for parameter '")
           << parameter << "' " << *misfit;
  target = std::move(value);
  return success();
}

/// Gives a function's arguments their values after checking them.
static LogicalResult bindArguments(func::FuncOp function,
                                   ArrayRef<RuntimeValue> arguments,
                                   Frame &frame) {
  if (arguments.size() != function.getNumArguments())
    return function.emitError("takes ")
           << function.getNumArguments() << " arguments but got "
           << arguments.size();
  for (auto [index, argument] : llvm::enumerate(function.getArguments())) {
    Type type = argument.getType();
    if (failed(checkType(function, type)))
      return failure();
    const auto *tensor = std::get_if<TensorValue>(&arguments[index]);
    if (isa<RankedTensorType>(type) != (tensor != nullptr) ||
        (tensor && tensor->type != type)) {
      InFlightDiagnostic error = function.emitError("argument #")
                                 << index << " has the type " << type
                                 << " but got ";
      if (tensor)
        return error << tensor->type;
      return error << "an integer";
    }
    if (tensor)
      if (std::optional<std::string> misfit = findMisfit(*tensor))
        return function.emitError("argument #") << index << " " << *misfit;
    frame.set(argument, arguments[index]);
  }
  return success();
}

FailureOr<std::vector<RuntimeValue>>
Interpreter::call(StringRef function, ArrayRef<RuntimeValue> arguments) {
  gradients.clear();
  return run(function, arguments);
}

FailureOr<std::vector<RuntimeValue>>
Interpreter::run(StringRef name, ArrayRef<RuntimeValue> arguments) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.isExternal())
    return module.emitError("has no function '") << name << "' with a body";
  if (!function.getBody().hasOneBlock())
    return function.emitError("cannot interpret control flow between blocks");

  auto lookup = [&](StringRef parameter) {
    return &state[stateIndex.lookup(parameter)].second;
  };
  Frame frame(module, lookup, gradients);
  if (failed(bindArguments(function, arguments, frame)))
    return failure();

  for (Operation &op : function.getBody().front()) {
    if (auto end = dyn_cast<func::ReturnOp>(op)) {
      std::vector<RuntimeValue> results;
      for (Value operand : end.getOperands())
        results.push_back(frame.get(operand));
      return results;
    }
    for (Type type : op.getResultTypes())
      if (failed(checkType(&op, type)))
        return failure();
    if (auto callee = dyn_cast<func::CallOp>(op)) {
      std::vector<RuntimeValue> operands;
      for (Value operand : callee.getOperands())
        operands.push_back(frame.get(operand));
      auto results = run(callee.getCallee(), operands);
      if (failed(results))
        return failure();
      for (auto [result, value] : llvm::zip(callee.getResults(), *results))
        frame.set(result, value);
      continue;
    }
    if (failed(dispatch(&op, frame)) || failed(checkResults(&op, frame)))
      return failure();
    releaseDeadValues(&op, frame);
  }
  return function.emitError("has no 'func.return'");
}
