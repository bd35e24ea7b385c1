//===- ConvTranspose.mlir - transposes of bytes for packed weights --------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// What ConvPackWeights.mlir and ConvPackQuads.mlir transpose by: 16 x 16 bytes are four
// rounds of interleaving. Two such blocks at a time fill vectors of 32 bytes.

// A round of a transpose, in both halves of 16 vectors: the first eight interleaved
// with the last eight.
func.func private @eoq_interleave_round(%a0: vector<32xi8>, %a1: vector<32xi8>, %a2: vector<32xi8>, %a3: vector<32xi8>, %a4: vector<32xi8>, %a5: vector<32xi8>, %a6: vector<32xi8>, %a7: vector<32xi8>, %a8: vector<32xi8>, %a9: vector<32xi8>, %a10: vector<32xi8>, %a11: vector<32xi8>, %a12: vector<32xi8>, %a13: vector<32xi8>, %a14: vector<32xi8>, %a15: vector<32xi8>) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>) {
  %b0 = vector.shuffle %a0, %a8 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b1 = vector.shuffle %a0, %a8 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b2 = vector.shuffle %a1, %a9 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b3 = vector.shuffle %a1, %a9 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b4 = vector.shuffle %a2, %a10 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b5 = vector.shuffle %a2, %a10 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b6 = vector.shuffle %a3, %a11 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b7 = vector.shuffle %a3, %a11 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b8 = vector.shuffle %a4, %a12 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b9 = vector.shuffle %a4, %a12 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b10 = vector.shuffle %a5, %a13 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b11 = vector.shuffle %a5, %a13 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b12 = vector.shuffle %a6, %a14 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b13 = vector.shuffle %a6, %a14 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  %b14 = vector.shuffle %a7, %a15 [0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55] : vector<32xi8>, vector<32xi8>
  %b15 = vector.shuffle %a7, %a15 [8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63] : vector<32xi8>, vector<32xi8>
  return %b0, %b1, %b2, %b3, %b4, %b5, %b6, %b7, %b8, %b9, %b10, %b11, %b12, %b13, %b14, %b15 : vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>
}

