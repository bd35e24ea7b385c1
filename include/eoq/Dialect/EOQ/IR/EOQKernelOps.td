//===- EOQKernelOps.td - what kernels are made of ----------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQKERNELOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQKERNELOPS_TD

include "eoq/Dialect/EOQ/IR/EOQBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

/// Eight groups of two 16-bit or of four 8-bit integers.
def EOQ_DotOperand : AnyTypeOf<[VectorOfLengthAndType<[16], [I16]>,
                                VectorOfLengthAndType<[32], [I8]>]>;

def EOQ_DotAccumulateOp : EOQ_Op<"dot_accumulate",
    [Pure, AllTypesMatch<["accumulator", "result"]>,
     AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Adds sums of products of small groups to 32-bit integers";
  let description = [{
    result[i] = accumulator[i] + lhs[g*i] * rhs[g*i] + ... +
    lhs[g*i + g-1] * rhs[g*i + g-1], modulo 2^32, with signed operands in groups
    of g = 2 (16 bits) or g = 4 (8 bits, never -128: two products fit 16 bits
    then). `nonnegative` promises that no element of `lhs` is negative;
    `vpmaddubsw` and `vpdpbusd`, which take it as unsigned, need that.

    Processors have one or two instructions for it, which LLVM does not find by
    itself once its `reassociate` pass has run; so the op stays whole until a
    pattern of `populateLowerDotPatterns` turns it into them.

    ```mlir
    %1 = eoq.dot_accumulate %0, %a, %b : vector<8xi32>, vector<16xi16>
    %2 = eoq.dot_accumulate %1, %c, %d nonnegative : vector<8xi32>, vector<32xi8>
    ```
  }];
  let arguments = (ins VectorOfLengthAndType<[8], [I32]>:$accumulator,
                       EOQ_DotOperand:$lhs,
                       EOQ_DotOperand:$rhs,
                       UnitAttr:$nonnegative);
  let results = (outs VectorOfLengthAndType<[8], [I32]>:$result);
  let assemblyFormat = [{
    $accumulator `,` $lhs `,` $rhs (`nonnegative` $nonnegative^)? attr-dict
    `:` type($accumulator) `,` type($lhs)
  }];
}

#endif // EOQ_DIALECT_EOQ_IR_EOQKERNELOPS_TD
