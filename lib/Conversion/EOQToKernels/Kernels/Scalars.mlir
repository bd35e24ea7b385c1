//===- Scalars.mlir - shifts, exponents and random numbers ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Small functions; LLVM inlines them into the loops of the other files.

// Key of the random numbers of one step (N5).
func.func private @eoq_random_key(%seed: i32, %step: i32) -> i32 {
  %a = arith.constant 0x9E3779B1 : i32
  %b = arith.constant 0xC2B2AE3D : i32
  %x = arith.muli %step, %a : i32
  %y = arith.muli %seed, %b : i32
  %key = arith.addi %x, %y : i32
  return %key : i32
}

// Key of a site (N5).
func.func private @eoq_site_key(%key: i32, %site: i32) -> i32 {
  %a = arith.constant 0x85EBCA77 : i32
  %x = arith.muli %site, %a : i32
  %k = arith.addi %key, %x : i32
  return %k : i32
}

// The hash of element i at a site with key k (N5).
func.func private @eoq_hash(%i: i32, %k: i32) -> i32 {
  %a = arith.constant 0x9E3779B1 : i32
  %0 = arith.muli %i, %a : i32
  %1 = arith.addi %0, %k : i32
  %2 = call @eoq_mix(%1) : (i32) -> i32
  return %2 : i32
}

// What the hash does after its first sum.
func.func private @eoq_mix(%h: i32) -> i32 {
  %b = arith.constant 0x85EBCA6B : i32
  %c = arith.constant 0xC2B2AE35 : i32
  %c13 = arith.constant 13 : i32
  %c16 = arith.constant 16 : i32
  %0 = arith.shrui %h, %c16 : i32
  %1 = arith.xori %h, %0 : i32
  %2 = arith.muli %1, %b : i32
  %3 = arith.shrui %2, %c13 : i32
  %4 = arith.xori %2, %3 : i32
  %5 = arith.muli %4, %c : i32
  %6 = arith.shrui %5, %c16 : i32
  %7 = arith.xori %5, %6 : i32
  return %7 : i32
}

// R of N5, in [0, 2^16).
func.func private @eoq_random(%i: i32, %k: i32) -> i32 {
  %c16 = arith.constant 16 : i32
  %h = call @eoq_hash(%i, %k) : (i32, i32) -> i32
  %r = arith.shrui %h, %c16 : i32
  return %r : i32
}

// bitlen(m) for m >= 0.
func.func private @eoq_bit_length(%m: i64) -> i32 {
  %c64 = arith.constant 64 : i64
  %zeros = math.ctlz %m : i64
  %length = arith.subi %c64, %zeros : i64
  %result = arith.trunci %length : i64 to i32
  return %result : i32
}

// s of N3 for the largest magnitude m.
func.func private @eoq_exponent_shift(%m: i64, %bits: i32, %round: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %length = call @eoq_bit_length(%m) : (i64) -> i32
  %magnitude = arith.subi %bits, %c1 : i32
  %ceil = arith.subi %length, %magnitude : i32
  // The bit below the leading one; if it is 0, the top bits are 10.
  %below = arith.subi %length, %c2 : i32
  %place = arith.maxsi %below, %c0 : i32
  %place64 = arith.extui %place : i32 to i64
  %shifted = arith.shrui %m, %place64 : i64
  %low = arith.trunci %shifted : i64 to i32
  %second = arith.andi %low, %c1 : i32
  %two = arith.cmpi sge, %below, %c0 : i32
  %zero = arith.cmpi eq, %second, %c0 : i32
  %wanted = arith.cmpi ne, %round, %c0 : i32
  %0 = arith.andi %two, %zero : i1
  %down = arith.andi %0, %wanted : i1
  %less = arith.extui %down : i1 to i32
  %s = arith.subi %ceil, %less : i32
  %result = arith.maxsi %s, %c0 : i32
  return %result : i32
}

// N4 with a previous exponent: the exponent of the output, and what is stored.
func.func private @eoq_previous_exponent(%m: i64, %exact: i32, %previous: i32) -> (i32, i32) {
  %none = arith.constant 0x80000000 : i32
  %c0 = arith.constant 0 : i64
  %first = arith.cmpi eq, %previous, %none : i32
  %out = arith.select %first, %exact, %previous : i32
  %seen = arith.cmpi sgt, %m, %c0 : i64
  %stored = arith.select %seen, %exact, %previous : i32
  return %out, %stored : i32, i32
}

