// RUN: eoq-opt %s -eoq-print-residual-branches -split-input-file -verify-diagnostics

// The residual branches of common topologies, and the classifier. Nothing may
// depend on names: the products are what the data flow says.

#s1 = array<i64: 1, 1>
#s2 = array<i64: 2, 2>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Two basic blocks, one with a projection shortcut.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @a1 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @a2 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @b1 : tensor<4x2x3x3xf32> trainable = dense<1.0e-01> : tensor<4x2x3x3xf32>
  eoq.parameter <weight> @b2 : tensor<4x4x3x3xf32> trainable = dense<1.0e-01> : tensor<4x4x3x3xf32>
  eoq.parameter <weight> @b3 : tensor<4x2x1x1xf32> trainable = dense<1.0e-01> : tensor<4x2x1x1xf32>
  eoq.parameter <weight> @fc : tensor<3x4xf32> trainable = dense<1.0e-01> : tensor<3x4xf32>
  eoq.parameter <bias> @fc.bias : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x3xf32> {
    %0 = eoq.parameter_load @stem : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-note@below {{the two sides part here}}
    %2 = eoq.relu %1 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %3 = eoq.parameter_load @a1 : tensor<2x2x3x3xf32>
    %4 = eoq.conv_2d %2, %3 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.relu %4 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %6 = eoq.parameter_load @a2 : tensor<2x2x3x3xf32>
    %7 = eoq.conv_2d %5, %6 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at lhs, products [a1, a2], shortcut []}}
    %8 = eoq.add %7, %2 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    // expected-note@below {{the two sides part here}}
    %9 = eoq.relu %8 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %10 = eoq.parameter_load @b1 : tensor<4x2x3x3xf32>
    %11 = eoq.conv_2d %9, %10 {strides = #s2, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<2x4x2x2xf32>
    %12 = eoq.relu %11 : (tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
    %13 = eoq.parameter_load @b2 : tensor<4x4x3x3xf32>
    %14 = eoq.conv_2d %12, %13 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x4x2x2xf32>, tensor<4x4x3x3xf32>) -> tensor<2x4x2x2xf32>
    %15 = eoq.parameter_load @b3 : tensor<4x2x1x1xf32>
    %16 = eoq.conv_2d %9, %15 {strides = #s2, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x2x2xf32>
    // expected-remark@below {{residual branch at rhs, products [b1, b2], shortcut [b3]}}
    %17 = eoq.add %16, %14 : (tensor<2x4x2x2xf32>, tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
    %18 = eoq.relu %17 : (tensor<2x4x2x2xf32>) -> tensor<2x4x2x2xf32>
    %19 = eoq.avg_pool_2d %18 {kernel = array<i64: 2, 2>, strides = #s1, pads = #p0, dilations = #s1} : (tensor<2x4x2x2xf32>) -> tensor<2x4x1x1xf32>
    %20 = eoq.reshape %19 : (tensor<2x4x1x1xf32>) -> tensor<2x4xf32>
    %21 = eoq.parameter_load @fc : tensor<3x4xf32>
    // expected-remark@below {{classifier}}
    %22 = eoq.fully_connected %20, %21 : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
    %23 = eoq.parameter_load @fc.bias : tensor<3xf32>
    %24 = eoq.bias_add %22, %23 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
    return %24 : tensor<2x3xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// A bottleneck. The fork may be an argument.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @c1 : tensor<2x4x1x1xf32> trainable = dense<1.0e-01> : tensor<2x4x1x1xf32>
  eoq.parameter <weight> @c2 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @c3 : tensor<4x2x1x1xf32> trainable = dense<1.0e-01> : tensor<4x2x1x1xf32>
  // expected-note@below {{the two sides part here}}
  func.func @predict(%x: tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32> {
    %0 = eoq.parameter_load @c1 : tensor<2x4x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.relu %1 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %3 = eoq.parameter_load @c2 : tensor<2x2x3x3xf32>
    %4 = eoq.conv_2d %2, %3 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.relu %4 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %6 = eoq.parameter_load @c3 : tensor<4x2x1x1xf32>
    %7 = eoq.conv_2d %5, %6 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    // expected-remark@below {{residual branch at lhs, products [c1, c2, c3], shortcut []}}
    %8 = eoq.add %7, %x : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %9 = eoq.relu %8 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    return %9 : tensor<2x4x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Inverted residuals without an activation between them: the fork of the
// second is the sum of the first, not the common ancestor of both.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<2x2x1x1xf32> trainable = dense<1.0e-01> : tensor<2x2x1x1xf32>
  eoq.parameter <weight> @expand : tensor<4x2x1x1xf32> trainable = dense<1.0e-01> : tensor<4x2x1x1xf32>
  eoq.parameter <weight> @depthwise : tensor<4x1x3x3xf32> trainable = dense<1.0e-01> : tensor<4x1x3x3xf32>
  eoq.parameter <weight> @project : tensor<2x4x1x1xf32> trainable = dense<1.0e-01> : tensor<2x4x1x1xf32>
  eoq.parameter <weight> @expand2 : tensor<4x2x1x1xf32> trainable = dense<1.0e-01> : tensor<4x2x1x1xf32>
  eoq.parameter <weight> @depthwise2 : tensor<4x1x3x3xf32> trainable = dense<1.0e-01> : tensor<4x1x3x3xf32>
  eoq.parameter <weight> @project2 : tensor<2x4x1x1xf32> trainable = dense<1.0e-01> : tensor<2x4x1x1xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @stem : tensor<2x2x1x1xf32>
    // expected-note@below {{the two sides part here}}
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @expand : tensor<4x2x1x1xf32>
    %3 = eoq.conv_2d %1, %2 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %4 = eoq.clip %3 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %5 = eoq.parameter_load @depthwise : tensor<4x1x3x3xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p1, dilations = #s1, groups = 4 : i64} : (tensor<2x4x4x4xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x4x4xf32>
    %7 = eoq.clip %6 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %8 = eoq.parameter_load @project : tensor<2x4x1x1xf32>
    %9 = eoq.conv_2d %7, %8 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at rhs, products [expand, depthwise, project], shortcut []}}
    // expected-note@below {{the two sides part here}}
    %10 = eoq.add %1, %9 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %11 = eoq.parameter_load @expand2 : tensor<4x2x1x1xf32>
    %12 = eoq.conv_2d %10, %11 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    %13 = eoq.clip %12 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %14 = eoq.parameter_load @depthwise2 : tensor<4x1x3x3xf32>
    %15 = eoq.conv_2d %13, %14 {strides = #s1, pads = #p1, dilations = #s1, groups = 4 : i64} : (tensor<2x4x4x4xf32>, tensor<4x1x3x3xf32>) -> tensor<2x4x4x4xf32>
    %16 = eoq.clip %15 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %17 = eoq.parameter_load @project2 : tensor<2x4x1x1xf32>
    %18 = eoq.conv_2d %16, %17 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at rhs, products [expand2, depthwise2, project2], shortcut []}}
    %19 = eoq.add %10, %18 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %19 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Pre-activation: a block with a projection of the activated input, then one
// with an identity.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <bias> @bias1 : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @p1 : tensor<4x2x3x3xf32> trainable = dense<1.0e-01> : tensor<4x2x3x3xf32>
  eoq.parameter <weight> @p2 : tensor<4x4x3x3xf32> trainable = dense<1.0e-01> : tensor<4x4x3x3xf32>
  eoq.parameter <weight> @p3 : tensor<4x2x1x1xf32> trainable = dense<1.0e-01> : tensor<4x2x1x1xf32>
  eoq.parameter <weight> @q1 : tensor<4x4x3x3xf32> trainable = dense<1.0e-01> : tensor<4x4x3x3xf32>
  eoq.parameter <weight> @q2 : tensor<4x4x3x3xf32> trainable = dense<1.0e-01> : tensor<4x4x3x3xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x4x4x4xf32> {
    %0 = eoq.parameter_load @bias1 : tensor<2xf32>
    %1 = eoq.bias_add %x, %0 : (tensor<2x2x4x4xf32>, tensor<2xf32>) -> tensor<2x2x4x4xf32>
    // expected-note@below {{the two sides part here}}
    %2 = eoq.relu %1 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %3 = eoq.parameter_load @p1 : tensor<4x2x3x3xf32>
    %4 = eoq.conv_2d %2, %3 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<2x4x4x4xf32>
    %5 = eoq.relu %4 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %6 = eoq.parameter_load @p2 : tensor<4x4x3x3xf32>
    %7 = eoq.conv_2d %5, %6 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<4x4x3x3xf32>) -> tensor<2x4x4x4xf32>
    %8 = eoq.parameter_load @p3 : tensor<4x2x1x1xf32>
    %9 = eoq.conv_2d %2, %8 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<4x2x1x1xf32>) -> tensor<2x4x4x4xf32>
    // expected-remark@below {{residual branch at lhs, products [p1, p2], shortcut [p3]}}
    // expected-note@below {{the two sides part here}}
    %10 = eoq.add %7, %9 : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %11 = eoq.relu %10 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %12 = eoq.parameter_load @q1 : tensor<4x4x3x3xf32>
    %13 = eoq.conv_2d %11, %12 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<4x4x3x3xf32>) -> tensor<2x4x4x4xf32>
    %14 = eoq.relu %13 : (tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    %15 = eoq.parameter_load @q2 : tensor<4x4x3x3xf32>
    %16 = eoq.conv_2d %14, %15 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<4x4x3x3xf32>) -> tensor<2x4x4x4xf32>
    // expected-remark@below {{residual branch at rhs, products [q1, q2], shortcut []}}
    %17 = eoq.add %10, %16 : (tensor<2x4x4x4xf32>, tensor<2x4x4x4xf32>) -> tensor<2x4x4x4xf32>
    return %17 : tensor<2x4x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// Two projected paths: the 1x1 one is the shortcut, and the right one if both
// are alike.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @left : tensor<2x2x1x1xf32> trainable = dense<1.0e-01> : tensor<2x2x1x1xf32>
  eoq.parameter <weight> @right : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @left2 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @right2 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  // expected-note@below {{the two sides part here}}
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @left : tensor<2x2x1x1xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.parameter_load @right : tensor<2x2x3x3xf32>
    %3 = eoq.conv_2d %x, %2 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at rhs, products [right], shortcut [left]}}
    // expected-note@below {{the two sides part here}}
    %4 = eoq.add %1, %3 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %5 = eoq.parameter_load @left2 : tensor<2x2x3x3xf32>
    %6 = eoq.conv_2d %4, %5 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.parameter_load @right2 : tensor<2x2x3x3xf32>
    %8 = eoq.conv_2d %4, %7 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at lhs, products [left2], shortcut [right2]}}
    %9 = eoq.add %6, %8 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %9 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p0 = array<i64: 0, 0, 0, 0>
