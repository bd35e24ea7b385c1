//===- ConvTables.mlir - where the rows of convolutions lie -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Offsets of the rows of a product: pixel (i, y, x) of images * rows * columns
// lies at a_first + i * a_image + y * a_row + x * a_column of A, the same for C.
func.func private @eoq_pixel_tables(%a_rows: memref<?xi32>, %c_rows: memref<?xi32>, %at: index, %images: index, %rows: index, %columns: index, %a_image: index, %a_row: index, %a_column: index, %c_first: index, %c_image: index, %c_row: index, %c_column: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %images step %c1 {
    %ai = arith.muli %i, %a_image : index
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
