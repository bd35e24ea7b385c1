//===- SgdUpdateF32.mlir - momentum SGD of f32 parameters -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Subtracts from each of the `channels` rows of M its mean.
func.func private @eoq_center_f32(%m: memref<?xf32>, %n: index, %channels: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %size = arith.divui %n, %channels : index
  %size32 = arith.index_cast %size : index to i32
  %count = arith.sitofp %size32 : i32 to f32
  scf.parallel (%channel) = (%c0) to (%channels) step (%c1) {
    %at = arith.muli %channel, %size : index
    %sum = scf.for %j = %c0 to %size step %c1 iter_args(%acc = %zero) -> (f32) {
      %i = arith.addi %at, %j : index
      %q = memref.load %m[%i] : memref<?xf32>
      %new = arith.addf %acc, %q : f32
      scf.yield %new : f32
    }
    %mean = arith.divf %sum, %count : f32
    scf.for %j = %c0 to %size step %c1 {
      %i = arith.addi %at, %j : index
      %q = memref.load %m[%i] : memref<?xf32>
      %new = arith.subf %q, %mean : f32
      memref.store %new, %m[%i] : memref<?xf32>
    }
  }
  return
}

// The sum of squares, by 64 parts of 8 lanes.
func.func private @eoq_sum_squares_f32(%x: memref<?xf32>, %partial: memref<?xf32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %parts = arith.constant 64 : index
  %round = arith.constant 511 : index
  %size = arith.constant 512 : index
  %zero = arith.constant 0.0 : f32
  %zeros = arith.constant dense<0.0> : vector<8xf32>
  %up = arith.addi %n, %round : index
  %blocks = arith.divui %up, %size : index
  %share = arith.muli %blocks, %c8 : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %first = arith.muli %part, %share : index
    %begin = arith.minui %first, %n : index
    %next = arith.addi %begin, %share : index
    %end = arith.minui %next, %n : index
    %length = arith.subi %end, %begin : index
    %vectors = arith.divui %length, %c8 : index
    %whole = arith.muli %vectors, %c8 : index
    %middle = arith.addi %begin, %whole : index
    %lanes = scf.for %i = %begin to %middle step %c8 iter_args(%acc = %zeros) -> (vector<8xf32>) {
      %q = vector.load %x[%i] : memref<?xf32>, vector<8xf32>
      %new = vector.fma %q, %q, %acc : vector<8xf32>
      scf.yield %new : vector<8xf32>
    }
    %sum = vector.reduction <add>, %lanes : vector<8xf32> into f32
    %all = scf.for %i = %middle to %end step %c1 iter_args(%acc = %sum) -> (f32) {
      %q = memref.load %x[%i] : memref<?xf32>
      %s = arith.mulf %q, %q : f32
      %new = arith.addf %acc, %s : f32
      scf.yield %new : f32
    }
    memref.store %all, %partial[%part] : memref<?xf32>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %zero) -> (f32) {
    %p = memref.load %partial[%part] : memref<?xf32>
    %new = arith.addf %acc, %p : f32
    scf.yield %new : f32
  }
  return %total : f32
}

// m * 2^-k.
func.func private @eoq_learning_rate_f32(%lr_multiplier: i32, %k: i32) -> f32 {
  %bias = arith.constant 127 : i32
  %c23 = arith.constant 23 : i32
  %c1 = arith.constant 1 : i32
  %c254 = arith.constant 254 : i32
  %0 = arith.subi %bias, %k : i32
  %1 = arith.maxsi %0, %c1 : i32
  %2 = arith.minsi %1, %c254 : i32
  %3 = arith.shli %2, %c23 : i32
  %power = arith.bitcast %3 : i32 to f32
  %m = arith.sitofp %lr_multiplier : i32 to f32
  %rate = arith.mulf %m, %power : f32
  return %rate : f32
}

// 2^e for e in [-126, 127], clamped to that.
func.func private @eoq_power_of_two_f32(%e: i32) -> f32 {
  %bias = arith.constant 127 : i32
  %c1 = arith.constant 1 : i32
  %c23 = arith.constant 23 : i32
  %c254 = arith.constant 254 : i32
  %0 = arith.addi %e, %bias : i32
  %1 = arith.maxsi %0, %c1 : i32
  %2 = arith.minsi %1, %c254 : i32
  %3 = arith.shli %2, %c23 : i32
  %power = arith.bitcast %3 : i32 to f32
  return %power : f32
}

