//===- Passes.h - passes on the eoq dialect ---------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_TRANSFORMS_PASSES_H
#define EOQ_DIALECT_EOQ_TRANSFORMS_PASSES_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::eoq {

/// What happens to batch norm.
enum class BatchNormMode { Fold, Drop };

/// The update of eoq-generate-update.
enum class Optimizer { SGD, NormalizedSGD };

/// How the exponents of activations and errors are found.
enum class ExponentMode { Exact, Previous };

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"

} // namespace mlir::eoq

#endif // EOQ_DIALECT_EOQ_TRANSFORMS_PASSES_H
