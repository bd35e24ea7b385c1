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
/// The most columns of a product whose lanes are pixels, and those pixels.
inline constexpr int64_t kFewColumns = 6;
inline constexpr int64_t kFewPixels = 16;

/// Products that one 32-bit sum takes (N6), in images times pixels.
inline constexpr int64_t kMostPixels = 65536;

bool isDepthwise(const Conv2DGeometry &geometry);

/// Kinds of numbers and what follows from them.
struct Numbers {
  bool isFloat;
  /// Products of 8-bit operands four at a time, the left one never negative or
  /// both of any sign; other integers are widened to 16 bits and multiplied in
  /// pairs.
  bool isQuad = false, isSigned = false;
  /// Elements that one multiplication step takes.
  int64_t pair;
  /// Bytes of an operand, of a widened operand, of a sum.
  int64_t operandBytes, wideBytes, sumBytes = 4;

  explicit Numbers(Type elementType)
      : isFloat(isa<FloatType>(elementType)), pair(isFloat ? 1 : 2),
        operandBytes(isFloat ? 4 : 1), wideBytes(isFloat ? 4 : 2) {}

  Numbers(Type elementType, const Conv2DGeometry &geometry, Conv2DKind kind);

  /// These 8-bit integers in pairs.
  Numbers getPairs() const {
    Numbers pairs = *this;
    pairs.isQuad = pairs.isSigned = false;
    pairs.pair = pairs.wideBytes = 2;
    return pairs;
  }

  /// The kernel for these numbers.
  std::string name(StringRef stem) const {
    return (stem + (isFloat    ? "_f32"
                    : !isQuad  ? "_i8"
                    : isSigned ? "_s8"
                               : "_u7"))
        .str();
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
  /// Windows [inside, outside) have all taps inside of the source.
  int64_t inside, outside;
};

/// What a nest with few columns needs instead of panels (see
/// Kernels/ConvFew.mlir): the layout of the source's planes, the steps of a row
/// of taps, and the place of the steps' offsets.
struct FewColumns {
  int64_t planes, plane, line, rowSteps, offsetsAt = 0;
};

/// One loop nest over windows, with its chunks.
struct Nest {
  Axis y, x;
  int64_t width, padded;
  /// How a row of taps is walked: in one run if stride1 is 0; otherwise each
  /// tap takes count0 steps, and they lie stride1 apart. A tap has tapW rows of
  /// a panel, a row of taps tapH.
  int64_t stride1, count0, tapH, tapW, panelSize;
  int64_t images, rows, splits, splitColumns;
  int64_t aSize, tableSize, bSize, bAt = 0;
  FewColumns few{};
  /// An estimate, in cycles.
  double cost = 0;
};

/// How windows of 3x3 taps become tiles (see Kernels/Winograd.mlir).
struct Tiles {
  /// Rows of tiles of a job and of all images, and tiles of one.
  int64_t rows, allRows, across;
  int64_t splits, splitColumns;
  /// Tiles that are multiplied before they become windows.
  int64_t block;
  int64_t slots;
  /// Whether all tiles are one chunk: slots transform the weights that they
  /// need then.
  bool isOneChunk;
  /// Elements of A and M of a slot, which share memory; of V of a slot, and of
  /// a group of its channels; of transformed weights (of a slot, if there is
  /// one chunk) and of a place of them.
  int64_t aSize, mSize, vSize, vGroupSize, uSize, uPlaceSize;
  int64_t aPlace, vPlace, uPlace;
  /// An estimate, in cycles.
  double cost;

  /// Bytes of A and M.
  int64_t getSumBytes() const { return std::max(aSize * 2, mSize * 4); }
  /// Bytes of what a slot has for itself.
  int64_t getSlotBytes() const {
    return getSumBytes() + (vSize + (isOneChunk ? uSize : 0)) * 2;
  }
};

/// Runs of elements of the result: rows of columns of them.
struct Clear {
  int64_t first, rows, columns, length;
};

/// Everything about a forward or grad_input product.
struct WindowPlan {
  int64_t n, h, w, c, outH, outW, outC, groups, groupColumns, groupKs;
  int64_t cacheBytes;
  /// Strides of the weights: from group to group, column to column (of the
  /// result's channels), element to element (of the source's).
  int64_t weightGroup, weightColumn, weightK;
  bool depthwise;
  /// Whether there are so few columns that the lanes of vectors are pixels.
  bool few = false;
  /// Tiles instead of the only nest's windows, where they are cheaper.
  std::optional<Tiles> tiles;
  /// Pixels of the result that see no tap and are zero.
  SmallVector<Clear, 1> clears;
  int64_t clearRowStep = 0, clearColumnStep = 0;
  SmallVector<Nest, 1> nests;
  int64_t aSize = 0, tableSize = 0, bSize = 0, slots;
  /// Rows of a block of the product, and elements that describe the blocks of a
  /// chunk.
  int64_t block, rangesSize = 0;
  /// For the ordered weights, and for the rest.
  Scratch weights, work;
  int64_t bPlace, aPlace, aRowsPlace, cRowsPlace, rangesPlace, maximaPlace;

