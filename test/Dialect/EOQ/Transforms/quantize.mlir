// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-backward,eoq-generate-update,eoq-quantize)' | FileCheck %s --check-prefixes=CHECK,WIDE,EXACT
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-backward,eoq-generate-update,eoq-quantize{exponents=previous})' | FileCheck %s --check-prefixes=CHECK,WIDE,PREVIOUS
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-backward,eoq-generate-update,eoq-quantize{weight-bits=8})' | FileCheck %s --check-prefixes=CHECK,NARROW,EXACT

// Initial exponents (rule N17): from the standard deviation, from the largest
// magnitude, and for small biases from the range +-4.
// CHECK:       module attributes {eoq.level = "quantized"}
// PREVIOUS:      eoq.parameter <exponent> @quantizer.[[$E2:[0-9]+]].exponent : tensor<i32> = dense<-2147483648>
// PREVIOUS-NEXT: eoq.parameter <exponent> @quantizer.[[$E1:[0-9]+]].exponent : tensor<i32>
// PREVIOUS-NEXT: eoq.parameter <exponent> @quantizer.[[$A:[0-9]+]].exponent : tensor<i32>
// WIDE-NEXT:     @stem : tensor<4x3x!eoq.fixed<16, ?>> trainable = {{.*}} exponent -13
// WIDE-NEXT:     @stem.momentum : tensor<4x3x!eoq.fixed<16, ?>> = {{.*}} exponent -64
// WIDE-NEXT:     @stem.grad_norm : tensor<!eoq.fixed<32, ?>> = dense<0.000000e+00> : tensor<f32> exponent 0
// WIDE-NEXT:     @bias : tensor<4x!eoq.fixed<16, ?>> trainable = {{.*}} exponent -13
// WIDE:          @branch : tensor<4x4x!eoq.fixed<16, ?>> trainable = {{.*}} exponent -12
// NARROW-NEXT:   @stem : tensor<4x3x!eoq.fixed<8, ?>> trainable = {{.*}} exponent -5
// NARROW-NEXT:   @stem.momentum : tensor<4x3x!eoq.fixed<8, ?>> = {{.*}} exponent -64
// NARROW-NEXT:   @stem.grad_norm : tensor<!eoq.fixed<32, ?>> = dense<0.000000e+00> : tensor<f32> exponent 0
// NARROW-NEXT:   @bias : tensor<4x!eoq.fixed<8, ?>> trainable = {{.*}} exponent -5
// NARROW:        @branch : tensor<4x4x!eoq.fixed<8, ?>> trainable = {{.*}} exponent -4
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<4x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -15, centered = false>
  eoq.parameter <bias> @bias : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @branch : tensor<4x4xf32> trainable = dense<3.0> : tensor<4x4xf32>
  func.func @predict(%x: tensor<8x3xf32>) -> tensor<8x4xf32> {
    %w1 = eoq.parameter_load @stem : tensor<4x3xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<8x3xf32>, tensor<4x3xf32>) -> tensor<8x4xf32>
    %b = eoq.parameter_load @bias : tensor<4xf32>
    %1 = eoq.bias_add %0, %b : (tensor<8x4xf32>, tensor<4xf32>) -> tensor<8x4xf32>
    %2 = eoq.relu %1 : (tensor<8x4xf32>) -> tensor<8x4xf32>
    %w2 = eoq.parameter_load @branch : tensor<4x4xf32>
    %3 = eoq.fully_connected %2, %w2 : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
    %4 = eoq.add %2, %3 : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
    return %4 : tensor<8x4xf32>
  }
}

// Only training steps come one after the other: no state is used here.
// CHECK-LABEL:   func.func @predict(%arg0: tensor<8x3x!eoq.fixed<8, ?>>) -> tensor<8x4x!eoq.fixed<32, ?>>
// CHECK-NOT:       previous

