//===- TinyModel.cpp - hand-written models for the tests ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The integer model has tensors of every kind and fixed-point format, with and
// without an exponent.
//
//===----------------------------------------------------------------------===//
#include "TinyModel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unistd.h>

namespace eoq::test {

unsigned tinyStepMicroseconds = 0;

namespace {

/// The integer state; the tensor table below describes it.
struct FixedState {
  int16_t weight[kClasses][kPixels];
  int32_t weightExponent;
  int32_t bias[kClasses];
  int32_t biasExponent;
  int8_t momentum[kClasses][kPixels];
  int32_t momentumExponent;
  int32_t gradExponent;
};

struct FixedArena {
  int32_t logits[kBatch][kClasses];
  int32_t error[kBatch][kClasses]; // units of 2^-7
};

uint32_t hash(uint32_t seed, uint32_t step, uint32_t element) {
  uint32_t x = seed * 0x9e3779b9u ^ step * 0x85ebca6bu ^ element * 0xc2b2ae35u;
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

void initializeFixed(void *memory, int32_t seed) {
  auto *state = static_cast<FixedState *>(memory);
  for (uint32_t i = 0; i < kClasses * kPixels; ++i)
    state->weight[i / kPixels][i % kPixels] = static_cast<int16_t>(
        static_cast<int32_t>(hash(uint32_t(seed), 0, i) % 65) - 32);
  state->weightExponent = -10;
  state->biasExponent = -16;
}

/// Fills the logits, with exponent -16; input exponents only scale.
void forward(const FixedState *state, FixedArena *arena, const void *images) {
  const auto *in = static_cast<const int8_t *>(images);
  for (uint64_t n = 0; n < kBatch; ++n)
    for (uint64_t k = 0; k < kClasses; ++k) {
      int32_t sum = state->bias[k];
      for (uint64_t i = 0; i < kPixels; ++i)
        sum += in[n * kPixels + i] * state->weight[k][i];
      arena->logits[n][k] = sum;
    }
}

/// Softmax in base 2 with whole exponents. Returns the loss of the batch.
int32_t lossAndError(FixedArena *arena, const int32_t *labels,
                     int32_t *correct) {
  int32_t loss = 0;
  *correct = 0;
  for (uint64_t n = 0; n < kBatch; ++n) {
    const int32_t *logits = arena->logits[n];
    int32_t best = *std::max_element(logits, logits + kClasses);
    int32_t weight[kClasses], sum = 0;
    for (uint64_t k = 0; k < kClasses; ++k) {
      weight[k] = 65536 >> std::min((best - logits[k]) >> 14, 16);
      sum += weight[k];
    }
    for (uint64_t k = 0; k < kClasses; ++k)
      arena->error[n][k] = labels[n] < 0 ? 0 : weight[k] * 128 / sum;
    if (labels[n] < 0)
      continue;
    auto label = static_cast<uint64_t>(labels[n]);
    arena->error[n][label] -= 128;
    int32_t bits = std::min((best - logits[label]) >> 14, 16);
    for (int32_t rest = sum >> 16; rest > 1; rest >>= 1)
      ++bits;
    loss += bits * 710 + (sum & 65535) / 92;
    *correct +=
        static_cast<uint64_t>(std::max_element(logits, logits + kClasses) -
                              logits) == label;
  }
  return loss;
}

void trainFixed(void *memory, void *scratch, const void *images, int32_t,
                const int32_t *labels, int32_t multiplier, int32_t shift,
                int32_t seed, int32_t step, void *loss, int32_t *correct) {
  if (tinyStepMicroseconds != 0)
    usleep(tinyStepMicroseconds);
  auto *state = static_cast<FixedState *>(memory);
  auto *arena = static_cast<FixedArena *>(scratch);
  const auto *in = static_cast<const int8_t *>(images);
  forward(state, arena, images);
  int32_t sum = lossAndError(arena, labels, correct);
  std::memcpy(loss, &sum, sizeof(sum));
  for (uint64_t k = 0; k < kClasses; ++k)
    for (uint64_t i = 0; i < kPixels; ++i) {
      int64_t gradient = 0;
      for (uint64_t n = 0; n < kBatch; ++n)
        gradient += arena->error[n][k] * in[n * kPixels + i];
      int64_t moved = state->momentum[k][i] * 29 / 32 + gradient / 1024;
      state->momentum[k][i] =
          static_cast<int8_t>(std::clamp<int64_t>(moved, -127, 127));
      // Two more bits of weight, so that small learning rates have an effect.
      int64_t update = int64_t(state->momentum[k][i]) * multiplier * 64;
      int64_t noise = shift > 0 ? int64_t(hash(uint32_t(seed), uint32_t(step),
                                               uint32_t(k * kPixels + i))) &
                                      ((int64_t(1) << std::min(shift, 31)) - 1)
                                : 0;
      int64_t weight = state->weight[k][i] - ((update + noise) >> shift);
      state->weight[k][i] =
          static_cast<int16_t>(std::clamp<int64_t>(weight, -32767, 32767));
    }
  state->momentumExponent = -8 - step % 3;
  state->gradExponent = step;
}

void evaluateFixed(void *memory, void *scratch, const void *images, int32_t,
                   const int32_t *labels, void *loss, int32_t *correct) {
  auto *arena = static_cast<FixedArena *>(scratch);
  forward(static_cast<FixedState *>(memory), arena, images);
  int32_t sum = lossAndError(arena, labels, correct);
  std::memcpy(loss, &sum, sizeof(sum));
}

void predictFixed(void *memory, void *scratch, const void *images, int32_t,
                  void *logits, int32_t *exponent) {
  auto *arena = static_cast<FixedArena *>(scratch);
  forward(static_cast<FixedState *>(memory), arena, images);
  std::memcpy(logits, arena->logits, sizeof(arena->logits));
  *exponent = -16;
}

const int64_t weightShape[] = {kClasses, kPixels};
const int64_t biasShape[] = {kClasses};

const eoq_tensor_info fixedTensors[] = {
    {"fc.weight", EOQ_FORMAT_FIXED16, EOQ_KIND_TRAINABLE, 2, weightShape,
     kClasses *kPixels, offsetof(FixedState, weight),
     offsetof(FixedState, weightExponent)},
    {"fc.bias", EOQ_FORMAT_FIXED32, EOQ_KIND_FROZEN, 1, biasShape, kClasses,
     offsetof(FixedState, bias), offsetof(FixedState, biasExponent)},
    {"fc.weight.momentum", EOQ_FORMAT_FIXED8, EOQ_KIND_OPTIMIZER, 2,
     weightShape, kClasses *kPixels, offsetof(FixedState, momentum),
     offsetof(FixedState, momentumExponent)},
    {"grad.exponent", EOQ_FORMAT_FIXED32, EOQ_KIND_EXPONENT, 0, nullptr, 1,
     offsetof(FixedState, gradExponent), EOQ_NO_EXPONENT},
};

struct FloatState {
  float weight[kClasses][kPixels];
};

struct FloatArena {
  float logits[kBatch][kClasses];
};

void initializeFloat(void *memory, int32_t seed) {
  auto *state = static_cast<FloatState *>(memory);
  for (uint32_t i = 0; i < kClasses * kPixels; ++i)
    state->weight[i / kPixels][i % kPixels] =
        static_cast<float>(hash(uint32_t(seed), 0, i) % 65) / 256.0f - 0.125f;
}

void forward(const FloatState *state, FloatArena *arena, const void *images) {
  const auto *in = static_cast<const float *>(images);
  for (uint64_t n = 0; n < kBatch; ++n)
    for (uint64_t k = 0; k < kClasses; ++k) {
      float sum = 0.0f;
      for (uint64_t i = 0; i < kPixels; ++i)
        sum += in[n * kPixels + i] * state->weight[k][i];
      arena->logits[n][k] = sum;
    }
}

void runFloat(FloatState *state, FloatArena *arena, const void *images,
              const int32_t *labels, float rate, void *loss, int32_t *correct) {
  const auto *in = static_cast<const float *>(images);
  forward(state, arena, images);
  float total = 0.0f;
  *correct = 0;
  for (uint64_t n = 0; n < kBatch; ++n) {
    if (labels[n] < 0)
      continue;
    auto label = static_cast<uint64_t>(labels[n]);
    const float *logits = arena->logits[n];
    const float *best = std::max_element(logits, logits + kClasses);
    *correct += static_cast<uint64_t>(best - logits) == label;
    float sum = 0.0f;
    for (uint64_t k = 0; k < kClasses; ++k)
      sum += std::exp(logits[k] - *best);
    total += std::log(sum) + *best - logits[label];
    for (uint64_t k = 0; k < kClasses && rate != 0.0f; ++k) {
      float error = std::exp(logits[k] - *best) / sum - (k == label);
      for (uint64_t i = 0; i < kPixels; ++i)
        state->weight[k][i] -= rate * error * in[n * kPixels + i];
    }
  }
  std::memcpy(loss, &total, sizeof(total));
}

void trainFloat(void *state, void *arena, const void *images, int32_t,
                const int32_t *labels, int32_t multiplier, int32_t shift,
                int32_t, int32_t, void *loss, int32_t *correct) {
  runFloat(static_cast<FloatState *>(state), static_cast<FloatArena *>(arena),
           images, labels,
           std::ldexp(static_cast<float>(multiplier), -shift) / kBatch, loss,
           correct);
}

void evaluateFloat(void *state, void *arena, const void *images, int32_t,
                   const int32_t *labels, void *loss, int32_t *correct) {
  runFloat(static_cast<FloatState *>(state), static_cast<FloatArena *>(arena),
           images, labels, 0.0f, loss, correct);
}

void predictFloat(void *state, void *arena, const void *images, int32_t,
                  void *logits, int32_t *exponent) {
  auto *scratch = static_cast<FloatArena *>(arena);
  forward(static_cast<FloatState *>(state), scratch, images);
  std::memcpy(logits, scratch->logits, sizeof(scratch->logits));
  *exponent = 0;
}

const eoq_tensor_info floatTensors[] = {
    {"fc.weight", EOQ_FORMAT_F32, EOQ_KIND_TRAINABLE, 2, weightShape,
     kClasses *kPixels, offsetof(FloatState, weight), EOQ_NO_EXPONENT},
};

} // namespace

const eoq_model &tinyModel() {
  static const eoq_model model = {
      EOQ_ABI_VERSION,
      8,
      "tiny",
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
      R"({"optimizer": "sgd", "scheme": "eoq"})",
      kBatch,
      1,
      kSide,
      kSide,
      kClasses,
      sizeof(FixedState),
      sizeof(FixedArena),
      4,
      fixedTensors,
      initializeFixed,
      trainFixed,
      evaluateFixed,
      predictFixed};
  return model;
}

const eoq_model &tinyFloatModel() {
  static const eoq_model model = {
      EOQ_ABI_VERSION,
      32,
      "tiny-f32",
      "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
      "{}",
      kBatch,
      1,
      kSide,
      kSide,
      kClasses,
      sizeof(FloatState),
      sizeof(FloatArena),
      1,
      floatTensors,
      initializeFloat,
      trainFloat,
      evaluateFloat,
      predictFloat};
  return model;
}

} // namespace eoq::test
