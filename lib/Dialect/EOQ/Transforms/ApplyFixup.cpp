//===- ApplyFixup.cpp - Fixup initialization --------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Zhang, Dauphin, Ma: Fixup Initialization (arXiv 1901.09321), rules 1 to 3 of
// section 3, on residual branches of any topology. Standard deviations and the
// places of the scalars follow the authors' networks.
//
//===----------------------------------------------------------------------===//
#include "Parameters.h"
#include "eoq/Analysis/ResidualBranches.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"

#include <cmath>

namespace mlir::eoq {
#define GEN_PASS_DEF_APPLYFIXUPPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {
class ApplyFixup : public eoq::impl::ApplyFixupPassBase<ApplyFixup> {
  using ApplyFixupPassBase::ApplyFixupPassBase;
  void runOnOperation() override;

  LogicalResult expectRandomWeights();

  // Rules 1 and 2: initial values.
  void initializeWeights(const ResidualBranches &branches,
                         const llvm::SetVector<Operation *> &heads);
  void setStdDev(Operation *product, ParameterOp weight, double stdDev);
  void setZero(Operation *product, ParameterOp weight);

  // Rule 3: scalars.
  void removeBatchNormBiases();
  void insertBranchEnd(Operation *lastProduct);
  void insertBeforeActivation(Operation *activation);
  void insertBeforeProducts(func::FuncOp function);
  bool isBiased(Value value);
  Value insertScalar(OpBuilder &builder, Value input, Operation *owner,
                     StringRef suffix, bool isMultiplier);

  Remark remarkAt(Operation *op) { return Remark(op, report); }

  std::optional<ModuleParameters> parameters;
  /// Values between the classifier and the result.
  DenseSet<Value> tail;
  /// The ends of branches, as operands of adds.
  DenseMap<Operation *, unsigned> branchEnds;
};
} // namespace

void ApplyFixup::runOnOperation() {
  ModuleOp module = getOperation();
  parameters.emplace(module);
  tail.clear();
  branchEnds.clear();
  if (failed(expectLevel(module, getArgument(), {"bn-free"})) ||
      failed(expectNoBatchNorm(module, getArgument())) ||
      failed(expectRandomWeights()))
    return signalPassFailure();

  llvm::SetVector<Operation *> heads;
  for (auto function : module.getOps<func::FuncOp>())
    for (Operation *head : findHeads(function, &tail))
      heads.insert(head);
  ResidualBranches branches(module);
  if (branches.size() == 0)
    remarkAt(module) << "no residual branches: weights but the classifier's "
                        "keep their initialization, and only biases change";

  initializeWeights(branches, heads);
  removeBatchNormBiases();

  llvm::SetVector<Operation *> lastProducts;
  for (const ResidualBranch &branch : branches.getBranches()) {
    lastProducts.insert(branch.getLastProduct());
    branchEnds[branch.add] = branch.operandNumber;
  }
  for (Operation *product : lastProducts)
    insertBranchEnd(product);
  SmallVector<Operation *> activations;
  module.walk([&](Operation *op) {
    if (isActivation(op))
      activations.push_back(op);
  });
  for (Operation *activation : activations)
    insertBeforeActivation(activation);
  for (auto function : module.getOps<func::FuncOp>())
    insertBeforeProducts(function);
}

