// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

// CHECK: eoq.parameter <weight> @w : tensor<10x4x!eoq.fixed<16, ?>> trainable = {{.*}} exponent -15 nominal 5.000000e-01
eoq.parameter <weight> @w : tensor<10x4x!eoq.fixed<16, ?>> trainable = dense<0.0> : tensor<10x4xf32> exponent -15 nominal 0.5
eoq.parameter <optimizer> @w.momentum : tensor<10x4x!eoq.fixed<16, ?>> = dense<0.0> : tensor<10x4xf32> exponent -64
eoq.parameter <optimizer> @w.grad_norm : tensor<!eoq.fixed<32, ?>> = dense<0.0> : tensor<f32> exponent 0
// CHECK: eoq.parameter <exponent> @q
eoq.parameter <exponent> @q : tensor<i32> = dense<-2147483648> : tensor<i32>

// CHECK-LABEL: @step
func.func @step(%x: tensor<2x4x!eoq.fixed<8, ?>>, %labels: tensor<2xi32>, %m: i32, %s: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
  // CHECK: eoq.random_key
  %key = eoq.random_key %seed, %step
  // CHECK: eoq.parameter_load @w
  %w16 = eoq.parameter_load @w : tensor<10x4x!eoq.fixed<16, ?>>
  // CHECK: eoq.quantize %{{.*}} {role = #eoq.role<weight>, rounding = #eoq.rounding<nearest>, rule = #eoq.exponent_rule<ceil>, site = 9 : i64}
  %w, %we = eoq.quantize %w16 {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 9 : i64} : tensor<10x4x!eoq.fixed<16, ?>> -> tensor<10x4x!eoq.fixed<8, ?>>
  %z = eoq.fully_connected %x, %w : (tensor<2x4x!eoq.fixed<8, ?>>, tensor<10x4x!eoq.fixed<8, ?>>) -> tensor<2x10x!eoq.fixed<32, ?>>
  // CHECK: eoq.cross_entropy
  %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<2x10x!eoq.fixed<32, ?>>, tensor<2xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)
  // CHECK: eoq.cross_entropy_grad_logits
  %dz = eoq.cross_entropy_grad_logits %z, %labels : (tensor<2x10x!eoq.fixed<32, ?>>, tensor<2xi32>) -> tensor<2x10x!eoq.fixed<32, -15>>
  // CHECK: eoq.exponent_load @q
  %p = eoq.exponent_load @q
  // CHECK: eoq.quantize %{{.*}} previous %{{.*}}
  %e, %ee = eoq.quantize %dz previous %p {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 10 : i64} : tensor<2x10x!eoq.fixed<32, -15>> -> tensor<2x10x!eoq.fixed<8, ?>>
  // CHECK: eoq.exponent_store @q
  eoq.exponent_store @q, %ee
  %dw = eoq.fully_connected_grad_weight %x, %e : (tensor<2x4x!eoq.fixed<8, ?>>, tensor<2x10x!eoq.fixed<8, ?>>) -> tensor<10x4x!eoq.fixed<32, ?>>
  // CHECK: eoq.quantize %{{.*}} key %{{.*}}
  %g, %ge = eoq.quantize %dw key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 11 : i64} : tensor<10x4x!eoq.fixed<32, ?>> -> tensor<10x4x!eoq.fixed<8, ?>>
  // CHECK: eoq.sgd_update @w momentum @w.momentum grad_norm @w.grad_norm gradient %{{.*}} learning_rate %{{.*}}, %{{.*}} step %{{.*}} key
  eoq.sgd_update @w momentum @w.momentum grad_norm @w.grad_norm gradient %g learning_rate %m, %s step %step key %key {momentum = 29 : i64, site = 0 : i64} : tensor<10x4x!eoq.fixed<8, ?>>
  return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
}

// CHECK-LABEL: @initialize
func.func @initialize(%key: i32) {
  // CHECK: eoq.parameter_initialize @w key %{{.*}} site 4
  eoq.parameter_initialize @w key %key site 4
  return
}

eoq.parameter <bias> @b : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>

// CHECK-LABEL: @gradient
func.func @gradient(%g: tensor<3xf32>) {
  // CHECK: eoq.gradient @b, %{{.*}} : tensor<3xf32>
  eoq.gradient @b, %g : tensor<3xf32>
  return
}
