// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=fc.*,conv9.*})' -verify-diagnostics
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{freeze=conv8.*})' 2>&1 | FileCheck %s --check-prefix=FREEZE
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=fc[z-a]})' 2>&1 | FileCheck %s --check-prefix=GLOB

// FREEZE: error: 'freeze': 'conv8.*' matches no parameter
// GLOB: error: 'trainable': 'fc[z-a]' is no glob: invalid glob pattern

// expected-error@below {{'trainable': 'conv9.*' matches no parameter; names are those of the ONNX initializers}}
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc.weight : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
}
