// RUN: eoq-opt %s -eoq-export-model -verify-diagnostics -split-input-file

// expected-error @below {{expected a memory plan}}
// expected-note @below {{run 'convert-eoq-to-kernels' and 'eoq-plan-memory' first}}
module {
}

// -----

// expected-error @below {{expected a function '@initialize'; the C interface of a trainer has it}}
module attributes {eoq.model_info = {arena_bytes = 128 : i64, batch = 4 : i64, channels = 1 : i64, classes = 3 : i64, height = 2 : i64, width = 5 : i64, identity = "abcd", name = "tiny", precision = 8 : i64, state_bytes = 192 : i64}} {
}

// -----

module attributes {eoq.model_info = {arena_bytes = 128 : i64, batch = 4 : i64, channels = 1 : i64, classes = 3 : i64, height = 2 : i64, width = 5 : i64, identity = "abcd", name = "tiny", precision = 8 : i64, state_bytes = 192 : i64}} {
  // expected-error @below {{has no place in the state; 'convert-eoq-to-kernels' gives it one}}
  eoq.parameter <weight> @w : tensor<3x4xf32> = dense<0.0> : tensor<3x4xf32>
  func.func @initialize() { return }
  func.func @train_step() { return }
  func.func @evaluate() { return }
  func.func @predict() { return }
}

// -----

// expected-error @below {{'eoq.model_info' has no integer 'batch'}}
module attributes {eoq.model_info = {arena_bytes = 128 : i64, batch = "four", channels = 1 : i64, classes = 3 : i64, height = 2 : i64, width = 5 : i64, identity = "abcd", name = "tiny", precision = 8 : i64, state_bytes = 192 : i64}} {
}

// -----

// expected-error @below {{'eoq.model_info' has no string 'identity'}}
module attributes {eoq.model_info = {arena_bytes = 128 : i64, name = "tiny"}} {
}
