// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file | FileCheck %s

// Two computed tensors.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-NEXT:  func.func @predict(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x1x1xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:    %[[A:.*]] = eoq.add %[[X]], %[[X]]
// CHECK-NEXT:    %[[B:.*]] = eoq.sub %[[A]], %[[X]]
// CHECK-NEXT:    %[[C:.*]] = eoq.mul %[[B]], %[[A]]
// CHECK-NEXT:    %[[D:.*]] = eoq.add %[[A]], %[[B]]
// CHECK-NEXT:    %[[E:.*]] = eoq.add %[[D]], %[[C]]
// CHECK-NEXT:    eoq.reshape %[[E]]
module {
  func.func @predict(%x: tensor<2x3x1x1xf32>) -> tensor<*xf32> {
    %0 = eoq.onnx_node "Add"(%x, %x) domain "" opset 17 {} : (tensor<2x3x1x1xf32>, tensor<2x3x1x1xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Sub"(%0, %x) domain "" opset 17 {} : (tensor<*xf32>, tensor<2x3x1x1xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Mul"(%1, %0) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Sum"(%0, %1, %2) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %3 : tensor<*xf32>
  }
}

// -----

// Initializers: per channel or scalar; kept as parameters that are not trained.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK:         eoq.parameter <bias> @channel : tensor<3xf32> =
// CHECK:         eoq.parameter <scale> @scalar : tensor<1xf32> =
// CHECK:         eoq.parameter <bias> @shift.negated : tensor<1xf32> = dense<-3.000000e+00>
// CHECK:         eoq.parameter <scale> @divisor.reciprocal : tensor<3xf32> =
// CHECK-SAME{LITERAL}: dense<[1.000000e+00, 5.000000e-01, 2.500000e-01]>
// CHECK:         %[[C:.*]] = eoq.parameter_load @channel : tensor<3xf32>
// CHECK-NEXT:    %[[A:.*]] = eoq.bias_add %arg0, %[[C]]
// CHECK-NEXT:    %[[S:.*]] = eoq.parameter_load @scalar : tensor<1xf32>
// CHECK-NEXT:    %[[B:.*]] = eoq.scale %[[A]], %[[S]]
// CHECK-NEXT:    %[[N:.*]] = eoq.parameter_load @shift.negated
// CHECK-NEXT:    %[[D:.*]] = eoq.bias_add %[[B]], %[[N]]
// CHECK-NEXT:    %[[R:.*]] = eoq.parameter_load @divisor.reciprocal
// CHECK-NEXT:    eoq.scale %[[D]], %[[R]]
module {
  eoq.parameter <weight> @channel : tensor<1x3x1x1xf32> = dense<2.0> : tensor<1x3x1x1xf32>
  eoq.parameter <weight> @scalar : tensor<f32> = dense<2.0> : tensor<f32>
  eoq.parameter <weight> @shift : tensor<1xf32> = dense<3.0> : tensor<1xf32>
  eoq.parameter <weight> @divisor : tensor<3x1x1xf32> = dense<[[[1.0]], [[2.0]], [[4.0]]]> : tensor<3x1x1xf32>
  func.func @predict(%x: tensor<2x3x1x1xf32>) -> tensor<*xf32> {
    %channel = eoq.parameter_load @channel : tensor<1x3x1x1xf32>
    %scalar = eoq.parameter_load @scalar : tensor<f32>
    %shift = eoq.parameter_load @shift : tensor<1xf32>
    %divisor = eoq.parameter_load @divisor : tensor<3x1x1xf32>
    %0 = eoq.onnx_node "Add"(%x, %channel) domain "" opset 17 {} : (tensor<2x3x1x1xf32>, tensor<1x3x1x1xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Mul"(%scalar, %0) domain "" opset 17 {} : (tensor<f32>, tensor<*xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Sub"(%1, %shift) domain "" opset 17 {} : (tensor<*xf32>, tensor<1xf32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Div"(%2, %divisor) domain "" opset 17 {} : (tensor<*xf32>, tensor<3x1x1xf32>) -> tensor<*xf32>
    return %3 : tensor<*xf32>
  }
}

// -----

// Constants: a power of two is a shift of the exponent; another number becomes
// a parameter with the node's name; a shared one is reshaped after the load.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK:         eoq.parameter <scale> @three : tensor<f32> = dense<3.000000e+00>
// CHECK:         %[[A:.*]] = eoq.shift_exponent %arg0 {amount = 2 : i64}
// CHECK-NEXT:    %[[B:.*]] = eoq.shift_exponent %[[A]] {amount = -2 : i64}
// CHECK-NEXT:    %[[C:.*]] = eoq.parameter_load @three
// CHECK-NEXT:    %[[D:.*]] = eoq.reshape %[[C]] : (tensor<f32>) -> tensor<1xf32>
// CHECK-NEXT:    %[[E:.*]] = eoq.scale %[[B]], %[[D]]
// CHECK:         eoq.bias_add %[[E]]
module {
  func.func @predict(%x: tensor<2x3x1x1xf32>) -> tensor<*xf32> {
    %four = eoq.constant dense<4.0> : tensor<f32>
    %three = eoq.constant dense<3.0> : tensor<f32> loc("three")
    %0 = eoq.onnx_node "Mul"(%x, %four) domain "" opset 17 {} : (tensor<2x3x1x1xf32>, tensor<f32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Div"(%0, %four) domain "" opset 17 {} : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Mul"(%1, %three) domain "" opset 17 {} : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Add"(%2, %three) domain "" opset 17 {} : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
    return %3 : tensor<*xf32>
  }
}
