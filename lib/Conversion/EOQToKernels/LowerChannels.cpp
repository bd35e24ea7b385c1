//===- LowerChannels.cpp - one value per channel: bias and scale ----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// The per-channel operand of an op, and the layout that the kernels need.
struct Channels {
  int64_t elements, count, length;
  Layout layout;
};

} // namespace

/// `tensor` is [N, C, ...]; `values` is [C] or [1].
static Channels getChannels(FunctionLowering &function, ValueRange tensors,
                            Value values) {
  Channels channels;
  channels.elements =
      cast<RankedTensorType>(tensors.front().getType()).getNumElements();
  channels.count = cast<RankedTensorType>(values.getType()).getNumElements();
  channels.length = getChannelPatternLength(channels.count);
  // One value for all channels does not care about the order.
  channels.layout = channels.count == 1 ? function.getCommonLayout(tensors)
                                        : Layout::ChannelsLast;
  return channels;
}

static LogicalResult lower(BiasAddOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  Type biasType = getStorageType(op.getBias().getType());
  Channels channels = getChannels(function, op.getInput(), op.getBias());
  Tensor input = function.get(op.getInput(), channels.layout);
  Tensor bias = function.get(op.getBias());
  Value count = function.index(channels.count);
  Value length = function.index(channels.length);
  Value elements = function.index(channels.elements);
  Type patternType = type.isF32() ? type : function.getBuilder().getI32Type();
  Value pattern =
      function.allocate(patternType, channels.length, /*scratch=*/true);
  if (type.isF32()) {
    function.call("eoq_pattern_f32", {bias.data, pattern, count, length});
  } else {
    if (failed(requireKernel(op, type, {8, 32})) ||
        failed(requireKernel(op, biasType, {8, 16})))
      return failure();
    function.call("eoq_bias_pattern_" + getSuffix(biasType),
                  {bias.data, pattern, count, length,
                   function.subtract(input.exponent, bias.exponent)});
  }
  Value out = function.createResultInPlace(op.getOutput(), op.getInput(),
                                           channels.layout, input.exponent);
  function.call("eoq_bias_add_" + getSuffix(type),
                {input.data, pattern, out, elements, length});
  return success();
}

static LogicalResult lower(ScaleOp op, FunctionLowering &function) {
  Type type = getStorageType(op.getInput().getType());
  if (failed(requireKernel(op, type, {8})) ||
      failed(requireKernel(op, getStorageType(op.getScale().getType()), {8})))
    return failure();
  Channels channels = getChannels(function, op.getInput(), op.getScale());
  Tensor input = function.get(op.getInput(), channels.layout);
  Tensor scale = function.get(op.getScale());
  Value length = function.index(channels.length);
  Value pattern = function.allocate(type, channels.length, /*scratch=*/true);
  function.call("eoq_pattern_" + getSuffix(type),
                {scale.data, pattern, function.index(channels.count), length});
  Value exponent;
  if (input.exponent)
    exponent = function.add(input.exponent, scale.exponent);
  Value out = function.createResultInPlace(op.getOutput(), op.getInput(),
                                           channels.layout, exponent);
  function.call(
      "eoq_scale_" + getSuffix(type),
      {input.data, pattern, out, function.index(channels.elements), length});
  return success();
}

/// A sum over everything but the channel, of one tensor or of a product.
static LogicalResult lowerChannelSum(Operation *op, FunctionLowering &function,
                                     StringRef kernel, ValueRange operands,
                                     Value result) {
  Type type = getStorageType(operands.front().getType());
  for (Value operand : operands)
    if (failed(requireKernel(op, getStorageType(operand.getType()), {8})))
      return failure();
  Channels channels = getChannels(function, operands, result);
  SmallVector<Value> arguments;
  Value exponent;
  for (Value operand : operands) {
    Tensor tensor = function.get(operand, channels.layout);
    arguments.push_back(tensor.data);
    if (tensor.exponent)
      exponent =
          exponent ? function.add(exponent, tensor.exponent) : tensor.exponent;
  }
  Type partialType = type.isF32() ? type : function.getBuilder().getI32Type();
  arguments.push_back(function.allocate(partialType, 64 * channels.length,
                                        /*scratch=*/true));
  arguments.push_back(
      function.createResult(result, Layout::RowMajor, exponent));
  for (int64_t size : {channels.elements, channels.count, channels.length})
    arguments.push_back(function.index(size));
  function.call((kernel + getSuffix(type)).str(), arguments);
  return success();
}

static LogicalResult lower(BiasAddGradBiasOp op, FunctionLowering &function) {
  return lowerChannelSum(op, function, "eoq_channel_sum_", op.getGradOutput(),
                         op.getGradBias());
}

static LogicalResult lower(ScaleGradScaleOp op, FunctionLowering &function) {
  return lowerChannelSum(op, function, "eoq_channel_dot_",
                         {op.getInput(), op.getGradOutput()},
                         op.getGradScale());
}

void mlir::eoq::populateChannelLowerings(LoweringTable &table) {
  table.add<BiasAddOp>(lower);
  table.add<ScaleOp>(lower);
  table.add<BiasAddGradBiasOp>(lower);
  table.add<ScaleGradScaleOp>(lower);
}
