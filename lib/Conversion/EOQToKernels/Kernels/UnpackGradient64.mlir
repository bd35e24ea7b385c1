//===- UnpackGradient64.mlir - weight gradients of many pixels ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// eoq_unpack_gradient, added to 64-bit sums.
func.func private @eoq_unpack_gradient_i64(%acc: memref<?xi32>, %out: memref<?xi64>, %groups: index, %columns: index, %ks: index, %taps: index, %s_g: index, %s_p: index, %s_t: index, %s_k: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %row = arith.muli %ks, %taps : index
  scf.parallel (%g, %n) = (%c0, %c0) to (%groups, %columns) step (%c1, %c16) {
    %left = arith.subi %columns, %n : index
    %count = arith.minsi %left, %c16 : index
    %from0 = arith.muli %g, %s_g : index
    %panel = arith.divui %n, %c16 : index
    %from1 = arith.muli %panel, %s_p : index
    %from = arith.addi %from0, %from1 : index
    %channel0 = arith.muli %g, %columns : index
    %channel = arith.addi %channel0, %n : index
    %to0 = arith.muli %channel, %row : index
    scf.for %k = %c0 to %ks step %c1 {
      %tk0 = arith.muli %k, %taps : index
      %tk = arith.addi %to0, %tk0 : index
      %fk0 = arith.muli %k, %s_k : index
      %fk = arith.addi %from, %fk0 : index
      scf.for %t = %c0 to %taps step %c1 {
        %ft = arith.muli %t, %s_t : index
        %i0 = arith.addi %fk, %ft : index
        %o0 = arith.addi %tk, %t : index
        // One line of acc goes to 16 rows of the result.
        scf.for %j = %c0 to %count step %c1 {
          %i = arith.addi %i0, %j : index
          %oj = arith.muli %j, %row : index
          %o = arith.addi %o0, %oj : index
          %q = memref.load %acc[%i] : memref<?xi32>
          %wide = arith.extsi %q : i32 to i64
          %old = memref.load %out[%o] : memref<?xi64>
          %new = arith.addi %old, %wide : i64
          memref.store %new, %out[%o] : memref<?xi64>
        }
      }
    }
  }
  return
}
