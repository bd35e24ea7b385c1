//===- TestSupport.h - files and child processes ----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A trainer runs in a child process, as a user would see it: exit code,
// standard output, standard error, killed when the test says so.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_RUNTIME_TESTSUPPORT_H
#define EOQ_TEST_RUNTIME_TESTSUPPORT_H

#include "TinyModel.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace eoq::test {

/// A new folder that is removed with all files in it.
class TempFolder {
public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder &) = delete;
  TempFolder &operator=(const TempFolder &) = delete;

  std::string file(const std::string &name) const { return path + "/" + name; }
  std::vector<std::string> list() const;

  std::string path;
};

void writeFile(const std::string &path, const std::string &content);
std::string readFile(const std::string &path);
bool fileExists(const std::string &path);

std::string gzip(const std::string &content);

/// An IDX file of unsigned bytes.
std::string idx(const std::vector<uint32_t> &shape, const std::string &data);
/// A NumPy file; `descr` such as "<f4", `shape` such as "(3, 4)".
std::string npy(const std::string &descr, const std::string &shape,
                const std::string &data, const std::string &order = "False");

/// Writes images of tinyModel() whose class can be learned, as IDX files.
void writeTinyData(const std::string &folder, uint32_t trainImages = 84,
                   uint32_t testImages = 21);

struct ChildResult {
  int exitCode = -1; ///< or -1 if a signal ended it
  int signal = 0;
  std::string out;
  std::string err;

  std::string lastLine() const;
};

struct ChildOptions {
  const eoq_model *model = &tinyModel();
  unsigned stepMicroseconds = 0;
  std::optional<uint64_t> fileSizeLimit;
  /// Sends this signal after so many microseconds.
  int signal = 0;
  unsigned signalAfterMicroseconds = 0;
  /// Starts with SIGHUP ignored, as under nohup.
  bool ignoresHangup = false;
};

/// Runs eoq_trainer_main() with these arguments in a child process.
ChildResult runTrainer(const std::vector<std::string> &arguments,
                       const ChildOptions &options = ChildOptions());

} // namespace eoq::test

#endif // EOQ_TEST_RUNTIME_TESTSUPPORT_H
