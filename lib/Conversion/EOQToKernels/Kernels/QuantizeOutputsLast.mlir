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
  // Enough parts for threads to share, an even number of a row's: rows of x have
  // neighbours to be read together.
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  %wide = arith.constant 128 : index
  %most = arith.constant 512 : index
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %row = arith.muli %ks, %taps : index
  %pairs = call @eoq_part_count(%row, %most) : (index, index) -> index
  %parts = arith.muli %pairs, %c2 : index
  %part = call @eoq_part_count(%row, %parts) : (index, index) -> index
  %vectors = call @eoq_part_count(%part, %c16) : (index, index) -> index
  %long = arith.muli %vectors, %c16 : index
  scf.parallel (%n, %i) = (%c0, %c0) to (%columns, %row) step (%wide, %long) {
    %n_left = arith.subi %columns, %n : index
    %n_count = arith.minsi %n_left, %wide : index
    %i_left = arith.subi %row, %i : index
    %i_count = arith.minsi %i_left, %long : index
    func.call @eoq_quantize_outputs_last_part(%x, %out, %columns, %ks, %taps, %n, %n_count, %i, %i_count, %shift, %k) : (memref<?xi32>, memref<?xi8>, index, index, index, index, index, index, index, i32, i32) -> ()
  }
  return
}

// Columns [n0, n0 + n_count) of elements [i0, i0 + i_count) of their rows in `out`:
// 16 elements of up to 128 columns at a time.
func.func private @eoq_quantize_outputs_last_part(%x: memref<?xi32>, %out: memref<?xi8>, %columns: index, %ks: index, %taps: index, %n0: index, %n_count: index, %i0: index, %i_count: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i32
  %most = arith.constant 32 : i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  %short = arith.cmpi sle, %shift, %most : i32
  %row = arith.muli %ks, %taps : index
  %tap_step = arith.muli %ks, %columns : index
  %i_end = arith.addi %i0, %i_count : index
  %n_number = arith.muli %n0, %row : index
  %n_rest = arith.remui %n_count, %c8 : index
  %n_whole = arith.subi %n_count, %n_rest : index
  scf.for %i = %i0 to %i_end step %c16 {
    %i_left = arith.subi %i_end, %i : index
    %rows = arith.minsi %i_left, %c16 : index
    %whole_rows = arith.cmpi eq, %rows, %c16 : index
    %fast = arith.andi %whole_rows, %short : i1
    %first_k = arith.divui %i, %taps : index
    %first_t = arith.remui %i, %taps : index
    %first0 = arith.muli %first_k, %columns : index
    %first1 = arith.muli %first_t, %tap_step : index
    %first = arith.addi %first0, %first1 : index
    %from = arith.addi %first, %n0 : index
    %to = arith.addi %n_number, %i : index
    %done = arith.select %fast, %n_whole, %c0 : index
    scf.if %right {
      func.call @eoq_quantize_outputs_last_block_right(%x, %from, %out, %to, %done, %columns, %tap_step, %taps, %first_t, %row, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, index, index, index, index, index, index, index, i32, i32) -> ()
    } else {
      func.call @eoq_quantize_outputs_last_block_left(%x, %from, %out, %to, %done, %columns, %tap_step, %taps, %first_t, %row, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, index, index, index, index, index, index, index, i32, i32) -> ()
    }
    %left = arith.subi %n_count, %done : index
    %from_left = arith.addi %from, %done : index
    %past = arith.muli %done, %row : index
    %to_left = arith.addi %to, %past : index
    func.call @eoq_quantize_outputs_last_few(%x, %from_left, %out, %to_left, %columns, %tap_step, %taps, %first_t, %row, %rows, %left, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, index, index, index, index, index, index, index, index, i32, i32) -> ()
  }
  return
}

