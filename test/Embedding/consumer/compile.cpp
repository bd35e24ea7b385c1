// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The compiler in another program.
#include "eoq/Driver/Driver.h"
#include "eoq/InitAll.h"

int main() {
  mlir::DialectRegistry registry;
  mlir::eoq::registerAllDialects(registry);
  mlir::eoq::registerAllExtensions(registry);
  mlir::MLIRContext context(registry);
  mlir::eoq::CompileOptions options;
  options.inputPath = "model.onnx";
  options.outputPath = "model.so"; // and model.h
  options.emission = mlir::eoq::Emission::SharedLibrary;
  options.link.findLibraries(EOQ_LIBRARY_DIR); // defined by the CMake package
  return mlir::failed(mlir::eoq::compile(options, context));
}
