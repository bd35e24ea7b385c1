//===- CommandLine.h - flags of the training program ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain structs that the command line fills, and the commands that they start.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_COMMANDLINE_H
#define EOQ_TRAINER_COMMANDLINE_H

#include "eoq/Runtime/eoq.h"

#include <cstdint>
#include <optional>
#include <string>

namespace eoq::trainer {

/// An option that is not given has its default in a fresh run, and the value of
/// the checkpoint in a resumed one.
struct TrainOptions {
  std::string data;
  std::optional<int64_t> epochs;
  std::optional<int64_t> steps;
  std::optional<double> lr;
  std::optional<std::string> lrSchedule;
  std::optional<double> warmup;
  std::optional<int32_t> seed;
  std::optional<std::string> augment;
  std::optional<double> inputMean;
  std::optional<double> inputScale;
  std::optional<double> validationSplit;
  std::optional<uint64_t> trainLimit;
  std::optional<unsigned> threads;
  std::string checkpoint;
  std::optional<int64_t> checkpointEvery;
  bool resume = false;
  std::string metrics;
  bool noEval = false;
};

struct EvalOptions {
  std::string data;
  std::string checkpoint;
  int32_t seed = 0;
  std::optional<double> inputMean;
  std::optional<double> inputScale;
  std::optional<unsigned> threads;
};

struct PredictOptions {
  std::string data;
  std::string images;
  std::string checkpoint;
  std::string output;
  std::optional<unsigned> threads;
};

struct InfoOptions {
  bool json = false;
  std::string checkpoint;
};

struct BenchOptions {
  int64_t steps = 20;
  bool json = false;
  std::optional<unsigned> threads;
};

/// The commands. Each returns the exit code, or throws RunError.
int runTrain(const eoq_model &model, const TrainOptions &options);
int runEval(const eoq_model &model, const EvalOptions &options);
int runPredict(const eoq_model &model, const PredictOptions &options);
int runInfo(const eoq_model &model, const InfoOptions &options);
int runBench(const eoq_model &model, const BenchOptions &options);

/// Parses the command line and runs the command. Returns the exit code.
int runCommandLine(const eoq_model &model, int argc, char **argv);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_COMMANDLINE_H
