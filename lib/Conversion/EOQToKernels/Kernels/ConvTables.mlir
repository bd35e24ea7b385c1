//===- ConvTables.mlir - where the rows of convolutions lie -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Offsets of the rows of a product: pixel (i, y, x) of images * rows * columns
// lies at a_first + i * a_image + y * a_row + x * a_column of A, the same for C.
func.func private @eoq_pixel_tables(%a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %at: index, %images: index, %rows: index, %columns: index, %a_first: index, %a_image: index, %a_row: index, %a_column: index, %c_first: index, %c_image: index, %c_row: index, %c_column: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %images step %c1 {
    %ai0 = arith.muli %i, %a_image : index
    %ai = arith.addi %ai0, %a_first : index
    %ci0 = arith.muli %i, %c_image : index
    %ci = arith.addi %ci0, %c_first : index
    scf.for %y = %c0 to %rows step %c1 {
      %ay0 = arith.muli %y, %a_row : index
      %ay = arith.addi %ai, %ay0 : index
      %cy0 = arith.muli %y, %c_row : index
      %cy = arith.addi %ci, %cy0 : index
      %t0 = arith.muli %i, %rows : index
      %t1 = arith.addi %t0, %y : index
      %t2 = arith.muli %t1, %columns : index
      %t = arith.addi %at, %t2 : index
      scf.for %x = %c0 to %columns step %c1 {
        %ax0 = arith.muli %x, %a_column : index
        %ax = arith.addi %ay, %ax0 : index
        %cx0 = arith.muli %x, %c_column : index
        %cx = arith.addi %cy, %cx0 : index
        %place = arith.addi %t, %x : index
        %a32 = arith.index_cast %ax : index to i32
        %c32 = arith.index_cast %cx : index to i32
        memref.store %a32, %a_rows[%place] : memref<?xi32>
        memref.store %c32, %c_rows[%place] : memref<?xi32>
      }
    }
  }
  return
}

// Taps [first, end) of `taps` that lie inside of an image's axis of `size`
// pixels; tap k is at `at` + k * dilation.
func.func private @eoq_tap_range(%at: index, %dilation: index, %size: index, %taps: index) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %round = arith.subi %dilation, %c1 : index
  %negated = arith.subi %c0, %at : index
  %missing = arith.maxsi %negated, %c0 : index
  %first0 = arith.addi %missing, %round : index
  %first1 = arith.divui %first0, %dilation : index
  %first = arith.minsi %first1, %taps : index
  %there = arith.subi %size, %at : index
  %left = arith.maxsi %there, %c0 : index
  %end0 = arith.addi %left, %round : index
  %end1 = arith.divui %end0, %dilation : index
  %end2 = arith.minsi %end1, %taps : index
  %end = arith.maxsi %end2, %first : index
  return %first, %end : index, index
}

// The windows of a part of an axis that see the same taps begin at i; where the
// next ones begin. [inside, outside) see all.
func.func private @eoq_next_windows(%i: index, %inside: index, %outside: index, %end: index) -> index {
  %c1 = arith.constant 1 : index
  %next = arith.addi %i, %c1 : index
  %after = arith.cmpi sge, %i, %inside : index
  %until = arith.minsi %outside, %end : index
  %before = arith.cmpi slt, %i, %until : index
  %all = arith.andi %after, %before : i1
  %result = arith.select %all, %until, %next : index
  return %result : index
}

