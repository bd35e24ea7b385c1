// RUN: eoq-opt %s -eoq-fuse-elementwise -eoq-stream-products=block-bytes=8192 -split-input-file | FileCheck %s --enable-var-scope
// RUN: eoq-opt %s -eoq-fuse-elementwise -eoq-stream-products -split-input-file | FileCheck %s --check-prefix=LARGE
// RUN: eoq-opt %s -eoq-fuse-elementwise -eoq-stream-products=block-bytes=8192 -convert-eoq-to-kernels=slots=1 -split-input-file | FileCheck %s --enable-var-scope --check-prefix=KERNELS
// RUN: eoq-opt %s -mlir-print-op-on-diagnostic=false -eoq-fuse-elementwise -eoq-stream-products=block-bytes=8192 -convert-eoq-to-kernels=remarks=true -split-input-file -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Four images whose 32-bit results have 4096 bytes each: two blocks of two images.
// LARGE-NOT: blocks =

#one = #eoq.normal<mantissa = 20000, exponent = -17, centered = false>
!b8 = !eoq.fixed<8, ?>
!b32 = !eoq.fixed<32, ?>
!image8 = tensor<4x16x8x8x!b8>
!image32 = tensor<4x16x8x8x!b32>
!loss = tensor<!eoq.fixed<32, -10>>

module attributes {eoq.model_name = "products"} {
  eoq.parameter <weight> @w : tensor<16x16x1x1x!b8> = #one exponent -6
  eoq.parameter <bias> @b : tensor<16x!eoq.fixed<16, ?>> = dense<0.0> : tensor<16xf32> exponent -13
  eoq.parameter <weight> @fc : tensor<3x1024x!b8> = #one exponent -6
  eoq.parameter <exponent> @e1 : tensor<i32> = dense<-2147483648> : tensor<i32>
  eoq.parameter <exponent> @e2 : tensor<i32> = dense<-2147483648> : tensor<i32>

// It would need a larger arena than @train_step now does, so its product is made twice:
// for the exponent, and to be narrowed.
// CHECK-LABEL: func.func @predict(
// CHECK:         eoq.fused({{.*}}) {blocks = 2 : i64} :

// KERNELS-LABEL: func.func @predict(
// KERNELS:         %[[M:.*]] = scf.for %{{.*}} = %c0{{.*}} to %c2
// KERNELS:           call @eoq_conv_i8(
// KERNELS:           call @eoq_fused_i32_max(
// KERNELS:         call @eoq_exponent_shift(%[[M]],
// KERNELS:         scf.for %{{.*}} = %c0{{.*}} to %c2
// KERNELS:           call @eoq_conv_i8(
// KERNELS:           call @eoq_fused_i32_nearest(
  func.func @predict(%x: !image8) -> tensor<4x3x!b32> {
    %w = eoq.parameter_load @w : tensor<16x16x1x1x!b8>
    %fc = eoq.parameter_load @fc : tensor<3x1024x!b8>
    %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x1x1x!b8>) -> !image32
    %q, %e = eoq.quantize %0 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : !image32 -> !image8
    %f = eoq.reshape %q : (!image8) -> tensor<4x1024x!b8>
    %z = eoq.fully_connected %f, %fc : (tensor<4x1024x!b8>, tensor<3x1024x!b8>) -> tensor<4x3x!b32>
    return %z : tensor<4x3x!b32>
  }

// A product, a bias and a ReLU; the operands of the product come first.
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME:      %[[X:.*]]: tensor<4x16x8x8x
// CHECK:         %[[W:.*]] = eoq.parameter_load @w
// CHECK:         %[[B:.*]] = eoq.parameter_load @b
// CHECK:         %[[P1:.*]] = eoq.exponent_load @e1
// CHECK-NOT:     eoq.conv_2d
// CHECK:         %[[Q:.*]]:2 = eoq.fused(%[[X]], %[[W]], %[[B]], %[[P1]]) {blocks = 2 : i64} :
// CHECK-NEXT:    ^bb0(%[[X1:.*]]: tensor<4x16x8x8x{{.*}}, %[[W1:.*]]: tensor<16x16x1x1x{{.*}}, %[[B1:.*]]: tensor<16x
// CHECK-NEXT:      %[[ACC:.*]] = eoq.conv_2d %[[X1]], %[[W1]]
// CHECK-NEXT:      %[[S:.*]] = eoq.bias_add %[[ACC]], %[[B1]]
// CHECK-NEXT:      %[[R:.*]] = eoq.relu %[[S]]
// CHECK-NEXT:      eoq.quantize %[[R]] previous
// CHECK-NEXT:      eoq.yield
// CHECK:         eoq.exponent_store @e1

