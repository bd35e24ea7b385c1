//===- TeamTest.cpp - threads that share loops ----------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Runtime/Team.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace {

/// A team in memory with some content, and the threads that serve it.
class Team {
public:
  explicit Team(int servants) {
    std::fill(std::begin(memory->bytes), std::end(memory->bytes), 0x5a);
    eoq_rt_team_open(get());
    for (int i = 0; i < servants; ++i)
      threads.emplace_back([this] { eoq_rt_team_serve(get()); });
  }
  ~Team() {
    eoq_rt_team_close(get());
    // Who comes late, as the master itself, is not kept.
    eoq_rt_team_serve(get());
    for (std::thread &thread : threads)
      thread.join();
  }

  eoq_rt_team *get() { return reinterpret_cast<eoq_rt_team *>(memory->bytes); }

private:
  struct Memory {
    alignas(EOQ_RT_TEAM_ALIGNMENT) unsigned char bytes[EOQ_RT_TEAM_BYTES];
  };
  std::unique_ptr<Memory> memory = std::make_unique<Memory>();
  std::vector<std::thread> threads;
};

/// How often each iteration of a loop was made.
struct Counts {
  explicit Counts(size_t count) : made(count) {}
  std::vector<std::atomic<int>> made;
  std::atomic<int> wrong{0};
};

void count(void *captures, size_t first, size_t end) {
  auto &counts = *static_cast<Counts *>(captures);
  if (first > end || end > counts.made.size()) {
    ++counts.wrong;
    return;
  }
  for (size_t i = first; i < end; ++i)
    ++counts.made[i];
}

class Teams : public testing::TestWithParam<int> {};

TEST_P(Teams, MakeEachIterationOnce) {
  Team team(GetParam());
  std::mt19937 random(GetParam());
  for (int loop = 0; loop < 2000; ++loop) {
    // Mostly short loops, which threads that come late find done.
    size_t most = random() % 8 == 0 ? 3000 : 20;
    Counts counts(random() % most);
    eoq_rt_team_share(team.get(), count, &counts, counts.made.size());
    ASSERT_EQ(counts.wrong, 0);
    for (size_t i = 0; i < counts.made.size(); ++i)
      ASSERT_EQ(counts.made[i], 1)
          << "iteration " << i << " of " << counts.made.size();
  }
}

TEST_P(Teams, MayEndBeforeAnybodyComes) {
  for (int step = 0; step < 50; ++step) {
    Team team(GetParam());
    Counts counts(step);
    eoq_rt_team_share(team.get(), count, &counts, counts.made.size());
    for (std::atomic<int> &made : counts.made)
      ASSERT_EQ(made, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Servants, Teams,
                         testing::Values(0, 1, 3, EOQ_RT_TEAM_MEMBERS + 2));

/// A member that does not get on: the others do its part.
TEST(Teams, DoNotWaitForUnitsThatNobodyHasBegun) {
  Team team(1);
  struct Task {
    std::thread::id master = std::this_thread::get_id();
    std::atomic<int> made{0};
    std::atomic<bool> isStuck{false}, isSlow{false};
  } task;
  auto loop = [](void *captures, size_t first, size_t end) {
    auto &task = *static_cast<Task *>(captures);
    task.made += static_cast<int>(end - first);
    if (std::this_thread::get_id() == task.master ||
        task.isStuck.exchange(true))
      return;
    // Until all other units are made: the master has to make them.
    auto begin = std::chrono::steady_clock::now();
    while (task.made < 64 && !task.isSlow)
      if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(20))
        task.isSlow = true;
  };
  // At last the other thread is there, and gets stuck in its first unit.
  for (int i = 0; i < 10000 && !task.isStuck; ++i) {
    task.made = 0;
    eoq_rt_team_share(team.get(), loop, &task, 64);
    ASSERT_EQ(task.made, 64);
    std::this_thread::yield();
  }
  EXPECT_FALSE(task.isSlow);
}

/// A member that comes in the midst of a loop: what it makes counts.
TEST(Teams, CountUnitsOfWhoComesLate) {
  Team team(1);
  struct Task {
    eoq_rt_team *team;
    std::thread::id master = std::this_thread::get_id(), first = {};
    std::thread late = {};
    std::atomic<bool> isBegun{false}, isLateThere{false};

    static void wait(std::atomic<bool> &flag, std::chrono::milliseconds most) {
      auto begin = std::chrono::steady_clock::now();
      while (!flag && std::chrono::steady_clock::now() - begin < most)
        std::this_thread::yield();
    }
  } task{team.get()};
  auto loop = [](void *captures, size_t, size_t) {
    auto &task = *static_cast<Task *>(captures);
    auto self = std::this_thread::get_id();
    if (self == task.master) {
      Task::wait(task.isBegun, std::chrono::milliseconds(10));
    } else if (!task.isBegun) {
      // The first member has begun, and only then the late one comes.
      task.first = self;
      task.isBegun = true;
      task.late = std::thread([&task] { eoq_rt_team_serve(task.team); });
    } else if (self != task.first) {
      task.isLateThere = true;
    }
    // Nobody goes on before the late one has made a unit.
    if (task.isBegun)
      Task::wait(task.isLateThere, std::chrono::seconds(20));
  };
  for (int i = 0; i < 1000 && !task.isBegun; ++i)
    eoq_rt_team_share(team.get(), loop, &task, 64);
  EXPECT_TRUE(task.isLateThere);
  eoq_rt_team_close(team.get());
  if (task.late.joinable())
    task.late.join();
}

} // namespace
