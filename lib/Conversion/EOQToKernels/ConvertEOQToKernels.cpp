//===- ConvertEOQToKernels.cpp - ops to calls of kernels ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_CONVERTEOQTOKERNELSPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

void mlir::eoq::populateEOQToKernelsLowerings(LoweringTable &table) {
  populateProductLowerings(table);
  populateChannelLowerings(table);
  populateElementwiseLowerings(table);
  populatePoolingLowerings(table);
  populateMovementLowerings(table);
  populateQuantizerLowerings(table);
  populateFusedLowerings(table);
  populateLossLowerings(table);
  populateUpdateLowerings(table);
}

/// SHA-256 of the parameters and functions as text: two models with one
/// identity are the same program on the same state.
static std::string computeIdentity(ModuleOp module) {
  llvm::SHA256 hash;
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.enableDebugInfo(false).useLocalScope();
  for (Operation &op : *module.getBody()) {
    text.clear();
    op.print(os, flags);
    hash.update(text);
  }
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

namespace {

/// Translates the functions of one module.
class ModuleLowering {
public:
  ModuleLowering(ModuleOp module, FunctionLowering::Options options)
      : module(module), context(module.getContext()), options(options) {
    populateEOQToKernelsLowerings(table);
  }

  LogicalResult run();

  int64_t numOpsLowered = 0, numLayoutsChanged = 0;

private:
  LogicalResult checkSignature(func::FuncOp function, StringRef expected,
                               bool images, bool labels, int64_t scalars,
                               bool lossAndCorrect, bool logits);
  LogicalResult lower(func::FuncOp function);
  LogicalResult describeModel(StringRef identity);

  static MemRefType flatten(Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return MemRefType::get({tensor.getNumElements()}, getStorageType(tensor));
  }

  ModuleOp module;
  MLIRContext *context;
  FunctionLowering::Options options;
  LoweringTable table;
  StateLayout state;
};

} // namespace

static bool isImages(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getRank() != 4)
    return false;
  FixedType fixed = getFixedElementType(type);
  return tensor.getElementType().isF32() ||
         (fixed && fixed.getWidth() == 8 && fixed.hasDynamicExponent());
}

static bool isLabels(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getRank() == 1 &&
         tensor.getElementType().isInteger(32);
}

static bool isNumber(Type type, int64_t rank) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getRank() != rank)
    return false;
  FixedType fixed = getFixedElementType(type);
  return tensor.getElementType().isF32() || (fixed && fixed.getWidth() == 32);
}

/// The functions of a trainer have fixed signatures, since the C interface has.
LogicalResult ModuleLowering::checkSignature(func::FuncOp function,
                                             StringRef expected, bool images,
                                             bool labels, int64_t scalars,
                                             bool lossAndCorrect, bool logits) {
  SmallVector<Type> inputs(function.getArgumentTypes());
  TypeRange results = function.getResultTypes();
  bool matches =
      inputs.size() == static_cast<size_t>(images + labels + scalars) &&
      results.size() == (lossAndCorrect ? 2
                         : logits       ? 1
                                        : 0);
  if (matches && images)
    matches = isImages(inputs[0]);
  if (matches && labels)
    matches = isLabels(inputs[1]);
  if (matches)
    matches = llvm::all_of(ArrayRef(inputs).take_back(scalars),
                           [](Type type) { return type.isInteger(32); });
  if (matches && lossAndCorrect)
    matches = isNumber(results[0], 0) && results[1].isInteger(32);
  if (matches && logits)
    matches = isNumber(results[0], 2);
  if (!matches || !llvm::hasSingleElement(function.getBody()))
    return function.emitError("expected '@")
           << function.getName() << "' to be one block with the signature "
           << expected << " but got " << function.getFunctionType();
  return success();
}

