//===- CrossEntropyF32.mlir - softmax cross entropy of f32 ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The largest of a row of logits, its first place, and the sum of exp(z - max).
func.func private @eoq_row_statistics_f32(%logits: memref<?xf32>, %at: index, %classes: index) -> (f32, index, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %first = memref.load %logits[%at] : memref<?xf32>
  %max, %place = scf.for %k = %c1 to %classes step %c1 iter_args(%best = %first, %where = %c0) -> (f32, index) {
    %i = arith.addi %at, %k : index
    %z = memref.load %logits[%i] : memref<?xf32>
    %more = arith.cmpf ogt, %z, %best : f32
    %best2 = arith.select %more, %z, %best : f32
    %where2 = arith.select %more, %k, %where : index
    scf.yield %best2, %where2 : f32, index
  }
  %sum = scf.for %k = %c0 to %classes step %c1 iter_args(%acc = %zero) -> (f32) {
    %i = arith.addi %at, %k : index
    %z = memref.load %logits[%i] : memref<?xf32>
    %d = arith.subf %z, %max : f32
    %p = math.exp %d : f32
    %new = arith.addf %acc, %p : f32
    scf.yield %new : f32
  }
  return %max, %place, %sum : f32, index, f32
}

func.func private @eoq_cross_entropy_f32(%logits: memref<?xf32>, %labels: memref<?xi32>, %rows: index, %classes: index) -> (f32, i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %none = arith.constant 0.0 : f32
  %loss, %correct = scf.for %row = %c0 to %rows step %c1 iter_args(%losses = %none, %hits = %zero) -> (f32, i32) {
    %label = memref.load %labels[%row] : memref<?xi32>
    %counts = arith.cmpi sge, %label, %zero : i32
    %new:2 = scf.if %counts -> (f32, i32) {
      %at = arith.muli %row, %classes : index
      %max, %place, %sum = func.call @eoq_row_statistics_f32(%logits, %at, %classes) : (memref<?xf32>, index, index) -> (f32, index, f32)
      %y = arith.index_cast %label : i32 to index
      %i = arith.addi %at, %y : index
      %z = memref.load %logits[%i] : memref<?xf32>
      %ln = math.log %sum : f32
      %0 = arith.subf %max, %z : f32
      %1 = arith.addf %0, %ln : f32
      %2 = arith.addf %losses, %1 : f32
      %hit = arith.cmpi eq, %place, %y : index
      %3 = arith.extui %hit : i1 to i32
      %4 = arith.addi %hits, %3 : i32
      scf.yield %2, %4 : f32, i32
    } else {
      scf.yield %losses, %hits : f32, i32
    }
    scf.yield %new#0, %new#1 : f32, i32
  }
  return %loss, %correct : f32, i32
}

func.func private @eoq_cross_entropy_grad_f32(%logits: memref<?xf32>, %labels: memref<?xi32>, %out: memref<?xf32>, %rows: index, %classes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %none = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %rows32 = arith.index_cast %rows : index to i32
  %batch = arith.sitofp %rows32 : i32 to f32
  scf.parallel (%row) = (%c0) to (%rows) step (%c1) {
    %label = memref.load %labels[%row] : memref<?xi32>
    %y = arith.index_cast %label : i32 to index
    %at = arith.muli %row, %classes : index
    %counts = arith.cmpi sge, %label, %zero : i32
    scf.if %counts {
      %max, %place, %sum = func.call @eoq_row_statistics_f32(%logits, %at, %classes) : (memref<?xf32>, index, index) -> (f32, index, f32)
      scf.for %k = %c0 to %classes step %c1 {
        %i = arith.addi %at, %k : index
        %z = memref.load %logits[%i] : memref<?xf32>
        %d = arith.subf %z, %max : f32
        %e = math.exp %d : f32
        %p = arith.divf %e, %sum : f32
        %is_label = arith.cmpi eq, %k, %y : index
        %target = arith.select %is_label, %one, %none : f32
        %0 = arith.subf %p, %target : f32
        %1 = arith.divf %0, %batch : f32
        memref.store %1, %out[%i] : memref<?xf32>
      }
    } else {
      scf.for %k = %c0 to %classes step %c1 {
        %i = arith.addi %at, %k : index
        memref.store %none, %out[%i] : memref<?xf32>
      }
    }
  }
  return
}
