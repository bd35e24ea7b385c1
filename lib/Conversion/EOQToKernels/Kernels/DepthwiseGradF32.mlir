//===- DepthwiseGradF32.mlir - gradient of depthwise weights in f32 -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The gradient of depthwise weights: adds chunks [begin, end) to acc
// [kh][kw][padded]. a and b hold a chunk's input and grad_output with `padded`
// channels.
func.func private @eoq_depthwise_chunks_f32(%x: memref<?xf32>, %dy: memref<?xf32>, %acc: memref<?xf32>, %a: memref<?xf32>, %b: memref<?xf32>, %begin: index, %end: index, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %padded: index, %images: index, %rows: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
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
  %line = arith.muli %width, %padded : index
  %a_row = arith.muli %line, %sh : index
  %a_column = arith.muli %padded, %sw : index
  %tap_h = arith.muli %line, %dh : index
  %tap_w = arith.muli %padded, %dw : index
  %row0 = arith.subi %c0, %pt : index
  %column0 = arith.subi %c0, %pl : index
  %dy_line = arith.muli %ow, %padded : index
  scf.for %chunk = %begin to %end step %c1 {
    %image_chunk = arith.divui %chunk, %row_chunks : index
    %row_chunk = arith.remui %chunk, %row_chunks : index
    %first = arith.muli %image_chunk, %images : index
    %left = arith.subi %n, %first : index
    %count = arith.minsi %left, %images : index
    %first_row = arith.muli %row_chunk, %rows : index
    %rows_left = arith.subi %oh, %first_row : index
    %row_count = arith.minsi %rows_left, %rows : index
    %row_last = arith.subi %row_count, %c1 : index
    %row_span = arith.muli %row_last, %sh : index
    %used_1 = arith.addi %row_span, %reach_h : index
    %used = arith.addi %used_1, %c1 : index
    %y0 = arith.muli %first_row, %sh : index
    %y1 = arith.addi %y0, %row0 : index
    scf.parallel (%i, %r) = (%c0, %c0) to (%count, %used) step (%c1, %c1) {
      %image = arith.addi %first, %i : index
      %y = arith.addi %y1, %r : index
      %at0 = arith.muli %i, %used : index
      %at1 = arith.addi %at0, %r : index
      %at = arith.muli %at1, %line : index
      func.call @eoq_pad_row_f32(%x, %a, %at, %image, %h, %w, %c, %padded, %y, %column0, %width) : (memref<?xf32>, memref<?xf32>, index, index, index, index, index, index, index, index, index) -> ()
    }
    scf.parallel (%i, %r) = (%c0, %c0) to (%count, %row_count) step (%c1, %c1) {
      %image = arith.addi %first, %i : index
      %y = arith.addi %first_row, %r : index
      %at0 = arith.muli %i, %row_count : index
      %at1 = arith.addi %at0, %r : index
      %at = arith.muli %at1, %dy_line : index
      func.call @eoq_pad_row_f32(%dy, %b, %at, %image, %oh, %ow, %c, %padded, %y, %c0, %ow) : (memref<?xf32>, memref<?xf32>, index, index, index, index, index, index, index, index, index) -> ()
    }
    %a_image = arith.muli %used, %line : index
    func.call @eoq_depthwise_grad_f32(%a, %b, %acc, %count, %row_count, %ow, %padded, %kh, %kw, %a_image, %a_row, %a_column, %tap_h, %tap_w) : (memref<?xf32>, memref<?xf32>, memref<?xf32>, index, index, index, index, index, index, index, index, index, index, index) -> ()
  }
  return
}

// Gradient of depthwise weights over a chunk, added to acc [kh][kw][padded]:
// a [images][height][width][padded], dy [images][rows][ow][padded].
func.func private @eoq_depthwise_grad_f32(%a: memref<?xf32>, %dy: memref<?xf32>, %acc: memref<?xf32>, %images: index, %rows: index, %ow: index, %padded: index, %kh: index, %kw: index, %a_image: index, %a_row: index, %a_column: index, %stride_h: index, %stride_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %taps = arith.muli %kh, %kw : index
  scf.parallel (%tap, %channel) = (%c0, %c0) to (%taps, %padded) step (%c1, %c16) {
    %y = arith.divui %tap, %kw : index
    %x = arith.remui %tap, %kw : index
    %ty = arith.muli %y, %stride_h : index
    %tx = arith.muli %x, %stride_w : index
    %t = arith.addi %ty, %tx : index
    %a0 = arith.addi %t, %channel : index
    %at0 = arith.muli %tap, %padded : index
    %at = arith.addi %at0, %channel : index
    %old = vector.load %acc[%at] : memref<?xf32>, vector<16xf32>
    %total = scf.for %i = %c0 to %images step %c1 iter_args(%sum_i = %old) -> (vector<16xf32>) {
      %ai0 = arith.muli %i, %a_image : index
      %ai = arith.addi %a0, %ai0 : index
      %di = arith.muli %i, %rows : index
      %rows_sum = scf.for %r = %c0 to %rows step %c1 iter_args(%sum_r = %sum_i) -> (vector<16xf32>) {
        %ar0 = arith.muli %r, %a_row : index
        %ar = arith.addi %ai, %ar0 : index
        %dr0 = arith.addi %di, %r : index
        %dr = arith.muli %dr0, %ow : index
        %row_sum = scf.for %j = %c0 to %ow step %c1 iter_args(%acc_j = %sum_r) -> (vector<16xf32>) {
          %aj0 = arith.muli %j, %a_column : index
          %aj = arith.addi %ar, %aj0 : index
          %dj0 = arith.addi %dr, %j : index
          %dj1 = arith.muli %dj0, %padded : index
          %dj = arith.addi %dj1, %channel : index
          %p = vector.load %a[%aj] : memref<?xf32>, vector<16xf32>
          %q = vector.load %dy[%dj] : memref<?xf32>, vector<16xf32>
          %new = vector.fma %p, %q, %acc_j : vector<16xf32>
          scf.yield %new : vector<16xf32>
        }
        scf.yield %row_sum : vector<16xf32>
      }
      scf.yield %rows_sum : vector<16xf32>
    }
    vector.store %total, %acc[%at] : memref<?xf32>, vector<16xf32>
  }
  return
}
