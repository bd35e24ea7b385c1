// RUN: eoq-opt %s -verify-diagnostics -split-input-file

func.func @arguments(%x: tensor<2x!eoq.fixed<32, ?>>) {
  // expected-error @below {{(C1) expected block arguments of the operands' types but got 'tensor<3x!eoq.fixed<32, ?>>'}}
  %q = eoq.fused(%x) : (tensor<2x!eoq.fixed<32, ?>>) -> tensor<3x!eoq.fixed<32, ?>> {
  ^bb0(%a: tensor<3x!eoq.fixed<32, ?>>):
    eoq.yield %a : tensor<3x!eoq.fixed<32, ?>>
  }
  return
}

// -----

func.func @results(%x: tensor<2x!eoq.fixed<32, ?>>) {
  // expected-error @below {{(C1) expected 'eoq.yield' of the results' types but got 'tensor<2x!eoq.fixed<32, ?>>'}}
  %q = eoq.fused(%x) : (tensor<2x!eoq.fixed<32, ?>>) -> i32 {
  ^bb0(%a: tensor<2x!eoq.fixed<32, ?>>):
    eoq.yield %a : tensor<2x!eoq.fixed<32, ?>>
  }
  return
}

// -----

func.func @outside(%x: tensor<2x!eoq.fixed<32, ?>>) {
  // expected-note @below {{required by region isolation constraints}}
  %q = eoq.fused(%x) : (tensor<2x!eoq.fixed<32, ?>>) -> tensor<2x!eoq.fixed<32, ?>> {
  ^bb0(%a: tensor<2x!eoq.fixed<32, ?>>):
    // expected-error @below {{using value defined outside the region}}
    eoq.yield %x : tensor<2x!eoq.fixed<32, ?>>
  }
  return
}

// -----

func.func @uneven(%x: tensor<3x2x!eoq.fixed<32, ?>>) {
  // expected-error @below {{(C2) expected at least 2 blocks, of equally many images, but got 2 of 'tensor<3x2x!eoq.fixed<32, ?>>'}}
  %q = eoq.fused(%x) {blocks = 2 : i64} : (tensor<3x2x!eoq.fixed<32, ?>>) -> tensor<3x2x!eoq.fixed<32, ?>> {
  ^bb0(%a: tensor<3x2x!eoq.fixed<32, ?>>):
    eoq.yield %a : tensor<3x2x!eoq.fixed<32, ?>>
  }
  return
}

// -----

func.func @product(%x: tensor<4x3x!eoq.fixed<8, ?>>, %w: tensor<2x3x!eoq.fixed<8, ?>>) {
  // expected-error @below {{(C3) expected 'blocks', as it has 'eoq.fully_connected' in it}}
  %q = eoq.fused(%x, %w) : (tensor<4x3x!eoq.fixed<8, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<4x2x!eoq.fixed<32, ?>> {
  ^bb0(%a: tensor<4x3x!eoq.fixed<8, ?>>, %b: tensor<2x3x!eoq.fixed<8, ?>>):
    %0 = eoq.fully_connected %a, %b : (tensor<4x3x!eoq.fixed<8, ?>>, tensor<2x3x!eoq.fixed<8, ?>>) -> tensor<4x2x!eoq.fixed<32, ?>>
    eoq.yield %0 : tensor<4x2x!eoq.fixed<32, ?>>
  }
  return
}