// CHECK-LABEL:   func.func @train_step
// CHECK-SAME:      (%[[X:.*]]: tensor<8x3x!eoq.fixed<8, ?>>, %[[LABELS:.*]]: tensor<8xi32>, %{{.*}}: i32, %{{.*}}: i32, %[[SEED:.*]]: i32, %[[STEP:.*]]: i32) -> (tensor<!eoq.fixed<32, -10>>, i32)
// CHECK-NEXT:      %[[KEY:.*]] = eoq.random_key %[[SEED]], %[[STEP]]
//
// Weights: ceil, nearest. Stored with 8 bits they are used as they are.
// WIDE-NEXT:       %[[W1S:.*]] = eoq.parameter_load @stem
// WIDE-NEXT:       %[[W1:.*]], %{{.*}} = eoq.quantize %[[W1S]] {role = #eoq.role<weight>, rounding = #eoq.rounding<nearest>, rule = #eoq.exponent_rule<ceil>, site = {{[0-9]+}} : i64} : tensor<4x3x!eoq.fixed<16, ?>> -> tensor<4x3x!eoq.fixed<8, ?>>
// NARROW-NEXT:     %[[W1:.*]] = eoq.parameter_load @stem
//
// Product, bias (stored precision) and activation stay accumulators.
// CHECK-NEXT:      %[[C:.*]] = eoq.fully_connected %[[X]], %[[W1]] : {{.*}} -> tensor<8x4x!eoq.fixed<32, ?>>
// CHECK-NEXT:      %[[B:.*]] = eoq.parameter_load @bias
// CHECK-NEXT:      %[[CB:.*]] = eoq.bias_add %[[C]], %[[B]]
// WIDE-SAME:         (tensor<8x4x!eoq.fixed<32, ?>>, tensor<4x!eoq.fixed<16, ?>>) -> tensor<8x4x!eoq.fixed<32, ?>>
// NARROW-SAME:       (tensor<8x4x!eoq.fixed<32, ?>>, tensor<4x!eoq.fixed<8, ?>>) -> tensor<8x4x!eoq.fixed<32, ?>>
// CHECK-NEXT:      %[[R:.*]] = eoq.relu %[[CB]] : (tensor<8x4x!eoq.fixed<32, ?>>)
// CHECK-NEXT:      eoq.parameter_load @branch
//
// Its users are a product, which is narrow, the sum, and the backward pass: one
// quantizer for all of them.
// EXACT-NEXT:      %[[Y:.*]], %{{.*}} = eoq.quantize %[[R]] {role = #eoq.role<activation>, rounding = #eoq.rounding<nearest>, rule = #eoq.exponent_rule<round>
// PREVIOUS-NEXT:   %[[P:.*]] = eoq.exponent_load @quantizer.[[$A]].exponent
// PREVIOUS-NEXT:   %[[Y:.*]], %[[FOUND:.*]] = eoq.quantize %[[R]] previous %[[P]] {role = #eoq.role<activation>, rounding = #eoq.rounding<nearest>, rule = #eoq.exponent_rule<round>, site = [[$A]] : i64}
// PREVIOUS-NEXT:   eoq.exponent_store @quantizer.[[$A]].exponent, %[[FOUND]]
// CHECK-NOT:       eoq.quantize %[[R]]
// WIDE-NEXT:       %[[W2:.*]], %{{.*}} = eoq.quantize %{{.*}} {role = #eoq.role<weight>
// CHECK-NEXT:      %[[F:.*]] = eoq.fully_connected %[[Y]],
//
// The product feeds a sum alone, so it stays wide; the sum knows how large its
// terms can be: 7 bits, and 4 * 127 * 127 < 2^16.
// CHECK-NEXT:      %[[Z:.*]] = eoq.add %[[Y]], %[[F]] {magnitude_bits = array<i64: 7, 16>} : (tensor<8x4x!eoq.fixed<8, ?>>, tensor<8x4x!eoq.fixed<32, ?>>) -> tensor<8x4x!eoq.fixed<32, ?>>
// CHECK-NEXT:      eoq.cross_entropy %[[Z]], %[[LABELS]] :
// CHECK-NEXT:      %[[DZ:.*]] = eoq.cross_entropy_grad_logits %[[Z]], %[[LABELS]] {{.*}} -> tensor<8x4x!eoq.fixed<32, -17>>
//
// Errors: round, stochastic; here too one quantizer serves all users.
// PREVIOUS-NEXT:   %[[PE:.*]] = eoq.exponent_load @quantizer.[[$E1]].exponent
// EXACT-NEXT:      %[[E:.*]], %{{.*}} = eoq.quantize %[[DZ]] key %[[KEY]] {role = #eoq.role<error>, rounding = #eoq.rounding<stochastic>, rule = #eoq.exponent_rule<round>
// PREVIOUS-NEXT:   %[[E:.*]], %{{.*}} = eoq.quantize %[[DZ]] key %[[KEY]] previous %[[PE]] {role = #eoq.role<error>
// PREVIOUS-NEXT:   eoq.exponent_store @quantizer.[[$E1]].exponent
// CHECK-NEXT:      %[[EB:.*]] = eoq.fully_connected_grad_input %[[E]],
// CHECK-NEXT:      %[[GW2:.*]] = eoq.fully_connected_grad_weight %[[Y]], %[[E]]
// CHECK-NEXT:      %[[ES:.*]] = eoq.add %[[E]], %[[EB]] {eoq.backward, magnitude_bits = array<i64: 7, 16>}
// CHECK-NEXT:      %[[ER:.*]] = eoq.relu_grad_input %[[ES]], %[[Y]] {eoq.backward} : (tensor<8x4x!eoq.fixed<32, ?>>, tensor<8x4x!eoq.fixed<8, ?>>) -> tensor<8x4x!eoq.fixed<32, ?>>
// PREVIOUS-NEXT:   eoq.exponent_load @quantizer.[[$E2]].exponent
// CHECK-NEXT:      %[[EN:.*]], %{{.*}} = eoq.quantize %[[ER]] {{.*}}role = #eoq.role<error>
// PREVIOUS-NEXT:   eoq.exponent_store @quantizer.[[$E2]].exponent
// CHECK-NEXT:      %[[GB:.*]] = eoq.bias_add_grad_bias %[[EN]] {{.*}} -> tensor<4x!eoq.fixed<64, ?>>
// CHECK-NEXT:      %[[GW1:.*]] = eoq.fully_connected_grad_weight %[[X]], %[[EN]]
//
// Gradients: ceil, stochastic with the step's key, never from the step before.
// CHECK-NEXT:      %[[G1:.*]], %{{.*}} = eoq.quantize %[[GW1]] key %[[KEY]] {role = #eoq.role<gradient>, rounding = #eoq.rounding<stochastic>, rule = #eoq.exponent_rule<ceil>
// CHECK-NEXT:      eoq.sgd_update @stem momentum @stem.momentum grad_norm @stem.grad_norm gradient %[[G1]] {{.*}} key %[[KEY]]
// CHECK-NEXT:      %[[G2:.*]], %{{.*}} = eoq.quantize %[[GB]] key %[[KEY]] {role = #eoq.role<gradient>, {{.*}} : tensor<4x!eoq.fixed<64, ?>> -> tensor<4x!eoq.fixed<8, ?>>
// CHECK-NEXT:      eoq.sgd_update @bias {{.*}} gradient %[[G2]]
// CHECK-NEXT:      %[[G3:.*]], %{{.*}} = eoq.quantize %[[GW2]] key %[[KEY]]
// CHECK-NEXT:      eoq.sgd_update @branch {{.*}} gradient %[[G3]]
// CHECK-NEXT:      return %{{.*}}, %{{.*}} : tensor<!eoq.fixed<32, -10>>, i32

// CHECK-LABEL:   func.func @evaluate
// CHECK-NOT:       previous
// CHECK-LABEL:   func.func @initialize
// CHECK:           eoq.parameter_initialize @branch.grad_norm
// PREVIOUS-DAG:    eoq.parameter_initialize @quantizer.[[$A]].exponent
// PREVIOUS-DAG:    eoq.parameter_initialize @quantizer.[[$E1]].exponent
// PREVIOUS-DAG:    eoq.parameter_initialize @quantizer.[[$E2]].exponent
// CHECK-NOT:       eoq.parameter_initialize
// CHECK:           return
