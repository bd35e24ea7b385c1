//===- LowerDot.cpp - eoq.dot_accumulate for a processor ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/LowerDot.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ArmNeon/ArmNeonDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/TargetParser/Triple.h"

using namespace mlir;
using namespace mlir::eoq;

DotInstruction mlir::eoq::getDotInstruction(StringRef triple,
                                            StringRef features) {
  llvm::StringSet<> enabled;
  SmallVector<StringRef> list;
  features.split(list, ',', -1, false);
  // The last mention of a feature counts.
  for (StringRef feature : list) {
    if (feature.consume_front("+"))
      enabled.insert(feature);
    else if (feature.consume_front("-"))
      enabled.erase(feature);
  }
  switch (llvm::Triple(triple).getArch()) {
  case llvm::Triple::x86_64:
    if (enabled.contains("avxvnni") ||
        (enabled.contains("avx512vnni") && enabled.contains("avx512vl")))
      return DotInstruction::VNNI;
    return enabled.contains("avx2") ? DotInstruction::AVX2
                                    : DotInstruction::SSE2;
  case llvm::Triple::aarch64:
    return enabled.contains("dotprod") ? DotInstruction::NeonDot
                                       : DotInstruction::Neon;
  default:
    return DotInstruction::Generic;
  }
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

QuadSupport mlir::eoq::getQuadSupport(DotInstruction instruction) {
  switch (instruction) {
  case DotInstruction::Generic:
  case DotInstruction::SSE2:
    return QuadSupport::None;
  case DotInstruction::AVX2:
  case DotInstruction::VNNI:
    return QuadSupport::Nonnegative;
  case DotInstruction::Neon:
  case DotInstruction::NeonDot:
    return QuadSupport::All;
  }
  llvm_unreachable("unknown instruction");
}

bool mlir::eoq::hasFastPairs(DotInstruction instruction) {
  return instruction == DotInstruction::SSE2 ||
         instruction == DotInstruction::AVX2;
}

static bool isQuad(DotAccumulateOp op) {
  return cast<VectorType>(op.getLhs().getType()).getElementType().isInteger(8);
}

namespace {

/// Makes the result of one op out of the instructions of a target.
class DotBuilder {
public:
  DotBuilder(OpBuilder &builder, DotAccumulateOp op)
      : b(builder), loc(op.getLoc()), sum(op.getAccumulator()),
        lhs(op.getLhs()), rhs(op.getRhs()),
        sumType(cast<VectorType>(sum.getType())) {}

  /// A group of four, as two of two: the bytes of even number, then the others.
  Value buildPairsOfQuads() {
    auto pairs = VectorType::get(16, b.getI16Type());
    Value bits = splat(pairs, 8);
    auto odd = [&](Value words) {
      return b.create<arith::ShRSIOp>(loc, words, bits);
    };
    auto even = [&](Value words) {
      return odd(b.create<arith::ShLIOp>(loc, words, bits));
    };
    Value left = b.create<vector::BitCastOp>(loc, pairs, lhs);
    Value right = b.create<vector::BitCastOp>(loc, pairs, rhs);
    Value half =
        b.create<DotAccumulateOp>(loc, sumType, sum, even(left), even(right));
    return b.create<DotAccumulateOp>(loc, sumType, half, odd(left), odd(right));
  }

  Value buildGeneric() {
    auto product = [&](int64_t parity) -> Value {
      SmallVector<int64_t> lanes;
      for (int64_t i = 0; i < sumType.getNumElements(); ++i)
        lanes.push_back(2 * i + parity);
      auto widen = [&](Value value) -> Value {
        Value narrow = b.create<vector::ShuffleOp>(loc, value, value, lanes);
        return b.create<arith::ExtSIOp>(loc, sumType, narrow);
      };
      return b.create<arith::MulIOp>(loc, widen(lhs), widen(rhs));
    };
    return addToSum(b.create<arith::AddIOp>(loc, product(0), product(1)));
  }

  Value buildSSE2() {
    return addToSum(buildHalves({lhs, rhs}, [&](ValueRange halves) {
      auto type = VectorType::get(4, b.getI32Type());
      return callIntrinsic("llvm.x86.sse2.pmadd.wd", type, halves);
    }));
  }

  Value buildAVX2() {
    return addToSum(
        callIntrinsic("llvm.x86.avx2.pmadd.wd", sumType, {lhs, rhs}));
  }

  /// The sums of two products of [0, 127] and [-128, 127] fit 16 bits, so that
  /// nothing saturates.
  Value buildAVX2Quad() {
    auto pairs = VectorType::get(16, b.getI16Type());
    Value sums = callIntrinsic("llvm.x86.avx2.pmadd.ub.sw", pairs, {lhs, rhs});
    return addToSum(callIntrinsic("llvm.x86.avx2.pmadd.wd", sumType,
                                  {sums, splat(pairs, 1)}));
  }

  Value buildVNNI(StringRef name) {
    return callIntrinsic(name, sumType, {sum, asWords(lhs), asWords(rhs)});
  }

  /// The sums of two products of [-127, 127] fit 16 bits.
  Value buildNeonQuad() {
    return addToSum(buildHalves({lhs, rhs}, [&](ValueRange halves) {
      auto products = VectorType::get(8, b.getI16Type());
      auto multiply = [&](int64_t part) -> Value {
        return b.create<arm_neon::SMullOp>(loc, products,
                                           slice(halves[0], part, 8),
                                           slice(halves[1], part, 8));
      };
      Value pairs = callIntrinsic("llvm.aarch64.neon.addp.v8i16", products,
                                  {multiply(0), multiply(1)});
      return callIntrinsic("llvm.aarch64.neon.saddlp.v4i32.v8i16",
                           VectorType::get(4, b.getI32Type()), pairs);
    }));
  }

  Value buildNeonDotQuad() {
    return buildHalves({sum, lhs, rhs}, [&](ValueRange halves) -> Value {
      return b.create<arm_neon::SdotOp>(loc, halves[0].getType(), halves[0],
                                        halves[1], halves[2]);
    });
  }

private:
  /// The groups of a vector as 32-bit integers.
  Value asWords(Value groups) {
    return b.create<vector::BitCastOp>(loc, sumType, groups);
  }

  Value splat(VectorType type, int64_t value) {
    return b.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(
                 type, b.getIntegerAttr(type.getElementType(), value)));
  }

  Value addToSum(Value products) {
    return b.create<arith::AddIOp>(loc, sum, products);
  }

  Value callIntrinsic(StringRef name, Type type, ValueRange operands) {
    return b
        .create<LLVM::CallIntrinsicOp>(loc, type, b.getStringAttr(name),
                                       operands)
        .getResult(0);
  }

  /// Part number `part` of a vector, of `size` elements.
  Value slice(Value value, int64_t part, int64_t size) {
    return b.create<vector::ExtractStridedSliceOp>(
        loc, value, /*offsets=*/size * part, size, /*strides=*/1);
  }

  /// What `build` makes of the lower and of the upper halves of `operands`, for
  /// instructions of 128 bits. Vectors are cut as groups, so that LLVM still
  /// sees a repetition of one group in a half of it.
  Value buildHalves(ValueRange operands,
                    llvm::function_ref<Value(ValueRange)> build) {
    int64_t lanes = sumType.getNumElements() / 2;
    Value result =
        b.create<arith::ConstantOp>(loc, sumType, b.getZeroAttr(sumType));
    for (int64_t half = 0; half < 2; ++half) {
      SmallVector<Value> halves;
      for (Value operand : operands) {
        auto type = cast<VectorType>(operand.getType());
        auto halfType =
            VectorType::get(type.getNumElements() / 2, type.getElementType());
        halves.push_back(b.create<vector::BitCastOp>(
            loc, halfType, slice(asWords(operand), half, lanes)));
      }
      result = b.create<vector::InsertStridedSliceOp>(
          loc, build(halves), result, /*offsets=*/lanes * half, /*strides=*/1);
    }
    return result;
  }

  OpBuilder &b;
  Location loc;
  Value sum, lhs, rhs;
  VectorType sumType;
};

class LowerDot : public OpRewritePattern<DotAccumulateOp> {
public:
  LowerDot(MLIRContext *context, DotInstruction instruction,
           PatternBenefit benefit)
      : OpRewritePattern(context, benefit), instruction(instruction) {}

  LogicalResult matchAndRewrite(DotAccumulateOp op,
                                PatternRewriter &rewriter) const override {
    DotBuilder dot(rewriter, op);
    rewriter.replaceOp(op, isQuad(op) ? buildQuad(dot, op.getNonnegative())
                                      : buildPair(dot));
    return success();
  }

private:
  Value buildPair(DotBuilder &dot) const {
    switch (instruction) {
    case DotInstruction::Generic:
    case DotInstruction::Neon:
    case DotInstruction::NeonDot:
      return dot.buildGeneric();
    case DotInstruction::SSE2:
      return dot.buildSSE2();
    case DotInstruction::AVX2:
      return dot.buildAVX2();
    case DotInstruction::VNNI:
      return dot.buildVNNI("llvm.x86.avx512.vpdpwssd.256");
    }
    llvm_unreachable("unknown instruction");
  }

  Value buildQuad(DotBuilder &dot, bool nonnegative) const {
    QuadSupport support = getQuadSupport(instruction);
    if (support == QuadSupport::None ||
        (support == QuadSupport::Nonnegative && !nonnegative))
      return dot.buildPairsOfQuads();
    switch (instruction) {
    case DotInstruction::AVX2:
      return dot.buildAVX2Quad();
    case DotInstruction::VNNI:
      return dot.buildVNNI("llvm.x86.avx512.vpdpbusd.256");
    case DotInstruction::Neon:
      return dot.buildNeonQuad();
    case DotInstruction::NeonDot:
      return dot.buildNeonDotQuad();
    default:
      llvm_unreachable("has no instruction for groups of four");
    }
  }

  DotInstruction instruction;
};

} // namespace

void mlir::eoq::populateLowerDotPatterns(RewritePatternSet &patterns,
                                         DotInstruction instruction,
                                         PatternBenefit benefit) {
  patterns.add<LowerDot>(patterns.getContext(), instruction, benefit);
}
