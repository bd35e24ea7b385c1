// RUN: eoq-opt %s -eoq-verify-level -split-input-file | FileCheck %s

// Each level with what it allows, and what the next one forbids.

// CHECK: eoq.level = "import"
module attributes {eoq.level = "import"} {
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    // CHECK: eoq.onnx_node
    %absent = eoq.onnx_absent : none
    %0 = eoq.onnx_node "Clip"(%x, %absent, %absent) domain "" opset 13 {} : (tensor<1x3xf32>, none, none) -> tensor<1x3xf32>
    return %0 : tensor<1x3xf32>
  }
}

// -----

// CHECK: eoq.level = "graph"
module attributes {eoq.level = "graph"} {
  func.func @predict(%x: tensor<1x3xf32>, %c: tensor<3xf32>) -> tensor<1x3xf32> {
    // CHECK: eoq.batch_norm
    %0 = eoq.batch_norm %x, %c, %c, %c, %c {epsilon = 1.0e-5 : f64} : (tensor<1x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
    return %0 : tensor<1x3xf32>
  }
}

// -----

// CHECK: eoq.level = "bn-free"
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <bias> @b : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>
  func.func @any(%g: tensor<3xf32>) {
    // CHECK: eoq.gradient
    eoq.gradient @b, %g : tensor<3xf32>
    return
  }
}

// -----

// CHECK: eoq.level = "training"
module attributes {eoq.level = "training"} {
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    // CHECK: eoq.relu %{{.*}} : (tensor<1x3xf32>)
    %0 = eoq.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    return %0 : tensor<1x3xf32>
  }
  func.func private @evaluate()
  func.func private @train_step()
  func.func private @initialize()
}

// -----

// Initial values stay f32: they are no values of a function.
// CHECK: eoq.level = "quantized"
module attributes {eoq.level = "quantized"} {
  eoq.parameter <bias> @b : tensor<3x!eoq.fixed<16, ?>> = dense<0.5> : tensor<3xf32> exponent -15
  func.func @predict(%x: tensor<1x3x!eoq.fixed<8, ?>>) -> tensor<1x3x!eoq.fixed<8, ?>> {
    // CHECK: eoq.relu
    %0 = eoq.relu %x : (tensor<1x3x!eoq.fixed<8, ?>>) -> tensor<1x3x!eoq.fixed<8, ?>>
    return %0 : tensor<1x3x!eoq.fixed<8, ?>>
  }
  func.func private @evaluate()
  func.func private @train_step()
  func.func private @initialize()
}
