//===- Support.h - what the interpreter's tests share -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_REFERENCE_SUPPORT_H
#define EOQ_TEST_REFERENCE_SUPPORT_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Reference/Interpreter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <random>
#include <string>

namespace mlir::eoq::test {

/// A module from text, its interpreter, and the diagnostics of both.
class Program {
public:
  explicit Program(const std::string &text)
      : handler(&context, [this](Diagnostic &diagnostic) {
          messages += diagnostic.str() + "\n";
          return success();
        }) {
    context.loadDialect<EOQDialect, func::FuncDialect, arith::ArithDialect>();
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module) << messages << text;
    FailureOr<Interpreter> created = Interpreter::create(*module);
    EXPECT_TRUE(succeeded(created)) << messages;
    interpreter.emplace(std::move(*created));
  }

  /// The results of a call that must not fail.
  std::vector<RuntimeValue> call(StringRef function,
                                 ArrayRef<RuntimeValue> arguments) {
    auto results = interpreter->call(function, arguments);
    EXPECT_TRUE(succeeded(results)) << messages;
    return succeeded(results) ? *results : std::vector<RuntimeValue>();
  }

  /// The diagnostic of a call that must fail.
  std::string callInvalid(StringRef function,
                          ArrayRef<RuntimeValue> arguments) {
    messages.clear();
    EXPECT_TRUE(failed(interpreter->call(function, arguments)));
    return messages;
  }

  /// Zeros of the type of a function's argument.
  TensorValue makeArgument(StringRef function, unsigned index) {
    auto type =
        module->lookupSymbol<func::FuncOp>(function).getArgumentTypes()[index];
    return TensorValue::zeros(cast<RankedTensorType>(type));
  }

  MLIRContext context;
  std::string messages;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  std::optional<Interpreter> interpreter;
};

/// Reproducible random numbers.
class Random {
public:
  explicit Random(unsigned seed) : engine(seed) {}

  /// In [low, high].
  int64_t integer(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine);
  }
  double real(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine);
  }
  void fill(std::vector<float> &values, double low = -1, double high = 1) {
    for (float &value : values)
      value = float(real(low, high));
  }
  template <typename Values>
  void shuffle(Values &values) {
    std::shuffle(values.begin(), values.end(), engine);
  }

private:
  std::mt19937_64 engine;
};

} // namespace mlir::eoq::test

#endif // EOQ_TEST_REFERENCE_SUPPORT_H
