//===- Window.h - the geometry of Conv and pools ----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_ONNXTOEOQ_WINDOW_H
#define EOQ_LIB_CONVERSION_ONNXTOEOQ_WINDOW_H

#include "NodeContext.h"

namespace mlir::eoq::onnx_conversion {

/// Strides, pads, dilations of a 2-D window, and the size of what it computes.
struct Window {
  llvm::SmallVector<int64_t, 2> kernel, strides, dilations;
  llvm::SmallVector<int64_t, 4> pads; ///< Top, left, bottom, right.
  llvm::SmallVector<int64_t, 2> output;
};

/// Reads the attributes `strides`, `pads`, `dilations` and `auto_pad` of a node
/// whose input has the spatial size `size`. For pools (`isPool`), `ceil_mode`
/// too, and every window must hold an element of the input.
FailureOr<Window> getWindow(NodeContext &context, llvm::ArrayRef<int64_t> size,
                            llvm::ArrayRef<int64_t> kernel, bool isPool);

} // namespace mlir::eoq::onnx_conversion

#endif // EOQ_LIB_CONVERSION_ONNXTOEOQ_WINDOW_H
