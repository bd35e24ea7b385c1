// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file -verify-diagnostics

// expected-error@+2 {{11 of 13 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    %all = eoq.constant dense<[6, -1]> : tensor<2xi64>
    %bad = eoq.constant dense<[2, 5, -1]> : tensor<3xi64>
    %zero = eoq.constant dense<0> : tensor<1xi64>
    %one = eoq.constant dense<1> : tensor<1xi64>
    %two = eoq.constant dense<2> : tensor<1xi64>
    %nine = eoq.constant dense<9> : tensor<1xi64>
    %sizes = eoq.constant dense<[1, 1]> : tensor<2xi64>
    // expected-note@+1 {{'Reshape' (opset 17), 1 node '<unnamed>': the result, [6, 16], does not keep the batch as first dimension; export the model with a symbolic batch dimension}}
    %0 = eoq.onnx_node "Reshape"(%x, %all) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<2xi64>) -> tensor<*xf32>
    // expected-note@+1 {{a tensor of shape [2, 3, 4, 4] cannot become [2, 5, -1]}}
    %1 = eoq.onnx_node "Reshape"(%x, %bad) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<3xi64>) -> tensor<*xf32>
    // expected-note@+1 {{the shape is computed from the images, expected a constant}}
    %2 = eoq.onnx_node "Reshape"(%x, %x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{the result does not keep the batch as first dimension}}
    %3 = eoq.onnx_node "Transpose"(%x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{joining along the batch is not supported}}
    %4 = eoq.onnx_node "Concat"(%x, %x) domain "" opset 17 {axis = 0 : i64} : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{mode 'reflect' is not supported; only zeros can be padded}}
    %5 = eoq.onnx_node "Pad"(%x) domain "" opset 10 {mode = "reflect", pads = array<i64: 0, 0, 1, 0, 0, 0, 2, 1>} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{padding with another value than 0 is not supported}}
    %6 = eoq.onnx_node "Pad"(%x) domain "" opset 10 {value = 1.0 : f32, pads = array<i64: 0, 0, 1, 0, 0, 0, 2, 1>} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{dimension 1 of [2, 3, 4, 4] is not 1}}
    %7 = eoq.onnx_node "Squeeze"(%x, %one) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<1xi64>) -> tensor<*xf32>
    // expected-note@+1 {{slicing the batch is not supported}}
    %8 = eoq.onnx_node "Slice"(%x, %zero, %one) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
    // expected-note@+1 {{steps other than 1 are not supported on computed tensors}}
    %9 = eoq.onnx_node "Slice"(%x, %zero, %nine, %two, %two) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
    %s = eoq.onnx_node "Slice"(%x, %zero, %one, %two, %two) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>
    // expected-note@+1 {{'split' does not fit a dimension of 3 in 2 parts}}
    %10:2 = eoq.onnx_node "Split"(%x, %sizes) domain "" opset 17 {axis = 1 : i64} : (tensor<2x3x4x4xf32>, tensor<2xi64>) -> (tensor<*xf32>, tensor<*xf32>)
    %11 = eoq.onnx_node "Sum"(%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10#0, %10#1, %s) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %11 : tensor<*xf32>
  }
}