// Tables for the windows of rows [row, row_end) of `images` images, sorted by the
// taps that lie inside of the image: blocks of `block` rows leave out the others.
// A row of the tables is relative to the chunk. `ranges` gets five elements per
// block as eoq_windows_* want them; `range_at` is their place.
//
// Window (y, x) starts at row0 + y * sh and column0 + x * sw; all taps of windows
// [y_inside, y_outside) and [x_inside, x_outside) are inside. A tap has tap_w
// rows of B, a row of taps tap_h.
func.func private @eoq_window_tables(%a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %ranges: memref<?xi32>, %at: index, %range_at: index, %block: index, %images: index, %row: index, %row_end: index, %columns: index, %h: index, %w: index, %c: index, %sh: index, %sw: index, %dh: index, %dw: index, %th: index, %tw: index, %row0: index, %column0: index, %y_inside: index, %y_outside: index, %x_inside: index, %x_outside: index, %tap_h: index, %tap_w: index, %stride_1: index, %count_0: index, %stride_0: index, %stride_2: index, %a_image: index, %a_row: index, %a_column: index, %c_image: index, %c_row: index, %c_column: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c5 = arith.constant 5 : index
  %c16 = arith.constant 16 : index
  %block_1 = arith.subi %block, %c1 : index
  // First the taps of each block: those that any of its rows needs.
  %y_last, %pixels = scf.while (%y = %row, %p = %c0) : (index, index) -> (index, index) {
    %more = arith.cmpi slt, %y, %row_end : index
    scf.condition(%more) %y, %p : index, index
  } do {
  ^bb0(%y: index, %p_y: index):
    %y_next = func.call @eoq_next_windows(%y, %y_inside, %y_outside, %row_end) : (index, index, index, index) -> index
    %y_count = arith.subi %y_next, %y : index
    %ys = arith.muli %y, %sh : index
    %y_at = arith.addi %row0, %ys : index
    %y_first, %y_end = func.call @eoq_tap_range(%y_at, %dh, %h, %th) : (index, index, index, index) -> (index, index)
    %y_chunk = arith.subi %y, %row : index
    %ay = arith.muli %y_chunk, %a_row : index
    %cy = arith.muli %y_chunk, %c_row : index
    %x_last, %p_next = scf.while (%x = %c0, %p = %p_y) : (index, index) -> (index, index) {
      %more = arith.cmpi slt, %x, %columns : index
      scf.condition(%more) %x, %p : index, index
    } do {
    ^bb0(%x: index, %p: index):
      %x_next = func.call @eoq_next_windows(%x, %x_inside, %x_outside, %columns) : (index, index, index, index) -> index
      %x_count = arith.subi %x_next, %x : index
      %xs = arith.muli %x, %sw : index
      %x_at = arith.addi %column0, %xs : index
      %x_first, %x_end = func.call @eoq_tap_range(%x_at, %dw, %w, %tw) : (index, index, index, index) -> (index, index)
      %ax0 = arith.muli %x, %a_column : index
      %ax = arith.addi %ax0, %ay : index
      %cx0 = arith.muli %x, %c_column : index
      %cx = arith.addi %cx0, %cy : index
      %place = arith.addi %at, %p : index
      func.call @eoq_pixel_tables(%a_rows, %c_rows, %place, %images, %y_count, %x_count, %ax, %a_image, %a_row, %a_column, %cx, %c_image, %c_row, %c_column) : (memref<?xi32>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      %count0 = arith.muli %images, %y_count : index
      %count = arith.muli %count0, %x_count : index
      %p_end = arith.addi %p, %count : index
      %block_first = arith.divui %p, %block : index
      %block_up = arith.addi %p_end, %block_1 : index
      %block_end = arith.divui %block_up, %block : index
      %y_first32 = arith.index_cast %y_first : index to i32
      %y_end32 = arith.index_cast %y_end : index to i32
      %x_first32 = arith.index_cast %x_first : index to i32
      %x_end32 = arith.index_cast %x_end : index to i32
      scf.for %i = %block_first to %block_end step %c1 {
        %i0 = arith.muli %i, %c5 : index
        %r0 = arith.addi %range_at, %i0 : index
        %r1 = arith.addi %r0, %c1 : index
        %r2 = arith.addi %r0, %c2 : index
        %r3 = arith.addi %r0, %c3 : index
        %from = arith.muli %i, %block : index
        %shared = arith.cmpi slt, %from, %p : index
        %old0 = memref.load %ranges[%r0] : memref<?xi32>
        %old1 = memref.load %ranges[%r1] : memref<?xi32>
        %old2 = memref.load %ranges[%r2] : memref<?xi32>
        %old3 = memref.load %ranges[%r3] : memref<?xi32>
        %both0 = arith.minsi %old0, %y_first32 : i32
        %both1 = arith.maxsi %old1, %y_end32 : i32
        %both2 = arith.minsi %old2, %x_first32 : i32
        %both3 = arith.maxsi %old3, %x_end32 : i32
        %new0 = arith.select %shared, %both0, %y_first32 : i32
        %new1 = arith.select %shared, %both1, %y_end32 : i32
        %new2 = arith.select %shared, %both2, %x_first32 : i32
        %new3 = arith.select %shared, %both3, %x_end32 : i32
        memref.store %new0, %ranges[%r0] : memref<?xi32>
        memref.store %new1, %ranges[%r1] : memref<?xi32>
        memref.store %new2, %ranges[%r2] : memref<?xi32>
        memref.store %new3, %ranges[%r3] : memref<?xi32>
      }
      scf.yield %x_next, %p_end : index, index
    }
    scf.yield %y_next, %p_next : index, index
  }
  // Then what that means in A and in a panel. A row of taps is one run of
  // neighbours, or taps count_0 steps long, stride_1 apart.
  %runs = arith.cmpi eq, %stride_1, %c0 : index
  %step_1 = arith.subi %stride_0, %c1 : index
  %blocks_up = arith.addi %pixels, %block_1 : index
  %blocks = arith.divui %blocks_up, %block : index
  scf.for %i = %c0 to %blocks step %c1 {
    %i0 = arith.muli %i, %c5 : index
    %r0 = arith.addi %range_at, %i0 : index
    %r1 = arith.addi %r0, %c1 : index
    %r2 = arith.addi %r0, %c2 : index
    %r3 = arith.addi %r0, %c3 : index
    %r4 = arith.addi %r0, %c4 : index
    %y_first32 = memref.load %ranges[%r0] : memref<?xi32>
    %y_end32 = memref.load %ranges[%r1] : memref<?xi32>
    %x_first32 = memref.load %ranges[%r2] : memref<?xi32>
    %x_end32 = memref.load %ranges[%r3] : memref<?xi32>
    %y_first = arith.index_cast %y_first32 : i32 to index
    %x_first = arith.index_cast %x_first32 : i32 to index
    %x_end = arith.index_cast %x_end32 : i32 to index
    %run_first0 = arith.muli %x_first, %c : index
    %run_first = arith.divui %run_first0, %stride_0 : index
    %run_end0 = arith.muli %x_end, %c : index
    %run_end1 = arith.addi %run_end0, %step_1 : index
    %run_end = arith.divui %run_end1, %stride_0 : index
    %run_count = arith.subi %run_end, %run_first : index
    %run_at = arith.muli %run_first, %stride_0 : index
    %x_count = arith.subi %x_end, %x_first : index
    %x_stride = arith.muli %x_first, %stride_1 : index
    %x_rows = arith.muli %x_first, %tap_w : index
    %a_x = arith.select %runs, %run_at, %x_stride : index
    %b_x = arith.select %runs, %run_at, %x_rows : index
    %new_1 = arith.select %runs, %c1, %x_count : index
    %new_0 = arith.select %runs, %run_count, %count_0 : index
    %a_y = arith.muli %y_first, %stride_2 : index
    %a_first = arith.addi %a_y, %a_x : index
    %b_y = arith.muli %y_first, %tap_h : index
    %b_rows = arith.addi %b_y, %b_x : index
    %b_first = arith.muli %b_rows, %c16 : index
    %new_2 = arith.subi %y_end32, %y_first32 : i32
    %a32 = arith.index_cast %a_first : index to i32
    %b32 = arith.index_cast %b_first : index to i32
    %n1 = arith.index_cast %new_1 : index to i32
    %n0 = arith.index_cast %new_0 : index to i32
    memref.store %a32, %ranges[%r0] : memref<?xi32>
    memref.store %b32, %ranges[%r1] : memref<?xi32>
    memref.store %new_2, %ranges[%r2] : memref<?xi32>
    memref.store %n1, %ranges[%r3] : memref<?xi32>
    memref.store %n0, %ranges[%r4] : memref<?xi32>
  }
  return
}
