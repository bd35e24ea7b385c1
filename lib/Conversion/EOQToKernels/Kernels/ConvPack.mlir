//===- ConvPack.mlir - operands of convolutions in the order of the product -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: N,T,A = i8,i8,i16 f32,f32,f32 u7,i8,i8 s8,i8,i8
!T = i8
!A = i16

// Zeros: dst[at, at + count).
func.func private @eoq_clear_N(%dst: memref<?x!A>, %at: index, %count: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %none = call @eoq_zero_T() : () -> !T
  %zero = call @eoq_operand_N(%none) : (!T) -> !A
  scf.for %j = %c0 to %count step %c1 {
    %i = arith.addi %at, %j : index
    memref.store %zero, %dst[%i] : memref<?x!A>
  }
  return
}

// One row of an image, `width` pixels from column `column` (which may be
// negative) of row `y` of image `b`, with zeros outside of the image. Pixels
// get `padded` >= c channels.
func.func private @eoq_pad_row_N(%src: memref<?x!T>, %dst: memref<?x!A>, %at: index, %b: index, %h: index, %w: index, %c: index, %padded: index, %y: index, %column: index, %width: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %size = arith.muli %width, %padded : index
  %down = arith.cmpi sge, %y, %c0 : index
  %up = arith.cmpi slt, %y, %h : index
  %inside = arith.andi %down, %up : i1
  scf.if %inside {
    %negated = arith.subi %c0, %column : index
    %missing = arith.maxsi %negated, %c0 : index
    %left = arith.minsi %missing, %width : index
    %from = arith.maxsi %column, %c0 : index
    %there = arith.subi %w, %from : index
    %room = arith.subi %width, %left : index
    %fitting = arith.minsi %there, %room : index
    %count = arith.maxsi %fitting, %c0 : index
    %image = arith.muli %b, %h : index
    %row = arith.addi %image, %y : index
    %row_first = arith.muli %row, %w : index
    %pixel = arith.addi %row_first, %from : index
    %source = arith.muli %pixel, %c : index
    %before = arith.muli %left, %padded : index
    %target = arith.addi %at, %before : index
    func.call @eoq_clear_N(%dst, %at, %before) : (memref<?x!A>, index, index) -> ()
    %dense = arith.cmpi eq, %c, %padded : index
    scf.if %dense {
      %length = arith.muli %count, %c : index
      scf.for %j = %c0 to %length step %c1 {
        %i = arith.addi %source, %j : index
        %o = arith.addi %target, %j : index
        %q = memref.load %src[%i] : memref<?x!T>
        %v = func.call @eoq_operand_N(%q) : (!T) -> !A
        memref.store %v, %dst[%o] : memref<?x!A>
      }
    } else {
      %more = arith.subi %padded, %c : index
      scf.for %p = %c0 to %count step %c1 {
        %s = arith.muli %p, %c : index
        %t = arith.muli %p, %padded : index
        %s0 = arith.addi %source, %s : index
        %t0 = arith.addi %target, %t : index
        scf.for %j = %c0 to %c step %c1 {
          %i = arith.addi %s0, %j : index
          %o = arith.addi %t0, %j : index
          %q = memref.load %src[%i] : memref<?x!T>
          %v = func.call @eoq_operand_N(%q) : (!T) -> !A
          memref.store %v, %dst[%o] : memref<?x!A>
        }
        %t1 = arith.addi %t0, %c : index
        func.call @eoq_clear_N(%dst, %t1, %more) : (memref<?x!A>, index, index) -> ()
      }
    }
    %done = arith.muli %count, %padded : index
    %after = arith.addi %target, %done : index
    %rest0 = arith.subi %size, %before : index
    %rest = arith.subi %rest0, %done : index
    func.call @eoq_clear_N(%dst, %after, %rest) : (memref<?x!A>, index, index) -> ()
  } else {
    func.call @eoq_clear_N(%dst, %at, %size) : (memref<?x!A>, index, index) -> ()
  }
  return
}

