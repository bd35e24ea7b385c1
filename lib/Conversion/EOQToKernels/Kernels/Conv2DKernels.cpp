//===- Conv2DKernels.cpp - calls for convolutions -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Creates the calls of Kernels/Conv.mlir and Kernels/GradWeight.mlir for the
// plans of Conv2DPlans.h.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "Conv2DPlans.h"
#include "GemmKernel.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::eoq;

/// Positions of a weight gradient whose operands stay in the first-level cache.
static constexpr int64_t kBlockPositions = 192;

namespace {

class CallBuilder {
public:
  CallBuilder(OpBuilder &builder, Location loc, const Numbers &numbers,
              const Conv2DScratch &scratch, Conv2DPart part = Conv2DPart::All)
      : b(builder), loc(loc), numbers(numbers), scratch(scratch),
        packs(part != Conv2DPart::Multiply),
        multiplies(part != Conv2DPart::PackWeights) {
    operandType = numbers.isFloat ? Type(b.getF32Type()) : b.getI8Type();
    wideType = numbers.isFloat  ? Type(b.getF32Type())
               : numbers.isQuad ? b.getI8Type()
                                : b.getI16Type();
    sumType = numbers.isFloat ? Type(b.getF32Type()) : b.getI32Type();
  }

  /// The magnitude that `stages` want, or null.
  Value createWindows(const Conv2DGeometry &g, const WindowPlan &plan,
                      Value source, Value weight, Value result,
                      const QuantizerStages *stages);
  void createGradWeight(const GradWeightPlan &plan, Value x, Value dy,
                        Value result);
  /// Adds chunks [begin, end) to `acc`, or writes what they make.
  void createGradTiles(const GradWeightPlan &plan, Value x, Value dy, Value acc,
                       Value begin, Value end);

private:
  void packWeights(const Conv2DGeometry &g, const WindowPlan &plan,
                   const Nest &nest, Value weight, Value panels);
  void createFewColumns(const Conv2DGeometry &g, const WindowPlan &plan,
                        Value source, Value weight, Value result);
  void createTiles(const WindowPlan &plan, Value source, Value panels,
                   Value result, ValueRange magnitude);
  SmallVector<Value> getMagnitude(Value maxima, const QuantizerStages *stages);
  Value view(Value buffer, int64_t place, int64_t elements, Type type) {
    auto viewType = MemRefType::get({std::max<int64_t>(elements, 1)}, type);
    return b.create<memref::ViewOp>(loc, viewType, buffer, index(place),
                                    ValueRange());
  }
  /// A part of the working memory.
  Value view(int64_t place, int64_t elements, Type type) {
    return view(scratch.work, place, elements, type);
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
  Conv2DScratch scratch;
  /// The parts of the product to create.
  bool packs, multiplies;
  Type operandType, wideType, sumType;
};

void CallBuilder::createFewColumns(const Conv2DGeometry &g,
                                   const WindowPlan &plan, Value source,
                                   Value weight, Value result) {
  Value weights =
      view(scratch.weights, plan.bPlace, plan.bSize, b.getI16Type());
  Value planes = view(plan.aPlace, plan.slots * plan.aSize, b.getI16Type());
  Value offsets =
      view(scratch.weights, plan.aRowsPlace, plan.tableSize, b.getI32Type());
  int64_t pairsChannels = plan.c % 2 == 0;
  for (const Nest &nest : plan.nests) {
    const Axis &y = nest.y, &x = nest.x;
    const FewColumns &few = nest.few;
    if (packs)
      call("eoq_pack_few_weights_i8", {weight, weights, offsets},
           {nest.bAt, few.offsetsAt, plan.groupColumns, plan.weightColumn,
            plan.weightK, g.kw, y.kernelFirst, y.kernelStep, y.taps,
            x.kernelFirst, x.kernelStep, x.taps, y.dilation, x.dilation,
            few.planes, few.plane, few.line, pairsChannels});
    if (multiplies)
      call("eoq_conv_few_i8", {source, weights, offsets, result, planes},
           {plan.n,        plan.h,        plan.w,        plan.c,
            y.windows,     x.windows,     y.sourceStep,  y.dilation,
            x.dilation,    y.taps,        y.sourceFirst, x.sourceFirst,
            plan.outH,     plan.outW,     plan.outC,     y.resultStep,
            x.resultStep,  y.resultFirst, x.resultFirst, nest.width,
            nest.rows,     plan.slots,    plan.aSize,    nest.bAt,
            few.offsetsAt, few.rowSteps,  few.plane,     few.line,
            pairsChannels});
  }
}

/// Orders the weights as the product reads them.
void CallBuilder::packWeights(const Conv2DGeometry &g, const WindowPlan &plan,
                              const Nest &nest, Value weight, Value panels) {
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
  if (plan.tiles && !plan.tiles->isOneChunk)
    call("eoq_winograd_weights",
         {panels, view(scratch.weights, plan.tiles->uPlace, plan.tiles->uSize,
                       b.getI16Type())},
         {nest.bAt, plan.groupColumns / kPanel, nest.panelSize, plan.c,
          plan.tiles->uPlaceSize});
}

Value CallBuilder::createWindows(const Conv2DGeometry &g,
                                 const WindowPlan &plan, Value source,
                                 Value weight, Value result,
                                 const QuantizerStages *stages) {
  Value zero = b.create<arith::ConstantOp>(loc, b.getZeroAttr(sumType));
  if (multiplies)
    for (const Clear &clear : plan.clears)
      call(numbers.isFloat ? "eoq_fill_pixels_f32" : "eoq_fill_pixels_i32",
           {result},
           {plan.n, plan.outH * plan.outW * plan.outC, clear.first, clear.rows,
            plan.clearRowStep, clear.columns, plan.clearColumnStep,
            clear.length},
           {zero});
  if (plan.few) {
    createFewColumns(g, plan, source, weight, result);
    return {};
  }
  Value panels = view(scratch.weights, plan.bPlace, plan.bSize, operandType);
  if (packs)
    for (const Nest &nest : plan.nests)
      packWeights(g, plan, nest, weight, panels);
  if (!multiplies)
    return {};
  Value a = view(plan.aPlace, plan.slots * plan.aSize, wideType);
  Value aRows =
      view(plan.aRowsPlace, plan.slots * plan.tableSize, b.getI32Type());
  Value cRows =
      view(plan.cRowsPlace, plan.slots * plan.tableSize, b.getI32Type());
  Value ranges =
      view(plan.rangesPlace, plan.slots * plan.rangesSize, b.getI32Type());
  int64_t maximaSize = plan.slots * kMagnitudeLanes;
  Value maxima;
  SmallVector<Value> magnitude;
  if (!plan.depthwise) {
    maxima = view(plan.maximaPlace, maximaSize, b.getI32Type());
    magnitude = getMagnitude(maxima, stages);
  }
  if (stages)
    call("eoq_fill_i32", {maxima}, {maximaSize}, {i32(0)});
  for (const Nest &nest : plan.nests) {
    const Axis &y = nest.y, &x = nest.x;
    if (plan.tiles) {
      createTiles(plan, source, panels, result, magnitude);
      continue;
    }
    SmallVector<Value> buffers = {source, panels, result, a, aRows, cRows};
    SmallVector<int64_t> sizes = {
        plan.n,        plan.h,        plan.w,       plan.c,
        y.windows,     x.windows,     y.sourceStep, x.sourceStep,
        y.dilation,    x.dilation,    y.taps,       x.taps,
        y.sourceFirst, x.sourceFirst, plan.outH,    plan.outW,
        plan.outC,     y.resultStep,  x.resultStep, y.resultFirst,
        x.resultFirst, nest.width,    nest.padded,  nest.images,
        nest.rows,     plan.slots,    plan.aSize,   plan.tableSize};
    if (plan.depthwise) {
      sizes.append({nest.bAt, x.dilation * nest.padded});
    } else {
      buffers.push_back(ranges);
      sizes.append({plan.groups, plan.groupColumns, plan.groupKs, nest.bAt,
                    nest.panelSize, y.inside, y.outside, x.inside, x.outside,
                    nest.tapH, nest.tapW, nest.stride1, nest.count0,
                    numbers.pair, nest.splits, nest.splitColumns, plan.block,
                    plan.rangesSize});
    }
    call(numbers.name(plan.depthwise ? "eoq_depthwise_conv" : "eoq_conv"),
         buffers, sizes, magnitude);
  }
  if (!stages)
    return {};
  return createKernelCall(b, loc, "eoq_max_abs_i32",
                          {maxima, index(maximaSize)})
      .getResult(0);
}

void CallBuilder::createTiles(const WindowPlan &plan, Value source,
                              Value panels, Value result,
                              ValueRange magnitude) {
  const Nest &nest = plan.nests[0];
  const Tiles &tiles = *plan.tiles;
  int64_t sumBytes = tiles.getSumBytes();
  Type i16 = b.getI16Type(), i32 = b.getI32Type();
  Value v = view(tiles.vPlace, tiles.slots * tiles.vSize, i16);
  Value a = view(tiles.aPlace, tiles.slots * sumBytes / 2, i16);
  Value m = view(tiles.aPlace, tiles.slots * sumBytes / 4, i32);
  if (tiles.isOneChunk) {
    Value u = view(tiles.uPlace, tiles.slots * tiles.uSize, i16);
    call("eoq_winograd_panels_i8", {source, panels, u, result, a, v, m},
         {plan.n, plan.h, plan.w, plan.c, nest.y.windows, nest.x.windows,
          nest.y.sourceFirst, nest.x.sourceFirst, plan.outC, tiles.slots,
          nest.bAt, nest.panelSize, sumBytes / 2, tiles.uSize, tiles.uPlaceSize,
          tiles.vSize, tiles.vGroupSize, sumBytes / 4},
         magnitude);
    return;
  }
  Value u = view(scratch.weights, tiles.uPlace, tiles.uSize, i16);
  call("eoq_winograd_i8", {source, u, result, a, v, m},
       {plan.n, plan.h, plan.w, plan.c, nest.y.windows, nest.x.windows,
        nest.y.sourceFirst, nest.x.sourceFirst, plan.outC, tiles.rows,
        tiles.slots, sumBytes / 2, tiles.uPlaceSize, tiles.vSize,
        tiles.vGroupSize, tiles.block, sumBytes / 4, tiles.splits,
        tiles.splitColumns},
       magnitude);
}

/// The last arguments of eoq_conv: what it has to find in `maxima`.
SmallVector<Value> CallBuilder::getMagnitude(Value maxima,
                                             const QuantizerStages *stages) {
  QuantizerStages wanted = stages ? *stages : QuantizerStages();
  Magnitude kind = !stages       ? Magnitude::None
                   : wanted.mask ? Magnitude::OfMasked
                   : wanted.bias ? Magnitude::OfBiased
                                 : Magnitude::OfSums;
  // What is not used may be any buffer.
  return {maxima,
          index(kMagnitudeLanes),
          wanted.bias ? wanted.bias : maxima,
          wanted.mask ? wanted.mask : scratch.work,
          wanted.low ? wanted.low : i32(INT32_MIN),
          wanted.high ? wanted.high : i32(INT32_MAX),
          i32(int64_t(kind))};
}

void CallBuilder::createGradTiles(const GradWeightPlan &plan, Value x, Value dy,
                                  Value acc, Value begin, Value end) {
  const Conv2DGeometry &g = plan.g;
  const GradTiles &tiles = *plan.tiles;
  int64_t slotBytes = tiles.getSlotBytes();
  Type i16 = b.getI16Type(), i32 = b.getI32Type();
  Value v = view(tiles.vPlace, GradTiles::kPlaces * tiles.vPlaceSize, i16);
  Value u = view(tiles.uPlace, GradTiles::kPlaces * tiles.uPlaceSize, i16);
  Value a = view(tiles.aPlace, tiles.slots * slotBytes / 2, i16);
  Value m = view(tiles.aPlace, tiles.slots * slotBytes / 4, i32);
  call("eoq_winograd_grad_weight_i8", {x, dy, acc, v, u, a, m, begin, end},
       {tiles.parts.count, tiles.parts.bands, tiles.parts.bandRows, g.h, g.w,
        g.c, g.oh, g.ow, g.o, g.pt, g.pl, tiles.rows, tiles.jobRows,
        tiles.slots, slotBytes / 2, slotBytes / 4, tiles.vPlaceSize,
        tiles.uPlaceSize, tiles.mPlaceSize});
}

void CallBuilder::createGradWeight(const GradWeightPlan &plan, Value x,
                                   Value dy, Value result) {
  const Conv2DGeometry &g = plan.g;
  if (plan.exchanged)
    std::swap(x, dy);
  Value acc =
      plan.inPlace ? result : view(plan.accPlace, plan.accSize, sumType);
  int64_t table = std::max<int64_t>(g.groups * plan.products, 1);
  Value zero = b.create<arith::ConstantOp>(loc, b.getZeroAttr(sumType));
  StringRef fill = numbers.isFloat ? "eoq_fill_f32" : "eoq_fill_i32";

  auto addChunks = [&](Value begin, Value end) {
    if (plan.tiles) {
      createGradTiles(plan, x, dy, acc, begin, end);
      return;
    }
    Value a = view(plan.aPlace, (plan.bPlace - plan.aPlace) / numbers.wideBytes,
                   wideType);
    Type bType = plan.depthwise ? wideType : operandType;
    Value packed =
        view(plan.bPlace,
             (plan.aRowsPlace - plan.bPlace) /
                 (plan.depthwise ? numbers.wideBytes : numbers.operandBytes),
             bType);
    const Parts &parts = plan.parts;
    SmallVector<Value> operands = {x, dy, acc, a, packed};
    SmallVector<int64_t> sizes;
    if (plan.depthwise) {
      sizes = numbers.isFloat ? SmallVector<int64_t>{g.n}
                              : SmallVector<int64_t>{parts.count, parts.bands,
                                                     parts.bandRows};
      sizes.append({g.h, g.w, g.c, g.oh, g.ow, g.kh, g.kw, g.sh, g.sw, g.dh,
                    g.dw, g.pt, g.pl, plan.padded, plan.sets, plan.rows});
      operands.append({begin, end});
      call(numbers.name("eoq_depthwise_chunks"), operands, sizes);
      return;
    }
    operands.append({view(plan.aRowsPlace, table, b.getI32Type()),
                     view(plan.cRowsPlace, table, b.getI32Type()), begin, end});
    sizes = {parts.count,
             parts.bands,
             parts.bandRows,
             g.h,
             g.w,
             g.c,
             g.ow,
             g.o,
             g.kh,
             g.kw,
             g.sh,
             g.sw,
             g.dh,
             g.dw,
             g.pt,
             g.pl,
             plan.rowStep,
             plan.columnStep,
             plan.rightH,
             plan.rightW,
             plan.rightRowStep,
             plan.rightColumnStep,
             g.groups,
             plan.block,
             plan.sets,
             plan.rows,
             plan.jobRows,
             kBlockPositions,
             plan.panelSize,
             plan.accLine,
             plan.accPanel};
    // The kernels know which operand is never negative.
    std::string name = numbers.name("eoq_grad_weight_chunks");
    if (plan.narrow)
      name = "eoq_grad_weight_chunks_narrow";
    else if (numbers.isQuad && !numbers.isSigned && plan.exchanged)
      name = "eoq_grad_weight_chunks_i8u7";
    call(name, operands, sizes, {i32(plan.setsInside), i32(true)});
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

  int64_t chunks = plan.tiles ? plan.tiles->chunks : plan.chunks;
  int64_t sumChunks = plan.tiles ? plan.tiles->sumChunks : 1;
  if (!plan.isLong) {
    clear();
    addChunks(index(0), index(chunks));
    if (!plan.inPlace)
      unpack(numbers.isFloat ? "eoq_unpack_gradient_f32"
                             : "eoq_unpack_gradient_i32");
    return;
  }
  // Sums of one chunk (of some, if they are tiles) fit 32 bits; all of them may
  // not.
  Value none = b.create<arith::ConstantOp>(loc, b.getI64IntegerAttr(0));
  createKernelCall(
      b, loc, "eoq_fill_i64",
      {result, index(g.groups * plan.products * plan.columns), none});
  Value step = index(sumChunks);
  auto loop = b.create<scf::ForOp>(loc, index(0), index(chunks), step);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  clear();
  Value begin = loop.getInductionVar();
  Value end = b.create<arith::AddIOp>(loc, begin, step);
  if (sumChunks != 1)
    end = b.create<arith::MinSIOp>(loc, end, index(chunks));
  addChunks(begin, end);
  unpack("eoq_unpack_gradient_i64");
}

} // namespace

/// The plan of a forward or grad_input product, and the numbers that it takes:
/// groups of four have no tiles, which may be cheaper.
static WindowPlan planProduct(const Conv2DGeometry &geometry, Conv2DKind kind,
                              Numbers &numbers, int64_t slots) {
  WindowPlan plan = planWindows(geometry, kind, numbers, slots);
  if (!numbers.isQuad || !geometry.fastPairs || plan.few)
    return plan;
  Numbers pairs = numbers.getPairs();
  WindowPlan other = planWindows(geometry, kind, pairs, slots);
  if (!other.tiles || other.tiles->cost >= plan.nests[0].cost)
    return plan;
  numbers = pairs;
  return other;
}

Conv2DScratchBytes
mlir::eoq::getConv2DScratchBytes(const Conv2DGeometry &geometry,
                                 Conv2DKind kind, Type elementType,
                                 Type resultType, int64_t slots) {
  Numbers numbers(elementType, geometry, kind);
  if (kind == Conv2DKind::GradWeight)
    return {0, planGradWeight(geometry, numbers, resultType, slots).work.size};
  WindowPlan plan = planProduct(geometry, kind, numbers, slots);
  return {plan.weights.size, plan.work.size};
}

double mlir::eoq::getConv2DCost(const Conv2DGeometry &geometry, Conv2DKind kind,
                                Type elementType, int64_t slots) {
  Numbers numbers(elementType, geometry, kind);
  WindowPlan plan = planProduct(geometry, kind, numbers, slots);
  if (plan.tiles)
    return plan.tiles->cost;
  double cost = 0;
  for (const Nest &nest : plan.nests)
    cost += nest.cost;
  return cost;
}

bool mlir::eoq::canFindMagnitude(const Conv2DGeometry &geometry,
                                 Conv2DKind kind, Type elementType) {
  Numbers numbers(elementType, geometry, kind);
  return kind != Conv2DKind::GradWeight && !numbers.isFloat &&
         !isDepthwise(geometry) &&
         !planWindows(geometry, kind, numbers, /*slots=*/1).few;
}

Value mlir::eoq::createConv2D(OpBuilder &builder, Location loc,
                              const Conv2DGeometry &geometry, Conv2DKind kind,
                              int64_t slots, Value lhs, Value rhs, Value result,
                              const Conv2DScratch &scratch,
                              const QuantizerStages *stages, Conv2DPart part) {
  Numbers numbers(cast<MemRefType>(lhs.getType()).getElementType(), geometry,
                  kind);
  if (kind != Conv2DKind::GradWeight) {
    WindowPlan plan = planProduct(geometry, kind, numbers, slots);
    return CallBuilder(builder, loc, numbers, scratch, part)
        .createWindows(geometry, plan, lhs, rhs, result, stages);
  }
  CallBuilder(builder, loc, numbers, scratch)
      .createGradWeight(
          planGradWeight(geometry, numbers,
                         cast<MemRefType>(result.getType()).getElementType(),
                         slots),
          lhs, rhs, result);
  return {};
}
