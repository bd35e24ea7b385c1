// RUN: eoq-opt %s -split-input-file -mlir-print-op-on-diagnostic=false -convert-eoq-to-kernels="remarks=true slots=1" -o /dev/null 2>&1 | FileCheck %s

// Where 3x3 windows become tiles.

module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<64x64x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x64x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: tiles of 4x4 windows that share products{{.*}}eoq_winograd_i8
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<64x64x3x3x!eoq.fixed<8, ?>>) -> tensor<16x64x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x64x16x16x!eoq.fixed<32, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>>
    return %logits : tensor<16x16384x!eoq.fixed<32, ?>>
  }
}

// -----

module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "+sse2"}} {
  eoq.parameter <weight> @w : tensor<64x64x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x64x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: tiles of 4x4 windows that share products{{.*}}eoq_winograd_i8
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<64x64x3x3x!eoq.fixed<8, ?>>) -> tensor<16x64x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x64x16x16x!eoq.fixed<32, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>>
    return %logits : tensor<16x16384x!eoq.fixed<32, ?>>
  }
}

// -----

// Targets with an instruction for groups of four keep the direct product.
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "+avx2,+avx512vl,+avx512vnni"}} {
  eoq.parameter <weight> @w : tensor<64x64x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x64x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: direct convolution
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<64x64x3x3x!eoq.fixed<8, ?>>) -> tensor<16x64x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x64x16x16x!eoq.fixed<32, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>>
    return %logits : tensor<16x16384x!eoq.fixed<32, ?>>
  }
}

// -----

module attributes {eoq.model_name = "products", eoq.target = {triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "+neon,+dotprod"}} {
  eoq.parameter <weight> @w : tensor<64x64x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x64x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: direct convolution
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<64x64x3x3x!eoq.fixed<8, ?>>) -> tensor<16x64x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x64x16x16x!eoq.fixed<32, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>>
    return %logits : tensor<16x16384x!eoq.fixed<32, ?>>
  }
}

// -----

// 64 times the result would not fit 32 bits.
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<64x232x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x232x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x232x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: direct convolution
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x232x16x16x!eoq.fixed<8, ?>>, tensor<64x232x3x3x!eoq.fixed<8, ?>>) -> tensor<16x64x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x64x16x16x!eoq.fixed<32, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>>
    return %logits : tensor<16x16384x!eoq.fixed<32, ?>>
  }
}

// -----

// Columns that do not fill a panel.
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<60x64x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x64x16x16x!eoq.fixed<8, ?>>) -> tensor<16x15360x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<60x64x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: direct convolution
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x64x16x16x!eoq.fixed<8, ?>>, tensor<60x64x3x3x!eoq.fixed<8, ?>>) -> tensor<16x60x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x60x16x16x!eoq.fixed<32, ?>>) -> tensor<16x15360x!eoq.fixed<32, ?>>
    return %logits : tensor<16x15360x!eoq.fixed<32, ?>>
  }
}

// -----

// An odd number of channels.
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<64x63x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<16x63x16x16x!eoq.fixed<8, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x63x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: direct convolution
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<16x63x16x16x!eoq.fixed<8, ?>>, tensor<64x63x3x3x!eoq.fixed<8, ?>>) -> tensor<16x64x16x16x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<16x64x16x16x!eoq.fixed<32, ?>>) -> tensor<16x16384x!eoq.fixed<32, ?>>
    return %logits : tensor<16x16384x!eoq.fixed<32, ?>>
  }
}

// -----

// All tiles are one chunk: slots transform the weights that they need.
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<64x64x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<1x64x8x8x!eoq.fixed<8, ?>>) -> tensor<1x4096x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<64x64x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: tiles of 4x4 windows that share products{{.*}}eoq_winograd_panels_i8
    // CHECK-NOT: eoq_winograd_weights
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x64x8x8x!eoq.fixed<8, ?>>, tensor<64x64x3x3x!eoq.fixed<8, ?>>) -> tensor<1x64x8x8x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<1x64x8x8x!eoq.fixed<32, ?>>) -> tensor<1x4096x!eoq.fixed<32, ?>>
    return %logits : tensor<1x4096x!eoq.fixed<32, ?>>
  }
}

// -----

// Many weights for few pixels.
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2"}} {
  eoq.parameter <weight> @w : tensor<128x128x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<1x128x4x4x!eoq.fixed<8, ?>>) -> tensor<1x2048x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<128x128x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: {{.*}}: direct convolution
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x128x4x4x!eoq.fixed<8, ?>>, tensor<128x128x3x3x!eoq.fixed<8, ?>>) -> tensor<1x128x4x4x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<1x128x4x4x!eoq.fixed<32, ?>>) -> tensor<1x2048x!eoq.fixed<32, ?>>
    return %logits : tensor<1x2048x!eoq.fixed<32, ?>>
  }
}
