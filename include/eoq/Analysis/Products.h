//===- Products.h - products, activations, the classifier -------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What initialization has to know of a network: its products (convolutions and
// fully connected layers), what follows them, and which of them is the
// classifier. Nothing here rewrites, and nothing looks at names.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_ANALYSIS_PRODUCTS_H
#define EOQ_ANALYSIS_PRODUCTS_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::eoq {

/// Whether `op` is an `eoq.conv_2d` or an `eoq.fully_connected`.
bool isProduct(Operation *op);

/// The operand of a product that is data, and the one that is its weight.
Value getProductInput(Operation *product);
Value getProductWeight(Operation *product);

/// The load of a product's weight, or null if the weight is not a parameter.
ParameterLoadOp getWeightLoad(Operation *product);

/// Terms of the sum that makes one output, and of the sum that makes one input
/// in the backward pass (per output channel group, all window positions).
int64_t getFanIn(Operation *product);
int64_t getFanOut(Operation *product);

/// Whether `op` is a non-linear function of each element.
bool isActivation(Operation *op);

/// The operands of `op` that carry data, as opposed to weights, biases and
/// other values that do not depend on the network's input.
SmallVector<Value> getDataOperands(Operation *op);

/// Whether an activation is reached from `value` through nothing but biases,
/// multipliers, pools and reshapes.
bool feedsActivation(Value value);

/// Whether `value` is a product's result, or a sum of such, that no activation
/// has cut: the linear bottlenecks of MobileNetV2, for example.
bool comesFromLinearProduct(Value value);

/// The products whose results reach a return of `function` through nothing but
/// biases, multipliers, average pools and reshapes; in the usual network, the
/// one classifier. The values on those ways, the products' results included,
/// are added to `tail` if it is given.
llvm::SetVector<Operation *> findHeads(func::FuncOp function,
                                       DenseSet<Value> *tail = nullptr);

} // namespace mlir::eoq

#endif // EOQ_ANALYSIS_PRODUCTS_H
