//===- GradWeight.mlir - gradient of a convolution with respect to its weight -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T,A,C = i8,i16,i32 f32,f32,f32
!T = i8
!A = i16
!C = i32

// A sum over pixels, the rows of the product being (kh, kw, c) and its columns
// the output channels of a group. `pair` images (2 of integers, 1 of f32) are
// interleaved, so that a tap of a window is an offset. Adds chunks [begin, end)
// to acc, where row m of the product of panel p (16 columns) is at
// p * c_panel + m * c_line; a chunk is `pairs` pairs of
// images or `rows` rows of grad_output of one. In memory order, the sum over a
// chunk runs over pairs, rows and columns, or with `pairs_inside` over rows,
// columns and pairs (for small images). With `overwrite` acc has any content
// before.
func.func private @eoq_grad_weight_chunks_T(%x: memref<?x!T>, %dy: memref<?x!T>, %acc: memref<?x!C>, %a: memref<?x!A>, %b: memref<?x!T>, %a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %begin: index, %end: index, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %o: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %groups: index, %pair: index, %block: index, %pairs: index, %rows: index, %block_rows: index, %panel_size: index, %c_line: index, %c_panel: index, %pairs_inside: i32, %overwrite: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %most = arith.constant 192 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %inside = arith.cmpi ne, %pairs_inside, %zero : i32
  %fresh = arith.cmpi ne, %overwrite, %zero : i32
  %whole = arith.cmpi eq, %c_line, %c16 : index
  %pair_1 = arith.subi %pair, %c1 : index
  %pairs_up = arith.addi %n, %pair_1 : index
  %all_pairs = arith.divui %pairs_up, %pair : index
  %rows_1 = arith.subi %rows, %c1 : index
  %rows_up = arith.addi %oh, %rows_1 : index
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
  %pixel = arith.muli %block, %pair : index
  %line = arith.muli %width, %pixel : index
  %plane = arith.muli %height, %line : index
  %block_1 = arith.subi %block, %c1 : index
  %blocks_up = arith.addi %c, %block_1 : index
  %blocks = arith.divui %blocks_up, %block : index
  %a_pair = arith.muli %blocks, %plane : index
  %a_row = arith.muli %line, %sh : index
  %a_column = arith.muli %pixel, %sw : index
  %tap_h = arith.muli %line, %dh : index
  %tap_w = arith.muli %pixel, %dw : index
  %row0 = arith.subi %c0, %pt : index
  %column0 = arith.subi %c0, %pl : index
  %ks = arith.divui %c, %groups : index
  %columns = arith.divui %o, %groups : index
  %columns_up = arith.addi %columns, %c15 : index
  %panels = arith.divui %columns_up, %c16 : index
  %b_unit = arith.muli %c16, %pair : index
  %taps = arith.muli %kh, %kw : index
  %products = arith.muli %taps, %ks : index
  // Where the rows (kh, kw, c) of each group start.
  scf.for %g = %c0 to %groups step %c1 {
    %g_rows = arith.muli %g, %products : index
    %g_channel = arith.muli %g, %ks : index
    scf.for %ky = %c0 to %kh step %c1 {
      %oy = arith.muli %ky, %tap_h : index
      scf.for %kx = %c0 to %kw step %c1 {
        %ox = arith.muli %kx, %tap_w : index
        %oxy = arith.addi %oy, %ox : index
        %tap0 = arith.muli %ky, %kw : index
        %tap = arith.addi %tap0, %kx : index
        %tap_rows = arith.muli %tap, %ks : index
        %at0 = arith.addi %g_rows, %tap_rows : index
        scf.for %k = %c0 to %ks step %c1 {
          %channel = arith.addi %g_channel, %k : index
          %number = arith.divui %channel, %block : index
          %lane = arith.remui %channel, %block : index
          %o0 = arith.muli %number, %plane : index
          %o1 = arith.muli %lane, %pair : index
          %o2 = arith.addi %o0, %o1 : index
          %o3 = arith.addi %o2, %oxy : index
          %at = arith.addi %at0, %k : index
          %m = arith.addi %tap_rows, %k : index
          %c_row = arith.muli %m, %c_line : index
          %a32 = arith.index_cast %o3 : index to i32
          %c32 = arith.index_cast %c_row : index to i32
          memref.store %a32, %a_rows[%at] : memref<?xi32>
          memref.store %c32, %c_rows[%at] : memref<?xi32>
        }
      }
    }
  }
  %row_blocks_1 = arith.subi %block_rows, %c1 : index
  %row_blocks_up = arith.addi %products, %row_blocks_1 : index
  %row_blocks = arith.divui %row_blocks_up, %block_rows : index
  %group_panels = arith.muli %groups, %panels : index
  %jobs = arith.muli %group_panels, %row_blocks : index
  scf.for %chunk = %begin to %end step %c1 {
    %is_first = arith.cmpi eq, %chunk, %begin : index
    %fresh_chunk = arith.andi %fresh, %is_first : i1
    %add = arith.select %fresh_chunk, %zero, %one : i32
    %pair_chunk = arith.divui %chunk, %row_chunks : index
    %row_chunk = arith.remui %chunk, %row_chunks : index
    %first_pair = arith.muli %pair_chunk, %pairs : index
    %pairs_left = arith.subi %all_pairs, %first_pair : index
    %pair_count = arith.minsi %pairs_left, %pairs : index
    %first_row = arith.muli %row_chunk, %rows : index
    %rows_left = arith.subi %oh, %first_row : index
    %row_count = arith.minsi %rows_left, %rows : index
    %row_last = arith.subi %row_count, %c1 : index
    %row_span = arith.muli %row_last, %sh : index
    %used_1 = arith.addi %row_span, %reach_h : index
    %used = arith.addi %used_1, %c1 : index
    %y0 = arith.muli %first_row, %sh : index
    %y1 = arith.addi %y0, %row0 : index
    scf.parallel (%p, %r) = (%c0, %c0) to (%pair_count, %used) step (%c1, %c1) {
      %number = arith.addi %first_pair, %p : index
      %y = arith.addi %y1, %r : index
      %at0 = arith.muli %p, %a_pair : index
      %at1 = arith.muli %r, %line : index
      %at = arith.addi %at0, %at1 : index
      func.call @eoq_pack_input_row_T(%x, %a, %at, %plane, %number, %n, %h, %w, %c, %block, %y, %column0, %width) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index, index, index) -> ()
    }
    %pixels = arith.muli %row_count, %ow : index
    %step_p = arith.select %inside, %c1, %pixels : index
    %step_x = arith.select %inside, %pair_count, %c1 : index
    %step_y = arith.muli %ow, %step_x : index
    scf.parallel (%p, %r) = (%c0, %c0) to (%pair_count, %row_count) step (%c1, %c1) {
      %number = arith.addi %first_pair, %p : index
      %y = arith.addi %first_row, %r : index
      %at0 = arith.muli %p, %step_p : index
      %at1 = arith.muli %r, %step_y : index
      %at = arith.addi %at0, %at1 : index
      func.call @eoq_pack_error_row_T(%dy, %b, %number, %n, %oh, %ow, %o, %groups, %y, %at, %step_x, %panel_size) : (memref<?x!T>, memref<?x!T>, index, index, index, index, index, index, index, index, index, index) -> ()
    }
    // Blocks of pixels that stay in the first-level cache.
    %fitting_rows0 = arith.divui %most, %ow : index
    %fitting_rows1 = arith.maxsi %fitting_rows0, %c1 : index
    %fitting_rows = arith.minsi %fitting_rows1, %row_count : index
    %fitting_pairs0 = arith.divui %most, %pixels : index
    %fitting_pairs1 = arith.maxsi %fitting_pairs0, %c1 : index
    %fitting_pairs = arith.minsi %fitting_pairs1, %pair_count : index
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
        func.call @eoq_gemm_T(%a, %a_rows, %b, %acc, %c_rows, %c0, %table, %m_count, %b_panel, %panel_size, %column_count, %c_at, %row_count, %a_row, %ow, %a_column, %pair_count, %a_pair, %add) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index, index, i32) -> ()
      } else {
        scf.for %p = %c0 to %pair_count step %fitting_pairs {
          %p_left = arith.subi %pair_count, %p : index
          %p_count = arith.minsi %p_left, %fitting_pairs : index
          %ap = arith.muli %p, %a_pair : index
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
            func.call @eoq_gemm_T(%a, %a_rows, %b, %acc, %c_rows, %a_base, %table, %m_count, %b_base, %panel_size, %column_count, %c_at, %p_count, %a_pair, %r_count, %a_row, %ow, %a_column, %add_here) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index, index, i32) -> ()
          }
        }
      }
    }
  }
  return
}
