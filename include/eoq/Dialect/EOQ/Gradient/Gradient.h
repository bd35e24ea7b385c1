//===- Gradient.h - backward rules of the eoq dialect -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The DifferentiableOpInterface of our ops is attached from here: whoever wants
// other rules, or only the dialect, does not link this library.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_GRADIENT_GRADIENT_H
#define EOQ_DIALECT_EOQ_GRADIENT_GRADIENT_H

namespace mlir {
class DialectRegistry;
namespace eoq {

/// Attaches the backward rules of all our ops once the dialect is loaded.
void registerGradientModels(DialectRegistry &registry);

} // namespace eoq
} // namespace mlir

#endif // EOQ_DIALECT_EOQ_GRADIENT_GRADIENT_H
