//===- ExportModel.cpp - entry points and the model's constant ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConstantBuilder.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Runtime/eoq.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_EXPORTMODELPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct ExportModel final : mlir::eoq::impl::ExportModelPassBase<ExportModel> {
  using ExportModelPassBase::ExportModelPassBase;

  void runOnOperation() override;

private:
  /// Fails if something is missing in the description of the model.
  LogicalResult checkInfo();
  /// Adds `eoq_<model>_<name>`, which calls `@<name>`; memrefs become pointers.
  LogicalResult addEntryPoint(StringRef name);
  /// The constants of one row of the tensor table.
  Value buildTensorInfo(ConstantBuilder &constants, ParameterOp parameter);
  LogicalResult addModelConstant();
  void addMain();

  int64_t getInfo(StringRef key) {
    return info.getAs<IntegerAttr>(key).getInt();
  }
  std::string getSymbol(const Twine &name) {
    return ("eoq_" + modelName + "_" + name).str();
  }

  DictionaryAttr info;
  std::string modelName;
};

} // namespace

LogicalResult ExportModel::addEntryPoint(StringRef name) {
  ModuleOp module = getOperation();
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.isDeclaration())
    return module.emitError("expected a function '@")
           << name << "'; the C interface of a trainer has it";
  function.setPrivate();
  function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(&getContext(), LLVM::Linkage::Internal));

  OpBuilder builder(&getContext());
  builder.setInsertionPointToEnd(module.getBody());
  Location loc = function.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(&getContext());
  SmallVector<Type> types;
  for (Type type : function.getArgumentTypes())
    types.push_back(isa<MemRefType>(type) ? Type(pointer) : type);
  auto entry = builder.create<LLVM::LLVMFuncOp>(
      loc, getSymbol(name),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()),
                                  types));
  builder.setInsertionPointToStart(entry.addEntryBlock(builder));
  LLVMTypeConverter converter(&getContext());
  SmallVector<Value> operands;
  for (auto [argument, type] :
       llvm::zip_equal(entry.getArguments(), function.getArgumentTypes())) {
    auto memory = dyn_cast<MemRefType>(type);
    if (!memory) {
      operands.push_back(argument);
      continue;
    }
    Value descriptor = MemRefDescriptor::fromStaticShape(
        builder, loc, converter, memory, argument);
    operands.push_back(
        builder.create<UnrealizedConversionCastOp>(loc, memory, descriptor)
            .getResult(0));
  }
  builder.create<func::CallOp>(loc, function, operands);
  builder.create<LLVM::ReturnOp>(loc, ValueRange());
  return success();
}

/// eoq_kind of a parameter.
static uint32_t getKind(ParameterOp parameter) {
  if (parameter.getKind() == ParameterKind::Optimizer)
    return EOQ_KIND_OPTIMIZER;
  if (parameter.getKind() == ParameterKind::Exponent)
    return EOQ_KIND_EXPONENT;
  return parameter.getTrainable() ? EOQ_KIND_TRAINABLE : EOQ_KIND_FROZEN;
}

/// eoq_format of a parameter.
static uint32_t getFormat(ParameterOp parameter) {
  if (FixedType fixed = parameter.getFixedType())
    return fixed.getWidth();
  return parameter.getTensorType().getElementType().isF32()
             ? EOQ_FORMAT_F32
             : EOQ_FORMAT_FIXED32;
}

Value ExportModel::buildTensorInfo(ConstantBuilder &constants,
                                   ParameterOp parameter) {
  ArrayRef<int64_t> shape = parameter.getTensorType().getShape();
  auto exponent =
      parameter->getAttrOfType<IntegerAttr>(kExponentOffsetAttrName);
  return constants.structure(
      {constants.string(parameter.getSymName()),
       constants.i32(getFormat(parameter)), constants.i32(getKind(parameter)),
       constants.i64(shape.size()),
       shape.empty() ? constants.null() : constants.array(shape),
       constants.i64(parameter.getTensorType().getNumElements()),
       constants.i64(parameter->getAttrOfType<IntegerAttr>(kStateOffsetAttrName)
                         .getInt()),
       constants.i64(exponent ? exponent.getInt()
                              : static_cast<int64_t>(EOQ_NO_EXPONENT))});
}

