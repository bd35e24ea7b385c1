//===- EOQTrainingOps.td - state, loss, update, quantizer --*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQTRAININGOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQTRAININGOPS_TD

include "eoq/Dialect/EOQ/IR/EOQBase.td"

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

def EOQ_ParameterOp : EOQ_Op<"parameter", [Symbol]> {
  let summary = "A named tensor that lives from step to step";
  let description = [{
    A weight, a bias, a statistic of a batch norm, or the optimizer's state. The
    symbol is the ONNX initializer's name (`<name>.momentum`, `<name>.grad_norm`
    for state). `initial_value` is what `eoq.parameter_initialize` writes: f32
    elements (a splat for a constant), or `#eoq.normal` for random weights. A
    fixed-point parameter with a dynamic exponent stores the exponent beside its
    integers, and starts with `initial_exponent`.

    `onnx_transposed` marks a matrix that the ONNX file holds transposed.
    `nominal` is the standard deviation of the random initialization that fits the
    layer; a parameter without one, a bias for example, takes the reference size
    2^-3 in the normalized update (rule N16).

    - C1: elements are f32 or fixed point; a fixed-point parameter has an
      `initial_exponent`, and an f32 one has none.
    - C2: `initial_value` is f32 elements of the parameter's shape, or
      `#eoq.normal`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttr:$type,
                       EOQ_ParameterKindAttr:$kind, UnitAttr:$trainable,
                       AnyAttr:$initial_value,
                       OptionalAttr<I64Attr>:$initial_exponent,
                       OptionalAttr<F64Attr>:$nominal,
                       UnitAttr:$centered, UnitAttr:$onnx_transposed);
  let assemblyFormat = [{
    $kind $sym_name `:` $type (`trainable` $trainable^)? (`centered` $centered^)?
    (`onnx_transposed` $onnx_transposed^)? `=` $initial_value
    (`exponent` $initial_exponent^)? (`nominal` $nominal^)? attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getTensorType() {
      return ::llvm::cast<::mlir::RankedTensorType>(getType());
    }
    /// The fixed-point element type, or null for f32.
    ::mlir::eoq::FixedType getFixedType() {
      return ::llvm::dyn_cast<::mlir::eoq::FixedType>(
          getTensorType().getElementType());
    }
  }];
}

