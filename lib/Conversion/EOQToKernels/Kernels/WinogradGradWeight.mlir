//===- WinogradGradWeight.mlir - 3x3 weight gradients with fewer products -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The gradient of a 3x3 kernel whose windows are one pixel apart is, for each tile, the
// correlation of 6x6 pixels d with the 4x4 errors e of its windows: 36 products for a
// channel of each instead of 144. It is A [(G e G') * (B d B')] A' / (24 * 24), with the
// matrix B of WinogradTile.mlir and A and G below, and since that is linear, tiles are
// summed before the last transform. Sums wrap around, which does no harm where 64 times
// the sum of a chunk fits 32 bits, as in Winograd.mlir.

// As eoq_grad_weight_chunks with pairs of parts, strides and dilations of 1, one group
// and acc [3][3][c][o], `o` a multiple of 8. A set of parts has rows of tiles, and chunks
// are `rows` of all sets' rows. Tiles of both parts are neighbours: those of a chunk
// become V [36][c / 16][tiles][16][2] of x and U [36][o / 16][tiles][16][2] of dy, whose
// places are v_place and u_place apart. A job multiplies `job_rows` channels of x by a
// panel of U into M [36][job_rows][16]. Each slot has a_size elements of A, for the
// pixels of a row of tiles, and m_size elements of M, places m_place apart; A and M may
// share memory.
func.func private @eoq_winograd_grad_weight_i8(%x: memref<?xi8>, %dy: memref<?xi8>, %acc: memref<?xi32>, %v: memref<?xi16>, %u: memref<?xi16>, %a: memref<?xi16>, %m: memref<?xi32>, %begin: index, %end: index, %parts: index, %bands: index, %band_rows: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %o: index, %pt: index, %pl: index, %rows: index, %job_rows: index, %slots: index, %a_size: index, %m_size: index, %v_place: index, %u_place: index, %m_place: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %parts_up = arith.addi %parts, %c1 : index
  %sets = arith.divui %parts_up, %c2 : index
  %band_up = arith.addi %band_rows, %c3 : index
  %tiles_y = arith.divui %band_up, %c4 : index
  %ow_up = arith.addi %ow, %c3 : index
  %tiles_x = arith.divui %ow_up, %c4 : index
  %all_rows = arith.muli %sets, %tiles_y : index
  %c_up = arith.addi %c, %c15 : index
  %c_panels = arith.divui %c_up, %c16 : index
  %o_up = arith.addi %o, %c15 : index
  %o_panels = arith.divui %o_up, %c16 : index
  %most_panels = arith.maxsi %c_panels, %o_panels : index
  %tile_row = arith.muli %tiles_x, %c32 : index
  %panel_size = arith.muli %rows, %tile_row : index
  %job_up0 = arith.addi %c, %job_rows : index
  %job_up = arith.subi %job_up0, %c1 : index
  %row_blocks = arith.divui %job_up, %job_rows : index
  %jobs = arith.muli %row_blocks, %o_panels : index
  %in_use = call @eoq_slots_in_use(%slots) : (index) -> index
  scf.for %chunk = %begin to %end step %c1 {
    %is_first = arith.cmpi eq, %chunk, %begin : index
    %first = arith.muli %chunk, %rows : index
    %rows_left = arith.subi %all_rows, %first : index
    %count = arith.minsi %rows_left, %rows : index
    %tiles = arith.muli %count, %tiles_x : index
    // A row of tiles of a panel of x, and of a panel of dy, is a unit.
    %units = arith.muli %count, %most_panels : index
    scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
      %a_at = arith.muli %slot, %a_size : index
      %slot_next = arith.addi %slot, %c1 : index
      %unit_first0 = arith.muli %slot, %units : index
      %unit_first = arith.divui %unit_first0, %in_use : index
      %unit_end0 = arith.muli %slot_next, %units : index
      %unit_end = arith.divui %unit_end0, %in_use : index
      scf.for %unit = %unit_first to %unit_end step %c1 {
        %r = arith.divui %unit, %most_panels : index
        %panel = arith.remui %unit, %most_panels : index
        %row = arith.addi %first, %r : index
        %set = arith.divui %row, %tiles_y : index
        %ty = arith.remui %row, %tiles_y : index
        %y = arith.muli %ty, %c4 : index
        %to_panel = arith.muli %panel, %panel_size : index
        %to_row = arith.muli %r, %tile_row : index
        %to = arith.addi %to_panel, %to_row : index
        %has_pixels = arith.cmpi slt, %panel, %c_panels : index
        scf.if %has_pixels {
          func.call @eoq_winograd_grad_pixels(%x, %a, %a_at, %v, %to, %v_place, %set, %parts, %bands, %band_rows, %h, %w, %c, %panel, %y, %pt, %pl, %tiles_x) : (memref<?xi8>, memref<?xi16>, index, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
        }
        %has_errors = arith.cmpi slt, %panel, %o_panels : index
        scf.if %has_errors {
          func.call @eoq_winograd_grad_errors(%dy, %a, %a_at, %u, %to, %u_place, %set, %parts, %bands, %band_rows, %oh, %ow, %o, %panel, %y, %tiles_x) : (memref<?xi8>, memref<?xi16>, index, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
        }
      }
    }
    scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
      %m_at = arith.muli %slot, %m_size : index
      %slot_next = arith.addi %slot, %c1 : index
      %job_first0 = arith.muli %slot, %jobs : index
      %job_first = arith.divui %job_first0, %in_use : index
      %job_end0 = arith.muli %slot_next, %jobs : index
      %job_end = arith.divui %job_end0, %in_use : index
      scf.for %job = %job_first to %job_end step %c1 {
        %panel = arith.divui %job, %row_blocks : index
        %row_block = arith.remui %job, %row_blocks : index
        %k = arith.muli %row_block, %job_rows : index
        func.call @eoq_winograd_grad_job(%v, %u, %acc, %m, %m_at, %tiles, %panel_size, %c, %o, %panel, %k, %job_rows, %v_place, %u_place, %m_place, %is_first) : (memref<?xi16>, memref<?xi16>, memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, i1) -> ()
      }
    }
  }
  return
}

