//===- QuantizeOutputsLastBlock.mlir - a block of QuantizeOutputsLast.mlir -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// One instance for each direction of the shift: a branch within the loop would hide
// that its numbers fit 16 bits, and so cost twice the instructions to join them.
// instances: D = right left

// 16 rows of `count` neighbours, a multiple of 8 and at most 128, shifted by at most
// 32, to as many rows of 16. Four rows of eight become one vector, whose words are
// columns: 0..3 and 4..7. All of a row's neighbours come together, as rows of x may
// be a power of two apart, too many for one set of a cache.
func.func private @eoq_quantize_outputs_last_block_D(%x: memref<?xi32>, %from: index, %out: memref<?xi8>, %to: index, %count: index, %columns: index, %tap_step: index, %taps: index, %first_t: index, %row: index, %shift: i32, %k: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %line = arith.constant 128 : index
  %one = arith.constant 1 : i32
  %zero = arith.constant 0 : i32
  %c7 = arith.constant 7 : i32
  %c8_32 = arith.constant 8 : i32
  %c17 = arith.constant 17 : i32
  %c32 = arith.constant 32 : i32
  %factor = arith.constant 0x9E3779B1 : i32
  %vfactor = arith.constant dense<0x9E3779B1> : vector<8xi32>
  // Four times that.
  %vfour = arith.constant dense<0x78DDE6C4> : vector<8xi32>
  %lanes = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7]> : vector<8xi32>
  %tile = memref.alloca() {alignment = 64 : i64} : memref<512xi32>
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
  %ahead = arith.muli %beside, %c8_32 : i32
  %vahead = vector.broadcast %ahead : i32 to vector<8xi32>
  %taps_1 = arith.subi %taps, %c1 : index
  %all_taps = arith.muli %taps_1, %tap_step : index
  %back = arith.subi %columns, %all_taps : index
  scf.for %r = %c0 to %c4 step %c1 iter_args(%t0 = %first_t, %at0 = %from, %g = %start) -> (index, index, vector<8xi32>) {
    %t1, %at1 = func.call @eoq_next_tap(%t0, %at0, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %t2, %at2 = func.call @eoq_next_tap(%t1, %at1, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %t3, %at3 = func.call @eoq_next_tap(%t2, %at2, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %t4, %at4 = func.call @eoq_next_tap(%t3, %at3, %taps, %tap_step, %back) : (index, index, index, index, index) -> (index, index)
    %tile_at = arith.muli %r, %line : index
    %g_end = scf.for %c = %c0 to %count step %c8 iter_args(%g0 = %g) -> (vector<8xi32>) {
      %p0 = arith.addi %at0, %c : index
      %q0 = vector.load %x[%p0] : memref<?xi32>, vector<8xi32>
      %w0 = func.call @eoq_quantize_eight_D(%q0, %g0, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
      %g1 = arith.addi %g0, %vfactor : vector<8xi32>
      %p1 = arith.addi %at1, %c : index
      %q1 = vector.load %x[%p1] : memref<?xi32>, vector<8xi32>
      %w1 = func.call @eoq_quantize_eight_D(%q1, %g1, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
      %g2 = arith.addi %g1, %vfactor : vector<8xi32>
      %p2 = arith.addi %at2, %c : index
      %q2 = vector.load %x[%p2] : memref<?xi32>, vector<8xi32>
      %w2 = func.call @eoq_quantize_eight_D(%q2, %g2, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
      %g3 = arith.addi %g2, %vfactor : vector<8xi32>
      %p3 = arith.addi %at3, %c : index
      %q3 = vector.load %x[%p3] : memref<?xi32>, vector<8xi32>
      %w3 = func.call @eoq_quantize_eight_D(%q3, %g3, %vfirst, %vdrop, %vhalf, %vsecond, %vleft) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
      %j0 = func.call @eoq_join_lower(%w0, %w1) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
      %j1 = func.call @eoq_join_lower(%w2, %w3) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
      %b0 = vector.bitcast %j0 : vector<16xi16> to vector<32xi8>
      %b1 = vector.bitcast %j1 : vector<16xi16> to vector<32xi8>
      // Columns 0..3 of the four rows, then columns 4..7.
      %b = vector.shuffle %b0, %b1 [0, 2, 4, 6, 8, 10, 12, 14, 32, 34, 36, 38, 40, 42, 44, 46, 16, 18, 20, 22, 24, 26, 28, 30, 48, 50, 52, 54, 56, 58, 60, 62] : vector<32xi8>, vector<32xi8>
      %d = vector.shuffle %b, %b [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 16, 20, 24, 28, 17, 21, 25, 29, 18, 22, 26, 30, 19, 23, 27, 31] : vector<32xi8>, vector<32xi8>
      %new = vector.bitcast %d : vector<32xi8> to vector<8xi32>
      %tile_c = arith.addi %tile_at, %c : index
      vector.store %new, %tile[%tile_c] : memref<512xi32>, vector<8xi32>
      %g_next = arith.addi %g0, %vahead : vector<8xi32>
      scf.yield %g_next : vector<8xi32>
    }
    %g_below = arith.addi %g, %vfour : vector<8xi32>
    scf.yield %t4, %at4, %g_below : index, index, vector<8xi32>
  }
  // The words of a column, below each other, become neighbours.
  %four_rows = arith.muli %row, %c4 : index
  scf.for %c = %c0 to %count step %c8 {
    %c_1 = arith.addi %c, %line : index
    %c_2 = arith.addi %c_1, %line : index
    %c_3 = arith.addi %c_2, %line : index
    %v0 = vector.load %tile[%c] : memref<512xi32>, vector<8xi32>
    %v1 = vector.load %tile[%c_1] : memref<512xi32>, vector<8xi32>
    %v2 = vector.load %tile[%c_2] : memref<512xi32>, vector<8xi32>
    %v3 = vector.load %tile[%c_3] : memref<512xi32>, vector<8xi32>
    %x0 = vector.shuffle %v0, %v1 [0, 8, 1, 9, 4, 12, 5, 13] : vector<8xi32>, vector<8xi32>
    %x1 = vector.shuffle %v2, %v3 [0, 8, 1, 9, 4, 12, 5, 13] : vector<8xi32>, vector<8xi32>
    %x2 = vector.shuffle %v0, %v1 [2, 10, 3, 11, 6, 14, 7, 15] : vector<8xi32>, vector<8xi32>
    %x3 = vector.shuffle %v2, %v3 [2, 10, 3, 11, 6, 14, 7, 15] : vector<8xi32>, vector<8xi32>
    %y0 = vector.shuffle %x0, %x1 [0, 1, 8, 9, 4, 5, 12, 13] : vector<8xi32>, vector<8xi32>
    %y1 = vector.shuffle %x0, %x1 [2, 3, 10, 11, 6, 7, 14, 15] : vector<8xi32>, vector<8xi32>
    %y2 = vector.shuffle %x2, %x3 [0, 1, 8, 9, 4, 5, 12, 13] : vector<8xi32>, vector<8xi32>
    %y3 = vector.shuffle %x2, %x3 [2, 3, 10, 11, 6, 7, 14, 15] : vector<8xi32>, vector<8xi32>
    %past = arith.muli %c, %row : index
    %to0 = arith.addi %to, %past : index
    %to1 = arith.addi %to0, %row : index
    %to2 = arith.addi %to1, %row : index
    %to3 = arith.addi %to2, %row : index
    func.call @eoq_store_two_columns(%y0, %out, %to0, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
    func.call @eoq_store_two_columns(%y1, %out, %to1, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
    func.call @eoq_store_two_columns(%y2, %out, %to2, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
    func.call @eoq_store_two_columns(%y3, %out, %to3, %four_rows) : (vector<8xi32>, memref<?xi8>, index, index) -> ()
  }
  return
}
