// RUN: eoq-opt %s -convert-onnx-to-eoq | FileCheck %s

// A whole network; the other tests of this folder go through the operators.
// The level, the kinds of parameters and what is trainable follow from the
// graph; dropout, the shape computation and the final softmax vanish, and so
// does the parameter that nobody uses.
module attributes {eoq.level = "import"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x3x3xf32> = dense<0.5> : tensor<2x1x3x3xf32>
  eoq.parameter <weight> @conv.bias : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @fc.weight : tensor<3x8xf32> = dense<0.5> : tensor<3x8xf32>
  eoq.parameter <weight> @unused : tensor<7xf32> = dense<0.5> : tensor<7xf32>
  func.func @predict(%image: tensor<1x1x4x4xf32>) -> tensor<*xf32> {
    %none = eoq.onnx_absent : none
    %w = eoq.parameter_load @conv.weight : tensor<2x1x3x3xf32>
    %b = eoq.parameter_load @conv.bias : tensor<2xf32>
    %0 = eoq.onnx_node "Conv"(%image, %w, %b) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Relu"(%0) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Dropout"(%1, %none, %none) domain "" opset 17 {} : (tensor<*xf32>, none, none) -> tensor<*xf32>
    %3 = eoq.onnx_node "Flatten"(%2) domain "" opset 17 {axis = 1 : i64} : (tensor<*xf32>) -> tensor<*xf32>
    %fc = eoq.parameter_load @fc.weight : tensor<3x8xf32>
    %4 = eoq.onnx_node "Gemm"(%3, %fc, %none) domain "" opset 17 {transB = 1 : i64} : (tensor<*xf32>, tensor<3x8xf32>, none) -> tensor<*xf32>
    %5 = eoq.onnx_node "Softmax"(%4) domain "" opset 17 {axis = 1 : i64} : (tensor<*xf32>) -> tensor<*xf32>
    return %5 : tensor<*xf32>
  }
}
// CHECK:       module attributes {eoq.level = "graph"}
// CHECK-DAG:     eoq.parameter <weight> @conv.weight : tensor<2x1x3x3xf32> trainable
// CHECK-DAG:     eoq.parameter <bias> @conv.bias : tensor<2xf32> trainable
// CHECK-DAG:     eoq.parameter <weight> @fc.weight : tensor<3x8xf32> trainable
// CHECK-NOT:     @unused
// CHECK:       func.func @predict(%[[X:.*]]: tensor<1x1x4x4xf32>) -> tensor<1x3xf32>
// CHECK:         %[[C:.*]] = eoq.conv_2d %[[X]], %{{.*}} -> tensor<1x2x2x2xf32>
// CHECK:         %[[B:.*]] = eoq.bias_add %[[C]],
// CHECK-NEXT:    %[[R:.*]] = eoq.relu %[[B]]
// CHECK-NEXT:    %[[F:.*]] = eoq.reshape %[[R]] : (tensor<1x2x2x2xf32>) -> tensor<1x8xf32>
// CHECK:         %[[Z:.*]] = eoq.fully_connected %[[F]], %{{.*}} -> tensor<1x3xf32>
// CHECK-NEXT:    return %[[Z]]
