// RUN: eoq-opt %s -eoq-apply-fixup | FileCheck %s
// RUN: eoq-opt %s -eoq-apply-fixup=report -o /dev/null 2>&1 | FileCheck %s --check-prefix=REPORT

// A network without residual branches. Biases of its own stay.

// REPORT: remark: no residual branches: weights but the classifier's keep their initialization, and only biases change
// REPORT: remark: 'fc2' starts at 0
// REPORT: remark: 'conv1.b' gives way to scalar biases
// REPORT: remark: 'conv1.fixup_bias_after' inserted

#s1 = array<i64: 1, 1>
#s2 = array<i64: 2, 2>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// CHECK-LABEL: module
// CHECK-NEXT:    @conv1 : {{.*}} = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>{{$}}
// CHECK-NEXT:    @conv1.fixup_bias_after
// CHECK-NEXT:    @conv2 : {{.*}} = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>{{$}}
// CHECK-NEXT:    @conv2.fixup_bias_before
// CHECK-NEXT:    @conv2.fixup_bias_after
// CHECK-NEXT:    @fc1 : {{.*}} = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>{{$}}
// CHECK-NEXT:    @fc1.fixup_bias_before
// CHECK-NEXT:    @fc1.b : tensor<8xf32>
// CHECK-NEXT:    @fc2 : {{.*}} = dense<0.000000e+00>
// CHECK-NEXT:    @fc2.fixup_bias_before
// CHECK-NEXT:    @fc2.b : tensor<3xf32>
// CHECK-NEXT:    func.func
// CHECK:           eoq.max_pool_2d
// CHECK-NEXT:      eoq.parameter_load @conv2.fixup_bias_before
// CHECK-NEXT:      %[[B:.*]] = eoq.bias_add
// CHECK-NEXT:      eoq.parameter_load @conv2 :
// CHECK-NEXT:      eoq.conv_2d %[[B]]
// CHECK-NOT:       fixup_scale
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @conv1 : tensor<4x1x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @conv1.b : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @conv2 : tensor<2x4x3x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @conv2.b : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @fc1 : tensor<8x18xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @fc1.b : tensor<8xf32> trainable = dense<0.0> : tensor<8xf32>
  eoq.parameter <weight> @fc2 : tensor<3x8xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @fc2.b : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>
  func.func @predict(%x: tensor<2x1x6x6xf32>) -> tensor<2x3xf32> {
    %0 = eoq.parameter_load @conv1 : tensor<4x1x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x1x6x6xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x6x6xf32>
    %2 = eoq.parameter_load @conv1.b : tensor<4xf32>
    %3 = eoq.bias_add %1, %2 {eoq.batch_norm_bias} : (tensor<2x4x6x6xf32>, tensor<4xf32>) -> tensor<2x4x6x6xf32>
    %4 = eoq.relu %3 : (tensor<2x4x6x6xf32>) -> tensor<2x4x6x6xf32>
    %5 = eoq.max_pool_2d %4 {kernel = array<i64: 2, 2>, strides = #s2, pads = #p0, dilations = #s1} : (tensor<2x4x6x6xf32>) -> tensor<2x4x3x3xf32>
    %6 = eoq.parameter_load @conv2 : tensor<2x4x3x3xf32>
    %7 = eoq.conv_2d %5, %6 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x4x3x3xf32>, tensor<2x4x3x3xf32>) -> tensor<2x2x3x3xf32>
    %8 = eoq.parameter_load @conv2.b : tensor<2xf32>
    %9 = eoq.bias_add %7, %8 {eoq.batch_norm_bias} : (tensor<2x2x3x3xf32>, tensor<2xf32>) -> tensor<2x2x3x3xf32>
    %10 = eoq.relu %9 : (tensor<2x2x3x3xf32>) -> tensor<2x2x3x3xf32>
    %11 = eoq.reshape %10 : (tensor<2x2x3x3xf32>) -> tensor<2x18xf32>
    %12 = eoq.parameter_load @fc1 : tensor<8x18xf32>
    %13 = eoq.fully_connected %11, %12 : (tensor<2x18xf32>, tensor<8x18xf32>) -> tensor<2x8xf32>
    %14 = eoq.parameter_load @fc1.b : tensor<8xf32>
    %15 = eoq.bias_add %13, %14 : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
    %16 = eoq.relu %15 : (tensor<2x8xf32>) -> tensor<2x8xf32>
    %17 = eoq.parameter_load @fc2 : tensor<3x8xf32>
    %18 = eoq.fully_connected %16, %17 : (tensor<2x8xf32>, tensor<3x8xf32>) -> tensor<2x3xf32>
    %19 = eoq.parameter_load @fc2.b : tensor<3xf32>
    %20 = eoq.bias_add %18, %19 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
    return %20 : tensor<2x3xf32>
  }
}
