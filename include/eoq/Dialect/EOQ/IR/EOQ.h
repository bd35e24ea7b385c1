//===- EOQ.h - the eoq dialect ----------------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The dialect, its types, attributes and ops. See the .td files beside it.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQ_H
#define EOQ_DIALECT_EOQ_IR_EOQ_H

#include "eoq/Interfaces/DifferentiableOpInterface.h"
#include "eoq/Interfaces/QuantizableOpInterface.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "eoq/Dialect/EOQ/IR/EOQDialect.h.inc"
#include "eoq/Dialect/EOQ/IR/EOQEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "eoq/Dialect/EOQ/IR/EOQAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "eoq/Dialect/EOQ/IR/EOQTypes.h.inc"

#define GET_OP_CLASSES
#include "eoq/Dialect/EOQ/IR/EOQOps.h.inc"

namespace mlir::eoq {

/// Longest sum of products that a 32-bit accumulator holds, forward and
/// grad_input / grad_weight (rule N6).
inline constexpr int64_t kMaxForwardReduction = 65536;
inline constexpr int64_t kMaxGradWeightReduction = 131072;

/// `type` with another element type.
inline RankedTensorType withElementType(Type type, Type elementType) {
  return cast<RankedTensorType>(type).clone(elementType);
}

/// The fixed-point element type of a tensor type, or null.
inline FixedType getFixedElementType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? dyn_cast<FixedType>(tensor.getElementType()) : FixedType();
}

} // namespace mlir::eoq

#endif // EOQ_DIALECT_EOQ_IR_EOQ_H
