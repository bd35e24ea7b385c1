//===- eoq-opt.cpp - the driver ---------------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// With a .mlir file: an mlir-opt with our dialect. With an ONNX model: the
// compiler.
//
//===----------------------------------------------------------------------===//
#include "Compile.h"
#include "eoq/InitAll.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::eoq::registerAllDialects(registry);
  mlir::eoq::registerAllExtensions(registry);
  if (isCompilerCommandLine(argc, argv))
    return compilerMain(argc, argv, registry);
  mlir::eoq::registerAllPasses();
  mlir::eoq::registerAllPipelines();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "EOQ: training without float\n", registry));
}
