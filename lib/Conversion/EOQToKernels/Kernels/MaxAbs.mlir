//===- MaxAbs.mlir - largest magnitude ------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// One partial result for each part (Parts.mlir), whatever the number of threads.
// instances: T = i8 i16 i32
!T = i8

func.func private @eoq_max_abs_T(%x: memref<?x!T>, %n: index) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %init = arith.constant 0 : !T
  %partial = memref.alloca() : memref<64x!T>
  %share = call @eoq_part_size(%n) : (index) -> index
  %parts = call @eoq_part_count(%n, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %sum = scf.for %i = %begin to %end step %c1 iter_args(%acc = %init) -> (!T) {
      %q = memref.load %x[%i] : memref<?x!T>
      %a = math.absi %q : !T
      %new = arith.maxsi %acc, %a : !T
      scf.yield %new : !T
    }
    memref.store %sum, %partial[%part] : memref<64x!T>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %init) -> (!T) {
    %value = memref.load %partial[%part] : memref<64x!T>
    %new = arith.maxsi %acc, %value : !T
    scf.yield %new : !T
  }
  %result = arith.extsi %total : !T to i64
  return %result : i64
}
