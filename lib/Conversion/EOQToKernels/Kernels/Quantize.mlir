//===- Quantize.mlir - random narrowing of numbers up to 32 bits (N4) ------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i32 i16 i8; U = i8 i16
!T = i32
!U = i8

func.func private @eoq_quantize_stochastic_T_U(%x: memref<?x!T>, %out: memref<?x!U>, %n: index, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %c31 = arith.constant 31 : i32
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  scf.if %right {
    %short = arith.cmpi sle, %shift, %c31 : i32
    scf.if %short {
      scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
        %next = arith.addi %base, %chunk : index
        %end = arith.minsi %next, %n : index
        scf.for %i = %base to %end step %c1 {
          %q = memref.load %x[%i] : memref<?x!T>
          %v = func.call @eoq_widen_T(%q) : (!T) -> i32
          %index = arith.index_cast %i : index to i32
          %r = func.call @eoq_random(%index, %k) : (i32, i32) -> i32
          %w = func.call @eoq_shift_right_stochastic_i32(%v, %r, %shift) : (i32, i32, i32) -> i32
          %z = func.call @eoq_narrow_U(%w) : (i32) -> !U
          memref.store %z, %out[%i] : memref<?x!U>
        }
      }
    } else {
      scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
        %next = arith.addi %base, %chunk : index
        %end = arith.minsi %next, %n : index
        scf.for %i = %base to %end step %c1 {
          %q = memref.load %x[%i] : memref<?x!T>
          %v = func.call @eoq_widen_T(%q) : (!T) -> i32
          %index = arith.index_cast %i : index to i32
          %r = func.call @eoq_random(%index, %k) : (i32, i32) -> i32
          %v64 = arith.extsi %v : i32 to i64
          %w64 = func.call @eoq_shift_right_stochastic_i64(%v64, %r, %shift) : (i64, i32, i32) -> i64
          %w = arith.trunci %w64 : i64 to i32
          %z = func.call @eoq_narrow_U(%w) : (i32) -> !U
          memref.store %z, %out[%i] : memref<?x!U>
        }
      }
    }
  } else {
    %left = arith.subi %zero, %shift : i32
    scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %x[%i] : memref<?x!T>
        %v = func.call @eoq_widen_T(%q) : (!T) -> i32
        %w = func.call @eoq_shift_left_clamped_i32(%v, %left) : (i32, i32) -> i32
        %z = func.call @eoq_narrow_U(%w) : (i32) -> !U
        memref.store %z, %out[%i] : memref<?x!U>
      }
    }
  }
  return
}
