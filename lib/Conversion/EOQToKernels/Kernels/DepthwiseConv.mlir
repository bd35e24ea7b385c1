//===- DepthwiseConv.mlir - depthwise convolution and its input's gradient -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T,A,C = i8,i16,i32 f32,f32,f32
!T = i8
!A = i16
!C = i32

// eoq_conv for depthwise convolutions; all columns at once.
func.func private @eoq_depthwise_conv_T(%src: memref<?x!T>, %b: memref<?x!T>, %out: memref<?x!C>, %a: memref<?x!A>, %a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %qh: index, %qw: index, %sh: index, %sw: index, %dh: index, %dw: index, %th: index, %tw: index, %row0: index, %column0: index, %out_h: index, %out_w: index, %out_c: index, %step_h: index, %step_w: index, %first_h: index, %first_w: index, %width: index, %padded: index, %images: index, %rows: index, %slots: index, %a_size: index, %table_size: index, %b_at: index, %tap_stride: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %line = arith.muli %width, %padded : index
  %a_row = arith.muli %line, %sh : index
  %a_column = arith.muli %padded, %sw : index
  %stride_2 = arith.muli %line, %dh : index
  %taps_1 = arith.subi %th, %c1 : index
  %reach = arith.muli %taps_1, %dh : index
  %out_row = arith.muli %out_w, %out_c : index
  %c_image = arith.muli %out_h, %out_row : index
  %c_row = arith.muli %step_h, %out_row : index
  %c_column = arith.muli %step_w, %out_c : index
  %first_row = arith.muli %first_h, %out_row : index
  %first_column = arith.muli %first_w, %out_c : index
  %first = arith.addi %first_row, %first_column : index
  %images_1 = arith.subi %images, %c1 : index
  %images_up = arith.addi %n, %images_1 : index
  %image_chunks = arith.divui %images_up, %images : index
  %rows_1 = arith.subi %rows, %c1 : index
  %rows_up = arith.addi %qh, %rows_1 : index
  %row_chunks = arith.divui %rows_up, %rows : index
  %chunks = arith.muli %image_chunks, %row_chunks : index
  %in_use = call @eoq_slots_in_use(%slots) : (index) -> index
  scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
    %a_base = arith.muli %slot, %a_size : index
    %table = arith.muli %slot, %table_size : index
    // Neighbouring slots, which one thread gets, share the chunks evenly.
    %slot_next = arith.addi %slot, %c1 : index
    %chunk_first0 = arith.muli %slot, %chunks : index
    %chunk_first = arith.divui %chunk_first0, %in_use : index
    %chunk_end0 = arith.muli %slot_next, %chunks : index
    %chunk_end = arith.divui %chunk_end0, %in_use : index
    scf.for %chunk = %chunk_first to %chunk_end step %c1 {
      %image_chunk = arith.divui %chunk, %row_chunks : index
      %row_chunk = arith.remui %chunk, %row_chunks : index
      %image = arith.muli %image_chunk, %images : index
      %images_left = arith.subi %n, %image : index
      %image_count = arith.minsi %images_left, %images : index
      %row = arith.muli %row_chunk, %rows : index
      %rows_left = arith.subi %qh, %row : index
      %row_count = arith.minsi %rows_left, %rows : index
      func.call @eoq_pad_chunk_T(%src, %a, %a_base, %image, %image_count, %row, %row_count, %h, %w, %c, %padded, %sh, %reach, %row0, %column0, %width) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      %span = arith.subi %row_count, %c1 : index
      %height0 = arith.muli %span, %sh : index
      %height1 = arith.addi %height0, %reach : index
      %height = arith.addi %height1, %c1 : index
      %a_image = arith.muli %height, %line : index
      %c_start0 = arith.muli %image, %c_image : index
      %c_start1 = arith.muli %row, %c_row : index
      %c_start2 = arith.addi %c_start0, %c_start1 : index
      %c_start = arith.addi %c_start2, %first : index
      func.call @eoq_pixel_tables(%a_rows, %c_rows, %table, %image_count, %row_count, %qw, %c0, %a_image, %a_row, %a_column, %c_start, %c_image, %c_row, %c_column) : (memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      %pixels0 = arith.muli %image_count, %row_count : index
      %pixels = arith.muli %pixels0, %qw : index
      %three_h = arith.cmpi eq, %th, %c3 : index
      %three_w = arith.cmpi eq, %tw, %c3 : index
      %three = arith.andi %three_h, %three_w : i1
      scf.if %three {
        func.call @eoq_depthwise_3x3_T(%a, %a_rows, %b, %out, %c_rows, %a_base, %table, %pixels, %b_at, %c, %padded, %stride_2, %tap_stride) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, index) -> ()
      } else {
        func.call @eoq_depthwise_T(%a, %a_rows, %b, %out, %c_rows, %a_base, %table, %pixels, %b_at, %c, %padded, %th, %stride_2, %tw, %tap_stride) : (memref<?x!A>, memref<?xi32>, memref<?x!T>, memref<?x!C>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index) -> ()
      }
    }
  }
  return
}

// Weights of a depthwise convolution as [th][tw][padded].
func.func private @eoq_pack_depthwise_T(%w: memref<?x!T>, %b: memref<?x!T>, %b_at: index, %c: index, %padded: index, %taps: index, %kw: index, %h0: index, %h_step: index, %th: index, %w0: index, %w_step: index, %tw: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = call @eoq_zero_T() : () -> !T
  scf.for %y = %c0 to %th step %c1 {
    %hy0 = arith.muli %y, %h_step : index
    %hy = arith.addi %h0, %hy0 : index
    %hrow = arith.muli %hy, %kw : index
    scf.for %x = %c0 to %tw step %c1 {
      %wx0 = arith.muli %x, %w_step : index
      %wx = arith.addi %w0, %wx0 : index
      %tap = arith.addi %hrow, %wx : index
      %number0 = arith.muli %y, %tw : index
      %number = arith.addi %number0, %x : index
      %to0 = arith.muli %number, %padded : index
      %to = arith.addi %to0, %b_at : index
      scf.for %j = %c0 to %c step %c1 {
        %sj = arith.muli %j, %taps : index
        %i = arith.addi %tap, %sj : index
        %o = arith.addi %to, %j : index
        %q = memref.load %w[%i] : memref<?x!T>
        memref.store %q, %b[%o] : memref<?x!T>
      }
      scf.for %j = %c to %padded step %c1 {
        %o = arith.addi %to, %j : index
        memref.store %zero, %b[%o] : memref<?x!T>
      }
    }
  }
  return
}
