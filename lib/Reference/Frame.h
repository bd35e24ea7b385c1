//===- Frame.h - values of a running function, and evaluators ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the files of this folder share: the values of a function that runs, and
// one `evaluate` for each op. An evaluator reads the operands of its op from
// the frame and defines its results; the caller checks that these fit their
// types.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_REFERENCE_FRAME_H
#define EOQ_LIB_REFERENCE_FRAME_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Reference/Interpreter.h"

#include <memory>
#include <optional>

namespace mlir::eoq::reference {

/// The values of one activation of a function, and the module's state.
class Frame {
public:
  using StateLookup = llvm::function_ref<TensorValue *(StringRef)>;
  Frame(ModuleOp module, StateLookup state, NamedState &gradients)
      : module(module), lookup(state), gradients(gradients) {}

  const TensorValue &tensor(Value value) const {
    return *tensors.find(value)->second;
  }
  int32_t integer(Value value) const { return integers.lookup(value); }
  RuntimeValue get(Value value) const;

  /// Gives `value` a tensor of zeros, to be filled in by the caller. `exponent`
  /// counts only if the type's is dynamic or static and equal; others are
  /// reported by takeExponentError().
  TensorValue &define(Value value, int64_t exponent = 0);
  void setInteger(Value value, int32_t integer) { integers[value] = integer; }
  void set(Value value, RuntimeValue runtime);

  /// Forgets a tensor that is not read any more.
  void release(Value value) { tensors.erase(value); }

  /// The exponent that define() could not represent, once.
  std::optional<int64_t> takeExponentError() {
    return std::exchange(exponentError, std::nullopt);
  }

  /// The stored value of a parameter; never null in a verified module.
  TensorValue &state(FlatSymbolRefAttr symbol) {
    return *lookup(symbol.getValue());
  }
  ParameterOp parameter(FlatSymbolRefAttr symbol) {
    return module.lookupSymbol<ParameterOp>(symbol.getValue());
  }
  void addGradient(FlatSymbolRefAttr symbol, const TensorValue &gradient) {
    gradients.emplace_back(symbol.getValue().str(), gradient);
  }

private:
  ModuleOp module;
  StateLookup lookup;
  NamedState &gradients;
  llvm::DenseMap<Value, std::unique_ptr<TensorValue>> tensors;
  llvm::DenseMap<Value, int32_t> integers;
  std::optional<int64_t> exponentError;
};

/// The first element that does not fit the type, if any, as a message.
std::optional<std::string> findMisfit(const TensorValue &value);

/// The initial value that a parameter's attribute spells out, or zeros if it is
/// drawn from a distribution. Fails with a diagnostic.
FailureOr<TensorValue> givenInitialValue(ParameterOp op);

// Products.cpp
LogicalResult evaluate(Conv2DOp op, Frame &frame);
LogicalResult evaluate(Conv2DGradInputOp op, Frame &frame);
LogicalResult evaluate(Conv2DGradWeightOp op, Frame &frame);
LogicalResult evaluate(FullyConnectedOp op, Frame &frame);
LogicalResult evaluate(FullyConnectedGradInputOp op, Frame &frame);
LogicalResult evaluate(FullyConnectedGradWeightOp op, Frame &frame);

// Channels.cpp
LogicalResult evaluate(BiasAddOp op, Frame &frame);
LogicalResult evaluate(BiasAddGradBiasOp op, Frame &frame);
LogicalResult evaluate(ScaleOp op, Frame &frame);
LogicalResult evaluate(ScaleGradScaleOp op, Frame &frame);
LogicalResult evaluate(BatchNormOp op, Frame &frame);

// Elementwise.cpp
LogicalResult evaluate(ReluOp op, Frame &frame);
LogicalResult evaluate(ReluGradInputOp op, Frame &frame);
LogicalResult evaluate(LeakyReluOp op, Frame &frame);
LogicalResult evaluate(LeakyReluGradInputOp op, Frame &frame);
LogicalResult evaluate(ClipOp op, Frame &frame);
LogicalResult evaluate(ClipGradInputOp op, Frame &frame);
LogicalResult evaluate(ShiftExponentOp op, Frame &frame);
LogicalResult evaluate(AddOp op, Frame &frame);
LogicalResult evaluate(SubOp op, Frame &frame);
LogicalResult evaluate(MulOp op, Frame &frame);

// Pooling.cpp
LogicalResult evaluate(MaxPool2DOp op, Frame &frame);
LogicalResult evaluate(MaxPool2DGradInputOp op, Frame &frame);
LogicalResult evaluate(AvgPool2DOp op, Frame &frame);
LogicalResult evaluate(AvgPool2DGradInputOp op, Frame &frame);

// Movement.cpp
LogicalResult evaluate(ConcatOp op, Frame &frame);
LogicalResult evaluate(SliceOp op, Frame &frame);
LogicalResult evaluate(PadOp op, Frame &frame);
LogicalResult evaluate(ReshapeOp op, Frame &frame);
LogicalResult evaluate(TransposeOp op, Frame &frame);

// Quantize.cpp
LogicalResult evaluate(QuantizeOp op, Frame &frame);
LogicalResult evaluate(ExponentLoadOp op, Frame &frame);
LogicalResult evaluate(ExponentStoreOp op, Frame &frame);

// Loss.cpp
LogicalResult evaluate(CrossEntropyOp op, Frame &frame);
LogicalResult evaluate(CrossEntropyGradLogitsOp op, Frame &frame);

// Update.cpp
LogicalResult evaluate(SgdUpdateOp op, Frame &frame);

// State.cpp
LogicalResult evaluate(ParameterLoadOp op, Frame &frame);
LogicalResult evaluate(GradientOp op, Frame &frame);
LogicalResult evaluate(ParameterInitializeOp op, Frame &frame);
LogicalResult evaluate(RandomKeyOp op, Frame &frame);
LogicalResult evaluate(ConstantOp op, Frame &frame);

} // namespace mlir::eoq::reference

#endif // EOQ_LIB_REFERENCE_FRAME_H
