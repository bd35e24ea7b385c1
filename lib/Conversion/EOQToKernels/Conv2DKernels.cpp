//===- Conv2DKernels.cpp - calls for convolutions -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chooses chunks and scratch memory for a convolution of known sizes, and
// creates the calls of Kernels/Conv.mlir and Kernels/GradWeight.mlir.
//
// Forward and grad_input are one loop nest: windows that slide over an image.
// For grad_input with strides, the pixels of the input fall into sh * sw phases
// that see different taps; each phase is such a nest of stride 1.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir;
using namespace mlir::eoq;

/// Width of a panel of B (see GemmKernel.cpp).
static constexpr int64_t kPanel = 16;
/// Bytes of padded input that a job of a forward nest works on: what stays in
/// the second-level cache beside B.
static constexpr int64_t kChunkBytes = 96 * 1024;
/// The least number of pixels of a chunk, so that reading B pays off.
static constexpr int64_t kLeastPixels = 48;
/// Bytes of packed input that a chunk of a weight gradient has.
static constexpr int64_t kGradWeightBytes = 384 * 1024;
/// Products that one 32-bit sum takes (N6), in images times pixels.
static constexpr int64_t kMostPixels = 65536;
/// Pixels of a chunk that is not divided further.
static constexpr int64_t kInsidePixels = 256;
/// Rows of a weight gradient that are one job.
static constexpr int64_t kRowsPerJob = 24;

Conv2DGeometry Conv2DGeometry::fullyConnected(int64_t n, int64_t k, int64_t m) {
  Conv2DGeometry geometry{};
  geometry.n = n;
  geometry.c = k;
  geometry.o = m;
  geometry.h = geometry.w = geometry.oh = geometry.ow = 1;
  geometry.kh = geometry.kw = 1;
  geometry.sh = geometry.sw = geometry.dh = geometry.dw = geometry.groups = 1;
  return geometry;
}

