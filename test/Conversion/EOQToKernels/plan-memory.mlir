// RUN: eoq-opt %s -eoq-plan-memory | FileCheck %s --enable-var-scope

// %a and %c are never alive together; %b lives with both; what is only used
// through a cast lives as long as the cast's uses. 256 bytes and 128 bytes.

// CHECK:      eoq.memory_plan = {
// CHECK-SAME: arena_bytes = 384 : i64
// CHECK-SAME: {arena_bytes = 384 : i64, buffers = 3 : i64, lower_bound = 384 : i64, name = "predict", peak_operation = "use of 'first'", peak_scratch = 0 : i64}
// CHECK-SAME: optimizer = 0 : i64, state_bytes = 64 : i64, weights = 6 : i64
// CHECK-SAME: eoq.model_info = {arena_bytes = 384 : i64, name = "plan", state_bytes = 64 : i64}
module attributes {eoq.model_info = {name = "plan", state_bytes = 64 : i64}} {
  eoq.parameter <bias> @p : tensor<3x!eoq.fixed<16, ?>> = dense<0.0> : tensor<3xf32> exponent 0 {eoq.exponent_offset = 0 : i64, eoq.state_offset = 64 : i64}
  func.func private @use(memref<?xi8>, memref<?xi8>)

// CHECK-LABEL: func.func @predict(
// CHECK-SAME:    %{{.*}}: memref<64xi8>, %[[ARENA:.*]]: memref<384xi8>)
// CHECK-DAG:     %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG:     %[[C256:.*]] = arith.constant 256 : index
// CHECK:         %[[A:.*]] = memref.view %[[ARENA]][%[[C0]]][] {eoq.buffer = "a"} : memref<384xi8> to memref<200xi8>
// CHECK:         %[[B:.*]] = memref.view %[[ARENA]][%[[C256]]][] {eoq.buffer = "b"} : memref<384xi8> to memref<100xi8>
// CHECK:         %[[C:.*]] = memref.view %[[ARENA]][%[[C0]]][] {eoq.buffer = "c", eoq.scratch} : memref<384xi8> to memref<50xi32>
  func.func @predict(%state: memref<64xi8>) {
    %a = memref.alloc() {eoq.buffer = "a"} : memref<200xi8>
    %b = memref.alloc() {eoq.buffer = "b"} : memref<100xi8>
    %c = memref.alloc() {eoq.buffer = "c", eoq.scratch} : memref<50xi32>
    %0 = memref.cast %a : memref<200xi8> to memref<?xi8>
    %1 = memref.cast %b : memref<100xi8> to memref<?xi8>
    func.call @use(%0, %1) : (memref<?xi8>, memref<?xi8>) -> () loc("first")
    %i = arith.constant 3 : index
    %v = memref.load %c[%i] : memref<50xi32>
    %w = memref.load %b[%i] : memref<100xi8>
    return
  }
}