#p1 = array<i64: 1, 1, 1, 1>
// A branch within a branch counts towards both; of parallel paths within one
// side the one with more products counts.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @o1 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @i1 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @o2 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @d1 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @d2 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @d3 : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  eoq.parameter <weight> @d4 : tensor<2x4x1x1xf32> trainable = dense<1.0e-01> : tensor<2x4x1x1xf32>
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    // expected-note@below {{the two sides part here}}
    %0 = eoq.relu %x : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %1 = eoq.parameter_load @o1 : tensor<2x2x3x3xf32>
    %2 = eoq.conv_2d %0, %1 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-note@below {{the two sides part here}}
    %3 = eoq.relu %2 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %4 = eoq.parameter_load @i1 : tensor<2x2x3x3xf32>
    %5 = eoq.conv_2d %3, %4 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at lhs, products [i1], shortcut []}}
    %6 = eoq.add %5, %3 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %7 = eoq.relu %6 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %8 = eoq.parameter_load @o2 : tensor<2x2x3x3xf32>
    %9 = eoq.conv_2d %7, %8 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at rhs, products [o1, i1, o2], shortcut []}}
    // expected-note@below {{the two sides part here}}
    %10 = eoq.add %0, %9 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %11 = eoq.parameter_load @d1 : tensor<2x2x3x3xf32>
    %12 = eoq.conv_2d %10, %11 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %13 = eoq.parameter_load @d2 : tensor<2x2x3x3xf32>
    %14 = eoq.conv_2d %10, %13 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %15 = eoq.relu %14 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %16 = eoq.parameter_load @d3 : tensor<2x2x3x3xf32>
    %17 = eoq.conv_2d %15, %16 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %18 = eoq.concat %12, %17 {axis = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x4x4x4xf32>
    %19 = eoq.parameter_load @d4 : tensor<2x4x1x1xf32>
    %20 = eoq.conv_2d %18, %19 {strides = #s1, pads = #p0, dilations = #s1, groups = 1 : i64} : (tensor<2x4x4x4xf32>, tensor<2x4x1x1xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at rhs, products [d2, d3, d4], shortcut []}}
    %21 = eoq.add %10, %20 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %21 : tensor<2x2x4x4xf32>
  }
}

