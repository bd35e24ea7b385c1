// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

!a8 = tensor<2x4x6x6x!eoq.fixed<8, ?>>
!a32 = tensor<2x4x6x6x!eoq.fixed<32, ?>>

// CHECK-LABEL: @products
func.func @products(%x: tensor<2x4x6x6xf32>, %w: tensor<8x2x3x3xf32>, %b: tensor<8xf32>,
                    %m: tensor<5x288xf32>) -> tensor<2x5xf32> {
  // CHECK: eoq.conv_2d %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, groups = 2 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>}
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
    dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x4x6x6xf32>, tensor<8x2x3x3xf32>) -> tensor<2x8x6x6xf32>
  // CHECK: eoq.bias_add
  %1 = eoq.bias_add %0, %b : (tensor<2x8x6x6xf32>, tensor<8xf32>) -> tensor<2x8x6x6xf32>
  // CHECK: eoq.batch_norm
  %2 = eoq.batch_norm %1, %b, %b, %b, %b {epsilon = 1.0e-5 : f64} : (tensor<2x8x6x6xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<2x8x6x6xf32>
  // CHECK: eoq.reshape
  %3 = eoq.reshape %2 : (tensor<2x8x6x6xf32>) -> tensor<2x288xf32>
  // CHECK: eoq.fully_connected
  %4 = eoq.fully_connected %3, %m : (tensor<2x288xf32>, tensor<5x288xf32>) -> tensor<2x5xf32>
  return %4 : tensor<2x5xf32>
}

// CHECK-LABEL: @fixed_point
func.func @fixed_point(%x: !a8, %w: tensor<4x1x3x3x!eoq.fixed<8, ?>>, %b: tensor<1x!eoq.fixed<16, ?>>) -> !a32 {
  // CHECK: eoq.conv_2d
  %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
    dilations = array<i64: 1, 1>, groups = 4 : i64} : (!a8, tensor<4x1x3x3x!eoq.fixed<8, ?>>) -> !a32
  %1 = eoq.bias_add %0, %b : (!a32, tensor<1x!eoq.fixed<16, ?>>) -> !a32
  // CHECK: eoq.shift_exponent %{{.*}} {amount = -1 : i64}
  %2 = eoq.shift_exponent %1 {amount = -1 : i64} : (!a32) -> !a32
  // CHECK: eoq.add %{{.*}} {magnitude_bits = array<i64: 29, 7>}
  %3 = eoq.add %2, %x {magnitude_bits = array<i64: 29, 7>} : (!a32, !a8) -> !a32
  %4 = eoq.relu %3 : (!a32) -> !a32
  return %4 : !a32
}

// CHECK-LABEL: @elementwise
func.func @elementwise(%x: tensor<2x4xf32>, %s: tensor<4xf32>) -> tensor<2x4xf32> {
  // CHECK: eoq.leaky_relu
  %0 = eoq.leaky_relu %x {alpha = 1.0e-1 : f64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  // CHECK: eoq.clip
  %1 = eoq.clip %0 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  // CHECK: eoq.mul
  %2 = eoq.mul %0, %1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  // CHECK: eoq.sub
  %3 = eoq.sub %2, %1 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  // CHECK: eoq.scale
  %4 = eoq.scale %3, %s : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %4 : tensor<2x4xf32>
}

// CHECK-LABEL: @pooling
func.func @pooling(%x: tensor<1x2x6x6xf32>) -> tensor<1x2x1x1xf32> {
  // CHECK: eoq.max_pool_2d
  %0 = eoq.max_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>,
    dilations = array<i64: 1, 1>} : (tensor<1x2x6x6xf32>) -> tensor<1x2x3x3xf32>
  // CHECK: eoq.avg_pool_2d
  %1 = eoq.avg_pool_2d %0 {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
    dilations = array<i64: 1, 1>, count_include_pad} : (tensor<1x2x3x3xf32>) -> tensor<1x2x1x1xf32>
  return %1 : tensor<1x2x1x1xf32>
}

// CHECK-LABEL: @movement
func.func @movement(%x: tensor<1x2x3x4xf32>) -> tensor<4x3x2x1xf32> {
  // CHECK: eoq.concat %{{.*}}, %{{.*}} {axis = 1 : i64}
  %0 = eoq.concat %x, %x {axis = 1 : i64} : (tensor<1x2x3x4xf32>, tensor<1x2x3x4xf32>) -> tensor<1x4x3x4xf32>
  // CHECK: eoq.pad
  %1 = eoq.pad %0 {low = array<i64: 0, 0, 1, 0>, high = array<i64: 0, 0, 0, 2>} : (tensor<1x4x3x4xf32>) -> tensor<1x4x4x6xf32>
  // CHECK: eoq.slice
  %2 = eoq.slice %1 {offsets = array<i64: 0, 1, 1, 2>} : (tensor<1x4x4x6xf32>) -> tensor<1x2x3x4xf32>
  // CHECK: eoq.transpose
  %3 = eoq.transpose %2 {permutation = array<i64: 3, 2, 1, 0>} : (tensor<1x2x3x4xf32>) -> tensor<4x3x2x1xf32>
  return %3 : tensor<4x3x2x1xf32>
}
