//===- LowerUpdate.cpp - momentum SGD and initial values ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

/// Output channels of a parameter: what `centered` means the mean of.
static int64_t getChannels(RankedTensorType type) {
  return type.getRank() == 0 ? 1 : type.getDimSize(0);
}

/// The f32 twin of rule N16.
static LogicalResult lowerFloatUpdate(SgdUpdateOp op,
                                      FunctionLowering &function,
                                      ParameterOp parameter, Value k) {
  RankedTensorType type = parameter.getTensorType();
  StringAttr name = parameter.getSymNameAttr();
  Value master = function.getParameterData(name);
  Value learningRate = function
                           .call("eoq_learning_rate_f32",
                                 {function.getScalar(op.getLrMultiplier()), k})
                           .getResult(0);
  FlatSymbolRefAttr norm = op.getGradNormStateAttr();
  double decay = op.getWeightDecayShift()
                     ? std::ldexp(1.0, -int(*op.getWeightDecayShift()))
                     : 0.0;
  double nominal =
      parameter.getNominal() ? parameter.getNominal()->convertToDouble() : 0.0;
  function.call(
      "eoq_sgd_update_f32",
      {master, function.getParameterData(op.getMomentumStateAttr().getAttr()),
       function.get(op.getGradient(), Layout::RowMajor).data,
       norm ? function.getParameterData(norm.getAttr()) : master,
       function.allocate(type.getElementType(), 64, /*scratch=*/true),
       function.index(type.getNumElements()), function.index(getChannels(type)),
       function.f32(static_cast<double>(op.getMomentum()) / 32),
       function.f32(decay), learningRate, function.i32(bool(norm)),
       function.i32(parameter.getNominal().has_value()),
       function.f32(nominal * nominal / 16),
       function.i32(parameter.getCentered()),
       function.getScalar(op.getStep())});
  return success();
}

static LogicalResult lower(SgdUpdateOp op, FunctionLowering &function) {
  StringAttr name = op.getParameterAttr().getAttr();
  StringAttr momentum = op.getMomentumStateAttr().getAttr();
  ParameterOp parameter = function.getPlace(name).op;
  RankedTensorType type = parameter.getTensorType();
  Type storage = getStorageType(type);
  if (failed(requireKernel(op, storage, {8, 16})))
    return failure();
  function.detachParameter(name);
  function.detachParameter(momentum);
  FlatSymbolRefAttr norm = op.getGradNormStateAttr();
  if (norm)
    function.detachParameter(norm.getAttr());
  Value k = function.add(function.getScalar(op.getLrShift()),
                         static_cast<int64_t>(op.getLrShiftOffset()));
  if (storage.isF32())
    return lowerFloatUpdate(op, function, parameter, k);

  if (getStorageType(function.getPlace(momentum).op.getTensorType()) != storage)
    return op.emitOpError("expected the parameter and its momentum to have one "
                          "width");
  if (!getStorageType(op.getGradient().getType()).isInteger(8))
    return op.emitOpError("expected a gradient of 8 bits");
  Value exponent = function.getParameterExponentPlace(name);
  Value momentumExponent = function.getParameterExponentPlace(momentum);
  if (!exponent || !momentumExponent)
    return op.emitOpError("expected the parameter and its momentum to have "
                          "dynamic exponents");
  int64_t elements = type.getNumElements();
  Tensor gradient = function.get(op.getGradient(), Layout::RowMajor);
  NormPair nominal;
  if (parameter.getNominal())
    nominal = getNominalPair(parameter.getNominal()->convertToDouble());
  Value normData = exponent, normExponent = exponent;
  if (norm) {
    normData = function.getParameterData(norm.getAttr());
    normExponent = function.getParameterExponentPlace(norm.getAttr());
    if (!normExponent)
      return op.emitOpError("expected the state of the gradient's norm to have "
                            "a dynamic exponent");
  }
  function.call("eoq_sgd_update_" + getSuffix(storage),
                {function.getParameterData(name),
                 exponent,
                 function.getParameterData(momentum),
                 momentumExponent,
                 gradient.data,
                 gradient.exponent,
                 normData,
                 normExponent,
                 function.index(elements),
                 function.index(getChannels(type)),
                 function.i32(op.getMomentum()),
                 function.i32(op.getWeightDecayShift().has_value()),
                 function.i32(op.getWeightDecayShift().value_or(0)),
                 function.getScalar(op.getLrMultiplier()),
                 k,
                 function.i32(bool(norm)),
                 function.i32(parameter.getNominal().has_value()),
                 function.i32(nominal.mantissa),
                 function.i32(nominal.exponent),
                 function.i32(parameter.getCentered()),
                 function.getScalar(op.getKey()),
                 function.i32(op.getSite()),
                 function.getScalar(op.getStep())});
  return success();
}

//===----------------------------------------------------------------------===//
// Initial values (N17)
//===----------------------------------------------------------------------===//

