//===- ResidualBranches.cpp - residual branches -----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/ResidualBranches.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {
/// The data flow of a function as far as branches need it.
class DataFlow {
public:
  explicit DataFlow(Operation *root);

  /// The last value that both values depend on (or are), or null.
  Value findFork(Value lhs, Value rhs) const;
  /// The products on the way from `fork` to `value` that holds the most.
  SmallVector<Operation *> findProducts(Value fork, Value value) const;

private:
  DenseSet<Value> getAncestors(Value value) const;

  /// Position in program order, for values that depend on a block argument.
  DenseMap<Value, unsigned> positions;
};
} // namespace

DataFlow::DataFlow(Operation *root) {
  unsigned next = 0;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    // Only what depends on an argument is data: two sides that share a
    // parameter do not meet there.
    SmallVector<Value> operands = getDataOperands(op);
    if (llvm::any_of(operands, [&](Value v) { return positions.contains(v); }))
      for (Value result : op->getResults())
        positions[result] = next++;
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          positions[argument] = next++;
  });
}

DenseSet<Value> DataFlow::getAncestors(Value value) const {
  DenseSet<Value> ancestors;
  SmallVector<Value> worklist = {value};
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    if (!positions.contains(current) || !ancestors.insert(current).second)
      continue;
    if (Operation *definition = current.getDefiningOp())
      llvm::append_range(worklist, getDataOperands(definition));
  }
  return ancestors;
}

Value DataFlow::findFork(Value lhs, Value rhs) const {
  DenseSet<Value> ofLhs = getAncestors(lhs);
  Value fork;
  for (Value value : getAncestors(rhs))
    if (ofLhs.contains(value) &&
        (!fork || positions.lookup(value) > positions.lookup(fork)))
      fork = value;
  return fork;
}

SmallVector<Operation *> DataFlow::findProducts(Value fork, Value value) const {
  // Longest paths in program order, which is a topological order.
  DenseSet<Value> set = getAncestors(value);
  SmallVector<Value> order(set.begin(), set.end());
  llvm::sort(order, [&](Value a, Value b) {
    return positions.lookup(a) < positions.lookup(b);
  });
  DenseMap<Value, unsigned> counts; // only values that the fork reaches
  DenseMap<Value, Value> previous;
  for (Value current : order) {
    if (current == fork) {
      counts[current] = 0;
      continue;
    }
    Operation *definition = current.getDefiningOp();
    if (!definition)
      continue;
    std::optional<unsigned> best;
    for (Value operand : getDataOperands(definition)) {
      auto it = counts.find(operand);
      if (it == counts.end() || (best && it->second <= *best))
        continue;
      best = it->second;
      previous[current] = operand;
    }
    if (best)
      counts[current] = *best + isProduct(definition);
  }

  SmallVector<Operation *> products;
  for (Value current = value; current && current != fork;
       current = previous.lookup(current))
    if (isProduct(current.getDefiningOp()))
      products.push_back(current.getDefiningOp());
  std::reverse(products.begin(), products.end());
  return products;
}

/// Whether the way with these products is a projection: one 1x1 convolution.
static bool isProjection(ArrayRef<Operation *> products) {
  if (products.size() != 1)
    return false;
  auto conv = dyn_cast<Conv2DOp>(products.front());
  return conv && conv.getWeight().getType().getDimSize(2) == 1 &&
         conv.getWeight().getType().getDimSize(3) == 1;
}

ResidualBranches::ResidualBranches(Operation *root) {
  DataFlow flow(root);
  root->walk<WalkOrder::PreOrder>([&](AddOp add) {
    Value fork = flow.findFork(add.getLhs(), add.getRhs());
    if (!fork)
      return;
    SmallVector<Operation *> lhs = flow.findProducts(fork, add.getLhs());
    SmallVector<Operation *> rhs = flow.findProducts(fork, add.getRhs());
    if (lhs.empty() && rhs.empty())
      return;
    bool branchIsRhs = rhs.size() > lhs.size();
    if (rhs.size() == lhs.size())
      branchIsRhs = isProjection(lhs) && !isProjection(rhs);
    if (branchIsRhs)
      std::swap(lhs, rhs);
    branches.push_back(
        {add, fork, branchIsRhs ? 1u : 0u, std::move(lhs), std::move(rhs)});
  });
}
