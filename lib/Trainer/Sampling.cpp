//===- Sampling.cpp - order and augmentation of the samples ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generator is the finalizer of SplitMix64, applied once per key.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Sampling.h"

#include <numeric>
#include <utility>

namespace eoq::trainer {
namespace {

uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// Uniform in 0..bound-1 up to a bias below 2^-32 * bound; bound < 2^32.
uint64_t below(uint64_t random, uint64_t bound) {
  return ((random >> 32) * bound) >> 32;
}

} // namespace

uint64_t randomBits(Stream stream, int32_t seed, uint64_t epoch,
                    uint64_t counter) {
  uint64_t key =
      mix(static_cast<uint64_t>(stream) << 32 | static_cast<uint32_t>(seed));
  return mix(mix(key ^ mix(epoch)) ^ counter);
}

std::vector<uint32_t> epochOrder(uint64_t count, int32_t seed, uint64_t epoch) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (uint64_t i = count; i > 1; --i) {
    uint64_t j = below(randomBits(Stream::Order, seed, epoch, i), i);
    std::swap(order[i - 1], order[j]);
  }
  return order;
}

const char *augmentName(Augment augment) {
  switch (augment) {
  case Augment::None:
    return "none";
  case Augment::Shift:
    return "shift";
  case Augment::Flip:
    return "flip";
  case Augment::ShiftFlip:
    return "shift-flip";
  }
  return "none";
}

Augment parseAugment(const std::string &text) {
  for (Augment augment : {Augment::Shift, Augment::Flip, Augment::ShiftFlip})
    if (text == augmentName(augment))
      return augment;
  return Augment::None;
}

Transform drawTransform(Augment augment, int32_t seed, uint64_t epoch,
                        uint64_t sample) {
  Transform transform;
  if (augment == Augment::None)
    return transform;
  uint64_t random = randomBits(Stream::Augmentation, seed, epoch, sample);
  if (augment != Augment::Flip) {
    transform.dy = static_cast<int>((random & 0xffff) * 5 >> 16) - 2;
    transform.dx = static_cast<int>((random >> 16 & 0xffff) * 5 >> 16) - 2;
  }
  if (augment != Augment::Shift)
    transform.flip = (random >> 63) != 0;
  return transform;
}

} // namespace eoq::trainer
