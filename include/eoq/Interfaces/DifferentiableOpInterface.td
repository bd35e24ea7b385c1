//===- DifferentiableOpInterface.td ------------------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
#define EOQ_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::mlir::eoq";
  let description = [{
    An op that can build its own backward ops (reverse mode). The pass
    `eoq-generate-backward` knows ops only through this interface; rules for our
    dialect are external models in lib/Dialect/EOQ/Gradient.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the ops that turn the gradients of the op's results into those of
        its operands. `resultGradients[i]` has the type of result i and is never
        null. For each operand i with `needed[i]`, writes a value of that
        operand's type into `operandGradients[i]` (which comes in with one null
        value for each operand), or leaves it null if the op is constant in
        that operand. Forward values may be used freely: they stay alive.
      }],
      "void", "buildBackward",
      (ins "::mlir::OpBuilder &":$builder,
           "::mlir::ValueRange":$resultGradients,
           "::llvm::ArrayRef<bool>":$needed,
           "::llvm::SmallVectorImpl<::mlir::Value> &":$operandGradients)>
  ];
}

#endif // EOQ_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
