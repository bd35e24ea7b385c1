//===- ParallelWork.h - how much work a call is -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_PARALLELWORK_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_PARALLELWORK_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/SymbolTable.h"
#include <map>
#include <optional>
#include <vector>

namespace mlir::eoq {

/// What a piece of code does, in steps: about as many vector instructions.
struct Work {
  double steps = 0;
  /// Steps that a second thread takes over if parallel loops are parallel.
  double shared = 0;
  /// How many times a parallel loop starts.
  double forks = 0;

  Work &operator+=(const Work &other) {
    steps += other.steps;
    shared += other.shared;
    forks += other.forks;
    return *this;
  }
  Work operator*(double count) const {
    return {steps * count, shared * count, forks * count};
  }
};

/// Estimates the work of calls of kernels by walking through their code with
/// the constants that they are called with: loops count as often as their
/// bounds say. The cost of one iteration is that of the middle one.
class WorkEstimator {
public:
  explicit WorkEstimator(SymbolTable &symbols) : symbols(symbols) {}

  Work estimate(func::CallOp call);

private:
  using Number = std::optional<int64_t>;
  using Numbers = DenseMap<Value, Number>;

  /// What a call of a function does, and the integers among its results.
  struct Outcome {
    Work work;
    std::vector<Number> results;
  };

  const Outcome &estimateFunction(func::FuncOp function,
                                  std::vector<Number> arguments);
  Work estimateCall(func::CallOp call, Numbers &numbers);
  Work estimateIf(scf::IfOp branch, Numbers &numbers);
  Work estimateBlock(Block &block, Numbers &numbers);
  Work estimateOp(Operation &op, Numbers &numbers);
  Work estimateLoop(Operation &op, Block &body, ValueRange ivs,
                    OperandRange lower, OperandRange upper, OperandRange steps,
                    bool isParallel, Numbers &numbers);
  void evaluate(Operation &op, Numbers &numbers);
  Number lookup(Value value, const Numbers &numbers);

  SymbolTable &symbols;
  std::map<std::pair<Operation *, std::vector<Number>>, Outcome> cache;
};

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_PARALLELWORK_H
