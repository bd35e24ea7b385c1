//===- QuantizeOutputsLast.mlir - narrowing of transposed weight gradients -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The gradient of a weight as its sums were made, x [taps][ks][columns], narrowed
// (N4) to the parameter's order, out [columns][ks][taps], by whose places the random
// numbers are numbered.
func.func private @eoq_quantize_stochastic_outputs_last_i32_i8(%x: memref<?xi32>, %out: memref<?xi8>, %columns: index, %ks: index, %taps: index, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  // Neighbouring columns share pages of x.
  %wide = arith.constant 128 : index
  %long = arith.constant 1024 : index
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %row = arith.muli %ks, %taps : index
  scf.parallel (%n, %i) = (%c0, %c0) to (%columns, %row) step (%wide, %long) {
    %n_left = arith.subi %columns, %n : index
    %n_count = arith.minsi %n_left, %wide : index
    %i_left = arith.subi %row, %i : index
    %i_count = arith.minsi %i_left, %long : index
    func.call @eoq_quantize_outputs_last_part(%x, %out, %columns, %ks, %taps, %n, %n_count, %i, %i_count, %shift, %k) : (memref<?xi32>, memref<?xi8>, index, index, index, index, index, index, index, i32, i32) -> ()
  }
  return
}

// Columns [n0, n0 + n_count) of elements [i0, i0 + i_count) of their rows in `out`,
// in blocks of 16 x 16.
func.func private @eoq_quantize_outputs_last_part(%x: memref<?xi32>, %out: memref<?xi8>, %columns: index, %ks: index, %taps: index, %n0: index, %n_count: index, %i0: index, %i_count: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %factor = arith.constant 0x9E3779B1 : i32
  %none = arith.constant 0 : i32
  %most = arith.constant 31 : i32
  %right = arith.cmpi sgt, %shift, %none : i32
  %small = arith.cmpi sle, %shift, %most : i32
  %short = arith.andi %right, %small : i1
  %tile_static = memref.alloca() {alignment = 64 : i64} : memref<256xi8>
  %tile = memref.cast %tile_static : memref<256xi8> to memref<?xi8>
  %turned_static = memref.alloca() {alignment = 64 : i64} : memref<256xi8>
  %turned = memref.cast %turned_static : memref<256xi8> to memref<?xi8>
  %hashes = memref.alloca() {alignment = 64 : i64} : memref<16xi32>
  %row = arith.muli %ks, %taps : index
  %tap_step = arith.muli %ks, %columns : index
  %i_end = arith.addi %i0, %i_count : index
  %n_end = arith.addi %n0, %n_count : index
  scf.for %i = %i0 to %i_end step %c16 {
    %i_left = arith.subi %i_end, %i : index
    %rows = arith.minsi %i_left, %c16 : index
    %whole_rows = arith.cmpi eq, %rows, %c16 : index
    %first_k = arith.divui %i, %taps : index
    %first_t = arith.remui %i, %taps : index
    %first0 = arith.muli %first_k, %columns : index
    %first1 = arith.muli %first_t, %tap_step : index
    %first = arith.addi %first0, %first1 : index
    scf.for %n = %n0 to %n_end step %c16 {
      %n_left = arith.subi %n_end, %n : index
      %count = arith.minsi %n_left, %c16 : index
      %whole = arith.cmpi eq, %count, %c16 : index
      %fast = arith.andi %whole, %short : i1
      // The sum in a hash of N5 has a part of the column and one of the row.
      %n_number = arith.muli %n, %row : index
      scf.for %j = %c0 to %c16 step %c1 {
        %j_number = arith.muli %j, %row : index
        %number = arith.addi %n_number, %j_number : index
        %number32 = arith.index_cast %number : index to i32
        %h = arith.muli %number32, %factor : i32
        memref.store %h, %hashes[%j] : memref<16xi32>
      }
      %from = arith.addi %first, %n : index
      // Loops of their own, so that the fast one keeps its constants in registers.
      scf.if %fast {
        func.call @eoq_quantize_outputs_last_rows(%x, %from, %tile, %hashes, %columns, %tap_step, %taps, %first_t, %i, %rows, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, memref<16xi32>, index, index, index, index, index, index, i32, i32) -> ()
      } else {
        func.call @eoq_quantize_outputs_last_few(%x, %from, %tile, %hashes, %columns, %tap_step, %taps, %first_t, %i, %rows, %count, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, memref<16xi32>, index, index, index, index, index, index, index, i32, i32) -> ()
      }
      %to = arith.addi %n_number, %i : index
      scf.if %whole_rows {
        func.call @eoq_transpose_block_i8(%tile, %c0, %c16, %turned, %c0) : (memref<?xi8>, index, index, memref<?xi8>, index) -> ()
        scf.for %j = %c0 to %count step %c1 {
          %f = arith.muli %j, %c16 : index
          %v = vector.load %turned[%f] : memref<?xi8>, vector<16xi8>
          %down = arith.muli %j, %row : index
          %o = arith.addi %to, %down : index
          vector.store %v, %out[%o] : memref<?xi8>, vector<16xi8>
        }
      } else {
        scf.for %j = %c0 to %count step %c1 {
          %down = arith.muli %j, %row : index
          %o0 = arith.addi %to, %down : index
          scf.for %r = %c0 to %rows step %c1 {
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

// R of N5, of the two parts of the sum in its hash.
func.func private @eoq_random_of_sum(%a: i32, %b: i32) -> i32 {
  %c16 = arith.constant 16 : i32
  %sum = arith.addi %a, %b : i32
  %h = call @eoq_mix(%sum) : (i32) -> i32
  %r = arith.shrui %h, %c16 : i32
  return %r : i32
}

// `rows` times 16 neighbours into a tile, shifted by 1 to 31.
func.func private @eoq_quantize_outputs_last_rows(%x: memref<?xi32>, %from: index, %tile: memref<?xi8>, %hashes: memref<16xi32>, %columns: index, %tap_step: index, %taps: index, %first_t: index, %i: index, %rows: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %factor = arith.constant 0x9E3779B1 : i32
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  scf.for %r = %c0 to %rows step %c1 iter_args(%t = %first_t, %f = %from) -> (index, index) {
    %ir = arith.addi %i, %r : index
    %ir32 = arith.index_cast %ir : index to i32
    %h0 = arith.muli %ir32, %factor : i32
    %h = arith.addi %h0, %k : i32
    %at = arith.muli %r, %c16 : index
    scf.for %j = %c0 to %c16 step %c1 {
      %fj = arith.addi %f, %j : index
      %q = memref.load %x[%fj] : memref<?xi32>
      %hj = memref.load %hashes[%j] : memref<16xi32>
      %rj = func.call @eoq_random_of_sum(%hj, %h) : (i32, i32) -> i32
      %w = func.call @eoq_shift_right_stochastic_i32(%q, %rj, %shift) : (i32, i32, i32) -> i32
      %z = func.call @eoq_narrow_i8(%w) : (i32) -> i8
      %o = arith.addi %at, %j : index
      memref.store %z, %tile[%o] : memref<?xi8>
    }
    // The next tap, or the first one of the next element.
    %up = arith.addi %t, %c1 : index
    %wrap = arith.cmpi eq, %up, %taps : index
    %step = arith.select %wrap, %back, %tap_step : index
    %t_next = arith.select %wrap, %c0, %up : index
    %f_next = arith.addi %f, %step : index
    scf.yield %t_next, %f_next : index, index
  }
  return
}

// The same for up to 16 neighbours and any shift.
func.func private @eoq_quantize_outputs_last_few(%x: memref<?xi32>, %from: index, %tile: memref<?xi8>, %hashes: memref<16xi32>, %columns: index, %tap_step: index, %taps: index, %first_t: index, %i: index, %rows: index, %count: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %factor = arith.constant 0x9E3779B1 : i32
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  scf.for %r = %c0 to %rows step %c1 iter_args(%t = %first_t, %f = %from) -> (index, index) {
    %ir = arith.addi %i, %r : index
    %ir32 = arith.index_cast %ir : index to i32
    %h0 = arith.muli %ir32, %factor : i32
    %h = arith.addi %h0, %k : i32
    %at = arith.muli %r, %c16 : index
    scf.for %j = %c0 to %count step %c1 {
      %fj = arith.addi %f, %j : index
      %q = memref.load %x[%fj] : memref<?xi32>
      %hj = memref.load %hashes[%j] : memref<16xi32>
      %rj = func.call @eoq_random_of_sum(%hj, %h) : (i32, i32) -> i32
      %w = func.call @eoq_shift_stochastic_i32(%q, %rj, %shift) : (i32, i32, i32) -> i32
      %z = func.call @eoq_narrow_i8(%w) : (i32) -> i8
      %o = arith.addi %at, %j : index
      memref.store %z, %tile[%o] : memref<?xi8>
    }
    // The next tap, or the first one of the next element.
    %up = arith.addi %t, %c1 : index
    %wrap = arith.cmpi eq, %up, %taps : index
    %step = arith.select %wrap, %back, %tap_step : index
    %t_next = arith.select %wrap, %c0, %up : index
    %f_next = arith.addi %f, %step : index
    scf.yield %t_next, %f_next : index, index
  }
  return
}
