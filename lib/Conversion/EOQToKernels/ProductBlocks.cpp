//===- ProductBlocks.cpp - products in blocks of a batch ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ProductBlocks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::eoq;

/// What N5 multiplies the number of an element by.
static constexpr uint32_t kNumberFactor = 0x9E3779B1;

bool mlir::eoq::isMadeInBlocks(Operation *op) {
  if (std::optional<Product> product = getProduct(op))
    return product->kind != Conv2DKind::GradWeight &&
           getStorageType(product->result.getType()).isInteger(32);
  auto gradient = dyn_cast<MaxPool2DGradInputOp>(op);
  return gradient &&
         getStorageType(gradient.getGradInput().getType()).isInteger(32);
}

/// Returns the exponent.
Value ProductBlocks::addProduct(Operation *op, Value result) {
  Product product = *getProduct(op);
  product.geometry.n /= count;
  Tensor lhs = function.get(product.lhs, product.layout);
  Tensor rhs = function.get(product.rhs, product.rhsLayout);
  int64_t slots = function.getOptions().slots;
  Conv2DScratch scratch = allocateScratch(
      function,
      getConv2DScratchBytes(product.geometry, product.kind,
                            getStorageType(product.lhs.getType()),
                            function.getBuilder().getI32Type(), slots));
  auto create = [=](Value images, Conv2DPart part) {
    createConv2D(function.getBuilder(), op->getLoc(), product.geometry,
                 product.kind, slots, images, rhs.data, result, scratch,
                 /*stages=*/nullptr, part);
  };
  create(lhs.data, Conv2DPart::PackWeights);
  makers.push_back([=] { create(getPart(lhs.data), Conv2DPart::Multiply); });
  return function.add(lhs.exponent, rhs.exponent);
}

Value ProductBlocks::addMaxPoolGrad(MaxPool2DGradInputOp op, Value result) {
  MaxPoolGradOperands operands = getMaxPoolGradOperands(function, op);
  int64_t images =
      cast<RankedTensorType>(op.getGradInput().getType()).getDimSize(0);
  makers.push_back([=] {
    callMaxPoolGrad(function, op, getPart(operands.gradient),
                    getPart(operands.source), operands.byPlaces, result,
                    images / count);
  });
  return operands.exponent;
}

Tensor ProductBlocks::add(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  function.setOp(op);
  Value result = function.allocate(
      getStorageType(type), type.getNumElements() / count, /*scratch=*/true);
  auto pool = dyn_cast<MaxPool2DGradInputOp>(op);
  Value exponent = pool ? addMaxPoolGrad(pool, result) : addProduct(op, result);
  function.setOp(op->getParentOp());
  return {result, exponent, Layout::ChannelsLast};
}

Value ProductBlocks::loop(Value turns, function_ref<Value()> createTurn) {
  OpBuilder &builder = function.getBuilder();
  Location loc = function.getLoc();
  Value none = function.constant(builder.getI64IntegerAttr(0));
  auto loop = builder.create<scf::ForOp>(loc, function.index(0), turns,
                                         function.index(1), none);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  current = loop.getInductionVar();
  for (const auto &create : makers)
    create();
  Value largest = loop.getRegionIterArg(0);
  if (Value magnitude = createTurn())
    largest = builder.create<arith::MaxSIOp>(loc, largest, magnitude);
  builder.create<scf::YieldOp>(loc, largest);
  current = {};
  return loop.getResult(0);
}

Value ProductBlocks::getPart(Value whole) {
  OpBuilder &builder = function.getBuilder();
  Location loc = function.getLoc();
  auto type = cast<MemRefType>(whole.getType());
  assert(type.getElementType().isInteger(8) && "views are of bytes");
  int64_t elements = type.getNumElements();
  return builder.create<memref::ViewOp>(
      loc, MemRefType::get({elements / count}, type.getElementType()), whole,
      getFirst(elements), ValueRange());
}

Value ProductBlocks::getFirst(int64_t elements) {
  return function.getBuilder().create<arith::MulIOp>(
      function.getLoc(), current, function.index(elements / count));
}

/// The hash of an element begins with its number times a factor, plus the key:
/// what the first number contributes may as well be a part of the key.
Value ProductBlocks::getKey(Value key, int64_t elements) {
  OpBuilder &builder = function.getBuilder();
  Location loc = function.getLoc();
  Value turn =
      builder.create<arith::IndexCastOp>(loc, builder.getI32Type(), current);
  uint32_t factor = uint32_t(elements / count) * kNumberFactor;
  Value first = builder.create<arith::MulIOp>(
      loc, turn, function.i32(static_cast<int32_t>(factor)));
  return function.add(key, first);
}
