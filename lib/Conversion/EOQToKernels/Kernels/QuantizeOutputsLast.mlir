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
  // Blocks of columns, a quarter of them: neighbouring ones share pages of x.
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  %widest = arith.constant 128 : index
  %some = arith.divui %columns, %c64 : index
  %quarter = arith.muli %some, %c16 : index
  %bounded = arith.minui %quarter, %widest : index
  %wide = arith.maxui %bounded, %c16 : index
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
// in blocks of 16 x 8.
func.func private @eoq_quantize_outputs_last_part(%x: memref<?xi32>, %out: memref<?xi8>, %columns: index, %ks: index, %taps: index, %n0: index, %n_count: index, %i0: index, %i_count: index, %shift: i32, %k: i32) {
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %most = arith.constant 32 : i32
  %short = arith.cmpi sle, %shift, %most : i32
  %row = arith.muli %ks, %taps : index
  %tap_step = arith.muli %ks, %columns : index
  %i_end = arith.addi %i0, %i_count : index
  %n_end = arith.addi %n0, %n_count : index
  scf.for %i = %i0 to %i_end step %c16 {
    %i_left = arith.subi %i_end, %i : index
    %rows = arith.minsi %i_left, %c16 : index
    %whole_rows = arith.cmpi eq, %rows, %c16 : index
    %block = arith.andi %whole_rows, %short : i1
    %first_k = arith.divui %i, %taps : index
    %first_t = arith.remui %i, %taps : index
    %first0 = arith.muli %first_k, %columns : index
    %first1 = arith.muli %first_t, %tap_step : index
    %first = arith.addi %first0, %first1 : index
    scf.for %n = %n0 to %n_end step %c8 {
      %n_left = arith.subi %n_end, %n : index
      %count = arith.minsi %n_left, %c8 : index
      %whole = arith.cmpi eq, %count, %c8 : index
      %fast = arith.andi %whole, %block : i1
      %from = arith.addi %first, %n : index
      %n_number = arith.muli %n, %row : index
      %to = arith.addi %n_number, %i : index
      scf.if %fast {
        func.call @eoq_quantize_outputs_last_block(%x, %from, %out, %to, %columns, %tap_step, %taps, %first_t, %row, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, index, index, index, index, index, index, i32, i32) -> ()
      } else {
        func.call @eoq_quantize_outputs_last_few(%x, %from, %out, %to, %columns, %tap_step, %taps, %first_t, %row, %rows, %count, %shift, %k) : (memref<?xi32>, index, memref<?xi8>, index, index, index, index, index, index, index, index, i32, i32) -> ()
      }
    }
  }
  return
}

