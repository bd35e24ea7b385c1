//===- MagnitudeBits.cpp - static bounds on fixed-point values --*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Analysis/MagnitudeBits.h"
#include "eoq/Dialect/EOQ/IR/Means.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace mlir::eoq;

/// Largest magnitude of an 8-bit value (rule N1).
static constexpr int64_t kMax8 = 127;

/// Bits of a bound |q| <= `bound`.
static unsigned bitsOf(int64_t bound) {
  return std::min<unsigned>(llvm::Log2_64(std::max<int64_t>(bound, 1)) + 1, 31);
}

/// Bits of a sum of `count` products of 8-bit values.
static unsigned bitsOfProducts(int64_t count) {
  return count > (int64_t(1) << 31) / (kMax8 * kMax8)
             ? 31
             : bitsOf(count * kMax8 * kMax8);
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

unsigned eoq::getMagnitudeBits(Value value) {
  // Narrow values fill their width; accumulators know their history.
  unsigned width = getFixedElementType(value.getType()).getWidth();
  unsigned typeBits = std::min(width - 1, 31u);
  Operation *op = value.getDefiningOp();
  if (!op || width < 32)
    return typeBits;
  return llvm::TypeSwitch<Operation *, unsigned>(op)
      .Case([](Conv2DOp conv) {
        ArrayRef<int64_t> w = shapeOf(conv.getWeight());
        return bitsOfProducts(w[1] * w[2] * w[3]);
      })
      .Case([](Conv2DGradInputOp conv) {
        ArrayRef<int64_t> w = shapeOf(conv.getWeight());
        return bitsOfProducts(w[0] / int64_t(conv.getGroups()) * w[2] * w[3]);
      })
      .Case([](FullyConnectedOp fc) {
        return bitsOfProducts(shapeOf(fc.getInput())[1]);
      })
      .Case([](FullyConnectedGradInputOp fc) {
        return bitsOfProducts(shapeOf(fc.getGradOutput())[1]);
      })
      .Case<ScaleOp, MulOp>([](auto) { return bitsOfProducts(1); })
      .Case([](BiasAddOp bias) {
        // The shifted bias is below 2^28 (rule N7).
        return std::min(std::max(getMagnitudeBits(bias.getInput()), 28u) + 1,
                        31u);
      })
      // Both aligned terms stay within 2^29 (rule N8), inputs of concat too.
      .Case<AddOp, SubOp>([](auto) { return 31u; })
      .Case([](ConcatOp) { return 30u; })
      .Case([&](ClipOp clip) {
        bool keepsZero = clip.getMinimum().convertToDouble() <= 0 &&
                         clip.getMaximum().convertToDouble() >= 0;
        return keepsZero ? getMagnitudeBits(clip.getInput()) : typeBits;
      })
      .Case<ReluOp, LeakyReluOp, ReluGradInputOp, LeakyReluGradInputOp,
            ClipGradInputOp, SliceOp, PadOp, ReshapeOp, TransposeOp,
            ShiftExponentOp>(
          [](Operation *op) { return getMagnitudeBits(op->getOperand(0)); })
      .Case([](MaxPool2DGradInputOp pool) {
        return bitsOf(kMax8 * pool.getKernel()[0] * pool.getKernel()[1]);
      })
      .Case([](AvgPool2DOp pool) {
        int64_t elements = pool.getKernel()[0] * pool.getKernel()[1];
        return bitsOf(kMax8 * ((int64_t(1) << getMeanShift(pool)) + elements));
      })
      .Case([](AvgPool2DGradInputOp pool) {
        if (getMeanShift(pool) > 15)
          return bitsOf(int64_t(getLargestMeanGradient(pool)));
        // Not as tight, but part of what small windows compute (rule N8).
        int64_t windows = 1;
        for (unsigned i : {0, 1}) {
          // Taps between two that windows next to each other share.
          int64_t stride = pool.getStrides()[i];
          int64_t step = stride / std::gcd(stride, pool.getDilations()[i]);
          windows *= llvm::divideCeil(pool.getKernel()[i], step);
        }
        return bitsOf(kMax8 * (1 << 15) * windows);
      })
      .Case([](CrossEntropyGradLogitsOp) { return 15u; })
      .Default([&](Operation *) { return typeBits; });
}
