//===- QuantizeInside.mlir - weight gradients narrowed in their own memory -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// As QuantizeOutputsLast.mlir, where `out` is the second quarter of the memory of x (and columns are a multiple of 16):
// x is narrowed into its first quarter, from where it is transposed. A word of x becomes four numbers, so the rows come
// in stretches: those of [n, 4n) write words before n, and read words from n on.

func.func private @eoq_quantize_stochastic_outputs_last_inside_i32_i8(%x: memref<?xi32>, %out: memref<?xi8>, %columns: index, %ks: index, %taps: index, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %some = arith.constant 32 : index
  %wide = arith.constant 128 : index
  %long = arith.constant 1024 : index
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %rows = arith.muli %ks, %taps : index
  scf.while (%begin = %c0, %most = %c1) : (index, index) -> (index, index) {
    %more = arith.cmpi ult, %begin, %rows : index
    scf.condition(%more) %begin, %most : index, index
  } do {
  ^bb0(%begin: index, %most: index):
    %end = arith.minui %most, %rows : index
    scf.parallel (%row) = (%begin) to (%end) step (%some) {
      %next = arith.addi %row, %some : index
      %last = arith.minui %next, %end : index
      func.call @eoq_quantize_inside_rows(%x, %row, %last, %columns, %ks, %taps, %shift, %k) : (memref<?xi32>, index, index, index, index, index, i32, i32) -> ()
    }
    %next_most = arith.muli %most, %c4 : index
    scf.yield %end, %next_most : index, index
  }
  scf.parallel (%n, %i) = (%c0, %c0) to (%columns, %rows) step (%wide, %long) {
    %n_next = arith.addi %n, %wide : index
    %n_end = arith.minui %n_next, %columns : index
    %i_next = arith.addi %i, %long : index
    %i_end = arith.minui %i_next, %rows : index
    func.call @eoq_transpose_inside(%x, %out, %columns, %ks, %taps, %n, %n_end, %i, %i_end) : (memref<?xi32>, memref<?xi8>, index, index, index, index, index, index, index) -> ()
  }
  return
}

