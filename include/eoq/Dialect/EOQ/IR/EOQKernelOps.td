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

def EOQ_DotAccumulateOp : EOQ_Op<"dot_accumulate",
    [Pure, AllTypesMatch<["accumulator", "result"]>,
     AllTypesMatch<["lhs", "rhs"]>]> {
  let summary = "Adds sums of two products of 16-bit integers to 32-bit integers";
  let description = [{
    result[i] = accumulator[i] + lhs[2i] * rhs[2i] + lhs[2i+1] * rhs[2i+1],
    modulo 2^32. Processors have one instruction for it (`vpmaddwd` and an
    addition, or `vpdpwssd`), which LLVM does not find by itself once its
    `reassociate` pass has run; so the op stays whole until a pattern of
    `populateLowerDotPatterns` turns it into that instruction.
  }];
  let arguments = (ins VectorOfLengthAndType<[8], [I32]>:$accumulator,
                       VectorOfLengthAndType<[16], [I16]>:$lhs,
                       VectorOfLengthAndType<[16], [I16]>:$rhs);
  let results = (outs VectorOfLengthAndType<[8], [I32]>:$result);
  let assemblyFormat = [{
    $accumulator `,` $lhs `,` $rhs attr-dict `:` type($accumulator) `,` type($lhs)
  }];
}

#endif // EOQ_DIALECT_EOQ_IR_EOQKERNELOPS_TD
