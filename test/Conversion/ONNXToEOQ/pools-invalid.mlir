// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file -verify-diagnostics

// expected-error@+2 {{7 of 8 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    // expected-note@+1 {{'MaxPool' (opset 17), 1 node '<unnamed>': the output 'Indices' is not supported}}
    %0:2 = eoq.onnx_node "MaxPool"(%x) domain "" opset 17 {kernel_shape = array<i64: 2, 2>} : (tensor<2x3x4x4xf32>) -> (tensor<*xf32>, tensor<*xi64>)
    // expected-note@+1 {{'kernel_shape' has 0 values, expected 2}}
    %1 = eoq.onnx_node "MaxPool"(%x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{a window would lie in the padding alone}}
    %2 = eoq.onnx_node "AveragePool"(%x) domain "" opset 17 {kernel_shape = array<i64: 2, 2>, pads = array<i64: 2, 0, 0, 0>} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{a mean over the axes [1] is not supported; only one over the height and the width, [2, 3], is}}
    %3 = eoq.onnx_node "ReduceMean"(%x) domain "" opset 17 {axes = array<i64: 1>} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{a mean over everything is not supported}}
    %4 = eoq.onnx_node "ReduceMean"(%x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{axis 4 is out of range for 4 dimensions}}
    %5 = eoq.onnx_node "ReduceMean"(%x) domain "" opset 17 {axes = array<i64: 4>} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{'auto_pad' is 'SAME', expected NOTSET, SAME_UPPER, SAME_LOWER or VALID}}
    %6 = eoq.onnx_node "MaxPool"(%x) domain "" opset 17 {kernel_shape = array<i64: 2, 2>, auto_pad = "SAME"} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    %7 = eoq.onnx_node "Sum"(%0#0, %0#1, %1, %2, %3, %4, %5, %6) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xi64>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %7 : tensor<*xf32>
  }
}
