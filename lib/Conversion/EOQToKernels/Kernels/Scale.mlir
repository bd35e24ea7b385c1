//===- Scale.mlir - one factor or one f32 term per channel (N10) ----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

func.func private @eoq_scale_i8(%x: memref<?xi8>, %pattern: memref<?xi8>, %out: memref<?xi32>, %n: index, %length: index) {
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
        %s = vector.load %pattern[%j] : memref<?xi8>, vector<16xi8>
        %q16 = arith.extsi %q : vector<16xi8> to vector<16xi16>
        %s16 = arith.extsi %s : vector<16xi8> to vector<16xi16>
        %p = arith.muli %q16, %s16 : vector<16xi16>
        %y = arith.extsi %p : vector<16xi16> to vector<16xi32>
        vector.store %y, %out[%i] : memref<?xi32>, vector<16xi32>
      }
      scf.for %j = %middle to %count step %c1 {
        %i = arith.addi %row, %j : index
        %q = memref.load %x[%i] : memref<?xi8>
        %s = memref.load %pattern[%j] : memref<?xi8>
        %q16 = arith.extsi %q : i8 to i16
        %s16 = arith.extsi %s : i8 to i16
        %p = arith.muli %q16, %s16 : i16
        %y = arith.extsi %p : i16 to i32
        memref.store %y, %out[%i] : memref<?xi32>
      }
    }
  }
  return
}

func.func private @eoq_scale_f32(%x: memref<?xf32>, %pattern: memref<?xf32>, %out: memref<?xf32>, %n: index, %length: index) {
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
        %q = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
        %s = vector.load %pattern[%j] : memref<?xf32>, vector<16xf32>
        %y = arith.mulf %q, %s : vector<16xf32>
        vector.store %y, %out[%i] : memref<?xf32>, vector<16xf32>
      }
      scf.for %j = %middle to %count step %c1 {
        %i = arith.addi %row, %j : index
        %q = memref.load %x[%i] : memref<?xf32>
        %s = memref.load %pattern[%j] : memref<?xf32>
        %y = arith.mulf %q, %s : f32
        memref.store %y, %out[%i] : memref<?xf32>
      }
    }
  }
  return
}

func.func private @eoq_bias_add_f32(%x: memref<?xf32>, %pattern: memref<?xf32>, %out: memref<?xf32>, %n: index, %length: index) {
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
        %q = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
        %s = vector.load %pattern[%j] : memref<?xf32>, vector<16xf32>
        %y = arith.addf %q, %s : vector<16xf32>
        vector.store %y, %out[%i] : memref<?xf32>, vector<16xf32>
      }
      scf.for %j = %middle to %count step %c1 {
        %i = arith.addi %row, %j : index
        %q = memref.load %x[%i] : memref<?xf32>
        %s = memref.load %pattern[%j] : memref<?xf32>
        %y = arith.addf %q, %s : f32
        memref.store %y, %out[%i] : memref<?xf32>
      }
    }
  }
  return
}
