//===- Initialize.mlir - random initial parameters (N17) ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// z of N17.
func.func private @eoq_normal(%i: i32, %k: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %six_steps = arith.constant 6 : index
  %six = arith.constant 6 : i32
  %c16 = arith.constant 16 : i32
  %mask = arith.constant 65535 : i32
  %mean = arith.constant -393210 : i32
  %first = arith.muli %i, %six : i32
  %z = scf.for %j = %c0 to %six_steps step %c1 iter_args(%acc = %mean) -> (i32) {
    %j32 = arith.index_cast %j : index to i32
    %number = arith.addi %first, %j32 : i32
    %h = func.call @eoq_hash(%number, %k) : (i32, i32) -> i32
    %high = arith.shrui %h, %c16 : i32
    %low = arith.andi %h, %mask : i32
    %0 = arith.addi %acc, %high : i32
    %1 = arith.addi %0, %low : i32
    scf.yield %1 : i32
  }
  return %z : i32
}

func.func private @eoq_initialize_normal_i16(%m: memref<?xi16>, %n: index, %channels: index, %e_m: i32, %mantissa: i32, %exponent: i32, %centered: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %c16 = arith.constant 16 : i32
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %0 = arith.addi %e_m, %c16 : i32
  %shift = arith.subi %0, %exponent : i32
  %factor = arith.extsi %mantissa : i32 to i64
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %index = arith.index_cast %i : index to i32
      %z = func.call @eoq_normal(%index, %k) : (i32, i32) -> i32
      %z64 = arith.extsi %z : i32 to i64
      %product = arith.muli %z64, %factor : i64
      %q = func.call @eoq_shift_nearest_i64(%product, %shift) : (i64, i32) -> i64
      %q32 = func.call @eoq_saturate(%q) : (i64) -> i32
      %v = func.call @eoq_narrow_i16(%q32) : (i32) -> i16
      memref.store %v, %m[%i] : memref<?xi16>
    }
  }
  %centers = arith.cmpi ne, %centered, %zero : i32
  scf.if %centers {
    %largest = func.call @eoq_center_i16(%m, %n, %channels) : (memref<?xi16>, index, index) -> i64
  }
  return
}

func.func private @eoq_initialize_normal_i8(%m: memref<?xi8>, %n: index, %channels: index, %e_m: i32, %mantissa: i32, %exponent: i32, %centered: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %c16 = arith.constant 16 : i32
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %0 = arith.addi %e_m, %c16 : i32
  %shift = arith.subi %0, %exponent : i32
  %factor = arith.extsi %mantissa : i32 to i64
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %index = arith.index_cast %i : index to i32
      %z = func.call @eoq_normal(%index, %k) : (i32, i32) -> i32
      %z64 = arith.extsi %z : i32 to i64
      %product = arith.muli %z64, %factor : i64
      %q = func.call @eoq_shift_nearest_i64(%product, %shift) : (i64, i32) -> i64
      %q32 = func.call @eoq_saturate(%q) : (i64) -> i32
      %v = func.call @eoq_narrow_i8(%q32) : (i32) -> i8
      memref.store %v, %m[%i] : memref<?xi8>
    }
  }
  %centers = arith.cmpi ne, %centered, %zero : i32
  scf.if %centers {
    func.call @eoq_center_i8(%m, %n, %channels) : (memref<?xi8>, index, index) -> ()
  }
  return
}

func.func private @eoq_initialize_normal_f32(%m: memref<?xf32>, %n: index, %channels: index, %stddev: f32, %centered: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %unit = arith.constant 1.52587890625e-05 : f32
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %index = arith.index_cast %i : index to i32
      %z = func.call @eoq_normal(%index, %k) : (i32, i32) -> i32
      %real = arith.sitofp %z : i32 to f32
      %q = arith.mulf %real, %unit : f32
      %v = arith.mulf %q, %stddev : f32
      memref.store %v, %m[%i] : memref<?xf32>
    }
  }
  %centers = arith.cmpi ne, %centered, %zero : i32
  scf.if %centers {
    func.call @eoq_center_f32(%m, %n, %channels) : (memref<?xf32>, index, index) -> ()
  }
  return
}
