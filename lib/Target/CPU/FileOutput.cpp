//===- FileOutput.cpp - files that appear complete or not at all ----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Internal.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::eoq;

static llvm::Error makeError(StringRef path, const std::string &reason) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "cannot write '%s': %s", path.str().c_str(),
                                 reason.c_str());
}

/// Whether `path` is there and is neither a file nor a directory: a device or a
/// pipe, which is written to and not replaced.
static bool isDevice(StringRef path) {
  llvm::sys::fs::file_status status;
  return !llvm::sys::fs::status(path, status) &&
         llvm::sys::fs::is_other(status);
}

llvm::Error mlir::eoq::checkOutputPath(StringRef path) {
  if (path.empty())
    return makeError(path, "the name is empty");
  if (llvm::sys::fs::is_directory(path))
    return makeError(path, "it is a directory");
  if (isDevice(path))
    return llvm::Error::success();
  StringRef folder = llvm::sys::path::parent_path(path);
  if (folder.empty())
    folder = ".";
  if (!llvm::sys::fs::exists(folder))
    return makeError(path, "there is no folder '" + folder.str() + "'");
  if (std::error_code code =
          llvm::sys::fs::access(folder, llvm::sys::fs::AccessMode::Write))
    return makeError(path, code.message());
  return llvm::Error::success();
}

llvm::Error mlir::eoq::writeFileAtomically(StringRef path, StringRef contents) {
  auto fail = [&](const std::string &reason) {
    return makeError(path, reason);
  };

  if (isDevice(path)) {
    std::error_code code;
    llvm::raw_fd_ostream os(path, code, llvm::sys::fs::CD_OpenExisting);
    if (code)
      return fail(code.message());
    os << contents;
    os.flush();
    code = os.error();
    os.clear_error();
    return code ? fail(code.message()) : llvm::Error::success();
  }

  if (llvm::Error error = checkOutputPath(path))
    return error;
  llvm::Expected<llvm::sys::fs::TempFile> temp =
      llvm::sys::fs::TempFile::create(path + ".%%%%%%.tmp");
  if (!temp)
    return fail(llvm::toString(temp.takeError()));
  std::error_code code;
  {
    llvm::raw_fd_ostream os(temp->FD, /*shouldClose=*/false);
    os << contents;
    os.flush();
    code = os.error();
    os.clear_error();
  }
  if (code) {
    llvm::consumeError(temp->discard());
    return fail(code.message());
  }
  if (llvm::Error error = temp->keep(path))
    return fail(llvm::toString(std::move(error)));
  return llvm::Error::success();
}

llvm::Error mlir::eoq::writeText(StringRef path, StringRef contents) {
  if (path != "-")
    return writeFileAtomically(path, contents);
  llvm::raw_fd_ostream &os = llvm::outs();
  os << contents;
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  return code ? makeError("standard output", code.message())
              : llvm::Error::success();
}