// The exponent of an aligned sum (N8).
func.func private @eoq_aligned_exponent(%e1: i32, %b1: i32, %e2: i32, %b2: i32) -> i32 {
  %c29 = arith.constant 29 : i32
  %top1 = arith.addi %e1, %b1 : i32
  %top2 = arith.addi %e2, %b2 : i32
  %top = arith.maxsi %top1, %top2 : i32
  %low = arith.minsi %e1, %e2 : i32
  %least = arith.subi %top, %c29 : i32
  %e = arith.maxsi %low, %least : i32
  return %e : i32
}

// floor((v + 2^(s-1)) / 2^s) for s > 0 and |v| < 2^62.
func.func private @eoq_shift_right_nearest_i64(%v: i64, %s: i32) -> i64 {
  %c1 = arith.constant 1 : i64
  %c63 = arith.constant 63 : i64
  %s64 = arith.extsi %s : i32 to i64
  %whole = arith.minsi %s64, %c63 : i64
  %half = arith.subi %whole, %c1 : i64
  %0 = arith.shrsi %v, %whole : i64
  %1 = arith.shrsi %v, %half : i64
  %2 = arith.andi %1, %c1 : i64
  %3 = arith.addi %0, %2 : i64
  return %3 : i64
}

// v * 2^k for k >= 0, saturated to 2^31 - 1 (N2).
func.func private @eoq_shift_left_i64(%v: i64, %k: i32) -> i64 {
  %max = arith.constant 2147483647 : i64
  %min = arith.constant -2147483647 : i64
  %c31 = arith.constant 31 : i32
  %0 = arith.minsi %v, %max : i64
  %1 = arith.maxsi %0, %min : i64
  %2 = arith.minsi %k, %c31 : i32
  %3 = arith.extsi %2 : i32 to i64
  %4 = arith.shli %1, %3 : i64
  %5 = arith.minsi %4, %max : i64
  %6 = arith.maxsi %5, %min : i64
  return %6 : i64
}

// shift(v, s, nearest) of N2 for |v| < 2^62.
func.func private @eoq_shift_nearest_i64(%v: i64, %s: i32) -> i64 {
  %c0 = arith.constant 0 : i32
  %right = arith.cmpi sgt, %s, %c0 : i32
  %result = scf.if %right -> i64 {
    %0 = func.call @eoq_shift_right_nearest_i64(%v, %s) : (i64, i32) -> i64
    scf.yield %0 : i64
  } else {
    %k = arith.subi %c0, %s : i32
    %0 = func.call @eoq_shift_left_i64(%v, %k) : (i64, i32) -> i64
    scf.yield %0 : i64
  }
  return %result : i64
}

// A bound m * 2^x of a clip at exponent e (N9).
func.func private @eoq_clip_bound(%m: i32, %x: i32, %e: i32) -> i32 {
  %s = arith.subi %e, %x : i32
  %wide = arith.extsi %m : i32 to i64
  %0 = call @eoq_shift_nearest_i64(%wide, %s) : (i64, i32) -> i64
  %1 = arith.trunci %0 : i64 to i32
  return %1 : i32
}

// The addend of a stochastic shift by s in 1..40 (N2): floor((v + addend) / 2^s).
func.func private @eoq_stochastic_addend_i64(%r: i32, %s: i32) -> i64 {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c16 = arith.constant 16 : i64
  %c17 = arith.constant 17 : i64
  %r64 = arith.extui %r : i32 to i64
  %s64 = arith.extsi %s : i32 to i64
  %over = arith.subi %s64, %c16 : i64
  %up = arith.maxsi %over, %c0 : i64
  %under = arith.subi %c16, %s64 : i64
  %down = arith.maxsi %under, %c0 : i64
  %0 = arith.shrui %r64, %down : i64
  %1 = arith.shli %0, %up : i64
  %2 = arith.subi %s64, %c17 : i64
  %3 = arith.maxsi %2, %c0 : i64
  %4 = arith.shli %c1, %3 : i64
  %long = arith.cmpi sgt, %up, %c0 : i64
  %half = arith.select %long, %4, %c0 : i64
  %addend = arith.addi %1, %half : i64
  return %addend : i64
}

