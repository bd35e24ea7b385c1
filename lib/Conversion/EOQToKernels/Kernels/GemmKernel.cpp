//===- GemmKernel.cpp - the register-blocked product ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One product serves all convolutions: a block of 6 rows by 16 columns in 12
// vector registers. Twelve accumulators, two vectors of B and one broadcast of
// A fill the 16 registers of AVX2; more rows or columns would spill. With
// groups of four 8-bit operands (u7, s8) there are 5 rows, for the instructions
// of AVX2 need one register more for a constant.
//
// The rows of A and of C lie anywhere (tables of offsets), and a row of A is
// walked by three nested strides, so a window of an image, or the pixels of a
// weight gradient, is read in place. See Kernels/README.md for the arguments.
//
//===----------------------------------------------------------------------===//
#include "GemmKernel.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::eoq;

static constexpr int64_t kColumns = 16;
static constexpr int64_t kLanes = 8;
static constexpr int64_t kVectors = kColumns / kLanes;
/// Rows of a block of one vector: 8 columns.
static constexpr int64_t kNarrowRows = 12;

static constexpr StringRef kNames[] = {
    "eoq_gemm_f32",    "eoq_gemm_i8",   "eoq_gemm_u7",     "eoq_gemm_i8u7",
    "eoq_gemm_narrow", "eoq_gemm_s8",   "eoq_windows_f32", "eoq_windows_i8",
    "eoq_windows_u7",  "eoq_windows_s8"};

ArrayRef<StringRef> mlir::eoq::getGemmKernelNames() { return kNames; }

int64_t mlir::eoq::getNarrowGemmRows() { return kNarrowRows; }

int64_t mlir::eoq::getGemmRows(int64_t group) { return group == 4 ? 5 : 6; }

bool mlir::eoq::isGemmKernel(StringRef name) {
  return llvm::is_contained(kNames, name);
}

namespace {

/// Element types of one instance.
struct GemmTypes {
  Type a, b, c;
  /// Neighbours in k that one step multiplies, and rows of a block.
  int64_t group, rows;
  /// Whether every block of rows has its own range of k.
  bool windows = false;
  /// Of groups of four: which operand is never negative.
  enum { Left, Right, Neither } nonnegative = Neither;
  /// Vectors of a row of the block.
  int64_t vectors = kVectors;

  static GemmTypes get(StringRef name, MLIRContext *context) {
    Builder builder(context);
    Type i8 = builder.getI8Type(), i32 = builder.getI32Type();
    bool windows = name.starts_with("eoq_windows");
    if (name.ends_with("_f32")) {
      Type f32 = builder.getF32Type();
      return {f32, f32, f32, 1, getGemmRows(1), windows};
    }
    if (name.ends_with("_narrow"))
      return {builder.getI16Type(), i8,      i32,     2,
              kNarrowRows,          windows, Neither, kVectors / 2};
    if (!name.ends_with("_i8"))
      return {i8,
              i8,
              i32,
              4,
              getGemmRows(4),
              windows,
              name.ends_with("_u7")     ? Left
              : name.ends_with("_i8u7") ? Right
                                        : Neither};
    return {builder.getI16Type(), i8, i32, 2, getGemmRows(2), windows};
  }
};

/// Names of the arguments: see Kernels/README.md.
enum Argument {
  A,
  ARows,
  B,
  C,
  CRows,
  ABase,
  RowsAt,
  Rows,
  BBase,
  PanelSize,
  Columns,
  CBase,
  Count2,
  Stride2,
  Count1,
  Stride1,
  Count0,
  Stride0,
  Accumulate,
  NumArguments,
  // Instead of what follows CBase where every block has its own range.
  Ranges = Count2,
  RangesAt,
  WindowsStride2,
  WindowsPanelStride2,
  WindowsStride1,
  WindowsPanelStride1,
  Maxima,
  MaximaAt,
  Bias,
  BiasAt,
  Mask,
  Low,
  High,
  Wanted,
  NumWindowsArguments
};

class GemmBuilder {
public:
  GemmBuilder(OpBuilder &builder, func::FuncOp function, GemmTypes types)
      : b(builder), loc(function.getLoc()), function(function), types(types),
        accumulatorType(VectorType::get(kLanes, types.c)) {}

