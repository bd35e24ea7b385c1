//===- Copy.mlir - strided copies of rank 4 -------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Transposes, slices, concatenations, pads and changes of layout.
// instances: T = i8 i16 i32 i64 f32
!T = i8

func.func private @eoq_copy_T(%src: memref<?x!T>, %dst: memref<?x!T>, %d0: index, %d1: index, %d2: index, %d3: index, %src_offset: index, %s0: index, %s1: index, %s2: index, %s3: index, %dst_offset: index, %t0: index, %t1: index, %t2: index, %t3: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
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
        %q = memref.load %src[%source] : memref<?x!T>
        memref.store %q, %dst[%target] : memref<?x!T>
      }
    }
  }
  return
}