// Eight numbers at `at`, narrowed by `shift` to at most 127, of the sums in the hashes
// of N5. As in SgdUpdateShort.mlir a shift has two parts, the second of at most 17
// bits: an addend has no bits below those. A number so large that the addend could
// leave 32 bits is clamped in any case.
func.func private @eoq_quantize_eight(%x: memref<?xi32>, %at: index, %h: vector<8xi32>, %right: i1, %first: vector<8xi32>, %drop: vector<8xi32>, %half: vector<8xi32>, %second: vector<8xi32>, %left: vector<8xi32>) -> vector<8xi32> {
  %bound = arith.constant dense<0x7FFDFFFF> : vector<8xi32>
  %max = arith.constant dense<127> : vector<8xi32>
  %min = arith.constant dense<-127> : vector<8xi32>
  %q = vector.load %x[%at] : memref<?xi32>, vector<8xi32>
  %w = scf.if %right -> (vector<8xi32>) {
    %upper = func.call @eoq_hash_upper(%h) : (vector<8xi32>) -> vector<8xi32>
    %r = arith.shrui %upper, %drop : vector<8xi32>
    %addend = arith.ori %r, %half : vector<8xi32>
    %0 = arith.shrsi %q, %first : vector<8xi32>
    %1 = arith.minsi %0, %bound : vector<8xi32>
    %sum = arith.addi %1, %addend : vector<8xi32>
    %2 = arith.shrsi %sum, %second : vector<8xi32>
    scf.yield %2 : vector<8xi32>
  } else {
    %0 = arith.minsi %q, %max : vector<8xi32>
    %1 = arith.maxsi %0, %min : vector<8xi32>
    %2 = arith.shli %1, %left : vector<8xi32>
    scf.yield %2 : vector<8xi32>
  }
  %3 = arith.minsi %w, %max : vector<8xi32>
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

// 16 rows of eight neighbours, shifted by at most 32, to eight rows of 16. Four rows
// become one vector, whose words are columns: 0..3 and 4..7.
func.func private @eoq_quantize_outputs_last_block(%x: memref<?xi32>, %from: index, %out: memref<?xi8>, %to: index, %columns: index, %tap_step: index, %taps: index, %first_t: index, %row: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c7 = arith.constant 7 : i32
  %c17 = arith.constant 17 : i32
  %c32 = arith.constant 32 : i32
  %factor = arith.constant 0x9E3779B1 : i32
  %vfactor = arith.constant dense<0x9E3779B1> : vector<8xi32>
  %lanes = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7]> : vector<8xi32>
  %none = arith.constant dense<0> : vector<8xi32>
  %right = arith.cmpi sgt, %shift, %zero : i32
  %all = arith.maxsi %shift, %one : i32
  %second = arith.minsi %all, %c17 : i32
  %first = arith.subi %all, %second : i32
  %drop = arith.subi %c32, %second : i32
  %long = arith.cmpi eq, %second, %c17 : i32
  %half = arith.extui %long : i1 to i32
  %negated = arith.subi %zero, %shift : i32
  %up = arith.maxsi %negated, %zero : i32
  %left = arith.minsi %up, %c7 : i32
  %vfirst = vector.broadcast %first : i32 to vector<8xi32>
  %vdrop = vector.broadcast %drop : i32 to vector<8xi32>
  %vhalf = vector.broadcast %half : i32 to vector<8xi32>
  %vsecond = vector.broadcast %second : i32 to vector<8xi32>
  %vleft = vector.broadcast %left : i32 to vector<8xi32>
  // The element below in a row of x is the next one in `out`, and the one beside it
  // a row of `out` further.
  %to32 = arith.index_cast %to : index to i32
  %row32 = arith.index_cast %row : index to i32
  %h0 = arith.muli %to32, %factor : i32
  %h1 = arith.addi %h0, %k : i32
  %beside = arith.muli %row32, %factor : i32
  %vbeside = vector.broadcast %beside : i32 to vector<8xi32>
  %h2 = arith.muli %lanes, %vbeside : vector<8xi32>
  %h3 = vector.broadcast %h1 : i32 to vector<8xi32>
  %start = arith.addi %h2, %h3 : vector<8xi32>
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  %t_end, %at_end, %h_end, %v0, %v1, %v2, %v3 = scf.for %r = %c0 to %c4 step %c1 iter_args(%t0 = %first_t, %at0 = %from, %g0 = %start, %a1 = %none, %a2 = %none, %a3 = %none, %a4 = %none) -> (index, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
    %w0 = func.call @eoq_quantize_eight(%x, %at0, %g0, %right, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (memref<?xi32>, index, vector<8xi32>, i1, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
    %t1, %at1 = func.call @eoq_next_tap(%t0, %at0, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %g1 = arith.addi %g0, %vfactor : vector<8xi32>
    %w1 = func.call @eoq_quantize_eight(%x, %at1, %g1, %right, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (memref<?xi32>, index, vector<8xi32>, i1, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
    %t2, %at2 = func.call @eoq_next_tap(%t1, %at1, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %g2 = arith.addi %g1, %vfactor : vector<8xi32>
    %w2 = func.call @eoq_quantize_eight(%x, %at2, %g2, %right, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (memref<?xi32>, index, vector<8xi32>, i1, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
    %t3, %at3 = func.call @eoq_next_tap(%t2, %at2, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %g3 = arith.addi %g2, %vfactor : vector<8xi32>
    %w3 = func.call @eoq_quantize_eight(%x, %at3, %g3, %right, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (memref<?xi32>, index, vector<8xi32>, i1, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
    %t4, %at4 = func.call @eoq_next_tap(%t3, %at3, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %g4 = arith.addi %g3, %vfactor : vector<8xi32>
    %p0 = func.call @eoq_join_lower(%w0, %w1) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
    %p1 = func.call @eoq_join_lower(%w2, %w3) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
    %b0 = vector.bitcast %p0 : vector<16xi16> to vector<32xi8>
    %b1 = vector.bitcast %p1 : vector<16xi16> to vector<32xi8>
    // Columns 0..3 of the four rows, then columns 4..7.
    %b = vector.shuffle %b0, %b1 [0, 2, 4, 6, 8, 10, 12, 14, 32, 34, 36, 38, 40, 42, 44, 46, 16, 18, 20, 22, 24, 26, 28, 30, 48, 50, 52, 54, 56, 58, 60, 62] : vector<32xi8>, vector<32xi8>
    %d = vector.shuffle %b, %b [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 16, 20, 24, 28, 17, 21, 25, 29, 18, 22, 26, 30, 19, 23, 27, 31] : vector<32xi8>, vector<32xi8>
    %new = vector.bitcast %d : vector<32xi8> to vector<8xi32>
    scf.yield %t4, %at4, %g4, %a2, %a3, %a4, %new : index, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
  }
  // The words of a column, below each other, become neighbours.
  %x0 = vector.shuffle %v0, %v1 [0, 8, 1, 9, 4, 12, 5, 13] : vector<8xi32>, vector<8xi32>
  %x1 = vector.shuffle %v2, %v3 [0, 8, 1, 9, 4, 12, 5, 13] : vector<8xi32>, vector<8xi32>
  %x2 = vector.shuffle %v0, %v1 [2, 10, 3, 11, 6, 14, 7, 15] : vector<8xi32>, vector<8xi32>
  %x3 = vector.shuffle %v2, %v3 [2, 10, 3, 11, 6, 14, 7, 15] : vector<8xi32>, vector<8xi32>
  %y0 = vector.shuffle %x0, %x1 [0, 1, 8, 9, 4, 5, 12, 13] : vector<8xi32>, vector<8xi32>
  %y1 = vector.shuffle %x0, %x1 [2, 3, 10, 11, 6, 7, 14, 15] : vector<8xi32>, vector<8xi32>
  %y2 = vector.shuffle %x2, %x3 [0, 1, 8, 9, 4, 5, 12, 13] : vector<8xi32>, vector<8xi32>
  %y3 = vector.shuffle %x2, %x3 [2, 3, 10, 11, 6, 7, 14, 15] : vector<8xi32>, vector<8xi32>
  %four_rows = arith.muli %row, %c4 : index
  %to1 = arith.addi %to, %row : index
  %to2 = arith.addi %to1, %row : index
  %to3 = arith.addi %to2, %row : index
  func.call @eoq_store_two_columns(%y0, %out, %to, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
  func.call @eoq_store_two_columns(%y1, %out, %to1, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
  func.call @eoq_store_two_columns(%y2, %out, %to2, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
  func.call @eoq_store_two_columns(%y3, %out, %to3, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
  return
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

// Up to 16 rows of up to eight neighbours, by any shift.
func.func private @eoq_quantize_outputs_last_few(%x: memref<?xi32>, %from: index, %out: memref<?xi8>, %to: index, %columns: index, %tap_step: index, %taps: index, %first_t: index, %row: index, %rows: index, %count: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  scf.for %r = %c0 to %rows step %c1 iter_args(%t = %first_t, %at = %from) -> (index, index) {
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
