//===- SgdUpdateShort.mlir - SGD of 16-bit parameters in 32 bits (N16) ----===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// What SgdUpdate.mlir calls where 32 bits suffice (decided once for a parameter):
// steps 1, 2, 4 and 5 in vectors of 16 elements. The term of a sum is then a
// product: its shift is a left one of few bits.

// The sums of step 1 of 16 elements: |sum| < 2^31 - 2^29.
func.func private @eoq_update_sums_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %i: index, %by_g: vector<16xi32>, %by_v: vector<16xi32>, %by_m: vector<16xi32>) -> vector<16xi32> {
  %q_g = vector.load %g[%i] : memref<?xi8>, vector<16xi8>
  %w_g = arith.extsi %q_g : vector<16xi8> to vector<16xi32>
  %a_g = arith.muli %w_g, %by_g : vector<16xi32>
  %q_v = vector.load %v[%i] : memref<?xi16>, vector<16xi16>
  %w_v = arith.extsi %q_v : vector<16xi16> to vector<16xi32>
  %a_v = arith.muli %w_v, %by_v : vector<16xi32>
  %q_m = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
  %w_m = arith.extsi %q_m : vector<16xi16> to vector<16xi32>
  %a_m = arith.muli %w_m, %by_m : vector<16xi32>
  %s = arith.addi %a_g, %a_v : vector<16xi32>
  %sum = arith.addi %s, %a_m : vector<16xi32>
  return %sum : vector<16xi32>
}

// The hash of N5 after its first sum, but for its last step: that does not change
// the upper half, which is R.
func.func private @eoq_mix_upper(%h: vector<16xi32>) -> vector<16xi32> {
  %second = arith.constant dense<0x85EBCA6B> : vector<16xi32>
  %third = arith.constant dense<0xC2B2AE35> : vector<16xi32>
  %c13 = arith.constant dense<13> : vector<16xi32>
  %c16 = arith.constant dense<16> : vector<16xi32>
  %0 = arith.shrui %h, %c16 : vector<16xi32>
  %1 = arith.xori %h, %0 : vector<16xi32>
  %2 = arith.muli %1, %second : vector<16xi32>
  %3 = arith.shrui %2, %c13 : vector<16xi32>
  %4 = arith.xori %2, %3 : vector<16xi32>
  %5 = arith.muli %4, %third : vector<16xi32>
  return %5 : vector<16xi32>
}

// The first sum of the hash of elements first .. first + 15 at a site with key k.
func.func private @eoq_hash_start(%first: index, %k: i32) -> vector<16xi32> {
  %a = arith.constant 0x9E3779B1 : i32
  %va = arith.constant dense<0x9E3779B1> : vector<16xi32>
  %lane = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]> : vector<16xi32>
  %number = arith.index_cast %first : index to i32
  %0 = arith.muli %number, %a : i32
  %1 = arith.addi %0, %k : i32
  %2 = vector.broadcast %1 : i32 to vector<16xi32>
  %3 = arith.muli %lane, %va : vector<16xi32>
  %4 = arith.addi %2, %3 : vector<16xi32>
  return %4 : vector<16xi32>
}

// eoq_update_max_i16 of the first n elements, n a multiple of 16.
func.func private @eoq_update_max_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %n: index, %by_g: i32, %by_v: i32, %by_m: i32) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %c1023 = arith.constant 1023 : index
  %c1024 = arith.constant 1024 : index
  %parts = arith.constant 64 : index
  %zero = arith.constant 0 : i32
  %none = arith.constant dense<0> : vector<16xi32>
  %partial = memref.alloca() : memref<64xi32>
  // Whole vectors for each part.
  %up = arith.addi %n, %c1023 : index
  %vectors = arith.divui %up, %c1024 : index
  %share = arith.muli %vectors, %lanes : index
  %vg = vector.broadcast %by_g : i32 to vector<16xi32>
  %vv = vector.broadcast %by_v : i32 to vector<16xi32>
  %vm = vector.broadcast %by_m : i32 to vector<16xi32>
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %first = arith.muli %part, %share : index
    %begin = arith.minui %first, %n : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %most = scf.for %i = %begin to %end step %lanes iter_args(%acc = %none) -> (vector<16xi32>) {
      %s = func.call @eoq_update_sums_short_i16(%m, %v, %g, %i, %vg, %vv, %vm) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, vector<16xi32>, vector<16xi32>, vector<16xi32>) -> vector<16xi32>
      %a = math.absi %s : vector<16xi32>
      %new = arith.maxsi %acc, %a : vector<16xi32>
      scf.yield %new : vector<16xi32>
    }
    %largest = vector.reduction <maxsi>, %most : vector<16xi32> into i32
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

