//===- ConvPackWeights.mlir - 8-bit weights in the order of the product ---===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Weights lie [o][c][taps] in memory, panels have 16 neighbouring columns
// (output or input channels): a transpose, done in blocks of 16 x 16 bytes.

// One full panel (16 columns) whose taps start at even rows: see
// eoq_pack_weights. `w_first` is the first weight of the panel, `taps` the
// kernel's number of taps, at most 256.
func.func private @eoq_pack_panel_i8(%w: memref<?xi8>, %b: memref<?xi8>, %panel: index, %w_first: index, %ks: index, %s_n: index, %s_k: index, %taps: index, %kw: index, %h0: index, %h_step: index, %th: index, %w0: index, %w_step: index, %tw: index, %tap_h: index, %tap_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  %most = arith.constant 512 : index
  %zeros = arith.constant dense<0> : vector<16xi8>
  // 1024 rows, and what a block may write beyond them.
  %tile_static = memref.alloca() {alignment = 64 : i64} : memref<16640xi8>
  %tile = memref.cast %tile_static : memref<16640xi8> to memref<?xi8>
  %size = memref.dim %w, %c0 : memref<?xi8>
  %fitting = arith.divui %most, %taps : index
  %k_chunk = arith.muli %fitting, %c2 : index
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
    %k_pairs = arith.divui %k_count, %c2 : index
    %k_even = arith.muli %k_pairs, %c2 : index
    %odd = arith.cmpi slt, %k_even, %k_count : index
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
        scf.for %k = %c0 to %k_even step %c2 {
          %f0 = arith.muli %k, %tap_line : index
          %f = arith.addi %f0, %tap_at : index
          %f1 = arith.addi %f, %tap_line : index
          %q0 = vector.load %tile[%f] : memref<?xi8>, vector<16xi8>
          %q1 = vector.load %tile[%f1] : memref<?xi8>, vector<16xi8>
          %q = vector.interleave %q0, %q1 : vector<16xi8> -> vector<32xi8>
          %t0 = arith.muli %k, %c16 : index
          %t = arith.addi %to, %t0 : index
          vector.store %q, %b[%t] : memref<?xi8>, vector<32xi8>
        }
        scf.if %odd {
          %f0 = arith.muli %k_even, %tap_line : index
          %f = arith.addi %f0, %tap_at : index
          %q0 = vector.load %tile[%f] : memref<?xi8>, vector<16xi8>
          %q = vector.interleave %q0, %zeros : vector<16xi8> -> vector<32xi8>
          %t0 = arith.muli %k_even, %c16 : index
          %t = arith.addi %to, %t0 : index
          vector.store %q, %b[%t] : memref<?xi8>, vector<32xi8>
        }
      }
    }
  }
  return
}

// There is no need to hurry for f32.
func.func private @eoq_pack_panel_f32(%w: memref<?xf32>, %b: memref<?xf32>, %panel: index, %w_first: index, %ks: index, %s_n: index, %s_k: index, %taps: index, %kw: index, %h0: index, %h_step: index, %th: index, %w0: index, %w_step: index, %tw: index, %tap_h: index, %tap_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  scf.for %y = %c0 to %th step %c1 {
    %hy0 = arith.muli %y, %h_step : index
    %hy = arith.addi %h0, %hy0 : index
    %hrow = arith.muli %hy, %kw : index
    %ky = arith.muli %y, %tap_h : index
    scf.for %x = %c0 to %tw step %c1 {
      %wx0 = arith.muli %x, %w_step : index
      %wx = arith.addi %w0, %wx0 : index
      %tap = arith.addi %hrow, %wx : index
      %w_tap = arith.addi %w_first, %tap : index
      %kx0 = arith.muli %x, %tap_w : index
      %kx = arith.addi %ky, %kx0 : index
      scf.for %k = %c0 to %ks step %c1 {
        %sk = arith.muli %k, %s_k : index
        %from = arith.addi %w_tap, %sk : index
        %kk = arith.addi %kx, %k : index
        %to0 = arith.muli %kk, %c16 : index
        %to = arith.addi %panel, %to0 : index
        scf.for %j = %c0 to %c16 step %c1 {
          %sj = arith.muli %j, %s_n : index
          %i = arith.addi %from, %sj : index
          %o = arith.addi %to, %j : index
          %q = memref.load %w[%i] : memref<?xf32>
          memref.store %q, %b[%o] : memref<?xf32>
        }
      }
    }
  }
  return
}