def EOQ_ParameterLoadOp : EOQ_Op<"parameter_load",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     MemoryEffects<[MemRead]>]> {
  let summary = "The value of a parameter";
  let description = [{
    - C1: the symbol is an `eoq.parameter` of the result's type.
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter);
  let results = (outs EOQ_Tensor:$result);
  let assemblyFormat = "$parameter attr-dict `:` type($result)";
}

def EOQ_ParameterInitializeOp : EOQ_Op<"parameter_initialize",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     MemoryEffects<[MemWrite]>]> {
  let summary = "Writes a parameter's initial value (rule N17)";
  let description = [{
    `key` is the `eoq.random_key` of step -1; `site` numbers the parameter.
    - C1: the symbol is an `eoq.parameter`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter, I32:$key, I64Attr:$site);
  let assemblyFormat = "$parameter `key` $key `site` $site attr-dict";
}

def EOQ_RandomKeyOp : EOQ_Op<"random_key", [Pure]> {
  let summary = "Key of the random numbers of one step (rule N5)";
  let description = [{
    key = step * 0x9E3779B1 + seed * 0xC2B2AE3D mod 2^32.
  }];
  let arguments = (ins I32:$seed, I32:$step);
  let results = (outs I32:$key);
  let assemblyFormat = "$seed `,` $step attr-dict";
}

//===----------------------------------------------------------------------===//
// Quantizer
//===----------------------------------------------------------------------===//

def EOQ_QuantizeOp : EOQ_Op<"quantize",
    [Pure, AttrSizedOperandSegments]> {
  let summary = "Narrows a fixed-point tensor";
  let description = [{
    Shift quantization of WAGEUBN (arXiv 1909.02384, `SQ`) with a dynamic
    exponent: e_out = e + s, q_out = clamp(shift(q, s)), s from the largest |q| by
    `rule` (rules N3, N4). With `previous` (the kept exponent, from
    `eoq.exponent_load`), s comes from the exponent that the same
    quantizer found in the step before, and `eoq.exponent_store` keeps the fresh
    one. `site` numbers the quantizer for its random numbers (rule N5). Rounded
    up, a positive number stays positive and no other one becomes so: for what the
    gradient of an activation reads as its mask.

    - C1: input and output have one shape; both are fixed point with a dynamic
      exponent on the output; the output is at most as wide as the input.
    - C2: stochastic rounding needs a key, other rounding takes none.
  }];
  let arguments = (ins EOQ_Tensor:$input, Optional<I32>:$key,
                       Optional<I32>:$previous, EOQ_RoleAttr:$role,
                       EOQ_ExponentRuleAttr:$rule, EOQ_RoundingAttr:$rounding,
                       I64Attr:$site);
  let results = (outs EOQ_Tensor:$output, I32:$exact_exponent);
  let assemblyFormat = [{
    $input (`key` $key^)? (`previous` $previous^)? attr-dict `:`
    type($input) `->` type($output)
  }];
  let hasVerifier = 1;
}

def EOQ_ExponentLoadOp : EOQ_Op<"exponent_load",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     MemoryEffects<[MemRead]>]> {
  let summary = "The exponent a quantizer kept from the step before";
  let description = [{
    The value -2^31 means that there is none yet.
    - C1: the symbol is an `eoq.parameter` of kind `exponent`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter);
  let results = (outs I32:$exponent);
  let assemblyFormat = "$parameter attr-dict";
}

def EOQ_ExponentStoreOp : EOQ_Op<"exponent_store",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     MemoryEffects<[MemWrite]>]> {
  let summary = "Keeps the exponent that a quantizer found";
  let description = [{
    - C1: the symbol is an `eoq.parameter` of kind `exponent`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter, I32:$exponent);
  let assemblyFormat = "$parameter `,` $exponent attr-dict";
}

//===----------------------------------------------------------------------===//
// Loss
//===----------------------------------------------------------------------===//

def EOQ_CrossEntropyOp : EOQ_Op<"cross_entropy",
    [Pure, DeclareOpInterfaceMethods<QuantizableOpInterface>]> {
  let summary = "Softmax cross entropy, summed over the batch, and the hits";
  let description = [{
    logits [N, C], labels [N] in [-1, C) -> loss (sum over the rows with label
    >= 0, in nats), correct (rows whose first largest logit is the label's).
    Fixed point (rule N14): loss is `!eoq.fixed<32, -10>`.
    - C1: logits and labels have one batch size.
    - C2: fixed point: logits have 32 bits, loss is `!eoq.fixed<32, -10>`.
    Source: ONNX SoftmaxCrossEntropyLoss (opset 12, 13), reduction sum,
    ignore_index -1.
  }];
  let arguments = (ins EOQ_Tensor2D:$logits, EOQ_Labels:$labels);
  let results = (outs EOQ_Tensor0D:$loss, I32:$correct);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def EOQ_CrossEntropyGradLogitsOp : EOQ_GradOp<"cross_entropy_grad_logits"> {
  let summary = "Gradient of the mean cross entropy with respect to the logits";
  let description = [{
    (softmax(logits) - onehot(labels)) / N, and 0 in rows with label -1.
    Fixed point (rule N15): 32-bit result with exponent -14 - floor(log2(N)).
    - C1: logits, labels and result have one batch size.
    - C2: fixed point: logits have 32 bits, the result 32 with the static
      exponent above.
  }];
  let arguments = (ins EOQ_Tensor2D:$logits, EOQ_Labels:$labels);
  let results = (outs EOQ_Tensor2D:$grad_logits);
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

def EOQ_GradientOp : EOQ_Op<"gradient",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     MemoryEffects<[MemWrite]>]> {
  let summary = "Names the gradient of a parameter";
  let description = [{
    The end of backpropagation for one parameter: what an optimizer has to use.
    `eoq-generate-update` replaces it by an update.
    - C1: the symbol is an `eoq.parameter` of the gradient's type.
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter, EOQ_Tensor:$gradient);
  let assemblyFormat = "$parameter `,` $gradient attr-dict `:` type($gradient)";
}

def EOQ_SgdUpdateOp : EOQ_Op<"sgd_update",
    [DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "One step of momentum SGD on one parameter (rule N16)";
  let description = [{
    v <- mu * v + g + w * 2^-weight_decay_shift, then w <- w - lr * v, where
    mu = momentum / 32 and lr = lr_multiplier * 2^-(lr_shift + lr_shift_offset).
    With `grad_norm` (normalized update): w <- w - lr * (1 - mu) * 2^r * v, where
    2^r is the power of two nearest to the ratio of the sizes of the parameter and
    of its gradient. With `centered` on the parameter, each output channel's mean
    is subtracted afterwards.
    Fixed point: rule N16; `step` counts from 0.
    - C1: `parameter`, `momentum`, `grad_norm` are eoq.parameters; momentum has the
      parameter's shape; the gradient too.
    - C2: momentum numerator is in [0, 31].
    - C3: fixed point: the gradient has 8 bits, and a key is given.
  }];
  let arguments = (ins FlatSymbolRefAttr:$parameter,
                       FlatSymbolRefAttr:$momentum_state,
                       OptionalAttr<FlatSymbolRefAttr>:$grad_norm_state,
                       EOQ_Tensor:$gradient, I32:$lr_multiplier, I32:$lr_shift,
                       I32:$step, Optional<I32>:$key,
                       I64Attr:$momentum,
                       OptionalAttr<I64Attr>:$weight_decay_shift,
                       DefaultValuedAttr<I64Attr, "0">:$lr_shift_offset,
                       I64Attr:$site);
  let assemblyFormat = [{
    $parameter `momentum` $momentum_state (`grad_norm` $grad_norm_state^)?
    `gradient` $gradient `learning_rate` $lr_multiplier `,` $lr_shift
    `step` $step (`key` $key^)? attr-dict `:` type($gradient)
  }];
}

#endif // EOQ_DIALECT_EOQ_IR_EOQTRAININGOPS_TD
