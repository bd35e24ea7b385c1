//===- BiasAdd.mlir - one value added per channel (N7) --------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Explicit vectors, because LLVM does not vectorize a loop that may work in place.

func.func private @eoq_bias_add_i8(%x: memref<?xi8>, %pattern: memref<?xi32>, %out: memref<?xi32>, %n: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %least = arith.constant 2048 : index
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
      %rest = arith.remui %count, %lanes : index
      %middle = arith.subi %count, %rest : index
      scf.for %j = %c0 to %middle step %lanes {
        %i = arith.addi %row, %j : index
        %q = vector.load %x[%i] : memref<?xi8>, vector<16xi8>
        %v = arith.extsi %q : vector<16xi8> to vector<16xi32>
        %b = vector.load %pattern[%j] : memref<?xi32>, vector<16xi32>
        %y = arith.addi %v, %b : vector<16xi32>
        vector.store %y, %out[%i] : memref<?xi32>, vector<16xi32>
      }
      scf.for %j = %middle to %count step %c1 {
        %i = arith.addi %row, %j : index
        %q = memref.load %x[%i] : memref<?xi8>
        %v = arith.extsi %q : i8 to i32
        %b = memref.load %pattern[%j] : memref<?xi32>
        %y = arith.addi %v, %b : i32
        memref.store %y, %out[%i] : memref<?xi32>
      }
    }
  }
  return
}

func.func private @eoq_bias_add_i32(%x: memref<?xi32>, %pattern: memref<?xi32>, %out: memref<?xi32>, %n: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %least = arith.constant 2048 : index
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
      %rest = arith.remui %count, %lanes : index
      %middle = arith.subi %count, %rest : index
      scf.for %j = %c0 to %middle step %lanes {
        %i = arith.addi %row, %j : index
        %q = vector.load %x[%i] : memref<?xi32>, vector<16xi32>
        %b = vector.load %pattern[%j] : memref<?xi32>, vector<16xi32>
        %y = arith.addi %q, %b : vector<16xi32>
        vector.store %y, %out[%i] : memref<?xi32>, vector<16xi32>
      }
      scf.for %j = %middle to %count step %c1 {
        %i = arith.addi %row, %j : index
        %q = memref.load %x[%i] : memref<?xi32>
        %b = memref.load %pattern[%j] : memref<?xi32>
        %y = arith.addi %q, %b : i32
        memref.store %y, %out[%i] : memref<?xi32>
      }
    }
  }
  return
}
