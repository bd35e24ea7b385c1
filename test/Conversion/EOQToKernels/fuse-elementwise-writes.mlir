// RUN: eoq-opt %s -eoq-fuse-elementwise | FileCheck %s

// The loop would read the bias behind its update; the ReLU after it can move.

module {
  eoq.parameter <bias> @b : tensor<8x!eoq.fixed<16, ?>> trainable = dense<0.0> : tensor<8xf32> exponent -13
  eoq.parameter <optimizer> @v : tensor<8x!eoq.fixed<16, ?>> = dense<0.0> : tensor<8xf32> exponent -64

// CHECK-LABEL: func.func @written_in_between(
// CHECK:         eoq.bias_add
// CHECK-NEXT:    eoq.sgd_update @b
// CHECK-NEXT:    eoq.fused(
// CHECK:           eoq.relu
// CHECK-NEXT:      eoq.quantize
  func.func @written_in_between(%x: tensor<1x8x!eoq.fixed<32, ?>>, %g: tensor<8x!eoq.fixed<8, ?>>, %lr: i32, %shift: i32, %step: i32, %key: i32) -> tensor<1x8x!eoq.fixed<8, ?>> {
    %b = eoq.parameter_load @b : tensor<8x!eoq.fixed<16, ?>>
    %0 = eoq.bias_add %x, %b : (tensor<1x8x!eoq.fixed<32, ?>>, tensor<8x!eoq.fixed<16, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    eoq.sgd_update @b momentum @v gradient %g learning_rate %lr, %shift step %step key %key {momentum = 29 : i64, site = 3 : i64} : tensor<8x!eoq.fixed<8, ?>>
    %1 = eoq.relu %0 : (tensor<1x8x!eoq.fixed<32, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    %q, %e = eoq.quantize %1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<1x8x!eoq.fixed<32, ?>> -> tensor<1x8x!eoq.fixed<8, ?>>
    return %q : tensor<1x8x!eoq.fixed<8, ?>>
  }
}
