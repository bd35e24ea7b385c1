//===- ConvPackQuads.mlir - weights in groups of four -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: N = u7 s8

// One full panel (16 columns) whose taps start at multiples of 4 rows: see
// eoq_pack_weights. `w_first` is the first weight of the panel, `taps` the
// kernel's number of taps, at most 256.
func.func private @eoq_pack_panel_N(%w: memref<?xi8>, %b: memref<?xi8>, %panel: index, %w_first: index, %ks: index, %s_n: index, %s_k: index, %taps: index, %kw: index, %h0: index, %h_step: index, %th: index, %w0: index, %w_step: index, %tw: index, %tap_h: index, %tap_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %most = arith.constant 256 : index
  %zeros = arith.constant dense<0> : vector<16xi8>
  // 1024 rows, and what a block may write beyond them.
  %tile_static = memref.alloca() {alignment = 64 : i64} : memref<16640xi8>
  %tile = memref.cast %tile_static : memref<16640xi8> to memref<?xi8>
  %size = memref.dim %w, %c0 : memref<?xi8>
  %fitting = arith.divui %most, %taps : index
  %k_chunk = arith.muli %fitting, %c4 : index
  %tap_line = arith.muli %taps, %c16 : index
  // Elements k are neighbours if only the taps lie between them.
  %runs = arith.cmpi eq, %s_k, %taps : index
  scf.for %k0 = %c0 to %ks step %k_chunk {
    %k_left = arith.subi %ks, %k0 : index
    %k_count = arith.minsi %k_left, %k_chunk : index
    %k_from = arith.muli %k0, %s_k : index
    %from = arith.addi %w_first, %k_from : index
    scf.if %runs {
      %rows = arith.muli %k_count, %taps : index
      func.call @eoq_transpose_rows_i8(%w, %size, %from, %s_n, %rows, %tile, %c0) : (memref<?xi8>, index, index, index, index, memref<?xi8>, index) -> ()
    } else {
      %single = arith.cmpi eq, %taps, %c1 : index
      scf.if %single {
        scf.for %k = %c0 to %k_count step %c1 {
          %sk = arith.muli %k, %s_k : index
          %f = arith.addi %from, %sk : index
          %t = arith.muli %k, %tap_line : index
          %q = vector.load %w[%f] : memref<?xi8>, vector<16xi8>
          vector.store %q, %tile[%t] : memref<?xi8>, vector<16xi8>
        }
      } else {
        func.call @eoq_transpose_taps_i8(%w, %size, %from, %s_n, %s_k, %k_count, %taps, %tile) : (memref<?xi8>, index, index, index, index, index, index, memref<?xi8>) -> ()
      }
    }
    scf.for %y = %c0 to %th step %c1 {
      %hy0 = arith.muli %y, %h_step : index
      %hy = arith.addi %h0, %hy0 : index
      %hrow = arith.muli %hy, %kw : index
      %ky = arith.muli %y, %tap_h : index
      scf.for %x = %c0 to %tw step %c1 {
        %wx0 = arith.muli %x, %w_step : index
        %wx = arith.addi %w0, %wx0 : index
        %tap = arith.addi %hrow, %wx : index
        %tap_at = arith.muli %tap, %c16 : index
        %kx0 = arith.muli %x, %tap_w : index
        %kx1 = arith.addi %ky, %kx0 : index
        %kx = arith.addi %kx1, %k0 : index
        %to0 = arith.muli %kx, %c16 : index
        %to = arith.addi %panel, %to0 : index
        scf.for %k = %c0 to %k_count step %c4 {
          %f0 = arith.muli %k, %tap_line : index
          %f = arith.addi %f0, %tap_at : index
          %f1 = arith.addi %f, %tap_line : index
          %f2 = arith.addi %f1, %tap_line : index
          %f3 = arith.addi %f2, %tap_line : index
          %k_rest = arith.subi %k_count, %k : index
          %has1 = arith.cmpi sgt, %k_rest, %c1 : index
          %has2 = arith.cmpi sgt, %k_rest, %c2 : index
          %has3 = arith.cmpi sgt, %k_rest, %c3 : index
          // Where k ends there are zeros; all rows lie in the tile.
          %q0 = vector.load %tile[%f] : memref<?xi8>, vector<16xi8>
          %p1 = vector.load %tile[%f1] : memref<?xi8>, vector<16xi8>
          %p2 = vector.load %tile[%f2] : memref<?xi8>, vector<16xi8>
          %p3 = vector.load %tile[%f3] : memref<?xi8>, vector<16xi8>
          %q1 = arith.select %has1, %p1, %zeros : vector<16xi8>
          %q2 = arith.select %has2, %p2, %zeros : vector<16xi8>
          %q3 = arith.select %has3, %p3, %zeros : vector<16xi8>
          %q02 = vector.interleave %q0, %q2 : vector<16xi8> -> vector<32xi8>
          %q13 = vector.interleave %q1, %q3 : vector<16xi8> -> vector<32xi8>
          %q = vector.interleave %q02, %q13 : vector<32xi8> -> vector<64xi8>
          %t0 = arith.muli %k, %c16 : index
          %t = arith.addi %to, %t0 : index
          vector.store %q, %b[%t] : memref<?xi8>, vector<64xi8>
        }
      }
    }
  }
  return
}
