//===- Window.cpp - the geometry of Conv and pools --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Window.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

/// Largest attribute value: products of two fit into 64 bits with ease.
static constexpr int64_t kMaxAttribute = int64_t(1) << 20;

static LogicalResult checkInts(NodeContext &context, llvm::StringRef name,
                               llvm::ArrayRef<int64_t> values, size_t count,
                               int64_t minimum) {
  if (values.size() != count)
    return context.fail("'" + name + "' has " + llvm::Twine(values.size()) +
                        " values, expected " + llvm::Twine(count));
  for (int64_t value : values)
    if (value < minimum || value > kMaxAttribute)
      return context.fail("'" + name + "' has the value " + llvm::Twine(value) +
                          (value < 0 ? ", negative ones are not supported"
                                     : ", which is out of range"));
  return success();
}

static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Whether the window that starts at `start` (in the input's coordinates) holds
/// an element of the input.
static bool holdsElement(int64_t start, int64_t size, int64_t kernel,
                         int64_t dilation) {
  int64_t first = start < 0 ? ceilDiv(-start, dilation) : 0;
  return first < kernel && start + first * dilation < size;
}

/// Every window has to: the first ones begin in the leading pad, and only the
/// last can begin in the trailing one.
static bool allHoldElements(const Window &window, unsigned i, int64_t size) {
  int64_t kernel = window.kernel[i], dilation = window.dilations[i];
  int64_t stride = window.strides[i], pad = window.pads[i];
  for (int64_t o = 0; o < window.output[i] && o * stride < pad; ++o)
    if (!holdsElement(o * stride - pad, size, kernel, dilation))
      return false;
  return holdsElement((window.output[i] - 1) * stride - pad, size, kernel,
                      dilation);
}

FailureOr<Window> onnx_conversion::getWindow(NodeContext &context,
                                             llvm::ArrayRef<int64_t> size,
                                             llvm::ArrayRef<int64_t> kernel,
                                             bool isPool) {
  auto strides = context.getInts("strides", {1, 1});
  auto dilations = context.getInts("dilations", {1, 1});
  auto pads = context.getInts("pads", {0, 0, 0, 0});
  auto autoPad = context.getString("auto_pad", "NOTSET");
  auto ceilMode = context.getInt("ceil_mode", 0);
  if (failed(strides) || failed(dilations) || failed(pads) || failed(autoPad) ||
      failed(ceilMode) ||
      failed(checkInts(context, "kernel_shape", kernel, 2, 1)) ||
      failed(checkInts(context, "strides", *strides, 2, 1)) ||
      failed(checkInts(context, "dilations", *dilations, 2, 1)) ||
      failed(checkInts(context, "pads", *pads, 4, 0)))
    return failure();
  bool isSame = *autoPad == "SAME_UPPER" || *autoPad == "SAME_LOWER";
  if (!isSame && *autoPad != "NOTSET" && *autoPad != "VALID" &&
      !autoPad->empty())
    return context.fail("'auto_pad' is '" + *autoPad +
                        "', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID");
  if (*autoPad == "VALID")
    pads->assign(4, 0);

  Window window;
  window.kernel.assign(kernel.begin(), kernel.end());
  window.strides.assign(strides->begin(), strides->end());
  window.dilations.assign(dilations->begin(), dilations->end());
  window.pads.assign(pads->begin(), pads->end());
  for (unsigned i = 0; i != 2; ++i) {
    int64_t stride = window.strides[i];
    int64_t extent = window.dilations[i] * (kernel[i] - 1) + 1;
    int64_t &before = window.pads[i], &after = window.pads[i + 2];
    if (isSame) {
      int64_t total = std::max<int64_t>(
          (ceilDiv(size[i], stride) - 1) * stride + extent - size[i], 0);
      before = *autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
      after = total - before;
    }
    int64_t free = size[i] + before + after - extent;
    if (isPool && *ceilMode != 0 && !isSame && free > -stride) {
      // The last window must begin within the input or the leading pad.
      int64_t count = ceilDiv(std::max<int64_t>(free, 0), stride) + 1;
      if ((count - 1) * stride >= size[i] + before)
        --count;
      window.output.push_back(count);
    } else if (free < 0) {
      return context.fail("the window is larger than the padded input (" +
                          llvm::Twine(extent) + " against " +
                          llvm::Twine(size[i] + before + after) + ")");
    } else {
      window.output.push_back(free / stride + 1);
    }
    if (isPool && !allHoldElements(window, i, size[i]))
      return context.fail("a window would lie in the padding alone");
  }
  return window;
}
