//===- Depthwise.mlir - depthwise convolutions ----------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Two taps of 16 channels of a pixel, whose elements are at `at` and `next`, times their
// interleaved weights; the vectors as Pairs.mlir orders them.
func.func private @eoq_depthwise_taps_i8(%a: memref<?xi16>, %at: index, %next: index, %low: vector<16xi16>, %high: vector<16xi16>, %acc_low: vector<8xi32>, %acc_high: vector<8xi32>) -> (vector<8xi32>, vector<8xi32>) {
  %p = vector.load %a[%at] : memref<?xi16>, vector<16xi16>
  %q = vector.load %a[%next] : memref<?xi16>, vector<16xi16>
  %p_low, %p_high = call @eoq_pairs(%p, %q) : (vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
  %new_low = eoq.dot_accumulate %acc_low, %p_low, %low : vector<8xi32>, vector<16xi16>
  %new_high = eoq.dot_accumulate %acc_high, %p_high, %high : vector<8xi32>, vector<16xi16>
  return %new_low, %new_high : vector<8xi32>, vector<8xi32>
}

// Stores the sums of the first `left` of 16 channels, as Pairs.mlir orders them.
func.func private @eoq_depthwise_store_i8(%low: vector<8xi32>, %high: vector<8xi32>, %tile: memref<16xi32>, %out: memref<?xi32>, %o: index, %left: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %sum = vector.shuffle %low, %high [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15] : vector<8xi32>, vector<8xi32>
  %full = arith.cmpi sge, %left, %c16 : index
  scf.if %full {
    vector.store %sum, %out[%o] : memref<?xi32>, vector<16xi32>
  } else {
    vector.store %sum, %tile[%c0] : memref<16xi32>, vector<16xi32>
    scf.for %j = %c0 to %left step %c1 {
      %s = memref.load %tile[%j] : memref<16xi32>
      %oj = arith.addi %o, %j : index
      memref.store %s, %out[%oj] : memref<?xi32>
    }
  }
  return
}

// Rows of a depthwise convolution: 16 channels of four pixels at a time, and two taps
// of a row of the kernel in one product. The last pixels are the last one, repeated.
func.func private @eoq_depthwise_i8(%a: memref<?xi16>, %a_rows: memref<?xi32>, %b: memref<?xi8>, %out: memref<?xi32>, %c_rows: memref<?xi32>, %a_base: index, %rows_at: index, %rows: index, %b_at: index, %c: index, %padded: index, %th: index, %stride_h: index, %tw: index, %stride_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %none = arith.constant dense<0> : vector<8xi32>
  %nothing = arith.constant dense<0> : vector<16xi16>
  %tile = memref.alloca() : memref<16xi32>
  %last0 = arith.addi %rows_at, %rows : index
  %last = arith.subi %last0, %c1 : index
  scf.for %m = %c0 to %rows step %c4 {
    %place0 = arith.addi %rows_at, %m : index
    %a32_0 = memref.load %a_rows[%place0] : memref<?xi32>
    %o32_0 = memref.load %c_rows[%place0] : memref<?xi32>
    %a_at0 = arith.index_cast %a32_0 : i32 to index
    %o_at0 = arith.index_cast %o32_0 : i32 to index
    %from0 = arith.addi %a_at0, %a_base : index
    %next1 = arith.addi %place0, %c1 : index
    %place1 = arith.minui %next1, %last : index
    %a32_1 = memref.load %a_rows[%place1] : memref<?xi32>
    %o32_1 = memref.load %c_rows[%place1] : memref<?xi32>
    %a_at1 = arith.index_cast %a32_1 : i32 to index
    %o_at1 = arith.index_cast %o32_1 : i32 to index
    %from1 = arith.addi %a_at1, %a_base : index
    %next2 = arith.addi %place0, %c2 : index
    %place2 = arith.minui %next2, %last : index
    %a32_2 = memref.load %a_rows[%place2] : memref<?xi32>
    %o32_2 = memref.load %c_rows[%place2] : memref<?xi32>
    %a_at2 = arith.index_cast %a32_2 : i32 to index
    %o_at2 = arith.index_cast %o32_2 : i32 to index
    %from2 = arith.addi %a_at2, %a_base : index
    %next3 = arith.addi %place0, %c3 : index
    %place3 = arith.minui %next3, %last : index
    %a32_3 = memref.load %a_rows[%place3] : memref<?xi32>
    %o32_3 = memref.load %c_rows[%place3] : memref<?xi32>
    %a_at3 = arith.index_cast %a32_3 : i32 to index
    %o_at3 = arith.index_cast %o32_3 : i32 to index
    %from3 = arith.addi %a_at3, %a_base : index
    scf.for %channel = %c0 to %c step %c16 {
      %b_channel = arith.addi %b_at, %channel : index
      %f0 = arith.addi %from0, %channel : index
      %f1 = arith.addi %from1, %channel : index
      %f2 = arith.addi %from2, %channel : index
      %f3 = arith.addi %from3, %channel : index
      %sums:8 = scf.for %y = %c0 to %th step %c1 iter_args(%l0_y = %none, %h0_y = %none, %l1_y = %none, %h1_y = %none, %l2_y = %none, %h2_y = %none, %l3_y = %none, %h3_y = %none) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %row = arith.muli %y, %stride_h : index
        %tap_row = arith.muli %y, %tw : index
        %sums_x:8 = scf.for %x = %c0 to %tw step %c2 iter_args(%l0 = %l0_y, %h0 = %h0_y, %l1 = %l1_y, %h1 = %h1_y, %l2 = %l2_y, %h2 = %h2_y, %l3 = %l3_y, %h3 = %h3_y) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
          // The second tap of the last pair may not exist: its weights are zeros.
          %x_up = arith.addi %x, %c1 : index
          %exists = arith.cmpi ult, %x_up, %tw : index
          %x_next = arith.select %exists, %x_up, %x : index
          %tap = arith.addi %tap_row, %x : index
          %tap_next = arith.addi %tap_row, %x_next : index
          %w_at0 = arith.muli %tap, %padded : index
          %w_at = arith.addi %w_at0, %b_channel : index
          %w_next0 = arith.muli %tap_next, %padded : index
          %w_next = arith.addi %w_next0, %b_channel : index
          %q = vector.load %b[%w_at] : memref<?xi8>, vector<16xi8>
          %q_next = vector.load %b[%w_next] : memref<?xi8>, vector<16xi8>
          %w = arith.extsi %q : vector<16xi8> to vector<16xi16>
          %w_wide = arith.extsi %q_next : vector<16xi8> to vector<16xi16>
          %w_second = arith.select %exists, %w_wide, %nothing : vector<16xi16>
          %low, %high = func.call @eoq_pairs(%w, %w_second) : (vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
          %ax0 = arith.muli %x, %stride_w : index
          %ax = arith.addi %ax0, %row : index
          %ax_next0 = arith.muli %x_next, %stride_w : index
          %ax_next = arith.addi %ax_next0, %row : index
          %at0 = arith.addi %f0, %ax : index
          %at_next0 = arith.addi %f0, %ax_next : index
          %nl0, %nh0 = func.call @eoq_depthwise_taps_i8(%a, %at0, %at_next0, %low, %high, %l0, %h0) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>)
          %at1 = arith.addi %f1, %ax : index
          %at_next1 = arith.addi %f1, %ax_next : index
          %nl1, %nh1 = func.call @eoq_depthwise_taps_i8(%a, %at1, %at_next1, %low, %high, %l1, %h1) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>)
          %at2 = arith.addi %f2, %ax : index
          %at_next2 = arith.addi %f2, %ax_next : index
          %nl2, %nh2 = func.call @eoq_depthwise_taps_i8(%a, %at2, %at_next2, %low, %high, %l2, %h2) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>)
          %at3 = arith.addi %f3, %ax : index
          %at_next3 = arith.addi %f3, %ax_next : index
          %nl3, %nh3 = func.call @eoq_depthwise_taps_i8(%a, %at3, %at_next3, %low, %high, %l3, %h3) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>)
          scf.yield %nl0, %nh0, %nl1, %nh1, %nl2, %nh2, %nl3, %nh3 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
        }
        scf.yield %sums_x#0, %sums_x#1, %sums_x#2, %sums_x#3, %sums_x#4, %sums_x#5, %sums_x#6, %sums_x#7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      %left = arith.subi %c, %channel : index
      %o0 = arith.addi %o_at0, %channel : index
      func.call @eoq_depthwise_store_i8(%sums#0, %sums#1, %tile, %out, %o0, %left) : (vector<8xi32>, vector<8xi32>, memref<16xi32>, memref<?xi32>, index, index) -> ()
      %o1 = arith.addi %o_at1, %channel : index
      func.call @eoq_depthwise_store_i8(%sums#2, %sums#3, %tile, %out, %o1, %left) : (vector<8xi32>, vector<8xi32>, memref<16xi32>, memref<?xi32>, index, index) -> ()
      %o2 = arith.addi %o_at2, %channel : index
      func.call @eoq_depthwise_store_i8(%sums#4, %sums#5, %tile, %out, %o2, %left) : (vector<8xi32>, vector<8xi32>, memref<16xi32>, memref<?xi32>, index, index) -> ()
      %o3 = arith.addi %o_at3, %channel : index
      func.call @eoq_depthwise_store_i8(%sums#6, %sums#7, %tile, %out, %o3, %left) : (vector<8xi32>, vector<8xi32>, memref<16xi32>, memref<?xi32>, index, index) -> ()
    }
  }
  return
}

// Rows of a depthwise convolution: 16 channels of a pixel at a time.
func.func private @eoq_depthwise_f32(%a: memref<?xf32>, %a_rows: memref<?xi32>, %b: memref<?xf32>, %out: memref<?xf32>, %c_rows: memref<?xi32>, %a_base: index, %rows_at: index, %rows: index, %b_at: index, %c: index, %padded: index, %th: index, %stride_h: index, %tw: index, %stride_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %zeros = arith.constant dense<0.0> : vector<16xf32>
  %tile = memref.alloca() : memref<16xf32>
  scf.for %m = %c0 to %rows step %c1 {
    %place = arith.addi %rows_at, %m : index
    %a32 = memref.load %a_rows[%place] : memref<?xi32>
    %o32 = memref.load %c_rows[%place] : memref<?xi32>
    %a0 = arith.index_cast %a32 : i32 to index
    %o0 = arith.index_cast %o32 : i32 to index
    %a1 = arith.addi %a0, %a_base : index
    scf.for %channel = %c0 to %c step %c16 {
      %a2 = arith.addi %a1, %channel : index
      %b2 = arith.addi %b_at, %channel : index
      %sum = scf.for %y = %c0 to %th step %c1 iter_args(%acc_y = %zeros) -> (vector<16xf32>) {
        %ay0 = arith.muli %y, %stride_h : index
        %ay = arith.addi %a2, %ay0 : index
        %by = arith.muli %y, %tw : index
        %sum_x = scf.for %x = %c0 to %tw step %c1 iter_args(%acc = %acc_y) -> (vector<16xf32>) {
          %ax0 = arith.muli %x, %stride_w : index
          %ax = arith.addi %ay, %ax0 : index
          %tap = arith.addi %by, %x : index
          %bx0 = arith.muli %tap, %padded : index
          %bx = arith.addi %b2, %bx0 : index
          %p = vector.load %a[%ax] : memref<?xf32>, vector<16xf32>
          %q = vector.load %b[%bx] : memref<?xf32>, vector<16xf32>
          %new = vector.fma %p, %q, %acc : vector<16xf32>
          scf.yield %new : vector<16xf32>
        }
        scf.yield %sum_x : vector<16xf32>
      }
      %o = arith.addi %o0, %channel : index
      %left = arith.subi %c, %channel : index
      %full = arith.cmpi sge, %left, %c16 : index
      scf.if %full {
        vector.store %sum, %out[%o] : memref<?xf32>, vector<16xf32>
      } else {
        vector.store %sum, %tile[%c0] : memref<16xf32>, vector<16xf32>
        scf.for %j = %c0 to %left step %c1 {
          %s = memref.load %tile[%j] : memref<16xf32>
          %oj = arith.addi %o, %j : index
          memref.store %s, %out[%oj] : memref<?xf32>
        }
      }
    }
  }
  return
}
