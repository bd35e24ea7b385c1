// RUN: sed 's/BYTES/l2_cache_bytes = 65536 : i64/' %s | eoq-opt -convert-eoq-to-kernels="slots=1" | FileCheck %s --check-prefix=SMALL
// RUN: sed 's/BYTES/l2_cache_bytes = 524288 : i64/' %s | eoq-opt -convert-eoq-to-kernels="slots=1" | FileCheck %s --check-prefix=DEFAULT
// RUN: sed 's/, BYTES//' %s | eoq-opt -convert-eoq-to-kernels="slots=1" | FileCheck %s --check-prefix=DEFAULT
// RUN: sed 's/BYTES/l2_cache_bytes = 1048576 : i64/' %s | eoq-opt -convert-eoq-to-kernels="slots=1" | FileCheck %s --check-prefix=LARGE

// The padded pixels that a job works on follow the target's second-level cache.

// The weights, then what depends on the cache.
// SMALL:        memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<73728xi8>
// SMALL-NEXT:   memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<46592xi8>
// DEFAULT:      memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<73728xi8>
// DEFAULT-NEXT: memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<187712xi8>
// LARGE:        memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<73728xi8>
// LARGE-NEXT:   memref.alloc() {eoq.buffer = "conv_2d", eoq.scratch} : memref<250432xi8>
module attributes {eoq.model_name = "products", eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2", BYTES}} {
  eoq.parameter <weight> @w : tensor<32x256x3x3x!eoq.fixed<8, ?>> = #eoq.normal<mantissa = 20000, exponent = -17, centered = false> exponent -6
  func.func @predict(%x: tensor<4x256x28x28x!eoq.fixed<8, ?>>) -> tensor<4x25088x!eoq.fixed<32, ?>> {
    %w = eoq.parameter_load @w : tensor<32x256x3x3x!eoq.fixed<8, ?>>
    %y = eoq.conv_2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<4x256x28x28x!eoq.fixed<8, ?>>, tensor<32x256x3x3x!eoq.fixed<8, ?>>) -> tensor<4x32x28x28x!eoq.fixed<32, ?>>
    %logits = eoq.reshape %y : (tensor<4x32x28x28x!eoq.fixed<32, ?>>) -> tensor<4x25088x!eoq.fixed<32, ?>>
    return %logits : tensor<4x25088x!eoq.fixed<32, ?>>
  }
}