// REMARK: remark: conv_2d: weight 16x16x1x1, {{.*}}, 2 blocks of images; {{.*}}eoq_pack_weights_i8, eoq_conv_i8
// REMARK: remark: fused: conv_2d + bias_add + relu + quantize in one loop, 2 blocks of images, 4x16x8x8 as activation, nearest: exponent of the step before; {{.*}}eoq_fused_i32_bias_relu_max,

// One block of 2048 numbers; weights are packed before the loops. The first loop is for
// the first step.
// KERNELS-LABEL: func.func @train_step(
// KERNELS:         %[[ACC:.*]] = memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<2048xi32>
// KERNELS:         call @eoq_pack_weights_i8(
// KERNELS:         %[[FIRST:.*]] = arith.cmpi eq, %{{.*}}, %c-2147483648_i32
// KERNELS:         %[[TURNS:.*]] = arith.select %[[FIRST]], %c2{{.*}}, %c0
// KERNELS:         %[[M:.*]] = scf.for %{{.*}} = %c0{{.*}} to %[[TURNS]] step %c1{{.*}} iter_args(%{{.*}} = %c0_i64) -> (i64) {
// KERNELS-NOT:       call @eoq_pack
// KERNELS:           memref.view %{{.*}} : memref<4096xi8> to memref<2048xi8>
// KERNELS:           call @eoq_conv_i8(
// KERNELS:           call @eoq_fused_i32_bias_relu_max(
// KERNELS:           arith.maxsi
// KERNELS:         call @eoq_exponent_shift(%[[M]],
// KERNELS:         memref.alloc() {eoq.buffer = "fused"} : memref<4096xi8>
// KERNELS:         scf.for %{{.*}} = %c0{{.*}} to %c2
// KERNELS:           call @eoq_conv_i8(
// KERNELS:           %[[OUT:.*]] = memref.view %{{.*}} : memref<4096xi8> to memref<2048xi8>
// KERNELS:           call @eoq_fused_i32_bias_relu_max_nearest(
// KERNELS:         call @eoq_previous_exponent(
  func.func @train_step(%x: !image8, %labels: tensor<4xi32>, %lr: i32, %shift: i32, %seed: i32, %step: i32) -> (!loss, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<16x16x1x1x!b8>
    %b = eoq.parameter_load @b : tensor<16x!eoq.fixed<16, ?>>
    %fc = eoq.parameter_load @fc : tensor<3x1024x!b8>
    %0 = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x1x1x!b8>) -> !image32
    %s = eoq.bias_add %0, %b : (!image32, tensor<16x!eoq.fixed<16, ?>>) -> !image32
    %r = eoq.relu %s : (!image32) -> !image32
    %p1 = eoq.exponent_load @e1
    %q, %e = eoq.quantize %r previous %p1 {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : !image32 -> !image8
    eoq.exponent_store @e1, %e
    %f = eoq.reshape %q : (!image8) -> tensor<4x1024x!b8>
    %z = eoq.fully_connected %f, %fc : (tensor<4x1024x!b8>, tensor<3x1024x!b8>) -> tensor<4x3x!b32>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<4x3x!b32>, tensor<4xi32>) -> (!loss, i32)
    return %loss, %correct : !loss, i32
  }
}

// -----

// An error, rounded stochastically, of a sum with a 32-bit tensor that is stored again:
// that one is read and written where its part begins, and elements keep their numbers.

#one = #eoq.normal<mantissa = 20000, exponent = -17, centered = false>
!b8 = !eoq.fixed<8, ?>
!b32 = !eoq.fixed<32, ?>
!image8 = tensor<4x16x8x8x!b8>
!image32 = tensor<4x16x8x8x!b32>
!large8 = tensor<4x16x16x16x!b8>
!large32 = tensor<4x16x16x16x!b32>
!loss = tensor<!eoq.fixed<32, -10>>

