//===- Centering.h - zero mean of output channels ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_REFERENCE_CENTERING_H
#define EOQ_LIB_REFERENCE_CENTERING_H

#include "eoq/Reference/Interpreter.h"

namespace mlir::eoq::reference {

/// Subtracts the mean of each output channel (first dimension); on integers by
/// step 6 of rule N16.
void centerChannels(TensorValue &value);

} // namespace mlir::eoq::reference

#endif // EOQ_LIB_REFERENCE_CENTERING_H
