// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file -verify-diagnostics

// expected-error@+2 {{5 of 6 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  eoq.parameter <weight> @w : tensor<1x1x3x3xf32> = dense<1.0> : tensor<1x1x3x3xf32>
  func.func @predict(%x: tensor<1x1x4x4xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<1x1x3x3xf32>
    // expected-note@+1 {{'pads' has the value -1, negative ones are not supported}}
    %a = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {pads = array<i64: 1, -1, 1, 1>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{'strides' has 1 values, expected 2}}
    %b = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {strides = array<i64: 1>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{'kernel_shape' is [2, 2], but the weight has [3, 3]}}
    %c = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {kernel_shape = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{the window is larger than the padded input (7 against 4)}}
    %d = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {dilations = array<i64: 3, 3>} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{attribute 'group' is no integer}}
    %e = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {group = "2"} : (tensor<1x1x4x4xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    %f = eoq.onnx_node "Sum"(%a, %b, %c, %d, %e) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %f : tensor<*xf32>
  }
}

// -----

// expected-error@+2 {{5 of 7 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  eoq.parameter <weight> @w : tensor<16x3xf32> = dense<1.0> : tensor<16x3xf32>
  eoq.parameter <weight> @b : tensor<2x3xf32> = dense<1.0> : tensor<2x3xf32>
  func.func @predict(%x: tensor<2x1x4x4xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<16x3xf32>
    %b = eoq.parameter_load @b : tensor<2x3xf32>
    %0 = eoq.onnx_node "Flatten"(%x) domain "" opset 17 {} : (tensor<2x1x4x4xf32>) -> tensor<*xf32>
    // expected-note@+1 {{'transA' = 1 is not supported}}
    %1 = eoq.onnx_node "Gemm"(%0, %w) domain "" opset 17 {transA = 1 : i64} : (tensor<*xf32>, tensor<16x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{matrices of 16 columns and of 3 rows cannot be multiplied}}
    %2 = eoq.onnx_node "Gemm"(%0, %w) domain "" opset 17 {transB = 1 : i64} : (tensor<*xf32>, tensor<16x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{the bias has the shape [2, 3], expected one value for each of 3 channels}}
    %3 = eoq.onnx_node "Gemm"(%0, %w, %b) domain "" opset 17 {} : (tensor<*xf32>, tensor<16x3xf32>, tensor<2x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{'alpha' is not 1, and the parameter that it could be folded into is shared}}
    %4 = eoq.onnx_node "Gemm"(%0, %w) domain "" opset 17 {alpha = 2.0 : f32} : (tensor<*xf32>, tensor<16x3xf32>) -> tensor<*xf32>
    // expected-note@+1 {{input 0 has 4 dimensions, only 2 are supported}}
    %5 = eoq.onnx_node "MatMul"(%x, %w) domain "" opset 17 {} : (tensor<2x1x4x4xf32>, tensor<16x3xf32>) -> tensor<*xf32>
    %6 = eoq.onnx_node "Sum"(%1, %2, %3, %4, %5) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %6 : tensor<*xf32>
  }
}

// -----

// expected-error@+2 {{3 of 4 ONNX nodes cannot be converted}}
// expected-note@+1 {{1 node behind these could not be checked}}
module {
  eoq.parameter <weight> @s : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  eoq.parameter <weight> @t : tensor<3xf32> = dense<1.0> : tensor<3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<*xf32> {
    %s = eoq.parameter_load @s : tensor<2xf32>
    %t = eoq.parameter_load @t : tensor<3xf32>
    // expected-note@+1 {{'BatchNormalization' (opset 17), 1 node '<unnamed>': the form for training is not supported; export the model for inference (model.eval())}}
    %0 = eoq.onnx_node "BatchNormalization"(%x, %s, %s, %s, %s) domain "" opset 17 {training_mode = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
    // expected-note@+1 {{the scale has the shape [3], expected one value for each of 2 channels}}
    %1 = eoq.onnx_node "BatchNormalization"(%x, %t, %s, %s, %s) domain "" opset 17 {} : (tensor<2x2x4x4xf32>, tensor<3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
    // expected-note@+1 {{'spatial' = 0 is not supported}}
    %2 = eoq.onnx_node "BatchNormalization"(%x, %s, %s, %s, %s) domain "" opset 7 {spatial = 0 : i64} : (tensor<2x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Sum"(%0, %1, %2) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    return %3 : tensor<*xf32>
  }
}

// -----

// expected-error@+1 {{the graph's output has the shape [1, 1, 4, 4], expected logits, [1, classes]}}
module {
  func.func @predict(%x: tensor<1x1x4x4xf32>) -> tensor<*xf32> {
    %0 = eoq.onnx_node "Relu"(%x) domain "" opset 17 {} : (tensor<1x1x4x4xf32>) -> tensor<*xf32>
    return %0 : tensor<*xf32>
  }
}

// -----

// expected-error@+1 {{the graph's output does not depend on its input}}
module {
  func.func @predict(%x: tensor<1x1x4x4xf32>) -> tensor<1x2xf32> {
    %0 = eoq.constant dense<1.0> : tensor<1x2xf32>
    return %0 : tensor<1x2xf32>
  }
}

// -----

// expected-error@+1 {{expected a module of level 'import' but got 'graph'}}
module attributes {eoq.level = "graph"} {
  func.func @predict(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    return %x : tensor<1x2xf32>
  }
}

// -----

// expected-error@+1 {{expected a function '@predict'}}
module {
}

// -----

module {
  // expected-error@+1 {{expected images of type tensor<NxCxHxWxf32> with static dimensions but got 'tensor<1x2xf32>'}}
  func.func @predict(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    return %x : tensor<1x2xf32>
  }
}
