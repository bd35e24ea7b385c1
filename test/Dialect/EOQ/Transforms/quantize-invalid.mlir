// RUN: eoq-opt %s -eoq-quantize -split-input-file -verify-diagnostics
// RUN: not eoq-opt %s -pass-pipeline='builtin.module(eoq-quantize{weight-bits=4})' -split-input-file 2>&1 | FileCheck %s

// CHECK: error: expected 'weight-bits' to be 8 or 16 but got 4

// expected-error@below {{expected functions @train_step and @initialize; 'eoq-generate-update' makes them}}
module attributes {eoq.level = "training"} {
  func.func private @train_step()
}

// -----

module attributes {eoq.level = "training"} {
  // expected-error@below {{the initial value of 'b' cannot be read}}
  eoq.parameter <bias> @b : tensor<3xf32> trainable = dense_resource<absent> : tensor<3xf32>
  func.func private @train_step()
  func.func @initialize(%seed: i32) {
    return
  }
}

// -----

module attributes {eoq.level = "training"} {
  // expected-error@below {{the initial value of 'w' is not finite}}
  eoq.parameter <weight> @w : tensor<2xf32> trainable = dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  func.func private @train_step()
  func.func private @initialize()
}

// -----

// What was rewritten before the error, a loop's body too, goes without a crash.
module attributes {eoq.level = "training"} {
  func.func private @train_step()
  func.func private @initialize()
  func.func @predict(%x: tensor<1x3xf32>, %m: memref<4xf32>) -> tensor<1x3xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    // expected-error@below {{'memref.load' cannot be quantized: it implements no QuantizableOpInterface}}
    %0 = memref.load %m[%c0] : memref<4xf32>
    scf.for %i = %c0 to %c1 step %c1 {
      memref.store %0, %m[%i] : memref<4xf32>
    }
    return %x : tensor<1x3xf32>
  }
}

// -----

module attributes {eoq.level = "training"} {
  func.func private @train_step()
  func.func private @initialize()
  // expected-error@below {{'predict' cannot be quantized: it has branches}}
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    %0 = eoq.relu %x : (tensor<1x3xf32>) -> tensor<1x3xf32>
    cf.br ^bb1
  ^bb1:
    return %0 : tensor<1x3xf32>
  }
}

// -----

// All of them, not only the first.
module attributes {eoq.level = "training"} {
  func.func private @train_step()
  func.func @initialize(%seed: i32) {
    return
  }
  func.func @predict(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
    // expected-error@below {{'math.exp' cannot be quantized: it implements no QuantizableOpInterface}}
    %0 = math.exp %x : tensor<1x3xf32>
    // expected-error@below {{'arith.negf' cannot be quantized: it implements no QuantizableOpInterface}}
    %1 = arith.negf %x : tensor<1x3xf32>
    return %x : tensor<1x3xf32>
  }
}

// -----

// expected-error@below {{expected a body of @initialize with an 'eoq.random_key'}}
module attributes {eoq.level = "training"} {
  func.func private @train_step()
  func.func private @initialize()
}

// -----

// expected-error@below {{expected a body of @initialize with an 'eoq.random_key'}}
module attributes {eoq.level = "training"} {
  func.func private @train_step()
  func.func @initialize(%seed: i32) {
    return
  }
}
