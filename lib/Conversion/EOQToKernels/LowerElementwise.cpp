//===- LowerElementwise.cpp - activations, sums and products --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

Value mlir::eoq::getClipBound(FunctionLowering &function, double bound,
                              Value exponent) {
  if (!exponent)
    return function.f32(bound);
  if (std::isinf(bound))
    return function.i32(bound < 0 ? INT32_MIN : INT32_MAX);
  // bound = mantissa * 2^x with 2^29 <= |mantissa| < 2^30, towards zero.
  int x = 0;
  double mantissa = std::trunc(std::ldexp(std::frexp(bound, &x), 30));
  x -= 30;
  return function
      .call("eoq_clip_bound", {function.i32(static_cast<int64_t>(mantissa)),
                               function.i32(x), exponent})
      .getResult(0);
}

/// alpha of the leaky ReLU: round(alpha * 2^15), or a float.
static Value getAlpha(FunctionLowering &function, double alpha, Type type) {
  if (type.isF32())
    return function.f32(alpha);
  return function.i32(std::llround(std::ldexp(alpha, 15)));
}

/// result = kernel(input, result, n, arguments...), with the input's exponent.
static LogicalResult
lowerUnary(Operation *op, FunctionLowering &function, StringRef kernel,
           function_ref<SmallVector<Value>(const Tensor &)> arguments) {
  Value operand = op->getOperand(0), result = op->getResult(0);
  Type type = getStorageType(operand.getType());
  if (failed(requireKernel(op, type, {8, 16, 32})))
    return failure();
  Tensor input = function.get(operand);
  SmallVector<Value> extra = arguments(input);
  Value out = function.createResultInPlace(result, operand, input.layout,
                                           input.exponent);
  SmallVector<Value> operands = {
      input.data, out,
      function.index(
          cast<RankedTensorType>(result.getType()).getNumElements())};
  operands.append(extra);
  function.call((kernel + getSuffix(type)).str(), operands);
  return success();
}

static LogicalResult lower(ReluOp op, FunctionLowering &function) {
  return lowerUnary(op, function, "eoq_relu_",
                    [](const Tensor &) { return SmallVector<Value>(); });
}

static LogicalResult lower(LeakyReluOp op, FunctionLowering &function) {
  return lowerUnary(op, function, "eoq_leaky_relu_", [&](const Tensor &) {
    return SmallVector<Value>{
        getAlpha(function, op.getAlpha().convertToDouble(),
                 getStorageType(op.getInput().getType()))};
  });
}

static LogicalResult lower(ClipOp op, FunctionLowering &function) {
  return lowerUnary(op, function, "eoq_clip_", [&](const Tensor &input) {
    return SmallVector<Value>{
        getClipBound(function, op.getMinimum().convertToDouble(), input.exponent),
        getClipBound(function, op.getMaximum().convertToDouble(), input.exponent)};
  });
}

static LogicalResult lower(ShiftExponentOp op, FunctionLowering &function) {
  Tensor input = function.get(op.getInput());
  int64_t amount = op.getAmount();
  if (input.exponent) {
    // Nothing is computed: the result is another view of the same integers.
    input.exponent = function.add(input.exponent, amount);
    function.define(op.getOutput(), input);
    return success();
  }
  Value out = function.createResultInPlace(op.getOutput(), op.getInput(),
                                           input.layout, Value());
  function.call("eoq_scale_by_f32",
                {input.data, out,
                 function.index(op.getOutput().getType().getNumElements()),
                 function.f32(std::ldexp(1.0, amount))});
  return success();
}

/// result = kernel(gradient, forward output, result, n, arguments...).
static LogicalResult
lowerMask(Operation *op, FunctionLowering &function, StringRef kernel,
          function_ref<SmallVector<Value>(const Tensor &)> arguments) {
  Value gradient = op->getOperand(0), output = op->getOperand(1);
  Type type = getStorageType(gradient.getType());
  if (failed(requireKernel(op, type, {8, 32})) ||
      failed(requireKernel(op, getStorageType(output.getType()), {8})))
    return failure();
  Layout layout = function.getCommonLayout(op->getOperands());
  Tensor g = function.get(gradient, layout);
  Tensor a = function.get(output, layout);
  SmallVector<Value> extra = arguments(a);
  Value out = function.createResultInPlace(op->getResult(0), gradient, layout,
                                           g.exponent);
  SmallVector<Value> operands = {
      g.data, a.data, out,
      function.index(
          cast<RankedTensorType>(gradient.getType()).getNumElements())};
  operands.append(extra);
  function.call((kernel + getSuffix(type)).str(), operands);
  return success();
}

