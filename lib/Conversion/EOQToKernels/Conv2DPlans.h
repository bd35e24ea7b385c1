//===- Conv2DPlans.h - sizes of the parts of a convolution ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a convolution of known sizes is divided into chunks, and where they lie
// in scratch memory. Conv2DKernels.cpp makes the calls of a plan.
//
// Forward and grad_input are one loop nest: windows that slide over an image.
// For grad_input with strides, the pixels of the input fall into sh * sw phases
// that see different taps; each phase is such a nest of stride 1.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_CONV2DPLANS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_CONV2DPLANS_H

#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

namespace mlir::eoq {

/// Width of a panel of B (see GemmKernel.cpp).
inline constexpr int64_t kPanel = 16;
/// Rows of a weight gradient that are one job.
inline constexpr int64_t kRowsPerJob = 24;

bool isDepthwise(const Conv2DGeometry &geometry);

/// Kinds of numbers and what follows from them.
struct Numbers {
  bool isFloat;
  /// Products of 8-bit operands, the left one never negative, four at a time;
  /// other integers are widened to 16 bits and multiplied in pairs.
  bool isQuad = false;
  /// Elements that one multiplication step takes.
  int64_t pair;
  /// Bytes of an operand, of a widened operand, of a sum.
  int64_t operandBytes, wideBytes, sumBytes = 4;

  explicit Numbers(Type elementType)
      : isFloat(isa<FloatType>(elementType)), pair(isFloat ? 1 : 2),
        operandBytes(isFloat ? 4 : 1), wideBytes(isFloat ? 4 : 2) {}

  Numbers(Type elementType, const Conv2DGeometry &geometry, Conv2DKind kind)
      : Numbers(elementType) {
    isQuad = !isFloat && geometry.nonnegative && kind == Conv2DKind::Forward &&
             !isDepthwise(geometry);
    if (isQuad) {
      pair = 4;
      wideBytes = 1;
    }
  }

  /// The kernel for these numbers.
  std::string name(StringRef stem) const {
    return (stem + (isFloat ? "_f32" : isQuad ? "_u7" : "_i8")).str();
  }
};

/// Places in scratch memory, each aligned to 64 bytes.
class Scratch {
public:
  int64_t add(int64_t bytes) {
    int64_t at = size;
    size += llvm::alignTo(std::max<int64_t>(bytes, 1), 64);
    return at;
  }
  int64_t size = 0;
};

/// Taps along one axis that a class of windows sees, and how it slides.
struct Axis {
  /// Windows, their distance in the source, in the result, and the first's
  /// place in both.
  int64_t windows, sourceStep, resultStep, sourceFirst, resultFirst;
  /// Taps, their distance in the source; index of the first in the kernel and
  /// the step to the next.
  int64_t taps, dilation, kernelFirst, kernelStep;
};

/// One loop nest over windows, with its chunks.
struct Nest {
  Axis y, x;
  int64_t width, padded;
  int64_t count1, stride1, count0, tapH, tapW, panelSize;
  int64_t images, rows, splits, splitColumns;
  int64_t aSize, tableSize, bSize, bAt = 0;
};

/// Everything about a forward or grad_input product.
struct WindowPlan {
  int64_t n, h, w, c, outH, outW, outC, groups, groupColumns, groupKs;
  /// Strides of the weights: from group to group, column to column (of the
  /// result's channels), element to element (of the source's).
  int64_t weightGroup, weightColumn, weightK;
  bool depthwise;
  /// Some pixels of the result see no tap: they are zero.
  bool clear = false;
  SmallVector<Nest, 1> nests;
  int64_t aSize = 0, tableSize = 0, bSize = 0, slots;
  Scratch scratch;
  int64_t bPlace, aPlace, aRowsPlace, cRowsPlace;
};

/// Everything about a weight gradient.
struct GradWeightPlan {
  /// The geometry that the kernels see; with the operands exchanged it is not
  /// the caller's.
  Conv2DGeometry g;
  bool exchanged, depthwise, pairsInside;
  /// Whether sums are of 64 bits; whether they are made in the result itself.
  bool isLong, inPlace;
  int64_t padded, block, pairs, rows, chunks, panelSize, products, columns, ks,
      taps;
  int64_t panels, accSize, accLine, accPanel;
  Scratch scratch;
  int64_t accPlace, aPlace, bPlace, aRowsPlace, cRowsPlace;
};

WindowPlan planWindows(const Conv2DGeometry &geometry, Conv2DKind kind,
                       const Numbers &numbers, int64_t slots);

/// `geometry` is the caller's; the plan has the one that the kernels see.
GradWeightPlan planGradWeight(Conv2DGeometry geometry, const Numbers &numbers,
                              Type resultType);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_CONV2DPLANS_H
