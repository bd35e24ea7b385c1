//===- TinyModel.h - hand-written models for the tests ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A linear classifier in integer arithmetic, and one in f32, that fill an
// eoq_model as emitted code does; so runtime and trainer are tested without the
// compiler.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_RUNTIME_TINYMODEL_H
#define EOQ_TEST_RUNTIME_TINYMODEL_H

#include "eoq/Runtime/eoq.h"

namespace eoq::test {

constexpr uint64_t kBatch = 8;
constexpr uint64_t kSide = 4;
constexpr uint64_t kPixels = kSide * kSide;
constexpr uint64_t kClasses = 3;

/// int8, one channel of kSide x kSide.
const eoq_model &tinyModel();

/// f32, the same shape.
const eoq_model &tinyFloatModel();

/// Microseconds that every training step of tinyModel() sleeps.
extern unsigned tinyStepMicroseconds;

} // namespace eoq::test

#endif // EOQ_TEST_RUNTIME_TINYMODEL_H
