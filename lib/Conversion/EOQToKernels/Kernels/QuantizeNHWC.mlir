//===- QuantizeNHWC.mlir - stochastic narrowing of images (N4, N5) --------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Elements are numbered NCHW and lie NHWC. The pattern holds the first factor of
// the hash for a few pixels of an image: the number of an element, counted from
// the first one, times the constant of N5.
func.func private @eoq_number_pattern(%pattern: memref<?xi32>, %hw: index, %c: index, %length: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = arith.constant 0x9E3779B1 : i32
  scf.for %base = %c0 to %length step %c {
    %pixel = arith.divui %base, %c : index
    scf.for %j = %c0 to %c step %c1 {
      %channel = arith.muli %j, %hw : index
      %number = arith.addi %channel, %pixel : index
      %number32 = arith.index_cast %number : index to i32
      %factor = arith.muli %number32, %a : i32
      %i = arith.addi %base, %j : index
      memref.store %factor, %pattern[%i] : memref<?xi32>
    }
  }
  return
}

// Explicit vectors: LLVM does not see that a chunk has many rows.
func.func private @eoq_quantize_stochastic_nhwc_i32_i8(%x: memref<?xi32>, %out: memref<?xi8>, %pattern: memref<?xi32>, %n: index, %hw: index, %c: index, %length: index, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %least = arith.constant 16384 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %i13 = arith.constant 13 : i32
  %i16 = arith.constant 16 : i32
  %i17 = arith.constant 17 : i32
  %i31 = arith.constant 31 : i32
  %a = arith.constant 0x9E3779B1 : i32
  %v13 = vector.broadcast %i13 : i32 to vector<16xi32>
  %v16 = vector.broadcast %i16 : i32 to vector<16xi32>
  %vmax = arith.constant dense<127> : vector<16xi32>
  %vmin = arith.constant dense<-127> : vector<16xi32>
  %second = arith.constant dense<0x85EBCA6B> : vector<16xi32>
  %third = arith.constant dense<0xC2B2AE35> : vector<16xi32>
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %image = arith.muli %hw, %c : index
  %up = arith.addi %least, %length : index
  %most = arith.subi %up, %c1 : index
  %rows = arith.divui %most, %length : index
  %chunk = arith.muli %rows, %length : index
  %positive = arith.cmpi sgt, %shift, %zero : i32
  %small = arith.cmpi sle, %shift, %i31 : i32
  %usual = arith.andi %positive, %small : i1

  // The addend of a shift by s (N2) is ((R >> lose) << gain) + half.
  %over = arith.subi %shift, %i16 : i32
  %gain = arith.maxsi %over, %zero : i32
  %under = arith.subi %i16, %shift : i32
  %lose = arith.maxsi %under, %zero : i32
  %drop = arith.addi %lose, %i16 : i32
  %below = arith.subi %shift, %i17 : i32
  %place = arith.maxsi %below, %zero : i32
  %bit = arith.shli %one, %place : i32
  %long = arith.cmpi sgt, %gain, %zero : i32
  %half = arith.select %long, %bit, %zero : i32
  %unit = arith.shli %one, %shift : i32
  %mask = arith.subi %unit, %one : i32
  %vdrop = vector.broadcast %drop : i32 to vector<16xi32>
  %vgain = vector.broadcast %gain : i32 to vector<16xi32>
  %vhalf = vector.broadcast %half : i32 to vector<16xi32>
  %vmask = vector.broadcast %mask : i32 to vector<16xi32>
  %vshift = vector.broadcast %shift : i32 to vector<16xi32>

  scf.parallel (%b, %base) = (%c0, %c0) to (%n, %image) step (%c1, %chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %image : index
    %first = arith.muli %b, %image : index
    scf.for %row = %base to %end step %length {
      %left = arith.subi %end, %row : index
      %count = arith.minsi %left, %length : index
      %from = arith.addi %first, %row : index
      %pixel = arith.divui %row, %c : index
      %number = arith.addi %first, %pixel : index
      %number32 = arith.index_cast %number : index to i32
      %factor = arith.muli %number32, %a : i32
      %start = arith.addi %factor, %k : i32
      %vstart = vector.broadcast %start : i32 to vector<16xi32>
      %rest = arith.remui %count, %lanes : index
      %whole = arith.subi %count, %rest : index
      %middle = arith.select %usual, %whole, %c0 : index
      scf.for %j = %c0 to %middle step %lanes {
        %i = arith.addi %from, %j : index
        %p = vector.load %pattern[%j] : memref<?xi32>, vector<16xi32>
        %h0 = arith.addi %p, %vstart : vector<16xi32>
        %h1 = arith.shrui %h0, %v16 : vector<16xi32>
        %h2 = arith.xori %h0, %h1 : vector<16xi32>
        %h3 = arith.muli %h2, %second : vector<16xi32>
        %h4 = arith.shrui %h3, %v13 : vector<16xi32>
        %h5 = arith.xori %h3, %h4 : vector<16xi32>
        // The last step of the hash does not change its upper half, which is R.
        %h = arith.muli %h5, %third : vector<16xi32>
        %r = arith.shrui %h, %vdrop : vector<16xi32>
        %scaled = arith.shli %r, %vgain : vector<16xi32>
        %addend = arith.addi %scaled, %vhalf : vector<16xi32>
        %v = vector.load %x[%i] : memref<?xi32>, vector<16xi32>
        %low = arith.andi %v, %vmask : vector<16xi32>
        %sum = arith.addi %low, %addend : vector<16xi32>
        %carry = arith.shrui %sum, %vshift : vector<16xi32>
        %high = arith.shrsi %v, %vshift : vector<16xi32>
        %w = arith.addi %high, %carry : vector<16xi32>
        %0 = arith.minsi %w, %vmax : vector<16xi32>
        %1 = arith.maxsi %0, %vmin : vector<16xi32>
        %z = arith.trunci %1 : vector<16xi32> to vector<16xi8>
        vector.store %z, %out[%i] : memref<?xi8>, vector<16xi8>
      }
      scf.for %j = %middle to %count step %c1 {
        %i = arith.addi %from, %j : index
        %p = memref.load %pattern[%j] : memref<?xi32>
        %h0 = arith.addi %p, %start : i32
        %h = func.call @eoq_mix(%h0) : (i32) -> i32
        %r = arith.shrui %h, %i16 : i32
        %v = memref.load %x[%i] : memref<?xi32>
        %w = func.call @eoq_shift_stochastic_i32(%v, %r, %shift) : (i32, i32, i32) -> i32
        %z = func.call @eoq_narrow_i8(%w) : (i32) -> i8
        memref.store %z, %out[%i] : memref<?xi8>
      }
    }
  }
  return
}
