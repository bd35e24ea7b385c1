//===- Checkpoint.cpp - a training on disk --------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Header, JSON, image, and a SHA-256 of all before it.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Checkpoint.h"
#include "eoq/Runtime/Sha256.h"
#include "eoq/Trainer/AtomicFile.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/InputFile.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace eoq::trainer {
namespace {

using nlohmann::json;

constexpr char kMagic[9] = "EOQCKPT\n";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeaderBytes = 32;

void put(uint8_t *out, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out[i] = static_cast<uint8_t>(value >> (8 * i));
}

uint64_t get(const uint8_t *in, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i)
    value |= uint64_t(in[i]) << (8 * i);
  return value;
}

/// The numbers that a program could not work with, whoever wrote them.
bool isSane(const Checkpoint &checkpoint) {
  const TrainingPlan &plan = checkpoint.plan;
  const TrainingProgress &progress = checkpoint.progress;
  const Normalization &normalization = plan.normalization;
  return plan.totalSteps >= 0 && plan.totalSteps <= INT32_MAX &&
         plan.epochs >= 0 && plan.stepsPerEpoch > 0 &&
         plan.stepsPerEpoch <= INT32_MAX && plan.warmupSteps >= 0 &&
         plan.warmupSteps <= plan.totalSteps && plan.warmup >= 0 &&
         plan.warmup <= 1 && plan.validationSplit >= 0 &&
         plan.validationSplit < 1 && plan.learningRate.multiplier >= 1 &&
         plan.learningRate.multiplier <= 32767 &&
         plan.learningRate.shift >= 0 && plan.learningRate.shift <= 47 &&
         std::isfinite(normalization.mean) &&
         std::isfinite(normalization.scale) && normalization.scale > 0 &&
         normalization.exponent >= -1024 && normalization.exponent <= 1024 &&
         progress.reportedEpochs >= 0 && progress.reportedEpochs <= INT32_MAX;
}

} // namespace

void writeCheckpoint(const std::string &path, const Checkpoint &checkpoint) {
  json metadata = {{"model", checkpoint.modelName},
                   {"batch", checkpoint.batch},
                   {"plan", toJson(checkpoint.plan)},
                   {"progress", toJson(checkpoint.progress)}};
  std::string text = metadata.dump(-1, ' ', /*ensure_ascii=*/true,
                                   json::error_handler_t::replace);
  uint8_t header[kHeaderBytes] = {};
  std::memcpy(header, kMagic, 8);
  put(header + 8, kVersion, 4);
  put(header + 16, text.size(), 8);
  put(header + 24, checkpoint.image.size(), 8);

  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  eoq_rt_sha256_add(&context, header, sizeof(header));
  eoq_rt_sha256_add(&context, text.data(), text.size());
  eoq_rt_sha256_add(&context, checkpoint.image.data(), checkpoint.image.size());
  uint8_t digest[EOQ_RT_SHA256_BYTES];
  eoq_rt_sha256_finish(&context, digest);

  AtomicFile file(path);
  file.write(header, sizeof(header));
  file.write(text);
  file.write(checkpoint.image.data(), checkpoint.image.size());
  file.write(digest, sizeof(digest));
  file.commit();
}

void checkReplaceable(const std::string &path, const std::string &metrics) {
  if (!metrics.empty() &&
      (isSameFile(path, metrics) || isSameFile(path + ".tmp", metrics)))
    throw RunError(quoted(path) +
                   ": the checkpoint cannot be written to the file of "
                   "--metrics, nor beside one that is named like it with "
                   "'.tmp'; give two other names");
  std::ifstream file(path, std::ios::binary);
  char start[8];
  file.read(start, sizeof(start));
  std::streamsize bytes = file.gcount();
  if (bytes == 8 ? std::memcmp(start, kMagic, 8) != 0 : bytes != 0)
    throw RunError(quoted(path) +
                   ": is there and is no checkpoint, so it is not replaced by "
                   "one; give --checkpoint a name that is not taken, or remove "
                   "the file");
}

Checkpoint readCheckpoint(const std::string &path) {
  return parseCheckpoint(readWholeFile(path), path);
}

Checkpoint parseCheckpoint(const std::vector<uint8_t> &data,
                           const std::string &path) {
  auto fail = [&](const std::string &message) -> RunError {
    return RunError(quoted(path) + ": " + message);
  };
  if (data.size() < 8 || std::memcmp(data.data(), kMagic, 8) != 0)
    throw fail("expected a checkpoint but got another kind of file");
  if (data.size() < kHeaderBytes + EOQ_RT_SHA256_BYTES)
    throw fail("the checkpoint is truncated or damaged");
  size_t covered = data.size() - EOQ_RT_SHA256_BYTES;
  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  eoq_rt_sha256_add(&context, data.data(), covered);
  uint8_t digest[EOQ_RT_SHA256_BYTES];
  eoq_rt_sha256_finish(&context, digest);
  if (std::memcmp(digest, data.data() + covered, sizeof(digest)) != 0)
    throw fail("the checkpoint is truncated or damaged");
  if (get(data.data() + 8, 4) != kVersion)
    throw fail("expected checkpoint version " + std::to_string(kVersion) +
               " but got " + std::to_string(get(data.data() + 8, 4)));
  uint64_t textBytes = get(data.data() + 16, 8);
  uint64_t imageBytes = get(data.data() + 24, 8);
  uint64_t body = covered - kHeaderBytes;
  if (textBytes > body || imageBytes != body - textBytes)
    throw fail("the checkpoint is truncated or damaged");

  Checkpoint checkpoint;
  const uint8_t *text = data.data() + kHeaderBytes;
  try {
    json metadata = json::parse(text, text + textBytes);
    metadata.at("model").get_to(checkpoint.modelName);
    metadata.at("batch").get_to(checkpoint.batch);
    checkpoint.plan = planFromJson(metadata.at("plan"));
    checkpoint.progress = progressFromJson(metadata.at("progress"));
  } catch (const json::exception &) {
    throw fail("the checkpoint has damaged metadata");
  }
  if (!isSane(checkpoint))
    throw fail("the checkpoint has damaged metadata");
  checkpoint.image.assign(text + textBytes, text + body);
  return checkpoint;
}

} // namespace eoq::trainer
