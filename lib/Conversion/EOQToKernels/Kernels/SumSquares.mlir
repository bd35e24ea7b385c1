//===- SumSquares.mlir - sums of squares for the norms of N16 -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// One partial sum for each part (Parts.mlir).

// instances: T = i8 i16
!T = i8

func.func private @eoq_sum_squares_T(%x: memref<?x!T>, %n: index) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %init = arith.constant 0 : i64
  %sums = arith.constant dense<0> : vector<4xi64>
  %partial = memref.alloca() : memref<64xi64>
  %share = call @eoq_part_size(%n) : (index) -> index
  %parts = call @eoq_part_count(%n, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %size = arith.subi %end, %begin : index
    %rest = arith.remui %size, %lanes : index
    %whole = arith.subi %end, %rest : index
    %all = scf.for %i = %begin to %whole step %lanes iter_args(%acc = %sums) -> (vector<4xi64>) {
      %q = vector.load %x[%i] : memref<?x!T>, vector<16x!T>
      %w = func.call @eoq_words_T(%q) : (vector<16x!T>) -> vector<16xi16>
      %new = func.call @eoq_add_squares(%acc, %w) : (vector<4xi64>, vector<16xi16>) -> vector<4xi64>
      scf.yield %new : vector<4xi64>
    }
    %most = vector.reduction <add>, %all : vector<4xi64> into i64
    %sum = scf.for %i = %whole to %end step %c1 iter_args(%acc = %most) -> (i64) {
      %q = memref.load %x[%i] : memref<?x!T>
      %w = func.call @eoq_widen_T(%q) : (!T) -> i32
      %s = arith.muli %w, %w : i32
      %s64 = arith.extui %s : i32 to i64
      %new = arith.addi %acc, %s64 : i64
      scf.yield %new : i64
    }
    memref.store %sum, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %init) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.addi %acc, %value : i64
    scf.yield %new : i64
  }
  return %total : i64
}
