// RUN: eoq-opt %s -eoq-generate-backward -split-input-file | FileCheck %s

// Two layers: every parameter is trained, the images need no gradient.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc1.weight : tensor<4x3xf32> trainable = dense<0.5> : tensor<4x3xf32>
  eoq.parameter <bias> @fc1.bias : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <weight> @fc2.weight : tensor<2x4xf32> trainable = dense<0.5> : tensor<2x4xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x2xf32> {
    %w1 = eoq.parameter_load @fc1.weight : tensor<4x3xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<5x3xf32>, tensor<4x3xf32>) -> tensor<5x4xf32>
    %b1 = eoq.parameter_load @fc1.bias : tensor<4xf32>
    %1 = eoq.bias_add %0, %b1 : (tensor<5x4xf32>, tensor<4xf32>) -> tensor<5x4xf32>
    %2 = eoq.relu %1 : (tensor<5x4xf32>) -> tensor<5x4xf32>
    %w2 = eoq.parameter_load @fc2.weight : tensor<2x4xf32>
    %3 = eoq.fully_connected %2, %w2 : (tensor<5x4xf32>, tensor<2x4xf32>) -> tensor<5x2xf32>
    return %3 : tensor<5x2xf32>
  }
}
// CHECK:       module attributes {eoq.level = "training"}
// CHECK-LABEL: func.func @predict(%arg0: tensor<5x3xf32>) -> tensor<5x2xf32>
// CHECK-NOT:     eoq.backward
// CHECK-LABEL: func.func @train_step
// CHECK-SAME:    (%[[X:.*]]: tensor<5x3xf32>, %[[LABELS:.*]]: tensor<5xi32>, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32) -> (tensor<f32>, i32)
// CHECK-DAG:     %[[W2:.*]] = eoq.parameter_load @fc2.weight
// CHECK-DAG:     %[[Y:.*]] = eoq.relu
// CHECK:         %[[Z:.*]] = eoq.fully_connected %[[Y]], %[[W2]]
// CHECK-NEXT:    %[[LOSS:.*]], %[[HITS:.*]] = eoq.cross_entropy %[[Z]], %[[LABELS]] :
// CHECK-NEXT:    %[[DZ:.*]] = eoq.cross_entropy_grad_logits %[[Z]], %[[LABELS]] {eoq.backward}
// CHECK-NEXT:    %[[DY:.*]] = eoq.fully_connected_grad_input %[[DZ]], %[[W2]] {eoq.backward}
// CHECK-NEXT:    %[[DW2:.*]] = eoq.fully_connected_grad_weight %[[Y]], %[[DZ]] {eoq.backward}
// CHECK-NEXT:    %[[DR:.*]] = eoq.relu_grad_input %[[DY]], %[[Y]] {eoq.backward}
// CHECK-NEXT:    %[[DB1:.*]] = eoq.bias_add_grad_bias %[[DR]] {eoq.backward}
// CHECK-NEXT:    %[[DW1:.*]] = eoq.fully_connected_grad_weight %[[X]], %[[DR]] {eoq.backward}
// CHECK-NEXT:    eoq.gradient @fc1.weight, %[[DW1]]
// CHECK-NEXT:    eoq.gradient @fc1.bias, %[[DB1]]
// CHECK-NEXT:    eoq.gradient @fc2.weight, %[[DW2]]
// CHECK-NEXT:    return %[[LOSS]], %[[HITS]]
// CHECK-LABEL: func.func @evaluate
// CHECK-SAME:    (%{{.*}}: tensor<5x3xf32>, %{{.*}}: tensor<5xi32>) -> (tensor<f32>, i32)
// CHECK:         eoq.cross_entropy
// CHECK-NEXT:    return

// -----

// Only the last layer is trained: nothing goes back through the first one.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc1.weight : tensor<4x3xf32> = dense<0.5> : tensor<4x3xf32>
  eoq.parameter <weight> @fc2.weight : tensor<2x4xf32> trainable = dense<0.5> : tensor<2x4xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x2xf32> {
    %w1 = eoq.parameter_load @fc1.weight : tensor<4x3xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<5x3xf32>, tensor<4x3xf32>) -> tensor<5x4xf32>
    %1 = eoq.relu %0 : (tensor<5x4xf32>) -> tensor<5x4xf32>
    %w2 = eoq.parameter_load @fc2.weight : tensor<2x4xf32>
    %2 = eoq.fully_connected %1, %w2 : (tensor<5x4xf32>, tensor<2x4xf32>) -> tensor<5x2xf32>
    return %2 : tensor<5x2xf32>
  }
}
// CHECK-LABEL: func.func @train_step
// CHECK:         %[[DZ:.*]] = eoq.cross_entropy_grad_logits
// CHECK-NEXT:    %[[DW2:.*]] = eoq.fully_connected_grad_weight %{{.*}}, %[[DZ]]
// CHECK-NEXT:    eoq.gradient @fc2.weight, %[[DW2]]
// CHECK-NEXT:    return

// -----