LogicalResult ModuleLowering::lower(func::FuncOp function) {
  StringRef name = function.getName();
  bool isTrainStep = name == EOQDialect::kTrainStepName;
  bool isPredict = name == EOQDialect::kPredictName;
  bool isInitialize = name == EOQDialect::kInitializeName;
  bool hasLabels = !isPredict && !isInitialize;
  StringRef expected =
      isTrainStep    ? "(images, labels, i32, i32, i32, i32) -> (loss, i32)"
      : isPredict    ? "(images) -> logits"
      : isInitialize ? "(i32) -> ()"
                     : "(images, labels) -> (loss, i32)";
  if (failed(checkSignature(function, expected, !isInitialize, hasLabels,
                            isTrainStep    ? 4
                            : isInitialize ? 1
                                           : 0,
                            hasLabels, isPredict)))
    return failure();

  // The arguments of the C interface, without the arena, which
  // eoq-plan-memory adds.
  Builder types(context);
  Type i32 = types.getI32Type();
  SmallVector<Type> inputs = {
      MemRefType::get({state.bytes}, types.getI8Type())};
  for (Type type : function.getArgumentTypes()) {
    inputs.push_back(isa<TensorType>(type) ? Type(flatten(type)) : type);
    if (isImages(type))
      inputs.push_back(i32);
  }
  size_t firstOutput = inputs.size();
  for (Type type : function.getResultTypes())
    inputs.push_back(isa<TensorType>(type) ? Type(flatten(type))
                                           : MemRefType::get({1}, type));
  if (isPredict)
    inputs.push_back(MemRefType::get({1}, i32));

  OpBuilder builder(function);
  auto target = builder.create<func::FuncOp>(function.getLoc(), name,
                                             types.getFunctionType(inputs, {}));
  Block *body = target.addEntryBlock();
  builder.setInsertionPointToStart(body);
  // The other functions do the same once more.
  FunctionLowering::Options functionOptions = options;
  functionOptions.remarks &=
      isTrainStep || !module.lookupSymbol(EOQDialect::kTrainStepName);
  FunctionLowering lowering(function, builder, body->getArgument(0), state,
                            functionOptions);
  size_t next = 1;
  for (BlockArgument argument : function.getArguments()) {
    Value value = body->getArgument(next++);
    if (!isa<TensorType>(argument.getType())) {
      lowering.defineScalar(argument, value);
      continue;
    }
    Tensor tensor{value, {}, Layout::RowMajor};
    if (isImages(argument.getType())) {
      Value exponent = body->getArgument(next++);
      if (getFixedElementType(argument.getType()))
        tensor.exponent = exponent;
    }
    lowering.define(argument, tensor);
  }
  if (failed(lowering.run(table)))
    return failure();

  // Results go through the last arguments.
  OpBuilder &code = lowering.getBuilder();
  Location loc = lowering.getLoc();
  auto terminator = function.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    Value out = body->getArgument(firstOutput + i);
    if (!isa<TensorType>(value.getType())) {
      code.create<memref::StoreOp>(loc, lowering.getScalar(value), out,
                                   lowering.index(0));
      continue;
    }
    Tensor tensor = lowering.get(value, Layout::RowMajor);
    int64_t count = cast<MemRefType>(out.getType()).getNumElements();
    if (isa<MemRefType>(tensor.data.getType()))
      lowering.copy(tensor.data, 0, out, 0, {{count, 1, 1}});
    else
      code.create<memref::StoreOp>(loc, tensor.data, out, lowering.index(0));
    if (isPredict)
      code.create<memref::StoreOp>(
          loc, tensor.exponent ? tensor.exponent : lowering.i32(0),
          body->getArgument(firstOutput + 1), lowering.index(0));
  }
  code.create<func::ReturnOp>(loc);
  function.erase();
  numOpsLowered += lowering.numOpsLowered;
  numLayoutsChanged += lowering.numLayoutsChanged;
  return success();
}

/// Writes `eoq.model_info`, from @predict as it was.
LogicalResult ModuleLowering::describeModel(StringRef identity) {
  auto predict = module.lookupSymbol<func::FuncOp>(EOQDialect::kPredictName);
  auto name = module->getAttrOfType<StringAttr>(EOQDialect::kModelNameAttrName);
  if (!predict || predict.getNumArguments() != 1 ||
      predict.getNumResults() != 1 ||
      !isImages(predict.getArgumentTypes()[0]) ||
      !isNumber(predict.getResultTypes()[0], 2)) {
    InFlightDiagnostic diag = module.emitError(
        "expected a function '@predict' from images to logits");
    diag.attachNote() << "the module must be at the level 'training' or "
                         "'quantized'";
    return diag;
  }
  if (!name)
    return module.emitError("expected a model name in the module's attribute '")
           << EOQDialect::kModelNameAttrName << "'";
  auto images = cast<RankedTensorType>(predict.getArgumentTypes()[0]);
  auto logits = cast<RankedTensorType>(predict.getResultTypes()[0]);
  Builder builder(context);
  SmallVector<NamedAttribute> info = {
      builder.getNamedAttr("name", name),
      builder.getNamedAttr("identity", builder.getStringAttr(identity))};
  int64_t tensors = llvm::range_size(module.getOps<ParameterOp>());
  for (auto [key, value] : std::initializer_list<std::pair<StringRef, int64_t>>{
           {"precision", images.getElementType().isF32() ? 32 : 8},
           {"batch", images.getDimSize(0)},
           {"channels", images.getDimSize(1)},
           {"height", images.getDimSize(2)},
           {"width", images.getDimSize(3)},
           {"classes", logits.getDimSize(1)},
           {"tensor_count", tensors},
           {"state_bytes", state.bytes}})
    info.push_back(builder.getNamedAttr(key, builder.getI64IntegerAttr(value)));
  module->setAttr(kModelInfoAttrName, builder.getDictionaryAttr(info));
  return success();
}

LogicalResult ModuleLowering::run() {
  std::string identity = computeIdentity(module);
  state = StateLayout::compute(module);
  if (failed(describeModel(identity)))
    return failure();
  for (StringRef name : {StringRef(EOQDialect::kInitializeName),
                         StringRef(EOQDialect::kTrainStepName),
                         StringRef(EOQDialect::kEvaluateName),
                         StringRef(EOQDialect::kPredictName)})
    if (auto function = module.lookupSymbol<func::FuncOp>(name))
      if (failed(lower(function)))
        return failure();
  module->setAttr(EOQDialect::kLevelAttrName,
                  StringAttr::get(context, "kernels"));
  return insertKernels(module);
}

namespace {

struct ConvertEOQToKernels final
    : mlir::eoq::impl::ConvertEOQToKernelsPassBase<ConvertEOQToKernels> {
  using ConvertEOQToKernelsPassBase::ConvertEOQToKernelsPassBase;

  void runOnOperation() override {
    if (slots < 1) {
      getOperation().emitError("expected at least one slot but got ")
          << slots.getValue();
      return signalPassFailure();
    }
    FunctionLowering::Options options;
    options.slots = slots;
    options.remarks = remarks;
    ModuleLowering lowering(getOperation(), options);
    if (failed(lowering.run()))
      return signalPassFailure();
    numOpsLowered += lowering.numOpsLowered;
    numLayoutsChanged += lowering.numLayoutsChanged;
  }
};

} // namespace
