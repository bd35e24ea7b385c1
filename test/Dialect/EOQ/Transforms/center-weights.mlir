// RUN: eoq-opt %s -eoq-center-weights -split-input-file | FileCheck %s
// RUN: eoq-opt %s -eoq-center-weights -eoq-center-weights -split-input-file | FileCheck %s

// A second run changes nothing.

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Random weights: all convolutions, depthwise and first too, but not the
// classifier. A basic block and an inverted residual.
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    @stem : tensor<2x2x3x3xf32> trainable centered = #eoq.normal<mantissa = 16384, exponent = -14, centered = true>
// CHECK:         @a1 : {{.*}} centered = #eoq.normal<{{.*}}, centered = true>
// CHECK:         @a2 : {{.*}} centered = #eoq.normal<{{.*}}, centered = true>
// CHECK:         @e : {{.*}} centered = #eoq.normal<{{.*}}, centered = true>
// CHECK:         @d : tensor<4x1x3x3xf32> trainable centered = #eoq.normal<{{.*}}, centered = true>
// CHECK:         @p : {{.*}} centered = #eoq.normal<{{.*}}, centered = true>
// CHECK:         @fc : tensor<3x2xf32> trainable = #eoq.normal<{{.*}}, centered = false>
// CHECK:         %[[X:.*]] = eoq.relu
// CHECK:         eoq.parameter_load @a2.b
// CHECK-NEXT:    %[[B:.*]] = eoq.bias_add
// CHECK-NEXT:    %[[H:.*]] = eoq.shift_exponent %[[B]] {amount = -1 : i64}
// CHECK-NEXT:    %[[A:.*]] = eoq.add %[[H]], %[[X]]
// CHECK-NEXT:    %[[Y:.*]] = eoq.relu %[[A]]
// CHECK:         eoq.parameter_load @p.b
// CHECK-NEXT:    %[[B2:.*]] = eoq.bias_add
// CHECK-NEXT:    %[[H2:.*]] = eoq.shift_exponent %[[B2]] {amount = -1 : i64}
// CHECK-NEXT:    eoq.add %[[Y]], %[[H2]]
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @stem.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a1 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a1.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @a2 : tensor<2x2x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @a2.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @e : tensor<4x2x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @e.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @d : tensor<4x1x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @d.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @p : tensor<2x4x1x1xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @p.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @fc : tensor<3x2xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x3xf32> {
    %0 = eoq.parameter_load @stem : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @stem.b : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.relu %3 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @a1 : tensor<2x2x3x3xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @a1.b : tensor<2xf32>
    %8 = eoq.bias_add %6, %7 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %10 = eoq.parameter_load @a2 : tensor<2x2x3x3xf32>
    %11 = eoq.conv_2d %9, %10 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %12 = eoq.parameter_load @a2.b : tensor<2xf32>
    %13 = eoq.bias_add %11, %12 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %14 = eoq.add %13, %4 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %15 = eoq.relu %14 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %16 = eoq.parameter_load @e : tensor<4x2x1x1xf32>
    %17 = eoq.conv_2d %15, %16 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %18 = eoq.parameter_load @e.b : tensor<4xf32>
    %19 = eoq.bias_add %17, %18 : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %20 = eoq.clip %19 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %21 = eoq.parameter_load @d : tensor<4x1x3x3xf32>
    %22 = eoq.conv_2d %20, %21 {strides = #s1, pads = #p1, dilations = #s1, groups = 4 : i64} : (tensor<2x4x4x4xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x4x4xf32>
    %23 = eoq.parameter_load @d.b : tensor<4xf32>
    %24 = eoq.bias_add %22, %23 : (tensor<2x4x4x4xf32>, tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %25 = eoq.clip %24 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %26 = eoq.parameter_load @p : tensor<2x4x1x1xf32>
    %27 = eoq.conv_2d %25, %26 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %28 = eoq.parameter_load @p.b : tensor<2xf32>
    %29 = eoq.bias_add %27, %28 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %30 = eoq.add %15, %29 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %31 = eoq.avg_pool_2d %30 {kernel = array<i64: 4, 4>, strides = #s1, pads = #p0, dilations = #s1} : (tensor<2x2x4x4xf32>) -> tensor<2x2x1x1xf32>
    %32 = eoq.reshape %31 : (tensor<2x2x1x1xf32>) -> tensor<2x2xf32>
    %33 = eoq.parameter_load @fc : tensor<3x2xf32>
    %34 = eoq.fully_connected %32, %33 : (tensor<2x2xf32>, tensor<3x2xf32>) -> tensor<2x3xf32>
    return %34 : tensor<2x3xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Given weights: each output channel's mean is subtracted. With one input per
// output the mean is the weight, so it stays. The projection is not halved.
// CHECK-LABEL: module
// CHECK-NEXT:    @b : tensor<2x2x1x1xf32> trainable centered
// CHECK-SAME{LITERAL}: = dense<[[[[-1.000000e+00]], [[1.000000e+00]]], [[[-5.000000e-01]], [[5.000000e-01]]]]>
// CHECK-SAME:      nominal 0.79056
// CHECK:         @c : tensor<4x1x1x1xf32> trainable = dense<1.000000e-01>
// CHECK-NEXT:    @d : {{.*}} centered = dense<0.000000e+00>
// CHECK:         %[[S:.*]] = eoq.bias_add
// CHECK:         eoq.parameter_load @d
// CHECK-NEXT:    %[[D:.*]] = eoq.conv_2d
// CHECK-NEXT:    %[[H:.*]] = eoq.shift_exponent %[[D]]
// CHECK-NEXT:    eoq.add %[[S]], %[[H]]
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @b : tensor<2x2x1x1xf32> trainable = dense<[[[[1.0]], [[3.0]]], [[[-1.0]], [[0.0]]]]> : tensor<2x2x1x1xf32>
  eoq.parameter <bias> @b.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @c : tensor<4x1x1x1xf32> trainable = dense<1.0e-01> : tensor<4x1x1x1xf32>
  eoq.parameter <weight> @d : tensor<2x4x1x1xf32> trainable = dense<1.0e-01> : tensor<2x4x1x1xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @b : tensor<2x2x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @b.b : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.parameter_load @c : tensor<4x1x1x1xf32>
    %5 = eoq.conv_2d %x, %4 {strides = #s1, pads = #p0, dilations = #s1, groups = 2 : i64} : (tensor<2x2x4x4xf32>, tensor<4x1x1x1xf32>) -> tensor<2x4x4x4xf32>
    %6 = eoq.relu %5 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %7 = eoq.parameter_load @d : tensor<2x4x1x1xf32>
    %8 = eoq.conv_2d %6, %7 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %9 = eoq.add %3, %8 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %9 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// Weights that are not trained stay.
// CHECK-LABEL: module
// CHECK-NEXT:    @frozen : tensor<2x2x3x3xf32> = dense<1.000000e-01>
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @frozen : tensor<2x2x3x3xf32> = dense<1.0e-01> : tensor<2x2x3x3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @frozen : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.add %1, %x : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %2 : tensor<2x2x4x4xf32>
  }
}
