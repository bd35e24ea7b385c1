//===- Main.cpp - the entry point of a training program -------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The boundary: whatever is thrown inside becomes one message and an exit code.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Main.h"
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Error.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

namespace {

constexpr int kRunFailed = 1;

int failed(const char *message) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", message);
  return kRunFailed;
}

} // namespace

extern "C" int eoq_trainer_main(const eoq_model *model, int argc, char **argv) {
  // A file that reaches the size limit shall be a write error, not the end of
  // the program in the middle of a checkpoint.
  std::signal(SIGXFSZ, SIG_IGN);
  int code = 0;
  try {
    code = eoq::trainer::runCommandLine(*model, argc, argv);
  } catch (const eoq::trainer::RunError &error) {
    return failed(error.what());
  } catch (const std::bad_alloc &) {
    return failed("not enough memory");
  } catch (const std::exception &error) {
    return failed((std::string("unexpected failure: ") + error.what()).c_str());
  } catch (...) {
    return failed("unexpected failure");
  }
  if ((std::fflush(stdout) != 0 || std::ferror(stdout)) && code == 0)
    return failed((std::string("cannot write to the standard output: ") +
                   std::strerror(errno))
                      .c_str());
  return code;
}
