// RUN: eoq-opt %s -eoq-verify-level -split-input-file -verify-diagnostics

// expected-error@below {{expected 'eoq.level' to be one of import, graph, bn-free, training, quantized}}
module {
}

// -----

// expected-error@below {{expected 'eoq.level' to be one of import, graph, bn-free, training, quantized}}
module attributes {eoq.level = "trained"} {
}

// -----

// All of them, not only the first.
module attributes {eoq.level = "graph"} {
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    // expected-error@below {{'eoq.onnx_absent' is not allowed at level 'graph'; expected to be removed by 'convert-onnx-to-eoq'}}
    %absent = eoq.onnx_absent : none
    // expected-error@below {{'eoq.onnx_node' is not allowed at level 'graph'; expected to be removed by 'convert-onnx-to-eoq'}}
    %0 = eoq.onnx_node "Clip"(%x, %absent, %absent) domain "" opset 13 {} : (tensor<1x3xf32>, none, none) -> tensor<1x3xf32>
    return %0 : tensor<1x3xf32>
  }
}

// -----

module attributes {eoq.level = "bn-free"} {
  func.func @predict(%x: tensor<1x3xf32>, %c: tensor<3xf32>) -> tensor<1x3xf32> {
    // expected-error@below {{'eoq.batch_norm' is not allowed at level 'bn-free'; expected to be removed by 'eoq-remove-batch-norm'}}
    %0 = eoq.batch_norm %x, %c, %c, %c, %c {epsilon = 1.0e-5 : f64} : (tensor<1x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3xf32>
    return %0 : tensor<1x3xf32>
  }
}

// -----

module attributes {eoq.level = "training"} {
  eoq.parameter <bias> @b : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>
  func.func private @predict()
  func.func private @evaluate()
  func.func private @initialize()
  func.func @train_step(%g: tensor<3xf32>) {
    // expected-error@below {{'eoq.gradient' is not allowed at level 'training'; expected to be removed by 'eoq-generate-update'}}
    eoq.gradient @b, %g : tensor<3xf32>
    return
  }
}

// -----

// expected-error@below {{expected a function @evaluate at level 'training'; 'eoq-generate-backward' and 'eoq-generate-update' make it}}
// expected-error@below {{expected a function @initialize at level 'training'; 'eoq-generate-backward' and 'eoq-generate-update' make it}}
module attributes {eoq.level = "training"} {
  func.func private @predict()
  func.func private @train_step()
}

// -----

module attributes {eoq.level = "quantized"} {
  func.func private @evaluate()
  func.func private @train_step()
  func.func private @initialize()
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    // expected-error@below {{'eoq.relu' is not allowed at level 'quantized'; expected to be removed by 'eoq-quantize'}}
    %0 = eoq.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    // expected-error@below {{'func.return' is not allowed at level 'quantized'; expected to be removed by 'eoq-quantize'}}
    return %0 : tensor<1x3xf32>
  }
}
