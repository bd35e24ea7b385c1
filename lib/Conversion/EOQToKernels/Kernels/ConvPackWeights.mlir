//===- ConvPackWeights.mlir - 8-bit weights in the order of the product ---===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Weights lie [o][c][taps] in memory, panels have 16 neighbouring columns
// (output or input channels): a transpose, done in blocks of 16 x 16 bytes.

// dst[at + 16 i + j] = src[from + i + j * stride], i and j below 16: four
// rounds of interleaving the first half of the vectors with the second.
func.func private @eoq_transpose_block_i8(%src: memref<?xi8>, %from: index, %stride: index, %dst: memref<?xi8>, %at: index) {
  %j0 = arith.constant 0 : index
  %j1 = arith.constant 1 : index
  %j2 = arith.constant 2 : index
  %j3 = arith.constant 3 : index
  %j4 = arith.constant 4 : index
  %j5 = arith.constant 5 : index
  %j6 = arith.constant 6 : index
  %j7 = arith.constant 7 : index
  %j8 = arith.constant 8 : index
  %j9 = arith.constant 9 : index
  %j10 = arith.constant 10 : index
  %j11 = arith.constant 11 : index
  %j12 = arith.constant 12 : index
  %j13 = arith.constant 13 : index
  %j14 = arith.constant 14 : index
  %j15 = arith.constant 15 : index
  %p0 = arith.addi %from, %j0 : index
  %v0_0 = vector.load %src[%p0] : memref<?xi8>, vector<16xi8>
  %p1 = arith.addi %p0, %stride : index
  %v0_1 = vector.load %src[%p1] : memref<?xi8>, vector<16xi8>
  %p2 = arith.addi %p1, %stride : index
  %v0_2 = vector.load %src[%p2] : memref<?xi8>, vector<16xi8>
  %p3 = arith.addi %p2, %stride : index
  %v0_3 = vector.load %src[%p3] : memref<?xi8>, vector<16xi8>
  %p4 = arith.addi %p3, %stride : index
  %v0_4 = vector.load %src[%p4] : memref<?xi8>, vector<16xi8>
  %p5 = arith.addi %p4, %stride : index
  %v0_5 = vector.load %src[%p5] : memref<?xi8>, vector<16xi8>
  %p6 = arith.addi %p5, %stride : index
  %v0_6 = vector.load %src[%p6] : memref<?xi8>, vector<16xi8>
  %p7 = arith.addi %p6, %stride : index
  %v0_7 = vector.load %src[%p7] : memref<?xi8>, vector<16xi8>
  %p8 = arith.addi %p7, %stride : index
  %v0_8 = vector.load %src[%p8] : memref<?xi8>, vector<16xi8>
  %p9 = arith.addi %p8, %stride : index
  %v0_9 = vector.load %src[%p9] : memref<?xi8>, vector<16xi8>
  %p10 = arith.addi %p9, %stride : index
  %v0_10 = vector.load %src[%p10] : memref<?xi8>, vector<16xi8>
  %p11 = arith.addi %p10, %stride : index
  %v0_11 = vector.load %src[%p11] : memref<?xi8>, vector<16xi8>
  %p12 = arith.addi %p11, %stride : index
  %v0_12 = vector.load %src[%p12] : memref<?xi8>, vector<16xi8>
  %p13 = arith.addi %p12, %stride : index
  %v0_13 = vector.load %src[%p13] : memref<?xi8>, vector<16xi8>
  %p14 = arith.addi %p13, %stride : index
  %v0_14 = vector.load %src[%p14] : memref<?xi8>, vector<16xi8>
  %p15 = arith.addi %p14, %stride : index
  %v0_15 = vector.load %src[%p15] : memref<?xi8>, vector<16xi8>
  %w0_0 = vector.interleave %v0_0, %v0_8 : vector<16xi8> -> vector<32xi8>
  %v1_0 = vector.extract_strided_slice %w0_0 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_1 = vector.extract_strided_slice %w0_0 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_1 = vector.interleave %v0_1, %v0_9 : vector<16xi8> -> vector<32xi8>
  %v1_2 = vector.extract_strided_slice %w0_1 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_3 = vector.extract_strided_slice %w0_1 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_2 = vector.interleave %v0_2, %v0_10 : vector<16xi8> -> vector<32xi8>
  %v1_4 = vector.extract_strided_slice %w0_2 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_5 = vector.extract_strided_slice %w0_2 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_3 = vector.interleave %v0_3, %v0_11 : vector<16xi8> -> vector<32xi8>
  %v1_6 = vector.extract_strided_slice %w0_3 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_7 = vector.extract_strided_slice %w0_3 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_4 = vector.interleave %v0_4, %v0_12 : vector<16xi8> -> vector<32xi8>
  %v1_8 = vector.extract_strided_slice %w0_4 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_9 = vector.extract_strided_slice %w0_4 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_5 = vector.interleave %v0_5, %v0_13 : vector<16xi8> -> vector<32xi8>
  %v1_10 = vector.extract_strided_slice %w0_5 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_11 = vector.extract_strided_slice %w0_5 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_6 = vector.interleave %v0_6, %v0_14 : vector<16xi8> -> vector<32xi8>
  %v1_12 = vector.extract_strided_slice %w0_6 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_13 = vector.extract_strided_slice %w0_6 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w0_7 = vector.interleave %v0_7, %v0_15 : vector<16xi8> -> vector<32xi8>
  %v1_14 = vector.extract_strided_slice %w0_7 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v1_15 = vector.extract_strided_slice %w0_7 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_0 = vector.interleave %v1_0, %v1_8 : vector<16xi8> -> vector<32xi8>
  %v2_0 = vector.extract_strided_slice %w1_0 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_1 = vector.extract_strided_slice %w1_0 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_1 = vector.interleave %v1_1, %v1_9 : vector<16xi8> -> vector<32xi8>
  %v2_2 = vector.extract_strided_slice %w1_1 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_3 = vector.extract_strided_slice %w1_1 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_2 = vector.interleave %v1_2, %v1_10 : vector<16xi8> -> vector<32xi8>
  %v2_4 = vector.extract_strided_slice %w1_2 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_5 = vector.extract_strided_slice %w1_2 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_3 = vector.interleave %v1_3, %v1_11 : vector<16xi8> -> vector<32xi8>
  %v2_6 = vector.extract_strided_slice %w1_3 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_7 = vector.extract_strided_slice %w1_3 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_4 = vector.interleave %v1_4, %v1_12 : vector<16xi8> -> vector<32xi8>
  %v2_8 = vector.extract_strided_slice %w1_4 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_9 = vector.extract_strided_slice %w1_4 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_5 = vector.interleave %v1_5, %v1_13 : vector<16xi8> -> vector<32xi8>
  %v2_10 = vector.extract_strided_slice %w1_5 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_11 = vector.extract_strided_slice %w1_5 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_6 = vector.interleave %v1_6, %v1_14 : vector<16xi8> -> vector<32xi8>
  %v2_12 = vector.extract_strided_slice %w1_6 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_13 = vector.extract_strided_slice %w1_6 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w1_7 = vector.interleave %v1_7, %v1_15 : vector<16xi8> -> vector<32xi8>
  %v2_14 = vector.extract_strided_slice %w1_7 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v2_15 = vector.extract_strided_slice %w1_7 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_0 = vector.interleave %v2_0, %v2_8 : vector<16xi8> -> vector<32xi8>
  %v3_0 = vector.extract_strided_slice %w2_0 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_1 = vector.extract_strided_slice %w2_0 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_1 = vector.interleave %v2_1, %v2_9 : vector<16xi8> -> vector<32xi8>
  %v3_2 = vector.extract_strided_slice %w2_1 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_3 = vector.extract_strided_slice %w2_1 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_2 = vector.interleave %v2_2, %v2_10 : vector<16xi8> -> vector<32xi8>
  %v3_4 = vector.extract_strided_slice %w2_2 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_5 = vector.extract_strided_slice %w2_2 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_3 = vector.interleave %v2_3, %v2_11 : vector<16xi8> -> vector<32xi8>
  %v3_6 = vector.extract_strided_slice %w2_3 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_7 = vector.extract_strided_slice %w2_3 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_4 = vector.interleave %v2_4, %v2_12 : vector<16xi8> -> vector<32xi8>
  %v3_8 = vector.extract_strided_slice %w2_4 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_9 = vector.extract_strided_slice %w2_4 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_5 = vector.interleave %v2_5, %v2_13 : vector<16xi8> -> vector<32xi8>
  %v3_10 = vector.extract_strided_slice %w2_5 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_11 = vector.extract_strided_slice %w2_5 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_6 = vector.interleave %v2_6, %v2_14 : vector<16xi8> -> vector<32xi8>
  %v3_12 = vector.extract_strided_slice %w2_6 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_13 = vector.extract_strided_slice %w2_6 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w2_7 = vector.interleave %v2_7, %v2_15 : vector<16xi8> -> vector<32xi8>
  %v3_14 = vector.extract_strided_slice %w2_7 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v3_15 = vector.extract_strided_slice %w2_7 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_0 = vector.interleave %v3_0, %v3_8 : vector<16xi8> -> vector<32xi8>
  %v4_0 = vector.extract_strided_slice %w3_0 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_1 = vector.extract_strided_slice %w3_0 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_1 = vector.interleave %v3_1, %v3_9 : vector<16xi8> -> vector<32xi8>
  %v4_2 = vector.extract_strided_slice %w3_1 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_3 = vector.extract_strided_slice %w3_1 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_2 = vector.interleave %v3_2, %v3_10 : vector<16xi8> -> vector<32xi8>
  %v4_4 = vector.extract_strided_slice %w3_2 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_5 = vector.extract_strided_slice %w3_2 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_3 = vector.interleave %v3_3, %v3_11 : vector<16xi8> -> vector<32xi8>
  %v4_6 = vector.extract_strided_slice %w3_3 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_7 = vector.extract_strided_slice %w3_3 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_4 = vector.interleave %v3_4, %v3_12 : vector<16xi8> -> vector<32xi8>
  %v4_8 = vector.extract_strided_slice %w3_4 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_9 = vector.extract_strided_slice %w3_4 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_5 = vector.interleave %v3_5, %v3_13 : vector<16xi8> -> vector<32xi8>
  %v4_10 = vector.extract_strided_slice %w3_5 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_11 = vector.extract_strided_slice %w3_5 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_6 = vector.interleave %v3_6, %v3_14 : vector<16xi8> -> vector<32xi8>
  %v4_12 = vector.extract_strided_slice %w3_6 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_13 = vector.extract_strided_slice %w3_6 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %w3_7 = vector.interleave %v3_7, %v3_15 : vector<16xi8> -> vector<32xi8>
  %v4_14 = vector.extract_strided_slice %w3_7 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %v4_15 = vector.extract_strided_slice %w3_7 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %c16 = arith.constant 16 : index
  %o0 = arith.addi %at, %j0 : index
  vector.store %v4_0, %dst[%o0] : memref<?xi8>, vector<16xi8>
  %o1 = arith.addi %o0, %c16 : index
  vector.store %v4_1, %dst[%o1] : memref<?xi8>, vector<16xi8>
  %o2 = arith.addi %o1, %c16 : index
  vector.store %v4_2, %dst[%o2] : memref<?xi8>, vector<16xi8>
  %o3 = arith.addi %o2, %c16 : index
  vector.store %v4_3, %dst[%o3] : memref<?xi8>, vector<16xi8>
  %o4 = arith.addi %o3, %c16 : index
  vector.store %v4_4, %dst[%o4] : memref<?xi8>, vector<16xi8>
  %o5 = arith.addi %o4, %c16 : index
  vector.store %v4_5, %dst[%o5] : memref<?xi8>, vector<16xi8>
  %o6 = arith.addi %o5, %c16 : index
  vector.store %v4_6, %dst[%o6] : memref<?xi8>, vector<16xi8>
  %o7 = arith.addi %o6, %c16 : index
  vector.store %v4_7, %dst[%o7] : memref<?xi8>, vector<16xi8>
  %o8 = arith.addi %o7, %c16 : index
  vector.store %v4_8, %dst[%o8] : memref<?xi8>, vector<16xi8>
  %o9 = arith.addi %o8, %c16 : index
  vector.store %v4_9, %dst[%o9] : memref<?xi8>, vector<16xi8>
  %o10 = arith.addi %o9, %c16 : index
  vector.store %v4_10, %dst[%o10] : memref<?xi8>, vector<16xi8>
  %o11 = arith.addi %o10, %c16 : index
  vector.store %v4_11, %dst[%o11] : memref<?xi8>, vector<16xi8>
  %o12 = arith.addi %o11, %c16 : index
  vector.store %v4_12, %dst[%o12] : memref<?xi8>, vector<16xi8>
  %o13 = arith.addi %o12, %c16 : index
  vector.store %v4_13, %dst[%o13] : memref<?xi8>, vector<16xi8>
  %o14 = arith.addi %o13, %c16 : index
  vector.store %v4_14, %dst[%o14] : memref<?xi8>, vector<16xi8>
  %o15 = arith.addi %o14, %c16 : index
  vector.store %v4_15, %dst[%o15] : memref<?xi8>, vector<16xi8>
  return
}

