//===- Checkpoint.h - a training on disk ------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The saved image of the runtime, and what the training loop has to know
// besides. docs/Runtime.md has the layout.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_CHECKPOINT_H
#define EOQ_TRAINER_CHECKPOINT_H

#include "eoq/Trainer/TrainingPlan.h"

#include <string>
#include <vector>

namespace eoq::trainer {

struct Checkpoint {
  std::string modelName;
  uint64_t batch = 0;
  TrainingPlan plan;
  TrainingProgress progress;
  std::vector<uint8_t> image; ///< of eoq_save()
};

/// Writes `path` atomically. Throws RunError; then the old file is unchanged.
void writeCheckpoint(const std::string &path, const Checkpoint &checkpoint);

/// Throws RunError if a file at `path` is neither a checkpoint nor empty, so that
/// it would be lost, or if the checkpoint and the file `metrics` (empty: none)
/// would take each other's place.
void checkReplaceable(const std::string &path, const std::string &metrics);

/// Reads and verifies `path`. Throws RunError. The image is not interpreted;
/// eoq_load() does that.
Checkpoint readCheckpoint(const std::string &path);

/// The same for the content of a file; messages name `path`.
Checkpoint parseCheckpoint(const std::vector<uint8_t> &data,
                           const std::string &path);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_CHECKPOINT_H
