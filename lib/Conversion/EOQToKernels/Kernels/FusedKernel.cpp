//===- FusedKernel.cpp - loops made of stages -----------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One loop nest serves all: parts (for threads), images, rows of one length
// (that of the patterns that repeat a bias or the numbers of the elements of a
// pixel), and vectors of a row. Stages take values from a stack of vectors, and
// put theirs on it; the rest of a row goes through the same stages as scalars.
// See Kernels/README.md for the stages and their arguments.
//
//===----------------------------------------------------------------------===//
#include "FusedKernel.h"
#include "FusedBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::eoq;

static constexpr StringLiteral kPrefix = "eoq_fused_";
static constexpr int64_t kLanes = 16;
/// Partial results, whatever the number of threads.
static constexpr int64_t kParts = 64;
/// Elements that are worth a turn of the outer loops.
static constexpr int64_t kChunk = 2048;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

std::optional<Chain> Chain::parse(StringRef name) {
  if (!name.consume_front(kPrefix))
    return std::nullopt;
  Chain chain;
  int64_t depth = 0;
  SmallVector<StringRef> words;
  name.split(words, '_');
  for (StringRef word : words) {
    const StageInfo *info = llvm::find_if(
        kStages, [&](const StageInfo &s) { return s.name == word; });
    // A sink is the end, and the largest magnitude is that of the last value.
    if (info == std::end(kStages) || depth < info->operands ||
        (!chain.stages.empty() &&
         (isSink(chain.stages.back()->kind) ||
          (chain.stages.back()->kind == StageKind::Max &&
           !isSink(info->kind)))))
      return std::nullopt;
    if (info->operands != 1)
      depth += 1 - info->operands;
    chain.stages.push_back(info);
  }
  StageKind last = chain.stages.back()->kind;
  if (depth != 1 || !(isSink(last) || last == StageKind::Max))
    return std::nullopt;
  return chain;
}

FunctionType Chain::getType(MLIRContext *context) const {
  Builder builder(context);
  auto buffer = [](Type type) {
    return MemRefType::get({ShapedType::kDynamic}, type);
  };
  // Images, elements of an image, elements of a row.
  SmallVector<Type> inputs(3, builder.getIndexType()), results;
  for (const StageInfo *stage : stages)
    for (char c : stage->arguments)
      inputs.push_back(c == 'b'   ? buffer(builder.getI8Type())
                       : c == 'w' ? buffer(builder.getI32Type())
                       : c == 'i' ? Type(builder.getI32Type())
                                  : builder.getIndexType());
  if (has(StageKind::Max))
    results.push_back(builder.getI64Type());
  return builder.getFunctionType(inputs, results);
}

void FusedBuilder::build() {
  OpBuilder::InsertionGuard guard(b);
  Block *body = function.addEntryBlock();
  b.setInsertionPointToStart(body);
  images = body->getArgument(0);
  elements = body->getArgument(1);
  length = body->getArgument(2);
  zero = index(0);
  one = index(1);
  lanesStep = index(kLanes);
  ValueRange rest = body->getArguments();
  rest = rest.drop_front(3);
  for (const StageInfo *info : chain.stages) {
    size_t count = info->arguments.size();
    stages.push_back({info->kind, rest.take_front(count), {}});
    rest = rest.drop_front(count);
  }
  prepare();
  Value largest = buildStretches();
  if (hasMax)
    b.create<func::ReturnOp>(loc, ValueRange(b.create<arith::ExtSIOp>(
                                      loc, b.getI64Type(), largest)));
  else
    b.create<func::ReturnOp>(loc);
}