// eoq_update_momentum_i16 of the first n elements, n a multiple of 16, for a shift
// in 1..16.
func.func private @eoq_update_momentum_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %n: index, %by_g: i32, %by_v: i32, %by_m: i32, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 16384 : index
  %c32 = arith.constant 32 : i32
  %vmax = arith.constant dense<32767> : vector<16xi32>
  %vmin = arith.constant dense<-32767> : vector<16xi32>
  // 16 times the first factor of the hash.
  %advance = arith.constant dense<0xE3779B10> : vector<16xi32>
  %vg = vector.broadcast %by_g : i32 to vector<16xi32>
  %vv = vector.broadcast %by_v : i32 to vector<16xi32>
  %vm = vector.broadcast %by_m : i32 to vector<16xi32>
  %drop = arith.subi %c32, %shift : i32
  %vdrop = vector.broadcast %drop : i32 to vector<16xi32>
  %vshift = vector.broadcast %shift : i32 to vector<16xi32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %start = func.call @eoq_hash_start(%base, %k) : (index, i32) -> vector<16xi32>
    scf.for %i = %base to %end step %lanes iter_args(%h0 = %start) -> (vector<16xi32>) {
      %s = func.call @eoq_update_sums_short_i16(%m, %v, %g, %i, %vg, %vv, %vm) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, vector<16xi32>, vector<16xi32>, vector<16xi32>) -> vector<16xi32>
      %h = func.call @eoq_mix_upper(%h0) : (vector<16xi32>) -> vector<16xi32>
      %addend = arith.shrui %h, %vdrop : vector<16xi32>
      %sum = arith.addi %s, %addend : vector<16xi32>
      %w = arith.shrsi %sum, %vshift : vector<16xi32>
      %0 = arith.minsi %w, %vmax : vector<16xi32>
      %1 = arith.maxsi %0, %vmin : vector<16xi32>
      %new = arith.trunci %1 : vector<16xi32> to vector<16xi16>
      vector.store %new, %v[%i] : memref<?xi16>, vector<16xi16>
      %h1 = arith.addi %h0, %advance : vector<16xi32>
      scf.yield %h1 : vector<16xi32>
    }
  }
  return
}

