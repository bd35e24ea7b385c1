//===- Products.cpp - products, activations, the classifier -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/Products.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace mlir::eoq;

bool eoq::isProduct(Operation *op) {
  return isa_and_nonnull<Conv2DOp, FullyConnectedOp>(op);
}

Value eoq::getProductInput(Operation *product) {
  return product->getOperand(0);
}

Value eoq::getProductWeight(Operation *product) {
  return product->getOperand(1);
}

ParameterLoadOp eoq::getWeightLoad(Operation *product) {
  return getProductWeight(product).getDefiningOp<ParameterLoadOp>();
}

int64_t eoq::getFanIn(Operation *product) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(getProductWeight(product).getType()).getShape();
  int64_t fanIn = 1;
  for (int64_t size : shape.drop_front())
    fanIn *= size;
  return fanIn;
}

int64_t eoq::getFanOut(Operation *product) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(getProductWeight(product).getType()).getShape();
  int64_t fanOut = shape.front();
  for (int64_t size : shape.drop_front(2))
    fanOut *= size;
  if (auto conv = dyn_cast<Conv2DOp>(product))
    fanOut /= conv.getGroups();
  return fanOut;
}

bool eoq::isActivation(Operation *op) {
  return isa_and_nonnull<ReluOp, LeakyReluOp, ClipOp>(op);
}

/// Whether `op` changes a value by one constant per channel, or only moves it.
static bool isBiasOrMove(Operation *op) {
  return isa_and_nonnull<BiasAddOp, ScaleOp, ShiftExponentOp, AvgPool2DOp,
                         ReshapeOp, TransposeOp>(op);
}

SmallVector<Value> eoq::getDataOperands(Operation *op) {
  // The parameters of these come after the data.
  if (isProduct(op) || isa<BiasAddOp, ScaleOp, BatchNormOp>(op))
    return {op->getOperand(0)};
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    Operation *definition = operand.getDefiningOp();
    if (!definition || definition->getNumOperands() > 0)
      operands.push_back(operand);
  }
  return operands;
}

bool eoq::feedsActivation(Value value) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isActivation(user))
      return true;
    if ((isBiasOrMove(user) || isa<MaxPool2DOp, BatchNormOp>(user)) &&
        use.getOperandNumber() == 0 && feedsActivation(user->getResult(0)))
      return true;
  }
  return false;
}

bool eoq::comesFromLinearProduct(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || isActivation(op))
    return false;
  if (isProduct(op))
    return true;
  return llvm::any_of(getDataOperands(op), comesFromLinearProduct);
}

llvm::SetVector<Operation *> eoq::findHeads(func::FuncOp function,
                                            DenseSet<Value> *tail) {
  llvm::SetVector<Operation *> heads;
  function.walk([&](func::ReturnOp returnOp) {
    for (Value value : returnOp.getOperands()) {
      SmallVector<Value> way = {value};
      while (isBiasOrMove(value.getDefiningOp())) {
        value = value.getDefiningOp()->getOperand(0);
        way.push_back(value);
      }
      if (!isProduct(value.getDefiningOp()))
        continue;
      heads.insert(value.getDefiningOp());
      if (tail)
        tail->insert(way.begin(), way.end());
    }
  });
  return heads;
}
