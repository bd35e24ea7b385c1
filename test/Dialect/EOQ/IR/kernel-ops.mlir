// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

// CHECK-LABEL: @pairs
func.func @pairs(%sum: vector<8xi32>, %a: vector<16xi16>, %b: vector<16xi16>) -> vector<8xi32> {
  // CHECK: eoq.dot_accumulate %{{.*}}, %{{.*}}, %{{.*}} : vector<8xi32>, vector<16xi16>
  %0 = eoq.dot_accumulate %sum, %a, %b : vector<8xi32>, vector<16xi16>
  return %0 : vector<8xi32>
}

// CHECK-LABEL: @quads
func.func @quads(%sum: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
  // CHECK: eoq.dot_accumulate %{{.*}}, %{{.*}}, %{{.*}} : vector<8xi32>, vector<32xi8>
  %0 = eoq.dot_accumulate %sum, %a, %b : vector<8xi32>, vector<32xi8>
  // CHECK: eoq.dot_accumulate %{{.*}}, %{{.*}}, %{{.*}} nonnegative : vector<8xi32>, vector<32xi8>
  %1 = eoq.dot_accumulate %0, %a, %b nonnegative : vector<8xi32>, vector<32xi8>
  return %1 : vector<8xi32>
}
