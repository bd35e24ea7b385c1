//===- Winograd.mlir - 3x3 windows with fewer products --------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Windows of 3x3 taps that are one pixel apart share products: a tile of 4x4 of them
// sees 6x6 pixels d, and takes 36 products per channel instead of 144. With the
// matrices A, B and G of WinogradTile.mlir, the sums M over the channels of
// (G g G') * (B d B'), place by place, make A M A', which is 24 * 24 times the result:
// Winograd's F(4x4, 3x3) without its fractions, so that all numbers are integers.
// Products are of 16 bits. Sums wrap around, which does no harm where 64 times the
// result fits 32 bits: 24 * 24 = 9 * 64, and 9 has an inverse modulo 2^32.

// As eoq_conv with these windows, `c` at least 16, and `columns` a multiple of 16. The
// rows of tiles of all images are dealt to jobs of `rows` of them. Those of a job become
// V [groups][tiles][36][16]: groups of 16 channels, the last one the last 16. `block`
// tiles, a multiple of 4, times a panel of every place of `u` are M [block][36][16],
// which becomes 16 columns of `out` while the caches hold it. `splits` parts of
// `split_columns` columns are jobs of their own. A, V and M have a_size, v_size and
// m_size elements for each slot, and A and M may share memory; groups of V are v_group
// apart, with room for a multiple of 4 tiles, and places of U u_place.
func.func private @eoq_winograd_i8(%src: memref<?xi8>, %u: memref<?xi16>, %out: memref<?xi32>, %a: memref<?xi16>, %v: memref<?xi16>, %m: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %qh: index, %qw: index, %row0: index, %column0: index, %columns: index, %rows: index, %slots: index, %a_size: index, %u_place: index, %v_size: index, %v_group: index, %block: index, %m_size: index, %splits: index, %split_columns: index, %maxima: memref<?xi32>, %lanes: index, %bias: memref<?xi32>, %mask: memref<?xi8>, %low: i32, %high: i32, %magnitude: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %places = arith.constant 36 : index
  %tile_size = arith.constant 576 : index
  %none = arith.constant -1 : index
  %qh_up = arith.addi %qh, %c3 : index
  %tiles_y = arith.divui %qh_up, %c4 : index
  %qw_up = arith.addi %qw, %c3 : index
  %tiles_x = arith.divui %qw_up, %c4 : index
  %all_rows = arith.muli %n, %tiles_y : index
  %rows_1 = arith.subi %rows, %c1 : index
  %rows_up = arith.addi %all_rows, %rows_1 : index
  %chunks = arith.divui %rows_up, %rows : index
  %jobs = arith.muli %chunks, %splits : index
  %steps = arith.divui %c, %c2 : index
  %in_use = call @eoq_slots_in_use(%slots) : (index) -> index
  scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
    %a_at = arith.muli %slot, %a_size : index
    %v_at = arith.muli %slot, %v_size : index
    %m_at = arith.muli %slot, %m_size : index
    %maxima_at = arith.muli %slot, %lanes : index
    // Neighbouring slots, which one thread gets, share the jobs evenly.
    %slot_next = arith.addi %slot, %c1 : index
    %job_first0 = arith.muli %slot, %jobs : index
    %job_first = arith.divui %job_first0, %in_use : index
    %job_end0 = arith.muli %slot_next, %jobs : index
    %job_end = arith.divui %job_end0, %in_use : index
    scf.for %job = %job_first to %job_end step %c1 iter_args(%before = %none) -> (index) {
      %chunk = arith.divui %job, %splits : index
      %split = arith.remui %job, %splits : index
      %first = arith.muli %chunk, %rows : index
      %rows_left = arith.subi %all_rows, %first : index
      %count = arith.minsi %rows_left, %rows : index
      %tiles = arith.muli %count, %tiles_x : index
      // Jobs of one chunk share V.
      %new_chunk = arith.cmpi ne, %chunk, %before : index
      scf.if %new_chunk {
        func.call @eoq_winograd_pixels(%src, %a, %v, %a_at, %v_at, %v_group, %first, %count, %tiles_y, %tiles_x, %h, %w, %c, %row0, %column0) : (memref<?xi8>, memref<?xi16>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      }
      %column_first = arith.muli %split, %split_columns : index
      %column_up = arith.addi %column_first, %split_columns : index
      %column_end = arith.minsi %column_up, %columns : index
      scf.for %column = %column_first to %column_end step %c16 {
        %u_at = arith.muli %column, %c : index
        scf.for %tile = %c0 to %tiles step %block {
          %tiles_left = arith.subi %tiles, %tile : index
          %width = arith.minsi %tiles_left, %block : index
          %v_tile = arith.muli %tile, %tile_size : index
          %v_first = arith.addi %v_at, %v_tile : index
          func.call @eoq_tile_products(%v, %v_first, %v_group, %u, %u_at, %u_place, %m, %m_at, %places, %width, %steps) : (memref<?xi16>, index, index, memref<?xi16>, index, index, memref<?xi32>, index, index, index, index) -> ()
          func.call @eoq_winograd_results(%m, %out, %m_at, %first, %tile, %width, %tiles_y, %tiles_x, %qh, %qw, %columns, %column, %maxima, %maxima_at, %bias, %mask, %low, %high, %magnitude) : (memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, memref<?xi32>, index, memref<?xi32>, memref<?xi8>, i32, i32, i32) -> ()
        }
      }
      scf.yield %chunk : index
    }
  }
  return
}

