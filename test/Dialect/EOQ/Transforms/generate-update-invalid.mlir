// RUN: eoq-opt %s -eoq-generate-update -split-input-file -verify-diagnostics
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-update{momentum=32})' -split-input-file 2>&1 | FileCheck %s
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-generate-update{weight-decay-shift=-1})' -split-input-file 2>&1 | FileCheck %s

// CHECK: error: expected a momentum numerator in [0, 31] and a weight decay shift in [0, 30]

// expected-error@below {{expected a function @train_step; 'eoq-generate-backward' makes it}}
module attributes {eoq.level = "training"} {
  func.func private @predict()
}

// -----

// Without its learning rate.
// expected-error@below {{expected a function @train_step; 'eoq-generate-backward' makes it}}
module attributes {eoq.level = "training"} {
  func.func @train_step(%images: tensor<1x3xf32>, %labels: tensor<1xi32>) {
    return
  }
}

// -----

module attributes {eoq.level = "training"} {
  func.func @train_step(%images: tensor<1x3xf32>, %labels: tensor<1xi32>, %lr: i32, %shift: i32, %seed: i32, %step: i32) {
    return
  }
}
