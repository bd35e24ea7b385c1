// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-backward,eoq-generate-update,eoq-quantize)' | FileCheck %s

// How large a sum's terms can be (rule N8). Taps and windows that are both two
// pixels apart meet the same pixels: all nine taps of the first pool, so that
// its gradient adds up to 9 * 127 * 2^15 < 2^26. Windows of the second one do
// not overlap: 127 * 2^15 < 2^22.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<4x3x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -15, centered = false>
  eoq.parameter <weight> @fc : tensor<3x64xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -15, centered = false>
  func.func @predict(%x: tensor<2x3x8x8xf32>) -> tensor<2x3xf32> {
    %w1 = eoq.parameter_load @stem : tensor<4x3x1x1xf32>
    %0 = eoq.conv_2d %x, %w1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<2x4x8x8xf32>
    %1 = eoq.relu %0 : (tensor<2x4x8x8xf32>) -> tensor<2x4x8x8xf32>
    %2 = eoq.avg_pool_2d %1 {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 2, 2, 2, 2>, dilations = array<i64: 2, 2>} : (tensor<2x4x8x8xf32>) -> tensor<2x4x4x4xf32>
    %3 = eoq.avg_pool_2d %1 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<2x4x8x8xf32>) -> tensor<2x4x4x4xf32>
    %4 = eoq.add %2, %3 : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %5 = eoq.reshape %4 : (tensor<2x4x4x4xf32>) -> tensor<2x64xf32>
    %w2 = eoq.parameter_load @fc : tensor<3x64xf32>
    %6 = eoq.fully_connected %5, %w2 : (tensor<2x64xf32>, tensor<3x64xf32>) -> tensor<2x3xf32>
    return %6 : tensor<2x3xf32>
  }
}

// CHECK-LABEL: func.func @train_step
// CHECK-DAG:     %[[OVERLAPPING:.*]] = eoq.avg_pool_2d_grad_input {{.*}}dilations = array<i64: 2, 2>
// CHECK-DAG:     %[[DISJOINT:.*]] = eoq.avg_pool_2d_grad_input {{.*}}dilations = array<i64: 1, 1>
// CHECK:         eoq.add %[[DISJOINT]], %[[OVERLAPPING]] {eoq.backward, magnitude_bits = array<i64: 22, 26>}
