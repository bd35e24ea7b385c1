//===- Add32.mlir - aligned sums of accumulators (N8) ---------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// A shift is a left shift or a right shift with rounding; the other one is by 0,
// and `round` is 0 where nothing is shifted out. Explicit vectors, because the sum
// may be stored in place of an operand.

func.func private @eoq_add_i32_i32(%x: memref<?xi32>, %y: memref<?xi32>, %out: memref<?xi32>, %n: index, %shift_x: i32, %shift_y: i32, %subtract: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %right_x = arith.maxsi %shift_x, %zero : i32
  %whole_x = arith.minsi %right_x, %c31 : i32
  %less_x = arith.subi %right_x, %one : i32
  %least_x = arith.maxsi %less_x, %zero : i32
  %half_x = arith.minsi %least_x, %c31 : i32
  %round_x = arith.minsi %right_x, %one : i32
  %negated_x = arith.subi %zero, %shift_x : i32
  %up_x = arith.maxsi %negated_x, %zero : i32
  %left_x = arith.minsi %up_x, %c31 : i32
  %right_y = arith.maxsi %shift_y, %zero : i32
  %whole_y = arith.minsi %right_y, %c31 : i32
  %less_y = arith.subi %right_y, %one : i32
  %least_y = arith.maxsi %less_y, %zero : i32
  %half_y = arith.minsi %least_y, %c31 : i32
  %round_y = arith.minsi %right_y, %one : i32
  %negated_y = arith.subi %zero, %shift_y : i32
  %up_y = arith.maxsi %negated_y, %zero : i32
  %left_y = arith.minsi %up_y, %c31 : i32
  // (v ^ mask) - mask is v or -v.
  %mask = arith.subi %zero, %subtract : i32
  %left_x_v = vector.broadcast %left_x : i32 to vector<16xi32>
  %whole_x_v = vector.broadcast %whole_x : i32 to vector<16xi32>
  %half_x_v = vector.broadcast %half_x : i32 to vector<16xi32>
  %round_x_v = vector.broadcast %round_x : i32 to vector<16xi32>
  %left_y_v = vector.broadcast %left_y : i32 to vector<16xi32>
  %whole_y_v = vector.broadcast %whole_y : i32 to vector<16xi32>
  %half_y_v = vector.broadcast %half_y : i32 to vector<16xi32>
  %round_y_v = vector.broadcast %round_y : i32 to vector<16xi32>
  %mask_v = vector.broadcast %mask : i32 to vector<16xi32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %vx = vector.load %x[%i] : memref<?xi32>, vector<16xi32>
      %vy = vector.load %y[%i] : memref<?xi32>, vector<16xi32>
      %ax = arith.shli %vx, %left_x_v : vector<16xi32>
      %bx = arith.shrsi %ax, %whole_x_v : vector<16xi32>
      %cx = arith.shrsi %ax, %half_x_v : vector<16xi32>
      %dx = arith.andi %cx, %round_x_v : vector<16xi32>
      %ex = arith.addi %bx, %dx : vector<16xi32>
      %ay = arith.shli %vy, %left_y_v : vector<16xi32>
      %by = arith.shrsi %ay, %whole_y_v : vector<16xi32>
      %cy = arith.shrsi %ay, %half_y_v : vector<16xi32>
      %dy = arith.andi %cy, %round_y_v : vector<16xi32>
      %ey = arith.addi %by, %dy : vector<16xi32>
      %fy = arith.xori %ey, %mask_v : vector<16xi32>
      %gy = arith.subi %fy, %mask_v : vector<16xi32>
      %sum = arith.addi %ex, %gy : vector<16xi32>
      vector.store %sum, %out[%i] : memref<?xi32>, vector<16xi32>
    }
    scf.for %i = %middle to %end step %c1 {
      %vx = memref.load %x[%i] : memref<?xi32>
      %vy = memref.load %y[%i] : memref<?xi32>
      %ax = arith.shli %vx, %left_x : i32
      %bx = arith.shrsi %ax, %whole_x : i32
      %cx = arith.shrsi %ax, %half_x : i32
      %dx = arith.andi %cx, %round_x : i32
      %ex = arith.addi %bx, %dx : i32
      %ay = arith.shli %vy, %left_y : i32
      %by = arith.shrsi %ay, %whole_y : i32
      %cy = arith.shrsi %ay, %half_y : i32
      %dy = arith.andi %cy, %round_y : i32
      %ey = arith.addi %by, %dy : i32
      %fy = arith.xori %ey, %mask : i32
      %gy = arith.subi %fy, %mask : i32
      %sum = arith.addi %ex, %gy : i32
      memref.store %sum, %out[%i] : memref<?xi32>
    }
  }
  return
}