// Rows [begin, end) of x to words of four numbers.
func.func private @eoq_quantize_inside_rows(%x: memref<?xi32>, %begin: index, %end: index, %columns: index, %ks: index, %taps: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c7 = arith.constant 7 : i32
  %c8_32 = arith.constant 8 : i32
  %c17 = arith.constant 17 : i32
  %c32 = arith.constant 32 : i32
  %byte = arith.constant 255 : i32
  %factor = arith.constant 0x9E3779B1 : i32
  %lanes = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7]> : vector<8xi32>
  // As in @eoq_quantize_outputs_last_block_D.
  %right = arith.cmpi sgt, %shift, %zero : i32
  %all = arith.maxsi %shift, %one : i32
  %second = arith.minsi %all, %c17 : i32
  %first = arith.subi %all, %second : i32
  %drop = arith.subi %c32, %second : i32
  %is_long = arith.cmpi eq, %second, %c17 : i32
  %half = arith.extui %is_long : i1 to i32
  %negated = arith.subi %zero, %shift : i32
  %up = arith.maxsi %negated, %zero : i32
  %left = arith.minsi %up, %c7 : i32
  %vfirst = vector.broadcast %first : i32 to vector<8xi32>
  %vdrop = vector.broadcast %drop : i32 to vector<8xi32>
  %vhalf = vector.broadcast %half : i32 to vector<8xi32>
  %vsecond = vector.broadcast %second : i32 to vector<8xi32>
  %vleft = vector.broadcast %left : i32 to vector<8xi32>
  // The column beside is a row of `out` further.
  %row = arith.muli %ks, %taps : index
  %row32 = arith.index_cast %row : index to i32
  %beside = arith.muli %row32, %factor : i32
  %vbeside = vector.broadcast %beside : i32 to vector<8xi32>
  %vlanes = arith.muli %lanes, %vbeside : vector<8xi32>
  %ahead = arith.muli %beside, %c8_32 : i32
  %vahead = vector.broadcast %ahead : i32 to vector<8xi32>
  %short = arith.cmpi sle, %shift, %c32 : i32
  scf.for %r = %begin to %end step %c1 {
    %tap = arith.divui %r, %ks : index
    %input = arith.remui %r, %ks : index
    %place0 = arith.muli %input, %taps : index
    %place = arith.addi %place0, %tap : index
    %from = arith.muli %r, %columns : index
    scf.if %short {
      %place32 = arith.index_cast %place : index to i32
      %h0 = arith.muli %place32, %factor : i32
      %h1 = arith.addi %h0, %k : i32
      %h2 = vector.broadcast %h1 : i32 to vector<8xi32>
      %start = arith.addi %h2, %vlanes : vector<8xi32>
      %last = scf.for %c = %c0 to %columns step %c8 iter_args(%h = %start) -> (vector<8xi32>) {
        %at = arith.addi %from, %c : index
        %q = vector.load %x[%at] : memref<?xi32>, vector<8xi32>
        %w = scf.if %right -> (vector<8xi32>) {
          %0 = func.call @eoq_quantize_eight_right(%q, %h, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
          scf.yield %0 : vector<8xi32>
        } else {
          %0 = func.call @eoq_quantize_eight_left(%q, %h, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
          scf.yield %0 : vector<8xi32>
        }
        %z = arith.trunci %w : vector<8xi32> to vector<8xi8>
        %words = vector.bitcast %z : vector<8xi8> to vector<2xi32>
        %to = arith.divui %at, %c4 : index
        vector.store %words, %x[%to] : memref<?xi32>, vector<2xi32>
        %next = arith.addi %h, %vahead : vector<8xi32>
        scf.yield %next : vector<8xi32>
      }
    } else {
      scf.for %c = %c0 to %columns step %c4 {
        %at = arith.addi %from, %c : index
        %word = scf.for %j = %c0 to %c4 step %c1 iter_args(%bytes = %zero) -> (i32) {
          %at_j = arith.addi %at, %j : index
          %column = arith.addi %c, %j : index
          %number0 = arith.muli %column, %row : index
          %number1 = arith.addi %number0, %place : index
          %number = arith.index_cast %number1 : index to i32
          %q = memref.load %x[%at_j] : memref<?xi32>
          %random = func.call @eoq_random(%number, %k) : (i32, i32) -> i32
          %w = func.call @eoq_shift_stochastic_i32(%q, %random, %shift) : (i32, i32, i32) -> i32
          %z = func.call @eoq_narrow_i8(%w) : (i32) -> i8
          %z32 = arith.extsi %z : i8 to i32
          %b = arith.andi %z32, %byte : i32
          %j32 = arith.index_cast %j : index to i32
          %by = arith.muli %j32, %c8_32 : i32
          %shifted = arith.shli %b, %by : i32
          %new = arith.ori %bytes, %shifted : i32
          scf.yield %new : i32
        }
        %to = arith.divui %at, %c4 : index
        memref.store %word, %x[%to] : memref<?xi32>
      }
    }
  }
  return
}

// Columns [n0, n_end) of the elements [i0, i_end) of their rows in `out`, in blocks of 16 x 16.
func.func private @eoq_transpose_inside(%x: memref<?xi32>, %out: memref<?xi8>, %columns: index, %ks: index, %taps: index, %n0: index, %n_end: index, %i0: index, %i_end: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %tile_static = memref.alloca() {alignment = 64 : i64} : memref<256xi8>
  %tile = memref.cast %tile_static : memref<256xi8> to memref<?xi8>
  %turned_static = memref.alloca() {alignment = 64 : i64} : memref<256xi8>
  %turned = memref.cast %turned_static : memref<256xi8> to memref<?xi8>
  %row = arith.muli %ks, %taps : index
  %tap_step = arith.muli %ks, %columns : index
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  scf.for %i = %i0 to %i_end step %c16 {
    %i_left = arith.subi %i_end, %i : index
    %count = arith.minui %i_left, %c16 : index
    %whole = arith.cmpi eq, %count, %c16 : index
    %first_k = arith.divui %i, %taps : index
    %first_t = arith.remui %i, %taps : index
    %first0 = arith.muli %first_k, %columns : index
    %first1 = arith.muli %first_t, %tap_step : index
    %first = arith.addi %first0, %first1 : index
    scf.for %n = %n0 to %n_end step %c16 {
      %from = arith.addi %first, %n : index
      %t_end, %at_end = scf.for %r = %c0 to %count step %c1 iter_args(%t = %first_t, %at = %from) -> (index, index) {
        %word = arith.divui %at, %c4 : index
        %w = vector.load %x[%word] : memref<?xi32>, vector<4xi32>
        %z = vector.bitcast %w : vector<4xi32> to vector<16xi8>
        %to = arith.muli %r, %c16 : index
        vector.store %z, %tile[%to] : memref<?xi8>, vector<16xi8>
        %t_next, %at_next = func.call @eoq_next_tap(%t, %at, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
        scf.yield %t_next, %at_next : index, index
      }
      %to0 = arith.muli %n, %row : index
      %to = arith.addi %to0, %i : index
      scf.if %whole {
        func.call @eoq_transpose_block_i8(%tile, %c0, %c16, %turned, %c0) : (memref<?xi8>, index, index, memref<?xi8>, index) -> ()
        scf.for %j = %c0 to %c16 step %c1 {
          %f = arith.muli %j, %c16 : index
          %v = vector.load %turned[%f] : memref<?xi8>, vector<16xi8>
          %down = arith.muli %j, %row : index
          %o = arith.addi %to, %down : index
          vector.store %v, %out[%o] : memref<?xi8>, vector<16xi8>
        }
      } else {
        scf.for %j = %c0 to %c16 step %c1 {
          %down = arith.muli %j, %row : index
          %o0 = arith.addi %to, %down : index
          scf.for %r = %c0 to %count step %c1 {
            %f0 = arith.muli %r, %c16 : index
            %f = arith.addi %f0, %j : index
            %z = memref.load %tile[%f] : memref<?xi8>
            %o = arith.addi %o0, %r : index
            memref.store %z, %out[%o] : memref<?xi8>
          }
        }
      }
    }
  }
  return
}
