//===- DefaultLearningRate.h - the rate if none is given --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The recipe behind a missing --lr.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_DEFAULTLEARNINGRATE_H
#define EOQ_TRAINER_DEFAULTLEARNINGRATE_H

#include "eoq/Runtime/eoq.h"
#include "eoq/Trainer/Schedule.h"

namespace eoq::trainer {

/// The default peak learning rate of `model`, trained with batches of `batch`
/// images for `totalSteps` steps. It is 2^-k, with k from the first rule that
/// applies:
///
/// 1. the model's options have `default_lr_exponent`: k is that number;
/// 2. they have `"optimizer": "sgd"`: k = 4 + log2 of how many times smaller
///    than 128 the batch is, rounded up to a power of two;
/// 3. otherwise (updates normalized by the size of each tensor):
///    k = 3 + floor(log2(128 / batch) / 2), the square-root rule;
///    + 1 for more than 1000 steps;
///    + 1 if the options have `"deep_or_depthwise": true`.
LearningRate defaultLearningRate(const eoq_model &model, uint64_t batch,
                                 int64_t totalSteps);

/// The same in words, for `--help`.
const char *defaultLearningRateHelp();

} // namespace eoq::trainer

#endif // EOQ_TRAINER_DEFAULTLEARNINGRATE_H
