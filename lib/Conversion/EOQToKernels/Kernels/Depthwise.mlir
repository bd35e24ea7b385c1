//===- Depthwise.mlir - depthwise convolutions ----------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Rows of a depthwise convolution: 16 channels of a pixel at a time. A product
// of two 8-bit integers fits 16 bits.
func.func private @eoq_depthwise_i8(%a: memref<?xi16>, %a_rows: memref<?xi32>, %b: memref<?xi8>, %out: memref<?xi32>, %c_rows: memref<?xi32>, %a_base: index, %rows_at: index, %rows: index, %b_at: index, %c: index, %padded: index, %th: index, %stride_h: index, %tw: index, %stride_w: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %zeros = arith.constant dense<0> : vector<16xi32>
  %tile = memref.alloca() : memref<16xi32>
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
      %sum = scf.for %y = %c0 to %th step %c1 iter_args(%acc_y = %zeros) -> (vector<16xi32>) {
        %ay0 = arith.muli %y, %stride_h : index
        %ay = arith.addi %a2, %ay0 : index
        %by = arith.muli %y, %tw : index
        %sum_x = scf.for %x = %c0 to %tw step %c1 iter_args(%acc = %acc_y) -> (vector<16xi32>) {
          %ax0 = arith.muli %x, %stride_w : index
          %ax = arith.addi %ay, %ax0 : index
          %tap = arith.addi %by, %x : index
          %bx0 = arith.muli %tap, %padded : index
          %bx = arith.addi %b2, %bx0 : index
          %p = vector.load %a[%ax] : memref<?xi16>, vector<16xi16>
          %q = vector.load %b[%bx] : memref<?xi8>, vector<16xi8>
          %w = arith.extsi %q : vector<16xi8> to vector<16xi16>
          %product = arith.muli %p, %w : vector<16xi16>
          %wide = arith.extsi %product : vector<16xi16> to vector<16xi32>
          %new = arith.addi %acc, %wide : vector<16xi32>
          scf.yield %new : vector<16xi32>
        }
        scf.yield %sum_x : vector<16xi32>
      }
      %o = arith.addi %o0, %channel : index
      %left = arith.subi %c, %channel : index
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
    }
  }
  return
}

// Rows of a depthwise convolution: 16 channels of a pixel at a time. A product
// of two 8-bit integers fits 16 bits.
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
