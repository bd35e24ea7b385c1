//===- Remarks.cpp - what an op became ------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels are read off the calls, so a remark cannot differ from the code.
//
//===----------------------------------------------------------------------===//
#include "Remarks.h"
#include "Kernels.h"
#include "Kernels/Conv2DPlans.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// What decides about the kernel of a product: `columns` and `depth` are those
/// of one group's matrix product.
struct ProductSizes {
  RankedTensorType weight, output;
  int64_t groups = 1, phases = 1, columns = 0, depth = 0;
  bool isConvolution = false, isGradWeight = false;
  /// Whether taps reach only one phase of a stride.
  bool isSparse = false;

  int64_t getMultiplications() const {
    return output.getNumElements() *
           (weight.getNumElements() / weight.getDimSize(0));
  }
  bool isDepthwise() const {
    return groups > 1 && groups == weight.getDimSize(0) &&
           weight.getDimSize(1) == 1;
  }
};

} // namespace

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Null if `op` is no product.
static std::optional<ProductSizes> describeProduct(Operation *op) {
  std::optional<Product> product = getProduct(op);
  if (!product)
    return std::nullopt;
  bool isForward = product->kind == Conv2DKind::Forward;
  bool isGradInput = product->kind == Conv2DKind::GradInput;
  ProductSizes sizes;
  sizes.isGradWeight = product->kind == Conv2DKind::GradWeight;
  sizes.isConvolution = product->layout == Layout::ChannelsLast;
  sizes.weight = typeOf(sizes.isGradWeight ? product->result : product->rhs);
  sizes.output = typeOf(isForward     ? product->result
                        : isGradInput ? product->lhs
                                      : product->rhs);
  const Conv2DGeometry &geometry = product->geometry;
  sizes.groups = geometry.groups;
  int64_t outputs = sizes.weight.getDimSize(0) / sizes.groups;
  int64_t inputs = sizes.weight.getDimSize(1);
  sizes.columns = isGradInput ? inputs : outputs;
  sizes.depth = isGradInput ? outputs : inputs;
  if (isGradInput) {
    sizes.phases = geometry.sh * geometry.sw;
    sizes.isSparse = getReachedPixels(geometry).has_value();
  }
  return sizes;
}

/// `8x64x56x56`.
static std::string printShape(RankedTensorType type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(type.getShape(), os, "x");
  return text;
}

/// Why the product's kernels are these.
static std::string explain(const ProductSizes &product,
                           ArrayRef<StringRef> kernels) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (product.isDepthwise()) {
    os << "depthwise, " << kPanel << " channels at a time";
  } else if (product.groups > 1) {
    os << "slow class: grouped, a product of " << product.columns
       << " columns for each of " << product.groups << " groups";
  } else if (!product.isConvolution) {
    os << "matrix product";
  } else if (llvm::is_contained(kernels, "eoq_winograd_grad_weight_i8")) {
    os << "sum over tiles of 4x4 pixels that share products, images "
          "interleaved";
  } else if (product.isGradWeight) {
    os << "sum over pixels, images interleaved";
  } else if (llvm::is_contained(kernels, "eoq_winograd_i8") ||
             llvm::is_contained(kernels, "eoq_winograd_panels_i8")) {
    os << "tiles of 4x4 windows that share products";
  } else if (product.isSparse) {
    os << "direct convolution for the pixels that taps reach, one of "
       << product.phases;
  } else if (product.phases > 1) {
    os << "one direct convolution for each of " << product.phases
       << " phases of the stride";
  } else {
    os << "direct convolution, windows read in place";
  }
  auto uses = [&](StringRef ending) {
    return llvm::any_of(kernels,
                        [&](StringRef name) { return name.ends_with(ending); });
  };
  if (uses("_f32"))
    os << ", float";
  else if (uses("u7"))
    os << ", four 8-bit products in a step since the input is never negative";
  else if (uses("_s8"))
    os << ", four 8-bit products in a step";
  else if (!product.isDepthwise())
    os << ", operands of 8 bits widened to 16";
  int64_t padded = llvm::alignTo(product.columns, kPanel);
  if (llvm::is_contained(kernels, "eoq_conv_few_i8"))
    os << ", " << kFewPixels << " pixels of " << product.columns
       << " channels at a time";
  else if (!product.isDepthwise() && !product.isGradWeight &&
           padded != product.columns)
    os << ", " << (2 * product.columns < padded ? "slow class: " : "")
       << product.columns << " of " << padded << " columns used";
  if (!product.isGradWeight && llvm::is_contained(kernels, "eoq_max_abs_i32"))
    os << ", finds the magnitude for the quantizer";
  return text;
}

