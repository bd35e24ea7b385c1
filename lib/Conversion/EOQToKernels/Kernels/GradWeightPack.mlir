//===- GradWeightPack.mlir - operands of weight gradients in the order of the product -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: F,T,A,V,M = i16x2,i8,i16,vector<32xi16>,vector<16xi8> i8x2,i8,i8,vector<32xi8>,vector<16xi8> i8x4,i8,i8,vector<64xi8>,vector<16xi8> f32x1,f32,f32,vector<16xf32>,vector<16xi32>
!T = i8
!A = i16
!V = vector<32xi16>
!M = vector<16xi8>

// Row %y of set %set of `lanes` parts (see eoq_grad_weight_chunks), interleaved:
// pixels column, column + column_step, ... (`width` of them) of channels
// [channel0, channel0 + channels) as blocks of `block` channels, `plane` apart,
// each pixel [block][lanes], `pixel_step` apart. Parts are bands of images:
// %y is that of the first one, the next ones of an image lie `band_step` below
// one another. There are zeros for pixels outside of the images and for parts
// that do not exist; where `block` is 16 also for missing channels.
func.func private @eoq_pack_parts_F(%src: memref<?x!T>, %dst: memref<?x!A>, %at: index, %plane: index, %pixel_step: index, %set: index, %parts: index, %bands: index, %band_step: index, %h: index, %w: index, %c: index, %channel0: index, %channels: index, %block: index, %y: index, %column: index, %column_step: index, %width: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c16 = arith.constant 16 : index
  %lanes = call @eoq_lanes_F() : () -> index
  %part0 = arith.muli %set, %lanes : index
  %part1 = arith.addi %part0, %c1 : index
  %part2 = arith.addi %part0, %c2 : index
  %part3 = arith.addi %part0, %c3 : index
  %row0, %there0 = call @eoq_part_row(%part0, %parts, %bands, %band_step, %h, %y) : (index, index, index, index, index, index) -> (index, index)
  %row1, %there1 = call @eoq_part_row(%part1, %parts, %bands, %band_step, %h, %y) : (index, index, index, index, index, index) -> (index, index)
  %row2, %there2 = call @eoq_part_row(%part2, %parts, %bands, %band_step, %h, %y) : (index, index, index, index, index, index) -> (index, index)
  %row3, %there3 = call @eoq_part_row(%part3, %parts, %bands, %band_step, %h, %y) : (index, index, index, index, index, index) -> (index, index)
  // Pixels [first, end) are inside.
  %step_1 = arith.subi %column_step, %c1 : index
  %negated = arith.subi %c0, %column : index
  %missing = arith.maxsi %negated, %c0 : index
  %missing_up = arith.addi %missing, %step_1 : index
  %missing_pixels = arith.divui %missing_up, %column_step : index
  %first = arith.minsi %missing_pixels, %width : index
  %right = arith.subi %w, %column : index
  %reach = arith.maxsi %right, %c0 : index
  %reach_up = arith.addi %reach, %step_1 : index
  %reach_pixels = arith.divui %reach_up, %column_step : index
  %end0 = arith.minsi %reach_pixels, %width : index
  %end = arith.maxsi %end0, %first : index
  %row_size = arith.muli %w, %c : index
  %left = arith.muli %column, %c : index
  %origin = arith.addi %left, %channel0 : index
  %r0 = arith.muli %row0, %row_size : index
  %r1 = arith.muli %row1, %row_size : index
  %r2 = arith.muli %row2, %row_size : index
  %r3 = arith.muli %row3, %row_size : index
  %s0 = arith.addi %r0, %origin : index
  %s1 = arith.addi %r1, %origin : index
  %s2 = arith.addi %r2, %origin : index
  %s3 = arith.addi %r3, %origin : index
  %s01 = arith.maxsi %s0, %s1 : index
  %s23 = arith.maxsi %s2, %s3 : index
  %s_last = arith.maxsi %s01, %s23 : index
  %pixel = arith.muli %column_step, %c : index
  %size = memref.dim %src, %c0 : memref<?x!T>
  %wide = arith.cmpi eq, %block, %c16 : index
  %block_size = arith.muli %block, %lanes : index
  // One block of all channels, and pixels without gaps: the row is one run.
  %dense_size = arith.muli %c, %lanes : index
  %dense0 = arith.cmpi eq, %dense_size, %pixel_step : index
  %dense1 = arith.cmpi eq, %channels, %c : index
  %dense2 = arith.cmpi eq, %column_step, %c1 : index
  %dense3 = arith.cmpi ule, %channels, %block : index
  %dense01 = arith.andi %dense0, %dense1 : i1
  %dense23 = arith.andi %dense2, %dense3 : i1
  %dense = arith.andi %dense01, %dense23 : i1
  scf.for %k = %c0 to %channels step %block {
    %number = arith.divui %k, %block : index
    %shift = arith.muli %number, %plane : index
    %t = arith.addi %at, %shift : index
    %rest = arith.subi %channels, %k : index
    func.call @eoq_clear_pixels_F(%dst, %t, %pixel_step, %block_size, %c0, %first) : (memref<?x!A>, index, index, index, index, index) -> ()
    func.call @eoq_clear_pixels_F(%dst, %t, %pixel_step, %block_size, %end, %width) : (memref<?x!A>, index, index, index, index, index) -> ()
    scf.if %dense {
      %pixels = arith.subi %end, %first : index
      %length = arith.muli %pixels, %c : index
      %before = arith.muli %first, %c : index
      %f0 = arith.addi %s0, %before : index
      %f1 = arith.addi %s1, %before : index
      %f2 = arith.addi %s2, %before : index
      %f3 = arith.addi %s3, %before : index
      %skipped = arith.muli %first, %pixel_step : index
      %to = arith.addi %t, %skipped : index
      %long = arith.cmpi sge, %length, %c16 : index
      scf.if %long {
        %m0 = func.call @eoq_lane_mask_T(%there0) : (index) -> !M
        %m1 = func.call @eoq_lane_mask_T(%there1) : (index) -> !M
        %m2 = func.call @eoq_lane_mask_T(%there2) : (index) -> !M
        %m3 = func.call @eoq_lane_mask_T(%there3) : (index) -> !M
        %last = arith.subi %length, %c16 : index
        scf.for %i = %c0 to %length step %c16 {
          // The last step may repeat some of what is done.
          %j = arith.minsi %i, %last : index
          %i0 = arith.addi %f0, %j : index
          %i1 = arith.addi %f1, %j : index
          %i2 = arith.addi %f2, %j : index
          %i3 = arith.addi %f3, %j : index
          %v = func.call @eoq_load_parts_F(%src, %i0, %i1, %i2, %i3, %m0, %m1, %m2, %m3) : (memref<?x!T>, index, index, index, index, !M, !M, !M, !M) -> !V
          %jl = arith.muli %j, %lanes : index
          %o = arith.addi %to, %jl : index
          vector.store %v, %dst[%o] : memref<?x!A>, !V
        }
      } else {
        func.call @eoq_pack_few_F(%src, %dst, %to, %f0, %f1, %f2, %f3, %there0, %there1, %there2, %there3, %c16, %length) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index, index, index) -> ()
      }
    } else {
      // The last pixels may not be read as whole vectors: they end the tensor.
      %f_last0 = arith.addi %s_last, %k : index
      %f_last = arith.addi %f_last0, %c16 : index
      %room0 = arith.subi %size, %f_last : index
      %room1 = arith.addi %room0, %pixel : index
      %room = arith.maxsi %room1, %c0 : index
      %fitting = arith.divui %room, %pixel : index
      %safe0 = arith.minsi %fitting, %end : index
      %safe1 = arith.maxsi %safe0, %first : index
      %safe = arith.select %wide, %safe1, %first : index
      %f0 = arith.addi %s0, %k : index
      %f1 = arith.addi %s1, %k : index
      %f2 = arith.addi %s2, %k : index
      %f3 = arith.addi %s3, %k : index
      %n0 = arith.minsi %there0, %rest : index
      %n1 = arith.minsi %there1, %rest : index
      %n2 = arith.minsi %there2, %rest : index
      %n3 = arith.minsi %there3, %rest : index
      %m0 = func.call @eoq_lane_mask_T(%n0) : (index) -> !M
      %m1 = func.call @eoq_lane_mask_T(%n1) : (index) -> !M
      %m2 = func.call @eoq_lane_mask_T(%n2) : (index) -> !M
      %m3 = func.call @eoq_lane_mask_T(%n3) : (index) -> !M
      scf.for %j = %first to %safe step %c1 {
        %jp = arith.muli %j, %pixel : index
        %i0 = arith.addi %f0, %jp : index
        %i1 = arith.addi %f1, %jp : index
        %i2 = arith.addi %f2, %jp : index
        %i3 = arith.addi %f3, %jp : index
        %v = func.call @eoq_load_parts_F(%src, %i0, %i1, %i2, %i3, %m0, %m1, %m2, %m3) : (memref<?x!T>, index, index, index, index, !M, !M, !M, !M) -> !V
        %jo = arith.muli %j, %pixel_step : index
        %o = arith.addi %t, %jo : index
        vector.store %v, %dst[%o] : memref<?x!A>, !V
      }
      scf.for %j = %safe to %end step %c1 {
        %jp = arith.muli %j, %pixel : index
        %i0 = arith.addi %f0, %jp : index
        %i1 = arith.addi %f1, %jp : index
        %i2 = arith.addi %f2, %jp : index
        %i3 = arith.addi %f3, %jp : index
        %jo = arith.muli %j, %pixel_step : index
        %o = arith.addi %t, %jo : index
        func.call @eoq_pack_few_F(%src, %dst, %o, %i0, %i1, %i2, %i3, %there0, %there1, %there2, %there3, %rest, %block) : (memref<?x!T>, memref<?x!A>, index, index, index, index, index, index, index, index, index, index, index) -> ()
      }
    }
  }
  return
}

