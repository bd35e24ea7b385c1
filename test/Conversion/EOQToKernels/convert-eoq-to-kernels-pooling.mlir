// RUN: eoq-opt %s -split-input-file -convert-eoq-to-kernels | FileCheck %s --enable-var-scope

// One channel: both orders of the images are the same, so nothing is copied.

module attributes {eoq.model_name = "pooling"} {
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %{{.*}}: memref<64xi8>, %[[X:[^:]*]]: memref<32xi8>, %[[XE:[^:]*]]: i32
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : index
// CHECK-DAG:     %[[C3:.*]] = arith.constant 3 : index
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK-NOT:     @eoq_copy
// n, h, w, c, oh, ow; kernel; strides; dilations; pads top, left, bottom, right.
// CHECK:         call @eoq_max_pool_i8(%{{[^,]*}}, %{{[^,]*}}, %{{[^,]*}}, %[[C2]], %[[C4]], %[[C4]], %[[C1]], %[[C2]], %[[C3]], %[[C3]], %[[C2]], %[[C2]], %[[C1]], %[[C1]], %[[C1]], %[[C1]], %[[C0]], %[[C0]], %[[C0]], %c0_i32, %c0_i32)
// CHECK:         memref.alloc() {eoq.buffer = "max_pool_2d_grad_input"} : memref<32xi32>
// CHECK-NOT:     eoq.scratch
// The images are read later on, so that nothing is gained by noting places.
// CHECK:         call @eoq_max_pool_grad_i8_i32({{.*}}, %c0_i32)
// e - 15 (N12)
// CHECK:         arith.addi %[[XE]], %c-15_i32
// CHECK:         call @eoq_avg_pool_i8({{.*}}, %c1_i32, %c15_i32)
// CHECK:         arith.addi %[[XE]], %c-15_i32
// CHECK:         call @eoq_avg_pool_grad_i8({{.*}}, %c0_i32, %c15_i32)
// CHECK:         return
  func.func @predict(%x: tensor<2x1x4x4x!eoq.fixed<8, ?>>) -> tensor<2x16x!eoq.fixed<32, ?>> {
    %m = eoq.max_pool_2d %x {kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<2x1x4x4x!eoq.fixed<8, ?>>) -> tensor<2x1x2x3x!eoq.fixed<8, ?>>
    %g = eoq.max_pool_2d_grad_input %m, %x {kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<2x1x2x3x!eoq.fixed<8, ?>>, tensor<2x1x4x4x!eoq.fixed<8, ?>>) -> tensor<2x1x4x4x!eoq.fixed<32, ?>>
    %a = eoq.avg_pool_2d %x {kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 1>, count_include_pad} : (tensor<2x1x4x4x!eoq.fixed<8, ?>>) -> tensor<2x1x2x3x!eoq.fixed<32, ?>>
    %h = eoq.avg_pool_2d_grad_input %m {kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<2x1x2x3x!eoq.fixed<8, ?>>) -> tensor<2x1x4x4x!eoq.fixed<32, ?>>
    %z = eoq.reshape %g : (tensor<2x1x4x4x!eoq.fixed<32, ?>>) -> tensor<2x16x!eoq.fixed<32, ?>>
    return %z : tensor<2x16x!eoq.fixed<32, ?>>
  }}

// -----

module attributes {eoq.model_name = "large"} {
// 56 * 56 elements are more than 256 * 2^3, at most 256 * 2^4: e - 15 - 4 (N12).
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %{{.*}}: memref<{{.*}}xi8>, %[[X:[^:]*]]: memref<3136xi8>, %[[XE:[^:]*]]: i32
// CHECK:         arith.addi %[[XE]], %c-19_i32
// CHECK:         call @eoq_avg_pool_i8({{.*}}, %c0_i32, %c19_i32)
// CHECK:         arith.addi %[[XE]], %c-19_i32
// CHECK:         call @eoq_avg_pool_grad_i8({{.*}}, %c0_i32, %c19_i32)
// CHECK:         return
  func.func @predict(%x: tensor<1x1x56x56x!eoq.fixed<8, ?>>) -> tensor<1x1x!eoq.fixed<32, ?>> {
    %a = eoq.avg_pool_2d %x {kernel = array<i64: 56, 56>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x56x56x!eoq.fixed<8, ?>>) -> tensor<1x1x1x1x!eoq.fixed<32, ?>>
    %e = eoq.slice %x {offsets = array<i64: 0, 0, 0, 0>} : (tensor<1x1x56x56x!eoq.fixed<8, ?>>) -> tensor<1x1x1x1x!eoq.fixed<8, ?>>
    %g = eoq.avg_pool_2d_grad_input %e {kernel = array<i64: 56, 56>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x1x1x!eoq.fixed<8, ?>>) -> tensor<1x1x56x56x!eoq.fixed<32, ?>>
    %z = eoq.reshape %a : (tensor<1x1x1x1x!eoq.fixed<32, ?>>) -> tensor<1x1x!eoq.fixed<32, ?>>
    return %z : tensor<1x1x!eoq.fixed<32, ?>>
  }
}