namespace {

bool isDepthwise(const Conv2DGeometry &g) {
  return g.groups > 1 && g.groups == g.c && g.groups == g.o;
}

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

//===----------------------------------------------------------------------===//
// Forward and grad_input
//===----------------------------------------------------------------------===//

/// Taps along one axis that a class of windows sees, and how it slides.
struct Axis {
  /// Windows, their distance in the source, in the result, and the first's
  /// place in both.
  int64_t windows, sourceStep, resultStep, sourceFirst, resultFirst;
  /// Taps, their distance in the source; index of the first in the kernel and
  /// the step to the next.
  int64_t taps, dilation, kernelFirst, kernelStep;
};

Axis getForwardAxis(int64_t windows, int64_t taps, int64_t stride,
                    int64_t dilation, int64_t pad) {
  return {windows, stride, 1, -pad, 0, taps, dilation, 0, 1};
}

/// Pixels phase, phase + stride, ... of the input, and the taps that reach
/// them.
Axis getGradInputAxis(int64_t size, int64_t taps, int64_t stride,
                      int64_t dilation, int64_t pad, int64_t phase) {
  Axis axis{};
  axis.windows = size > phase ? llvm::divideCeil(size - phase, stride) : 0;
  axis.sourceStep = 1;
  axis.resultStep = stride;
  axis.resultFirst = phase;
  int64_t common = std::gcd(stride, dilation);
  axis.dilation = dilation / common;
  axis.kernelStep = -(stride / common);
  for (int64_t k = taps - 1; k >= 0; --k) {
    // The output pixel that reaches input pixel `phase` through tap k.
    int64_t distance = phase + pad - k * dilation;
    if (distance % stride != 0)
      continue;
    if (axis.taps++ == 0) {
      axis.kernelFirst = k;
      axis.sourceFirst = distance / stride;
    }
  }
  return axis;
}

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

void planNest(const WindowPlan &plan, const Numbers &numbers, Nest &nest) {
  Axis &y = nest.y, &x = nest.x;
  nest.padded = plan.depthwise ? llvm::alignTo(plan.c, kPanel) : plan.c;
  nest.width = (x.windows - 1) * x.sourceStep + (x.taps - 1) * x.dilation + 1;
  int64_t line = nest.width * nest.padded;
  int64_t reach = (y.taps - 1) * y.dilation;

  // How a row of taps is walked: in one run where its taps are neighbours.
  if (x.dilation == 1 && plan.groups == 1) {
    nest.count1 = 1;
    nest.stride1 = 0;
    nest.count0 = llvm::divideCeil(x.taps * plan.c, numbers.pair);
    nest.tapW = plan.c;
    nest.tapH = nest.count0 * numbers.pair;
  } else {
    nest.count1 = x.taps;
    nest.stride1 = x.dilation * nest.padded;
    nest.count0 = llvm::divideCeil(plan.groupKs, numbers.pair);
    nest.tapW = nest.count0 * numbers.pair;
    nest.tapH = x.taps * nest.tapW;
  }
  nest.panelSize = y.taps * nest.tapH * kPanel;
  int64_t panels = llvm::divideCeil(plan.groupColumns, kPanel);
  nest.bSize = plan.depthwise ? y.taps * x.taps * nest.padded
                              : plan.groups * panels * nest.panelSize;

  // Chunks: whole images, or rows of one.
  auto getBytes = [&](int64_t rows) {
    return ((rows - 1) * y.sourceStep + reach + 1) * line * numbers.wideBytes;
  };
  int64_t pixels = y.windows * x.windows;
  int64_t most = kChunkBytes / getBytes(y.windows);
  if (most >= 1) {
    nest.rows = y.windows;
    int64_t least = llvm::divideCeil(kLeastPixels, pixels);
    int64_t even =
        std::max<int64_t>(llvm::divideCeil(plan.n, plan.slots), least);
    nest.images = std::min<int64_t>({even, most, plan.n});
  } else {
    nest.images = 1;
    int64_t rows = y.windows;
    while (rows > 1 && getBytes(rows) > kChunkBytes &&
           (rows - 1) * x.windows >= kLeastPixels)
      --rows;
    nest.rows = rows;
  }
  if (plan.n == 1 && plan.slots > 1) {
    int64_t least = llvm::divideCeil(kLeastPixels, x.windows);
    int64_t even = llvm::divideCeil(y.windows, plan.slots);
    nest.rows = std::min(nest.rows, std::max<int64_t>(least, even));
  }
  // Chunks of about the same size.
  nest.images = llvm::divideCeil(plan.n, llvm::divideCeil(plan.n, nest.images));
  nest.rows =
      llvm::divideCeil(y.windows, llvm::divideCeil(y.windows, nest.rows));
  int64_t chunks = llvm::divideCeil(plan.n, nest.images) *
                   llvm::divideCeil(y.windows, nest.rows);
  nest.splits = 1;
  if (chunks < plan.slots && !plan.depthwise)
    nest.splits =
        std::min<int64_t>(panels, llvm::divideCeil(plan.slots, chunks));
  nest.splitColumns = llvm::divideCeil(panels, nest.splits) * kPanel;
  nest.splits = llvm::divideCeil(panels * kPanel, nest.splitColumns);

  nest.tableSize = nest.images * nest.rows * x.windows;
  // The last step may reach beyond the last row.
  nest.aSize = llvm::alignTo(
      nest.images * getBytes(nest.rows) / numbers.wideBytes + numbers.pair - 1,
      32);
}

WindowPlan planWindows(const Conv2DGeometry &g, Conv2DKind kind,
                       const Numbers &numbers, int64_t slots) {
  WindowPlan plan{};
  plan.n = g.n;
  plan.groups = g.groups;
  plan.slots = std::max<int64_t>(slots, 1);
  plan.depthwise = isDepthwise(g);
  int64_t taps = g.kh * g.kw;
  int64_t cs = g.c / g.groups, os = g.o / g.groups;
  plan.weightGroup = os * cs * taps;
  if (kind == Conv2DKind::Forward) {
    plan.h = g.h;
    plan.w = g.w;
    plan.c = g.c;
    plan.outH = g.oh;
    plan.outW = g.ow;
    plan.outC = g.o;
    plan.groupColumns = os;
    plan.groupKs = cs;
    plan.weightColumn = cs * taps;
    plan.weightK = taps;
    Nest nest{};
    nest.y = getForwardAxis(g.oh, g.kh, g.sh, g.dh, g.pt);
    nest.x = getForwardAxis(g.ow, g.kw, g.sw, g.dw, g.pl);
    plan.nests.push_back(nest);
  } else {
    plan.h = g.oh;
    plan.w = g.ow;
    plan.c = g.o;
    plan.outH = g.h;
    plan.outW = g.w;
    plan.outC = g.c;
    plan.groupColumns = cs;
    plan.groupKs = os;
    plan.weightColumn = taps;
    plan.weightK = cs * taps;
    for (int64_t py = 0; py < g.sh; ++py)
      for (int64_t px = 0; px < g.sw; ++px) {
        Nest nest{};
        nest.y = getGradInputAxis(g.h, g.kh, g.sh, g.dh, g.pt, py);
        nest.x = getGradInputAxis(g.w, g.kw, g.sw, g.dw, g.pl, px);
        if (nest.y.windows == 0 || nest.x.windows == 0)
          continue;
        if (nest.y.taps == 0 || nest.x.taps == 0)
          plan.clear = true;
        else
          plan.nests.push_back(nest);
      }
  }
  for (Nest &nest : plan.nests) {
    planNest(plan, numbers, nest);
    nest.bAt = plan.bSize;
    plan.bSize += llvm::alignTo(nest.bSize, 32);
    plan.aSize = std::max(plan.aSize, nest.aSize);
    plan.tableSize = std::max(plan.tableSize, nest.tableSize);
  }
  plan.bPlace = plan.scratch.add(plan.bSize * numbers.operandBytes);
  plan.aPlace = plan.scratch.add(plan.slots * plan.aSize * numbers.wideBytes);
  plan.aRowsPlace = plan.scratch.add(plan.slots * plan.tableSize * 4);
  plan.cRowsPlace = plan.scratch.add(plan.slots * plan.tableSize * 4);
  return plan;
}

//===----------------------------------------------------------------------===//
// GradWeight
//===----------------------------------------------------------------------===//

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

/// A 1x1 kernel that sees every pixel once: grad_weight is a matrix product,
/// and its operands can be exchanged so that the product's order is the
/// parameter's. Not worth it where the block of 6 rows and 16 columns would
/// waste more.
bool isExchangeable(const Conv2DGeometry &g) {
  auto getCost = [](int64_t rows, int64_t columns) {
    return llvm::alignTo(rows, 6) * llvm::alignTo(columns, kPanel);
  };
  return g.kh == 1 && g.kw == 1 && g.sh == 1 && g.sw == 1 && g.groups == 1 &&
         g.pt == 0 && g.pl == 0 && g.oh == g.h && g.ow == g.w &&
         getCost(g.o, g.c) <= getCost(g.c, g.o);
}

GradWeightPlan planGradWeight(Conv2DGeometry g, const Numbers &numbers,
                              Type resultType) {
  GradWeightPlan plan{};
  plan.isLong = resultType.isInteger(64);
  plan.exchanged = isExchangeable(g);
  plan.inPlace = plan.exchanged && !plan.isLong;
  if (plan.exchanged)
    std::swap(g.c, g.o);
  plan.g = g;
  plan.depthwise = isDepthwise(g);
  plan.taps = g.kh * g.kw;
  plan.ks = g.c / g.groups;
  plan.columns = g.o / g.groups;
  plan.products = plan.taps * plan.ks;
  plan.panels = llvm::divideCeil(plan.columns, kPanel);
  plan.block = std::min<int64_t>(kPanel, g.c);
  plan.padded = llvm::alignTo(g.c, kPanel);
  // Images that one position of the packed input holds.
  int64_t pair = numbers.pair;
  int64_t channels =
      (plan.depthwise ? plan.padded : llvm::alignTo(g.c, plan.block)) * pair;
  int64_t width = (g.ow - 1) * g.sw + (g.kw - 1) * g.dw + 1;
  auto getElements = [&](int64_t rows) {
    return ((rows - 1) * g.sh + (g.kh - 1) * g.dh + 1) * width * channels;
  };
  int64_t limit = kGradWeightBytes / numbers.wideBytes;
  int64_t all = llvm::divideCeil(g.n, pair);
  plan.rows = g.oh;
  plan.pairs =
      std::min({all, std::max<int64_t>(limit / getElements(g.oh), 1),
                std::max<int64_t>(kMostPixels / (pair * g.oh * g.ow), 1)});
  plan.pairsInside = !plan.depthwise && g.ow < 8 && all > g.ow;
  if (plan.pairsInside)
    plan.pairs = std::min(plan.pairs,
                          std::max<int64_t>(kInsidePixels / (g.oh * g.ow), 1));
  while (plan.rows > 1 && (getElements(plan.rows) > limit ||
                           plan.rows * g.ow * pair > kMostPixels))
    --plan.rows;
  plan.pairs = llvm::divideCeil(all, llvm::divideCeil(all, plan.pairs));
  plan.rows = llvm::divideCeil(g.oh, llvm::divideCeil(g.oh, plan.rows));
  plan.chunks =
      llvm::divideCeil(all, plan.pairs) * llvm::divideCeil(g.oh, plan.rows);
  int64_t positions = plan.pairs * plan.rows * g.ow;
  int64_t bElements, bBytes;
  if (plan.depthwise) {
    plan.accSize = plan.taps * plan.padded;
    bElements = positions * plan.padded * pair;
    bBytes = bElements * numbers.wideBytes;
  } else {
    plan.panelSize = positions * kPanel * pair;
    // Panel by panel, which is easy to read when it is unpacked; or in the
    // result's order.
    plan.accLine = plan.exchanged ? plan.columns : kPanel;
    plan.accPanel = plan.exchanged ? kPanel : plan.products * kPanel;
    plan.accSize = plan.exchanged ? plan.products * plan.columns
                                  : g.groups * plan.panels * plan.accPanel;
    bElements = g.groups * plan.panels * plan.panelSize;
    bBytes = bElements * numbers.operandBytes;
  }
  plan.accPlace =
      plan.scratch.add(plan.inPlace ? 0 : plan.accSize * numbers.sumBytes);
  plan.aPlace = plan.scratch.add((plan.pairs * getElements(plan.rows) + 32) *
                                 numbers.wideBytes);
  plan.bPlace = plan.scratch.add(bBytes);
  int64_t table = plan.depthwise ? 0 : g.groups * plan.products;
  plan.aRowsPlace = plan.scratch.add(table * 4);
  plan.cRowsPlace = plan.scratch.add(table * 4);
  return plan;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

class CallBuilder {
public:
  CallBuilder(OpBuilder &builder, Location loc, const Numbers &numbers,
              Value scratch)
      : b(builder), loc(loc), numbers(numbers), scratch(scratch) {
    operandType = numbers.isFloat ? Type(b.getF32Type()) : b.getI8Type();
    wideType = numbers.isFloat  ? Type(b.getF32Type())
               : numbers.isQuad ? b.getI8Type()
                                : b.getI16Type();
    sumType = numbers.isFloat ? Type(b.getF32Type()) : b.getI32Type();
  }

  void createWindows(const Conv2DGeometry &g, const WindowPlan &plan,
                     Value source, Value weight, Value result);
  void createGradWeight(const GradWeightPlan &plan, Value x, Value dy,
                        Value result);

private:
  Value view(int64_t place, int64_t elements, Type type) {
    auto viewType = MemRefType::get({std::max<int64_t>(elements, 1)}, type);
    return b.create<memref::ViewOp>(loc, viewType, scratch, index(place),
                                    ValueRange());
  }
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Value i32(int64_t value) {
    return b.create<arith::ConstantIntOp>(loc, value, 32);
  }
  /// A call of buffers, then sizes, then what follows.
  void call(StringRef stem, ValueRange buffers, ArrayRef<int64_t> sizes,
            ValueRange rest = {}) {
    SmallVector<Value> operands(buffers);
    for (int64_t size : sizes)
      operands.push_back(index(size));
    llvm::append_range(operands, rest);
    createKernelCall(b, loc, stem, operands);
  }

  OpBuilder &b;
  Location loc;
  const Numbers &numbers;
  Value scratch;
  Type operandType, wideType, sumType;
};

void CallBuilder::createWindows(const Conv2DGeometry &g, const WindowPlan &plan,
                                Value source, Value weight, Value result) {
  Value panels = view(plan.bPlace, plan.bSize, operandType);
  Value a = view(plan.aPlace, plan.slots * plan.aSize, wideType);
  Value aRows =
      view(plan.aRowsPlace, plan.slots * plan.tableSize, b.getI32Type());
  Value cRows =
      view(plan.cRowsPlace, plan.slots * plan.tableSize, b.getI32Type());
  if (plan.clear) {
    Value zero = b.create<arith::ConstantOp>(loc, b.getZeroAttr(sumType));
    createKernelCall(
        b, loc, numbers.isFloat ? "eoq_fill_f32" : "eoq_fill_i32",
        {result, index(plan.n * plan.outH * plan.outW * plan.outC), zero});
  }
  for (const Nest &nest : plan.nests) {
    const Axis &y = nest.y, &x = nest.x;
    if (plan.depthwise)
      call(numbers.name("eoq_pack_depthwise"), {weight, panels},
           {nest.bAt, plan.c, nest.padded, g.kh * g.kw, g.kw, y.kernelFirst,
            y.kernelStep, y.taps, x.kernelFirst, x.kernelStep, x.taps});
    else
      call(numbers.name("eoq_pack_weights"), {weight, panels},
           {nest.bAt, plan.groups, plan.groupColumns, plan.groupKs,
            plan.weightGroup, plan.weightColumn, plan.weightK, g.kw,
            y.kernelFirst, y.kernelStep, y.taps, x.kernelFirst, x.kernelStep,
            x.taps, nest.tapH, nest.tapW, nest.panelSize, numbers.pair});
    call(numbers.name(plan.depthwise ? "eoq_depthwise_conv" : "eoq_conv"),
         {source, panels, result, a, aRows, cRows},
         {plan.n,
          plan.h,
          plan.w,
          plan.c,
          y.windows,
          x.windows,
          y.sourceStep,
          x.sourceStep,
          y.dilation,
          x.dilation,
          y.taps,
          x.taps,
          y.sourceFirst,
          x.sourceFirst,
          plan.outH,
          plan.outW,
          plan.outC,
          y.resultStep,
          x.resultStep,
          y.resultFirst,
          x.resultFirst,
          plan.groups,
          plan.groupColumns,
          plan.groupKs,
          nest.bAt,
          nest.panelSize,
          nest.count1,
          nest.stride1,
          nest.count0,
          numbers.pair,
          nest.width,
          nest.padded,
          nest.images,
          nest.rows,
          plan.slots,
          nest.splits,
          nest.splitColumns,
          plan.aSize,
          plan.tableSize});
  }
}

void CallBuilder::createGradWeight(const GradWeightPlan &plan, Value x,
                                   Value dy, Value result) {
  const Conv2DGeometry &g = plan.g;
  if (plan.exchanged)
    std::swap(x, dy);
  Value acc =
      plan.inPlace ? result : view(plan.accPlace, plan.accSize, sumType);
  Value a = view(plan.aPlace, (plan.bPlace - plan.aPlace) / numbers.wideBytes,
                 wideType);
  Type bType = plan.depthwise ? wideType : operandType;
  Value packed =
      view(plan.bPlace,
           (plan.aRowsPlace - plan.bPlace) /
               (plan.depthwise ? numbers.wideBytes : numbers.operandBytes),
           bType);
  int64_t table = std::max<int64_t>(g.groups * plan.products, 1);
  Value zero = b.create<arith::ConstantOp>(loc, b.getZeroAttr(sumType));
  StringRef fill = numbers.isFloat ? "eoq_fill_f32" : "eoq_fill_i32";

  auto addChunks = [&](Value begin, Value end) {
    SmallVector<Value> operands = {x, dy, acc, a, packed};
    SmallVector<int64_t> sizes;
    if (plan.depthwise) {
      sizes = {g.n,  g.h,  g.w,         g.c,        g.oh,     g.ow,
               g.kh, g.kw, g.sh,        g.sw,       g.dh,     g.dw,
               g.pt, g.pl, plan.padded, plan.pairs, plan.rows};
    } else {
      operands.push_back(view(plan.aRowsPlace, table, b.getI32Type()));
      operands.push_back(view(plan.cRowsPlace, table, b.getI32Type()));
      sizes = {g.n,          g.h,
               g.w,          g.c,
               g.oh,         g.ow,
               g.o,          g.kh,
               g.kw,         g.sh,
               g.sw,         g.dh,
               g.dw,         g.pt,
               g.pl,         g.groups,
               numbers.pair, plan.block,
               plan.pairs,   plan.rows,
               kRowsPerJob,  plan.panelSize,
               plan.accLine, plan.accPanel};
    }
    operands.push_back(begin);
    operands.push_back(end);
    SmallVector<Value> rest;
    if (!plan.depthwise) {
      rest.push_back(i32(plan.pairsInside));
      rest.push_back(i32(true));
    }
    call(numbers.name(plan.depthwise ? "eoq_depthwise_chunks"
                                     : "eoq_grad_weight_chunks"),
         operands, sizes, rest);
  };
  auto unpack = [&](StringRef name) {
    if (plan.depthwise)
      call(name, {acc, result},
           {1, g.c, 1, plan.taps, 0, kPanel, plan.padded, 0});
    else if (plan.exchanged)
      // In order already: rows of `columns` elements.
      call(name, {acc, result},
           {plan.products, plan.columns, 1, 1, plan.columns, kPanel, 0, 0});
    else
      call(name, {acc, result},
           {g.groups, plan.columns, plan.ks, plan.taps,
            plan.panels * plan.accPanel, plan.accPanel, plan.ks * plan.accLine,
            plan.accLine});
  };
  auto clear = [&] {
    if (plan.depthwise)
      createKernelCall(b, loc, fill, {acc, index(plan.accSize), zero});
  };

  if (!plan.isLong) {
    clear();
    addChunks(index(0), index(plan.chunks));
    if (!plan.inPlace)
      unpack(numbers.isFloat ? "eoq_unpack_gradient_f32"
                             : "eoq_unpack_gradient_i32");
    return;
  }
  // Sums of one chunk fit 32 bits; all of them may not.
  Value none = b.create<arith::ConstantOp>(loc, b.getI64IntegerAttr(0));
  createKernelCall(
      b, loc, "eoq_fill_i64",
      {result, index(g.groups * plan.products * plan.columns), none});
  Value one = index(1);
  auto loop = b.create<scf::ForOp>(loc, index(0), index(plan.chunks), one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  clear();
  Value next = b.create<arith::AddIOp>(loc, loop.getInductionVar(), one);
  addChunks(loop.getInductionVar(), next);
  unpack("eoq_unpack_gradient_i64");
}

} // namespace

int64_t mlir::eoq::getConv2DScratchBytes(const Conv2DGeometry &geometry,
                                         Conv2DKind kind, Type elementType,
                                         Type resultType, int64_t slots) {
  Numbers numbers(elementType, geometry, kind);
  if (kind == Conv2DKind::GradWeight)
    return planGradWeight(geometry, numbers, resultType).scratch.size;
  return planWindows(geometry, kind, numbers, slots).scratch.size;
}

void mlir::eoq::createConv2D(OpBuilder &builder, Location loc,
                             const Conv2DGeometry &geometry, Conv2DKind kind,
                             int64_t slots, Value lhs, Value rhs, Value result,
                             Value scratch) {
  Numbers numbers(cast<MemRefType>(lhs.getType()).getElementType(), geometry,
                  kind);
  CallBuilder calls(builder, loc, numbers, scratch);
  if (kind == Conv2DKind::GradWeight)
    calls.createGradWeight(
        planGradWeight(geometry, numbers,
                       cast<MemRefType>(result.getType()).getElementType()),
        lhs, rhs, result);
  else
    calls.createWindows(geometry, planWindows(geometry, kind, numbers, slots),
                        lhs, rhs, result);
}
