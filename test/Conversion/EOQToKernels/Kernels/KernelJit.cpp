//===- KernelJit.cpp - kernels compiled in this process -------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "KernelJit.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ArmNeon/ArmNeonDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/ArmNeon/ArmNeonToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

KernelJit::KernelJit() {
  DialectRegistry registry;
  registry
      .insert<arith::ArithDialect, arm_neon::ArmNeonDialect, EOQDialect,
              func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
              memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
  registerArmNeonDialectTranslation(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
  module = ModuleOp::create(UnknownLoc::get(&context));
}

KernelJit::~KernelJit() = default;

/// A function with the kernel's arguments that only calls it.
void KernelJit::addKernel(StringRef name) {
  FunctionType type = getKernelType(name, &context);
  Location loc = UnknownLoc::get(&context);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto function =
      builder.create<func::FuncOp>(loc, ("call_" + name).str(), type);
  function->setAttr("llvm.emit_c_interface", builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock());
  auto call = createKernelCall(builder, loc, name, function.getArguments());
  builder.create<func::ReturnOp>(loc, call.getResults());
}

int64_t KernelJit::addConv2D(StringRef name, const Conv2DGeometry &geometry,
                             Conv2DKind kind, Type elementType, Type resultType,
                             int64_t slots, Conv2DStages stages) {
  Location loc = UnknownLoc::get(&context);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto buffer = [](Type type) {
    return MemRefType::get({ShapedType::kDynamic}, type);
  };
  SmallVector<Type> inputs = {buffer(elementType), buffer(elementType),
                              buffer(resultType), buffer(builder.getI8Type())};
  SmallVector<Type> results;
  Type i32 = builder.getI32Type();
  if (stages != Conv2DStages::Unknown)
    results.push_back(builder.getI64Type());
  if (stages == Conv2DStages::Bias)
    inputs.append({buffer(i32), i32, i32});
  else if (stages == Conv2DStages::Mask)
    inputs.append({buffer(builder.getI8Type()), i32, i32});
  FunctionType type = builder.getFunctionType(inputs, results);
  auto function =
      builder.create<func::FuncOp>(loc, ("call_" + name).str(), type);
  function->setAttr("llvm.emit_c_interface", builder.getUnitAttr());
  builder.setInsertionPointToStart(function.addEntryBlock());
  QuantizerStages wanted;
  if (inputs.size() > 4) {
    (stages == Conv2DStages::Bias ? wanted.bias : wanted.mask) =
        function.getArgument(4);
    wanted.low = function.getArgument(5);
    wanted.high = function.getArgument(6);
  }
  Conv2DScratchBytes bytes =
      getConv2DScratchBytes(geometry, kind, elementType, resultType, slots);
  auto view = [&](int64_t at, int64_t size) -> Value {
    Value place = builder.create<arith::ConstantIndexOp>(loc, at);
    return builder.create<memref::ViewOp>(
        loc, MemRefType::get({size}, builder.getI8Type()),
        function.getArgument(3), place, ValueRange());
  };
  Conv2DScratch scratch{view(0, bytes.weights),
                        view(bytes.weights, bytes.work)};
  Value magnitude =
      createConv2D(builder, loc, geometry, kind, slots, function.getArgument(0),
                   function.getArgument(1), function.getArgument(2), scratch,
                   results.empty() ? nullptr : &wanted);
  builder.create<func::ReturnOp>(loc, results.empty() ? ValueRange()
                                                      : ValueRange(magnitude));
  return bytes.getSum();
}

DotInstruction KernelJit::getHostInstruction() {
  std::string features;
  for (auto &feature : llvm::sys::getHostCPUFeatures())
    features += (feature.second ? "+" : "-") + feature.first().str() + ",";
  return getDotInstruction(llvm::sys::getProcessTriple(), features);
}

LogicalResult KernelJit::compile(DotInstruction instruction, StringRef cpu) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  if (failed(insertKernels(*module)) || failed(verify(*module)))
    return failure();
  RewritePatternSet patterns(&context);
  populateLowerDotPatterns(patterns, instruction);
  if (failed(applyPatternsAndFoldGreedily(*module, std::move(patterns))))
    return failure();

  PassManager manager(&context);
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createConvertSCFToCFPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertIndexToLLVMPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  if (failed(manager.run(*module)))
    return failure();

  auto target = cpu.empty()
                    ? llvm::orc::JITTargetMachineBuilder::detectHost()
                    : llvm::Expected<llvm::orc::JITTargetMachineBuilder>(
                          llvm::orc::JITTargetMachineBuilder(
                              llvm::Triple(llvm::sys::getProcessTriple())));
  if (!target)
    return failure();
  if (!cpu.empty())
    target->setCPU(cpu.str());
  target->setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  auto machine = target->createTargetMachine();
  if (!machine)
    return failure();
  ExecutionEngineOptions options;
  options.transformer = makeOptimizingTransformer(3, 0, machine->get());
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
  auto created = ExecutionEngine::create(*module, options, std::move(*machine));
  if (!created)
    return failure();
  engine = std::move(*created);
  return success();
}

void *KernelJit::lookup(const std::string &name) {
  auto address = engine->lookup("_mlir_ciface_call_" + name);
  if (!address)
    llvm::report_fatal_error(address.takeError());
  return *address;
}

void KernelJit::callPacked(const std::string &name,
                           MutableArrayRef<void *> arguments) {
  if (llvm::Error error =
          engine->invokePacked("_mlir_ciface_call_" + name, arguments))
    llvm::report_fatal_error(std::move(error));
}