// The same for i below `rows` only, without reading beyond `size` elements of
// src. May write all 16 rows.
func.func private @eoq_transpose_rows_i8(%src: memref<?xi8>, %size: index, %from: index, %stride: index, %rows: index, %dst: memref<?xi8>, %at: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %span = arith.muli %stride, %c15 : index
  %last = arith.addi %from, %span : index
  scf.for %i = %c0 to %rows step %c16 {
    %first = arith.addi %from, %i : index
    %to0 = arith.muli %i, %c16 : index
    %to = arith.addi %at, %to0 : index
    %end0 = arith.addi %last, %i : index
    %end = arith.addi %end0, %c16 : index
    %inside = arith.cmpi sle, %end, %size : index
    scf.if %inside {
      func.call @eoq_transpose_block_i8(%src, %first, %stride, %dst, %to) : (memref<?xi8>, index, index, memref<?xi8>, index) -> ()
    } else {
      %left = arith.subi %rows, %i : index
      %count = arith.minsi %left, %c16 : index
      scf.for %r = %c0 to %count step %c1 {
        %f0 = arith.addi %first, %r : index
        %t0 = arith.muli %r, %c16 : index
        %t1 = arith.addi %to, %t0 : index
        scf.for %j = %c0 to %c16 step %c1 {
          %sj = arith.muli %j, %stride : index
          %f = arith.addi %f0, %sj : index
          %t = arith.addi %t1, %j : index
          %q = memref.load %src[%f] : memref<?xi8>
          memref.store %q, %dst[%t] : memref<?xi8>
        }
      }
    }
  }
  return
}

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
      scf.for %k = %c0 to %k_count step %c1 {
        %sk = arith.muli %k, %s_k : index
        %f = arith.addi %from, %sk : index
        %t = arith.muli %k, %tap_line : index
        scf.if %single {
          %q = vector.load %w[%f] : memref<?xi8>, vector<16xi8>
          vector.store %q, %tile[%t] : memref<?xi8>, vector<16xi8>
        } else {
          func.call @eoq_transpose_rows_i8(%w, %size, %f, %s_n, %taps, %tile, %t) : (memref<?xi8>, index, index, index, index, memref<?xi8>, index) -> ()
        }
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
