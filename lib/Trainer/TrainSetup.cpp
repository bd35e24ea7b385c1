//===- TrainSetup.cpp - what a training starts from -----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fresh training takes the flags and their defaults. A resumed one takes the
// plan of the checkpoint, and a flag that says something else is an error.
//
//===----------------------------------------------------------------------===//
#include "TrainSetup.h"
#include "eoq/Trainer/AtomicFile.h"
#include "eoq/Trainer/Checkpoint.h"
#include "eoq/Trainer/DefaultLearningRate.h"
#include "eoq/Trainer/Error.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <sys/stat.h>

namespace eoq::trainer {
namespace {

constexpr double kDefaultWarmup = 0.05;

std::string text(const std::string &value) { return value; }
std::string text(int64_t value) { return std::to_string(value); }
std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%g", value);
  return buffer;
}

bool exists(const std::string &path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0 || errno != ENOENT;
}

/// Compares flags to the plan of the checkpoint.
class ResumeCheck {
public:
  explicit ResumeCheck(const std::string &path) : path(path) {}

  [[noreturn]] void differ(const std::string &stored,
                           const std::string &given) const {
    throw RunError(quoted(path) + ": cannot resume: the checkpoint has " +
                   stored + " but this run has " + given);
  }

  template <typename T, typename U>
  void expect(const char *flag, const std::optional<T> &given,
              const U &stored) const {
    if (given && !(static_cast<U>(*given) == stored))
      differ(std::string(flag) + " " + text(stored),
             std::string(flag) + " " + text(static_cast<U>(*given)));
  }

  void expectFlags(const TrainOptions &options, const TrainingPlan &plan) const;
  void expectData(const TrainingPlan &plan, uint64_t images,
                  uint32_t checksum) const;

private:
  const std::string &path;
};

void ResumeCheck::expectFlags(const TrainOptions &options,
                              const TrainingPlan &plan) const {
  if (options.epochs && plan.epochs == 0)
    differ("--steps " + text(plan.totalSteps) + " and no --epochs",
           "--epochs " + text(*options.epochs));
  expect("--epochs", options.epochs, plan.epochs);
  // Steps alone were the length of the schedule. Without a schedule a longer
  // training begins like a shorter one.
  bool lengthMatters =
      plan.schedule != Schedule::Constant || plan.warmupSteps != 0;
  if (plan.epochs == 0 && lengthMatters)
    expect("--steps", options.steps, plan.totalSteps);
  expect("--seed", options.seed, int64_t(plan.seed));
  if (options.lr && !(toLearningRate(*options.lr) == plan.learningRate))
    differ("--lr " + text(plan.learningRate.value()),
           "--lr " + text(*options.lr));
  expect("--lr-schedule", options.lrSchedule,
         std::string(scheduleName(plan.schedule)));
  expect("--warmup", options.warmup, plan.warmup);
  expect("--augment", options.augment, std::string(augmentName(plan.augment)));
  expect("--input-mean", options.inputMean, plan.normalization.mean);
  expect("--input-scale", options.inputScale, plan.normalization.scale);
  expect("--validation-split", options.validationSplit, plan.validationSplit);
  expect("--train-limit", options.trainLimit, int64_t(plan.trainLimit));
}

void ResumeCheck::expectData(const TrainingPlan &plan, uint64_t images,
                             uint32_t checksum) const {
  if (images != plan.trainImages)
    differ(std::to_string(plan.trainImages) + " training images",
           std::to_string(images));
  if (checksum != plan.dataChecksum)
    differ("training data with checksum " + std::to_string(plan.dataChecksum),
           "data with checksum " + std::to_string(checksum));
}

/// Reads the checkpoint into the session.
Checkpoint restore(const TrainOptions &options, Session &session) {
  Checkpoint checkpoint = readCheckpoint(options.checkpoint);
  const eoq_model &model = session.model();
  ResumeCheck resume(options.checkpoint);
  if (checkpoint.modelName != model.name)
    resume.differ("the model " + quoted(checkpoint.modelName),
                  "the model " + quoted(model.name));
  if (checkpoint.batch != model.batch)
    resume.differ("batch size " + std::to_string(checkpoint.batch),
                  "batch size " + std::to_string(model.batch));
  session.load(checkpoint.image, options.checkpoint);
  const TrainingPlan &plan = checkpoint.plan;
  auto stepsPerEpoch = static_cast<int64_t>(plan.trainImages / model.batch);
  if (plan.stepsPerEpoch != stepsPerEpoch ||
      checkpoint.progress.reportedEpochs > session.step() / stepsPerEpoch)
    throw RunError(quoted(options.checkpoint) +
                   ": the checkpoint has damaged metadata");
  resume.expectFlags(options, plan);
  return checkpoint;
}

/// Everything of a fresh plan that does not depend on the data.
TrainingPlan planFromFlags(const TrainOptions &options) {
  TrainingPlan plan;
  plan.seed = options.seed.value_or(0);
  plan.epochs = options.epochs.value_or(options.steps ? 0 : 1);
  plan.schedule = parseSchedule(options.lrSchedule.value_or("linear"));
  plan.warmup = options.warmup.value_or(kDefaultWarmup);
  plan.augment = parseAugment(options.augment.value_or("none"));
  plan.validationSplit = options.validationSplit.value_or(0.0);
  plan.trainLimit = options.trainLimit.value_or(0);
  return plan;
}

void setLength(TrainingPlan &plan, int64_t totalSteps) {
  plan.totalSteps = totalSteps;
  plan.warmupSteps =
      static_cast<int64_t>(std::floor(plan.warmup * double(totalSteps) + 0.5));
}

/// The part of a fresh plan that depends on the data.
void completePlan(TrainingPlan &plan, const TrainOptions &options,
                  const eoq_model &model, const LabelledImages &train) {
  plan.trainImages = train.images.count;
  plan.stepsPerEpoch = static_cast<int64_t>(train.images.count / model.batch);
  if (plan.epochs > 0 && plan.stepsPerEpoch > INT32_MAX / plan.epochs)
    throw RunError("expected at most 2147483647 steps but " +
                   std::to_string(plan.epochs) + " epochs of " +
                   std::to_string(plan.stepsPerEpoch) + " steps are more");
  setLength(plan, plan.epochs > 0 ? plan.epochs * plan.stepsPerEpoch
                                  : *options.steps);
  plan.learningRate =
      options.lr ? toLearningRate(*options.lr)
                 : defaultLearningRate(model, model.batch, plan.totalSteps);
  plan.normalization = chooseNormalization(
      train.images, model.precision, options.inputMean, options.inputScale);
}

/// Splits off the validation images and applies the limit.
LabelledImages takeValidation(LabelledImages &train, const TrainingPlan &plan) {
  LabelledImages held;
  uint64_t count = train.images.count;
  auto heldCount = static_cast<uint64_t>(double(count) * plan.validationSplit);
  if (plan.validationSplit > 0.0) {
    if (heldCount == 0 || heldCount == count)
      throw RunError("--validation-split " + text(plan.validationSplit) +
                     ": expected images on both sides of the split but got " +
                     std::to_string(heldCount) + " of " +
                     std::to_string(count));
    held = train.splitFrom(count - heldCount);
  }
  if (plan.trainLimit > 0 && plan.trainLimit < train.images.count)
    (void)train.splitFrom(plan.trainLimit);
  return held;
}

std::string planText(const TrainingPlan &plan, const eoq_model &model) {
  return std::string("training ") + quoted(model.name) + ": " +
         std::to_string(plan.trainImages) + " images, batch " +
         std::to_string(model.batch) + ", " +
         std::to_string(plan.stepsPerEpoch) + " steps per epoch, " +
         std::to_string(plan.totalSteps) + " steps, learning rate " +
         text(plan.learningRate.value()) + " " + scheduleName(plan.schedule);
}

} // namespace