  void build() {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(function.addEntryBlock());
    zero = index(0);
    one = index(1);
    noSum = b.create<arith::ConstantOp>(loc, accumulatorType,
                                        b.getZeroAttr(accumulatorType));
    lastRow = sub(arg(Rows), one);
    groupSize = index(kColumns * types.group);
    if (!types.windows)
      accumulate = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne,
                                           arg(Accumulate), i32(0));
    // Panels outside, so that one stays in the first-level cache while the rows
    // stream by.
    b.create<scf::ForOp>(loc, zero, arg(Columns), index(kColumns), ValueRange(),
                         [&](OpBuilder &, Location, Value column, ValueRange) {
                           buildPanel(column);
                           b.create<scf::YieldOp>(loc);
                         });
    b.create<func::ReturnOp>(loc);
  }

private:
  /// One of the loops over k.
  struct Loop {
    Value count, aStride;
    /// Null if what follows in B is what the loop inside has not used.
    Value bStride;
  };

  /// Part of k that a block of rows takes: offsets of its first element from a
  /// row of A and from the panel, and the loops, the outermost first.
  struct Range {
    Value a, b;
    Loop loops[3];
  };

  void buildPanel(Value column) {
    Value panel = b.create<arith::DivUIOp>(loc, column, index(kColumns));
    Value bPanel = add(arg(BBase), mul(panel, arg(PanelSize)));
    Value left = sub(arg(Columns), column);
    Value full = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sge, left,
                                         index(kColumns));
    SmallVector<Value> inits;
    if (types.windows)
      inits.push_back(arg(RangesAt));
    b.create<scf::ForOp>(
        loc, zero, arg(Rows), index(types.rows), inits,
        [&](OpBuilder &, Location, Value row, ValueRange iterates) {
          Range range = types.windows ? loadRange(iterates[0]) : getRange();
          buildTile(row, range, bPanel, column, left, full);
          SmallVector<Value> next;
          if (types.windows)
            next.push_back(add(iterates[0], index(kGemmRangeSize)));
          b.create<scf::YieldOp>(loc, next);
        });
  }

  Range getRange() {
    return {zero,
            zero,
            {{arg(Count2), arg(Stride2), {}},
             {arg(Count1), arg(Stride1), {}},
             {arg(Count0), arg(Stride0), groupSize}}};
  }

  Range loadRange(Value at) {
    SmallVector<Value> values;
    for (int64_t i = 0; i < kGemmRangeSize; ++i)
      values.push_back(loadOffset(Ranges, add(at, index(i))));
    // Most often there is one run of taps in a row: its loop costs least
    // outside.
    return {values[0],
            values[1],
            {{values[3], arg(WindowsStride1), arg(WindowsPanelStride1)},
             {values[2], arg(WindowsStride2), arg(WindowsPanelStride2)},
             {values[4], index(types.group), groupSize}}};
  }

  void buildTile(Value row, const Range &range, Value bPanel, Value column,
                 Value left, Value full) {
    // The last block repeats the last row: what it computes for the repetitions
    // is the same, and is stored to the same place.
    SmallVector<Value> places, aOffsets, cOffsets;
    for (int64_t r = 0; r < types.rows; ++r) {
      Value wanted = r == 0 ? row : add(row, index(r));
      Value clamped = b.create<arith::MinSIOp>(loc, wanted, lastRow);
      places.push_back(add(arg(RowsAt), clamped));
    }
    for (Value place : places)
      aOffsets.push_back(add(arg(ABase), loadOffset(ARows, place)));
    Carried carried{SmallVector<Value>(types.rows * types.vectors, noSum),
                    range.a, add(bPanel, range.b)};
    carried = buildLoops(range.loops, carried, [&](const Carried &at) {
      return step(aOffsets, at.a, at.b, at.sums);
    });
    Value cPanel = add(arg(CBase), column);
    for (Value place : places)
      cOffsets.push_back(add(cPanel, loadOffset(CRows, place)));
    auto finish = [&](ArrayRef<Value> masks) {
      store(carried.sums, cOffsets, left, masks);
      if (types.windows && !isa<FloatType>(types.c))
        buildMaxima(carried.sums, cOffsets, add(arg(BiasAt), column), masks);
      b.create<scf::YieldOp>(loc);
    };
    b.create<scf::IfOp>(
        loc, full, [&](OpBuilder &, Location) { finish({}); },
        [&](OpBuilder &, Location) { finish(getMasks(left)); });
  }

  //===--------------------------------------------------------------------===//
  // Largest magnitudes
  //===--------------------------------------------------------------------===//

  /// What a quantizer's first walk over C would find, while the block is in
  /// registers.
  void buildMaxima(ArrayRef<Value> sums, ArrayRef<Value> cOffsets, Value biasAt,
                   ArrayRef<Value> masks) {
    auto buildIf = [&](Magnitude magnitude,
                       llvm::function_ref<Value(int64_t)> getValue) {
      Value isWanted = b.create<arith::CmpIOp>(
          loc, arith::CmpIPredicate::eq, arg(Wanted), i32(int32_t(magnitude)));
      b.create<scf::IfOp>(loc, isWanted, [&](OpBuilder &, Location) {
        Value largest = b.create<vector::LoadOp>(loc, accumulatorType,
                                                 arg(Maxima), arg(MaximaAt));
        for (size_t i = 0; i < sums.size(); ++i) {
          Value value = getValue(i);
          if (!masks.empty())
            value = b.create<arith::SelectOp>(loc, masks[i % types.vectors],
                                              value, noSum);
          largest = b.create<arith::MaxSIOp>(
              loc, largest, b.create<math::AbsIOp>(loc, value));
        }
        b.create<vector::StoreOp>(loc, largest, arg(Maxima), arg(MaximaAt));
        b.create<scf::YieldOp>(loc);
      });
    };
    buildIf(Magnitude::OfSums, [&](int64_t i) { return sums[i]; });
    buildIf(Magnitude::OfBiased, [&](int64_t i) -> Value {
      Value bias =
          loadLanes(Bias, columnOffset(biasAt, i % types.vectors), masks, i);
      Value sum = addElements(sums[i], bias);
      Value low = b.create<arith::MaxSIOp>(loc, sum, spread(arg(Low)));
      return b.create<arith::MinSIOp>(loc, low, spread(arg(High)));
    });
    buildIf(Magnitude::OfMasked, [&](int64_t i) -> Value {
      Value at = columnOffset(cOffsets[i / types.vectors], i % types.vectors);
      Value x = b.create<arith::ExtSIOp>(loc, accumulatorType,
                                         loadLanes(Mask, at, masks, i));
      Value above = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt, x,
                                            spread(arg(Low)));
      Value below = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x,
                                            spread(arg(High)));
      return b.create<arith::SelectOp>(
          loc, b.create<arith::AndIOp>(loc, above, below), sums[i], noSum);
    });
  }

  /// Lanes of vector i of a block.
  Value loadLanes(Argument buffer, Value at, ArrayRef<Value> masks, int64_t i) {
    auto type = VectorType::get(
        kLanes, cast<MemRefType>(arg(buffer).getType()).getElementType());
    if (masks.empty())
      return b.create<vector::LoadOp>(loc, type, arg(buffer), at);
    Value none = b.create<arith::ConstantOp>(loc, b.getZeroAttr(type));
    return b.create<vector::MaskedLoadOp>(loc, type, arg(buffer), at,
                                          masks[i % types.vectors], none);
  }

  Value spread(Value scalar) {
    return b.create<vector::BroadcastOp>(loc, accumulatorType, scalar);
  }

  /// One step in k: a broadcast of A for each row times 2 vectors of B.
  SmallVector<Value> step(ArrayRef<Value> aOffsets, Value a0, Value bOffset,
                          ValueRange sums) {
    SmallVector<Value> result(sums.begin(), sums.end());
    SmallVector<Value> columns;
    int64_t length = kLanes * types.group;
    for (int64_t v = 0; v < types.vectors; ++v) {
      Value at = v == 0 ? bOffset : add(bOffset, index(v * length));
      Value loaded = b.create<vector::LoadOp>(
          loc, VectorType::get(length, types.b), arg(B), at);
      if (types.b != types.a)
        loaded = b.create<arith::ExtSIOp>(loc, VectorType::get(length, types.a),
                                          loaded);
      columns.push_back(loaded);
    }
    for (int64_t r = 0; r < types.rows; ++r) {
      Value a = broadcastA(add(aOffsets[r], a0));
      for (int64_t v = 0; v < types.vectors; ++v) {
        Value &sum = result[r * types.vectors + v];
        sum = multiply(a, columns[v], sum);
      }
    }
    return result;
  }

  Value multiply(Value x, Value y, Value sum) {
    if (isa<FloatType>(types.c))
      return b.create<vector::FMAOp>(loc, x, y, sum);
    if (types.nonnegative == GemmTypes::Right)
      std::swap(x, y);
    return b.create<DotAccumulateOp>(loc, accumulatorType, sum, x, y,
                                     types.nonnegative != GemmTypes::Neither);
  }

  /// The element of A, or its group, in all lanes.
  Value broadcastA(Value at) {
    if (types.group == 1) {
      Value scalar = b.create<memref::LoadOp>(loc, arg(A), at);
      return b.create<vector::BroadcastOp>(
          loc, VectorType::get(kLanes, types.a), scalar);
    }
    Value group = b.create<vector::LoadOp>(
        loc, VectorType::get(types.group, types.a), arg(A), at);
    Type i32 = b.getI32Type();
    Value word =
        b.create<vector::BitCastOp>(loc, VectorType::get(1, i32), group);
    Value scalar = b.create<vector::ExtractOp>(loc, word, 0);
    Value words = b.create<vector::BroadcastOp>(
        loc, VectorType::get(kLanes, i32), scalar);
    return b.create<vector::BitCastOp>(
        loc, VectorType::get(types.group * kLanes, types.a), words);
  }

  Value columnOffset(Value offset, int64_t v) {
    return v == 0 ? offset : add(offset, index(v * kLanes));
  }

  /// Stores the block, or adds it; only the columns that are left where there
  /// are masks.
  void store(ArrayRef<Value> sums, ArrayRef<Value> cOffsets, Value left,
             ArrayRef<Value> masks) {
    auto getPlace = [&](int64_t i) {
      return columnOffset(cOffsets[i / types.vectors], i % types.vectors);
    };
    SmallVector<Value> results(sums);
    if (accumulate)
      results = addOld(sums, getPlace, masks);
    if (masks.empty()) {
      for (auto [i, sum] : llvm::enumerate(results))
        b.create<vector::StoreOp>(loc, sum, arg(C), getPlace(i));
      return;
    }
    for (int64_t v = 0; v < types.vectors; ++v) {
      SmallVector<Value> column, places;
      for (size_t i = v; i < results.size(); i += types.vectors) {
        column.push_back(results[i]);
        places.push_back(getPlace(i));
      }
      storeFirst(column, places, v == 0 ? left : sub(left, index(v * kLanes)));
    }
  }

  /// Stores the first `count` lanes of vectors, of any number if it is more
  /// than they have, in parts of 8, 4, 2 and 1: masked stores take some
  /// processors ten times as long.
  void storeFirst(SmallVector<Value> vectors, SmallVector<Value> places,
                  Value count) {
    Value some = b.create<arith::MaxSIOp>(loc, count, zero);
    Value lanes = b.create<arith::MinSIOp>(loc, some, index(kLanes));
    for (int64_t part = kLanes; part > 0; part /= 2) {
      Value bit = b.create<arith::AndIOp>(loc, lanes, index(part));
      Value has =
          b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, bit, zero);
      auto getPart = [&](Value vector, int64_t first) -> Value {
        if (cast<VectorType>(vector.getType()).getNumElements() == part)
          return vector;
        return b.create<vector::ExtractStridedSliceOp>(loc, vector, first, part,
                                                       1);
      };
      b.create<scf::IfOp>(loc, has, [&](OpBuilder &, Location) {
        for (auto [vector, place] : llvm::zip(vectors, places))
          b.create<vector::StoreOp>(loc, getPart(vector, 0), arg(C), place);
        b.create<scf::YieldOp>(loc);
      });
      if (part == kLanes || part == 1)
        continue;
      for (auto [vector, place] : llvm::zip(vectors, places)) {
        vector = b.create<arith::SelectOp>(loc, has, getPart(vector, part),
                                           getPart(vector, 0));
        place = add(place, bit);
      }
    }
  }

  /// The block plus what C has, if the caller wants that.
  SmallVector<Value> addOld(ArrayRef<Value> sums,
                            llvm::function_ref<Value(int64_t)> getPlace,
                            ArrayRef<Value> masks) {
    auto results = b.create<scf::IfOp>(
        loc, accumulate,
        [&](OpBuilder &, Location) {
          // All loads before all stores, for the sake of repeated rows.
          SmallVector<Value> added;
          for (auto [i, sum] : llvm::enumerate(sums)) {
            Value old = masks.empty()
                            ? b.create<vector::LoadOp>(loc, accumulatorType,
                                                       arg(C), getPlace(i))
                                  .getResult()
                            : b.create<vector::MaskedLoadOp>(
                                   loc, accumulatorType, arg(C), getPlace(i),
                                   masks[i % types.vectors], noSum)
                                  .getResult();
            added.push_back(addElements(old, sum));
          }
          b.create<scf::YieldOp>(loc, added);
        },
        [&](OpBuilder &, Location) { b.create<scf::YieldOp>(loc, sums); });
    return SmallVector<Value>(results.getResults());
  }

  /// Lanes of the last, narrower panel.
  SmallVector<Value> getMasks(Value left) {
    SmallVector<Value> masks;
    for (int64_t v = 0; v < types.vectors; ++v)
      masks.push_back(b.create<vector::CreateMaskOp>(
          loc, VectorType::get(kLanes, b.getI1Type()),
          ValueRange{v == 0 ? left : sub(left, index(v * kLanes))}));
    return masks;
  }

  /// What the loops over k carry: the sums and the offsets into A and B.
  struct Carried {
    SmallVector<Value> sums;
    Value a, b;
  };

  /// Offsets run along with the loops.
  Carried
  buildLoops(ArrayRef<Loop> loops, const Carried &inits,
             llvm::function_ref<SmallVector<Value>(const Carried &)> body) {
    if (loops.empty()) {
      Carried result = inits;
      result.sums = body(inits);
      return result;
    }
    auto flatten = [](const Carried &carried) {
      SmallVector<Value> values(carried.sums);
      values.append({carried.a, carried.b});
      return values;
    };
    auto unflatten = [](ValueRange values) {
      return Carried{SmallVector<Value>(values.drop_back(2)),
                     values[values.size() - 2], values.back()};
    };
    const Loop &loop = loops.front();
    auto op = b.create<scf::ForOp>(
        loc, zero, loop.count, one, flatten(inits),
        [&](OpBuilder &, Location, Value, ValueRange iterates) {
          Carried at = unflatten(iterates);
          Carried next = buildLoops(loops.drop_front(), at, body);
          next.a = add(at.a, loop.aStride);
          if (loop.bStride)
            next.b = add(at.b, loop.bStride);
          b.create<scf::YieldOp>(loc, flatten(next));
        });
    return unflatten(op.getResults());
  }

  Value loadOffset(Argument table, Value at) {
    Value offset = b.create<memref::LoadOp>(loc, arg(table), at);
    return b.create<arith::IndexCastOp>(loc, b.getIndexType(), offset);
  }
  Value addElements(Value x, Value y) {
    if (isa<FloatType>(types.c))
      return b.create<arith::AddFOp>(loc, x, y);
    return b.create<arith::AddIOp>(loc, x, y);
  }
  Value arg(Argument i) { return function.getArgument(i); }
  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Value i32(int32_t value) {
    return b.create<arith::ConstantOp>(loc, b.getI32IntegerAttr(value));
  }
  Value add(Value x, Value y) { return b.create<arith::AddIOp>(loc, x, y); }
  Value sub(Value x, Value y) { return b.create<arith::SubIOp>(loc, x, y); }
  Value mul(Value x, Value y) { return b.create<arith::MulIOp>(loc, x, y); }

  OpBuilder &b;
  Location loc;
  func::FuncOp function;
  GemmTypes types;
  VectorType accumulatorType;
  Value zero, one, noSum, lastRow, groupSize;
  /// Null if the kernel never adds to C.
  Value accumulate;
};

} // namespace

