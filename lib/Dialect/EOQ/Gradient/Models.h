//===- Models.h - what the rule files share ---------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_DIALECT_EOQ_GRADIENT_MODELS_H
#define EOQ_LIB_DIALECT_EOQ_GRADIENT_MODELS_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"

namespace mlir::eoq {

/// The external model of one op. `Rule::build` gets the op, a builder, the
/// gradient of the one result, and what is needed; see
/// DifferentiableOpInterface::buildBackward.
template <typename Rule, typename OpTy>
struct GradientModel
    : public DifferentiableOpInterface::ExternalModel<GradientModel<Rule, OpTy>,
                                                      OpTy> {
  void buildBackward(Operation *op, OpBuilder &builder,
                     ValueRange resultGradients, ArrayRef<bool> needed,
                     SmallVectorImpl<Value> &operandGradients) const {
    Rule::build(cast<OpTy>(op), builder, resultGradients.front(), needed,
                operandGradients);
  }
};

/// A rule for ops of one operand: returns that operand's gradient.
template <typename Rule>
struct UnaryRule {
  template <typename OpTy>
  static void build(OpTy op, OpBuilder &builder, Value gradient,
                    ArrayRef<bool> needed, SmallVectorImpl<Value> &gradients) {
    if (needed[0])
      gradients[0] = Rule::gradient(op, builder, gradient);
  }
};

/// One file per op family.
void attachProductModels(MLIRContext *context);
void attachElementwiseModels(MLIRContext *context);
void attachPoolingModels(MLIRContext *context);
void attachMovementModels(MLIRContext *context);

} // namespace mlir::eoq

#endif // EOQ_LIB_DIALECT_EOQ_GRADIENT_MODELS_H
