// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

// CHECK-LABEL: @conv
func.func @conv(%x: tensor<2x3x8x8x!eoq.fixed<8, ?>>, %w: tensor<4x3x3x3x!eoq.fixed<8, ?>>, %e: tensor<2x4x4x4x!eoq.fixed<8, ?>>) {
  // CHECK: eoq.conv_2d_grad_input
  %0 = eoq.conv_2d_grad_input %e, %w {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x4x4x4x!eoq.fixed<8, ?>>, tensor<4x3x3x3x!eoq.fixed<8, ?>>) -> tensor<2x3x8x8x!eoq.fixed<32, ?>>
  // CHECK: eoq.conv_2d_grad_weight
  %1 = eoq.conv_2d_grad_weight %x, %e {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8x!eoq.fixed<8, ?>>, tensor<2x4x4x4x!eoq.fixed<8, ?>>) -> tensor<4x3x3x3x!eoq.fixed<64, ?>>
  // CHECK: eoq.bias_add_grad_bias
  %2 = eoq.bias_add_grad_bias %e : (tensor<2x4x4x4x!eoq.fixed<8, ?>>) -> tensor<4x!eoq.fixed<64, ?>>
  // CHECK: eoq.scale_grad_scale
  %3 = eoq.scale_grad_scale %e, %e : (tensor<2x4x4x4x!eoq.fixed<8, ?>>, tensor<2x4x4x4x!eoq.fixed<8, ?>>) -> tensor<1x!eoq.fixed<64, ?>>
  return
}

// CHECK-LABEL: @fully_connected
func.func @fully_connected(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, %e: tensor<2x4xf32>) {
  // CHECK: eoq.fully_connected_grad_input
  %0 = eoq.fully_connected_grad_input %e, %w : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  // CHECK: eoq.fully_connected_grad_weight
  %1 = eoq.fully_connected_grad_weight %x, %e : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// CHECK-LABEL: @masks
func.func @masks(%e: tensor<2x3x!eoq.fixed<32, ?>>, %y: tensor<2x3x!eoq.fixed<8, ?>>) {
  // CHECK: eoq.relu_grad_input
  %0 = eoq.relu_grad_input %e, %y : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
  // CHECK: eoq.leaky_relu_grad_input
  %1 = eoq.leaky_relu_grad_input %0, %y {alpha = 1.0e-1 : f64} : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
  // CHECK: eoq.clip_grad_input
  %2 = eoq.clip_grad_input %1, %y {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
  return
}

// CHECK-LABEL: @pooling
func.func @pooling(%x: tensor<1x2x6x6x!eoq.fixed<8, ?>>, %e: tensor<1x2x3x3x!eoq.fixed<8, ?>>) {
  // CHECK: eoq.max_pool_2d_grad_input
  %0 = eoq.max_pool_2d_grad_input %e, %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x3x3x!eoq.fixed<8, ?>>, tensor<1x2x6x6x!eoq.fixed<8, ?>>) -> tensor<1x2x6x6x!eoq.fixed<32, ?>>
  // CHECK: eoq.avg_pool_2d_grad_input
  %1 = eoq.avg_pool_2d_grad_input %e {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x2x3x3x!eoq.fixed<8, ?>>) -> tensor<1x2x6x6x!eoq.fixed<32, ?>>
  return
}