// Weights as panels [groups][columns / 16][k / pair][16][pair] with zeros where
// there is none. Column n, element k and tap (y, x) of group g come from
// w[g * s_g + n * s_n + k * s_k + (h0 + y * h_step) * kw + w0 + x * w_step], and
// go to row y * tap_h + x * tap_w + k of the panel.
func.func private @eoq_pack_weights_N(%w: memref<?x!T>, %b: memref<?x!T>, %b_at: index, %groups: index, %columns: index, %ks: index, %s_g: index, %s_n: index, %s_k: index, %kw: index, %h0: index, %h_step: index, %th: index, %w0: index, %w_step: index, %tw: index, %tap_h: index, %tap_w: index, %panel_size: index, %pair: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %c256 = arith.constant 256 : index
  %zero = call @eoq_zero_T() : () -> !T
  %up = arith.addi %columns, %c15 : index
  %panels = arith.divui %up, %c16 : index
  %row_size = arith.muli %c16, %pair : index
  // Columns or elements are the taps of one kernel apart.
  %taps = arith.minsi %s_n, %s_k : index
  %tap_lane = arith.remui %tap_w, %pair : index
  %even = arith.cmpi eq, %tap_lane, %c0 : index
  %few = arith.cmpi sle, %taps, %c256 : index
  %aligned = arith.andi %even, %few : i1
  scf.parallel (%g, %p) = (%c0, %c0) to (%groups, %panels) step (%c1, %c1) {
    %number0 = arith.muli %g, %panels : index
    %number = arith.addi %number0, %p : index
    %panel0 = arith.muli %number, %panel_size : index
    %panel = arith.addi %b_at, %panel0 : index
    %n0 = arith.muli %p, %c16 : index
    %left = arith.subi %columns, %n0 : index
    %count = arith.minsi %left, %c16 : index
    %wg = arith.muli %g, %s_g : index
    %wn = arith.muli %n0, %s_n : index
    %w_first = arith.addi %wg, %wn : index
    %whole = arith.cmpi eq, %count, %c16 : index
    %fast = arith.andi %whole, %aligned : i1
    scf.if %fast {
      func.call @eoq_pack_panel_N(%w, %b, %panel, %w_first, %ks, %s_n, %s_k, %taps, %kw, %h0, %h_step, %th, %w0, %w_step, %tw, %tap_h, %tap_w) : (memref<?x!T>, memref<?x!T>, index, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> ()
    } else {
      scf.for %j = %c0 to %panel_size step %c1 {
        %i = arith.addi %panel, %j : index
        memref.store %zero, %b[%i] : memref<?x!T>
      }
      scf.for %y = %c0 to %th step %c1 {
        %hy0 = arith.muli %y, %h_step : index
        %hy = arith.addi %h0, %hy0 : index
        %hrow = arith.muli %hy, %kw : index
        %ky = arith.muli %y, %tap_h : index
        scf.for %x = %c0 to %tw step %c1 {
          %wx0 = arith.muli %x, %w_step : index
          %wx = arith.addi %w0, %wx0 : index
          %tap = arith.addi %hrow, %wx : index
          %w_tap = arith.addi %w_first, %tap : index
          %kx0 = arith.muli %x, %tap_w : index
          %kx = arith.addi %ky, %kx0 : index
          scf.for %k = %c0 to %ks step %c1 {
            %sk = arith.muli %k, %s_k : index
            %from = arith.addi %w_tap, %sk : index
            %kk = arith.addi %kx, %k : index
            %line = arith.divui %kk, %pair : index
            %lane = arith.remui %kk, %pair : index
            %line0 = arith.muli %line, %row_size : index
            %to0 = arith.addi %panel, %line0 : index
            %to = arith.addi %to0, %lane : index
            scf.for %j = %c0 to %count step %c1 {
              %sj = arith.muli %j, %s_n : index
              %i = arith.addi %from, %sj : index
              %tj = arith.muli %j, %pair : index
              %o = arith.addi %to, %tj : index
              %q = memref.load %w[%i] : memref<?x!T>
              memref.store %q, %b[%o] : memref<?x!T>
            }
          }
        }
      }
    }
  }
  return
}
