//===- Depthwise3x3.mlir - depthwise convolutions of 3 x 3 taps -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// N1 keeps -128 out of 8-bit operands, so that |product| <= 127^2.

// The same for 3 x 3 taps: the weights of 16 channels stay in registers.
func.func private @eoq_depthwise_3x3_i8(%a: memref<?xi16>, %a_rows: memref<?xi32>, %b: memref<?xi8>, %out: memref<?xi32>, %c_rows: memref<?xi32>, %a_base: index, %rows_at: index, %rows: index, %b_at: index, %c: index, %padded: index, %stride_h: index, %stride_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %tile = memref.alloca() : memref<16xi32>
  %y0 = arith.constant 0 : index
  %x0 = arith.constant 0 : index
  %t0 = arith.constant 0 : index
  %ay0 = arith.muli %y0, %stride_h : index
  %ax0 = arith.muli %x0, %stride_w : index
  %tap0 = arith.addi %ay0, %ax0 : index
  %row0 = arith.muli %t0, %padded : index
  %w_at0 = arith.addi %row0, %b_at : index
  %y1 = arith.constant 0 : index
  %x1 = arith.constant 1 : index
  %t1 = arith.constant 1 : index
  %ay1 = arith.muli %y1, %stride_h : index
  %ax1 = arith.muli %x1, %stride_w : index
  %tap1 = arith.addi %ay1, %ax1 : index
  %row1 = arith.muli %t1, %padded : index
  %w_at1 = arith.addi %row1, %b_at : index
  %y2 = arith.constant 0 : index
  %x2 = arith.constant 2 : index
  %t2 = arith.constant 2 : index
  %ay2 = arith.muli %y2, %stride_h : index
  %ax2 = arith.muli %x2, %stride_w : index
  %tap2 = arith.addi %ay2, %ax2 : index
  %row2 = arith.muli %t2, %padded : index
  %w_at2 = arith.addi %row2, %b_at : index
  %y3 = arith.constant 1 : index
  %x3 = arith.constant 0 : index
  %t3 = arith.constant 3 : index
  %ay3 = arith.muli %y3, %stride_h : index
  %ax3 = arith.muli %x3, %stride_w : index
  %tap3 = arith.addi %ay3, %ax3 : index
  %row3 = arith.muli %t3, %padded : index
  %w_at3 = arith.addi %row3, %b_at : index
  %y4 = arith.constant 1 : index
  %x4 = arith.constant 1 : index
  %t4 = arith.constant 4 : index
  %ay4 = arith.muli %y4, %stride_h : index
  %ax4 = arith.muli %x4, %stride_w : index
  %tap4 = arith.addi %ay4, %ax4 : index
  %row4 = arith.muli %t4, %padded : index
  %w_at4 = arith.addi %row4, %b_at : index
  %y5 = arith.constant 1 : index
  %x5 = arith.constant 2 : index
  %t5 = arith.constant 5 : index
  %ay5 = arith.muli %y5, %stride_h : index
  %ax5 = arith.muli %x5, %stride_w : index
  %tap5 = arith.addi %ay5, %ax5 : index
  %row5 = arith.muli %t5, %padded : index
  %w_at5 = arith.addi %row5, %b_at : index
  %y6 = arith.constant 2 : index
  %x6 = arith.constant 0 : index
  %t6 = arith.constant 6 : index
  %ay6 = arith.muli %y6, %stride_h : index
  %ax6 = arith.muli %x6, %stride_w : index
  %tap6 = arith.addi %ay6, %ax6 : index
  %row6 = arith.muli %t6, %padded : index
  %w_at6 = arith.addi %row6, %b_at : index
  %y7 = arith.constant 2 : index
  %x7 = arith.constant 1 : index
  %t7 = arith.constant 7 : index
  %ay7 = arith.muli %y7, %stride_h : index
  %ax7 = arith.muli %x7, %stride_w : index
  %tap7 = arith.addi %ay7, %ax7 : index
  %row7 = arith.muli %t7, %padded : index
  %w_at7 = arith.addi %row7, %b_at : index
  %y8 = arith.constant 2 : index
  %x8 = arith.constant 2 : index
  %t8 = arith.constant 8 : index
  %ay8 = arith.muli %y8, %stride_h : index
  %ax8 = arith.muli %x8, %stride_w : index
  %tap8 = arith.addi %ay8, %ax8 : index
  %row8 = arith.muli %t8, %padded : index
  %w_at8 = arith.addi %row8, %b_at : index
  scf.for %channel = %c0 to %c step %lanes {
    %a_channel = arith.addi %a_base, %channel : index
    %left = arith.subi %c, %channel : index
    %full = arith.cmpi sge, %left, %lanes : index
    %i0 = arith.addi %w_at0, %channel : index
    %q0 = vector.load %b[%i0] : memref<?xi8>, vector<16xi8>
    %w0 = arith.extsi %q0 : vector<16xi8> to vector<16xi16>
    %i1 = arith.addi %w_at1, %channel : index
    %q1 = vector.load %b[%i1] : memref<?xi8>, vector<16xi8>
    %w1 = arith.extsi %q1 : vector<16xi8> to vector<16xi16>
    %i2 = arith.addi %w_at2, %channel : index
    %q2 = vector.load %b[%i2] : memref<?xi8>, vector<16xi8>
    %w2 = arith.extsi %q2 : vector<16xi8> to vector<16xi16>
    %i3 = arith.addi %w_at3, %channel : index
    %q3 = vector.load %b[%i3] : memref<?xi8>, vector<16xi8>
    %w3 = arith.extsi %q3 : vector<16xi8> to vector<16xi16>
    %i4 = arith.addi %w_at4, %channel : index
    %q4 = vector.load %b[%i4] : memref<?xi8>, vector<16xi8>
    %w4 = arith.extsi %q4 : vector<16xi8> to vector<16xi16>
    %i5 = arith.addi %w_at5, %channel : index
    %q5 = vector.load %b[%i5] : memref<?xi8>, vector<16xi8>
    %w5 = arith.extsi %q5 : vector<16xi8> to vector<16xi16>
    %i6 = arith.addi %w_at6, %channel : index
    %q6 = vector.load %b[%i6] : memref<?xi8>, vector<16xi8>
    %w6 = arith.extsi %q6 : vector<16xi8> to vector<16xi16>
    %i7 = arith.addi %w_at7, %channel : index
    %q7 = vector.load %b[%i7] : memref<?xi8>, vector<16xi8>
    %w7 = arith.extsi %q7 : vector<16xi8> to vector<16xi16>
    %i8 = arith.addi %w_at8, %channel : index
    %q8 = vector.load %b[%i8] : memref<?xi8>, vector<16xi8>
    %w8 = arith.extsi %q8 : vector<16xi8> to vector<16xi16>
    scf.for %m = %c0 to %rows step %c1 {
      %place = arith.addi %rows_at, %m : index
      %a32 = memref.load %a_rows[%place] : memref<?xi32>
      %o32 = memref.load %c_rows[%place] : memref<?xi32>
      %a0 = arith.index_cast %a32 : i32 to index
      %o0 = arith.index_cast %o32 : i32 to index
      %a1 = arith.addi %a0, %a_channel : index
      %o = arith.addi %o0, %channel : index
      %j0 = arith.addi %a1, %tap0 : index
      %p0 = vector.load %a[%j0] : memref<?xi16>, vector<16xi16>
      %m0 = arith.muli %p0, %w0 : vector<16xi16>
      %j1 = arith.addi %a1, %tap1 : index
      %p1 = vector.load %a[%j1] : memref<?xi16>, vector<16xi16>
      %m1 = arith.muli %p1, %w1 : vector<16xi16>
      %j2 = arith.addi %a1, %tap2 : index
      %p2 = vector.load %a[%j2] : memref<?xi16>, vector<16xi16>
      %m2 = arith.muli %p2, %w2 : vector<16xi16>
      %j3 = arith.addi %a1, %tap3 : index
      %p3 = vector.load %a[%j3] : memref<?xi16>, vector<16xi16>
      %m3 = arith.muli %p3, %w3 : vector<16xi16>
      %j4 = arith.addi %a1, %tap4 : index
      %p4 = vector.load %a[%j4] : memref<?xi16>, vector<16xi16>
      %m4 = arith.muli %p4, %w4 : vector<16xi16>
      %j5 = arith.addi %a1, %tap5 : index
      %p5 = vector.load %a[%j5] : memref<?xi16>, vector<16xi16>
      %m5 = arith.muli %p5, %w5 : vector<16xi16>
      %j6 = arith.addi %a1, %tap6 : index
      %p6 = vector.load %a[%j6] : memref<?xi16>, vector<16xi16>
      %m6 = arith.muli %p6, %w6 : vector<16xi16>
      %j7 = arith.addi %a1, %tap7 : index
      %p7 = vector.load %a[%j7] : memref<?xi16>, vector<16xi16>
      %m7 = arith.muli %p7, %w7 : vector<16xi16>
      %j8 = arith.addi %a1, %tap8 : index
      %p8 = vector.load %a[%j8] : memref<?xi16>, vector<16xi16>
      %m8 = arith.muli %p8, %w8 : vector<16xi16>
      // Two products of 8-bit integers still fit 16 bits.
      %u0 = arith.addi %m0, %m1 : vector<16xi16>
      %v0 = arith.extsi %u0 : vector<16xi16> to vector<16xi32>
      %u1 = arith.addi %m2, %m3 : vector<16xi16>
      %v1 = arith.extsi %u1 : vector<16xi16> to vector<16xi32>
      %u2 = arith.addi %m4, %m5 : vector<16xi16>
      %v2 = arith.extsi %u2 : vector<16xi16> to vector<16xi32>
      %u3 = arith.addi %m6, %m7 : vector<16xi16>
      %v3 = arith.extsi %u3 : vector<16xi16> to vector<16xi32>
      %v4 = arith.extsi %m8 : vector<16xi16> to vector<16xi32>
      %z0 = arith.addi %v0, %v1 : vector<16xi32>
      %z1 = arith.addi %v2, %v3 : vector<16xi32>
      %z2 = arith.addi %z0, %z1 : vector<16xi32>
      %z3 = arith.addi %z2, %v4 : vector<16xi32>
      scf.if %full {
        vector.store %z3, %out[%o] : memref<?xi32>, vector<16xi32>
      } else {
        vector.store %z3, %tile[%c0] : memref<16xi32>, vector<16xi32>
        scf.for %j = %c0 to %left step %c1 {
          %s = memref.load %tile[%j] : memref<16xi32>
          %oj = arith.addi %o, %j : index
          memref.store %s, %out[%oj] : memref<?xi32>
        }
      }
    }
  }
  return
}

