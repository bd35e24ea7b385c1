//===- TrainingPlan.h - what a training will do -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plan is fixed when a training starts and must not change when it is
// resumed; the progress is what a checkpoint adds to the saved state.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_TRAININGPLAN_H
#define EOQ_TRAINER_TRAININGPLAN_H

#include "eoq/Trainer/Normalization.h"
#include "eoq/Trainer/Sampling.h"
#include "eoq/Trainer/Schedule.h"

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace eoq::trainer {

struct TrainingPlan {
  int32_t seed = 0;
  int64_t epochs = 0; ///< 0 if the length was given in steps
  int64_t totalSteps = 0;
  int64_t stepsPerEpoch = 0;
  LearningRate learningRate;
  Schedule schedule = Schedule::Linear;
  double warmup = 0.0; ///< fraction of all steps
  int64_t warmupSteps = 0;
  Augment augment = Augment::None;
  double validationSplit = 0.0;
  uint64_t trainLimit = 0;  ///< 0 for all
  uint64_t trainImages = 0; ///< after split and limit
  uint32_t dataChecksum = 0;
  Normalization normalization;
};

/// Sums over rows, so that means do not depend on how the sums were split.
struct Tally {
  double lossSum = 0.0;
  int64_t correct = 0;
  int64_t rows = 0;

  void add(const eoq_result &result);
  double loss() const { return rows > 0 ? lossSum / double(rows) : 0.0; }
  double accuracy() const; ///< percent
};

struct TrainingProgress {
  int64_t reportedEpochs = 0; ///< epochs whose metrics line was written
  Tally epoch;                ///< of the running epoch, until it is reported
  Tally lastEpoch;            ///< of the epoch reported last
  double seconds = 0.0;       ///< spent training, over all runs
};

nlohmann::json toJson(const TrainingPlan &plan);
nlohmann::json toJson(const TrainingProgress &progress);

/// Throw nlohmann::json::exception on missing or wrong members.
TrainingPlan planFromJson(const nlohmann::json &json);
TrainingProgress progressFromJson(const nlohmann::json &json);

/// CRC-32 over images and labels, to notice that the data changed.
uint32_t checksumOf(const LabelledImages &data);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_TRAININGPLAN_H