LogicalResult ExportModel::addModelConstant() {
  ModuleOp module = getOperation();
  SmallVector<ParameterOp> parameters(module.getOps<ParameterOp>());
  for (ParameterOp parameter : parameters)
    if (!parameter->getAttrOfType<IntegerAttr>(kStateOffsetAttrName))
      return parameter.emitError("has no place in the state; "
                                 "'convert-eoq-to-kernels' gives it one");

  ConstantBuilder constants(module);
  std::string table = getSymbol("tensors");
  if (!parameters.empty()) {
    constants.begin(table, /*external=*/false);
    SmallVector<Value> rows;
    for (ParameterOp parameter : parameters)
      rows.push_back(buildTensorInfo(constants, parameter));
    constants.end(constants.arrayOf(rows));
  }

  std::string options = "{}";
  if (auto dictionary =
          module->getAttrOfType<DictionaryAttr>(EOQDialect::kOptionsAttrName))
    options = printAsJSON(dictionary);

  constants.begin(getSymbol("model"), /*external=*/true);
  SmallVector<Value> fields = {
      constants.i32(EOQ_ABI_VERSION), constants.i32(getInfo("precision")),
      constants.string(modelName),
      constants.string(info.getAs<StringAttr>("identity").strref()),
      constants.string(options)};
  for (StringRef key : {"batch", "channels", "height", "width", "classes",
                        "state_bytes", "arena_bytes"})
    fields.push_back(constants.i64(getInfo(key)));
  fields.push_back(constants.i64(parameters.size()));
  fields.push_back(parameters.empty() ? constants.null()
                                      : constants.addressOf(table));
  for (StringRef name : {"initialize", "train_step", "evaluate", "predict"})
    fields.push_back(constants.addressOf(getSymbol(name)));
  constants.end(constants.structure(fields));

  numTensorsExported += parameters.size();
  for (ParameterOp parameter : parameters)
    parameter.erase();
  return success();
}

/// int main(int argc, char **argv) {
///   return eoq_trainer_main(&eoq_<model>_model, argc, argv);
/// }
void ExportModel::addMain() {
  OpBuilder builder(&getContext());
  builder.setInsertionPointToEnd(getOperation().getBody());
  Location loc = getOperation().getLoc();
  Type i32 = builder.getI32Type();
  auto pointer = LLVM::LLVMPointerType::get(&getContext());
  auto trainer = builder.create<LLVM::LLVMFuncOp>(
      loc, "eoq_trainer_main",
      LLVM::LLVMFunctionType::get(i32, {pointer, i32, pointer}));
  auto main = builder.create<LLVM::LLVMFuncOp>(
      loc, "main", LLVM::LLVMFunctionType::get(i32, {i32, pointer}));
  Block *block = main.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  Value model =
      builder.create<LLVM::AddressOfOp>(loc, pointer, getSymbol("model"));
  auto call = builder.create<LLVM::CallOp>(
      loc, trainer,
      ValueRange{model, block->getArgument(0), block->getArgument(1)});
  builder.create<LLVM::ReturnOp>(loc, call.getResult());
}

LogicalResult ExportModel::checkInfo() {
  auto complain = [&](StringRef type, StringRef key) {
    return getOperation().emitError("'") << kModelInfoAttrName << "' has no "
                                         << type << " '" << key << "'";
  };
  for (StringRef key : {"name", "identity"})
    if (!info.getAs<StringAttr>(key))
      return complain("string", key);
  for (StringRef key : {"precision", "batch", "channels", "height", "width",
                        "classes", "state_bytes", "arena_bytes"})
    if (auto number = info.getAs<IntegerAttr>(key);
        !number || !number.getType().isSignlessIntOrIndex())
      return complain("integer", key);
  return success();
}

void ExportModel::runOnOperation() {
  ModuleOp module = getOperation();
  info = module->getAttrOfType<DictionaryAttr>(kModelInfoAttrName);
  if (!info || !info.get("arena_bytes")) {
    InFlightDiagnostic diag = module.emitError("expected a memory plan");
    diag.attachNote() << "run 'convert-eoq-to-kernels' and 'eoq-plan-memory' "
                         "first";
    return signalPassFailure();
  }
  if (failed(checkInfo()))
    return signalPassFailure();
  modelName = info.getAs<StringAttr>("name").str();
  for (StringRef name : {"initialize", "train_step", "evaluate", "predict"})
    if (failed(addEntryPoint(name)))
      return signalPassFailure();
  if (failed(addModelConstant()))
    return signalPassFailure();
  if (main)
    addMain();
}
