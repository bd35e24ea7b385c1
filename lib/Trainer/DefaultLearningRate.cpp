//===- DefaultLearningRate.cpp - the learning rate if none is given -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integer arithmetic throughout: the default must not depend on a math library.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/DefaultLearningRate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace eoq::trainer {
namespace {

constexpr uint64_t kReferenceBatch = 128;

/// floor(log2(128 / batch) / 2), that is floor(log4(128 / batch)).
int32_t halfLog2Below(uint64_t batch) {
  int32_t result = 0;
  if (batch <= kReferenceBatch) {
    for (uint64_t b = batch * 4; b <= kReferenceBatch; b *= 4)
      ++result;
    return result;
  }
  for (uint64_t reference = kReferenceBatch; reference < batch; reference *= 4)
    --result;
  return result;
}

} // namespace

LearningRate defaultLearningRate(const eoq_model &model, uint64_t batch,
                                 int64_t totalSteps) {
  nlohmann::json options =
      nlohmann::json::parse(model.options ? model.options : "", nullptr,
                            /*allow_exceptions=*/false);
  int32_t k = 0;
  if (options.is_object() && options.contains("default_lr_exponent") &&
      options["default_lr_exponent"].is_number_integer()) {
    k = static_cast<int32_t>(std::clamp<int64_t>(
        options["default_lr_exponent"].get<int64_t>(), 0, 24));
  } else if (options.is_object() && options.contains("optimizer") &&
             options["optimizer"] == "sgd") {
    k = 4;
    for (uint64_t b = batch; b < kReferenceBatch; b *= 2)
      ++k;
  } else {
    k = 3 + halfLog2Below(std::max<uint64_t>(batch, 1));
    if (totalSteps > 1000)
      ++k;
    if (options.is_object() && options.contains("deep_or_depthwise") &&
        options["deep_or_depthwise"] == true)
      ++k;
    k = std::max(k, 0);
  }
  return {1, k};
}

const char *defaultLearningRateHelp() {
  return "Without --lr the learning rate is 2^-k. If the model's options have "
         "default_lr_exponent, k is that number. With the optimizer sgd, k = 4 "
         "plus log2 of how many times smaller than 128 the batch is, rounded "
         "up to a power of two. Otherwise k = 3 + floor(log2(128/batch)/2), + "
         "1 "
         "for more than 1000 steps, + 1 if the options have deep_or_depthwise.";
}

} // namespace eoq::trainer
