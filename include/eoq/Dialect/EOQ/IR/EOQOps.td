//===- EOQOps.td - all ops of the dialect ------------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQOPS_TD

include "eoq/Dialect/EOQ/IR/EOQFusionOps.td"
include "eoq/Dialect/EOQ/IR/EOQGradientOps.td"
include "eoq/Dialect/EOQ/IR/EOQImportOps.td"
include "eoq/Dialect/EOQ/IR/EOQKernelOps.td"
include "eoq/Dialect/EOQ/IR/EOQNetworkOps.td"
include "eoq/Dialect/EOQ/IR/EOQTrainingOps.td"

#endif // EOQ_DIALECT_EOQ_IR_EOQOPS_TD
