//===- CommandLine.cpp - flags of the training program --------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every flag with its range and default. A value out of its range is a wrong
// usage (exit code 2); what depends on files is checked by the commands.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/DefaultLearningRate.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace eoq::trainer {
namespace {

constexpr int kUsageError = 2;

/// Unlike CLI::Range this refuses a NaN.
CLI::Validator numberFrom(double low, double high) {
  return CLI::Validator(
      [low, high](std::string &text) -> std::string {
        double value = 0.0;
        if (CLI::detail::lexical_cast(text, value) && value >= low &&
            value <= high)
          return {};
        return "expected a number from " + CLI::detail::to_string(low) +
               " to " + CLI::detail::to_string(high) + " but got '" + text +
               "'";
      },
      "NUMBER");
}

CLI::Validator wholeNumberFrom(int64_t low, int64_t high) {
  return CLI::Validator(
      [low, high](std::string &text) -> std::string {
        int64_t value = 0;
        if (CLI::detail::lexical_cast(text, value) && value >= low &&
            value <= high)
          return {};
        return "expected a whole number from " + std::to_string(low) + " to " +
               std::to_string(high) + " but got '" + text + "'";
      },
      "N");
}

/// An empty name is most often that of a variable which is not set.
CLI::Validator fileName() {
  return CLI::Validator(
      [](std::string &text) -> std::string {
        return text.empty() ? "expected the name of a file" : "";
      },
      "FILE");
}

CLI::Validator outputName() {
  return CLI::Validator(
      [](std::string &text) -> std::string {
        for (const char *end : {".npy", ".csv", ".jsonl"}) {
          std::string suffix = end;
          if (text.size() > suffix.size() &&
              text.compare(text.size() - suffix.size(), suffix.size(),
                           suffix) == 0)
            return {};
        }
        return "expected a name that ends in .npy, .csv or .jsonl but got '" +
               text + "'";
      },
      "FILE");
}

template <typename Options>
void addThreads(CLI::App *command, Options &options) {
  command
      ->add_option("--threads", options.threads,
                   "Number of threads, 1 to 1024 (default: the OpenMP default, "
                   "or 1 without OpenMP)")
      ->check(wholeNumberFrom(1, 1024));
}

constexpr const char *kDataText =
    "Folder with the data: MNIST's IDX files (train-images-idx3-ubyte[.gz], "
    "train-labels-idx1-ubyte[.gz], t10k-...), or train-images.npy, "
    "train-labels.npy, test-images.npy, test-labels.npy";
constexpr const char *kMeanText =
    "Inputs are (pixel - M) / S; default: the rounded mean of the training "
    "images for uint8, 0 for float32";
constexpr const char *kScaleText = "Default: 128 for uint8, 1 for float32";

void addTrain(CLI::App &app, TrainOptions &options) {
  CLI::App *train =
      app.add_subcommand("train", "Train, and write checkpoints and metrics");
  train->add_option("--data", options.data, kDataText)->required();
  train
      ->add_option("--epochs", options.epochs,
                   "Passes over the training images; the length of the "
                   "schedule (default: 1, or as many as --steps needs)")
      ->check(wholeNumberFrom(1, 1000000));
  train
      ->add_option("--steps", options.steps,
                   "Stop after so many steps in total; without --epochs also "
                   "the length of the schedule")
      ->check(wholeNumberFrom(1, INT32_MAX));
  train
      ->add_option("--lr", options.lr,
                   "Peak learning rate, 2^-24 to 1024 (default: see below)")
      ->check(numberFrom(kSmallestLearningRate, kLargestLearningRate));
  train
      ->add_option("--lr-schedule", options.lrSchedule,
                   "step, cosine, linear or constant (default: linear); step "
                   "is x 1/4 at 60 % and again at 85 %")
      ->check(CLI::IsMember({"step", "cosine", "linear", "constant"}));
  train
      ->add_option("--warmup", options.warmup,
                   "Fraction of the steps in which the learning rate rises, 0 "
                   "to 1 (default: 0.05)")
      ->check(numberFrom(0.0, 1.0));
  train->add_option("--seed", options.seed,
                    "Of initial values, order, augmentation and rounding "
                    "(default: 0)");
  train
      ->add_option("--augment", options.augment,
                   "none, shift (up to 2 pixels), flip or shift-flip (default: "
                   "none)")
      ->check(CLI::IsMember({"none", "shift", "flip", "shift-flip"}));
  train->add_option("--input-mean", options.inputMean, kMeanText)
      ->check(numberFrom(-1e6, 1e6));
  train->add_option("--input-scale", options.inputScale, kScaleText)
      ->check(numberFrom(1e-6, 1e6));
  train
      ->add_option("--validation-split", options.validationSplit,
                   "Fraction of the training images, from the end, to hold "
                   "back and report in place of the test images (default: 0)")
      ->check(numberFrom(0.0, 0.999));
  train
      ->add_option("--train-limit", options.trainLimit,
                   "Use the first N training images only, after the split "
                   "(default: all)")
      ->check(wholeNumberFrom(1, INT32_MAX));
  addThreads(train, options);
  CLI::Option *checkpoint =
      train
          ->add_option(
              "--checkpoint", options.checkpoint,
              "Checkpoint file; written atomically, and at the end in any case")
          ->check(fileName());
  train
      ->add_option("--checkpoint-every", options.checkpointEvery,
                   "Steps between checkpoints (default: one per epoch)")
      ->check(wholeNumberFrom(1, INT32_MAX))
      ->needs(checkpoint);
  train
      ->add_flag(
          "--resume", options.resume,
          "Go on from the checkpoint; flags not given are taken from it. "
          "Starts from the beginning if there is none yet")
      ->needs(checkpoint);
  train
      ->add_option("--metrics", options.metrics,
                   "File for one JSON object per epoch")
      ->check(fileName());
  train->add_flag("--no-eval", options.noEval,
                  "Do not evaluate; the final line has the training accuracy");
  train->footer(defaultLearningRateHelp());
}

void addEval(CLI::App &app, EvalOptions &options) {
  CLI::App *eval =
      app.add_subcommand("eval", "Loss and accuracy on the test images");
  eval->add_option("--data", options.data, kDataText)->required();
  CLI::Option *checkpoint =
      eval->add_option("--checkpoint", options.checkpoint,
                       "Trained parameters (default: the initial ones)")
          ->check(fileName());
  eval->add_option("--seed", options.seed, "Of the initial values (default: 0)")
      ->excludes(checkpoint);
  eval->add_option("--input-mean", options.inputMean, kMeanText)
      ->check(numberFrom(-1e6, 1e6))
      ->excludes(checkpoint);
  eval->add_option("--input-scale", options.inputScale, kScaleText)
      ->check(numberFrom(1e-6, 1e6))
      ->excludes(checkpoint);
  addThreads(eval, options);
}

void addPredict(CLI::App &app, PredictOptions &options) {
  CLI::App *predict =
      app.add_subcommand("predict", "Class and logits of every image");
  CLI::Option_group *source =
      predict->add_option_group("source", "Exactly one of these");
  source->add_option("--data", options.data,
                     "Folder with the data; its test images are used");
  source->add_option("--images", options.images,
                     "An image file, IDX (also .gz) or .npy");
  source->require_option(1);
  predict->add_option("--checkpoint", options.checkpoint, "Trained parameters")
      ->required()
      ->check(fileName());
  predict
      ->add_option("--output", options.output,
                   "Output file: .npy (fields class, logits), .csv or .jsonl")
      ->required()
      ->check(outputName());
  addThreads(predict, options);
}

void addInfo(CLI::App &app, InfoOptions &options) {
  CLI::App *info =
      app.add_subcommand("info", "The model, its options, tensors and memory");
  info->add_flag("--json", options.json, "Print one JSON object");
  info->add_option("--checkpoint", options.checkpoint,
                   "Also print where this training is, and its hash")
      ->check(fileName());
}

void addBench(CLI::App &app, BenchOptions &options) {
  CLI::App *bench =
      app.add_subcommand("bench", "Time training steps on random data");
  bench
      ->add_option("--steps", options.steps,
                   "Timed steps (default: 20), after two that are not timed")
      ->check(wholeNumberFrom(1, 1000000));
  bench->add_flag("--json", options.json, "Print one JSON object");
  addThreads(bench, options);
}

} // namespace

int runCommandLine(const eoq_model &model, int argc, char **argv) {
  CLI::App app(std::string("Training program of the model ") + model.name);
  app.require_subcommand(1);
  TrainOptions train;
  EvalOptions eval;
  PredictOptions predict;
  InfoOptions info;
  BenchOptions bench;
  addTrain(app, train);
  addEval(app, eval);
  addPredict(app, predict);
  addInfo(app, info);
  addBench(app, bench);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
      return app.exit(error); // prints the help
    std::fprintf(stderr, "error: %s\nRun with --help for more information.\n",
                 error.what());
    return kUsageError;
  }
  if (app.got_subcommand("train"))
    return runTrain(model, train);
  if (app.got_subcommand("eval"))
    return runEval(model, eval);
  if (app.got_subcommand("predict"))
    return runPredict(model, predict);
  if (app.got_subcommand("info"))
    return runInfo(model, info);
  return runBench(model, bench);
}

} // namespace eoq::trainer
