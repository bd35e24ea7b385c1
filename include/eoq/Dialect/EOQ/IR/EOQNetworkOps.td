//===- EOQNetworkOps.td - forward ops ----------------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQNETWORKOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQNETWORKOPS_TD

include "eoq/Dialect/EOQ/IR/EOQBase.td"

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

def EOQ_Conv2DOp : EOQ_NetworkOp<"conv_2d"> {
  let summary = "2-D convolution without bias";
  let description = [{
    input [N, C, H, W], weight [O, C/groups, KH, KW] -> [N, O, OH, OW] with
    OH = floor((H + top + bottom - dilation*(KH-1) - 1) / stride) + 1.

    Fixed point (rule N6): 8-bit operands, exact 32-bit accumulator, exponent
    eInput + eWeight.

    - C1: the input's channels are groups times the weight's second dimension.
    - C2: groups divides the output channels; strides, dilations and groups are
      at least 1; pads are not negative.
    - C3: the result's shape is the one above.
    - C4: fixed point: operands are 8 bits wide, the result 32 (or 64), and one
      output's sum has at most 65,536 products if it is 32 (rule N6).

    Source: ONNX Conv (opset 1, 11).
  }];
  let arguments = !con((ins EOQ_Tensor4D:$input, EOQ_Tensor4D:$weight),
                       windowArguments,
                       (ins ConfinedAttr<I64Attr, [IntPositive]>:$groups));
  let results = (outs EOQ_Tensor4D:$output);
  let hasVerifier = 1;
}

def EOQ_FullyConnectedOp : EOQ_NetworkOp<"fully_connected"> {
  let summary = "Matrix product with a weight, without bias";
  let description = [{
    input [N, K], weight [M, K] -> [N, M]: output = input * weight^T.
    Fixed point as `eoq.conv_2d` (rule N6).

    - C1: shapes fit as above.
    - C2: fixed point: 8-bit operands, 32-bit result, K at most 65,536.

    Source: ONNX Gemm (opset 7, 9, 11, 13) with transB = 1; MatMul with a weight.
  }];
  let arguments = (ins EOQ_Tensor2D:$input, EOQ_Tensor2D:$weight);
  let results = (outs EOQ_Tensor2D:$output);
  let hasVerifier = 1;
}

def EOQ_BiasAddOp : EOQ_NetworkOp<"bias_add",
    [DeclareOpInterfaceMethods<QuantizableOpInterface, ["getParameterWidth"]>]> {
  let summary = "Adds one value per channel, or one value";
  let description = [{
    input [N, C, ...], bias [C] or [1]. Fixed point (rule N7): the 16-bit bias is
    shifted to the input's exponent and added; the result has 32 bits.

    - C1: the bias has one element, or as many as the input's second dimension.
    - C2: the result's shape is the input's.
    - C3: fixed point: the bias has 8 or 16 bits, the result 32.
  }];
  let arguments = (ins EOQ_Tensor:$input, EOQ_Tensor1D:$bias);
  let results = (outs EOQ_Tensor:$output);
  let hasVerifier = 1;
}

def EOQ_ScaleOp : EOQ_NetworkOp<"scale"> {
  let summary = "Multiplies by one value per channel, or by one value";
  let description = [{
    input [N, C, ...], scale [C] or [1]. Fixed point (rule N10): product of 8-bit
    values, 32-bit result, exponent eInput + eScale.

    - C1: the scale has one element, or as many as the input's second dimension.
    - C2: the result's shape is the input's.
    - C3: fixed point: 8-bit operands, 32-bit result.
  }];
  let arguments = (ins EOQ_Tensor:$input, EOQ_Tensor1D:$scale);
  let results = (outs EOQ_Tensor:$output);
  let hasVerifier = 1;
}

