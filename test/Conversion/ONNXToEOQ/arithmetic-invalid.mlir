// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file -verify-diagnostics

// expected-error@+2 {{6 of 8 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  eoq.parameter <weight> @row : tensor<4xf32> = dense<2.0> : tensor<4xf32>
  eoq.parameter <weight> @zero : tensor<f32> = dense<0.0> : tensor<f32>
  func.func @predict(%x: tensor<2x3x4x4xf32>) -> tensor<*xf32> {
    %row = eoq.parameter_load @row : tensor<4xf32>
    %zero = eoq.parameter_load @zero : tensor<f32>
    // expected-note@+1 {{'Add' (opset 17), 1 node '<unnamed>': a constant of shape [4] with a tensor of shape [2, 3, 4, 4] is not supported; only one value, or one value for each channel, is}}
    %0 = eoq.onnx_node "Add"(%x, %row) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{a constant minus a tensor is not supported; multiply by -1 and add the constant}}
    %1 = eoq.onnx_node "Sub"(%zero, %x) domain "" opset 17 {} : (tensor<f32>, tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{division by a computed tensor is not supported}}
    %2 = eoq.onnx_node "Div"(%x, %x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{the divisor is 0}}
    %3 = eoq.onnx_node "Div"(%x, %zero) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<f32>) -> tensor<*xf32>
    %4 = eoq.onnx_node "GlobalAveragePool"(%x) domain "" opset 17 {} : (tensor<2x3x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{computed tensors of the shapes [2, 3, 4, 4] and [2, 3, 1, 1] would need a broadcast, which is not supported; both must have one shape}}
    %5 = eoq.onnx_node "Mul"(%x, %4) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<*xf32>) -> tensor<*xf32>
    // expected-note@+1 {{input 1 is a constant or an initializer, expected a tensor computed from the images; fold constants before the export}}
    %6 = eoq.onnx_node "Sum"(%x, %zero) domain "" opset 17 {} : (tensor<2x3x4x4xf32>, tensor<f32>) -> tensor<*xf32>
    %7 = eoq.onnx_node "Sum"(%0, %1, %2, %3, %5, %6) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %7 : tensor<*xf32>
  }
}
