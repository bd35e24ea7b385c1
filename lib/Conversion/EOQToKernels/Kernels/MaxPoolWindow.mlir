//===- MaxPoolWindow.mlir - windows of max pooling, by vectors (N11) ------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Several channels at once, with the window's maximum in a register. The last part of a name is the number of channels,
// which the argument `lanes` repeats.
//
// instances: W,B = 1,vector<1xi8> 8,vector<8xi8> 16,vector<16xi8>

!B = vector<1xi8>

// `pixels` neighbouring windows of 2 x 2 with stride 2, whose rows start at `top` and `bottom`. With fewer channels than
// lanes, what lies behind a pixel is overwritten, and the next pixel puts it right: the caller keeps away from the
// row's end.
func.func private @eoq_max_pool_2x2_W(%x: memref<?xi8>, %out: memref<?xi8>, %top: index, %bottom: index, %to: index, %pixels: index, %c: index, %lanes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
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
      vector.store %m, %out[%o] : memref<?xi8>, !B
    }
  }
  return
}

// One window of `rows` x `columns` taps, of which the first lies at `from`; at least `lanes` channels.
func.func private @eoq_max_pool_window_W(%x: memref<?xi8>, %out: memref<?xi8>, %from: index, %to: index, %rows: index, %columns: index, %row_step: index, %column_step: index, %c: index, %lanes: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %least = arith.constant dense<-128> : !B
  %last = arith.subi %c, %lanes : index
  scf.for %j = %c0 to %c step %lanes {
    %k = arith.minsi %j, %last : index
    %first = arith.addi %from, %k : index
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
    %o = arith.addi %to, %k : index
    vector.store %m, %out[%o] : memref<?xi8>, !B
  }
  return
}