FunctionType mlir::eoq::getGemmKernelType(StringRef name,
                                          MLIRContext *context) {
  if (!isGemmKernel(name))
    return {};
  GemmTypes types = GemmTypes::get(name, context);
  Builder builder(context);
  auto buffer = [](Type element) {
    return MemRefType::get({ShapedType::kDynamic}, element);
  };
  SmallVector<Type> arguments(types.windows ? NumWindowsArguments
                                            : NumArguments,
                              builder.getIndexType());
  arguments[A] = buffer(types.a);
  arguments[B] = buffer(types.b);
  arguments[C] = buffer(types.c);
  arguments[ARows] = arguments[CRows] = buffer(builder.getI32Type());
  if (types.windows) {
    Type i32 = builder.getI32Type();
    arguments[Ranges] = arguments[Maxima] = arguments[Bias] = buffer(i32);
    arguments[Mask] = buffer(builder.getI8Type());
    arguments[Low] = arguments[High] = arguments[Wanted] = i32;
  } else {
    arguments[Accumulate] = builder.getI32Type();
  }
  return builder.getFunctionType(arguments, {});
}

func::FuncOp mlir::eoq::buildGemmKernel(OpBuilder &builder, StringRef name) {
  MLIRContext *context = builder.getContext();
  auto function = builder.create<func::FuncOp>(
      UnknownLoc::get(context), name, getGemmKernelType(name, context));
  function.setPrivate();
  GemmBuilder(builder, function, GemmTypes::get(name, context)).build();
  return function;
}