TrainingSetup setUpTraining(const TrainOptions &options, Session &session) {
  const eoq_model &model = session.model();
  TrainingSetup setup;
  bool resumed = false;
  if (!options.checkpoint.empty()) {
    checkWritable(options.checkpoint);
    checkReplaceable(options.checkpoint, options.metrics);
    resumed = options.resume && exists(options.checkpoint);
    if (options.resume && !resumed)
      setup.notes.push_back(quoted(options.checkpoint) +
                            " is not there yet: training from the beginning");
  }
  if (resumed) {
    Checkpoint checkpoint = restore(options, session);
    setup.plan = checkpoint.plan;
    setup.progress = checkpoint.progress;
  } else {
    setup.plan = planFromFlags(options);
    eoq_initialize(session.get(), setup.plan.seed);
  }

  TrainingPlan &plan = setup.plan;
  LabelledImages train = readSplit(options.data, Split::Train, model);
  LabelledImages eval = takeValidation(train, plan);
  if (train.images.count < model.batch)
    throw RunError(quoted(train.images.path) +
                   ": expected at least one batch of " +
                   std::to_string(model.batch) + " training images but got " +
                   std::to_string(train.images.count));
  uint32_t checksum = checksumOf(train);
  if (resumed) {
    ResumeCheck(options.checkpoint)
        .expectData(plan, train.images.count, checksum);
    if (plan.epochs == 0 && options.steps)
      setLength(plan, *options.steps); // the same, or allowed to differ
  } else {
    completePlan(plan, options, model, train);
    plan.dataChecksum = checksum;
  }
  setup.lastStep =
      std::min(plan.totalSteps, options.steps.value_or(plan.totalSteps));
  setup.notes.push_back(planText(plan, model));
  if (resumed)
    setup.notes.push_back("resumed from " + quoted(options.checkpoint) +
                          " at step " + std::to_string(session.step()));

  if (!options.noEval) {
    setup.evalName = plan.validationSplit > 0.0 ? "validation" : "test";
    if (plan.validationSplit == 0.0)
      eval = readSplit(options.data, Split::Test, model);
    setup.evalLabels = std::move(eval.labels);
    setup.evalImages.emplace(std::move(eval.images), plan.normalization,
                             model.precision);
  }
  setup.trainLabels = std::move(train.labels);
  setup.trainImages.emplace(std::move(train.images), plan.normalization,
                            model.precision);
  return setup;
}

} // namespace eoq::trainer
