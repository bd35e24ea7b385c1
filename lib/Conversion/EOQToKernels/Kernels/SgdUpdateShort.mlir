//===- SgdUpdateShort.mlir - SGD of 16-bit parameters in 32 bits (N16) ----===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// What SgdUpdate.mlir calls where 32 bits suffice (decided once for a parameter):
// steps 1, 2, 4 and 5 in vectors of 16 elements, of the first n elements of a
// parameter, n a multiple of 16.

// The sums of step 1 of 16 elements, |sum| < 2^31 - 2^29, as Pairs.mlir orders them.
// A term's shift is a left one of few bits, so it is a factor: `by` has those of
// gradient and momentum, `by_m` has that of the parameter (and 0), and `before` is
// the part of the gradient's that 15 bits do not hold.
func.func private @eoq_update_sums_short(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %i: index, %before: vector<16xi16>, %by: vector<16xi16>, %by_m: vector<16xi16>, %decays: i1) -> (vector<8xi32>, vector<8xi32>) {
  %none = arith.constant dense<0> : vector<8xi32>
  %nothing = arith.constant dense<0> : vector<16xi16>
  %q_g = vector.load %g[%i] : memref<?xi8>, vector<16xi8>
  %w_g = arith.extsi %q_g : vector<16xi8> to vector<16xi16>
  %a_g = arith.muli %w_g, %before : vector<16xi16>
  %q_v = vector.load %v[%i] : memref<?xi16>, vector<16xi16>
  %p0, %p1 = func.call @eoq_pairs(%a_g, %q_v) : (vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
  %s0 = eoq.dot_accumulate %none, %p0, %by : vector<8xi32>, vector<16xi16>
  %s1 = eoq.dot_accumulate %none, %p1, %by : vector<8xi32>, vector<16xi16>
  %sum0, %sum1 = scf.if %decays -> (vector<8xi32>, vector<8xi32>) {
    %q_m = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
    %m0, %m1 = func.call @eoq_pairs(%q_m, %nothing) : (vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
    %d0 = eoq.dot_accumulate %s0, %m0, %by_m : vector<8xi32>, vector<16xi16>
    %d1 = eoq.dot_accumulate %s1, %m1, %by_m : vector<8xi32>, vector<16xi16>
    scf.yield %d0, %d1 : vector<8xi32>, vector<8xi32>
  } else {
    scf.yield %s0, %s1 : vector<8xi32>, vector<8xi32>
  }
  return %sum0, %sum1 : vector<8xi32>, vector<8xi32>
}

// The three factors of that, of the shifts left_g <= 21, left_m <= 13 and of
// momentum * 2^shift, all of 15 bits.
func.func private @eoq_update_factors_short(%left_g: i32, %by_v: i32, %left_m: i32) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>) {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c14 = arith.constant 14 : i32
  %after = arith.minsi %left_g, %c14 : i32
  %before = arith.subi %left_g, %after : i32
  %factor_before = arith.shli %one, %before : i32
  %factor_g = arith.shli %one, %after : i32
  %factor_m = arith.shli %one, %left_m : i32
  %0 = call @eoq_pair_splat(%factor_before, %factor_before) : (i32, i32) -> vector<16xi16>
  %1 = call @eoq_pair_splat(%factor_g, %by_v) : (i32, i32) -> vector<16xi16>
  %2 = call @eoq_pair_splat(%factor_m, %zero) : (i32, i32) -> vector<16xi16>
  return %0, %1, %2 : vector<16xi16>, vector<16xi16>, vector<16xi16>
}

// eoq_update_max_i16.
func.func private @eoq_update_max_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %n: index, %left_g: i32, %by_v: i32, %left_m: i32, %decays: i1) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %zero = arith.constant 0 : i32
  %none = arith.constant dense<0> : vector<8xi32>
  %partial = memref.alloca() : memref<64xi32>
  %before, %by, %by_m = call @eoq_update_factors_short(%left_g, %by_v, %left_m) : (i32, i32, i32) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>)
  %share = call @eoq_part_size(%n) : (index) -> index
  %parts = call @eoq_part_count(%n, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %high, %low = scf.for %i = %begin to %end step %lanes iter_args(%most = %none, %least = %none) -> (vector<8xi32>, vector<8xi32>) {
      %s0, %s1 = func.call @eoq_update_sums_short(%m, %v, %g, %i, %before, %by, %by_m, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, i1) -> (vector<8xi32>, vector<8xi32>)
      %0 = arith.maxsi %s0, %s1 : vector<8xi32>
      %1 = arith.maxsi %most, %0 : vector<8xi32>
      %2 = arith.minsi %s0, %s1 : vector<8xi32>
      %3 = arith.minsi %least, %2 : vector<8xi32>
      scf.yield %1, %3 : vector<8xi32>, vector<8xi32>
    }
    %negated = arith.subi %none, %low : vector<8xi32>
    %both = arith.maxsi %high, %negated : vector<8xi32>
    %largest = vector.reduction <maxsi>, %both : vector<8xi32> into i32
    memref.store %largest, %partial[%part] : memref<64xi32>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %zero) -> (i32) {
    %value = memref.load %partial[%part] : memref<64xi32>
    %new = arith.maxsi %acc, %value : i32
    scf.yield %new : i32
  }
  %result = arith.extsi %total : i32 to i64
  return %result : i64
}

