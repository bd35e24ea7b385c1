//===- ConvFew.mlir - convolutions with few output channels ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// A panel of 16 columns would be mostly empty with at most 6 output channels.
// Here the lanes of vectors are 16 neighbouring pixels of a row, and the 6 rows
// of the register block are channels. The windows of neighbouring pixels must be
// one pixel apart.
//
// The source lies in planes of pairs: pair p of plane j is the channels 2 j and
// 2 j + 1 of pixel p (channel_pair = 1), or, for an odd number of channels, the
// pixels p and p + dw of channel j (channel_pair = 0). One step of the product
// multiplies a pair of every pixel; steps go through taps (y), planes, taps (x).

// Weights as [steps][6][2] from fw[fw_at], and where in the planes each step
// reads. Column r, element k and tap (y, x) come from w[r * s_n + k * s_k +
// (h0 + y * h_step) * kw + w0 + x * w_step].
func.func private @eoq_pack_few_weights_i8(%w: memref<?xi8>, %fw: memref<?xi16>, %offsets: memref<?xi32>, %fw_at: index, %offsets_at: index, %columns: index, %s_n: index, %s_k: index, %kw: index, %h0: index, %h_step: index, %th: index, %w0: index, %w_step: index, %tw: index, %dh: index, %dw: index, %planes: index, %plane: index, %line: index, %channel_pair: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c6 = arith.constant 6 : index
  %zero = arith.constant 0 : i16
  %tap_pair = arith.subi %c1, %channel_pair : index
  %channel_step = arith.addi %c1, %channel_pair : index
  %tap_step = arith.addi %c1, %tap_pair : index
  %tw_up = arith.addi %tw, %tap_pair : index
  %x_steps = arith.divui %tw_up, %tap_step : index
  %row_steps = arith.muli %planes, %x_steps : index
  scf.for %y = %c0 to %th step %c1 {
    %y0 = arith.muli %y, %row_steps : index
    %hy0 = arith.muli %y, %h_step : index
    %hy = arith.addi %h0, %hy0 : index
    %hrow = arith.muli %hy, %kw : index
    %yd = arith.muli %y, %dh : index
    %y_at = arith.muli %yd, %line : index
    scf.for %j = %c0 to %planes step %c1 {
      %j0 = arith.muli %j, %x_steps : index
      %yj = arith.addi %y0, %j0 : index
      %channel0 = arith.muli %j, %channel_step : index
      %j_at0 = arith.muli %j, %plane : index
      %j_at = arith.addi %j_at0, %y_at : index
      scf.for %s = %c0 to %x_steps step %c1 {
        %step = arith.addi %yj, %s : index
        %x = arith.muli %s, %tap_step : index
        %xd = arith.muli %x, %dw : index
        %x_at = arith.muli %xd, %c2 : index
        %offset = arith.addi %j_at, %x_at : index
        %offset32 = arith.index_cast %offset : index to i32
        %place = arith.addi %offsets_at, %step : index
        memref.store %offset32, %offsets[%place] : memref<?xi32>
        scf.for %r = %c0 to %c6 step %c1 {
          %rn = arith.muli %r, %s_n : index
          %to0 = arith.muli %step, %c6 : index
          %to1 = arith.addi %to0, %r : index
          %to2 = arith.muli %to1, %c2 : index
          %to = arith.addi %to2, %fw_at : index
          scf.for %e = %c0 to %c2 step %c1 {
            %ce = arith.muli %e, %channel_pair : index
            %channel = arith.addi %channel0, %ce : index
            %xe0 = arith.muli %e, %tap_pair : index
            %xe = arith.addi %x, %xe0 : index
            %has_tap = arith.cmpi slt, %xe, %tw : index
            %has_column = arith.cmpi slt, %r, %columns : index
            %has = arith.andi %has_tap, %has_column : i1
            %value = scf.if %has -> (i16) {
              %wx0 = arith.muli %xe, %w_step : index
              %wx = arith.addi %w0, %wx0 : index
              %tap = arith.addi %hrow, %wx : index
              %ck = arith.muli %channel, %s_k : index
              %f0 = arith.addi %tap, %rn : index
              %f = arith.addi %f0, %ck : index
              %q = memref.load %w[%f] : memref<?xi8>
              %wide = arith.extsi %q : i8 to i16
              scf.yield %wide : i16
            } else {
              scf.yield %zero : i16
            }
            %toe = arith.addi %to, %e : index
            memref.store %value, %fw[%toe] : memref<?xi16>
          }
        }
      }
    }
  }
  return
}