// Two blocks, one in each half: row i has src[from + i + j * stride], i and j below 16.
func.func private @eoq_transposed_blocks_i8(%src: memref<?xi8>, %from0: index, %from1: index, %stride: index) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>) {
  %q0_0 = vector.load %src[%from0] : memref<?xi8>, vector<16xi8>
  %q1_0 = vector.load %src[%from1] : memref<?xi8>, vector<16xi8>
  %a0 = vector.shuffle %q0_0, %q1_0 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_1 = arith.addi %from0, %stride : index
  %p1_1 = arith.addi %from1, %stride : index
  %q0_1 = vector.load %src[%p0_1] : memref<?xi8>, vector<16xi8>
  %q1_1 = vector.load %src[%p1_1] : memref<?xi8>, vector<16xi8>
  %a1 = vector.shuffle %q0_1, %q1_1 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_2 = arith.addi %p0_1, %stride : index
  %p1_2 = arith.addi %p1_1, %stride : index
  %q0_2 = vector.load %src[%p0_2] : memref<?xi8>, vector<16xi8>
  %q1_2 = vector.load %src[%p1_2] : memref<?xi8>, vector<16xi8>
  %a2 = vector.shuffle %q0_2, %q1_2 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_3 = arith.addi %p0_2, %stride : index
  %p1_3 = arith.addi %p1_2, %stride : index
  %q0_3 = vector.load %src[%p0_3] : memref<?xi8>, vector<16xi8>
  %q1_3 = vector.load %src[%p1_3] : memref<?xi8>, vector<16xi8>
  %a3 = vector.shuffle %q0_3, %q1_3 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_4 = arith.addi %p0_3, %stride : index
  %p1_4 = arith.addi %p1_3, %stride : index
  %q0_4 = vector.load %src[%p0_4] : memref<?xi8>, vector<16xi8>
  %q1_4 = vector.load %src[%p1_4] : memref<?xi8>, vector<16xi8>
  %a4 = vector.shuffle %q0_4, %q1_4 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_5 = arith.addi %p0_4, %stride : index
  %p1_5 = arith.addi %p1_4, %stride : index
  %q0_5 = vector.load %src[%p0_5] : memref<?xi8>, vector<16xi8>
  %q1_5 = vector.load %src[%p1_5] : memref<?xi8>, vector<16xi8>
  %a5 = vector.shuffle %q0_5, %q1_5 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_6 = arith.addi %p0_5, %stride : index
  %p1_6 = arith.addi %p1_5, %stride : index
  %q0_6 = vector.load %src[%p0_6] : memref<?xi8>, vector<16xi8>
  %q1_6 = vector.load %src[%p1_6] : memref<?xi8>, vector<16xi8>
  %a6 = vector.shuffle %q0_6, %q1_6 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_7 = arith.addi %p0_6, %stride : index
  %p1_7 = arith.addi %p1_6, %stride : index
  %q0_7 = vector.load %src[%p0_7] : memref<?xi8>, vector<16xi8>
  %q1_7 = vector.load %src[%p1_7] : memref<?xi8>, vector<16xi8>
  %a7 = vector.shuffle %q0_7, %q1_7 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_8 = arith.addi %p0_7, %stride : index
  %p1_8 = arith.addi %p1_7, %stride : index
  %q0_8 = vector.load %src[%p0_8] : memref<?xi8>, vector<16xi8>
  %q1_8 = vector.load %src[%p1_8] : memref<?xi8>, vector<16xi8>
  %a8 = vector.shuffle %q0_8, %q1_8 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_9 = arith.addi %p0_8, %stride : index
  %p1_9 = arith.addi %p1_8, %stride : index
  %q0_9 = vector.load %src[%p0_9] : memref<?xi8>, vector<16xi8>
  %q1_9 = vector.load %src[%p1_9] : memref<?xi8>, vector<16xi8>
  %a9 = vector.shuffle %q0_9, %q1_9 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_10 = arith.addi %p0_9, %stride : index
  %p1_10 = arith.addi %p1_9, %stride : index
  %q0_10 = vector.load %src[%p0_10] : memref<?xi8>, vector<16xi8>
  %q1_10 = vector.load %src[%p1_10] : memref<?xi8>, vector<16xi8>
  %a10 = vector.shuffle %q0_10, %q1_10 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_11 = arith.addi %p0_10, %stride : index
  %p1_11 = arith.addi %p1_10, %stride : index
  %q0_11 = vector.load %src[%p0_11] : memref<?xi8>, vector<16xi8>
  %q1_11 = vector.load %src[%p1_11] : memref<?xi8>, vector<16xi8>
  %a11 = vector.shuffle %q0_11, %q1_11 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_12 = arith.addi %p0_11, %stride : index
  %p1_12 = arith.addi %p1_11, %stride : index
  %q0_12 = vector.load %src[%p0_12] : memref<?xi8>, vector<16xi8>
  %q1_12 = vector.load %src[%p1_12] : memref<?xi8>, vector<16xi8>
  %a12 = vector.shuffle %q0_12, %q1_12 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_13 = arith.addi %p0_12, %stride : index
  %p1_13 = arith.addi %p1_12, %stride : index
  %q0_13 = vector.load %src[%p0_13] : memref<?xi8>, vector<16xi8>
  %q1_13 = vector.load %src[%p1_13] : memref<?xi8>, vector<16xi8>
  %a13 = vector.shuffle %q0_13, %q1_13 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_14 = arith.addi %p0_13, %stride : index
  %p1_14 = arith.addi %p1_13, %stride : index
  %q0_14 = vector.load %src[%p0_14] : memref<?xi8>, vector<16xi8>
  %q1_14 = vector.load %src[%p1_14] : memref<?xi8>, vector<16xi8>
  %a14 = vector.shuffle %q0_14, %q1_14 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %p0_15 = arith.addi %p0_14, %stride : index
  %p1_15 = arith.addi %p1_14, %stride : index
  %q0_15 = vector.load %src[%p0_15] : memref<?xi8>, vector<16xi8>
  %q1_15 = vector.load %src[%p1_15] : memref<?xi8>, vector<16xi8>
  %a15 = vector.shuffle %q0_15, %q1_15 [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31] : vector<16xi8>, vector<16xi8>
  %r0:16 = call @eoq_interleave_round(%a0, %a1, %a2, %a3, %a4, %a5, %a6, %a7, %a8, %a9, %a10, %a11, %a12, %a13, %a14, %a15) : (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>)
  %r1:16 = call @eoq_interleave_round(%r0#0, %r0#1, %r0#2, %r0#3, %r0#4, %r0#5, %r0#6, %r0#7, %r0#8, %r0#9, %r0#10, %r0#11, %r0#12, %r0#13, %r0#14, %r0#15) : (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>)
  %r2:16 = call @eoq_interleave_round(%r1#0, %r1#1, %r1#2, %r1#3, %r1#4, %r1#5, %r1#6, %r1#7, %r1#8, %r1#9, %r1#10, %r1#11, %r1#12, %r1#13, %r1#14, %r1#15) : (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>)
  %r3:16 = call @eoq_interleave_round(%r2#0, %r2#1, %r2#2, %r2#3, %r2#4, %r2#5, %r2#6, %r2#7, %r2#8, %r2#9, %r2#10, %r2#11, %r2#12, %r2#13, %r2#14, %r2#15) : (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>)
  return %r3#0, %r3#1, %r3#2, %r3#3, %r3#4, %r3#5, %r3#6, %r3#7, %r3#8, %r3#9, %r3#10, %r3#11, %r3#12, %r3#13, %r3#14, %r3#15 : vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>
}

// dst[at + 16 i + j] = src[from + i + j * stride] for two blocks, i and j below 16. The
// second is written behind the first.
func.func private @eoq_transpose_blocks_i8(%src: memref<?xi8>, %from0: index, %from1: index, %stride: index, %dst: memref<?xi8>, %at0: index, %at1: index) {
  %c16 = arith.constant 16 : index
  %v:16 = call @eoq_transposed_blocks_i8(%src, %from0, %from1, %stride) : (memref<?xi8>, index, index, index) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>)
  %h0_0 = vector.extract_strided_slice %v#0 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  vector.store %h0_0, %dst[%at0] : memref<?xi8>, vector<16xi8>
  %h0_1 = vector.extract_strided_slice %v#1 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_1 = arith.addi %at0, %c16 : index
  vector.store %h0_1, %dst[%o0_1] : memref<?xi8>, vector<16xi8>
  %h0_2 = vector.extract_strided_slice %v#2 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_2 = arith.addi %o0_1, %c16 : index
  vector.store %h0_2, %dst[%o0_2] : memref<?xi8>, vector<16xi8>
  %h0_3 = vector.extract_strided_slice %v#3 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_3 = arith.addi %o0_2, %c16 : index
  vector.store %h0_3, %dst[%o0_3] : memref<?xi8>, vector<16xi8>
  %h0_4 = vector.extract_strided_slice %v#4 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_4 = arith.addi %o0_3, %c16 : index
  vector.store %h0_4, %dst[%o0_4] : memref<?xi8>, vector<16xi8>
  %h0_5 = vector.extract_strided_slice %v#5 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_5 = arith.addi %o0_4, %c16 : index
  vector.store %h0_5, %dst[%o0_5] : memref<?xi8>, vector<16xi8>
  %h0_6 = vector.extract_strided_slice %v#6 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_6 = arith.addi %o0_5, %c16 : index
  vector.store %h0_6, %dst[%o0_6] : memref<?xi8>, vector<16xi8>
  %h0_7 = vector.extract_strided_slice %v#7 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_7 = arith.addi %o0_6, %c16 : index
  vector.store %h0_7, %dst[%o0_7] : memref<?xi8>, vector<16xi8>
  %h0_8 = vector.extract_strided_slice %v#8 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_8 = arith.addi %o0_7, %c16 : index
  vector.store %h0_8, %dst[%o0_8] : memref<?xi8>, vector<16xi8>
  %h0_9 = vector.extract_strided_slice %v#9 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_9 = arith.addi %o0_8, %c16 : index
  vector.store %h0_9, %dst[%o0_9] : memref<?xi8>, vector<16xi8>
  %h0_10 = vector.extract_strided_slice %v#10 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_10 = arith.addi %o0_9, %c16 : index
  vector.store %h0_10, %dst[%o0_10] : memref<?xi8>, vector<16xi8>
  %h0_11 = vector.extract_strided_slice %v#11 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_11 = arith.addi %o0_10, %c16 : index
  vector.store %h0_11, %dst[%o0_11] : memref<?xi8>, vector<16xi8>
  %h0_12 = vector.extract_strided_slice %v#12 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_12 = arith.addi %o0_11, %c16 : index
  vector.store %h0_12, %dst[%o0_12] : memref<?xi8>, vector<16xi8>
  %h0_13 = vector.extract_strided_slice %v#13 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_13 = arith.addi %o0_12, %c16 : index
  vector.store %h0_13, %dst[%o0_13] : memref<?xi8>, vector<16xi8>
  %h0_14 = vector.extract_strided_slice %v#14 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_14 = arith.addi %o0_13, %c16 : index
  vector.store %h0_14, %dst[%o0_14] : memref<?xi8>, vector<16xi8>
  %h0_15 = vector.extract_strided_slice %v#15 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_15 = arith.addi %o0_14, %c16 : index
  vector.store %h0_15, %dst[%o0_15] : memref<?xi8>, vector<16xi8>
  %h1_0 = vector.extract_strided_slice %v#0 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  vector.store %h1_0, %dst[%at1] : memref<?xi8>, vector<16xi8>
  %h1_1 = vector.extract_strided_slice %v#1 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_1 = arith.addi %at1, %c16 : index
  vector.store %h1_1, %dst[%o1_1] : memref<?xi8>, vector<16xi8>
  %h1_2 = vector.extract_strided_slice %v#2 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_2 = arith.addi %o1_1, %c16 : index
  vector.store %h1_2, %dst[%o1_2] : memref<?xi8>, vector<16xi8>
  %h1_3 = vector.extract_strided_slice %v#3 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_3 = arith.addi %o1_2, %c16 : index
  vector.store %h1_3, %dst[%o1_3] : memref<?xi8>, vector<16xi8>
  %h1_4 = vector.extract_strided_slice %v#4 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_4 = arith.addi %o1_3, %c16 : index
  vector.store %h1_4, %dst[%o1_4] : memref<?xi8>, vector<16xi8>
  %h1_5 = vector.extract_strided_slice %v#5 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_5 = arith.addi %o1_4, %c16 : index
  vector.store %h1_5, %dst[%o1_5] : memref<?xi8>, vector<16xi8>
  %h1_6 = vector.extract_strided_slice %v#6 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_6 = arith.addi %o1_5, %c16 : index
  vector.store %h1_6, %dst[%o1_6] : memref<?xi8>, vector<16xi8>
  %h1_7 = vector.extract_strided_slice %v#7 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_7 = arith.addi %o1_6, %c16 : index
  vector.store %h1_7, %dst[%o1_7] : memref<?xi8>, vector<16xi8>
  %h1_8 = vector.extract_strided_slice %v#8 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_8 = arith.addi %o1_7, %c16 : index
  vector.store %h1_8, %dst[%o1_8] : memref<?xi8>, vector<16xi8>
  %h1_9 = vector.extract_strided_slice %v#9 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_9 = arith.addi %o1_8, %c16 : index
  vector.store %h1_9, %dst[%o1_9] : memref<?xi8>, vector<16xi8>
  %h1_10 = vector.extract_strided_slice %v#10 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_10 = arith.addi %o1_9, %c16 : index
  vector.store %h1_10, %dst[%o1_10] : memref<?xi8>, vector<16xi8>
  %h1_11 = vector.extract_strided_slice %v#11 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_11 = arith.addi %o1_10, %c16 : index
  vector.store %h1_11, %dst[%o1_11] : memref<?xi8>, vector<16xi8>
  %h1_12 = vector.extract_strided_slice %v#12 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_12 = arith.addi %o1_11, %c16 : index
  vector.store %h1_12, %dst[%o1_12] : memref<?xi8>, vector<16xi8>
  %h1_13 = vector.extract_strided_slice %v#13 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_13 = arith.addi %o1_12, %c16 : index
  vector.store %h1_13, %dst[%o1_13] : memref<?xi8>, vector<16xi8>
  %h1_14 = vector.extract_strided_slice %v#14 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_14 = arith.addi %o1_13, %c16 : index
  vector.store %h1_14, %dst[%o1_14] : memref<?xi8>, vector<16xi8>
  %h1_15 = vector.extract_strided_slice %v#15 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_15 = arith.addi %o1_14, %c16 : index
  vector.store %h1_15, %dst[%o1_15] : memref<?xi8>, vector<16xi8>
  return
}

// The same for i below 9, which 3x3 taps are.
func.func private @eoq_transpose_nines_i8(%src: memref<?xi8>, %from0: index, %from1: index, %stride: index, %dst: memref<?xi8>, %at0: index, %at1: index) {
  %c16 = arith.constant 16 : index
  %v:16 = call @eoq_transposed_blocks_i8(%src, %from0, %from1, %stride) : (memref<?xi8>, index, index, index) -> (vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>, vector<32xi8>)
  %h0_0 = vector.extract_strided_slice %v#0 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  vector.store %h0_0, %dst[%at0] : memref<?xi8>, vector<16xi8>
  %h0_1 = vector.extract_strided_slice %v#1 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_1 = arith.addi %at0, %c16 : index
  vector.store %h0_1, %dst[%o0_1] : memref<?xi8>, vector<16xi8>
  %h0_2 = vector.extract_strided_slice %v#2 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_2 = arith.addi %o0_1, %c16 : index
  vector.store %h0_2, %dst[%o0_2] : memref<?xi8>, vector<16xi8>
  %h0_3 = vector.extract_strided_slice %v#3 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_3 = arith.addi %o0_2, %c16 : index
  vector.store %h0_3, %dst[%o0_3] : memref<?xi8>, vector<16xi8>
  %h0_4 = vector.extract_strided_slice %v#4 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_4 = arith.addi %o0_3, %c16 : index
  vector.store %h0_4, %dst[%o0_4] : memref<?xi8>, vector<16xi8>
  %h0_5 = vector.extract_strided_slice %v#5 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_5 = arith.addi %o0_4, %c16 : index
  vector.store %h0_5, %dst[%o0_5] : memref<?xi8>, vector<16xi8>
  %h0_6 = vector.extract_strided_slice %v#6 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_6 = arith.addi %o0_5, %c16 : index
  vector.store %h0_6, %dst[%o0_6] : memref<?xi8>, vector<16xi8>
  %h0_7 = vector.extract_strided_slice %v#7 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_7 = arith.addi %o0_6, %c16 : index
  vector.store %h0_7, %dst[%o0_7] : memref<?xi8>, vector<16xi8>
  %h0_8 = vector.extract_strided_slice %v#8 {offsets = [0], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o0_8 = arith.addi %o0_7, %c16 : index
  vector.store %h0_8, %dst[%o0_8] : memref<?xi8>, vector<16xi8>
  %h1_0 = vector.extract_strided_slice %v#0 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  vector.store %h1_0, %dst[%at1] : memref<?xi8>, vector<16xi8>
  %h1_1 = vector.extract_strided_slice %v#1 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_1 = arith.addi %at1, %c16 : index
  vector.store %h1_1, %dst[%o1_1] : memref<?xi8>, vector<16xi8>
  %h1_2 = vector.extract_strided_slice %v#2 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_2 = arith.addi %o1_1, %c16 : index
  vector.store %h1_2, %dst[%o1_2] : memref<?xi8>, vector<16xi8>
  %h1_3 = vector.extract_strided_slice %v#3 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_3 = arith.addi %o1_2, %c16 : index
  vector.store %h1_3, %dst[%o1_3] : memref<?xi8>, vector<16xi8>
  %h1_4 = vector.extract_strided_slice %v#4 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_4 = arith.addi %o1_3, %c16 : index
  vector.store %h1_4, %dst[%o1_4] : memref<?xi8>, vector<16xi8>
  %h1_5 = vector.extract_strided_slice %v#5 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_5 = arith.addi %o1_4, %c16 : index
  vector.store %h1_5, %dst[%o1_5] : memref<?xi8>, vector<16xi8>
  %h1_6 = vector.extract_strided_slice %v#6 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_6 = arith.addi %o1_5, %c16 : index
  vector.store %h1_6, %dst[%o1_6] : memref<?xi8>, vector<16xi8>
  %h1_7 = vector.extract_strided_slice %v#7 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_7 = arith.addi %o1_6, %c16 : index
  vector.store %h1_7, %dst[%o1_7] : memref<?xi8>, vector<16xi8>
  %h1_8 = vector.extract_strided_slice %v#8 {offsets = [16], sizes = [16], strides = [1]} : vector<32xi8> to vector<16xi8>
  %o1_8 = arith.addi %o1_7, %c16 : index
  vector.store %h1_8, %dst[%o1_8] : memref<?xi8>, vector<16xi8>
  return
}

func.func private @eoq_transpose_block_i8(%src: memref<?xi8>, %from: index, %stride: index, %dst: memref<?xi8>, %at: index) {
  call @eoq_transpose_blocks_i8(%src, %from, %from, %stride, %dst, %at, %at) : (memref<?xi8>, index, index, index, memref<?xi8>, index, index) -> ()
  return
}

// The same for i below `rows` only, without reading beyond `size` elements of
// src. May write up to 15 rows more.
func.func private @eoq_transpose_rows_i8(%src: memref<?xi8>, %size: index, %from: index, %stride: index, %rows: index, %dst: memref<?xi8>, %at: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %span = arith.muli %stride, %c15 : index
  %last = arith.addi %from, %span : index
  scf.for %i = %c0 to %rows step %c32 {
    %left = arith.subi %rows, %i : index
    %more = arith.cmpi sgt, %left, %c16 : index
    %ahead = arith.select %more, %c16, %c0 : index
    // The second block, or the first one again.
    %i1 = arith.addi %i, %ahead : index
    %first0 = arith.addi %from, %i : index
    %first1 = arith.addi %from, %i1 : index
    %down0 = arith.muli %i, %c16 : index
    %down1 = arith.muli %i1, %c16 : index
    %to0 = arith.addi %at, %down0 : index
    %to1 = arith.addi %at, %down1 : index
    %end0 = arith.addi %last, %i1 : index
    %end = arith.addi %end0, %c16 : index
    %inside = arith.cmpi sle, %end, %size : index
    scf.if %inside {
      func.call @eoq_transpose_blocks_i8(%src, %first0, %first1, %stride, %dst, %to0, %to1) : (memref<?xi8>, index, index, index, memref<?xi8>, index, index) -> ()
    } else {
      %count = arith.minsi %left, %c32 : index
      func.call @eoq_transpose_few_i8(%src, %first0, %stride, %count, %dst, %to0) : (memref<?xi8>, index, index, index, memref<?xi8>, index) -> ()
    }
  }
  return
}

// `rows` rows, one element after the other.
func.func private @eoq_transpose_few_i8(%src: memref<?xi8>, %from: index, %stride: index, %rows: index, %dst: memref<?xi8>, %at: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  scf.for %r = %c0 to %rows step %c1 {
    %f0 = arith.addi %from, %r : index
    %t0 = arith.muli %r, %c16 : index
    %t1 = arith.addi %at, %t0 : index
    scf.for %j = %c0 to %c16 step %c1 {
      %sj = arith.muli %j, %stride : index
      %f = arith.addi %f0, %sj : index
      %t = arith.addi %t1, %j : index
      %q = memref.load %src[%f] : memref<?xi8>
      memref.store %q, %dst[%t] : memref<?xi8>
    }
  }
  return
}

// `count` times `taps` rows, step apart in src and behind each other in dst, without
// reading beyond `size` elements of src. May write up to 15 rows more.
func.func private @eoq_transpose_taps_i8(%src: memref<?xi8>, %size: index, %from: index, %stride: index, %step: index, %count: index, %taps: index, %dst: memref<?xi8>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c9 = arith.constant 9 : index
  %c15 = arith.constant 15 : index
  %c16 = arith.constant 16 : index
  %line = arith.muli %taps, %c16 : index
  %span = arith.muli %stride, %c15 : index
  %nine = arith.cmpi eq, %taps, %c9 : index
  // Where two blocks of 16 rows stay within `size`.
  %last = arith.subi %count, %c1 : index
  %last_from0 = arith.muli %last, %step : index
  %last_from = arith.addi %from, %last_from0 : index
  %end0 = arith.addi %last_from, %span : index
  %end = arith.addi %end0, %c16 : index
  %fits = arith.cmpi sle, %end, %size : index
  %most = arith.select %fits, %count, %last : index
  %pairs = arith.divui %most, %c2 : index
  %even = arith.muli %pairs, %c2 : index
  %paired = arith.select %nine, %even, %c0 : index
  scf.for %k = %c0 to %paired step %c2 {
    %k_from = arith.muli %k, %step : index
    %from0 = arith.addi %from, %k_from : index
    %from1 = arith.addi %from0, %step : index
    %to0 = arith.muli %k, %line : index
    %to1 = arith.addi %to0, %line : index
    func.call @eoq_transpose_nines_i8(%src, %from0, %from1, %stride, %dst, %to0, %to1) : (memref<?xi8>, index, index, index, memref<?xi8>, index, index) -> ()
  }
  scf.for %k = %paired to %count step %c1 {
    %k_from = arith.muli %k, %step : index
    %from_k = arith.addi %from, %k_from : index
    %to = arith.muli %k, %line : index
    func.call @eoq_transpose_rows_i8(%src, %size, %from_k, %stride, %taps, %dst, %to) : (memref<?xi8>, index, index, index, index, memref<?xi8>, index) -> ()
  }
  return
}
