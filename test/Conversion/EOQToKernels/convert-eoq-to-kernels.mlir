// RUN: eoq-opt %s -convert-eoq-to-kernels=slots=2 | FileCheck %s --enable-var-scope

// Exponents add up (N6); images come NCHW and are turned, parameters are not.

module attributes {eoq.model_name = "products"} {
  eoq.parameter <weight> @conv : tensor<4x3x3x3x!eoq.fixed<16, ?>> trainable = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -14
  eoq.parameter <weight> @fc : tensor<5x256x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6

// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %[[STATE:.*]]: memref<1600xi8>, %[[IMAGES:.*]]: memref<384xi8>, %[[XE:.*]]: i32, %[[LOGITS:.*]]: memref<10xi32>, %[[LE:.*]]: memref<1xi32>)
// CHECK:         %[[CONV:.*]] = memref.view %[[STATE]][%{{.*}}][] : memref<1600xi8> to memref<108xi16>
// CHECK:         %[[PLACE:.*]] = memref.view %[[STATE]][%{{.*}}][] : memref<1600xi8> to memref<1xi32>
// CHECK:         %[[CE:.*]] = memref.load %[[PLACE]][%{{.*}}]
// CHECK:         %[[S:.*]] = call @eoq_exponent_shift
// CHECK:         %[[WE:.*]] = arith.addi %[[CE]], %[[S]]
// CHECK:         %[[W:.*]] = memref.alloc() {eoq.buffer = "quantize"} : memref<108xi8>
// CHECK:         call @eoq_quantize_nearest_i16_i8
// CHECK:         %[[NHWC:.*]] = memref.alloc() {eoq.buffer = "conv_2d"} : memref<384xi8>
// CHECK:         call @eoq_copy_i8
// CHECK:         arith.addi %[[XE]], %[[WE]]
// CHECK:         memref.alloc() {eoq.buffer = "conv_2d"} : memref<512xi32>
// CHECK:         memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch}
// CHECK:         call @eoq_fused_i32_max
// CHECK:         call @eoq_fused_i32_nearest
// NCHW again before the flat view, which is the same memory.
// CHECK:         %[[FLAT:.*]] = memref.alloc() {eoq.buffer = "reshape"} : memref<512xi8>
// CHECK:         call @eoq_copy_i8
// CHECK:         memref.alloc() {eoq.buffer = "fully_connected"} : memref<10xi32>
// CHECK:         call @eoq_copy_i32
// CHECK:         memref.store %{{.*}}, %[[LE]]
// CHECK:         return
  func.func @predict(%x: tensor<2x3x8x8x!eoq.fixed<8, ?>>) -> tensor<2x5x!eoq.fixed<32, ?>> {
    %m = eoq.parameter_load @conv : tensor<4x3x3x3x!eoq.fixed<16, ?>>
    %w, %we = eoq.quantize %m {role = #eoq.role<weight>, rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : tensor<4x3x3x3x!eoq.fixed<16, ?>> -> tensor<4x3x3x3x!eoq.fixed<8, ?>>
    %acc = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8x!eoq.fixed<8, ?>>, tensor<4x3x3x3x!eoq.fixed<8, ?>>) -> tensor<2x4x8x8x!eoq.fixed<32, ?>>
    %a, %ae = eoq.quantize %acc {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 2 : i64} : tensor<2x4x8x8x!eoq.fixed<32, ?>> -> tensor<2x4x8x8x!eoq.fixed<8, ?>>
    %f = eoq.reshape %a : (tensor<2x4x8x8x!eoq.fixed<8, ?>>) -> tensor<2x256x!eoq.fixed<8, ?>>
    %fc = eoq.parameter_load @fc : tensor<5x256x!eoq.fixed<8, ?>>
    %z = eoq.fully_connected %f, %fc : (tensor<2x256x!eoq.fixed<8, ?>>, tensor<5x256x!eoq.fixed<8, ?>>) -> tensor<2x5x!eoq.fixed<32, ?>>
    return %z : tensor<2x5x!eoq.fixed<32, ?>>
  }
}

// The kernels come with the calls.
// CHECK: func.func private @eoq_fused_i32_nearest(
// CHECK-SAME: internal
