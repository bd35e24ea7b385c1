//===- NormalizationTest.cpp - pixels to inputs, order and augmentation ---===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exact numbers for all four pairs of image type and model precision.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Normalization.h"
#include "TinyModel.h"
#include "eoq/Trainer/Error.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

using namespace eoq::test;
using namespace eoq::trainer;

namespace {

Images pixels(std::vector<uint8_t> bytes, uint64_t height, uint64_t width) {
  Images images;
  images.count = bytes.size() / (height * width);
  images.channels = 1;
  images.height = height;
  images.width = width;
  images.bytes = std::move(bytes);
  return images;
}

Images reals(std::vector<float> floats) {
  Images images = pixels({}, 1, floats.size());
  images.count = 1;
  images.isFloat = true;
  images.floats = std::move(floats);
  return images;
}

template <typename T>
std::vector<T> gather(const PreparedImages &images, const Transform &transform,
                      uint64_t index = 0) {
  std::vector<T> out(images.imageElements());
  images.gather(index, transform, out.data());
  return out;
}

} // namespace

TEST(Normalization, BytesForAnInt8Model) {
  Images images = pixels({0, 50, 100, 255}, 2, 2);
  Normalization n = chooseNormalization(images, 8, {}, {});
  EXPECT_FALSE(n.fromFloat);
  EXPECT_EQ(n.mean, 101.0); // 405 / 4, rounded
  EXPECT_EQ(n.scale, 128.0);
  EXPECT_EQ(n.exponent, -6); // 154/128 <= 127.5/64
  PreparedImages prepared(images, n, 8);
  // (p - 101) / 2, halves up
  EXPECT_EQ(gather<int8_t>(prepared, {}),
            (std::vector<int8_t>{-50, -25, 0, 77}));
}

TEST(Normalization, ExponentBoundary) {
  Images images = pixels({0, 0, 0, 0}, 2, 2);
  // max|x| = 127.5 / 128 fits exponent -7, and saturates by half a step.
  Normalization n = chooseNormalization(images, 8, 127.5, 128.0);
  EXPECT_EQ(n.exponent, -7);
  PreparedImages prepared(pixels({0, 1, 254, 255}, 2, 2), n, 8);
  EXPECT_EQ(gather<int8_t>(prepared, {}),
            (std::vector<int8_t>{-127, -126, 127, 127}));
  EXPECT_EQ(chooseNormalization(images, 8, 127.4, 128.0).exponent, -6);
  EXPECT_EQ(chooseNormalization(images, 8, 0.0, 1.0).exponent, 1);
  EXPECT_EQ(chooseNormalization(images, 8, 0.0, 2.0).exponent, 0);
}

TEST(Normalization, FloatsForAnInt8Model) {
  Images images = reals({-1.0f, 0.25f, 0.004f, 0.5f});
  Normalization n = chooseNormalization(images, 8, {}, {});
  EXPECT_TRUE(n.fromFloat);
  EXPECT_EQ(n.mean, 0.0);
  EXPECT_EQ(n.scale, 1.0);
  EXPECT_EQ(n.exponent, -6); // 1 > 127.5 / 128
  PreparedImages prepared(images, n, 8);
  EXPECT_EQ(gather<int8_t>(prepared, {}),
            (std::vector<int8_t>{-64, 16, 0, 32}));
  EXPECT_EQ(chooseNormalization(reals({0.0f}), 8, {}, {}).exponent, 0);
}

TEST(Normalization, ForAFloatModel) {
  Images images = pixels({0, 64, 128, 255}, 2, 2);
  Normalization n = chooseNormalization(images, 32, 64.0, 64.0);
  EXPECT_EQ(n.exponent, 0);
  EXPECT_EQ(gather<float>(PreparedImages(images, n, 32), {}),
            (std::vector<float>{-1.0f, 0.0f, 1.0f, 191.0f / 64.0f}));
  Images values = reals({2.0f, 3.0f});
  n = chooseNormalization(values, 32, 1.0, 2.0);
  EXPECT_EQ(gather<float>(PreparedImages(values, n, 32), {}),
            (std::vector<float>{0.5f, 1.0f}));
}

