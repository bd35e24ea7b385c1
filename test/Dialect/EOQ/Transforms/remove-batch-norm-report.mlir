// RUN: eoq-opt %s -eoq-remove-batch-norm=report -o /dev/null 2>&1 | FileCheck %s --check-prefix=FOLD
// RUN: eoq-opt %s -eoq-remove-batch-norm="mode=drop report" -o /dev/null 2>&1 | FileCheck %s --check-prefix=DROP
// RUN: eoq-opt %s -eoq-remove-batch-norm -o /dev/null 2>&1 | FileCheck %s --check-prefix=QUIET --allow-empty

// FOLD: remark: folded into 'conv.weight' and 'bn.bias'
// FOLD: remark: folded into 'conv2.weight' and 'conv2.bias'
// FOLD: remark: replaced by a multiplication by 'bn3.scale' and a bias 'bn3.bias': no product before it that it could be folded into

// DROP: remark: dropped but for its bias 'bn.bias'
// DROP: remark: dropped; its place takes the bias 'conv2.bias'
// DROP: remark: dropped but for its bias 'bn3.bias'
// DROP: remark: initial values of 'conv.weight' are random, standard deviation 1.414
// DROP: remark: initial values of 'conv2.weight' are random, standard deviation 1{{$}}

// QUIET-NOT: remark

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<1.0> : tensor<2x1x1x1xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  eoq.parameter <weight> @conv2.weight : tensor<2x2x1x1xf32> trainable = dense<1.0> : tensor<2x2x1x1xf32>
  eoq.parameter <bias> @conv2.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  eoq.parameter <scale> @bn3.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn3.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn3.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn3.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %7 = eoq.relu %6 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    %8 = eoq.parameter_load @conv2.weight : tensor<2x2x1x1xf32>
    %9 = eoq.conv_2d %7, %8 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %10 = eoq.parameter_load @conv2.bias : tensor<2xf32>
    %11 = eoq.bias_add %9, %10 : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %12 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %13 = eoq.parameter_load @bn2.bias : tensor<2xf32>
    %14 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %15 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %16 = eoq.batch_norm %11, %12, %13, %14, %15 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %17 = eoq.relu %16 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    %18 = eoq.parameter_load @bn3.scale : tensor<2xf32>
    %19 = eoq.parameter_load @bn3.bias : tensor<2xf32>
    %20 = eoq.parameter_load @bn3.mean : tensor<2xf32>
    %21 = eoq.parameter_load @bn3.var : tensor<2xf32>
    %22 = eoq.batch_norm %17, %18, %19, %20, %21 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %22 : tensor<1x2x2x2xf32>
  }
}