// The row of tiles at row y of a set of parts: its six rows of pixels, panel `panel` of
// their channels, are widened into A, and its tiles become V.
func.func private @eoq_winograd_grad_pixels(%x: memref<?xi8>, %a: memref<?xi16>, %a_at: index, %v: memref<?xi16>, %to: index, %v_place: index, %set: index, %parts: index, %bands: index, %band_rows: index, %h: index, %w: index, %c: index, %panel: index, %y: index, %pt: index, %pl: index, %tiles_x: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c6 = arith.constant 6 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c128 = arith.constant 128 : index
  %windows = arith.muli %tiles_x, %c4 : index
  %width = arith.addi %windows, %c2 : index
  %line = arith.muli %width, %c32 : index
  %channel = arith.muli %panel, %c16 : index
  %channels_left = arith.subi %c, %channel : index
  %channels = arith.minsi %channels_left, %c16 : index
  %y0 = arith.subi %y, %pt : index
  %column0 = arith.subi %c0, %pl : index
  scf.for %r = %c0 to %c6 step %c1 {
    %at0 = arith.muli %r, %line : index
    %at = arith.addi %at0, %a_at : index
    %yr = arith.addi %y0, %r : index
    func.call @eoq_pack_parts_i16x2(%x, %a, %at, %c0, %c32, %set, %parts, %bands, %band_rows, %h, %w, %c, %channel, %channels, %c16, %yr, %column0, %c1, %width) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
  }
  // B d of all columns of pixels, which neighbouring tiles share, in place, and then
  // (B d) B'.
  %size = arith.muli %width, %c32 : index
  scf.for %i = %c0 to %size step %c16 {
    %at = arith.addi %i, %a_at : index
    func.call @eoq_tile_line(%a, %at, %line, %a, %at, %line) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
  }
  %place_row = arith.muli %v_place, %c6 : index
  scf.for %r = %c0 to %c6 step %c1 {
    %from0 = arith.muli %r, %line : index
    %from = arith.addi %from0, %a_at : index
    %to_r0 = arith.muli %r, %place_row : index
    %to_r = arith.addi %to_r0, %to : index
    scf.for %t = %c0 to %tiles_x step %c1 {
      %from_t0 = arith.muli %t, %c128 : index
      %from_t = arith.addi %from_t0, %from : index
      %to_t0 = arith.muli %t, %c32 : index
      %to_t = arith.addi %to_t0, %to_r : index
      %from_next = arith.addi %from_t, %c16 : index
      %to_next = arith.addi %to_t, %c16 : index
      func.call @eoq_tile_line(%a, %from_t, %c32, %v, %to_t, %v_place) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
      func.call @eoq_tile_line(%a, %from_next, %c32, %v, %to_next, %v_place) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
    }
  }
  return
}

