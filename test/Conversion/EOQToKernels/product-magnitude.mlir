// RUN: eoq-opt %s -eoq-fuse-elementwise -convert-eoq-to-kernels=slots=1 | FileCheck %s --enable-var-scope
// RUN: eoq-opt %s -mlir-print-op-on-diagnostic=false -eoq-fuse-elementwise -convert-eoq-to-kernels=remarks=true -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// A product finds the largest magnitude for the quantizer that reads it, behind
// a bias, bounds or a mask at most.

#one = #eoq.normal<mantissa = 20000, exponent = -17, centered = false>
!b8 = !eoq.fixed<8, ?>
!b32 = !eoq.fixed<32, ?>
!image8 = tensor<2x16x4x4x!b8>
!image32 = tensor<2x16x4x4x!b32>

module attributes {eoq.model_name = "magnitudes"} {
  eoq.parameter <weight> @w : tensor<16x16x3x3x!eoq.fixed<8, ?>> = #one exponent -6
  eoq.parameter <bias> @b : tensor<16x!eoq.fixed<16, ?>> = dense<0.0> : tensor<16xf32> exponent -13
  eoq.parameter <weight> @fc : tensor<3x256x!eoq.fixed<8, ?>> = #one exponent -6

// CHECK-LABEL: func.func @predict(
  func.func @predict(%x: !image8) -> tensor<2x3x!b32> {
    %w = eoq.parameter_load @w : tensor<16x16x3x3x!b8>
    %b = eoq.parameter_load @b : tensor<16x!eoq.fixed<16, ?>>
    %fc = eoq.parameter_load @fc : tensor<3x256x!b8>

    // The sums themselves, 1; cleared before and reduced behind the product.
    // REMARK: remark: conv_2d{{.*}}, finds the magnitude for the quantizer; {{.*}}eoq_conv_i8
    // CHECK:      call @eoq_fill_i32(
    // CHECK:      call @eoq_conv_i8({{.*}}, %c1_i32{{[_0-9]*}}) :
    // CHECK:      %[[M0:.*]] = call @eoq_max_abs_i32(
    // CHECK-NOT:  _max(
    // CHECK:      call @eoq_exponent_shift(%[[M0]],
    // CHECK:      call @eoq_fused_i32_nearest(
    %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x3x3x!b8>) -> !image32
    %q0, %e0 = eoq.quantize %0 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : !image32 -> !image8

    // A bias and a ReLU: 2, with a pattern of the bias for every channel.
    // CHECK:      %[[PATTERN:.*]] = memref.alloc() {{.*}}eoq.scratch} : memref<64xi32>
    // CHECK:      %[[CAST:.*]] = memref.cast %[[PATTERN]]
    // CHECK:      call @eoq_bias_pattern_i16({{.*}}, %[[CAST]],
    // CHECK:      %[[CAST2:.*]] = memref.cast %[[PATTERN]]
    // CHECK:      call @eoq_conv_i8({{.*}}, %[[CAST2]], {{.*}}, %c2_i32{{[_0-9]*}}) :
    // CHECK:      %[[M1:.*]] = call @eoq_max_abs_i32(
    // CHECK-NOT:  _max(
    // CHECK:      call @eoq_exponent_shift(%[[M1]],
    // CHECK:      call @eoq_fused_i32_bias_relu_nearest(
    %1 = eoq.conv_2d %q0, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x3x3x!b8>) -> !image32
    %s1 = eoq.bias_add %1, %b : (!image32, tensor<16x!eoq.fixed<16, ?>>) -> !image32
    %r1 = eoq.relu %s1 : (!image32) -> !image32
    %q1, %e1 = eoq.quantize %r1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 2 : i64} : !image32 -> !image8

    // A mask: 3.
    // CHECK:      call @eoq_conv_i8({{.*}}, %c3_i32{{[_0-9]*}}) :
    // CHECK:      %[[M2:.*]] = call @eoq_max_abs_i32(
    // CHECK-NOT:  _max(
    // CHECK:      call @eoq_exponent_shift(%[[M2]],
    // CHECK:      call @eoq_fused_i32_mask_nearest(
    %2 = eoq.conv_2d_grad_input %q1, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x3x3x!b8>) -> !image32
    %m2 = eoq.relu_grad_input %2, %q1 : (!image32, !image8) -> !image32
    %q2, %e2 = eoq.quantize %m2 {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 3 : i64} : !image32 -> !image8

    // A sum with another tensor, and a product that others read as well, are
    // walked over. Nothing is to be found then: 0.
    // REMARK: remark: conv_2d: {{.*}}widened to 16; eoq_
    // CHECK-NOT:  @eoq_fill_i32
    // CHECK:      call @eoq_conv_i8({{.*}}, %c0_i32{{[_0-9]*}}) :
    // CHECK:      call @eoq_fused_i32_i8_add_max(
    // CHECK:      call @eoq_fused_i32_max(
    %3 = eoq.conv_2d %q2, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x3x3x!b8>) -> !image32
    %s3 = eoq.add %3, %q2 {magnitude_bits = array<i64: 31, 7>} : (!image32, !image8) -> !image32
    %q3, %e3 = eoq.quantize %s3 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 4 : i64} : !image32 -> !image8
    %q4, %e4 = eoq.quantize %3 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 5 : i64} : !image32 -> !image8
    %f = eoq.reshape %q3 : (!image8) -> tensor<2x256x!b8>
    %z = eoq.fully_connected %f, %fc : (tensor<2x256x!b8>, tensor<3x256x!b8>) -> tensor<2x3x!b32>
    return %z : tensor<2x3x!b32>
  }
}
