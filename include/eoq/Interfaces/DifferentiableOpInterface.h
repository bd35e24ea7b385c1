//===- DifferentiableOpInterface.h ----------------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_INTERFACES_DIFFERENTIABLEOPINTERFACE_H
#define EOQ_INTERFACES_DIFFERENTIABLEOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "eoq/Interfaces/DifferentiableOpInterface.h.inc"

#endif // EOQ_INTERFACES_DIFFERENTIABLEOPINTERFACE_H
