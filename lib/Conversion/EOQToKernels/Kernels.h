//===- Kernels.h - which kernels there are ----------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_KERNELS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_KERNELS_H

#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLExtras.h"

namespace mlir::eoq {

/// Succeeds if `storageType` is f32, or an integer of one of `widths`. The
/// error on `op` says which widths its kernel is made for.
inline LogicalResult requireKernel(Operation *op, Type storageType,
                                   ArrayRef<unsigned> widths) {
  if (storageType.isF32() || llvm::any_of(widths, [&](unsigned w) {
        return storageType.isInteger(w);
      }))
    return success();
  InFlightDiagnostic diag =
      op->emitOpError("has no kernel for operands of type ")
      << storageType << "; expected f32 or fixed point of ";
  llvm::interleave(
      widths, [&](unsigned w) { diag << w; }, [&] { diag << " or "; });
  return diag << " bits";
}

/// Integer bounds of `eoq.clip` for a tensor of exponent `exponent` (N9), or
/// floats if `exponent` is null.
Value getClipBound(FunctionLowering &function, double bound, Value exponent);

/// The exponent that `op` finds for a tensor of the exponent `exponent` with
/// the largest magnitude `magnitude` (N3).
Value getExactExponent(FunctionLowering &function, QuantizeOp op,
                       Value magnitude, Value exponent);

/// Lowers a quantizer of 32-bit integers to 8 bits, by itself.
LogicalResult lowerQuantizer(QuantizeOp op, FunctionLowering &function);

/// Whether all that becomes of the gradient of a weight, or of an image, is
/// that a quantizer reads it which can do so in Layout::OutputsLast, or in
/// Layout::Reached.
bool isQuantizedOutputsLast(Value gradient);
bool isQuantizedReached(Value gradient);
/// Lower these quantizers.
LogicalResult lowerOutputsLastQuantizer(QuantizeOp op,
                                        FunctionLowering &function);
LogicalResult lowerReachedQuantizer(QuantizeOp op, FunctionLowering &function);

/// What an operand of an op is outside of the `eoq.fused` that may hold the op.
Value getSource(Value value);

/// Whether a product of `exponent`, whose result lies in `layout`, is to find
/// the largest magnitude for a quantizer (and leave it as its note): which one,
/// or null, and the stages that are in between.
QuantizeOp getQuantizerStages(FunctionLowering &function, OpResult result,
                              Layout layout, Value exponent,
                              QuantizerStages &stages);

/// The sizes of a product.
Conv2DGeometry getGeometry(Conv2DGradInputOp op);

/// A product as createConv2D takes it. The operands are those outside of an
/// `eoq.fused`; `layout` is that of the images, `lhs`.
struct Product {
  Conv2DGeometry geometry;
  Conv2DKind kind;
  Value lhs, rhs, result;
  Layout layout, rhsLayout;
};
/// None if `op` is no product.
std::optional<Product> getProduct(Operation *op);

/// Buffers of so many bytes.
Conv2DScratch allocateScratch(FunctionLowering &function,
                              const Conv2DScratchBytes &bytes);

/// What the gradient of a max pooling is made of: of `source`, which is the
/// pooling's input or, with `byPlaces`, what it noted.
struct MaxPoolGradOperands {
  Value gradient, source, exponent;
  bool byPlaces;
};
MaxPoolGradOperands getMaxPoolGradOperands(FunctionLowering &function,
                                           MaxPool2DGradInputOp op);
/// Calls its kernel, for `images` images.
void callMaxPoolGrad(FunctionLowering &function, MaxPool2DGradInputOp op,
                     Value gradient, Value source, bool byPlaces, Value out,
                     int64_t images);

/// Says on the call of a quantizer that `kernel` has the same arguments and can
/// put operand `output` into one of the operands `inputs`, `offset` bytes
/// behind its start.
void setInPlaceKernel(func::CallOp call, StringRef kernel,
                      ArrayRef<int64_t> inputs, int64_t output, int64_t offset);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_KERNELS_H
