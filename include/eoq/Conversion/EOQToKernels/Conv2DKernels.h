//===- Conv2DKernels.h - calls for convolutions -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A convolution and its two gradients, as calls of kernels that pack the
// operands and of the register-blocked product. Fully connected layers are
// convolutions of 1x1 images.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_CONV2DKERNELS_H
#define EOQ_CONVERSION_EOQTOKERNELS_CONV2DKERNELS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include <optional>

namespace mlir::eoq {

/// What the estimates of costs were made for.
inline constexpr int64_t kDefaultCacheBytes = 512 * 1024;

/// Sizes of a convolution: images [n, h, w, c], weights [o, c/groups, kh, kw],
/// result [n, oh, ow, o]; strides s*, dilations d*, pads at the top and at the
/// left (those at the bottom and right follow from oh and ow).
struct Conv2DGeometry {
  int64_t n, h, w, c, oh, ow, o, kh, kw;
  int64_t sh = 1, sw = 1, dh = 1, dw = 1, pt = 0, pl = 0, groups = 1;
  /// Whether the images are known to have no negative element (and the target
  /// has an instruction that gains by it): 8 bits are in [0, 127] then.
  bool nonnegative = false;
  /// Whether GradWeight leaves the sums in the order that suits the product,
  /// [kh, kw, c, o]. Needs one group and sums of 32 bits.
  bool outputsLast = false;
  /// Whether the result of GradInput has only the pixels of getReachedPixels.
  bool reachedOnly = false;
  /// Whether the target has an instruction for groups of four 8-bit operands of
  /// any sign (QuadSupport::All).
  bool signedQuads = false;

  /// Whether tiles of windows, which need fewer products of 16 bits, pay on the
  /// target (hasFastPairs).
  bool fastPairs = false;
  /// Bytes of the target's second-level cache, which the sizes of chunks
  /// follow.
  int64_t cacheBytes = kDefaultCacheBytes;

  /// [n, k] times the transpose of [m, k].
  static Conv2DGeometry fullyConnected(int64_t n, int64_t k, int64_t m);
};

enum class Conv2DKind { Forward, GradInput, GradWeight };

/// Whether GradWeight has to transpose its sums, so that `outputsLast` makes it
/// cheaper and needs less memory.
bool transposesGradWeight(const Conv2DGeometry &geometry, Type elementType,
                          Type resultType);

/// The pixels of the input that the kernel's taps reach, if they are a grid of
/// a part of all: `rows` by `columns` pixels, the first one and their distance.
/// The gradient of the others is zero.
struct ReachedPixels {
  int64_t rows, columns, firstRow, firstColumn, rowStep, columnStep;
};
std::optional<ReachedPixels> getReachedPixels(const Conv2DGeometry &geometry);

/// Bytes of the scratch memory of a product: what its ordered weights take,
/// which are written before anything else, and what it works with afterwards.
struct Conv2DScratchBytes {
  int64_t weights, work;
  int64_t getSum() const { return weights + work; }
};

/// The scratch memory that createConv2D needs. `elementType` is i8 or f32,
/// `resultType` i32, i64 (GradWeight only) or f32. `slots` is the number of
/// parts that can run at the same time; the result does not depend on it.
Conv2DScratchBytes getConv2DScratchBytes(const Conv2DGeometry &geometry,
                                         Conv2DKind kind, Type elementType,
                                         Type resultType, int64_t slots);

/// Buffers for it, each a memref<?xi8> or memref<Nxi8> aligned to 64 bytes.
struct Conv2DScratch {
  Value weights, work;
};

/// What becomes of a result before a quantizer reads it. Its elements are added
/// to `bias` (memref<?xi32>, an element for each channel) and kept in [`low`,
/// `high`]; or only those count whose element of `mask` (memref<?xi8>, as large
/// as the result) is in (`low`, `high`). Null values stand for nothing.
struct QuantizerStages {
  Value bias, mask, low, high;
};

/// Whether createConv2D can find largest magnitudes for a quantizer.
bool canFindMagnitude(const Conv2DGeometry &geometry, Conv2DKind kind,
                      Type elementType);

/// An estimate of the work of a Forward or GradInput product of 8-bit integers,
/// in cycles; 0 if there is none.
double getConv2DCost(const Conv2DGeometry &geometry, Conv2DKind kind,
                     Type elementType, int64_t slots);

/// Forward and GradInput order the weights in `scratch.weights`, where they
/// stay, and multiply with them: several products with the same weights can
/// share the first part.
enum class Conv2DPart { All, PackWeights, Multiply };

/// Creates the calls that compute one product, and all of `result`:
/// Forward(x, weight) -> y, GradInput(dy, weight) -> dx, GradWeight(x, dy) ->
/// dw. The operands' element types decide the kind of numbers. With `stages`,
/// returns the largest magnitude (i64) of what they make of the result, which
/// itself is as without them.
Value createConv2D(OpBuilder &builder, Location loc,
                   const Conv2DGeometry &geometry, Conv2DKind kind,
                   int64_t slots, Value lhs, Value rhs, Value result,
                   const Conv2DScratch &scratch,
                   const QuantizerStages *stages = nullptr,
                   Conv2DPart part = Conv2DPart::All);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_CONV2DKERNELS_H
