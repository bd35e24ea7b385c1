//===- Dot.mlir - sums of four products of 8-bit integers -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// sum[i] + the sum of a[4i + j] * b[4i + j], j below 4, where a is in [0, 127]
// and b in [-127, 127]. What a processor has for it replaces the call: see
// populateLowerDotPatterns.
func.func private @eoq_dot_u7(%sum: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
  %bits = arith.constant dense<8> : vector<16xi16>
  %a_odd_even = vector.bitcast %a : vector<32xi8> to vector<16xi16>
  %b_odd_even = vector.bitcast %b : vector<32xi8> to vector<16xi16>
  %a_up = arith.shli %a_odd_even, %bits : vector<16xi16>
  %b_up = arith.shli %b_odd_even, %bits : vector<16xi16>
  %a_even = arith.shrsi %a_up, %bits : vector<16xi16>
  %b_even = arith.shrsi %b_up, %bits : vector<16xi16>
  %a_odd = arith.shrsi %a_odd_even, %bits : vector<16xi16>
  %b_odd = arith.shrsi %b_odd_even, %bits : vector<16xi16>
  %even = eoq.dot_accumulate %sum, %a_even, %b_even : vector<8xi32>, vector<16xi16>
  %all = eoq.dot_accumulate %even, %a_odd, %b_odd : vector<8xi32>, vector<16xi16>
  return %all : vector<8xi32>
}
