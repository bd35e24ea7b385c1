// RUN: eoq-opt %s -eoq-order-for-memory -split-input-file | FileCheck %s --enable-var-scope

// Both gradients are used up before the next is made, as soon as nobody reads
// the parameter any more; the 32-bit sums are not kept in 8 bits' stead.

// CHECK-LABEL: func.func @train_step(
// CHECK:         %[[W2:.*]] = eoq.parameter_load @w2
// CHECK:         %[[GW2:.*]] = eoq.fully_connected_grad_weight
// CHECK-NEXT:    %[[G2:.*]], %{{.*}} = eoq.quantize %[[GW2]]
// CHECK-NEXT:    eoq.fully_connected_grad_input %{{.*}}, %[[W2]]
// CHECK-NEXT:    eoq.quantize
// CHECK-NEXT:    eoq.sgd_update @w2 momentum @v2 gradient %[[G2]]
// CHECK:         %[[GW1:.*]] = eoq.fully_connected_grad_weight
// CHECK-NEXT:    %[[G1:.*]], %{{.*}} = eoq.quantize %[[GW1]]
// CHECK-NEXT:    eoq.sgd_update @w1 momentum @v1 gradient %[[G1]]
// CHECK-NEXT:    return
module attributes {eoq.level = "quantized"} {
  eoq.parameter <weight> @w1 : tensor<64x64x!eoq.fixed<8, ?>> trainable = dense<0.0> : tensor<64x64xf32> exponent 0
  eoq.parameter <optimizer> @v1 : tensor<64x64x!eoq.fixed<8, ?>> = dense<0.0> : tensor<64x64xf32> exponent 0
  eoq.parameter <weight> @w2 : tensor<64x64x!eoq.fixed<8, ?>> trainable = dense<0.0> : tensor<64x64xf32> exponent 0
  eoq.parameter <optimizer> @v2 : tensor<64x64x!eoq.fixed<8, ?>> = dense<0.0> : tensor<64x64xf32> exponent 0
  func.func @train_step(%x: tensor<8x64x!eoq.fixed<8, ?>>, %a: tensor<8x64x!eoq.fixed<8, ?>>, %e2: tensor<8x64x!eoq.fixed<8, ?>>, %lr: i32, %shift: i32, %seed: i32, %step: i32) {
    %key = eoq.random_key %seed, %step
    %w2 = eoq.parameter_load @w2 : tensor<64x64x!eoq.fixed<8, ?>>
    %gw2 = eoq.fully_connected_grad_weight %a, %e2 : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<8x64x!eoq.fixed<8, ?>>) -> tensor<64x64x!eoq.fixed<32, ?>>
    %ga = eoq.fully_connected_grad_input %e2, %w2 : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<64x64x!eoq.fixed<8, ?>>) -> tensor<8x64x!eoq.fixed<32, ?>>
    %e1, %s1 = eoq.quantize %ga {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<8x64x!eoq.fixed<32, ?>> -> tensor<8x64x!eoq.fixed<8, ?>>
    %gw1 = eoq.fully_connected_grad_weight %x, %e1 : (tensor<8x64x!eoq.fixed<8, ?>>, tensor<8x64x!eoq.fixed<8, ?>>) -> tensor<64x64x!eoq.fixed<32, ?>>
    %g1, %s2 = eoq.quantize %gw1 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 2 : i64} : tensor<64x64x!eoq.fixed<32, ?>> -> tensor<64x64x!eoq.fixed<8, ?>>
    eoq.sgd_update @w1 momentum @v1 gradient %g1 learning_rate %lr, %shift step %step key %key {momentum = 29 : i64, site = 3 : i64} : tensor<64x64x!eoq.fixed<8, ?>>
    %g2, %s3 = eoq.quantize %gw2 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 4 : i64} : tensor<64x64x!eoq.fixed<32, ?>> -> tensor<64x64x!eoq.fixed<8, ?>>
    eoq.sgd_update @w2 momentum @v2 gradient %g2 learning_rate %lr, %shift step %step key %key {momentum = 29 : i64, site = 5 : i64} : tensor<64x64x!eoq.fixed<8, ?>>
    return
  }
}

// -----

// The large gradient of the shortcut is made when it is needed; the view of the
// other term stays beside its use.

