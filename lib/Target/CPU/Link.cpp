//===- Link.cpp - objects to programs and shared libraries ----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls the system's C++ compiler driver, which knows where the C and C++
// libraries are.
//
//===----------------------------------------------------------------------===//
#include "Internal.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace mlir::eoq;

template <typename... Args>
static llvm::Error makeError(const char *format, Args... args) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), format,
                                 args...);
}

static llvm::Expected<std::string> findDriver(const CPUTarget &target,
                                              const LinkOptions &options) {
  SmallVector<std::string> names;
  if (!options.compilerDriver.empty()) {
    names.push_back(options.compilerDriver);
  } else if (target.isHostArchitecture()) {
    names.append({"clang++-19", "clang++", "g++", "c++"});
  } else {
    std::string arch = llvm::Triple(target.triple).getArchName().str();
    names.append({arch + "-linux-gnu-g++", arch + "-unknown-linux-gnu-g++"});
  }
  for (const std::string &name : names)
    if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name))
      return *path;
  return makeError("linking needs a C++ compiler, but none of %s is in PATH; "
                   "install one, or use --emit=object and link yourself",
                   llvm::join(names, ", ").c_str());
}

static constexpr StringLiteral kRuntimeLibrary = "libEOQRuntime.a";
static constexpr StringLiteral kTrainerLibrary = "libEOQTrainer.a";

void LinkOptions::findLibraries(StringRef directory) {
  auto find = [&](StringRef folder, StringRef name, std::string &result) {
    for (StringRef between : {StringRef(), folder}) {
      SmallString<128> path(directory);
      llvm::sys::path::append(path, between, name);
      llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
      if (llvm::sys::fs::is_regular_file(path))
        result = path.str();
    }
  };
  find("Runtime", kRuntimeLibrary, runtimeLibrary);
  find("Trainer", kTrainerLibrary, trainerLibrary);
  SmallString<128> searched(directory);
  llvm::sys::path::remove_dots(searched, /*remove_dot_dot=*/true);
  searchedDirectories.push_back(searched.str().str());
  openmpLibraryDir = EOQ_OPENMP_LIBRARY_DIR;
}

/// The processor of the first object of an archive.
static llvm::Triple::ArchType getArchitecture(StringRef path) {
  llvm::Expected<llvm::object::OwningBinary<llvm::object::Binary>> binary =
      llvm::object::createBinary(path);
  if (!binary) {
    llvm::consumeError(binary.takeError());
    return llvm::Triple::UnknownArch;
  }
  auto result = llvm::Triple::UnknownArch;
  llvm::Error error = llvm::Error::success();
  if (auto *archive = dyn_cast<llvm::object::Archive>(binary->getBinary()))
    for (const llvm::object::Archive::Child &child : archive->children(error)) {
      auto member = child.getAsBinary();
      if (!member) {
        llvm::consumeError(member.takeError());
        continue;
      }
      if (auto *object = dyn_cast<llvm::object::ObjectFile>(member->get())) {
        result = object->getArch();
        break;
      }
    }
  llvm::consumeError(std::move(error));
  return result;
}

/// `name` is what findLibraries() looks for.
static llvm::Error checkLibrary(StringRef path, const char *what,
                                StringRef name, const CPUTarget &target,
                                const LinkOptions &options) {
  if (path.empty()) {
    std::string places =
        "'" + llvm::join(options.searchedDirectories, "', '") + "'";
    if (options.searchedDirectories.empty())
      places = "any folder, as none was given";
    return makeError("cannot find %s '%s' that the program is linked with in "
                     "%s; run eoq-opt where it was built or installed, beside "
                     "its folder 'lib', or use --emit=object and link yourself",
                     what, name.str().c_str(), places.c_str());
  }
  if (!llvm::sys::fs::is_regular_file(path))
    return makeError("cannot find %s '%s' that the program is linked with; "
                     "build the project's libraries, or use --emit=object",
                     what, path.str().c_str());
  llvm::Triple::ArchType arch = getArchitecture(path);
  llvm::Triple triple(target.triple);
  if (arch == llvm::Triple::UnknownArch || arch == triple.getArch())
    return llvm::Error::success();
  return makeError("cannot link a program for %s: %s '%s' is for %s; use "
                   "--emit=object, and link with libraries built for %s",
                   triple.getArchName().str().c_str(), what, path.str().c_str(),
                   llvm::Triple::getArchTypeName(arch).str().c_str(),
                   triple.getArchName().str().c_str());
}

/// Text that the failing command wrote, without the trailing line break.
static std::string readLog(StringRef path) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer =
      llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().trim().str() : std::string();
}

/// Creates an empty file that `remover` deletes.
static llvm::Expected<std::string> createTemporary(StringRef suffix,
                                                   llvm::FileRemover &remover) {
  SmallString<128> path;
  if (std::error_code code =
          llvm::sys::fs::createTemporaryFile("eoq", suffix, path))
    return makeError("cannot create a temporary file: %s",
                     code.message().c_str());
  remover.setFile(path);
  return std::string(path);
}

/// Whether the driver has the C++ library as an archive.
static bool hasStaticCxxLibrary(StringRef driver) {
  llvm::FileRemover remover;
  llvm::Expected<std::string> output = createTemporary("txt", remover);
  if (!output) {
    llvm::consumeError(output.takeError());
    return false;
  }
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(*output),
                                          StringRef("")};
  int code = llvm::sys::ExecuteAndWait(
      driver, {driver, "-print-file-name=libstdc++.a"}, std::nullopt, redirects,
      /*SecondsToWait=*/10);
  // What the driver cannot find it names as it is asked for.
  return code == 0 && llvm::sys::path::is_absolute(readLog(*output));
}

