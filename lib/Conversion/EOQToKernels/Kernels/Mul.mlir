//===- Mul.mlir - element-wise products (N10) -----------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

func.func private @eoq_mul_i8(%x: memref<?xi8>, %y: memref<?xi8>, %out: memref<?xi32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %p = memref.load %x[%i] : memref<?xi8>
      %q = memref.load %y[%i] : memref<?xi8>
      %p16 = arith.extsi %p : i8 to i16
      %q16 = arith.extsi %q : i8 to i16
      %product = arith.muli %p16, %q16 : i16
      %wide = arith.extsi %product : i16 to i32
      memref.store %wide, %out[%i] : memref<?xi32>
    }
  }
  return
}
