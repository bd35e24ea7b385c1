//===- EOQImportOps.td - an ONNX graph as it was read ------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQIMPORTOPS_TD
#define EOQ_DIALECT_EOQ_IR_EOQIMPORTOPS_TD

include "eoq/Dialect/EOQ/IR/EOQBase.td"

def EOQ_OnnxNodeOp : EOQ_Op<"onnx_node", [Pure]> {
  let summary = "A node of an ONNX graph, uninterpreted";
  let description = [{
    `opset` is the version of the node's domain that the model imports. The
    node's attributes are kept under their ONNX names in `node_attributes`: INT as
    i64, FLOAT as f32, STRING as string, INTS and FLOATS as dense arrays, TENSOR
    as elements. The op's location is the node's name. Omitted optional inputs
    are `eoq.onnx_absent`. Result types are those that shape inference found,
    or unranked tensors.
  }];
  let arguments = (ins StrAttr:$op_type, StrAttr:$domain, I64Attr:$opset,
                       DictionaryAttr:$node_attributes,
                       Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$outputs);
  let assemblyFormat = [{
    $op_type `` `(` $inputs `)` `domain` $domain `opset` $opset $node_attributes
    attr-dict `:` functional-type($inputs, $outputs)
  }];
}

def EOQ_OnnxAbsentOp : EOQ_Op<"onnx_absent", [Pure]> {
  let summary = "An optional input that an ONNX node leaves out";
  let results = (outs NoneType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def EOQ_ConstantOp : EOQ_Op<"constant", [Pure, ConstantLike,
    AllTypesMatch<["value", "result"]>]> {
  let summary = "A tensor known at compile time";
  let description = [{
    ONNX Constant nodes and integer initializers; shapes and axes, mostly. Folded
    away by `convert-onnx-to-eoq`.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$value attr-dict";
  let hasFolder = 1;
}

#endif // EOQ_DIALECT_EOQ_IR_EOQIMPORTOPS_TD
