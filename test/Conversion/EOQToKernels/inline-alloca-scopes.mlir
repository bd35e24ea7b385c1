// RUN: eoq-opt %s -eoq-inline-alloca-scopes | FileCheck %s

func.func private @callee() -> i32

// CHECK-LABEL: func.func @call
// CHECK-NEXT:    %[[R:.*]] = call @callee
// CHECK-NEXT:    return %[[R]]
func.func @call() -> i32 {
  %r = memref.alloca_scope -> (i32) {
    %c = func.call @callee() : () -> i32
    memref.alloca_scope.return %c : i32
  }
  return %r : i32
}

// CHECK-LABEL: func.func @kept
// CHECK:         memref.alloca_scope
func.func @kept(%i: index) -> i32 {
  %r = memref.alloca_scope -> (i32) {
    %m = memref.alloca() : memref<4xi32>
    %v = memref.load %m[%i] : memref<4xi32>
    memref.alloca_scope.return %v : i32
  }
  return %r : i32
}
