//===- PoolHandlers.cpp - pooling, means ------------------------*- C++ -*-===//
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

/// Input, window and result type of a pool.
struct Pool {
  TypedValue<RankedTensorType> input;
  Window window;
  RankedTensorType type;
};

static FailureOr<Pool> getPool(NodeContext &context) {
  auto input = context.getTensor(0);
  if (failed(input))
    return failure();
  llvm::ArrayRef<int64_t> shape = input->getType().getShape();
  if (shape.size() != 4)
    return context.fail(llvm::Twine(int64_t(shape.size()) - 2) +
                            "-D pools are not supported",
                        "use 2-D ones, on [batch, channels, height, width]");
  auto kernel = context.getInts("kernel_shape");
  if (failed(kernel))
    return failure();
  auto window = getWindow(context, shape.drop_front(2), *kernel, true);
  if (failed(window))
    return failure();
  auto type = context.makeType(
      {shape[0], shape[1], window->output[0], window->output[1]});
  if (failed(type))
    return failure();
  return Pool{*input, *window, *type};
}

LogicalResult onnx_conversion::convertMaxPool(NodeContext &context) {
  if (context.isOutputUsed(1))
    return context.fail("the output 'Indices' is not supported");
  auto pool = getPool(context);
  if (failed(pool))
    return failure();
  return context.defineOp<MaxPool2DOp>(
      pool->type, pool->input, pool->window.kernel, pool->window.strides,
      pool->window.pads, pool->window.dilations);
}

LogicalResult onnx_conversion::convertAveragePool(NodeContext &context) {
  auto pool = getPool(context);
  auto countIncludePad = context.getInt("count_include_pad", 0);
  if (failed(pool) || failed(countIncludePad))
    return failure();
  return context.defineOp<AvgPool2DOp>(
      pool->type, pool->input, pool->window.kernel, pool->window.strides,
      pool->window.pads, pool->window.dilations,
      /*count_include_pad=*/*countIncludePad != 0);
}

/// One window over the whole image.
template <typename Op, typename... Flags>
static FailureOr<Value> buildGlobalPool(NodeContext &context,
                                        TypedValue<RankedTensorType> input,
                                        Flags... flags) {
  llvm::ArrayRef<int64_t> shape = input.getType().getShape();
  auto type = context.makeType({shape[0], shape[1], 1, 1});
  if (failed(type))
    return failure();
  int64_t ones[2] = {1, 1}, zeros[4] = {0, 0, 0, 0};
  return Value(context.builder.create<Op>(
      context.getLoc(), *type, input, shape.drop_front(2),
      llvm::ArrayRef<int64_t>(ones), llvm::ArrayRef<int64_t>(zeros),
      llvm::ArrayRef<int64_t>(ones), flags...));
}

LogicalResult onnx_conversion::convertGlobalAveragePool(NodeContext &context) {
  auto input = context.getTensor(0, 4);
  if (failed(input))
    return failure();
  auto pooled = buildGlobalPool<AvgPool2DOp>(context, *input, false);
  return failed(pooled) ? failure() : context.define(*pooled);
}

LogicalResult onnx_conversion::convertGlobalMaxPool(NodeContext &context) {
  auto input = context.getTensor(0, 4);
  if (failed(input))
    return failure();
  auto pooled = buildGlobalPool<MaxPool2DOp>(context, *input);
  return failed(pooled) ? failure() : context.define(*pooled);
}

LogicalResult onnx_conversion::convertReduceMean(NodeContext &context) {
  auto input = context.getTensor(0, 4);
  auto keepDims = context.getInt("keepdims", 1);
  auto isNoOp = context.getInt("noop_with_empty_axes", 0);
  auto axes = context.getIntsOrInput("axes", 1, 18);
  if (failed(input) || failed(keepDims) || failed(isNoOp) || failed(axes))
    return failure();
  llvm::SmallVector<int64_t> sorted =
      axes->value_or(llvm::SmallVector<int64_t>());
  if (sorted.empty()) {
    if (*isNoOp != 0 && context.getOpset() >= 18)
      return context.define(*input);
    return context.fail("a mean over everything is not supported");
  }
  if (failed(context.normalizeAxes(sorted, 4)))
    return failure();
  llvm::sort(sorted);
  if (sorted != llvm::SmallVector<int64_t>{2, 3})
    return context.fail("a mean over the axes " + formatShape(sorted) +
                            " is not supported",
                        "only one over the height and the width, [2, 3], is");
  auto pooled = buildGlobalPool<AvgPool2DOp>(context, *input, false);
  if (failed(pooled))
    return failure();
  if (*keepDims != 0)
    return context.define(*pooled);
  return context.defineReshaped(*pooled,
                                input->getType().getShape().take_front(2));
}
