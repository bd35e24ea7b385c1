//===- GradWeightPack.mlir - operands of weight gradients in the order of the product -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Images 2 * pair and 2 * pair + 1 with zeros around, their pixels interleaved:
// row y of a chunk as [c / block] planes of [height][width][block][2].
func.func private @eoq_pack_input_row_i8(%src: memref<?xi8>, %dst: memref<?xi16>, %at: index, %plane: index, %pair: index, %n: index, %h: index, %w: index, %c: index, %block: index, %y: index, %column: index, %width: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0 : i16
  %zeros8 = arith.constant dense<0> : vector<16xi8>
  %zeros = arith.constant dense<0> : vector<32xi16>
  %b0 = arith.muli %pair, %c2 : index
  %b1 = arith.addi %b0, %c1 : index
  %two = arith.cmpi slt, %b1, %n : index
  %pixel_size = arith.muli %block, %c2 : index
  %down = arith.cmpi sge, %y, %c0 : index
  %up = arith.cmpi slt, %y, %h : index
  %row_inside = arith.andi %down, %up : i1
  %image0 = arith.muli %b0, %h : index
  %image1 = arith.muli %b1, %h : index
  %row0 = arith.addi %image0, %y : index
  %row1 = arith.addi %image1, %y : index
  %first0 = arith.muli %row0, %w : index
  %first1 = arith.muli %row1, %w : index
  scf.for %j = %c0 to %width step %c1 {
    %x = arith.addi %column, %j : index
    %right = arith.cmpi sge, %x, %c0 : index
    %left = arith.cmpi slt, %x, %w : index
    %column_inside = arith.andi %right, %left : i1
    %inside = arith.andi %row_inside, %column_inside : i1
    %pixel = arith.muli %j, %pixel_size : index
    %to = arith.addi %at, %pixel : index
    %p0 = arith.addi %first0, %x : index
    %p1 = arith.addi %first1, %x : index
    %s0 = arith.muli %p0, %c : index
    %s1 = arith.muli %p1, %c : index
    scf.for %channel = %c0 to %c step %block {
      %number = arith.divui %channel, %block : index
      %shift = arith.muli %number, %plane : index
      %t = arith.addi %to, %shift : index
      %rest = arith.subi %c, %channel : index
      %full = arith.cmpi sge, %rest, %c16 : index
      %from0 = arith.addi %s0, %channel : index
      %from1 = arith.addi %s1, %channel : index
      scf.if %full {
        %both = scf.if %inside -> (vector<32xi16>) {
          %q0 = vector.load %src[%from0] : memref<?xi8>, vector<16xi8>
          %q1 = scf.if %two -> (vector<16xi8>) {
            %q = vector.load %src[%from1] : memref<?xi8>, vector<16xi8>
            scf.yield %q : vector<16xi8>
          } else {
            scf.yield %zeros8 : vector<16xi8>
          }
          %v0 = arith.extsi %q0 : vector<16xi8> to vector<16xi16>
          %v1 = arith.extsi %q1 : vector<16xi8> to vector<16xi16>
          %v = vector.interleave %v0, %v1 : vector<16xi16> -> vector<32xi16>
          scf.yield %v : vector<32xi16>
        } else {
          scf.yield %zeros : vector<32xi16>
        }
        vector.store %both, %dst[%t] : memref<?xi16>, vector<32xi16>
      } else {
        %count = arith.minsi %rest, %block : index
        scf.for %k = %c0 to %count step %c1 {
          %v0, %v1 = scf.if %inside -> (i16, i16) {
            %i0 = arith.addi %from0, %k : index
            %q0 = memref.load %src[%i0] : memref<?xi8>
            %w0 = arith.extsi %q0 : i8 to i16
            %w1 = scf.if %two -> (i16) {
              %i1 = arith.addi %from1, %k : index
              %q1 = memref.load %src[%i1] : memref<?xi8>
              %w2 = arith.extsi %q1 : i8 to i16
              scf.yield %w2 : i16
            } else {
              scf.yield %zero : i16
            }
            scf.yield %w0, %w1 : i16, i16
          } else {
            scf.yield %zero, %zero : i16, i16
          }
          %lane = arith.muli %k, %c2 : index
          %o0 = arith.addi %t, %lane : index
          %o1 = arith.addi %o0, %c1 : index
          memref.store %v0, %dst[%o0] : memref<?xi16>
          memref.store %v1, %dst[%o1] : memref<?xi16>
        }
      }
    }
  }
  return
}

