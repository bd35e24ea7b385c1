//===- Target.h - the processor that code is emitted for --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The processor a module is compiled for. It is resolved once, from the
// spelling of an option, and written into the module: passes and code
// generation ask the module and never the host.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TARGET_CPU_TARGET_H
#define EOQ_TARGET_CPU_TARGET_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace mlir::eoq {

/// Name of the dictionary attribute of a module that holds the target.
constexpr llvm::StringLiteral kTargetAttrName = "eoq.target";

/// What passes and LLVM's code generator need to know about a processor.
struct CPUTarget {
  std::string triple;
  std::string cpu;
  /// LLVM's spelling: `+dotprod,-sve`.
  std::string features;
  /// Bytes of the second-level cache of a core, for the sizes of chunks;
  /// without a value, those of kDefaultCacheBytes. No bit of a result depends
  /// on it.
  std::optional<int64_t> l2CacheBytes;

  /// The target of an option's value: `native` (the machine that runs the
  /// compiler), `x86-64`, `x86-64-v2`, `x86-64-v3`, `x86-64-v4` or `aarch64`,
  /// the last two families with `+vnni`, `+avxvnni`, `+dotprod`, `+i8mm`. The
  /// error says which spellings there are.
  static llvm::Expected<CPUTarget> parse(StringRef spelling);

  /// The target that `attachTo` wrote into `module`, or one error on the
  /// module.
  static FailureOr<CPUTarget> get(ModuleOp module);

  /// Writes the target into `module` (attribute `eoq.target`).
  void attachTo(ModuleOp module) const;

  /// Whether programs for this target run on the machine that compiles.
  bool isHostArchitecture() const;
};

} // namespace mlir::eoq

#endif // EOQ_TARGET_CPU_TARGET_H
