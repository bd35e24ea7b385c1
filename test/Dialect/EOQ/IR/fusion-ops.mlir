// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

// CHECK-LABEL: @fused
func.func @fused(%x: tensor<2x3x!eoq.fixed<32, ?>>) -> tensor<2x3x!eoq.fixed<8, ?>> {
  // CHECK:      %[[Q:.*]]:2 = eoq.fused(%{{.*}}) : (tensor<2x3x!eoq.fixed<32, ?>>) -> (tensor<2x3x!eoq.fixed<8, ?>>, i32) {
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<2x3x!eoq.fixed<32, ?>>):
  // CHECK-NEXT:   eoq.relu %[[A]]
  // CHECK-NEXT:   eoq.quantize
  // CHECK-NEXT:   eoq.yield %{{.*}}, %{{.*}} : tensor<2x3x!eoq.fixed<8, ?>>, i32
  // CHECK-NEXT: }
  // CHECK-NEXT: return %[[Q]]#0
  %q:2 = eoq.fused(%x) : (tensor<2x3x!eoq.fixed<32, ?>>) -> (tensor<2x3x!eoq.fixed<8, ?>>, i32) {
  ^bb0(%a: tensor<2x3x!eoq.fixed<32, ?>>):
    %0 = eoq.relu %a : (tensor<2x3x!eoq.fixed<32, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    %o, %e = eoq.quantize %0 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<2x3x!eoq.fixed<32, ?>> -> tensor<2x3x!eoq.fixed<8, ?>>
    eoq.yield %o, %e : tensor<2x3x!eoq.fixed<8, ?>>, i32
  }
  return %q#0 : tensor<2x3x!eoq.fixed<8, ?>>
}

// CHECK-LABEL: @blocks
func.func @blocks(%x: tensor<4x3x!eoq.fixed<8, ?>>, %w: tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<4x2x!eoq.fixed<8, ?>> {
  // CHECK: eoq.fused(%{{.*}}, %{{.*}}) {blocks = 2 : i64} : (
  %q:2 = eoq.fused(%x, %w) {blocks = 2 : i64} : (tensor<4x3x!eoq.fixed<8, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> (tensor<4x2x!eoq.fixed<8, ?>>, i32) {
  ^bb0(%a: tensor<4x3x!eoq.fixed<8, ?>>, %b: tensor<2x3x!eoq.fixed<8, ?>>):
    %0 = eoq.fully_connected %a, %b : (tensor<4x3x!eoq.fixed<8, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<4x2x!eoq.fixed<32, ?>>
    %o, %e = eoq.quantize %0 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<4x2x!eoq.fixed<32, ?>> -> tensor<4x2x!eoq.fixed<8, ?>>
    eoq.yield %o, %e : tensor<4x2x!eoq.fixed<8, ?>>, i32
  }
  return %q#0 : tensor<4x2x!eoq.fixed<8, ?>>
}
