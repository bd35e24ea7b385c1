// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @predict(
// CHECK-SAME:      %[[X:.*]]: tensor<2x4x6x6xf32>) -> tensor<2x16xf32>
// CHECK-NEXT:    %[[P:.*]] = eoq.pad %[[X]] {high = array<i64: 0, 0, 2, 1>, low = array<i64: 0, 0, 1, 0>} : (tensor<2x4x6x6xf32>) -> tensor<2x4x9x7xf32>
// CHECK-NEXT:    %[[Q:.*]] = eoq.pad %[[P]] {high = array<i64: 0, 0, 0, 2>, low = array<i64: 0, 0, 0, 1>} : (tensor<2x4x9x7xf32>) -> tensor<2x4x9x10xf32>
// CHECK-NEXT:    %[[S:.*]] = eoq.slice %[[Q]] {offsets = array<i64: 0, 1, 0, 6>} : (tensor<2x4x9x10xf32>) -> tensor<2x2x9x4xf32>
// CHECK-NEXT:    %[[A:.*]] = eoq.slice %[[S]] {offsets = array<i64: 0, 0, 0, 0>} : (tensor<2x2x9x4xf32>) -> tensor<2x2x1x4xf32>
// CHECK-NEXT:    %[[B:.*]] = eoq.slice %[[S]] {offsets = array<i64: 0, 0, 1, 0>} : (tensor<2x2x9x4xf32>) -> tensor<2x2x8x4xf32>
// CHECK-NEXT:    %[[C:.*]] = eoq.slice %[[B]] {offsets = array<i64: 0, 0, 4, 0>} : (tensor<2x2x8x4xf32>) -> tensor<2x2x4x4xf32>
// CHECK-NEXT:    %[[T:.*]] = eoq.transpose %[[C]] {permutation = array<i64: 0, 2, 3, 1>} : (tensor<2x2x4x4xf32>) -> tensor<2x4x4x2xf32>
// CHECK-NEXT:    %[[R:.*]] = eoq.reshape %[[T]] : (tensor<2x4x4x2xf32>) -> tensor<2x1x8x4xf32>
// CHECK-NEXT:    %[[K:.*]] = eoq.reshape %[[A]] : (tensor<2x2x1x4xf32>) -> tensor<2x2x4xf32>
// CHECK-NEXT:    %[[U:.*]] = eoq.reshape %[[K]] : (tensor<2x2x4xf32>) -> tensor<2x1x2x4xf32>
// CHECK-NEXT:    %[[N:.*]] = eoq.concat %[[R]], %[[U]] {axis = 2 : i64} : (tensor<2x1x8x4xf32>, tensor<2x1x2x4xf32>) -> tensor<2x1x10x4xf32>
// CHECK-NEXT:    %[[V:.*]] = eoq.slice %[[N]] {offsets = array<i64: 0, 0, 6, 0>} : (tensor<2x1x10x4xf32>) -> tensor<2x1x4x4xf32>
// CHECK-NEXT:    %[[F:.*]] = eoq.reshape %[[V]] : (tensor<2x1x4x4xf32>) -> tensor<2x16xf32>
// CHECK-NEXT:    return %[[F]]
module {
  func.func @predict(%x: tensor<2x4x6x6xf32>) -> tensor<*xf32> {
    %none = eoq.onnx_absent : none
    %pads = eoq.constant dense<[1, 2]> : tensor<2xi64>
    %last = eoq.constant dense<-1> : tensor<1xi64>
    %starts = eoq.constant dense<[1, -4]> : tensor<2xi64>
    %ends = eoq.constant dense<[3, 9223372036854775807]> : tensor<2xi64>
    %axes = eoq.constant dense<[1, 3]> : tensor<2xi64>
    %sizes = eoq.constant dense<[1, 8]> : tensor<2xi64>
    %two = eoq.constant dense<2> : tensor<1xi64>
    %one = eoq.constant dense<1> : tensor<1xi64>
    %shape = eoq.constant dense<[0, 1, 8, -1]> : tensor<4xi64>
    %0 = eoq.onnx_node "Pad"(%x) domain "" opset 10 {pads = array<i64: 0, 0, 1, 0, 0, 0, 2, 1>} : (tensor<2x4x6x6xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Pad"(%0, %pads, %none, %last) domain "" opset 18 {mode = "constant"} : (tensor<*xf32>, tensor<2xi64>, none, tensor<1xi64>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Slice"(%1, %starts, %ends, %axes) domain "" opset 13 {} : (tensor<*xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<*xf32>
    %3:2 = eoq.onnx_node "Split"(%2, %sizes) domain "" opset 13 {axis = 2 : i64} : (tensor<*xf32>, tensor<2xi64>) -> (tensor<*xf32>, tensor<*xf32>)
    %4:2 = eoq.onnx_node "Split"(%3#1) domain "" opset 13 {axis = -2 : i64} : (tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>)
    %5 = eoq.onnx_node "Transpose"(%4#1) domain "" opset 13 {perm = array<i64: 0, 2, 3, 1>} : (tensor<*xf32>) -> tensor<*xf32>
    %6 = eoq.onnx_node "Reshape"(%5, %shape) domain "" opset 13 {} : (tensor<*xf32>, tensor<4xi64>) -> tensor<*xf32>
    %7 = eoq.onnx_node "Squeeze"(%3#0, %two) domain "" opset 13 {} : (tensor<*xf32>, tensor<1xi64>) -> tensor<*xf32>
    %8 = eoq.onnx_node "Unsqueeze"(%7, %one) domain "" opset 13 {} : (tensor<*xf32>, tensor<1xi64>) -> tensor<*xf32>
    %9 = eoq.onnx_node "Concat"(%6, %8) domain "" opset 13 {axis = -2 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    %10 = eoq.onnx_node "Slice"(%9) domain "" opset 9 {starts = array<i64: 6>, ends = array<i64: 100>, axes = array<i64: 2>} : (tensor<*xf32>) -> tensor<*xf32>
    %11 = eoq.onnx_node "Flatten"(%10) domain "" opset 13 {axis = -3 : i64} : (tensor<*xf32>) -> tensor<*xf32>
    return %11 : tensor<*xf32>
  }
}

// -----

// A file made for batch 1, compiled for 8: its reshapes repeat the 1.
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:      %[[X:.*]]: tensor<8x4x1x1xf32>) -> tensor<8x4xf32>
// CHECK-NEXT:    eoq.reshape %[[X]] : (tensor<8x4x1x1xf32>) -> tensor<8x4xf32>
module {
  func.func @predict(%x: tensor<8x4x1x1xf32> {eoq.onnx_batch_size = 1 : i64}) -> tensor<*xf32> {
    %shape = eoq.constant dense<[1, -1]> : tensor<2xi64>
    %0 = eoq.onnx_node "Reshape"(%x, %shape) domain "" opset 13 {} : (tensor<8x4x1x1xf32>, tensor<2xi64>) -> tensor<*xf32>
    return %0 : tensor<*xf32>
  }
}

// -----

// Initializers change in place: a matrix that is transposed, a bias that is
// squeezed.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK:         eoq.parameter <weight> @w : tensor<2x3xf32> trainable =
// CHECK-SAME{LITERAL}: dense<[[1.000000e+00, 2.000000e+00, 3.000000e+00], [4.000000e+00, 5.000000e+00, 6.000000e+00]]>
// CHECK:         eoq.parameter <bias> @b : tensor<2xf32> trainable = dense<1.000000e+00>
module {
  eoq.parameter <weight> @w : tensor<2x3xf32> = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  eoq.parameter <weight> @b : tensor<2x1x1xf32> = dense<1.0> : tensor<2x1x1xf32>
  func.func @predict(%x: tensor<8x3x1x1xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<2x3xf32>
    %b = eoq.parameter_load @b : tensor<2x1x1xf32>
    %0 = eoq.onnx_node "Transpose"(%w) domain "" opset 13 {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Squeeze"(%b) domain "" opset 13 {} : (tensor<2x1x1xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Flatten"(%x) domain "" opset 13 {} : (tensor<8x3x1x1xf32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "MatMul"(%2, %0) domain "" opset 13 {} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    %4 = eoq.onnx_node "Add"(%3, %1) domain "" opset 13 {} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %4 : tensor<*xf32>
  }
}
