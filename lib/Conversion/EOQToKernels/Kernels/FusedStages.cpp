//===- FusedStages.cpp - what a fused kernel does with an element ---------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "FusedBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::eoq;

/// Right shifts without random numbers for which a number that overflows is
/// beyond 8 bits in any case.
static constexpr int64_t kFarRight = 23;

//===----------------------------------------------------------------------===//
// Before the loops
//===----------------------------------------------------------------------===//

/// A shift of N8: a left shift or a right shift with rounding; the other one is
/// by 0, and the last number is 0 where nothing is shifted out.
void FusedBuilder::prepareAlignment(Stage &stage, Value shift) {
  Value none = i32(0), c1 = i32(1), most = i32(31);
  Value right = max(shift, none);
  stage.before.push_back(min(max(sub(none, shift), none), most));
  stage.before.push_back(min(right, most));
  stage.before.push_back(min(max(sub(right, c1), none), most));
  stage.before.push_back(min(right, c1));
}

/// `before` begins with the left shift. Shifts that a form is not for do no
/// harm in it.
void FusedBuilder::prepareShift(Stage &stage) {
  Value shift = stage.arguments[1], none = i32(0), c1 = i32(1);
  Value isRight = compare(arith::CmpIPredicate::sgt, shift, none);
  Value isNear = compare(arith::CmpIPredicate::sle, shift, i32(kFarRight));
  Value isLeft = compare(arith::CmpIPredicate::sle, shift, none);
  forms = {{Form::Right, bitAnd(isRight, isNear)}, {Form::Left, isLeft}};
  Value right = min(max(shift, c1), i32(kFarRight));
  Value any = min(max(shift, c1), i32(31));
  // What is added before a right shift; of what `any` cuts off, the last number
  // leaves what rounds upwards.
  Value addend, rest;
  if (stage.kind == StageKind::Nearest) {
    addend = shiftLeft(c1, sub(right, c1));
    rest = max(min(sub(shift, c1), i32(31)), none);
  } else {
    addend = sub(shiftLeft(c1, right), c1);
    rest = sub(shiftLeft(c1, any), c1);
  }
  stage.before = {max(sub(none, shift), none),
                  right,
                  addend,
                  sub(i32(INT32_MAX), addend),
                  any,
                  rest,
                  isRight};
}

/// With shifts up to 16, R is shifted right; beyond, it is shifted left and
/// half of its last place is added (N2).
void FusedBuilder::prepareStochastic(Stage &stage) {
  ValueRange arguments = stage.arguments;
  Value shift = arguments[3], none = i32(0), c1 = i32(1), c16 = i32(16);
  channels = arguments[2];
  key = call("eoq_site_key", {arguments[4], arguments[5]});
  factor = i32(0x9E3779B1);
  Value pixels = divide(length, channels);
  rowFactor =
      mul(b.create<arith::IndexCastOp>(loc, b.getI32Type(), pixels), factor);
  Value isLeft = compare(arith::CmpIPredicate::sle, shift, none);
  Value isRight = compare(arith::CmpIPredicate::sgt, shift, none);
  Value isShort = compare(arith::CmpIPredicate::sle, shift, c16);
  Value isLong = compare(arith::CmpIPredicate::sgt, shift, c16);
  Value isWord = compare(arith::CmpIPredicate::sle, shift, i32(31));
  forms = {{Form::Right, bitAnd(isRight, isShort)},
           {Form::FarRight, bitAnd(isLong, isWord)},
           {Form::Left, isLeft}};
  Value near = min(max(shift, c1), c16);
  Value far = min(max(shift, i32(17)), i32(31));
  Value half = shiftLeft(c1, sub(far, i32(17)));
  Value mask = sub(shiftLeft(c1, far), c1);
  stage.before = {max(sub(none, shift), none),
                  near,
                  sub(i32(32), near),
                  far,
                  sub(far, c16),
                  half,
                  mask};
}

//===----------------------------------------------------------------------===//
// In the loops
//===----------------------------------------------------------------------===//

Value FusedBuilder::align(const Stage &stage, size_t at, Value x) {
  Value up = shiftLeft(x, stage.before[at]);
  return add(
      shiftRight(up, stage.before[at + 1]),
      bitAnd(shiftRight(up, stage.before[at + 2]), stage.before[at + 3]));
}

/// What is beyond 16 bits is beyond 8 bits when it is shifted, too.
Value FusedBuilder::shiftLeftClamped(Value x, Value by) {
  return shiftLeft(clamp(x, i32(-65535), i32(65535)), min(by, i32(15)));
}

