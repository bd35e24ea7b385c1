//===- ModelReader.h - bytes to an ONNX protobuf ----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads a file and parses it as ONNX, binary or text. Knows nothing of MLIR.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_IMPORT_ONNX_MODELREADER_H
#define EOQ_LIB_IMPORT_ONNX_MODELREADER_H

#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace mlir::eoq::onnx_import {

/// The bytes of a regular file, or an error whose text fits after the file's
/// name ("is a directory").
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readRegularFile(llvm::StringRef path);

/// Parses the model at `path` into `model`. Text is told from the binary form
/// by its extension (.onnxtxt, .txt) or its first character, `<`.
llvm::Error readModel(llvm::StringRef path, onnx::ModelProto &model);

} // namespace mlir::eoq::onnx_import

#endif // EOQ_LIB_IMPORT_ONNX_MODELREADER_H
