//===- FusedBuilder.h - the code of a fused kernel --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_FUSEDBUILDER_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_FUSEDBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <optional>

namespace mlir::eoq {

enum class StageKind {
  Load32,
  Load32At,
  Load8,
  Bias,
  Scale,
  Relu,
  Clip,
  Mask,
  Band,
  Add,
  Sub,
  Store,
  StoreAt,
  Max,
  Inside,
  Nearest,
  Up,
  Stochastic
};

/// The arguments of a stage: `b` i8 buffer, `w` i32 buffer, `i` i32, `x` index.
struct StageInfo {
  StringLiteral name;
  StageKind kind;
  int64_t operands;
  StringLiteral arguments;
};

inline constexpr StageInfo kStages[] = {
    {"i32", StageKind::Load32, 0, "w"},
    {"i32at", StageKind::Load32At, 0, "wx"},
    {"i8", StageKind::Load8, 0, "b"},
    {"bias", StageKind::Bias, 1, "w"},
    {"scale", StageKind::Scale, 1, "w"},
    {"relu", StageKind::Relu, 1, ""},
    {"clip", StageKind::Clip, 1, "ii"},
    {"mask", StageKind::Mask, 1, "b"},
    {"band", StageKind::Band, 1, "bii"},
    {"add", StageKind::Add, 2, "ii"},
    {"sub", StageKind::Sub, 2, "ii"},
    {"store", StageKind::Store, 1, "w"},
    {"storeat", StageKind::StoreAt, 1, "wx"},
    {"max", StageKind::Max, 1, ""},
    {"inside", StageKind::Inside, 1, ""},
    {"nearest", StageKind::Nearest, 1, "bi"},
    {"up", StageKind::Up, 1, "bi"},
    {"stochastic", StageKind::Stochastic, 1, "bwxiii"},
};

/// The stages of a kernel, in order.
struct Chain {
  SmallVector<const StageInfo *> stages;

  bool has(StageKind kind) const {
    return llvm::any_of(stages, [&](auto *s) { return s->kind == kind; });
  }

  static bool isSink(StageKind kind) {
    return kind == StageKind::Nearest || kind == StageKind::Up ||
           kind == StageKind::Stochastic;
  }

  /// Null if `name` is not that of a kernel.
  static std::optional<Chain> parse(StringRef name);
  FunctionType getType(MLIRContext *context) const;
};

/// Builds the code of one kernel. A value of the loop is a vector or, in the
/// rest of a row, a scalar; what is the same for all elements is spread to what
/// it meets.
class FusedBuilder {
public:
  FusedBuilder(OpBuilder &builder, func::FuncOp function, const Chain &chain)
      : b(builder), loc(function.getLoc()), function(function), chain(chain),
        hasMax(chain.has(StageKind::Max)),
        hasNumbers(chain.has(StageKind::Stochastic)) {}

  void build();

private:
  /// What a sink's shift is: by a negative number or 0, to the right by what 16
  /// random bits are enough for, or more. `Any` is for scalars, and for shifts
  /// that no vector form is for.
  enum class Form { Left, Right, FarRight, Any };

  /// A stage with its arguments and what is computed from them before the
  /// loops.
  struct Stage {
    StageKind kind;
    ValueRange arguments;
    SmallVector<Value, 8> before;
  };

  void prepare();
  void prepareAlignment(Stage &stage, Value shift);
  void prepareShift(Stage &stage);
  void prepareStochastic(Stage &stage);

  Value buildStretches();
  Value buildParts(Value firstUnit, Value lastUnit);
  SmallVector<Value> buildUnit(Value unit, ValueRange carried);
  SmallVector<Value> buildRow(Value from, Value count, Value start,
                              ValueRange carried);
  Value buildColumns(Value from, Value begin, Value end, Value start,
                     int64_t lanes, Form form, Value carried);
  Value buildStages(Value element, Value column, Value start, int64_t lanes,
                    Form form, Value carried);
  Value align(const Stage &stage, size_t at, Value x);
  Value shiftLeftClamped(Value x, Value by);
  void buildShift(const Stage &stage, Value x, Value element, Form form);
  void buildStochastic(const Stage &stage, Value x, Value element, Value column,
                       Value start, Form form);

  //===--------------------------------------------------------------------===//
  // Short forms
  //===--------------------------------------------------------------------===//

