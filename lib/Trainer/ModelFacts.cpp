//===- ModelFacts.cpp - sizes and names that describe a model -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums over the table of tensors.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/ModelFacts.h"

namespace eoq::trainer {
namespace {

bool isParameter(const eoq_tensor_info &tensor) {
  return tensor.kind == EOQ_KIND_TRAINABLE || tensor.kind == EOQ_KIND_FROZEN;
}

} // namespace

const char *formatName(uint32_t format) {
  switch (format) {
  case EOQ_FORMAT_F32:
    return "f32";
  case EOQ_FORMAT_FIXED8:
    return "fixed8";
  case EOQ_FORMAT_FIXED16:
    return "fixed16";
  case EOQ_FORMAT_FIXED32:
    return "fixed32";
  default:
    return "unknown";
  }
}

const char *kindName(uint32_t kind) {
  switch (kind) {
  case EOQ_KIND_TRAINABLE:
    return "trainable";
  case EOQ_KIND_FROZEN:
    return "frozen";
  case EOQ_KIND_OPTIMIZER:
    return "optimizer";
  case EOQ_KIND_EXPONENT:
    return "exponent";
  default:
    return "unknown";
  }
}

uint64_t parameterElements(const eoq_model &model) {
  uint64_t elements = 0;
  for (uint64_t i = 0; i < model.tensor_count; ++i)
    if (isParameter(model.tensors[i]))
      elements += model.tensors[i].elements;
  return elements;
}

uint64_t parameterBytes(const eoq_model &model) {
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < model.tensor_count; ++i) {
    const eoq_tensor_info &tensor = model.tensors[i];
    if (isParameter(tensor))
      bytes += tensor.elements *
               (tensor.format == EOQ_FORMAT_F32 ? 4 : tensor.format / 8);
  }
  return bytes;
}

} // namespace eoq::trainer
