//===- DepthwiseGrad.mlir - gradient of depthwise weights -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Adds chunks [begin, end) to acc [kh][kw][padded]. A chunk is `pairs` pairs of
// parts (see eoq_grad_weight_chunks) or `rows` rows of grad_output of one; a and b
// hold its input and grad_output as eoq_pack_parts_i16x2 orders them, so that one
// instruction adds the products of two parts.
func.func private @eoq_depthwise_chunks_i8(%x: memref<?xi8>, %dy: memref<?xi8>, %acc: memref<?xi32>, %a: memref<?xi16>, %b: memref<?xi16>, %begin: index, %end: index, %parts: index, %bands: index, %band_rows: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %padded: index, %pairs: index, %rows: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %pairs_up = arith.addi %parts, %c1 : index
  %all_pairs = arith.divui %pairs_up, %c2 : index
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
  %line = arith.muli %width, %c32 : index
  %a_row = arith.muli %line, %sh : index
  %a_column = arith.muli %c32, %sw : index
  %tap_h = arith.muli %line, %dh : index
  %tap_w = arith.muli %c32, %dw : index
  %b_row = arith.muli %ow, %c32 : index
  %row0 = arith.subi %c0, %pt : index
  %column0 = arith.subi %c0, %pl : index
  %blocks = arith.divui %padded, %c16 : index
  %band_step = arith.muli %band_rows, %sh : index
  %three_h = arith.cmpi eq, %kh, %c3 : index
  %three_w = arith.cmpi eq, %kw, %c3 : index
  %three = arith.andi %three_h, %three_w : i1
  scf.for %chunk = %begin to %end step %c1 {
    %pair_chunk = arith.divui %chunk, %row_chunks : index
    %row_chunk = arith.remui %chunk, %row_chunks : index
    %first = arith.muli %pair_chunk, %pairs : index
    %left = arith.subi %all_pairs, %first : index
    %count = arith.minsi %left, %pairs : index
    %first_row = arith.muli %row_chunk, %rows : index
    %rows_left = arith.subi %band_rows, %first_row : index
    %row_count = arith.minsi %rows_left, %rows : index
    %row_last = arith.subi %row_count, %c1 : index
    %row_span = arith.muli %row_last, %sh : index
    %used_1 = arith.addi %row_span, %reach_h : index
    %used = arith.addi %used_1, %c1 : index
    %y0 = arith.muli %first_row, %sh : index
    %y1 = arith.addi %y0, %row0 : index
    %a_plane = arith.muli %used, %line : index
    %a_pair = arith.muli %blocks, %a_plane : index
    %b_plane = arith.muli %row_count, %b_row : index
    %b_pair = arith.muli %blocks, %b_plane : index
    scf.parallel (%p, %r) = (%c0, %c0) to (%count, %used) step (%c1, %c1) {
      %number = arith.addi %first, %p : index
      %y = arith.addi %y1, %r : index
      %at0 = arith.muli %p, %a_pair : index
      %at1 = arith.muli %r, %line : index
      %at = arith.addi %at0, %at1 : index
      func.call @eoq_pack_parts_i16x2(%x, %a, %at, %a_plane, %c32, %number, %parts, %bands, %band_step, %h, %w, %c, %c0, %c, %c16, %y, %column0, %c1, %width) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
    }
    scf.parallel (%p, %r) = (%c0, %c0) to (%count, %row_count) step (%c1, %c1) {
      %number = arith.addi %first, %p : index
      %y = arith.addi %first_row, %r : index
      %at0 = arith.muli %p, %b_pair : index
      %at1 = arith.muli %r, %b_row : index
      %at = arith.addi %at0, %at1 : index
      func.call @eoq_pack_parts_i16x2(%dy, %b, %at, %b_plane, %c32, %number, %parts, %bands, %band_rows, %oh, %ow, %c, %c0, %c, %c16, %y, %c0, %c1, %ow) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
    }
    scf.parallel (%block, %half) = (%c0, %c0) to (%blocks, %c2) step (%c1, %c1) {
      %lane = arith.muli %half, %c16 : index
      %a0 = arith.muli %block, %a_plane : index
      %a1 = arith.addi %a0, %lane : index
      %b0 = arith.muli %block, %b_plane : index
      %b1 = arith.addi %b0, %lane : index
      %channel0 = arith.addi %block, %block : index
      %channel1 = arith.addi %channel0, %half : index
      %channel2 = arith.muli %channel1, %c16 : index
      %channel = arith.divui %channel2, %c2 : index
      scf.if %three {
        func.call @eoq_depthwise_grad_3x3_i8(%a, %b, %acc, %a1, %b1, %channel, %padded, %count, %a_pair, %b_pair, %row_count, %a_row, %ow, %a_column, %tap_h, %tap_w) : (memref<?xi16>, memref<?xi16>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      } else {
        scf.for %ky = %c0 to %kh step %c1 {
          %ty = arith.muli %ky, %tap_h : index
          %ay = arith.addi %a1, %ty : index
          %k0 = arith.muli %ky, %kw : index
          scf.for %kx = %c0 to %kw step %c1 {
            %tx = arith.muli %kx, %tap_w : index
            %ax = arith.addi %ay, %tx : index
            %k = arith.addi %k0, %kx : index
            %at0 = arith.muli %k, %padded : index
            %at = arith.addi %at0, %channel : index
            func.call @eoq_depthwise_grad_tap_i8(%a, %b, %acc, %ax, %b1, %at, %count, %a_pair, %b_pair, %row_count, %a_row, %ow, %a_column) : (memref<?xi16>, memref<?xi16>, memref<?xi32>, index, index, index, index, index, index, index, index, index, index) -> ()
          }
        }
      }
    }
  }
  return
}

// One tap of 8 channels: acc[at0, at0 + 8) of a chunk.
func.func private @eoq_depthwise_grad_tap_i8(%a: memref<?xi16>, %b: memref<?xi16>, %acc: memref<?xi32>, %a_at: index, %b_at: index, %at0: index, %pairs: index, %a_pair: index, %b_pair: index, %rows: index, %a_row: index, %columns: index, %a_column: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c32 = arith.constant 32 : index
  %b_row = arith.muli %columns, %c32 : index
  %old0 = vector.load %acc[%at0] : memref<?xi32>, vector<8xi32>
  %all = scf.for %p = %c0 to %pairs step %c1 iter_args(%i0 = %old0) -> (vector<8xi32>) {
    %ap0 = arith.muli %p, %a_pair : index
    %ap = arith.addi %ap0, %a_at : index
    %bp0 = arith.muli %p, %b_pair : index
    %bp = arith.addi %bp0, %b_at : index
    %image = scf.for %r = %c0 to %rows step %c1 iter_args(%j0 = %i0) -> (vector<8xi32>) {
      %ar0 = arith.muli %r, %a_row : index
      %ar = arith.addi %ap, %ar0 : index
      %br0 = arith.muli %r, %b_row : index
      %br = arith.addi %bp, %br0 : index
      %line = scf.for %x = %c0 to %columns step %c1 iter_args(%k0 = %j0) -> (vector<8xi32>) {
        %bx0 = arith.muli %x, %c32 : index
        %bx = arith.addi %br, %bx0 : index
        %e = vector.load %b[%bx] : memref<?xi16>, vector<16xi16>
        %ax0 = arith.muli %x, %a_column : index
        %ax = arith.addi %ar, %ax0 : index
        %v0 = vector.load %a[%ax] : memref<?xi16>, vector<16xi16>
        %s0 = eoq.dot_accumulate %k0, %v0, %e : vector<8xi32>, vector<16xi16>
        scf.yield %s0 : vector<8xi32>
      }
      scf.yield %line : vector<8xi32>
    }
    scf.yield %image : vector<8xi32>
  }
  vector.store %all, %acc[%at0] : memref<?xi32>, vector<8xi32>
  return
}

// The nine taps of 8 channels, whose sums stay in registers.
func.func private @eoq_depthwise_grad_3x3_i8(%a: memref<?xi16>, %b: memref<?xi16>, %acc: memref<?xi32>, %a_at: index, %b_at: index, %channel: index, %padded: index, %pairs: index, %a_pair: index, %b_pair: index, %rows: index, %a_row: index, %columns: index, %a_column: index, %tap_h: index, %tap_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c32 = arith.constant 32 : index
  %b_row = arith.muli %columns, %c32 : index
  %t0 = arith.constant 0 : index
  %t1 = arith.addi %tap_w, %c0 : index
  %t2 = arith.addi %tap_w, %tap_w : index
  %t3 = arith.addi %t0, %tap_h : index
  %t4 = arith.addi %t1, %tap_h : index
  %t5 = arith.addi %t2, %tap_h : index
  %t6 = arith.addi %t3, %tap_h : index
  %t7 = arith.addi %t4, %tap_h : index
  %t8 = arith.addi %t5, %tap_h : index
  %at0 = arith.addi %channel, %c0 : index
  %at1 = arith.addi %at0, %padded : index
  %at2 = arith.addi %at1, %padded : index
  %at3 = arith.addi %at2, %padded : index
  %at4 = arith.addi %at3, %padded : index
  %at5 = arith.addi %at4, %padded : index
  %at6 = arith.addi %at5, %padded : index
  %at7 = arith.addi %at6, %padded : index
  %at8 = arith.addi %at7, %padded : index
  %old0 = vector.load %acc[%at0] : memref<?xi32>, vector<8xi32>
  %old1 = vector.load %acc[%at1] : memref<?xi32>, vector<8xi32>
  %old2 = vector.load %acc[%at2] : memref<?xi32>, vector<8xi32>
  %old3 = vector.load %acc[%at3] : memref<?xi32>, vector<8xi32>
  %old4 = vector.load %acc[%at4] : memref<?xi32>, vector<8xi32>
  %old5 = vector.load %acc[%at5] : memref<?xi32>, vector<8xi32>
  %old6 = vector.load %acc[%at6] : memref<?xi32>, vector<8xi32>
  %old7 = vector.load %acc[%at7] : memref<?xi32>, vector<8xi32>
  %old8 = vector.load %acc[%at8] : memref<?xi32>, vector<8xi32>
  %all:9 = scf.for %p = %c0 to %pairs step %c1 iter_args(%i0 = %old0, %i1 = %old1, %i2 = %old2, %i3 = %old3, %i4 = %old4, %i5 = %old5, %i6 = %old6, %i7 = %old7, %i8 = %old8) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
    %ap0 = arith.muli %p, %a_pair : index
    %ap = arith.addi %ap0, %a_at : index
    %bp0 = arith.muli %p, %b_pair : index
    %bp = arith.addi %bp0, %b_at : index
    %image:9 = scf.for %r = %c0 to %rows step %c1 iter_args(%j0 = %i0, %j1 = %i1, %j2 = %i2, %j3 = %i3, %j4 = %i4, %j5 = %i5, %j6 = %i6, %j7 = %i7, %j8 = %i8) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
      %ar0 = arith.muli %r, %a_row : index
      %ar = arith.addi %ap, %ar0 : index
      %br0 = arith.muli %r, %b_row : index
      %br = arith.addi %bp, %br0 : index
      %line:9 = scf.for %x = %c0 to %columns step %c1 iter_args(%k0 = %j0, %k1 = %j1, %k2 = %j2, %k3 = %j3, %k4 = %j4, %k5 = %j5, %k6 = %j6, %k7 = %j7, %k8 = %j8) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %bx0 = arith.muli %x, %c32 : index
        %bx = arith.addi %br, %bx0 : index
        %e = vector.load %b[%bx] : memref<?xi16>, vector<16xi16>
        %ax0 = arith.muli %x, %a_column : index
        %ax = arith.addi %ar, %ax0 : index
        %ax_0 = arith.addi %ax, %t0 : index
        %v0 = vector.load %a[%ax_0] : memref<?xi16>, vector<16xi16>
        %s0 = eoq.dot_accumulate %k0, %v0, %e : vector<8xi32>, vector<16xi16>
        %ax_1 = arith.addi %ax, %t1 : index
        %v1 = vector.load %a[%ax_1] : memref<?xi16>, vector<16xi16>
        %s1 = eoq.dot_accumulate %k1, %v1, %e : vector<8xi32>, vector<16xi16>
        %ax_2 = arith.addi %ax, %t2 : index
        %v2 = vector.load %a[%ax_2] : memref<?xi16>, vector<16xi16>
        %s2 = eoq.dot_accumulate %k2, %v2, %e : vector<8xi32>, vector<16xi16>
        %ax_3 = arith.addi %ax, %t3 : index
        %v3 = vector.load %a[%ax_3] : memref<?xi16>, vector<16xi16>
        %s3 = eoq.dot_accumulate %k3, %v3, %e : vector<8xi32>, vector<16xi16>
        %ax_4 = arith.addi %ax, %t4 : index
        %v4 = vector.load %a[%ax_4] : memref<?xi16>, vector<16xi16>
        %s4 = eoq.dot_accumulate %k4, %v4, %e : vector<8xi32>, vector<16xi16>
        %ax_5 = arith.addi %ax, %t5 : index
        %v5 = vector.load %a[%ax_5] : memref<?xi16>, vector<16xi16>
        %s5 = eoq.dot_accumulate %k5, %v5, %e : vector<8xi32>, vector<16xi16>
        %ax_6 = arith.addi %ax, %t6 : index
        %v6 = vector.load %a[%ax_6] : memref<?xi16>, vector<16xi16>
        %s6 = eoq.dot_accumulate %k6, %v6, %e : vector<8xi32>, vector<16xi16>
        %ax_7 = arith.addi %ax, %t7 : index
        %v7 = vector.load %a[%ax_7] : memref<?xi16>, vector<16xi16>
        %s7 = eoq.dot_accumulate %k7, %v7, %e : vector<8xi32>, vector<16xi16>
        %ax_8 = arith.addi %ax, %t8 : index
        %v8 = vector.load %a[%ax_8] : memref<?xi16>, vector<16xi16>
        %s8 = eoq.dot_accumulate %k8, %v8, %e : vector<8xi32>, vector<16xi16>
        scf.yield %s0, %s1, %s2, %s3, %s4, %s5, %s6, %s7, %s8 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      scf.yield %line#0, %line#1, %line#2, %line#3, %line#4, %line#5, %line#6, %line#7, %line#8 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
    }
    scf.yield %image#0, %image#1, %image#2, %image#3, %image#4, %image#5, %image#6, %image#7, %image#8 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
  }
  vector.store %all#0, %acc[%at0] : memref<?xi32>, vector<8xi32>
  vector.store %all#1, %acc[%at1] : memref<?xi32>, vector<8xi32>
  vector.store %all#2, %acc[%at2] : memref<?xi32>, vector<8xi32>
  vector.store %all#3, %acc[%at3] : memref<?xi32>, vector<8xi32>
  vector.store %all#4, %acc[%at4] : memref<?xi32>, vector<8xi32>
  vector.store %all#5, %acc[%at5] : memref<?xi32>, vector<8xi32>
  vector.store %all#6, %acc[%at6] : memref<?xi32>, vector<8xi32>
  vector.store %all#7, %acc[%at7] : memref<?xi32>, vector<8xi32>
  vector.store %all#8, %acc[%at8] : memref<?xi32>, vector<8xi32>
  return
}