TEST(Normalization, OfTheOtherImageTypeIsAnError) {
  Normalization n = chooseNormalization(reals({1.0f}), 8, {}, {});
  EXPECT_THROW(PreparedImages(pixels({1, 2, 3, 4}, 2, 2), n, 8), RunError);
}

TEST(Augmentation, ShiftsAndFlips) {
  Images images = pixels({1, 2, 3, 4, 5, 6}, 2, 3);
  Normalization n;
  PreparedImages prepared(images, n, 8);
  using V = std::vector<int8_t>;
  EXPECT_EQ(gather<int8_t>(prepared, {0, 0, false}), (V{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(gather<int8_t>(prepared, {0, 0, true}), (V{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(gather<int8_t>(prepared, {1, 0, false}), (V{4, 5, 6, 0, 0, 0}));
  EXPECT_EQ(gather<int8_t>(prepared, {-1, 1, false}), (V{0, 0, 0, 2, 3, 0}));
  EXPECT_EQ(gather<int8_t>(prepared, {0, -2, true}), (V{1, 0, 0, 4, 0, 0}));
  // Outside is the pixel 0, which is not the input 0.
  n.mean = 5.0;
  EXPECT_EQ(gather<int8_t>(PreparedImages(images, n, 8), {2, 0, false}),
            (V(6, -5)));
}

TEST(Augmentation, DrawsWhatItSays) {
  std::map<int, int> dy, dx;
  int flips = 0;
  for (uint64_t sample = 0; sample < 1000; ++sample) {
    Transform t = drawTransform(Augment::ShiftFlip, 3, 1, sample);
    ++dy[t.dy];
    ++dx[t.dx];
    flips += t.flip;
    Transform none = drawTransform(Augment::None, 3, 1, sample);
    EXPECT_TRUE(none.dy == 0 && none.dx == 0 && !none.flip);
    EXPECT_FALSE(drawTransform(Augment::Shift, 3, 1, sample).flip);
    EXPECT_EQ(drawTransform(Augment::Flip, 3, 1, sample).dy, 0);
  }
  for (const auto &counts : {dy, dx}) {
    EXPECT_EQ(counts.size(), 5u);
    EXPECT_EQ(counts.begin()->first, -2);
    for (auto [shift, count] : counts)
      EXPECT_NEAR(count, 200, 60) << shift;
  }
  EXPECT_NEAR(flips, 500, 60);
  for (Augment a :
       {Augment::None, Augment::Shift, Augment::Flip, Augment::ShiftFlip})
    EXPECT_EQ(parseAugment(augmentName(a)), a);
}

TEST(Order, IsAPermutationKeyedBySeedAndEpoch) {
  std::vector<uint32_t> order = epochOrder(1000, 1, 0);
  EXPECT_EQ(order, epochOrder(1000, 1, 0));
  EXPECT_NE(order, epochOrder(1000, 1, 1));
  EXPECT_NE(order, epochOrder(1000, 2, 0));
  EXPECT_NE(order, epochOrder(1000, -1, 0));
  std::sort(order.begin(), order.end());
  for (uint32_t i = 0; i < 1000; ++i)
    EXPECT_EQ(order[i], i);
  EXPECT_EQ(epochOrder(1, 1, 0), std::vector<uint32_t>{0});
  EXPECT_TRUE(epochOrder(0, 1, 0).empty());
}

TEST(Order, GoldenValues) {
  // Fixed for ever: a change here changes every training.
  EXPECT_EQ(epochOrder(8, 42, 3),
            (std::vector<uint32_t>{3, 4, 1, 0, 2, 5, 7, 6}));
  EXPECT_EQ(randomBits(Stream::Order, 42, 3, 8), 15722388028759072107u);
}

TEST(Order, EveryPlaceIsEquallyLikely) {
  std::vector<int> counts(5);
  for (uint64_t epoch = 0; epoch < 2000; ++epoch)
    ++counts[epochOrder(5, 7, epoch)[0]];
  for (int count : counts)
    EXPECT_NEAR(count, 400, 80);
}
