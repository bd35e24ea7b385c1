//===- Metrics.h - one JSON line per epoch ----------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The metrics file of a training. After a resume it reads as if the training
// had never stopped.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_METRICS_H
#define EOQ_TRAINER_METRICS_H

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace eoq::trainer {

class MetricsFile {
public:
  /// An empty path means no file. Keeps the lines of the first `keptEpochs`
  /// epochs that are in the file, and removes all else. Throws RunError.
  MetricsFile(const std::string &path, int64_t keptEpochs);

  /// Appends one line and flushes it to the disk. Throws RunError.
  void append(const nlohmann::json &line);

private:
  std::string path;
};

} // namespace eoq::trainer

#endif // EOQ_TRAINER_METRICS_H
