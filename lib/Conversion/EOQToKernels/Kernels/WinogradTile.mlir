//===- WinogradTile.mlir - transforms of a tile of windows ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The products and transforms of Winograd.mlir. A transform is made of two: of the
// columns of the 6x6 (or 3x3) places, then, in place or not, of the rows.

//===- Weights ------------------------------------------------------------===//

// The panels of eoq_pack_weights_i8 (at b_at; a tap has `ks` rows, an even number)
// become 36 sets of panels [panels][ks / 2][16][2], one for each place of a tile,
// `place` apart.
func.func private @eoq_winograd_weights(%b: memref<?xi8>, %u: memref<?xi16>, %b_at: index, %panels: index, %panel_size: index, %ks: index, %place: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %c16 = arith.constant 16 : index
  %tap = arith.muli %ks, %c16 : index
  %place_row = arith.muli %place, %c6 : index
  scf.parallel (%p) = (%c0) to (%panels) step (%c1) {
    %from0 = arith.muli %p, %panel_size : index
    %from = arith.addi %from0, %b_at : index
    %to_panel = arith.muli %p, %tap : index
    scf.for %y = %c0 to %c6 step %c1 {
      %to_y = arith.muli %y, %place_row : index
      %to = arith.addi %to_panel, %to_y : index
      func.call @eoq_winograd_panel_row(%b, %from, %u, %to, %tap, %place, %y) : (memref<?xi8>, index, memref<?xi16>, index, index, index, index) -> ()
    }
  }
  return
}

// Row y of the places of one of the panels, whose taps have `tap` elements.
func.func private @eoq_winograd_panel_row(%b: memref<?xi8>, %from: index, %u: memref<?xi16>, %to: index, %tap: index, %place: index, %y: index) {
  %c0 = arith.constant 0 : index
  %c32 = arith.constant 32 : index
  // G (see eoq_tile_weights).
  %by0 = arith.constant dense<[1, 1, 1, 1, 1, 0]> : vector<6xi16>
  %by1 = arith.constant dense<[0, 1, -1, 2, -2, 0]> : vector<6xi16>
  %by2 = arith.constant dense<[0, 1, 1, 4, 4, 1]> : vector<6xi16>
  %s0 = vector.extractelement %by0[%y : index] : vector<6xi16>
  %s1 = vector.extractelement %by1[%y : index] : vector<6xi16>
  %s2 = vector.extractelement %by2[%y : index] : vector<6xi16>
  %f0 = vector.broadcast %s0 : i16 to vector<32xi16>
  %f1 = vector.broadcast %s1 : i16 to vector<32xi16>
  %f2 = vector.broadcast %s2 : i16 to vector<32xi16>
  scf.for %k = %c0 to %tap step %c32 {
    %at0 = arith.addi %from, %k : index
    %at1 = arith.addi %at0, %tap : index
    %at2 = arith.addi %at1, %tap : index
    %g0 = func.call @eoq_tile_taps(%b, %at0, %tap, %f0, %f1, %f2) : (memref<?xi8>, index, index, vector<32xi16>, vector<32xi16>, vector<32xi16>) -> vector<32xi16>
    %g1 = func.call @eoq_tile_taps(%b, %at1, %tap, %f0, %f1, %f2) : (memref<?xi8>, index, index, vector<32xi16>, vector<32xi16>, vector<32xi16>) -> vector<32xi16>
    %g2 = func.call @eoq_tile_taps(%b, %at2, %tap, %f0, %f1, %f2) : (memref<?xi8>, index, index, vector<32xi16>, vector<32xi16>, vector<32xi16>) -> vector<32xi16>
    %to_k = arith.addi %to, %k : index
    func.call @eoq_tile_weights(%g0, %g1, %g2, %u, %to_k, %place) : (vector<32xi16>, vector<32xi16>, vector<32xi16>, memref<?xi16>, index, index) -> ()
  }
  return
}

// The sum of a column of three taps, times a row of G.
func.func private @eoq_tile_taps(%b: memref<?xi8>, %at0: index, %tap: index, %f0: vector<32xi16>, %f1: vector<32xi16>, %f2: vector<32xi16>) -> vector<32xi16> {
  %c3 = arith.constant 3 : index
  %tap_row = arith.muli %tap, %c3 : index
  %at1 = arith.addi %at0, %tap_row : index
  %at2 = arith.addi %at1, %tap_row : index
  %q0 = vector.load %b[%at0] : memref<?xi8>, vector<32xi8>
  %q1 = vector.load %b[%at1] : memref<?xi8>, vector<32xi8>
  %q2 = vector.load %b[%at2] : memref<?xi8>, vector<32xi8>
  %g0 = arith.extsi %q0 : vector<32xi8> to vector<32xi16>
  %g1 = arith.extsi %q1 : vector<32xi8> to vector<32xi16>
  %g2 = arith.extsi %q2 : vector<32xi8> to vector<32xi16>
  %m0 = arith.muli %g0, %f0 : vector<32xi16>
  %m1 = arith.muli %g1, %f1 : vector<32xi16>
  %m2 = arith.muli %g2, %f2 : vector<32xi16>
  %sum = arith.addi %m0, %m1 : vector<32xi16>
  %all = arith.addi %sum, %m2 : vector<32xi16>
  return %all : vector<32xi16>
}