// Only the first layer is trained: the last one passes the error on, but gets
// no gradient itself.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc1.weight : tensor<4x3xf32> trainable = dense<0.5> : tensor<4x3xf32>
  eoq.parameter <weight> @fc2.weight : tensor<2x4xf32> = dense<0.5> : tensor<2x4xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x2xf32> {
    %w1 = eoq.parameter_load @fc1.weight : tensor<4x3xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<5x3xf32>, tensor<4x3xf32>) -> tensor<5x4xf32>
    %w2 = eoq.parameter_load @fc2.weight : tensor<2x4xf32>
    %1 = eoq.fully_connected %0, %w2 : (tensor<5x4xf32>, tensor<2x4xf32>) -> tensor<5x2xf32>
    return %1 : tensor<5x2xf32>
  }
}
// CHECK-LABEL: func.func @train_step
// CHECK:         %[[DZ:.*]] = eoq.cross_entropy_grad_logits
// CHECK-NEXT:    %[[DY:.*]] = eoq.fully_connected_grad_input %[[DZ]]
// CHECK-NEXT:    %[[DW1:.*]] = eoq.fully_connected_grad_weight %{{.*}}, %[[DY]]
// CHECK-NEXT:    eoq.gradient @fc1.weight, %[[DW1]]
// CHECK-NEXT:    return

// -----

// A parameter that two layers share: one load, and one gradient, the sum.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @shared : tensor<3x3xf32> trainable = dense<0.5> : tensor<3x3xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
    %w = eoq.parameter_load @shared : tensor<3x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<5x3xf32>, tensor<3x3xf32>) -> tensor<5x3xf32>
    %again = eoq.parameter_load @shared : tensor<3x3xf32>
    %1 = eoq.fully_connected %0, %again : (tensor<5x3xf32>, tensor<3x3xf32>) -> tensor<5x3xf32>
    return %1 : tensor<5x3xf32>
  }
}
// CHECK-LABEL: func.func @train_step
// CHECK-SAME:    (%[[X:.*]]: tensor<5x3xf32>, %{{.*}}: tensor<5xi32>,
// CHECK:         %[[W:.*]] = eoq.parameter_load @shared
// CHECK-NEXT:    %[[Y:.*]] = eoq.fully_connected %[[X]], %[[W]]
// CHECK-NEXT:    eoq.fully_connected %[[Y]], %[[W]]
// CHECK:         %[[DZ:.*]] = eoq.cross_entropy_grad_logits
// CHECK-NEXT:    %[[DY:.*]] = eoq.fully_connected_grad_input %[[DZ]], %[[W]]
// CHECK-NEXT:    %[[G2:.*]] = eoq.fully_connected_grad_weight %[[Y]], %[[DZ]]
// CHECK-NEXT:    %[[G1:.*]] = eoq.fully_connected_grad_weight %[[X]], %[[DY]]
// CHECK-NEXT:    %[[G:.*]] = eoq.add %[[G2]], %[[G1]] {eoq.backward}
// CHECK-NEXT:    eoq.gradient @shared, %[[G]]
// CHECK-NOT:     eoq.gradient
// CHECK:         return

// -----

// A fork: the errors of the residual branch and of the skip are added.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @stem : tensor<3x3xf32> trainable = dense<0.5> : tensor<3x3xf32>
  eoq.parameter <weight> @branch : tensor<3x3xf32> trainable = dense<0.5> : tensor<3x3xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x3xf32> {
    %w1 = eoq.parameter_load @stem : tensor<3x3xf32>
    %0 = eoq.fully_connected %x, %w1 : (tensor<5x3xf32>, tensor<3x3xf32>) -> tensor<5x3xf32>
    %w2 = eoq.parameter_load @branch : tensor<3x3xf32>
    %1 = eoq.fully_connected %0, %w2 : (tensor<5x3xf32>, tensor<3x3xf32>) -> tensor<5x3xf32>
    %2 = eoq.add %0, %1 : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
    return %2 : tensor<5x3xf32>
  }
}
// CHECK-LABEL: func.func @train_step
// CHECK:         %[[E:.*]] = eoq.cross_entropy_grad_logits
// CHECK-NEXT:    %[[EBRANCH:.*]] = eoq.fully_connected_grad_input %[[E]]
// CHECK-NEXT:    eoq.fully_connected_grad_weight %{{.*}}, %[[E]]
// CHECK-NEXT:    %[[SUM:.*]] = eoq.add %[[E]], %[[EBRANCH]] {eoq.backward}
// CHECK-NEXT:    eoq.fully_connected_grad_weight %{{.*}}, %[[SUM]]

// -----

// A trainable parameter that nothing uses has no gradient, and an op that no
// trainable parameter reaches needs no rule.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
  eoq.parameter <bias> @unused : tensor<2xf32> trainable = dense<0.5> : tensor<2xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x2xf32> {
    %c = "eoq.constant"() <{value = dense<1.0> : tensor<5x3xf32>}> : () -> tensor<5x3xf32>
    %0 = eoq.mul %x, %c : (tensor<5x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
    %1 = eoq.clip %0 {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<5x3xf32>) -> tensor<5x3xf32>
    %w = eoq.parameter_load @fc : tensor<2x3xf32>
    %2 = eoq.fully_connected %1, %w : (tensor<5x3xf32>, tensor<2x3xf32>) -> tensor<5x2xf32>
    return %2 : tensor<5x2xf32>
  }
}
// CHECK-LABEL: func.func @train_step
// CHECK:         %[[DZ:.*]] = eoq.cross_entropy_grad_logits
// CHECK-NEXT:    eoq.fully_connected_grad_weight %{{.*}}, %[[DZ]]
// CHECK-NEXT:    eoq.gradient @fc,
// CHECK-NEXT:    return
