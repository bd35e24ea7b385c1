//===- LowerDot.cpp - eoq.dot_accumulate for a processor ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/LowerDot.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace mlir::eoq;

DotInstruction mlir::eoq::getDotInstruction(StringRef triple,
                                            StringRef features) {
  if (llvm::Triple(triple).getArch() != llvm::Triple::x86_64)
    return DotInstruction::Generic;
  // The last mention of a feature counts.
  bool avx2 = false;
  SmallVector<StringRef> list;
  features.split(list, ',', -1, false);
  for (StringRef feature : list)
    if (feature.drop_front() == "avx2")
      avx2 = feature.front() == '+';
  return avx2 ? DotInstruction::AVX2 : DotInstruction::SSE2;
}

std::optional<DotInstruction> mlir::eoq::getDotInstruction(ModuleOp module) {
  auto target = module->getAttrOfType<DictionaryAttr>("eoq.target");
  if (!target)
    return DotInstruction::Generic;
  auto triple = target.getAs<StringAttr>("triple");
  auto features = target.getAs<StringAttr>("features");
  if (!triple || !features)
    return std::nullopt;
  return getDotInstruction(triple, features);
}

namespace {

class LowerDot : public OpRewritePattern<DotAccumulateOp> {
public:
  LowerDot(MLIRContext *context, DotInstruction instruction,
           PatternBenefit benefit)
      : OpRewritePattern(context, benefit), instruction(instruction) {}

  LogicalResult matchAndRewrite(DotAccumulateOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value products;
    switch (instruction) {
    case DotInstruction::Generic:
      products = createGeneric(rewriter, loc, op.getLhs(), op.getRhs());
      break;
    case DotInstruction::SSE2:
      products = createHalves(rewriter, loc, op.getLhs(), op.getRhs());
      break;
    case DotInstruction::AVX2:
      products = createIntrinsic(rewriter, loc, "llvm.x86.avx2.pmadd.wd",
                                 op.getLhs(), op.getRhs());
      break;
    }
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, op.getAccumulator(),
                                               products);
    return success();
  }

private:
  static Value createIntrinsic(OpBuilder &builder, Location loc, StringRef name,
                               Value lhs, Value rhs) {
    int64_t lanes = cast<VectorType>(lhs.getType()).getNumElements() / 2;
    auto type = VectorType::get(lanes, builder.getI32Type());
    return builder
        .create<LLVM::CallIntrinsicOp>(loc, type, builder.getStringAttr(name),
                                       ValueRange{lhs, rhs})
        .getResult(0);
  }

  static Value createHalves(OpBuilder &builder, Location loc, Value lhs,
                            Value rhs) {
    auto type = VectorType::get(8, builder.getI32Type());
    Value result =
        builder.create<arith::ConstantOp>(loc, type, builder.getZeroAttr(type));
    for (int64_t half = 0; half < 2; ++half) {
      auto slice = [&](Value value) -> Value {
        return builder.create<vector::ExtractStridedSliceOp>(
            loc, value, /*offsets=*/8 * half, /*sizes=*/8, /*strides=*/1);
      };
      Value products = createIntrinsic(builder, loc, "llvm.x86.sse2.pmadd.wd",
                                       slice(lhs), slice(rhs));
      result = builder.create<vector::InsertStridedSliceOp>(
          loc, products, result, /*offsets=*/4 * half, /*strides=*/1);
    }
    return result;
  }

  static Value createGeneric(OpBuilder &builder, Location loc, Value lhs,
                             Value rhs) {
    auto wide = VectorType::get(8, builder.getI32Type());
    auto product = [&](int64_t parity) -> Value {
      SmallVector<int64_t> lanes;
      for (int64_t i = 0; i < 8; ++i)
        lanes.push_back(2 * i + parity);
      auto half = [&](Value value) -> Value {
        Value narrow =
            builder.create<vector::ShuffleOp>(loc, value, value, lanes);
        return builder.create<arith::ExtSIOp>(loc, wide, narrow);
      };
      return builder.create<arith::MulIOp>(loc, half(lhs), half(rhs));
    };
    return builder.create<arith::AddIOp>(loc, product(0), product(1));
  }

  DotInstruction instruction;
};

/// Calls of the kernel `eoq_dot_u7` in the two instructions of AVX2. The sums
/// of two products of [0, 127] and [-127, 127] fit 16 bits, so that nothing
/// saturates.
class LowerQuadDot : public OpRewritePattern<func::CallOp> {
public:
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(func::CallOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getCallee() != "eoq_dot_u7")
      return failure();
    Location loc = op.getLoc();
    auto call = [&](StringRef name, Type type, Value lhs, Value rhs) {
      return rewriter
          .create<LLVM::CallIntrinsicOp>(
              loc, type, rewriter.getStringAttr(name), ValueRange{lhs, rhs})
          .getResult(0);
    };
    auto pairs = VectorType::get(16, rewriter.getI16Type());
    Value ones = rewriter.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(pairs, rewriter.getI16IntegerAttr(1)));
    Value sums = call("llvm.x86.avx2.pmadd.ub.sw", pairs, op.getOperand(1),
                      op.getOperand(2));
    Value products =
        call("llvm.x86.avx2.pmadd.wd",
             VectorType::get(8, rewriter.getI32Type()), sums, ones);
    rewriter.replaceOpWithNewOp<arith::AddIOp>(op, op.getOperand(0), products);
    return success();
  }
};

} // namespace

void mlir::eoq::populateLowerDotPatterns(RewritePatternSet &patterns,
                                         DotInstruction instruction,
                                         PatternBenefit benefit) {
  patterns.add<LowerDot>(patterns.getContext(), instruction, benefit);
  if (instruction == DotInstruction::AVX2)
    patterns.add<LowerQuadDot>(patterns.getContext(), benefit);
}
