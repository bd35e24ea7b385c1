// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program outside the project that removes batch norm from the module it is
// given, and prints it.
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::eoq::EOQDialect>();
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(argv[1], &context);
  if (!module)
    return 1;
  mlir::PassManager manager(&context);
  manager.addPass(mlir::eoq::createRemoveBatchNormPass());
  if (failed(manager.run(*module)))
    return 1;
  module->print(llvm::outs());
}
