//===- ChannelSum.mlir - sums per channel (N7, N10) -----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// 64 parts of whole patterns, then one sum over parts and repetitions. A part may
// have 131,072 patterns.

func.func private @eoq_channel_sum_i8(%g: memref<?xi8>, %partial: memref<?xi32>, %out: memref<?xi64>, %n: index, %count: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %zero = arith.constant 0 : i32
  %none = arith.constant 0 : i64
  %most = arith.addi %n, %length : index
  %last = arith.subi %most, %c1 : index
  %rows = arith.divui %last, %length : index
  %up = arith.addi %rows, %c63 : index
  %share = arith.divui %up, %parts : index
  %step = arith.muli %share, %length : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %to = arith.muli %part, %length : index
    scf.for %j = %c0 to %length step %c1 {
      %at = arith.addi %to, %j : index
      memref.store %zero, %partial[%at] : memref<?xi32>
    }
    %first = arith.muli %part, %step : index
    %begin = arith.minui %first, %n : index
    %next = arith.addi %begin, %step : index
    %end = arith.minui %next, %n : index
    scf.for %row = %begin to %end step %length {
      %left = arith.subi %end, %row : index
      %width = arith.minsi %left, %length : index
      scf.for %j = %c0 to %width step %c1 {
        %i = arith.addi %row, %j : index
        %at = arith.addi %to, %j : index
        %q = memref.load %g[%i] : memref<?xi8>
        %v = arith.extsi %q : i8 to i32
        %old = memref.load %partial[%at] : memref<?xi32>
        %new = arith.addi %old, %v : i32
        memref.store %new, %partial[%at] : memref<?xi32>
      }
    }
  }
  %total = arith.muli %parts, %length : index
  scf.for %channel = %c0 to %count step %c1 {
    %sum = scf.for %at = %channel to %total step %count iter_args(%acc = %none) -> (i64) {
      %p = memref.load %partial[%at] : memref<?xi32>
      %w = arith.extsi %p : i32 to i64
      %new = arith.addi %acc, %w : i64
      scf.yield %new : i64
    }
    memref.store %sum, %out[%channel] : memref<?xi64>
  }
  return
}

func.func private @eoq_channel_dot_i8(%x: memref<?xi8>, %g: memref<?xi8>, %partial: memref<?xi32>, %out: memref<?xi64>, %n: index, %count: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %zero = arith.constant 0 : i32
  %none = arith.constant 0 : i64
  %most = arith.addi %n, %length : index
  %last = arith.subi %most, %c1 : index
  %rows = arith.divui %last, %length : index
  %up = arith.addi %rows, %c63 : index
  %share = arith.divui %up, %parts : index
  %step = arith.muli %share, %length : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %to = arith.muli %part, %length : index
    scf.for %j = %c0 to %length step %c1 {
      %at = arith.addi %to, %j : index
      memref.store %zero, %partial[%at] : memref<?xi32>
    }
    %first = arith.muli %part, %step : index
    %begin = arith.minui %first, %n : index
    %next = arith.addi %begin, %step : index
    %end = arith.minui %next, %n : index
    scf.for %row = %begin to %end step %length {
      %left = arith.subi %end, %row : index
      %width = arith.minsi %left, %length : index
      scf.for %j = %c0 to %width step %c1 {
        %i = arith.addi %row, %j : index
        %at = arith.addi %to, %j : index
        %q = memref.load %x[%i] : memref<?xi8>
        %r = memref.load %g[%i] : memref<?xi8>
        %q16 = arith.extsi %q : i8 to i16
        %r16 = arith.extsi %r : i8 to i16
        %p16 = arith.muli %q16, %r16 : i16
        %v = arith.extsi %p16 : i16 to i32
        %old = memref.load %partial[%at] : memref<?xi32>
        %new = arith.addi %old, %v : i32
        memref.store %new, %partial[%at] : memref<?xi32>
      }
    }
  }
  %total = arith.muli %parts, %length : index
  scf.for %channel = %c0 to %count step %c1 {
    %sum = scf.for %at = %channel to %total step %count iter_args(%acc = %none) -> (i64) {
      %p = memref.load %partial[%at] : memref<?xi32>
      %w = arith.extsi %p : i32 to i64
      %new = arith.addi %acc, %w : i64
      scf.yield %new : i64
    }
    memref.store %sum, %out[%channel] : memref<?xi64>
  }
  return
}

