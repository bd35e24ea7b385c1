//===- PlanMemory.cpp - the arena of the functions of a trainer -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {

struct PlanMemory final : mlir::eoq::impl::PlanMemoryPassBase<PlanMemory> {
  void runOnOperation() override;
};

} // namespace

/// Bytes of the parameters by what they are for.
static void appendStateSizes(ModuleOp module, Builder &builder,
                             SmallVectorImpl<NamedAttribute> &plan) {
  int64_t weights = 0, optimizer = 0, exponents = 0;
  for (ParameterOp op : module.getOps<ParameterOp>()) {
    RankedTensorType type = op.getTensorType();
    FixedType fixed = op.getFixedType();
    int64_t bytes = type.getNumElements() * (fixed ? fixed.getWidth() / 8 : 4);
    if (op.getKind() == ParameterKind::Optimizer)
      optimizer += bytes;
    else if (op.getKind() == ParameterKind::Exponent)
      exponents += bytes;
    else
      weights += bytes;
    if (op->hasAttr(kExponentOffsetAttrName))
      exponents += sizeof(int32_t);
  }
  plan.push_back(
      builder.getNamedAttr("weights", builder.getI64IntegerAttr(weights)));
  plan.push_back(
      builder.getNamedAttr("optimizer", builder.getI64IntegerAttr(optimizer)));
  plan.push_back(
      builder.getNamedAttr("exponents", builder.getI64IntegerAttr(exponents)));
}

/// What keeps a part of its memory holds two buffers, one after the other.
static int64_t countBuffers(const ArenaPlan &plan) {
  return plan.buffers.size() +
         llvm::count_if(plan.buffers, [](const PlannedBuffer &buffer) {
           return buffer.keepsPart();
         });
}

void PlanMemory::runOnOperation() {
  ModuleOp module = getOperation();
  Builder builder(module.getContext());
  auto info = module->getAttrOfType<DictionaryAttr>(kModelInfoAttrName);
  if (!info) {
    module.emitError("expected a description of the model in the module's "
                     "attribute '")
        << kModelInfoAttrName << "'; 'convert-eoq-to-kernels' writes it";
    return signalPassFailure();
  }
  if (!info.getAs<IntegerAttr>("state_bytes")) {
    module.emitError("'") << kModelInfoAttrName
                          << "' has no integer 'state_bytes'";
    return signalPassFailure();
  }
  if (info.get("arena_bytes")) {
    module.emitError("the module has a memory plan already");
    return signalPassFailure();
  }

  // The arena's size is known when all functions are planned, and is then part
  // of their signatures.
  struct Planned {
    func::FuncOp function;
    ArenaPlan plan;
    std::string peakOperation;
  };
  SmallVector<Planned> functions;
  int64_t arenaBytes = kBufferAlignment;
  for (StringRef name : {StringRef(EOQDialect::kTrainStepName),
                         StringRef(EOQDialect::kEvaluateName),
                         StringRef(EOQDialect::kPredictName)}) {
    auto function = module.lookupSymbol<func::FuncOp>(name);
    if (!function || function.isDeclaration())
      continue;
    auto placeholder = MemRefType::get({0}, builder.getI8Type());
    function.insertArgument(1, placeholder, {}, function.getLoc());
    Planned planned{function, {}, {}};
    planned.plan = replaceAllocations(function, function.getArgument(1),
                                      &planned.peakOperation);
    arenaBytes = std::max(arenaBytes, planned.plan.bytes);
    numBuffersPlanned += countBuffers(planned.plan);
    functions.push_back(std::move(planned));
  }
  auto initialize =
      module.lookupSymbol<func::FuncOp>(EOQDialect::kInitializeName);
  if (initialize) {
    WalkResult walk = initialize.walk([](memref::AllocOp op) {
      op.emitOpError("needs an arena, and '@initialize' has none");
      return WalkResult::interrupt();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
  }

  auto arenaType = MemRefType::get({arenaBytes}, builder.getI8Type());
  SmallVector<Attribute> reports;
  for (Planned &planned : functions) {
    func::FuncOp function = planned.function;
    function.getArgument(1).setType(arenaType);
    SmallVector<Type> inputs(function.getArgumentTypes());
    inputs[1] = arenaType;
    function.setType(builder.getFunctionType(inputs, {}));

    SmallVector<NamedAttribute> report = {
        builder.getNamedAttr("name", function.getNameAttr()),
        builder.getNamedAttr("peak_operation",
                             builder.getStringAttr(planned.peakOperation))};
    const ArenaPlan &plan = planned.plan;
    for (auto [key, value] :
         std::initializer_list<std::pair<StringRef, int64_t>>{
             {"arena_bytes", plan.bytes},
             {"lower_bound", plan.lowerBound},
             {"peak_scratch", plan.peakScratch},
             {"buffers", countBuffers(plan)}})
      report.push_back(
          builder.getNamedAttr(key, builder.getI64IntegerAttr(value)));
    reports.push_back(builder.getDictionaryAttr(report));
  }

  IntegerAttr arena = builder.getI64IntegerAttr(arenaBytes);
  NamedAttrList newInfo(info);
  newInfo.set("arena_bytes", arena);
  module->setAttr(kModelInfoAttrName, newInfo.getDictionary(&getContext()));
  SmallVector<NamedAttribute> plan = {
      builder.getNamedAttr("arena_bytes", arena),
      builder.getNamedAttr("state_bytes", info.get("state_bytes")),
      builder.getNamedAttr("functions", builder.getArrayAttr(reports))};
  appendStateSizes(module, builder, plan);
  module->setAttr(kMemoryPlanAttrName, builder.getDictionaryAttr(plan));
}