// CHECK-LABEL: func.func @shortcut(
// CHECK:         %[[MAIN:.*]] = eoq.fully_connected_grad_input
// CHECK-NEXT:    %[[ERROR:.*]], %{{.*}} = eoq.quantize %[[MAIN]]
// CHECK-NEXT:    %[[INNER:.*]] = eoq.fully_connected_grad_input %[[ERROR]]
// CHECK-NEXT:    %[[SHIFTED:.*]] = eoq.shift_exponent %[[INNER]]
// CHECK-NEXT:    %[[OUTER:.*]] = eoq.fully_connected_grad_input %{{.*}}, %{{.*}} : (tensor<8x16x
// CHECK-NEXT:    eoq.add %[[SHIFTED]], %[[OUTER]]
func.func @shortcut(%e: tensor<8x16x!eoq.fixed<8, ?>>, %ws: tensor<16x512x!eoq.fixed<8, ?>>, %w1: tensor<16x32x!eoq.fixed<8, ?>>, %w2: tensor<32x512x!eoq.fixed<8, ?>>) -> tensor<8x512x!eoq.fixed<32, ?>> {
  %outer = eoq.fully_connected_grad_input %e, %ws : (tensor<8x16x!eoq.fixed<8, ?>>, tensor<16x512x!eoq.fixed<8, ?>>) -> tensor<8x512x!eoq.fixed<32, ?>>
  %main = eoq.fully_connected_grad_input %e, %w1 : (tensor<8x16x!eoq.fixed<8, ?>>, tensor<16x32x!eoq.fixed<8, ?>>) -> tensor<8x32x!eoq.fixed<32, ?>>
  %e1, %s1 = eoq.quantize %main {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<8x32x!eoq.fixed<32, ?>> -> tensor<8x32x!eoq.fixed<8, ?>>
  %inner = eoq.fully_connected_grad_input %e1, %w2 : (tensor<8x32x!eoq.fixed<8, ?>>, tensor<32x512x!eoq.fixed<8, ?>>) -> tensor<8x512x!eoq.fixed<32, ?>>
  %shifted = eoq.shift_exponent %inner {amount = -1 : i64} : (tensor<8x512x!eoq.fixed<32, ?>>) -> tensor<8x512x!eoq.fixed<32, ?>>
  %sum = eoq.add %shifted, %outer {magnitude_bits = array<i64: 29, 29>} : (tensor<8x512x!eoq.fixed<32, ?>>, tensor<8x512x!eoq.fixed<32, ?>>) -> tensor<8x512x!eoq.fixed<32, ?>>
  return %sum : tensor<8x512x!eoq.fixed<32, ?>>
}

// -----

// What has effects of its own is not crossed, and neither is a read of what an
// update writes, through a view of the parameter either.

// CHECK-LABEL: func.func @effects(
// CHECK-NEXT:    eoq.relu
// CHECK-NEXT:    call @unknown
// CHECK-NEXT:    eoq.parameter_load
// CHECK-NEXT:    eoq.reshape
// CHECK-NEXT:    eoq.relu
// CHECK-NEXT:    eoq.sgd_update
// CHECK-NEXT:    return
module {
  eoq.parameter <weight> @w : tensor<64xf32> trainable = dense<0.0> : tensor<64xf32>
  eoq.parameter <optimizer> @v : tensor<64xf32> = dense<0.0> : tensor<64xf32>
  func.func private @unknown()
  func.func @effects(%x: tensor<64xf32>, %lr: i32, %shift: i32, %step: i32) -> tensor<1x64xf32> {
    %g = eoq.relu %x : (tensor<64xf32>) -> tensor<64xf32>
    func.call @unknown() : () -> ()
    %w = eoq.parameter_load @w : tensor<64xf32>
    %view = eoq.reshape %w : (tensor<64xf32>) -> tensor<1x64xf32>
    %a = eoq.relu %view : (tensor<1x64xf32>) -> tensor<1x64xf32>
    eoq.sgd_update @w momentum @v gradient %g learning_rate %lr, %shift step %step {momentum = 29 : i64, site = 3 : i64} : tensor<64xf32>
    return %a : tensor<1x64xf32>
  }
}
