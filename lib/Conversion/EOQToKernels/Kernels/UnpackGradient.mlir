//===- UnpackGradient.mlir - weight gradients in the order of the parameter -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i32 f32
!T = i32

// acc, where element k of tap t and column 16 p + j of group g is at
// g * s_g + p * s_p + t * s_t + k * s_k + j, as [groups * columns][ks][taps]: a transpose,
// done in blocks of 4 x 4.
func.func private @eoq_unpack_gradient_T(%acc: memref<?x!T>, %out: memref<?x!T>, %groups: index, %columns: index, %ks: index, %taps: index, %s_g: index, %s_p: index, %s_t: index, %s_k: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c16 = arith.constant 16 : index
  %row = arith.muli %ks, %taps : index
  %row_1 = arith.subi %row, %c3 : index
  %row_full = arith.maxsi %row_1, %c0 : index
  scf.parallel (%g, %n) = (%c0, %c0) to (%groups, %columns) step (%c1, %c16) {
    %left = arith.subi %columns, %n : index
    %count = arith.minsi %left, %c16 : index
    %count_1 = arith.subi %count, %c3 : index
    %count_full = arith.maxsi %count_1, %c0 : index
    %quads0 = arith.addi %count_full, %c3 : index
    %quads = arith.divui %quads0, %c4 : index
    %vectors = arith.muli %quads, %c4 : index
    %from0 = arith.muli %g, %s_g : index
    %panel = arith.divui %n, %c16 : index
    %from1 = arith.muli %panel, %s_p : index
    %from = arith.addi %from0, %from1 : index
    %channel0 = arith.muli %g, %columns : index
    %channel = arith.addi %channel0, %n : index
    %to0 = arith.muli %channel, %row : index
    // %k and %t are those of the place in a row of the result.
    %k_end, %t_end, %done = scf.for %i = %c0 to %row_full step %c4 iter_args(%k = %c0, %t = %c0, %at = %c0) -> (index, index, index) {
      %fk0 = arith.muli %k, %s_k : index
      %ft0 = arith.muli %t, %s_t : index
      %fkt0 = arith.addi %fk0, %ft0 : index
      %f0 = arith.addi %from, %fkt0 : index
      %up0 = arith.addi %t, %c1 : index
      %wrap0 = arith.cmpi eq, %up0, %taps : index
      %next0 = arith.addi %k, %c1 : index
      %k1 = arith.select %wrap0, %next0, %k : index
      %t1 = arith.select %wrap0, %c0, %up0 : index
      %fk1 = arith.muli %k1, %s_k : index
      %ft1 = arith.muli %t1, %s_t : index
      %fkt1 = arith.addi %fk1, %ft1 : index
      %f1 = arith.addi %from, %fkt1 : index
      %up1 = arith.addi %t1, %c1 : index
      %wrap1 = arith.cmpi eq, %up1, %taps : index
      %next1 = arith.addi %k1, %c1 : index
      %k2 = arith.select %wrap1, %next1, %k1 : index
      %t2 = arith.select %wrap1, %c0, %up1 : index
      %fk2 = arith.muli %k2, %s_k : index
      %ft2 = arith.muli %t2, %s_t : index
      %fkt2 = arith.addi %fk2, %ft2 : index
      %f2 = arith.addi %from, %fkt2 : index
      %up2 = arith.addi %t2, %c1 : index
      %wrap2 = arith.cmpi eq, %up2, %taps : index
      %next2 = arith.addi %k2, %c1 : index
      %k3 = arith.select %wrap2, %next2, %k2 : index
      %t3 = arith.select %wrap2, %c0, %up2 : index
      %fk3 = arith.muli %k3, %s_k : index
      %ft3 = arith.muli %t3, %s_t : index
      %fkt3 = arith.addi %fk3, %ft3 : index
      %f3 = arith.addi %from, %fkt3 : index
      %up3 = arith.addi %t3, %c1 : index
      %wrap3 = arith.cmpi eq, %up3, %taps : index
      %next3 = arith.addi %k3, %c1 : index
      %k4 = arith.select %wrap3, %next3, %k3 : index
      %t4 = arith.select %wrap3, %c0, %up3 : index
      %o = arith.addi %to0, %i : index
      scf.for %j = %c0 to %vectors step %c4 {
        %i0 = arith.addi %f0, %j : index
        %v0 = vector.load %acc[%i0] : memref<?x!T>, vector<4x!T>
        %i1 = arith.addi %f1, %j : index
        %v1 = vector.load %acc[%i1] : memref<?x!T>, vector<4x!T>
        %i2 = arith.addi %f2, %j : index
        %v2 = vector.load %acc[%i2] : memref<?x!T>, vector<4x!T>
        %i3 = arith.addi %f3, %j : index
        %v3 = vector.load %acc[%i3] : memref<?x!T>, vector<4x!T>
        %ea = vector.interleave %v0, %v2 : vector<4x!T> -> vector<8x!T>
        %a0 = vector.extract_strided_slice %ea {offsets = [0], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %a1 = vector.extract_strided_slice %ea {offsets = [4], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %eb = vector.interleave %v1, %v3 : vector<4x!T> -> vector<8x!T>
        %b0 = vector.extract_strided_slice %eb {offsets = [0], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %b1 = vector.extract_strided_slice %eb {offsets = [4], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %ec = vector.interleave %a0, %b0 : vector<4x!T> -> vector<8x!T>
        %w0 = vector.extract_strided_slice %ec {offsets = [0], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %w1 = vector.extract_strided_slice %ec {offsets = [4], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %ed = vector.interleave %a1, %b1 : vector<4x!T> -> vector<8x!T>
        %w2 = vector.extract_strided_slice %ed {offsets = [0], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %w3 = vector.extract_strided_slice %ed {offsets = [4], sizes = [4], strides = [1]} : vector<8x!T> to vector<4x!T>
        %oj = arith.muli %j, %row : index
        %o0 = arith.addi %o, %oj : index
        %o1 = arith.addi %o0, %row : index
        %o2 = arith.addi %o1, %row : index
        %o3 = arith.addi %o2, %row : index
        vector.store %w0, %out[%o0] : memref<?x!T>, vector<4x!T>
        vector.store %w1, %out[%o1] : memref<?x!T>, vector<4x!T>
        vector.store %w2, %out[%o2] : memref<?x!T>, vector<4x!T>
        vector.store %w3, %out[%o3] : memref<?x!T>, vector<4x!T>
      }
      scf.for %j = %vectors to %count step %c1 {
        %oj = arith.muli %j, %row : index
        %o0 = arith.addi %o, %oj : index
        %i0 = arith.addi %f0, %j : index
        %v0 = memref.load %acc[%i0] : memref<?x!T>
        memref.store %v0, %out[%o0] : memref<?x!T>
        %i1 = arith.addi %f1, %j : index
        %v1 = memref.load %acc[%i1] : memref<?x!T>
        %o1 = arith.addi %o0, %c1 : index
        memref.store %v1, %out[%o1] : memref<?x!T>
        %i2 = arith.addi %f2, %j : index
        %v2 = memref.load %acc[%i2] : memref<?x!T>
        %o2 = arith.addi %o1, %c1 : index
        memref.store %v2, %out[%o2] : memref<?x!T>
        %i3 = arith.addi %f3, %j : index
        %v3 = memref.load %acc[%i3] : memref<?x!T>
        %o3 = arith.addi %o2, %c1 : index
        memref.store %v3, %out[%o3] : memref<?x!T>
      }
      %more = arith.addi %i, %c4 : index
      scf.yield %k4, %t4, %more : index, index, index
    }
    scf.for %i = %done to %row step %c1 {
      %k = arith.divui %i, %taps : index
      %t = arith.remui %i, %taps : index
      %fk = arith.muli %k, %s_k : index
      %ft = arith.muli %t, %s_t : index
      %fkt = arith.addi %fk, %ft : index
      %f = arith.addi %from, %fkt : index
      %o = arith.addi %to0, %i : index
      scf.for %j = %c0 to %count step %c1 {
        %ij = arith.addi %f, %j : index
        %oj0 = arith.muli %j, %row : index
        %oj = arith.addi %o, %oj0 : index
        %q = memref.load %acc[%ij] : memref<?x!T>
        memref.store %q, %out[%oj] : memref<?x!T>
      }
    }
  }
  return
}
