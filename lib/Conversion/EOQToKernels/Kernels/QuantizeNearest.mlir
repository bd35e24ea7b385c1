//===- QuantizeNearest.mlir - narrowing to the nearest number (N4) --------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// All but 16 bits to 8, a weight's quantizer (QuantizeWeight.mlir).
// instances: T,U = i32,i8 i32,i16 i16,i16 i8,i8 i8,i16
!T = i32
!U = i8

func.func private @eoq_quantize_nearest_T_U(%x: memref<?x!T>, %out: memref<?x!U>, %n: index, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  scf.if %right {
    %whole = arith.minsi %shift, %c31 : i32
    %less = arith.subi %shift, %one : i32
    %half = arith.minsi %less, %c31 : i32
    scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %x[%i] : memref<?x!T>
        %v = func.call @eoq_widen_T(%q) : (!T) -> i32
        %w = func.call @eoq_shift_right_nearest_i32(%v, %whole, %half) : (i32, i32, i32) -> i32
        %z = func.call @eoq_narrow_U(%w) : (i32) -> !U
        memref.store %z, %out[%i] : memref<?x!U>
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