// One row of grad_output of two images as panels [groups][columns / 16], each
// with [16][2] at its position of the pixel.
func.func private @eoq_pack_error_row_i8(%src: memref<?xi8>, %dst: memref<?xi8>, %pair: index, %n: index, %oh: index, %ow: index, %o: index, %groups: index, %y: index, %position: index, %position_step: index, %panel_size: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %zero = arith.constant 0 : i8
  %zeros = arith.constant dense<0> : vector<16xi8>
  %b0 = arith.muli %pair, %c2 : index
  %b1 = arith.addi %b0, %c1 : index
  %two = arith.cmpi slt, %b1, %n : index
  %columns = arith.divui %o, %groups : index
  %columns_up = arith.addi %columns, %c15 : index
  %panels = arith.divui %columns_up, %c16 : index
  %image0 = arith.muli %b0, %oh : index
  %image1 = arith.muli %b1, %oh : index
  %row0 = arith.addi %image0, %y : index
  %row1 = arith.addi %image1, %y : index
  %first0 = arith.muli %row0, %ow : index
  %first1 = arith.muli %row1, %ow : index
  scf.for %x = %c0 to %ow step %c1 {
    %p0 = arith.addi %first0, %x : index
    %p1 = arith.addi %first1, %x : index
    %s0 = arith.muli %p0, %o : index
    %s1 = arith.muli %p1, %o : index
    %step = arith.muli %x, %position_step : index
    %place = arith.addi %position, %step : index
    %to = arith.muli %place, %c32 : index
    scf.for %g = %c0 to %groups step %c1 {
      %group = arith.muli %g, %columns : index
      scf.for %p = %c0 to %panels step %c1 {
        %number0 = arith.muli %g, %panels : index
        %number = arith.addi %number0, %p : index
        %panel = arith.muli %number, %panel_size : index
        %t = arith.addi %panel, %to : index
        %column = arith.muli %p, %c16 : index
        %rest = arith.subi %columns, %column : index
        %full = arith.cmpi sge, %rest, %c16 : index
        %offset = arith.addi %group, %column : index
        %from0 = arith.addi %s0, %offset : index
        %from1 = arith.addi %s1, %offset : index
        scf.if %full {
          %q0 = vector.load %src[%from0] : memref<?xi8>, vector<16xi8>
          %q1 = scf.if %two -> (vector<16xi8>) {
            %q = vector.load %src[%from1] : memref<?xi8>, vector<16xi8>
            scf.yield %q : vector<16xi8>
          } else {
            scf.yield %zeros : vector<16xi8>
          }
          %v = vector.interleave %q0, %q1 : vector<16xi8> -> vector<32xi8>
          vector.store %v, %dst[%t] : memref<?xi8>, vector<32xi8>
        } else {
          scf.for %k = %c0 to %c16 step %c1 {
            %there = arith.cmpi slt, %k, %rest : index
            %both = arith.andi %there, %two : i1
            %q0 = scf.if %there -> (i8) {
              %i = arith.addi %from0, %k : index
              %q = memref.load %src[%i] : memref<?xi8>
              scf.yield %q : i8
            } else {
              scf.yield %zero : i8
            }
            %q1 = scf.if %both -> (i8) {
              %i = arith.addi %from1, %k : index
              %q = memref.load %src[%i] : memref<?xi8>
              scf.yield %q : i8
            } else {
              scf.yield %zero : i8
            }
            %lane = arith.muli %k, %c2 : index
            %o0 = arith.addi %t, %lane : index
            %o1 = arith.addi %o0, %c1 : index
            memref.store %q0, %dst[%o0] : memref<?xi8>
            memref.store %q1, %dst[%o1] : memref<?xi8>
          }
        }
      }
    }
  }
  return
}
