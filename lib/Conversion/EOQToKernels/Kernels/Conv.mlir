//===- Conv.mlir - convolution and its gradient with respect to the input -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: N,T,A,C = i8,i8,i16,i32 f32,f32,f32,f32 u7,i8,i8,i32 s8,i8,i8,i32
!T = i8
!A = i16
!C = i32

// N says which numbers are multiplied: i8 (widened to 16 bits), f32, or 8 bits in
// groups of four: u7 (those of `src` are never negative) or s8.

// Windows slide over the images of `src` [n, h, w, c]: pixel (y, x) of the
// qh * qw windows starts at row row0 + y * sh, column column0 + x * sw, and has
// th * tw taps, dh and dw apart. Its products go to pixel (y * step_h + first_h,
// x * step_w + first_w) of `out` [n, out_h, out_w, out_c].
//
// A chunk of `images` images or of `rows` rows of windows of one image is padded
// and widened into A and multiplied by the panels B; width is that of a padded
// row. tap_h, tap_w, stride_1, count_0 and stride_0 say how taps are walked, and
// [y_inside, y_outside) which windows see all of them: see eoq_window_tables.
// `splits` parts of `split_columns` columns of a chunk are jobs of their own.
// `maxima`, `lanes` elements of each slot, to `magnitude` are as eoq_windows_*
// want them; column i has element i of `bias`.
func.func private @eoq_conv_N(%src: memref<?x!T>, %b: memref<?x!T>, %out: memref<?x!C>, %a: memref<?x!A>, %a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %ranges: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %qh: index, %qw: index, %sh: index, %sw: index, %dh: index, %dw: index, %th: index, %tw: index, %row0: index, %column0: index, %out_h: index, %out_w: index, %out_c: index, %step_h: index, %step_w: index, %first_h: index, %first_w: index, %width: index, %padded: index, %images: index, %rows: index, %slots: index, %a_size: index, %table_size: index, %groups: index, %group_columns: index, %group_ks: index, %b_at: index, %panel_size: index, %y_inside: index, %y_outside: index, %x_inside: index, %x_outside: index, %tap_h: index, %tap_w: index, %stride_1: index, %count_0: index, %stride_0: index, %splits: index, %split_columns: index, %block: index, %ranges_size: index, %maxima: memref<?xi32>, %lanes: index, %bias: memref<?xi32>, %mask: memref<?xi8>, %low: i32, %high: i32, %magnitude: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %none = arith.constant -1 : index
  %line = arith.muli %width, %padded : index
  %a_row = arith.muli %line, %sh : index
  %a_column = arith.muli %padded, %sw : index
  %stride_2 = arith.muli %line, %dh : index
  %panel_stride_2 = arith.muli %tap_h, %c16 : index
  %panel_stride_1 = arith.muli %tap_w, %c16 : index
  %taps_1 = arith.subi %th, %c1 : index
  %reach = arith.muli %taps_1, %dh : index
  %out_row = arith.muli %out_w, %out_c : index
  %c_image = arith.muli %out_h, %out_row : index
  %c_row = arith.muli %step_h, %out_row : index
  %c_column = arith.muli %step_w, %out_c : index
  %first_row = arith.muli %first_h, %out_row : index
  %first_column = arith.muli %first_w, %out_c : index
  %first = arith.addi %first_row, %first_column : index
  %panels_up = arith.addi %group_columns, %c15 : index
  %panels = arith.divui %panels_up, %c16 : index
  %group_size = arith.muli %panels, %panel_size : index
  %images_1 = arith.subi %images, %c1 : index
  %images_up = arith.addi %n, %images_1 : index
  %image_chunks = arith.divui %images_up, %images : index
  %rows_1 = arith.subi %rows, %c1 : index
  %rows_up = arith.addi %qh, %rows_1 : index
  %row_chunks = arith.divui %rows_up, %rows : index
  %chunks = arith.muli %image_chunks, %row_chunks : index
  %jobs = arith.muli %chunks, %splits : index
  %in_use = call @eoq_slots_in_use(%slots) : (index) -> index
  scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
    %a_base = arith.muli %slot, %a_size : index
    %table = arith.muli %slot, %table_size : index
    %range_at = arith.muli %slot, %ranges_size : index
    %maxima_at = arith.muli %slot, %lanes : index
    // Neighbouring slots, which one thread gets, share the jobs evenly.
    %slot_next = arith.addi %slot, %c1 : index
    %job_first0 = arith.muli %slot, %jobs : index
    %job_first = arith.divui %job_first0, %in_use : index
    %job_end0 = arith.muli %slot_next, %jobs : index
    %job_end = arith.divui %job_end0, %in_use : index
    scf.for %job = %job_first to %job_end step %c1 iter_args(%packed = %none, %row_before = %none, %count_before = %none) -> (index, index, index) {
      %chunk = arith.divui %job, %splits : index
      %split = arith.remui %job, %splits : index
      %image_chunk = arith.divui %chunk, %row_chunks : index
      %row_chunk = arith.remui %chunk, %row_chunks : index
      %image = arith.muli %image_chunk, %images : index
      %images_left = arith.subi %n, %image : index
      %image_count = arith.minsi %images_left, %images : index
      %row = arith.muli %row_chunk, %rows : index
      %row_up = arith.addi %row, %rows : index
      %row_end = arith.minsi %row_up, %qh : index
      %row_count = arith.subi %row_end, %row : index
      // Jobs of one chunk share A, and chunks of one shape the tables.
      %new_chunk = arith.cmpi ne, %chunk, %packed : index
      %new_row = arith.cmpi ne, %row, %row_before : index
      %new_count = arith.cmpi ne, %image_count, %count_before : index
      %new_tables = arith.ori %new_row, %new_count : i1
      scf.if %new_chunk {
        func.call @eoq_pad_chunk_N(%src, %a, %a_base, %image, %image_count, %row, %row_count, %h, %w, %c, %padded, %sh, %reach, %row0, %column0, %width) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      }
      scf.if %new_tables {
        %span = arith.subi %row_count, %c1 : index
        %height0 = arith.muli %span, %sh : index
        %height1 = arith.addi %height0, %reach : index
        %height = arith.addi %height1, %c1 : index
        %a_image = arith.muli %height, %line : index
        func.call @eoq_window_tables(%a_rows, %c_rows, %ranges, %table, %range_at, %block, %image_count, %row, %row_end, %qw, %h, %w, %c, %sh, %sw, %dh, %dw, %th, %tw, %row0, %column0, %y_inside, %y_outside, %x_inside, %x_outside, %tap_h, %tap_w, %stride_1, %count_0, %stride_0, %stride_2, %a_image, %a_row, %a_column, %c_image, %c_row, %c_column) : (memref<?xi32>, memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      }
      %pixels0 = arith.muli %image_count, %row_count : index
      %pixels = arith.muli %pixels0, %qw : index
      %c_start0 = arith.muli %image, %c_image : index
      %c_start1 = arith.muli %row, %c_row : index
      %c_start2 = arith.addi %c_start0, %c_start1 : index
      %c_start = arith.addi %c_start2, %first : index
      %column = arith.muli %split, %split_columns : index
      %columns_left = arith.subi %group_columns, %column : index
      %columns_most = arith.minsi %columns_left, %split_columns : index
      %columns = arith.maxsi %columns_most, %c0 : index
      %panel = arith.divui %column, %c16 : index
      %panel_at0 = arith.muli %panel, %panel_size : index
      %panel_at = arith.addi %panel_at0, %b_at : index
      scf.for %g = %c0 to %groups step %c1 {
        %ga0 = arith.muli %g, %group_ks : index
        %ga = arith.addi %ga0, %a_base : index
        %gb0 = arith.muli %g, %group_size : index
        %gb = arith.addi %gb0, %panel_at : index
        %gc0 = arith.muli %g, %group_columns : index
        %gc1 = arith.addi %gc0, %column : index
        %gc = arith.addi %gc1, %c_start : index
        func.call @eoq_windows_N(%a, %a_rows, %b, %out, %c_rows, %ga, %table, %pixels, %gb, %panel_size, %columns, %gc, %ranges, %range_at, %stride_2, %panel_stride_2, %stride_1, %panel_stride_1, %maxima, %maxima_at, %bias, %gc1, %mask, %low, %high, %magnitude) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, memref<?xi32>, index, index, index, index, index, memref<?xi32>, index, memref<?xi32>, index, memref<?xi8>, i32, i32, i32) -> ()
      }
      scf.yield %chunk, %row, %image_count : index, index, index
    }
  }
  return
}

