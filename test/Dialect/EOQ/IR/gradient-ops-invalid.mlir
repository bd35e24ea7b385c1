// RUN: eoq-opt %s -split-input-file -verify-diagnostics

func.func @conv_2d_grad_input_c3(%w: tensor<4x3x3x3xf32>, %e: tensor<2x4x4x4xf32>) {
  // expected-error @below {{(C3) expected an output of shape [2, 4, 8, 8] but got [2, 4, 4, 4]}}
  %0 = eoq.conv_2d_grad_input %e, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<4x3x3x3xf32>) -> tensor<2x3x8x8xf32>
  return
}

// -----

func.func @conv_2d_grad_weight_c4(%x: tensor<2x1x400x400x!eoq.fixed<8, ?>>, %e: tensor<2x1x400x400x!eoq.fixed<8, ?>>) {
  // expected-error @below {{(C4) expected a sum of at most 131072 products in 32 bits but got 320000}}
  %0 = eoq.conv_2d_grad_weight %x, %e {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x400x400x!eoq.fixed<8, ?>>, tensor<2x1x400x400x!eoq.fixed<8, ?>>) -> tensor<1x1x1x1x!eoq.fixed<32, ?>>
  return
}

// -----

func.func @conv_2d_grad_weight_c4_width(%x: tensor<2x1x4x4x!eoq.fixed<8, ?>>) {
  // expected-error @below {{(C4) expected a result of 32 or 64 bits but got 16}}
  %0 = eoq.conv_2d_grad_weight %x, %x {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x1x4x4x!eoq.fixed<8, ?>>, tensor<2x1x4x4x!eoq.fixed<8, ?>>) -> tensor<1x1x1x1x!eoq.fixed<16, ?>>
  return
}

// -----

func.func @fully_connected_grad_input_c1(%e: tensor<2x4xf32>, %w: tensor<5x3xf32>) {
  // expected-error @below {{(C1) expected shapes [N, K], [M, K] and [N, M] but got [2, 3], [5, 3] and [2, 4]}}
  %0 = eoq.fully_connected_grad_input %e, %w : (tensor<2x4xf32>, tensor<5x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @fully_connected_grad_weight_c1(%x: tensor<3x3xf32>, %e: tensor<2x4xf32>) {
  // expected-error @below {{(C1) expected shapes [N, K], [M, K] and [N, M] but got [3, 3], [4, 3] and [2, 4]}}
  %0 = eoq.fully_connected_grad_weight %x, %e : (tensor<3x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @bias_add_grad_bias_c1(%e: tensor<2x4xf32>) {
  // expected-error @below {{(C1) expected a result of one element, or of one per channel, but got 3}}
  %0 = eoq.bias_add_grad_bias %e : (tensor<2x4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @bias_add_grad_bias_c2(%e: tensor<2x4x!eoq.fixed<8, ?>>) {
  // expected-error @below {{(C2) expected a result of 64 bits but got 32}}
  %0 = eoq.bias_add_grad_bias %e : (tensor<2x4x!eoq.fixed<8, ?>>) -> tensor<4x!eoq.fixed<32, ?>>
  return
}

// -----

func.func @scale_grad_scale_c1(%x: tensor<2x4xf32>, %e: tensor<2x3xf32>) {
  // expected-error @below {{(C1) expected operands of one shape but got [2, 4] and [2, 3]}}
  %0 = eoq.scale_grad_scale %x, %e : (tensor<2x4xf32>, tensor<2x3xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @relu_grad_input_c1(%e: tensor<2x!eoq.fixed<32, ?>>, %y: tensor<2x!eoq.fixed<32, ?>>) {
  // expected-error @below {{(C1) expected 'output' to be f32 as 'grad_output' is, or to have 8 bits}}
  %0 = eoq.relu_grad_input %e, %y : (tensor<2x!eoq.fixed<32, ?>>, tensor<2x!eoq.fixed<32, ?>>) -> tensor<2x!eoq.fixed<32, ?>>
  return
}

// -----

func.func @leaky_relu_grad_input_c1(%e: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) expected operands of one shape but got [2] and [3]}}
  %0 = eoq.leaky_relu_grad_input %e, %y {alpha = 1.0e-1 : f64} : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @clip_grad_input_c1(%e: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{(C1) expected operands of one shape but got [2] and [3]}}
  %0 = eoq.clip_grad_input %e, %y {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @max_pool_2d_grad_input_c4(%x: tensor<1x2x6x6xf32>, %e: tensor<1x2x3x3xf32>) {
  // expected-error @below {{(C4) expected a result of the input's shape}}
  %0 = eoq.max_pool_2d_grad_input %e, %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x3x3xf32>, tensor<1x2x6x6xf32>) -> tensor<1x2x5x5xf32>
  return
}

// -----

func.func @avg_pool_2d_grad_input_c5(%e: tensor<1x2x1x1x!eoq.fixed<8, ?>>) {
  %0 = eoq.avg_pool_2d_grad_input %e {kernel = array<i64: 300, 300>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x300x300x!eoq.fixed<32, ?>>
  // expected-error @below {{(C5) expected windows of at most 262144 elements but got 360000}}
  %1 = eoq.avg_pool_2d_grad_input %e {kernel = array<i64: 600, 600>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x600x600x!eoq.fixed<32, ?>>
  return
}

// -----

// Half a kernel of padding is well; windows of one pixel of the image are not.
func.func @avg_pool_2d_grad_input_c5_overlaps(%e: tensor<1x1x300x300x!eoq.fixed<8, ?>>, %f: tensor<1x1x597x597x!eoq.fixed<8, ?>>) {
  %0 = eoq.avg_pool_2d_grad_input %e {kernel = array<i64: 299, 299>, strides = array<i64: 1, 1>, pads = array<i64: 149, 149, 149, 149>, dilations = array<i64: 1, 1>} : (tensor<1x1x300x300x!eoq.fixed<8, ?>>) -> tensor<1x1x300x300x!eoq.fixed<32, ?>>
  // expected-error @below {{(C5) expected gradients of 32 bits, but those of windows that overlap can add up to}}
  %1 = eoq.avg_pool_2d_grad_input %f {kernel = array<i64: 298, 298>, strides = array<i64: 1, 1>, pads = array<i64: 297, 297, 297, 297>, dilations = array<i64: 1, 1>} : (tensor<1x1x597x597x!eoq.fixed<8, ?>>) -> tensor<1x1x300x300x!eoq.fixed<32, ?>>
  return
}

// -----

func.func @avg_pool_2d_grad_input_c2(%e: tensor<1x2x3x3xf32>) {
  // expected-error @below {{(C2) expected pads that are not negative}}
  %0 = eoq.avg_pool_2d_grad_input %e {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: -1, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x3x3xf32>) -> tensor<1x2x6x6xf32>
  return
}

// -----

// Elements of overlapping windows add up.
func.func @max_pool_2d_grad_input_overlaps(%x: tensor<1x2x6x6x!eoq.fixed<8, ?>>, %e: tensor<1x2x5x3x!eoq.fixed<8, ?>>) {
  // expected-error @below {{(C4) expected a result of 32 bits but got 8}}
  %0 = eoq.max_pool_2d_grad_input %e, %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x5x3x!eoq.fixed<8, ?>>, tensor<1x2x6x6x!eoq.fixed<8, ?>>) -> tensor<1x2x6x6x!eoq.fixed<8, ?>>
  return
}
