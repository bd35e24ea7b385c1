//===- ImageTest.cpp - saved images: round trip, damage, hash -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An image is loaded as a whole or not at all.
//
//===----------------------------------------------------------------------===//
#include "TinyModel.h"
#include "eoq/Runtime/Sha256.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <vector>

using namespace eoq::test;

namespace {

/// A trainer with its memory, of which every byte can be compared.
class Trained {
public:
  explicit Trained(const eoq_model &model, int steps = 0, int32_t seed = 7)
      : bytes((eoq_required_bytes(&model) + 63) / 64 * 64),
        memory(std::aligned_alloc(EOQ_ALIGNMENT, bytes), std::free) {
    std::memset(memory.get(), 0, bytes);
    EXPECT_EQ(eoq_create(&model, memory.get(), bytes, &trainer), EOQ_OK);
    eoq_initialize(trainer, seed);
    for (int step = 0; step < steps; ++step)
      train(step);
  }

  void train(int salt) {
    int8_t images[kBatch * kPixels];
    int32_t labels[kBatch];
    for (size_t i = 0; i < sizeof(images); ++i)
      images[i] = static_cast<int8_t>((i * 37 + size_t(salt) * 11) % 255 - 127);
    for (size_t i = 0; i < kBatch; ++i)
      labels[i] = static_cast<int32_t>((i + size_t(salt)) % kClasses);
    EXPECT_EQ(eoq_train_step(trainer, images, -7, labels, 5, 6, nullptr),
              EOQ_OK);
  }

  std::vector<uint8_t> save() const {
    std::vector<uint8_t> image(eoq_saved_bytes(eoq_get_model(trainer)));
    EXPECT_EQ(eoq_save(trainer, image.data(), image.size()), EOQ_OK);
    return image;
  }

  std::array<uint8_t, 32> hash() const {
    std::array<uint8_t, 32> digest;
    eoq_hash(trainer, digest.data());
    return digest;
  }

  std::vector<uint8_t> everyByte() const {
    const auto *begin = static_cast<const uint8_t *>(memory.get());
    return {begin, begin + bytes};
  }

  size_t bytes;
  std::unique_ptr<void, decltype(&std::free)> memory;
  eoq_trainer *trainer = nullptr;
};

/// Makes the checksum of a changed image right again.
void seal(std::vector<uint8_t> &image) {
  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  eoq_rt_sha256_add(&context, image.data(), image.size() - 32);
  eoq_rt_sha256_finish(&context, image.data() + image.size() - 32);
}

} // namespace

TEST(Image, RoundTripAndContinuation) {
  Trained first(tinyModel(), 5);
  Trained second(tinyModel(), 0, 99);
  std::vector<uint8_t> image = first.save();
  ASSERT_EQ(eoq_load(second.trainer, image.data(), image.size()), EOQ_OK);
  EXPECT_EQ(first.hash(), second.hash());
  EXPECT_EQ(second.save(), image);
  EXPECT_EQ(eoq_get_step(second.trainer), 5);
  for (int step = 5; step < 9; ++step) {
    first.train(step);
    second.train(step);
  }
  EXPECT_EQ(first.hash(), second.hash());
}

TEST(Image, LayoutIsLittleEndian) {
  Trained trained(tinyModel(), 3, 0x01020304);
  std::vector<uint8_t> image = trained.save();
  EXPECT_EQ(std::memcmp(image.data(), "EOQSTATE", 8), 0);
  EXPECT_EQ(image[8], 1);  // version
  EXPECT_EQ(image[12], 4); // tensors
  EXPECT_EQ(std::memcmp(image.data() + 16, tinyModel().identity, 64), 0);
  EXPECT_EQ(image[80], 3); // step
  EXPECT_EQ(image[88], 4); // seed
  EXPECT_EQ(image[91], 1);
  EXPECT_EQ(image[104], 0xf6); // exponent -10 of the first tensor
  EXPECT_EQ(image[107], 0xff);
  EXPECT_EQ(image.size(), 104u + 4 + 96 + 4 + 12 + 4 + 48 + 4 + 4 + 32);
}