// The same for the four rows of errors and U.
func.func private @eoq_winograd_grad_errors(%dy: memref<?xi8>, %a: memref<?xi16>, %a_at: index, %u: memref<?xi16>, %to: index, %u_place: index, %set: index, %parts: index, %bands: index, %band_rows: index, %oh: index, %ow: index, %o: index, %panel: index, %y: index, %tiles_x: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c6 = arith.constant 6 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c128 = arith.constant 128 : index
  %width = arith.muli %tiles_x, %c4 : index
  %line = arith.muli %width, %c32 : index
  %channel = arith.muli %panel, %c16 : index
  %channels_left = arith.subi %o, %channel : index
  %channels = arith.minsi %channels_left, %c16 : index
  scf.for %r = %c0 to %c4 step %c1 {
    %at0 = arith.muli %r, %line : index
    %at = arith.addi %at0, %a_at : index
    %yr = arith.addi %y, %r : index
    func.call @eoq_pack_parts_i16x2(%dy, %a, %at, %c0, %c32, %set, %parts, %bands, %band_rows, %oh, %ow, %o, %channel, %channels, %c16, %yr, %c0, %c1, %width) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
  }
  %size = arith.muli %width, %c32 : index
  scf.for %i = %c0 to %size step %c16 {
    %at = arith.addi %i, %a_at : index
    func.call @eoq_tile_error_line(%a, %at, %line, %a, %at, %line) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
  }
  %place_row = arith.muli %u_place, %c6 : index
  scf.for %r = %c0 to %c6 step %c1 {
    %from0 = arith.muli %r, %line : index
    %from = arith.addi %from0, %a_at : index
    %to_r0 = arith.muli %r, %place_row : index
    %to_r = arith.addi %to_r0, %to : index
    scf.for %t = %c0 to %tiles_x step %c1 {
      %from_t0 = arith.muli %t, %c128 : index
      %from_t = arith.addi %from_t0, %from : index
      %to_t0 = arith.muli %t, %c32 : index
      %to_t = arith.addi %to_t0, %to_r : index
      %from_next = arith.addi %from_t, %c16 : index
      %to_next = arith.addi %to_t, %c16 : index
      func.call @eoq_tile_error_line(%a, %from_t, %c32, %u, %to_t, %u_place) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
      func.call @eoq_tile_error_line(%a, %from_next, %c32, %u, %to_next, %u_place) : (memref<?xi16>, index, index, memref<?xi16>, index, index) -> ()
    }
  }
  return
}

// Channels [k, k + job_rows) of x, as far as there are so many, and panel `panel` of the
// channels of dy: the products of all places, and what they make of acc.
func.func private @eoq_winograd_grad_job(%v: memref<?xi16>, %u: memref<?xi16>, %acc: memref<?xi32>, %m: memref<?xi32>, %m_at: index, %tiles: index, %panel_size: index, %c: index, %o: index, %panel: index, %k: index, %job_rows: index, %v_place: index, %u_place: index, %m_place: index, %overwrite: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %rows_left = arith.subi %c, %k : index
  %rows = arith.minsi %rows_left, %job_rows : index
  %up_panel = arith.muli %panel, %panel_size : index
  %v_group = arith.divui %k, %c16 : index
  %v_lane = arith.remui %k, %c16 : index
  %v_panel = arith.muli %v_group, %panel_size : index
  %v_first = arith.muli %v_lane, %c2 : index
  %v_at = arith.addi %v_panel, %v_first : index
  func.call @eoq_tile_pair_products(%v, %v_at, %v_place, %u, %up_panel, %u_place, %m, %m_at, %m_place, %rows, %tiles) : (memref<?xi16>, index, index, memref<?xi16>, index, index, memref<?xi32>, index, index, index, index) -> ()
  %column = arith.muli %panel, %c16 : index
  %columns_left = arith.subi %o, %column : index
  %columns = arith.minsi %columns_left, %c16 : index
  %tap = arith.muli %c, %o : index
  scf.for %r = %c0 to %rows step %c1 {
    %from0 = arith.muli %r, %c16 : index
    %from = arith.addi %from0, %m_at : index
    %kr = arith.addi %k, %r : index
    %to0 = arith.muli %kr, %o : index
    %to = arith.addi %to0, %column : index
    func.call @eoq_tile_gradients(%m, %from, %m_place, %acc, %to, %tap, %columns, %overwrite) : (memref<?xi32>, index, index, memref<?xi32>, index, index, index, i1) -> ()
  }
  return
}

