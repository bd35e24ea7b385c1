//===- Interpreter.h - runs a module, scalar by scalar ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs modules of the levels `graph` to `quantized`. On fixed-point tensors it
// computes docs/Numerics.md to the bit, and is the judge of generated code: it
// shares nothing with it, and refuses values that leave their width.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_REFERENCE_INTERPRETER_H
#define EOQ_REFERENCE_INTERPRETER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringMap.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mlir::eoq {

/// A tensor at run time, row-major. The element type says which of the three
/// vectors holds the elements.
struct TensorValue {
  RankedTensorType type;
  std::vector<float> f32;     ///< element type f32
  std::vector<int64_t> fixed; ///< element type !eoq.fixed: the integers
  std::vector<int32_t> i32;   ///< element type i32: labels
  int32_t exponent = 0;       ///< of a fixed-point tensor

  /// All zeros; a static exponent comes from the type. `type` is static, and
  /// its elements are f32, i32 or fixed point.
  static TensorValue zeros(RankedTensorType type);

  bool isFixed() const;
  int64_t size() const { return type.getNumElements(); }
  ArrayRef<int64_t> shape() const { return type.getShape(); }
  /// Element `index` as a real number.
  double real(int64_t index) const;

  bool operator==(const TensorValue &other) const;
  bool operator!=(const TensorValue &other) const { return !(*this == other); }
};

/// An i32 number or a tensor.
using RuntimeValue = std::variant<int32_t, TensorValue>;

/// One name for each parameter, in the order of the module.
using NamedState = std::vector<std::pair<std::string, TensorValue>>;

/// Runs the functions of one module, and holds its parameters between calls.
/// The module must stay alive and unchanged.
class Interpreter {
public:
  /// Parameters start with their given initial values; those drawn from a
  /// normal distribution are 0 until @initialize is called or setState() sets
  /// them. Fails with a diagnostic if a parameter cannot be represented.
  static FailureOr<Interpreter> create(ModuleOp module);

  /// Runs a function. Fails with a diagnostic at the op that cannot be run, or
  /// whose result does not fit its type. Parameters may have changed then.
  FailureOr<std::vector<RuntimeValue>> call(StringRef function,
                                            ArrayRef<RuntimeValue> arguments);

  /// The value of a parameter, or null if there is none of that name.
  const TensorValue *getState(StringRef parameter) const;
  const NamedState &getAllState() const { return state; }

  /// What the `eoq.gradient` ops of the last call named, in their order.
  const NamedState &getGradients() const { return gradients; }

  /// Fails with a diagnostic if there is no such parameter, or if the value
  /// does not fit it.
  LogicalResult setState(StringRef parameter, TensorValue value);

private:
  explicit Interpreter(ModuleOp module) : module(module) {}
  FailureOr<std::vector<RuntimeValue>> run(StringRef function,
                                           ArrayRef<RuntimeValue> arguments);

  ModuleOp module;
  NamedState state, gradients;
  llvm::StringMap<size_t> stateIndex;
};

} // namespace mlir::eoq

#endif // EOQ_REFERENCE_INTERPRETER_H
