//===- Progress.h - what a user sees of a training --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One line that is rewritten on a terminal; plain lines from time to time
// otherwise.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_PROGRESS_H
#define EOQ_TRAINER_PROGRESS_H

#include "eoq/Trainer/TrainingPlan.h"

#include <chrono>
#include <string>

namespace eoq::trainer {

class Progress {
public:
  /// `epochs` is 0 if it is not known; `lastStep` is where this run ends.
  Progress(int64_t step, int64_t stepsPerEpoch, int64_t epochs,
           int64_t lastStep);

  /// After every step; prints when it is time to.
  void update(int64_t step, const Tally &epoch);

  /// Prints a line of its own.
  void line(const std::string &text);

  /// The time since the last update() is not time of a step.
  void skip();

private:
  using Clock = std::chrono::steady_clock;

  int64_t stepsPerEpoch;
  int64_t epochs;
  int64_t lastStep;
  int64_t shownStep;
  bool terminal;
  double stepSeconds = 0.0; ///< since the last line
  Clock::time_point last;
  Clock::time_point shown;
};

} // namespace eoq::trainer

#endif // EOQ_TRAINER_PROGRESS_H
