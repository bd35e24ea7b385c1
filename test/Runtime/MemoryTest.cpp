//===- MemoryTest.cpp - giving back unused memory -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Memory.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using namespace eoq::trainer;

namespace {

constexpr size_t kPages = 8;

/// A file of some pages in memory, mapped for reading only.
class MappedFile {
public:
  MappedFile() : pageBytes(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    std::FILE *file = std::tmpfile();
    std::vector<char> contents(bytes(), 'x');
    std::fwrite(contents.data(), 1, contents.size(), file);
    std::fflush(file);
    data = static_cast<char *>(
        mmap(nullptr, bytes(), PROT_READ, MAP_PRIVATE, fileno(file), 0));
    std::fclose(file);
  }
  ~MappedFile() { munmap(data, bytes()); }

  bool isValid() const { return data != MAP_FAILED; }
  size_t bytes() const { return kPages * pageBytes; }
  void protect(int protection) { mprotect(data, bytes(), protection); }

  /// Reads every page.
  bool isIntact(char first) const {
    bool intact = data[0] == first;
    for (size_t i = 1; i < bytes(); ++i)
      intact &= static_cast<volatile char *>(data)[i] == 'x';
    return intact;
  }

  /// What the system says about the mapping, in kB.
  long residentKilobytes() const {
    std::ifstream maps("/proc/self/smaps");
    char start[32];
    std::snprintf(
        start, sizeof(start), "%lx-",
        static_cast<unsigned long>(reinterpret_cast<uintptr_t>(data)));
    bool found = false;
    for (std::string line; std::getline(maps, line);) {
      found |= line.compare(0, std::strlen(start), start) == 0;
      if (found && line.compare(0, 4, "Rss:") == 0)
        return std::stol(line.substr(4));
    }
    return -1;
  }

  char *data;

private:
  size_t pageBytes;
};

} // namespace

TEST(ReleaseUnusedMemory, GivesBackPagesOfFiles) {
  MappedFile file;
  ASSERT_TRUE(file.isValid());
  ASSERT_TRUE(file.isIntact('x'));
  if (file.residentKilobytes() < 0)
    GTEST_SKIP() << "this system does not say which pages are resident";
  ASSERT_GT(file.residentKilobytes(), 0);
  releaseUnusedMemory();
  EXPECT_EQ(file.residentKilobytes(), 0);
  EXPECT_TRUE(file.isIntact('x'));
}

TEST(ReleaseUnusedMemory, KeepsWhatHasChanged) {
  MappedFile file;
  ASSERT_TRUE(file.isValid());
  // As the relocations of a library, or a debugger's breakpoint.
  file.protect(PROT_READ | PROT_WRITE);
  file.data[0] = 'y';
  releaseUnusedMemory();
  EXPECT_EQ(file.data[0], 'y');
  file.protect(PROT_READ);
  releaseUnusedMemory();
  EXPECT_TRUE(file.isIntact('y'));
}
