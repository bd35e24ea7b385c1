//===- Quantize64.mlir - narrowing of 64-bit numbers (N4) -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: U = i8 i16
!U = i8

func.func private @eoq_quantize_nearest_i64_U(%x: memref<?xi64>, %out: memref<?x!U>, %n: index, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %v = memref.load %x[%i] : memref<?xi64>
      %w64 = func.call @eoq_shift_nearest_i64(%v, %shift) : (i64, i32) -> i64
      %w = func.call @eoq_saturate(%w64) : (i64) -> i32
      %z = func.call @eoq_narrow_U(%w) : (i32) -> !U
      memref.store %z, %out[%i] : memref<?x!U>
    }
  }
  return
}

func.func private @eoq_quantize_stochastic_i64_U(%x: memref<?xi64>, %out: memref<?x!U>, %n: index, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %v = memref.load %x[%i] : memref<?xi64>
      %index = arith.index_cast %i : index to i32
      %r = func.call @eoq_random(%index, %k) : (i32, i32) -> i32
      %w = func.call @eoq_shift_stochastic_i64(%v, %r, %shift) : (i64, i32, i32) -> i32
      %z = func.call @eoq_narrow_U(%w) : (i32) -> !U
      memref.store %z, %out[%i] : memref<?x!U>
    }
  }
  return
}
