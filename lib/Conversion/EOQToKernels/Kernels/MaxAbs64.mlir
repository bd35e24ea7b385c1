//===- MaxAbs64.mlir - largest magnitude of 64-bit numbers ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

func.func private @eoq_max_abs_i64(%x: memref<?xi64>, %n: index) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %init = arith.constant 0 : i64
  %partial = memref.alloca() : memref<64xi64>
  %up = arith.addi %n, %c63 : index
  %share = arith.divui %up, %parts : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %first = arith.muli %part, %share : index
    %begin = arith.minui %first, %n : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %sum = scf.for %i = %begin to %end step %c1 iter_args(%acc = %init) -> (i64) {
      %q = memref.load %x[%i] : memref<?xi64>
      %a = math.absi %q : i64
      %new = arith.maxsi %acc, %a : i64
      scf.yield %new : i64
    }
    memref.store %sum, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %init) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.maxsi %acc, %value : i64
    scf.yield %new : i64
  }
  %result = arith.addi %total, %init : i64
  return %result : i64
}
