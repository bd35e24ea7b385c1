//===- QuantizeInPlace.cpp - results of quantizers within their operands --===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a tensor is narrowed, it is alive in 32 bits and in 8: that is the peak
// of most steps. Kernels that put the result into the operand's memory make
// some of their work in an order that fewer threads can share, so they are
// taken at the peak only, again and again, until something else is the peak.
//
//===----------------------------------------------------------------------===//
#include "FunctionBuffers.h"
#include "../Kernels.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Conversion/EOQToKernels/Passes.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::eoq {
#define GEN_PASS_DEF_QUANTIZEINPLACEPASS
#include "eoq/Conversion/EOQToKernels/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

void mlir::eoq::setInPlaceKernel(func::CallOp call, StringRef kernel,
                                 ArrayRef<int64_t> inputs, int64_t output,
                                 int64_t offset) {
  Builder builder(call.getContext());
  call->setAttr(
      kInPlaceAttrName,
      builder.getDictionaryAttr(
          {builder.getNamedAttr("inputs", builder.getDenseI64ArrayAttr(inputs)),
           builder.getNamedAttr("kernel", builder.getStringAttr(kernel)),
           builder.getNamedAttr("offset", builder.getI64IntegerAttr(offset)),
           builder.getNamedAttr("output", builder.getI64IntegerAttr(output))}));
}

namespace {

/// A function and the peak of its memory.
struct Peak {
  func::FuncOp function;
  FunctionBuffers buffers;
  int64_t bytes = 0, position = 0;

  explicit Peak(func::FuncOp function) : function(function) { update(); }

  void update() {
    buffers = FunctionBuffers::collect(function);
    ArenaPlan plan = findLowerBound(buffers.lives);
    bytes = plan.lowerBound;
    position = plan.peakPosition;
  }

  /// Lets the call at the peak work in place, if it can.
  bool lower();

private:
  /// The number of the allocation that an operand is all of, or -1.
  int64_t findAllocation(Value operand) const;
};

} // namespace

int64_t Peak::findAllocation(Value operand) const {
  if (auto cast = operand.getDefiningOp<memref::CastOp>())
    operand = cast.getSource();
  auto it =
      llvm::find(buffers.allocations, operand.getDefiningOp<memref::AllocOp>());
  return it == buffers.allocations.end() ? -1
                                         : it - buffers.allocations.begin();
}

/// One block of memory with views of it for `wide`, all of it, and for
/// `narrow`, from `offset` on.
static void share(memref::AllocOp wide, memref::AllocOp narrow, int64_t bytes,
                  int64_t offset) {
  OpBuilder builder(wide);
  auto block = builder.create<memref::AllocOp>(
      wide.getLoc(), MemRefType::get({bytes}, builder.getI8Type()));
  auto replace = [&](memref::AllocOp old, int64_t shift) {
    builder.setInsertionPoint(old);
    Value byteShift =
        builder.create<arith::ConstantIndexOp>(old.getLoc(), shift);
    auto view = builder.create<memref::ViewOp>(old.getLoc(), old.getType(),
                                               block, byteShift, ValueRange());
    view->setDiscardableAttrs(old->getDiscardableAttrDictionary());
    old.replaceAllUsesWith(view.getResult());
    old.erase();
  };
  replace(wide, 0);
  replace(narrow, offset);
}

bool Peak::lower() {
  if (buffers.operations.empty())
    return false;
  auto call = dyn_cast<func::CallOp>(buffers.operations[position]);
  auto way = call ? call->getAttrOfType<DictionaryAttr>(kInPlaceAttrName)
                  : DictionaryAttr();
  auto kernel = way ? way.getAs<StringAttr>("kernel") : StringAttr();
  auto inputs = way ? way.getAs<DenseI64ArrayAttr>("inputs") : nullptr;
  auto output = way ? way.getAs<IntegerAttr>("output") : IntegerAttr();
  auto offset = way ? way.getAs<IntegerAttr>("offset") : IntegerAttr();
  if (!kernel || !inputs || !output || !offset || offset.getInt() < 0)
    return false;
  auto isOperand = [&](int64_t index) {
    return index >= 0 && index < int64_t(call.getNumOperands());
  };
  if (!isOperand(output.getInt()) ||
      !llvm::all_of(inputs.asArrayRef(), isOperand))
    return false;
  int64_t narrow = findAllocation(call.getOperand(output.getInt()));
  if (narrow < 0 || buffers.lives[narrow].first != position)
    return false;
  for (int64_t input : inputs.asArrayRef()) {
    int64_t wide = findAllocation(call.getOperand(input));
    if (wide < 0 || buffers.lives[wide].last != position ||
        buffers.lives[wide].first == position ||
        buffers.lives[narrow].bytes + offset.getInt() >
            buffers.lives[wide].bytes)
      continue;
    share(buffers.allocations[wide], buffers.allocations[narrow],
          buffers.lives[wide].bytes, offset.getInt());
    OpBuilder builder(call);
    SmallVector<Value> operands(call.getOperands());
    call->removeAttr(kInPlaceAttrName);
    func::CallOp inside =
        createKernelCall(builder, call.getLoc(), kernel, operands);
    inside->setDiscardableAttrs(call->getDiscardableAttrDictionary());
    call.replaceAllUsesWith(inside);
    call.erase();
    return true;
  }
  return false;
}

namespace {

struct QuantizeInPlace final
    : mlir::eoq::impl::QuantizeInPlacePassBase<QuantizeInPlace> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<Peak> peaks;
    for (StringRef name : {StringRef(EOQDialect::kTrainStepName),
                           StringRef(EOQDialect::kEvaluateName),
                           StringRef(EOQDialect::kPredictName)}) {
      auto function = module.lookupSymbol<func::FuncOp>(name);
      if (function && !function.isDeclaration() &&
          llvm::hasSingleElement(function.getBody()))
        peaks.emplace_back(function);
    }
    // One arena serves all functions.
    bool changed = false;
    while (!peaks.empty()) {
      Peak &highest =
          *llvm::max_element(peaks, [](const Peak &a, const Peak &b) {
            return a.bytes < b.bytes;
          });
      if (!highest.lower())
        break;
      highest.update();
      changed = true;
      ++numInPlace;
    }
    if (changed && failed(insertKernels(module)))
      signalPassFailure();
  }
};

} // namespace
