// RUN: eoq-opt %s -mlir-print-op-on-diagnostic=false -convert-eoq-to-kernels=remarks=true -o /dev/null 2>&1 | FileCheck %s --enable-var-scope
// RUN: eoq-opt %s -convert-eoq-to-kernels -o /dev/null 2>&1 | FileCheck %s --check-prefix=SILENT --allow-empty
// SILENT-NOT: remark:

module attributes {eoq.model_name = "products"} {
  eoq.parameter <weight> @conv : tensor<4x3x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  eoq.parameter <weight> @depthwise : tensor<4x1x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  eoq.parameter <weight> @grouped : tensor<32x2x1x1x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  eoq.parameter <weight> @fc : tensor<10x2048x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<2x3x8x8x!eoq.fixed<8, ?>>) -> tensor<2x10x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @conv : tensor<4x3x3x3x!eoq.fixed<8, ?>>
    // Few columns would be much of nothing.
    // CHECK: remark: conv_2d 'first': weight 4x3x3x3, output 2x4x8x8, 13824 multiplications: direct convolution, {{.*}}, 16 pixels of 4 channels at a time; {{.*}}eoq_{{.*}}; {{[0-9]+}} bytes of scratch
    %acc = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x3x8x8x!eoq.fixed<8, ?>>, tensor<4x3x3x3x!eoq.fixed<8, ?>>) -> tensor<2x4x8x8x!eoq.fixed<32, ?>> loc("first"("net.onnx":1:1))
    // CHECK: remark: quantize: 2x4x8x8 as activation, nearest: exponent of the tensor itself; {{.*}}eoq_
    %a, %ae = eoq.quantize %acc {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 2 : i64} : tensor<2x4x8x8x!eoq.fixed<32, ?>> -> tensor<2x4x8x8x!eoq.fixed<8, ?>>
    %d = eoq.parameter_load @depthwise : tensor<4x1x3x3x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: weight 4x1x3x3, output 2x4x8x8, 4608 multiplications: depthwise, 16 channels at a time; {{.*}}depthwise
    %acc2 = eoq.conv_2d %a, %d {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 4 : i64} : (tensor<2x4x8x8x!eoq.fixed<8, ?>>, tensor<4x1x3x3x!eoq.fixed<8, ?>>) -> tensor<2x4x8x8x!eoq.fixed<32, ?>>
    // CHECK: remark: quantize
    %a2, %ae2 = eoq.quantize %acc2 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 3 : i64} : tensor<2x4x8x8x!eoq.fixed<32, ?>> -> tensor<2x4x8x8x!eoq.fixed<8, ?>>
    %g = eoq.parameter_load @grouped : tensor<32x2x1x1x!eoq.fixed<8, ?>>
    // CHECK: remark: conv_2d: weight 32x2x1x1, output 2x32x8x8, 8192 multiplications: slow class: grouped, a product of 16 columns for each of 2 groups
    %acc3 = eoq.conv_2d %a2, %g {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<2x4x8x8x!eoq.fixed<8, ?>>, tensor<32x2x1x1x!eoq.fixed<8, ?>>) -> tensor<2x32x8x8x!eoq.fixed<32, ?>>
    // CHECK: remark: quantize
    %a3, %ae3 = eoq.quantize %acc3 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 4 : i64} : tensor<2x32x8x8x!eoq.fixed<32, ?>> -> tensor<2x32x8x8x!eoq.fixed<8, ?>>
    %f = eoq.reshape %a3 : (tensor<2x32x8x8x!eoq.fixed<8, ?>>) -> tensor<2x2048x!eoq.fixed<8, ?>>
    %fc = eoq.parameter_load @fc : tensor<10x2048x!eoq.fixed<8, ?>>
    // CHECK: remark: fully_connected: weight 10x2048, output 2x10, 40960 multiplications: matrix product, {{.*}}, 10 of 16 columns used
    %z = eoq.fully_connected %f, %fc : (tensor<2x2048x!eoq.fixed<8, ?>>, tensor<10x2048x!eoq.fixed<8, ?>>) -> tensor<2x10x!eoq.fixed<32, ?>>
    return %z : tensor<2x10x!eoq.fixed<32, ?>>
  }
}
