//===- Signals.cpp - stop at the end of a step ----------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A signal handler can do no more than set a flag; so there is one global.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Signals.h"

namespace eoq::trainer {
namespace {

volatile std::sig_atomic_t stopSignal = 0;

extern "C" void rememberSignal(int signal) {
  // The second one, be it another: as if there were no handler.
  if (stopSignal != 0) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  stopSignal = signal;
}

} // namespace

SignalGuard::SignalGuard() {
  stopSignal = 0;
  struct sigaction action = {};
  action.sa_handler = rememberSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < std::size(signals); ++i) {
    sigaction(signals[i], nullptr, &old[i]);
    // Under nohup a closed terminal is no reason to stop.
    if (signals[i] != SIGHUP || old[i].sa_handler != SIG_IGN)
      sigaction(signals[i], &action, nullptr);
  }
}

SignalGuard::~SignalGuard() {
  for (size_t i = 0; i < std::size(signals); ++i)
    sigaction(signals[i], &old[i], nullptr);
  stopSignal = 0;
}

int pendingSignal() { return stopSignal; }

} // namespace eoq::trainer
