//===- NpyFile.h - tensors in NumPy's file format ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and writes .npy files of tests: little-endian f4, i1, i2, i4 or i8,
// C order.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_REFERENCE_NPYFILE_H
#define EOQ_TEST_REFERENCE_NPYFILE_H

#include "eoq/Reference/Interpreter.h"
#include "llvm/Support/Error.h"

namespace mlir::eoq::test {

/// Reads a tensor of type `type` (element count and kind must fit).
llvm::Expected<TensorValue> readNpy(StringRef path, RankedTensorType type,
                                    int32_t exponent);

/// Writes f32 as f4, i32 as i4, fixed point as i8 (64 bits).
llvm::Error writeNpy(StringRef path, const TensorValue &value);

} // namespace mlir::eoq::test

#endif // EOQ_TEST_REFERENCE_NPYFILE_H
