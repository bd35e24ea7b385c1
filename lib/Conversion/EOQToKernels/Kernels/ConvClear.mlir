//===- ConvClear.mlir - pixels of a gradient that no tap reaches ----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i32 f32
!T = i32

// out[first + i * image + y * row_step + x * column_step + j] = value for i < n,
// y < rows, x < columns and j < length.
func.func private @eoq_fill_pixels_T(%out: memref<?x!T>, %n: index, %image: index, %first: index, %rows: index, %row_step: index, %columns: index, %column_step: index, %length: index, %value: !T) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i, %y) = (%c0, %c0) to (%n, %rows) step (%c1, %c1) {
    %at0 = arith.muli %i, %image : index
    %at1 = arith.muli %y, %row_step : index
    %at2 = arith.addi %at0, %at1 : index
    %at = arith.addi %at2, %first : index
    scf.for %x = %c0 to %columns step %c1 {
      %x0 = arith.muli %x, %column_step : index
      %from = arith.addi %at, %x0 : index
      scf.for %j = %c0 to %length step %c1 {
        %place = arith.addi %from, %j : index
        memref.store %value, %out[%place] : memref<?x!T>
      }
    }
  }
  return
}
