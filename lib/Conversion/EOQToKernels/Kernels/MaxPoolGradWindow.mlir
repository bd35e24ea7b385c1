//===- MaxPoolGradWindow.mlir - gradients of windows, by vectors (N11) ----===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// As MaxPoolWindow.mlir; the very last part of a name is the type of the result.
//
// instances: W,M,B,T,I = 1,vector<1xi1>,vector<1xi8>,i32,vector<1xi32> 1,vector<1xi1>,vector<1xi8>,i8,vector<1xi8> 8,vector<8xi1>,vector<8xi8>,i32,vector<8xi32> 8,vector<8xi1>,vector<8xi8>,i8,vector<8xi8> 16,vector<16xi1>,vector<16xi8>,i32,vector<16xi32> 16,vector<16xi1>,vector<16xi8>,i8,vector<16xi8>

!M = vector<1xi1>
!B = vector<1xi8>
!T = i32
!I = vector<1xi32>

// The gradient of `pixels` neighbouring windows of 2 x 2 with stride 2; `out` is written, not added to.
func.func private @eoq_max_pool_grad_2x2_W_T(%g: memref<?xi8>, %x: memref<?xi8>, %out: memref<?x!T>, %top: index, %bottom: index, %given: index, %pixels: index, %c: index, %lanes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0> : !B
  %room = arith.subi %c, %lanes : index
  %last = arith.maxsi %room, %c0 : index
  %step = arith.addi %c, %c : index
  scf.for %p = %c0 to %pixels step %c1 {
    %across = arith.muli %p, %step : index
    %at0 = arith.addi %top, %across : index
    %at1 = arith.addi %at0, %c : index
    %at2 = arith.addi %bottom, %across : index
    %at3 = arith.addi %at2, %c : index
    %along = arith.muli %p, %c : index
    %at = arith.addi %given, %along : index
    scf.for %j = %c0 to %c step %lanes {
      %k = arith.minsi %j, %last : index
      %i0 = arith.addi %at0, %k : index
      %i1 = arith.addi %at1, %k : index
      %i2 = arith.addi %at2, %k : index
      %i3 = arith.addi %at3, %k : index
      %s = arith.addi %at, %k : index
      %q0 = vector.load %x[%i0] : memref<?xi8>, !B
      %q1 = vector.load %x[%i1] : memref<?xi8>, !B
      %q2 = vector.load %x[%i2] : memref<?xi8>, !B
      %q3 = vector.load %x[%i3] : memref<?xi8>, !B
      %v = vector.load %g[%s] : memref<?xi8>, !B
      %m01 = arith.maxsi %q0, %q1 : !B
      %m23 = arith.maxsi %q2, %q3 : !B
      %m = arith.maxsi %m01, %m23 : !B
      // The first largest element takes the gradient and leaves zero to those after it.
      %here0 = arith.cmpi eq, %q0, %m : !B
      %part0 = arith.select %here0, %v, %zero : !M, !B
      %rest0 = arith.select %here0, %zero, %v : !M, !B
      %here1 = arith.cmpi eq, %q1, %m : !B
      %part1 = arith.select %here1, %rest0, %zero : !M, !B
      %rest1 = arith.select %here1, %zero, %rest0 : !M, !B
      %here2 = arith.cmpi eq, %q2, %m : !B
      %part2 = arith.select %here2, %rest1, %zero : !M, !B
      %part3 = arith.select %here2, %zero, %rest1 : !M, !B
      %w0 = func.call @eoq_lanes_W_T(%part0) : (!B) -> !I
      %w1 = func.call @eoq_lanes_W_T(%part1) : (!B) -> !I
      %w2 = func.call @eoq_lanes_W_T(%part2) : (!B) -> !I
      %w3 = func.call @eoq_lanes_W_T(%part3) : (!B) -> !I
      // From left to right, as what is overwritten must be put right.
      vector.store %w0, %out[%i0] : memref<?x!T>, !I
      vector.store %w1, %out[%i1] : memref<?x!T>, !I
      vector.store %w2, %out[%i2] : memref<?x!T>, !I
      vector.store %w3, %out[%i3] : memref<?x!T>, !I
    }
  }
  return
}

// Adds the gradient of one window, for the channels from `begin` on in whole vectors before `end`.
func.func private @eoq_max_pool_grad_window_W_T(%g: memref<?xi8>, %x: memref<?xi8>, %out: memref<?x!T>, %from: index, %given: index, %rows: index, %columns: index, %row_step: index, %column_step: index, %begin: index, %end: index, %lanes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %least = arith.constant dense<-128> : !B
  %zero = arith.constant dense<0> : !B
  scf.for %j = %begin to %end step %lanes {
    %first = arith.addi %from, %j : index
    %m = scf.for %ky = %c0 to %rows step %c1 iter_args(%m0 = %least) -> (!B) {
      %down = arith.muli %ky, %row_step : index
      %row = arith.addi %first, %down : index
      %m1 = scf.for %kx = %c0 to %columns step %c1 iter_args(%m2 = %m0) -> (!B) {
        %across = arith.muli %kx, %column_step : index
        %i = arith.addi %row, %across : index
        %q = vector.load %x[%i] : memref<?xi8>, !B
        %m3 = arith.maxsi %m2, %q : !B
        scf.yield %m3 : !B
      }
      scf.yield %m1 : !B
    }
    %s = arith.addi %given, %j : index
    %v = vector.load %g[%s] : memref<?xi8>, !B
    scf.for %ky = %c0 to %rows step %c1 iter_args(%rest0 = %v) -> (!B) {
      %down = arith.muli %ky, %row_step : index
      %row = arith.addi %first, %down : index
      %rest1 = scf.for %kx = %c0 to %columns step %c1 iter_args(%rest = %rest0) -> (!B) {
        %across = arith.muli %kx, %column_step : index
        %i = arith.addi %row, %across : index
        %q = vector.load %x[%i] : memref<?xi8>, !B
        %here = arith.cmpi eq, %q, %m : !B
        %part = arith.select %here, %rest, %zero : !M, !B
        %left = arith.select %here, %zero, %rest : !M, !B
        %wide = func.call @eoq_lanes_W_T(%part) : (!B) -> !I
        %old = vector.load %out[%i] : memref<?x!T>, !I
        %new = arith.addi %old, %wide : !I
        vector.store %new, %out[%i] : memref<?x!T>, !I
        scf.yield %left : !B
      }
      scf.yield %rest1 : !B
    }
  }
  return
}
