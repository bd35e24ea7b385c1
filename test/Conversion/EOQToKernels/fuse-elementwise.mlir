// RUN: eoq-opt %s -eoq-fuse-elementwise -split-input-file | FileCheck %s --enable-var-scope
// RUN: eoq-opt %s -eoq-fuse-elementwise -convert-eoq-to-kernels -split-input-file | FileCheck %s --enable-var-scope --check-prefix=KERNELS
// RUN: eoq-opt %s -mlir-print-op-on-diagnostic=false -eoq-fuse-elementwise -convert-eoq-to-kernels=remarks=true -split-input-file -o /dev/null 2>&1 | FileCheck %s --enable-var-scope --check-prefix=REMARK

// A bias, a ReLU and the quantizer; the logits' bias has no quantizer.

module attributes {eoq.model_name = "forward"} {
  eoq.parameter <bias> @b : tensor<3x!eoq.fixed<16, ?>> = dense<0.0> : tensor<3xf32> exponent -13
  eoq.parameter <weight> @w : tensor<3x3x1x1x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  eoq.parameter <weight> @fc : tensor<3x12x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6

// CHECK-LABEL: func.func @predict(
// CHECK:         %[[B:.*]] = eoq.parameter_load @b
// CHECK:         %[[ACC:.*]] = eoq.conv_2d
// CHECK-NEXT:    %[[Q:.*]]:2 = eoq.fused(%[[ACC]], %[[B]]) :
// CHECK-SAME:      (tensor<2x3x2x2x!eoq.fixed<32, ?>>, tensor<3x!eoq.fixed<16, ?>>) -> (tensor<2x3x2x2x!eoq.fixed<8, ?>>, i32) {
// CHECK-NEXT:    ^bb0(%[[A0:.*]]: tensor<2x3x2x2x!eoq.fixed<32, ?>>, %[[A1:.*]]: tensor<3x!eoq.fixed<16, ?>>):
// CHECK-NEXT:      %[[S:.*]] = eoq.bias_add %[[A0]], %[[A1]]
// CHECK-NEXT:      %[[R:.*]] = eoq.relu %[[S]]
// CHECK-NEXT:      %[[O:.*]], %[[E:.*]] = eoq.quantize %[[R]]
// CHECK-NEXT:      eoq.yield %[[O]], %[[E]]
// CHECK-NEXT:    }
// CHECK:         eoq.reshape %[[Q]]#0
// CHECK-NOT:     eoq.fused
// CHECK:         return

// REMARK: remark: fused: bias_add + relu + quantize in one loop, 2x3x2x2 as activation, nearest: exponent of the tensor itself; {{.*}}eoq_fused_i32_bias_relu_max, {{.*}}eoq_fused_i32_bias_relu_nearest; 384 bytes of scratch

// Two walks, and no 32-bit tensor but the product.
// KERNELS-LABEL: func.func @predict(
// KERNELS:         %[[ACC:.*]] = memref.alloc() {eoq.buffer = "conv_2d"} : memref<24xi32>
// KERNELS:         call @eoq_bias_pattern_i16
// KERNELS-NOT:     memref<24xi32>{{$}}
// KERNELS:         %[[M:.*]] = call @eoq_fused_i32_bias_relu_max(
// KERNELS:         call @eoq_exponent_shift(%[[M]]
// KERNELS:         memref.alloc() {eoq.buffer = "fused"} : memref<24xi8>
// KERNELS:         call @eoq_fused_i32_bias_relu_nearest(
// KERNELS:         call @eoq_bias_add_i32
// KERNELS:       func.func private @eoq_fused_i32_bias_relu_max(
  func.func @predict(%x: tensor<2x3x2x2x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>> {
    %b = eoq.parameter_load @b : tensor<3x!eoq.fixed<16, ?>>
    %w = eoq.parameter_load @w : tensor<3x3x1x1x!eoq.fixed<8, ?>>
    %fc = eoq.parameter_load @fc : tensor<3x12x!eoq.fixed<8, ?>>
    %acc = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x2x2x!eoq.fixed<8, ?>>, tensor<3x3x1x1x!eoq.fixed<8, ?>>) -> tensor<2x3x2x2x!eoq.fixed<32, ?>>
    %0 = eoq.bias_add %acc, %b : (tensor<2x3x2x2x!eoq.fixed<32, ?>>, tensor<3x!eoq.fixed<16, ?>>) -> tensor<2x3x2x2x!eoq.fixed<32, ?>>
    %1 = eoq.relu %0 : (tensor<2x3x2x2x!eoq.fixed<32, ?>>) -> tensor<2x3x2x2x!eoq.fixed<32, ?>>
    %q, %e = eoq.quantize %1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<2x3x2x2x!eoq.fixed<32, ?>> -> tensor<2x3x2x2x!eoq.fixed<8, ?>>
    %f = eoq.reshape %q : (tensor<2x3x2x2x!eoq.fixed<8, ?>>) -> tensor<2x12x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %fc : (tensor<2x12x!eoq.fixed<8, ?>>, tensor<3x12x!eoq.fixed<8, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    %y = eoq.bias_add %z, %b : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<3x!eoq.fixed<16, ?>>) -> tensor<2x3x!eoq.fixed<32, ?>>
    return %y : tensor<2x3x!eoq.fixed<32, ?>>
  }
}