  Value index(int64_t value) {
    return b.create<arith::ConstantIndexOp>(loc, value);
  }
  Value i32(int64_t value) {
    return b.create<arith::ConstantOp>(
        loc, b.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value zeros(int64_t lanes) {
    return b.create<arith::ConstantOp>(
        loc, b.getZeroAttr(VectorType::get(lanes, b.getI32Type())));
  }
  /// `scalar` with as many lanes as `like` has.
  Value spread(Value scalar, Value like) {
    auto type = dyn_cast<VectorType>(like.getType());
    if (!type || isa<VectorType>(scalar.getType()))
      return scalar;
    return b.create<vector::BroadcastOp>(
        loc, VectorType::get(type.getShape(), scalar.getType()), scalar);
  }
  template <typename OpTy>
  Value make(Value lhs, Value rhs) {
    return b.create<OpTy>(loc, lhs, spread(rhs, lhs));
  }
  Value add(Value lhs, Value rhs) { return make<arith::AddIOp>(lhs, rhs); }
  Value sub(Value lhs, Value rhs) { return make<arith::SubIOp>(lhs, rhs); }
  Value mul(Value lhs, Value rhs) { return make<arith::MulIOp>(lhs, rhs); }
  Value max(Value lhs, Value rhs) { return make<arith::MaxSIOp>(lhs, rhs); }
  Value min(Value lhs, Value rhs) { return make<arith::MinSIOp>(lhs, rhs); }
  Value shiftLeft(Value x, Value by) { return make<arith::ShLIOp>(x, by); }
  Value shiftRight(Value x, Value by) { return make<arith::ShRSIOp>(x, by); }
  Value shiftDown(Value x, Value by) { return make<arith::ShRUIOp>(x, by); }
  Value bitAnd(Value lhs, Value rhs) { return make<arith::AndIOp>(lhs, rhs); }
  Value bitXor(Value lhs, Value rhs) { return make<arith::XOrIOp>(lhs, rhs); }
  Value divide(Value lhs, Value rhs) { return make<arith::DivUIOp>(lhs, rhs); }
  Value divideUp(Value lhs, Value rhs) {
    return divide(sub(add(lhs, rhs), one), rhs);
  }
  Value clamp(Value x, Value low, Value high) { return max(min(x, high), low); }
  Value compare(arith::CmpIPredicate predicate, Value lhs, Value rhs) {
    return b.create<arith::CmpIOp>(loc, predicate, lhs, spread(rhs, lhs));
  }
  Value select(Value condition, Value yes, Value no) {
    return b.create<arith::SelectOp>(loc, condition, yes, spread(no, yes));
  }
  Value load(Value buffer, Value at, int64_t lanes) {
    if (lanes == 1)
      return b.create<memref::LoadOp>(loc, buffer, at);
    Type element = cast<MemRefType>(buffer.getType()).getElementType();
    return b.create<vector::LoadOp>(loc, VectorType::get(lanes, element),
                                    buffer, at);
  }
  void store(Value x, Value buffer, Value at) {
    if (isa<VectorType>(x.getType()))
      b.create<vector::StoreOp>(loc, x, buffer, at);
    else
      b.create<memref::StoreOp>(loc, x, buffer, at);
  }
  /// `x` with elements of `type`, as many as before.
  template <typename OpTy>
  Value convert(Value x, Type type) {
    if (auto vector = dyn_cast<VectorType>(x.getType()))
      type = VectorType::get(vector.getShape(), type);
    return b.create<OpTy>(loc, type, x);
  }
  Value widen(Value x) { return convert<arith::ExtSIOp>(x, b.getI32Type()); }
  /// Clamped to the symmetric range, in two steps: packing saturates to the
  /// asymmetric one at no cost.
  Value narrow(Value x) {
    Value packed =
        convert<arith::TruncIOp>(clamp(x, i32(-128), i32(127)), b.getI8Type());
    Value least = b.create<arith::ConstantOp>(loc, b.getI8IntegerAttr(-127));
    return max(packed, least);
  }
  Value call(StringRef kernel, ValueRange operands) {
    return b
        .create<func::CallOp>(loc, kernel, TypeRange(b.getI32Type()), operands)
        .getResult(0);
  }
  /// A loop with carried values; `body` gives their new ones.
  ValueRange loop(Value from, Value to, Value step, ValueRange carried,
                  function_ref<SmallVector<Value>(Value, ValueRange)> body) {
    return b
        .create<scf::ForOp>(
            loc, from, to, step, carried,
            [&](OpBuilder &, Location, Value at, ValueRange values) {
              b.create<scf::YieldOp>(loc, body(at, values));
            })
        .getResults();
  }

  OpBuilder &b;
  Location loc;
  func::FuncOp function;
  const Chain &chain;
  bool hasMax, hasNumbers;
  SmallVector<Stage> stages;
  Value images, elements, length;
  /// Partial results of a parallel loop.
  Value partial;
  Value zero, one, lanesStep;
  /// Elements of a unit of work, units of an image.
  Value chunk, chunks;
  /// The forms that the sink has, and whether its shift is one for them.
  SmallVector<std::pair<Form, Value>, 3> forms;
  /// Numbering of the elements (N5): the site's key, the factor of a number,
  /// and what a row adds.
  Value key, factor, rowFactor, channels;
};

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_FUSEDBUILDER_H
