//===- InputFile.cpp - read a file, plain or gzip -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On top of zlib, which reads plain files and gzip through one interface.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/InputFile.h"
#include "eoq/Trainer/Error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <sys/stat.h>
#include <zlib.h>

namespace eoq::trainer {
namespace {

/// Deflate cannot expand its input by more than about 1032.
constexpr uint64_t kLargestExpansion = 1040;

bool endsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

uint64_t regularFileBytes(const std::string &path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0)
    throw RunError(quoted(path) + ": cannot open: " + std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    throw RunError(quoted(path) + ": expected a regular file");
  return static_cast<uint64_t>(info.st_size);
}

} // namespace

InputFile::InputFile(const std::string &path)
    : name(path), fileBytes(regularFileBytes(path)) {
  errno = 0;
  gzFile opened = gzopen(path.c_str(), "rb");
  if (!opened)
    fail(std::string("cannot open: ") +
         (errno != 0 ? std::strerror(errno) : "out of memory"));
  file = opened;
  gzbuffer(opened, 1u << 17);
  compressed = gzdirect(opened) == 0;
  if (endsWith(path, ".gz") && !compressed) {
    gzclose(opened);
    file = nullptr;
    fail("expected gzip data but got something else");
  }
}

InputFile::~InputFile() {
  if (file)
    gzclose(static_cast<gzFile>(file));
}

void InputFile::fail(const std::string &message) const {
  throw RunError(quoted(name) + ": " + message);
}

size_t InputFile::readSome(void *into, size_t bytes) {
  auto *out = static_cast<uint8_t *>(into);
  size_t done = 0;
  while (done < bytes) {
    auto chunk =
        static_cast<unsigned>(std::min<size_t>(bytes - done, 1u << 24));
    int got = gzread(static_cast<gzFile>(file), out + done, chunk);
    if (got < 0) {
      int code = 0;
      const char *text = gzerror(static_cast<gzFile>(file), &code);
      if (code == Z_ERRNO)
        fail(std::string("cannot read: ") + std::strerror(errno));
      if (code == Z_BUF_ERROR)
        break; // the gzip data end too early
      if (code == Z_MEM_ERROR)
        throw std::bad_alloc();
      fail(std::string("the gzip data are damaged: ") + text);
    }
    if (got == 0)
      break;
    done += static_cast<size_t>(got);
  }
  consumed += done;
  return done;
}

void InputFile::read(void *into, size_t bytes, const std::string &what) {
  size_t done = readSome(into, bytes);
  if (done != bytes)
    fail("truncated: expected " + std::to_string(bytes) + " bytes of " + what +
         " but got " + std::to_string(done));
}

std::vector<uint8_t> InputFile::readArray(uint64_t bytes,
                                          const std::string &what) {
  uint64_t limit = compressed ? fileBytes * kLargestExpansion : fileBytes;
  uint64_t left = limit > consumed ? limit - consumed : 0;
  if (bytes > left)
    fail("truncated: the header announces " + std::to_string(bytes) +
         " bytes of " + what + " but at most " + std::to_string(left) +
         " follow");
  std::vector<uint8_t> data(static_cast<size_t>(bytes));
  read(data.data(), data.size(), what);
  return data;
}

void InputFile::expectEnd() {
  uint8_t byte;
  if (readSome(&byte, 1) != 0)
    fail("expected the end of the data after " + std::to_string(consumed - 1) +
         " bytes but more follows");
  int code = Z_OK;
  gzerror(static_cast<gzFile>(file), &code);
  if (code == Z_BUF_ERROR)
    fail("truncated: the gzip data end too early");
}

std::vector<uint8_t> readWholeFile(const std::string &path) {
  uint64_t bytes = regularFileBytes(path);
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    throw RunError(quoted(path) + ": cannot open: " + std::strerror(errno));
  std::vector<uint8_t> data;
  try {
    data.resize(static_cast<size_t>(bytes));
  } catch (...) {
    std::fclose(file);
    throw;
  }
  size_t got = std::fread(data.data(), 1, data.size(), file);
  bool bad = std::ferror(file) != 0;
  std::fclose(file);
  if (bad || got != data.size())
    throw RunError(quoted(path) + ": cannot read all of its " +
                   std::to_string(bytes) + " bytes");
  return data;
}

} // namespace eoq::trainer
