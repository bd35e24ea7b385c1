//===- EOQGradientOps.td - backward ops --------------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQGRADIENTOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQGRADIENTOPS_TD

include "eoq/Dialect/EOQ/IR/EOQBase.td"

def EOQ_Conv2DGradInputOp : EOQ_GradOp<"conv_2d_grad_input"> {
  let summary = "Gradient of `eoq.conv_2d` with respect to its input";
  let description = [{
    grad_output [N, O, OH, OW], weight [O, C/groups, KH, KW] -> [N, C, H, W].
    Fixed point (rule N6): 8-bit operands, 32-bit accumulator, exponents add up.
    - C1..C4: as `eoq.conv_2d`, with the result in the place of the input; the
      sum's length is O/groups * KH * KW.
  }];
  let arguments = !con((ins EOQ_Tensor4D:$grad_output, EOQ_Tensor4D:$weight),
                       windowArguments,
                       (ins ConfinedAttr<I64Attr, [IntPositive]>:$groups));
  let results = (outs EOQ_Tensor4D:$grad_input);
  let hasVerifier = 1;
}

def EOQ_Conv2DGradWeightOp : EOQ_GradOp<"conv_2d_grad_weight"> {
  let summary = "Gradient of `eoq.conv_2d` with respect to its weight";
  let description = [{
    input [N, C, H, W], grad_output [N, O, OH, OW] -> [O, C/groups, KH, KW].
    Fixed point (rule N6): 8-bit operands; the accumulator has 32 bits, or 64 if
    the sum's length N * OH * OW passes 131,072.
    - C1..C4: as `eoq.conv_2d`, with the result in the place of the weight.
  }];
  let arguments = !con((ins EOQ_Tensor4D:$input, EOQ_Tensor4D:$grad_output),
                       windowArguments,
                       (ins ConfinedAttr<I64Attr, [IntPositive]>:$groups));
  let results = (outs EOQ_Tensor4D:$grad_weight);
  let hasVerifier = 1;
}

def EOQ_FullyConnectedGradInputOp : EOQ_GradOp<"fully_connected_grad_input"> {
  let summary = "Gradient of `eoq.fully_connected` with respect to its input";
  let description = [{
    grad_output [N, M], weight [M, K] -> [N, K]. Fixed point as rule N6.
    - C1, C2: as `eoq.fully_connected`.
  }];
  let arguments = (ins EOQ_Tensor2D:$grad_output, EOQ_Tensor2D:$weight);
  let results = (outs EOQ_Tensor2D:$grad_input);
  let hasVerifier = 1;
}

def EOQ_FullyConnectedGradWeightOp : EOQ_GradOp<"fully_connected_grad_weight"> {
  let summary = "Gradient of `eoq.fully_connected` with respect to its weight";
  let description = [{
    input [N, K], grad_output [N, M] -> [M, K]. Fixed point as rule N6.
    - C1, C2: as `eoq.fully_connected`.
  }];
  let arguments = (ins EOQ_Tensor2D:$input, EOQ_Tensor2D:$grad_output);
  let results = (outs EOQ_Tensor2D:$grad_weight);
  let hasVerifier = 1;
}

def EOQ_BiasAddGradBiasOp : EOQ_GradOp<"bias_add_grad_bias"> {
  let summary = "Gradient of `eoq.bias_add` with respect to its bias";
  let description = [{
    Sum of grad_output [N, C, ...] over everything but the channel -> [C], or over
    everything -> [1]. Fixed point (rule N7): 8-bit operand, exact sum in 64 bits,
    the exponent stays.
    - C1: the result has one element, or as many as there are channels.
    - C2: fixed point: 8-bit operand, 64-bit result.
  }];
  let arguments = (ins EOQ_Tensor:$grad_output);
  let results = (outs EOQ_Tensor1D:$grad_bias);
  let hasVerifier = 1;
}

