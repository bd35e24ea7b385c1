//===- Sampling.h - order and augmentation of the samples -------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything random about the data, from a generator that is keyed by what it
// is used for and counts; so a resumed run needs no generator state.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_SAMPLING_H
#define EOQ_TRAINER_SAMPLING_H

#include <cstdint>
#include <string>
#include <vector>

namespace eoq::trainer {

/// What a random number is used for.
enum class Stream : uint64_t { Order = 1, Augmentation = 2, Bench = 3 };

/// 64 random bits, a function of its arguments only.
uint64_t randomBits(Stream stream, int32_t seed, uint64_t epoch,
                    uint64_t counter);

/// A permutation of 0..count-1 (Fisher-Yates); count < 2^32.
std::vector<uint32_t> epochOrder(uint64_t count, int32_t seed, uint64_t epoch);

enum class Augment { None, Shift, Flip, ShiftFlip };

/// "none", "shift", "flip", "shift-flip".
const char *augmentName(Augment augment);
/// Inverse of augmentName(); `text` must be one of the names.
Augment parseAugment(const std::string &text);

/// Where the pixels of an augmented image come from:
/// out[y][x] = in[y + dy][flip(x) + dx], the value of a zero pixel outside.
struct Transform {
  int dy = 0;
  int dx = 0;
  bool flip = false;
};

/// Shifts are uniform in -2..2 for each axis; a flip has probability 1/2.
Transform drawTransform(Augment augment, int32_t seed, uint64_t epoch,
                        uint64_t sample);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_SAMPLING_H
