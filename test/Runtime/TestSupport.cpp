//===- TestSupport.cpp - files, data sets and child processes for the tests
//-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The child is forked from the test program, so no second executable is needed.
//
//===----------------------------------------------------------------------===//
#include "TestSupport.h"
#include "eoq/Trainer/Main.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

namespace eoq::test {

TempFolder::TempFolder() {
  std::string pattern = ::testing::TempDir() + "eoq-XXXXXX";
  if (!mkdtemp(pattern.data()))
    std::abort();
  path = pattern;
}

std::vector<std::string> TempFolder::list() const {
  std::vector<std::string> names;
  DIR *folder = opendir(path.c_str());
  while (dirent *entry = readdir(folder))
    if (entry->d_name != std::string(".") && entry->d_name != std::string(".."))
      names.push_back(entry->d_name);
  closedir(folder);
  return names;
}

TempFolder::~TempFolder() {
  for (const std::string &name : list())
    unlink(file(name).c_str());
  rmdir(path.c_str());
}

void writeFile(const std::string &path, const std::string &content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string readFile(const std::string &path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

bool fileExists(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

std::string gzip(const std::string &content) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in =
      reinterpret_cast<Bytef *>(const_cast<char *>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef *>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string idx(const std::vector<uint32_t> &shape, const std::string &data) {
  std::string out = {0, 0, 8, static_cast<char>(shape.size())};
  for (uint32_t extent : shape)
    for (int shift : {24, 16, 8, 0})
      out += static_cast<char>(extent >> shift);
  return out + data;
}

std::string npy(const std::string &descr, const std::string &shape,
                const std::string &data, const std::string &order) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + order +
                       ", 'shape': " + shape + ", }\n";
  std::string out = "\x93NUMPY";
  out += {1, 0, static_cast<char>(header.size() & 255),
          static_cast<char>(header.size() >> 8)};
  return out + header + data;
}

void writeTinyData(const std::string &folder, uint32_t trainImages,
                   uint32_t testImages) {
  for (bool train : {true, false}) {
    uint32_t count = train ? trainImages : testImages;
    std::string images, labels;
    uint32_t random = train ? 1 : 2;
    for (uint32_t n = 0; n < count; ++n) {
      uint32_t label = n % kClasses;
      labels += static_cast<char>(label);
      for (uint32_t i = 0; i < kPixels; ++i) {
        random = random * 1664525u + 1013904223u;
        uint32_t pixel = (random >> 24) / 4;
        if (i / kSide == label)
          pixel += 150;
        images += static_cast<char>(pixel);
      }
    }
    std::string name = folder + (train ? "/train" : "/t10k");
    writeFile(name + "-images-idx3-ubyte", idx({count, kSide, kSide}, images));
    writeFile(name + "-labels-idx1-ubyte", idx({count}, labels));
  }
}

std::string ChildResult::lastLine() const {
  std::string text = out;
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

namespace {

[[noreturn]] void runChild(const std::vector<std::string> &arguments,
                           const ChildOptions &options, const std::string &out,
                           const std::string &err) {
  for (auto [path, descriptor] :
       {std::pair(out.c_str(), 1), std::pair(err.c_str(), 2)}) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, descriptor);
  }
  if (options.fileSizeLimit) {
    rlimit limit = {*options.fileSizeLimit, *options.fileSizeLimit};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  std::signal(SIGHUP, options.ignoresHangup ? SIG_IGN : SIG_DFL);
  tinyStepMicroseconds = options.stepMicroseconds;
  std::vector<std::string> copies = arguments;
  copies.insert(copies.begin(), "trainer");
  std::vector<char *> argv;
  for (std::string &argument : copies)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  int code = eoq_trainer_main(options.model, static_cast<int>(copies.size()),
                              argv.data());
  std::fflush(nullptr);
  _exit(code);
}

} // namespace

ChildResult runTrainer(const std::vector<std::string> &arguments,
                       const ChildOptions &options) {
  TempFolder folder;
  std::string out = folder.file("out"), err = folder.file("err");
  std::fflush(nullptr);
  pid_t child = fork();
  if (child == 0)
    runChild(arguments, options, out, err);
  if (options.signal != 0) {
    usleep(options.signalAfterMicroseconds);
    kill(child, options.signal);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ChildResult result;
  if (WIFEXITED(status))
    result.exitCode = WEXITSTATUS(status);
  else
    result.signal = WTERMSIG(status);
  result.out = readFile(out);
  result.err = readFile(err);
  return result;
}

} // namespace eoq::test
