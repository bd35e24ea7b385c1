//===- AtomicFile.h - write a file as a whole or not at all -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reader of the path sees the old content or the new one, never a part; also
// after a crash, and when the disk is full.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_ATOMICFILE_H
#define EOQ_TRAINER_ATOMICFILE_H

#include <cstddef>
#include <string>
#include <vector>

namespace eoq::trainer {

class AtomicFile {
public:
  /// Opens `path` + ".tmp" in the same folder. Throws RunError, also if `path`
  /// is there and is not a regular file, or while another process, or another
  /// AtomicFile, writes it.
  explicit AtomicFile(const std::string &path);
  /// Removes the temporary file unless commit() was successful.
  ~AtomicFile();
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;

  /// Appends. Throws RunError.
  void write(const void *data, size_t bytes);
  void write(const std::string &text) { write(text.data(), text.size()); }

  /// Flushes to the disk and renames to the path. Throws RunError.
  void commit();

private:
  [[noreturn]] void fail(const char *action, int code);
  bool openTemporary();
  void flush();

  std::string path;
  std::string temporary;
  int descriptor = -1;
  bool present = false; ///< the temporary file is there
  std::vector<char> buffer;
};

/// Throws RunError if a file could not be made at `path`: no such folder, no
/// permission, or something there that is not a regular file.
void checkWritable(const std::string &path);

/// Whether both paths are one file, which need not be there yet.
bool isSameFile(const std::string &a, const std::string &b);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_ATOMICFILE_H
