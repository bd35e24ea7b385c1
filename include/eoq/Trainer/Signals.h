//===- Signals.h - stop at the end of a step --------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// While a SignalGuard lives, SIGINT, SIGTERM and SIGHUP only set a flag that
// the training loop reads; a second one ends the program at once.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_SIGNALS_H
#define EOQ_TRAINER_SIGNALS_H

#include <csignal>
#include <iterator>

namespace eoq::trainer {

class SignalGuard {
public:
  SignalGuard();
  ~SignalGuard();
  SignalGuard(const SignalGuard &) = delete;
  SignalGuard &operator=(const SignalGuard &) = delete;

private:
  static constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction old[std::size(signals)];
};

/// The signal that asked to stop, or 0.
int pendingSignal();

} // namespace eoq::trainer

#endif // EOQ_TRAINER_SIGNALS_H
