//===- Interleave.mlir - neighbours that one step of a sum over pixels multiplies -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A format is the type of an element and how many parts of the batch are
// interleaved: i16x2 and i8x2 (the two sides of a product in pairs), i8x4, f32x1.
// All take four vectors, of which they use the first ones.

func.func private @eoq_lanes_i16x2() -> index {
  %0 = arith.constant 2 : index
  return %0 : index
}

func.func private @eoq_lanes_i8x2() -> index {
  %0 = arith.constant 2 : index
  return %0 : index
}

func.func private @eoq_lanes_i8x4() -> index {
  %0 = arith.constant 4 : index
  return %0 : index
}

func.func private @eoq_lanes_f32x1() -> index {
  %0 = arith.constant 1 : index
  return %0 : index
}

func.func private @eoq_interleave_i8x2(%q0: vector<16xi8>, %q1: vector<16xi8>, %q2: vector<16xi8>, %q3: vector<16xi8>) -> vector<32xi8> {
  %0 = vector.interleave %q0, %q1 : vector<16xi8> -> vector<32xi8>
  return %0 : vector<32xi8>
}

func.func private @eoq_interleave_i16x2(%q0: vector<16xi8>, %q1: vector<16xi8>, %q2: vector<16xi8>, %q3: vector<16xi8>) -> vector<32xi16> {
  // Bytes first: words would cross the halves of a register.
  %0 = vector.interleave %q0, %q1 : vector<16xi8> -> vector<32xi8>
  %1 = arith.extsi %0 : vector<32xi8> to vector<32xi16>
  return %1 : vector<32xi16>
}

func.func private @eoq_interleave_i8x4(%q0: vector<16xi8>, %q1: vector<16xi8>, %q2: vector<16xi8>, %q3: vector<16xi8>) -> vector<64xi8> {
  %0 = vector.interleave %q0, %q2 : vector<16xi8> -> vector<32xi8>
  %1 = vector.interleave %q1, %q3 : vector<16xi8> -> vector<32xi8>
  %2 = vector.interleave %0, %1 : vector<32xi8> -> vector<64xi8>
  return %2 : vector<64xi8>
}

func.func private @eoq_interleave_f32x1(%q0: vector<16xf32>, %q1: vector<16xf32>, %q2: vector<16xf32>, %q3: vector<16xf32>) -> vector<16xf32> {
  return %q0 : vector<16xf32>
}

func.func private @eoq_element_i8x2(%x: i8) -> i8 {
  return %x : i8
}

func.func private @eoq_element_i16x2(%x: i8) -> i16 {
  %0 = arith.extsi %x : i8 to i16
  return %0 : i16
}

func.func private @eoq_element_i8x4(%x: i8) -> i8 {
  return %x : i8
}

func.func private @eoq_element_f32x1(%x: f32) -> f32 {
  return %x : f32
}

// Masks that keep the first `count` lanes. They are read from tables: of
// comparisons LLVM would make selections, which cost more than `and`.

memref.global "private" constant @eoq_lane_mask_table : memref<32xi8> = dense<[
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>

memref.global "private" constant @eoq_lane_mask_table_f32 : memref<32xi32> = dense<[
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]>

func.func private @eoq_lane_mask_i8(%count: index) -> vector<16xi8> {
  %c16 = arith.constant 16 : index
  %table = memref.get_global @eoq_lane_mask_table : memref<32xi8>
  %at = arith.subi %c16, %count : index
  %0 = vector.load %table[%at] : memref<32xi8>, vector<16xi8>
  return %0 : vector<16xi8>
}

func.func private @eoq_lane_mask_f32(%count: index) -> vector<16xi32> {
  %c16 = arith.constant 16 : index
  %table = memref.get_global @eoq_lane_mask_table_f32 : memref<32xi32>
  %at = arith.subi %c16, %count : index
  %0 = vector.load %table[%at] : memref<32xi32>, vector<16xi32>
  return %0 : vector<16xi32>
}

func.func private @eoq_keep_i8(%x: vector<16xi8>, %mask: vector<16xi8>) -> vector<16xi8> {
  %0 = arith.andi %x, %mask : vector<16xi8>
  return %0 : vector<16xi8>
}

func.func private @eoq_keep_f32(%x: vector<16xf32>, %mask: vector<16xi32>) -> vector<16xf32> {
  %0 = vector.bitcast %x : vector<16xf32> to vector<16xi32>
  %1 = arith.andi %0, %mask : vector<16xi32>
  %2 = vector.bitcast %1 : vector<16xi32> to vector<16xf32>
  return %2 : vector<16xf32>
}

// The row of all images one below the other where row %y of a part lies (%y is
// that of an image's first band), and 16, or (0, 0) if there is none.
func.func private @eoq_part_row(%part: index, %parts: index, %bands: index, %band_step: index, %h: index, %y: index) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %image = arith.divui %part, %bands : index
  %first = arith.muli %image, %bands : index
  %band = arith.subi %part, %first : index
  %down = arith.muli %band, %band_step : index
  %row = arith.addi %y, %down : index
  %exists = arith.cmpi slt, %part, %parts : index
  %below = arith.cmpi sge, %row, %c0 : index
  %above = arith.cmpi slt, %row, %h : index
  %inside = arith.andi %below, %above : i1
  %there = arith.andi %inside, %exists : i1
  %rows = arith.muli %image, %h : index
  %at = arith.addi %rows, %row : index
  %place = arith.select %there, %at, %c0 : index
  %count = arith.select %there, %c16, %c0 : index
  return %place, %count : index, index
}
