//===- EOQDialect.td - the eoq dialect ---------------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQDIALECT_TD
#define EOQ_DIALECT_EOQ_IR_EOQDIALECT_TD

include "mlir/IR/OpBase.td"

def EOQ_Dialect : Dialect {
  let name = "eoq";
  let cppNamespace = "::mlir::eoq";
  let summary = "Convolutional networks, their training, and its quantization";
  let description = [{
    One dialect carries a network through all levels, from an imported ONNX
    graph to a training step in 8-bit integers. Ops do not change from level to
    level; the element type of their tensors does: `f32` first, then
    `!eoq.fixed<...>`. Images are NCHW, convolution weights OIHW, and all shapes
    are static. The integer semantics of each op is a labelled rule (N1, N2, ...)
    of docs/Numerics.md; verifier rules are labelled C1, C2, ... in each op.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::func::FuncDialect"];

  let extraClassDeclaration = [{
    /// Unit attribute on a module: the level it has reached, a string out of
    /// `import`, `graph`, `bn-free`, `training`, `quantized`.
    static constexpr llvm::StringLiteral kLevelAttrName = "eoq.level";
    /// Dictionary attribute on a module: the options it was compiled with.
    static constexpr llvm::StringLiteral kOptionsAttrName = "eoq.options";
    /// String attribute on a module: the model's name, a C identifier.
    static constexpr llvm::StringLiteral kModelNameAttrName = "eoq.model_name";
    /// Unit attribute on an op of @train_step that computes errors (E).
    static constexpr llvm::StringLiteral kBackwardAttrName = "eoq.backward";
    /// Unit attribute on an `eoq.bias_add`: all that is left of a batch norm
    /// that `eoq-remove-batch-norm` dropped.
    static constexpr llvm::StringLiteral kBatchNormBiasAttrName =
        "eoq.batch_norm_bias";

    /// Names of the functions of a module from the level `training` on.
    static constexpr llvm::StringLiteral kPredictName = "predict";
    static constexpr llvm::StringLiteral kTrainStepName = "train_step";
    static constexpr llvm::StringLiteral kEvaluateName = "evaluate";
    static constexpr llvm::StringLiteral kInitializeName = "initialize";
  }];
}

#endif // EOQ_DIALECT_EOQ_IR_EOQDIALECT_TD
