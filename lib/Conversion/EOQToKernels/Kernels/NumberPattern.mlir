//===- NumberPattern.mlir - random numbers of images (N5) -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Elements are numbered NCHW and lie NHWC. The pattern holds the first factor of
// the hash for a few pixels of an image: the number of an element, counted from
// the first one, times the constant of N5.
func.func private @eoq_number_pattern(%pattern: memref<?xi32>, %hw: index, %c: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %a = arith.constant 0x9E3779B1 : i32
  %hw32 = arith.index_cast %hw : index to i32
  %next_channel = arith.muli %hw32, %a : i32
  %is_flat = arith.cmpi eq, %c, %c1 : index
  scf.if %is_flat {
    scf.for %i = %c0 to %length step %c1 {
      %number = arith.index_cast %i : index to i32
      %factor = arith.muli %number, %a : i32
      memref.store %factor, %pattern[%i] : memref<?xi32>
    }
  } else {
    scf.for %base = %c0 to %length step %c iter_args(%pixel = %zero) -> (i32) {
      scf.for %j = %c0 to %c step %c1 {
        %channel = arith.index_cast %j : index to i32
        %factor0 = arith.muli %channel, %next_channel : i32
        %factor = arith.addi %factor0, %pixel : i32
        %i = arith.addi %base, %j : index
        memref.store %factor, %pattern[%i] : memref<?xi32>
      }
      %next = arith.addi %pixel, %a : i32
      scf.yield %next : i32
    }
  }
  return
}