static LogicalResult lower(ReluGradInputOp op, FunctionLowering &function) {
  if (function.getNote(op)) {
    // A pooling's gradient that is masked already (LowerPooling.cpp).
    function.define(op.getResult(), function.get(op.getGradOutput()));
    return success();
  }
  return lowerMask(op, function, "eoq_relu_grad_",
                   [](const Tensor &) { return SmallVector<Value>(); });
}

static LogicalResult lower(LeakyReluGradInputOp op,
                           FunctionLowering &function) {
  return lowerMask(op, function, "eoq_leaky_relu_grad_", [&](const Tensor &) {
    return SmallVector<Value>{
        getAlpha(function, op.getAlpha().convertToDouble(),
                 getStorageType(op.getGradOutput().getType()))};
  });
}

static LogicalResult lower(ClipGradInputOp op, FunctionLowering &function) {
  return lowerMask(op, function, "eoq_clip_grad_", [&](const Tensor &a) {
    return SmallVector<Value>{
        getClipBound(function, op.getMinimum().convertToDouble(), a.exponent),
        getClipBound(function, op.getMaximum().convertToDouble(), a.exponent)};
  });
}

//===----------------------------------------------------------------------===//
// Two tensors of one shape
//===----------------------------------------------------------------------===//

/// Sum or difference on a common exponent (N8).
static LogicalResult lowerAligned(Operation *op, FunctionLowering &function,
                                  std::optional<ArrayRef<int64_t>> bits,
                                  bool isSubtraction) {
  Value lhs = op->getOperand(0), rhs = op->getOperand(1),
        result = op->getResult(0);
  Type lhsType = getStorageType(lhs.getType());
  Type rhsType = getStorageType(rhs.getType());
  if (failed(requireKernel(op, lhsType, {8, 32})) ||
      failed(requireKernel(op, rhsType, {8, 32})))
    return failure();
  Layout layout = function.getCommonLayout(op->getOperands());
  Tensor x = function.get(lhs, layout), y = function.get(rhs, layout);
  Value elements =
      function.index(cast<RankedTensorType>(result.getType()).getNumElements());
  if (!x.exponent) {
    Value out = function.createResultInPlace(result, {lhs, rhs}, layout, {});
    function.call(isSubtraction ? "eoq_sub_f32" : "eoq_add_f32",
                  {x.data, y.data, out, elements});
    return success();
  }
  if (!bits)
    return op->emitOpError("expected 'magnitude_bits' on fixed-point tensors");
  Value exponent =
      function
          .call("eoq_aligned_exponent", {x.exponent, function.i32((*bits)[0]),
                                         y.exponent, function.i32((*bits)[1])})
          .getResult(0);
  Value shiftX = function.subtract(exponent, x.exponent);
  Value shiftY = function.subtract(exponent, y.exponent);
  Value out =
      function.createResultInPlace(result, {lhs, rhs}, layout, exponent);
  function.call("eoq_add_" + getSuffix(lhsType) + "_" + getSuffix(rhsType),
                {x.data, y.data, out, elements, shiftX, shiftY,
                 function.i32(isSubtraction)});
  return success();
}

static LogicalResult lower(AddOp op, FunctionLowering &function) {
  return lowerAligned(op, function, op.getMagnitudeBits(), false);
}

static LogicalResult lower(SubOp op, FunctionLowering &function) {
  return lowerAligned(op, function, op.getMagnitudeBits(), true);
}

static LogicalResult lower(MulOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getLhs().getType());
  if (failed(requireKernel(op, type, {8})))
    return failure();
  Layout layout = function.getCommonLayout(op->getOperands());
  Tensor x = function.get(op.getLhs(), layout);
  Tensor y = function.get(op.getRhs(), layout);
  Value exponent;
  if (x.exponent)
    exponent = function.add(x.exponent, y.exponent);
  Value out = function.createResultInPlace(op.getOutput(), op->getOperands(),
                                           layout, exponent);
  function.call("eoq_mul_" + getSuffix(type),
                {x.data, y.data, out,
                 function.index(op.getOutput().getType().getNumElements())});
  return success();
}

void mlir::eoq::populateElementwiseLowerings(LoweringTable &table) {
  table.add<ReluOp>(lower);
  table.add<LeakyReluOp>(lower);
  table.add<ClipOp>(lower);
  table.add<ShiftExponentOp>(lower);
  table.add<ReluGradInputOp>(lower);
  table.add<LeakyReluGradInputOp>(lower);
  table.add<ClipGradInputOp>(lower);
  table.add<AddOp>(lower);
  table.add<SubOp>(lower);
  table.add<MulOp>(lower);
}
