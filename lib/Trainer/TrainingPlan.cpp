//===- TrainingPlan.cpp - what a training will do, and where it is --------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conversion to and from the JSON part of a checkpoint. Sums of losses are
// stored as the bits of a double, so that they survive exactly.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/TrainingPlan.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <zlib.h>

namespace eoq::trainer {
namespace {

using nlohmann::json;

json toJson(const Tally &tally) {
  uint64_t bits;
  std::memcpy(&bits, &tally.lossSum, sizeof(bits));
  return {{"loss_sum_bits", bits},
          {"correct", tally.correct},
          {"rows", tally.rows}};
}

Tally tallyFromJson(const json &json) {
  Tally tally;
  auto bits = json.at("loss_sum_bits").get<uint64_t>();
  std::memcpy(&tally.lossSum, &bits, sizeof(bits));
  json.at("correct").get_to(tally.correct);
  json.at("rows").get_to(tally.rows);
  return tally;
}

/// crc32() of zlib takes 32-bit lengths.
uLong addChecksum(uLong crc, const void *data, size_t bytes) {
  const auto *in = static_cast<const Bytef *>(data);
  while (bytes != 0) {
    size_t chunk = bytes < (size_t(1) << 30) ? bytes : size_t(1) << 30;
    crc = crc32(crc, in, static_cast<uInt>(chunk));
    in += chunk;
    bytes -= chunk;
  }
  return crc;
}

} // namespace

void Tally::add(const eoq_result &result) {
  lossSum += result.loss * result.rows;
  correct += result.correct;
  rows += result.rows;
}

double Tally::accuracy() const {
  return rows > 0 ? 100.0 * double(correct) / double(rows) : 0.0;
}

json toJson(const TrainingPlan &plan) {
  return {{"seed", plan.seed},
          {"epochs", plan.epochs},
          {"total_steps", plan.totalSteps},
          {"steps_per_epoch", plan.stepsPerEpoch},
          {"lr_multiplier", plan.learningRate.multiplier},
          {"lr_shift", plan.learningRate.shift},
          {"lr_schedule", scheduleName(plan.schedule)},
          {"warmup", plan.warmup},
          {"warmup_steps", plan.warmupSteps},
          {"augment", augmentName(plan.augment)},
          {"validation_split", plan.validationSplit},
          {"train_limit", plan.trainLimit},
          {"train_images", plan.trainImages},
          {"data_checksum", plan.dataChecksum},
          {"normalization",
           {{"from_float", plan.normalization.fromFloat},
            {"mean", plan.normalization.mean},
            {"scale", plan.normalization.scale},
            {"exponent", plan.normalization.exponent}}}};
}

TrainingPlan planFromJson(const json &json) {
  TrainingPlan plan;
  json.at("seed").get_to(plan.seed);
  json.at("epochs").get_to(plan.epochs);
  json.at("total_steps").get_to(plan.totalSteps);
  json.at("steps_per_epoch").get_to(plan.stepsPerEpoch);
  json.at("lr_multiplier").get_to(plan.learningRate.multiplier);
  json.at("lr_shift").get_to(plan.learningRate.shift);
  plan.schedule = parseSchedule(json.at("lr_schedule").get<std::string>());
  json.at("warmup").get_to(plan.warmup);
  json.at("warmup_steps").get_to(plan.warmupSteps);
  plan.augment = parseAugment(json.at("augment").get<std::string>());
  json.at("validation_split").get_to(plan.validationSplit);
  json.at("train_limit").get_to(plan.trainLimit);
  json.at("train_images").get_to(plan.trainImages);
  json.at("data_checksum").get_to(plan.dataChecksum);
  const auto &normalization = json.at("normalization");
  normalization.at("from_float").get_to(plan.normalization.fromFloat);
  normalization.at("mean").get_to(plan.normalization.mean);
  normalization.at("scale").get_to(plan.normalization.scale);
  normalization.at("exponent").get_to(plan.normalization.exponent);
  return plan;
}

json toJson(const TrainingProgress &progress) {
  return {{"reported_epochs", progress.reportedEpochs},
          {"epoch", toJson(progress.epoch)},
          {"last_epoch", toJson(progress.lastEpoch)},
          {"seconds", progress.seconds}};
}

TrainingProgress progressFromJson(const json &json) {
  TrainingProgress progress;
  json.at("reported_epochs").get_to(progress.reportedEpochs);
  progress.epoch = tallyFromJson(json.at("epoch"));
  progress.lastEpoch = tallyFromJson(json.at("last_epoch"));
  json.at("seconds").get_to(progress.seconds);
  return progress;
}

uint32_t checksumOf(const LabelledImages &data) {
  uLong crc = crc32(0, nullptr, 0);
  const Images &images = data.images;
  crc = addChecksum(crc, images.bytes.data(), images.bytes.size());
  crc = addChecksum(crc, images.floats.data(),
                    images.floats.size() * sizeof(float));
  crc = addChecksum(crc, data.labels.data(),
                    data.labels.size() * sizeof(int32_t));
  return static_cast<uint32_t>(crc);
}

} // namespace eoq::trainer
