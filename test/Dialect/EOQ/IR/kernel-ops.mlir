// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

// CHECK-LABEL: @dot
func.func @dot(%sum: vector<8xi32>, %a: vector<16xi16>, %b: vector<16xi16>) -> vector<8xi32> {
  // CHECK: eoq.dot_accumulate %{{.*}}, %{{.*}}, %{{.*}} : vector<8xi32>, vector<16xi16>
  %0 = eoq.dot_accumulate %sum, %a, %b : vector<8xi32>, vector<16xi16>
  return %0 : vector<8xi32>
}
