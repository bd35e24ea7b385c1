//===- TrainingOps.cpp - verifiers of state, loss and update ----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::eoq;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

LogicalResult ParameterOp::verify() {
  auto type = dyn_cast<RankedTensorType>(getType());
  if (!type || !type.hasStaticShape())
    return emitOpError() << "(C1) expected a statically shaped tensor type";
  if (getKind() == ParameterKind::Exponent) {
    if (!type.getElementType().isInteger(32) || type.getRank() != 0)
      return emitOpError()
             << "(C1) expected an exponent state of type tensor<i32>";
    return success();
  }
  bool fixed = isa<FixedType>(type.getElementType());
  if (!fixed && !type.getElementType().isF32())
    return emitOpError() << "(C1) expected f32 or fixed-point elements but got "
                         << type.getElementType();
  if (fixed != getInitialExponent().has_value())
    return emitOpError() << "(C1) expected an initial exponent on a "
                            "fixed-point parameter, and on no other";
  if (isa<NormalAttr>(getInitialValue()))
    return success();
  auto elements = dyn_cast<ElementsAttr>(getInitialValue());
  if (!elements || elements.getShapedType().getShape() != type.getShape() ||
      !elements.getElementType().isF32())
    return emitOpError() << "(C2) expected #eoq.normal or f32 elements of the "
                            "parameter's shape as initial value";
  return success();
}

/// The parameter that a symbol names, or null after an error.
static ParameterOp lookUp(Operation *op, FlatSymbolRefAttr symbol,
                          SymbolTableCollection &table) {
  auto parameter = table.lookupNearestSymbolFrom<ParameterOp>(op, symbol);
  if (!parameter)
    op->emitOpError() << "(C1) expected '" << symbol.getValue()
                      << "' to be an eoq.parameter";
  return parameter;
}

LogicalResult
ParameterLoadOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  ParameterOp parameter = lookUp(*this, getParameterAttr(), symbolTable);
  if (!parameter)
    return failure();
  if (parameter.getType() != getResult().getType())
    return emitOpError() << "(C1) expected the type " << parameter.getType()
                         << " of '" << getParameter() << "' but got "
                         << getResult().getType();
  return success();
}

LogicalResult
ParameterInitializeOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return success(bool(lookUp(*this, getParameterAttr(), symbolTable)));
}

static LogicalResult verifyExponentState(Operation *op,
                                         FlatSymbolRefAttr symbol,
                                         SymbolTableCollection &table) {
  ParameterOp parameter = lookUp(op, symbol, table);
  if (!parameter)
    return failure();
  if (parameter.getKind() != ParameterKind::Exponent)
    return op->emitOpError() << "(C1) expected '" << symbol.getValue()
                             << "' to be of kind 'exponent'";
  return success();
}

LogicalResult
ExponentLoadOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyExponentState(*this, getParameterAttr(), symbolTable);
}

LogicalResult
ExponentStoreOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  return verifyExponentState(*this, getParameterAttr(), symbolTable);
}

//===----------------------------------------------------------------------===//
// Quantizer, loss, update
//===----------------------------------------------------------------------===//

LogicalResult QuantizeOp::verify() {
  unsigned in = fixedWidth(getInput()), out = fixedWidth(getOutput());
  if (shapeOf(getInput()) != shapeOf(getOutput()))
    return emitOpError() << "(C1) expected input and output of one shape";
  if (in == 0 || out == 0 || out > in || out > 16 ||
      !getFixedElementType(getOutput().getType()).hasDynamicExponent())
    return emitOpError() << "(C1) expected a fixed-point input and a narrower "
                            "output of at most 16 bits with a dynamic exponent";
  if ((getRounding() == Rounding::Stochastic) != bool(getKey()))
    return emitOpError() << "(C2) expected a key with stochastic rounding, and "
                            "with no other";
  return success();
}

LogicalResult CrossEntropyOp::verify() {
  if (shapeOf(getLogits())[0] != shapeOf(getLabels())[0])
    return emitOpError() << "(C1) expected logits and labels of one batch size";
  if (failed(verifyWidths(*this, {getLogits()}, getLoss(), 32, 32, "C2")))
    return failure();
  FixedType loss = getFixedElementType(getLoss().getType());
  if (loss && loss.getExponent() != -10)
    return emitOpError() << "(C2) expected a loss of !eoq.fixed<32, -10>";
  return success();
}

LogicalResult CrossEntropyGradLogitsOp::verify() {
  if (shapeOf(getLogits())[0] != shapeOf(getLabels())[0] ||
      shapeOf(getLogits()) != shapeOf(getGradLogits()))
    return emitOpError()
           << "(C1) expected logits, labels and result of one batch size";
  if (failed(verifyWidths(*this, {getLogits()}, getGradLogits(), 32, 32, "C2")))
    return failure();
  FixedType type = getFixedElementType(getGradLogits().getType());
  int64_t expected = -14 - int64_t(llvm::Log2_64(shapeOf(getLogits())[0]));
  if (type && type.getExponent() != expected)
    return emitOpError() << "(C2) expected the result's exponent to be "
                         << expected;
  return success();
}

LogicalResult
SgdUpdateOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  ParameterOp parameter = lookUp(*this, getParameterAttr(), symbolTable);
  ParameterOp momentum = lookUp(*this, getMomentumStateAttr(), symbolTable);
  if (!parameter || !momentum)
    return failure();
  if (getGradNormStateAttr() &&
      !lookUp(*this, getGradNormStateAttr(), symbolTable))
    return failure();
  ArrayRef<int64_t> shape = parameter.getTensorType().getShape();
  if (momentum.getTensorType() != parameter.getTensorType() ||
      shapeOf(getGradient()) != shape)
    return emitOpError() << "(C1) expected momentum and gradient to have the "
                            "shape of '"
                         << getParameter() << "'";
  if (getMomentum() > 31)
    return emitOpError() << "(C2) expected a momentum numerator in [0, 31] but "
                            "got "
                         << getMomentum();
  unsigned width = fixedWidth(getGradient());
  if ((width != 0) != bool(parameter.getFixedType()) ||
      (width != 0 && width != 8) || (width != 0) != bool(getKey()))
    return emitOpError() << "(C3) expected an f32 gradient without a key, or "
                            "an 8-bit gradient with a key";
  return success();
}

LogicalResult
GradientOp::verifySymbolUses(SymbolTableCollection &symbolTable) {
  ParameterOp parameter = lookUp(*this, getParameterAttr(), symbolTable);
  if (!parameter)
    return failure();
  if (parameter.getType() != getGradient().getType())
    return emitOpError() << "(C1) expected the type " << parameter.getType()
                         << " of '" << getParameter() << "' but got "
                         << getGradient().getType();
  return success();
}
