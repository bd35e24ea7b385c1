// RUN: eoq-opt %s -eoq-remove-batch-norm -split-input-file | FileCheck %s

// mode=fold, the default: the function stays. All numbers here are exact.

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// factor = scale / sqrt(variance) = [2, 1]; weight * factor,
// bias - mean * factor.
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable
// CHECK-SAME{LITERAL}: = dense<[[[[2.000000e+00]]], [[[3.000000e+00]]]]>
// CHECK-SAME:      nominal 2.54950
// CHECK-NEXT:    eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<-1.500000e+00>
// CHECK-NEXT:    func.func
// CHECK-NEXT:      %[[W:.*]] = eoq.parameter_load @conv.weight
// CHECK-NEXT:      %[[Y:.*]] = eoq.conv_2d %arg0, %[[W]]
// CHECK-NEXT:      %[[B:.*]] = eoq.parameter_load @bn.bias
// CHECK-NEXT:      %[[Z:.*]] = eoq.bias_add %[[Y]], %[[B]]
// CHECK-NEXT:      return %[[Z]]
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %6 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// A product that has a bias keeps it: bias * factor + shift.
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    @conv.weight
// CHECK-SAME{LITERAL}: = dense<[[[[2.000000e+00]]], [[[1.000000e+00]]]]>
// CHECK-NEXT:    eoq.parameter <bias> @conv.bias : tensor<2xf32> trainable = dense<5.000000e-01>
// CHECK-NEXT:    func.func
// CHECK-NEXT:      eoq.parameter_load @conv.weight
// CHECK-NEXT:      eoq.conv_2d
// CHECK-NEXT:      eoq.parameter_load @conv.bias
// CHECK-NEXT:      eoq.bias_add
// CHECK-NEXT:      eoq.relu
// CHECK-NEXT:      return
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<1.0> : tensor<2x1x1x1xf32>
  eoq.parameter <bias> @conv.bias : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @conv.bias : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %4 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %5 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %6 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %7 = eoq.parameter_load @bn.var : tensor<2xf32>
    %8 = eoq.batch_norm %3, %4, %5, %6, %7 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %9 = eoq.relu %8 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    return %9 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// A scalar bias cannot hold the result: the batch norm's takes its place.
// CHECK-LABEL: module
// CHECK-NEXT:    @conv.weight
// CHECK-NEXT:    eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[4.500000e+00, 1.500000e+00]>
// CHECK-NEXT:    func.func
// CHECK-NEXT:      eoq.parameter_load @conv.weight
// CHECK-NEXT:      %[[Y:.*]] = eoq.conv_2d
// CHECK-NEXT:      %[[B:.*]] = eoq.parameter_load @bn.bias
// CHECK-NEXT:      eoq.bias_add %[[Y]], %[[B]]
// CHECK-NEXT:      return
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<1.0> : tensor<2x1x1x1xf32>
  eoq.parameter <bias> @conv.bias : tensor<1xf32> trainable = dense<3.0> : tensor<1xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @conv.bias : tensor<1xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<1x2x2x2xf32>, tensor<1xf32>) -> tensor<1x2x2x2xf32>
    %4 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %5 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %6 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %7 = eoq.parameter_load @bn.var : tensor<2xf32>
    %8 = eoq.batch_norm %3, %4, %5, %6, %7 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %8 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Depthwise.
// CHECK-LABEL: module
// CHECK:         @conv.weight
// CHECK-SAME{LITERAL}: = dense<[[[[2.000000e+00]]], [[[1.000000e+00]]]]>
// CHECK:           groups = 2
// CHECK-NOT:       eoq.batch_norm
// CHECK:           return
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<1.0> : tensor<2x1x1x1xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 2 : i64} : (tensor<1x2x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %6 : tensor<1x2x2x2xf32>
  }
}

// -----

// Fully connected.
// CHECK-LABEL: module
// CHECK-NEXT:    @fc.weight
// CHECK-SAME{LITERAL}: = dense<[[2.000000e+00, 2.000000e+00, 2.000000e+00], [1.000000e+00, 1.000000e+00, 1.000000e+00]]>
// CHECK-NEXT:    @bn.bias : tensor<2xf32> trainable = dense<-1.500000e+00>
// CHECK:           eoq.fully_connected
// CHECK-NEXT:      eoq.parameter_load @bn.bias
// CHECK-NEXT:      eoq.bias_add
// CHECK-NEXT:      eoq.relu
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @fc.weight : tensor<2x3xf32> trainable = dense<1.0> : tensor<2x3xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
    %0 = eoq.parameter_load @fc.weight : tensor<2x3xf32>
    %1 = eoq.fully_connected %x, %0 : (tensor<1x3xf32>, tensor<2x3xf32>) -> tensor<1x2xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    %7 = eoq.relu %6 : (tensor<1x2xf32>) -> tensor<1x2xf32>
    return %7 : tensor<1x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Batch norm of the input, and of a sum: no product to fold into.
