// RUN: eoq-opt %s -eoq-center-weights -split-input-file -verify-diagnostics

// Batch norm is left.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<1.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %2 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %3 = eoq.parameter_load @bn.var : tensor<2xf32>
    // expected-error@below {{'eoq-center-weights' expected a network without batch norm; run 'eoq-remove-batch-norm' first}}
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %4 : tensor<1x2x2x2xf32>
  }
}

// -----

// Too late.
// expected-error@below {{'eoq-center-weights' expected level 'bn-free' but got 'training'}}
module attributes {eoq.level = "training"} {
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.relu %x : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    return %0 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// Values that are not there.
module attributes {eoq.level = "bn-free"} {
  // expected-error@below {{cannot centre 'conv.weight': expected random or given f32 initial values}}
  eoq.parameter <weight> @conv.weight : tensor<2x2x3x3xf32> trainable = dense_resource<absent> : tensor<2x2x3x3xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x3x3xf32>) -> tensor<1x2x2x2xf32>
    return %1 : tensor<1x2x2x2xf32>
  }
}