// eoq_subtract_update_i16 of the first n elements, n a multiple of 16, for products
// below 2^30, shift_u in 0..30 and shift <= 30. What is subtracted needs no clamp:
// beyond 2^16 the parameter's own gives the same.
func.func private @eoq_subtract_update_short_i16(%m: memref<?xi16>, %v: memref<?xi16>, %n: index, %factor: i32, %shift_u: i32, %shift: i32, %k_u: i32, %k_m: i32) {
  %c0 = arith.constant 0 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 16384 : index
  %c32 = arith.constant 32 : i32
  %vmax_u = arith.constant dense<127> : vector<16xi32>
  %vmin_u = arith.constant dense<-127> : vector<16xi32>
  %vmax = arith.constant dense<32767> : vector<16xi32>
  %vmin = arith.constant dense<-32767> : vector<16xi32>
  %advance = arith.constant dense<0xE3779B10> : vector<16xi32>
  // The addend of a shift by s (N2) is R and half of its unit, as the upper bits of
  // a 32-bit number, shifted right by 32 - s; 0 where s is not positive.
  %zero = arith.constant 0 : i32
  %c24 = arith.constant 24 : i32
  %c31 = arith.constant 31 : i32
  %upper = arith.constant 0xFFFF0000 : i32
  %half = arith.constant 0x8000 : i32
  %positive_u = arith.cmpi sgt, %shift_u, %zero : i32
  %positive = arith.cmpi sgt, %shift, %zero : i32
  %upper_u = arith.select %positive_u, %upper, %zero : i32
  %upper_m = arith.select %positive, %upper, %zero : i32
  %half_u = arith.select %positive_u, %half, %zero : i32
  %half_m = arith.select %positive, %half, %zero : i32
  %right = arith.maxsi %shift, %zero : i32
  %far_u = arith.subi %c32, %shift_u : i32
  %drop_u = arith.minsi %far_u, %c31 : i32
  %far = arith.subi %c32, %right : i32
  %drop = arith.minsi %far, %c31 : i32
  // 127 * 2^24 is within 31 bits, and 1 * 2^24 beyond the parameter.
  %negated = arith.subi %zero, %shift : i32
  %up = arith.maxsi %negated, %zero : i32
  %left = arith.minsi %up, %c24 : i32
  %vupper_u = vector.broadcast %upper_u : i32 to vector<16xi32>
  %vupper = vector.broadcast %upper_m : i32 to vector<16xi32>
  %vhalf_u = vector.broadcast %half_u : i32 to vector<16xi32>
  %vhalf = vector.broadcast %half_m : i32 to vector<16xi32>
  %vleft = vector.broadcast %left : i32 to vector<16xi32>
  %vfactor = vector.broadcast %factor : i32 to vector<16xi32>
  %vdrop_u = vector.broadcast %drop_u : i32 to vector<16xi32>
  %vshift_u = vector.broadcast %shift_u : i32 to vector<16xi32>
  %vdrop = vector.broadcast %drop : i32 to vector<16xi32>
  %vshift = vector.broadcast %right : i32 to vector<16xi32>
  %between = arith.subi %k_m, %k_u : i32
  %vbetween = vector.broadcast %between : i32 to vector<16xi32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %start = func.call @eoq_hash_start(%base, %k_u) : (index, i32) -> vector<16xi32>
    scf.for %i = %base to %end step %lanes iter_args(%h0 = %start) -> (vector<16xi32>) {
      %q_v = vector.load %v[%i] : memref<?xi16>, vector<16xi16>
      %w_v = arith.extsi %q_v : vector<16xi16> to vector<16xi32>
      %p = arith.muli %w_v, %vfactor : vector<16xi32>
      %h_u = func.call @eoq_mix_upper(%h0) : (vector<16xi32>) -> vector<16xi32>
      %r_u = arith.andi %h_u, %vupper_u : vector<16xi32>
      %x_u = arith.ori %r_u, %vhalf_u : vector<16xi32>
      %addend_u = arith.shrui %x_u, %vdrop_u : vector<16xi32>
      %sum_u = arith.addi %p, %addend_u : vector<16xi32>
      %shifted_u = arith.shrsi %sum_u, %vshift_u : vector<16xi32>
      %below = arith.minsi %shifted_u, %vmax_u : vector<16xi32>
      %u = arith.maxsi %below, %vmin_u : vector<16xi32>
      %h0_m = arith.addi %h0, %vbetween : vector<16xi32>
      %h_m = func.call @eoq_mix_upper(%h0_m) : (vector<16xi32>) -> vector<16xi32>
      %r_m = arith.andi %h_m, %vupper : vector<16xi32>
      %x_m = arith.ori %r_m, %vhalf : vector<16xi32>
      %addend = arith.shrui %x_m, %vdrop : vector<16xi32>
      %scaled = arith.shli %u, %vleft : vector<16xi32>
      %sum = arith.addi %scaled, %addend : vector<16xi32>
      %change = arith.shrsi %sum, %vshift : vector<16xi32>
      %q_m = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
      %w_m = arith.extsi %q_m : vector<16xi16> to vector<16xi32>
      %w = arith.subi %w_m, %change : vector<16xi32>
      %0 = arith.minsi %w, %vmax : vector<16xi32>
      %1 = arith.maxsi %0, %vmin : vector<16xi32>
      %new = arith.trunci %1 : vector<16xi32> to vector<16xi16>
      vector.store %new, %m[%i] : memref<?xi16>, vector<16xi16>
      %h1 = arith.addi %h0, %advance : vector<16xi32>
      scf.yield %h1 : vector<16xi32>
    }
  }
  return
}
