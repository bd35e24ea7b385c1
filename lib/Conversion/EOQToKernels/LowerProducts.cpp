//===- LowerProducts.cpp - convolutions and matrix products ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "eoq/Conversion/EOQToKernels/LowerDot.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"

using namespace mlir;
using namespace mlir::eoq;

/// Whether no element can be negative: a value behind a ReLU, through ops that
/// keep signs.
static bool isNonnegative(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op) {
    auto argument = cast<BlockArgument>(value);
    auto fused = dyn_cast<FusedOp>(argument.getOwner()->getParentOp());
    return fused && isNonnegative(fused.getInputs()[argument.getArgNumber()]);
  }
  if (auto fused = dyn_cast<FusedOp>(op))
    return isNonnegative(
        fused.getYielded()[cast<OpResult>(value).getResultNumber()]);
  if (isa<ReluOp>(op))
    return true;
  if (auto clip = dyn_cast<ClipOp>(op))
    return !clip.getMaximum().isNegative() &&
           (!clip.getMinimum().isNegative() || isNonnegative(clip.getInput()));
  if (isa<QuantizeOp, MaxPool2DOp, AvgPool2DOp, ReshapeOp, TransposeOp>(op))
    return isNonnegative(op->getOperand(0));
  if (isa<AddOp>(op))
    return llvm::all_of(op->getOperands(), isNonnegative);
  return false;
}

/// Says what the target of `op` gains by.
static void addTarget(Conv2DGeometry &geometry, Operation *op) {
  auto module = op->getParentOfType<ModuleOp>();
  std::optional<DotInstruction> instruction = getDotInstruction(module);
  QuadSupport quads =
      instruction ? getQuadSupport(*instruction) : QuadSupport::None;
  geometry.nonnegative &= quads == QuadSupport::Nonnegative;
  geometry.signedQuads = quads == QuadSupport::All;
  geometry.fastPairs = instruction && hasFastPairs(*instruction);
  if (auto target = module->getAttrOfType<DictionaryAttr>("eoq.target"))
    if (auto bytes = target.getAs<IntegerAttr>("l2_cache_bytes"))
      geometry.cacheBytes = std::max<int64_t>(bytes.getInt(), 1);
}

/// The geometry of a convolution op, from the types of its input (or the
/// input's gradient), weight and output.
template <typename OpTy>
static Conv2DGeometry makeGeometry(OpTy op, Value input, Value weight,
                                   Value output) {
  ArrayRef<int64_t> in = cast<RankedTensorType>(input.getType()).getShape();
  ArrayRef<int64_t> w = cast<RankedTensorType>(weight.getType()).getShape();
  ArrayRef<int64_t> out = cast<RankedTensorType>(output.getType()).getShape();
  Conv2DGeometry geometry;
  geometry.n = in[0];
  geometry.c = in[1];
  geometry.h = in[2];
  geometry.w = in[3];
  geometry.o = out[1];
  geometry.oh = out[2];
  geometry.ow = out[3];
  geometry.kh = w[2];
  geometry.kw = w[3];
  geometry.sh = op.getStrides()[0];
  geometry.sw = op.getStrides()[1];
  geometry.dh = op.getDilations()[0];
  geometry.dw = op.getDilations()[1];
  geometry.pt = op.getPads()[0];
  geometry.pl = op.getPads()[1];
  geometry.groups = op.getGroups();
  return geometry;
}

Conv2DGeometry mlir::eoq::getGeometry(Conv2DGradInputOp op) {
  return makeGeometry(op, op.getGradInput(), op.getWeight(),
                      op.getGradOutput());
}

/// `matrices` are [N, K] and [M, K].
static Conv2DGeometry getMatrixGeometry(Value input, Value weight) {
  ArrayRef<int64_t> in = cast<RankedTensorType>(input.getType()).getShape();
  ArrayRef<int64_t> w = cast<RankedTensorType>(weight.getType()).getShape();
  return Conv2DGeometry::fullyConnected(in[0], in[1], w[0]);
}

