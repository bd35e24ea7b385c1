//===- Add.mlir - aligned sums (N8) ---------------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// A shift is a left shift or a right shift with rounding; the other one is by 0,
// and `round` is 0 where nothing is shifted out.
// instances: T = i8 i16 i32; U = i8 i16 i32
!T = i8
!U = i8

func.func private @eoq_add_T_U(%x: memref<?x!T>, %y: memref<?x!U>, %out: memref<?xi32>, %n: index, %shift_x: i32, %shift_y: i32, %subtract: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 16384 : index
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
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %px = memref.load %x[%i] : memref<?x!T>
      %vx = func.call @eoq_widen_T(%px) : (!T) -> i32
      %py = memref.load %y[%i] : memref<?x!U>
      %vy = func.call @eoq_widen_U(%py) : (!U) -> i32
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
