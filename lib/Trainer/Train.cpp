//===- Train.cpp - the command train --------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The training loop. A run that is resumed must give the bits of one that never
// stopped, so everything that the loop decides depends on the step, the plan
// and the progress in the checkpoint, and on nothing else.
//
//===----------------------------------------------------------------------===//
#include "TrainSetup.h"
#include "eoq/Trainer/Checkpoint.h"
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/Memory.h"
#include "eoq/Trainer/Metrics.h"
#include "eoq/Trainer/Progress.h"
#include "eoq/Trainer/Session.h"
#include "eoq/Trainer/Signals.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace eoq::trainer {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string format(const char *pattern, double a, double b) {
  char text[96];
  std::snprintf(text, sizeof(text), pattern, a, b);
  return text;
}

class TrainRun {
public:
  TrainRun(const eoq_model &model, const TrainOptions &options)
      : model(model), options(options), session(model),
        setup(setUpTraining(options, session)), plan(setup.plan),
        progress(setup.progress),
        metrics(options.metrics, progress.reportedEpochs), batch(model),
        display(session.step(), plan.stepsPerEpoch, plan.epochs,
                setup.lastStep) {}

  int run();

private:
  bool epochIsComplete() const {
    return session.step() / plan.stepsPerEpoch > progress.reportedEpochs &&
           session.step() % plan.stepsPerEpoch == 0;
  }
  bool reportEpoch();
  void trainStep();
  void fillBatch();
  void save();
  int interrupted();
  LearningRate learningRateOf(int64_t step) const {
    return scaled(
        plan.learningRate,
        scheduleFactor(plan.schedule, step, plan.totalSteps, plan.warmupSteps));
  }

  const eoq_model &model;
  const TrainOptions &options;
  Session session;
  TrainingSetup setup;
  const TrainingPlan &plan;
  TrainingProgress &progress;
  MetricsFile metrics;
  Batch batch;
  Progress display;
  std::vector<uint32_t> order; ///< of `orderEpoch`
  int64_t orderEpoch = -1;
  int64_t savedStep = -1;     ///< where the checkpoint is
  int64_t savedEpochs = -1;   ///< its reported epochs
  int64_t evaluatedStep = -1; ///< where `evaluation` was made
  Tally evaluation;
};

void TrainRun::save() {
  if (options.checkpoint.empty() ||
      (savedStep == session.step() && savedEpochs == progress.reportedEpochs))
    return;
  Checkpoint checkpoint;
  checkpoint.modelName = model.name;
  checkpoint.batch = model.batch;
  checkpoint.plan = plan;
  checkpoint.progress = progress;
  checkpoint.image = session.save();
  writeCheckpoint(options.checkpoint, checkpoint);
  savedStep = session.step();
  savedEpochs = progress.reportedEpochs;
  display.skip();
}

void TrainRun::fillBatch() {
  int64_t epoch = session.step() / plan.stepsPerEpoch;
  auto first =
      static_cast<uint64_t>(session.step() % plan.stepsPerEpoch) * model.batch;
  if (epoch != orderEpoch) {
    order =
        epochOrder(plan.trainImages, plan.seed, static_cast<uint64_t>(epoch));
    orderEpoch = epoch;
  }
  for (uint64_t row = 0; row < model.batch; ++row) {
    uint32_t sample = order[first + row];
    batch.set(row, *setup.trainImages, sample,
              drawTransform(plan.augment, plan.seed,
                            static_cast<uint64_t>(epoch), sample),
              setup.trainLabels[sample]);
  }
}

void TrainRun::trainStep() {
  Clock::time_point start = Clock::now();
  fillBatch();
  LearningRate rate = learningRateOf(session.step());
  eoq_result result;
  check(eoq_train_step(session.get(), batch.images(),
                       setup.trainImages->exponent(), batch.labels(),
                       rate.multiplier, rate.shift, &result),
        "cannot train");
  if (!std::isfinite(result.loss))
    throw RunError("expected a finite loss but step " +
                   std::to_string(session.step()) +
                   " has none; a smaller --lr may help");
  progress.epoch.add(result);
  progress.seconds += secondsSince(start);
}

/// Evaluates and writes the metrics line. False if a signal came in between;
/// then the epoch is not reported yet.
bool TrainRun::reportEpoch() {
  int64_t epoch = progress.reportedEpochs + 1;
  nlohmann::ordered_json line = {
      {"epoch", epoch},
      {"step", session.step()},
      {"learning_rate", learningRateOf(session.step() - 1).value()},
      {"loss", progress.epoch.loss()},
      {"accuracy", progress.epoch.accuracy()}};
  std::string text = "epoch " + std::to_string(epoch);
  if (plan.epochs > 0)
    text += "/" + std::to_string(plan.epochs);
  text += format(" done: loss %.4f accuracy %.2f %%", progress.epoch.loss(),
                 progress.epoch.accuracy());
  if (setup.evalImages) {
    std::optional<Tally> tally =
        evaluate(session, *setup.evalImages, setup.evalLabels);
    if (!tally)
      return false;
    evaluation = *tally;
    evaluatedStep = session.step();
    line[setup.evalName + "_loss"] = evaluation.loss();
    line[setup.evalName + "_accuracy"] = evaluation.accuracy();
    text += ", " + setup.evalName +
            format(" loss %.4f accuracy %.2f %%", evaluation.loss(),
                   evaluation.accuracy());
  }
  line["seconds"] = progress.seconds;
  metrics.append(line);
  display.line(text);
  display.skip();
  ++progress.reportedEpochs;
  progress.lastEpoch = progress.epoch;
  progress.epoch = Tally();
  return true;
}

int TrainRun::interrupted() {
  int signal = pendingSignal();
  save();
  display.line("interrupted by signal " + std::to_string(signal) + " at step " +
               std::to_string(session.step()) +
               (options.checkpoint.empty()
                    ? ": nothing was saved, as there is no --checkpoint"
                    : ": saved in " + quoted(options.checkpoint)));
  return 128 + signal;
}

int TrainRun::run() {
  SignalGuard guard;
  for (const std::string &note : setup.notes)
    display.line(note);
  display.skip();
  releaseUnusedMemory();
  while (true) {
    // First what a resumed run may have to make up for.
    if (epochIsComplete()) {
      if (!reportEpoch())
        return interrupted();
      if (!options.checkpointEvery)
        save();
    }
    if (session.step() >= setup.lastStep)
      break;
    if (pendingSignal() != 0)
      return interrupted();
    trainStep();
    display.update(session.step(), progress.epoch);
    if (options.checkpointEvery &&
        session.step() % *options.checkpointEvery == 0)
      save();
  }
  save();
  Tally result = progress.epoch.rows > 0 ? progress.epoch : progress.lastEpoch;
  if (setup.evalImages) {
    if (evaluatedStep != session.step()) {
      std::optional<Tally> tally =
          evaluate(session, *setup.evalImages, setup.evalLabels);
      if (!tally)
        return interrupted();
      evaluation = *tally;
    }
    result = evaluation;
  }
  display.line(finalLine(result, session));
  return 0;
}

} // namespace

int runTrain(const eoq_model &model, const TrainOptions &options) {
  configureThreads(options.threads);
  return TrainRun(model, options).run();
}

} // namespace eoq::trainer
