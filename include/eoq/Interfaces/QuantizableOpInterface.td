//===- QuantizableOpInterface.td ---------------------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_INTERFACES_QUANTIZABLEOPINTERFACE_TD
#define EOQ_INTERFACES_QUANTIZABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def QuantizableOpInterface : OpInterface<"QuantizableOpInterface"> {
  let cppNamespace = "::mlir::eoq";
  let description = [{
    An op that means the same on `f32` tensors and on fixed-point ones. The pass
    `eoq-quantize` retypes such ops and puts quantizers before operands that
    must be narrow.
  }];
  let methods = [
    InterfaceMethod<[{
        Whether operand `index` may be an accumulator (32 bits). If not, it must
        be an 8-bit tensor, and the pass inserts a quantizer before it.
      }],
      "bool", "acceptsAccumulator", (ins "unsigned":$index)>,
    InterfaceMethod<[{
        The width of an operand that is a stored parameter and is used as it is:
        16 for a bias, 8 (the default) for everything that enters a product.
      }],
      "unsigned", "getParameterWidth", (ins "unsigned":$index), "", [{
        return 8;
      }]>,
    InterfaceMethod<[{
        The fixed-point element type of result `index`, given the types of the
        quantized operands (those that are no fixed-point tensors, labels for
        example, unchanged).
      }],
      "::mlir::Type", "getQuantizedElementType",
      (ins "unsigned":$index, "::mlir::TypeRange":$operandTypes)>
  ];
}

#endif // EOQ_INTERFACES_QUANTIZABLEOPINTERFACE_TD
