// RUN: eoq-opt %s -convert-onnx-to-eoq | FileCheck %s

// ceil_mode is resolved here: 7 -> 4 with it, 3 without; a last window that would
// begin beyond the image is dropped (4 -> 2, not 3).
// CHECK-LABEL: func.func @predict
// CHECK-NEXT:  %[[A:.*]] = eoq.max_pool_2d %arg0 {dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
// CHECK-NEXT:  eoq.max_pool_2d %[[A]] {dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 2, 2>} : (tensor<2x3x4x4xf32>) -> tensor<2x3x2x2xf32>
// CHECK-NEXT:  eoq.max_pool_2d %arg0 {dilations = array<i64: 2, 3>, kernel = array<i64: 3, 2>, pads = array<i64: 1, 0, 1, 0>, strides = array<i64: 1, 1>} : (tensor<2x3x7x7xf32>) -> tensor<2x3x5x4xf32>
// CHECK-NEXT:  eoq.avg_pool_2d %arg0 {dilations = array<i64: 1, 1>, kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 3, 3>} : (tensor<2x3x7x7xf32>) -> tensor<2x3x3x3xf32>
// CHECK-NEXT:  eoq.avg_pool_2d %arg0 {count_include_pad, dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 2, 2>} : (tensor<2x3x7x7xf32>) -> tensor<2x3x4x4xf32>
// CHECK-NEXT:  %[[F:.*]] = eoq.avg_pool_2d %{{.*}} {dilations = array<i64: 1, 1>, kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<2x3x2x2xf32>) -> tensor<2x3x1x1xf32>
// CHECK-NEXT:  %[[G:.*]] = eoq.max_pool_2d %{{.*}} {{.*}} kernel = array<i64: 5, 4>{{.*}} -> tensor<2x3x1x1xf32>
// CHECK-NEXT:  %[[H:.*]] = eoq.avg_pool_2d %{{.*}} {{.*}} kernel = array<i64: 3, 3>{{.*}} -> tensor<2x3x1x1xf32>
// CHECK-NEXT:  %[[I:.*]] = eoq.avg_pool_2d %{{.*}} {{.*}} kernel = array<i64: 4, 4>{{.*}} -> tensor<2x3x1x1xf32>
// CHECK-NEXT:  eoq.reshape %[[I]] : (tensor<2x3x1x1xf32>) -> tensor<2x3xf32>
module {
  func.func @predict(%x: tensor<2x3x7x7xf32>) -> tensor<*xf32> {
    %axes = eoq.constant dense<[-1, 2]> : tensor<2xi64>
    %a = eoq.onnx_node "MaxPool"(%x) domain "" opset 17 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, ceil_mode = 1 : i64} : (tensor<2x3x7x7xf32>) -> tensor<*xf32>
    %b = eoq.onnx_node "MaxPool"(%a) domain "" opset 17 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 1, 1>, ceil_mode = 1 : i64} : (tensor<*xf32>) -> tensor<*xf32>
    %c = eoq.onnx_node "MaxPool"(%x) domain "" opset 17 {kernel_shape = array<i64: 3, 2>, pads = array<i64: 1, 0, 1, 0>, dilations = array<i64: 2, 3>} : (tensor<2x3x7x7xf32>) -> tensor<*xf32>
    %d = eoq.onnx_node "AveragePool"(%x) domain "" opset 17 {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 3, 3>} : (tensor<2x3x7x7xf32>) -> tensor<*xf32>
    %e = eoq.onnx_node "AveragePool"(%x) domain "" opset 17 {kernel_shape = array<i64: 2, 2>, auto_pad = "SAME_UPPER", strides = array<i64: 2, 2>, count_include_pad = 1 : i64} : (tensor<2x3x7x7xf32>) -> tensor<*xf32>
    %f = eoq.onnx_node "GlobalAveragePool"(%b) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    %g = eoq.onnx_node "GlobalMaxPool"(%c) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    %h = eoq.onnx_node "ReduceMean"(%d) domain "" opset 13 {axes = array<i64: 2, 3>} : (tensor<*xf32>) -> tensor<*xf32>
    %i = eoq.onnx_node "ReduceMean"(%e, %axes) domain "" opset 18 {keepdims = 0 : i64} : (tensor<*xf32>, tensor<2xi64>) -> tensor<*xf32>
    %s = eoq.onnx_node "Sum"(%f, %g, %h) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    %t = eoq.onnx_node "Flatten"(%s) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    %u = eoq.onnx_node "Add"(%t, %i) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %u : tensor<*xf32>
  }
}
