//===- KernelTest.h - what the tests of kernels share -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random operands, and the scalar rules of docs/Numerics.md written straight
// down in 128 bits.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_KERNELTEST_H
#define EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_KERNELTEST_H

#include "KernelJit.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace mlir::eoq::test {

/// Every kernel, compiled once for this machine.
KernelJit &kernels();

inline std::mt19937 &generator() {
  static std::mt19937 engine(20240607);
  return engine;
}

inline int64_t randomInt(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(generator());
}

/// Numbers of all magnitudes below 2^bits, with the extremes more often.
template <typename T>
std::vector<T> randomVector(int64_t size, int bits = 8 * sizeof(T) - 1) {
  std::vector<T> result(size);
  int64_t limit = (int64_t(1) << bits) - 1;
  for (T &value : result) {
    int64_t kind = randomInt(0, 15);
    if (kind == 0)
      value = T(limit);
    else if (kind == 1)
      value = T(-limit);
    else if (kind == 2)
      value = 0;
    else {
      int64_t part = (int64_t(1) << randomInt(0, bits)) - 1;
      value = T(randomInt(-part, part));
    }
  }
  return result;
}

inline std::vector<float> randomFloats(int64_t size) {
  std::vector<float> result(size);
  for (float &value : result)
    value = std::uniform_real_distribution<float>(-1, 1)(generator());
  return result;
}

/// Sizes with tails of vectors and of parallel chunks.
inline std::vector<int64_t> sizes() {
  return {1, 2, 7, 8, 15, 16, 17, 31, 33, 64, 100, 1000, 16384, 16385, 40000};
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

using Wide = __int128;

inline Wide clampTo(Wide value, Wide limit) {
  return value > limit ? limit : value < -limit ? -limit : value;
}

inline int64_t limitOf(int bits) { return (int64_t(1) << (bits - 1)) - 1; }

inline Wide shiftLeft(Wide value, int64_t amount) {
  if (value == 0)
    return 0;
  return clampTo(value << std::min<int64_t>(amount, 60), limitOf(32));
}

/// shift(v, s, up) of N2.
inline Wide shiftUp(Wide value, int64_t s) {
  if (s <= 0)
    return shiftLeft(value, -s);
  return value > 0 ? ((value - 1) >> s) + 1 : -(-value >> s);
}

/// shift(v, s, nearest) of N2.
inline Wide shiftNearest(Wide value, int64_t s) {
  if (s <= 0)
    return shiftLeft(value, -s);
  s = std::min<int64_t>(s, 100);
  return (value + (Wide(1) << (s - 1))) >> s;
}

/// shift(v, s, stochastic) of N2.
inline Wide shiftStochastic(Wide value, int64_t s, uint32_t r) {
  if (s <= 0)
    return shiftLeft(value, -s);
  s = std::min<int64_t>(s, 40);
  if (s <= 16)
    return (value + (r >> (16 - s))) >> s;
  return (value + (Wide(r) << (s - 16)) + (Wide(1) << (s - 17))) >> s;
}

inline uint32_t hashOf(uint32_t i, uint32_t key, uint32_t site) {
  uint32_t h = i * 0x9E3779B1u + key + site * 0x85EBCA77u;
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return h;
}

inline uint32_t randomOf(uint32_t i, uint32_t key, uint32_t site) {
  return hashOf(i, key, site) >> 16;
}

inline int bitLength(uint64_t m) {
  int length = 0;
  for (; m; m >>= 1)
    ++length;
  return length;
}

/// s of N3.
inline int exponentShift(uint64_t m, int bits, bool round) {
  int s = bitLength(m) - (bits - 1);
  if (round && m >= 2 && (m >> (bitLength(m) - 2)) == 2)
    --s;
  return std::max(s, 0);
}

template <typename T>
uint64_t maxAbs(const std::vector<T> &values) {
  uint64_t m = 0;
  for (T value : values)
    m = std::max<uint64_t>(m, value < 0 ? -int64_t(value) : int64_t(value));
  return m;
}

} // namespace mlir::eoq::test

#endif // EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_KERNELTEST_H
