// RUN: eoq-opt %s -eoq-apply-fixup -split-input-file | FileCheck %s

// Fixup on residual networks, as eoq-remove-batch-norm{mode=drop} leaves them.

#s1 = array<i64: 1, 1>
#s2 = array<i64: 2, 2>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Basic blocks, L = 2, m = 2, so that the factor is 2^(-1/2). The projection
// is no part of a branch: He's fan-out, 2 / 4, and it shares the bias before the
// branch. The network's input gets no bias.
// CHECK-LABEL: module
// CHECK-NEXT:    @stem : {{.*}} = #eoq.normal<mantissa = 21845, exponent = -16, centered = false> nominal 0.33333
// CHECK-NEXT:    eoq.parameter <bias> @stem.fixup_bias_after : tensor<1xf32> trainable = dense<0.000000e+00>
// CHECK-NEXT:    @a1 : {{.*}} = #eoq.normal<mantissa = 30894, exponent = -17, centered = false> nominal 0.23570
// CHECK-NEXT:    @a1.fixup_bias_before
// CHECK-NEXT:    @a1.fixup_bias_after
// CHECK-NEXT:    @a2 : {{.*}} = dense<0.000000e+00> : tensor<2x2x3x3xf32> nominal 0.33333
// CHECK-NEXT:    @a2.fixup_bias_before
// CHECK-NEXT:    @a2.fixup_bias_after
// CHECK-NEXT:    eoq.parameter <scale> @a2.fixup_scale : tensor<1xf32> trainable = dense<1.000000e+00>
// CHECK-NEXT:    @b1 : {{.*}} nominal 0.16666
// CHECK-NEXT:    @b1.fixup_bias_before
// CHECK-NEXT:    @b1.fixup_bias_after
// CHECK-NEXT:    @b2 : {{.*}} = dense<0.000000e+00>
// CHECK-NEXT:    @b2.fixup_bias_before
// CHECK-NEXT:    @b2.fixup_bias_after
// CHECK-NEXT:    @b2.fixup_scale
// CHECK-NEXT:    @b3 : {{.*}} = #eoq.normal<{{.*}} nominal 0.70710
// CHECK-NEXT:    @fc : {{.*}} = dense<0.000000e+00> : tensor<3x4xf32>
// CHECK-NEXT:    @fc.fixup_bias_before
// CHECK-NEXT:    @fc.b : tensor<3xf32>
// CHECK-NEXT:    func.func
// CHECK:           %[[STEM:.*]] = eoq.conv_2d %arg0
// CHECK-NEXT:      %[[P0:.*]] = eoq.parameter_load @stem.fixup_bias_after
// CHECK-NEXT:      %[[X0:.*]] = eoq.bias_add %[[STEM]], %[[P0]]
// CHECK-NEXT:      %[[X:.*]] = eoq.relu %[[X0]]
// CHECK-NEXT:      %[[P1:.*]] = eoq.parameter_load @a1.fixup_bias_before
// CHECK-NEXT:      %[[XB:.*]] = eoq.bias_add %[[X]], %[[P1]]
// CHECK:           %[[C1:.*]] = eoq.conv_2d %[[XB]]
// CHECK-NEXT:      %[[P2:.*]] = eoq.parameter_load @a1.fixup_bias_after
// CHECK-NEXT:      %[[C1B:.*]] = eoq.bias_add %[[C1]], %[[P2]]
// CHECK-NEXT:      %[[R:.*]] = eoq.relu %[[C1B]]
// CHECK-NEXT:      %[[P3:.*]] = eoq.parameter_load @a2.fixup_bias_before
// CHECK-NEXT:      %[[RB:.*]] = eoq.bias_add %[[R]], %[[P3]]
// CHECK:           %[[C2:.*]] = eoq.conv_2d %[[RB]]
// CHECK-NEXT:      %[[P4:.*]] = eoq.parameter_load @a2.fixup_scale
// CHECK-NEXT:      %[[C2S:.*]] = eoq.scale %[[C2]], %[[P4]]
// CHECK-NEXT:      %[[P5:.*]] = eoq.parameter_load @a2.fixup_bias_after
// CHECK-NEXT:      %[[C2B:.*]] = eoq.bias_add %[[C2S]], %[[P5]]
// CHECK-NEXT:      %[[A:.*]] = eoq.add %[[C2B]], %[[X]]
// CHECK-NEXT:      %[[Y:.*]] = eoq.relu %[[A]]
// CHECK-NEXT:      eoq.parameter_load @b1.fixup_bias_before
// CHECK-NEXT:      %[[YB:.*]] = eoq.bias_add %[[Y]]
// CHECK:           eoq.conv_2d %[[YB]]
// CHECK:           %[[Z:.*]] = eoq.bias_add
// CHECK:           eoq.conv_2d %[[YB]]
// CHECK-NEXT:      eoq.add
// CHECK-NEXT:      eoq.relu
// CHECK-NEXT:      eoq.avg_pool_2d
// CHECK-NEXT:      eoq.reshape
// CHECK-NEXT:      eoq.parameter_load @fc.fixup_bias_before
// CHECK-NEXT:      eoq.bias_add
// CHECK-NEXT:      eoq.parameter_load @fc :
// CHECK-NEXT:      eoq.fully_connected
// CHECK-NEXT:      eoq.parameter_load @fc.b
// CHECK-NEXT:      eoq.bias_add
// CHECK-NEXT:      return
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<2x1x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @stem.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a1 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a1.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a2 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a2.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @b1 : tensor<4x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b1.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @b2 : tensor<4x4x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b2.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @b3 : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b3.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @fc : tensor<3x4xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @fc.b : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>
  func.func @predict(%x: tensor<2x1x4x4xf32>) -> tensor<2x3xf32> {
    %0 = eoq.parameter_load @stem : tensor<2x1x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @stem.b : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.relu %3 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @a1 : tensor<2x2x3x3xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @a1.b : tensor<2xf32>
    %8 = eoq.bias_add %6, %7 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %10 = eoq.parameter_load @a2 : tensor<2x2x3x3xf32>
    %11 = eoq.conv_2d %9, %10 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %12 = eoq.parameter_load @a2.b : tensor<2xf32>
    %13 = eoq.bias_add %11, %12 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %14 = eoq.add %13, %4 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %15 = eoq.relu %14 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %16 = eoq.parameter_load @b1 : tensor<4x2x3x3xf32>
    %17 = eoq.conv_2d %15, %16 {strides = #s2, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<2x4x2x2xf32>
    %18 = eoq.parameter_load @b1.b : tensor<4xf32>
    %19 = eoq.bias_add %17, %18 {eoq.batch_norm_bias} : (tensor<2x4x2x2xf32>, tensor<4xf32>) -> tensor<2x4x2x2xf32>
    %20 = eoq.relu %19 : (tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
    %21 = eoq.parameter_load @b2 : tensor<4x4x3x3xf32>
    %22 = eoq.conv_2d %20, %21 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x4x2x2xf32>, tensor<4x4x3x3xf32>) -> tensor<2x4x2x2xf32>
    %23 = eoq.parameter_load @b2.b : tensor<4xf32>
    %24 = eoq.bias_add %22, %23 {eoq.batch_norm_bias} : (tensor<2x4x2x2xf32>, tensor<4xf32>) -> tensor<2x4x2x2xf32>
    %25 = eoq.parameter_load @b3 : tensor<4x2x1x1xf32>
    %26 = eoq.conv_2d %15, %25 {strides = #s2, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x2x2xf32>
    %27 = eoq.parameter_load @b3.b : tensor<4xf32>
    %28 = eoq.bias_add %26, %27 {eoq.batch_norm_bias} : (tensor<2x4x2x2xf32>, tensor<4xf32>) -> tensor<2x4x2x2xf32>
    %29 = eoq.add %24, %28 : (tensor<2x4x2x2xf32>, tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
    %30 = eoq.relu %29 : (tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
    %31 = eoq.avg_pool_2d %30 {kernel = array<i64: 2, 2>, strides = #s1, pads = #p0, dilations = #s1} : (tensor<2x4x2x2xf32>) -> tensor<2x4x1x1xf32>
    %32 = eoq.reshape %31 : (tensor<2x4x1x1xf32>) -> tensor<2x4xf32>
    %33 = eoq.parameter_load @fc : tensor<3x4xf32>
    %34 = eoq.fully_connected %32, %33 : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
    %35 = eoq.parameter_load @fc.b : tensor<3xf32>
    %36 = eoq.bias_add %34, %35 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
    return %36 : tensor<2x3xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Bottlenecks, L = 2, m = 3: the factor is 2^(-1/4) = 0.8409. Fan-out is 2 for
// the 1x1 convolution, 18 for the 3x3 one.
// CHECK-LABEL: module
// CHECK-NEXT:    @c01 : {{.*}} nominal 0.84089
// CHECK-NOT:     @c01.fixup_bias_before
// CHECK:         @c02 : {{.*}} nominal 0.28029
// CHECK:         @c03 : {{.*}} = dense<0.000000e+00> : tensor<4x2x1x1xf32> nominal 0.70710
// CHECK:         @c03.fixup_scale
// CHECK:         @c11 : {{.*}} nominal 0.84089
// CHECK:         @c11.fixup_bias_before
// CHECK-NOT:     fixup_bias_activation
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @c01 : tensor<2x4x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b01 : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @c02 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b02 : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @c03 : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b03 : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @c11 : tensor<2x4x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b11 : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @c12 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b12 : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @c13 : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b13 : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  func.func @predict(%x: tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32> {
    %0 = eoq.parameter_load @c01 : tensor<2x4x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @b01 : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.relu %3 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @c02 : tensor<2x2x3x3xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @b02 : tensor<2xf32>
    %8 = eoq.bias_add %6, %7 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %10 = eoq.parameter_load @c03 : tensor<4x2x1x1xf32>
    %11 = eoq.conv_2d %9, %10 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %12 = eoq.parameter_load @b03 : tensor<4xf32>
    %13 = eoq.bias_add %11, %12 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %14 = eoq.add %13, %x : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %15 = eoq.relu %14 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %16 = eoq.parameter_load @c11 : tensor<2x4x1x1xf32>
    %17 = eoq.conv_2d %15, %16 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %18 = eoq.parameter_load @b11 : tensor<2xf32>
    %19 = eoq.bias_add %17, %18 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %20 = eoq.relu %19 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %21 = eoq.parameter_load @c12 : tensor<2x2x3x3xf32>
    %22 = eoq.conv_2d %20, %21 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %23 = eoq.parameter_load @b12 : tensor<2xf32>
    %24 = eoq.bias_add %22, %23 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %25 = eoq.relu %24 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %26 = eoq.parameter_load @c13 : tensor<4x2x1x1xf32>
    %27 = eoq.conv_2d %25, %26 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %28 = eoq.parameter_load @b13 : tensor<4xf32>
    %29 = eoq.bias_add %27, %28 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %30 = eoq.add %29, %15 : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %31 = eoq.relu %30 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    return %31 : tensor<2x4x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Inverted residuals: the fan-out of a depthwise convolution is 9. The branch's
// end has its bias although no activation follows, and products that follow each
// other directly have one between them.
// CHECK-LABEL: module
// CHECK:         @a2 : {{.*}} nominal 0.39640
// CHECK:         @a3 : {{.*}} = dense<0.000000e+00>
// CHECK:         %[[S:.*]] = eoq.clip
// CHECK:         eoq.parameter_load @a3 :
// CHECK-NEXT:    eoq.conv_2d
// CHECK-NEXT:    eoq.parameter_load @a3.fixup_scale
// CHECK-NEXT:    eoq.scale
// CHECK-NEXT:    eoq.parameter_load @a3.fixup_bias_after
// CHECK-NEXT:    %[[E:.*]] = eoq.bias_add
// CHECK-NEXT:    %[[A:.*]] = eoq.add %[[S]], %[[E]]
// CHECK-NEXT:    eoq.parameter_load @b1.fixup_bias_before
// CHECK-NEXT:    eoq.bias_add %[[A]]
// CHECK:         eoq.add %[[A]]
// CHECK:         %[[C:.*]] = eoq.conv_2d
// CHECK-NEXT:    eoq.parameter_load @c2.fixup_bias_before
// CHECK-NEXT:    %[[CB:.*]] = eoq.bias_add %[[C]]
// CHECK-NEXT:    eoq.parameter_load @c2 :
// CHECK-NEXT:    eoq.conv_2d %[[CB]]
// CHECK-NEXT:    eoq.parameter_load @c2.fixup_bias_after
// CHECK-NEXT:    eoq.bias_add
// CHECK-NEXT:    eoq.relu
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @stem.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a1 : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a1.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @a2 : tensor<4x1x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a2.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @a3 : tensor<2x4x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a3.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @b1 : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b1.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @b2 : tensor<4x1x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b2.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @b3 : tensor<2x4x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b3.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @c1 : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @c1.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @c2 : tensor<4x4x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x4x4x4xf32> {
    %0 = eoq.parameter_load @stem : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @stem.b : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.clip %3 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @a1 : tensor<4x2x1x1xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %7 = eoq.parameter_load @a1.b : tensor<4xf32>
    %8 = eoq.bias_add %6, %7 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %9 = eoq.clip %8 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %10 = eoq.parameter_load @a2 : tensor<4x1x3x3xf32>
    %11 = eoq.conv_2d %9, %10 {strides = #s1, pads = #p1, dilations = #s1, groups = 4 : i64} : (tensor<2x4x4x4xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x4x4xf32>
    %12 = eoq.parameter_load @a2.b : tensor<4xf32>
    %13 = eoq.bias_add %11, %12 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %14 = eoq.clip %13 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %15 = eoq.parameter_load @a3 : tensor<2x4x1x1xf32>
    %16 = eoq.conv_2d %14, %15 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %17 = eoq.parameter_load @a3.b : tensor<2xf32>
    %18 = eoq.bias_add %16, %17 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %19 = eoq.add %4, %18 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %20 = eoq.parameter_load @b1 : tensor<4x2x1x1xf32>
    %21 = eoq.conv_2d %19, %20 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %22 = eoq.parameter_load @b1.b : tensor<4xf32>
    %23 = eoq.bias_add %21, %22 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %24 = eoq.clip %23 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %25 = eoq.parameter_load @b2 : tensor<4x1x3x3xf32>
    %26 = eoq.conv_2d %24, %25 {strides = #s1, pads = #p1, dilations = #s1, groups = 4 : i64} : (tensor<2x4x4x4xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x4x4xf32>
    %27 = eoq.parameter_load @b2.b : tensor<4xf32>
    %28 = eoq.bias_add %26, %27 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %29 = eoq.clip %28 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %30 = eoq.parameter_load @b3 : tensor<2x4x1x1xf32>
    %31 = eoq.conv_2d %29, %30 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %32 = eoq.parameter_load @b3.b : tensor<2xf32>
    %33 = eoq.bias_add %31, %32 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %34 = eoq.add %19, %33 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %35 = eoq.parameter_load @c1 : tensor<4x2x1x1xf32>
    %36 = eoq.conv_2d %34, %35 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %37 = eoq.parameter_load @c1.b : tensor<4xf32>
    %38 = eoq.bias_add %36, %37 {eoq.batch_norm_bias} : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %39 = eoq.parameter_load @c2 : tensor<4x4x1x1xf32>
    %40 = eoq.conv_2d %38, %39 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<4x4x1x1xf32>) -> tensor<2x4x4x4xf32>
    %41 = eoq.relu %40 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    return %41 : tensor<2x4x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// Pre-activation: the bias before the first activation must not reach the
// shortcut.
// CHECK-LABEL: module
// CHECK:         %[[X:.*]] = eoq.conv_2d %arg0
// CHECK-NEXT:    eoq.parameter_load @stem.fixup_bias_after
// CHECK-NEXT:    %[[B:.*]] = eoq.bias_add %[[X]]
// CHECK-NEXT:    %[[R:.*]] = eoq.relu %[[B]]
// CHECK-NEXT:    eoq.parameter_load @a1.fixup_bias_before
// CHECK-NEXT:    eoq.bias_add %[[R]]
// CHECK:         eoq.scale
// CHECK-NEXT:    eoq.parameter_load @a2.fixup_bias_after
// CHECK-NEXT:    %[[E:.*]] = eoq.bias_add
// CHECK-NEXT:    %[[A:.*]] = eoq.add %[[X]], %[[E]]
// CHECK-NEXT:    eoq.parameter_load @b1.fixup_bias_activation
// CHECK-NEXT:    %[[AB:.*]] = eoq.bias_add %[[A]]
// CHECK-NEXT:    eoq.relu %[[AB]]
// CHECK:         eoq.add %[[A]]
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a0.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a1 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a1.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a2 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b0.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @b1 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @b1.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @b2 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @stem : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @a0.b : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.relu %3 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @a1 : tensor<2x2x3x3xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @a1.b : tensor<2xf32>
    %8 = eoq.bias_add %6, %7 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %10 = eoq.parameter_load @a2 : tensor<2x2x3x3xf32>
    %11 = eoq.conv_2d %9, %10 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %12 = eoq.add %1, %11 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %13 = eoq.parameter_load @b0.b : tensor<2xf32>
    %14 = eoq.bias_add %12, %13 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %15 = eoq.relu %14 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %16 = eoq.parameter_load @b1 : tensor<2x2x3x3xf32>
    %17 = eoq.conv_2d %15, %16 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %18 = eoq.parameter_load @b1.b : tensor<2xf32>
    %19 = eoq.bias_add %17, %18 {eoq.batch_norm_bias} : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %20 = eoq.relu %19 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %21 = eoq.parameter_load @b2 : tensor<2x2x3x3xf32>
    %22 = eoq.conv_2d %20, %21 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %23 = eoq.add %12, %22 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %23 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// m = 1: the only product is the last one. A weight that two products share
// starts at 0 if one of them ends a branch.
// CHECK-LABEL: module
// CHECK-NEXT:    @only : {{.*}} = dense<0.000000e+00>
// CHECK:         @w : {{.*}} = dense<0.000000e+00>
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @only : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <weight> @w : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @only : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.add %1, %x : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %3 = eoq.relu %2 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.parameter_load @w : tensor<2x2x3x3xf32>
    %5 = eoq.conv_2d %3, %4 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %6 = eoq.relu %5 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @w : tensor<2x2x3x3xf32>
    %8 = eoq.conv_2d %6, %7 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.add %8, %3 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %9 : tensor<2x2x4x4xf32>
  }
}
