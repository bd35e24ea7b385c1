//===- Activation.mlir - activation functions (N9) ------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Explicit vectors, because LLVM does not vectorize a loop that may work in place.
// instances: T = i8 i16 i32
!T = i8

func.func private @eoq_relu_T(%x: memref<?x!T>, %out: memref<?x!T>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 32 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : !T
  %zero_v = vector.broadcast %zero : !T to vector<32x!T>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %x[%i] : memref<?x!T>, vector<32x!T>
      %y = arith.maxsi %q, %zero_v : vector<32x!T>
      vector.store %y, %out[%i] : memref<?x!T>, vector<32x!T>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %x[%i] : memref<?x!T>
      %y = arith.maxsi %q, %zero : !T
      memref.store %y, %out[%i] : memref<?x!T>
    }
  }
  return
}

// (q * alpha + 2^14) >> 15.
func.func private @eoq_leaky_T(%q: !T, %alpha: i32) -> !T {
  %half = arith.constant 16384 : i64
  %c15 = arith.constant 15 : i64
  %v = call @eoq_widen_T(%q) : (!T) -> i32
  %wide = arith.extsi %v : i32 to i64
  %factor = arith.extsi %alpha : i32 to i64
  %0 = arith.muli %wide, %factor : i64
  %1 = arith.addi %0, %half : i64
  %2 = arith.shrsi %1, %c15 : i64
  %3 = arith.trunci %2 : i64 to i32
  %result = call @eoq_narrow_T(%3) : (i32) -> !T
  return %result : !T
}

func.func private @eoq_leaky_relu_T(%x: memref<?x!T>, %out: memref<?x!T>, %n: index, %alpha: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : !T
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %q = memref.load %x[%i] : memref<?x!T>
      %leak = func.call @eoq_leaky_T(%q, %alpha) : (!T, i32) -> !T
      %negative = arith.cmpi slt, %q, %zero : !T
      %y = arith.select %negative, %leak, %q : !T
      memref.store %y, %out[%i] : memref<?x!T>
    }
  }
  return
}

func.func private @eoq_clip_T(%x: memref<?x!T>, %out: memref<?x!T>, %n: index, %lo: i32, %hi: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 32 : index
  %chunk = arith.constant 2048 : index
  %low = call @eoq_narrow_T(%lo) : (i32) -> !T
  %high = call @eoq_narrow_T(%hi) : (i32) -> !T
  %low_v = vector.broadcast %low : !T to vector<32x!T>
  %high_v = vector.broadcast %high : !T to vector<32x!T>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %x[%i] : memref<?x!T>, vector<32x!T>
      %r = arith.maxsi %q, %low_v : vector<32x!T>
      %y = arith.minsi %r, %high_v : vector<32x!T>
      vector.store %y, %out[%i] : memref<?x!T>, vector<32x!T>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %x[%i] : memref<?x!T>
      %r = arith.maxsi %q, %low : !T
      %y = arith.minsi %r, %high : !T
      memref.store %y, %out[%i] : memref<?x!T>
    }
  }
  return
}
