//===- Types.mlir - widening to 32 bits and back --------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// What files with instances use to be written once for all types.

func.func private @eoq_widen_i8(%x: i8) -> i32 {
  %0 = arith.extsi %x : i8 to i32
  return %0 : i32
}

func.func private @eoq_widen_i16(%x: i16) -> i32 {
  %0 = arith.extsi %x : i16 to i32
  return %0 : i32
}

func.func private @eoq_widen_i32(%x: i32) -> i32 {
  return %x : i32
}

// Clamped to the symmetric range of the type (N1).
func.func private @eoq_narrow_i8(%x: i32) -> i8 {
  %max = arith.constant 127 : i32
  %min = arith.constant -127 : i32
  %0 = arith.minsi %x, %max : i32
  %1 = arith.maxsi %0, %min : i32
  %2 = arith.trunci %1 : i32 to i8
  return %2 : i8
}

func.func private @eoq_narrow_i16(%x: i32) -> i16 {
  %max = arith.constant 32767 : i32
  %min = arith.constant -32767 : i32
  %0 = arith.minsi %x, %max : i32
  %1 = arith.maxsi %0, %min : i32
  %2 = arith.trunci %1 : i32 to i16
  return %2 : i16
}

func.func private @eoq_narrow_i32(%x: i32) -> i32 {
  return %x : i32
}

// A 64-bit number into 32 bits, saturated.
func.func private @eoq_saturate(%x: i64) -> i32 {
  %max = arith.constant 2147483647 : i64
  %min = arith.constant -2147483647 : i64
  %0 = arith.minsi %x, %max : i64
  %1 = arith.maxsi %0, %min : i64
  %2 = arith.trunci %1 : i64 to i32
  return %2 : i32
}

// Operands of products: 8-bit integers are widened to 16.
func.func private @eoq_operand_i8(%x: i8) -> i16 {
  %0 = arith.extsi %x : i8 to i16
  return %0 : i16
}

// In groups of four they are multiplied as they are.
func.func private @eoq_operand_u7(%x: i8) -> i8 {
  return %x : i8
}

func.func private @eoq_operand_s8(%x: i8) -> i8 {
  return %x : i8
}

func.func private @eoq_operand_f32(%x: f32) -> f32 {
  return %x : f32
}

func.func private @eoq_zero_i8() -> i8 {
  %0 = arith.constant 0 : i8
  return %0 : i8
}

func.func private @eoq_zero_f32() -> f32 {
  %0 = arith.constant 0.0 : f32
  return %0 : f32
}
