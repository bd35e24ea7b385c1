//===- StreamProducts.cpp - products and quantizers, block by block -------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The 32-bit result of a product is four times as large as what becomes of it,
// and exists to find the exponent. Where that is known, some images at a time
// are enough.
//
//===----------------------------------------------------------------------===//
#include "ProductBlocks.h"
#include "eoq/Analysis/ParameterWrites.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_STREAMPRODUCTSPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

/// How much slower, by the estimate, the kernels may be with fewer images:
/// about what it saves that 32-bit numbers stay in a cache.
static constexpr double kSlack = 1.06;

static RankedTensorType getTensor(Value value, unsigned width) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && getStorageType(type).isInteger(width) ? type
                                                       : RankedTensorType();
}

namespace {

/// A quantizer, alone or fused, that is the only reader of some products, or
/// gradients of max pooling.
struct Stream {
  /// An `eoq.quantize` or `eoq.fused`.
  Operation *reader;
  QuantizeOp quantize;
  SmallVector<Operation *, 2> products;
  /// Images, and bytes of the products' results.
  int64_t images = 0, bytes = 0;

  static std::optional<Stream> match(Operation *reader);
  /// 1 if blocks do not pay.
  int64_t chooseBlocks(int64_t blockBytes, int64_t slots) const;
  void replace(int64_t blocks) const;
  /// Bytes of the products' scratch memory, as they are now.
  int64_t getScratchBytes(int64_t slots) const;

private:
  double getCost(int64_t blocks, int64_t slots) const;
};

struct StreamProducts final
    : mlir::eoq::impl::StreamProductsPassBase<StreamProducts> {
  using StreamProductsPassBase::StreamProductsPassBase;

  void runOnOperation() override;

private:
  bool stream(const Stream &candidate);
};

} // namespace

static bool canMove(Operation *product, Operation *reader) {
  if (product->getBlock() != reader->getBlock())
    return false;
  // Weights are read where the product is.
  return llvm::none_of(product->getOperands(), [&](Value operand) {
    auto load = operand.getDefiningOp<ParameterLoadOp>();
    return load && mayChangeBetween(load.getParameterAttr(), product, reader);
  });
}

std::optional<Stream> Stream::match(Operation *reader) {
  Stream stream;
  stream.reader = reader;
  auto fused = dyn_cast<FusedOp>(reader);
  if (fused && fused.getBlocks())
    return std::nullopt;
  stream.quantize = fused ? *fused.getBlock().getOps<QuantizeOp>().begin()
                          : dyn_cast<QuantizeOp>(reader);
  if (!stream.quantize || !getTensor(stream.quantize.getInput(), 32) ||
      !getTensor(stream.quantize.getOutput(), 8))
    return std::nullopt;
  // What is stored for others has to be stored once only.
  if (!stream.quantize.getPrevious() &&
      llvm::any_of(reader->getResults(),
                   [](Value result) { return bool(getTensor(result, 32)); }))
    return std::nullopt;
  for (Value operand : reader->getOperands()) {
    RankedTensorType type = getTensor(operand, 32);
    Operation *maker = operand.getDefiningOp();
    if (!type || !maker || !isMadeInBlocks(maker) || !operand.hasOneUse() ||
        !canMove(maker, reader))
      continue;
    stream.products.push_back(maker);
    stream.images = type.getDimSize(0);
    stream.bytes += type.getNumElements() * 4;
  }
  if (stream.products.empty())
    return std::nullopt;
  return stream;
}

double Stream::getCost(int64_t blocks, int64_t slots) const {
  double cost = 0;
  for (Operation *op : products) {
    std::optional<Product> product = getProduct(op);
    if (!product)
      continue;
    product->geometry.n /= blocks;
    cost +=
        blocks * getConv2DCost(product->geometry, product->kind,
                               getStorageType(product->lhs.getType()), slots);
  }
  return cost;
}

int64_t Stream::getScratchBytes(int64_t slots) const {
  int64_t most = 0;
  for (Operation *op : products)
    if (std::optional<Product> product = getProduct(op))
      most =
          std::max(most, getConv2DScratchBytes(
                             product->geometry, product->kind,
                             getStorageType(product->lhs.getType()),
                             getStorageType(product->result.getType()), slots)
                             .getSum());
  return most;
}

