//===- interpret-main.cpp - the interpreter as a program --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `eoq-interpret module.mlir [script]` runs the commands of a script (default:
// standard input), one a line, and answers each with one JSON object:
//
//   call FUNCTION [ARGUMENT...] [-> PREFIX]   ARGUMENT: an integer, or
//                                             file.npy, or file.npy@EXPONENT
//   save-state PREFIX [PARAMETER...]          those parameters, or all
//   save-gradients PREFIX                     eoq.gradient ops of the last call
//   set-state PARAMETER file.npy[@EXPONENT]
//
// Tensor number i goes to PREFIXi.npy. For tests only.
//
//===----------------------------------------------------------------------===//
#include "NpyFile.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

class Session {
public:
  Session(ModuleOp module, Interpreter interpreter)
      : module(module), interpreter(std::move(interpreter)) {}

  /// Runs one command; fails after a message.
  LogicalResult run(StringRef line);

private:
  LogicalResult call(ArrayRef<StringRef> words);
  FailureOr<TensorValue> read(StringRef word, Type type);
  LogicalResult write(StringRef prefix, size_t number, const TensorValue &value,
                      llvm::json::Array &answer, StringRef name = "");
  LogicalResult write(StringRef prefix, const NamedState &tensors);

  ModuleOp module;
  Interpreter interpreter;
};

} // namespace

static LogicalResult fail(const llvm::Twine &message) {
  llvm::errs() << "eoq-interpret: " << message << "\n";
  return failure();
}

static LogicalResult answer(llvm::json::Object object) {
  llvm::outs() << llvm::json::Value(std::move(object)) << "\n";
  llvm::outs().flush();
  return success();
}

FailureOr<TensorValue> Session::read(StringRef word, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  auto [path, suffix] = word.rsplit('@');
  int32_t exponent = 0;
  if (!suffix.empty() && suffix.getAsInteger(10, exponent))
    return fail("expected an exponent but got '" + suffix + "'");
  if (!tensor)
    return fail("'" + path + "' is given for a number");
  if (FixedType fixed = getFixedElementType(type))
    if (suffix.empty() && !fixed.hasDynamicExponent())
      exponent = int32_t(fixed.getExponent());
  auto value = test::readNpy(path, tensor, exponent);
  if (!value)
    return fail(llvm::toString(value.takeError()));
  return *value;
}

LogicalResult Session::write(StringRef prefix, size_t number,
                             const TensorValue &value,
                             llvm::json::Array &answer, StringRef name) {
  std::string path = (prefix + llvm::Twine(number) + ".npy").str();
  if (llvm::Error error = test::writeNpy(path, value))
    return fail(llvm::toString(std::move(error)));
  llvm::json::Object entry{{"file", path}};
  if (value.isFixed())
    entry["exponent"] = value.exponent;
  if (!name.empty())
    entry["name"] = name;
  answer.push_back(std::move(entry));
  return success();
}

LogicalResult Session::write(StringRef prefix, const NamedState &tensors) {
  llvm::json::Array entries;
  for (auto [number, named] : llvm::enumerate(tensors))
    if (failed(write(prefix, number, named.second, entries, named.first)))
      return failure();
  return answer(llvm::json::Object{{"tensors", std::move(entries)}});
}

LogicalResult Session::call(ArrayRef<StringRef> words) {
  StringRef name = words.front(), prefix;
  words = words.drop_front();
  if (words.size() >= 2 && words.drop_back().back() == "->") {
    prefix = words.back();
    words = words.drop_back(2);
  }
  auto function = module.lookupSymbol<func::FuncOp>(name);
  if (!function || function.getNumArguments() != words.size())
    return fail("no function '" + name + "' with " + llvm::Twine(words.size()) +
                " arguments");
  std::vector<RuntimeValue> arguments;
  for (auto [word, type] : llvm::zip(words, function.getArgumentTypes())) {
    int32_t integer;
    if (!word.getAsInteger(10, integer)) {
      arguments.push_back(integer);
      continue;
    }
    FailureOr<TensorValue> value = read(word, type);
    if (failed(value))
      return failure();
    arguments.push_back(std::move(*value));
  }

  auto results = interpreter.call(name, arguments);
  if (failed(results))
    return failure();
  llvm::json::Array entries;
  for (auto [number, result] : llvm::enumerate(*results)) {
    if (auto *integer = std::get_if<int32_t>(&result))
      entries.push_back(llvm::json::Object{{"integer", *integer}});
    else if (!prefix.empty() &&
             failed(
                 write(prefix, number, std::get<TensorValue>(result), entries)))
      return failure();
  }
  return answer(llvm::json::Object{{"results", std::move(entries)}});
}

LogicalResult Session::run(StringRef line) {
  SmallVector<StringRef> words;
  llvm::SplitString(line, words);
  if (words.empty())
    return success();
  StringRef command = words.front();
  ArrayRef<StringRef> rest = ArrayRef(words).drop_front();
  if (command == "call" && !rest.empty())
    return call(rest);
  if (command == "save-state" && rest.size() == 1)
    return write(rest[0], interpreter.getAllState());
  if (command == "save-state" && rest.size() > 1) {
    NamedState chosen;
    for (StringRef name : rest.drop_front()) {
      const TensorValue *value = interpreter.getState(name);
      if (!value)
        return fail("no parameter '" + name + "'");
      chosen.emplace_back(name.str(), *value);
    }
    return write(rest[0], chosen);
  }
  if (command == "save-gradients" && rest.size() == 1)
    return write(rest[0], interpreter.getGradients());
  if (command == "set-state" && rest.size() == 2) {
    const TensorValue *state = interpreter.getState(rest[0]);
    if (!state)
      return fail("no parameter '" + rest[0] + "'");
    FailureOr<TensorValue> value = read(rest[1], state->type);
    if (failed(value) || failed(interpreter.setState(rest[0], *value)))
      return failure();
    return answer(llvm::json::Object());
  }
  return fail("cannot understand '" + line + "'");
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  if (argc != 2 && argc != 3) {
    llvm::errs() << "usage: eoq-interpret module.mlir [script]\n";
    return 2;
  }
  DialectRegistry registry;
  registry.insert<EOQDialect, func::FuncDialect, arith::ArithDialect>();
  MLIRContext context(registry);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler handler(sources, &context);
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(argv[1], sources, &context);
  if (!module)
    return 1;
  FailureOr<Interpreter> interpreter = Interpreter::create(*module);
  if (failed(interpreter))
    return 1;
  auto script = llvm::MemoryBuffer::getFileOrSTDIN(argc == 3 ? argv[2] : "-");
  if (!script) {
    (void)fail(llvm::Twine(argv[2]) + ": " + script.getError().message());
    return 1;
  }
  Session session(*module, std::move(*interpreter));
  for (llvm::line_iterator line(**script); !line.is_at_end(); ++line)
    if (failed(session.run(*line)))
      return 1;
  return 0;
}
