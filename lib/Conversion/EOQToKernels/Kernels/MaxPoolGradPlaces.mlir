//===- MaxPoolGradPlaces.mlir - gradients to noted places (N11) -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// As MaxPoolGradWindow.mlir, with what MaxPoolPlaces.mlir noted: the input of the pooling is not read.
//
// instances: W,M,B,T,I = 1,vector<1xi1>,vector<1xi8>,i32,vector<1xi32> 1,vector<1xi1>,vector<1xi8>,i8,vector<1xi8> 8,vector<8xi1>,vector<8xi8>,i32,vector<8xi32> 8,vector<8xi1>,vector<8xi8>,i8,vector<8xi8> 16,vector<16xi1>,vector<16xi8>,i32,vector<16xi32> 16,vector<16xi1>,vector<16xi8>,i8,vector<16xi8>

!M = vector<1xi1>
!B = vector<1xi8>
!T = i32
!I = vector<1xi32>

func.func private @eoq_max_pool_grad_2x2_places_W_T(%g: memref<?xi8>, %places: memref<?xi8>, %out: memref<?x!T>, %top: index, %bottom: index, %given: index, %pixels: index, %c: index, %lanes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0> : !B
  %place1 = arith.constant dense<1> : !B
  %place2 = arith.constant dense<2> : !B
  %place3 = arith.constant dense<3> : !B
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
      %v = vector.load %g[%s] : memref<?xi8>, !B
      %place = vector.load %places[%s] : memref<?xi8>, !B
      %is0 = arith.cmpi eq, %place, %zero : !B
      %is1 = arith.cmpi eq, %place, %place1 : !B
      %is2 = arith.cmpi eq, %place, %place2 : !B
      %is3 = arith.cmpi eq, %place, %place3 : !B
      %part0 = arith.select %is0, %v, %zero : !M, !B
      %part1 = arith.select %is1, %v, %zero : !M, !B
      %part2 = arith.select %is2, %v, %zero : !M, !B
      %part3 = arith.select %is3, %v, %zero : !M, !B
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

func.func private @eoq_max_pool_grad_window_places_W_T(%g: memref<?xi8>, %places: memref<?xi8>, %out: memref<?x!T>, %from: index, %given: index, %rows: index, %columns: index, %row_step: index, %column_step: index, %begin: index, %end: index, %lanes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0> : !B
  scf.for %j = %begin to %end step %lanes {
    %first = arith.addi %from, %j : index
    %s = arith.addi %given, %j : index
    %v = vector.load %g[%s] : memref<?xi8>, !B
    %place = vector.load %places[%s] : memref<?xi8>, !B
    scf.for %ky = %c0 to %rows step %c1 {
      %down = arith.muli %ky, %row_step : index
      %row = arith.addi %first, %down : index
      %taps = arith.muli %ky, %columns : index
      scf.for %kx = %c0 to %columns step %c1 {
        %across = arith.muli %kx, %column_step : index
        %i = arith.addi %row, %across : index
        %tap = arith.addi %taps, %kx : index
        %tap8 = arith.index_cast %tap : index to i8
        %number = vector.broadcast %tap8 : i8 to !B
        %here = arith.cmpi eq, %place, %number : !B
        %part = arith.select %here, %v, %zero : !M, !B
        %wide = func.call @eoq_lanes_W_T(%part) : (!B) -> !I
        %old = vector.load %out[%i] : memref<?x!T>, !I
        %new = arith.addi %old, %wide : !I
        vector.store %new, %out[%i] : memref<?x!T>, !I
      }
    }
  }
  return
}
