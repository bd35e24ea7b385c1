//===- EOQTypes.td - fixed-point element type --------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQTYPES_TD
#define EOQ_DIALECT_EOQ_IR_EOQTYPES_TD

include "eoq/Dialect/EOQ/IR/EOQDialect.td"
include "mlir/IR/AttrTypeBase.td"

def EOQ_FixedType : TypeDef<EOQ_Dialect, "Fixed"> {
  let mnemonic = "fixed";
  let summary = "Signed integer with a power-of-two scale";
  let description = [{
    `!eoq.fixed<8, -7>` is a signed 8-bit integer q that stands for q * 2^-7.
    `!eoq.fixed<8, ?>` has its exponent decided at run time: one exponent for
    the whole tensor, which travels with the tensor. Width is 8 (operands of
    products), 16 (stored parameters and momentum), 32 (accumulators) or 64
    (accumulators of long reductions). Values are symmetric: |q| <= 2^(width-1)-1
    (rule N1). There is no zero point.
  }];
  let parameters = (ins "unsigned":$width, "int64_t":$exponent);
  let builders = [
    TypeBuilder<(ins "unsigned":$width), [{
      return $_get($_ctxt, width, ::mlir::ShapedType::kDynamic);
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Whether the exponent is decided at run time.
    bool hasDynamicExponent() const {
      return ::mlir::ShapedType::isDynamic(getExponent());
    }
    /// Whether this is the format of a sum of products.
    bool isAccumulator() const { return getWidth() >= 32; }
  }];
}

def EOQ_AnyFixed : Type<CPred<"::llvm::isa<::mlir::eoq::FixedType>($_self)">,
                        "fixed-point number", "::mlir::eoq::FixedType">;

/// A value of the network at any level.
def EOQ_Tensor : StaticShapeTensorOf<[F32, EOQ_AnyFixed]>;
/// A 4-D image tensor, NCHW, or a convolution weight, OIHW.
def EOQ_Tensor4D : Type<And<[EOQ_Tensor.predicate, HasAnyRankOfPred<[4]>]>,
    "4D statically shaped tensor of f32 or fixed-point values",
    "::mlir::RankedTensorType">;
def EOQ_Tensor2D : Type<And<[EOQ_Tensor.predicate, HasAnyRankOfPred<[2]>]>,
    "2D statically shaped tensor of f32 or fixed-point values",
    "::mlir::RankedTensorType">;
def EOQ_Tensor1D : Type<And<[EOQ_Tensor.predicate, HasAnyRankOfPred<[1]>]>,
    "1D statically shaped tensor of f32 or fixed-point values",
    "::mlir::RankedTensorType">;
def EOQ_Tensor0D : Type<And<[EOQ_Tensor.predicate, HasAnyRankOfPred<[0]>]>,
    "0D tensor of an f32 or fixed-point value", "::mlir::RankedTensorType">;
def EOQ_Labels : 1DTensorOf<[I32]>;

#endif // EOQ_DIALECT_EOQ_IR_EOQTYPES_TD
