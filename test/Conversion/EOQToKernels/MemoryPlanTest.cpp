//===- MemoryPlanTest.cpp - places of random buffers ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace mlir::eoq;

namespace {

PlannedBuffer buffer(int64_t bytes, int64_t first, int64_t last,
                     bool scratch = false) {
  PlannedBuffer result;
  result.bytes = bytes;
  result.first = first;
  result.last = last;
  result.scratch = scratch;
  return result;
}

TEST(MemoryPlan, Empty) {
  ArenaPlan plan = planArena({});
  EXPECT_EQ(plan.bytes, 0);
  EXPECT_EQ(plan.lowerBound, 0);
}

TEST(MemoryPlan, PeakAndItsScratch) {
  ArenaPlan plan = planArena({buffer(64, 0, 3), buffer(100, 2, 4),
                              buffer(30, 3, 3, true), buffer(128, 5, 9)});
  EXPECT_EQ(plan.lowerBound, 64 + 128 + 64);
  EXPECT_EQ(plan.peakPosition, 3);
  EXPECT_EQ(plan.peakScratch, 64);
  EXPECT_EQ(plan.bytes, plan.lowerBound);
}

/// What a step does: a buffer for each layer, freed in reverse order.
TEST(MemoryPlan, ForwardAndBackward) {
  std::vector<PlannedBuffer> buffers;
  for (int64_t layer = 0; layer < 50; ++layer) {
    buffers.push_back(buffer(4096 + 640 * (layer % 7), layer, 100 - layer));
    buffers.push_back(buffer(16384, layer, layer + 1));
    buffers.push_back(buffer(16384, 100 - layer, 101 - layer));
  }
  ArenaPlan plan = planArena(buffers);
  EXPECT_EQ(plan.bytes, plan.lowerBound);
}

TEST(MemoryPlan, RandomBuffersNeverShareLivingMemory) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<PlannedBuffer> buffers;
    for (int i = 0; i < 80; ++i) {
      int64_t first = random() % 200;
      buffers.push_back(buffer(1 + random() % 5000, first,
                               first + random() % (1 + random() % 60)));
    }
    ArenaPlan plan = planArena(buffers);
    EXPECT_GE(plan.bytes, plan.lowerBound);
    EXPECT_LE(plan.bytes, plan.lowerBound * 11 / 10);
    for (size_t i = 0; i < buffers.size(); ++i) {
      const PlannedBuffer &a = plan.buffers[i];
      EXPECT_EQ(a.offset % kBufferAlignment, 0);
      EXPECT_GE(a.bytes, buffers[i].bytes);
      EXPECT_LE(a.offset + a.bytes, plan.bytes);
      for (size_t j = 0; j < i; ++j) {
        const PlannedBuffer &b = plan.buffers[j];
        bool together = a.first <= b.last && b.first <= a.last;
        bool shared =
            a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
        EXPECT_FALSE(together && shared) << "buffers " << i << " and " << j;
      }
    }
  }
}

} // namespace
