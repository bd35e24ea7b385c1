//===- Emit.cpp - LLVM dialect to LLVM IR, assembly and objects -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Target/CPU/Emit.h"
#include "Internal.h"
#include "mlir/Target/LLVMIR/Dialect/ArmNeon/ArmNeonToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include <mutex>

using namespace mlir;
using namespace mlir::eoq;

void mlir::eoq::registerCPUTarget(DialectRegistry &registry) {
  registerArmNeonDialectTranslation(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerOpenMPDialectTranslation(registry);
}

void mlir::eoq::initializeCodeGenerators() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

static FailureOr<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(ModuleOp module, const CPUTarget &target) {
  initializeCodeGenerators();
  std::string message;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(target.triple, message);
  if (!backend)
    return module.emitError("cannot generate code for '")
           << target.triple << "': " << message;
  std::unique_ptr<llvm::TargetMachine> machine(backend->createTargetMachine(
      target.triple, target.cpu, target.features, llvm::TargetOptions(),
      llvm::Reloc::PIC_, /*CM=*/std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return module.emitError("cannot generate code for '")
           << target.triple << "'";
  if (!machine->getMCSubtargetInfo()->isCPUStringValid(target.cpu))
    return module.emitError("unknown processor '")
           << target.cpu << "' for '" << target.triple << "'";
  return machine;
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loopAnalyses;
  llvm::FunctionAnalysisManager functionAnalyses;
  llvm::CGSCCAnalysisManager cgsccAnalyses;
  llvm::ModuleAnalysisManager moduleAnalyses;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(moduleAnalyses);
  builder.registerCGSCCAnalyses(cgsccAnalyses);
  builder.registerFunctionAnalyses(functionAnalyses);
  builder.registerLoopAnalyses(loopAnalyses);
  builder.crossRegisterProxies(loopAnalyses, functionAnalyses, cgsccAnalyses,
                               moduleAnalyses);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(module, moduleAnalyses);
}

/// Every function of the module is compiled for the one target: the vectorizer
/// and OpenMP's outlined bodies look at the functions' own attributes.
static void setTarget(llvm::Module &module, const CPUTarget &target,
                      llvm::TargetMachine &machine) {
  module.setTargetTriple(target.triple);
  module.setDataLayout(machine.createDataLayout());
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.cpu);
    if (!target.features.empty())
      function.addFnAttr("target-features", target.features);
  }
}

/// As TargetMachine::addPassesToEmitFile, but without x86's machine combiner:
/// where steps of a product are written out, it makes trees of sums that are
/// chains, and what is between does not fit the registers.
static bool addCodeGeneration(llvm::LLVMTargetMachine &machine,
                              llvm::legacy::PassManager &passes,
                              llvm::raw_pwrite_stream &os,
                              llvm::CodeGenFileType type) {
  llvm::TargetPassConfig *config = machine.createPassConfig(passes);
  config->setDisableVerify(true);
  if (machine.getTargetTriple().isX86())
    config->disablePass(&llvm::MachineCombinerID);
  auto *info = new llvm::MachineModuleInfoWrapperPass(&machine);
  passes.add(config);
  passes.add(info);
  if (config->addISelPasses())
    return false;
  config->addMachinePasses();
  config->setInitialized();
  if (machine.addAsmPrinter(passes, os, /*DwoOut=*/nullptr, type,
                            info->getMMI().getContext()))
    return false;
  passes.add(llvm::createFreeMachineFunctionPass());
  return true;
}

/// Optimized LLVM IR of `module`; errors are diagnostics on it.
static LogicalResult compile(ModuleOp module, const CPUTarget &target,
                             OutputKind kind, SmallVectorImpl<char> &output) {
  FailureOr<std::unique_ptr<llvm::TargetMachine>> machine =
      createTargetMachine(module, target);
  if (failed(machine))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule =
      translateModuleToLLVMIR(module, context, "eoq");
  if (!llvmModule)
    return module.emitError("cannot translate the module to LLVM IR");
  setTarget(*llvmModule, target, **machine);
  optimize(*llvmModule, **machine);

  llvm::raw_svector_ostream os(output);
  if (kind == OutputKind::LLVMIR) {
    llvmModule->print(os, nullptr);
    return success();
  }
  llvm::legacy::PassManager passes;
  llvm::CodeGenFileType type = kind == OutputKind::Assembly
                                   ? llvm::CodeGenFileType::AssemblyFile
                                   : llvm::CodeGenFileType::ObjectFile;
  auto &backend = static_cast<llvm::LLVMTargetMachine &>(**machine);
  if (!addCodeGeneration(backend, passes, os, type))
    return module.emitError("cannot emit this kind of file for '")
           << target.triple << "'";
  passes.run(*llvmModule);
  return success();
}

static LogicalResult report(ModuleOp module, llvm::Error error) {
  if (!error)
    return success();
  return emitError(module.getLoc(), llvm::toString(std::move(error)));
}

/// The name that `eoq-export-model` used in its symbols.
static StringRef getModelName(ModuleOp module) {
  auto info = module->getAttrOfType<DictionaryAttr>("eoq.model_info");
  auto name = info ? info.getAs<StringAttr>("name") : StringAttr();
  return name ? name.strref() : StringRef();
}

/// Writes the object into the system's folder for temporary files, and links.
static LogicalResult linkObject(ModuleOp module, StringRef object,
                                StringRef outputPath, OutputKind kind,
                                const CPUTarget &target,
                                const LinkOptions &options) {
  SmallString<128> model;
  llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/true, model);
  llvm::sys::path::append(model, "eoq-%%%%%%%%.o");
  llvm::Expected<llvm::sys::fs::TempFile> temp =
      llvm::sys::fs::TempFile::create(model);
  if (!temp)
    return emitError(module.getLoc(), "cannot create a temporary file in '")
           << llvm::sys::path::parent_path(model)
           << "': " << llvm::toString(temp.takeError())
           << "; TMPDIR may name another folder";
  std::error_code code;
  {
    llvm::raw_fd_ostream os(temp->FD, /*shouldClose=*/false);
    os << object;
    os.flush();
    code = os.error();
    os.clear_error();
  }
  LogicalResult result =
      code ? LogicalResult(emitError(module.getLoc(), "cannot write '")
                           << temp->TmpName << "': " << code.message())
           : report(module, link(temp->TmpName, outputPath, kind, target,
                                 options, getModelName(module)));
  llvm::consumeError(temp->discard());
  return result;
}