def EOQ_ScaleGradScaleOp : EOQ_GradOp<"scale_grad_scale"> {
  let summary = "Gradient of `eoq.scale` with respect to its scale";
  let description = [{
    Sum of input * grad_output over everything but the channel -> [C], or over
    everything -> [1]. Fixed point (rule N10): 8-bit operands, exact sum in 64
    bits, exponents add up.
    - C1: operands have one shape; the result has one element, or one per channel.
    - C2: fixed point: 8-bit operands, 64-bit result.
  }];
  let arguments = (ins EOQ_Tensor:$input, EOQ_Tensor:$grad_output);
  let results = (outs EOQ_Tensor1D:$grad_scale);
  let hasVerifier = 1;
}

/// grad_output masked or scaled by what the forward op's output says.
class EOQ_MaskOp<string mnemonic> : EOQ_GradOp<mnemonic,
    [AllTypesMatch<["grad_output", "grad_input"]>]> {
  let arguments = (ins EOQ_Tensor:$grad_output, EOQ_Tensor:$output);
  let results = (outs EOQ_Tensor:$grad_input);
  let hasVerifier = 1;
}

def EOQ_ReluGradInputOp : EOQ_MaskOp<"relu_grad_input"> {
  let summary = "grad_output where the ReLU's output is positive, else 0";
  let description = [{
    - C1: the shapes are equal; fixed point: `output` has 8 bits.
    Fixed point: rule N9.
  }];
}
def EOQ_LeakyReluGradInputOp : EOQ_MaskOp<"leaky_relu_grad_input"> {
  let summary = "grad_output, times alpha where the output is not positive";
  let description = [{
    - C1: the shapes are equal; fixed point: `output` has 8 bits.
    Fixed point: rule N9.
  }];
  let arguments = (ins EOQ_Tensor:$grad_output, EOQ_Tensor:$output,
                       F64Attr:$alpha);
}
def EOQ_ClipGradInputOp : EOQ_MaskOp<"clip_grad_input"> {
  let summary = "grad_output where minimum < output < maximum, else 0";
  let description = [{
    - C1: the shapes are equal; fixed point: `output` has 8 bits.
    Fixed point (rule N9): the bounds are rounded to the output's exponent.
  }];
  let arguments = (ins EOQ_Tensor:$grad_output, EOQ_Tensor:$output,
                       F64Attr:$minimum, F64Attr:$maximum);
}

def EOQ_MaxPool2DGradInputOp : EOQ_GradOp<"max_pool_2d_grad_input"> {
  let summary = "Gradient of `eoq.max_pool_2d` with respect to its input";
  let description = [{
    Each window's grad_output goes to the window's first largest element in
    row-major order; input is the forward op's input. Fixed point (rule N11):
    8-bit operands, 32-bit result, the exponent of grad_output stays.
    - C1..C3: as `eoq.max_pool_2d`.
    - C4: fixed point: 8-bit operands, 32-bit result; or 8 bits where windows do
      not overlap.
  }];
  let arguments = !con((ins EOQ_Tensor4D:$grad_output, EOQ_Tensor4D:$input,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>:$kernel),
    windowArguments);
  let results = (outs EOQ_Tensor4D:$grad_input);
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether no element is in two windows, so that nothing is added up.
    bool hasDisjointWindows();
  }];
}

def EOQ_AvgPool2DGradInputOp : EOQ_GradOp<"avg_pool_2d_grad_input"> {
  let summary = "Gradient of `eoq.avg_pool_2d` with respect to its input";
  let description = [{
    Fixed point (rule N12): 8-bit operand, 32-bit result, exponent
    eGradOutput - 15, or as `eoq.avg_pool_2d`.
    - C1..C5: as `eoq.avg_pool_2d`, with the result in the place of the input.
      C5 also: the sums over the windows that hold an element fit 32 bits, as they
      do if the windows do not overlap.
  }];
  let arguments = !con((ins EOQ_Tensor4D:$grad_output,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>:$kernel),
    windowArguments, (ins UnitAttr:$count_include_pad));
  let results = (outs EOQ_Tensor4D:$grad_input);
  let hasVerifier = 1;
}

#endif // EOQ_DIALECT_EOQ_IR_EOQGRADIENTOPS_TD
