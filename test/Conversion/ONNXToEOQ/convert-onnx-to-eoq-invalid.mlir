// RUN: not eoq-opt %s -convert-onnx-to-eoq -mlir-print-op-on-diagnostic=false 2>&1 | FileCheck %s

// All nodes that cannot be converted are reported by one error, grouped. A node
// that only uses the result of one is not reported, unless its operator is
// unknown.
// CHECK:      error: 8 of 10 ONNX nodes cannot be converted
// CHECK-NOT:  error:
// CHECK:      note: {{.*}}'Conv' (opset 17), 4 nodes 'a', 'b', 'b2', ...: an input of 1 channels does not fit a weight of shape [4, 2, 3, 3] in 1 groups
// CHECK-NEXT: note: {{.*}}'Conv' (opset 17), 1 node 'c': 1-D convolutions are not supported; use 2-D ones, on [batch, channels, height, width]
// CHECK-NEXT: note: {{.*}}'Conv' (opset 17), 1 node 'd': the weight is computed from the images, expected a constant
// CHECK-NEXT: note: {{.*}}'Sigmoid' (opset 17), 1 node 'e': this operator is not supported; use Relu, LeakyRelu or Clip as activation
// CHECK-NEXT: note: {{.*}}'my.domain.Conv' (opset 1), 1 node 'f': this operator is not supported; only operators of the domain ai.onnx are; export without custom operators and local functions
module attributes {eoq.level = "import"} {
  eoq.parameter <weight> @w : tensor<4x2x3x3xf32> = dense<1.0> : tensor<4x2x3x3xf32>
  eoq.parameter <weight> @w1d : tensor<4x1x3xf32> = dense<1.0> : tensor<4x1x3xf32>
  func.func @predict(%x: tensor<1x1x4x4xf32>) -> tensor<*xf32> {
    %w = eoq.parameter_load @w : tensor<4x2x3x3xf32>
    %w1d = eoq.parameter_load @w1d : tensor<4x1x3xf32>
    %shape = eoq.constant dense<[1, 1, 16]> : tensor<3xi64>
    %a = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<*xf32> loc("a")
    %b = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<*xf32> loc("b")
    %b2 = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<*xf32> loc("b2")
    %b3 = eoq.onnx_node "Conv"(%x, %w) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<*xf32> loc("b3")
    %r = eoq.onnx_node "Sum"(%b, %b2, %b3, %a) domain "" opset 17 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32> loc("blocked")
    %v = eoq.onnx_node "Reshape"(%x, %shape) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<3xi64>) -> tensor<*xf32> loc("v")
    %c = eoq.onnx_node "Conv"(%v, %w1d) domain "" opset 17 {} : (tensor<*xf32>, tensor<4x1x3xf32>) -> tensor<*xf32> loc("c")
    %d = eoq.onnx_node "Conv"(%x, %x) domain "" opset 17 {} : (tensor<1x1x4x4xf32>, tensor<1x1x4x4xf32>) -> tensor<*xf32> loc("d")
    %e = eoq.onnx_node "Sigmoid"(%r) domain "" opset 17 {} : (tensor<*xf32>) -> tensor<*xf32> loc("e")
    %f = eoq.onnx_node "Conv"(%c, %d, %e) domain "my.domain" opset 1 {} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32> loc("f")
    return %f : tensor<*xf32>
  }
}
