//===- Pairs.mlir - 16 numbers of 16 bits as two vectors of 32 bits -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// One instruction interleaves the lower (or the upper) halves of the 128-bit parts
// of two registers, and one packs two registers in the same way; the order of memory
// would cost twice as many. So elements 0..3 and 8..11 are the `low` vector, 4..7 and
// 12..15 the `high` one.

func.func private @eoq_words_i8(%x: vector<16xi8>) -> vector<16xi16> {
  %0 = arith.extsi %x : vector<16xi8> to vector<16xi16>
  return %0 : vector<16xi16>
}

func.func private @eoq_words_i16(%x: vector<16xi16>) -> vector<16xi16> {
  return %x : vector<16xi16>
}

// Pairs of an element of a and one of b, for a product that adds two (dot_accumulate).
func.func private @eoq_pairs(%a: vector<16xi16>, %b: vector<16xi16>) -> (vector<16xi16>, vector<16xi16>) {
  %low = vector.shuffle %a, %b [0, 16, 1, 17, 2, 18, 3, 19, 8, 24, 9, 25, 10, 26, 11, 27] : vector<16xi16>, vector<16xi16>
  %high = vector.shuffle %a, %b [4, 20, 5, 21, 6, 22, 7, 23, 12, 28, 13, 29, 14, 30, 15, 31] : vector<16xi16>, vector<16xi16>
  return %low, %high : vector<16xi16>, vector<16xi16>
}

// The pair (first, second) everywhere.
func.func private @eoq_pair_splat(%first: i32, %second: i32) -> vector<16xi16> {
  %c16 = arith.constant 16 : i32
  %mask = arith.constant 0xFFFF : i32
  %0 = arith.andi %first, %mask : i32
  %1 = arith.shli %second, %c16 : i32
  %2 = arith.ori %0, %1 : i32
  %3 = vector.broadcast %2 : i32 to vector<8xi32>
  %4 = vector.bitcast %3 : vector<8xi32> to vector<16xi16>
  return %4 : vector<16xi16>
}

// The elements of two vectors in the order of memory, their lower 16 bits.
func.func private @eoq_join_lower(%low: vector<8xi32>, %high: vector<8xi32>) -> vector<16xi16> {
  %0 = vector.bitcast %low : vector<8xi32> to vector<16xi16>
  %1 = vector.bitcast %high : vector<8xi32> to vector<16xi16>
  %2 = vector.shuffle %0, %1 [0, 2, 4, 6, 16, 18, 20, 22, 8, 10, 12, 14, 24, 26, 28, 30] : vector<16xi16>, vector<16xi16>
  return %2 : vector<16xi16>
}

// The same of their upper 16 bits.
func.func private @eoq_join_upper(%low: vector<8xi32>, %high: vector<8xi32>) -> vector<16xi16> {
  %c16 = arith.constant dense<16> : vector<8xi32>
  %0 = arith.shrui %low, %c16 : vector<8xi32>
  %1 = arith.shrui %high, %c16 : vector<8xi32>
  %2 = call @eoq_join_lower(%0, %1) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
  return %2 : vector<16xi16>
}

// The elements of two vectors, clamped to +-limit, of at most 15 bits.
func.func private @eoq_join_clamped(%low: vector<8xi32>, %high: vector<8xi32>, %limit: i32) -> vector<16xi16> {
  %zero = arith.constant 0 : i32
  %negated = arith.subi %zero, %limit : i32
  %max = vector.broadcast %limit : i32 to vector<8xi32>
  %min = vector.broadcast %negated : i32 to vector<8xi32>
  %0 = arith.minsi %low, %max : vector<8xi32>
  %1 = arith.maxsi %0, %min : vector<8xi32>
  %2 = arith.minsi %high, %max : vector<8xi32>
  %3 = arith.maxsi %2, %min : vector<8xi32>
  %4 = call @eoq_join_lower(%1, %3) : (vector<8xi32>, vector<8xi32>) -> vector<16xi16>
  return %4 : vector<16xi16>
}