/// The f32 elements of an initial value, or an error on `op`.
static LogicalResult getFloats(Operation *op, Attribute value,
                               SmallVectorImpl<float> &floats) {
  if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    llvm::append_range(floats, dense.getValues<float>());
    return success();
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (auto array = dyn_cast<DenseF32ResourceElementsAttr>(value))
      if (std::optional<ArrayRef<float>> data = array.tryGetAsArrayRef()) {
        llvm::append_range(floats, *data);
        return success();
      }
  return op->emitOpError("expected the parameter's initial value to be "
                         "#eoq.normal or dense f32 elements");
}

/// floor(x * 2^-exponent + 0.5) within `width` bits.
static int64_t toInteger(double x, int64_t exponent, unsigned width) {
  double limit = std::ldexp(1.0, width - 1) - 1;
  double q = std::floor(std::ldexp(x, -exponent) + 0.5);
  if (std::isnan(q))
    return 0;
  return static_cast<int64_t>(std::clamp(q, -limit, limit));
}

/// Writes constant elements into a parameter's memory: a fill, or a copy of a
/// constant in the module.
static void writeElements(FunctionLowering &function, StringAttr name,
                          DenseElementsAttr elements) {
  OpBuilder &builder = function.getBuilder();
  Value data = function.getParameterData(name);
  auto type = cast<MemRefType>(data.getType());
  if (elements.isSplat()) {
    function.call("eoq_fill_" + getSuffix(type.getElementType()),
                  {data, function.index(type.getNumElements()),
                   function.constant(elements.getSplatValue<TypedAttr>())});
    return;
  }
  auto module = function.getPlace(name).op->getParentOfType<ModuleOp>();
  std::string symbol;
  for (int64_t number = 0; symbol.empty() || module.lookupSymbol(symbol);
       ++number)
    symbol = "eoq_initial_" + std::to_string(number);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    builder.create<memref::GlobalOp>(
        function.getLoc(), symbol, builder.getStringAttr("private"), type,
        elements, /*constant=*/true, /*alignment=*/IntegerAttr());
  }
  Value global =
      builder.create<memref::GetGlobalOp>(function.getLoc(), type, symbol);
  builder.create<memref::CopyOp>(function.getLoc(), global, data);
}

static LogicalResult lower(ParameterInitializeOp op,
                           FunctionLowering &function) {
  StringAttr name = op.getParameterAttr().getAttr();
  ParameterOp parameter = function.getPlace(name).op;
  RankedTensorType type = parameter.getTensorType();
  Type storage = getStorageType(type);
  function.detachParameter(name);
  Builder &builder = function.getBuilder();
  auto flat = RankedTensorType::get({type.getNumElements()}, storage);

  if (parameter.getKind() == ParameterKind::Exponent) {
    // No exponent yet.
    writeElements(function, name,
                  DenseElementsAttr::get(
                      flat, builder.getIntegerAttr(storage, INT32_MIN)));
    return success();
  }
  int64_t exponent = parameter.getInitialExponent().value_or(0);
  if (storage.isInteger())
    function.storeExponent(name, function.i32(exponent));

  if (auto normal = dyn_cast<NormalAttr>(parameter.getInitialValue())) {
    if (failed(requireKernel(op, storage, {8, 16})))
      return failure();
    SmallVector<Value> operands = {function.getParameterData(name),
                                   function.index(type.getNumElements()),
                                   function.index(getChannels(type))};
    if (storage.isF32())
      operands.push_back(function.f32(normal.getStdDev()));
    else
      operands.append({function.i32(exponent),
                       function.i32(normal.getMantissa()),
                       function.i32(normal.getExponent())});
    operands.append({function.i32(normal.getCentered()),
                     function.getScalar(op.getKey()),
                     function.i32(op.getSite())});
    function.call("eoq_initialize_normal_" + getSuffix(storage), operands);
    return success();
  }

  if (auto splat = dyn_cast<SplatElementsAttr>(parameter.getInitialValue())) {
    float value = splat.getSplatValue<float>();
    Attribute element =
        storage.isF32()
            ? Attribute(builder.getF32FloatAttr(value))
            : builder.getIntegerAttr(
                  storage,
                  toInteger(value, exponent, storage.getIntOrFloatBitWidth()));
    writeElements(function, name, DenseElementsAttr::get(flat, element));
    return success();
  }
  SmallVector<float> floats;
  if (failed(getFloats(op, parameter.getInitialValue(), floats)))
    return failure();
  if (storage.isF32()) {
    writeElements(function, name,
                  DenseElementsAttr::get(flat, ArrayRef<float>(floats)));
    return success();
  }
  unsigned width = storage.getIntOrFloatBitWidth();
  SmallVector<APInt> integers;
  for (float value : floats)
    integers.push_back(APInt(width, toInteger(value, exponent, width),
                             /*isSigned=*/true));
  writeElements(function, name, DenseElementsAttr::get(flat, integers));
  return success();
}

void mlir::eoq::populateUpdateLowerings(LoweringTable &table) {
  table.add<SgdUpdateOp>(lower);
  table.add<ParameterInitializeOp>(lower);
}