// Pads and widens a chunk (see eoq_conv) into A.
func.func private @eoq_pad_chunk_N(%src: memref<?x!T>, %a: memref<?x!A>, %a_base: index, %image: index, %image_count: index, %row: index, %row_count: index, %h: index, %w: index, %c: index, %padded: index, %sh: index, %reach: index, %row0: index, %column0: index, %width: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %line = arith.muli %width, %padded : index
  %row_last = arith.subi %row_count, %c1 : index
  %row_span = arith.muli %row_last, %sh : index
  %height_1 = arith.addi %row_span, %reach : index
  %height = arith.addi %height_1, %c1 : index
  %y0 = arith.muli %row, %sh : index
  %y1 = arith.addi %y0, %row0 : index
  scf.for %i = %c0 to %image_count step %c1 {
    %at0 = arith.muli %i, %height : index
    %b_image = arith.addi %image, %i : index
    scf.for %r = %c0 to %height step %c1 {
      %at1 = arith.addi %at0, %r : index
      %at2 = arith.muli %at1, %line : index
      %at = arith.addi %at2, %a_base : index
      %y = arith.addi %y1, %r : index
      func.call @eoq_pad_row_N(%src, %a, %at, %b_image, %h, %w, %c, %padded, %y, %column0, %width) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index) -> ()
    }
  }
  return
}
