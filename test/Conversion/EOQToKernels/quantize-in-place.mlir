// RUN: eoq-opt %s -eoq-quantize-in-place -split-input-file | FileCheck %s --enable-var-scope
// RUN: eoq-opt %s -eoq-quantize-in-place -eoq-plan-memory -split-input-file | FileCheck %s --check-prefix=PLAN

// The result becomes the first part of its operand, behind which another buffer then
// has room: without, the peak would be 4096 + 1024 bytes.

// PLAN:       {arena_bytes = 4096 : i64, buffers = 3 : i64, lower_bound = 4096 : i64, name = "predict"
// PLAN-LABEL: func.func @predict(
// PLAN-SAME:  %{{.*}}: memref<64xi8>, %[[ARENA:.*]]: memref<4096xi8>)
// PLAN:       %[[BLOCK:.*]] = memref.view %[[ARENA]][%c0][] : memref<4096xi8> to memref<4096xi8>
// PLAN:       memref.view %[[BLOCK]][%c0{{.*}}][] {eoq.buffer = "wide"} : memref<4096xi8> to memref<1024xi32>
// PLAN:       memref.view %[[BLOCK]][%c0{{.*}}][] {eoq.buffer = "narrow"} : memref<4096xi8> to memref<1024xi8>
// PLAN:       memref.view %[[ARENA]][%c1024][] {eoq.buffer = "other"} : memref<4096xi8> to memref<2048xi8>
module attributes {eoq.model_info = {name = "plan", state_bytes = 64 : i64}} {
  func.func private @use(%a: memref<?xi8>, %b: memref<?xi8>) {
    return
  }

// CHECK-LABEL: func.func @predict(
// CHECK:         %[[BLOCK:.*]] = memref.alloc() : memref<4096xi8>
// CHECK:         %[[WIDE:.*]] = memref.view %[[BLOCK]][%c0{{.*}}][] {eoq.buffer = "wide"} : memref<4096xi8> to memref<1024xi32>
// CHECK:         %[[X:.*]] = memref.cast %[[WIDE]]
// CHECK:         call @eoq_fused_i32_max({{.*}}, %[[X]])
// CHECK:         %[[NARROW:.*]] = memref.view %[[BLOCK]][%c0{{.*}}][] {eoq.buffer = "narrow"} : memref<4096xi8> to memref<1024xi8>
// CHECK:         %[[OUT:.*]] = memref.cast %[[NARROW]]
// CHECK:         call @eoq_fused_i32_inside_nearest({{.*}}, %[[X]], %[[OUT]], %{{.*}}) :
// CHECK:         func.func private @eoq_fused_i32_inside_nearest
  func.func @predict(%state: memref<64xi8>) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c1024 = arith.constant 1024 : index
    %shift = arith.constant 3 : i32
    %wide = memref.alloc() {eoq.buffer = "wide"} : memref<1024xi32>
    %x = memref.cast %wide : memref<1024xi32> to memref<?xi32>
    %largest = func.call @eoq_fused_i32_max(%c1, %c1024, %c64, %x) : (index, index, index, memref<?xi32>) -> i64
    %narrow = memref.alloc() {eoq.buffer = "narrow"} : memref<1024xi8>
    %out = memref.cast %narrow : memref<1024xi8> to memref<?xi8>
    func.call @eoq_fused_i32_nearest(%c1, %c1024, %c64, %x, %out, %shift) {eoq.in_place = {inputs = array<i64: 3>, kernel = "eoq_fused_i32_inside_nearest", offset = 0 : i64, output = 4 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> ()
    %other = memref.alloc() {eoq.buffer = "other"} : memref<2048xi8>
    %y = memref.cast %other : memref<2048xi8> to memref<?xi8>
    func.call @use(%out, %y) : (memref<?xi8>, memref<?xi8>) -> ()
    return
  }
  func.func private @eoq_fused_i32_max(index, index, index, memref<?xi32>) -> i64
  func.func private @eoq_fused_i32_nearest(index, index, index, memref<?xi32>, memref<?xi8>, i32)
}

// -----

// The operand is read once more, so that nothing may be written over it; and a call
// that is not at the peak stays as it is.

// PLAN:       lower_bound = 8192 : i64
module attributes {eoq.model_info = {name = "plan", state_bytes = 64 : i64}} {
// CHECK-LABEL: func.func @predict(
// CHECK-COUNT-2: call @eoq_fused_i32_nearest(
// CHECK:         return
  func.func @predict(%state: memref<64xi8>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c1024 = arith.constant 1024 : index
    %shift = arith.constant 3 : i32
    %wide = memref.alloc() {eoq.buffer = "wide"} : memref<1024xi32>
    %x = memref.cast %wide : memref<1024xi32> to memref<?xi32>
    %narrow = memref.alloc() {eoq.buffer = "narrow"} : memref<4096xi8>
    %out = memref.cast %narrow : memref<4096xi8> to memref<?xi8>
    func.call @eoq_fused_i32_nearest(%c1, %c1024, %c64, %x, %out, %shift) {eoq.in_place = {inputs = array<i64: 3>, kernel = "eoq_fused_i32_inside_nearest", offset = 0 : i64, output = 4 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> ()
    %a = memref.load %wide[%c0] : memref<1024xi32>
    %small = memref.alloc() {eoq.buffer = "small"} : memref<64xi32>
    %z = memref.cast %small : memref<64xi32> to memref<?xi32>
    %tiny = memref.alloc() {eoq.buffer = "tiny"} : memref<64xi8>
    %t = memref.cast %tiny : memref<64xi8> to memref<?xi8>
    func.call @eoq_fused_i32_nearest(%c1, %c64, %c64, %z, %t, %shift) {eoq.in_place = {inputs = array<i64: 3>, kernel = "eoq_fused_i32_inside_nearest", offset = 0 : i64, output = 4 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> ()
    %b = memref.load %tiny[%c0] : memref<64xi8>
    return
  }
  func.func private @eoq_fused_i32_nearest(index, index, index, memref<?xi32>, memref<?xi8>, i32)
}

// -----

// The largest magnitude, which decides the exponent of the next step, is that of the
// kernel that works in place.

// PLAN:       lower_bound = 4096 : i64
module attributes {eoq.model_info = {name = "plan", state_bytes = 64 : i64}} {
// CHECK-LABEL: func.func @predict(
// CHECK:         %[[LARGEST:.*]] = call @eoq_fused_i32_inside_max_nearest(
// CHECK-NEXT:    memref.store %[[LARGEST]],
  func.func @predict(%state: memref<64xi8>, %result: memref<1xi64>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c1024 = arith.constant 1024 : index
    %shift = arith.constant 3 : i32
    %wide = memref.alloc() {eoq.buffer = "wide"} : memref<1024xi32>
    %x = memref.cast %wide : memref<1024xi32> to memref<?xi32>
    memref.store %shift, %wide[%c0] : memref<1024xi32>
    %narrow = memref.alloc() {eoq.buffer = "narrow"} : memref<1024xi8>
    %out = memref.cast %narrow : memref<1024xi8> to memref<?xi8>
    %largest = func.call @eoq_fused_i32_max_nearest(%c1, %c1024, %c64, %x, %out, %shift) {eoq.in_place = {inputs = array<i64: 3>, kernel = "eoq_fused_i32_inside_max_nearest", offset = 0 : i64, output = 4 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> i64
    memref.store %largest, %result[%c0] : memref<1xi64>
    return
  }
  func.func private @eoq_fused_i32_max_nearest(index, index, index, memref<?xi32>, memref<?xi8>, i32) -> i64
}

// -----

// A note that does not fit its call says nothing.

module attributes {eoq.model_info = {name = "plan", state_bytes = 64 : i64}} {
// CHECK-LABEL: func.func @predict(
// CHECK:         call @eoq_fused_i32_nearest(
// CHECK:         call @eoq_fused_i32_nearest(
// CHECK:         call @eoq_fused_i32_nearest(
  func.func @predict(%state: memref<64xi8>) {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %shift = arith.constant 3 : i32
    %wide = memref.alloc() {eoq.buffer = "wide"} : memref<64xi32>
    %x = memref.cast %wide : memref<64xi32> to memref<?xi32>
    %narrow = memref.alloc() {eoq.buffer = "narrow"} : memref<64xi8>
    %out = memref.cast %narrow : memref<64xi8> to memref<?xi8>
    func.call @eoq_fused_i32_nearest(%c1, %c64, %c64, %x, %out, %shift) {eoq.in_place = {inputs = array<i64: 6>, kernel = "eoq_fused_i32_inside_nearest", offset = 0 : i64, output = 4 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> ()
    func.call @eoq_fused_i32_nearest(%c1, %c64, %c64, %x, %out, %shift) {eoq.in_place = {inputs = array<i64: 3>, kernel = "eoq_fused_i32_inside_nearest", offset = 0 : i64, output = -1 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> ()
    func.call @eoq_fused_i32_nearest(%c1, %c64, %c64, %x, %out, %shift) {eoq.in_place = {inputs = array<i64: 3>, kernel = "eoq_fused_i32_inside_nearest", offset = -64 : i64, output = 4 : i64}} : (index, index, index, memref<?xi32>, memref<?xi8>, i32) -> ()
    return
  }
  func.func private @eoq_fused_i32_nearest(index, index, index, memref<?xi32>, memref<?xi8>, i32)
}
