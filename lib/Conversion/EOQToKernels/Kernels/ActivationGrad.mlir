//===- ActivationGrad.mlir - gradients of activation functions (N9) -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// instances: T = i32 i8
!T = i32

func.func private @eoq_relu_grad_T(%g: memref<?x!T>, %a: memref<?xi8>, %out: memref<?x!T>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 32 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : !T
  %zero8 = arith.constant 0 : i8
  %zero_v = vector.broadcast %zero : !T to vector<32x!T>
  %zero8_v = vector.broadcast %zero8 : i8 to vector<32xi8>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %g[%i] : memref<?x!T>, vector<32x!T>
      %v = vector.load %a[%i] : memref<?xi8>, vector<32xi8>
      %positive = arith.cmpi sgt, %v, %zero8_v : vector<32xi8>
      %y = arith.select %positive, %q, %zero_v : vector<32xi1>, vector<32x!T>
      vector.store %y, %out[%i] : memref<?x!T>, vector<32x!T>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %g[%i] : memref<?x!T>
      %v = memref.load %a[%i] : memref<?xi8>
      %positive = arith.cmpi sgt, %v, %zero8 : i8
      %y = arith.select %positive, %q, %zero : !T
      memref.store %y, %out[%i] : memref<?x!T>
    }
  }
  return
}

func.func private @eoq_leaky_relu_grad_T(%g: memref<?x!T>, %a: memref<?xi8>, %out: memref<?x!T>, %n: index, %alpha: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero8 = arith.constant 0 : i8
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.for %i = %base to %end step %c1 {
      %q = memref.load %g[%i] : memref<?x!T>
      %v = memref.load %a[%i] : memref<?xi8>
      %leak = func.call @eoq_leaky_T(%q, %alpha) : (!T, i32) -> !T
      %positive = arith.cmpi sgt, %v, %zero8 : i8
      %y = arith.select %positive, %q, %leak : !T
      memref.store %y, %out[%i] : memref<?x!T>
    }
  }
  return
}

func.func private @eoq_clip_grad_T(%g: memref<?x!T>, %a: memref<?xi8>, %out: memref<?x!T>, %n: index, %lo: i32, %hi: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 32 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : !T
  %zero_v = vector.broadcast %zero : !T to vector<32x!T>
  %lo_v = vector.broadcast %lo : i32 to vector<32xi32>
  %hi_v = vector.broadcast %hi : i32 to vector<32xi32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %g[%i] : memref<?x!T>, vector<32x!T>
      %v = vector.load %a[%i] : memref<?xi8>, vector<32xi8>
      %w = arith.extsi %v : vector<32xi8> to vector<32xi32>
      %above = arith.cmpi sgt, %w, %lo_v : vector<32xi32>
      %below = arith.cmpi slt, %w, %hi_v : vector<32xi32>
      %inside = arith.andi %above, %below : vector<32xi1>
      %y = arith.select %inside, %q, %zero_v : vector<32xi1>, vector<32x!T>
      vector.store %y, %out[%i] : memref<?x!T>, vector<32x!T>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %g[%i] : memref<?x!T>
      %v = memref.load %a[%i] : memref<?xi8>
      %w = arith.extsi %v : i8 to i32
      %above = arith.cmpi sgt, %w, %lo : i32
      %below = arith.cmpi slt, %w, %hi : i32
      %inside = arith.andi %above, %below : i1
      %y = arith.select %inside, %q, %zero : !T
      memref.store %y, %out[%i] : memref<?x!T>
    }
  }
  return
}
