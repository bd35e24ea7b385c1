//===- Memory.cpp - memory that only the start needs ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A small network trains in less memory than the libraries around it take, most
// of whose pages are touched once, when the program starts.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Memory.h"

#ifdef __linux__
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#endif

namespace eoq::trainer {

#ifdef __linux__

namespace {

struct CloseFile {
  void operator()(std::FILE *file) const { std::fclose(file); }
};

/// A mapping of /proc/self/smaps.
struct Mapping {
  uintptr_t begin, end;
  /// Whether it is a file's, and nobody may write to it.
  bool isConstant;
};

/// The mapping that begins with `line`, if it is the first line of one.
std::optional<Mapping> parseMapping(const char *line) {
  uintptr_t begin, end;
  char permissions[5] = "";
  uint64_t inode;
  // Address range, permissions, offset, device, inode, path.
  if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s %*s %*s %" SCNu64,
                  &begin, &end, permissions, &inode) != 4)
    return std::nullopt;
  return Mapping{begin, end,
                 inode != 0 && permissions[1] == '-' && permissions[3] == 'p'};
}

} // namespace

void releaseUnusedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  std::unique_ptr<std::FILE, CloseFile> file(
      std::fopen("/proc/self/smaps", "r"));
  if (!file)
    return;
  std::optional<Mapping> mapping;
  char *line = nullptr;
  size_t size = 0;
  while (getline(&line, &size, file.get()) > 0) {
    if (std::optional<Mapping> next = parseMapping(line)) {
      mapping = next;
      continue;
    }
    // A page of which the process has a copy of its own is not the file's any
    // more: one with relocations, or with a debugger's breakpoint.
    uint64_t own;
    if (mapping && mapping->isConstant &&
        std::sscanf(line, "Anonymous: %" SCNu64, &own) == 1 && own == 0)
      (void)madvise(reinterpret_cast<void *>(mapping->begin),
                    mapping->end - mapping->begin, MADV_DONTNEED);
  }
  std::free(line);
}

#else

void releaseUnusedMemory() {}

#endif

} // namespace eoq::trainer