// The sums of 16 elements, shifted by 1..16 bits: `drop` is 32 less that.
func.func private @eoq_update_shift_short(%s: vector<8xi32>, %h0: vector<8xi32>, %drop: vector<8xi32>, %shift: vector<8xi32>) -> vector<8xi32> {
  %h = call @eoq_hash_upper(%h0) : (vector<8xi32>) -> vector<8xi32>
  %addend = arith.shrui %h, %drop : vector<8xi32>
  %sum = arith.addi %s, %addend : vector<8xi32>
  %w = arith.shrsi %sum, %shift : vector<8xi32>
  return %w : vector<8xi32>
}

// eoq_update_momentum_i16 for a shift of 1..16 bits.
func.func private @eoq_update_momentum_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %n: index, %left_g: i32, %by_v: i32, %left_m: i32, %decays: i1, %shift: i32, %k: i32) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %zero = arith.constant 0 : i64
  %c32 = arith.constant 32 : i32
  %limit = arith.constant 32767 : i32
  %none = arith.constant dense<0> : vector<16xi16>
  %partial = memref.alloca() : memref<64xi64>
  %before, %by, %by_m = call @eoq_update_factors_short(%left_g, %by_v, %left_m) : (i32, i32, i32) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>)
  %drop = arith.subi %c32, %shift : i32
  %vdrop = vector.broadcast %drop : i32 to vector<8xi32>
  %vshift = vector.broadcast %shift : i32 to vector<8xi32>
  %share = call @eoq_part_size(%n) : (index) -> index
  %parts = call @eoq_part_count(%n, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %start0, %start1 = func.call @eoq_hash_start(%begin, %k) : (index, i32) -> (vector<8xi32>, vector<8xi32>)
    %high, %low, %end0, %end1 = scf.for %i = %begin to %end step %lanes iter_args(%most = %none, %least = %none, %h0 = %start0, %h1 = %start1) -> (vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>) {
      %s0, %s1 = func.call @eoq_update_sums_short(%m, %v, %g, %i, %before, %by, %by_m, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, i1) -> (vector<8xi32>, vector<8xi32>)
      %w0 = func.call @eoq_update_shift_short(%s0, %h0, %vdrop, %vshift) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
      %w1 = func.call @eoq_update_shift_short(%s1, %h1, %vdrop, %vshift) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
      %new = func.call @eoq_join_clamped(%w0, %w1, %limit) : (vector<8xi32>, vector<8xi32>, i32) -> vector<16xi16>
      vector.store %new, %v[%i] : memref<?xi16>, vector<16xi16>
      %0 = arith.maxsi %most, %new : vector<16xi16>
      %1 = arith.minsi %least, %new : vector<16xi16>
      %next0 = func.call @eoq_hash_next(%h0) : (vector<8xi32>) -> vector<8xi32>
      %next1 = func.call @eoq_hash_next(%h1) : (vector<8xi32>) -> vector<8xi32>
      scf.yield %0, %1, %next0, %next1 : vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>
    }
    %largest = func.call @eoq_magnitude_of_range(%high, %low) : (vector<16xi16>, vector<16xi16>) -> i64
    memref.store %largest, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %zero) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.maxsi %acc, %value : i64
    scf.yield %new : i64
  }
  return %total : i64
}

