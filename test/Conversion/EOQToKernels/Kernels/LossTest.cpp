//===- LossTest.cpp - cross entropy (N14, N15)
//---------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "KernelTest.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

namespace {

/// One row as N14 defines it.
struct Row {
  std::vector<int64_t> d, p;
  int64_t sum = 0, place = 0;

  Row(const int32_t *z, int64_t classes, int64_t e) {
    for (int64_t k = 0; k < classes; ++k)
      if (z[k] > z[place])
        place = k;
    for (int64_t k = 0; k < classes; ++k) {
      int64_t distance = std::min<int64_t>(
          int64_t(shiftNearest(int64_t(z[place]) - z[k], -10 - e)), 16384);
      int64_t t = (distance * 1477) >> 10;
      int64_t i = (t & 1023) >> 2;
      int64_t entry = std::llround(65536 * std::exp2(-(i + 0.5) / 256));
      d.push_back(distance);
      p.push_back(entry >> (t >> 10));
      sum += p.back();
    }
  }

  int64_t loss(int64_t label) const {
    int64_t b = bitLength(sum);
    int64_t f = (b <= 9 ? sum << (9 - b) : sum >> (b - 9)) & 255;
    int64_t log2 =
        (b - 17) * 1024 + std::llround(1024 * std::log2(1 + (f + 0.5) / 256));
    return std::max<int64_t>(d[label] + ((log2 * 710) >> 10), 0);
  }
};

struct Loss {
  int32_t loss, correct;
};
struct LossF32 {
  float loss;
  int32_t correct;
};

} // namespace

TEST(Loss, Integers) {
  for (int round = 0; round < 300; ++round) {
    int64_t rows = randomInt(1, 40), classes = randomInt(1, 20);
    if (round % 50 == 0)
      classes = 1000;
    int32_t e = randomInt(-35, 3);
    auto logits = randomVector<int32_t>(rows * classes,
                                        round % 3 ? randomInt(1, 31) : 31);
    std::vector<int32_t> labels(rows), out(rows * classes),
        want(rows * classes);
    int64_t loss = 0, correct = 0;
    int64_t f = bitLength(rows) - 1;
    int64_t factor = ((int64_t(1) << (15 + f)) + rows) / (2 * rows);
    for (int64_t r = 0; r < rows; ++r) {
      labels[r] = randomInt(-1, classes - 1);
      Row row(&logits[r * classes], classes, e);
      if (labels[r] < 0)
        continue;
      loss += row.loss(labels[r]);
      correct += row.place == labels[r];
      for (int64_t k = 0; k < classes; ++k) {
        int64_t error = (row.p[k] * 16384 + (row.sum >> 1)) / row.sum -
                        (k == labels[r] ? 16384 : 0);
        want[r * classes + k] = int32_t(shiftNearest(error * factor, 14));
      }
    }
    auto got = kernels().callStruct<Loss>("eoq_cross_entropy_i32", logits,
                                          labels, rows, classes, e);
    EXPECT_EQ(got.loss, loss);
    EXPECT_EQ(got.correct, correct);
    kernels().call("eoq_cross_entropy_grad_i32", logits, labels, out, rows,
                   classes, e);
    ASSERT_EQ(out, want);
  }
}

TEST(Loss, Floats) {
  for (int round = 0; round < 50; ++round) {
    int64_t rows = randomInt(1, 20), classes = randomInt(1, 20);
    auto logits = randomFloats(rows * classes);
    for (float &z : logits)
      z *= 10;
    std::vector<int32_t> labels(rows);
    std::vector<float> out(rows * classes);
    std::vector<double> want(rows * classes);
    double loss = 0;
    int32_t correct = 0;
    for (int64_t r = 0; r < rows; ++r) {
      labels[r] = randomInt(-1, classes - 1);
      if (labels[r] < 0)
        continue;
      const float *z = &logits[r * classes];
      double sum = 0;
      for (int64_t k = 0; k < classes; ++k)
        sum += std::exp(double(z[k]));
      loss += std::log(sum) - z[labels[r]];
      correct += std::max_element(z, z + classes) - z == labels[r];
      for (int64_t k = 0; k < classes; ++k)
        want[r * classes + k] =
            (std::exp(double(z[k])) / sum - (k == labels[r])) / rows;
    }
    auto got = kernels().callStruct<LossF32>("eoq_cross_entropy_f32", logits,
                                             labels, rows, classes);
    EXPECT_NEAR(got.loss, loss, 1e-4 * (1 + loss));
    EXPECT_EQ(got.correct, correct);
    kernels().call("eoq_cross_entropy_grad_f32", logits, labels, out, rows,
                   classes);
    for (size_t i = 0; i < out.size(); ++i)
      ASSERT_NEAR(out[i], want[i], 1e-6);
  }
}
