//===- GenerateUpdate.cpp - optimizer and initialization --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/Transforms/Passes.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_GENERATEUPDATEPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// Each parameter owns this many consecutive numbers for its random draws: four
/// of the update (rule N16), one of the initialization (rule N17).
constexpr int64_t kSitesPerParameter = 8;
constexpr int64_t kInitializationSite = 4;

/// Scalars (Fixup's biases and multipliers) learn 2^3 times slower; the authors
/// of Fixup (arXiv 1901.09321) take a tenth in their networks.
constexpr int64_t kScalarRateShift = 3;

struct GenerateUpdate
    : public eoq::impl::GenerateUpdatePassBase<GenerateUpdate> {
  using GenerateUpdatePassBase::GenerateUpdatePassBase;
  void runOnOperation() override;

  /// Optimizer state of a parameter: zeros of the given type, behind it.
  ParameterOp createState(ParameterOp parameter, StringRef suffix,
                          RankedTensorType type);
  void createUpdate(GradientOp gradient, ParameterOp parameter,
                    func::FuncOp trainStep, int64_t site);
  void createInitialize(ArrayRef<ParameterOp> parameters);
};

ParameterOp GenerateUpdate::createState(ParameterOp parameter, StringRef suffix,
                                        RankedTensorType type) {
  OpBuilder builder(parameter);
  builder.setInsertionPointAfter(parameter);
  auto zeros = DenseElementsAttr::get(type, builder.getF32FloatAttr(0.0f));
  return builder.create<ParameterOp>(
      parameter.getLoc(), (parameter.getSymName() + suffix).str(), type,
      ParameterKind::Optimizer, /*trainable=*/false, zeros,
      /*initial_exponent=*/IntegerAttr(), /*nominal=*/FloatAttr(),
      /*centered=*/false, /*onnx_transposed=*/false);
}

void GenerateUpdate::createUpdate(GradientOp gradient, ParameterOp parameter,
                                  func::FuncOp trainStep, int64_t site) {
  OpBuilder builder(gradient);
  RankedTensorType type = parameter.getTensorType();
  FlatSymbolRefAttr gradNorm;
  if (optimizer == Optimizer::NormalizedSGD) {
    auto scalar = RankedTensorType::get({}, type.getElementType());
    gradNorm = FlatSymbolRefAttr::get(
        createState(parameter, ".grad_norm", scalar).getSymNameAttr());
  }
  auto momentumState = FlatSymbolRefAttr::get(
      createState(parameter, ".momentum", type).getSymNameAttr());
  bool isWeight = parameter.getKind() == ParameterKind::Weight;
  bool isScalar = type.getNumElements() == 1;
  IntegerAttr decay;
  if (weightDecayShift != 0 && isWeight)
    decay = builder.getI64IntegerAttr(weightDecayShift);
  int64_t offset = isScalar && !isWeight ? kScalarRateShift : 0;
  builder.create<SgdUpdateOp>(
      gradient.getLoc(), gradient.getParameterAttr(), momentumState, gradNorm,
      gradient.getGradient(), trainStep.getArgument(2),
      trainStep.getArgument(3), trainStep.getArgument(5), /*key=*/Value(),
      builder.getI64IntegerAttr(momentum), decay,
      builder.getI64IntegerAttr(offset), builder.getI64IntegerAttr(site));
  gradient.erase();
  ++numUpdatesBuilt;
}

void GenerateUpdate::createInitialize(ArrayRef<ParameterOp> parameters) {
  ModuleOp module = getOperation();
  auto builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = module.getLoc();
  auto initialize = builder.create<func::FuncOp>(
      loc, EOQDialect::kInitializeName,
      builder.getFunctionType(builder.getI32Type(), {}));
  builder.setInsertionPointToEnd(initialize.addEntryBlock());
  Value step =
      builder.create<arith::ConstantOp>(loc, builder.getI32IntegerAttr(-1));
  Value key = builder.create<RandomKeyOp>(loc, builder.getI32Type(),
                                          initialize.getArgument(0), step);
  for (auto [index, entry] : llvm::enumerate(parameters)) {
    ParameterOp parameter = entry;
    builder.create<ParameterInitializeOp>(
        parameter.getLoc(), parameter.getSymName(), key,
        kSitesPerParameter * index + kInitializationSite);
  }
  builder.create<func::ReturnOp>(loc);
}

void GenerateUpdate::runOnOperation() {
  ModuleOp module = getOperation();
  auto trainStep =
      module.lookupSymbol<func::FuncOp>(EOQDialect::kTrainStepName);
  if (!trainStep || trainStep.getNumArguments() != 6) {
    module.emitError() << "expected a function @train_step; "
                          "'eoq-generate-backward' makes it";
    return signalPassFailure();
  }
  if (momentum < 0 || momentum > 31 || weightDecayShift < 0 ||
      weightDecayShift > 30) {
    module.emitError()
        << "expected a momentum numerator in [0, 31] and a weight "
           "decay shift in [0, 30]";
    return signalPassFailure();
  }
  // Numbered before the state is added, so that a parameter's random draws do
  // not depend on the optimizer.
  DenseMap<StringAttr, std::pair<ParameterOp, int64_t>> numbered;
  for (auto [index, parameter] : llvm::enumerate(module.getOps<ParameterOp>()))
    numbered[parameter.getSymNameAttr()] = {parameter, kSitesPerParameter *
                                                           int64_t(index)};
  SmallVector<ParameterOp> withoutState(module.getOps<ParameterOp>());
  for (auto gradient :
       llvm::make_early_inc_range(trainStep.getOps<GradientOp>())) {
    auto [parameter, site] = numbered[gradient.getParameterAttr().getAttr()];
    createUpdate(gradient, parameter, trainStep, site);
  }
  SmallVector<ParameterOp> all(withoutState);
  for (auto parameter : module.getOps<ParameterOp>())
    if (!numbered.contains(parameter.getSymNameAttr()))
      all.push_back(parameter);
  createInitialize(all);
}

} // namespace
