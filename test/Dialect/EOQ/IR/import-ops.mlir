// RUN: eoq-opt %s | eoq-opt | FileCheck %s
// RUN: eoq-opt %s -mlir-print-op-generic | eoq-opt | FileCheck %s

// CHECK-LABEL: @graph
func.func @graph(%x: tensor<1x3xf32>) -> tensor<*xf32> {
  // CHECK: %[[NONE:.*]] = eoq.onnx_absent : none
  %none = eoq.onnx_absent : none
  // CHECK: %[[SIX:.*]] = eoq.constant dense<6.000000e+00> : tensor<f32>
  %six = eoq.constant dense<6.0> : tensor<f32>
  // CHECK: %[[CLIP:.*]] = eoq.onnx_node "Clip"(%{{.*}}, %[[NONE]], %[[SIX]]) domain "" opset 13 {} : (tensor<1x3xf32>, none, tensor<f32>) -> tensor<1x3xf32>
  %0 = eoq.onnx_node "Clip"(%x, %none, %six) domain "" opset 13 {} : (tensor<1x3xf32>, none, tensor<f32>) -> tensor<1x3xf32>
  // CHECK: eoq.onnx_node "Split"(%[[CLIP]]) domain "my.domain" opset 2 {axis = 1 : i64} : (tensor<1x3xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  %1:2 = eoq.onnx_node "Split"(%0) domain "my.domain" opset 2 {axis = 1 : i64} : (tensor<1x3xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  return %1#1 : tensor<*xf32>
}