  /// Bytes that a job works on: what stays in the cache beside a panel of B, or
  /// some of the weights.
  int64_t getChunkBytes() const { return cacheBytes / 8 * 3; }
};

/// How a batch becomes parts for a weight gradient, which sums over pixels: a
/// set of parts, as many as one step multiplies, is interleaved. If there are
/// too few images, each is divided into bands of rows of the result.
struct Parts {
  int64_t bands, bandRows, count, sets;
  /// Rows of positions to multiply.
  int64_t getRows() const { return sets * bandRows; }
};

/// How the pixels of a weight gradient become tiles of 4x4 errors and the 6x6
/// pixels under them (see Kernels/WinogradGradWeight.mlir).
struct GradTiles {
  /// Pairs of them are sets.
  Parts parts;
  /// Rows of tiles of a chunk and of all sets, and tiles of one.
  int64_t rows, allRows, across;
  /// All chunks, and those that one 32-bit sum takes.
  int64_t chunks, sumChunks;
  int64_t jobRows, slots;
  /// Elements of A and M of a slot, which share memory, and of places.
  int64_t aSize, mSize, mPlaceSize, vPlaceSize, uPlaceSize;
  int64_t aPlace, vPlace, uPlace;
  /// An estimate, in cycles.
  double cost;

  static constexpr int64_t kPlaces = 36;
  int64_t getSlotBytes() const { return std::max(aSize * 2, mSize * 4); }
  int64_t getBytes() const {
    return kPlaces * (vPlaceSize + uPlaceSize) * 2 + slots * getSlotBytes();
  }
};

/// Everything about a weight gradient.
struct GradWeightPlan {
  /// The geometry that the kernels see; with the operands exchanged it is not
  /// the caller's. Strides and dilations count the rows and columns of the
  /// input that are used: every rowStep-th and every columnStep-th.
  Conv2DGeometry g;
  int64_t rowStep = 1, columnStep = 1;
  /// Where the pixels of the right operand are.
  int64_t rightH, rightW, rightRowStep = 1, rightColumnStep = 1;
  bool exchanged, depthwise, setsInside;
  /// Whether half of a panel holds all columns.
  bool narrow;
  /// Whether sums are of 64 bits; whether they are made in the result itself.
  bool isLong, inPlace;
  Parts parts;
  /// A chunk's sets of parts and its rows; rows of the product of a job.
  int64_t sets, rows, jobRows;
  int64_t padded, block, chunks, panelSize, products, columns, ks, taps;
  int64_t panels, accSize, accLine, accPanel;
  Scratch work;
  int64_t accPlace, aPlace, bPlace, aRowsPlace, cRowsPlace;
  /// Tiles instead, where they are cheaper.
  std::optional<GradTiles> tiles;
};

/// Tiles for the windows of the only nest of `plan`, if they pay.
std::optional<Tiles> planTiles(const WindowPlan &plan, const Numbers &numbers);

/// How many of `slots` a convolution has work for.
int64_t getUsefulSlots(const Conv2DGeometry &geometry, int64_t slots);

WindowPlan planWindows(const Conv2DGeometry &geometry, Conv2DKind kind,
                       const Numbers &numbers, int64_t slots);

/// Tiles for a weight gradient instead of `plan`, if they pay.
std::optional<GradTiles> planGradTiles(const GradWeightPlan &plan,
                                       const Numbers &numbers, int64_t slots);

/// `geometry` is the caller's; the plan has the one that the kernels see.
GradWeightPlan planGradWeight(Conv2DGeometry geometry, const Numbers &numbers,
                              Type resultType, int64_t slots);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_CONV2DPLANS_H
