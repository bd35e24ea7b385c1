//===- AtomicFile.cpp - write a file as a whole or not at all -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Temporary file, fsync, rename, fsync of the folder.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/AtomicFile.h"
#include "eoq/Trainer/Error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace eoq::trainer {
namespace {

constexpr size_t kBufferBytes = 1u << 16;

std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

} // namespace

void checkWritable(const std::string &path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) {
    if (!S_ISREG(info.st_mode))
      throw RunError(quoted(path) + ": cannot write: expected a regular file");
  } else if (errno != ENOENT) {
    throw RunError(quoted(path) + ": cannot write: " + std::strerror(errno));
  }
  if (::access(folderOf(path).c_str(), W_OK | X_OK) != 0)
    throw RunError(quoted(path) +
                   ": cannot write into its folder: " + std::strerror(errno));
}

bool isSameFile(const std::string &a, const std::string &b) {
  struct stat infoA, infoB;
  auto areSame = [&] {
    return infoA.st_dev == infoB.st_dev && infoA.st_ino == infoB.st_ino;
  };
  bool isThereA = ::stat(a.c_str(), &infoA) == 0;
  bool isThereB = ::stat(b.c_str(), &infoB) == 0;
  if (isThereA || isThereB)
    return isThereA && isThereB && areSame();
  return a.substr(a.rfind('/') + 1) == b.substr(b.rfind('/') + 1) &&
         ::stat(folderOf(a).c_str(), &infoA) == 0 &&
         ::stat(folderOf(b).c_str(), &infoB) == 0 && areSame();
}

AtomicFile::AtomicFile(const std::string &target)
    : path(target), temporary(target + ".tmp") {
  checkWritable(path);
  buffer.reserve(kBufferBytes);
  // Not for ever: there are file systems whose inode numbers say nothing.
  for (int tries = 0; !openTemporary() && tries < 10; ++tries)
    ::close(descriptor);
  present = true;
  if (::ftruncate(descriptor, 0) != 0) {
    int code = errno;
    ::close(descriptor);
    fail("create", code);
  }
}

/// Opens the temporary file and locks it; false if another process has renamed
/// it in the meantime.
bool AtomicFile::openTemporary() {
  descriptor = ::open(temporary.c_str(),
                      O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (descriptor < 0)
    fail("create", errno);
  // A file system without locks has to do without.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor);
    throw RunError(quoted(path) + ": another process is writing this file; "
                                  "expected a file of its own");
  }
  struct stat opened, named;
  return ::fstat(descriptor, &opened) == 0 &&
         ::lstat(temporary.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

AtomicFile::~AtomicFile() {
  if (present)
    ::unlink(temporary.c_str());
  if (descriptor >= 0)
    ::close(descriptor);
}

void AtomicFile::fail(const char *action, int code) {
  throw RunError(quoted(path) + ": cannot " + action +
                 " the file: " + std::strerror(code));
}

void AtomicFile::flush() {
  const char *data = buffer.data();
  size_t left = buffer.size();
  while (left != 0) {
    ssize_t written = ::write(descriptor, data, left);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      fail("write", written < 0 ? errno : ENOSPC);
    data += written;
    left -= static_cast<size_t>(written);
  }
  buffer.clear();
}

void AtomicFile::write(const void *data, size_t bytes) {
  const char *in = static_cast<const char *>(data);
  while (bytes != 0) {
    size_t room = kBufferBytes - buffer.size();
    size_t taken = bytes < room ? bytes : room;
    buffer.insert(buffer.end(), in, in + taken);
    in += taken;
    bytes -= taken;
    if (buffer.size() == kBufferBytes)
      flush();
  }
}

void AtomicFile::commit() {
  flush();
  if (::fsync(descriptor) != 0)
    fail("write", errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    fail("rename", errno);
  present = false;
  // With the lock goes the right to the temporary name.
  int closed = ::close(descriptor);
  descriptor = -1;
  if (closed != 0)
    fail("write", errno);
  // Some file systems cannot sync a folder; the file is complete all the same.
  int folder = ::open(folderOf(path).c_str(), O_RDONLY | O_DIRECTORY);
  if (folder >= 0) {
    (void)::fsync(folder);
    ::close(folder);
  }
}

} // namespace eoq::trainer
