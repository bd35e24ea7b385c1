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

/// `bytes` until `last`, and `kept` bytes from `offset` on until `until`.
PlannedBuffer shrinking(int64_t bytes, int64_t first, int64_t last,
                        int64_t offset, int64_t kept, int64_t until) {
  PlannedBuffer result = buffer(bytes, first, last);
  result.keptOffset = offset;
  result.keptBytes = kept;
  result.keptUntil = until;
  return result;
}

TEST(MemoryPlan, WhatIsNotKeptIsFree) {
  std::vector<PlannedBuffer> buffers = {shrinking(1024, 0, 3, 256, 256, 9),
                                        buffer(512, 4, 9), buffer(256, 4, 9)};
  EXPECT_EQ(findLowerBound(buffers).lowerBound, 1024);
  ArenaPlan plan = planArena(buffers);
  EXPECT_EQ(plan.bytes, 1024);
  EXPECT_EQ(plan.buffers[1].offset, 512);
  EXPECT_EQ(plan.buffers[2].offset, 0);
}

/// Whether two buffers share memory that both need at one position.
static bool collide(const PlannedBuffer &a, const PlannedBuffer &b) {
  auto getRange = [](const PlannedBuffer &x, int64_t at) {
    if (at >= x.first && at <= x.last)
      return std::pair(x.offset, x.offset + x.bytes);
    if (at > x.last && at <= x.keptUntil)
      return std::pair(x.offset + x.keptOffset,
                       x.offset + x.keptOffset + x.keptBytes);
    return std::pair<int64_t, int64_t>(0, 0);
  };
  for (int64_t at = 0; at < 400; ++at) {
    auto [lowA, highA] = getRange(a, at);
    auto [lowB, highB] = getRange(b, at);
    if (lowA < highB && lowB < highA)
      return true;
  }
  return false;
}

TEST(MemoryPlan, RandomShrinkingBuffersNeverShareLivingMemory) {
  std::mt19937 random(4);
  for (int round = 0; round < 20; ++round) {
    std::vector<PlannedBuffer> buffers;
    for (int i = 0; i < 60; ++i) {
      int64_t first = random() % 200, last = first + random() % 20;
      int64_t quarter = 64 * (1 + random() % 20);
      if (i % 3 == 0)
        buffers.push_back(buffer(1 + random() % 5000, first, last));
      else
        buffers.push_back(shrinking(4 * quarter, first, last,
                                    quarter * (random() % 3), quarter,
                                    last + random() % 60));
    }
    ArenaPlan plan = planArena(buffers);
    EXPECT_GE(plan.bytes, plan.lowerBound);
    EXPECT_LE(plan.bytes, plan.lowerBound * 13 / 10);
    for (size_t i = 0; i < buffers.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        EXPECT_FALSE(collide(plan.buffers[i], plan.buffers[j]))
            << "buffers " << i << " and " << j;
  }
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
