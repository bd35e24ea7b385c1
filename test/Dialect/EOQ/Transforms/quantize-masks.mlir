// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-backward,eoq-generate-update,eoq-quantize{exact-masks})' -split-input-file | FileCheck %s
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-backward,eoq-generate-update,eoq-quantize{exact-masks exponents=previous})' -split-input-file | FileCheck %s --check-prefix=PREVIOUS

// The activation's gradient has a copy of its own, rounded up and made where
// the value is: the wide one need not live until then. Everything else reads
// the copy that is rounded to nearest.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<4x3xf32> trainable = dense<1.0> : tensor<4x3xf32>
  eoq.parameter <weight> @head : tensor<4x4xf32> trainable = dense<1.0> : tensor<4x4xf32>
  func.func @predict(%x: tensor<8x3xf32>) -> tensor<8x4xf32> {
    %w1 = eoq.parameter_load @stem : tensor<4x3xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<8x3xf32>, tensor<4x3xf32>) -> tensor<8x4xf32>
    %1 = eoq.relu %0 : (tensor<8x4xf32>) -> tensor<8x4xf32>
    // An activation of 8 bits is its own mask.
    %2 = eoq.reshape %1 : (tensor<8x4xf32>) -> tensor<8x4x1x1xf32>
    %3 = eoq.max_pool_2d %2 {dilations = array<i64: 1, 1>, kernel = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<8x4x1x1xf32>) -> tensor<8x4x1x1xf32>
    %4 = eoq.leaky_relu %3 {alpha = 0.25 : f64} : (tensor<8x4x1x1xf32>) -> tensor<8x4x1x1xf32>
    %5 = eoq.reshape %4 : (tensor<8x4x1x1xf32>) -> tensor<8x4xf32>
    %w2 = eoq.parameter_load @head : tensor<4x4xf32>
    %6 = eoq.fully_connected %5, %w2 : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
    return %6 : tensor<8x4xf32>
  }
}

// Nothing needs a mask here.
// CHECK-LABEL: func.func @predict
// CHECK-NOT:     rounding<up>

// CHECK-LABEL: func.func @train_step
// CHECK:         %[[R:.*]] = eoq.relu %{{.*}} -> tensor<8x4x!eoq.fixed<32, ?>>
// CHECK-NEXT:    %[[MASK:.*]], %{{.*}} = eoq.quantize %[[R]] {role = #eoq.role<activation>, rounding = #eoq.rounding<up>, rule = #eoq.exponent_rule<round>, site = {{[0-9]+}} : i64}
// CHECK:         %[[A:.*]], %{{.*}} = eoq.quantize %{{.*}} {role = #eoq.role<activation>, rounding = #eoq.rounding<nearest>
// CHECK:         %[[L:.*]] = eoq.leaky_relu %{{.*}} -> tensor<8x4x1x1x!eoq.fixed<8, ?>>
// CHECK-NOT:     rounding<up>
// CHECK:         eoq.leaky_relu_grad_input %{{.*}}, %[[L]]
// CHECK:         eoq.relu_grad_input %{{.*}}, %[[MASK]]

// PREVIOUS-LABEL: func.func @train_step
// PREVIOUS:         %[[R:.*]] = eoq.relu
// PREVIOUS-NEXT:    %[[P:.*]] = eoq.exponent_load @[[STATE:.*]]
// PREVIOUS-NEXT:    %{{.*}}, %[[FOUND:.*]] = eoq.quantize %[[R]] previous %[[P]] {{.*}}rounding<up>
// PREVIOUS-NEXT:    eoq.exponent_store @[[STATE]], %[[FOUND]]

// -----

// An output with a mask of its own is narrowed once, where the product reads
// it; a fork is narrowed as soon as it is made, for it lives longer.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @first : tensor<4x4xf32> trainable = dense<1.0> : tensor<4x4xf32>
  eoq.parameter <weight> @second : tensor<4x4xf32> trainable = dense<1.0> : tensor<4x4xf32>
  eoq.parameter <bias> @before : tensor<1xf32> trainable = dense<0.0> : tensor<1xf32>
  eoq.parameter <bias> @fork : tensor<1xf32> trainable = dense<0.0> : tensor<1xf32>
  func.func @predict(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
    %w1 = eoq.parameter_load @first : tensor<4x4xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
    %1 = eoq.relu %0 : (tensor<8x4xf32>) -> tensor<8x4xf32>
    %b1 = eoq.parameter_load @before : tensor<1xf32>
    %2 = eoq.bias_add %1, %b1 : (tensor<8x4xf32>, tensor<1xf32>) -> tensor<8x4xf32>
    %w2 = eoq.parameter_load @second : tensor<4x4xf32>
    %3 = eoq.fully_connected %2, %w2 : (tensor<8x4xf32>, tensor<4x4xf32>) -> tensor<8x4xf32>
    %4 = eoq.relu %3 : (tensor<8x4xf32>) -> tensor<8x4xf32>
    %b2 = eoq.parameter_load @fork : tensor<1xf32>
    %5 = eoq.bias_add %4, %b2 : (tensor<8x4xf32>, tensor<1xf32>) -> tensor<8x4xf32>
    %6 = eoq.add %5, %4 : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
    return %6 : tensor<8x4xf32>
  }
}

// CHECK-LABEL: func.func @predict
// CHECK:         %[[R1:.*]] = eoq.relu
// CHECK:         eoq.bias_add %[[R1]],
// CHECK:         %[[R2:.*]] = eoq.relu
// CHECK:         %[[F:.*]], %{{.*}} = eoq.quantize %[[R2]]
// CHECK:         eoq.bias_add %[[F]],
// CHECK:         eoq.add %{{.*}}, %[[F]]

// CHECK-LABEL: func.func @train_step
// CHECK:         %[[R1:.*]] = eoq.relu
// CHECK:         eoq.bias_add %[[R1]],
// CHECK:         %[[R2:.*]] = eoq.relu
// CHECK:         %[[F:.*]], %{{.*}} = eoq.quantize %[[R2]] {{.*}}rounding<nearest>
// CHECK:         eoq.bias_add %[[F]],
// CHECK:         eoq.add %{{.*}}, %[[F]]
