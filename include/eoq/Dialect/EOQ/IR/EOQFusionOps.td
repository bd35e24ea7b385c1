//===- EOQFusionOps.td - ops that become one kernel --------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQFUSIONOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQFUSIONOPS_TD

include "eoq/Dialect/EOQ/IR/EOQBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def EOQ_FusedOp : EOQ_Op<"fused", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "A quantizer and the ops before it, as one loop";
  let description = [{
    The body is computed element by element: what its ops hand to each other is
    never a tensor in memory. `eoq-fuse-elementwise` makes these ops and says
    which ops may be in them; the values are those of the ops by themselves.

    With `blocks`, products and gradients of max pooling may be in it, too:
    `eoq-stream-products` puts them there. The images of a batch are taken in so
    many turns, and what these ops make exists for the images of one turn only.

    - C1: the block's arguments are the operands, and `eoq.yield` the results.
    - C2: `blocks` is at least 2 and divides the first dimension of every tensor
      that is a result.
    - C3: without `blocks` there are no such ops.

    ```mlir
    %q, %e = eoq.fused(%acc, %bias) : (...) -> (...) {
    ^bb0(%a: ..., %b: ...):
      %0 = eoq.bias_add %a, %b : ...
      %1 = eoq.relu %0 : ...
      %output, %exact = eoq.quantize %1 {...} : ...
      eoq.yield %output, %exact : ...
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$inputs,
                       OptionalAttr<I64Attr>:$blocks);
  let results = (outs Variadic<AnyType>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs) $body
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::Block &getBlock() { return getBody().front(); }
    /// The values that the results are.
    ::mlir::OperandRange getYielded();
  }];
}

def EOQ_YieldOp : EOQ_Op<"yield",
    [Pure, Terminator, ReturnLike, HasParent<"FusedOp">]> {
  let summary = "The results of `eoq.fused`";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // EOQ_DIALECT_EOQ_IR_EOQFUSIONOPS_TD
