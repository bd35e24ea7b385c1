// RUN: eoq-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expected a width of 8, 16, 32 or 64 but got 7}}
func.func private @width(tensor<4x!eoq.fixed<7, ?>>)

// -----

// expected-error @below {{expected an exponent in [-1024, 1024] but got 5000}}
func.func private @exponent(tensor<4x!eoq.fixed<8, 5000>>)

// -----

// expected-error @below {{expected a mantissa in [16384, 32768) but got 5}}
eoq.parameter <weight> @w : tensor<2x3xf32> = #eoq.normal<mantissa = 5, exponent = -15, centered = true>

// -----

// expected-error @below {{expected an exponent in [-200, 100] but got 500}}
eoq.parameter <weight> @w : tensor<2x3xf32> = #eoq.normal<mantissa = 16384, exponent = 500, centered = true>
