//===- Parameters.cpp - the parameters of a module --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Parameters.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

/// Values beyond this number are kept as a resource.
static constexpr size_t kDenseElementsLimit = 1024;

std::optional<std::vector<float>> eoq::readF32Elements(Attribute attribute) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!elements || !elements.getElementType().isF32())
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    auto values = dense.getValues<float>();
    return std::vector<float>(values.begin(), values.end());
  }
  if (auto resource = dyn_cast<DenseF32ResourceElementsAttr>(attribute))
    if (std::optional<ArrayRef<float>> values = resource.tryGetAsArrayRef())
      return std::vector<float>(values->begin(), values->end());
  return std::nullopt;
}

ElementsAttr eoq::makeF32Elements(RankedTensorType type, ArrayRef<float> values,
                                  StringRef name) {
  if (values.size() <= kDenseElementsLimit || llvm::all_equal(values))
    return DenseElementsAttr::get(
        type, llvm::all_equal(values) ? values.take_front() : values);
  // Resource keys are printed bare: they must be identifiers to parse again.
  std::string key = "elements." + name.str();
  for (char &c : key)
    if (!llvm::isAlnum(c) && c != '.' && c != '_')
      c = '_';
  return cast<ElementsAttr>(
      DenseResourceElementsAttr(DenseF32ResourceElementsAttr::get(
          type, key, HeapAsmResourceBlob::allocateAndCopyInferAlign(values))));
}

ElementsAttr eoq::makeF32Splat(RankedTensorType type, float value) {
  return DenseElementsAttr::get(type, value);
}

double eoq::rootMeanSquare(ArrayRef<float> values) {
  double sum = 0;
  for (float value : values)
    sum += double(value) * value;
  return values.empty() ? 0 : std::sqrt(sum / values.size());
}

ModuleParameters::ModuleParameters(ModuleOp module)
    : module(module), symbols(module) {
  module.walk([&](ParameterLoadOp load) {
    if (ParameterOp parameter = lookup(load))
      loads[parameter].push_back(load);
  });
}

ParameterOp ModuleParameters::lookup(ParameterLoadOp load) const {
  return symbols.lookup<ParameterOp>(load.getParameter());
}

ParameterOp ModuleParameters::lookupLoaded(Value value) const {
  auto load = value.getDefiningOp<ParameterLoadOp>();
  return load ? lookup(load) : ParameterOp();
}

ArrayRef<ParameterLoadOp>
ModuleParameters::getLoads(ParameterOp parameter) const {
  auto it = loads.find(parameter);
  return it == loads.end() ? ArrayRef<ParameterLoadOp>() : it->second;
}

bool ModuleParameters::hasOneUse(ParameterOp parameter) const {
  ArrayRef<ParameterLoadOp> all = getLoads(parameter);
  return all.size() == 1 && all.front()->hasOneUse();
}

ParameterOp ModuleParameters::create(Operation *after, Location loc,
                                     StringRef name, RankedTensorType type,
                                     ParameterKind kind,
                                     ElementsAttr initialValue) {
  OpBuilder builder(module.getContext());
  // Detached, so that the symbol table picks a free name on insertion.
  auto parameter = builder.create<ParameterOp>(
      loc, builder.getStringAttr(name), TypeAttr::get(type),
      ParameterKindAttr::get(module.getContext(), kind), builder.getUnitAttr(),
      initialValue, IntegerAttr(), FloatAttr(), UnitAttr(), UnitAttr());
  symbols.insert(parameter, after ? std::next(Block::iterator(after))
                                  : module.getBody()->begin());
  return parameter;
}

Value ModuleParameters::createLoad(OpBuilder &builder, Location loc,
                                   ParameterOp parameter) {
  auto load = builder.create<ParameterLoadOp>(loc, parameter.getTensorType(),
                                              parameter.getSymName());
  loads[parameter].push_back(load);
  return load;
}

void ModuleParameters::eraseLoadIfUnused(Value value) {
  auto load = value.getDefiningOp<ParameterLoadOp>();
  if (!load || !load->use_empty())
    return;
  if (ParameterOp parameter = lookup(load))
    llvm::erase(loads[parameter], load);
  load.erase();
}

bool ModuleParameters::eraseIfUnused(ParameterOp parameter) {
  if (!getLoads(parameter).empty())
    return false;
  loads.erase(parameter);
  symbols.erase(parameter);
  return true;
}

std::string eoq::getSiblingName(StringRef weight, StringRef suffix) {
  weight.consume_back(".weight");
  return (weight + "." + suffix).str();
}

std::string eoq::formatNumber(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.4g", number);
  return text;
}

LogicalResult eoq::expectLevel(ModuleOp module, StringRef pass,
                               ArrayRef<StringRef> expected) {
  auto level = module->getAttrOfType<StringAttr>(EOQDialect::kLevelAttrName);
  if (!level || llvm::is_contained(expected, level.getValue()))
    return success();
  return module.emitError() << "'" << pass << "' expected level '"
                            << llvm::join(expected, "' or '") << "' but got '"
                            << level.getValue() << "'";
}

LogicalResult eoq::expectNoBatchNorm(ModuleOp module, StringRef pass) {
  auto result = module.walk([&](BatchNormOp batchNorm) {
    batchNorm.emitError() << "'" << pass
                          << "' expected a network without batch norm; run "
                             "'eoq-remove-batch-norm' first";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}