func.func private @eoq_channel_sum_f32(%g: memref<?xf32>, %partial: memref<?xf32>, %out: memref<?xf32>, %n: index, %count: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0.0 : f32
  %most = arith.addi %n, %length : index
  %last = arith.subi %most, %c1 : index
  %rows = arith.divui %last, %length : index
  %up = arith.addi %rows, %c63 : index
  %share = arith.divui %up, %parts : index
  %step = arith.muli %share, %length : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %to = arith.muli %part, %length : index
    scf.for %j = %c0 to %length step %c1 {
      %at = arith.addi %to, %j : index
      memref.store %zero, %partial[%at] : memref<?xf32>
    }
    %first = arith.muli %part, %step : index
    %begin = arith.minui %first, %n : index
    %next = arith.addi %begin, %step : index
    %end = arith.minui %next, %n : index
    scf.for %row = %begin to %end step %length {
      %left = arith.subi %end, %row : index
      %width = arith.minsi %left, %length : index
      scf.for %j = %c0 to %width step %c1 {
        %i = arith.addi %row, %j : index
        %at = arith.addi %to, %j : index
        %v = memref.load %g[%i] : memref<?xf32>
        %old = memref.load %partial[%at] : memref<?xf32>
        %new = arith.addf %old, %v : f32
        memref.store %new, %partial[%at] : memref<?xf32>
      }
    }
  }
  %total = arith.muli %parts, %length : index
  scf.for %channel = %c0 to %count step %c1 {
    %sum = scf.for %at = %channel to %total step %count iter_args(%acc = %none) -> (f32) {
      %p = memref.load %partial[%at] : memref<?xf32>
      %new = arith.addf %acc, %p : f32
      scf.yield %new : f32
    }
    memref.store %sum, %out[%channel] : memref<?xf32>
  }
  return
}

func.func private @eoq_channel_dot_f32(%x: memref<?xf32>, %g: memref<?xf32>, %partial: memref<?xf32>, %out: memref<?xf32>, %n: index, %count: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %none = arith.constant 0.0 : f32
  %most = arith.addi %n, %length : index
  %last = arith.subi %most, %c1 : index
  %rows = arith.divui %last, %length : index
  %up = arith.addi %rows, %c63 : index
  %share = arith.divui %up, %parts : index
  %step = arith.muli %share, %length : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %to = arith.muli %part, %length : index
    scf.for %j = %c0 to %length step %c1 {
      %at = arith.addi %to, %j : index
      memref.store %zero, %partial[%at] : memref<?xf32>
    }
    %first = arith.muli %part, %step : index
    %begin = arith.minui %first, %n : index
    %next = arith.addi %begin, %step : index
    %end = arith.minui %next, %n : index
    scf.for %row = %begin to %end step %length {
      %left = arith.subi %end, %row : index
      %width = arith.minsi %left, %length : index
      scf.for %j = %c0 to %width step %c1 {
        %i = arith.addi %row, %j : index
        %at = arith.addi %to, %j : index
        %q = memref.load %x[%i] : memref<?xf32>
        %r = memref.load %g[%i] : memref<?xf32>
        %v = arith.mulf %q, %r : f32
        %old = memref.load %partial[%at] : memref<?xf32>
        %new = arith.addf %old, %v : f32
        memref.store %new, %partial[%at] : memref<?xf32>
      }
    }
  }
  %total = arith.muli %parts, %length : index
  scf.for %channel = %c0 to %count step %c1 {
    %sum = scf.for %at = %channel to %total step %count iter_args(%acc = %none) -> (f32) {
      %p = memref.load %partial[%at] : memref<?xf32>
      %new = arith.addf %acc, %p : f32
      scf.yield %new : f32
    }
    memref.store %sum, %out[%channel] : memref<?xf32>
  }
  return
}
