// RUN: eoq-opt %s -split-input-file -mlir-print-op-on-diagnostic=false -convert-eoq-to-kernels="remarks=true slots=1" -o /dev/null 2>&1 | FileCheck %s

// Where the pixels of a weight gradient become tiles.

module attributes {eoq.level = "quantized", eoq.model_name = "gradients", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<3x16384x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @train_step(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>, %labels: tensor<16xi32>, %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<16x3x!eoq.fixed<32, ?>>, tensor<16xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over tiles of 4x4 pixels that share products{{.*}}eoq_winograd_grad_weight_i8
    %g0 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x64x3x3x!eoq.fixed<32, ?>>
    %q0, %e0 = eoq.quantize %g0 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<64x64x3x3x!eoq.fixed<32, ?>> -> tensor<64x64x3x3x!eoq.fixed<8, ?>>

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over tiles of 4x4 pixels that share products{{.*}}eoq_winograd_grad_weight_i8
    %x1 = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16x32x32x!eoq.fixed<8, ?>>
    %g1 = eoq.conv_2d_grad_weight %x1, %x1 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x16x32x32x!eoq.fixed<8, ?>>, tensor<16x16x32x32x!eoq.fixed<8, ?>>) -> tensor<16x16x3x3x!eoq.fixed<32, ?>>
    %q1, %e1 = eoq.quantize %g1 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 4 : i64} : tensor<16x16x3x3x!eoq.fixed<32, ?>> -> tensor<16x16x3x3x!eoq.fixed<8, ?>>

    // Many weights for few pixels.
    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %x2 = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x1024x4x4x!eoq.fixed<8, ?>>
    %g2 = eoq.conv_2d_grad_weight %x2, %x2 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x1024x4x4x!eoq.fixed<8, ?>>, tensor<16x1024x4x4x!eoq.fixed<8, ?>>) -> tensor<1024x1024x3x3x!eoq.fixed<32, ?>>
    %q2, %e2 = eoq.quantize %g2 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 5 : i64} : tensor<1024x1024x3x3x!eoq.fixed<32, ?>> -> tensor<1024x1024x3x3x!eoq.fixed<8, ?>>

    // Columns that are no whole vectors.
    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %x3 = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x4x64x64x!eoq.fixed<8, ?>>
    %g3 = eoq.conv_2d_grad_weight %x3, %x3 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x4x64x64x!eoq.fixed<8, ?>>, tensor<16x4x64x64x!eoq.fixed<8, ?>>) -> tensor<4x4x3x3x!eoq.fixed<32, ?>>
    %q3, %e3 = eoq.quantize %g3 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 6 : i64} : tensor<4x4x3x3x!eoq.fixed<32, ?>> -> tensor<4x4x3x3x!eoq.fixed<8, ?>>

    // Windows that are not one pixel apart, taps that are not, and other kernels.
    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %x4 = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16x32x32x!eoq.fixed<8, ?>>
    %g4 = eoq.conv_2d_grad_weight %x4, %x {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x16x32x32x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x16x3x3x!eoq.fixed<32, ?>>
    %q4, %e4 = eoq.quantize %g4 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 7 : i64} : tensor<64x16x3x3x!eoq.fixed<32, ?>> -> tensor<64x16x3x3x!eoq.fixed<8, ?>>

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %g5 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 2, 2, 2, 2>, dilations = array<i64: 2, 2>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x64x3x3x!eoq.fixed<32, ?>>
    %q5, %e5 = eoq.quantize %g5 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 8 : i64} : tensor<64x64x3x3x!eoq.fixed<32, ?>> -> tensor<64x64x3x3x!eoq.fixed<8, ?>>

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %g6 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 2, 2, 2, 2>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x64x5x5x!eoq.fixed<32, ?>>
    %q6, %e6 = eoq.quantize %g6 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 9 : i64} : tensor<64x64x5x5x!eoq.fixed<32, ?>> -> tensor<64x64x5x5x!eoq.fixed<8, ?>>
    return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
  }
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    return %z : tensor<16x3x!eoq.fixed<32, ?>>
  }
}

// -----

module attributes {eoq.level = "quantized", eoq.model_name = "gradients", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "+sse2"}} {
  eoq.parameter <weight> @w : tensor<3x16384x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @train_step(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>, %labels: tensor<16xi32>, %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<16x3x!eoq.fixed<32, ?>>, tensor<16xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over tiles of 4x4 pixels that share products{{.*}}eoq_winograd_grad_weight_i8
    %g0 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x64x3x3x!eoq.fixed<32, ?>>
    %q0, %e0 = eoq.quantize %g0 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<64x64x3x3x!eoq.fixed<32, ?>> -> tensor<64x64x3x3x!eoq.fixed<8, ?>>
    return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
  }
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    return %z : tensor<16x3x!eoq.fixed<32, ?>>
  }
}

// -----

// Targets with an instruction for groups of four keep the direct product.
module attributes {eoq.level = "quantized", eoq.model_name = "gradients", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "+avx2,+avx512vl,+avx512vnni"}} {
  eoq.parameter <weight> @w : tensor<3x16384x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @train_step(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>, %labels: tensor<16xi32>, %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<16x3x!eoq.fixed<32, ?>>, tensor<16xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %g0 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x64x3x3x!eoq.fixed<32, ?>>
    %q0, %e0 = eoq.quantize %g0 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<64x64x3x3x!eoq.fixed<32, ?>> -> tensor<64x64x3x3x!eoq.fixed<8, ?>>
    return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
  }
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    return %z : tensor<16x3x!eoq.fixed<32, ?>>
  }
}

// -----

module attributes {eoq.level = "quantized", eoq.model_name = "gradients", eoq.target = {triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "+neon,+dotprod"}} {
  eoq.parameter <weight> @w : tensor<3x16384x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @train_step(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>, %labels: tensor<16xi32>, %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> (tensor<!eoq.fixed<32, -10>>, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<16x3x!eoq.fixed<32, ?>>, tensor<16xi32>) -> (tensor<!eoq.fixed<32, -10>>, i32)

    // CHECK: remark: conv_2d_grad_weight: {{.*}}: sum over pixels, 
    %g0 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<64x64x3x3x!eoq.fixed<32, ?>>
    %q0, %e0 = eoq.quantize %g0 key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<64x64x3x3x!eoq.fixed<32, ?>> -> tensor<64x64x3x3x!eoq.fixed<8, ?>>
    return %loss, %correct : tensor<!eoq.fixed<32, -10>>, i32
  }
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<3x16384x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %w : (tensor<16x16384x!eoq.fixed<8, ?>>, tensor<3x16384x!eoq.fixed<8, ?>>) -> tensor<16x3x!eoq.fixed<32, ?>>
    return %z : tensor<16x3x!eoq.fixed<32, ?>>
  }
}
