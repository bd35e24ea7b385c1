module attributes {eoq.level = "graph"} {
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<1.0> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %0 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %2 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %3 = eoq.parameter_load @bn.var : tensor<2xf32>
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 1.0e-5 : f64} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    return %4 : tensor<1x2xf32>
  }
}
