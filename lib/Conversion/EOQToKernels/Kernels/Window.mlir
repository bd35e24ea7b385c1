//===- Window.mlir - which taps of a window lie in the image --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The taps k in [first, last) of a window that starts at `start` for which
// start + k * dilation lies in [0, size).
func.func private @eoq_window_range(%start: index, %taps: index, %dilation: index, %size: index) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %negated = arith.subi %c0, %start : index
  %missing = arith.maxsi %negated, %c0 : index
  %least = arith.subi %dilation, %c1 : index
  %up = arith.addi %missing, %least : index
  %skipped = arith.divui %up, %dilation : index
  %first = arith.minsi %skipped, %taps : index
  // Taps before the end of the image.
  %room = arith.subi %size, %start : index
  %place = arith.maxsi %room, %c0 : index
  %up2 = arith.addi %place, %least : index
  %fitting = arith.divui %up2, %dilation : index
  %end = arith.minsi %fitting, %taps : index
  %last = arith.maxsi %end, %first : index
  return %first, %last : index, index
}
