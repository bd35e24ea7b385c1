// RUN: eoq-opt %s -convert-eoq-to-kernels | FileCheck %s --enable-var-scope

// An op works in its operand's buffer where nobody reads that afterwards.

module attributes {eoq.model_name = "elementwise"} {
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %[[STATE:[^:]*]]: memref<64xi8>, %[[X:[^:]*]]: memref<12xi8>, %[[XE:[^:]*]]: i32
// The images belong to the caller.
// CHECK:         %[[R:.*]] = memref.alloc() {eoq.buffer = "relu"} : memref<12xi8>
// CHECK:         %[[E:.*]] = call @eoq_aligned_exponent(%[[XE]], %{{.*}}, %[[XE]], %{{.*}})
// CHECK:         %[[SUM:.*]] = memref.alloc() {eoq.buffer = "add"} : memref<12xi32>
// CHECK:         call @eoq_add_i8_i8
// CHECK:         %[[CAST:.*]] = memref.cast %[[SUM]]
// CHECK:         %[[CAST2:.*]] = memref.cast %[[SUM]]
// CHECK:         call @eoq_leaky_relu_i32(%[[CAST]], %[[CAST2]], %{{.*}}, %{{.*}})
// CHECK:         call @eoq_clip_bound(%{{.*}}, %{{.*}}, %[[E]])
// CHECK:         call @eoq_clip_i32
// The first sum is read again below: a new buffer.
// CHECK:         %[[DIFFERENCE:.*]] = memref.alloc() {eoq.buffer = "sub"} : memref<12xi32>
// CHECK:         call @eoq_add_i32_i8
// CHECK-NOT:     memref.alloc
// CHECK:         call @eoq_add_i32_i32
// CHECK:         return
  func.func @predict(%x: tensor<2x6x1x1x!eoq.fixed<8, ?>>) -> tensor<2x6x!eoq.fixed<32, ?>> {
    %r = eoq.relu %x : (tensor<2x6x1x1x!eoq.fixed<8, ?>>) -> tensor<2x6x1x1x!eoq.fixed<8, ?>>
    %sum = eoq.add %r, %x {magnitude_bits = array<i64: 7, 7>} : (tensor<2x6x1x1x!eoq.fixed<8, ?>>, tensor<2x6x1x1x!eoq.fixed<8, ?>>) -> tensor<2x6x1x1x!eoq.fixed<32, ?>>
    %l = eoq.leaky_relu %sum {alpha = 5.000000e-01 : f64} : (tensor<2x6x1x1x!eoq.fixed<32, ?>>) -> tensor<2x6x1x1x!eoq.fixed<32, ?>>
    %c = eoq.clip %l {minimum = 0xFFF0000000000000 : f64, maximum = 6.000000e+00 : f64} : (tensor<2x6x1x1x!eoq.fixed<32, ?>>) -> tensor<2x6x1x1x!eoq.fixed<32, ?>>
    %d = eoq.sub %c, %x {magnitude_bits = array<i64: 30, 7>} : (tensor<2x6x1x1x!eoq.fixed<32, ?>>, tensor<2x6x1x1x!eoq.fixed<8, ?>>) -> tensor<2x6x1x1x!eoq.fixed<32, ?>>
    %s = eoq.add %d, %c {magnitude_bits = array<i64: 30, 30>} : (tensor<2x6x1x1x!eoq.fixed<32, ?>>, tensor<2x6x1x1x!eoq.fixed<32, ?>>) -> tensor<2x6x1x1x!eoq.fixed<32, ?>>
    %z = eoq.reshape %s : (tensor<2x6x1x1x!eoq.fixed<32, ?>>) -> tensor<2x6x!eoq.fixed<32, ?>>
    return %z : tensor<2x6x!eoq.fixed<32, ?>>
  }
}