// The update (step 4) of eight elements before its last clamp. Of a product's shift s
// only 17 bits need a sum: all before, `first` = max(s - 17, 0), are below those of
// the random addend (N2), so they are cut off. Of 17 bits or more the addend is R and
// half of a unit (`half` = 1), else the upper bits of R; `drop` is 32 less
// `second` = min(s, 17). Where the factor has more than 15 bits (`wide`) they are a
// factor of their own, by_high, and their product's shift is `up` = 15 - first.
func.func private @eoq_update_step_short(%pairs: vector<16xi16>, %h0: vector<8xi32>, %wide: i1, %by_low: vector<16xi16>, %by_high: vector<16xi16>, %first: vector<8xi32>, %up: vector<8xi32>, %drop: vector<8xi32>, %half: vector<8xi32>, %second: vector<8xi32>) -> vector<8xi32> {
  %none = arith.constant dense<0> : vector<8xi32>
  %low = eoq.dot_accumulate %none, %pairs, %by_low : vector<8xi32>, vector<16xi16>
  %p = scf.if %wide -> (vector<8xi32>) {
    %0 = arith.shrsi %low, %first : vector<8xi32>
    %high = eoq.dot_accumulate %none, %pairs, %by_high : vector<8xi32>, vector<16xi16>
    %1 = arith.shli %high, %up : vector<8xi32>
    %2 = arith.addi %0, %1 : vector<8xi32>
    scf.yield %2 : vector<8xi32>
  } else {
    scf.yield %low : vector<8xi32>
  }
  %h = func.call @eoq_hash_upper(%h0) : (vector<8xi32>) -> vector<8xi32>
  %r = arith.shrui %h, %drop : vector<8xi32>
  %addend = arith.ori %r, %half : vector<8xi32>
  %sum = arith.addi %p, %addend : vector<8xi32>
  %u = arith.shrsi %sum, %second : vector<8xi32>
  return %u : vector<8xi32>
}

// Whether eoq_subtract_update_short_i16 can do it: then what is subtracted fits 16
// bits, and so do the sums on the way there.
func.func private @eoq_subtracts_short(%factor: i64, %shift_u: i32, %shift: i32) -> i1 {
  %zero = arith.constant 0 : i32
  %zero64 = arith.constant 0 : i64
  %c32 = arith.constant 32 : i32
  %limit = arith.constant 0x40000000 : i64
  %most_left = arith.constant -8 : i32
  %most_right = arith.constant 14 : i32
  %positive = arith.cmpi sgt, %factor, %zero64 : i64
  %small = arith.cmpi slt, %factor, %limit : i64
  %shifts_u = arith.cmpi sgt, %shift_u, %zero : i32
  %near_u = arith.cmpi sle, %shift_u, %c32 : i32
  %near_left = arith.cmpi sge, %shift, %most_left : i32
  %near_right = arith.cmpi sle, %shift, %most_right : i32
  %0 = arith.andi %positive, %small : i1
  %1 = arith.andi %shifts_u, %near_u : i1
  %2 = arith.andi %near_left, %near_right : i1
  %3 = arith.andi %0, %1 : i1
  %short = arith.andi %2, %3 : i1
  return %short : i1
}