TEST(Image, EveryBitFlipIsFoundAndChangesNothing) {
  std::vector<uint8_t> image = Trained(tinyModel(), 5).save();
  Trained trained(tinyModel(), 2);
  std::vector<uint8_t> before = trained.everyByte();
  for (size_t bit = 0; bit < image.size() * 8; ++bit) {
    image[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    ASSERT_EQ(eoq_load(trained.trainer, image.data(), image.size()),
              EOQ_ERROR_CORRUPT)
        << bit;
    ASSERT_EQ(trained.everyByte(), before) << bit;
    image[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
  }
}

TEST(Image, EveryTruncationIsFoundAndChangesNothing) {
  std::vector<uint8_t> image = Trained(tinyModel(), 5).save();
  Trained trained(tinyModel(), 2);
  std::vector<uint8_t> before = trained.everyByte();
  for (size_t bytes = 0; bytes < image.size(); ++bytes) {
    // A buffer of exactly that size, so that a sanitizer sees reads beyond it.
    std::vector<uint8_t> part(image.data(), image.data() + bytes);
    ASSERT_EQ(eoq_load(trained.trainer, part.data(), part.size()),
              EOQ_ERROR_CORRUPT)
        << bytes;
  }
  image.push_back(0);
  EXPECT_EQ(eoq_load(trained.trainer, image.data(), image.size()),
            EOQ_ERROR_CORRUPT);
  EXPECT_EQ(trained.everyByte(), before);
}

TEST(Image, HostileImagesWithAGoodChecksum) {
  const std::vector<uint8_t> good = Trained(tinyModel(), 5).save();
  Trained trained(tinyModel(), 2);
  std::vector<uint8_t> before = trained.everyByte();
  auto load = [&](size_t at, uint8_t value) {
    std::vector<uint8_t> image = good;
    image[at] = value;
    seal(image);
    return eoq_load(trained.trainer, image.data(), image.size());
  };
  EXPECT_EQ(load(8, 2), EOQ_ERROR_ABI);
  EXPECT_EQ(load(12, 3), EOQ_ERROR_CORRUPT);
  EXPECT_EQ(load(16, 'f'), EOQ_ERROR_MODEL);
  EXPECT_EQ(load(87, 0x80), EOQ_ERROR_CORRUPT); // a negative step
  EXPECT_EQ(load(84, 1), EOQ_ERROR_CORRUPT);    // a step beyond 2^31
  EXPECT_EQ(load(92, 1), EOQ_ERROR_CORRUPT);
  EXPECT_EQ(load(96, 1), EOQ_ERROR_CORRUPT);
  EXPECT_EQ(load(107, 0x7f), EOQ_ERROR_CORRUPT); // an absurd exponent
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  seal(longer);
  EXPECT_EQ(eoq_load(trained.trainer, longer.data(), longer.size()),
            EOQ_ERROR_CORRUPT);
  EXPECT_EQ(eoq_load(trained.trainer, nullptr, 0), EOQ_ERROR_CORRUPT);
  EXPECT_EQ(trained.everyByte(), before);
}

TEST(Image, KeepsAnExponentThatIsNotKnownYet) {
  std::vector<uint8_t> image = Trained(tinyModel(), 5).save();
  for (size_t i = 0; i < 4; ++i)
    image[104 + i] = i == 3 ? 0x80 : 0;
  seal(image);
  Trained trained(tinyModel(), 2);
  ASSERT_EQ(eoq_load(trained.trainer, image.data(), image.size()), EOQ_OK);
  int32_t exponent = 0;
  (void)eoq_get_raw(trained.trainer, 0, &exponent);
  EXPECT_EQ(exponent, INT32_MIN);
  std::vector<float> values(kClasses * kPixels, 1.0f);
  EXPECT_EQ(eoq_get_parameter(trained.trainer, "fc.weight", values.data(),
                              values.size()),
            EOQ_OK);
  EXPECT_EQ(values[0], 0.0f);
}

TEST(Image, KeepsSumsOfTheLargestExponents) {
  std::vector<uint8_t> image = Trained(tinyModel(), 5).save();
  Trained trained(tinyModel(), 2);
  for (int32_t exponent :
       {-4 * EOQ_MAX_IMAGE_EXPONENT, 4 * EOQ_MAX_IMAGE_EXPONENT}) {
    for (size_t i = 0; i < 4; ++i)
      image[104 + i] = static_cast<uint8_t>(uint32_t(exponent) >> (8 * i));
    seal(image);
    EXPECT_EQ(eoq_load(trained.trainer, image.data(), image.size()), EOQ_OK);
  }
}

TEST(Image, OfAnotherModelIsRefused) {
  std::vector<uint8_t> image = Trained(tinyFloatModel()).save();
  Trained trained(tinyModel(), 2);
  std::vector<uint8_t> before = trained.everyByte();
  EXPECT_EQ(eoq_load(trained.trainer, image.data(), image.size()),
            EOQ_ERROR_MODEL);
  EXPECT_EQ(trained.everyByte(), before);
  std::vector<uint8_t> small(eoq_saved_bytes(&tinyModel()) - 1);
  EXPECT_EQ(eoq_save(trained.trainer, small.data(), small.size()),
            EOQ_ERROR_SIZE);
}

TEST(Hash, ChangesWithEveryByteOfTheState) {
  const eoq_model &model = tinyModel();
  Trained trained(model, 2);
  std::set<std::array<uint8_t, 32>> seen = {trained.hash()};
  size_t changes = 0;
  for (uint64_t i = 0; i < model.tensor_count; ++i) {
    const eoq_tensor_info &tensor = model.tensors[i];
    // The tests may write where the ABI only shows.
    auto *data = static_cast<uint8_t *>(
        const_cast<void *>(eoq_get_raw(trained.trainer, i, nullptr)));
    size_t bytes = tensor.elements * tensor.format / 8;
    for (size_t byte = 0; byte < bytes; ++byte, ++changes) {
      data[byte] ^= 1;
      seen.insert(trained.hash());
      data[byte] ^= 1;
    }
    if (tensor.exponent_offset == EOQ_NO_EXPONENT)
      continue;
    uint8_t *exponent = data - tensor.offset + tensor.exponent_offset;
    *exponent ^= 1;
    seen.insert(trained.hash());
    *exponent ^= 1;
    ++changes;
  }
  EXPECT_EQ(seen.size(), changes + 1);
}

TEST(Hash, ChangesWithSeedAndStep) {
  std::vector<uint8_t> image = Trained(tinyModel(), 5).save();
  Trained trained(tinyModel());
  std::set<std::array<uint8_t, 32>> seen;
  for (size_t at : {80u, 88u, 91u}) {
    image[at] ^= 1;
    seal(image);
    ASSERT_EQ(eoq_load(trained.trainer, image.data(), image.size()), EOQ_OK);
    seen.insert(trained.hash());
  }
  EXPECT_EQ(seen.size(), 3u);
}
