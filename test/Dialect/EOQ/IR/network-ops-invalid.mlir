// RUN: eoq-opt %s -split-input-file -verify-diagnostics

func.func @conv_2d_c1(%x: tensor<1x3x4x4xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // expected-error @below {{(C1) expected 2 input channels (groups times the weight's second dimension) but got 3}}
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

func.func @conv_2d_c2(%x: tensor<1x4x4x4xf32>, %w: tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32> {
  // expected-error @below {{(C2) expected groups to divide the 3 output channels but got 2}}
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x4x4x4xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// -----

func.func @conv_2d_c2_stride(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32> {
  // expected-error @below {{(C2) expected kernel, strides and dilations of at least 1}}
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// -----

func.func @conv_2d_c3(%x: tensor<1x2x4x4xf32>, %w: tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32> {
  // expected-error @below {{(C3) expected an output of shape [1, 3, 2, 2] but got [1, 3, 4, 4]}}
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}

// -----

func.func @conv_2d_c4(%x: tensor<1x2x4x4x!eoq.fixed<32, ?>>, %w: tensor<3x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x3x4x4x!eoq.fixed<32, ?>> {
  // expected-error @below {{(C4) expected operand #0 to have 8 bits but got 32}}
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x4x4x!eoq.fixed<32, ?>>, tensor<3x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x3x4x4x!eoq.fixed<32, ?>>
  return %0 : tensor<1x3x4x4x!eoq.fixed<32, ?>>
}

// -----

func.func @fully_connected_c1(%x: tensor<2x3xf32>, %w: tensor<5x4xf32>) -> tensor<2x5xf32> {
  // expected-error @below {{(C1) expected shapes [N, K], [M, K] and [N, M] but got [2, 3], [5, 4] and [2, 5]}}
  %0 = eoq.fully_connected %x, %w : (tensor<2x3xf32>, tensor<5x4xf32>) -> tensor<2x5xf32>
  return %0 : tensor<2x5xf32>
}

// -----

func.func @fully_connected_c2(%x: tensor<1x70000x!eoq.fixed<8, ?>>, %w: tensor<1x70000x!eoq.fixed<8, ?>>) -> tensor<1x1x!eoq.fixed<32, ?>> {
  // expected-error @below {{(C2) expected a sum of at most 65536 products but got 70000}}
  %0 = eoq.fully_connected %x, %w : (tensor<1x70000x!eoq.fixed<8, ?>>, tensor<1x70000x!eoq.fixed<8, ?>>) -> tensor<1x1x!eoq.fixed<32, ?>>
  return %0 : tensor<1x1x!eoq.fixed<32, ?>>
}

// -----

func.func @bias_add_c1(%x: tensor<2x3xf32>, %b: tensor<2xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{(C1) expected a bias of one element, or of one per channel, but got 2}}
  %0 = eoq.bias_add %x, %b : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

func.func @bias_add_c3(%x: tensor<2x3x!eoq.fixed<32, ?>>, %b: tensor<3x!eoq.fixed<32, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>> {
  // expected-error @below {{(C3) expected a bias of 8 or 16 bits but got 32}}
  %0 = eoq.bias_add %x, %b : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<3x!eoq.fixed<32, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
  return %0 : tensor<2x3x!eoq.fixed<32, ?>>
}

// -----

func.func @scale_c3(%x: tensor<2x3x!eoq.fixed<8, ?>>, %s: tensor<3x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<8, ?>> {
  // expected-error @below {{(C3) expected a result of 32 bits but got 8}}
  %0 = eoq.scale %x, %s : (tensor<2x3x!eoq.fixed<8, ?>>, tensor<3x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<8, ?>>
  return %0 : tensor<2x3x!eoq.fixed<8, ?>>
}

// -----

func.func @batch_norm_c1(%x: tensor<2x3xf32>, %v: tensor<2xf32>) -> tensor<2x3xf32> {
  // expected-error @below {{(C1) expected vectors of 3 elements but got 2}}
  %0 = eoq.batch_norm %x, %v, %v, %v, %v {epsilon = 1.0e-5 : f64} : (tensor<2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

func.func @leaky_relu_c1(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{(C1) expected an alpha in [0, 1]}}
  %0 = eoq.leaky_relu %x {alpha = 2.0 : f64} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @clip_c1(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{(C1) expected minimum <= maximum}}
  %0 = eoq.clip %x {minimum = 2.0 : f64, maximum = 1.0 : f64} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @shift_exponent_c1(%x: tensor<2x!eoq.fixed<8, -3>>) -> tensor<2x!eoq.fixed<8, -3>> {
  // expected-error @below {{(C1) expected a result like the input, with the exponent shifted by 'amount'}}
  %0 = eoq.shift_exponent %x {amount = 1 : i64} : (tensor<2x!eoq.fixed<8, -3>>) -> tensor<2x!eoq.fixed<8, -3>>
  return %0 : tensor<2x!eoq.fixed<8, -3>>
}

// -----

func.func @add_c1(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<2xf32> {
  // expected-error @below {{(C1) expected equal shapes but got [2] and [3]}}
  %0 = eoq.add %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @add_c2(%x: tensor<2x!eoq.fixed<8, ?>>) -> tensor<2x!eoq.fixed<32, ?>> {
  // expected-error @below {{(C2) expected 'magnitude_bits', each in [1, 31]}}
  %0 = eoq.add %x, %x : (tensor<2x!eoq.fixed<8, ?>>, tensor<2x!eoq.fixed<8, ?>>) -> tensor<2x!eoq.fixed<32, ?>>
  return %0 : tensor<2x!eoq.fixed<32, ?>>
}

// -----

func.func @sub_c1(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<2xf32> {
  // expected-error @below {{(C1) expected equal shapes but got [2] and [3]}}
  %0 = eoq.sub %x, %y : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @sub_c2(%x: tensor<2x!eoq.fixed<8, ?>>) -> tensor<2x!eoq.fixed<32, ?>> {
  // expected-error @below {{(C2) expected 'magnitude_bits', each in [1, 31]}}
  %0 = eoq.sub %x, %x : (tensor<2x!eoq.fixed<8, ?>>, tensor<2x!eoq.fixed<8, ?>>) -> tensor<2x!eoq.fixed<32, ?>>
  return %0 : tensor<2x!eoq.fixed<32, ?>>
}

// -----

func.func @mul_c2(%x: tensor<2x!eoq.fixed<8, ?>>, %y: tensor<2xf32>) -> tensor<2x!eoq.fixed<32, ?>> {
  // expected-error @below {{(C2) mixes f32 and fixed-point tensors}}
  %0 = eoq.mul %x, %y : (tensor<2x!eoq.fixed<8, ?>>, tensor<2xf32>) -> tensor<2x!eoq.fixed<32, ?>>
  return %0 : tensor<2x!eoq.fixed<32, ?>>
}

// -----

func.func @max_pool_2d_c1(%x: tensor<1x2x4x4xf32>) -> tensor<1x3x2x2xf32> {
  // expected-error @below {{(C1) expected input and output to agree in batch and channels}}
  %0 = eoq.max_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x4x4xf32>) -> tensor<1x3x2x2xf32>
  return %0 : tensor<1x3x2x2xf32>
}

// -----

func.func @avg_pool_2d_c3(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // expected-error @below {{(C3) expected every window to hold an element of the input}}
  %0 = eoq.avg_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %0 : tensor<1x2x4x4xf32>
}

// -----

func.func @avg_pool_2d_c5(%x: tensor<1x2x513x512x!eoq.fixed<8, ?>>) {
  // expected-error @below {{(C5) expected windows of at most 262144 elements but got 262656: rule N12 cannot express their mean; pool in two steps}}
  %0 = eoq.avg_pool_2d %x {kernel = array<i64: 513, 512>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x513x512x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
  return
}

// -----

func.func @avg_pool_2d_c5_padding(%x: tensor<1x2x512x512x!eoq.fixed<8, ?>>) {
  // 2^18 elements without the padding, more with it.
  %0 = eoq.avg_pool_2d %x {kernel = array<i64: 514, 512>, strides = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x512x512x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
  // expected-error @below {{but got 263168}}
  %1 = eoq.avg_pool_2d %x {kernel = array<i64: 514, 512>, strides = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, dilations = array<i64: 1, 1>, count_include_pad} : (tensor<1x2x512x512x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
  return
}

// -----

func.func @concat_c1(%x: tensor<1x2xf32>, %y: tensor<2x2xf32>) -> tensor<1x4xf32> {
  // expected-error @below {{(C1) expected shapes that agree but for axis 1}}
  %0 = eoq.concat %x, %y {axis = 1 : i64} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

func.func @slice_c1(%x: tensor<4xf32>) -> tensor<3xf32> {
  // expected-error @below {{(C1) expected a box within the input, of its rank and element type}}
  %0 = eoq.slice %x {offsets = array<i64: 2>} : (tensor<4xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// -----

func.func @pad_c1(%x: tensor<4xf32>) -> tensor<6xf32> {
  // expected-error @below {{(C1) expected pads that explain the result's shape, and one element type}}
  %0 = eoq.pad %x {low = array<i64: 1>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// -----

func.func @reshape_c1(%x: tensor<4xf32>) -> tensor<6xf32> {
  // expected-error @below {{(C1) expected element type and element count to stay}}
  %0 = eoq.reshape %x : (tensor<4xf32>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

// -----

func.func @transpose_c1(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // expected-error @below {{(C1) expected a permutation that explains the result's type}}
  %0 = eoq.transpose %x {permutation = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