// The largest magnitude of numbers with these largest and least ones, not -2^15.
func.func private @eoq_magnitude_of_range(%most: vector<16xi16>, %least: vector<16xi16>) -> i64 {
  %zero = arith.constant dense<0> : vector<16xi16>
  %negated = arith.subi %zero, %least : vector<16xi16>
  %both = arith.maxsi %most, %negated : vector<16xi16>
  %largest = vector.reduction <maxsi>, %both : vector<16xi16> into i16
  %result = arith.extsi %largest : i16 to i64
  return %result : i64
}

// The first sum in the hash (N5) of elements first .. first + 15 at a site with key k.
func.func private @eoq_hash_start(%first: index, %k: i32) -> (vector<8xi32>, vector<8xi32>) {
  %a = arith.constant 0x9E3779B1 : i32
  %va = arith.constant dense<0x9E3779B1> : vector<8xi32>
  %lanes = arith.constant dense<[0, 1, 2, 3, 8, 9, 10, 11]> : vector<8xi32>
  %c4 = arith.constant dense<4> : vector<8xi32>
  %number = arith.index_cast %first : index to i32
  %0 = arith.muli %number, %a : i32
  %1 = arith.addi %0, %k : i32
  %2 = vector.broadcast %1 : i32 to vector<8xi32>
  %3 = arith.muli %lanes, %va : vector<8xi32>
  %low = arith.addi %2, %3 : vector<8xi32>
  %4 = arith.muli %c4, %va : vector<8xi32>
  %high = arith.addi %low, %4 : vector<8xi32>
  return %low, %high : vector<8xi32>, vector<8xi32>
}

// The sum of the elements 16 further on.
func.func private @eoq_hash_next(%h: vector<8xi32>) -> vector<8xi32> {
  %advance = arith.constant dense<0xE3779B10> : vector<8xi32>
  %0 = arith.addi %h, %advance : vector<8xi32>
  return %0 : vector<8xi32>
}

// The hash after that sum, but for its last step: it does not change the upper half,
// which is R.
func.func private @eoq_hash_upper(%h: vector<8xi32>) -> vector<8xi32> {
  %second = arith.constant dense<0x85EBCA6B> : vector<8xi32>
  %third = arith.constant dense<0xC2B2AE35> : vector<8xi32>
  %c13 = arith.constant dense<13> : vector<8xi32>
  %c16 = arith.constant dense<16> : vector<8xi32>
  %0 = arith.shrui %h, %c16 : vector<8xi32>
  %1 = arith.xori %h, %0 : vector<8xi32>
  %2 = arith.muli %1, %second : vector<8xi32>
  %3 = arith.shrui %2, %c13 : vector<8xi32>
  %4 = arith.xori %2, %3 : vector<8xi32>
  %5 = arith.muli %4, %third : vector<8xi32>
  return %5 : vector<8xi32>
}

// Adds the squares of numbers that are not -2^15: two of them are below 2^31, and such
// sums are added in 64 bits, an even and an odd one.
func.func private @eoq_add_squares(%acc: vector<4xi64>, %q: vector<16xi16>) -> vector<4xi64> {
  %none = arith.constant dense<0> : vector<8xi32>
  %c32 = arith.constant dense<32> : vector<4xi64>
  %low = arith.constant dense<0xFFFFFFFF> : vector<4xi64>
  %s = eoq.dot_accumulate %none, %q, %q : vector<8xi32>, vector<16xi16>
  %two = vector.bitcast %s : vector<8xi32> to vector<4xi64>
  %even = arith.andi %two, %low : vector<4xi64>
  %odd = arith.shrui %two, %c32 : vector<4xi64>
  %0 = arith.addi %acc, %even : vector<4xi64>
  %1 = arith.addi %0, %odd : vector<4xi64>
  return %1 : vector<4xi64>
}
