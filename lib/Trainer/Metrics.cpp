//===- Metrics.cpp - one JSON line per epoch ------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lines are in the order of the epochs, so what has to go is always the tail of
// the file: a truncation, which a crash cannot leave half done.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Metrics.h"
#include "eoq/Trainer/Error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace eoq::trainer {
namespace {

using nlohmann::json;

/// Bytes of the complete lines at the start of the file with epoch <= `epochs`.
off_t keptBytes(const std::string &path, int64_t epochs) {
  std::ifstream file(path, std::ios::binary);
  off_t kept = 0;
  std::string line;
  while (std::getline(file, line) && !file.eof()) {
    json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object() || !parsed.contains("epoch") ||
        !parsed["epoch"].is_number_integer() ||
        parsed["epoch"].get<int64_t>() > epochs)
      break;
    kept += static_cast<off_t>(line.size() + 1);
  }
  return kept;
}

[[noreturn]] void fail(const std::string &path, int code) {
  throw RunError(quoted(path) +
                 ": cannot write the metrics: " + std::strerror(code));
}

} // namespace

MetricsFile::MetricsFile(const std::string &target, int64_t keptEpochs)
    : path(target) {
  if (path.empty())
    return;
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
      info.st_size > 0 && std::ifstream(path, std::ios::binary).get() != '{')
    throw RunError(quoted(target) +
                   ": is there and has no metrics, so it is not replaced by "
                   "them; give --metrics a name that is not taken, or remove "
                   "the file");
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    fail(path, errno);
  int code = 0;
  if (::fstat(descriptor, &info) != 0)
    code = errno;
  else if (S_ISREG(info.st_mode) &&
           ::ftruncate(descriptor,
                       keptEpochs > 0 ? keptBytes(path, keptEpochs) : 0) != 0)
    code = errno;
  ::close(descriptor);
  if (code != 0)
    fail(path, code);
}

void MetricsFile::append(const json &line) {
  if (path.empty())
    return;
  std::string text = line.dump(-1, ' ', /*ensure_ascii=*/true,
                               json::error_handler_t::replace) +
                     "\n";
  int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0)
    fail(path, errno);
  int code = 0;
  size_t done = 0;
  while (done < text.size() && code == 0) {
    ssize_t written =
        ::write(descriptor, text.data() + done, text.size() - done);
    if (written > 0)
      done += static_cast<size_t>(written);
    else if (written == 0)
      code = ENOSPC;
    else if (errno != EINTR)
      code = errno;
  }
  // Not every metrics file is one that can be synced: it may be a pipe.
  if (code == 0 && ::fsync(descriptor) != 0 && errno != EINVAL &&
      errno != EROFS)
    code = errno;
  ::close(descriptor);
  if (code != 0)
    fail(path, code);
}

} // namespace eoq::trainer
