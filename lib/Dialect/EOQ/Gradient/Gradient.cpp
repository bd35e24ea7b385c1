//===- Gradient.cpp - attaches the backward rules ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/Gradient/Gradient.h"
#include "Models.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace mlir::eoq;

void eoq::registerGradientModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, EOQDialect *) {
    attachProductModels(context);
    attachElementwiseModels(context);
    attachPoolingModels(context);
    attachMovementModels(context);
  });
}
