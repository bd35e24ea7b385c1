// RUN: eoq-opt %s -eoq-rematerialize-weights=min-bytes=4096 -split-input-file | FileCheck %s --enable-var-scope
// RUN: eoq-opt %s -eoq-rematerialize-weights -split-input-file | FileCheck %s --check-prefix=LARGE

// Each use but the first has its own narrowed weights, with the exponent of the
// first. Below the limit nothing changes.

// CHECK-LABEL: func.func @products(
// CHECK:         %[[M:.*]] = eoq.parameter_load @w
// CHECK-NEXT:    %[[W:.*]], %[[E:.*]] = eoq.quantize %[[M]] {
// CHECK-NEXT:    eoq.fully_connected %{{.*}}, %[[W]]
// CHECK-NEXT:    %[[AGAIN:.*]], %{{.*}} = eoq.quantize %[[M]] previous %[[E]] {role = #eoq.role<weight>, rounding = #eoq.rounding<nearest>, rule = #eoq.exponent_rule<ceil>, site = 1 : i64}
// CHECK-NEXT:    eoq.fully_connected_grad_input %{{.*}}, %[[AGAIN]]
// LARGE-LABEL: func.func @products(
// LARGE-COUNT-1: eoq.quantize
// LARGE-NOT:     eoq.quantize
// LARGE:         return
module {
  eoq.parameter <weight> @w : tensor<64x64x!eoq.fixed<16, ?>> trainable = dense<0.0> : tensor<64x64xf32> exponent 0
  func.func @products(%x: tensor<8x64x!eoq.fixed<8, ?>>) -> (tensor<8x64x!eoq.fixed<32, ?>>, tensor<8x64x!eoq.fixed<32, ?>>) {
    %m = eoq.parameter_load @w : tensor<64x64x!eoq.fixed<16, ?>>
    %w, %e = eoq.quantize %m {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<64x64x!eoq.fixed<16, ?>> -> tensor<64x64x!eoq.fixed<8, ?>>
    %y = eoq.fully_connected %x, %w : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    %g = eoq.fully_connected_grad_input %x, %w : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    return %y, %g : tensor<8x64x!eoq.fixed<32, ?>>, tensor<8x64x!eoq.fixed<32, ?>>
  }
}

// -----

// A kept exponent counts for every use as it counts for the first.

// CHECK-LABEL: func.func @kept(
// CHECK:         %[[P:.*]] = eoq.exponent_load @kept.exponent
// CHECK:         eoq.quantize %[[M:.*]] previous %[[P]] {
// CHECK-NEXT:    eoq.exponent_store
// CHECK-NEXT:    eoq.fully_connected
// CHECK-NEXT:    %[[AGAIN:.*]], %{{.*}} = eoq.quantize %[[M]] previous %[[P]] {
// CHECK-NEXT:    eoq.fully_connected_grad_input %{{.*}}, %[[AGAIN]]
module {
  eoq.parameter <weight> @w : tensor<64x64x!eoq.fixed<16, ?>> trainable = dense<0.0> : tensor<64x64xf32> exponent 0
  eoq.parameter <exponent> @kept.exponent : tensor<i32> = dense<0> : tensor<i32>
  func.func @kept(%x: tensor<8x64x!eoq.fixed<8, ?>>) -> (tensor<8x64x!eoq.fixed<32, ?>>, tensor<8x64x!eoq.fixed<32, ?>>) {
    %p = eoq.exponent_load @kept.exponent
    %m = eoq.parameter_load @w : tensor<64x64x!eoq.fixed<16, ?>>
    %w, %e = eoq.quantize %m previous %p {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<64x64x!eoq.fixed<16, ?>> -> tensor<64x64x!eoq.fixed<8, ?>>
    eoq.exponent_store @kept.exponent, %e
    %y = eoq.fully_connected %x, %w : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    %g = eoq.fully_connected_grad_input %x, %w : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    return %y, %g : tensor<8x64x!eoq.fixed<32, ?>>, tensor<8x64x!eoq.fixed<32, ?>>
  }
}

// -----

// Weights that are written before the second use are narrowed once.

// CHECK-LABEL: func.func @written(
// CHECK-COUNT-1: eoq.quantize
// CHECK-NOT:     eoq.quantize
// CHECK:         return
module {
  eoq.parameter <weight> @w : tensor<64x64x!eoq.fixed<8, ?>> trainable = dense<0.0> : tensor<64x64xf32> exponent 0
  eoq.parameter <optimizer> @v : tensor<64x64x!eoq.fixed<8, ?>> = dense<0.0> : tensor<64x64xf32> exponent 0
  func.func @written(%x: tensor<8x64x!eoq.fixed<8, ?>>, %gw: tensor<64x64x!eoq.fixed<8, ?>>, %lr: i32, %shift: i32, %seed: i32, %step: i32) -> (tensor<8x64x!eoq.fixed<32, ?>>, tensor<8x64x!eoq.fixed<32, ?>>) {
    %key = eoq.random_key %seed, %step
    %m = eoq.parameter_load @w : tensor<64x64x!eoq.fixed<8, ?>>
    %w, %e = eoq.quantize %m {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<64x64x!eoq.fixed<8, ?>> -> tensor<64x64x!eoq.fixed<8, ?>>
    %y = eoq.fully_connected %x, %w : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    eoq.sgd_update @w momentum @v gradient %gw learning_rate %lr, %shift step %step key %key {momentum = 29 : i64, site = 3 : i64} : tensor<64x64x!eoq.fixed<8, ?>>
    %g = eoq.fully_connected_grad_input %x, %w : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    return %y, %g : tensor<8x64x!eoq.fixed<32, ?>>, tensor<8x64x!eoq.fixed<32, ?>>
  }
}