// -----

// A sum that is needed again behind the quantizer is stored by the first walk,
// in place of an operand, and the second one reads it. The other operand, which
// is read again as well, is left alone.

// REMARK: remark: fused: add (stored) + shift_exponent + quantize in one loop

module attributes {eoq.model_name = "branches"} {
  eoq.parameter <weight> @fc : tensor<8x8x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6

// CHECK-LABEL: func.func @predict(
// CHECK:         %[[Z:.*]] = eoq.fully_connected
// CHECK:         %[[Z2:.*]] = eoq.fully_connected
// CHECK-NEXT:    %[[Q:.*]]:3 = eoq.fused(%[[Z]], %[[Z2]])
// CHECK:           %[[SUM:.*]] = eoq.add
// CHECK-NEXT:      %[[S:.*]] = eoq.shift_exponent %[[SUM]]
// CHECK-NEXT:      %[[O:.*]], %[[E:.*]] = eoq.quantize %[[S]]
// CHECK-NEXT:      eoq.yield %[[O]], %[[E]], %[[SUM]]
// CHECK:         eoq.sub %[[Q]]#2, %[[Z]]

// KERNELS-LABEL: func.func @predict(
// KERNELS:         %[[Z:.*]] = memref.alloc() {eoq.buffer = "fully_connected"} : memref<16xi32>
// KERNELS:         %[[Z2:.*]] = memref.alloc() {eoq.buffer = "fully_connected"} : memref<16xi32>
// KERNELS:         %[[A:.*]] = memref.cast %[[Z]] : memref<16xi32> to memref<?xi32>
// KERNELS:         %[[B:.*]] = memref.cast %[[Z2]] : memref<16xi32> to memref<?xi32>
// KERNELS:         %[[C:.*]] = memref.cast %[[Z2]] : memref<16xi32> to memref<?xi32>
// KERNELS:         call @eoq_fused_i32_i32_add_store_max(%{{.*}}, %{{.*}}, %{{.*}}, %[[A]], %[[B]], %{{.*}}, %{{.*}}, %[[C]])
// KERNELS:         %[[D:.*]] = memref.cast %[[Z2]] : memref<16xi32> to memref<?xi32>
// KERNELS:         call @eoq_fused_i32_nearest(%{{.*}}, %{{.*}}, %{{.*}}, %[[D]],
  func.func @predict(%x: tensor<2x8x1x1x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>> {
    %fc = eoq.parameter_load @fc : tensor<8x8x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x8x1x1x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %fc : (tensor<2x8x!eoq.fixed<8, ?>>, tensor<8x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %z2 = eoq.fully_connected %f, %fc : (tensor<2x8x!eoq.fixed<8, ?>>, tensor<8x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %0 = eoq.add %z, %z2 {magnitude_bits = array<i64: 20, 20>} : (tensor<2x8x!eoq.fixed<32, ?>>, tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %1 = eoq.shift_exponent %0 {amount = 1 : i64} : (tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %q, %e = eoq.quantize %1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<2x8x!eoq.fixed<32, ?>> -> tensor<2x8x!eoq.fixed<8, ?>>
    %y = eoq.sub %0, %z {magnitude_bits = array<i64: 21, 20>} : (tensor<2x8x!eoq.fixed<32, ?>>, tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %q2 = eoq.fully_connected %q, %fc : (tensor<2x8x!eoq.fixed<8, ?>>, tensor<8x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %y2 = eoq.add %y, %q2 {magnitude_bits = array<i64: 21, 20>} : (tensor<2x8x!eoq.fixed<32, ?>>, tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    return %y2 : tensor<2x8x!eoq.fixed<32, ?>>
  }
}

// -----

// Masks of the backward pass, and a stochastic quantizer with its key; with the
// exponent of the step before, one walk is enough but for the first step.

// REMARK: remark: fused: clip_grad_input + relu_grad_input + quantize in one loop, 2x8 as error, stochastic: exponent of the step before

module attributes {eoq.model_name = "backward"} {
  eoq.parameter <weight> @fc : tensor<8x8x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  eoq.parameter <exponent> @site : tensor<i32> = dense<-2147483648> : tensor<i32>

// CHECK-LABEL: func.func @predict(
// CHECK:         %[[KEY:.*]] = eoq.random_key
// CHECK:         %[[OLD:.*]] = eoq.exponent_load
// CHECK:         eoq.fused(%{{.*}}, %{{.*}}, %[[KEY]], %[[OLD]])
// CHECK:           eoq.clip_grad_input
// CHECK-NEXT:      eoq.relu_grad_input
// CHECK-NEXT:      eoq.quantize %{{.*}} key %{{.*}} previous %{{.*}}

// KERNELS-LABEL: func.func @predict(
// KERNELS:         call @eoq_fused_i32_band_mask_max(
// KERNELS:         call @eoq_fused_i32_band_mask_max_stochastic(
  func.func @predict(%x: tensor<2x8x1x1x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>> {
    %c1 = arith.constant 1 : i32
    %key = eoq.random_key %c1, %c1
    %fc = eoq.parameter_load @fc : tensor<8x8x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x8x1x1x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected_grad_input %f, %fc : (tensor<2x8x!eoq.fixed<8, ?>>, tensor<8x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %0 = eoq.clip_grad_input %z, %f {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x8x!eoq.fixed<32, ?>>, tensor<2x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %1 = eoq.relu_grad_input %0, %f : (tensor<2x8x!eoq.fixed<32, ?>>, tensor<2x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %old = eoq.exponent_load @site
    %q, %e = eoq.quantize %1 key %key previous %old {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 1 : i64} : tensor<2x8x!eoq.fixed<32, ?>> -> tensor<2x8x!eoq.fixed<8, ?>>
    eoq.exponent_store @site, %e
    %y = eoq.fully_connected %q, %fc : (tensor<2x8x!eoq.fixed<8, ?>>, tensor<8x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    return %y : tensor<2x8x!eoq.fixed<32, ?>>
  }
}

// -----

// What is not fused: a value that is needed before the quantizer runs, a view of
// another shape, 64-bit sums, leaky functions, and a quantizer by itself.

module attributes {eoq.model_name = "apart"} {
  eoq.parameter <weight> @fc : tensor<8x8x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6

// CHECK-LABEL: func.func @predict(
// CHECK-NOT:     eoq.fused

// KERNELS-LABEL: func.func @predict(
// KERNELS:         call @eoq_relu_i32(
// KERNELS:         call @eoq_fused_i32_nearest(
// KERNELS:         call @eoq_leaky_relu_i32(
// KERNELS:         call @eoq_quantize_stochastic_i64_i8(
  func.func @predict(%x: tensor<2x8x1x1x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>> {
    %c1 = arith.constant 1 : i32
    %key = eoq.random_key %c1, %c1
    %fc = eoq.parameter_load @fc : tensor<8x8x!eoq.fixed<8, ?>>
    %f = eoq.reshape %x : (tensor<2x8x1x1x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %fc : (tensor<2x8x!eoq.fixed<8, ?>>, tensor<8x8x!eoq.fixed<8, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %0 = eoq.relu %z : (tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %1 = eoq.reshape %0 : (tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x1x1x!eoq.fixed<32, ?>>
    %q, %e = eoq.quantize %0 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<2x8x!eoq.fixed<32, ?>> -> tensor<2x8x!eoq.fixed<8, ?>>
    %q1, %e1 = eoq.quantize %1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 2 : i64} : tensor<2x8x1x1x!eoq.fixed<32, ?>> -> tensor<2x8x1x1x!eoq.fixed<8, ?>>
    %l = eoq.leaky_relu %z {alpha = 1.0e-01 : f64} : (tensor<2x8x!eoq.fixed<32, ?>>) -> tensor<2x8x!eoq.fixed<32, ?>>
    %q2, %e2 = eoq.quantize %l {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 3 : i64} : tensor<2x8x!eoq.fixed<32, ?>> -> tensor<2x8x!eoq.fixed<8, ?>>
    %s = eoq.bias_add_grad_bias %q2 : (tensor<2x8x!eoq.fixed<8, ?>>) -> tensor<8x!eoq.fixed<64, ?>>
    %q3, %e3 = eoq.quantize %s key %key {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 4 : i64} : tensor<8x!eoq.fixed<64, ?>> -> tensor<8x!eoq.fixed<8, ?>>
    return %z : tensor<2x8x!eoq.fixed<32, ?>>
  }
}

// -----

// Gradients of max pooling have 8 bits if no windows overlap; with the exponent
// of the step before, or with overlaps, there is something to quantize.

module attributes {eoq.model_name = "pooling"} {
  eoq.parameter <exponent> @site : tensor<i32> = dense<-2147483648> : tensor<i32>

// CHECK-LABEL: func.func @predict(
// CHECK:         %[[P:.*]] = eoq.max_pool_2d_grad_input {{.*}} -> tensor<1x1x4x4x!eoq.fixed<8, ?>>
// CHECK-NEXT:    %[[M:.*]] = eoq.relu_grad_input %[[P]]{{.*}} -> tensor<1x1x4x4x!eoq.fixed<8, ?>>
// CHECK-NEXT:    eoq.max_pool_2d_grad_input %[[M]]{{.*}} -> tensor<1x1x5x5x!eoq.fixed<32, ?>>
// CHECK-NEXT:    eoq.quantize
// CHECK-NEXT:    eoq.exponent_load
// CHECK-NEXT:    eoq.max_pool_2d_grad_input {{.*}} -> tensor<1x1x4x4x!eoq.fixed<32, ?>>
// CHECK-NEXT:    eoq.quantize

// KERNELS-LABEL: func.func @predict(
// KERNELS:         call @eoq_max_pool_grad_i8_i8(
// KERNELS:         call @eoq_relu_grad_i8(
// KERNELS:         call @eoq_max_pool_grad_i8_i32(
// KERNELS:         call @eoq_max_pool_grad_i8_i32(
  func.func @predict(%x: tensor<1x1x5x5x!eoq.fixed<8, ?>>) -> tensor<1x4x!eoq.fixed<32, ?>> {
    %c1 = arith.constant 1 : i32
    %key = eoq.random_key %c1, %c1
    %a = eoq.max_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x5x5x!eoq.fixed<8, ?>>) -> tensor<1x1x4x4x!eoq.fixed<8, ?>>
    %p = eoq.max_pool_2d %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x2x!eoq.fixed<8, ?>>
    %g = eoq.max_pool_2d_grad_input %p, %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x2x!eoq.fixed<8, ?>>, tensor<1x1x4x4x!eoq.fixed<8, ?>>) -> tensor<1x1x4x4x!eoq.fixed<32, ?>>
    %m = eoq.relu_grad_input %g, %a : (tensor<1x1x4x4x!eoq.fixed<32, ?>>, tensor<1x1x4x4x!eoq.fixed<8, ?>>) -> tensor<1x1x4x4x!eoq.fixed<32, ?>>
    %q, %e = eoq.quantize %m key %key {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 1 : i64} : tensor<1x1x4x4x!eoq.fixed<32, ?>> -> tensor<1x1x4x4x!eoq.fixed<8, ?>>
    %g2 = eoq.max_pool_2d_grad_input %q, %x {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x4x4x!eoq.fixed<8, ?>>, tensor<1x1x5x5x!eoq.fixed<8, ?>>) -> tensor<1x1x5x5x!eoq.fixed<32, ?>>
    %q2, %e2 = eoq.quantize %g2 key %key {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 2 : i64} : tensor<1x1x5x5x!eoq.fixed<32, ?>> -> tensor<1x1x5x5x!eoq.fixed<8, ?>>
    %old = eoq.exponent_load @site
    %g3 = eoq.max_pool_2d_grad_input %p, %a {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x2x!eoq.fixed<8, ?>>, tensor<1x1x4x4x!eoq.fixed<8, ?>>) -> tensor<1x1x4x4x!eoq.fixed<32, ?>>
    %q3, %e3 = eoq.quantize %g3 key %key previous %old {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : tensor<1x1x4x4x!eoq.fixed<32, ?>> -> tensor<1x1x4x4x!eoq.fixed<8, ?>>
    eoq.exponent_store @site, %e3
    %z = eoq.reshape %p : (tensor<1x1x2x2x!eoq.fixed<8, ?>>) -> tensor<1x4x!eoq.fixed<8, ?>>
    %s = eoq.add %z, %z {magnitude_bits = array<i64: 7, 7>} : (tensor<1x4x!eoq.fixed<8, ?>>, tensor<1x4x!eoq.fixed<8, ?>>) -> tensor<1x4x!eoq.fixed<32, ?>>
    return %s : tensor<1x4x!eoq.fixed<32, ?>>
  }
}

// -----

// A multiplier and a bias for all channels.

module attributes {eoq.model_name = "scalars"} {
  eoq.parameter <bias> @b : tensor<1x!eoq.fixed<16, ?>> = dense<0.0> : tensor<1xf32> exponent -13
  eoq.parameter <scale> @s : tensor<1x!eoq.fixed<8, ?>> = dense<1.0> : tensor<1xf32> exponent -6

// CHECK-LABEL: func.func @predict(
// CHECK:         eoq.fused(
// CHECK:           eoq.scale
// CHECK-NEXT:      eoq.bias_add
// CHECK-NEXT:      eoq.quantize
// CHECK-NEXT:      eoq.yield

// The exponents of a product add up (N10), and the bias follows it (N7).
// KERNELS-LABEL: func.func @predict(
// KERNELS-SAME:    %[[XE:[^:]*]]: i32, %{{[^:]*}}: memref<8xi32>
// KERNELS:         %[[S:.*]] = memref.load
// KERNELS:         %[[B:.*]] = memref.load
// KERNELS:         call @eoq_bias_pattern_i8({{.*}}, %c0_i32)
// KERNELS:         %[[E:.*]] = arith.addi %[[XE]], %[[S]] : i32
// KERNELS:         %[[SHIFT:.*]] = arith.subi %[[E]], %[[B]]
// KERNELS:         call @eoq_bias_pattern_i16({{.*}}, %[[SHIFT]])
// KERNELS:         call @eoq_fused_i8_scale_bias_max(
// KERNELS:         call @eoq_fused_i8_scale_bias_nearest(
  func.func @predict(%x: tensor<1x2x2x2x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>> {
    %s = eoq.parameter_load @s : tensor<1x!eoq.fixed<8, ?>>
    %b = eoq.parameter_load @b : tensor<1x!eoq.fixed<16, ?>>
    %0 = eoq.scale %x, %s : (tensor<1x2x2x2x!eoq.fixed<8, ?>>, tensor<1x!eoq.fixed<8, ?>>) -> tensor<1x2x2x2x!eoq.fixed<32, ?>>
    %1 = eoq.bias_add %0, %b : (tensor<1x2x2x2x!eoq.fixed<32, ?>>, tensor<1x!eoq.fixed<16, ?>>) -> tensor<1x2x2x2x!eoq.fixed<32, ?>>
    %q, %e = eoq.quantize %1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<1x2x2x2x!eoq.fixed<32, ?>> -> tensor<1x2x2x2x!eoq.fixed<8, ?>>
    %f = eoq.reshape %q : (tensor<1x2x2x2x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<8, ?>>
    %y = eoq.add %f, %f {magnitude_bits = array<i64: 7, 7>} : (tensor<1x8x!eoq.fixed<8, ?>>, tensor<1x8x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    return %y : tensor<1x8x!eoq.fixed<32, ?>>
  }
}
