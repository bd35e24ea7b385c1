//===- RuntimeTest.cpp - the C ABI: create, run, parameters ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything of eoq.h but saved images, which ImageTest.cpp has.
//
//===----------------------------------------------------------------------===//
#include "TinyModel.h"
#include "eoq/Runtime/Sha256.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace eoq::test;

namespace {

struct Free {
  void operator()(void *memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<void, Free>;

Memory allocate(size_t bytes) {
  return Memory(std::aligned_alloc(EOQ_ALIGNMENT, (bytes + 63) / 64 * 64 + 64));
}

eoq_trainer *create(const eoq_model &model, Memory &memory) {
  memory = allocate(eoq_required_bytes(&model));
  eoq_trainer *trainer = nullptr;
  EXPECT_EQ(
      eoq_create(&model, memory.get(), eoq_required_bytes(&model), &trainer),
      EOQ_OK);
  return trainer;
}

std::string sha256(const std::string &text, size_t chunk) {
  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  for (size_t i = 0; i < text.size(); i += chunk)
    eoq_rt_sha256_add(&context, text.data() + i,
                      std::min(chunk, text.size() - i));
  uint8_t digest[32];
  eoq_rt_sha256_finish(&context, digest);
  std::string hex;
  for (uint8_t byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

} // namespace

TEST(Sha256, KnownDigests) {
  EXPECT_EQ(sha256("", 1),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc", 64),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 7),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  std::string million(1000000, 'a');
  for (size_t chunk : {63u, 64u, 65u, 1000000u})
    EXPECT_EQ(
        sha256(million, chunk),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Create, RefusesWrongMemoryAndVersion) {
  const eoq_model &model = tinyModel();
  size_t bytes = eoq_required_bytes(&model);
  Memory memory = allocate(bytes);
  eoq_trainer *trainer = nullptr;
  EXPECT_EQ(eoq_create(&model, memory.get(), bytes - 1, &trainer),
            EOQ_ERROR_MEMORY);
  EXPECT_EQ(eoq_create(&model, static_cast<char *>(memory.get()) + 8, bytes,
                       &trainer),
            EOQ_ERROR_MEMORY);
  EXPECT_EQ(eoq_create(&model, nullptr, bytes, &trainer), EOQ_ERROR_MEMORY);
  eoq_model other = model;
  other.abi_version = EOQ_ABI_VERSION + 1;
  EXPECT_EQ(eoq_create(&other, memory.get(), bytes, &trainer), EOQ_ERROR_ABI);
  other = model;
  other.arena_bytes = UINT64_MAX - 3;
  EXPECT_EQ(eoq_required_bytes(&other), SIZE_MAX);
  EXPECT_EQ(eoq_create(&other, memory.get(), SIZE_MAX, &trainer),
            EOQ_ERROR_MEMORY);
  EXPECT_EQ(trainer, nullptr);
}

TEST(Create, AlignsStateAndArena) {
  static void *seenState, *seenArena;
  eoq_model model = tinyModel();
  model.evaluate = [](void *state, void *arena, const void *, int32_t,
                      const int32_t *, void *, int32_t *) {
    seenState = state;
    seenArena = arena;
  };
  Memory memory;
  eoq_trainer *trainer = create(model, memory);
  int8_t images[kBatch * kPixels] = {};
  int32_t labels[kBatch] = {};
  EXPECT_EQ(eoq_evaluate(trainer, images, 0, labels, nullptr), EOQ_OK);
  auto state = reinterpret_cast<uintptr_t>(seenState);
  auto arena = reinterpret_cast<uintptr_t>(seenArena);
  EXPECT_EQ(state % EOQ_ALIGNMENT, 0u);
  EXPECT_EQ(arena % EOQ_ALIGNMENT, 0u);
  EXPECT_GE(arena, state + model.state_bytes);
  EXPECT_LE(arena + model.arena_bytes,
            reinterpret_cast<uintptr_t>(memory.get()) +
                eoq_required_bytes(&model));
  EXPECT_EQ(eoq_get_model(trainer), &model);
}

TEST(TrainStep, ChecksItsArguments) {
  Memory memory;
  eoq_trainer *trainer = create(tinyModel(), memory);
  eoq_initialize(trainer, 1);
  int8_t images[kBatch * kPixels] = {};
  int32_t labels[kBatch] = {0, 1, 2, -1, -1, 0, 1, 2};
  eoq_result result;
  EXPECT_EQ(eoq_train_step(trainer, images, -7, labels, 1, 4, &result), EOQ_OK);
  EXPECT_EQ(result.rows, 6);
  EXPECT_EQ(eoq_get_step(trainer), 1);
  uint8_t before[32], after[32];
  eoq_hash(trainer, before);
  for (auto [multiplier, shift] :
       {std::pair(0, 4), {-1, 4}, {32768, 4}, {1, -1}, {1, 63}})
    EXPECT_EQ(
        eoq_train_step(trainer, images, -7, labels, multiplier, shift, &result),
        EOQ_ERROR_ARGUMENT);
  for (int32_t bad : {-2, int32_t(kClasses), INT32_MAX, INT32_MIN}) {
    labels[7] = bad;
    EXPECT_EQ(eoq_train_step(trainer, images, -7, labels, 1, 4, &result),
              EOQ_ERROR_ARGUMENT);
    EXPECT_EQ(eoq_evaluate(trainer, images, -7, labels, &result),
              EOQ_ERROR_ARGUMENT);
  }
  labels[7] = 0;
  float logits[kBatch * kClasses];
  for (int32_t exponent : {1025, -1025, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(eoq_train_step(trainer, images, exponent, labels, 1, 4, &result),
              EOQ_ERROR_ARGUMENT);
    EXPECT_EQ(eoq_evaluate(trainer, images, exponent, labels, &result),
              EOQ_ERROR_ARGUMENT);
    EXPECT_EQ(eoq_predict(trainer, images, exponent, logits),
              EOQ_ERROR_ARGUMENT);
  }
  eoq_hash(trainer, after);
  EXPECT_EQ(std::memcmp(before, after, 32), 0);
  EXPECT_EQ(eoq_get_step(trainer), 1);
  for (int32_t exponent : {EOQ_MAX_IMAGE_EXPONENT, -EOQ_MAX_IMAGE_EXPONENT}) {
    EXPECT_EQ(eoq_train_step(trainer, images, exponent, labels, 1, 4, &result),
              EOQ_OK);
    EXPECT_EQ(eoq_evaluate(trainer, images, exponent, labels, &result), EOQ_OK);
    EXPECT_EQ(eoq_predict(trainer, images, exponent, logits), EOQ_OK);
  }
}

TEST(TrainStep, FloatsHaveNoExponent) {
  Memory memory;
  eoq_trainer *trainer = create(tinyFloatModel(), memory);
  eoq_initialize(trainer, 1);
  float images[kBatch * kPixels] = {}, logits[kBatch * kClasses];
  int32_t labels[kBatch] = {};
  EXPECT_EQ(eoq_train_step(trainer, images, INT32_MAX, labels, 1, 4, nullptr),
            EOQ_OK);
  EXPECT_EQ(eoq_evaluate(trainer, images, INT32_MIN, labels, nullptr), EOQ_OK);
  EXPECT_EQ(eoq_predict(trainer, images, INT32_MAX, logits), EOQ_OK);
}

TEST(Evaluate, NoRowCountsIsNoDivisionByZero) {
  for (const eoq_model *model : {&tinyModel(), &tinyFloatModel()}) {
    Memory memory;
    eoq_trainer *trainer = create(*model, memory);
    eoq_initialize(trainer, 1);
    std::vector<float> images(kBatch * kPixels);
    std::vector<int32_t> labels(kBatch, -1);
    eoq_result result;
    EXPECT_EQ(eoq_evaluate(trainer, images.data(), 0, labels.data(), &result),
              EOQ_OK);
    EXPECT_EQ(result.loss, 0.0);
    EXPECT_EQ(result.rows, 0);
    EXPECT_EQ(result.correct, 0);
  }
}

TEST(Predict, ConvertsLogits) {
  Memory memory;
  eoq_trainer *trainer = create(tinyModel(), memory);
  eoq_initialize(trainer, 1);
  std::vector<float> bias = {1.0f, -0.5f, 0.25f};
  ASSERT_EQ(eoq_set_parameter(trainer, "fc.bias", bias.data(), 3), EOQ_OK);
  int32_t exponent = 0;
  const auto *raw =
      static_cast<const int32_t *>(eoq_get_raw(trainer, 1, &exponent));
  EXPECT_EQ(exponent, -30);
  EXPECT_EQ(raw[0], 1 << 30);
  int8_t images[kBatch * kPixels] = {};
  std::vector<float> logits(kBatch * kClasses);
  ASSERT_EQ(eoq_predict(trainer, images, -7, logits.data()), EOQ_OK);
  EXPECT_EQ(logits[0], std::ldexp(1.0f, 14)); // the model ignores exponents
  EXPECT_EQ(logits[1], -std::ldexp(0.5f, 14));
}

TEST(Parameters, FixedPointKeepsHalfOfTheRange) {
  Memory memory;
  eoq_trainer *trainer = create(tinyModel(), memory);
  eoq_initialize(trainer, 1);
  std::vector<float> values(kClasses * kPixels, 0.0f);
  struct Case {
    float largest;
    int32_t exponent;
    int32_t raw;
  };
  // fixed8: half of the range is 64.
  for (const Case &c : {Case{1.0f, -6, 64},
                        {1.01f, -5, 32},
                        {64.0f, 0, 64},
                        {-0.75f, -6, -48},
                        {1e-40f, -138, 35},
                        {3e38f, 122, 56},
                        {0.0f, -5, 0}}) {
    values[5] = c.largest;
    ASSERT_EQ(eoq_set_parameter(trainer, "fc.weight.momentum", values.data(),
                                values.size()),
              EOQ_OK);
    int32_t exponent = 99;
    const auto *raw =
        static_cast<const int8_t *>(eoq_get_raw(trainer, 2, &exponent));
    EXPECT_EQ(exponent, c.exponent) << c.largest;
    EXPECT_EQ(raw[5], c.raw) << c.largest;
    std::vector<float> back(values.size());
    ASSERT_EQ(eoq_get_parameter(trainer, "fc.weight.momentum", back.data(),
                                back.size()),
              EOQ_OK);
    EXPECT_EQ(back[5], std::ldexp(float(c.raw), c.exponent));
  }
}

TEST(Parameters, RoundsToNearestHalvesUp) {
  Memory memory;
  eoq_trainer *trainer = create(tinyModel(), memory);
  std::vector<float> values(kClasses * kPixels, 0.0f);
  float given[] = {64.0f, 0.5f, -0.5f, 1.5f, -1.5f, 0.49f, -0.51f};
  int32_t wanted[] = {64, 1, 0, 2, -1, 0, -1};
  std::copy(std::begin(given), std::end(given), values.begin());
  ASSERT_EQ(eoq_set_parameter(trainer, "fc.weight.momentum", values.data(),
                              values.size()),
            EOQ_OK);
  const auto *raw =
      static_cast<const int8_t *>(eoq_get_raw(trainer, 2, nullptr));
  for (size_t i = 0; i < std::size(wanted); ++i)
    EXPECT_EQ(raw[i], wanted[i]) << given[i];
}

TEST(Parameters, WithoutAnExponentValuesAreIntegers) {
  Memory memory;
  eoq_trainer *trainer = create(tinyModel(), memory);
  float value = -12.0f;
  ASSERT_EQ(eoq_set_parameter(trainer, "grad.exponent", &value, 1), EOQ_OK);
  float back = 0.0f;
  ASSERT_EQ(eoq_get_parameter(trainer, "grad.exponent", &back, 1), EOQ_OK);
  EXPECT_EQ(back, -12.0f);
  value = 1e20f;
  ASSERT_EQ(eoq_set_parameter(trainer, "grad.exponent", &value, 1), EOQ_OK);
  int32_t raw;
  std::memcpy(&raw, eoq_get_raw(trainer, 3, nullptr), sizeof(raw));
  EXPECT_EQ(raw, INT32_MAX);
}

TEST(Parameters, FloatsAreKeptExactly) {
  Memory memory;
  eoq_trainer *trainer = create(tinyFloatModel(), memory);
  std::vector<float> values(kClasses * kPixels);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(float(i)) * std::ldexp(1.0f, int(i) - 20);
  ASSERT_EQ(
      eoq_set_parameter(trainer, "fc.weight", values.data(), values.size()),
      EOQ_OK);
  std::vector<float> back(values.size());
  ASSERT_EQ(eoq_get_parameter(trainer, "fc.weight", back.data(), back.size()),
            EOQ_OK);
  EXPECT_EQ(values, back);
}

TEST(Parameters, Errors) {
  Memory memory;
  eoq_trainer *trainer = create(tinyModel(), memory);
  eoq_initialize(trainer, 1);
  float values[3] = {1.0f, 2.0f, std::numeric_limits<float>::quiet_NaN()};
  uint8_t before[32], after[32];
  eoq_hash(trainer, before);
  EXPECT_EQ(eoq_get_parameter(trainer, "fc.bia", values, 3), EOQ_ERROR_NAME);
  EXPECT_EQ(eoq_set_parameter(trainer, "", values, 3), EOQ_ERROR_NAME);
  EXPECT_EQ(eoq_get_parameter(trainer, "fc.bias", values, 2), EOQ_ERROR_SIZE);
  EXPECT_EQ(eoq_set_parameter(trainer, "fc.bias", values, 4), EOQ_ERROR_SIZE);
  EXPECT_EQ(eoq_set_parameter(trainer, "fc.bias", values, 3),
            EOQ_ERROR_ARGUMENT);
  values[2] = -std::numeric_limits<float>::infinity();
  EXPECT_EQ(eoq_set_parameter(trainer, "fc.bias", values, 3),
            EOQ_ERROR_ARGUMENT);
  EXPECT_EQ(eoq_get_raw(trainer, 4, nullptr), nullptr);
  eoq_hash(trainer, after);
  EXPECT_EQ(std::memcmp(before, after, 32), 0);
  for (int status = 0; status <= 8; ++status)
    EXPECT_NE(eoq_status_message(static_cast<eoq_status>(status)), nullptr);
}