// The same where all tiles are one chunk, so that each panel of weights is used once.
// Slots share the panels, and each makes a V for itself: that takes less than to wait for
// one of all. A row of places of a panel becomes U [6][c / 2][16][2] from the panels of
// `b` (see eoq_winograd_weights) and is multiplied before the next one; M has room for
// all tiles. A, U, V and M have a_size, u_size, v_size and m_size elements for each slot,
// and A and M may share memory.
func.func private @eoq_winograd_panels_i8(%src: memref<?xi8>, %b: memref<?xi8>, %u: memref<?xi16>, %out: memref<?xi32>, %a: memref<?xi16>, %v: memref<?xi16>, %m: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %qh: index, %qw: index, %row0: index, %column0: index, %columns: index, %slots: index, %b_at: index, %panel_size: index, %a_size: index, %u_size: index, %u_place: index, %v_size: index, %v_group: index, %m_size: index, %maxima: memref<?xi32>, %lanes: index, %bias: memref<?xi32>, %mask: memref<?xi8>, %low: i32, %high: i32, %magnitude: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c6 = arith.constant 6 : index
  %c16 = arith.constant 16 : index
  %place_row = arith.constant 96 : index
  %qh_up = arith.addi %qh, %c3 : index
  %tiles_y = arith.divui %qh_up, %c4 : index
  %qw_up = arith.addi %qw, %c3 : index
  %tiles_x = arith.divui %qw_up, %c4 : index
  %all_rows = arith.muli %n, %tiles_y : index
  %tiles = arith.muli %all_rows, %tiles_x : index
  %panels = arith.divui %columns, %c16 : index
  %steps = arith.divui %c, %c2 : index
  %tap = arith.muli %c, %c16 : index
  %in_use = call @eoq_slots_in_use(%slots) : (index) -> index
  scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
    %a_at = arith.muli %slot, %a_size : index
    %v_at = arith.muli %slot, %v_size : index
    %u_at = arith.muli %slot, %u_size : index
    %m_at = arith.muli %slot, %m_size : index
    %maxima_at = arith.muli %slot, %lanes : index
    %slot_next = arith.addi %slot, %c1 : index
    %first0 = arith.muli %slot, %panels : index
    %first = arith.divui %first0, %in_use : index
    %end0 = arith.muli %slot_next, %panels : index
    %end = arith.divui %end0, %in_use : index
    func.call @eoq_winograd_pixels(%src, %a, %v, %a_at, %v_at, %v_group, %c0, %all_rows, %tiles_y, %tiles_x, %h, %w, %c, %row0, %column0) : (memref<?xi8>, memref<?xi16>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
    scf.for %panel = %first to %end step %c1 {
      %from0 = arith.muli %panel, %panel_size : index
      %from = arith.addi %from0, %b_at : index
      scf.for %y = %c0 to %c6 step %c1 {
        %at_y = arith.muli %y, %place_row : index
        %v_y = arith.addi %v_at, %at_y : index
        %m_y = arith.addi %m_at, %at_y : index
        func.call @eoq_winograd_panel_row(%b, %from, %u, %u_at, %tap, %u_place, %y) : (memref<?xi8>, index, memref<?xi16>, index, index, index, index) -> ()
        func.call @eoq_tile_products(%v, %v_y, %v_group, %u, %u_at, %u_place, %m, %m_y, %c6, %tiles, %steps) : (memref<?xi16>, index, index, memref<?xi16>, index, index, memref<?xi32>, index, index, index, index) -> ()
      }
      %column = arith.muli %panel, %c16 : index
      func.call @eoq_winograd_results(%m, %out, %m_at, %c0, %c0, %tiles, %tiles_y, %tiles_x, %qh, %qw, %columns, %column, %maxima, %maxima_at, %bias, %mask, %low, %high, %magnitude) : (memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, memref<?xi32>, index, memref<?xi32>, memref<?xi8>, i32, i32, i32) -> ()
    }
  }
  return
}

