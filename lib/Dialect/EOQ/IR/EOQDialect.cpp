//===- EOQDialect.cpp - dialect, types, attributes --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

#include "eoq/Dialect/EOQ/IR/EOQDialect.cpp.inc"
#include "eoq/Dialect/EOQ/IR/EOQEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "eoq/Dialect/EOQ/IR/EOQAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "eoq/Dialect/EOQ/IR/EOQTypes.cpp.inc"

void EOQDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "eoq/Dialect/EOQ/IR/EOQOps.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "eoq/Dialect/EOQ/IR/EOQTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "eoq/Dialect/EOQ/IR/EOQAttributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// FixedType
//===----------------------------------------------------------------------===//

Type FixedType::parse(AsmParser &parser) {
  unsigned width;
  int64_t exponent = ShapedType::kDynamic;
  if (parser.parseLess() || parser.parseInteger(width) || parser.parseComma())
    return {};
  if (failed(parser.parseOptionalQuestion()) && parser.parseInteger(exponent))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<FixedType>(parser.getContext(), width, exponent);
}

void FixedType::print(AsmPrinter &printer) const {
  printer << "<" << getWidth() << ", ";
  if (hasDynamicExponent())
    printer << "?";
  else
    printer << getExponent();
  printer << ">";
}

LogicalResult FixedType::verify(function_ref<InFlightDiagnostic()> emitError,
                                unsigned width, int64_t exponent) {
  if (width != 8 && width != 16 && width != 32 && width != 64)
    return emitError() << "expected a width of 8, 16, 32 or 64 but got "
                       << width;
  if (!ShapedType::isDynamic(exponent) &&
      (exponent < -1024 || exponent > 1024))
    return emitError() << "expected an exponent in [-1024, 1024] but got "
                       << exponent;
  return success();
}

//===----------------------------------------------------------------------===//
// NormalAttr
//===----------------------------------------------------------------------===//

LogicalResult NormalAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 int64_t mantissa, int64_t exponent,
                                 bool centered) {
  if (mantissa < (1 << 14) || mantissa >= (1 << 15))
    return emitError() << "expected a mantissa in [16384, 32768) but got "
                       << mantissa;
  if (exponent < -200 || exponent > 100)
    return emitError() << "expected an exponent in [-200, 100] but got "
                       << exponent;
  return success();
}

NormalAttr NormalAttr::fromStdDev(MLIRContext *context, double stdDev,
                                  bool centered) {
  int exponent;
  double fraction = std::frexp(stdDev, &exponent); // in [0.5, 1)
  int64_t mantissa = std::llround(std::ldexp(fraction, 15));
  if (mantissa == 1 << 15) {
    mantissa >>= 1;
    ++exponent;
  }
  return get(context, mantissa, exponent - 15, centered);
}

double NormalAttr::getStdDev() const {
  return std::ldexp(double(getMantissa()), int(getExponent()));
}