// shift(v, s, stochastic) of N2 for s > 0, |v| < 2^62.
func.func private @eoq_shift_right_stochastic_i64(%v: i64, %r: i32, %s: i32) -> i64 {
  %c40 = arith.constant 40 : i32
  %least = arith.minsi %s, %c40 : i32
  %addend = call @eoq_stochastic_addend_i64(%r, %least) : (i32, i32) -> i64
  %s64 = arith.extsi %least : i32 to i64
  %0 = arith.addi %v, %addend : i64
  %1 = arith.shrsi %0, %s64 : i64
  return %1 : i64
}

// The same for s in 1..31, in 32 bits: the low part and the addend do not
// overflow an unsigned number.
func.func private @eoq_shift_right_stochastic_i32(%v: i32, %r: i32, %s: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c16 = arith.constant 16 : i32
  %c17 = arith.constant 17 : i32
  %over = arith.subi %s, %c16 : i32
  %up = arith.maxsi %over, %c0 : i32
  %under = arith.subi %c16, %s : i32
  %down = arith.maxsi %under, %c0 : i32
  %0 = arith.shrui %r, %down : i32
  %1 = arith.shli %0, %up : i32
  %2 = arith.subi %s, %c17 : i32
  %3 = arith.maxsi %2, %c0 : i32
  %4 = arith.shli %c1, %3 : i32
  %long = arith.cmpi sgt, %up, %c0 : i32
  %half = arith.select %long, %4, %c0 : i32
  %addend = arith.addi %1, %half : i32
  %one = arith.shli %c1, %s : i32
  %mask = arith.subi %one, %c1 : i32
  %low = arith.andi %v, %mask : i32
  %sum = arith.addi %low, %addend : i32
  %carry = arith.shrui %sum, %s : i32
  %whole = arith.shrsi %v, %s : i32
  %result = arith.addi %whole, %carry : i32
  return %result : i32
}

// floor((v + 2^(s-1)) / 2^s) with whole = min(s, 31), half = min(s - 1, 31).
func.func private @eoq_shift_right_nearest_i32(%v: i32, %whole: i32, %half: i32) -> i32 {
  %c1 = arith.constant 1 : i32
  %0 = arith.shrsi %v, %whole : i32
  %1 = arith.shrsi %v, %half : i32
  %2 = arith.andi %1, %c1 : i32
  %3 = arith.addi %0, %2 : i32
  return %3 : i32
}

// v * 2^k for k >= 0, right after a clamp to 16 bits or less.
func.func private @eoq_shift_left_clamped_i32(%v: i32, %k: i32) -> i32 {
  %max = arith.constant 65535 : i32
  %min = arith.constant -65535 : i32
  %c15 = arith.constant 15 : i32
  %0 = arith.minsi %v, %max : i32
  %1 = arith.maxsi %0, %min : i32
  %2 = arith.minsi %k, %c15 : i32
  %3 = arith.shli %1, %2 : i32
  return %3 : i32
}

// shift(v, s, stochastic) for any s, saturated.
func.func private @eoq_shift_stochastic_i64(%v: i64, %r: i32, %s: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %right = arith.cmpi sgt, %s, %c0 : i32
  %wide = scf.if %right -> i64 {
    %0 = func.call @eoq_shift_right_stochastic_i64(%v, %r, %s) : (i64, i32, i32) -> i64
    scf.yield %0 : i64
  } else {
    %k = arith.subi %c0, %s : i32
    %0 = func.call @eoq_shift_left_i64(%v, %k) : (i64, i32) -> i64
    scf.yield %0 : i64
  }
  %result = call @eoq_saturate(%wide) : (i64) -> i32
  return %result : i32
}

// The same for 32-bit numbers.
func.func private @eoq_shift_stochastic_i32(%v: i32, %r: i32, %s: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c31 = arith.constant 31 : i32
  %positive = arith.cmpi sgt, %s, %c0 : i32
  %small = arith.cmpi sle, %s, %c31 : i32
  %short = arith.andi %positive, %small : i1
  %result = scf.if %short -> i32 {
    %0 = func.call @eoq_shift_right_stochastic_i32(%v, %r, %s) : (i32, i32, i32) -> i32
    scf.yield %0 : i32
  } else {
    %wide = arith.extsi %v : i32 to i64
    %0 = func.call @eoq_shift_stochastic_i64(%wide, %r, %s) : (i64, i32, i32) -> i32
    scf.yield %0 : i32
  }
  return %result : i32
}