/// Pretrained weights must not be lost silently.
LogicalResult ApplyFixup::expectRandomWeights() {
  auto result = getOperation().walk([&](Operation *op) {
    if (!isProduct(op))
      return WalkResult::advance();
    ParameterOp weight = parameters->lookupLoaded(getProductWeight(op));
    if (!weight || !weight.getTrainable() ||
        isa<NormalAttr>(weight.getInitialValue()))
      return WalkResult::advance();
    op->emitError() << "'" << getArgument() << "' expected random weights but '"
                    << weight.getSymName()
                    << "' has given initial values; run "
                       "'eoq-remove-batch-norm{mode=drop}' first";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

//===----------------------------------------------------------------------===//
// Initial values
//===----------------------------------------------------------------------===//

void ApplyFixup::initializeWeights(const ResidualBranches &branches,
                                   const llvm::SetVector<Operation *> &heads) {
  // In nested branches a product counts for the shortest one it is in.
  DenseMap<Operation *, size_t> branchLengths;
  DenseSet<Operation *> lastProducts;
  for (const ResidualBranch &branch : branches.getBranches()) {
    lastProducts.insert(branch.getLastProduct());
    for (Operation *product : branch.products) {
      size_t length = branch.products.size();
      auto [it, isNew] = branchLengths.try_emplace(product, length);
      it->second = std::min(it->second, length);
    }
    ++numBranchesScaled;
    remarkAt(branch.add) << "residual branch with " << branch.products.size()
                         << " products; branches in all: " << branches.size();
  }

  DenseSet<Operation *> done;
  getOperation().walk([&](Operation *product) {
    if (!isProduct(product))
      return;
    ParameterOp weight = parameters->lookupLoaded(getProductWeight(product));
    if (!weight || !weight.getTrainable())
      return;
    bool isNew = done.insert(weight).second;
    auto normal = dyn_cast<NormalAttr>(weight.getInitialValue());
    if (!normal) // shared, and zero already
      return;

    double stdDev = normal.getStdDev();
    // The authors start from He's fan-out. Networks without branches keep the
    // initialization they have.
    if (isNew && isa<Conv2DOp>(product) && branches.size() > 0) {
      stdDev = std::sqrt(2.0 / getFanOut(product));
      setStdDev(product, weight, stdDev);
    }
    if (heads.contains(product) || lastProducts.contains(product))
      return setZero(product, weight);
    // Rule 2. With m = 1 the only product is the last, which starts at 0.
    auto it = branchLengths.find(product);
    if (!isNew || it == branchLengths.end())
      return;
    double factor = std::pow(double(branches.size()),
                             -1.0 / (2.0 * double(it->second) - 2.0));
    setStdDev(product, weight, stdDev * factor);
    ++numWeightsScaled;
    remarkAt(product) << "'" << weight.getSymName()
                      << "' starts with standard deviation "
                      << formatNumber(stdDev * factor) << ", "
                      << formatNumber(factor) << " of He's";
  });
}

void ApplyFixup::setStdDev(Operation *product, ParameterOp weight,
                           double stdDev) {
  weight.setInitialValueAttr(NormalAttr::fromStdDev(
      &getContext(), stdDev,
      cast<NormalAttr>(weight.getInitialValue()).getCentered()));
  weight.setNominal(APFloat(stdDev));
}

/// `nominal` stays: updates of this weight refer to the size it will have.
void ApplyFixup::setZero(Operation *product, ParameterOp weight) {
  weight.setInitialValueAttr(makeF32Splat(weight.getTensorType(), 0));
  ++numWeightsZeroed;
  remarkAt(product) << "'" << weight.getSymName() << "' starts at 0";
}

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

void ApplyFixup::removeBatchNormBiases() {
  SmallVector<BiasAddOp> biases;
  getOperation().walk([&](BiasAddOp biasAdd) {
    if (biasAdd->hasAttr(EOQDialect::kBatchNormBiasAttrName) &&
        !tail.contains(biasAdd))
      biases.push_back(biasAdd);
  });
  for (BiasAddOp biasAdd : biases) {
    Value load = biasAdd.getBias();
    ParameterOp parameter = parameters->lookupLoaded(load);
    ++numBiasesRemoved;
    if (parameter)
      remarkAt(biasAdd) << "'" << parameter.getSymName()
                        << "' gives way to scalar biases";
    biasAdd.replaceAllUsesWith(biasAdd.getInput());
    biasAdd.erase();
    parameters->eraseLoadIfUnused(load);
    if (parameter)
      parameters->eraseIfUnused(parameter);
  }
}

/// Whether a trainable bias has just been added to `value`: pools and reshapes
/// pass one on unchanged.
bool ApplyFixup::isBiased(Value value) {
  while (isa_and_nonnull<MaxPool2DOp, AvgPool2DOp, ReshapeOp, TransposeOp>(
      value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  auto biasAdd = value.getDefiningOp<BiasAddOp>();
  if (!biasAdd)
    return false;
  ParameterOp bias = parameters->lookupLoaded(biasAdd.getBias());
  return bias && bias.getTrainable();
}

/// A bias of 0 or a multiplier of 1 on `input`, named after the weight of
/// `owner`.
Value ApplyFixup::insertScalar(OpBuilder &builder, Value input,
                               Operation *owner, StringRef suffix,
                               bool isMultiplier) {
  Location loc = owner ? owner->getLoc() : input.getLoc();
  ParameterOp weight;
  if (owner)
    weight = parameters->lookupLoaded(getProductWeight(owner));
  std::string name = suffix.str();
  if (weight)
    name = (weight.getSymName() + "." + suffix).str();
  auto type = RankedTensorType::get({1}, builder.getF32Type());
  ParameterOp parameter = parameters->create(
      weight, loc, name, type,
      isMultiplier ? ParameterKind::Scale : ParameterKind::Bias,
      makeF32Splat(type, isMultiplier ? 1 : 0));
  Value load = parameters->createLoad(builder, loc, parameter);
  Operation *op;
  if (isMultiplier)
    op = builder.create<ScaleOp>(loc, input.getType(), input, load);
  else
    op = builder.create<BiasAddOp>(loc, input.getType(), input, load);
  ++numScalarsInserted;
  remarkAt(op) << "'" << parameter.getSymName() << "' inserted";
  return op->getResult(0);
}

/// The multiplier of a branch, and the bias that ends it and serves the
/// activation after the add.
void ApplyFixup::insertBranchEnd(Operation *lastProduct) {
  OpBuilder builder(lastProduct->getContext());
  builder.setInsertionPointAfter(lastProduct);
  Value output = lastProduct->getResult(0);
  Value scaled = insertScalar(builder, output, lastProduct, "fixup_scale",
                              /*isMultiplier=*/true);
  output.replaceAllUsesExcept(scaled, scaled.getDefiningOp());
  // A bias of the product's own does the same.
  if (scaled.hasOneUse() && scaled.use_begin()->getOperandNumber() == 0)
    if (auto biasAdd = dyn_cast<BiasAddOp>(*scaled.user_begin());
        biasAdd && isBiased(biasAdd))
      return;
  Value biased = insertScalar(builder, scaled, lastProduct, "fixup_bias_after",
                              /*isMultiplier=*/false);
  scaled.replaceAllUsesExcept(biased, biased.getDefiningOp());
}

/// The product whose name a scalar before `activation` takes: the one before
/// it, else the one after it.
static std::pair<Operation *, StringRef> findOwner(Operation *activation) {
  Value value = activation->getOperand(0);
  while (Operation *definition = value.getDefiningOp()) {
    if (isProduct(definition))
      return {definition, "fixup_bias_after"};
    if (definition->getNumOperands() == 0 || isActivation(definition) ||
        isa<AddOp, SubOp, MulOp, ConcatOp>(definition))
      break;
    value = definition->getOperand(0);
  }
  SmallVector<Operation *> worklist = {activation};
  DenseSet<Operation *> seen;
  for (size_t i = 0; i < worklist.size(); ++i) {
    if (isProduct(worklist[i]))
      return {worklist[i], "fixup_bias_activation"};
    for (Operation *user : worklist[i]->getUsers())
      if (seen.insert(user).second)
        worklist.push_back(user);
  }
  return {nullptr, "fixup_bias_activation"};
}

void ApplyFixup::insertBeforeActivation(Operation *activation) {
  Value input = activation->getOperand(0);
  if (isBiased(input))
    return;
  // The bias at the end of a branch serves the activation behind the add,
  // unless the sum is also a shortcut, which must not see the activation's
  // bias.
  if (auto add = input.getDefiningOp<AddOp>(); add && input.hasOneUse())
    if (auto it = branchEnds.find(add);
        it != branchEnds.end() && isBiased(add->getOperand(it->second)))
      return;
  auto [owner, suffix] = findOwner(activation);
  OpBuilder builder(activation);
  Value biased = insertScalar(builder, input, owner, suffix,
                              /*isMultiplier=*/false);
  activation->setOperand(0, biased);
}

/// Products that read the same value share the bias before them. The network's
/// own input gets none, as in the authors' networks: its gradient would be the
/// most expensive one.
void ApplyFixup::insertBeforeProducts(func::FuncOp function) {
  llvm::MapVector<Value, SmallVector<Operation *>> readers;
  DenseSet<Value> computed; // depend on a product
  function.walk([&](Operation *op) {
    SmallVector<Value> operands = getDataOperands(op);
    if (isProduct(op) && computed.contains(operands.front()))
      readers[operands.front()].push_back(op);
    if (isProduct(op) || llvm::any_of(operands, [&](Value operand) {
          return computed.contains(operand);
        }))
      computed.insert(op->getResults().begin(), op->getResults().end());
  });
  for (auto &[value, products] : readers) {
    if (isBiased(value))
      continue;
    OpBuilder builder(function.getContext());
    builder.setInsertionPointAfter(value.getDefiningOp());
    Value biased = insertScalar(builder, value, products.front(),
                                "fixup_bias_before", /*isMultiplier=*/false);
    for (Operation *product : products)
      product->setOperand(0, biased);
  }
}