// Vector i of the result is lane i of the 6 vectors, and two zeros.
func.func private @eoq_transpose_six_i32(%a0: vector<8xi32>, %a1: vector<8xi32>, %a2: vector<8xi32>, %a3: vector<8xi32>, %a4: vector<8xi32>, %a5: vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
  %zeros = arith.constant dense<0> : vector<8xi32>
  %w0_0 = vector.interleave %a0, %a4 : vector<8xi32> -> vector<16xi32>
  %v0_0 = vector.extract_strided_slice %w0_0 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v0_1 = vector.extract_strided_slice %w0_0 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w0_1 = vector.interleave %a1, %a5 : vector<8xi32> -> vector<16xi32>
  %v0_2 = vector.extract_strided_slice %w0_1 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v0_3 = vector.extract_strided_slice %w0_1 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w0_2 = vector.interleave %a2, %zeros : vector<8xi32> -> vector<16xi32>
  %v0_4 = vector.extract_strided_slice %w0_2 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v0_5 = vector.extract_strided_slice %w0_2 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w0_3 = vector.interleave %a3, %zeros : vector<8xi32> -> vector<16xi32>
  %v0_6 = vector.extract_strided_slice %w0_3 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v0_7 = vector.extract_strided_slice %w0_3 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w1_0 = vector.interleave %v0_0, %v0_4 : vector<8xi32> -> vector<16xi32>
  %v1_0 = vector.extract_strided_slice %w1_0 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v1_1 = vector.extract_strided_slice %w1_0 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w1_1 = vector.interleave %v0_1, %v0_5 : vector<8xi32> -> vector<16xi32>
  %v1_2 = vector.extract_strided_slice %w1_1 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v1_3 = vector.extract_strided_slice %w1_1 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w1_2 = vector.interleave %v0_2, %v0_6 : vector<8xi32> -> vector<16xi32>
  %v1_4 = vector.extract_strided_slice %w1_2 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v1_5 = vector.extract_strided_slice %w1_2 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w1_3 = vector.interleave %v0_3, %v0_7 : vector<8xi32> -> vector<16xi32>
  %v1_6 = vector.extract_strided_slice %w1_3 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v1_7 = vector.extract_strided_slice %w1_3 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w2_0 = vector.interleave %v1_0, %v1_4 : vector<8xi32> -> vector<16xi32>
  %v2_0 = vector.extract_strided_slice %w2_0 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v2_1 = vector.extract_strided_slice %w2_0 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w2_1 = vector.interleave %v1_1, %v1_5 : vector<8xi32> -> vector<16xi32>
  %v2_2 = vector.extract_strided_slice %w2_1 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v2_3 = vector.extract_strided_slice %w2_1 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w2_2 = vector.interleave %v1_2, %v1_6 : vector<8xi32> -> vector<16xi32>
  %v2_4 = vector.extract_strided_slice %w2_2 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v2_5 = vector.extract_strided_slice %w2_2 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %w2_3 = vector.interleave %v1_3, %v1_7 : vector<8xi32> -> vector<16xi32>
  %v2_6 = vector.extract_strided_slice %w2_3 {offsets = [0], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  %v2_7 = vector.extract_strided_slice %w2_3 {offsets = [8], sizes = [8], strides = [1]} : vector<16xi32> to vector<8xi32>
  return %v2_0, %v2_1, %v2_2, %v2_3, %v2_4, %v2_5, %v2_6, %v2_7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
}

// The sums of 16 pixels for steps [step, step_end): channel r < columns of pixel
// i < count goes to out[out_at + i * pixel + r].
func.func private @eoq_few_pixels_i8(%p: memref<?xi16>, %at: index, %fw: memref<?xi16>, %fw_at: index, %offsets: memref<?xi32>, %offsets_at: index, %step: index, %step_end: index, %out: memref<?xi32>, %out_at: index, %pixel: index, %count: index, %columns: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c12 = arith.constant 12 : index
  %c16 = arith.constant 16 : index
  %zeros = arith.constant dense<0> : vector<8xi32>
  %tile = memref.alloca() {alignment = 64 : i64} : memref<128xi32>
  %sums:12 = scf.for %k = %step to %step_end step %c1 iter_args(%i0 = %zeros, %i1 = %zeros, %i2 = %zeros, %i3 = %zeros, %i4 = %zeros, %i5 = %zeros, %i6 = %zeros, %i7 = %zeros, %i8 = %zeros, %i9 = %zeros, %i10 = %zeros, %i11 = %zeros) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
    %place = arith.addi %offsets_at, %k : index
    %offset32 = memref.load %offsets[%place] : memref<?xi32>
    %offset = arith.index_cast %offset32 : i32 to index
    %b_at0 = arith.addi %at, %offset : index
    %b_at1 = arith.addi %b_at0, %c16 : index
    %b0 = vector.load %p[%b_at0] : memref<?xi16>, vector<16xi16>
    %b1 = vector.load %p[%b_at1] : memref<?xi16>, vector<16xi16>
    %k0 = arith.muli %k, %c12 : index
    %w0 = arith.addi %k0, %fw_at : index
    %g0 = vector.load %fw[%w0] : memref<?xi16>, vector<2xi16>
    %h0 = vector.bitcast %g0 : vector<2xi16> to vector<1xi32>
    %x0 = vector.extract %h0[0] : i32 from vector<1xi32>
    %y0 = vector.broadcast %x0 : i32 to vector<8xi32>
    %z0 = vector.bitcast %y0 : vector<8xi32> to vector<16xi16>
    %n0 = eoq.dot_accumulate %i0, %z0, %b0 : vector<8xi32>, vector<16xi16>
    %n1 = eoq.dot_accumulate %i1, %z0, %b1 : vector<8xi32>, vector<16xi16>
    %d1 = arith.constant 2 : index
    %w1 = arith.addi %w0, %d1 : index
    %g1 = vector.load %fw[%w1] : memref<?xi16>, vector<2xi16>
    %h1 = vector.bitcast %g1 : vector<2xi16> to vector<1xi32>
    %x1 = vector.extract %h1[0] : i32 from vector<1xi32>
    %y1 = vector.broadcast %x1 : i32 to vector<8xi32>
    %z1 = vector.bitcast %y1 : vector<8xi32> to vector<16xi16>
    %n2 = eoq.dot_accumulate %i2, %z1, %b0 : vector<8xi32>, vector<16xi16>
    %n3 = eoq.dot_accumulate %i3, %z1, %b1 : vector<8xi32>, vector<16xi16>
    %d2 = arith.constant 4 : index
    %w2 = arith.addi %w0, %d2 : index
    %g2 = vector.load %fw[%w2] : memref<?xi16>, vector<2xi16>
    %h2 = vector.bitcast %g2 : vector<2xi16> to vector<1xi32>
    %x2 = vector.extract %h2[0] : i32 from vector<1xi32>
    %y2 = vector.broadcast %x2 : i32 to vector<8xi32>
    %z2 = vector.bitcast %y2 : vector<8xi32> to vector<16xi16>
    %n4 = eoq.dot_accumulate %i4, %z2, %b0 : vector<8xi32>, vector<16xi16>
    %n5 = eoq.dot_accumulate %i5, %z2, %b1 : vector<8xi32>, vector<16xi16>
    %d3 = arith.constant 6 : index
    %w3 = arith.addi %w0, %d3 : index
    %g3 = vector.load %fw[%w3] : memref<?xi16>, vector<2xi16>
    %h3 = vector.bitcast %g3 : vector<2xi16> to vector<1xi32>
    %x3 = vector.extract %h3[0] : i32 from vector<1xi32>
    %y3 = vector.broadcast %x3 : i32 to vector<8xi32>
    %z3 = vector.bitcast %y3 : vector<8xi32> to vector<16xi16>
    %n6 = eoq.dot_accumulate %i6, %z3, %b0 : vector<8xi32>, vector<16xi16>
    %n7 = eoq.dot_accumulate %i7, %z3, %b1 : vector<8xi32>, vector<16xi16>
    %d4 = arith.constant 8 : index
    %w4 = arith.addi %w0, %d4 : index
    %g4 = vector.load %fw[%w4] : memref<?xi16>, vector<2xi16>
    %h4 = vector.bitcast %g4 : vector<2xi16> to vector<1xi32>
    %x4 = vector.extract %h4[0] : i32 from vector<1xi32>
    %y4 = vector.broadcast %x4 : i32 to vector<8xi32>
    %z4 = vector.bitcast %y4 : vector<8xi32> to vector<16xi16>
    %n8 = eoq.dot_accumulate %i8, %z4, %b0 : vector<8xi32>, vector<16xi16>
    %n9 = eoq.dot_accumulate %i9, %z4, %b1 : vector<8xi32>, vector<16xi16>
    %d5 = arith.constant 10 : index
    %w5 = arith.addi %w0, %d5 : index
    %g5 = vector.load %fw[%w5] : memref<?xi16>, vector<2xi16>
    %h5 = vector.bitcast %g5 : vector<2xi16> to vector<1xi32>
    %x5 = vector.extract %h5[0] : i32 from vector<1xi32>
    %y5 = vector.broadcast %x5 : i32 to vector<8xi32>
    %z5 = vector.bitcast %y5 : vector<8xi32> to vector<16xi16>
    %n10 = eoq.dot_accumulate %i10, %z5, %b0 : vector<8xi32>, vector<16xi16>
    %n11 = eoq.dot_accumulate %i11, %z5, %b1 : vector<8xi32>, vector<16xi16>
    scf.yield %n0, %n1, %n2, %n3, %n4, %n5, %n6, %n7, %n8, %n9, %n10, %n11 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
  }
  // Whole vectors for as long as what is beyond the channels is overwritten next.
  %dense = arith.cmpi eq, %pixel, %columns : index
  %size = arith.muli %count, %columns : index
  %most = arith.subi %size, %c8 : index
  %most_columns = arith.addi %most, %columns : index
  %fitting0 = arith.maxsi %most_columns, %c0 : index
  %fitting = arith.divui %fitting0, %columns : index
  %whole = arith.select %dense, %fitting, %c0 : index
  %t0:8 = call @eoq_transpose_six_i32(%sums#0, %sums#2, %sums#4, %sums#6, %sums#8, %sums#10) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %o0 = arith.constant 0 : index
  vector.store %t0#0, %tile[%o0] : memref<128xi32>, vector<8xi32>
  %o1 = arith.constant 8 : index
  vector.store %t0#1, %tile[%o1] : memref<128xi32>, vector<8xi32>
  %o2 = arith.constant 16 : index
  vector.store %t0#2, %tile[%o2] : memref<128xi32>, vector<8xi32>
  %o3 = arith.constant 24 : index
  vector.store %t0#3, %tile[%o3] : memref<128xi32>, vector<8xi32>
  %o4 = arith.constant 32 : index
  vector.store %t0#4, %tile[%o4] : memref<128xi32>, vector<8xi32>
  %o5 = arith.constant 40 : index
  vector.store %t0#5, %tile[%o5] : memref<128xi32>, vector<8xi32>
  %o6 = arith.constant 48 : index
  vector.store %t0#6, %tile[%o6] : memref<128xi32>, vector<8xi32>
  %o7 = arith.constant 56 : index
  vector.store %t0#7, %tile[%o7] : memref<128xi32>, vector<8xi32>
  %t1:8 = call @eoq_transpose_six_i32(%sums#1, %sums#3, %sums#5, %sums#7, %sums#9, %sums#11) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %o8 = arith.constant 64 : index
  vector.store %t1#0, %tile[%o8] : memref<128xi32>, vector<8xi32>
  %o9 = arith.constant 72 : index
  vector.store %t1#1, %tile[%o9] : memref<128xi32>, vector<8xi32>
  %o10 = arith.constant 80 : index
  vector.store %t1#2, %tile[%o10] : memref<128xi32>, vector<8xi32>
  %o11 = arith.constant 88 : index
  vector.store %t1#3, %tile[%o11] : memref<128xi32>, vector<8xi32>
  %o12 = arith.constant 96 : index
  vector.store %t1#4, %tile[%o12] : memref<128xi32>, vector<8xi32>
  %o13 = arith.constant 104 : index
  vector.store %t1#5, %tile[%o13] : memref<128xi32>, vector<8xi32>
  %o14 = arith.constant 112 : index
  vector.store %t1#6, %tile[%o14] : memref<128xi32>, vector<8xi32>
  %o15 = arith.constant 120 : index
  vector.store %t1#7, %tile[%o15] : memref<128xi32>, vector<8xi32>
  scf.for %i = %c0 to %whole step %c1 {
    %from = arith.muli %i, %c8 : index
    %to0 = arith.muli %i, %pixel : index
    %to = arith.addi %to0, %out_at : index
    %q = vector.load %tile[%from] : memref<128xi32>, vector<8xi32>
    vector.store %q, %out[%to] : memref<?xi32>, vector<8xi32>
  }
  scf.for %i = %whole to %count step %c1 {
    %from = arith.muli %i, %c8 : index
    %to0 = arith.muli %i, %pixel : index
    %to = arith.addi %to0, %out_at : index
    scf.for %r = %c0 to %columns step %c1 {
      %fr = arith.addi %from, %r : index
      %tr = arith.addi %to, %r : index
      %q = memref.load %tile[%fr] : memref<128xi32>
      memref.store %q, %out[%tr] : memref<?xi32>
    }
  }
  return
}

// Rows [row, row + height) of image `image` as planes of pairs; row and column
// may lie outside of the image, where there are zeros.
func.func private @eoq_pair_planes_i8(%src: memref<?xi8>, %p: memref<?xi16>, %at: index, %size: index, %image: index, %h: index, %w: index, %c: index, %row: index, %height: index, %column: index, %width: index, %dw: index, %plane: index, %line: index, %channel_pair: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %c8 = arith.constant 8 : index
  func.call @eoq_clear_i8(%p, %at, %size) : (memref<?xi16>, index, index) -> ()
  %negated = arith.subi %c0, %column : index
  %left = arith.maxsi %negated, %c0 : index
  %from = arith.maxsi %column, %c0 : index
  %there = arith.subi %w, %from : index
  %room = arith.subi %width, %left : index
  %count = arith.minsi %there, %room : index
  %missing = arith.subi %c0, %row : index
  %first = arith.maxsi %missing, %c0 : index
  %below = arith.subi %h, %row : index
  %end = arith.minsi %below, %height : index
  %image_row = arith.muli %image, %h : index
  %single = arith.cmpi eq, %c, %c1 : index
  scf.for %r = %first to %end step %c1 {
    %y0 = arith.addi %row, %r : index
    %y = arith.addi %y0, %image_row : index
    %source0 = arith.muli %y, %w : index
    %source1 = arith.addi %source0, %from : index
    %source = arith.muli %source1, %c : index
    %to0 = arith.muli %r, %line : index
    %to = arith.addi %to0, %at : index
    // Eight pixels at a time where there is one channel.
    %vectors = scf.if %single -> (index) {
      %most = arith.subi %count, %dw : index
      %most_1 = arith.subi %most, %c7 : index
      %done = scf.for %x = %c0 to %most_1 step %c8 iter_args(%next = %c0) -> (index) {
        %f = arith.addi %source, %x : index
        %fd = arith.addi %f, %dw : index
        %q0 = vector.load %src[%f] : memref<?xi8>, vector<8xi8>
        %q1 = vector.load %src[%fd] : memref<?xi8>, vector<8xi8>
        %v0 = arith.extsi %q0 : vector<8xi8> to vector<8xi16>
        %v1 = arith.extsi %q1 : vector<8xi8> to vector<8xi16>
        %v = vector.interleave %v0, %v1 : vector<8xi16> -> vector<16xi16>
        %place = arith.addi %left, %x : index
        %place2 = arith.muli %place, %c2 : index
        %target = arith.addi %to, %place2 : index
        vector.store %v, %p[%target] : memref<?xi16>, vector<16xi16>
        %after = arith.addi %x, %c8 : index
        scf.yield %after : index
      }
      // What lies before the first pixel has its second element only.
      %edge = arith.minsi %dw, %count : index
      func.call @eoq_pair_pixels_i8(%src, %p, %source, %to, %left, %c0, %edge, %c, %dw, %plane, %channel_pair) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index) -> ()
      scf.yield %done : index
    } else {
      scf.yield %c0 : index
    }
    func.call @eoq_pair_pixels_i8(%src, %p, %source, %to, %left, %vectors, %count, %c, %dw, %plane, %channel_pair) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index) -> ()
  }
  return
}

