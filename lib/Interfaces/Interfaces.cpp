//===- Interfaces.cpp - definitions of the op interfaces --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Interfaces/DifferentiableOpInterface.h"
#include "eoq/Interfaces/QuantizableOpInterface.h"

using namespace mlir;

#include "eoq/Interfaces/DifferentiableOpInterface.cpp.inc"
#include "eoq/Interfaces/QuantizableOpInterface.cpp.inc"
