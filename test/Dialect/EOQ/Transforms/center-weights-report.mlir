// RUN: eoq-opt %s -eoq-center-weights=report -o /dev/null 2>&1 | FileCheck %s

// CHECK: remark: 'conv' is kept centred
// CHECK: remark: the residual branch that ends here is halved; products: 1
#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @conv : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @conv : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.add %1, %x : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %2 : tensor<2x2x4x4xf32>
  }
}
