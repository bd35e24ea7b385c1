//===- Target.cpp - the processor that code is emitted for ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Target/CPU/Target.h"
#include "Internal.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// `+extension` of a spelling, and what it means to LLVM.
struct Extension {
  StringRef base, name, features;
};

} // namespace

static constexpr Extension kExtensions[] = {
    {"x86-64-v3", "avxvnni", "+avxvnni"},
    {"x86-64-v4", "vnni", "+avx512vnni"},
    {"aarch64", "dotprod", "+dotprod"},
    {"aarch64", "i8mm", "+dotprod,+i8mm"},
};

/// The triple of the host with another architecture: an emitted trainer runs on
/// the operating system that the compiler runs on.
static std::string tripleFor(StringRef arch) {
  llvm::Triple host(llvm::sys::getDefaultTargetTriple());
  if (host.getArchName() == arch)
    return host.str();
  return (arch + "-unknown-linux-gnu").str();
}

static CPUTarget nativeTarget() {
  CPUTarget target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  llvm::StringMap<bool> hostFeatures = llvm::sys::getHostCPUFeatures();
  SmallVector<StringRef> names(hostFeatures.keys());
  llvm::sort(names);
  llvm::SubtargetFeatures features;
  for (StringRef name : names)
    features.AddFeature(name, hostFeatures.lookup(name));
  target.features = features.getString();
  return target;
}

/// Adds the features that the processor's name implies, so that a pass can ask
/// for a feature without knowing processors.
static llvm::Expected<CPUTarget> spellOutFeatures(CPUTarget target) {
  initializeCodeGenerators();
  std::string message;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(target.triple, message);
  if (!backend)
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "cannot generate code for '%s': %s",
                                   target.triple.c_str(), message.c_str());
  std::unique_ptr<llvm::MCSubtargetInfo> info(backend->createMCSubtargetInfo(
      target.triple, target.cpu, target.features));
  SmallVector<std::string> names;
  for (const llvm::SubtargetFeatureKV &feature :
       info->getEnabledProcessorFeatures())
    names.push_back(std::string("+") + feature.Key);
  llvm::sort(names);
  target.features = llvm::join(names, ",");
  return target;
}

llvm::Expected<CPUTarget> CPUTarget::parse(StringRef spelling) {
  if (spelling == "native")
    return spellOutFeatures(nativeTarget());

  SmallVector<StringRef> parts;
  spelling.split(parts, '+');
  StringRef base = parts.front();
  CPUTarget target;
  bool known = true;
  if (base == "aarch64") {
    target.triple = tripleFor("aarch64");
    target.cpu = "generic";
    target.features = "+neon";
  } else if (base == "x86-64" || base == "x86-64-v2" || base == "x86-64-v3" ||
             base == "x86-64-v4") {
    target.triple = tripleFor("x86_64");
    target.cpu = base.str();
  } else {
    known = false;
  }
  for (StringRef part : ArrayRef(parts).drop_front()) {
    const Extension *found =
        llvm::find_if(kExtensions, [&](const Extension &e) {
          return e.base == base && e.name == part;
        });
    if (found == std::end(kExtensions)) {
      known = false;
      break;
    }
    if (!target.features.empty())
      target.features += ",";
    target.features += found->features;
  }
  if (!known)
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "unknown target '%s'; expected native, x86-64, x86-64-v2, x86-64-v3, "
        "x86-64-v3+avxvnni, x86-64-v4, x86-64-v4+vnni, aarch64, "
        "aarch64+dotprod or aarch64+i8mm",
        spelling.str().c_str());
  return spellOutFeatures(target);
}

FailureOr<CPUTarget> CPUTarget::get(ModuleOp module) {
  auto attr = module->getAttrOfType<DictionaryAttr>(kTargetAttrName);
  if (!attr)
    return module.emitError("expected a target in the module's attribute '")
           << kTargetAttrName << "'";
  CPUTarget target;
  for (auto [name, field] :
       {std::pair<StringRef, std::string *>{"triple", &target.triple},
        {"cpu", &target.cpu},
        {"features", &target.features}}) {
    auto value = attr.getAs<StringAttr>(name);
    if (!value)
      return module.emitError("expected a string '")
             << name << "' in the module's attribute '" << kTargetAttrName
             << "'";
    *field = value.str();
  }
  if (Attribute bytes = attr.get("l2_cache_bytes")) {
    auto value = dyn_cast<IntegerAttr>(bytes);
    if (!value || !value.getType().isInteger(64) || value.getInt() < 1)
      return module.emitError("expected a positive i64 'l2_cache_bytes' in the "
                              "module's attribute '")
             << kTargetAttrName << "'";
    target.l2CacheBytes = value.getInt();
  }
  return target;
}

void CPUTarget::attachTo(ModuleOp module) const {
  Builder builder(module.getContext());
  NamedAttrList attributes;
  attributes.set("triple", builder.getStringAttr(triple));
  attributes.set("cpu", builder.getStringAttr(cpu));
  attributes.set("features", builder.getStringAttr(features));
  if (l2CacheBytes)
    attributes.set("l2_cache_bytes", builder.getI64IntegerAttr(*l2CacheBytes));
  module->setAttr(kTargetAttrName,
                  attributes.getDictionary(module.getContext()));
}

bool CPUTarget::isHostArchitecture() const {
  return llvm::Triple(triple).getArch() ==
         llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch();
}