// Pixels [x_first, x_end) of a row: pixel x is place `left` + x of the planes.
func.func private @eoq_pair_pixels_i8(%src: memref<?xi8>, %p: memref<?xi16>, %source: index, %to: index, %left: index, %x_first: index, %x_end: index, %c: index, %dw: index, %plane: index, %channel_pair: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %pairs = arith.cmpi ne, %channel_pair, %c0 : index
  scf.for %x = %x_first to %x_end step %c1 {
    %xc = arith.muli %x, %c : index
    %pixel = arith.addi %source, %xc : index
    %place = arith.addi %left, %x : index
    %place2 = arith.muli %place, %c2 : index
    %target = arith.addi %to, %place2 : index
    scf.if %pairs {
      scf.for %k = %c0 to %c step %c2 {
        %f0 = arith.addi %pixel, %k : index
        %q = vector.load %src[%f0] : memref<?xi8>, vector<2xi8>
        %v = arith.extsi %q : vector<2xi8> to vector<2xi16>
        %j = arith.divui %k, %c2 : index
        %t0 = arith.muli %j, %plane : index
        %t = arith.addi %t0, %target : index
        vector.store %v, %p[%t] : memref<?xi16>, vector<2xi16>
      }
    } else {
      %before = arith.subi %place, %dw : index
      %has = arith.cmpi sge, %before, %c0 : index
      %back0 = arith.muli %dw, %c2 : index
      %back1 = arith.subi %target, %back0 : index
      %back = arith.addi %back1, %c1 : index
      scf.for %k = %c0 to %c step %c1 {
        %f0 = arith.addi %pixel, %k : index
        %q = memref.load %src[%f0] : memref<?xi8>
        %v = arith.extsi %q : i8 to i16
        %tk = arith.muli %k, %plane : index
        %t = arith.addi %tk, %target : index
        memref.store %v, %p[%t] : memref<?xi16>
        scf.if %has {
          %tb = arith.addi %tk, %back : index
          memref.store %v, %p[%tb] : memref<?xi16>
        }
      }
    }
  }
  return
}

