//===- GradWeightPackF32.mlir - operands of weight gradients, f32 ---------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// As eoq_pack_input_row_i8, for one image: planes of [height][width][block].
func.func private @eoq_pack_input_row_f32(%src: memref<?xf32>, %dst: memref<?xf32>, %at: index, %plane: index, %pair: index, %n: index, %h: index, %w: index, %c: index, %block: index, %y: index, %column: index, %width: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %down = arith.cmpi sge, %y, %c0 : index
  %up = arith.cmpi slt, %y, %h : index
  %row_inside = arith.andi %down, %up : i1
  %image = arith.muli %pair, %h : index
  %row = arith.addi %image, %y : index
  %first = arith.muli %row, %w : index
  scf.for %j = %c0 to %width step %c1 {
    %x = arith.addi %column, %j : index
    %right = arith.cmpi sge, %x, %c0 : index
    %left = arith.cmpi slt, %x, %w : index
    %column_inside = arith.andi %right, %left : i1
    %inside = arith.andi %row_inside, %column_inside : i1
    %pixel = arith.muli %j, %block : index
    %to = arith.addi %at, %pixel : index
    %p = arith.addi %first, %x : index
    %s = arith.muli %p, %c : index
    scf.for %channel = %c0 to %c step %block {
      %number = arith.divui %channel, %block : index
      %shift = arith.muli %number, %plane : index
      %t = arith.addi %to, %shift : index
      %rest = arith.subi %c, %channel : index
      %count = arith.minsi %rest, %block : index
      %from = arith.addi %s, %channel : index
      scf.if %inside {
        scf.for %k = %c0 to %count step %c1 {
          %i = arith.addi %from, %k : index
          %o = arith.addi %t, %k : index
          %q = memref.load %src[%i] : memref<?xf32>
          memref.store %q, %dst[%o] : memref<?xf32>
        }
      } else {
        scf.for %k = %c0 to %count step %c1 {
          %o = arith.addi %t, %k : index
          memref.store %zero, %dst[%o] : memref<?xf32>
        }
      }
    }
  }
  return
}

func.func private @eoq_pack_error_row_f32(%src: memref<?xf32>, %dst: memref<?xf32>, %pair: index, %n: index, %oh: index, %ow: index, %o: index, %groups: index, %y: index, %position: index, %position_step: index, %panel_size: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant 0.0 : f32
  %columns = arith.divui %o, %groups : index
  %columns_up = arith.addi %columns, %c15 : index
  %panels = arith.divui %columns_up, %c16 : index
  %image = arith.muli %pair, %oh : index
  %row = arith.addi %image, %y : index
  %first = arith.muli %row, %ow : index
  scf.for %x = %c0 to %ow step %c1 {
    %pixel = arith.addi %first, %x : index
    %s = arith.muli %pixel, %o : index
    %step = arith.muli %x, %position_step : index
    %place = arith.addi %position, %step : index
    %to = arith.muli %place, %c16 : index
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
        %from = arith.addi %s, %offset : index
        scf.if %full {
          %q = vector.load %src[%from] : memref<?xf32>, vector<16xf32>
          vector.store %q, %dst[%t] : memref<?xf32>, vector<16xf32>
        } else {
          scf.for %k = %c0 to %c16 step %c1 {
            %there = arith.cmpi slt, %k, %rest : index
            %q = scf.if %there -> (f32) {
              %i = arith.addi %from, %k : index
              %v = memref.load %src[%i] : memref<?xf32>
              scf.yield %v : f32
            } else {
              scf.yield %zero : f32
            }
            %o0 = arith.addi %t, %k : index
            memref.store %q, %dst[%o0] : memref<?xf32>
          }
        }
      }
    }
  }
  return
}
