//===- Norm.mlir - the norms of the normalized update (N16, step 3) -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// norm(sum, count, exponent) of N16, step 3.
func.func private @eoq_norm(%sum: i64, %count: i64, %exponent: i32) -> (i32, i32) {
  %c62 = arith.constant 62 : i32
  %length = call @eoq_bit_length(%sum) : (i64) -> i32
  %j = arith.subi %c62, %length : i32
  %j64 = arith.extsi %j : i32 to i64
  %scaled = arith.shli %sum, %j64 : i64
  %mean = arith.divui %scaled, %count : i64
  %0 = arith.subi %exponent, %j : i32
  %m, %e = call @eoq_normalize(%mean, %0) : (i64, i32) -> (i32, i32)
  return %m, %e : i32, i32
}

// The same number with a mantissa in [2^29, 2^30), or (0, 0).
func.func private @eoq_normalize(%mantissa: i64, %exponent: i32) -> (i32, i32) {
  %zero = arith.constant 0 : i32
  %zero64 = arith.constant 0 : i64
  %c30 = arith.constant 30 : i32
  %length = call @eoq_bit_length(%mantissa) : (i64) -> i32
  %shift = arith.subi %length, %c30 : i32
  %right = arith.maxsi %shift, %zero : i32
  %negated = arith.subi %zero, %shift : i32
  %left = arith.maxsi %negated, %zero : i32
  %right64 = arith.extsi %right : i32 to i64
  %left64 = arith.extsi %left : i32 to i64
  %0 = arith.shrui %mantissa, %right64 : i64
  %1 = arith.shli %0, %left64 : i64
  %2 = arith.trunci %1 : i64 to i32
  %3 = arith.addi %exponent, %shift : i32
  %none = arith.cmpi eq, %mantissa, %zero64 : i64
  %e = arith.select %none, %zero, %3 : i32
  return %2, %e : i32, i32
}

// The state (m, e) after a step towards the fresh norm (step 3).
func.func private @eoq_move_norm(%m: i32, %e: i32, %fresh_m: i32, %fresh_e: i32, %step: i32) -> (i32, i32) {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %c32 = arith.constant 32 : i32
  %first = arith.cmpi eq, %m, %zero : i32
  %e1 = arith.select %first, %fresh_e, %e : i32
  %nothing = arith.cmpi eq, %fresh_m, %zero : i32
  %e2 = arith.select %nothing, %e1, %fresh_e : i32
  %top = arith.maxsi %e1, %e2 : i32
  %d1 = arith.subi %top, %e1 : i32
  %s1 = arith.minsi %d1, %c31 : i32
  %d2 = arith.subi %top, %e2 : i32
  %s2 = arith.minsi %d2, %c31 : i32
  %from = arith.shrui %m, %s1 : i32
  %to = arith.shrui %fresh_m, %s2 : i32
  %t = arith.addi %step, %one : i32
  %window = arith.minsi %t, %c32 : i32
  %distance = arith.subi %to, %from : i32
  %part = arith.divsi %distance, %window : i32
  %moved = arith.addi %from, %part : i32
  %wide = arith.extui %moved : i32 to i64
  %m2, %e3 = call @eoq_normalize(%wide, %top) : (i64, i32) -> (i32, i32)
  return %m2, %e3 : i32, i32
}

// The larger of two norms.
func.func private @eoq_larger_norm(%m1: i32, %e1: i32, %m2: i32, %e2: i32) -> (i32, i32) {
  %zero = arith.constant 0 : i32
  %none1 = arith.cmpi eq, %m1, %zero : i32
  %some1 = arith.cmpi ne, %m1, %zero : i32
  %some2 = arith.cmpi ne, %m2, %zero : i32
  %more_e = arith.cmpi sgt, %e2, %e1 : i32
  %same_e = arith.cmpi eq, %e2, %e1 : i32
  %more_m = arith.cmpi sgt, %m2, %m1 : i32
  %0 = arith.andi %same_e, %more_m : i1
  %1 = arith.ori %more_e, %0 : i1
  %2 = arith.andi %some1, %1 : i1
  %3 = arith.andi %some2, %2 : i1
  %4 = arith.ori %none1, %3 : i1
  %m = arith.select %4, %m2, %m1 : i32
  %e = arith.select %4, %e2, %e1 : i32
  return %m, %e : i32, i32
}

// The two shifts of one term of an exact sum in 64 bits: left (at most 40 bits
// wide results), and right with rounding.
func.func private @eoq_align_i64(%v: i64, %shift: i32) -> i64 {
  %zero = arith.constant 0 : i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  %result = scf.if %right -> i64 {
    %0 = func.call @eoq_shift_right_nearest_i64(%v, %shift) : (i64, i32) -> i64
    scf.yield %0 : i64
  } else {
    %k = arith.subi %zero, %shift : i32
    %k64 = arith.extsi %k : i32 to i64
    %0 = arith.shli %v, %k64 : i64
    scf.yield %0 : i64
  }
  return %result : i64
}
