//===- InputFile.h - read a file, plain or gzip -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A forward reader that knows how many bytes can at most follow, so that a
// format reader can refuse a header before it allocates what the header claims.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_INPUTFILE_H
#define EOQ_TRAINER_INPUTFILE_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace eoq::trainer {

class InputFile {
public:
  /// Opens `path`; a name that ends in `.gz` must hold gzip data. Throws
  /// RunError.
  explicit InputFile(const std::string &path);
  ~InputFile();
  InputFile(const InputFile &) = delete;
  InputFile &operator=(const InputFile &) = delete;

  const std::string &path() const { return name; }

  /// Reads exactly `bytes` bytes of `what`, or throws.
  void read(void *into, size_t bytes, const std::string &what);

  /// Allocates and reads `bytes` bytes after comparing them to what can follow.
  std::vector<uint8_t> readArray(uint64_t bytes, const std::string &what);

  /// Throws if anything follows, or if the gzip data ends wrongly.
  void expectEnd();

  /// Throws "'path': message".
  [[noreturn]] void fail(const std::string &message) const;

private:
  size_t readSome(void *into, size_t bytes);

  std::string name;
  void *file = nullptr;
  uint64_t fileBytes = 0;
  uint64_t consumed = 0;
  bool compressed = false;
};

/// The whole content of the regular file `path`. Throws RunError.
std::vector<uint8_t> readWholeFile(const std::string &path);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_INPUTFILE_H
