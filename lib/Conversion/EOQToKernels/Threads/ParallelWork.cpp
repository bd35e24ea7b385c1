//===- ParallelWork.cpp - how much work a call is -------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ParallelWork.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::eoq;

/// Iterations of a loop whose bounds depend on data.
static constexpr double kUnknownCount = 8;
/// Scalar iterations that LLVM's vectorizer does at once.
static constexpr double kVectorized = 4;
/// Bytes of a vector register.
static constexpr int64_t kVectorBytes = 32;

/// Steps of an op without regions.
static double getSteps(Operation &op) {
  if (op.hasTrait<OpTrait::ConstantLike>() ||
      op.hasTrait<OpTrait::IsTerminator>() ||
      isa<memref::CastOp, memref::ViewOp, memref::AllocaOp, arith::IndexCastOp>(
          op))
    return 0;
  double steps = 1;
  for (Type type : op.getResultTypes())
    if (auto vector = dyn_cast<VectorType>(type))
      if (vector.getElementType().isIntOrFloat())
        steps = std::max(steps, double(vector.getNumElements() *
                                       vector.getElementTypeBitWidth()) /
                                    (8 * kVectorBytes));
  return steps;
}

/// Whether LLVM can make vectors of a loop's iterations.
static bool isVectorizable(Block &body) {
  WalkResult walk = body.walk([](Operation *op) {
    bool hasVector = llvm::any_of(
        op->getResultTypes(), [](Type type) { return isa<VectorType>(type); });
    bool isLoop = isa<scf::ForOp, scf::ParallelOp, scf::WhileOp>(op);
    return hasVector || isLoop ? WalkResult::interrupt()
                               : WalkResult::advance();
  });
  return !walk.wasInterrupted();
}

WorkEstimator::Number WorkEstimator::lookup(Value value,
                                            const Numbers &numbers) {
  auto it = numbers.find(value);
  if (it != numbers.end())
    return it->second;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)) &&
      constant.getBitWidth() <= 64)
    return constant.getSExtValue();
  // The first iteration of a loop around the call.
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp()))
      if (value == loop.getInductionVar())
        return lookup(loop.getLowerBound(), numbers);
  // A number that is computed right before the call.
  if (auto sum = value.getDefiningOp<arith::AddIOp>()) {
    Number lhs = lookup(sum.getLhs(), numbers);
    Number rhs = lookup(sum.getRhs(), numbers);
    if (lhs && rhs)
      return *lhs + *rhs;
  }
  return std::nullopt;
}

Work WorkEstimator::estimate(func::CallOp call) {
  Numbers none;
  return estimateCall(call, none);
}

Work WorkEstimator::estimateCall(func::CallOp call, Numbers &numbers) {
  auto function = symbols.lookup<func::FuncOp>(call.getCallee());
  if (!function || function.isDeclaration())
    return {1, 0, 0};
  std::vector<Number> arguments;
  for (Value operand : call.getOperands())
    arguments.push_back(lookup(operand, numbers));
  const Outcome &outcome = estimateFunction(function, std::move(arguments));
  for (auto [result, number] : llvm::zip(call.getResults(), outcome.results))
    numbers[result] = number;
  return outcome.work;
}

const WorkEstimator::Outcome &
WorkEstimator::estimateFunction(func::FuncOp function,
                                std::vector<Number> arguments) {
  std::pair<Operation *, std::vector<Number>> key(function, arguments);
  // Kernels do not call themselves; a program that does ends here.
  auto [it, isNew] = cache.insert({key, Outcome()});
  if (!isNew)
    return it->second;
  Numbers numbers;
  Block &body = function.getBody().front();
  for (auto [argument, number] : llvm::zip(body.getArguments(), arguments))
    numbers[argument] = number;
  Outcome outcome;
  outcome.work = estimateBlock(body, numbers);
  for (Value result : body.getTerminator()->getOperands())
    outcome.results.push_back(lookup(result, numbers));
  return it->second = std::move(outcome);
}

Work WorkEstimator::estimateBlock(Block &block, Numbers &numbers) {
  Work work;
  for (Operation &op : block)
    work += estimateOp(op, numbers);
  return work;
}

