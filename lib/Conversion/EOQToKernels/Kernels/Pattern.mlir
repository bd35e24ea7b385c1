//===- Pattern.mlir - per-channel values repeated -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i8 f32
!T = i8

func.func private @eoq_pattern_T(%values: memref<?x!T>, %pattern: memref<?x!T>, %count: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %base = %c0 to %length step %count {
    scf.for %j = %c0 to %count step %c1 {
      %i = arith.addi %base, %j : index
      %v = memref.load %values[%j] : memref<?x!T>
      memref.store %v, %pattern[%i] : memref<?x!T>
    }
  }
  return
}