// What steps 4 and 5 subtract from 16 elements of M, for momenta q_v and hashes that
// begin with u0, u1 for the one step, m0, m1 for the other.
func.func private @eoq_update_change_short(%q_v: vector<16xi16>, %factor: i32, %shift_u: i32, %shift: i32, %h0: vector<8xi32>, %h1: vector<8xi32>, %m0: vector<8xi32>, %m1: vector<8xi32>) -> vector<16xi16> {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c15 = arith.constant 15 : i32
  %c16 = arith.constant 16 : i32
  %c17 = arith.constant 17 : i32
  %c32 = arith.constant 32 : i32
  %lower = arith.constant 0x7FFF : i32
  %limit = arith.constant 127 : i32
  %nothing = arith.constant dense<0> : vector<16xi16>
  // Step 4.
  %factor_low = arith.andi %factor, %lower : i32
  %factor_high = arith.shrui %factor, %c15 : i32
  %by_low = call @eoq_pair_splat(%factor_low, %zero) : (i32, i32) -> vector<16xi16>
  %by_high = call @eoq_pair_splat(%factor_high, %zero) : (i32, i32) -> vector<16xi16>
  %second = arith.minsi %shift_u, %c17 : i32
  %first = arith.subi %shift_u, %second : i32
  %up = arith.subi %c15, %first : i32
  %drop = arith.subi %c32, %second : i32
  %long = arith.cmpi eq, %second, %c17 : i32
  %half = arith.extui %long : i1 to i32
  %more = arith.ori %factor_high, %first : i32
  %wide = arith.cmpi ne, %more, %zero : i32
  %vfirst = vector.broadcast %first : i32 to vector<8xi32>
  %vup = vector.broadcast %up : i32 to vector<8xi32>
  %vdrop = vector.broadcast %drop : i32 to vector<8xi32>
  %vhalf = vector.broadcast %half : i32 to vector<8xi32>
  %vsecond = vector.broadcast %second : i32 to vector<8xi32>
  // Step 5.
  %rounds = arith.cmpi sgt, %shift, %zero : i32
  %right = arith.maxsi %shift, %one : i32
  %rest = arith.subi %c16, %right : i32
  %rest16 = arith.trunci %rest : i32 to i16
  %shift16 = arith.trunci %right : i32 to i16
  %negated = arith.subi %zero, %shift : i32
  %left = arith.maxsi %negated, %zero : i32
  %left_factor = arith.shli %one, %left : i32
  %left16 = arith.trunci %left_factor : i32 to i16
  %vrest = vector.broadcast %rest16 : i16 to vector<16xi16>
  %vshift = vector.broadcast %shift16 : i16 to vector<16xi16>
  %vleft = vector.broadcast %left16 : i16 to vector<16xi16>
  %p0, %p1 = call @eoq_pairs(%q_v, %nothing) : (vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
  %u0 = call @eoq_update_step_short(%p0, %h0, %wide, %by_low, %by_high, %vfirst, %vup, %vdrop, %vhalf, %vsecond) : (vector<16xi16>, vector<8xi32>, i1, vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
  %u1 = call @eoq_update_step_short(%p1, %h1, %wide, %by_low, %by_high, %vfirst, %vup, %vdrop, %vhalf, %vsecond) : (vector<16xi16>, vector<8xi32>, i1, vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
  %u = func.call @eoq_join_clamped(%u0, %u1, %limit) : (vector<8xi32>, vector<8xi32>, i32) -> vector<16xi16>
  %change = scf.if %rounds -> (vector<16xi16>) {
    %r0 = func.call @eoq_hash_upper(%m0) : (vector<8xi32>) -> vector<8xi32>
    %r1 = func.call @eoq_hash_upper(%m1) : (vector<8xi32>) -> vector<8xi32>
    %r = func.call @eoq_join_upper(%r0, %r1) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
    %addend = arith.shrui %r, %vrest : vector<16xi16>
    %sum = arith.addi %u, %addend : vector<16xi16>
    %0 = arith.shrsi %sum, %vshift : vector<16xi16>
    scf.yield %0 : vector<16xi16>
  } else {
    %0 = arith.muli %u, %vleft : vector<16xi16>
    scf.yield %0 : vector<16xi16>
  }
  return %change : vector<16xi16>
}

// eoq_subtract_update_i16 where eoq_subtracts_short says so.
func.func private @eoq_subtract_update_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %n: index, %factor: i32, %shift_u: i32, %shift: i32, %k_u: i32, %k_m: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %between = arith.subi %k_m, %k_u : i32
  %vbetween = vector.broadcast %between : i32 to vector<8xi32>
  %share = call @eoq_part_size(%n) : (index) -> index
  %parts = call @eoq_part_count(%n, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %start0, %start1 = func.call @eoq_hash_start(%begin, %k_u) : (index, i32) -> (vector<8xi32>, vector<8xi32>)
    %end0, %end1 = scf.for %i = %begin to %end step %lanes iter_args(%h0 = %start0, %h1 = %start1) -> (vector<8xi32>, vector<8xi32>) {
      %q_v = vector.load %v[%i] : memref<?xi16>, vector<16xi16>
      %m0 = arith.addi %h0, %vbetween : vector<8xi32>
      %m1 = arith.addi %h1, %vbetween : vector<8xi32>
      %change = func.call @eoq_update_change_short(%q_v, %factor, %shift_u, %shift, %h0, %h1, %m0, %m1) : (vector<16xi16>, i32, i32, i32, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<16xi16>
      %q_m = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
      %new = func.call @eoq_center_vector(%q_m, %change) : (vector<16xi16>, vector<16xi16>) -> vector<16xi16>
      vector.store %new, %m[%i] : memref<?xi16>, vector<16xi16>
      %next0 = func.call @eoq_hash_next(%h0) : (vector<8xi32>) -> vector<8xi32>
      %next1 = func.call @eoq_hash_next(%h1) : (vector<8xi32>) -> vector<8xi32>
      scf.yield %next0, %next1 : vector<8xi32>, vector<8xi32>
    }
  }
  return
}
