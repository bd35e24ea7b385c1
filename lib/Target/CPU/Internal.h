//===- Internal.h - shared by the files of this folder ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_TARGET_CPU_INTERNAL_H
#define EOQ_LIB_TARGET_CPU_INTERNAL_H

#include "eoq/Target/CPU/Emit.h"

namespace mlir::eoq {

/// Makes LLVM's code generators known; cheap when called again.
void initializeCodeGenerators();

/// Fails if a file at `path` could not be written: a cheap test before the
/// work.
llvm::Error checkOutputPath(StringRef path);

/// Fails if what link() needs is not there: a compiler driver and libraries.
llvm::Error checkLink(OutputKind kind, const CPUTarget &target,
                      const LinkOptions &options);

/// Links the object file at `objectPath` into a program or a shared library at
/// `outputPath`; the latter shows the run-time library's interface and the
/// symbols of `modelName`. The error is one message that says what failed.
llvm::Error link(StringRef objectPath, StringRef outputPath, OutputKind kind,
                 const CPUTarget &target, const LinkOptions &options,
                 StringRef modelName);

} // namespace mlir::eoq

#endif // EOQ_LIB_TARGET_CPU_INTERNAL_H
