//===- Error.h - how a run fails --------------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One exception type for everything that ends a run with exit code 1. Its text
// is the one message that the user sees.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_ERROR_H
#define EOQ_TRAINER_ERROR_H

#include "eoq/Runtime/eoq.h"

#include <stdexcept>
#include <string>

namespace eoq::trainer {

class RunError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// "'name'", as messages cite files and flags.
inline std::string quoted(const std::string &text) { return "'" + text + "'"; }

/// Throws a RunError for a status of the runtime; `context` says what was done.
inline void check(eoq_status status, const std::string &context) {
  if (status != EOQ_OK)
    throw RunError(context + ": " + eoq_status_message(status));
}

} // namespace eoq::trainer

#endif // EOQ_TRAINER_ERROR_H
