//===- ChooseParallelCalls.cpp - which calls are worth threads ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ParallelWork.h"
#include "Slots.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_CHOOSEPARALLELCALLSPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

/// `loop` as a nest of serial loops.
static void makeSerial(scf::ParallelOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  SmallVector<Value> ivs;
  for (auto [lower, upper, step] :
       llvm::zip(loop.getLowerBound(), loop.getUpperBound(), loop.getStep())) {
    auto serial = builder.create<scf::ForOp>(loc, lower, upper, step);
    ivs.push_back(serial.getInductionVar());
    builder.setInsertionPointToStart(serial.getBody());
  }
  Block *body = loop.getBody();
  body->getTerminator()->erase();
  for (auto [old, iv] : llvm::zip(loop.getInductionVars(), ivs))
    old.replaceAllUsesWith(iv);
  builder.getInsertionBlock()->getOperations().splice(
      builder.getInsertionPoint(), body->getOperations());
  loop.erase();
}

static void useOneSlot(func::CallOp call) {
  OpBuilder builder(call);
  Value one = builder.create<arith::ConstantIndexOp>(call.getLoc(), 1);
  call.getResult(0).replaceAllUsesWith(one);
  call.erase();
}

namespace {

class Chooser {
public:
  Chooser(ModuleOp module, double grain)
      : module(module), symbols(module), estimator(symbols), grain(grain) {}

  void run() {
    SmallVector<func::FuncOp> roots;
    for (auto function : module.getOps<func::FuncOp>())
      if (!function.isDeclaration() && knowsSizes(function))
        roots.push_back(function);
    // All estimates come before the first change.
    SmallVector<std::pair<func::CallOp, bool>> calls;
    for (func::FuncOp root : roots)
      root.walk([&](func::CallOp call) {
        auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
        if (!callee || !callee.isPrivate() || !hasParallelLoop(callee))
          return;
        Work work = estimator.estimate(call);
        bool isSerial = work.shared < grain * work.forks;
        calls.push_back({call, isSerial || isInParallelLoop(call)});
      });
    for (auto [call, isSerial] : calls) {
      if (isSerial) {
        ++numSerialCalls;
        makeCallSerial(call);
      } else {
        ++numParallelCalls;
        visitParallel(call.getCalleeAttr().getAttr());
      }
    }
  }

  int64_t numSerialCalls = 0, numParallelCalls = 0;

private:
  /// Kernels get buffers of any size, with the sizes as further arguments.
  static bool knowsSizes(func::FuncOp function) {
    return llvm::all_of(function.getArgumentTypes(), [](Type type) {
      auto buffer = dyn_cast<MemRefType>(type);
      return !buffer || buffer.hasStaticShape();
    });
  }

  static bool isInParallelLoop(Operation *op) {
    return static_cast<bool>(op->getParentOfType<scf::ParallelOp>());
  }

  /// Whether a parallel loop runs in a call of `function`.
  bool hasParallelLoop(func::FuncOp function) {
    auto [it, isNew] = parallel.insert({function, false});
    if (!isNew)
      return it->second;
    WalkResult walk = function.walk([&](Operation *op) {
      if (isa<scf::ParallelOp>(op))
        return WalkResult::interrupt();
      if (auto call = dyn_cast<func::CallOp>(op))
        if (auto callee = symbols.lookup<func::FuncOp>(call.getCallee()))
          if (hasParallelLoop(callee))
            return WalkResult::interrupt();
      return WalkResult::advance();
    });
    return parallel[function] = walk.wasInterrupted();
  }

  void makeCallSerial(func::CallOp call) {
    auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
    if (callee && callee.isPrivate() && hasParallelLoop(callee))
      call.setCallee(getSerial(callee).getName());
  }

  /// The twin of `function` without parallel loops.
  func::FuncOp getSerial(func::FuncOp function) {
    func::FuncOp &twin = twins[function];
    if (twin)
      return twin;
    auto copy = function.clone();
    copy.setName((function.getName() + ".serial").str());
    symbols.insert(copy, std::next(Block::iterator(function)));
    twin = copy;
    parallel[copy] = false;
    SmallVector<scf::ParallelOp> loops;
    copy.walk([&](scf::ParallelOp loop) {
      if (loop.getInitVals().empty())
        loops.push_back(loop);
    });
    for (scf::ParallelOp loop : loops)
      makeSerial(loop);
    copy.walk([&](func::CallOp call) {
      if (call.getCallee() == kSlotsInUseFunction)
        useOneSlot(call);
      else
        makeCallSerial(call);
    });
    return copy;
  }

  /// Threads do not fork again: calls within parallel loops are serial ones.
  void visitParallel(StringAttr name) {
    auto function = symbols.lookup<func::FuncOp>(name);
    if (!function || !visited.insert(function).second)
      return;
    function.walk([&](func::CallOp call) {
      if (isInParallelLoop(call))
        makeCallSerial(call);
      else
        visitParallel(call.getCalleeAttr().getAttr());
    });
  }

  ModuleOp module;
  SymbolTable symbols;
  WorkEstimator estimator;
  double grain;
  DenseMap<Operation *, bool> parallel;
  DenseMap<Operation *, func::FuncOp> twins;
  DenseSet<Operation *> visited;
};

struct ChooseParallelCalls final
    : mlir::eoq::impl::ChooseParallelCallsPassBase<ChooseParallelCalls> {
  using ChooseParallelCallsPassBase::ChooseParallelCallsPassBase;

  void runOnOperation() override {
    Chooser chooser(getOperation(), grain);
    chooser.run();
    numSerialCalls += chooser.numSerialCalls;
    numParallelCalls += chooser.numParallelCalls;
  }
};

} // namespace
