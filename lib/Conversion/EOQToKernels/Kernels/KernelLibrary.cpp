//===- KernelLibrary.cpp - functions that ops become calls of -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds kernels by name in the embedded files (with their instances, see
// Kernels/README.md) and among those built in C++, and copies them into
// modules.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "FusedKernel.h"
#include "GemmKernel.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

namespace {

struct KernelSource {
  StringRef file;
  StringRef text;
};

const KernelSource kernelSources[] = {
#include "KernelSources.inc"
};

/// The text of one instance of a file.
struct Instance {
  StringRef file;
  std::string text;
};

struct Kernel {
  /// Index of the instance that defines it, or -1 if C++ builds it.
  int64_t instance = -1;
  /// Function type, as text.
  std::string type;
};

bool isNameCharacter(char c) { return llvm::isAlnum(c) || c == '_'; }

/// The type in `(%a: T, %b: U) -> V {`, without the names.
std::string getSignature(StringRef text) {
  std::string type;
  StringRef rest = text.take_until([](char c) { return c == '{'; });
  while (!rest.empty()) {
    if (rest.front() == '%') {
      rest = rest.drop_until([](char c) { return c == ':'; }).drop_front();
      continue;
    }
    type += rest.front();
    rest = rest.drop_front();
  }
  StringRef trimmed = StringRef(type).trim();
  return trimmed.contains("->") ? trimmed.str() : (trimmed + " -> ()").str();
}

class Library {
public:
  Library() {
    for (const KernelSource &source : kernelSources)
      addFile(source);
  }

  static const Library &get() {
    static const Library library;
    return library;
  }

  const Kernel *lookup(StringRef name) const {
    auto it = kernels.find(name);
    return it == kernels.end() ? nullptr : &it->second;
  }

  std::vector<Instance> instances;
  llvm::StringMap<Kernel> kernels;

private:
  /// Adds all instances of a file: each choice of types in a line like
  /// `// instances: T = i8 i32; U,V = i16,i32 f32,f32`.
  void addFile(const KernelSource &source) {
    SmallVector<std::pair<StringRef, SmallVector<StringRef>>> parameters;
    size_t at = source.text.find("// instances:");
    if (at != StringRef::npos) {
      StringRef line = source.text.drop_front(at + strlen("// instances:"));
      line = line.take_until([](char c) { return c == '\n'; });
      SmallVector<StringRef> items;
      line.split(items, ';');
      for (StringRef item : items) {
        auto [name, types] = item.split('=');
        parameters.push_back({name.trim(), {}});
        types.trim().split(parameters.back().second, ' ', -1, false);
      }
    }
    SmallVector<std::pair<StringRef, StringRef>> choice;
    addInstances(source, parameters, choice);
  }

  void addInstances(
      const KernelSource &source,
      ArrayRef<std::pair<StringRef, SmallVector<StringRef>>> parameters,
      SmallVectorImpl<std::pair<StringRef, StringRef>> &choice) {
    if (!parameters.empty()) {
      SmallVector<StringRef> names;
      parameters.front().first.split(names, ',');
      for (StringRef types : parameters.front().second) {
        SmallVector<StringRef> together;
        types.split(together, ',');
        size_t size = choice.size();
        for (auto [name, type] : llvm::zip_equal(names, together))
          choice.push_back({name, type});
        addInstances(source, parameters.drop_front(), choice);
        choice.truncate(size);
      }
      return;
    }
    instances.push_back({source.file, instantiate(source.text, choice)});
    addNames(instances.size() - 1, choice);
  }

