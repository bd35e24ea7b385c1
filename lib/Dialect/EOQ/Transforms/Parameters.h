//===- Parameters.h - the parameters of a module ----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the passes that change parameters share: reading and writing initial
// values, and knowing who loads what while loads come and go.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_DIALECT_EOQ_TRANSFORMS_PARAMETERS_H
#define EOQ_LIB_DIALECT_EOQ_TRANSFORMS_PARAMETERS_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"

namespace mlir::eoq {

/// The f32 elements of an attribute (dense, or a dense resource whose data is
/// present), a splat expanded; nothing for any other attribute.
std::optional<std::vector<float>> readF32Elements(Attribute attribute);

/// Elements of an f32 type: a splat if all values are equal, a dense attribute
/// if they are few, else a resource, which the context does not hash.
ElementsAttr makeF32Elements(RankedTensorType type, ArrayRef<float> values,
                             StringRef name);

/// All elements equal to `value`.
ElementsAttr makeF32Splat(RankedTensorType type, float value);

/// Root of the mean square.
double rootMeanSquare(ArrayRef<float> values);

/// The parameters of a module and their loads.
class ModuleParameters {
public:
  explicit ModuleParameters(ModuleOp module);

  /// The parameter of a load; null if the symbol is not there.
  ParameterOp lookup(ParameterLoadOp load) const;
  /// The parameter that `value` loads, or null.
  ParameterOp lookupLoaded(Value value) const;
  ArrayRef<ParameterLoadOp> getLoads(ParameterOp parameter) const;
  /// Whether the parameter has one use in the whole module.
  bool hasOneUse(ParameterOp parameter) const;

  /// A new parameter behind `after` (or first in the module). The name gets a
  /// suffix if it is taken.
  ParameterOp create(Operation *after, Location loc, StringRef name,
                     RankedTensorType type, ParameterKind kind,
                     ElementsAttr initialValue);
  Value createLoad(OpBuilder &builder, Location loc, ParameterOp parameter);

  /// Erases the load that defines `value`, if it is one and nobody uses it.
  void eraseLoadIfUnused(Value value);
  /// Erases the parameter if nobody loads it; returns whether it did.
  bool eraseIfUnused(ParameterOp parameter);

private:
  ModuleOp module;
  SymbolTable symbols;
  DenseMap<Operation *, SmallVector<ParameterLoadOp>> loads;
};

/// The name of the parameter `suffix` of the layer that has `weight`:
/// `conv1.weight` gives `conv1.bias`.
std::string getSiblingName(StringRef weight, StringRef suffix);

/// A remark at an op if a pass was asked to report, otherwise nothing.
class Remark {
public:
  Remark(Operation *op, bool wanted) {
    if (wanted)
      diagnostic.emplace(op->emitRemark());
  }
  template <typename T> Remark &operator<<(T &&part) {
    if (diagnostic)
      *diagnostic << std::forward<T>(part);
    return *this;
  }

private:
  std::optional<InFlightDiagnostic> diagnostic;
};

/// Four digits of a number, for remarks.
std::string formatNumber(double number);

/// Fails with an error if the module has a level that is not one of `expected`
/// (a module without the attribute passes).
LogicalResult expectLevel(ModuleOp module, StringRef pass,
                          ArrayRef<StringRef> expected);

/// Fails with an error at the first batch norm that is left.
LogicalResult expectNoBatchNorm(ModuleOp module, StringRef pass);

} // namespace mlir::eoq

#endif // EOQ_LIB_DIALECT_EOQ_TRANSFORMS_PARAMETERS_H