// As eoq_tile_products, of neighbouring rows and places as far apart as the caller says.
func.func private @eoq_tile_pair_products(%v: memref<?xi16>, %v_at: index, %v_place: index, %u: memref<?xi16>, %u_at: index, %u_place: index, %m: memref<?xi32>, %m_at: index, %m_place: index, %rows: index, %steps: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c8 = arith.constant 8 : index
  %c256 = arith.constant 256 : index
  %places = arith.constant 36 : index
  %none = arith.constant dense<0> : vector<8xi32>
  %groups = arith.divui %steps, %c8 : index
  %done = arith.muli %groups, %c8 : index
  scf.for %p = %c0 to %places step %c1 {
    %v0 = arith.muli %p, %v_place : index
    %u0 = arith.muli %p, %u_place : index
    %m0 = arith.muli %p, %m_place : index
    %v_first = arith.addi %v_at, %v0 : index
    %u_first = arith.addi %u_at, %u0 : index
    %m_first = arith.addi %m_at, %m0 : index
    scf.for %r = %c0 to %rows step %c4 {
      %v_r = arith.muli %r, %c2 : index
      %v_row = arith.addi %v_first, %v_r : index
      %full:8 = scf.for %g = %c0 to %groups step %c1 iter_args(%g00 = %none, %g01 = %none, %g10 = %none, %g11 = %none, %g20 = %none, %g21 = %none, %g30 = %none, %g31 = %none) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %k = arith.muli %g, %c256 : index
        %at_v = arith.addi %v_row, %k : index
        %at_u = arith.addi %u_first, %k : index
        %next:8 = func.call @eoq_tile_eight_steps(%v, %at_v, %c2, %c32, %u, %at_u, %g00, %g01, %g10, %g11, %g20, %g21, %g30, %g31) : (memref<?xi16>, index, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
        scf.yield %next#0, %next#1, %next#2, %next#3, %next#4, %next#5, %next#6, %next#7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      %sums:8 = scf.for %step = %done to %steps step %c1 iter_args(%s00 = %full#0, %s01 = %full#1, %s10 = %full#2, %s11 = %full#3, %s20 = %full#4, %s21 = %full#5, %s30 = %full#6, %s31 = %full#7) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %k = arith.muli %step, %c32 : index
        %at_v = arith.addi %v_row, %k : index
        %at_u = arith.addi %u_first, %k : index
        %next:8 = func.call @eoq_tile_step(%v, %at_v, %c2, %u, %at_u, %s00, %s01, %s10, %s11, %s20, %s21, %s30, %s31) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
        scf.yield %next#0, %next#1, %next#2, %next#3, %next#4, %next#5, %next#6, %next#7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      %m_r = arith.muli %r, %c16 : index
      %to = arith.addi %m_first, %m_r : index
      func.call @eoq_tile_store_sums(%m, %to, %c16, %sums#0, %sums#1, %sums#2, %sums#3, %sums#4, %sums#5, %sums#6, %sums#7) : (memref<?xi32>, index, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> ()
    }
  }
  return
}

//===- Errors -------------------------------------------------------------===//

// G e: (1 0 0 0, 1 1 1 1, 1 -1 1 -1, 1 2 4 8, 1 -2 4 -8, 0 0 0 1).
func.func private @eoq_tile_error_line(%a: memref<?xi16>, %at0: index, %stride: index, %u: memref<?xi16>, %to0: index, %to_stride: index) {
  %one = arith.constant dense<1> : vector<16xi16>
  %two = arith.constant dense<2> : vector<16xi16>
  %at1 = arith.addi %at0, %stride : index
  %at2 = arith.addi %at1, %stride : index
  %at3 = arith.addi %at2, %stride : index
  %e0 = vector.load %a[%at0] : memref<?xi16>, vector<16xi16>
  %e1 = vector.load %a[%at1] : memref<?xi16>, vector<16xi16>
  %e2 = vector.load %a[%at2] : memref<?xi16>, vector<16xi16>
  %e3 = vector.load %a[%at3] : memref<?xi16>, vector<16xi16>
  %s = arith.addi %e0, %e2 : vector<16xi16>
  %t = arith.addi %e1, %e3 : vector<16xi16>
  %u1 = arith.addi %s, %t : vector<16xi16>
  %u2 = arith.subi %s, %t : vector<16xi16>
  %f2 = arith.shli %e2, %two : vector<16xi16>
  %f3 = arith.shli %e3, %two : vector<16xi16>
  %p = arith.addi %e0, %f2 : vector<16xi16>
  %q = arith.addi %e1, %f3 : vector<16xi16>
  %q2 = arith.shli %q, %one : vector<16xi16>
  %u3 = arith.addi %p, %q2 : vector<16xi16>
  %u4 = arith.subi %p, %q2 : vector<16xi16>
  %to1 = arith.addi %to0, %to_stride : index
  %to2 = arith.addi %to1, %to_stride : index
  %to3 = arith.addi %to2, %to_stride : index
  %to4 = arith.addi %to3, %to_stride : index
  %to5 = arith.addi %to4, %to_stride : index
  vector.store %e0, %u[%to0] : memref<?xi16>, vector<16xi16>
  vector.store %u1, %u[%to1] : memref<?xi16>, vector<16xi16>
  vector.store %u2, %u[%to2] : memref<?xi16>, vector<16xi16>
  vector.store %u3, %u[%to3] : memref<?xi16>, vector<16xi16>
  vector.store %u4, %u[%to4] : memref<?xi16>, vector<16xi16>
  vector.store %e3, %u[%to5] : memref<?xi16>, vector<16xi16>
  return
}

//===- Results ------------------------------------------------------------===//

// A M A' / (24 * 24) of the columns of M at `from`, 8 or 16: the nine taps, `tap` apart,
// are added to acc or overwrite it. M is overwritten. All columns of a tap are stored
// together: taps are often a power of two apart, and evict each other from the caches.
func.func private @eoq_tile_gradients(%m: memref<?xi32>, %from: index, %place: index, %acc: memref<?xi32>, %to: index, %tap: index, %columns: index, %overwrite: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c6 = arith.constant 6 : index
  %c8 = arith.constant 8 : index
  %place_row = arith.muli %place, %c6 : index
  %tap_row = arith.muli %tap, %c3 : index
  scf.for %x = %c0 to %c6 step %c1 {
    %at0 = arith.muli %x, %place : index
    %at_x = arith.addi %at0, %from : index
    scf.for %j = %c0 to %columns step %c8 {
      %at = arith.addi %at_x, %j : index
      %s:3 = func.call @eoq_tile_gradient_sums(%m, %at, %place_row) : (memref<?xi32>, index, index) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>)
      %at1 = arith.addi %at, %place_row : index
      %at2 = arith.addi %at1, %place_row : index
      vector.store %s#0, %m[%at] : memref<?xi32>, vector<8xi32>
      vector.store %s#1, %m[%at1] : memref<?xi32>, vector<8xi32>
      vector.store %s#2, %m[%at2] : memref<?xi32>, vector<8xi32>
    }
  }
  scf.for %y = %c0 to %c3 step %c1 {
    %at0 = arith.muli %y, %place_row : index
    %at_y = arith.addi %at0, %from : index
    %to0 = arith.muli %y, %tap_row : index
    %to_y = arith.addi %to0, %to : index
    scf.for %j = %c0 to %columns step %c8 {
      %at = arith.addi %at_y, %j : index
      %s:3 = func.call @eoq_tile_gradient_sums(%m, %at, %place) : (memref<?xi32>, index, index) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>)
      %to_j = arith.addi %to_y, %j : index
      %to1 = arith.addi %to_j, %tap : index
      %to2 = arith.addi %to1, %tap : index
      func.call @eoq_tile_gradient_store(%s#0, %acc, %to_j, %overwrite) : (vector<8xi32>, memref<?xi32>, index, i1) -> ()
      func.call @eoq_tile_gradient_store(%s#1, %acc, %to1, %overwrite) : (vector<8xi32>, memref<?xi32>, index, i1) -> ()
      func.call @eoq_tile_gradient_store(%s#2, %acc, %to2, %overwrite) : (vector<8xi32>, memref<?xi32>, index, i1) -> ()
    }
  }
  return
}

// A m: (6 -4 -4 1 1 0, 0 -4 4 2 -2 0, 0 -4 -4 4 4 24).
func.func private @eoq_tile_gradient_sums(%m: memref<?xi32>, %at0: index, %stride: index) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>) {
  %one = arith.constant dense<1> : vector<8xi32>
  %two = arith.constant dense<2> : vector<8xi32>
  %six = arith.constant dense<6> : vector<8xi32>
  %at1 = arith.addi %at0, %stride : index
  %at2 = arith.addi %at1, %stride : index
  %at3 = arith.addi %at2, %stride : index
  %at4 = arith.addi %at3, %stride : index
  %at5 = arith.addi %at4, %stride : index
  %m0 = vector.load %m[%at0] : memref<?xi32>, vector<8xi32>
  %m1 = vector.load %m[%at1] : memref<?xi32>, vector<8xi32>
  %m2 = vector.load %m[%at2] : memref<?xi32>, vector<8xi32>
  %m3 = vector.load %m[%at3] : memref<?xi32>, vector<8xi32>
  %m4 = vector.load %m[%at4] : memref<?xi32>, vector<8xi32>
  %m5 = vector.load %m[%at5] : memref<?xi32>, vector<8xi32>
  %p = arith.addi %m1, %m2 : vector<8xi32>
  %q = arith.subi %m1, %m2 : vector<8xi32>
  %r = arith.addi %m3, %m4 : vector<8xi32>
  %s = arith.subi %m3, %m4 : vector<8xi32>
  %p4 = arith.shli %p, %two : vector<8xi32>
  %f0 = arith.muli %m0, %six : vector<8xi32>
  %g = arith.subi %r, %p4 : vector<8xi32>
  %y0 = arith.addi %f0, %g : vector<8xi32>
  %q2 = arith.shli %q, %one : vector<8xi32>
  %h = arith.subi %s, %q2 : vector<8xi32>
  %y1 = arith.shli %h, %one : vector<8xi32>
  %f5 = arith.muli %m5, %six : vector<8xi32>
  %k = arith.subi %r, %p : vector<8xi32>
  %l = arith.addi %k, %f5 : vector<8xi32>
  %y2 = arith.shli %l, %two : vector<8xi32>
  return %y0, %y1, %y2 : vector<8xi32>, vector<8xi32>, vector<8xi32>
}

// Divides by 24 * 24 as eoq_tile_store does.
func.func private @eoq_tile_gradient_store(%product: vector<8xi32>, %acc: memref<?xi32>, %at: index, %overwrite: i1) {
  %inverse = arith.constant dense<954437177> : vector<8xi32>
  %shift = arith.constant dense<6> : vector<8xi32>
  %scaled = arith.muli %product, %inverse : vector<8xi32>
  %sum = arith.shrsi %scaled, %shift : vector<8xi32>
  scf.if %overwrite {
    vector.store %sum, %acc[%at] : memref<?xi32>, vector<8xi32>
  } else {
    %old = vector.load %acc[%at] : memref<?xi32>, vector<8xi32>
    %new = arith.addi %old, %sum : vector<8xi32>
    vector.store %new, %acc[%at] : memref<?xi32>, vector<8xi32>
  }
  return
}
