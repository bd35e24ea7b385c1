//===- Parts.mlir - parts of a tensor that threads share ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The elements of a part of n: at most 64 parts, none but the last of a length that
// is not a multiple of 16, and none so short that to begin it costs more than to
// work on it. So a small tensor is one part.
func.func private @eoq_part_size(%n: index) -> index {
  %lanes = arith.constant 16 : index
  %least = arith.constant 1024 : index
  %c1023 = arith.constant 1023 : index
  %up = arith.addi %n, %c1023 : index
  %vectors = arith.divui %up, %least : index
  %share = arith.muli %vectors, %lanes : index
  %size = arith.maxui %share, %least : index
  return %size : index
}

// How many parts of `size` elements n elements have.
func.func private @eoq_part_count(%n: index, %size: index) -> index {
  %c1 = arith.constant 1 : index
  %less = arith.subi %size, %c1 : index
  %up = arith.addi %n, %less : index
  %count = arith.divui %up, %size : index
  return %count : index
}