std::optional<Product> mlir::eoq::getProduct(Operation *op) {
  constexpr Layout kImages = Layout::ChannelsLast, kRows = Layout::RowMajor;
  auto make = [&](Conv2DGeometry geometry, Conv2DKind kind, Value lhs,
                  Value rhs, Layout layout) {
    geometry.nonnegative = kind != Conv2DKind::GradInput && isNonnegative(lhs);
    addTarget(geometry, op);
    return Product{geometry,
                   kind,
                   getSource(lhs),
                   getSource(rhs),
                   op->getResult(0),
                   layout,
                   kind == Conv2DKind::GradWeight ? layout : kRows};
  };
  if (auto conv = dyn_cast<Conv2DOp>(op))
    return make(
        makeGeometry(conv, conv.getInput(), conv.getWeight(), conv.getOutput()),
        Conv2DKind::Forward, conv.getInput(), conv.getWeight(), kImages);
  if (auto conv = dyn_cast<Conv2DGradInputOp>(op))
    return make(getGeometry(conv), Conv2DKind::GradInput, conv.getGradOutput(),
                conv.getWeight(), kImages);
  if (auto conv = dyn_cast<Conv2DGradWeightOp>(op))
    return make(makeGeometry(conv, conv.getInput(), conv.getGradWeight(),
                             conv.getGradOutput()),
                Conv2DKind::GradWeight, conv.getInput(), conv.getGradOutput(),
                kImages);
  if (auto matrix = dyn_cast<FullyConnectedOp>(op))
    return make(getMatrixGeometry(matrix.getInput(), matrix.getWeight()),
                Conv2DKind::Forward, matrix.getInput(), matrix.getWeight(),
                kRows);
  if (auto matrix = dyn_cast<FullyConnectedGradInputOp>(op))
    return make(getMatrixGeometry(matrix.getGradInput(), matrix.getWeight()),
                Conv2DKind::GradInput, matrix.getGradOutput(),
                matrix.getWeight(), kRows);
  if (auto matrix = dyn_cast<FullyConnectedGradWeightOp>(op))
    return make(getMatrixGeometry(matrix.getInput(), matrix.getGradWeight()),
                Conv2DKind::GradWeight, matrix.getInput(),
                matrix.getGradOutput(), kRows);
  return std::nullopt;
}

Conv2DScratch mlir::eoq::allocateScratch(FunctionLowering &function,
                                         const Conv2DScratchBytes &bytes) {
  auto allocate = [&](int64_t size) {
    return function.allocate(function.getBuilder().getI8Type(),
                             std::max<int64_t>(size, 1), /*scratch=*/true);
  };
  return {bytes.weights ? allocate(bytes.weights) : Value(),
          allocate(bytes.work)};
}

/// Creates the calls for one product (rule N6). Its result gets the sum of the
/// operands' exponents.
static LogicalResult lower(Product product, FunctionLowering &function) {
  Conv2DGeometry &geometry = product.geometry;
  Conv2DKind kind = product.kind;
  Value result = product.result;
  Tensor a = function.get(product.lhs, product.layout);
  Tensor b = function.get(product.rhs, product.rhsLayout);
  Value exponent;
  if (a.exponent)
    exponent = function.add(a.exponent, b.exponent);
  Type elementType = getStorageType(product.lhs.getType());
  Type resultType = getStorageType(result.getType());
  Layout resultLayout = product.layout;
  if (kind == Conv2DKind::GradWeight) {
    resultLayout = Layout::RowMajor;
    if (isQuantizedOutputsLast(result) &&
        transposesGradWeight(geometry, elementType, resultType)) {
      geometry.outputsLast = true;
      resultLayout = Layout::OutputsLast;
    }
  }
  Value out;
  std::optional<ReachedPixels> reached;
  if (isa<Conv2DGradInputOp>(result.getDefiningOp()) &&
      isQuantizedReached(result))
    reached = getReachedPixels(geometry);
  if (reached) {
    resultLayout = Layout::Reached;
    geometry.reachedOnly = true;
    out = function.allocate(resultType, geometry.n * reached->rows *
                                            reached->columns * geometry.c);
    function.define(result, {out, exponent, resultLayout});
  } else {
    out = function.createResult(result, resultLayout, exponent);
  }
  int64_t slots = function.getOptions().slots;
  Conv2DScratch scratch = allocateScratch(
      function,
      getConv2DScratchBytes(geometry, kind, elementType, resultType, slots));
  QuantizerStages stages;
  QuantizeOp quantize;
  if (canFindMagnitude(geometry, kind, elementType))
    quantize = getQuantizerStages(function, cast<OpResult>(result),
                                  resultLayout, exponent, stages);
  Value magnitude = createConv2D(function.getBuilder(), function.getLoc(),
                                 geometry, kind, slots, a.data, b.data, out,
                                 scratch, quantize ? &stages : nullptr);
  if (quantize)
    function.setNote(quantize, magnitude);
  return success();
}

template <typename OpTy>
static LogicalResult lowerProduct(OpTy op, FunctionLowering &function) {
  return lower(*getProduct(op), function);
}

void mlir::eoq::populateProductLowerings(LoweringTable &table) {
  table.add<Conv2DOp>(lowerProduct);
  table.add<Conv2DGradInputOp>(lowerProduct);
  table.add<Conv2DGradWeightOp>(lowerProduct);
  table.add<FullyConnectedOp>(lowerProduct);
  table.add<FullyConnectedGradInputOp>(lowerProduct);
  table.add<FullyConnectedGradWeightOp>(lowerProduct);
}