// The same for 3 x 3 taps: the weights of 8 channels stay in registers.
func.func private @eoq_depthwise_3x3_f32(%a: memref<?xf32>, %a_rows: memref<?xi32>, %b: memref<?xf32>, %out: memref<?xf32>, %c_rows: memref<?xi32>, %a_base: index, %rows_at: index, %rows: index, %b_at: index, %c: index, %padded: index, %stride_h: index, %stride_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 8 : index
  %tile = memref.alloca() : memref<8xf32>
  %y0 = arith.constant 0 : index
  %x0 = arith.constant 0 : index
  %t0 = arith.constant 0 : index
  %ay0 = arith.muli %y0, %stride_h : index
  %ax0 = arith.muli %x0, %stride_w : index
  %tap0 = arith.addi %ay0, %ax0 : index
  %row0 = arith.muli %t0, %padded : index
  %w_at0 = arith.addi %row0, %b_at : index
  %y1 = arith.constant 0 : index
  %x1 = arith.constant 1 : index
  %t1 = arith.constant 1 : index
  %ay1 = arith.muli %y1, %stride_h : index
  %ax1 = arith.muli %x1, %stride_w : index
  %tap1 = arith.addi %ay1, %ax1 : index
  %row1 = arith.muli %t1, %padded : index
  %w_at1 = arith.addi %row1, %b_at : index
  %y2 = arith.constant 0 : index
  %x2 = arith.constant 2 : index
  %t2 = arith.constant 2 : index
  %ay2 = arith.muli %y2, %stride_h : index
  %ax2 = arith.muli %x2, %stride_w : index
  %tap2 = arith.addi %ay2, %ax2 : index
  %row2 = arith.muli %t2, %padded : index
  %w_at2 = arith.addi %row2, %b_at : index
  %y3 = arith.constant 1 : index
  %x3 = arith.constant 0 : index
  %t3 = arith.constant 3 : index
  %ay3 = arith.muli %y3, %stride_h : index
  %ax3 = arith.muli %x3, %stride_w : index
  %tap3 = arith.addi %ay3, %ax3 : index
  %row3 = arith.muli %t3, %padded : index
  %w_at3 = arith.addi %row3, %b_at : index
  %y4 = arith.constant 1 : index
  %x4 = arith.constant 1 : index
  %t4 = arith.constant 4 : index
  %ay4 = arith.muli %y4, %stride_h : index
  %ax4 = arith.muli %x4, %stride_w : index
  %tap4 = arith.addi %ay4, %ax4 : index
  %row4 = arith.muli %t4, %padded : index
  %w_at4 = arith.addi %row4, %b_at : index
  %y5 = arith.constant 1 : index
  %x5 = arith.constant 2 : index
  %t5 = arith.constant 5 : index
  %ay5 = arith.muli %y5, %stride_h : index
  %ax5 = arith.muli %x5, %stride_w : index
  %tap5 = arith.addi %ay5, %ax5 : index
  %row5 = arith.muli %t5, %padded : index
  %w_at5 = arith.addi %row5, %b_at : index
  %y6 = arith.constant 2 : index
  %x6 = arith.constant 0 : index
  %t6 = arith.constant 6 : index
  %ay6 = arith.muli %y6, %stride_h : index
  %ax6 = arith.muli %x6, %stride_w : index
  %tap6 = arith.addi %ay6, %ax6 : index
  %row6 = arith.muli %t6, %padded : index
  %w_at6 = arith.addi %row6, %b_at : index
  %y7 = arith.constant 2 : index
  %x7 = arith.constant 1 : index
  %t7 = arith.constant 7 : index
  %ay7 = arith.muli %y7, %stride_h : index
  %ax7 = arith.muli %x7, %stride_w : index
  %tap7 = arith.addi %ay7, %ax7 : index
  %row7 = arith.muli %t7, %padded : index
  %w_at7 = arith.addi %row7, %b_at : index
  %y8 = arith.constant 2 : index
  %x8 = arith.constant 2 : index
  %t8 = arith.constant 8 : index
  %ay8 = arith.muli %y8, %stride_h : index
  %ax8 = arith.muli %x8, %stride_w : index
  %tap8 = arith.addi %ay8, %ax8 : index
  %row8 = arith.muli %t8, %padded : index
  %w_at8 = arith.addi %row8, %b_at : index
  scf.for %channel = %c0 to %c step %lanes {
    %a_channel = arith.addi %a_base, %channel : index
    %left = arith.subi %c, %channel : index
    %full = arith.cmpi sge, %left, %lanes : index
    %i0 = arith.addi %w_at0, %channel : index
    %q0 = vector.load %b[%i0] : memref<?xf32>, vector<8xf32>
    %i1 = arith.addi %w_at1, %channel : index
    %q1 = vector.load %b[%i1] : memref<?xf32>, vector<8xf32>
    %i2 = arith.addi %w_at2, %channel : index
    %q2 = vector.load %b[%i2] : memref<?xf32>, vector<8xf32>
    %i3 = arith.addi %w_at3, %channel : index
    %q3 = vector.load %b[%i3] : memref<?xf32>, vector<8xf32>
    %i4 = arith.addi %w_at4, %channel : index
    %q4 = vector.load %b[%i4] : memref<?xf32>, vector<8xf32>
    %i5 = arith.addi %w_at5, %channel : index
    %q5 = vector.load %b[%i5] : memref<?xf32>, vector<8xf32>
    %i6 = arith.addi %w_at6, %channel : index
    %q6 = vector.load %b[%i6] : memref<?xf32>, vector<8xf32>
    %i7 = arith.addi %w_at7, %channel : index
    %q7 = vector.load %b[%i7] : memref<?xf32>, vector<8xf32>
    %i8 = arith.addi %w_at8, %channel : index
    %q8 = vector.load %b[%i8] : memref<?xf32>, vector<8xf32>
    scf.for %m = %c0 to %rows step %c1 {
      %place = arith.addi %rows_at, %m : index
      %a32 = memref.load %a_rows[%place] : memref<?xi32>
      %o32 = memref.load %c_rows[%place] : memref<?xi32>
      %a0 = arith.index_cast %a32 : i32 to index
      %o0 = arith.index_cast %o32 : i32 to index
      %a1 = arith.addi %a0, %a_channel : index
      %o = arith.addi %o0, %channel : index
      %j0 = arith.addi %a1, %tap0 : index
      %p0 = vector.load %a[%j0] : memref<?xf32>, vector<8xf32>
      %s0 = arith.mulf %p0, %q0 : vector<8xf32>
      %j1 = arith.addi %a1, %tap1 : index
      %p1 = vector.load %a[%j1] : memref<?xf32>, vector<8xf32>
      %s1 = vector.fma %p1, %q1, %s0 : vector<8xf32>
      %j2 = arith.addi %a1, %tap2 : index
      %p2 = vector.load %a[%j2] : memref<?xf32>, vector<8xf32>
      %s2 = vector.fma %p2, %q2, %s1 : vector<8xf32>
      %j3 = arith.addi %a1, %tap3 : index
      %p3 = vector.load %a[%j3] : memref<?xf32>, vector<8xf32>
      %s3 = vector.fma %p3, %q3, %s2 : vector<8xf32>
      %j4 = arith.addi %a1, %tap4 : index
      %p4 = vector.load %a[%j4] : memref<?xf32>, vector<8xf32>
      %s4 = vector.fma %p4, %q4, %s3 : vector<8xf32>
      %j5 = arith.addi %a1, %tap5 : index
      %p5 = vector.load %a[%j5] : memref<?xf32>, vector<8xf32>
      %s5 = vector.fma %p5, %q5, %s4 : vector<8xf32>
      %j6 = arith.addi %a1, %tap6 : index
      %p6 = vector.load %a[%j6] : memref<?xf32>, vector<8xf32>
      %s6 = vector.fma %p6, %q6, %s5 : vector<8xf32>
      %j7 = arith.addi %a1, %tap7 : index
      %p7 = vector.load %a[%j7] : memref<?xf32>, vector<8xf32>
      %s7 = vector.fma %p7, %q7, %s6 : vector<8xf32>
      %j8 = arith.addi %a1, %tap8 : index
      %p8 = vector.load %a[%j8] : memref<?xf32>, vector<8xf32>
      %s8 = vector.fma %p8, %q8, %s7 : vector<8xf32>
      scf.if %full {
        vector.store %s8, %out[%o] : memref<?xf32>, vector<8xf32>
      } else {
        vector.store %s8, %tile[%c0] : memref<8xf32>, vector<8xf32>
        scf.for %j = %c0 to %left step %c1 {
          %s = memref.load %tile[%j] : memref<8xf32>
          %oj = arith.addi %o, %j : index
          memref.store %s, %out[%oj] : memref<?xf32>
        }
      }
    }
  }
  return
}
