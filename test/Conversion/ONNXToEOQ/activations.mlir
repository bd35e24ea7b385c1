// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file | FileCheck %s

// Dropout, Identity, Cast to float and a final Softmax vanish.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-NOT:     eoq.parameter
// CHECK:         %[[A:.*]] = eoq.relu %arg0
// CHECK-NEXT:    %[[B:.*]] = eoq.leaky_relu %[[A]] {alpha = 2.500000e-01 : f64}
// CHECK-NEXT:    %[[C:.*]] = eoq.clip %[[B]] {maximum = 6.000000e+00 : f64, minimum = 0.000000e+00 : f64}
// CHECK-NEXT:    %[[D:.*]] = eoq.clip %[[C]] {maximum = 1.000000e+00 : f64, minimum = -1.000000e+00 : f64}
// CHECK-NEXT:    %[[E:.*]] = eoq.clip %[[D]] {maximum = 5.000000e-01 : f64, minimum = 0xFFF0000000000000 : f64}
// CHECK-NEXT:    %[[F:.*]] = eoq.relu %[[E]]
// CHECK-NEXT:    %[[G:.*]] = eoq.reshape %[[F]]
// CHECK-NEXT:    return %[[G]]
module {
  eoq.parameter <weight> @half : tensor<f32> = dense<0.5> : tensor<f32>
  eoq.parameter <weight> @ratio : tensor<f32> = dense<0.5> : tensor<f32>
  func.func @predict(%x: tensor<2x3x1x1xf32>) -> tensor<*xf32> {
    %half = eoq.parameter_load @half : tensor<f32>
    %ratio = eoq.parameter_load @ratio : tensor<f32>
    %zero = eoq.constant dense<0.0> : tensor<f32>
    %six = eoq.constant dense<6.0> : tensor<f32>
    %none = eoq.onnx_absent : none
    %0 = eoq.onnx_node "Relu"(%x) domain "" opset 17 {} : (tensor<2x3x1x1xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "LeakyRelu"(%0) domain "" opset 17 {alpha = 0.25 : f32} : (tensor<*xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Clip"(%1, %zero, %six) domain "" opset 17 {} : (tensor<*xf32>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Clip"(%2) domain "" opset 9 {min = -1.0 : f32, max = 1.0 : f32} : (tensor<*xf32>) -> tensor<*xf32>
    %4 = eoq.onnx_node "Clip"(%3, %none, %half) domain "" opset 17 {} : (tensor<*xf32>, none, tensor<f32>) -> tensor<*xf32>
    %5 = eoq.onnx_node "Clip"(%4, %zero) domain "" opset 17 {} : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    %6 = eoq.onnx_node "Clip"(%5) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    %7 = eoq.onnx_node "Dropout"(%6, %ratio) domain "" opset 17 {} : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    %8:2 = eoq.onnx_node "Dropout"(%7) domain "" opset 9 {ratio = 0.5 : f32} : (tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>)
    %9 = eoq.onnx_node "Identity"(%8#0) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    %10 = eoq.onnx_node "Cast"(%9) domain "" opset 17 {to = 1 : i64} : (tensor<*xf32>) -> tensor<*xf32>
    %11 = eoq.onnx_node "Softmax"(%10) domain "" opset 17 {axis = 1 : i64} : (tensor<*xf32>) -> tensor<*xf32>
    %12 = eoq.onnx_node "Flatten"(%11) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %12 : tensor<*xf32>
  }
}

// -----

// The default axis of Softmax is the second one before opset 13, the last one
// since.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-NEXT:  func.func @predict
// CHECK-NEXT:    %[[A:.*]] = eoq.reshape %arg0
// CHECK-NEXT:    return %[[A]]
module {
  func.func @predict(%x: tensor<2x3x1x1xf32>) -> tensor<*xf32> {
    %0 = eoq.onnx_node "LogSoftmax"(%x) domain "" opset 12 {} : (tensor<2x3x1x1xf32>) -> tensor<*xf32>
    return %0 : tensor<*xf32>
  }
}

// -----

// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-NEXT:  func.func @predict
// CHECK-NEXT:    %[[A:.*]] = eoq.reshape %arg0
// CHECK-NEXT:    return %[[A]]
module {
  func.func @predict(%x: tensor<2x3x1x1xf32>) -> tensor<*xf32> {
    %0 = eoq.onnx_node "Flatten"(%x) domain "" opset 13 {} : (tensor<2x3x1x1xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "LogSoftmax"(%0) domain "" opset 13 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %1 : tensor<*xf32>
  }
}