// G g: (1 0 0, 1 1 1, 1 -1 1, 1 2 4, 1 -2 4, 0 0 1), stored `stride` apart.
func.func private @eoq_tile_weights(%g0: vector<32xi16>, %g1: vector<32xi16>, %g2: vector<32xi16>, %u: memref<?xi16>, %to0: index, %stride: index) {
  %one = arith.constant dense<1> : vector<32xi16>
  %two = arith.constant dense<2> : vector<32xi16>
  %s = arith.addi %g0, %g2 : vector<32xi16>
  %u1 = arith.addi %s, %g1 : vector<32xi16>
  %u2 = arith.subi %s, %g1 : vector<32xi16>
  %twice = arith.shli %g1, %one : vector<32xi16>
  %fourfold = arith.shli %g2, %two : vector<32xi16>
  %t = arith.addi %g0, %fourfold : vector<32xi16>
  %u3 = arith.addi %t, %twice : vector<32xi16>
  %u4 = arith.subi %t, %twice : vector<32xi16>
  %to1 = arith.addi %to0, %stride : index
  %to2 = arith.addi %to1, %stride : index
  %to3 = arith.addi %to2, %stride : index
  %to4 = arith.addi %to3, %stride : index
  %to5 = arith.addi %to4, %stride : index
  vector.store %g0, %u[%to0] : memref<?xi16>, vector<32xi16>
  vector.store %u1, %u[%to1] : memref<?xi16>, vector<32xi16>
  vector.store %u2, %u[%to2] : memref<?xi16>, vector<32xi16>
  vector.store %u3, %u[%to3] : memref<?xi16>, vector<32xi16>
  vector.store %u4, %u[%to4] : memref<?xi16>, vector<32xi16>
  vector.store %g2, %u[%to5] : memref<?xi16>, vector<32xi16>
  return
}

//===- Pixels -------------------------------------------------------------===//

