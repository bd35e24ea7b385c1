// RUN: eoq-opt %s -convert-eoq-to-kernels | FileCheck %s --enable-var-scope

// f32, so that there are no exponents. Copies have at most four loops, merged
// where neighbours are contiguous on both sides.

module attributes {eoq.model_name = "movement"} {
// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %{{.*}}: memref<64xi8>, %[[X:[^:]*]]: memref<48xf32>
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C1:.*]] = arith.constant 1 : index
// CHECK-DAG:     %[[C2:.*]] = arith.constant 2 : index
// CHECK-DAG:     %[[C4:.*]] = arith.constant 4 : index
// CHECK-DAG:     %[[C24:.*]] = arith.constant 24 : index

// [:, 1:3, :, 1:2] of 2x3x2x4: source offset 8 + 1, strides 24 and, merged, 4.
// CHECK:         memref.alloc() {eoq.buffer = "slice"} : memref<8xf32>
// CHECK:         call @eoq_copy_f32({{[^,]*}}, {{[^,]*}}, %[[C1]], %[[C1]], %[[C2]], %[[C4]], %c9, %[[C0]], %[[C0]], %[[C24]], %[[C4]], %[[C0]], %[[C0]], %[[C0]], %[[C4]], %[[C1]])
// CHECK:         memref.alloc() {eoq.buffer = "pad"} : memref<24xf32>
// CHECK:         call @eoq_fill_f32
// CHECK:         call @eoq_copy_f32
// CHECK:         memref.alloc() {eoq.buffer = "transpose"} : memref<24xf32>
// CHECK:         call @eoq_copy_f32
// CHECK:         memref.alloc() {eoq.buffer = "concat"} : memref<72xf32>
// CHECK:         call @eoq_copy_f32
// CHECK:         call @eoq_copy_f32
// A reshape of row-major elements is nothing.
// CHECK-NOT:     eoq.buffer = "reshape"
// CHECK:         return
  func.func @predict(%x: tensor<2x3x2x4xf32>) -> tensor<2x36xf32> {
    %s = eoq.slice %x {offsets = array<i64: 0, 1, 0, 1>} : (tensor<2x3x2x4xf32>) -> tensor<2x2x2x1xf32>
    %p = eoq.pad %s {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 1>} : (tensor<2x2x2x1xf32>) -> tensor<2x3x2x2xf32>
    %t = eoq.transpose %p {permutation = array<i64: 0, 2, 1, 3>} : (tensor<2x3x2x2xf32>) -> tensor<2x2x3x2xf32>
    %r = eoq.reshape %t : (tensor<2x2x3x2xf32>) -> tensor<2x12xf32>
    %f = eoq.reshape %x : (tensor<2x3x2x4xf32>) -> tensor<2x24xf32>
    %z = eoq.concat %r, %f {axis = 1 : i64} : (tensor<2x12xf32>, tensor<2x24xf32>) -> tensor<2x36xf32>
    return %z : tensor<2x36xf32>
  }
}
