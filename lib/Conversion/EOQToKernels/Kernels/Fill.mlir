//===- Fill.mlir - one value everywhere -----------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i8 i16 i32 i64 f32
!T = i8

func.func private @eoq_fill_T(%out: memref<?x!T>, %n: index, %value: !T) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      memref.store %value, %out[%i] : memref<?x!T>
    }
  }
  return
}
