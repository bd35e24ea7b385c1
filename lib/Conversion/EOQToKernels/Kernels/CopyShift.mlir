//===- CopyShift.mlir - one input of a concatenation (N13) ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// As eoq_copy, with a shift to the exponent of the result.

func.func private @eoq_copy_shift_i8_i32(%src: memref<?xi8>, %dst: memref<?xi32>, %d0: index, %d1: index, %d2: index, %d3: index, %src_offset: index, %s0: index, %s1: index, %s2: index, %s3: index, %dst_offset: index, %t0: index, %t1: index, %t2: index, %t3: index, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %right = arith.maxsi %shift, %zero : i32
  %whole = arith.minsi %right, %c31 : i32
  %less = arith.subi %right, %one : i32
  %least = arith.maxsi %less, %zero : i32
  %half = arith.minsi %least, %c31 : i32
  %round = arith.minsi %right, %one : i32
  %negated = arith.subi %zero, %shift : i32
  %up = arith.maxsi %negated, %zero : i32
  %left = arith.minsi %up, %c31 : i32
  scf.parallel (%i0, %i1) = (%c0, %c0) to (%d0, %d1) step (%c1, %c1) {
    %a0 = arith.muli %i0, %s0 : index
    %b0 = arith.muli %i0, %t0 : index
    %a1 = arith.muli %i1, %s1 : index
    %b1 = arith.muli %i1, %t1 : index
    %a01 = arith.addi %a0, %a1 : index
    %b01 = arith.addi %b0, %b1 : index
    %a = arith.addi %a01, %src_offset : index
    %b = arith.addi %b01, %dst_offset : index
    scf.for %i2 = %c0 to %d2 step %c1 {
      %a2 = arith.muli %i2, %s2 : index
      %b2 = arith.muli %i2, %t2 : index
      %from = arith.addi %a, %a2 : index
      %to = arith.addi %b, %b2 : index
      scf.for %i3 = %c0 to %d3 step %c1 {
        %a3 = arith.muli %i3, %s3 : index
        %b3 = arith.muli %i3, %t3 : index
        %source = arith.addi %from, %a3 : index
        %target = arith.addi %to, %b3 : index
        %q = memref.load %src[%source] : memref<?xi8>
          %p = arith.extsi %q : i8 to i32
          %0 = arith.shli %p, %left : i32
          %1 = arith.shrsi %0, %whole : i32
          %2 = arith.shrsi %0, %half : i32
          %3 = arith.andi %2, %round : i32
          %v = arith.addi %1, %3 : i32
        memref.store %v, %dst[%target] : memref<?xi32>
      }
    }
  }
  return
}
