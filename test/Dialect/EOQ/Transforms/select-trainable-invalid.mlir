// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=fc.*,conv9.*})' -verify-diagnostics
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{freeze=conv8.*})' 2>&1 | FileCheck %s --check-prefix=FREEZE
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=fc[z-a]})' 2>&1 | FileCheck %s --check-prefix=GLOB
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{freeze=random*})' 2>&1 | FileCheck %s --check-prefix=RANDOM --implicit-check-not=warning

// Given values are frozen without a word, and random ones if nobody freezes them.
// RANDOM: warning: 'random1' and 1 more are frozen at random values, because dropping batch norm initializes anew; fold batch norm to freeze the model's values
// FREEZE: error: 'freeze': 'conv8.*' matches no parameter
// GLOB: error: 'trainable': 'fc[z-a]' is no glob: invalid glob pattern

// expected-error@below {{'trainable': 'conv9.*' matches no parameter; names are those of the ONNX initializers}}
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @fc.weight : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
  eoq.parameter <weight> @fc.random : tensor<2x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <weight> @random1 : tensor<2x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <weight> @random2 : tensor<2x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = false>
  eoq.parameter <bias> @random.bias : tensor<3xf32> trainable = dense<0.0> : tensor<3xf32>
}
