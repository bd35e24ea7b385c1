// RUN: eoq-opt %s -split-input-file -eoq-share-loops | FileCheck %s

// The entry point starts a team for its call; the loop of the kernel becomes a
// function that makes a part of it. Constants are not captured.

// CHECK-LABEL: func.func private @train_step(
// CHECK-SAME:    %[[TEAM:.*]]: !llvm.ptr, %[[X:.*]]: memref<?xi32>, %[[N:.*]]: index
// CHECK:         call @add(%[[TEAM]], %[[X]], %[[N]])
func.func private @train_step(%x: memref<?xi32>, %n: index) {
  call @add(%x, %n) : (memref<?xi32>, index) -> ()
  return
}

// CHECK-LABEL: func.func private @add.loop(
// CHECK-SAME:    %[[MEMORY:.*]]: !llvm.ptr, %[[FIRST:.*]]: index, %[[END:.*]]: index
// CHECK:         llvm.load
// CHECK:         scf.for %[[I:.*]] = %[[FIRST]] to %[[END]]
// CHECK:           memref.store

// CHECK-LABEL: func.func private @add(
// CHECK-SAME:    %[[TEAM:.*]]: !llvm.ptr, %[[X:.*]]: memref<?xi32>, %[[N:.*]]: index
// CHECK:         %[[MEMORY:.*]] = llvm.alloca %{{.*}} x !llvm.struct<(ptr, i64)>
// CHECK-NOT:     scf.parallel
// CHECK:         %[[COUNT:.*]] = arith.divui
// CHECK:         llvm.store
// CHECK:         %[[F:.*]] = constant @add.loop
// CHECK:         %[[CODE:.*]] = builtin.unrealized_conversion_cast %[[F]]
// CHECK:         %[[COUNT_INT:.*]] = builtin.unrealized_conversion_cast %[[COUNT]]
// CHECK:         llvm.call @eoq_rt_team_share(%[[TEAM]], %[[CODE]], %[[MEMORY]], %[[COUNT_INT]])
func.func private @add(%x: memref<?xi32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %one = arith.constant 1 : i32
  scf.parallel (%i) = (%c0) to (%n) step (%c4) {
    %v = memref.load %x[%i] : memref<?xi32>
    %w = arith.addi %v, %one : i32
    memref.store %w, %x[%i] : memref<?xi32>
  }
  return
}

// CHECK-LABEL: llvm.func @entry(
// CHECK:         %[[TEAM:.*]] = llvm.alloca
// CHECK:         llvm.call @eoq_rt_team_open(%[[TEAM]])
// CHECK-NEXT:    omp.parallel {
// CHECK-NEXT:      omp.master {
// CHECK-NEXT:        func.call @train_step(%[[TEAM]],
// CHECK-NEXT:        llvm.call @eoq_rt_team_close(%[[TEAM]])
// CHECK-NEXT:        omp.terminator
// CHECK-NEXT:      }
// CHECK-NEXT:      llvm.call @eoq_rt_team_serve(%[[TEAM]])
// CHECK-NEXT:      omp.terminator
// CHECK-NEXT:    }
llvm.func @entry(%x: !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>, %n: i64) {
  %0 = builtin.unrealized_conversion_cast %x : !llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)> to memref<?xi32>
  %1 = builtin.unrealized_conversion_cast %n : i64 to index
  func.call @train_step(%0, %1) : (memref<?xi32>, index) -> ()
  llvm.return
}

// -----

// Iterations count all combinations; the last variable is the fastest. The loop
// of a loop is not shared. Results of a public function leave the region
// through memory.

// CHECK-LABEL: func.func @both(
// CHECK:         omp.parallel
// CHECK:           %[[R:.*]] = func.call @both.body(
// CHECK:           llvm.store %[[R]], %[[PLACE:.*]] :
// CHECK:         llvm.load %[[PLACE]]
// CHECK-LABEL: func.func private @both.body.loop(
// CHECK:         %[[C7:.*]] = arith.constant 7
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[SPAN:.*]] = arith.divui
// CHECK:           arith.remui %[[I]], %[[SPAN]]
// CHECK:           arith.divui %[[I]], %[[SPAN]]
// CHECK:           scf.parallel
func.func @both(%x: memref<?x?xi32>, %n: index) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %one = arith.constant 1 : i32
  scf.parallel (%i, %j) = (%c2, %c0) to (%n, %c7) step (%c1, %c2) {
    scf.parallel (%k) = (%c0) to (%c2) step (%c1) {
      memref.store %one, %x[%i, %j] : memref<?x?xi32>
    }
  }
  return %one : i32
}
