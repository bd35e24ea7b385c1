//===- QuantizeWeight.mlir - narrowing of 16 bits to 8 (N4) ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// A weight's quantizer, at every step: in 16 bits, where the sum with half of a unit
// saturates. That changes no result: from 2^15 on, 8 bits less are clamped anyway.

// One number by a shift of any size.
func.func private @eoq_quantize_nearest_word(%q: i16, %shift: i32) -> i8 {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %v = arith.extsi %q : i16 to i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  %w = scf.if %right -> (i32) {
    %whole = arith.minsi %shift, %c31 : i32
    %less = arith.subi %shift, %one : i32
    %half = arith.minsi %less, %c31 : i32
    %0 = func.call @eoq_shift_right_nearest_i32(%v, %whole, %half) : (i32, i32, i32) -> i32
    scf.yield %0 : i32
  } else {
    %left = arith.subi %zero, %shift : i32
    %0 = func.call @eoq_shift_left_clamped_i32(%v, %left) : (i32, i32) -> i32
    scf.yield %0 : i32
  }
  %z = func.call @eoq_narrow_i8(%w) : (i32) -> i8
  return %z : i8
}

// 16 numbers, shifted by 1 to 8 bits.
func.func private @eoq_quantize_nearest_words(%q: vector<16xi16>, %half: vector<16xi16>, %shift: vector<16xi16>) -> vector<16xi16> {
  %max = arith.constant dense<127> : vector<16xi16>
  %min = arith.constant dense<-127> : vector<16xi16>
  %sum = llvm.intr.sadd.sat(%q, %half) : (vector<16xi16>, vector<16xi16>) -> vector<16xi16>
  %0 = arith.shrsi %sum, %shift : vector<16xi16>
  %1 = arith.minsi %0, %max : vector<16xi16>
  %2 = arith.maxsi %1, %min : vector<16xi16>
  return %2 : vector<16xi16>
}

func.func private @eoq_quantize_nearest_i16_i8(%x: memref<?xi16>, %out: memref<?xi8>, %n: index, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %two = arith.constant 32 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %most = arith.constant 8 : i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  %small = arith.cmpi sle, %shift, %most : i32
  %short = arith.andi %right, %small : i1
  %less = arith.subi %shift, %one : i32
  %below = arith.maxsi %less, %zero : i32
  %half = arith.shli %one, %below : i32
  %half16 = arith.trunci %half : i32 to i16
  %shift16 = arith.trunci %shift : i32 to i16
  %vhalf = vector.broadcast %half16 : i16 to vector<16xi16>
  %vshift = vector.broadcast %shift16 : i16 to vector<16xi16>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %size = arith.subi %end, %base : index
    %rest = arith.remui %size, %two : index
    %all = arith.subi %end, %rest : index
    %whole = arith.select %short, %all, %base : index
    scf.for %i = %base to %whole step %two {
      %j = arith.addi %i, %lanes : index
      %q0 = vector.load %x[%i] : memref<?xi16>, vector<16xi16>
      %q1 = vector.load %x[%j] : memref<?xi16>, vector<16xi16>
      %w0 = func.call @eoq_quantize_nearest_words(%q0, %vhalf, %vshift) : (vector<16xi16>, vector<16xi16>, vector<16xi16>) -> vector<16xi16>
      %w1 = func.call @eoq_quantize_nearest_words(%q1, %vhalf, %vshift) : (vector<16xi16>, vector<16xi16>, vector<16xi16>) -> vector<16xi16>
      %w = vector.shuffle %w0, %w1 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi16>, vector<16xi16>
      %z = arith.trunci %w : vector<32xi16> to vector<32xi8>
      vector.store %z, %out[%i] : memref<?xi8>, vector<32xi8>
    }
    scf.for %i = %whole to %end step %c1 {
      %q = memref.load %x[%i] : memref<?xi16>
      %z = func.call @eoq_quantize_nearest_word(%q, %shift) : (i16, i32) -> i8
      memref.store %z, %out[%i] : memref<?xi8>
    }
  }
  return
}
