// RUN: eoq-opt %s -convert-eoq-to-kernels -split-input-file | FileCheck %s --enable-var-scope

// What the backward pass needs of a pooling's input is noted by the forward pass
// if nobody reads the input after that.

module attributes {eoq.model_name = "places"} {
// CHECK-LABEL: func.func @predict(
// One image and channel with two windows of 2 x 2, and a place for each.
// CHECK:         memref.alloc() {eoq.buffer = "max_pool_2d"} : memref<2xi8>
// CHECK:         %[[PLACES:.*]] = memref.alloc() {eoq.buffer = "max_pool_2d"} : memref<2xi8>
// CHECK:         %[[CAST:.*]] = memref.cast %[[PLACES]]
// CHECK:         call @eoq_max_pool_i8(%{{[^,]*}}, %{{[^,]*}}, %[[CAST]], {{.*}}, %c1_i32, %c0_i32)
// CHECK:         %[[CAST:.*]] = memref.cast %[[PLACES]]
// CHECK:         call @eoq_max_pool_grad_i8_i32(%{{[^,]*}}, %[[CAST]], {{.*}}, %c1_i32)
// CHECK:         return
  func.func @predict(%r: tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>> {
    %m = eoq.max_pool_2d %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x1x2x!eoq.fixed<8, ?>>
    %g = eoq.max_pool_2d_grad_input %m, %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x1x2x!eoq.fixed<8, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %z = eoq.reshape %g : (tensor<1x1x2x4x!eoq.fixed<32, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    return %z : tensor<1x8x!eoq.fixed<32, ?>>
  }
}

// -----

// The mask of a ReLU is in the note.

module attributes {eoq.model_name = "masked_places"} {
// CHECK-LABEL: func.func @predict(
// CHECK:         call @eoq_max_pool_i8({{.*}}, %c1_i32, %c1_i32)
// CHECK:         call @eoq_max_pool_grad_i8_i32({{.*}}, %c1_i32)
// CHECK-NOT:     @eoq_relu_grad
// CHECK:         return
  func.func @predict(%x: tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>> {
    %r = eoq.relu %x : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<8, ?>>
    %m = eoq.max_pool_2d %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x1x2x!eoq.fixed<8, ?>>
    %g = eoq.max_pool_2d_grad_input %m, %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x1x2x!eoq.fixed<8, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %h = eoq.relu_grad_input %g, %r : (tensor<1x1x2x4x!eoq.fixed<32, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %z = eoq.reshape %h : (tensor<1x1x2x4x!eoq.fixed<32, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    return %z : tensor<1x8x!eoq.fixed<32, ?>>
  }
}

// -----

// Also where the mask is fused with a quantizer.

module attributes {eoq.model_name = "fused_mask"} {
// CHECK-LABEL: func.func @predict(
// CHECK:         call @eoq_max_pool_i8({{.*}}, %c1_i32, %c1_i32)
// CHECK:         call @eoq_max_pool_grad_i8_i32({{.*}}, %c1_i32)
// CHECK:         call @eoq_fused_i32_max(
// CHECK:         call @eoq_fused_i32_nearest(
// CHECK:         return
  func.func @predict(%x: tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>> {
    %r = eoq.relu %x : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<8, ?>>
    %m = eoq.max_pool_2d %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x1x2x!eoq.fixed<8, ?>>
    %g = eoq.max_pool_2d_grad_input %m, %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x1x2x!eoq.fixed<8, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %q:2 = eoq.fused(%g, %r) : (tensor<1x1x2x4x!eoq.fixed<32, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> (tensor<1x1x2x4x!eoq.fixed<8, ?>>, i32) {
    ^bb0(%a: tensor<1x1x2x4x!eoq.fixed<32, ?>>, %b: tensor<1x1x2x4x!eoq.fixed<8, ?>>):
      %h = eoq.relu_grad_input %a, %b : (tensor<1x1x2x4x!eoq.fixed<32, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
      %n, %e = eoq.quantize %h {role = #eoq.role<error>, rule = #eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 1} : tensor<1x1x2x4x!eoq.fixed<32, ?>> -> tensor<1x1x2x4x!eoq.fixed<8, ?>>
      eoq.yield %n, %e : tensor<1x1x2x4x!eoq.fixed<8, ?>>, i32
    }
    %v = eoq.avg_pool_2d %q#0 {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %z = eoq.reshape %v : (tensor<1x1x2x4x!eoq.fixed<32, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    return %z : tensor<1x8x!eoq.fixed<32, ?>>
  }
}

// -----

// Another mask needs the input itself.

module attributes {eoq.model_name = "other_mask"} {
// CHECK-LABEL: func.func @predict(
// CHECK:         call @eoq_max_pool_i8({{.*}}, %c0_i32, %c0_i32)
// CHECK:         call @eoq_max_pool_grad_i8_i32({{.*}}, %c0_i32)
// CHECK:         call @eoq_clip_grad_i32
// CHECK:         return
  func.func @predict(%x: tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>> {
    %r = eoq.clip %x {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<8, ?>>
    %m = eoq.max_pool_2d %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x1x2x!eoq.fixed<8, ?>>
    %g = eoq.max_pool_2d_grad_input %m, %r {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x1x2x!eoq.fixed<8, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %h = eoq.clip_grad_input %g, %r {minimum = 0.0 : f64, maximum = 6.0 : f64} : (tensor<1x1x2x4x!eoq.fixed<32, ?>>, tensor<1x1x2x4x!eoq.fixed<8, ?>>) -> tensor<1x1x2x4x!eoq.fixed<32, ?>>
    %z = eoq.reshape %h : (tensor<1x1x2x4x!eoq.fixed<32, ?>>) -> tensor<1x8x!eoq.fixed<32, ?>>
    return %z : tensor<1x8x!eoq.fixed<32, ?>>
  }
}