Work WorkEstimator::estimateLoop(Operation &op, Block &body, ValueRange ivs,
                                 OperandRange lower, OperandRange upper,
                                 OperandRange steps, bool isParallel,
                                 Numbers &numbers) {
  double count = 1;
  for (auto [iv, from, to, by] : llvm::zip(ivs, lower, upper, steps)) {
    Number lb = lookup(from, numbers), ub = lookup(to, numbers),
           step = lookup(by, numbers);
    numbers[iv] = lb;
    if (!lb || !ub || !step || *step <= 0) {
      count *= kUnknownCount;
      continue;
    }
    int64_t trips = *ub > *lb ? llvm::divideCeil(*ub - *lb, *step) : 0;
    numbers[iv] = *lb + std::max<int64_t>(trips - 1, 0) / 2 * *step;
    count *= trips;
  }
  Work one = estimateBlock(body, numbers);
  if (!isParallel) {
    one.steps += 1;
    return one * (isVectorizable(body) ? count / kVectorized : count);
  }
  // Loops within are serial, and a second thread takes half of the iterations.
  Work work;
  work.steps = one.steps * count;
  work.shared = one.steps * std::floor(count / 2);
  work.forks = 1;
  return work;
}

/// The longer one of the branches, if both are possible.
Work WorkEstimator::estimateIf(scf::IfOp branch, Numbers &numbers) {
  Number condition = lookup(branch.getCondition(), numbers);
  Work best;
  for (Region *region : branch.getRegions()) {
    bool isThen = region == &branch.getThenRegion();
    if (region->empty() || (condition && (*condition != 0) != isThen))
      continue;
    Work work = estimateBlock(region->front(), numbers);
    if (work.steps < best.steps)
      continue;
    best = work;
    for (auto [result, value] :
         llvm::zip(branch.getResults(),
                   region->front().getTerminator()->getOperands()))
      numbers[result] = lookup(value, numbers);
  }
  return best;
}

Work WorkEstimator::estimateOp(Operation &op, Numbers &numbers) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return estimateLoop(op, *loop.getBody(), loop.getInductionVar(),
                        op.getOperands().slice(0, 1),
                        op.getOperands().slice(1, 1),
                        op.getOperands().slice(2, 1), false, numbers);
  if (auto loop = dyn_cast<scf::ParallelOp>(op))
    return estimateLoop(op, *loop.getBody(), loop.getInductionVars(),
                        loop.getLowerBound(), loop.getUpperBound(),
                        loop.getStep(), true, numbers);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return estimateIf(branch, numbers);
  if (auto call = dyn_cast<func::CallOp>(op))
    return estimateCall(call, numbers);
  Work work{getSteps(op), 0, 0};
  double count = isa<LoopLikeOpInterface>(op) ? kUnknownCount : 1;
  for (Region &region : op.getRegions())
    for (Block &block : region)
      work += estimateBlock(block, numbers) * count;
  if (op.getNumRegions() == 0)
    evaluate(op, numbers);
  return work;
}

/// Computes the integers that `op` makes, where its operands are known.
void WorkEstimator::evaluate(Operation &op, Numbers &numbers) {
  // Constants need no entry.
  if (op.getNumOperands() == 0 || op.getNumResults() != 1 ||
      !op.getResult(0).getType().isIntOrIndex())
    return;
  numbers[op.getResult(0)] = std::nullopt;
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    Number condition = lookup(select.getCondition(), numbers);
    Number chosen = lookup(condition && !*condition ? select.getFalseValue()
                                                    : select.getTrueValue(),
                           numbers);
    numbers[op.getResult(0)] = chosen;
    return;
  }
  Builder builder(op.getContext());
  SmallVector<Attribute> operands;
  SmallVector<Number> known;
  for (Value operand : op.getOperands()) {
    Number number = lookup(operand, numbers);
    if (!operand.getType().isIntOrIndex())
      return;
    known.push_back(number);
    if (number)
      operands.push_back(builder.getIntegerAttr(operand.getType(), *number));
  }
  // What limits a size is most often the size.
  if (isa<arith::MinSIOp, arith::MinUIOp, arith::MaxSIOp, arith::MaxUIOp>(op) &&
      operands.size() == 1) {
    numbers[op.getResult(0)] = known[0] ? known[0] : known[1];
    return;
  }
  SmallVector<OpFoldResult> folded;
  if (operands.empty() || operands.size() != op.getNumOperands() ||
      failed(op.fold(operands, folded)) || folded.size() != 1)
    return;
  if (auto integer =
          dyn_cast_if_present<IntegerAttr>(dyn_cast<Attribute>(folded[0])))
    if (integer.getValue().getBitWidth() <= 64)
      numbers[op.getResult(0)] = integer.getValue().getSExtValue();
  if (auto value = dyn_cast<Value>(folded[0]))
    numbers[op.getResult(0)] = lookup(value, numbers);
}
