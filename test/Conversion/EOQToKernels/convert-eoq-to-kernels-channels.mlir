// RUN: eoq-opt %s -convert-eoq-to-kernels | FileCheck %s --enable-var-scope

module attributes {eoq.model_name = "channels"} {
  eoq.parameter <bias> @bias : tensor<3x!eoq.fixed<16, ?>> trainable = dense<0.0> : tensor<3xf32> exponent -13
  eoq.parameter <scale> @one : tensor<1x!eoq.fixed<8, ?>> trainable = dense<1.0> : tensor<1xf32> exponent -5

// The images must be channels-last for three biases, and may be in any order for
// one scale. The sum is made in place.
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %{{.*}}: memref<{{.*}}xi8>, %[[X:[^:]*]]: memref<24xi8>, %[[XE:[^:]*]]: i32
// CHECK:         %[[BE:.*]] = memref.load
// CHECK:         call @eoq_copy_i8
// 96 is the first common multiple of 3 and 16 with 64 or more elements.
// CHECK:         %[[PATTERN:.*]] = memref.alloc() {eoq.buffer = "bias_add", eoq.scratch} : memref<96xi32>
// CHECK:         %[[SHIFT:.*]] = arith.subi %[[XE]], %[[BE]]
// CHECK:         call @eoq_bias_pattern_i16({{.*}}, %[[SHIFT]])
// CHECK:         memref.alloc() {eoq.buffer = "bias_add"} : memref<24xi32>
// CHECK:         call @eoq_bias_add_i8
// CHECK:         call @eoq_bias_add_i32
// CHECK:         call @eoq_pattern_i8
// CHECK:         %[[SE:.*]] = arith.addi %[[XE]], %{{.*}}
// CHECK:         call @eoq_scale_i8
// CHECK:         memref.alloc() {eoq.buffer = "bias_add_grad_bias", eoq.scratch} : memref<6144xi32>
// CHECK:         memref.alloc() {eoq.buffer = "bias_add_grad_bias"} : memref<3xi64>
// CHECK:         call @eoq_channel_sum_i8
// CHECK:         memref.alloc() {eoq.buffer = "scale_grad_scale", eoq.scratch} : memref<4096xi32>
// CHECK:         call @eoq_channel_dot_i8
// CHECK:         return
  func.func @predict(%x: tensor<2x3x2x2x!eoq.fixed<8, ?>>) -> tensor<2x12x!eoq.fixed<32, ?>> {
    %b = eoq.parameter_load @bias : tensor<3x!eoq.fixed<16, ?>>
    %s = eoq.parameter_load @one : tensor<1x!eoq.fixed<8, ?>>
    %0 = eoq.bias_add %x, %b : (tensor<2x3x2x2x!eoq.fixed<8, ?>>, tensor<3x!eoq.fixed<16, ?>>) -> tensor<2x3x2x2x!eoq.fixed<32, ?>>
    %1 = eoq.bias_add %0, %b : (tensor<2x3x2x2x!eoq.fixed<32, ?>>, tensor<3x!eoq.fixed<16, ?>>) -> tensor<2x3x2x2x!eoq.fixed<32, ?>>
    %2 = eoq.scale %x, %s : (tensor<2x3x2x2x!eoq.fixed<8, ?>>, tensor<1x!eoq.fixed<8, ?>>) -> tensor<2x3x2x2x!eoq.fixed<32, ?>>
    %3 = eoq.bias_add_grad_bias %x : (tensor<2x3x2x2x!eoq.fixed<8, ?>>) -> tensor<3x!eoq.fixed<64, ?>>
    %4 = eoq.scale_grad_scale %x, %x : (tensor<2x3x2x2x!eoq.fixed<8, ?>>, tensor<2x3x2x2x!eoq.fixed<8, ?>>) -> tensor<1x!eoq.fixed<64, ?>>
    %z = eoq.reshape %1 : (tensor<2x3x2x2x!eoq.fixed<32, ?>>) -> tensor<2x12x!eoq.fixed<32, ?>>
    return %z : tensor<2x12x!eoq.fixed<32, ?>>
  }
}
