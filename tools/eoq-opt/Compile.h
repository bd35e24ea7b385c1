//===- Compile.h - the compiler half of eoq-opt -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TOOLS_EOQ_OPT_COMPILE_H
#define EOQ_TOOLS_EOQ_OPT_COMPILE_H

#include "mlir/IR/DialectRegistry.h"

/// Whether the command line names a model to compile, rather than IR to
/// transform.
bool isCompilerCommandLine(int argc, char **argv);

/// Compiles; returns the exit code: 0 done, 1 the input failed (one message on
/// standard error), 2 wrong usage.
int compilerMain(int argc, char **argv, mlir::DialectRegistry &registry);

#endif // EOQ_TOOLS_EOQ_OPT_COMPILE_H
