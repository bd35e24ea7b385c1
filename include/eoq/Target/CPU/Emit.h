//===- Emit.h - from the LLVM dialect to files ------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits a module of the LLVM dialect as LLVM IR, assembly, an object, a shared
// library with its C header, or an executable trainer.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TARGET_CPU_EMIT_H
#define EOQ_TARGET_CPU_EMIT_H

#include "eoq/Target/CPU/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace mlir::eoq {

enum class OutputKind { LLVMIR, Assembly, Object, SharedLibrary, Executable };

/// Where the linker finds what an emitted program needs. Only SharedLibrary and
/// Executable use it.
struct LinkOptions {
  /// Sets the paths of libraries: to ours in `directory`, which is `lib/eoq` of
  /// an installation or `lib` of a build tree (the CMake package defines
  /// EOQ_LIBRARY_DIR as such a string), and to OpenMP's, as the project was
  /// configured. Ours stay as they are if they are not there.
  void findLibraries(StringRef directory);

  /// Paths of our static libraries, built for the target.
  std::string runtimeLibrary; // libEOQRuntime.a
  std::string trainerLibrary; // libEOQTrainer.a, for Executable only
  /// Where findLibraries() looked, for messages.
  std::vector<std::string> searchedDirectories;
  /// Whether the module calls the OpenMP run-time library.
  bool openmp = true;
  /// Directory with libomp.so; also recorded in the program, so that it starts
  /// without an environment variable. Empty: the linker's own search path.
  std::string openmpLibraryDir;
  /// C++ compiler driver that links, a name or a path. Empty: the first of
  /// clang++-19, clang++, g++, c++ (or the target's cross compiler) in PATH.
  std::string compilerDriver;
  /// Links everything statically (no OpenMP then: there is no static libomp).
  bool staticLink = false;
  /// Further arguments of the linker command, behind all others.
  std::vector<std::string> extraArguments;
};

/// Registers what `emit` needs to translate a module to LLVM IR. Call it before
/// the module's context is made, or append the registry to the context.
void registerCPUTarget(DialectRegistry &registry);

/// Compiles `module`, which holds the LLVM dialect only, for `target` and
/// writes `outputPath`; "-" is the standard output for LLVM IR and assembly. A
/// shared library gets a C header `<model>.h` beside it. Files appear complete
/// or not at all. Errors are diagnostics on the module.
LogicalResult emit(ModuleOp module, const CPUTarget &target, OutputKind kind,
                   StringRef outputPath, const LinkOptions &linkOptions = {});

/// Where emit() writes the C header of the shared library `outputPath`.
std::string getHeaderPath(ModuleOp module, StringRef outputPath);

/// Writes `contents` to `path` through a temporary file beside it. The error
/// names the path.
llvm::Error writeFileAtomically(StringRef path, StringRef contents);

/// As writeFileAtomically(), but "-" is the standard output.
llvm::Error writeText(StringRef path, StringRef contents);

/// Text of the C header for a model that `eoq-export-model` described in the
/// module's attribute `eoq.model_info`; one error on the module without it.
FailureOr<std::string> printCHeader(ModuleOp module);

} // namespace mlir::eoq

#endif // EOQ_TARGET_CPU_EMIT_H
