// RUN: eoq-opt %s -eoq-generate-backward -split-input-file -verify-diagnostics

// expected-error@below {{expected a function @predict from images to logits; 'convert-onnx-to-eoq' makes it}}
module attributes {eoq.level = "bn-free"} {
}

// -----

// A declaration is no network.
// expected-error@below {{expected a function @predict from images to logits}}
module attributes {eoq.level = "bn-free"} {
  func.func private @predict(tensor<1x3xf32>) -> tensor<1x2xf32>
}

// -----

// expected-error@below {{expected a function @predict from images to logits}}
module attributes {eoq.level = "bn-free"} {
  func.func @predict(%x: tensor<1x3xf32>, %y: tensor<1x3xf32>) -> tensor<1x3xf32> {
    return %x : tensor<1x3xf32>
  }
}

// -----

module attributes {eoq.level = "bn-free"} {
  // expected-error@below {{expected logits of shape [batch, classes] but got 'tensor<1x3x2x2xf32>'}}
  func.func @predict(%x: tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32> {
    return %x : tensor<1x3x2x2xf32>
  }
}

// -----

// One logit for two classes is usual in PyTorch, with another loss.
module attributes {eoq.level = "bn-free"} {
  // expected-error@below {{expected logits of two classes at least, as the softmax cross entropy of one is always 0}}
  func.func @predict(%x: tensor<4x1xf32>) -> tensor<4x1xf32> {
    return %x : tensor<4x1xf32>
  }
}

// -----

module attributes {eoq.level = "bn-free"} {
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    return %x : tensor<1x3xf32>
  }
  // expected-error@below {{@train_step exists already; this pass builds it}}
  func.func private @train_step()
}

// -----

module attributes {eoq.level = "bn-free"} {
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    return %x : tensor<1x3xf32>
  }
  // expected-error@below {{@evaluate exists already; this pass builds it}}
  func.func private @evaluate()
}

// -----

// expected-error@below {{no parameter is trainable; at least one has to be, for example by a wider '--trainable' pattern}}
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc : tensor<2x3xf32> = dense<0.5> : tensor<2x3xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x2xf32> {
    %w = eoq.parameter_load @fc : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<5x3xf32>, tensor<2x3xf32>) -> tensor<5x2xf32>
    return %0 : tensor<5x2xf32>
  }
}

// -----

// Batch norm has to go before.
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
  eoq.parameter <statistic> @bn : tensor<2xf32> = dense<1.0> : tensor<2xf32>
  func.func @predict(%x: tensor<5x3xf32>) -> tensor<5x2xf32> {
    %w = eoq.parameter_load @fc : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<5x3xf32>, tensor<2x3xf32>) -> tensor<5x2xf32>
    %c = eoq.parameter_load @bn : tensor<2xf32>
    // expected-error@below {{'eoq.batch_norm' has no gradient: it implements no DifferentiableOpInterface (eoq::registerGradientModels attaches those of the eoq dialect)}}
    %1 = eoq.batch_norm %0, %c, %c, %c, %c {epsilon = 1.0e-5 : f64} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
    return %1 : tensor<5x2xf32>
  }
}
