//===- QuantizedTypes.cpp - QuantizableOpInterface of our ops ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which operands may be accumulators, and the formats of the results. Three
// kinds of op: products (narrow in, accumulator out), sums (anything in,
// accumulator out), and ops that keep the format of their first operand.
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::eoq;

static Type fixed(MLIRContext *context, unsigned width) {
  return FixedType::get(context, width);
}

/// A product or a sum of products: 8-bit operands, accumulator out.
#define EOQ_PRODUCT(OP, WIDTH)                                                 \
  bool OP::acceptsAccumulator(unsigned) { return false; }                      \
  Type OP::getQuantizedElementType(unsigned, TypeRange) {                      \
    return fixed(getContext(), WIDTH);                                         \
  }

/// The format of the first operand, whatever it is; the others are 8 bits.
#define EOQ_SAME_AS_FIRST(OP)                                                  \
  bool OP::acceptsAccumulator(unsigned index) { return index == 0; }           \
  Type OP::getQuantizedElementType(unsigned, TypeRange operandTypes) {         \
    return getElementTypeOrSelf(operandTypes[0]);                              \
  }

/// A sum: accumulators welcome, accumulator out.
#define EOQ_SUM(OP)                                                            \
  bool OP::acceptsAccumulator(unsigned) { return true; }                       \
  Type OP::getQuantizedElementType(unsigned, TypeRange) {                      \
    return fixed(getContext(), 32);                                            \
  }

static unsigned gradWeightWidth(int64_t reduction) {
  return reduction <= kMaxGradWeightReduction ? 32 : 64;
}

EOQ_PRODUCT(Conv2DOp, 32)
EOQ_PRODUCT(FullyConnectedOp, 32)
EOQ_PRODUCT(ScaleOp, 32)
EOQ_PRODUCT(MulOp, 32)
EOQ_PRODUCT(AvgPool2DOp, 32)
EOQ_PRODUCT(ConcatOp, 32)
EOQ_PRODUCT(Conv2DGradInputOp, 32)
EOQ_PRODUCT(FullyConnectedGradInputOp, 32)
EOQ_PRODUCT(BiasAddGradBiasOp, 64)
EOQ_PRODUCT(ScaleGradScaleOp, 64)
EOQ_PRODUCT(MaxPool2DGradInputOp, 32)
EOQ_PRODUCT(AvgPool2DGradInputOp, 32)
EOQ_PRODUCT(
    Conv2DGradWeightOp,
    gradWeightWidth(cast<ShapedType>(getGradOutput().getType()).getNumElements() /
                    cast<ShapedType>(getGradOutput().getType()).getDimSize(1)))
EOQ_PRODUCT(
    FullyConnectedGradWeightOp,
    gradWeightWidth(cast<ShapedType>(getInput().getType()).getDimSize(0)))

EOQ_SUM(AddOp)
EOQ_SUM(SubOp)

EOQ_SAME_AS_FIRST(ReluOp)
EOQ_SAME_AS_FIRST(LeakyReluOp)
EOQ_SAME_AS_FIRST(ClipOp)
EOQ_SAME_AS_FIRST(ReluGradInputOp)
EOQ_SAME_AS_FIRST(LeakyReluGradInputOp)
EOQ_SAME_AS_FIRST(ClipGradInputOp)
EOQ_SAME_AS_FIRST(SliceOp)
EOQ_SAME_AS_FIRST(PadOp)
EOQ_SAME_AS_FIRST(ReshapeOp)
EOQ_SAME_AS_FIRST(TransposeOp)

bool ShiftExponentOp::acceptsAccumulator(unsigned) { return true; }
Type ShiftExponentOp::getQuantizedElementType(unsigned,
                                              TypeRange operandTypes) {
  auto type = cast<FixedType>(getElementTypeOrSelf(operandTypes[0]));
  if (type.hasDynamicExponent())
    return type;
  return FixedType::get(getContext(), type.getWidth(),
                        type.getExponent() + int64_t(getAmount()));
}

bool MaxPool2DOp::acceptsAccumulator(unsigned) { return false; }
Type MaxPool2DOp::getQuantizedElementType(unsigned, TypeRange operandTypes) {
  return getElementTypeOrSelf(operandTypes[0]);
}

bool BiasAddOp::acceptsAccumulator(unsigned index) { return index == 0; }
unsigned BiasAddOp::getParameterWidth(unsigned index) {
  return index == 1 ? 16 : 8;
}
Type BiasAddOp::getQuantizedElementType(unsigned, TypeRange) {
  return fixed(getContext(), 32);
}

bool CrossEntropyOp::acceptsAccumulator(unsigned) { return true; }
Type CrossEntropyOp::getQuantizedElementType(unsigned, TypeRange) {
  return FixedType::get(getContext(), 32, -10);
}

bool CrossEntropyGradLogitsOp::acceptsAccumulator(unsigned) { return true; }
Type CrossEntropyGradLogitsOp::getQuantizedElementType(unsigned, TypeRange) {
  int64_t batch = cast<ShapedType>(getLogits().getType()).getDimSize(0);
  return FixedType::get(getContext(), 32, -14 - int64_t(llvm::Log2_64(batch)));
}
