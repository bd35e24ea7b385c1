//===- QuantizeReached.mlir - narrowing of gradients of strided kernels ---===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Pixels (first_h + y * step_h, first_w + x * step_w) of images [n, h, w, c], that
// is x [n, rows, columns, c], narrowed (N4); the others are zeros. Random numbers
// are numbered by the elements of `out` in NCHW. first_* are below step_*.
func.func private @eoq_quantize_stochastic_reached_i32_i8(%x: memref<?xi32>, %out: memref<?xi8>, %n: index, %h: index, %w: index, %c: index, %rows: index, %columns: index, %first_h: index, %first_w: index, %step_h: index, %step_w: index, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %none = arith.constant 0 : i32
  %zero = arith.constant 0 : i8
  %c16 = arith.constant 16 : i32
  %factor = arith.constant 0x9E3779B1 : i32
  %right = arith.cmpi sgt, %shift, %none : i32
  %small = arith.cmpi sle, %shift, %c16 : i32
  %short = arith.andi %right, %small : i1
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %line = arith.muli %w, %c : index
  %x_line = arith.muli %columns, %c : index
  %hw = arith.muli %h, %w : index
  %image_size = arith.muli %hw, %c : index
  %hw32 = arith.index_cast %hw : index to i32
  %channel_step = arith.muli %hw32, %factor : i32
  %lane = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]> : vector<16xi32>
  %channel_steps = vector.broadcast %channel_step : i32 to vector<16xi32>
  %sums = arith.muli %lane, %channel_steps : vector<16xi32>
  %step32 = arith.index_cast %step_w : index to i32
  %pixel_step = arith.muli %step32, %factor : i32
  %c_step = arith.muli %step_w, %c : index
  %lanes = arith.constant 16 : index
  %c_rest = arith.remui %c, %lanes : index
  %c_whole = arith.subi %c, %c_rest : index
  // Bands of step_h rows, of which at most one is reached.
  %step_1 = arith.subi %step_h, %c1 : index
  %h_up = arith.addi %h, %step_1 : index
  %bands = arith.divui %h_up, %step_h : index
  scf.parallel (%i, %band) = (%c0, %c0) to (%n, %bands) step (%c1, %c1) {
    %image_at = arith.muli %i, %image_size : index
    %top = arith.muli %band, %step_h : index
    %below = arith.addi %top, %step_h : index
    %bottom = arith.minsi %below, %h : index
    %top_at = arith.muli %top, %line : index
    %bottom_at = arith.muli %bottom, %line : index
    %clear_from = arith.addi %image_at, %top_at : index
    %clear_to = arith.addi %image_at, %bottom_at : index
    scf.for %j = %clear_from to %clear_to step %c1 {
      memref.store %zero, %out[%j] : memref<?xi8>
    }
    %reached = arith.cmpi slt, %band, %rows : index
    scf.if %reached {
      %y = arith.addi %top, %first_h : index
      %y_number = arith.muli %y, %w : index
      %number0 = arith.addi %image_at, %y_number : index
      %number = arith.addi %number0, %first_w : index
      %number32 = arith.index_cast %number : index to i32
      %hash0 = arith.muli %number32, %factor : i32
      %hash = arith.addi %hash0, %k : i32
      %x_row0 = arith.muli %i, %rows : index
      %x_row = arith.addi %x_row0, %band : index
      %from = arith.muli %x_row, %x_line : index
      %y_at = arith.muli %y, %line : index
      %w_at = arith.muli %first_w, %c : index
      %to0 = arith.addi %image_at, %y_at : index
      %to = arith.addi %to0, %w_at : index
      scf.for %p = %c0 to %columns step %c1 iter_args(%f = %from, %t = %to, %start = %hash) -> (index, index, i32) {
        %whole = arith.select %short, %c_whole, %c0 : index
        func.call @eoq_quantize_reached_lanes(%x, %f, %out, %t, %whole, %sums, %channel_step, %start, %shift) : (memref<?xi32>, index, memref<?xi8>, index, index, vector<16xi32>, i32, i32, i32) -> ()
        func.call @eoq_quantize_reached_rest(%x, %f, %out, %t, %whole, %c, %channel_step, %start, %shift) : (memref<?xi32>, index, memref<?xi8>, index, index, index, i32, i32, i32) -> ()
        %f_next = arith.addi %f, %c : index
        %t_next = arith.addi %t, %c_step : index
        %start_next = arith.addi %start, %pixel_step : i32
        scf.yield %f_next, %t_next, %start_next : index, index, i32
      }
    }
  }
  return
}