/// `bias_add + relu + quantize`, and what of it is stored.
static std::string printFused(FusedOp fused) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(
      fused.getBlock().without_terminator(), os,
      [&](Operation &op) {
        os << op.getName().stripDialect();
        if (!isa<QuantizeOp>(op) &&
            llvm::is_contained(fused.getYielded(), op.getResult(0)))
          os << " (stored)";
      },
      " + ");
  return text;
}

namespace {

/// What was created for an op: its kernels, and bytes of scratch memory.
struct Lowered {
  llvm::SetVector<StringRef> kernels;
  int64_t scratch = 0;

  /// Of a range, what has the location `loc`, if that is not null.
  Lowered(Block::iterator begin, Block::iterator end,
          std::optional<Location> loc) {
    for (Operation &op : llvm::make_range(begin, end))
      op.walk([&](Operation *nested) {
        if (!loc || nested->getLoc() == *loc)
          add(nested);
      });
  }

private:
  void add(Operation *op) {
    if (auto call = dyn_cast<func::CallOp>(op))
      kernels.insert(call.getCallee());
    if (auto buffer = dyn_cast<memref::AllocOp>(op);
        buffer && buffer->hasAttr(kScratchAttrName))
      scratch += buffer.getType().getNumElements() *
                 buffer.getType().getElementTypeBitWidth() / 8;
  }
};

} // namespace

/// `description` of what `op` became.
static void emitTextRemark(Operation *op, const Lowered &lowered,
                           const Twine &description) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << op->getName().stripDialect();
  if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
    os << " '" << name.getName().strref() << "'";
  os << ": " << description << "; ";
  llvm::interleaveComma(lowered.kernels, os);
  if (lowered.scratch != 0)
    os << "; " << lowered.scratch << " bytes of scratch";
  op->emitRemark() << text;
}

static void emitProductRemark(Operation *op, const ProductSizes &product,
                              const Lowered &lowered, const Twine &how) {
  emitTextRemark(op, lowered,
                 "weight " + printShape(product.weight) + ", output " +
                     printShape(product.output) + ", " +
                     Twine(product.getMultiplications()) +
                     " multiplications: " +
                     explain(product, lowered.kernels.getArrayRef()) + how);
}

void mlir::eoq::emitLoweringRemark(Operation *op, Block::iterator begin,
                                   Block::iterator end) {
  if (std::optional<ProductSizes> product = describeProduct(op))
    return emitProductRemark(op, *product, {begin, end, std::nullopt}, "");
  auto fused = dyn_cast<FusedOp>(op);
  auto quantize = fused ? *fused.getBlock().getOps<QuantizeOp>().begin()
                        : dyn_cast<QuantizeOp>(op);
  if (!quantize)
    return;
  std::string blocks;
  if (fused && fused.getBlocks()) {
    blocks = ", " + std::to_string(*fused.getBlocks()) + " blocks of images" +
             (quantize.getPrevious() ? "" : ", each made twice");
    for (Operation &inner : fused.getBlock())
      if (std::optional<ProductSizes> product = describeProduct(&inner))
        emitProductRemark(&inner, *product, {begin, end, inner.getLoc()},
                          blocks);
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  if (fused)
    os << printFused(fused) << " in one loop" << blocks << ", ";
  os << printShape(typeOf(quantize.getInput())) << " as "
     << stringifyRole(quantize.getRole()) << ", "
     << stringifyRounding(quantize.getRounding()) << ": exponent of "
     << (quantize.getPrevious() ? "the step before" : "the tensor itself");
  std::optional<Location> own;
  if (!blocks.empty())
    own = op->getLoc();
  emitTextRemark(op, {begin, end, own}, text);
}