// -----

#s1 = array<i64: 1, 1>
#p1 = array<i64: 1, 1, 1, 1>
// A weight that two products share.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @w : tensor<2x2x3x3xf32> trainable = dense<1.0e-01> : tensor<2x2x3x3xf32>
  // expected-note@below {{the two sides part here}}
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.parameter_load @w : tensor<2x2x3x3xf32>
    %1 = eoq.conv_2d %x, %0 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.relu %1 : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %3 = eoq.parameter_load @w : tensor<2x2x3x3xf32>
    %4 = eoq.conv_2d %2, %3 {strides = #s1, pads = #p1, dilations = #s1, groups = 1 : i64} : (tensor<2x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<2x2x4x4xf32>
    // expected-remark@below {{residual branch at lhs, products [w, w], shortcut []}}
    %5 = eoq.add %4, %x : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %5 : tensor<2x2x4x4xf32>
  }
}

// -----


// No product on either side: no residual branch.
module attributes {eoq.level = "bn-free"} {
  func.func @predict(%x: tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32> {
    %0 = eoq.relu %x : (tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %1 = eoq.add %0, %x : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    %2 = eoq.add %1, %1 : (tensor<2x2x4x4xf32>, tensor<2x2x4x4xf32>) -> tensor<2x2x4x4xf32>
    return %2 : tensor<2x2x4x4xf32>
  }
}

// -----

// The two sides share a parameter, but no data: not residual.
module {
  eoq.parameter <weight> @w : tensor<3x4xf32> trainable = dense<1.0e-01> : tensor<3x4xf32>
  func.func @predict(%x: tensor<2x4xf32>, %y: tensor<2x4xf32>) -> tensor<2x3xf32> {
    %0 = eoq.parameter_load @w : tensor<3x4xf32>
    // expected-remark@below {{classifier}}
    %1 = eoq.fully_connected %x, %0 : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
    %2 = eoq.fully_connected %y, %0 : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
    %3 = eoq.relu %2 : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %4 = eoq.add %1, %3 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  }
}
