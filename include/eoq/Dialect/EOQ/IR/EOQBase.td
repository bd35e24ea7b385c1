//===- EOQBase.td - what all op files share ----------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQBASE_TD
#define EOQ_DIALECT_EOQ_IR_EOQBASE_TD

include "eoq/Dialect/EOQ/IR/EOQAttributes.td"
include "eoq/Dialect/EOQ/IR/EOQTypes.td"
include "eoq/Interfaces/DifferentiableOpInterface.td"
include "eoq/Interfaces/QuantizableOpInterface.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class EOQ_Op<string mnemonic, list<Trait> traits = []>
    : Op<EOQ_Dialect, mnemonic, traits>;

/// An op of the network: pure, differentiable (the rule is an external model in
/// lib/Dialect/EOQ/Gradient), and the same on f32 and on fixed-point tensors.
class EOQ_NetworkOp<string mnemonic, list<Trait> traits = []>
    : EOQ_Op<mnemonic, !listconcat([Pure,
        DeclareOpInterfaceMethods<QuantizableOpInterface>], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

/// An op that the backward pass creates: pure, quantizable, not differentiable.
class EOQ_GradOp<string mnemonic, list<Trait> traits = []>
    : EOQ_NetworkOp<mnemonic, traits>;

/// The geometry of a 2-D window. Pads are [top, left, bottom, right].
defvar windowArguments = (ins
  ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>:$strides,
  ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<4>]>:$pads,
  ConfinedAttr<DenseI64ArrayAttr, [DenseArrayCount<2>]>:$dilations);

#endif // EOQ_DIALECT_EOQ_IR_EOQBASE_TD
