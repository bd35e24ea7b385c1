// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-update)' | FileCheck %s --check-prefixes=CHECK,NORMALIZED
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-update{optimizer=sgd momentum=16 weight-decay-shift=11})' | FileCheck %s --check-prefixes=CHECK,SGD

// The images are not needed here: gradients come in as they are. @frozen has no
// gradient, so it gets neither an update nor state.
// CHECK:           eoq.parameter <weight> @fc.weight
// CHECK-NEXT:      eoq.parameter <optimizer> @fc.weight.momentum : tensor<2x3xf32> = dense<0.000000e+00>
// NORMALIZED-NEXT: eoq.parameter <optimizer> @fc.weight.grad_norm : tensor<f32> = dense<0.000000e+00>
// CHECK-NEXT:      eoq.parameter <weight> @frozen
// CHECK-NEXT:      eoq.parameter <bias> @fc.bias
// CHECK-NEXT:      eoq.parameter <optimizer> @fc.bias.momentum : tensor<2xf32>
// NORMALIZED-NEXT: eoq.parameter <optimizer> @fc.bias.grad_norm : tensor<f32>
// CHECK-NEXT:      eoq.parameter <bias> @scalar
// CHECK-NEXT:      eoq.parameter <optimizer> @scalar.momentum : tensor<1xf32>
// NORMALIZED-NEXT: eoq.parameter <optimizer> @scalar.grad_norm : tensor<f32>
module attributes {eoq.level = "training"} {
  eoq.parameter <weight> @fc.weight : tensor<2x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <weight> @frozen : tensor<2x3xf32> = dense<0.5> : tensor<2x3xf32>
  eoq.parameter <bias> @fc.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <bias> @scalar : tensor<1xf32> trainable = dense<0.0> : tensor<1xf32>
  func.func private @weight_gradient() -> tensor<2x3xf32>
  func.func private @bias_gradient() -> tensor<2xf32>
  func.func private @scalar_gradient() -> tensor<1xf32>

  // Numbers for random draws follow the parameters' order, eight for each,
  // whichever optimizer it is. Weights decay; scalars learn 2^3 times slower.
  // CHECK-LABEL:     func.func @train_step
  // CHECK-SAME:        (%{{.*}}: tensor<1x3xf32>, %{{.*}}: tensor<1xi32>, %[[LR:.*]]: i32, %[[SHIFT:.*]]: i32, %{{.*}}: i32, %[[STEP:.*]]: i32)
  // CHECK-NOT:         eoq.gradient
  // NORMALIZED:        eoq.sgd_update @fc.weight momentum @fc.weight.momentum grad_norm @fc.weight.grad_norm gradient %{{.*}} learning_rate %[[LR]], %[[SHIFT]] step %[[STEP]] {momentum = 29 : i64, site = 0 : i64}
  // NORMALIZED-NEXT:   eoq.sgd_update @fc.bias momentum @fc.bias.momentum grad_norm @fc.bias.grad_norm gradient %{{.*}} {momentum = 29 : i64, site = 16 : i64}
  // NORMALIZED-NEXT:   eoq.sgd_update @scalar momentum @scalar.momentum grad_norm @scalar.grad_norm gradient %{{.*}} {lr_shift_offset = 3 : i64, momentum = 29 : i64, site = 24 : i64}
  // SGD:               eoq.sgd_update @fc.weight momentum @fc.weight.momentum gradient %{{.*}} learning_rate %[[LR]], %[[SHIFT]] step %[[STEP]] {momentum = 16 : i64, site = 0 : i64, weight_decay_shift = 11 : i64}
  // SGD-NEXT:          eoq.sgd_update @fc.bias momentum @fc.bias.momentum gradient %{{.*}} {momentum = 16 : i64, site = 16 : i64}
  // SGD-NEXT:          eoq.sgd_update @scalar momentum @scalar.momentum gradient %{{.*}} {lr_shift_offset = 3 : i64, momentum = 16 : i64, site = 24 : i64}
  // CHECK-NEXT:        return
  func.func @train_step(%images: tensor<1x3xf32>, %labels: tensor<1xi32>, %lr: i32, %shift: i32, %seed: i32, %step: i32) -> (tensor<f32>, i32) {
    %logits = eoq.slice %images {offsets = array<i64: 0, 0>} : (tensor<1x3xf32>) -> tensor<1x2xf32>
    %loss, %hits = eoq.cross_entropy %logits, %labels : (tensor<1x2xf32>, tensor<1xi32>) -> (tensor<f32>, i32)
    %gw = call @weight_gradient() : () -> tensor<2x3xf32>
    %gb = call @bias_gradient() : () -> tensor<2xf32>
    %gs = call @scalar_gradient() : () -> tensor<1xf32>
    eoq.gradient @fc.weight, %gw : tensor<2x3xf32>
    eoq.gradient @fc.bias, %gb : tensor<2xf32>
    eoq.gradient @scalar, %gs : tensor<1xf32>
    return %loss, %hits : tensor<f32>, i32
  }
}

// Parameters first, then the state; each has a site of its own. The key is that
// of step -1.
// CHECK-LABEL:     func.func @initialize
// CHECK-SAME:        (%[[SEED:.*]]: i32)
// CHECK-NEXT:        %[[STEP:.*]] = arith.constant -1 : i32
// CHECK-NEXT:        %[[KEY:.*]] = eoq.random_key %[[SEED]], %[[STEP]]
// CHECK-NEXT:        eoq.parameter_initialize @fc.weight key %[[KEY]] site 4
// CHECK-NEXT:        eoq.parameter_initialize @frozen key %[[KEY]] site 12
// CHECK-NEXT:        eoq.parameter_initialize @fc.bias key %[[KEY]] site 20
// CHECK-NEXT:        eoq.parameter_initialize @scalar key %[[KEY]] site 28
// CHECK-NEXT:        eoq.parameter_initialize @fc.weight.momentum key %[[KEY]] site 36
// NORMALIZED-NEXT:   eoq.parameter_initialize @fc.weight.grad_norm key %[[KEY]] site 44
// CHECK-NEXT:        eoq.parameter_initialize @fc.bias.momentum key
// NORMALIZED-NEXT:   eoq.parameter_initialize @fc.bias.grad_norm key
// CHECK-NEXT:        eoq.parameter_initialize @scalar.momentum key
// NORMALIZED-NEXT:   eoq.parameter_initialize @scalar.grad_norm key
// CHECK-NEXT:        return
