// RUN: eoq-opt %s -eoq-export-model=main=true | FileCheck %s --enable-var-scope

// CHECK-LABEL: module attributes
module attributes {
    eoq.options = {batch = 4 : i64, nested = {scheme = "eoq \22a\22", on}, momentum = 9.375000e-01 : f64},
    eoq.model_info = {arena_bytes = 128 : i64, batch = 4 : i64, channels = 1 : i64, classes = 3 : i64, height = 2 : i64, width = 5 : i64, identity = "abcd", name = "tiny", precision = 8 : i64, state_bytes = 192 : i64}} {
  // CHECK-NOT: eoq.parameter
  eoq.parameter <weight> @w : tensor<3x4x!eoq.fixed<16, ?>> trainable = dense<0.0> : tensor<3x4xf32> exponent -2 {eoq.exponent_offset = 0 : i64, eoq.state_offset = 64 : i64}
  eoq.parameter <exponent> @site : tensor<i32> = dense<0> : tensor<i32> {eoq.state_offset = 128 : i64}

  // CHECK: func.func private @initialize(%{{.*}}: memref<192xi8>, %{{.*}}: i32)
  // CHECK-SAME: llvm.linkage = #llvm.linkage<internal>
  func.func @initialize(%state: memref<192xi8>, %seed: i32) { return }
  func.func @train_step(%state: memref<192xi8>, %arena: memref<128xi8>, %images: memref<40xi8>, %e: i32, %labels: memref<4xi32>, %m: i32, %s: i32, %seed: i32, %step: i32, %loss: memref<1xi32>, %correct: memref<1xi32>) { return }
  func.func @evaluate(%state: memref<192xi8>, %arena: memref<128xi8>, %images: memref<40xi8>, %e: i32, %labels: memref<4xi32>, %loss: memref<1xi32>, %correct: memref<1xi32>) { return }
  func.func @predict(%state: memref<192xi8>, %arena: memref<128xi8>, %images: memref<40xi8>, %e: i32, %logits: memref<12xi32>, %le: memref<1xi32>) { return }
}

// The signatures of eoq.h.
// CHECK: llvm.func @eoq_tiny_initialize(%{{.*}}: !llvm.ptr, %{{.*}}: i32) {
// CHECK: llvm.func @eoq_tiny_train_step(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i32, %{{.*}}: !llvm.ptr, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) {
// CHECK: llvm.func @eoq_tiny_evaluate(
// CHECK: llvm.func @eoq_tiny_predict(

// CHECK: llvm.mlir.global internal constant @[[W:.*]]("w\00")
// CHECK: llvm.mlir.global internal constant @{{.*}}(dense<[3, 4]> : tensor<2xi64>)
// CHECK: llvm.mlir.global internal constant @{{.*}}("site\00")
// CHECK: llvm.mlir.global internal constant @eoq_tiny_tensors() {{.*}} : !llvm.array<2 x struct<(ptr, i32, i32, i64, ptr, i64, i64, i64)>> {
// CHECK: llvm.mlir.addressof @[[W]]
// 16 bits; trainable; two dimensions; 12 elements; at 64, exponent at 0.
// CHECK: llvm.mlir.constant(16 : i32)
// CHECK: llvm.mlir.constant(0 : i32)
// CHECK: llvm.mlir.constant(2 : i64)
// CHECK: llvm.mlir.constant(12 : i64)
// CHECK: llvm.mlir.constant(64 : i64)
// CHECK: llvm.mlir.constant(0 : i64)
// An exponent state: 32 bits, kind 3, rank 0, no shape, one element, at 128, no
// exponent.
// CHECK: llvm.mlir.constant(32 : i32)
// CHECK: llvm.mlir.constant(3 : i32)
// CHECK: llvm.mlir.constant(0 : i64)
// CHECK: llvm.mlir.zero : !llvm.ptr
// CHECK: llvm.mlir.constant(1 : i64)
// CHECK: llvm.mlir.constant(128 : i64)
// CHECK: llvm.mlir.constant(-1 : i64)
// CHECK: ("{\22batch\22:4,\22momentum\22:0.9375,\22nested\22:{\22on\22:true,\22scheme\22:\22eoq \\\22a\\\22\22}}\00")
// CHECK: llvm.mlir.global external constant @eoq_tiny_model()
// CHECK: llvm.func @eoq_trainer_main(!llvm.ptr, i32, !llvm.ptr) -> i32
// CHECK: llvm.func @main(%{{.*}}: i32, %{{.*}}: !llvm.ptr) -> i32 {
