// RUN: eoq-opt %s -convert-onnx-to-eoq -split-input-file | FileCheck %s

// Conv: attributes, bias, groups; the parameters get their kind.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK:       eoq.parameter <weight> @w : tensor<4x1x3x3xf32> trainable
// CHECK:       eoq.parameter <bias> @b : tensor<4xf32> trainable
// CHECK-NOT:   eoq.parameter
// CHECK:       %[[W:.*]] = eoq.parameter_load @w
// CHECK-NEXT:  %[[Y:.*]] = eoq.conv_2d %arg0, %[[W]] {dilations = array<i64: 1, 2>, groups = 2 : i64, pads = array<i64: 1, 0, 2, 1>, strides = array<i64: 2, 1>} : (tensor<2x2x8x8xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x5x5xf32>
// CHECK-NEXT:  %[[B:.*]] = eoq.parameter_load @b
// CHECK-NEXT:  %[[Z:.*]] = eoq.bias_add %[[Y]], %[[B]]
// CHECK-NEXT:  %[[R:.*]] = eoq.reshape %[[Z]] : (tensor<2x4x5x5xf32>) -> tensor<2x100xf32>
// CHECK-NEXT:  return %[[R]] : tensor<2x100xf32>
module attributes {eoq.level = "import"} {
  eoq.parameter <weight> @w : tensor<4x1x3x3xf32> = dense<1.0> : tensor<4x1x3x3xf32>
  eoq.parameter <weight> @b : tensor<4xf32> = dense<0.5> : tensor<4xf32>
  eoq.parameter <weight> @unused : tensor<4xf32> = dense<0.5> : tensor<4xf32>
  func.func @predict(%x: tensor<2x2x8x8xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<4x1x3x3xf32>
    %b = eoq.parameter_load @b : tensor<4xf32>
    %0 = eoq.onnx_node "Conv"(%x, %w, %b) domain "" opset 17 {dilations = array<i64: 1, 2>, group = 2 : i64, kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 0, 2, 1>, strides = array<i64: 2, 1>} : (tensor<2x2x8x8xf32>, tensor<4x1x3x3xf32>, tensor<4xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Flatten"(%0) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %1 : tensor<*xf32>
  }
}

// -----

// Conv: automatic pads. Of an odd number, SAME_UPPER puts the larger half last,
// SAME_LOWER first. One weight used three times stays one parameter.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-COUNT-1: eoq.parameter <weight> @w
// CHECK:       eoq.conv_2d {{.*}} pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 2, 2>} : {{.*}} -> tensor<1x1x8x8xf32>
// CHECK:       eoq.conv_2d {{.*}} pads = array<i64: 1, 1, 0, 0>, strides = array<i64: 2, 2>} : {{.*}} -> tensor<1x1x4x4xf32>
// CHECK:       eoq.conv_2d {{.*}} pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : {{.*}} -> tensor<1x1x2x2xf32>
module {
  eoq.parameter <weight> @w : tensor<1x1x3x3xf32> = dense<1.0> : tensor<1x1x3x3xf32>
  func.func @predict(%x: tensor<1x1x16x16xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<1x1x3x3xf32>
    %0 = eoq.onnx_node "Conv"(%x, %w) domain "" opset 11 {auto_pad = "SAME_UPPER", strides = array<i64: 2, 2>} : (tensor<1x1x16x16xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Conv"(%0, %w) domain "" opset 11 {auto_pad = "SAME_LOWER", strides = array<i64: 2, 2>} : (tensor<*xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Conv"(%1, %w) domain "" opset 11 {auto_pad = "VALID", pads = array<i64: 1, 1, 1, 1>} : (tensor<*xf32>, tensor<1x1x3x3xf32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Flatten"(%2) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %3 : tensor<*xf32>
  }
}

// -----

// Conv as PyTorch's dynamo exporter writes it without `optimize`, if it has no
// bias: zeros, computed from the weight's shape and the input's type. They are no
// parameter. (Zeros that are an initializer are one.)
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-COUNT-1: eoq.parameter
// CHECK-NOT:   eoq.bias_add
module {
  eoq.parameter <weight> @w : tensor<4x1x3x3xf32> = dense<1.0> : tensor<4x1x3x3xf32>
  func.func @predict(%x: tensor<2x1x3x3xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<4x1x3x3xf32>
    %zero = eoq.constant dense<0> : tensor<i64>
    %one = eoq.constant dense<1> : tensor<1xi64>
    %shape = eoq.onnx_node "Shape"(%w) domain "" opset 20 {start = 0 : i64, end = 1 : i64} : (tensor<4x1x3x3xf32>) -> tensor<*xi64>
    %count = eoq.onnx_node "Expand"(%shape, %one) domain "" opset 20 {} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
    %float = eoq.onnx_node "CastLike"(%zero, %x) domain "" opset 20 {} : (tensor<i64>, tensor<2x1x3x3xf32>) -> tensor<*xf32>
    %b = eoq.onnx_node "Expand"(%float, %count) domain "" opset 20 {} : (tensor<*xf32>, tensor<*xi64>) -> tensor<*xf32>
    %0 = eoq.onnx_node "Conv"(%x, %w, %b) domain "" opset 20 {} : (tensor<2x1x3x3xf32>, tensor<4x1x3x3xf32>, tensor<*xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Flatten"(%0) domain "" opset 20 {} : (tensor<*xf32>) -> tensor<*xf32>
    return %1 : tensor<*xf32>
  }
}

// -----

// Gemm: transB = 1 is our layout; otherwise the parameter is turned, and says
// so; alpha and beta go into the initial values.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK:       eoq.parameter <weight> @w1 : tensor<3x4xf32> trainable = dense<1.000000e+00>
// CHECK:       eoq.parameter <weight> @w2 : tensor<2x3xf32> trainable onnx_transposed
// CHECK-SAME{LITERAL}: = dense<[[2.000000e+00, 6.000000e+00, 1.000000e+01], [4.000000e+00, 8.000000e+00, 1.200000e+01]]>
// CHECK:       eoq.parameter <bias> @b2 : tensor<2xf32> trainable = dense<[5.000000e-01, 1.000000e+00]>
// CHECK:       %[[W1:.*]] = eoq.parameter_load @w1
// CHECK-NEXT:  %[[Y:.*]] = eoq.fully_connected %{{.*}}, %[[W1]] : (tensor<5x4xf32>, tensor<3x4xf32>) -> tensor<5x3xf32>
// CHECK-NEXT:  %[[W2:.*]] = eoq.parameter_load @w2 : tensor<2x3xf32>
// CHECK-NEXT:  %[[Z:.*]] = eoq.fully_connected %[[Y]], %[[W2]] : (tensor<5x3xf32>, tensor<2x3xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:  %[[B2:.*]] = eoq.parameter_load @b2 : tensor<2xf32>
// CHECK-NEXT:  eoq.bias_add %[[Z]], %[[B2]]
module {
  eoq.parameter <weight> @w1 : tensor<3x4xf32> = dense<1.0> : tensor<3x4xf32>
  eoq.parameter <weight> @w2 : tensor<3x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  eoq.parameter <weight> @b2 : tensor<1x2xf32> = dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  func.func @predict(%x: tensor<5x1x2x2xf32>) -> tensor<*xf32> {
    %w1 = eoq.parameter_load @w1 : tensor<3x4xf32>
    %w2 = eoq.parameter_load @w2 : tensor<3x2xf32>
    %b2 = eoq.parameter_load @b2 : tensor<1x2xf32>
    %0 = eoq.onnx_node "Flatten"(%x) domain "" opset 17 {} : (tensor<5x1x2x2xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "Gemm"(%0, %w1) domain "" opset 17 {transB = 1 : i64} : (tensor<*xf32>, tensor<3x4xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Gemm"(%1, %w2, %b2) domain "" opset 17 {alpha = 2.0 : f32, beta = 0.5 : f32} : (tensor<*xf32>, tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<*xf32>
    return %2 : tensor<*xf32>
  }
}

// -----

// MatMul and an Add that is its bias (trainable). The matrix has two uses, so
// it is turned after the load, and stays as it is in the file.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK:       eoq.parameter <weight> @w : tensor<2x2xf32> trainable =
// CHECK:       eoq.parameter <bias> @b : tensor<2xf32> trainable =
// CHECK:       %[[W:.*]] = eoq.parameter_load @w
// CHECK-NEXT:  %[[T:.*]] = eoq.transpose %[[W]] {permutation = array<i64: 1, 0>}
// CHECK-NEXT:  %[[Y:.*]] = eoq.fully_connected %{{.*}}, %[[T]]
// CHECK-NEXT:  %[[B:.*]] = eoq.parameter_load @b
// CHECK-NEXT:  %[[Z:.*]] = eoq.bias_add %[[Y]], %[[B]]
// CHECK-NEXT:  %[[V:.*]] = eoq.parameter_load @w
// CHECK-NEXT:  eoq.fully_connected %[[Z]], %[[V]]
module {
  eoq.parameter <weight> @w : tensor<2x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  eoq.parameter <weight> @b : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  func.func @predict(%x: tensor<3x2x1x1xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<2x2xf32>
    %b = eoq.parameter_load @b : tensor<2xf32>
    %0 = eoq.onnx_node "Flatten"(%x) domain "" opset 17 {} : (tensor<3x2x1x1xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "MatMul"(%0, %w) domain "" opset 17 {} : (tensor<*xf32>, tensor<2x2xf32>) -> tensor<*xf32>
    %2 = eoq.onnx_node "Add"(%b, %1) domain "" opset 17 {} : (tensor<2xf32>, tensor<*xf32>) -> tensor<*xf32>
    %3 = eoq.onnx_node "Gemm"(%2, %w) domain "" opset 17 {transB = 1 : i64} : (tensor<*xf32>, tensor<2x2xf32>) -> tensor<*xf32>
    return %3 : tensor<*xf32>
  }
}

// -----

// BatchNormalization; a weight that is a Constant becomes a parameter with the
// node's name; two batch norms share a bias through an Identity.
// CHECK-LABEL: module attributes {eoq.level = "graph"}
// CHECK-DAG:   eoq.parameter <scale> @s : tensor<2xf32> trainable
// CHECK-DAG:   eoq.parameter <bias> @b : tensor<2xf32> trainable
// CHECK-DAG:   eoq.parameter <statistic> @m : tensor<2xf32> =
// CHECK-DAG:   eoq.parameter <statistic> @v : tensor<2xf32> =
// CHECK-DAG:   eoq.parameter <scale> @second.scale : tensor<2xf32> trainable = dense<2.000000e+00>
// CHECK:       %[[Y:.*]] = eoq.batch_norm %arg0, {{.*}} {epsilon = 1.000000e-03 : f64}
// CHECK:       %[[S:.*]] = eoq.parameter_load @second.scale
// CHECK-NEXT:  %[[B:.*]] = eoq.parameter_load @b
// CHECK:       eoq.batch_norm %[[Y]], %[[S]], %[[B]], {{.*}} {epsilon = 9.9999997473787516E-6 : f64}
module {
  eoq.parameter <weight> @s : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  eoq.parameter <weight> @b : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @m : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @v : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<3x2x1x1xf32>) -> tensor<*xf32> {
    %s = eoq.parameter_load @s : tensor<2xf32>
    %b = eoq.parameter_load @b : tensor<2xf32>
    %m = eoq.parameter_load @m : tensor<2xf32>
    %v = eoq.parameter_load @v : tensor<2xf32>
    %s2 = eoq.constant dense<2.0> : tensor<2xf32> loc("second.scale")
    %b2 = eoq.onnx_node "Identity"(%b) domain "" opset 17 {} : (tensor<2xf32>) -> tensor<*xf32>
    %0 = eoq.onnx_node "BatchNormalization"(%x, %s, %b, %m, %v) domain "" opset 9 {epsilon = 1.0e-03 : f64, momentum = 0.9 : f32} : (tensor<3x2x1x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
    %1 = eoq.onnx_node "BatchNormalization"(%0, %s2, %b2, %m, %v) domain "" opset 17 {training_mode = 0 : i64} : (tensor<*xf32>, tensor<2xf32>, tensor<*xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
    return %1 : tensor<*xf32>
  }
}
