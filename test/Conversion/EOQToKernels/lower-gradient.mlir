// RUN: eoq-opt %s -convert-eoq-to-kernels | FileCheck %s --enable-var-scope

// A quantizer that is the only reader of a weight's gradient takes it in the
// order of the sums, and no buffer is transposed. One that is the only reader of
// an image's gradient does not need its zeros.

module attributes {eoq.level = "quantized", eoq.model_name = "gradients"} {
  eoq.parameter <weight> @w : tensor<3x256x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  eoq.parameter <weight> @v : tensor<16x16x1x1x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
// CHECK-LABEL: func.func @train_step(
  func.func @train_step(%x: tensor<2x16x4x4x!eoq.fixed<8, ?>>, %labels: tensor<2xi32>, %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<3x256x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x16x4x4x!eoq.fixed<8, ?>>) -> tensor<2x256x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<2x256x!eoq.fixed<8, ?>>, tensor<3x256x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    // CHECK: call @eoq_cross_entropy_i32
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)

    // CHECK:      %[[SUMS:.*]] = memref.alloc() {{.*}} : memref<2304xi32>
    // CHECK:      call @eoq_grad_weight_chunks_i8(
    // CHECK-NOT:  @eoq_unpack_gradient
    // CHECK:      %[[MAX:.*]] = call @eoq_max_abs_i32(
    // CHECK:      %[[EXACT:.*]] = call @eoq_exponent_shift(%[[MAX]],
    // CHECK:      %[[EXPONENT:.*]] = arith.addi %[[SUM_EXPONENT:.*]], %[[EXACT]]
    // CHECK:      %[[SHIFT:.*]] = arith.subi %[[EXPONENT]], %[[SUM_EXPONENT]]
    // CHECK:      %[[OUT:.*]] = memref.alloc() {{.*}} : memref<2304xi8>
    // CHECK:      call @eoq_quantize_stochastic_outputs_last_i32_i8({{.*}}, %[[SHIFT]],
    %g0 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x4x4x!eoq.fixed<8, ?>>, tensor<2x16x4x4x!eoq.fixed<8, ?>>) -> tensor<16x16x3x3x!eoq.fixed<32, ?>>
    %q0, %e0 = eoq.quantize %g0 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<16x16x3x3x!eoq.fixed<32, ?>> -> tensor<16x16x3x3x!eoq.fixed<8, ?>>

    // Kernels of one tap make their sums in order.
    // CHECK:      call @eoq_grad_weight_chunks_i8(
    // CHECK-NOT:  outputs_last
    // CHECK:      call @eoq_fused_i32_stochastic
    %g1 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x4x4x!eoq.fixed<8, ?>>, tensor<2x16x4x4x!eoq.fixed<8, ?>>) -> tensor<16x16x1x1x!eoq.fixed<32, ?>>
    %q1, %e1 = eoq.quantize %g1 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 4 : i64} : tensor<16x16x1x1x!eoq.fixed<32, ?>> -> tensor<16x16x1x1x!eoq.fixed<8, ?>>

    // Eight columns are half a panel.
    // CHECK:      call @eoq_grad_weight_chunks_narrow(
    // CHECK:      call @eoq_unpack_gradient_i32
    // CHECK:      call @eoq_fused_i32_stochastic
    %y = eoq.reshape %x : (tensor<2x16x4x4x!eoq.fixed<8, ?>>) -> tensor<2x8x8x4x!eoq.fixed<8, ?>>
    %g2 = eoq.conv_2d_grad_weight %y, %y {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x8x4x!eoq.fixed<8, ?>>, tensor<2x8x8x4x!eoq.fixed<8, ?>>) -> tensor<8x8x3x3x!eoq.fixed<32, ?>>
    %q2, %e2 = eoq.quantize %g2 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 5 : i64} : tensor<8x8x3x3x!eoq.fixed<32, ?>> -> tensor<8x8x3x3x!eoq.fixed<8, ?>>

    // Where most pixels of an image's gradient are known to be zero, only the
    // others exist in 32 bits: 2x4x4x16 of 2x16x8x8.
    // CHECK:      %[[REACHED:.*]] = memref.alloc() {{.*}} : memref<512xi32>
    // CHECK-NOT:  @eoq_fill_pixels
    // CHECK:      call @eoq_conv_i8(
    // CHECK:      %[[MAX:.*]] = call @eoq_max_abs_i32(
    // CHECK:      call @eoq_exponent_shift(%[[MAX]],
    // CHECK:      %[[ERROR:.*]] = memref.alloc() {{.*}} : memref<2048xi8>
    // CHECK:      call @eoq_quantize_stochastic_reached_i32_i8(
    %v = eoq.parameter_load @v : tensor<16x16x1x1x!eoq.fixed<8, ?>>
    %g3 = eoq.conv_2d_grad_input %x, %v {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x4x4x!eoq.fixed<8, ?>>, tensor<16x16x1x1x!eoq.fixed<8, ?>>) -> tensor<2x16x8x8x!eoq.fixed<32, ?>>
    %q3, %e3 = eoq.quantize %g3 key %key {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 6 : i64} : tensor<2x16x8x8x!eoq.fixed<32, ?>> -> tensor<2x16x8x8x!eoq.fixed<8, ?>>

    // Other readers want all pixels.
    // CHECK:      call @eoq_fill_pixels_i32
    // CHECK:      call @eoq_relu_i32
    %g4 = eoq.conv_2d_grad_input %x, %v {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x4x4x!eoq.fixed<8, ?>>, tensor<16x16x1x1x!eoq.fixed<8, ?>>) -> tensor<2x16x8x8x!eoq.fixed<32, ?>>
    %r4 = eoq.relu %g4 : (tensor<2x16x8x8x!eoq.fixed<32, ?>>) -> tensor<2x16x8x8x!eoq.fixed<32, ?>>
    return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
  }
  func.func @predict(%x: tensor<2x16x4x4x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<3x256x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x16x4x4x!eoq.fixed<8, ?>>) -> tensor<2x256x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<2x256x!eoq.fixed<8, ?>>, tensor<3x256x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    return %z : tensor<2x3x!eoq.fixed<32, ?>>
  }
}
