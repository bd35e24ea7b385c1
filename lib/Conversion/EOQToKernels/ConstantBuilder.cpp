//===- ConstantBuilder.cpp - C constants in the LLVM dialect --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConstantBuilder.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::eoq;

ConstantBuilder::ConstantBuilder(ModuleOp module)
    : module(module), symbols(module), builder(module.getContext()) {}

void ConstantBuilder::begin(StringRef symbol, bool external) {
  builder.setInsertionPointToEnd(module.getBody());
  // The type is known when the value is.
  current = builder.create<LLVM::GlobalOp>(
      module.getLoc(), builder.getI32Type(), /*isConstant=*/true,
      external ? LLVM::Linkage::External : LLVM::Linkage::Internal, symbol,
      Attribute());
  symbols.insert(current);
  builder.createBlock(&current.getInitializerRegion());
}

void ConstantBuilder::end(Value value) {
  builder.create<LLVM::ReturnOp>(module.getLoc(), value);
  current.setGlobalTypeAttr(TypeAttr::get(value.getType()));
}

Value ConstantBuilder::i32(int64_t value) {
  return builder.create<LLVM::ConstantOp>(module.getLoc(), builder.getI32Type(),
                                          builder.getI32IntegerAttr(value));
}

Value ConstantBuilder::i64(int64_t value) {
  return builder.create<LLVM::ConstantOp>(module.getLoc(), builder.getI64Type(),
                                          builder.getI64IntegerAttr(value));
}

Value ConstantBuilder::null() {
  return builder.create<LLVM::ZeroOp>(
      module.getLoc(), LLVM::LLVMPointerType::get(builder.getContext()));
}

Value ConstantBuilder::addressOf(StringRef symbol) {
  return builder.create<LLVM::AddressOfOp>(
      module.getLoc(), LLVM::LLVMPointerType::get(builder.getContext()),
      symbol);
}

std::string ConstantBuilder::addGlobal(StringRef stem, Type type,
                                       Attribute value) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(current);
  auto global = builder.create<LLVM::GlobalOp>(
      module.getLoc(), type,
      /*isConstant=*/true, LLVM::Linkage::Internal, stem, value);
  return symbols.insert(global).str();
}

Value ConstantBuilder::string(StringRef text) {
  std::string &symbol = strings[text];
  if (symbol.empty()) {
    std::string data = text.str();
    data.push_back('\0');
    symbol =
        addGlobal("eoq_string",
                  LLVM::LLVMArrayType::get(builder.getI8Type(), data.size()),
                  builder.getStringAttr(data));
  }
  return addressOf(symbol);
}

Value ConstantBuilder::array(ArrayRef<int64_t> values) {
  return addressOf(
      addGlobal("eoq_shape",
                LLVM::LLVMArrayType::get(builder.getI64Type(), values.size()),
                builder.getI64TensorAttr(values)));
}

Value ConstantBuilder::insertAll(Type type, ArrayRef<Value> fields) {
  Value value = builder.create<LLVM::UndefOp>(module.getLoc(), type);
  for (auto [i, field] : llvm::enumerate(fields))
    value = builder.create<LLVM::InsertValueOp>(module.getLoc(), value, field,
                                                static_cast<int64_t>(i));
  return value;
}

Value ConstantBuilder::structure(ArrayRef<Value> fields) {
  SmallVector<Type> types(ValueRange(fields).getTypes());
  return insertAll(
      LLVM::LLVMStructType::getLiteral(builder.getContext(), types), fields);
}

Value ConstantBuilder::arrayOf(ArrayRef<Value> elements) {
  return insertAll(
      LLVM::LLVMArrayType::get(elements.front().getType(), elements.size()),
      elements);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::json::Value toJSON(Attribute attribute) {
  if (auto dictionary = dyn_cast<DictionaryAttr>(attribute)) {
    llvm::json::Object object;
    for (NamedAttribute entry : dictionary)
      object[entry.getName().strref()] = toJSON(entry.getValue());
    return object;
  }
  if (auto array = dyn_cast<ArrayAttr>(attribute)) {
    llvm::json::Array values;
    for (Attribute element : array)
      values.push_back(toJSON(element));
    return values;
  }
  if (isa<UnitAttr>(attribute))
    return true;
  if (auto boolean = dyn_cast<BoolAttr>(attribute))
    return boolean.getValue();
  if (auto integer = dyn_cast<IntegerAttr>(attribute))
    return integer.getValue().getSExtValue();
  if (auto real = dyn_cast<FloatAttr>(attribute))
    return real.getValueAsDouble();
  if (auto string = dyn_cast<StringAttr>(attribute))
    return llvm::json::fixUTF8(string.strref());
  std::string text;
  llvm::raw_string_ostream os(text);
  os << attribute;
  return llvm::json::fixUTF8(text);
}

std::string mlir::eoq::printAsJSON(DictionaryAttr attribute) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << toJSON(attribute);
  return text;
}
