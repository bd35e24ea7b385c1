//===- ChannelSum.mlir - sums per channel (N7, N10) -----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Up to 64 parts of whole patterns, then one sum over parts and repetitions. A part
// may have 131,072 patterns.

// 256 numbers of 8 bits sum up to 16.
func.func private @eoq_channel_sum_i8(%g: memref<?xi8>, %partial: memref<?xi32>, %out: memref<?xi64>, %n: index, %count: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c48 = arith.constant 48 : index
  %c64 = arith.constant 64 : index
  %c255 = arith.constant 255 : index
  %block = arith.constant 256 : index
  %none = arith.constant 0 : i64
  %none16 = arith.constant dense<0> : vector<16xi16>
  %none32 = arith.constant dense<0> : vector<16xi32>
  %rows = arith.divui %n, %length : index
  %rows_up = arith.addi %rows, %c255 : index
  %blocks = arith.divui %rows_up, %block : index
  %some = arith.maxui %blocks, %c1 : index
  %parts = arith.minui %some, %c64 : index
  %blocks_1 = arith.addi %blocks, %parts : index
  %blocks_up = arith.subi %blocks_1, %c1 : index
  %share0 = arith.divui %blocks_up, %parts : index
  %share = arith.muli %share0, %block : index
  %length_rest = arith.remui %length, %c64 : index
  %middle = arith.subi %length, %length_rest : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %to = arith.muli %part, %length : index
    scf.for %j = %c0 to %length step %c16 {
      %at = arith.addi %to, %j : index
      vector.store %none32, %partial[%at] : memref<?xi32>, vector<16xi32>
    }
    %first = arith.muli %part, %share : index
    %begin = arith.minui %first, %rows : index
    %next = arith.addi %begin, %share : index
    %end = arith.minui %next, %rows : index
    scf.for %row = %begin to %end step %block {
      %row_up = arith.addi %row, %block : index
      %row_end = arith.minui %row_up, %end : index
      scf.for %j = %c0 to %middle step %c64 {
        %sums:4 = scf.for %r = %row to %row_end step %c1 iter_args(%s0 = %none16, %s1 = %none16, %s2 = %none16, %s3 = %none16) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) {
          %line = arith.muli %r, %length : index
          %i0 = arith.addi %line, %j : index
          %i1 = arith.addi %i0, %c16 : index
          %i2 = arith.addi %i0, %c32 : index
          %i3 = arith.addi %i0, %c48 : index
          %q0 = vector.load %g[%i0] : memref<?xi8>, vector<16xi8>
          %q1 = vector.load %g[%i1] : memref<?xi8>, vector<16xi8>
          %q2 = vector.load %g[%i2] : memref<?xi8>, vector<16xi8>
          %q3 = vector.load %g[%i3] : memref<?xi8>, vector<16xi8>
          %v0 = arith.extsi %q0 : vector<16xi8> to vector<16xi16>
          %v1 = arith.extsi %q1 : vector<16xi8> to vector<16xi16>
          %v2 = arith.extsi %q2 : vector<16xi8> to vector<16xi16>
          %v3 = arith.extsi %q3 : vector<16xi8> to vector<16xi16>
          %t0 = arith.addi %s0, %v0 : vector<16xi16>
          %t1 = arith.addi %s1, %v1 : vector<16xi16>
          %t2 = arith.addi %s2, %v2 : vector<16xi16>
          %t3 = arith.addi %s3, %v3 : vector<16xi16>
          scf.yield %t0, %t1, %t2, %t3 : vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>
        }
        %at0 = arith.addi %to, %j : index
        %at1 = arith.addi %at0, %c16 : index
        %at2 = arith.addi %at0, %c32 : index
        %at3 = arith.addi %at0, %c48 : index
        func.call @eoq_add_sums(%partial, %at0, %sums#0) : (memref<?xi32>, index, vector<16xi16>) -> ()
        func.call @eoq_add_sums(%partial, %at1, %sums#1) : (memref<?xi32>, index, vector<16xi16>) -> ()
        func.call @eoq_add_sums(%partial, %at2, %sums#2) : (memref<?xi32>, index, vector<16xi16>) -> ()
        func.call @eoq_add_sums(%partial, %at3, %sums#3) : (memref<?xi32>, index, vector<16xi16>) -> ()
      }
      scf.for %j = %middle to %length step %c16 {
        %sum = scf.for %r = %row to %row_end step %c1 iter_args(%s0 = %none16) -> (vector<16xi16>) {
          %line = arith.muli %r, %length : index
          %i0 = arith.addi %line, %j : index
          %q0 = vector.load %g[%i0] : memref<?xi8>, vector<16xi8>
          %v0 = arith.extsi %q0 : vector<16xi8> to vector<16xi16>
          %t0 = arith.addi %s0, %v0 : vector<16xi16>
          scf.yield %t0 : vector<16xi16>
        }
        %at = arith.addi %to, %j : index
        func.call @eoq_add_sums(%partial, %at, %sum) : (memref<?xi32>, index, vector<16xi16>) -> ()
      }
    }
  }
  // What is left of a pattern.
  %last = arith.muli %rows, %length : index
  scf.for %i = %last to %n step %c1 {
    %at = arith.subi %i, %last : index
    %q = memref.load %g[%i] : memref<?xi8>
    %v = arith.extsi %q : i8 to i32
    %old = memref.load %partial[%at] : memref<?xi32>
    %new = arith.addi %old, %v : i32
    memref.store %new, %partial[%at] : memref<?xi32>
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

func.func private @eoq_add_sums(%partial: memref<?xi32>, %at: index, %sums: vector<16xi16>) {
  %old = vector.load %partial[%at] : memref<?xi32>, vector<16xi32>
  %wide = arith.extsi %sums : vector<16xi16> to vector<16xi32>
  %new = arith.addi %old, %wide : vector<16xi32>
  vector.store %new, %partial[%at] : memref<?xi32>, vector<16xi32>
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
