//===- GenerateBackward.cpp - loss and reverse-mode gradients ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds @evaluate and @train_step from @predict. Knows network ops only
// through the DifferentiableOpInterface.
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_GENERATEBACKWARDPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// Gradients of the values of one straight-line function.
class Backpropagation {
public:
  Backpropagation(OpBuilder &builder) : builder(builder) {}

  /// Marks what depends on a trainable parameter.
  void findActiveValues(Block &block, const DenseSet<StringAttr> &trainable);

  /// Visits the ops of `forward` backwards, starting from the gradient of
  /// `output`. Fails on an active op that has no gradient.
  LogicalResult run(ArrayRef<Operation *> forward, Value output,
                    Value gradient);

  Value getGradient(Value value) const { return gradients.lookup(value); }
  bool isActive(Value value) const { return active.contains(value); }

private:
  /// Adds a contribution to a value's gradient.
  void accumulate(Value value, Value contribution, Location loc);

  OpBuilder &builder;
  DenseSet<Value> active;
  DenseMap<Value, Value> gradients;
};

void Backpropagation::findActiveValues(Block &block,
                                       const DenseSet<StringAttr> &trainable) {
  for (Operation &op : block) {
    bool isActive = llvm::any_of(op.getOperands(), [&](Value operand) {
      return active.contains(operand);
    });
    if (auto load = dyn_cast<ParameterLoadOp>(op))
      isActive = trainable.contains(load.getParameterAttr().getAttr());
    if (isActive)
      active.insert(op.result_begin(), op.result_end());
  }
}

void Backpropagation::accumulate(Value value, Value contribution,
                                 Location loc) {
  Value &gradient = gradients[value];
  gradient = gradient ? builder.create<AddOp>(loc, contribution.getType(),
                                              gradient, contribution)
                      : contribution;
}

LogicalResult Backpropagation::run(ArrayRef<Operation *> forward, Value output,
                                   Value gradient) {
  gradients[output] = gradient;
  for (Operation *op : llvm::reverse(forward)) {
    if (op->getNumOperands() == 0 || op->getNumResults() != 1 ||
        !gradients.contains(op->getResult(0)))
      continue;
    SmallVector<bool> needed = llvm::map_to_vector(
        op->getOperands(), [&](Value operand) { return isActive(operand); });
    if (llvm::none_of(needed, [](bool b) { return b; }))
      continue;
    auto differentiable = dyn_cast<DifferentiableOpInterface>(op);
    if (!differentiable)
      return op->emitError()
             << "'" << op->getName() << "' has no gradient: it implements no "
             << "DifferentiableOpInterface (eoq::registerGradientModels "
                "attaches "
                "those of the eoq dialect)";
    SmallVector<Value> operandGradients(op->getNumOperands());
    differentiable.buildBackward(builder, gradients.lookup(op->getResult(0)),
                                 needed, operandGradients);
    for (auto [operand, contribution] :
         llvm::zip_equal(op->getOperands(), operandGradients))
      if (contribution)
        accumulate(operand, contribution, op->getLoc());
  }
  return success();
}

struct GenerateBackward
    : public eoq::impl::GenerateBackwardPassBase<GenerateBackward> {
  void runOnOperation() override;

  /// A copy of @predict under another name, with labels and `extra` i32
  /// arguments, that ends in a cross entropy loss instead of the logits.
  func::FuncOp cloneWithLoss(func::FuncOp predict, StringRef name,
                             unsigned extra);
  LogicalResult differentiate(func::FuncOp trainStep);
};

/// One load for each parameter, so that a shared parameter has one gradient.
void mergeLoads(Block &block) {
  DenseMap<Attribute, ParameterLoadOp> first;
  for (auto load :
       llvm::make_early_inc_range(block.getOps<ParameterLoadOp>())) {
    auto [entry, isNew] = first.try_emplace(load.getParameterAttr(), load);
    if (isNew)
      continue;
    load.replaceAllUsesWith(entry->second.getResult());
    load.erase();
  }
}

