//===- Passes.td - the conversion of ONNX nodes ------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_ONNXTOEOQ_PASSES_TD
#define EOQ_CONVERSION_ONNXTOEOQ_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertONNXToEOQPass : Pass<"convert-onnx-to-eoq", "::mlir::ModuleOp"> {
  let summary = "Gives the nodes of an ONNX graph their meaning";
  let description = [{
    Takes a module from level `import` to level `graph`: every `eoq.onnx_node`
    of @predict becomes network ops on `f32` tensors of static shapes. A table of
    handlers, keyed by domain, operator and version, holds the meaning
    (docs/ONNXSupport.md). Shapes are inferred on the way; chains that compute
    shapes fold; Dropout, Identity and a final Softmax vanish; parameters get
    their kind, and those that ONNX training would train become `trainable`.
    Unused parameters are erased.

    All nodes that cannot be converted are reported by one error, grouped and
    counted, with the reason and, where there is one, a way out.
  }];
  let dependentDialects = ["::mlir::eoq::EOQDialect", "::mlir::func::FuncDialect"];
  let statistics = [
    Statistic<"numNodesConverted", "num-nodes-converted",
              "ONNX nodes given a meaning">,
    Statistic<"numParametersErased", "num-parameters-erased",
              "Parameters that no op uses">
  ];
}

#endif // EOQ_CONVERSION_ONNXTOEOQ_PASSES_TD
