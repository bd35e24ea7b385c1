// RUN: eoq-opt %s | eoq-opt | FileCheck %s

// CHECK-LABEL: @fixed
// CHECK-SAME: tensor<4x!eoq.fixed<8, -7>>, %{{.*}}: tensor<4x!eoq.fixed<32, ?>>
func.func @fixed(%a: tensor<4x!eoq.fixed<8, -7>>, %b: tensor<4x!eoq.fixed<32, ?>>) {
  return
}

// CHECK: eoq.parameter <weight> @w : tensor<2x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -15, centered = true>
eoq.parameter <weight> @w : tensor<2x3xf32> trainable = #eoq.normal<mantissa = 16384, exponent = -15, centered = true>
