//===- Progress.cpp - what a user sees of a training ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything goes to the standard output; errors alone go to stderr.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Progress.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace eoq::trainer {
namespace {

constexpr double kTerminalSeconds = 0.2;
constexpr double kLineSeconds = 5.0;
constexpr const char *kClearLine = "\r\033[K";

double secondsBetween(std::chrono::steady_clock::time_point from,
                      std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

} // namespace

Progress::Progress(int64_t step, int64_t perEpoch, int64_t totalEpochs,
                   int64_t endStep)
    : stepsPerEpoch(perEpoch), epochs(totalEpochs), lastStep(endStep),
      shownStep(step), terminal(::isatty(STDOUT_FILENO) == 1),
      last(Clock::now()), shown(last) {}

void Progress::skip() { last = Clock::now(); }

void Progress::update(int64_t step, const Tally &epoch) {
  Clock::time_point now = Clock::now();
  stepSeconds += secondsBetween(last, now);
  last = now;
  double interval = terminal ? kTerminalSeconds : kLineSeconds;
  if (secondsBetween(shown, now) < interval)
    return;
  double perStep = stepSeconds / double(std::max<int64_t>(step - shownStep, 1));
  auto left = static_cast<long long>(perStep * double(lastStep - step) + 0.5);
  char count[32] = "";
  if (epochs > 0)
    std::snprintf(count, sizeof(count), "/%lld",
                  static_cast<long long>(epochs));
  std::printf("%sepoch %lld%s step %lld/%lld %.2f ms/step loss %.4f accuracy "
              "%.2f %% left %lld:%02lld%s",
              terminal ? kClearLine : "",
              static_cast<long long>((step - 1) / stepsPerEpoch + 1), count,
              static_cast<long long>(step), static_cast<long long>(lastStep),
              1000.0 * perStep, epoch.loss(), epoch.accuracy(), left / 60,
              left % 60, terminal ? "" : "\n");
  std::fflush(stdout);
  shown = now;
  shownStep = step;
  stepSeconds = 0.0;
}

void Progress::line(const std::string &text) {
  std::printf("%s%s\n", terminal ? kClearLine : "", text.c_str());
  std::fflush(stdout);
}

} // namespace eoq::trainer
