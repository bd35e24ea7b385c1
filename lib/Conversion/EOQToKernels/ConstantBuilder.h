//===- ConstantBuilder.h - C constants in the LLVM dialect ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_CONSTANTBUILDER_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_CONSTANTBUILDER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include <string>

namespace mlir::eoq {

/// Builds globals of a module whose initial values have pointers in them.
/// Between begin() and end(), the values that the other functions return are
/// for the global that was begun.
class ConstantBuilder {
public:
  explicit ConstantBuilder(ModuleOp module);

  void begin(StringRef symbol, bool external);
  /// Makes `value` the initial value.
  void end(Value value);

  Value i32(int64_t value);
  Value i64(int64_t value);
  Value null();
  Value addressOf(StringRef symbol);
  /// Pointer to a zero-terminated string; equal strings share memory.
  Value string(StringRef text);
  /// Pointer to an array of int64_t.
  Value array(ArrayRef<int64_t> values);
  /// A struct of the values, or an array of values of one type.
  Value structure(ArrayRef<Value> fields);
  Value arrayOf(ArrayRef<Value> elements);

private:
  Value insertAll(Type type, ArrayRef<Value> fields);
  /// Adds an internal constant of a name that is not in use.
  std::string addGlobal(StringRef stem, Type type, Attribute value);

  ModuleOp module;
  SymbolTable symbols;
  OpBuilder builder;
  LLVM::GlobalOp current;
  llvm::StringMap<std::string> strings;
};

/// `attribute` as one line of JSON: dictionaries are objects, unit is true.
std::string printAsJSON(DictionaryAttr attribute);

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_CONSTANTBUILDER_H
