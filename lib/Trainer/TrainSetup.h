//===- TrainSetup.h - what a training starts from ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Flags, data and checkpoint together give the plan. Private to the command.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_TRAINER_TRAINSETUP_H
#define EOQ_LIB_TRAINER_TRAINSETUP_H

#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Session.h"

#include <optional>
#include <string>
#include <vector>

namespace eoq::trainer {

struct TrainingSetup {
  TrainingPlan plan;
  TrainingProgress progress;
  int64_t lastStep = 0; ///< where this run ends
  std::optional<PreparedImages> trainImages;
  std::vector<int32_t> trainLabels;
  std::optional<PreparedImages> evalImages; ///< empty with --no-eval
  std::vector<int32_t> evalLabels;
  std::string evalName; ///< "test" or "validation"
  std::vector<std::string> notes;
};

/// Initializes `session`, or restores it from the checkpoint, and reads the
/// data. Throws RunError.
TrainingSetup setUpTraining(const TrainOptions &options, Session &session);

} // namespace eoq::trainer

#endif // EOQ_LIB_TRAINER_TRAINSETUP_H
