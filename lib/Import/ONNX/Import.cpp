//===- Import.cpp - the entry point of the ONNX import ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Import/ONNX/Import.h"
#include "GraphImporter.h"
#include "ModelReader.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::eoq;

std::string mlir::eoq::makeModelName(llvm::StringRef path) {
  std::string name;
  for (char c : llvm::sys::path::stem(path))
    name += llvm::isAlnum(c) ? c : '_';
  if (name.empty())
    return "model";
  if (llvm::isDigit(name.front()))
    name.insert(0, "_");
  return name;
}

OwningOpRef<ModuleOp>
mlir::eoq::importOnnxFile(llvm::StringRef path, MLIRContext *context,
                          const OnnxImportOptions &options) {
  context->loadDialect<EOQDialect, func::FuncDialect>();
  onnx::ModelProto model;
  if (llvm::Error error = onnx_import::readModel(path, model)) {
    emitError(FileLineColLoc::get(context, path, 0, 0))
        << "'" << path << "' " << llvm::toString(std::move(error));
    return nullptr;
  }
  return onnx_import::GraphImporter(context, path, options).import(model);
}