Value FusedBuilder::buildStages(Value element, Value column, Value start,
                                int64_t lanes, Form form, Value carried) {
  SmallVector<Value> stack;
  for (const Stage &stage : stages) {
    ValueRange arguments = stage.arguments;
    switch (stage.kind) {
    case StageKind::Load32:
      stack.push_back(load(arguments[0], element, lanes));
      break;
    case StageKind::Load32At:
      stack.push_back(load(arguments[0], add(element, arguments[1]), lanes));
      break;
    case StageKind::Load8:
      stack.push_back(widen(load(arguments[0], element, lanes)));
      break;
    case StageKind::Bias:
      stack.back() = add(stack.back(), load(arguments[0], column, lanes));
      break;
    case StageKind::Scale:
      stack.back() = mul(stack.back(), load(arguments[0], column, lanes));
      break;
    case StageKind::Relu:
      stack.back() = max(stack.back(), i32(0));
      break;
    case StageKind::Clip:
      stack.back() = min(max(stack.back(), arguments[0]), arguments[1]);
      break;
    case StageKind::Mask: {
      Value output = widen(load(arguments[0], element, lanes));
      stack.back() = select(compare(arith::CmpIPredicate::sgt, output, i32(0)),
                            stack.back(), i32(0));
      break;
    }
    case StageKind::Band: {
      Value output = widen(load(arguments[0], element, lanes));
      Value above = compare(arith::CmpIPredicate::sgt, output, arguments[1]);
      Value below = compare(arith::CmpIPredicate::slt, output, arguments[2]);
      stack.back() = select(bitAnd(above, below), stack.back(), i32(0));
      break;
    }
    case StageKind::Add:
    case StageKind::Sub: {
      Value y = align(stage, 4, stack.pop_back_val());
      Value x = align(stage, 0, stack.pop_back_val());
      stack.push_back(stage.kind == StageKind::Add ? add(x, y) : sub(x, y));
      break;
    }
    case StageKind::Store:
      store(stack.back(), arguments[0], element);
      break;
    case StageKind::StoreAt:
      store(stack.back(), arguments[0], add(element, arguments[1]));
      break;
    case StageKind::Inside:
      break;
    case StageKind::Max:
      carried = max(carried, b.create<math::AbsIOp>(loc, stack.back()));
      break;
    case StageKind::Nearest:
    case StageKind::Up:
      buildShift(stage, stack.back(), element, form);
      break;
    case StageKind::Stochastic:
      buildStochastic(stage, stack.back(), element, column, start, form);
      break;
    }
  }
  return carried;
}

void FusedBuilder::buildShift(const Stage &stage, Value x, Value element,
                              Form form) {
  ArrayRef<Value> before = stage.before;
  Value left = form == Form::Right ? Value() : shiftLeftClamped(x, before[0]);
  if (form == Form::Left)
    return store(narrow(left), stage.arguments[0], element);
  if (form == Form::Right) {
    // What could overflow is beyond 8 bits anyway.
    Value rounded = add(min(x, before[3]), before[2]);
    return store(narrow(shiftRight(rounded, before[1])), stage.arguments[0],
                 element);
  }
  Value carry = stage.kind == StageKind::Nearest
                    ? bitAnd(shiftRight(x, before[5]), i32(1))
                    : min(bitAnd(x, before[5]), i32(1));
  Value right = add(shiftRight(x, before[4]), carry);
  store(narrow(select(before[6], right, left)), stage.arguments[0], element);
}

void FusedBuilder::buildStochastic(const Stage &stage, Value x, Value element,
                                   Value column, Value start, Form form) {
  ValueRange arguments = stage.arguments;
  ArrayRef<Value> before = stage.before;
  if (form == Form::Left)
    return store(narrow(shiftLeftClamped(x, before[0])), arguments[0], element);
  int64_t lanes = 1;
  if (auto type = dyn_cast<VectorType>(x.getType()))
    lanes = type.getNumElements();
  Value hash = add(load(arguments[1], column, lanes), start);
  if (form == Form::Any) {
    Value random = shiftDown(call("eoq_mix", hash), i32(16));
    Value shifted = call("eoq_shift_stochastic_i32", {x, random, arguments[3]});
    return store(narrow(shifted), arguments[0], element);
  }
  hash = mul(bitXor(hash, shiftDown(hash, i32(16))), i32(0x85EBCA6B));
  // The last step of the hash does not change its upper half, which is R.
  hash = mul(bitXor(hash, shiftDown(hash, i32(13))), i32(0xC2B2AE35));
  Value shifted;
  if (form == Form::Right) {
    // What could overflow is beyond 8 bits anyway.
    Value bounded = min(x, i32(INT32_MAX - 65536));
    shifted = shiftRight(add(bounded, shiftDown(hash, before[2])), before[1]);
  } else {
    // The low part and the addend do not overflow an unsigned number.
    Value random = shiftLeft(shiftDown(hash, i32(16)), before[4]);
    Value low = add(bitAnd(x, before[6]), add(random, before[5]));
    shifted = add(shiftRight(x, before[3]), shiftDown(low, before[3]));
  }
  store(narrow(shifted), arguments[0], element);
}
