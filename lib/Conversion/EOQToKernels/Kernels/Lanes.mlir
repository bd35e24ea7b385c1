//===- Lanes.mlir - vectors of 8 bits as those of another type ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// What files with instances use to be written once for all types.
// instances: W,B,I = 1,vector<1xi8>,vector<1xi32> 8,vector<8xi8>,vector<8xi32> 16,vector<16xi8>,vector<16xi32>

!B = vector<1xi8>
!I = vector<1xi32>

func.func private @eoq_lanes_W_i8(%x: !B) -> !B {
  return %x : !B
}

func.func private @eoq_lanes_W_i32(%x: !B) -> !I {
  %0 = arith.extsi %x : !B to !I
  return %0 : !I
}
