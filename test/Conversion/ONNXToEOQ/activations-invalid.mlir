// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file -verify-diagnostics

// expected-error@+2 {{7 of 9 ONNX nodes cannot be converted}}
// expected-note@+1 {{2 nodes behind these could not be checked}}
module {
  eoq.parameter <weight> @two : tensor<2xf32> = dense<2.0> : tensor<2xf32>
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    %two = eoq.parameter_load @two : tensor<2xf32>
    // expected-note@+1 {{'alpha' is not in [0, 1]}}
    %0 = eoq.onnx_node "LeakyRelu"(%x) domain "" opset 17 {alpha = 2.0 : f32} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{the bounds are not in order}}
    %1 = eoq.onnx_node "Clip"(%x) domain "" opset 9 {min = 2.0 : f32, max = 1.0 : f32} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{min has 2 elements, expected one}}
    %2 = eoq.onnx_node "Clip"(%x, %two) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<2xf32>) -> tensor<*xf32>
    // expected-note@+1 {{it is supported as the last node only; the loss has its own softmax}}
    %3 = eoq.onnx_node "Softmax"(%x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{its mask is used; export the model for inference (model.eval())}}
    %4:2 = eoq.onnx_node "Dropout"(%x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>) -> (tensor<*xf32>, tensor<*xf32>)
    // expected-note@+1 {{a cast of a computed tensor or an initializer to a type that is no float is not supported}}
    %5 = eoq.onnx_node "Cast"(%x) domain "" opset 17 {to = 7 : i64} : (tensor<2x3x4x4xf32>) -> tensor<*xi64>
    %six = eoq.constant dense<6> : tensor<i64>
    // expected-note@+1 {{a cast of a computed tensor or an initializer to a type that is no float is not supported}}
    %6 = eoq.onnx_node "CastLike"(%x, %six) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<i64>) -> tensor<*xi64>
    %7 = eoq.onnx_node "Sum"(%0, %1, %2, %3, %4#0, %4#1, %5, %6) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xi64>, tensor<*xi64>) -> tensor<*xf32>
    %8 = eoq.onnx_node "Flatten"(%7) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %8 : tensor<*xf32>
  }
}

// -----

// expected-error@+1 {{1 of 1 ONNX nodes cannot be converted}}
module {
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    // expected-note@+1 {{it does not run over the classes of [batch, classes]}}
    %0 = eoq.onnx_node "Softmax"(%x) domain "" opset 17 {axis = 1 : i64} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    return %0 : tensor<*xf32>
  }
}
