//===- BiasPattern.mlir - a bias at the exponent of a sum (N7) ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i16 i8
!T = i16

func.func private @eoq_bias_pattern_T(%bias: memref<?x!T>, %pattern: memref<?xi32>, %count: index, %length: index, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %max = arith.constant 268435455 : i64
  %min = arith.constant -268435455 : i64
  scf.for %base = %c0 to %length step %count {
    scf.for %j = %c0 to %count step %c1 {
      %i = arith.addi %base, %j : index
      %b = memref.load %bias[%j] : memref<?x!T>
      %v = arith.extsi %b : !T to i64
      %s = func.call @eoq_shift_nearest_i64(%v, %shift) : (i64, i32) -> i64
      %0 = arith.minsi %s, %max : i64
      %1 = arith.maxsi %0, %min : i64
      %2 = arith.trunci %1 : i64 to i32
      memref.store %2, %pattern[%i] : memref<?xi32>
    }
  }
  return
}
