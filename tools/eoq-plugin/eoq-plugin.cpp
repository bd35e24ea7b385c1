//===- eoq-plugin.cpp - the dialect and its passes for mlir-opt -*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mlir-opt --load-dialect-plugin=EOQPlugin.so --load-pass-plugin=EOQPlugin.so
// The program that loads it provides MLIR, so the plugin links none.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Conversion/ONNXToEOQ/Passes.h"
#include "eoq/Dialect/EOQ/Gradient/Gradient.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "eoq/Pipelines/Pipelines.h"
#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

extern "C" LLVM_ATTRIBUTE_WEAK mlir::DialectPluginLibraryInfo
mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "EOQ", "0.1",
          [](mlir::DialectRegistry *registry) {
            registry->insert<mlir::eoq::EOQDialect>();
            mlir::eoq::registerGradientModels(*registry);
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK mlir::PassPluginLibraryInfo
mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "EOQ", "0.1", [] {
            mlir::eoq::registerTransformsPasses();
            mlir::eoq::registerONNXToEOQPasses();
            mlir::eoq::registerEOQToKernelsPasses();
            mlir::eoq::registerPipelines();
          }};
}