std::string mlir::eoq::getHeaderPath(ModuleOp module, StringRef outputPath) {
  SmallString<128> path(llvm::sys::path::parent_path(outputPath));
  llvm::sys::path::append(path, getModelName(module) + ".h");
  return path.str().str();
}

LogicalResult mlir::eoq::emit(ModuleOp module, const CPUTarget &target,
                              OutputKind kind, StringRef outputPath,
                              const LinkOptions &linkOptions) {
  // What a user can mend is found before the minutes of work.
  bool text = kind == OutputKind::LLVMIR || kind == OutputKind::Assembly;
  bool linked =
      kind == OutputKind::SharedLibrary || kind == OutputKind::Executable;
  if ((!text || outputPath != "-") &&
      failed(report(module, checkOutputPath(outputPath))))
    return failure();
  if (linked && failed(report(module, checkLink(kind, target, linkOptions))))
    return failure();

  std::string headerPath = getHeaderPath(module, outputPath);
  if (kind == OutputKind::SharedLibrary &&
      llvm::sys::path::filename(outputPath) ==
          llvm::sys::path::filename(headerPath))
    return emitError(module.getLoc())
           << "'" << outputPath
           << "' is the name of the library's header, which is written beside "
              "it; give the library another name, such as '"
           << getModelName(module) << ".so'";

  SmallVector<char, 0> output;
  if (failed(compile(module, target, kind, output)))
    return failure();
  StringRef contents(output.data(), output.size());

  switch (kind) {
  case OutputKind::LLVMIR:
  case OutputKind::Assembly:
    return report(module, writeText(outputPath, contents));
  case OutputKind::Object:
    return report(module, writeFileAtomically(outputPath, contents));
  case OutputKind::Executable:
    return linkObject(module, contents, outputPath, kind, target, linkOptions);
  case OutputKind::SharedLibrary: {
    FailureOr<std::string> header = printCHeader(module);
    if (failed(header) || failed(linkObject(module, contents, outputPath, kind,
                                            target, linkOptions)))
      return failure();
    if (succeeded(report(module, writeFileAtomically(headerPath, *header))))
      return success();
    // A library without its header is half an output.
    llvm::sys::fs::remove(outputPath);
    return failure();
  }
  }
  llvm_unreachable("unknown output kind");
}
