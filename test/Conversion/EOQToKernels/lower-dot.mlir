// RUN: eoq-opt %s -split-input-file -eoq-lower-dot | FileCheck %s

// The target in the module decides, and nothing else.

// CHECK-LABEL: func.func @avx2
// CHECK:         llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// CHECK-NOT:     eoq.dot_accumulate
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx,+avx2"}} {
  func.func @avx2(%acc: vector<8xi32>, %a: vector<16xi16>, %b: vector<16xi16>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b : vector<8xi32>, vector<16xi16>
    return %r : vector<8xi32>
  }
}

// -----

// CHECK-LABEL: func.func @generic
// CHECK-NOT:     llvm.call_intrinsic
// CHECK-NOT:     eoq.dot_accumulate
// CHECK:         arith.muli
module {
  func.func @generic(%acc: vector<8xi32>, %a: vector<16xi16>, %b: vector<16xi16>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b : vector<8xi32>, vector<16xi16>
    return %r : vector<8xi32>
  }
}
