//===- GradWeight.mlir - gradient of a convolution with respect to its weight -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: N,T,A,C,P,Q = i8,i8,i16,i32,i16x2,i8x2 u7,i8,i8,i32,i8x4,i8x4 s8,i8,i8,i32,i8x4,i8x4 i8u7,i8,i8,i32,i8x4,i8x4 narrow,i8,i16,i32,i16x2,i8x2 f32,f32,f32,f32,f32x1,f32x1
!T = i8
!A = i16
!C = i32

// N says which numbers are multiplied: see eoq_gemm. P and Q are the formats of
// the two sides.

// A sum over pixels, the rows of the product being (kh, kw, c) and its columns
// the output channels of a group.
//
// The batch is `parts` parts: each image is `bands` bands of `band_rows` rows of
// grad_output. A set of parts (as many as one step multiplies) is interleaved, so
// that a tap of a window is an offset. Adds chunks [begin, end) to acc, where row
// m of the product of panel p (16 columns) is at p * c_panel + m * c_line; a chunk
// is `sets` sets or `rows` rows of grad_output of one. In memory order, the sum
// over a chunk runs over sets, rows and columns, or with `sets_inside` over rows,
// columns and sets (for small images). With `overwrite` acc has any content before.
//
// Of x, only every row_step-th row and column_step-th column is used; strides and
// dilations count those. The pixels of dy are b_row_step rows and b_column_step
// columns of b_h * b_w apart: x and dy may have changed their places.
func.func private @eoq_grad_weight_chunks_N(%x: memref<?x!T>, %dy: memref<?x!T>, %acc: memref<?x!C>, %a: memref<?x!A>, %b: memref<?x!T>, %a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %begin: index, %end: index, %parts: index, %bands: index, %band_rows: index, %h: index, %w: index, %c: index, %ow: index, %o: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %row_step: index, %column_step: index, %b_h: index, %b_w: index, %b_row_step: index, %b_column_step: index, %groups: index, %block: index, %sets: index, %rows: index, %block_rows: index, %block_positions: index, %panel_size: index, %c_line: index, %c_panel: index, %sets_inside: i32, %overwrite: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %inside = arith.cmpi ne, %sets_inside, %zero : i32
  %fresh = arith.cmpi ne, %overwrite, %zero : i32
  %whole = arith.cmpi eq, %c_line, %c16 : index
  %lanes = call @eoq_lanes_P() : () -> index
  %lanes_1 = arith.subi %lanes, %c1 : index
  %sets_up = arith.addi %parts, %lanes_1 : index
  %all_sets = arith.divui %sets_up, %lanes : index
  %rows_1 = arith.subi %rows, %c1 : index
  %rows_up = arith.addi %band_rows, %rows_1 : index
  %row_chunks = arith.divui %rows_up, %rows : index
  %kh_1 = arith.subi %kh, %c1 : index
  %reach_h = arith.muli %kh_1, %dh : index
  %kw_1 = arith.subi %kw, %c1 : index
  %reach_w = arith.muli %kw_1, %dw : index
  %ow_1 = arith.subi %ow, %c1 : index
  %span_w = arith.muli %ow_1, %sw : index
  %width_1 = arith.addi %span_w, %reach_w : index
  %width = arith.addi %width_1, %c1 : index
  %span_h = arith.muli %rows_1, %sh : index
  %height_1 = arith.addi %span_h, %reach_h : index
  %height = arith.addi %height_1, %c1 : index
  // A: [sets][c / block][height][width][block][lanes].
  %pixel = arith.muli %block, %lanes : index
  %line = arith.muli %width, %pixel : index
  %plane = arith.muli %height, %line : index
  %block_1 = arith.subi %block, %c1 : index
  %blocks_up = arith.addi %c, %block_1 : index
  %blocks = arith.divui %blocks_up, %block : index
  %a_set = arith.muli %blocks, %plane : index
  %a_row = arith.muli %line, %sh : index
  %a_column = arith.muli %pixel, %sw : index
  %tap_h = arith.muli %line, %dh : index
  %tap_w = arith.muli %pixel, %dw : index
  %row_distance = arith.muli %sh, %row_step : index
  %band_step = arith.muli %band_rows, %row_distance : index
  %b_band_step = arith.muli %band_rows, %b_row_step : index
  %row0 = arith.subi %c0, %pt : index
  %column0 = arith.subi %c0, %pl : index
  %ks = arith.divui %c, %groups : index
  %columns = arith.divui %o, %groups : index
  %columns_up = arith.addi %columns, %c15 : index
  %panels = arith.divui %columns_up, %c16 : index
  // B: [groups][panels][positions][16][lanes].
  %b_unit = arith.muli %c16, %lanes : index
  %group_size = arith.muli %panels, %panel_size : index
  %taps = arith.muli %kh, %kw : index
  %products = arith.muli %taps, %ks : index
  call @eoq_grad_weight_rows(%a_rows, %c_rows, %groups, %kh, %kw, %ks, %block, %plane, %lanes, %tap_h, %tap_w, %c_line) : (memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index) -> ()
  %row_blocks_1 = arith.subi %block_rows, %c1 : index
  %row_blocks_up = arith.addi %products, %row_blocks_1 : index
  %row_blocks = arith.divui %row_blocks_up, %block_rows : index
  %group_panels = arith.muli %groups, %panels : index
  %jobs = arith.muli %group_panels, %row_blocks : index
  scf.for %chunk = %begin to %end step %c1 {
    %is_first = arith.cmpi eq, %chunk, %begin : index
    %fresh_chunk = arith.andi %fresh, %is_first : i1
    %add = arith.select %fresh_chunk, %zero, %one : i32
    %set_chunk = arith.divui %chunk, %row_chunks : index
    %row_chunk = arith.remui %chunk, %row_chunks : index
    %first_set = arith.muli %set_chunk, %sets : index
    %sets_left = arith.subi %all_sets, %first_set : index
    %set_count = arith.minsi %sets_left, %sets : index
    %first_row = arith.muli %row_chunk, %rows : index
    %rows_left = arith.subi %band_rows, %first_row : index
    %row_count = arith.minsi %rows_left, %rows : index
    %row_last = arith.subi %row_count, %c1 : index
    %row_span = arith.muli %row_last, %sh : index
    %used_1 = arith.addi %row_span, %reach_h : index
    %used = arith.addi %used_1, %c1 : index
    %y0 = arith.muli %first_row, %row_distance : index
    %y1 = arith.addi %y0, %row0 : index
    scf.parallel (%p, %r) = (%c0, %c0) to (%set_count, %used) step (%c1, %c1) {
      %set = arith.addi %first_set, %p : index
      %down = arith.muli %r, %row_step : index
      %y = arith.addi %y1, %down : index
      %at0 = arith.muli %p, %a_set : index
      %at1 = arith.muli %r, %line : index
      %at = arith.addi %at0, %at1 : index
      func.call @eoq_pack_parts_P(%x, %a, %at, %plane, %pixel, %set, %parts, %bands, %band_step, %h, %w, %c, %c0, %c, %block, %y, %column0, %column_step, %width) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
    }
    %pixels = arith.muli %row_count, %ow : index
    %step_p = arith.select %inside, %c1, %pixels : index
    %step_x = arith.select %inside, %set_count, %c1 : index
    %step_y = arith.muli %ow, %step_x : index
    %b_pixel = arith.muli %step_x, %b_unit : index
    scf.parallel (%p, %r) = (%c0, %c0) to (%set_count, %row_count) step (%c1, %c1) {
      %set = arith.addi %first_set, %p : index
      %y2 = arith.addi %first_row, %r : index
      %y = arith.muli %y2, %b_row_step : index
      %at0 = arith.muli %p, %step_p : index
      %at1 = arith.muli %r, %step_y : index
      %at2 = arith.addi %at0, %at1 : index
      %at3 = arith.muli %at2, %b_unit : index
      scf.for %g = %c0 to %groups step %c1 {
        %at4 = arith.muli %g, %group_size : index
        %at = arith.addi %at3, %at4 : index
        %channel0 = arith.muli %g, %columns : index
        func.call @eoq_pack_parts_Q(%dy, %b, %at, %panel_size, %b_pixel, %set, %parts, %bands, %b_band_step, %b_h, %b_w, %o, %channel0, %columns, %c16, %y, %c0, %b_column_step, %ow) : (memref<?x!T>, memref<?x!T>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      }
    }
    // Rows without gaps between them are one row.
    %next_row = arith.muli %ow, %a_column : index
    %flat = arith.cmpi eq, %next_row, %a_row : index
    // Blocks of positions that stay in the first-level cache, of about one size.
    %fitting_rows = func.call @eoq_even_part(%row_count, %block_positions, %ow) : (index, index, index) -> index
    %fitting_sets = func.call @eoq_even_part(%set_count, %block_positions, %pixels) : (index, index, index) -> index
    scf.parallel (%job) = (%c0) to (%jobs) step (%c1) {
      %row_block = arith.remui %job, %row_blocks : index
      %panel = arith.divui %job, %row_blocks : index
      %g = arith.divui %panel, %panels : index
      %p_of_group = arith.remui %panel, %panels : index
      %m0 = arith.muli %row_block, %block_rows : index
      %m_left = arith.subi %products, %m0 : index
      %m_count = arith.minsi %m_left, %block_rows : index
      %table0 = arith.muli %g, %products : index
      %table = arith.addi %table0, %m0 : index
      %c_at = arith.muli %panel, %c_panel : index
      %column = arith.muli %p_of_group, %c16 : index
      %columns_left = arith.subi %columns, %column : index
      %column_part = arith.minsi %columns_left, %c16 : index
      // Panels of acc of their own have room for all 16.
      %column_count = arith.select %whole, %c16, %column_part : index
      %b_panel = arith.muli %panel, %panel_size : index
      scf.if %inside {
        func.call @eoq_gemm_N(%a, %a_rows, %b, %acc, %c_rows, %c0, %table, %m_count, %b_panel, %panel_size, %column_count, %c_at, %row_count, %a_row, %ow, %a_column, %set_count, %a_set, %add) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index, index, i32) -> ()
      } else {
        scf.for %p = %c0 to %set_count step %fitting_sets {
          %p_left = arith.subi %set_count, %p : index
          %p_count = arith.minsi %p_left, %fitting_sets : index
          %ap = arith.muli %p, %a_set : index
          %bp = arith.muli %p, %pixels : index
          scf.for %r = %c0 to %row_count step %fitting_rows {
            %r_left = arith.subi %row_count, %r : index
            %r_count = arith.minsi %r_left, %fitting_rows : index
            %ar = arith.muli %r, %a_row : index
            %a_base = arith.addi %ap, %ar : index
            %br = arith.muli %r, %ow : index
            %position = arith.addi %bp, %br : index
            %b_at = arith.muli %position, %b_unit : index
            %b_base = arith.addi %b_panel, %b_at : index
            %pr = arith.addi %p, %r : index
            %is_front = arith.cmpi eq, %pr, %c0 : index
            %add_here = arith.select %is_front, %add, %one : i32
            %r_pixels = arith.muli %r_count, %ow : index
            %count_1 = arith.select %flat, %c1, %r_count : index
            %count_0 = arith.select %flat, %r_pixels, %ow : index
            func.call @eoq_gemm_N(%a, %a_rows, %b, %acc, %c_rows, %a_base, %table, %m_count, %b_base, %panel_size, %column_count, %c_at, %p_count, %a_set, %count_1, %a_row, %count_0, %a_column, %add_here) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index, index, i32) -> ()
          }
        }
      }
    }
  }
  return
}