// Channels [0, whole) of a pixel, a multiple of 16, shifted by 1 to 16. The first
// sum of the hash is `start` for the first channel and `step` more for each
// further one; `sums` are those multiples for 16 channels.
func.func private @eoq_quantize_reached_lanes(%x: memref<?xi32>, %from: index, %out: memref<?xi8>, %to: index, %whole: index, %sums: vector<16xi32>, %step: i32, %start: i32, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c13s = arith.constant dense<13> : vector<16xi32>
  %c16s = arith.constant dense<16> : vector<16xi32>
  %a = arith.constant dense<0x85EBCA6B> : vector<16xi32>
  %b = arith.constant dense<0xC2B2AE35> : vector<16xi32>
  // What could overflow is beyond 8 bits anyway.
  %bound = arith.constant dense<2147418111> : vector<16xi32>
  %high = arith.constant dense<127> : vector<16xi32>
  %low = arith.constant dense<-127> : vector<16xi32>
  %c32 = arith.constant 32 : i32
  %lanes = arith.constant 16 : i32
  %more = arith.muli %step, %lanes : i32
  %mores = vector.broadcast %more : i32 to vector<16xi32>
  %starts = vector.broadcast %start : i32 to vector<16xi32>
  %first = arith.addi %sums, %starts : vector<16xi32>
  %less = arith.subi %c32, %shift : i32
  %down = vector.broadcast %less : i32 to vector<16xi32>
  %shifts = vector.broadcast %shift : i32 to vector<16xi32>
  %last = scf.for %j = %c0 to %whole step %c16 iter_args(%sum = %first) -> (vector<16xi32>) {
    %s0 = arith.shrui %sum, %c16s : vector<16xi32>
    %s1 = arith.xori %sum, %s0 : vector<16xi32>
    %s2 = arith.muli %s1, %a : vector<16xi32>
    %s3 = arith.shrui %s2, %c13s : vector<16xi32>
    %s4 = arith.xori %s2, %s3 : vector<16xi32>
    // The last step of the hash does not change its upper half, which is R.
    %h = arith.muli %s4, %b : vector<16xi32>
    %r = arith.shrui %h, %down : vector<16xi32>
    %f = arith.addi %from, %j : index
    %q = vector.load %x[%f] : memref<?xi32>, vector<16xi32>
    %bounded = arith.minsi %q, %bound : vector<16xi32>
    %v0 = arith.addi %bounded, %r : vector<16xi32>
    %v = arith.shrsi %v0, %shifts : vector<16xi32>
    %z0 = arith.minsi %v, %high : vector<16xi32>
    %z1 = arith.maxsi %z0, %low : vector<16xi32>
    %z = arith.trunci %z1 : vector<16xi32> to vector<16xi8>
    %t = arith.addi %to, %j : index
    vector.store %z, %out[%t] : memref<?xi8>, vector<16xi8>
    %next = arith.addi %sum, %mores : vector<16xi32>
    scf.yield %next : vector<16xi32>
  }
  return
}

// Channels [begin, end) for any shift.
func.func private @eoq_quantize_reached_rest(%x: memref<?xi32>, %from: index, %out: memref<?xi8>, %to: index, %begin: index, %end: index, %step: i32, %start: i32, %shift: i32) {
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : i32
  scf.for %j = %begin to %end step %c1 {
    %j32 = arith.index_cast %j : index to i32
    %s = arith.muli %j32, %step : i32
    %sum = arith.addi %s, %start : i32
    %h = func.call @eoq_mix(%sum) : (i32) -> i32
    %r = arith.shrui %h, %c16 : i32
    %f = arith.addi %from, %j : index
    %q = memref.load %x[%f] : memref<?xi32>
    %v = func.call @eoq_shift_stochastic_i32(%q, %r, %shift) : (i32, i32, i32) -> i32
    %z = func.call @eoq_narrow_i8(%v) : (i32) -> i8
    %t = arith.addi %to, %j : index
    memref.store %z, %out[%t] : memref<?xi8>
  }
  return
}
