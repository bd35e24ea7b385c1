// RUN: eoq-opt %s -eoq-remove-batch-norm -split-input-file -verify-diagnostics

// Variance.
module attributes {eoq.level = "graph"} {
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<1.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<-1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %2 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %3 = eoq.parameter_load @bn.var : tensor<2xf32>
    // expected-error@below {{cannot fold this batch norm: expected variance + epsilon to be positive but got -1.000000e+00 in channel 0; 'mode=drop' ignores statistics}}
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %4 : tensor<1x2x2x2xf32>
  }
}

// -----

// Random scale.
module attributes {eoq.level = "graph"} {
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %2 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %3 = eoq.parameter_load @bn.var : tensor<2xf32>
    // expected-error@below {{cannot fold this batch norm: expected its scale to be a parameter or constant with given values; 'mode=drop' needs none}}
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %4 : tensor<1x2x2x2xf32>
  }
}

// -----

// A computed statistic.
module attributes {eoq.level = "graph"} {
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<1.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %2 = eoq.relu %1 : (tensor<2xf32>) -> tensor<2xf32>
    %3 = eoq.parameter_load @bn.var : tensor<2xf32>
    // expected-error@below {{expected its mean to be a parameter or constant with given values}}
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %4 : tensor<1x2x2x2xf32>
  }
}

// -----

// Too late.
// expected-error@below {{'eoq-remove-batch-norm' expected level 'graph' or 'bn-free' but got 'training'}}
module attributes {eoq.level = "training"} {
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.relu %x : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    return %0 : tensor<1x2x2x2xf32>
  }
}
