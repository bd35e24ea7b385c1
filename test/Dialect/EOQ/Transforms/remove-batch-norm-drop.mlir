// RUN: eoq-opt %s -eoq-remove-batch-norm=mode=drop -split-input-file | FileCheck %s

// mode=drop: what training from scratch starts from.

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Fan-in 18, 9 (depthwise), 2, then 8 twice without an activation behind: the
// variance is 2 / fan_in, or 1 / fan_in.
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    @conv.weight : {{.*}} = #eoq.normal<mantissa = 21845, exponent = -16, centered = false> nominal 0.33333
// CHECK-NEXT:    eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<0.000000e+00>
// CHECK-NEXT:    @dw.weight : {{.*}} = #eoq.normal<mantissa = 30894, exponent = -16, centered = false> nominal 0.47140
// CHECK-NEXT:    eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<0.000000e+00>
// CHECK-NEXT:    @fc1.weight : {{.*}} = #eoq.normal<mantissa = 16384, exponent = -14, centered = false> nominal 1.000000e+00
// CHECK-NEXT:    @fc1.bias : tensor<8xf32> trainable = dense<0.000000e+00>
// CHECK-NEXT:    @fc2.weight : {{.*}} = #eoq.normal<mantissa = 23170, exponent = -16, centered = false> nominal 0.35355
// CHECK-NEXT:    @fc3.weight : {{.*}} = #eoq.normal<mantissa = 23170, exponent = -16, centered = false> nominal 0.35355
// CHECK-NEXT:    @fc3.bias : tensor<3xf32> trainable = dense<0.000000e+00>
// CHECK-NEXT:    func.func
// CHECK:           %[[Y:.*]] = eoq.conv_2d
// CHECK-NEXT:      %[[B:.*]] = eoq.parameter_load @bn.bias
// CHECK-NEXT:      %[[Z:.*]] = eoq.bias_add %[[Y]], %[[B]] {eoq.batch_norm_bias}
// CHECK-NEXT:      eoq.relu %[[Z]]
// CHECK-NOT:       eoq.batch_norm %
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  eoq.parameter <weight> @dw.weight : tensor<2x1x3x3xf32> trainable = dense<1.0e-01> : tensor<2x1x3x3xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  eoq.parameter <weight> @fc1.weight : tensor<8x2xf32> trainable = dense<1.0e-01> : tensor<8x2xf32>
  eoq.parameter <bias> @fc1.bias : tensor<8xf32> trainable = dense<7.0> : tensor<8xf32>
  eoq.parameter <weight> @fc2.weight : tensor<8x8xf32> trainable = dense<1.0e-01> : tensor<8x8xf32>
  eoq.parameter <weight> @fc3.weight : tensor<3x8xf32> trainable = dense<1.0e-01> : tensor<3x8xf32>
  eoq.parameter <bias> @fc3.bias : tensor<3xf32> trainable = dense<7.0> : tensor<3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x3xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.relu %6 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %8 = eoq.parameter_load @dw.weight : tensor<2x1x3x3xf32>
    %9 = eoq.conv_2d %7, %8 {strides = #s1, pads = #p1, dilations = #s1, groups = 2 : i64} : (tensor<2x2x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<2x2x4x4xf32>
    %10 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %11 = eoq.parameter_load @bn2.bias : tensor<2xf32>
    %12 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %13 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %14 = eoq.batch_norm %9, %10, %11, %12, %13 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %15 = eoq.clip %14 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %16 = eoq.avg_pool_2d %15 {kernel = array<i64: 4, 4>, strides = #s1, pads = #p0, dilations = #s1} : (tensor<2x2x4x4xf32>) -> tensor<2x2x1x1xf32>
    %17 = eoq.reshape %16 : (tensor<2x2x1x1xf32>) -> tensor<2x2xf32>
    %18 = eoq.parameter_load @fc1.weight : tensor<8x2xf32>
    %19 = eoq.fully_connected %17, %18 : (tensor<2x2xf32>, tensor<8x2xf32>) -> tensor<2x8xf32>
    %20 = eoq.parameter_load @fc1.bias : tensor<8xf32>
    %21 = eoq.bias_add %19, %20 : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
    %22 = eoq.leaky_relu %21 {alpha = 0.1 : f64} : (tensor<2x8xf32>) -> tensor<2x8xf32>
    %23 = eoq.parameter_load @fc2.weight : tensor<8x8xf32>
    %24 = eoq.fully_connected %22, %23 : (tensor<2x8xf32>, tensor<8x8xf32>) -> tensor<2x8xf32>
    %25 = eoq.parameter_load @fc3.weight : tensor<3x8xf32>
    %26 = eoq.fully_connected %24, %25 : (tensor<2x8xf32>, tensor<3x8xf32>) -> tensor<2x3xf32>
    %27 = eoq.parameter_load @fc3.bias : tensor<3xf32>
    %28 = eoq.bias_add %26, %27 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
    return %28 : tensor<2x3xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// A product that has a bias needs no second one.
// CHECK-LABEL: module
// CHECK-NEXT:    @conv.weight
// CHECK-NEXT:    @conv.bias : tensor<2xf32> trainable = dense<0.000000e+00>
// CHECK-NEXT:    func.func
// CHECK-NEXT:      eoq.parameter_load @conv.weight
// CHECK-NEXT:      eoq.conv_2d
// CHECK-NEXT:      eoq.parameter_load @conv.bias
// CHECK-NEXT:      eoq.bias_add {{.*}} {eoq.batch_norm_bias}
// CHECK-NEXT:      eoq.relu
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x3x3xf32> trainable = dense<1.0e-01> : tensor<2x1x3x3xf32>
  eoq.parameter <bias> @conv.bias : tensor<2xf32> trainable = dense<7.0> : tensor<2xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  func.func @predict(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @conv.bias : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %5 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %6 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %7 = eoq.parameter_load @bn.var : tensor<2xf32>
    %8 = eoq.batch_norm %3, %4, %5, %6, %7 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %9 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// A constant that is not trained stays as it is, and is no bias.
// CHECK-LABEL: module
// CHECK-NEXT:    @conv.weight
// CHECK-NEXT:    @offset : tensor<2xf32> = dense<7.000000e+00>
// CHECK-NEXT:    @bn.bias : tensor<2xf32> trainable = dense<0.000000e+00>
// CHECK:           eoq.bias_add
// CHECK-NOT:         {eoq.batch_norm_bias}
// CHECK-NEXT:      eoq.parameter_load @bn.bias
// CHECK-NEXT:      eoq.bias_add {{.*}} {eoq.batch_norm_bias}
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x3x3xf32> trainable = dense<1.0e-01> : tensor<2x1x3x3xf32>
  eoq.parameter <bias> @offset : tensor<2xf32> = dense<7.0> : tensor<2xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  func.func @predict(%x: tensor<2x1x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x1x4x4xf32>, tensor<2x1x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @offset : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %5 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %6 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %7 = eoq.parameter_load @bn.var : tensor<2xf32>
    %8 = eoq.batch_norm %3, %4, %5, %6, %7 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %9 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// Batch norm without a product before it.
// CHECK-LABEL: module
// CHECK-NEXT:    @bn1.bias
// CHECK-NEXT:    @conv.weight
// CHECK-NEXT:    @bn2.bias
// CHECK-NEXT:    func.func
// CHECK-NEXT:      eoq.parameter_load @bn1.bias
// CHECK-NEXT:      eoq.bias_add %arg0, {{.*}} {eoq.batch_norm_bias}
// CHECK:           %[[A:.*]] = eoq.add
// CHECK-NEXT:      eoq.parameter_load @bn2.bias
// CHECK-NEXT:      eoq.bias_add %[[A]], {{.*}} {eoq.batch_norm_bias}
module attributes {eoq.level = "graph"} {
  eoq.parameter <scale> @bn1.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn1.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  eoq.parameter <weight> @conv.weight : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @bn1.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %2 = eoq.parameter_load @bn1.mean : tensor<2xf32>
    %3 = eoq.parameter_load @bn1.var : tensor<2xf32>
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.relu %4 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %6 = eoq.parameter_load @conv.weight : tensor<2x2x3x3xf32>
    %7 = eoq.conv_2d %5, %6 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %8 = eoq.add %7, %x : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %10 = eoq.parameter_load @bn2.bias : tensor<2xf32>
    %11 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %12 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %13 = eoq.batch_norm %8, %9, %10, %11, %12 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    return %13 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// A parameter that batch norms share serves one of them; the other bias is named
// after its product.
// CHECK-LABEL: module
// CHECK:         @bn1.bias
// CHECK:         @b.bias : tensor<2xf32> trainable = dense<0.000000e+00>
// CHECK:           eoq.parameter_load @bn1.bias
// CHECK:           eoq.parameter_load @b.bias
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @a.weight : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <scale> @bn1.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn1.bias : tensor<2xf32> trainable = dense<3.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  eoq.parameter <weight> @b.weight : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<4.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<5.0> : tensor<2xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @a.weight : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @bn1.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn1.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn1.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @b.weight : tensor<2x2x3x3xf32>
    %8 = eoq.conv_2d %x, %7 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %10 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %11 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %12 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %13 = eoq.batch_norm %8, %9, %10, %11, %12 {epsilon = 0.0 : f64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %14 = eoq.add %6, %13 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %14 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// Without batch norm the weights are initialized all the same, trainable
// multipliers start at 1, and weights that are not trained stay.
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    @a.weight : {{.*}} = #eoq.normal<
// CHECK-NEXT:    @gain : tensor<2xf32> trainable = dense<1.000000e+00>
// CHECK-NEXT:    @fixed.weight : tensor<2x2x3x3xf32> = dense<1.000000e-01>
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @a.weight : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <scale> @gain : tensor<2xf32> trainable = dense<7.0> : tensor<2xf32>
  eoq.parameter <weight> @fixed.weight : tensor<2x2x3x3xf32> = dense<1.0e-01> : tensor<2x2x3x3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @a.weight : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.relu %1 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %3 = eoq.parameter_load @a.weight : tensor<2x2x3x3xf32>
    %4 = eoq.conv_2d %2, %3 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @gain : tensor<2xf32>
    %6 = eoq.scale %4, %5 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @fixed.weight : tensor<2x2x3x3xf32>
    %8 = eoq.conv_2d %6, %7 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    return %8 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// A classifier behind a mean of 4 x 2 features: sqrt(8 / fan_in), fan_in 2.
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    @fc.weight : {{.*}} = #eoq.normal<mantissa = 16384, exponent = -13, centered = false> nominal 2.000000e+00
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @fc.weight : tensor<3x2xf32> trainable = dense<1.0e-01> : tensor<3x2xf32>
  func.func @predict(%x: tensor<2x2x4x2xf32>) -> tensor<2x3xf32> {
    %0 = eoq.relu %x : (tensor<2x2x4x2xf32>) -> tensor<2x2x4x2xf32>
    %1 = eoq.avg_pool_2d %0 {kernel = array<i64: 4, 2>, strides = #s1, pads = #p0, dilations = #s1} : (tensor<2x2x4x2xf32>) -> tensor<2x2x1x1xf32>
    %2 = eoq.reshape %1 : (tensor<2x2x1x1xf32>) -> tensor<2x2xf32>
    %3 = eoq.parameter_load @fc.weight : tensor<3x2xf32>
    %4 = eoq.fully_connected %2, %3 : (tensor<2x2xf32>, tensor<3x2xf32>) -> tensor<2x3xf32>
    return %4 : tensor<2x3xf32>
  }
}
