//===- Schedule.h - the learning rate of every step -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A learning rate is multiplier * 2^-shift. Schedules are integer arithmetic
// only, so that they are the same on every machine.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_SCHEDULE_H
#define EOQ_TRAINER_SCHEDULE_H

#include <cstdint>
#include <string>

namespace eoq::trainer {

/// multiplier * 2^-shift with an odd multiplier or shift 0;
/// 1 <= multiplier <= 32767, 0 <= shift <= 62.
struct LearningRate {
  int32_t multiplier = 1;
  int32_t shift = 0;

  bool operator==(const LearningRate &other) const {
    return multiplier == other.multiplier && shift == other.shift;
  }
  double value() const;
};

/// Range of learning rates that can be given: 2^-24 to 2^10.
constexpr double kSmallestLearningRate = 1.0 / (1 << 24);
constexpr double kLargestLearningRate = 1024.0;

/// The nearest learning rate with a 15-bit multiplier.
LearningRate toLearningRate(double value);

enum class Schedule { Constant, Linear, Cosine, Step };

/// "constant", "linear", "cosine", "step".
const char *scheduleName(Schedule schedule);
/// Inverse of scheduleName(); `text` must be one of the names.
Schedule parseSchedule(const std::string &text);

/// The factor of step 0 <= step < total in units of 2^-15: from 1 to 32768.
/// The first `warmup` steps rise linearly to 1; then `linear` and `cosine` fall
/// over the other steps towards 0, `step` is 1, 1/4 from 60 % and 1/16 from
/// 85 % of all steps.
int32_t scheduleFactor(Schedule schedule, int64_t step, int64_t total,
                       int64_t warmup);

/// rate * factor * 2^-15, rounded to a 15-bit multiplier, at least the smallest
/// one that `rate.shift` + 15 can express.
LearningRate scaled(LearningRate rate, int32_t factor);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_SCHEDULE_H