// CHECK-LABEL: module
// CHECK-NEXT:    eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[2.000000e+00, 1.000000e+00]>
// CHECK-NEXT:    eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<-1.500000e+00>
// CHECK-NEXT:    @conv.weight : tensor<2x2x1x1xf32> trainable = dense<1.000000e+00> : tensor<2x2x1x1xf32> nominal 1.000000e+00
// CHECK-NEXT:    eoq.parameter <scale> @bn2.scale
// CHECK-NEXT:    eoq.parameter <bias> @bn2.bias
// CHECK-NEXT:    func.func
// CHECK-NEXT:      %[[S:.*]] = eoq.parameter_load @bn.scale
// CHECK-NEXT:      %[[M:.*]] = eoq.scale %arg0, %[[S]]
// CHECK-NEXT:      %[[B:.*]] = eoq.parameter_load @bn.bias
// CHECK-NEXT:      %[[X:.*]] = eoq.bias_add %[[M]], %[[B]]
// CHECK-NEXT:      eoq.relu %[[X]]
// CHECK:           %[[A:.*]] = eoq.add
// CHECK-NEXT:      eoq.parameter_load @bn2.scale
// CHECK-NEXT:      %[[M2:.*]] = eoq.scale %[[A]]
// CHECK-NEXT:      eoq.parameter_load @bn2.bias
// CHECK-NEXT:      eoq.bias_add %[[M2]]
module attributes {eoq.level = "graph"} {
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  eoq.parameter <weight> @conv.weight : tensor<2x2x1x1xf32> trainable = dense<1.0> : tensor<2x2x1x1xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %1 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %2 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %3 = eoq.parameter_load @bn.var : tensor<2xf32>
    %4 = eoq.batch_norm %x, %0, %1, %2, %3 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %5 = eoq.relu %4 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    %6 = eoq.parameter_load @conv.weight : tensor<2x2x1x1xf32>
    %7 = eoq.conv_2d %5, %6 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %8 = eoq.add %7, %x : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    %9 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %10 = eoq.parameter_load @bn2.bias : tensor<2xf32>
    %11 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %12 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %13 = eoq.batch_norm %8, %9, %10, %11, %12 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %13 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// A weight that two products share stays as it is.
// CHECK-LABEL: module
// CHECK:         @conv.weight : tensor<2x2x1x1xf32> trainable = dense<1.000000e+00>
// CHECK:           eoq.conv_2d
// CHECK:           eoq.scale
// CHECK:           eoq.bias_add
// CHECK:           eoq.conv_2d
// CHECK:           eoq.scale
// CHECK:           eoq.bias_add
// CHECK-NEXT:      return
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x2x1x1xf32> trainable = dense<1.0> : tensor<2x2x1x1xf32>
  eoq.parameter <scale> @bn1.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn1.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x2x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn1.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn1.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn1.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %7 = eoq.relu %6 : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    %8 = eoq.parameter_load @conv.weight : tensor<2x2x1x1xf32>
    %9 = eoq.conv_2d %7, %8 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %10 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %11 = eoq.parameter_load @bn2.bias : tensor<2xf32>
    %12 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %13 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %14 = eoq.batch_norm %9, %10, %11, %12, %13 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %14 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// So does one whose product somebody else reads.
// CHECK-LABEL: module
// CHECK:         @conv.weight : tensor<2x2x1x1xf32> trainable = dense<1.000000e+00>
// CHECK:           %[[Y:.*]] = eoq.conv_2d
// CHECK:           eoq.scale %[[Y]]
// CHECK:           %[[Z:.*]] = eoq.bias_add
// CHECK:           eoq.add %[[Y]], %[[Z]]
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x2x1x1xf32> trainable = dense<1.0> : tensor<2x2x1x1xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x2x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %7 = eoq.add %1, %6 : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    return %7 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Exporters store equal tensors once, so batch norms may share parameters. Each
// bias has its own values afterwards.
// CHECK-LABEL: module
// CHECK-NEXT:    @a.weight
// CHECK-SAME{LITERAL}: = dense<[[[[2.000000e+00]], [[2.000000e+00]]], [[[1.000000e+00]], [[1.000000e+00]]]]>
// CHECK-NEXT:    eoq.parameter <bias> @bn1.bias : tensor<2xf32> trainable = dense<-1.500000e+00>
// CHECK-NEXT:    eoq.parameter <bias> @b.bias : tensor<2xf32> trainable = dense<[5.000000e-01, -1.000000e+00]>
// CHECK-NEXT:    @b.weight
// CHECK-SAME{LITERAL}: = dense<[[[[1.000000e+00]], [[1.000000e+00]]], [[[2.000000e+00]], [[2.000000e+00]]]]>
// CHECK-NEXT:    func.func
// CHECK:           eoq.parameter_load @bn1.bias
// CHECK:           eoq.parameter_load @b.bias
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @a.weight : tensor<2x2x1x1xf32> trainable = dense<1.0> : tensor<2x2x1x1xf32>
  eoq.parameter <scale> @bn1.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn1.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  eoq.parameter <weight> @b.weight : tensor<2x2x1x1xf32> trainable = dense<1.0> : tensor<2x2x1x1xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @a.weight : tensor<2x2x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn1.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn1.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn1.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %7 = eoq.parameter_load @b.weight : tensor<2x2x1x1xf32>
    %8 = eoq.conv_2d %x, %7 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x2x2xf32>
    %9 = eoq.parameter_load @bn1.scale : tensor<2xf32>
    %10 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %11 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %12 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %13 = eoq.batch_norm %8, %9, %10, %11, %12 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %14 = eoq.add %6, %13 : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
    return %14 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Two in a row fold one after the other.
// CHECK-LABEL: module
// CHECK-NEXT:    @conv.weight
// CHECK-SAME{LITERAL}: = dense<[[[[4.000000e+00]]], [[[2.000000e+00]]]]>
// CHECK-NEXT:    @bn1.bias : tensor<2xf32> trainable = dense<-2.000000e+00>
// CHECK-NEXT:    func.func
// CHECK-COUNT-1:   eoq.bias_add
// CHECK-NEXT:      return
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<1.0> : tensor<2x1x1x1xf32>
  eoq.parameter <scale> @bn1.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn1.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn1.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  eoq.parameter <scale> @bn2.scale : tensor<2xf32> trainable = dense<2.0> : tensor<2xf32>
  eoq.parameter <bias> @bn2.bias : tensor<2xf32> trainable = dense<1.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.mean : tensor<2xf32> = dense<0.0> : tensor<2xf32>
  eoq.parameter <statistic> @bn2.var : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn1.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn1.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn1.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn1.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    %7 = eoq.parameter_load @bn2.scale : tensor<2xf32>
    %8 = eoq.parameter_load @bn2.bias : tensor<2xf32>
    %9 = eoq.parameter_load @bn2.mean : tensor<2xf32>
    %10 = eoq.parameter_load @bn2.var : tensor<2xf32>
    %11 = eoq.batch_norm %6, %7, %8, %9, %10 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %11 : tensor<1x2x2x2xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Values in a resource.
// CHECK-LABEL: module
// CHECK-NEXT:    @conv.weight
// CHECK-SAME{LITERAL}: = dense<[[[[2.000000e+00]]], [[[3.000000e+00]]]]>
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense_resource<weight> : tensor<2x1x1x1xf32>
  eoq.parameter <scale> @bn.scale : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  eoq.parameter <bias> @bn.bias : tensor<2xf32> trainable = dense<[5.0e-01, -1.0]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.mean : tensor<2xf32> = dense<[1.0, 5.0e-01]> : tensor<2xf32>
  eoq.parameter <statistic> @bn.var : tensor<2xf32> = dense<[2.5e-01, 4.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @bn.scale : tensor<2xf32>
    %3 = eoq.parameter_load @bn.bias : tensor<2xf32>
    %4 = eoq.parameter_load @bn.mean : tensor<2xf32>
    %5 = eoq.parameter_load @bn.var : tensor<2xf32>
    %6 = eoq.batch_norm %1, %2, %3, %4, %5 {epsilon = 0.0 : f64} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %6 : tensor<1x2x2x2xf32>
  }
}
{-#
  dialect_resources: { builtin: { weight: "0x040000000000803F00004040" } }
#-}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
// Without batch norm only the reference size of the weights is noted; zero
// weights take that of a random initialization, here sqrt(2).
// CHECK-LABEL: module attributes {eoq.level = "bn-free"}
// CHECK-NEXT:    @conv.weight : tensor<2x1x1x1xf32> trainable = dense<0.000000e+00> : tensor<2x1x1x1xf32> nominal 1.41421
// CHECK-NEXT:    @conv.bias : tensor<2xf32> trainable = dense<[1.000000e+00, 2.000000e+00]>
module attributes {eoq.level = "graph"} {
  eoq.parameter <weight> @conv.weight : tensor<2x1x1x1xf32> trainable = dense<0.0> : tensor<2x1x1x1xf32>
  eoq.parameter <bias> @conv.bias : tensor<2xf32> trainable = dense<[1.0, 2.0]> : tensor<2xf32>
  func.func @predict(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
    %0 = eoq.parameter_load @conv.weight : tensor<2x1x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x2x2xf32>
    %2 = eoq.parameter_load @conv.bias : tensor<2xf32>
    %3 = eoq.bias_add %1, %2 : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
    return %3 : tensor<1x2x2x2xf32>
  }
}
