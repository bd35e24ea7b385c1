//===- Bench.cpp - the command bench --------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The time of a training step, data loading apart.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/Memory.h"
#include "eoq/Trainer/ModelFacts.h"
#include "eoq/Trainer/Sampling.h"
#include "eoq/Trainer/Session.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

namespace eoq::trainer {
namespace {

constexpr int64_t kUntimedSteps = 2;
/// Inputs in about [-1, 1) and a usual learning rate.
constexpr int32_t kImageExponent = -7;
constexpr int32_t kLearningRateShift = 7;

/// Other images and labels at each step: images that are learnt by heart have
/// gradients of zeros, which are not what a training computes with.
void fillRandom(const eoq_model &model, int64_t step, Batch &batch) {
  size_t elements = batch.imageBytes() / (model.precision == 8 ? 1 : 4);
  for (size_t i = 0; i < elements; ++i) {
    auto fixed = static_cast<int8_t>(
        static_cast<int64_t>(randomBits(Stream::Bench, step, 0, i) % 255) -
        127);
    if (model.precision == 8) {
      static_cast<int8_t *>(batch.images())[i] = fixed;
    } else {
      float value = static_cast<float>(fixed) / 128.0f;
      std::memcpy(static_cast<char *>(batch.images()) + 4 * i, &value, 4);
    }
  }
  for (uint64_t row = 0; row < model.batch; ++row)
    batch.labels()[row] = static_cast<int32_t>(
        randomBits(Stream::Bench, step, 1, row) % model.classes);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

/// Milliseconds of each of `steps` training steps. The memory for them is free
/// again at the end, so that the report does not count as a part of the peak.
std::vector<double> timeSteps(const eoq_model &model, int64_t steps) {
  Session session(model);
  eoq_initialize(session.get(), 0);
  Batch batch(model);
  std::vector<double> milliseconds;
  releaseUnusedMemory();
  for (int64_t step = -kUntimedSteps; step < steps; ++step) {
    fillRandom(model, step, batch);
    auto start = std::chrono::steady_clock::now();
    check(eoq_train_step(session.get(), batch.images(), kImageExponent,
                         batch.labels(), 1, kLearningRateShift, nullptr),
          "cannot train");
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - start;
    if (step >= 0)
      milliseconds.push_back(time.count());
  }
  return milliseconds;
}

} // namespace

int runBench(const eoq_model &model, const BenchOptions &options) {
  unsigned threads = configureThreads(options.threads);
  double perStep = median(timeSteps(model, options.steps));
  releaseUnusedMemory();
  double imagesPerSecond =
      perStep > 0 ? 1000.0 * double(model.batch) / perStep : 0.0;
  nlohmann::ordered_json result = {{"model", model.name},
                                   {"batch", model.batch},
                                   {"threads", threads},
                                   {"ms_per_step_median", perStep},
                                   {"images_per_second", imagesPerSecond},
                                   {"peak_arena_bytes", model.arena_bytes},
                                   {"parameter_bytes", parameterBytes(model)}};
  if (options.json) {
    std::printf("%s\n", result
                            .dump(-1, ' ', /*ensure_ascii=*/true,
                                  nlohmann::json::error_handler_t::replace)
                            .c_str());
    return 0;
  }
  for (const auto &[name, value] : result.items())
    std::printf("%-19s %s\n", name.c_str(),
                value.is_string() ? value.get<std::string>().c_str()
                                  : value.dump().c_str());
  return 0;
}

} // namespace eoq::trainer