def EOQ_BatchNormOp : EOQ_Op<"batch_norm", [Pure]> {
  let summary = "Batch normalization with running statistics";
  let description = [{
    (input - mean) / sqrt(variance + epsilon) * scale + bias per channel, f32
    only: `eoq-remove-batch-norm` removes it before training.

    - C1: scale, bias, mean and variance have one element for each channel.
    - C2: the result's type is the input's, and its elements are f32.

    Source: ONNX BatchNormalization (opset 7, 9, 14, 15), inference form.
  }];
  let arguments = (ins EOQ_Tensor:$input, EOQ_Tensor1D:$scale,
                       EOQ_Tensor1D:$bias, EOQ_Tensor1D:$mean,
                       EOQ_Tensor1D:$variance, F64Attr:$epsilon);
  let results = (outs EOQ_Tensor:$output);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Element-wise
//===----------------------------------------------------------------------===//

class EOQ_UnaryOp<string mnemonic> : EOQ_NetworkOp<mnemonic,
    [AllTypesMatch<["input", "output"]>]> {
  let arguments = (ins EOQ_Tensor:$input);
  let results = (outs EOQ_Tensor:$output);
}

def EOQ_ReluOp : EOQ_UnaryOp<"relu"> {
  let summary = "max(input, 0)";
  let description = [{
    Fixed point (rule N9): the same on the integers, of any width.
    Source: ONNX Relu (opset 6, 13, 14).
  }];
}

def EOQ_LeakyReluOp : EOQ_UnaryOp<"leaky_relu"> {
  let summary = "input if it is positive, alpha * input otherwise";
  let description = [{
    Fixed point (rule N9): negative q become (q * round(alpha * 2^15) + 2^14) >> 15,
    computed in 64 bits. alpha is in [0, 1].
    - C1: alpha is in [0, 1].
    Source: ONNX LeakyRelu (opset 6, 16).
  }];
  let arguments = (ins EOQ_Tensor:$input, F64Attr:$alpha);
  let hasVerifier = 1;
}

def EOQ_ClipOp : EOQ_UnaryOp<"clip"> {
  let summary = "min(max(input, minimum), maximum)";
  let description = [{
    Fixed point (rule N9): the bounds are rounded to the input's exponent; a
    bound beyond 32 bits there has no effect.
    - C1: minimum <= maximum (both may be infinite).
    Source: ONNX Clip (opset 6, 11, 12, 13), ReLU6 for example.
  }];
  let arguments = (ins EOQ_Tensor:$input, F64Attr:$minimum, F64Attr:$maximum);
  let hasVerifier = 1;
}

def EOQ_ShiftExponentOp : EOQ_NetworkOp<"shift_exponent"> {
  let summary = "Multiplies by a power of two";
  let description = [{
    output = input * 2^amount. Fixed point: the integers stay, the exponent grows
    by `amount`; nothing is computed.
    - C1: shapes and widths of input and output are equal; a static exponent
      differs by `amount`.
  }];
  let arguments = (ins EOQ_Tensor:$input, I64Attr:$amount);
  let results = (outs EOQ_Tensor:$output);
  let hasVerifier = 1;
}

class EOQ_BinaryOp<string mnemonic> : EOQ_NetworkOp<mnemonic> {
  let arguments = (ins EOQ_Tensor:$lhs, EOQ_Tensor:$rhs);
  let results = (outs EOQ_Tensor:$output);
  let hasVerifier = 1;
}

/// Sum of two tensors on a common grid; the bounds on the operands' magnitudes
/// (in bits) decide the grid.
class EOQ_AlignedOp<string mnemonic> : EOQ_BinaryOp<mnemonic> {
  let arguments = (ins EOQ_Tensor:$lhs, EOQ_Tensor:$rhs,
    OptionalAttr<ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>>:$magnitude_bits);
  let builders = [OpBuilder<(ins "::mlir::Type":$output, "::mlir::Value":$lhs,
                                 "::mlir::Value":$rhs), [{
    build($_builder, $_state, output, lhs, rhs, ::mlir::DenseI64ArrayAttr());
  }]>];
}

def EOQ_AddOp : EOQ_AlignedOp<"add"> {
  let summary = "Sum of two tensors of one shape";
  let description = [{
    Fixed point (rule N8): both operands are brought to one exponent, chosen from
    the exponents and from `magnitude_bits` (|q| < 2^bits for each operand, set by
    `eoq-quantize`) so that the 32-bit sum cannot overflow.
    - C1: all shapes are equal.
    - C2: fixed point: the result has 32 bits and `magnitude_bits` is present,
      each in [1, 31].
    Source: ONNX Add without broadcast (opset 7, 13, 14).
  }];
}
def EOQ_SubOp : EOQ_AlignedOp<"sub"> {
  let summary = "Difference of two tensors of one shape";
  let description = [{
    lhs - rhs, otherwise as `eoq.add` (rule N8; C1, C2).
    Source: ONNX Sub without broadcast (opset 7, 13, 14).
  }];
}
def EOQ_MulOp : EOQ_BinaryOp<"mul"> {
  let summary = "Product of two tensors of one shape";
  let description = [{
    Fixed point (rule N10): 8-bit operands, 32-bit result, exponent eLhs + eRhs.
    - C1: all shapes are equal.
    - C2: fixed point: 8-bit operands, 32-bit result.
    Source: ONNX Mul without broadcast (opset 7, 13, 14).
  }];
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

def EOQ_MaxPool2DOp : EOQ_NetworkOp<"max_pool_2d"> {
  let summary = "Largest value of each window";
  let description = [{
    input [N, C, H, W] -> [N, C, OH, OW]; padding never wins. The result's shape
    is given (ceil_mode is resolved by the importer): windows may reach beyond the
    bottom and right pads, but each holds at least one input element.
    Fixed point (rule N11): 8-bit, the exponent stays.
    - C1: batch and channels of input and output are equal.
    - C2: kernel, strides and dilations are at least 1, pads not negative.
    - C3: every window holds at least one element of the input.
    - C4: the element types of input and output are equal; 8 bits if fixed point.
    Source: ONNX MaxPool (opset 1, 8, 10, 11, 12).
  }];
  let arguments = !con((ins EOQ_Tensor4D:$input,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>:$kernel),
    windowArguments);
  let results = (outs EOQ_Tensor4D:$output);
  let hasVerifier = 1;
}

def EOQ_AvgPool2DOp : EOQ_NetworkOp<"avg_pool_2d"> {
  let summary = "Mean of each window";
  let description = [{
    As `eoq.max_pool_2d`, with the mean. With `count_include_pad` the divisor is
    the kernel's size (of the part that lies within the padded input), otherwise
    the number of input elements in the window.
    Fixed point (rule N12): 8-bit input, 32-bit result, exponent eInput - 15, or
    up to eInput - 23 for windows of more than 256 elements.
    - C1, C2, C3: as `eoq.max_pool_2d`.
    - C4: fixed point: 8-bit input, 32-bit result.
    - C5: fixed point: windows of at most 2^18 elements, so that rule N12's factors
      are exact to 1/64.
    Source: ONNX AveragePool (opset 7, 10, 11, 19), GlobalAveragePool (opset 1),
    ReduceMean over the spatial axes (opset 1, 11, 13, 18).
  }];
  let arguments = !con((ins EOQ_Tensor4D:$input,
    ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>:$kernel),
    windowArguments, (ins UnitAttr:$count_include_pad));
  let results = (outs EOQ_Tensor4D:$output);
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

class EOQ_MoveOp<string mnemonic> : EOQ_NetworkOp<mnemonic> {
  let results = (outs EOQ_Tensor:$output);
  let hasVerifier = 1;
}

def EOQ_ConcatOp : EOQ_MoveOp<"concat"> {
  let summary = "Joins tensors along one dimension";
  let description = [{
    Fixed point (rule N13): the 8-bit inputs are brought to one exponent; the
    result has 32 bits.
    - C1: the inputs' shapes are equal but for `axis`, where they add up.
    - C2: fixed point: 8-bit inputs, 32-bit result.
    Source: ONNX Concat (opset 4, 11, 13).
  }];
  let arguments = (ins Variadic<EOQ_Tensor>:$inputs, I64Attr:$axis);
}

def EOQ_SliceOp : EOQ_MoveOp<"slice"> {
  let summary = "A box out of a tensor, unit stride";
  let description = [{
    The result's shape is the box's size.
    - C1: rank and element type stay, and the box lies within the input.
  }];
  let arguments = (ins EOQ_Tensor:$input, DenseI64ArrayAttr:$offsets);
}

def EOQ_PadOp : EOQ_MoveOp<"pad"> {
  let summary = "Zeros around a tensor";
  let description = [{
    - C1: rank and element type stay, low and high pads are not negative and
      explain the result's shape.
    Source: ONNX Pad (opset 2, 11, 13, 18, 19), constant mode with value 0.
  }];
  let arguments = (ins EOQ_Tensor:$input, DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high);
}

def EOQ_ReshapeOp : EOQ_MoveOp<"reshape"> {
  let summary = "The same elements, row-major, in another shape";
  let description = [{
    - C1: element type and element count stay.
    Source: ONNX Reshape, Flatten, Squeeze, Unsqueeze.
  }];
  let arguments = (ins EOQ_Tensor:$input);
}

def EOQ_TransposeOp : EOQ_MoveOp<"transpose"> {
  let summary = "Permutes the dimensions";
  let description = [{
    Dimension i of the result is dimension permutation[i] of the input.
    - C1: `permutation` is one, and the result's type follows from it.
    Source: ONNX Transpose (opset 1, 13).
  }];
  let arguments = (ins EOQ_Tensor:$input, DenseI64ArrayAttr:$permutation);
}

#endif // EOQ_DIALECT_EOQ_IR_EOQNETWORKOPS_TD
