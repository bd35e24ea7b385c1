//===- MaxPoolPlaces.mlir - max pooling that notes its places (N11) -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// As MaxPoolWindow.mlir; `places` gets the number of the tap, counted within the image, that is the first largest one.
// Where the maximum is below `floor` that is -1, which is no tap's number.
//
// instances: W,M,B = 1,vector<1xi1>,vector<1xi8> 8,vector<8xi1>,vector<8xi8> 16,vector<16xi1>,vector<16xi8>

!M = vector<1xi1>
!B = vector<1xi8>

func.func private @eoq_max_pool_2x2_places_W(%x: memref<?xi8>, %out: memref<?xi8>, %places: memref<?xi8>, %top: index, %bottom: index, %to: index, %pixels: index, %c: index, %lanes: index, %floor: i8) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %place0 = arith.constant dense<0> : !B
  %place1 = arith.constant dense<1> : !B
  %place2 = arith.constant dense<2> : !B
  %place3 = arith.constant dense<3> : !B
  %nowhere = arith.constant dense<-1> : !B
  %floors = vector.broadcast %floor : i8 to !B
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
    %at = arith.addi %to, %along : index
    scf.for %j = %c0 to %c step %lanes {
      // The last vector ends with the channels.
      %k = arith.minsi %j, %last : index
      %i0 = arith.addi %at0, %k : index
      %i1 = arith.addi %at1, %k : index
      %i2 = arith.addi %at2, %k : index
      %i3 = arith.addi %at3, %k : index
      %o = arith.addi %at, %k : index
      %q0 = vector.load %x[%i0] : memref<?xi8>, !B
      %q1 = vector.load %x[%i1] : memref<?xi8>, !B
      %q2 = vector.load %x[%i2] : memref<?xi8>, !B
      %q3 = vector.load %x[%i3] : memref<?xi8>, !B
      %m01 = arith.maxsi %q0, %q1 : !B
      %m23 = arith.maxsi %q2, %q3 : !B
      %m = arith.maxsi %m01, %m23 : !B
      %is0 = arith.cmpi eq, %q0, %m : !B
      %is1 = arith.cmpi eq, %q1, %m : !B
      %is2 = arith.cmpi eq, %q2, %m : !B
      %below = arith.cmpi slt, %m, %floors : !B
      %from2 = arith.select %is2, %place2, %place3 : !M, !B
      %from1 = arith.select %is1, %place1, %from2 : !M, !B
      %from0 = arith.select %is0, %place0, %from1 : !M, !B
      %place = arith.select %below, %nowhere, %from0 : !M, !B
      vector.store %m, %out[%o] : memref<?xi8>, !B
      vector.store %place, %places[%o] : memref<?xi8>, !B
    }
  }
  return
}

func.func private @eoq_max_pool_window_places_W(%x: memref<?xi8>, %out: memref<?xi8>, %places: memref<?xi8>, %from: index, %to: index, %rows: index, %columns: index, %row_step: index, %column_step: index, %c: index, %lanes: index, %floor: i8) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %least = arith.constant dense<-128> : !B
  %place0 = arith.constant dense<0> : !B
  %nowhere = arith.constant dense<-1> : !B
  %floors = vector.broadcast %floor : i8 to !B
  %last = arith.subi %c, %lanes : index
  scf.for %j = %c0 to %c step %lanes {
    %k = arith.minsi %j, %last : index
    %first = arith.addi %from, %k : index
    %m, %p = scf.for %ky = %c0 to %rows step %c1 iter_args(%m0 = %least, %p0 = %place0) -> (!B, !B) {
      %down = arith.muli %ky, %row_step : index
      %row = arith.addi %first, %down : index
      %taps = arith.muli %ky, %columns : index
      %m1, %p1 = scf.for %kx = %c0 to %columns step %c1 iter_args(%m2 = %m0, %p2 = %p0) -> (!B, !B) {
        %across = arith.muli %kx, %column_step : index
        %i = arith.addi %row, %across : index
        %tap = arith.addi %taps, %kx : index
        %tap8 = arith.index_cast %tap : index to i8
        %here = vector.broadcast %tap8 : i8 to !B
        %q = vector.load %x[%i] : memref<?xi8>, !B
        %more = arith.cmpi sgt, %q, %m2 : !B
        %m3 = arith.maxsi %m2, %q : !B
        %p3 = arith.select %more, %here, %p2 : !M, !B
        scf.yield %m3, %p3 : !B, !B
      }
      scf.yield %m1, %p1 : !B, !B
    }
    %below = arith.cmpi slt, %m, %floors : !B
    %place = arith.select %below, %nowhere, %p : !M, !B
    %o = arith.addi %to, %k : index
    vector.store %m, %out[%o] : memref<?xi8>, !B
    vector.store %place, %places[%o] : memref<?xi8>, !B
  }
  return
}