// 16 elements at four places, without those that the masks cut off.
func.func private @eoq_load_parts_F(%src: memref<?x!T>, %i0: index, %i1: index, %i2: index, %i3: index, %m0: !M, %m1: !M, %m2: !M, %m3: !M) -> !V {
  %p0 = vector.load %src[%i0] : memref<?x!T>, vector<16x!T>
  %p1 = vector.load %src[%i1] : memref<?x!T>, vector<16x!T>
  %p2 = vector.load %src[%i2] : memref<?x!T>, vector<16x!T>
  %p3 = vector.load %src[%i3] : memref<?x!T>, vector<16x!T>
  %q0 = call @eoq_keep_T(%p0, %m0) : (vector<16x!T>, !M) -> vector<16x!T>
  %q1 = call @eoq_keep_T(%p1, %m1) : (vector<16x!T>, !M) -> vector<16x!T>
  %q2 = call @eoq_keep_T(%p2, %m2) : (vector<16x!T>, !M) -> vector<16x!T>
  %q3 = call @eoq_keep_T(%p3, %m3) : (vector<16x!T>, !M) -> vector<16x!T>
  %v = call @eoq_interleave_F(%q0, %q1, %q2, %q3) : (vector<16x!T>, vector<16x!T>, vector<16x!T>, vector<16x!T>) -> !V
  return %v : !V
}

