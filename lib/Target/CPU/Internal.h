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

/// Links the object file at `objectPath` into a program or a shared library at
/// `outputPath`. The error is one message that says what failed.
llvm::Error link(StringRef objectPath, StringRef outputPath, OutputKind kind,
                 const CPUTarget &target, const LinkOptions &options);

} // namespace mlir::eoq

#endif // EOQ_LIB_TARGET_CPU_INTERNAL_H