// B d of all columns of pixels of a row of tiles, which neighbouring tiles share: 16
// channels of rows y to y + 5 and columns column0 to column0 + width, zeros outside of
// the image, become A [6][width][16].
func.func private @eoq_tile_columns(%src: memref<?xi8>, %a: memref<?xi16>, %a_at: index, %image: index, %y: index, %h: index, %w: index, %c: index, %channel: index, %column0: index, %width: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %c5 = arith.constant 5 : index
  %c16 = arith.constant 16 : index
  %zero = arith.constant dense<0> : vector<16xi16>
  %line = arith.muli %width, %c16 : index
  %size = arith.muli %h, %w : index
  %first = arith.muli %image, %size : index
  %at0, %kept0 = call @eoq_tile_row(%first, %y, %c0, %h, %w, %c, %channel) : (index, index, index, index, index, index, index) -> (index, vector<16xi16>)
  %at1, %kept1 = call @eoq_tile_row(%first, %y, %c1, %h, %w, %c, %channel) : (index, index, index, index, index, index, index) -> (index, vector<16xi16>)
  %at2, %kept2 = call @eoq_tile_row(%first, %y, %c2, %h, %w, %c, %channel) : (index, index, index, index, index, index, index) -> (index, vector<16xi16>)
  %at3, %kept3 = call @eoq_tile_row(%first, %y, %c3, %h, %w, %c, %channel) : (index, index, index, index, index, index, index) -> (index, vector<16xi16>)
  %at4, %kept4 = call @eoq_tile_row(%first, %y, %c4, %h, %w, %c, %channel) : (index, index, index, index, index, index, index) -> (index, vector<16xi16>)
  %at5, %kept5 = call @eoq_tile_row(%first, %y, %c5, %h, %w, %c, %channel) : (index, index, index, index, index, index, index) -> (index, vector<16xi16>)
  scf.for %x = %c0 to %width step %c1 {
    %to_x = arith.muli %x, %c16 : index
    %to = arith.addi %to_x, %a_at : index
    %column = arith.addi %column0, %x : index
    %inside = arith.cmpi ult, %column, %w : index
    scf.if %inside {
      %pixel = arith.muli %column, %c : index
      %d0 = func.call @eoq_tile_load(%src, %at0, %pixel, %kept0) : (memref<?xi8>, index, index, vector<16xi16>) -> vector<16xi16>
      %d1 = func.call @eoq_tile_load(%src, %at1, %pixel, %kept1) : (memref<?xi8>, index, index, vector<16xi16>) -> vector<16xi16>
      %d2 = func.call @eoq_tile_load(%src, %at2, %pixel, %kept2) : (memref<?xi8>, index, index, vector<16xi16>) -> vector<16xi16>
      %d3 = func.call @eoq_tile_load(%src, %at3, %pixel, %kept3) : (memref<?xi8>, index, index, vector<16xi16>) -> vector<16xi16>
      %d4 = func.call @eoq_tile_load(%src, %at4, %pixel, %kept4) : (memref<?xi8>, index, index, vector<16xi16>) -> vector<16xi16>
      %d5 = func.call @eoq_tile_load(%src, %at5, %pixel, %kept5) : (memref<?xi8>, index, index, vector<16xi16>) -> vector<16xi16>
      %v:6 = func.call @eoq_tile_places(%d0, %d1, %d2, %d3, %d4, %d5) : (vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>)
      func.call @eoq_tile_store_six(%a, %to, %line, %v#0, %v#1, %v#2, %v#3, %v#4, %v#5) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> ()
    } else {
      func.call @eoq_tile_store_six(%a, %to, %line, %zero, %zero, %zero, %zero, %zero, %zero) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> ()
    }
  }
  return
}

// Row y + i of an image whose first pixel is `first`, or another one where there is none:
// its element in `src`, and what remains of it, all or nothing.
func.func private @eoq_tile_row(%first: index, %y: index, %i: index, %h: index, %w: index, %c: index, %channel: index) -> (index, vector<16xi16>) {
  %c0 = arith.constant 0 : index
  %row = arith.addi %y, %i : index
  %exists = arith.cmpi ult, %row, %h : index
  %some = arith.select %exists, %row, %c0 : index
  %pixel0 = arith.muli %some, %w : index
  %pixel = arith.addi %pixel0, %first : index
  %at0 = arith.muli %pixel, %c : index
  %at = arith.addi %at0, %channel : index
  %word = arith.extsi %exists : i1 to i16
  %kept = vector.broadcast %word : i16 to vector<16xi16>
  return %at, %kept : index, vector<16xi16>
}

func.func private @eoq_tile_load(%src: memref<?xi8>, %row: index, %pixel: index, %kept: vector<16xi16>) -> vector<16xi16> {
  %at = arith.addi %row, %pixel : index
  %q = vector.load %src[%at] : memref<?xi8>, vector<16xi8>
  %d0 = arith.extsi %q : vector<16xi8> to vector<16xi16>
  %d = arith.andi %d0, %kept : vector<16xi16>
  return %d : vector<16xi16>
}

func.func private @eoq_tile_store_six(%a: memref<?xi16>, %to0: index, %stride: index, %v0: vector<16xi16>, %v1: vector<16xi16>, %v2: vector<16xi16>, %v3: vector<16xi16>, %v4: vector<16xi16>, %v5: vector<16xi16>) {
  %to1 = arith.addi %to0, %stride : index
  %to2 = arith.addi %to1, %stride : index
  %to3 = arith.addi %to2, %stride : index
  %to4 = arith.addi %to3, %stride : index
  %to5 = arith.addi %to4, %stride : index
  vector.store %v0, %a[%to0] : memref<?xi16>, vector<16xi16>
  vector.store %v1, %a[%to1] : memref<?xi16>, vector<16xi16>
  vector.store %v2, %a[%to2] : memref<?xi16>, vector<16xi16>
  vector.store %v3, %a[%to3] : memref<?xi16>, vector<16xi16>
  vector.store %v4, %a[%to4] : memref<?xi16>, vector<16xi16>
  vector.store %v5, %a[%to5] : memref<?xi16>, vector<16xi16>
  return
}

// B d of six vectors of A, `stride` apart.
func.func private @eoq_tile_line(%a: memref<?xi16>, %at0: index, %stride: index, %v: memref<?xi16>, %to: index, %to_stride: index) {
  %at1 = arith.addi %at0, %stride : index
  %at2 = arith.addi %at1, %stride : index
  %at3 = arith.addi %at2, %stride : index
  %at4 = arith.addi %at3, %stride : index
  %at5 = arith.addi %at4, %stride : index
  %d0 = vector.load %a[%at0] : memref<?xi16>, vector<16xi16>
  %d1 = vector.load %a[%at1] : memref<?xi16>, vector<16xi16>
  %d2 = vector.load %a[%at2] : memref<?xi16>, vector<16xi16>
  %d3 = vector.load %a[%at3] : memref<?xi16>, vector<16xi16>
  %d4 = vector.load %a[%at4] : memref<?xi16>, vector<16xi16>
  %d5 = vector.load %a[%at5] : memref<?xi16>, vector<16xi16>
  %v6:6 = call @eoq_tile_places(%d0, %d1, %d2, %d3, %d4, %d5) : (vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>)
  call @eoq_tile_store_six(%v, %to, %to_stride, %v6#0, %v6#1, %v6#2, %v6#3, %v6#4, %v6#5) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> ()
  return
}

// B d: (4 0 -5 0 1 0, 0 -4 -4 1 1 0, 0 4 -4 -1 1 0, 0 -2 -1 2 1 0, 0 2 -1 -2 1 0,
// 0 4 0 -5 0 1).
func.func private @eoq_tile_places(%d0: vector<16xi16>, %d1: vector<16xi16>, %d2: vector<16xi16>, %d3: vector<16xi16>, %d4: vector<16xi16>, %d5: vector<16xi16>) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>) {
  %one = arith.constant dense<1> : vector<16xi16>
  %two = arith.constant dense<2> : vector<16xi16>
  %five = arith.constant dense<5> : vector<16xi16>
  %e0 = arith.shli %d0, %two : vector<16xi16>
  %f2 = arith.muli %d2, %five : vector<16xi16>
  %g4 = arith.subi %d4, %f2 : vector<16xi16>
  %v0 = arith.addi %g4, %e0 : vector<16xi16>
  %p = arith.addi %d3, %d4 : vector<16xi16>
  %q = arith.addi %d1, %d2 : vector<16xi16>
  %q4 = arith.shli %q, %two : vector<16xi16>
  %v1 = arith.subi %p, %q4 : vector<16xi16>
  %r = arith.subi %d4, %d3 : vector<16xi16>
  %s = arith.subi %d1, %d2 : vector<16xi16>
  %s4 = arith.shli %s, %two : vector<16xi16>
  %v2 = arith.addi %r, %s4 : vector<16xi16>
  %t = arith.subi %d4, %d2 : vector<16xi16>
  %w = arith.subi %d3, %d1 : vector<16xi16>
  %w2 = arith.shli %w, %one : vector<16xi16>
  %v3 = arith.addi %t, %w2 : vector<16xi16>
  %v4 = arith.subi %t, %w2 : vector<16xi16>
  %e1 = arith.shli %d1, %two : vector<16xi16>
  %f3 = arith.muli %d3, %five : vector<16xi16>
  %g5 = arith.subi %d5, %f3 : vector<16xi16>
  %v5 = arith.addi %g5, %e1 : vector<16xi16>
  return %v0, %v1, %v2, %v3, %v4, %v5 : vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>, vector<16xi16>
}

//===- Products -----------------------------------------------------------===//

// At `places` places: `rows` rows of V times a panel of U [steps][16][2] make M
// [rows][36][16]. Four rows at a time, so that the sums and their operands keep to 16
// registers; up to three behind the last one are multiplied, too: V and M have room for
// them, and nobody reads what that makes.
func.func private @eoq_tile_products(%v: memref<?xi16>, %v_at: index, %v_group: index, %u: memref<?xi16>, %u_at: index, %u_place: index, %m: memref<?xi32>, %m_at: index, %places: index, %rows: index, %steps: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %tile_size = arith.constant 576 : index
  %c256 = arith.constant 256 : index
  %none = arith.constant dense<0> : vector<8xi32>
  %groups = arith.divui %steps, %c8 : index
  %rest = arith.remui %steps, %c8 : index
  %missing = arith.subi %c8, %rest : index
  %lane = arith.muli %missing, %c2 : index
  %u_full = arith.muli %groups, %c256 : index
  scf.for %p = %c0 to %places step %c1 {
    %at_p = arith.muli %p, %c16 : index
    %u_p = arith.muli %p, %u_place : index
    %v_first = arith.addi %v_at, %at_p : index
    %u_first = arith.addi %u_at, %u_p : index
    %u_rest = arith.addi %u_first, %u_full : index
    %m_first = arith.addi %m_at, %at_p : index
    scf.for %r = %c0 to %rows step %c4 {
      %at_r = arith.muli %r, %tile_size : index
      %v_row = arith.addi %v_first, %at_r : index
      %full:8 = scf.for %g = %c0 to %groups step %c1 iter_args(%g00 = %none, %g01 = %none, %g10 = %none, %g11 = %none, %g20 = %none, %g21 = %none, %g30 = %none, %g31 = %none) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %at_group = arith.muli %g, %v_group : index
        %v_pairs = arith.addi %v_row, %at_group : index
        %u_group = arith.muli %g, %c256 : index
        %u_pairs = arith.addi %u_first, %u_group : index
        %next:8 = func.call @eoq_tile_eight_steps(%v, %v_pairs, %tile_size, %c2, %u, %u_pairs, %g00, %g01, %g10, %g11, %g20, %g21, %g30, %g31) : (memref<?xi16>, index, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
        scf.yield %next#0, %next#1, %next#2, %next#3, %next#4, %next#5, %next#6, %next#7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      // The last group ends with the last channel.
      %at_rest = arith.muli %groups, %v_group : index
      %v_last = arith.addi %v_row, %at_rest : index
      %v_rest = arith.addi %v_last, %lane : index
      %sums:8 = scf.for %i = %c0 to %rest step %c1 iter_args(%s00 = %full#0, %s01 = %full#1, %s10 = %full#2, %s11 = %full#3, %s20 = %full#4, %s21 = %full#5, %s30 = %full#6, %s31 = %full#7) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %v_i = arith.muli %i, %c2 : index
        %u_i = arith.muli %i, %c32 : index
        %at_v = arith.addi %v_rest, %v_i : index
        %at_u = arith.addi %u_rest, %u_i : index
        %next:8 = func.call @eoq_tile_step(%v, %at_v, %tile_size, %u, %at_u, %s00, %s01, %s10, %s11, %s20, %s21, %s30, %s31) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
        scf.yield %next#0, %next#1, %next#2, %next#3, %next#4, %next#5, %next#6, %next#7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      %to0 = arith.addi %m_first, %at_r : index
      func.call @eoq_tile_store_sums(%m, %to0, %tile_size, %sums#0, %sums#1, %sums#2, %sums#3, %sums#4, %sums#5, %sums#6, %sums#7) : (memref<?xi32>, index, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> ()
    }
  }
  return
}

// Eight steps of rows `row` apart, which are `step` apart in V, written out: LLVM leaves
// them a loop, which costs a tenth more.
func.func private @eoq_tile_eight_steps(%v: memref<?xi16>, %v0: index, %row: index, %step: index, %u: memref<?xi16>, %u0: index, %g00: vector<8xi32>, %g01: vector<8xi32>, %g10: vector<8xi32>, %g11: vector<8xi32>, %g20: vector<8xi32>, %g21: vector<8xi32>, %g30: vector<8xi32>, %g31: vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
  %c32 = arith.constant 32 : index
  %s0:8 = call @eoq_tile_step(%v, %v0, %row, %u, %u0, %g00, %g01, %g10, %g11, %g20, %g21, %g30, %g31) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v1 = arith.addi %v0, %step : index
  %u1 = arith.addi %u0, %c32 : index
  %s1:8 = call @eoq_tile_step(%v, %v1, %row, %u, %u1, %s0#0, %s0#1, %s0#2, %s0#3, %s0#4, %s0#5, %s0#6, %s0#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v2 = arith.addi %v1, %step : index
  %u2 = arith.addi %u1, %c32 : index
  %s2:8 = call @eoq_tile_step(%v, %v2, %row, %u, %u2, %s1#0, %s1#1, %s1#2, %s1#3, %s1#4, %s1#5, %s1#6, %s1#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v3 = arith.addi %v2, %step : index
  %u3 = arith.addi %u2, %c32 : index
  %s3:8 = call @eoq_tile_step(%v, %v3, %row, %u, %u3, %s2#0, %s2#1, %s2#2, %s2#3, %s2#4, %s2#5, %s2#6, %s2#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v4 = arith.addi %v3, %step : index
  %u4 = arith.addi %u3, %c32 : index
  %s4:8 = call @eoq_tile_step(%v, %v4, %row, %u, %u4, %s3#0, %s3#1, %s3#2, %s3#3, %s3#4, %s3#5, %s3#6, %s3#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v5 = arith.addi %v4, %step : index
  %u5 = arith.addi %u4, %c32 : index
  %s5:8 = call @eoq_tile_step(%v, %v5, %row, %u, %u5, %s4#0, %s4#1, %s4#2, %s4#3, %s4#4, %s4#5, %s4#6, %s4#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v6 = arith.addi %v5, %step : index
  %u6 = arith.addi %u5, %c32 : index
  %s6:8 = call @eoq_tile_step(%v, %v6, %row, %u, %u6, %s5#0, %s5#1, %s5#2, %s5#3, %s5#4, %s5#5, %s5#6, %s5#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  %v7 = arith.addi %v6, %step : index
  %u7 = arith.addi %u6, %c32 : index
  %s7:8 = call @eoq_tile_step(%v, %v7, %row, %u, %u7, %s6#0, %s6#1, %s6#2, %s6#3, %s6#4, %s6#5, %s6#6, %s6#7) : (memref<?xi16>, index, index, memref<?xi16>, index, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
  return %s7#0, %s7#1, %s7#2, %s7#3, %s7#4, %s7#5, %s7#6, %s7#7 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
}

// One step: a pair of four rows, `row` apart, times two vectors of U.
func.func private @eoq_tile_step(%v: memref<?xi16>, %at0: index, %row: index, %u: memref<?xi16>, %at_b0: index, %s00: vector<8xi32>, %s01: vector<8xi32>, %s10: vector<8xi32>, %s11: vector<8xi32>, %s20: vector<8xi32>, %s21: vector<8xi32>, %s30: vector<8xi32>, %s31: vector<8xi32>) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
  %c16 = arith.constant 16 : index
  %at_b1 = arith.addi %at_b0, %c16 : index
  %b0 = vector.load %u[%at_b0] : memref<?xi16>, vector<16xi16>
  %b1 = vector.load %u[%at_b1] : memref<?xi16>, vector<16xi16>
  %at1 = arith.addi %at0, %row : index
  %at2 = arith.addi %at1, %row : index
  %at3 = arith.addi %at2, %row : index
  %a0 = call @eoq_tile_pair(%v, %at0) : (memref<?xi16>, index) -> vector<16xi16>
  %a1 = call @eoq_tile_pair(%v, %at1) : (memref<?xi16>, index) -> vector<16xi16>
  %a2 = call @eoq_tile_pair(%v, %at2) : (memref<?xi16>, index) -> vector<16xi16>
  %a3 = call @eoq_tile_pair(%v, %at3) : (memref<?xi16>, index) -> vector<16xi16>
  %n00 = eoq.dot_accumulate %s00, %a0, %b0 : vector<8xi32>, vector<16xi16>
  %n01 = eoq.dot_accumulate %s01, %a0, %b1 : vector<8xi32>, vector<16xi16>
  %n10 = eoq.dot_accumulate %s10, %a1, %b0 : vector<8xi32>, vector<16xi16>
  %n11 = eoq.dot_accumulate %s11, %a1, %b1 : vector<8xi32>, vector<16xi16>
  %n20 = eoq.dot_accumulate %s20, %a2, %b0 : vector<8xi32>, vector<16xi16>
  %n21 = eoq.dot_accumulate %s21, %a2, %b1 : vector<8xi32>, vector<16xi16>
  %n30 = eoq.dot_accumulate %s30, %a3, %b0 : vector<8xi32>, vector<16xi16>
  %n31 = eoq.dot_accumulate %s31, %a3, %b1 : vector<8xi32>, vector<16xi16>
  return %n00, %n01, %n10, %n11, %n20, %n21, %n30, %n31 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
}

// The sums of four rows of M, `row` apart.
func.func private @eoq_tile_store_sums(%m: memref<?xi32>, %to0: index, %row: index, %s00: vector<8xi32>, %s01: vector<8xi32>, %s10: vector<8xi32>, %s11: vector<8xi32>, %s20: vector<8xi32>, %s21: vector<8xi32>, %s30: vector<8xi32>, %s31: vector<8xi32>) {
  %c8 = arith.constant 8 : index
  %to1 = arith.addi %to0, %row : index
  %to2 = arith.addi %to1, %row : index
  %to3 = arith.addi %to2, %row : index
  %right0 = arith.addi %to0, %c8 : index
  %right1 = arith.addi %to1, %c8 : index
  %right2 = arith.addi %to2, %c8 : index
  %right3 = arith.addi %to3, %c8 : index
  vector.store %s00, %m[%to0] : memref<?xi32>, vector<8xi32>
  vector.store %s01, %m[%right0] : memref<?xi32>, vector<8xi32>
  vector.store %s10, %m[%to1] : memref<?xi32>, vector<8xi32>
  vector.store %s11, %m[%right1] : memref<?xi32>, vector<8xi32>
  vector.store %s20, %m[%to2] : memref<?xi32>, vector<8xi32>
  vector.store %s21, %m[%right2] : memref<?xi32>, vector<8xi32>
  vector.store %s30, %m[%to3] : memref<?xi32>, vector<8xi32>
  vector.store %s31, %m[%right3] : memref<?xi32>, vector<8xi32>
  return
}

// A pair, in all lanes.
func.func private @eoq_tile_pair(%v: memref<?xi16>, %at: index) -> vector<16xi16> {
  %pair = vector.load %v[%at] : memref<?xi16>, vector<2xi16>
  %word = vector.bitcast %pair : vector<2xi16> to vector<1xi32>
  %scalar = vector.extract %word[0] : i32 from vector<1xi32>
  %words = vector.broadcast %scalar : i32 to vector<8xi32>
  %pairs = vector.bitcast %words : vector<8xi32> to vector<16xi16>
  return %pairs : vector<16xi16>
}

//===- Results ------------------------------------------------------------===//

// Stores what 16 columns of M make of `rows` rows of `windows` windows; returns
// `before`, raised to what `magnitude` wants (see eoq_windows_*).
func.func private @eoq_tile_results(%m: memref<?xi32>, %from: index, %out: memref<?xi32>, %to: index, %out_row: index, %out_c: index, %rows: index, %windows: index, %before: vector<8xi32>, %bias: memref<?xi32>, %column: index, %mask: memref<?xi8>, %low: i32, %high: i32, %magnitude: i32) -> vector<8xi32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c6 = arith.constant 6 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %c96 = arith.constant 96 : index
  %found = scf.for %j = %c0 to %c16 step %c8 iter_args(%largest = %before) -> (vector<8xi32>) {
    %from_j = arith.addi %from, %j : index
    %to_j = arith.addi %to, %j : index
    %bias_at = arith.addi %column, %j : index
    scf.for %x = %c0 to %c6 step %c1 {
      %at0 = arith.muli %x, %c16 : index
      %at = arith.addi %at0, %from_j : index
      %s:4 = func.call @eoq_tile_sums(%m, %at, %c96) : (memref<?xi32>, index, index) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
      %at1 = arith.addi %at, %c96 : index
      %at2 = arith.addi %at1, %c96 : index
      %at3 = arith.addi %at2, %c96 : index
      vector.store %s#0, %m[%at] : memref<?xi32>, vector<8xi32>
      vector.store %s#1, %m[%at1] : memref<?xi32>, vector<8xi32>
      vector.store %s#2, %m[%at2] : memref<?xi32>, vector<8xi32>
      vector.store %s#3, %m[%at3] : memref<?xi32>, vector<8xi32>
    }
    %after = scf.for %y = %c0 to %rows step %c1 iter_args(%row_before = %largest) -> (vector<8xi32>) {
      %at0 = arith.muli %y, %c96 : index
      %at = arith.addi %at0, %from_j : index
      %s:4 = func.call @eoq_tile_sums(%m, %at, %c16) : (memref<?xi32>, index, index) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>)
      %to_row0 = arith.muli %y, %out_row : index
      %to_row = arith.addi %to_row0, %to_j : index
      %l0 = func.call @eoq_tile_store(%s#0, %c0, %windows, %out, %to_row, %out_c, %row_before, %bias, %bias_at, %mask, %low, %high, %magnitude) : (vector<8xi32>, index, index, memref<?xi32>, index, index, vector<8xi32>, memref<?xi32>, index, memref<?xi8>, i32, i32, i32) -> vector<8xi32>
      %l1 = func.call @eoq_tile_store(%s#1, %c1, %windows, %out, %to_row, %out_c, %l0, %bias, %bias_at, %mask, %low, %high, %magnitude) : (vector<8xi32>, index, index, memref<?xi32>, index, index, vector<8xi32>, memref<?xi32>, index, memref<?xi8>, i32, i32, i32) -> vector<8xi32>
      %l2 = func.call @eoq_tile_store(%s#2, %c2, %windows, %out, %to_row, %out_c, %l1, %bias, %bias_at, %mask, %low, %high, %magnitude) : (vector<8xi32>, index, index, memref<?xi32>, index, index, vector<8xi32>, memref<?xi32>, index, memref<?xi8>, i32, i32, i32) -> vector<8xi32>
      %l3 = func.call @eoq_tile_store(%s#3, %c3, %windows, %out, %to_row, %out_c, %l2, %bias, %bias_at, %mask, %low, %high, %magnitude) : (vector<8xi32>, index, index, memref<?xi32>, index, index, vector<8xi32>, memref<?xi32>, index, memref<?xi8>, i32, i32, i32) -> vector<8xi32>
      scf.yield %l3 : vector<8xi32>
    }
    scf.yield %after : vector<8xi32>
  }
  return %found : vector<8xi32>
}

// A m: (6 -4 -4 1 1 0, 0 -4 4 2 -2 0, 0 -4 -4 4 4 0, 0 -4 4 8 -8 24).
func.func private @eoq_tile_sums(%m: memref<?xi32>, %at0: index, %stride: index) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) {
  %one = arith.constant dense<1> : vector<8xi32>
  %two = arith.constant dense<2> : vector<8xi32>
  %three = arith.constant dense<3> : vector<8xi32>
  %six = arith.constant dense<6> : vector<8xi32>
  %many = arith.constant dense<24> : vector<8xi32>
  %at1 = arith.addi %at0, %stride : index
  %at2 = arith.addi %at1, %stride : index
  %at3 = arith.addi %at2, %stride : index
  %at4 = arith.addi %at3, %stride : index
  %at5 = arith.addi %at4, %stride : index
  %m0 = vector.load %m[%at0] : memref<?xi32>, vector<8xi32>
  %m1 = vector.load %m[%at1] : memref<?xi32>, vector<8xi32>
  %m2 = vector.load %m[%at2] : memref<?xi32>, vector<8xi32>
  %m3 = vector.load %m[%at3] : memref<?xi32>, vector<8xi32>
  %m4 = vector.load %m[%at4] : memref<?xi32>, vector<8xi32>
  %m5 = vector.load %m[%at5] : memref<?xi32>, vector<8xi32>
  %p = arith.addi %m1, %m2 : vector<8xi32>
  %q = arith.subi %m1, %m2 : vector<8xi32>
  %r = arith.addi %m3, %m4 : vector<8xi32>
  %s = arith.subi %m3, %m4 : vector<8xi32>
  %p4 = arith.shli %p, %two : vector<8xi32>
  %q4 = arith.shli %q, %two : vector<8xi32>
  %f0 = arith.muli %m0, %six : vector<8xi32>
  %h = arith.subi %r, %p4 : vector<8xi32>
  %y0 = arith.addi %f0, %h : vector<8xi32>
  %s2 = arith.shli %s, %one : vector<8xi32>
  %y1 = arith.subi %s2, %q4 : vector<8xi32>
  %r4 = arith.shli %r, %two : vector<8xi32>
  %y2 = arith.subi %r4, %p4 : vector<8xi32>
  %s8 = arith.shli %s, %three : vector<8xi32>
  %f5 = arith.muli %m5, %many : vector<8xi32>
  %k = arith.subi %s8, %q4 : vector<8xi32>
  %y3 = arith.addi %k, %f5 : vector<8xi32>
  return %y0, %y1, %y2, %y3 : vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>
}

// Window x of a row of `windows`, if there is one: divides its sum by 24 * 24, stores
// it, and raises `largest`.
func.func private @eoq_tile_store(%product: vector<8xi32>, %x: index, %windows: index, %out: memref<?xi32>, %row: index, %out_c: index, %largest: vector<8xi32>, %bias: memref<?xi32>, %bias_at: index, %mask: memref<?xi8>, %low: i32, %high: i32, %magnitude: i32) -> vector<8xi32> {
  // 24 * 24 = 9 * 64: times the inverse of 9 modulo 2^32, and shifted.
  %inverse = arith.constant dense<954437177> : vector<8xi32>
  %shift = arith.constant dense<6> : vector<8xi32>
  %biased = arith.constant 2 : i32
  %masked = arith.constant 3 : i32
  %nothing = arith.constant dense<0> : vector<8xi32>
  %lows = vector.broadcast %low : i32 to vector<8xi32>
  %highs = vector.broadcast %high : i32 to vector<8xi32>
  %exists = arith.cmpi slt, %x, %windows : index
  %result = scf.if %exists -> vector<8xi32> {
    %at0 = arith.muli %x, %out_c : index
    %at = arith.addi %at0, %row : index
    %scaled = arith.muli %product, %inverse : vector<8xi32>
    %sum = arith.shrsi %scaled, %shift : vector<8xi32>
    vector.store %sum, %out[%at] : memref<?xi32>, vector<8xi32>
    %is_biased = arith.cmpi eq, %magnitude, %biased : i32
    %value = scf.if %is_biased -> vector<8xi32> {
      %b = vector.load %bias[%bias_at] : memref<?xi32>, vector<8xi32>
      %x0 = arith.addi %sum, %b : vector<8xi32>
      %x1 = arith.maxsi %x0, %lows : vector<8xi32>
      %x2 = arith.minsi %x1, %highs : vector<8xi32>
      scf.yield %x2 : vector<8xi32>
    } else {
      %is_masked = arith.cmpi eq, %magnitude, %masked : i32
      %kept = scf.if %is_masked -> vector<8xi32> {
        %q = vector.load %mask[%at] : memref<?xi8>, vector<8xi8>
        %o = arith.extsi %q : vector<8xi8> to vector<8xi32>
        %above = arith.cmpi sgt, %o, %lows : vector<8xi32>
        %below = arith.cmpi slt, %o, %highs : vector<8xi32>
        %inside = arith.andi %above, %below : vector<8xi1>
        %through = arith.select %inside, %sum, %nothing : vector<8xi1>, vector<8xi32>
        scf.yield %through : vector<8xi32>
      } else {
        scf.yield %sum : vector<8xi32>
      }
      scf.yield %kept : vector<8xi32>
    }
    %size = math.absi %value : vector<8xi32>
    %raised = arith.maxsi %largest, %size : vector<8xi32>
    scf.yield %raised : vector<8xi32>
  } else {
    scf.yield %largest : vector<8xi32>
  }
  return %result : vector<8xi32>
}
