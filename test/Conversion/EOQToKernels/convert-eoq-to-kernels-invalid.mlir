// RUN: eoq-opt %s -convert-eoq-to-kernels -verify-diagnostics -split-input-file

// expected-error @below {{expected a function '@predict' from images to logits}}
// expected-note @below {{the module must be at the level 'training' or 'quantized'}}
module attributes {eoq.model_name = "empty"} {
}

// -----

// expected-error @below {{expected a model name in the module's attribute 'eoq.model_name'}}
module {
  func.func @predict(%x: tensor<1x2x1x1xf32>) -> tensor<1x2xf32> {
    %z = eoq.reshape %x : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
    return %z : tensor<1x2xf32>
  }
}

// -----

module attributes {eoq.model_name = "level"} {
  func.func @predict(%x: tensor<1x2x1x1xf32>) -> tensor<1x2xf32> {
    // expected-error @below {{'eoq.onnx_node' op cannot be lowered to kernels}}
    // expected-note @below {{the module must be at the level 'training' or 'quantized'}}
    %z = eoq.onnx_node "Flatten"(%x) domain "" opset 13 {} : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
    return %z : tensor<1x2xf32>
  }
}

// -----

module attributes {eoq.model_name = "signature"} {
  // expected-error @below {{expected '@initialize' to be one block with the signature (i32) -> () but got '() -> ()'}}
  func.func @initialize() {
    return
  }
  func.func @predict(%x: tensor<1x2x1x1xf32>) -> tensor<1x2xf32> {
    %z = eoq.reshape %x : (tensor<1x2x1x1xf32>) -> tensor<1x2xf32>
    return %z : tensor<1x2xf32>
  }
}

// -----

module attributes {eoq.model_name = "width"} {
  eoq.parameter <weight> @p : tensor<1x2x1x1x!eoq.fixed<16, ?>> = dense<0.0> : tensor<1x2x1x1xf32> exponent 0
  func.func @predict(%x: tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>> {
    %p = eoq.parameter_load @p : tensor<1x2x1x1x!eoq.fixed<16, ?>>
    // expected-error @below {{'eoq.add' op has no kernel for operands of type 'i16'; expected f32 or fixed point of 8 or 32 bits}}
    %s = eoq.add %x, %p {magnitude_bits = array<i64: 7, 15>} : (tensor<1x2x1x1x!eoq.fixed<8, ?>>, tensor<1x2x1x1x!eoq.fixed<16, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
    %z = eoq.reshape %s : (tensor<1x2x1x1x!eoq.fixed<32, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>>
    return %z : tensor<1x2x!eoq.fixed<32, ?>>
  }
}

// -----

module attributes {eoq.model_name = "fused"} {
  func.func @predict(%x: tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>> {
    // expected-error @below {{'eoq.fused' op has no kernel; expected one 'eoq.quantize' in it, from 32 to 8 bits}}
    %s = eoq.fused(%x) : (tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>> {
    ^bb0(%a: tensor<1x2x1x1x!eoq.fixed<8, ?>>):
      %0 = eoq.add %a, %a {magnitude_bits = array<i64: 7, 7>} : (tensor<1x2x1x1x!eoq.fixed<8, ?>>, tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
      eoq.yield %0 : tensor<1x2x1x1x!eoq.fixed<32, ?>>
    }
    %z = eoq.reshape %s : (tensor<1x2x1x1x!eoq.fixed<32, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>>
    return %z : tensor<1x2x!eoq.fixed<32, ?>>
  }
}

// -----

module attributes {eoq.model_name = "leaky"} {
  func.func @predict(%x: tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>> {
    %q = eoq.fused(%x) : (tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<8, ?>> {
    ^bb0(%a: tensor<1x2x1x1x!eoq.fixed<8, ?>>):
      %0 = eoq.add %a, %a {magnitude_bits = array<i64: 7, 7>} : (tensor<1x2x1x1x!eoq.fixed<8, ?>>, tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
      // expected-error @below {{'eoq.leaky_relu' op cannot be a part of 'eoq.fused'}}
      %1 = eoq.leaky_relu %0 {alpha = 0.1 : f64} : (tensor<1x2x1x1x!eoq.fixed<32, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
      %o, %e = eoq.quantize %1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<1x2x1x1x!eoq.fixed<32, ?>> -> tensor<1x2x1x1x!eoq.fixed<8, ?>>
      eoq.yield %o : tensor<1x2x1x1x!eoq.fixed<8, ?>>
    }
    %s = eoq.add %x, %x {magnitude_bits = array<i64: 7, 7>} : (tensor<1x2x1x1x!eoq.fixed<8, ?>>, tensor<1x2x1x1x!eoq.fixed<8, ?>>) -> tensor<1x2x1x1x!eoq.fixed<32, ?>>
    %z = eoq.reshape %s : (tensor<1x2x1x1x!eoq.fixed<32, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>>
    return %z : tensor<1x2x!eoq.fixed<32, ?>>
  }
}