// One by one: `count` elements, zeros from `most` on and for lanes that are not
// there.
func.func private @eoq_pack_few_F(%src: memref<?x!T>, %dst: memref<?x!A>, %to: index, %f0: index, %f1: index, %f2: index, %f3: index, %there0: index, %there1: index, %there2: index, %there3: index, %most: index, %count: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %zero = call @eoq_zero_T() : () -> !T
  %lanes = call @eoq_lanes_F() : () -> index
  scf.for %lane = %c0 to %lanes step %c1 {
    %high = arith.cmpi sge, %lane, %c2 : index
    %bit = arith.remui %lane, %c2 : index
    %odd = arith.cmpi eq, %bit, %c1 : index
    %f01 = arith.select %odd, %f1, %f0 : index
    %f23 = arith.select %odd, %f3, %f2 : index
    %from = arith.select %high, %f23, %f01 : index
    %there01 = arith.select %odd, %there1, %there0 : index
    %there23 = arith.select %odd, %there3, %there2 : index
    %there = arith.select %high, %there23, %there01 : index
    %is_there = arith.cmpi ne, %there, %c0 : index
    scf.for %i = %c0 to %count step %c1 {
      %has = arith.cmpi slt, %i, %most : index
      %reads = arith.andi %has, %is_there : i1
      %q = scf.if %reads -> (!T) {
        %f = arith.addi %from, %i : index
        %x = memref.load %src[%f] : memref<?x!T>
        scf.yield %x : !T
      } else {
        scf.yield %zero : !T
      }
      %v = func.call @eoq_element_F(%q) : (!T) -> !A
      %il = arith.muli %i, %lanes : index
      %ol = arith.addi %il, %lane : index
      %o = arith.addi %to, %ol : index
      memref.store %v, %dst[%o] : memref<?x!A>
    }
  }
  return
}

// Zeros for pixels [first, end), each of `size` elements.
func.func private @eoq_clear_pixels_F(%dst: memref<?x!A>, %at: index, %pixel_step: index, %size: index, %first: index, %end: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero_in = call @eoq_zero_T() : () -> !T
  %zero = call @eoq_element_F(%zero_in) : (!T) -> !A
  scf.for %j = %first to %end step %c1 {
    %jo = arith.muli %j, %pixel_step : index
    %o = arith.addi %at, %jo : index
    scf.for %i = %c0 to %size step %c1 {
      %p = arith.addi %o, %i : index
      memref.store %zero, %dst[%p] : memref<?x!A>
    }
  }
  return
}