int64_t Stream::chooseBlocks(int64_t blockBytes, int64_t slots) const {
  double most = kSlack * getCost(1, slots);
  int64_t chosen = 1;
  for (int64_t blocks = 2; blocks <= images; ++blocks) {
    if (images % blocks != 0)
      continue;
    if (bytes / chosen <= blockBytes)
      break;
    if (getCost(blocks, slots) <= most)
      chosen = blocks;
  }
  return chosen;
}

void Stream::replace(int64_t blocks) const {
  OpBuilder builder(reader);
  llvm::SetVector<Value> inputs;
  for (Operation *product : products)
    inputs.insert(product->operand_begin(), product->operand_end());
  for (Value operand : reader->getOperands())
    if (!llvm::is_contained(products, operand.getDefiningOp()))
      inputs.insert(operand);
  auto stream = builder.create<FusedOp>(
      reader->getLoc(), reader->getResultTypes(), inputs.getArrayRef(),
      builder.getI64IntegerAttr(blocks));
  Block &body = stream.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body.addArgument(input.getType(), input.getLoc()));
  builder.setInsertionPointToStart(&body);
  for (Operation *product : products)
    builder.clone(*product, mapping);
  if (auto fused = dyn_cast<FusedOp>(reader)) {
    for (auto [argument, input] :
         llvm::zip_equal(fused.getBlock().getArguments(), fused.getInputs()))
      mapping.map(argument, mapping.lookup(input));
    for (Operation &op : fused.getBlock())
      builder.clone(op, mapping);
  } else {
    Operation *inner = builder.clone(*reader, mapping);
    builder.create<YieldOp>(reader->getLoc(), inner->getResults());
  }
  reader->replaceAllUsesWith(stream);
  reader->erase();
  for (Operation *product : products)
    product->erase();
}

bool StreamProducts::stream(const Stream &candidate) {
  int64_t blocks = candidate.chooseBlocks(blockBytes, slots);
  if (blocks == 1)
    return false;
  numStreamed += candidate.products.size();
  candidate.replace(blocks);
  return true;
}

static SmallVector<Stream> findStreams(Block &block) {
  SmallVector<Stream> streams;
  for (Operation &op : block)
    if (std::optional<Stream> stream = Stream::match(&op))
      streams.push_back(*stream);
  return streams;
}

void StreamProducts::runOnOperation() {
  ModuleOp module = getOperation();
  for (auto [name, value] :
       {std::pair<StringRef, int64_t>("block-bytes", blockBytes),
        std::pair<StringRef, int64_t>("slots", slots)}) {
    if (value >= 1)
      continue;
    module.emitError("expected '")
        << name << "' to be at least 1 but got " << value;
    return signalPassFailure();
  }
  auto trainStep =
      module.lookupSymbol<func::FuncOp>(EOQDialect::kTrainStepName);
  if (!trainStep || !llvm::hasSingleElement(trainStep.getBody()))
    return;
  Block &step = trainStep.getBody().front();
  bool changed = false;
  for (Stream &candidate : findStreams(step))
    if (candidate.quantize.getPrevious())
      changed |= stream(candidate);
  if (!changed)
    return;
  int64_t peak = estimatePeak(step);
  for (StringRef name : {StringRef(EOQDialect::kEvaluateName),
                         StringRef(EOQDialect::kPredictName)}) {
    auto function = module.lookupSymbol<func::FuncOp>(name);
    if (!function || !llvm::hasSingleElement(function.getBody()))
      continue;
    Block &block = function.getBody().front();
    SmallVector<Stream> candidates = findStreams(block);
    llvm::sort(candidates, [](const Stream &a, const Stream &b) {
      return a.bytes != b.bytes ? a.bytes > b.bytes
                                : a.reader->isBeforeInBlock(b.reader);
    });
    for (const Stream &candidate : candidates) {
      if (estimatePeak(block) + candidate.getScratchBytes(slots) <= peak)
        break;
      stream(candidate);
    }
  }
}