llvm::Error mlir::eoq::checkLink(OutputKind kind, const CPUTarget &target,
                                 const LinkOptions &options) {
  if (options.staticLink && options.openmp)
    return makeError("a static program cannot use OpenMP, which has no static "
                     "library; use --threads=none");
  if (llvm::Error error =
          checkLibrary(options.runtimeLibrary, "the run-time library",
                       kRuntimeLibrary, target, options))
    return error;
  if (kind == OutputKind::Executable)
    if (llvm::Error error =
            checkLibrary(options.trainerLibrary, "the trainer library",
                         kTrainerLibrary, target, options))
      return error;
  return findDriver(target, options).takeError();
}

llvm::Error mlir::eoq::link(StringRef objectPath, StringRef outputPath,
                            OutputKind kind, const CPUTarget &target,
                            const LinkOptions &options, StringRef modelName) {
  bool shared = kind == OutputKind::SharedLibrary;
  if (llvm::Error error = checkLink(kind, target, options))
    return error;
  if (llvm::sys::fs::exists(outputPath) &&
      !llvm::sys::fs::is_regular_file(outputPath))
    return makeError("cannot write '%s': a linked file must be a regular one",
                     outputPath.str().c_str());
  llvm::Expected<std::string> driver = findDriver(target, options);
  if (!driver)
    return driver.takeError();

  // The linker writes a neighbour of the output, which replaces the output when
  // it is complete.
  SmallString<128> temporary;
  int descriptor;
  if (std::error_code code = llvm::sys::fs::createUniqueFile(
          outputPath + ".%%%%%%.tmp", descriptor, temporary,
          llvm::sys::fs::OF_None,
          llvm::sys::fs::all_read | llvm::sys::fs::all_write))
    return makeError("cannot write '%s': %s", outputPath.str().c_str(),
                     code.message().c_str());
  llvm::sys::fs::file_t handle =
      llvm::sys::fs::convertFDToNativeFile(descriptor);
  (void)llvm::sys::fs::closeFile(handle);
  llvm::FileRemover removeTemporary(temporary);

  llvm::FileRemover removeLog, removeScript;
  llvm::Expected<std::string> log = createTemporary("log", removeLog);
  if (!log)
    return log.takeError();

  std::vector<std::string> arguments = {*driver, "-o", temporary.str().str(),
                                        objectPath.str()};
  if (shared) {
    // The run-time library's C interface belongs to the shared library; nothing
    // else of it is visible.
    llvm::Expected<std::string> script = createTemporary("map", removeScript);
    if (!script)
      return script.takeError();
    // All but eoq_rt_*.
    std::string text = "{ global: eoq_[!r]*; eoq_r[!t]*; eoq_" +
                       modelName.str() + "_*; local: *; };\n";
    if (llvm::Error error = writeFileAtomically(*script, text))
      return error;
    arguments.insert(arguments.end(),
                     {"-shared", "-Wl,--whole-archive", options.runtimeLibrary,
                      "-Wl,--no-whole-archive", "-Xlinker", "--version-script",
                      "-Xlinker", *script, "-Wl,-z,defs", "-Xlinker", "-soname",
                      "-Xlinker", llvm::sys::path::filename(outputPath).str()});
  } else {
    arguments.insert(arguments.end(),
                     {options.trainerLibrary, options.runtimeLibrary, "-lz"});
    // Little memory: only what is used of the C++ library and of our own, and
    // all of the symbols found before the training starts, so that the tables
    // to find them need not stay in memory.
    arguments.insert(arguments.end(), {"-Wl,--gc-sections", "-Wl,-z,now"});
    if (options.staticLink)
      arguments.push_back("-static");
    else if (hasStaticCxxLibrary(*driver))
      arguments.insert(arguments.end(),
                       {"-static-libstdc++", "-static-libgcc"});
  }
  if (options.openmp) {
    if (!options.openmpLibraryDir.empty()) {
      arguments.push_back("-L" + options.openmpLibraryDir);
      arguments.push_back("-Wl,-rpath," + options.openmpLibraryDir);
    }
    arguments.push_back("-lomp");
  }
  arguments.insert(arguments.end(), {"-pthread", "-lm"});
  arguments.insert(arguments.end(), options.extraArguments.begin(),
                   options.extraArguments.end());

  SmallVector<StringRef> references(arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(*log),
                                          StringRef(*log)};
  std::string message;
  int code = llvm::sys::ExecuteAndWait(*driver, references, std::nullopt,
                                       redirects, /*SecondsToWait=*/0,
                                       /*MemoryLimit=*/0, &message);
  if (code != 0) {
    std::string details = readLog(*log);
    if (details.empty())
      details = message;
    return makeError("cannot link '%s' with '%s': %s", outputPath.str().c_str(),
                     driver->c_str(), details.c_str());
  }
  if (std::error_code renameCode = llvm::sys::fs::rename(temporary, outputPath))
    return makeError("cannot write '%s': %s", outputPath.str().c_str(),
                     renameCode.message().c_str());
  removeTemporary.releaseFile();
  return llvm::Error::success();
}
