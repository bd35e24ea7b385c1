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
