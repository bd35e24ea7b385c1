//===- ModelFacts.h - sizes and names that describe a model -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `info` and `bench` print about a model.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_MODELFACTS_H
#define EOQ_TRAINER_MODELFACTS_H

#include "eoq/Runtime/eoq.h"

namespace eoq::trainer {

/// "f32", "fixed8", "fixed16", "fixed32".
const char *formatName(uint32_t format);

/// "trainable", "frozen", "optimizer", "exponent".
const char *kindName(uint32_t kind);

/// Over the trainable and frozen tensors, as they are stored.
uint64_t parameterElements(const eoq_model &model);
uint64_t parameterBytes(const eoq_model &model);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_MODELFACTS_H