// Eight numbers, narrowed by a shift to the right to at most 127, of the sums in the
// hashes of N5. As in SgdUpdateShort.mlir a shift has two parts, the second of at most
// 17 bits: an addend has no bits below those. A number so large that the addend could
// leave 32 bits is clamped in any case.
func.func private @eoq_quantize_eight_right(%q: vector<8xi32>, %h: vector<8xi32>, %first: vector<8xi32>, %drop: vector<8xi32>, %half: vector<8xi32>, %second: vector<8xi32>, %left: vector<8xi32>) -> vector<8xi32> {
  %bound = arith.constant dense<0x7FFDFFFF> : vector<8xi32>
  %max = arith.constant dense<127> : vector<8xi32>
  %min = arith.constant dense<-127> : vector<8xi32>
  %upper = call @eoq_hash_upper(%h) : (vector<8xi32>) -> vector<8xi32>
  %r = arith.shrui %upper, %drop : vector<8xi32>
  %addend = arith.ori %r, %half : vector<8xi32>
  %0 = arith.shrsi %q, %first : vector<8xi32>
  %1 = arith.minsi %0, %bound : vector<8xi32>
  %sum = arith.addi %1, %addend : vector<8xi32>
  %2 = arith.shrsi %sum, %second : vector<8xi32>
  %3 = arith.minsi %2, %max : vector<8xi32>
  %4 = arith.maxsi %3, %min : vector<8xi32>
  return %4 : vector<8xi32>
}

// The same by a shift to the left (or none), which has no use for random numbers.
func.func private @eoq_quantize_eight_left(%q: vector<8xi32>, %h: vector<8xi32>, %first: vector<8xi32>, %drop: vector<8xi32>, %half: vector<8xi32>, %second: vector<8xi32>, %left: vector<8xi32>) -> vector<8xi32> {
  %max = arith.constant dense<127> : vector<8xi32>
  %min = arith.constant dense<-127> : vector<8xi32>
  %0 = arith.minsi %q, %max : vector<8xi32>
  %1 = arith.maxsi %0, %min : vector<8xi32>
  %2 = arith.shli %1, %left : vector<8xi32>
  %3 = arith.minsi %2, %max : vector<8xi32>
  %4 = arith.maxsi %3, %min : vector<8xi32>
  return %4 : vector<8xi32>
}

// The tap behind t, or the first one of the next element, and where it is.
func.func private @eoq_next_tap(%t: index, %at: index, %taps: index, %tap_step: index, %back: index) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %up = arith.addi %t, %c1 : index
  %wrap = arith.cmpi eq, %up, %taps : index
  %step = arith.select %wrap, %back, %tap_step : index
  %t_next = arith.select %wrap, %c0, %up : index
  %at_next = arith.addi %at, %step : index
  return %t_next, %at_next : index, index
}

// The halves of a vector, `step` apart.
func.func private @eoq_store_two_columns(%v: vector<8xi32>, %out: memref<?xi8>, %to: index, %step: index) {
  %b = vector.bitcast %v : vector<8xi32> to vector<32xi8>
  %b0 = vector.extract_strided_slice %b {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %b1 = vector.extract_strided_slice %b {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %next = arith.addi %to, %step : index
  vector.store %b0, %out[%to] : memref<?xi8>, vector<16xi8>
  vector.store %b1, %out[%next] : memref<?xi8>, vector<16xi8>
  return
}

// Up to 16 rows of `count` neighbours, by any shift.
func.func private @eoq_quantize_outputs_last_few(%x: memref<?xi32>, %from: index, %out: memref<?xi8>, %to: index, %columns: index, %tap_step: index, %taps: index, %first_t: index, %row: index, %rows: index, %count: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  %some = arith.cmpi ne, %count, %c0 : index
  %rows_left = arith.select %some, %rows, %c0 : index
  scf.for %r = %c0 to %rows_left step %c1 iter_args(%t = %first_t, %at = %from) -> (index, index) {
    %to_r = arith.addi %to, %r : index
    scf.for %j = %c0 to %count step %c1 {
      %at_j = arith.addi %at, %j : index
      %q = memref.load %x[%at_j] : memref<?xi32>
      %down = arith.muli %j, %row : index
      %o = arith.addi %to_r, %down : index
      %number = arith.index_cast %o : index to i32
      %random = func.call @eoq_random(%number, %k) : (i32, i32) -> i32
      %w = func.call @eoq_shift_stochastic_i32(%q, %random, %shift) : (i32, i32, i32) -> i32
      %z = func.call @eoq_narrow_i8(%w) : (i32) -> i8
      memref.store %z, %out[%o] : memref<?xi8>
    }
    %t_next, %at_next = func.call @eoq_next_tap(%t, %at, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    scf.yield %t_next, %at_next : index, index
  }
  return
}
