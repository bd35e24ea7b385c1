//===- GradWeightRows.mlir - tables of the rows of weight gradients -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Where the rows (kh, kw, c) of each group start in A, whose pixels are
// [c / block] planes with [block][lanes] elements (`block` is 16, or all channels),
// and in C.
func.func private @eoq_grad_weight_rows(%a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %groups: index, %kh: index, %kw: index, %ks: index, %block: index, %plane: index, %lanes: index, %tap_h: index, %tap_w: index, %c_line: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %divided = arith.cmpi eq, %block, %c16 : index
  scf.for %g = %c0 to %groups step %c1 {
    %g_channel = arith.muli %g, %ks : index
    scf.for %ky = %c0 to %kh step %c1 {
      %oy = arith.muli %ky, %tap_h : index
      %line = arith.muli %ky, %kw : index
      scf.for %kx = %c0 to %kw step %c1 {
        %ox = arith.muli %kx, %tap_w : index
        %oxy = arith.addi %oy, %ox : index
        %tap = arith.addi %line, %kx : index
        %tap_row = arith.muli %tap, %ks : index
        %taps = arith.muli %kh, %kw : index
        %g_rows = arith.muli %g_channel, %taps : index
        %at0 = arith.addi %g_rows, %tap_row : index
        scf.for %k = %c0 to %ks step %c1 {
          %channel = arith.addi %g_channel, %k : index
          %number16 = arith.shrui %channel, %c4 : index
          %number = arith.select %divided, %number16, %c0 : index
          %whole = arith.muli %number, %block : index
          %lane = arith.subi %channel, %whole : index
          %o0 = arith.muli %number, %plane : index
          %o1 = arith.muli %lane, %lanes : index
          %o2 = arith.addi %o0, %o1 : index
          %o3 = arith.addi %o2, %oxy : index
          %at = arith.addi %at0, %k : index
          %m = arith.addi %tap_row, %k : index
          %c_row = arith.muli %m, %c_line : index
          %a32 = arith.index_cast %o3 : index to i32
          %c32 = arith.index_cast %c_row : index to i32
          memref.store %a32, %a_rows[%at] : memref<?xi32>
          memref.store %c32, %c_rows[%at] : memref<?xi32>
        }
      }
    }
  }
  return
}

// How many of `count` things of `size` make parts of about the same size, at
// most `most` where one thing is not larger.
func.func private @eoq_even_part(%count: index, %most: index, %size: index) -> index {
  %c1 = arith.constant 1 : index
  %fitting0 = arith.divui %most, %size : index
  %fitting = arith.maxsi %fitting0, %c1 : index
  %fitting_1 = arith.subi %fitting, %c1 : index
  %up = arith.addi %count, %fitting_1 : index
  %parts = arith.divui %up, %fitting : index
  %parts_1 = arith.subi %parts, %c1 : index
  %count_up = arith.addi %count, %parts_1 : index
  %part = arith.divui %count_up, %parts : index
  return %part : index
}