func::FuncOp GenerateBackward::cloneWithLoss(func::FuncOp predict,
                                             StringRef name, unsigned extra) {
  OpBuilder builder(predict);
  builder.setInsertionPointAfter(predict);
  Type i32 = builder.getI32Type();
  auto logitsType =
      cast<RankedTensorType>(predict.getFunctionType().getResult(0));
  SmallVector<Type> inputs(predict.getArgumentTypes());
  inputs.push_back(RankedTensorType::get({logitsType.getDimSize(0)}, i32));
  inputs.append(extra, i32);
  Type results[] = {RankedTensorType::get({}, builder.getF32Type()), i32};
  auto clone = builder.create<func::FuncOp>(
      predict.getLoc(), name, builder.getFunctionType(inputs, results));
  Block *body = clone.addEntryBlock();
  builder.setInsertionPointToEnd(body);
  IRMapping map;
  map.map(predict.getArgument(0), body->getArgument(0));
  for (Operation &op : predict.front().without_terminator())
    builder.clone(op, map);
  Operation *oldReturn = predict.front().getTerminator();
  Value logits = map.lookup(oldReturn->getOperand(0));
  auto loss = builder.create<CrossEntropyOp>(oldReturn->getLoc(), results[0],
                                             i32, logits, body->getArgument(1));
  builder.create<func::ReturnOp>(oldReturn->getLoc(), loss.getResults());
  mergeLoads(*body);
  return clone;
}

LogicalResult GenerateBackward::differentiate(func::FuncOp trainStep) {
  ModuleOp module = getOperation();
  DenseSet<StringAttr> trainable;
  SmallVector<ParameterOp> parameters;
  for (auto parameter : module.getOps<ParameterOp>())
    if (parameter.getTrainable()) {
      trainable.insert(parameter.getSymNameAttr());
      parameters.push_back(parameter);
    }
  if (parameters.empty())
    return module.emitError()
           << "no parameter is trainable; at least one has to be, for example "
              "by a wider '--trainable' pattern";

  Block &body = trainStep.front();
  auto lossOp = *body.getOps<CrossEntropyOp>().begin();
  SmallVector<Operation *> forward;
  for (Operation &op : body.without_terminator())
    if (&op != lossOp)
      forward.push_back(&op);
  OpBuilder builder(body.getTerminator());
  Backpropagation backpropagation(builder);
  backpropagation.findActiveValues(body, trainable);
  Value logits = lossOp.getLogits();
  Value gradient = builder.create<CrossEntropyGradLogitsOp>(
      lossOp.getLoc(), logits.getType(), logits, lossOp.getLabels());
  if (failed(backpropagation.run(forward, logits, gradient)))
    return failure();
  for (auto load : body.getOps<ParameterLoadOp>())
    if (Value value = backpropagation.getGradient(load.getResult())) {
      builder.create<GradientOp>(load.getLoc(), load.getParameterAttr(), value);
      ++numGradientsBuilt;
    }
  // What stands behind the loss computes errors.
  for (Operation *op = lossOp->getNextNode(); op && op != body.getTerminator();
       op = op->getNextNode())
    op->setAttr(EOQDialect::kBackwardAttrName, builder.getUnitAttr());
  return success();
}

void GenerateBackward::runOnOperation() {
  ModuleOp module = getOperation();
  auto predict = module.lookupSymbol<func::FuncOp>(EOQDialect::kPredictName);
  if (!predict || predict.isExternal() || predict.getNumArguments() != 1 ||
      predict.getNumResults() != 1) {
    module.emitError() << "expected a function @predict from images to logits; "
                          "'convert-onnx-to-eoq' makes it";
    return signalPassFailure();
  }
  auto logits =
      dyn_cast<RankedTensorType>(predict.getFunctionType().getResult(0));
  if (!logits || logits.getRank() != 2) {
    predict.emitError() << "expected logits of shape [batch, classes] but got "
                        << predict.getFunctionType().getResult(0);
    return signalPassFailure();
  }
  if (logits.getDimSize(1) == 1) {
    predict.emitError() << "expected logits of two classes at least, as the "
                           "softmax cross entropy of one is always 0";
    return signalPassFailure();
  }
  for (StringRef name : {EOQDialect::kEvaluateName, EOQDialect::kTrainStepName})
    if (Operation *existing = module.lookupSymbol(name)) {
      existing->emitError()
          << "@" << name << " exists already; this pass builds it";
      return signalPassFailure();
    }
  cloneWithLoss(predict, EOQDialect::kEvaluateName, 0);
  // Learning rate (multiplier, shift), seed, step.
  func::FuncOp trainStep =
      cloneWithLoss(predict, EOQDialect::kTrainStepName, 4);
  if (failed(differentiate(trainStep)))
    return signalPassFailure();
  module->setAttr(EOQDialect::kLevelAttrName,
                  StringAttr::get(&getContext(), "training"));
}

} // namespace