module attributes {eoq.model_name = "errors"} {
  eoq.parameter <weight> @w : tensor<16x16x1x1x!b8> = #one exponent -6
  eoq.parameter <weight> @fc : tensor<3x1024x!b8> = #one exponent -6
  eoq.parameter <exponent> @e1 : tensor<i32> = dense<-2147483648> : tensor<i32>
  eoq.parameter <exponent> @e2 : tensor<i32> = dense<-2147483648> : tensor<i32>

// CHECK-LABEL: func.func @train_step(
// CHECK:         %[[WIDE:.*]] = eoq.conv_2d 
// CHECK:         eoq.fused({{.*}}%[[WIDE]]{{.*}}) {blocks = 2 : i64} :
// CHECK:           eoq.conv_2d_grad_input
// CHECK:           eoq.add
// CHECK:         eoq.fused({{.*}}) {blocks = 4 : i64} :
// CHECK:           eoq.max_pool_2d_grad_input
// CHECK:           eoq.quantize

// KERNELS-LABEL: func.func @train_step(
// KERNELS:         call @eoq_fused_i32_i32at_add_max(
// KERNELS:         call @eoq_number_pattern(
// KERNELS:         scf.for %[[TURN:.*]] = %c0{{.*}} to %c2
// KERNELS:           %[[I:.*]] = arith.index_cast %[[TURN]] : index to i32
// 2048 * 0x9E3779B1, modulo 2^32
// KERNELS:           %[[N:.*]] = arith.muli %[[I]], %c-1144158208_i32
// KERNELS:           %[[KEY:.*]] = arith.addi %{{.*}}, %[[N]]
// KERNELS:           %[[AT:.*]] = arith.muli %[[TURN]], %c2048{{.*}}
// KERNELS:           call @eoq_fused_i32_i32at_add_storeat_max_stochastic({{.*}}, %[[AT]], {{.*}}, %[[KEY]], %{{.*}}) :
// KERNELS:         call @eoq_max_pool_grad_i8_i32(
  func.func @train_step(%x: !large8, %labels: tensor<4xi32>, %lr: i32, %shift: i32, %seed: i32, %step: i32) -> (!loss, i32) {
    %key = eoq.random_key %seed, %step
    %w = eoq.parameter_load @w : tensor<16x16x1x1x!b8>
    %fc = eoq.parameter_load @fc : tensor<3x1024x!b8>
    %y = eoq.max_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (!large8) -> !image8
    %wide = eoq.conv_2d %y, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x1x1x!b8>) -> !image32
    %q0, %e0 = eoq.quantize %wide {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1 : i64} : !image32 -> !image8
    %0 = eoq.conv_2d_grad_input %q0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (!image8, tensor<16x16x1x1x!b8>) -> !image32
    %sum = eoq.add %0, %wide {magnitude_bits = array<i64: 31, 31>} : (!image32, !image32) -> !image32
    %p1 = eoq.exponent_load @e1
    %q1, %s1 = eoq.quantize %sum key %key previous %p1 {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 2 : i64} : !image32 -> !image8
    eoq.exponent_store @e1, %s1
    %pool = eoq.max_pool_2d_grad_input %q1, %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (!image8, !large8) -> !large32
    %p2 = eoq.exponent_load @e2
    %q2, %s2 = eoq.quantize %pool key %key previous %p2 {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<stochastic>, site = 3 : i64} : !large32 -> !large8
    eoq.exponent_store @e2, %s2
    %q3, %e3 = eoq.quantize %sum {role = #eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 4 : i64} : !image32 -> !image8
    %f = eoq.reshape %q3 : (!image8) -> tensor<4x1024x!b8>
    %z = eoq.fully_connected %f, %fc : (tensor<4x1024x!b8>, tensor<3x1024x!b8>) -> tensor<4x3x!b32>
    %loss, %correct = eoq.cross_entropy %z, %labels : (tensor<4x3x!b32>, tensor<4xi32>) -> (!loss, i32)
    return %loss, %correct : !loss, i32
  }
  func.func @predict(%x: !large8) -> tensor<4x3x!b32> {
    %fc = eoq.parameter_load @fc : tensor<3x1024x!b8>
    %y = eoq.max_pool_2d %x {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (!large8) -> !image8
    %f = eoq.reshape %y : (!image8) -> tensor<4x1024x!b8>
    %z = eoq.fully_connected %f, %fc : (tensor<4x1024x!b8>, tensor<3x1024x!b8>) -> tensor<4x3x!b32>
    return %z : tensor<4x3x!b32>
  }
}
