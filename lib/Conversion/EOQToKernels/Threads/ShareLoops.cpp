//===- ShareLoops.cpp - parallel loops on the threads of a team -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One OpenMP region for a whole step, and in it the loops of all kernels: see
// eoq/Runtime/Team.h for the functions that are called.
//
//===----------------------------------------------------------------------===//
#include "Slots.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Runtime/Team.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_SHARELOOPSPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

static constexpr StringLiteral kOpen = "eoq_rt_team_open",
                               kShare = "eoq_rt_team_share",
                               kSlots = "eoq_rt_team_slots",
                               kClose = "eoq_rt_team_close",
                               kServe = "eoq_rt_team_serve";

/// `value` as a type that it is lowered to or from.
static Value castTo(OpBuilder &builder, Location loc, Type type, Value value) {
  return value.getType() == type
             ? value
             : builder.create<UnrealizedConversionCastOp>(loc, type, value)
                   .getResult(0);
}

namespace {

/// What the body of a loop needs from outside, as a struct in memory. Of a
/// buffer without strides, address and size suffice.
class Captures {
public:
  explicit Captures(LLVMTypeConverter &converter) : converter(converter) {}

  void add(Value value);
  Type getType() const {
    return LLVM::LLVMStructType::getLiteral(&converter.getContext(), fields);
  }
  /// Stores all of them.
  void store(OpBuilder &builder, Location loc, Value memory) const;
  /// Loads them and replaces their uses in `region`.
  void load(OpBuilder &builder, Location loc, Value memory,
            Region &region) const;

private:
  static MemRefType getBuffer(Value value) {
    auto type = dyn_cast<MemRefType>(value.getType());
    return type && type.getRank() == 1 && type.getLayout().isIdentity()
               ? type
               : MemRefType();
  }
  LLVMTypeConverter &converter;
  SmallVector<Value> values;
  SmallVector<Type> fields;
};

class Sharer {
public:
  explicit Sharer(ModuleOp module)
      : module(module), symbols(module), converter(module.getContext()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        index(converter.getIndexType()) {}

  void run();

  int64_t numLoopsShared = 0;

private:
  /// Moves the body of a function that anybody may call into a private one.
  void wrap(func::FuncOp function);
  /// Whether `function` gets a team: it has loops to share, or calls such.
  bool needsTeam(func::FuncOp function);
  func::FuncOp getCallee(func::CallOp call) {
    return symbols.lookup<func::FuncOp>(call.getCallee());
  }
  void passTeam(func::FuncOp function);
  void shareLoop(scf::ParallelOp loop, func::FuncOp function);
  func::FuncOp outline(scf::ParallelOp loop, func::FuncOp function,
                       const Captures &captures);
  void startTeam(func::CallOp call);
  void countSlots(func::FuncOp function);
  /// Calls a function of the run-time library.
  LLVM::CallOp callRuntime(OpBuilder &builder, Location loc, StringRef name,
                           ValueRange operands, Type result = {});

  ModuleOp module;
  SymbolTable symbols;
  LLVMTypeConverter converter;
  LLVM::LLVMPointerType pointer;
  Type index;
  DenseMap<Operation *, bool> needing;
};

struct ShareLoops final : mlir::eoq::impl::ShareLoopsPassBase<ShareLoops> {
  void runOnOperation() override {
    Sharer sharer(getOperation());
    sharer.run();
    numLoopsShared += sharer.numLoopsShared;
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Captures
//===----------------------------------------------------------------------===//

void Captures::add(Value value) {
  values.push_back(value);
  if (MemRefType buffer = getBuffer(value)) {
    fields.push_back(LLVM::LLVMPointerType::get(&converter.getContext()));
    fields.push_back(converter.getIndexType());
  } else {
    fields.push_back(converter.convertType(value.getType()));
  }
}

void Captures::store(OpBuilder &builder, Location loc, Value memory) const {
  int32_t field = 0;
  Type type = getType(), pointer = memory.getType();
  auto put = [&](Value value) {
    Value place = builder.create<LLVM::GEPOp>(
        loc, pointer, type, memory, ArrayRef<LLVM::GEPArg>{0, field++});
    builder.create<LLVM::StoreOp>(loc, value, place);
  };
  for (Value value : values) {
    Type converted = converter.convertType(value.getType());
    Value lowered = castTo(builder, loc, converted, value);
    if (!getBuffer(value)) {
      put(lowered);
      continue;
    }
    MemRefDescriptor descriptor(lowered);
    put(descriptor.alignedPtr(builder, loc));
    put(descriptor.size(builder, loc, 0));
  }
}

void Captures::load(OpBuilder &builder, Location loc, Value memory,
                    Region &region) const {
  int32_t field = 0;
  Type type = getType(), pointer = memory.getType();
  auto take = [&]() -> Value {
    Value place = builder.create<LLVM::GEPOp>(loc, pointer, type, memory,
                                              ArrayRef<LLVM::GEPArg>{0, field});
    return builder.create<LLVM::LoadOp>(loc, fields[field++], place);
  };
  for (Value value : values) {
    Value lowered = take();
    if (MemRefType buffer = getBuffer(value)) {
      auto descriptor =
          MemRefDescriptor::undef(builder, loc, converter.convertType(buffer));
      descriptor.setAllocatedPtr(builder, loc, lowered);
      descriptor.setAlignedPtr(builder, loc, lowered);
      descriptor.setConstantOffset(builder, loc, 0);
      descriptor.setSize(builder, loc, 0, take());
      descriptor.setConstantStride(builder, loc, 0, 1);
      lowered = descriptor;
    }
    replaceAllUsesInRegionWith(
        value, castTo(builder, loc, value.getType(), lowered), region);
  }
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Loops of a loop are its iterations' own.
static bool isShared(scf::ParallelOp loop) {
  return loop.getInitVals().empty() &&
         !loop->getParentOfType<scf::ParallelOp>();
}

bool Sharer::needsTeam(func::FuncOp function) {
  if (!function)
    return false;
  if (function.getName() == kSlotsInUseFunction)
    return true;
  auto [it, isNew] = needing.insert({function, false});
  if (!isNew)
    return it->second;
  WalkResult walk = function.walk([&](Operation *op) {
    if (auto loop = dyn_cast<scf::ParallelOp>(op))
      if (isShared(loop))
        return WalkResult::interrupt();
    if (auto call = dyn_cast<func::CallOp>(op))
      if (needsTeam(getCallee(call)))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return needing[function] = walk.wasInterrupted();
}

void Sharer::wrap(func::FuncOp function) {
  Location loc = function.getLoc();
  auto body = cast<func::FuncOp>(function->cloneWithoutRegions());
  body.setName((function.getName() + ".body").str());
  body.setPrivate();
  symbols.insert(body, std::next(Block::iterator(function)));
  body.getBody().takeBody(function.getBody());
  OpBuilder builder = OpBuilder::atBlockBegin(function.addEntryBlock());
  auto call = builder.create<func::CallOp>(loc, body, function.getArguments());
  builder.create<func::ReturnOp>(loc, call.getResults());
}

/// Gives `function` a team as its first argument, and hands it on.
void Sharer::passTeam(func::FuncOp function) {
  function.insertArgument(0, pointer, {}, function.getLoc());
  function.walk([&](func::CallOp call) {
    if (needsTeam(getCallee(call)))
      call->insertOperands(0, function.getArgument(0));
  });
}

LLVM::CallOp Sharer::callRuntime(OpBuilder &builder, Location loc,
                                 StringRef name, ValueRange operands,
                                 Type result) {
  auto function = symbols.lookup<LLVM::LLVMFuncOp>(name);
  if (!function) {
    if (!result)
      result = LLVM::LLVMVoidType::get(module.getContext());
    OpBuilder front = OpBuilder::atBlockBegin(module.getBody());
    function = front.create<LLVM::LLVMFuncOp>(
        module.getLoc(), name,
        LLVM::LLVMFunctionType::get(result,
                                    llvm::to_vector(operands.getTypes())));
    symbols.insert(function);
  }
  return builder.create<LLVM::CallOp>(loc, function, operands);
}

/// Asks the team how many slots are worth it.
void Sharer::countSlots(func::FuncOp function) {
  Operation *end = function.getBody().front().getTerminator();
  OpBuilder builder(end);
  Location loc = function.getLoc();
  Value most = castTo(builder, loc, index, function.getArgument(1));
  Value count =
      callRuntime(builder, loc, kSlots, {function.getArgument(0), most}, index)
          .getResult();
  end->setOperand(0, castTo(builder, loc, builder.getIndexType(), count));
}

/// Makes a call in a function that has no team the work of a new one.
void Sharer::startTeam(func::CallOp call) {
  OpBuilder builder(call);
  Location loc = call.getLoc();
  auto entry = call->getParentOfType<FunctionOpInterface>();
  OpBuilder front = OpBuilder::atBlockBegin(&entry.getFunctionBody().front());
  auto allocate = [&](Type type, int64_t count, unsigned alignment) {
    Value number =
        front.create<LLVM::ConstantOp>(loc, front.getI64IntegerAttr(count));
    return front.create<LLVM::AllocaOp>(loc, pointer, type, number, alignment);
  };
  Value team =
      allocate(builder.getI8Type(), EOQ_RT_TEAM_BYTES, EOQ_RT_TEAM_ALIGNMENT);
  SmallVector<Value> places;
  for (Type type : call.getResultTypes())
    places.push_back(allocate(converter.convertType(type), 1, 0));
  callRuntime(builder, loc, kOpen, team);
  auto region = builder.create<omp::ParallelOp>(loc);
  builder.createBlock(&region.getRegion());
  auto master = builder.create<omp::MasterOp>(loc);
  callRuntime(builder, loc, kServe, team);
  builder.create<omp::TerminatorOp>(loc);
  builder.createBlock(&master.getRegion());
  call->insertOperands(0, team);
  call->moveBefore(builder.getInsertionBlock(), builder.getInsertionPoint());
  callRuntime(builder, loc, kClose, team);
  auto end = builder.create<omp::TerminatorOp>(loc);

  // Results leave the region through memory.
  for (auto [result, place] : llvm::zip(call.getResults(), places)) {
    Type type = converter.convertType(result.getType());
    builder.setInsertionPointAfter(region);
    Value loaded = builder.create<LLVM::LoadOp>(loc, type, place);
    result.replaceAllUsesWith(castTo(builder, loc, result.getType(), loaded));
    builder.setInsertionPoint(end);
    builder.create<LLVM::StoreOp>(loc, castTo(builder, loc, type, result),
                                  place);
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// How often a loop with these bounds is run through.
static Value countIterations(OpBuilder &builder, Location loc, Value lower,
                             Value upper, Value step) {
  Value last = builder.create<arith::MaxSIOp>(loc, lower, upper);
  Value span = builder.create<arith::SubIOp>(loc, last, lower);
  Value one = builder.create<arith::ConstantIndexOp>(loc, 1);
  Value less = builder.create<arith::SubIOp>(loc, step, one);
  Value up = builder.create<arith::AddIOp>(loc, span, less);
  return builder.create<arith::DivUIOp>(loc, up, step);
}

/// A function that makes iterations [first, end) of a loop; they count all
/// combinations of its induction variables.
func::FuncOp Sharer::outline(scf::ParallelOp loop, func::FuncOp function,
                             const Captures &captures) {
  Location loc = loop.getLoc();
  OpBuilder builder(function);
  Type number = builder.getIndexType();
  auto part = builder.create<func::FuncOp>(
      loc, (function.getName() + ".loop").str(),
      builder.getFunctionType({pointer, number, number}, {}));
  part.setPrivate();
  symbols.insert(part, std::next(Block::iterator(function)));
  Block *entry = part.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  Value one = builder.create<arith::ConstantIndexOp>(loc, 1);
  auto iterations = builder.create<scf::ForOp>(loc, entry->getArgument(1),
                                               entry->getArgument(2), one);
  builder.create<func::ReturnOp>(loc);

  // The last induction variable is the fastest.
  builder.setInsertionPointToStart(iterations.getBody());
  Value rest = iterations.getInductionVar();
  size_t rank = loop.getNumLoops();
  for (size_t i = rank; i-- > 0;) {
    Value lower = loop.getLowerBound()[i], step = loop.getStep()[i];
    Value at = rest;
    if (i > 0) {
      Value count =
          countIterations(builder, loc, lower, loop.getUpperBound()[i], step);
      at = builder.create<arith::RemUIOp>(loc, rest, count);
      rest = builder.create<arith::DivUIOp>(loc, rest, count);
    }
    Value distance = builder.create<arith::MulIOp>(loc, at, step);
    Value iv = builder.create<arith::AddIOp>(loc, lower, distance);
    loop.getInductionVars()[i].replaceAllUsesWith(iv);
  }
  Block *body = loop.getBody();
  body->getTerminator()->erase();
  Block *target = iterations.getBody();
  target->getOperations().splice(std::prev(target->end()),
                                 body->getOperations());
  builder.setInsertionPointToStart(entry);
  captures.load(builder, loc, entry->getArgument(0), part.getBody());
  return part;
}

void Sharer::shareLoop(scf::ParallelOp loop, func::FuncOp function) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  // The number of iterations.
  Value count;
  for (auto [lower, upper, step] :
       llvm::zip(loop.getLowerBound(), loop.getUpperBound(), loop.getStep())) {
    Value own = countIterations(builder, loc, lower, upper, step);
    count = count ? builder.create<arith::MulIOp>(loc, count, own) : own;
  }

  // Constants are made again in the part, which also needs what induction
  // variables are computed from.
  llvm::SetVector<Value> outside;
  getUsedValuesDefinedAbove(loop.getRegion(), outside);
  outside.insert(loop.getLowerBound().begin(), loop.getLowerBound().end());
  outside.insert(loop.getStep().begin(), loop.getStep().end());
  for (Value upper : loop.getUpperBound().drop_front())
    outside.insert(upper);
  Captures captures(converter);
  SmallVector<Operation *> constants;
  for (Value value : outside) {
    Operation *op = value.getDefiningOp();
    if (op && op->hasTrait<OpTrait::ConstantLike>())
      constants.push_back(op);
    else
      captures.add(value);
  }
  func::FuncOp part = outline(loop, function, captures);
  OpBuilder inner = OpBuilder::atBlockBegin(&part.getBody().front());
  for (Operation *op : constants)
    replaceAllUsesInRegionWith(op->getResult(0), inner.clone(*op)->getResult(0),
                               part.getBody());

  // In a loop, memory on the stack would be new each time.
  OpBuilder front = OpBuilder::atBlockBegin(&function.getBody().front());
  Value one = front.create<LLVM::ConstantOp>(loc, front.getI32IntegerAttr(1));
  Value memory = front.create<LLVM::AllocaOp>(loc, pointer, captures.getType(),
                                              one, /*alignment=*/0);
  captures.store(builder, loc, memory);
  Value code = builder.create<func::ConstantOp>(
      loc, part.getFunctionType(), SymbolRefAttr::get(part.getNameAttr()));
  callRuntime(builder, loc, kShare,
              {function.getArgument(0), castTo(builder, loc, pointer, code),
               memory, castTo(builder, loc, index, count)});
  loop.erase();
  ++numLoopsShared;
}

void Sharer::run() {
  for (auto function : llvm::to_vector(module.getOps<func::FuncOp>()))
    if (!function.isPrivate() && needsTeam(function))
      wrap(function);
  needing.clear();
  SmallVector<func::FuncOp> functions;
  SmallVector<func::CallOp> first;
  for (auto function : module.getOps<FunctionOpInterface>()) {
    auto inner = dyn_cast<func::FuncOp>(function.getOperation());
    if (inner && inner.isPrivate()) {
      if (needsTeam(inner))
        functions.push_back(inner);
      continue;
    }
    function.walk([&](func::CallOp call) {
      if (needsTeam(getCallee(call)))
        first.push_back(call);
    });
  }
  for (func::FuncOp function : functions)
    passTeam(function);
  for (func::CallOp call : first)
    startTeam(call);
  for (func::FuncOp function : functions) {
    if (function.getName() == kSlotsInUseFunction)
      countSlots(function);
    SmallVector<scf::ParallelOp> loops;
    function.walk([&](scf::ParallelOp loop) {
      if (isShared(loop))
        loops.push_back(loop);
    });
    for (scf::ParallelOp loop : loops)
      shareLoop(loop, function);
  }
}