void FusedBuilder::prepare() {
  for (Stage &stage : stages) {
    switch (stage.kind) {
    case StageKind::Add:
    case StageKind::Sub:
      prepareAlignment(stage, stage.arguments[0]);
      prepareAlignment(stage, stage.arguments[1]);
      break;
    case StageKind::Nearest:
    case StageKind::Up:
      prepareShift(stage);
      break;
    case StageKind::Stochastic:
      prepareStochastic(stage);
      break;
    default:
      break;
    }
  }
  // Without a sink there is no shift.
  if (forms.empty())
    forms.push_back({Form::Any, Value()});
  // Chunks of an image are about equally long.
  Value wanted =
      b.create<arith::MaxUIOp>(loc, divideUp(elements, index(kChunk)), one);
  Value rows = divideUp(divideUp(elements, wanted), length);
  chunk = mul(b.create<arith::MaxUIOp>(loc, rows, one), length);
  chunks = divideUp(elements, chunk);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// All units. The largest magnitude of all, if it is wanted.
///
/// A result that lies inside of an operand of 32 bits, from its start on,
/// overwrites what a quarter of the way down is read. So the units come in
/// stretches, each as long as all before it, and are parallel within them: what
/// [n, 2n) writes is before what it reads, as even a unit that is shorter than
/// others, at the end of an image, is half as long.
Value FusedBuilder::buildStretches() {
  Value units = mul(images, chunks);
  if (hasMax)
    partial = b.create<memref::AllocaOp>(
        loc, MemRefType::get({kParts}, b.getI32Type()));
  if (!chain.has(StageKind::Inside))
    return buildParts(zero, units);
  // The first stretch has one unit, and number k > 0 the units [2^(k-1), 2^k).
  Value bits = b.create<math::CountLeadingZerosOp>(
      loc, b.create<arith::IndexCastOp>(loc, b.getI64Type(), sub(units, one)));
  Value stretches =
      sub(index(65), b.create<arith::IndexCastOp>(loc, b.getIndexType(), bits));
  // No elements have no units.
  stretches =
      select(compare(arith::CmpIPredicate::eq, units, zero), zero, stretches);
  ValueRange largest =
      loop(zero, stretches, one, hasMax ? ValueRange(i32(0)) : ValueRange(),
           [&](Value stretch, ValueRange values) {
             Value last = b.create<arith::MinUIOp>(
                 loc, b.create<arith::ShLIOp>(loc, one, stretch), units);
             Value first = b.create<arith::ShRUIOp>(
                 loc, b.create<arith::ShLIOp>(loc, one, stretch), one);
             Value part = buildParts(first, last);
             return hasMax ? SmallVector<Value>{max(values[0], part)}
                           : SmallVector<Value>();
           });
  return hasMax ? Value(largest[0]) : Value();
}

/// Deals the units [firstUnit, lastUnit) to parts. The largest magnitude in
/// them, if it is wanted.
Value FusedBuilder::buildParts(Value firstUnit, Value lastUnit) {
  Value units = sub(lastUnit, firstUnit);
  Value parts = b.create<arith::MinUIOp>(loc, units, index(kParts));
  Value some = b.create<arith::MaxUIOp>(loc, parts, one);
  Value share = divideUp(units, some);
  Value none = i32(0), noVector = zeros(kLanes);
  b.create<scf::ParallelOp>(
      loc, zero, parts, one, [&](OpBuilder &, Location, ValueRange ivs) {
        Value begin = b.create<arith::MinUIOp>(
            loc, add(firstUnit, mul(ivs[0], share)), lastUnit);
        Value end = b.create<arith::MinUIOp>(loc, add(begin, share), lastUnit);
        SmallVector<Value> carried;
        if (hasMax)
          carried = {noVector, none};
        ValueRange results =
            loop(begin, end, one, carried, [&](Value unit, ValueRange values) {
              return buildUnit(unit, values);
            });
        if (!hasMax)
          return;
        Value largest = b.create<vector::ReductionOp>(
            loc, vector::CombiningKind::MAXSI, results[0]);
        store(max(largest, results[1]), partial, ivs[0]);
      });
  if (!hasMax)
    return {};
  return loop(zero, parts, one, none, [&](Value part, ValueRange values) {
    return SmallVector<Value>{max(values[0], load(partial, part, 1))};
  })[0];
}

/// A few rows of one image.
SmallVector<Value> FusedBuilder::buildUnit(Value unit, ValueRange carried) {
  Value image = divide(unit, chunks);
  Value base = mul(b.create<arith::RemUIOp>(loc, unit, chunks), chunk);
  Value first = mul(image, elements);
  Value last = b.create<arith::MinUIOp>(loc, add(base, chunk), elements);
  SmallVector<Value> values(carried);
  if (hasNumbers) {
    // The number of the row's first element, which is of channel 0.
    Value number = add(first, divide(base, channels));
    Value number32 = b.create<arith::IndexCastOp>(loc, b.getI32Type(), number);
    values.push_back(add(mul(number32, factor), key));
  }
  ValueRange results =
      loop(base, last, length, values, [&](Value row, ValueRange values) {
        Value count = b.create<arith::MinUIOp>(loc, sub(last, row), length);
        Value start = hasNumbers ? values.back() : Value();
        SmallVector<Value> next =
            buildRow(add(first, row), count, start,
                     hasNumbers ? values.drop_back() : values);
        if (hasNumbers)
          next.push_back(add(start, rowFactor));
        return next;
      });
  return SmallVector<Value>(hasNumbers ? results.drop_back() : results);
}

SmallVector<Value> FusedBuilder::buildRow(Value from, Value count, Value start,
                                          ValueRange carried) {
  Value rest = b.create<arith::RemUIOp>(loc, count, lanesStep);
  Value whole = sub(count, rest);
  Value vectors = hasMax ? carried[0] : Value();
  Value scalars = hasMax ? carried[1] : Value();
  Value done = zero;
  for (auto [form, isMeant] : forms) {
    Value end = isMeant ? select(isMeant, whole, done) : whole;
    vectors = buildColumns(from, done, end, start, kLanes, form, vectors);
    done = end;
  }
  scalars = buildColumns(from, done, count, start, 1, Form::Any, scalars);
  return hasMax ? SmallVector<Value>{vectors, scalars} : SmallVector<Value>();
}

Value FusedBuilder::buildColumns(Value from, Value begin, Value end,
                                 Value start, int64_t lanes, Form form,
                                 Value carried) {
  ValueRange results =
      loop(begin, end, lanes == 1 ? one : lanesStep,
           carried ? ValueRange(carried) : ValueRange(),
           [&](Value column, ValueRange values) {
             Value next = buildStages(add(from, column), column, start, lanes,
                                      form, hasMax ? values[0] : Value());
             return hasMax ? SmallVector<Value>{next} : SmallVector<Value>();
           });
  return hasMax ? Value(results[0]) : Value();
}

//===----------------------------------------------------------------------===//
// Interface
//===----------------------------------------------------------------------===//

bool mlir::eoq::isFusedKernel(StringRef name) {
  return Chain::parse(name).has_value();
}

FunctionType mlir::eoq::getFusedKernelType(StringRef name,
                                           MLIRContext *context) {
  std::optional<Chain> chain = Chain::parse(name);
  return chain ? chain->getType(context) : FunctionType();
}

SmallVector<int64_t> mlir::eoq::getWideOperands(StringRef name) {
  SmallVector<int64_t> operands;
  // Behind images, elements of an image, elements of a row.
  int64_t operand = 3;
  // A temporary would not live as long as the loop.
  Chain chain = *Chain::parse(name);
  for (const StageInfo *stage : chain.stages) {
    if (stage->kind == StageKind::Load32)
      operands.push_back(operand);
    operand += stage->arguments.size();
  }
  return operands;
}

func::FuncOp mlir::eoq::buildFusedKernel(OpBuilder &builder, StringRef name) {
  Chain chain = *Chain::parse(name);
  auto function =
      builder.create<func::FuncOp>(UnknownLoc::get(builder.getContext()), name,
                                   chain.getType(builder.getContext()));
  function.setPrivate();
  FusedBuilder(builder, function, chain).build();
  return function;
}
