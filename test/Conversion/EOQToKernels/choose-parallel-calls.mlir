// RUN: eoq-opt %s -split-input-file -eoq-choose-parallel-calls | FileCheck %s

// The same kernel is serial for few elements and parallel for many.

// CHECK-LABEL: func.func private @train_step
// CHECK:         call @add_one.serial(
// CHECK:         call @add_one(
func.func private @train_step(%x: memref<1000000000xi32>) {
  %few = arith.constant 1000 : index
  %many = arith.constant 1000000000 : index
  %y = memref.cast %x : memref<1000000000xi32> to memref<?xi32>
  call @add_one(%y, %few) : (memref<?xi32>, index) -> ()
  call @add_one(%y, %many) : (memref<?xi32>, index) -> ()
  return
}

// CHECK-LABEL: func.func private @add_one(
// CHECK:         scf.parallel
// CHECK-LABEL: func.func private @add_one.serial(
// CHECK-NOT:     scf.parallel
// CHECK:         scf.for
// CHECK-NOT:     scf.parallel
// CHECK:         return
func.func private @add_one(%x: memref<?xi32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i32
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    %v = memref.load %x[%i] : memref<?xi32>
    %w = arith.addi %v, %one : i32
    memref.store %w, %x[%i] : memref<?xi32>
  }
  return
}

// -----

// One iteration cannot be shared, however long it is.

// CHECK-LABEL: func.func @one_iteration
// CHECK:         call @outer.serial(
func.func @one_iteration(%x: memref<1000000000xi32>) {
  %one = arith.constant 1 : index
  %y = memref.cast %x : memref<1000000000xi32> to memref<?xi32>
  call @outer(%y, %one) : (memref<?xi32>, index) -> ()
  return
}

func.func private @outer(%x: memref<?xi32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %inner = arith.constant 1000000000 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    scf.for %j = %c0 to %inner step %c1 {
      %v = memref.load %x[%j] : memref<?xi32>
      memref.store %v, %x[%i] : memref<?xi32>
    }
  }
  return
}

// -----

// Bounds may be results of calls, and of branches.

// CHECK-LABEL: func.func @called_bounds
// CHECK:         call @parts.serial(
// CHECK:         call @parts(
func.func @called_bounds(%x: memref<1000000000xi32>) {
  %few = arith.constant 2000 : index
  %many = arith.constant 100000000 : index
  %y = memref.cast %x : memref<1000000000xi32> to memref<?xi32>
  call @parts(%y, %few) : (memref<?xi32>, index) -> ()
  call @parts(%y, %many) : (memref<?xi32>, index) -> ()
  return
}

func.func private @get_count(%n: index) -> (index, index) {
  %c64 = arith.constant 64 : index
  %c1024 = arith.constant 1024 : index
  %large = arith.cmpi ugt, %n, %c1024 : index
  %count = scf.if %large -> (index) {
    scf.yield %c64 : index
  } else {
    %c1 = arith.constant 1 : index
    scf.yield %c1 : index
  }
  %share = arith.divui %n, %count : index
  return %count, %share : index, index
}

func.func private @parts(%x: memref<?xi32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count, %share = call @get_count(%n) : (index) -> (index, index)
  scf.parallel (%part) = (%c0) to (%count) step (%c1) {
    %begin = arith.muli %part, %share : index
    %end = arith.addi %begin, %share : index
    scf.for %i = %begin to %end step %c1 {
      %v = memref.load %x[%i] : memref<?xi32>
      memref.store %v, %x[%part] : memref<?xi32>
    }
  }
  return
}
