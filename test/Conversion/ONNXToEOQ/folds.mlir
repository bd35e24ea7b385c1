// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file | FileCheck %s

// x.view(x.size(0), -1) as old exporters write it: nothing of the chain is left.
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x4x4xf32>) -> tensor<2x48xf32>
// CHECK-NEXT:    %[[R:.*]] = eoq.reshape %[[X]] : (tensor<2x3x4x4xf32>) -> tensor<2x48xf32>
// CHECK-NEXT:    return %[[R]]
module {
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    %zero = eoq.constant dense<0> : tensor<i64>
    %rest = eoq.constant dense<-1> : tensor<1xi64>
    %relu = eoq.onnx_node "Relu"(%x) domain "" opset 11 {} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    %shape = eoq.onnx_node "Shape"(%relu) domain "" opset 11 {} : (tensor<*xf32>) -> tensor<*xi64>
    %batch = eoq.onnx_node "Gather"(%shape, %zero) domain "" opset 11 {axis = 0 : i64} : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
    %first = eoq.onnx_node "Unsqueeze"(%batch) domain "" opset 11 {axes = array<i64: 0>} : (tensor<*xi64>) -> tensor<*xi64>
    %flat = eoq.onnx_node "Concat"(%first, %rest) domain "" opset 11 {axis = 0 : i64} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %0 = eoq.onnx_node "Reshape"(%x, %flat) domain "" opset 11 {} : (tensor<2x3x4x4xf32>, tensor<*xi64>) -> tensor<*xf32>
    return %0 : tensor<*xf32>
  }
}

// -----

// Arithmetic on shapes. [2, 3, 4, 4]: slices backwards give [4, 4], [4, 4] * 3 = [12, 12],
// (12 - 4) / 2 = 4; Where(Equal(4, 4), 4, 7) = 4; 4 + 44 = 48; Range(0, 2, 1)[1] = 1.
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:      %[[X:.*]]: tensor<2x3x4x4xf32>) -> tensor<2x48xf32>
// CHECK-NEXT:    %[[R:.*]] = eoq.reshape %[[X]] : (tensor<2x3x4x4xf32>) -> tensor<2x1x48x1xf32>
// CHECK-NEXT:    %[[S:.*]] = eoq.reshape %[[R]] : (tensor<2x1x48x1xf32>) -> tensor<2x48xf32>
// CHECK-NEXT:    return %[[S]]
module {
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    %start = eoq.constant dense<-1> : tensor<1xi64>
    %end = eoq.constant dense<-3> : tensor<1xi64>
    %axis = eoq.constant dense<0> : tensor<1xi64>
    %step = eoq.constant dense<-1> : tensor<1xi64>
    %zero = eoq.constant dense<0> : tensor<i64>
    %one = eoq.constant dense<1> : tensor<i64>
    %two = eoq.constant dense<2> : tensor<i64>
    %three = eoq.constant dense<3> : tensor<i64>
    %four = eoq.constant dense<4> : tensor<1xi64>
    %seven = eoq.constant dense<7> : tensor<i64>
    %fortyfour = eoq.constant dense<44.0> : tensor<f32>
    %shape = eoq.onnx_node "Shape"(%x) domain "" opset 17 {start = 0 : i64} : (tensor<2x3x4x4xf32>) -> tensor<*xi64>
    %size = eoq.onnx_node "Slice"(%shape, %start, %end, %axis, %step) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xi64>
    %times = eoq.onnx_node "Mul"(%size, %three) domain "" opset 17 {} : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
    %minus = eoq.onnx_node "Sub"(%times, %four) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %half = eoq.onnx_node "Div"(%minus, %two) domain "" opset 17 {} : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
    %same = eoq.onnx_node "Equal"(%half, %four) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi1>
    %pick = eoq.onnx_node "Where"(%same, %half, %seven) domain "" opset 17 {} : (tensor<*xi1>, tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
    %cast = eoq.onnx_node "Cast"(%fortyfour) domain "" opset 17 {to = 7 : i64} : (tensor<f32>) -> tensor<*xi64>
    %plus = eoq.onnx_node "Add"(%pick, %cast) domain "" opset 17 {} : (tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
    %long = eoq.onnx_node "Gather"(%plus, %axis) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %range = eoq.onnx_node "Range"(%zero, %two, %one) domain "" opset 17 {} : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
    %last = eoq.onnx_node "Gather"(%range, %start) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %ones = eoq.onnx_node "ConstantOfShape"(%last) domain "" opset 17 {value = dense<1> : tensor<1xi64>} : (tensor<*xi64>) -> tensor<*xi64>
    %wide = eoq.onnx_node "Expand"(%ones, %last) domain "" opset 17 {} : (tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
    %n = eoq.onnx_node "Constant"() domain "" opset 17 {value_ints = array<i64: -1>} : () -> tensor<*xi64>
    %target = eoq.onnx_node "Concat"(%n, %wide, %long, %ones) domain "" opset 17 {axis = 0 : i64} : (tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
    %0 = eoq.onnx_node "Reshape"(%x, %target) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<*xi64>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Flatten"(%0) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %1 : tensor<*xf32>
  }
}

// -----

// Size, and a Transpose of a constant: [[1, 96], [2, 96]] turned is [[1, 2], [96, 96]].
// CHECK-LABEL: func.func @predict(
// CHECK:         eoq.reshape %{{.*}} -> tensor<1x96xf32>
module {
  func.func @predict(%x: tensor<1x6x4x4xf32>) -> tensor<*xf32> {
    %matrix = eoq.constant dense<[[1, 96], [2, 96]]> : tensor<2x2xi64>
    %zero = eoq.constant dense<0> : tensor<1xi64>
    %one = eoq.constant dense<1> : tensor<1xi64>
    %size = eoq.onnx_node "Size"(%x) domain "" opset 17 {} : (tensor<1x6x4x4xf32>) -> tensor<*xi64>
    %turned = eoq.onnx_node "Transpose"(%matrix) domain "" opset 17 {} : (tensor<2x2xi64>) -> tensor<*xi64>
    %row = eoq.onnx_node "Gather"(%turned, %one) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %flat = eoq.onnx_node "Squeeze"(%row) domain "" opset 17 {} : (tensor<*xi64>) -> tensor<*xi64>
    %same = eoq.onnx_node "Div"(%flat, %size) domain "" opset 17 {} : (tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
    %first = eoq.onnx_node "Gather"(%same, %zero) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %list = eoq.onnx_node "Reshape"(%size, %one) domain "" opset 17 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %target = eoq.onnx_node "Concat"(%first, %list) domain "" opset 17 {axis = 0 : i64} : (tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
    %0 = eoq.onnx_node "Reshape"(%x, %target) domain "" opset 17 {} : (tensor<1x6x4x4xf32>, tensor<*xi64>) -> tensor<*xf32>
    return %0 : tensor<*xf32>
  }
}