  static std::string
  instantiate(StringRef text,
              ArrayRef<std::pair<StringRef, StringRef>> choice) {
    std::string result;
    SmallVector<StringRef> lines;
    text.split(lines, '\n');
    for (StringRef line : lines) {
      if (line.starts_with("!")) {
        StringRef name = line.drop_front().split('=').first.trim();
        for (auto [parameter, type] : choice)
          if (parameter == name)
            result += ("!" + name + " = " + type + "\n").str();
        continue;
      }
      while (!line.empty()) {
        size_t at = line.find('@');
        result += line.substr(0, at);
        if (at == StringRef::npos)
          break;
        line = line.drop_front(at);
        StringRef symbol = line.drop_front().take_while(isNameCharacter);
        line = line.drop_front(1 + symbol.size());
        SmallVector<StringRef> parts;
        symbol.split(parts, '_');
        for (StringRef &part : parts)
          for (auto [parameter, type] : choice)
            if (part == parameter) {
              part = type;
              break;
            }
        result += '@';
        result += llvm::join(parts, "_");
      }
      result += '\n';
    }
    return result;
  }

  void addNames(size_t index,
                ArrayRef<std::pair<StringRef, StringRef>> choice) {
    constexpr StringLiteral marker = "func.func private @";
    StringRef text = instances[index].text;
    while (true) {
      size_t at = text.find(marker);
      if (at == StringRef::npos)
        return;
      text = text.drop_front(at + marker.size());
      StringRef name = text.take_while(isNameCharacter);
      std::string type = getSignature(text.drop_front(name.size()));
      for (auto [parameter, replacement] : choice) {
        std::string alias = ("!" + parameter).str();
        for (size_t p = type.find(alias); p != std::string::npos;
             p = type.find(alias))
          type.replace(p, alias.size(), replacement.str());
      }
      kernels[name] = {static_cast<int64_t>(index), std::move(type)};
    }
  }
};

/// Copies kernels, and what they use, into one module.
class Inserter {
public:
  Inserter(ModuleOp module)
      : module(module), symbols(module), context(module.getContext()) {}

