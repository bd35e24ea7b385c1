// RUN: eoq-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{(C1) expected an initial exponent on a fixed-point parameter, and on no other}}
eoq.parameter <weight> @parameter_c1 : tensor<2x!eoq.fixed<16, ?>> = dense<0.0> : tensor<2xf32>

// -----

// expected-error @below {{(C1) expected f32 or fixed-point elements but got 'i8'}}
eoq.parameter <weight> @parameter_c1_type : tensor<2xi8> = dense<0.0> : tensor<2xf32>

// -----

// expected-error @below {{(C1) expected an exponent state of type tensor<i32>}}
eoq.parameter <exponent> @parameter_c1_state : tensor<2xi32> = dense<0> : tensor<2xi32>

// -----

// expected-error @below {{(C2) expected #eoq.normal or f32 elements of the parameter's shape as initial value}}
eoq.parameter <weight> @parameter_c2 : tensor<2xf32> = dense<0.0> : tensor<3xf32>

// -----

func.func @parameter_load_c1() {
  // expected-error @below {{(C1) expected 'nothing' to be an eoq.parameter}}
  %0 = eoq.parameter_load @nothing : tensor<2xf32>
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
func.func @parameter_load_c1_type() {
  // expected-error @below {{(C1) expected the type 'tensor<2xf32>' of 'w' but got 'tensor<3xf32>'}}
  %0 = eoq.parameter_load @w : tensor<3xf32>
  return
}

// -----

func.func @parameter_initialize_c1(%key: i32) {
  // expected-error @below {{(C1) expected 'nothing' to be an eoq.parameter}}
  eoq.parameter_initialize @nothing key %key site 0
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
func.func @exponent_load_c1() {
  // expected-error @below {{(C1) expected 'w' to be of kind 'exponent'}}
  %0 = eoq.exponent_load @w
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
func.func @exponent_store_c1(%e: i32) {
  // expected-error @below {{(C1) expected 'w' to be of kind 'exponent'}}
  eoq.exponent_store @w, %e
  return
}

// -----

func.func @quantize_c1(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) expected a fixed-point input and a narrower output of at most 16 bits with a dynamic exponent}}
  %q, %e = eoq.quantize %x {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 10 : i64} : tensor<2xf32> -> tensor<2x!eoq.fixed<8, ?>>
  return
}

// -----

func.func @quantize_c2(%x: tensor<2x!eoq.fixed<32, ?>>) {
  // expected-error @below {{(C2) expected a key with stochastic rounding, and with no other}}
  %q, %e = eoq.quantize %x {role = #eoq.role<gradient>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, site = 10 : i64} : tensor<2x!eoq.fixed<32, ?>> -> tensor<2x!eoq.fixed<8, ?>>
  return
}

// -----

func.func @cross_entropy_c1(%z: tensor<2x3xf32>, %l: tensor<3xi32>) {
  // expected-error @below {{(C1) expected logits and labels of one batch size}}
  %0, %1 = eoq.cross_entropy %z, %l : (tensor<2x3xf32>, tensor<3xi32>) -> (tensor<f32>, i32)
  return
}

// -----

func.func @cross_entropy_c2(%z: tensor<2x3x!eoq.fixed<32, ?>>, %l: tensor<2xi32>) {
  // expected-error @below {{(C2) expected a loss of !eoq.fixed<32, -10>}}
  %0, %1 = eoq.cross_entropy %z, %l : (tensor<2x3x!eoq.fixed<32, ?>>, tensor<2xi32>) -> (tensor<!eoq.fixed<32, -9>>, i32)
  return
}

// -----

func.func @cross_entropy_grad_logits_c2(%z: tensor<4x3x!eoq.fixed<32, ?>>, %l: tensor<4xi32>) {
  // expected-error @below {{(C2) expected the result's exponent to be -16}}
  %0 = eoq.cross_entropy_grad_logits %z, %l : (tensor<4x3x!eoq.fixed<32, ?>>, tensor<4xi32>) -> tensor<4x3x!eoq.fixed<32, -14>>
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
func.func @gradient_c1(%g: tensor<3xf32>) {
  // expected-error @below {{(C1) expected the type 'tensor<2xf32>' of 'w' but got 'tensor<3xf32>'}}
  eoq.gradient @w, %g : tensor<3xf32>
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
eoq.parameter <optimizer> @v : tensor<3xf32> = dense<0.0> : tensor<3xf32>
func.func @sgd_update_c1(%g: tensor<2xf32>, %i: i32) {
  // expected-error @below {{(C1) expected momentum and gradient to have the shape of 'w'}}
  eoq.sgd_update @w momentum @v gradient %g learning_rate %i, %i step %i {momentum = 29 : i64, site = 0 : i64} : tensor<2xf32>
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
eoq.parameter <optimizer> @v : tensor<2xf32> = dense<0.0> : tensor<2xf32>
func.func @sgd_update_c2(%g: tensor<2xf32>, %i: i32) {
  // expected-error @below {{(C2) expected a momentum numerator in [0, 31] but got 32}}
  eoq.sgd_update @w momentum @v gradient %g learning_rate %i, %i step %i {momentum = 32 : i64, site = 0 : i64} : tensor<2xf32>
  return
}

// -----

eoq.parameter <weight> @w : tensor<2xf32> = dense<0.0> : tensor<2xf32>
eoq.parameter <optimizer> @v : tensor<2xf32> = dense<0.0> : tensor<2xf32>
func.func @sgd_update_c3(%g: tensor<2xf32>, %i: i32) {
  // expected-error @below {{(C3) expected an f32 gradient without a key, or an 8-bit gradient with a key}}
  eoq.sgd_update @w momentum @v gradient %g learning_rate %i, %i step %i key %i {momentum = 29 : i64, site = 0 : i64} : tensor<2xf32>
  return
}