func.func private @eoq_sgd_update_f32(%m: memref<?xf32>, %v: memref<?xf32>, %g: memref<?xf32>, %norm: memref<?xf32>, %partial: memref<?xf32>, %n: index, %channels: index, %momentum: f32, %decay: f32, %learning_rate: f32, %normalized: i32, %has_nominal: i32, %minimum: f32, %centered: i32, %step: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c32 = arith.constant 32 : i32
  %c23 = arith.constant 23 : i32
  %bias = arith.constant 127 : i32
  %unit = arith.constant 1.0 : f32
  %none = arith.constant 0.0 : f32
  %bias_size = arith.constant 0.015625 : f32
  %n32 = arith.index_cast %n : index to i32
  %count = arith.sitofp %n32 : i32 to f32
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %old = memref.load %v[%i] : memref<?xf32>
      %kept = arith.mulf %old, %momentum : f32
      %q = memref.load %g[%i] : memref<?xf32>
      %s = arith.addf %kept, %q : f32
      %w = memref.load %m[%i] : memref<?xf32>
      %d = arith.mulf %w, %decay : f32
      %new = arith.addf %s, %d : f32
      memref.store %new, %v[%i] : memref<?xf32>
    }
  }
  %normalizes = arith.cmpi ne, %normalized, %zero : i32
  %rate = scf.if %normalizes -> (f32) {
    %sum_g = func.call @eoq_sum_squares_f32(%g, %partial, %n) : (memref<?xf32>, memref<?xf32>, index) -> f32
    %mean_g = arith.divf %sum_g, %count : f32
    %old = memref.load %norm[%c0] : memref<?xf32>
    %distance = arith.subf %mean_g, %old : f32
    %t = arith.addi %step, %one : i32
    %window = arith.minsi %t, %c32 : i32
    %divisor = arith.sitofp %window : i32 to f32
    %part = arith.divf %distance, %divisor : f32
    %new = arith.addf %old, %part : f32
    memref.store %new, %norm[%c0] : memref<?xf32>
    %nominal = arith.cmpi ne, %has_nominal, %zero : i32
    %size = scf.if %nominal -> (f32) {
      %sum_m = func.call @eoq_sum_squares_f32(%m, %partial, %n) : (memref<?xf32>, memref<?xf32>, index) -> f32
      %mean_m = arith.divf %sum_m, %count : f32
      %more = arith.cmpf ogt, %minimum, %mean_m : f32
      %larger = arith.select %more, %minimum, %mean_m : f32
      scf.yield %larger : f32
    } else {
      scf.yield %bias_size : f32
    }
    // floor((1 + floor(log2(size / norm))) / 2)
    %ratio = arith.divf %size, %new : f32
    %bits = arith.bitcast %ratio : f32 to i32
    %biased = arith.shrui %bits, %c23 : i32
    %log2 = arith.subi %biased, %bias : i32
    %0 = arith.addi %log2, %one : i32
    %r = arith.shrsi %0, %one : i32
    %power = func.call @eoq_power_of_two_f32(%r) : (i32) -> f32
    %rest = arith.subf %unit, %momentum : f32
    %1 = arith.mulf %learning_rate, %rest : f32
    %2 = arith.mulf %1, %power : f32
    %some = arith.cmpf ogt, %new, %none : f32
    %has_size = arith.cmpf ogt, %size, %none : f32
    %moves = arith.andi %some, %has_size : i1
    %3 = arith.select %moves, %2, %none : f32
    scf.yield %3 : f32
  } else {
    scf.yield %learning_rate : f32
  }
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %q = memref.load %v[%i] : memref<?xf32>
      %u = arith.mulf %q, %rate : f32
      %w = memref.load %m[%i] : memref<?xf32>
      %new = arith.subf %w, %u : f32
      memref.store %new, %m[%i] : memref<?xf32>
    }
  }
  %centers = arith.cmpi ne, %centered, %zero : i32
  scf.if %centers {
    func.call @eoq_center_f32(%m, %n, %channels) : (memref<?xf32>, index, index) -> ()
  }
  return
}