// eoq_conv with windows that are one pixel apart in a row and at most 6 columns.
// `row_steps` steps belong to a row of taps.
func.func private @eoq_conv_few_i8(%src: memref<?xi8>, %fw: memref<?xi16>, %offsets: memref<?xi32>, %out: memref<?xi32>, %p: memref<?xi16>, %n: index, %h: index, %w: index, %c: index, %qh: index, %qw: index, %sh: index, %dh: index, %dw: index, %th: index, %row0: index, %column0: index, %out_h: index, %out_w: index, %out_c: index, %step_h: index, %step_w: index, %first_h: index, %first_w: index, %width: index, %rows: index, %slots: index, %p_size: index, %fw_at: index, %offsets_at: index, %row_steps: index, %plane: index, %line: index, %channel_pair: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  %out_row = arith.muli %out_w, %out_c : index
  %c_image = arith.muli %out_h, %out_row : index
  %c_row = arith.muli %step_h, %out_row : index
  %c_column = arith.muli %step_w, %out_c : index
  %first_row = arith.muli %first_h, %out_row : index
  %first_column = arith.muli %first_w, %out_c : index
  %first = arith.addi %first_row, %first_column : index
  %taps_1 = arith.subi %th, %c1 : index
  %reach = arith.muli %taps_1, %dh : index
  %a_row = arith.muli %line, %sh : index
  %rows_1 = arith.subi %rows, %c1 : index
  %rows_up = arith.addi %qh, %rows_1 : index
  %row_chunks = arith.divui %rows_up, %rows : index
  %jobs = arith.muli %n, %row_chunks : index
  %in_use = call @eoq_slots_in_use(%slots) : (index) -> index
  scf.parallel (%slot) = (%c0) to (%in_use) step (%c1) {
    %at = arith.muli %slot, %p_size : index
    // Neighbouring slots, which one thread gets, share the jobs evenly.
    %slot_next = arith.addi %slot, %c1 : index
    %job_first0 = arith.muli %slot, %jobs : index
    %job_first = arith.divui %job_first0, %in_use : index
    %job_end0 = arith.muli %slot_next, %jobs : index
    %job_end = arith.divui %job_end0, %in_use : index
    scf.for %job = %job_first to %job_end step %c1 {
      %image = arith.divui %job, %row_chunks : index
      %row_chunk = arith.remui %job, %row_chunks : index
      %row = arith.muli %row_chunk, %rows : index
      %row_up = arith.addi %row, %rows : index
      %row_end = arith.minsi %row_up, %qh : index
      %row_count = arith.subi %row_end, %row : index
      %span = arith.subi %row_count, %c1 : index
      %height0 = arith.muli %span, %sh : index
      %height1 = arith.addi %height0, %reach : index
      %height = arith.addi %height1, %c1 : index
      %source0 = arith.muli %row, %sh : index
      %source_row = arith.addi %source0, %row0 : index
      func.call @eoq_pair_planes_i8(%src, %p, %at, %p_size, %image, %h, %w, %c, %source_row, %height, %column0, %width, %dw, %plane, %line, %channel_pair) : (memref<?xi8>, memref<?xi16>, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
      %image_at0 = arith.muli %image, %c_image : index
      %image_at = arith.addi %image_at0, %first : index
      scf.for %y = %row to %row_end step %c1 {
        %ys = arith.muli %y, %sh : index
        %y_at = arith.addi %row0, %ys : index
        %tap_first, %tap_end = func.call @eoq_tap_range(%y_at, %dh, %h, %th) : (index, index, index, index) -> (index, index)
        %step = arith.muli %tap_first, %row_steps : index
        %step_end = arith.muli %tap_end, %row_steps : index
        %y_chunk = arith.subi %y, %row : index
        %a0 = arith.muli %y_chunk, %a_row : index
        %a = arith.addi %a0, %at : index
        %c0_y = arith.muli %y, %c_row : index
        %c_y = arith.addi %image_at, %c0_y : index
        scf.for %x = %c0 to %qw step %c16 {
          %left = arith.subi %qw, %x : index
          %count = arith.minsi %left, %c16 : index
          %x2 = arith.muli %x, %c2 : index
          %a_x = arith.addi %a, %x2 : index
          %c_x0 = arith.muli %x, %c_column : index
          %c_x = arith.addi %c_y, %c_x0 : index
          func.call @eoq_few_pixels_i8(%p, %a_x, %fw, %fw_at, %offsets, %offsets_at, %step, %step_end, %out, %c_x, %c_column, %count, %out_c) : (memref<?xi16>, index, memref<?xi16>, index, memref<?xi32>, index, index, index, memref<?xi32>, index, index, index, index) -> ()
        }
      }
    }
  }
  return
}
