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

llvm::Error mlir::eoq::writeFileAtomically(StringRef path, StringRef contents) {
  auto fail = [&](std::string reason) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "cannot write '%s': %s", path.str().c_str(),
                                   reason.c_str());
  };
  if (llvm::sys::fs::is_directory(path))
    return fail("it is a directory");

  // A device or a pipe cannot be renamed over.
  if (llvm::sys::fs::exists(path) && !llvm::sys::fs::is_regular_file(path)) {
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
