//===- BiasAdd.mlir - one value added per channel (N7) --------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i32 i8
!T = i32

func.func private @eoq_bias_add_T(%x: memref<?x!T>, %pattern: memref<?xi32>, %out: memref<?xi32>, %n: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %least = arith.constant 16384 : index
  %up = arith.addi %least, %length : index
  %most = arith.subi %up, %c1 : index
  %rows = arith.divui %most, %length : index
  %chunk = arith.muli %rows, %length : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %row = %base to %end step %length {
      %left = arith.subi %end, %row : index
      %count = arith.minsi %left, %length : index
      scf.for %j = %c0 to %count step %c1 {
        %i = arith.addi %row, %j : index
        %q = memref.load %x[%i] : memref<?x!T>
        %v = func.call @eoq_widen_T(%q) : (!T) -> i32
        %b = memref.load %pattern[%j] : memref<?xi32>
        %y = arith.addi %v, %b : i32
        memref.store %y, %out[%i] : memref<?xi32>
      }
    }
  }
  return
}
