// RUN: eoq-opt %s -convert-eoq-to-kernels | FileCheck %s --enable-var-scope

// The state: exponents first, then the data, each aligned to 64 bytes.

// CHECK:      module attributes {
// CHECK-SAME: eoq.level = "kernels"
// CHECK-SAME: eoq.model_info = {batch = 2 : i64, channels = 1 : i64, classes = 3 : i64, height = 2 : i64, identity = "{{[0-9a-f]+}}", name = "training", precision = 8 : i64, state_bytes = 320 : i64, tensor_count = 4 : i64, width = 2 : i64}
// The integers of given values, floor(x * 4 + 0.5).
// CHECK: memref.global "private" constant @eoq_initial_0 : memref<12xi16> = dense<[2, 1, 0, -4, 4, 8, 12, 1, -2, 2, 0, 0]>

module attributes {eoq.level = "quantized", eoq.model_name = "training"} {
  // CHECK: eoq.parameter <weight> @w {{.*}} {eoq.exponent_offset = 0 : i64, eoq.state_offset = 64 : i64}
  eoq.parameter <weight> @w : tensor<3x4x!eoq.fixed<16, ?>> trainable = dense<[[0.5, 0.25, 0.0, -1.0], [1.0, 2.0, 3.0, 0.126], [-0.5, 0.5, 0.0, 0.0]]> : tensor<3x4xf32> exponent -2 nominal 1.0e-01
  // CHECK: eoq.parameter <optimizer> @w.momentum {{.*}} {eoq.exponent_offset = 4 : i64, eoq.state_offset = 128 : i64}
  eoq.parameter <optimizer> @w.momentum : tensor<3x4x!eoq.fixed<16, ?>> = dense<0.0> : tensor<3x4xf32> exponent -64
  // CHECK: eoq.parameter <optimizer> @w.grad_norm {{.*}} {eoq.exponent_offset = 8 : i64, eoq.state_offset = 192 : i64}
  eoq.parameter <optimizer> @w.grad_norm : tensor<!eoq.fixed<32, ?>> = dense<0.0> : tensor<f32> exponent 0
  // CHECK: eoq.parameter <exponent> @site {{.*}} {eoq.state_offset = 256 : i64}
  eoq.parameter <exponent> @site : tensor<i32> = dense<-2147483648> : tensor<i32>

// CHECK-LABEL: func.func @initialize(
// CHECK-SAME:    %{{.*}}: memref<320xi8>, %[[SEED:.*]]: i32)
// CHECK:         call @eoq_random_key(%[[SEED]]
// CHECK:         memref.store
// CHECK:         memref.copy
// CHECK:         call @eoq_fill_i16
// CHECK:         call @eoq_fill_i32
// CHECK:         call @eoq_fill_i32
// CHECK:         return
  func.func @initialize(%seed: i32) {
    %step = arith.constant -1 : i32
    %key = eoq.random_key %seed, %step
    eoq.parameter_initialize @w key %key site 0
    eoq.parameter_initialize @w.momentum key %key site 1
    eoq.parameter_initialize @w.grad_norm key %key site 2
    eoq.parameter_initialize @site key %key site 3
    return
  }

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME:    %[[STATE:[^:]*]]: memref<320xi8>, %[[IMAGES:[^:]*]]: memref<8xi8>, %[[XE:[^:]*]]: i32, %[[LABELS:[^:]*]]: memref<2xi32>, %[[LR:[^:]*]]: i32, %[[SHIFT:[^:]*]]: i32, %[[SEED:[^:]*]]: i32, %[[STEP:[^:]*]]: i32, %[[LOSS:[^:]*]]: memref<1xi32>, %[[CORRECT:[^:]*]]: memref<1xi32>)
// CHECK:         %[[RESULT:.*]]:2 = call @eoq_cross_entropy_i32
// CHECK:         call @eoq_cross_entropy_grad_i32
// CHECK:         %[[OLD:.*]] = memref.load
// Only without an exponent of the step before is it looked for first.
// CHECK:         %[[FIRST:.*]] = arith.cmpi eq, %[[OLD]], %{{.*}} : i32
// CHECK:         %[[COUNT:.*]] = arith.select %[[FIRST]], %{{.*}} : index
// CHECK:         %[[M:.*]] = call @eoq_fused_i32_max(%{{.*}}, %[[COUNT]],
// CHECK:         %[[S:.*]] = call @eoq_exponent_shift(%[[M]]
// The exponent of the gradient of the logits is static: -14 - 1.
// CHECK:         %[[EXACT:.*]] = arith.addi %{{.*}}, %[[S]]
// CHECK:         %[[E:.*]] = arith.select %[[FIRST]], %[[EXACT]], %[[OLD]]
// CHECK:         %[[SHIFT_E:.*]] = arith.subi %[[E]],
// CHECK:         %[[M2:.*]] = call @eoq_fused_i32_max_nearest({{.*}}, %[[SHIFT_E]])
// CHECK:         %[[S2:.*]] = call @eoq_exponent_shift(%[[M2]]
// CHECK:         %[[EXACT2:.*]] = arith.addi %{{.*}}, %[[S2]]
// CHECK:         %[[PREVIOUS:.*]]:2 = call @eoq_previous_exponent(%[[M2]], %[[EXACT2]], %[[OLD]])
// CHECK:         memref.store %[[PREVIOUS]]#1
// CHECK:         call @eoq_fused_i32_stochastic
// CHECK:         %[[K:.*]] = arith.addi %[[SHIFT]], %{{.*}} : i32
// CHECK:         call @eoq_sgd_update_i16
// CHECK-SAME:      %[[LR]], %[[K]],
// CHECK-SAME:      %[[STEP]])
// CHECK:         memref.store %[[RESULT]]#0, %[[LOSS]]
// CHECK:         memref.store %[[RESULT]]#1, %[[CORRECT]]
  func.func @train_step(%x: tensor<2x1x2x2x!eoq.fixed<8, ?>>, %labels: tensor<2xi32>, %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
    %key = eoq.random_key %seed, %step
    %m = eoq.parameter_load @w : tensor<3x4x!eoq.fixed<16, ?>>
    %w, %we = eoq.quantize %m {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<3x4x!eoq.fixed<16, ?>> -> tensor<3x4x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x1x2x2x!eoq.fixed<8, ?>>) -> tensor<2x4x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<2x4x!eoq.fixed<8, ?>>, tensor<3x4x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)
    %g = eoq.cross_entropy_grad_logits %z, %labels : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2xi32>) -> tensor<2x3x!eoq.fixed<32, -15>>
    %old = eoq.exponent_load @site
    %e, %fresh = eoq.quantize %g previous %old {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 2 : i64} : tensor<2x3x!eoq.fixed<32, -15>> -> tensor<2x3x!eoq.fixed<8, ?>>
    eoq.exponent_store @site, %fresh
    %gw = eoq.fully_connected_grad_weight %f, %e : (tensor<2x4x!eoq.fixed<8, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<3x4x!eoq.fixed<32, ?>>
    %gq, %ge = eoq.quantize %gw key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<3x4x!eoq.fixed<32, ?>> -> tensor<3x4x!eoq.fixed<8, ?>>
    eoq.sgd_update @w momentum @w.momentum grad_norm @w.grad_norm gradient %gq learning_rate %lr_multiplier, %lr_shift step %step key %key {momentum = 29 : i64, lr_shift_offset = 2 : i64, site = 4 : i64} : tensor<3x4x!eoq.fixed<8, ?>>
    return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
  }

  func.func @predict(%x: tensor<2x1x2x2x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>> {
    %m = eoq.parameter_load @w : tensor<3x4x!eoq.fixed<16, ?>>
    %w, %we = eoq.quantize %m {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<3x4x!eoq.fixed<16, ?>> -> tensor<3x4x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x1x2x2x!eoq.fixed<8, ?>>) -> tensor<2x4x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<2x4x!eoq.fixed<8, ?>>, tensor<3x4x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    return %z : tensor<2x3x!eoq.fixed<32, ?>>
  }
}