// Rows [first, first + count) of tiles become V, a group of channels after the other.
func.func private @eoq_winograd_pixels(%src: memref<?xi8>, %a: memref<?xi16>, %v: memref<?xi16>, %a_at: index, %v_at: index, %v_group: index, %first: index, %count: index, %tiles_y: index, %tiles_x: index, %h: index, %w: index, %c: index, %row0: index, %column0: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  %c96 = arith.constant 96 : index
  %tile_size = arith.constant 576 : index
  %windows = arith.muli %tiles_x, %c4 : index
  %width = arith.addi %windows, %c2 : index
  %line = arith.muli %width, %c16 : index
  %six_lines = arith.muli %tiles_x, %tile_size : index
  %last_group = arith.subi %c, %c16 : index
  scf.for %r = %c0 to %count step %c1 {
    %row = arith.addi %first, %r : index
    %image = arith.divui %row, %tiles_y : index
    %ty = arith.remui %row, %tiles_y : index
    %y0 = arith.muli %ty, %c4 : index
    %y = arith.addi %y0, %row0 : index
    %to_row0 = arith.muli %r, %six_lines : index
    %to_row = arith.addi %to_row0, %v_at : index
    scf.for %k = %c0 to %c step %c16 iter_args(%to_group = %to_row) -> (index) {
      %channel = arith.minsi %k, %last_group : index
      func.call @eoq_tile_columns(%src, %a, %a_at, %image, %y, %h, %w, %c, %channel, %column0, %width) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index) -> ()
      scf.for %x = %c0 to %tiles_x step %c1 {
        %from_x = arith.muli %x, %c64 : index
        %from0 = arith.addi %from_x, %a_at : index
        %to_x = arith.muli %x, %tile_size : index
        %to0 = arith.addi %to_x, %to_group : index
        %to_end = arith.addi %to0, %tile_size : index
        scf.for %to = %to0 to %to_end step %c96 iter_args(%from = %from0) -> (index) {
          func.call @eoq_tile_line(%a, %from, %c16, %v, %to, %c16) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
          %from_next = arith.addi %from, %line : index
          scf.yield %from_next : index
        }
      }
      %to_next = arith.addi %to_group, %v_group : index
      scf.yield %to_next : index
    }
  }
  return
}

// 16 columns of the windows of `tiles` tiles, beginning with tile `tile` of row `first`
// of tiles, and their largest magnitude. M is overwritten.
func.func private @eoq_winograd_results(%m: memref<?xi32>, %out: memref<?xi32>, %m_at: index, %first: index, %tile: index, %tiles: index, %tiles_y: index, %tiles_x: index, %qh: index, %qw: index, %columns: index, %column: index, %maxima: memref<?xi32>, %maxima_at: index, %bias: memref<?xi32>, %mask: memref<?xi8>, %low: i32, %high: i32, %magnitude: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %tile_size = arith.constant 576 : index
  %off = arith.constant 0 : i32
  %nothing = arith.constant dense<0> : vector<8xi32>
  %out_row = arith.muli %qw, %columns : index
  %found = scf.for %t = %c0 to %tiles step %c1 iter_args(%largest = %nothing) -> (vector<8xi32>) {
    %place = arith.addi %tile, %t : index
    %r = arith.divui %place, %tiles_x : index
    %tx = arith.remui %place, %tiles_x : index
    %row = arith.addi %first, %r : index
    %image = arith.divui %row, %tiles_y : index
    %ty = arith.remui %row, %tiles_y : index
    %y = arith.muli %ty, %c4 : index
    %x = arith.muli %tx, %c4 : index
    %rows_left = arith.subi %qh, %y : index
    %rows = arith.minsi %rows_left, %c4 : index
    %windows_left = arith.subi %qw, %x : index
    %windows = arith.minsi %windows_left, %c4 : index
    %line0 = arith.muli %image, %qh : index
    %line = arith.addi %line0, %y : index
    %to_line0 = arith.muli %line, %qw : index
    %to_window0 = arith.addi %to_line0, %x : index
    %to_window = arith.muli %to_window0, %columns : index
    %to = arith.addi %to_window, %column : index
    %from0 = arith.muli %t, %tile_size : index
    %from = arith.addi %from0, %m_at : index
    %after = func.call @eoq_tile_results(%m, %from, %out, %to, %out_row, %columns, %rows, %windows, %largest, %bias, %column, %mask, %low, %high, %magnitude) : (memref<?xi32>, index, memref<?xi32>, index, index, index, index, index, vector<8xi32>, memref<?xi32>, index, memref<?xi8>, i32, i32, i32) -> vector<8xi32>
    scf.yield %after : vector<8xi32>
  }
  %is_wanted = arith.cmpi ne, %magnitude, %off : i32
  scf.if %is_wanted {
    %old = vector.load %maxima[%maxima_at] : memref<?xi32>, vector<8xi32>
    %new = arith.maxsi %old, %found : vector<8xi32>
    vector.store %new, %maxima[%maxima_at] : memref<?xi32>, vector<8xi32>
  }
  return
}