  LogicalResult run() {
    for (auto function : module.getOps<func::FuncOp>())
      if (function.isDeclaration() && isKernel(function.getName()))
        wanted.insert(function.getNameAttr());
    WalkResult walk = module.walk([&](func::CallOp call) {
      StringRef name = call.getCallee();
      if (isKernel(name)) {
        wanted.insert(call.getCalleeAttr().getAttr());
      } else if (!symbols.lookup(name)) {
        call.emitError() << "there is no function and no kernel '" << name
                         << "'";
        return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return failure();
    for (size_t i = 0; i < wanted.size(); ++i)
      if (failed(insert(wanted[i])))
        return failure();
    return success();
  }

private:
  LogicalResult insert(StringAttr name) {
    auto existing = symbols.lookup<func::FuncOp>(name);
    if (existing && !existing.isDeclaration())
      return success();
    FailureOr<Operation *> definition = find(name);
    if (failed(definition))
      return module.emitError() << "kernel '" << name.getValue()
                                << "' cannot be built in this context";
    if (existing)
      symbols.erase(existing);
    Operation *copy = (*definition)->clone();
    copy->setAttr("llvm.linkage",
                  LLVM::LinkageAttr::get(context, LLVM::Linkage::Internal));
    symbols.insert(copy, module.getBody()->end());
    copy->walk([&](Operation *op) {
      if (auto call = dyn_cast<func::CallOp>(op))
        wanted.insert(call.getCalleeAttr().getAttr());
      if (auto global = dyn_cast<memref::GetGlobalOp>(op))
        insertGlobal(global, *definition);
    });
    return success();
  }

  void insertGlobal(memref::GetGlobalOp use, Operation *definition) {
    if (symbols.lookup(use.getName()))
      return;
    Operation *global =
        SymbolTable::lookupNearestSymbolFrom(definition, use.getNameAttr());
    symbols.insert(global->clone(), module.getBody()->begin());
  }

  FailureOr<Operation *> find(StringAttr name) {
    bool isGemm = isGemmKernel(name);
    if (isGemm || isFusedKernel(name)) {
      OpBuilder builder(context);
      if (!built)
        built = ModuleOp::create(UnknownLoc::get(context));
      builder.setInsertionPointToEnd(built->getBody());
      return (isGemm ? buildGemmKernel(builder, name)
                     : buildFusedKernel(builder, name))
          .getOperation();
    }
    const Kernel *kernel = Library::get().lookup(name);
    if (!kernel)
      return failure();
    OwningOpRef<ModuleOp> &source = parsed[kernel->instance];
    if (!source) {
      // A file calls kernels of other files, so its module on its own does not
      // verify; what this class puts together does.
      const Instance &instance = Library::get().instances[kernel->instance];
      ParserConfig config(context, /*verifyAfterParse=*/false);
      source =
          parseSourceString<ModuleOp>(instance.text, config, instance.file);
      if (!source)
        return failure();
    }
    Operation *op = SymbolTable::lookupSymbolIn(*source, name);
    if (!op)
      return failure();
    return op;
  }

  ModuleOp module;
  SymbolTable symbols;
  MLIRContext *context;
  llvm::SetVector<StringAttr> wanted;
  llvm::DenseMap<int64_t, OwningOpRef<ModuleOp>> parsed;
  OwningOpRef<ModuleOp> built;
};

} // namespace

bool mlir::eoq::isKernel(StringRef name) {
  return isGemmKernel(name) || isFusedKernel(name) ||
         Library::get().lookup(name);
}

FunctionType mlir::eoq::getKernelType(StringRef name, MLIRContext *context) {
  if (FunctionType type = getGemmKernelType(name, context))
    return type;
  if (FunctionType type = getFusedKernelType(name, context))
    return type;
  const Kernel *kernel = Library::get().lookup(name);
  if (!kernel)
    return {};
  return cast<FunctionType>(parseType(kernel->type, context));
}

SmallVector<StringRef> mlir::eoq::getKernelNames() {
  SmallVector<StringRef> names;
  llvm::append_range(names, Library::get().kernels.keys());
  llvm::append_range(names, getGemmKernelNames());
  llvm::sort(names);
  return names;
}

LogicalResult mlir::eoq::insertKernels(ModuleOp module) {
  return Inserter(module).run();
}

func::CallOp mlir::eoq::createKernelCall(OpBuilder &builder, Location loc,
                                         StringRef name, ValueRange operands) {
  MLIRContext *context = builder.getContext();
  Operation *parent = builder.getInsertionBlock()->getParentOp();
  auto module = dyn_cast<ModuleOp>(parent);
  if (!module)
    module = parent->getParentOfType<ModuleOp>();
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function) {
    FunctionType type = getKernelType(name, context);
    if (!type)
      llvm::report_fatal_error("unknown kernel '" + Twine(name) + "'");
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(module.getBody());
    function =
        builder.create<func::FuncOp>(UnknownLoc::get(context), name, type);
    function.setPrivate();
  }
  FunctionType type = function.getFunctionType();
  if (operands.size() != type.getNumInputs())
    llvm::report_fatal_error("kernel '" + Twine(name) + "' has " +
                             Twine(type.getNumInputs()) + " arguments, not " +
                             Twine(operands.size()));
  SmallVector<Value> arguments;
  for (auto [operand, wanted] : llvm::zip(operands, type.getInputs())) {
    Value argument = operand;
    if (argument.getType() != wanted && isa<MemRefType>(wanted))
      argument = builder.create<memref::CastOp>(loc, wanted, argument);
    arguments.push_back(argument);
  }
  return builder.create<func::CallOp>(loc, function, arguments);
}

NormPair mlir::eoq::getNominalPair(double nominal) {
  double square = nominal * nominal / 16;
  if (!(square > 0))
    return {};
  int exponent = 0;
  double fraction = std::frexp(square, &exponent);
  return {static_cast<int32_t>(std::floor(std::ldexp(fraction, 30))),
          exponent - 30};
}
