//===- Lowering.cpp - the tensors of a function in memory -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "Remarks.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Conversion/EOQToKernels/MemoryPlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::eoq;

//===----------------------------------------------------------------------===//
// Types and layouts
//===----------------------------------------------------------------------===//

Type mlir::eoq::getStorageType(Type tensorType) {
  Type element = getElementTypeOrSelf(tensorType);
  if (auto fixed = dyn_cast<FixedType>(element))
    return IntegerType::get(element.getContext(), fixed.getWidth());
  return element;
}

std::string mlir::eoq::getSuffix(Type storageType) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << storageType;
  return text;
}

SmallVector<int64_t> mlir::eoq::getStrides(ArrayRef<int64_t> shape,
                                           Layout layout) {
  int64_t rank = shape.size();
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  assert(layout != Layout::Reached && "not all elements are in memory");
  if (layout == Layout::ChannelsLast && rank > 2)
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  if (layout == Layout::OutputsLast) {
    std::swap(order[0], order[1]);
    std::rotate(order.begin(), order.begin() + 2, order.end());
  }
  SmallVector<int64_t> strides(rank);
  int64_t stride = 1;
  for (int64_t dim : llvm::reverse(order)) {
    strides[dim] = stride;
    stride *= shape[dim];
  }
  return strides;
}

bool mlir::eoq::isLayoutFree(ArrayRef<int64_t> shape) {
  if (shape.size() <= 2 || shape[1] == 1)
    return true;
  return llvm::all_of(shape.drop_front(2), [](int64_t d) { return d == 1; });
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

static int64_t parameterBytes(ParameterOp op) {
  RankedTensorType type = op.getTensorType();
  return type.getNumElements() *
         (getStorageType(type).getIntOrFloatBitWidth() / 8);
}

StateLayout StateLayout::compute(ModuleOp module) {
  StateLayout layout;
  for (ParameterOp op : module.getOps<ParameterOp>()) {
    ParameterPlace place;
    place.op = op;
    place.bytes = parameterBytes(op);
    FixedType fixed = op.getFixedType();
    if (fixed && fixed.hasDynamicExponent()) {
      place.exponentOffset = layout.bytes;
      layout.bytes += sizeof(int32_t);
    }
    layout.places.insert({op.getSymNameAttr(), place});
  }
  Builder builder(module.getContext());
  for (auto &[name, place] : layout.places) {
    layout.bytes = alignToBuffer(layout.bytes);
    place.offset = layout.bytes;
    layout.bytes += place.bytes;
    place.op->setAttr(kStateOffsetAttrName,
                      builder.getI64IntegerAttr(place.offset));
    if (place.exponentOffset >= 0)
      place.op->setAttr(kExponentOffsetAttrName,
                        builder.getI64IntegerAttr(place.exponentOffset));
  }
  // No state at all would be a memref without elements.
  layout.bytes = std::max(alignToBuffer(layout.bytes), kBufferAlignment);
  return layout;
}

//===----------------------------------------------------------------------===//
// The source function
//===----------------------------------------------------------------------===//

FunctionLowering::FunctionLowering(func::FuncOp source, OpBuilder builder,
                                   Value state, StateLayout &stateLayout,
                                   const Options &options)
    : builder(builder), loc(source.getLoc()), state(state),
      stateLayout(stateLayout), options(options), source(source) {
  int64_t current = 0;
  for (Operation &op : source.getBody().front()) {
    for (Value operand : op.getOperands())
      lastUse[operand] = current;
    ++current;
  }
}

void FunctionLowering::define(Value value, Tensor tensor) {
  tensors[value].tensors.assign({tensor});
  owners[tensor.data].push_back(value);
}

void FunctionLowering::defineScalar(Value value, Value scalar) {
  scalars[value] = scalar;
}

void FunctionLowering::setOp(Operation *op) {
  loc = op->getLoc();
  bufferName = op->getName().stripDialect().str();
  if (auto name = loc->findInstanceOf<NameLoc>())
    bufferName += " '" + name.getName().str() + "'";
}

LogicalResult FunctionLowering::run(const LoweringTable &table) {
  for (Operation &op : source.getBody().front().without_terminator()) {
    loc = op.getLoc();
    if (op.getDialect() && op.getDialect()->getNamespace() ==
                               arith::ArithDialect::getDialectNamespace()) {
      // Scalars: keys, steps and the like.
      IRMapping mapping;
      for (Value operand : op.getOperands()) {
        Value scalar = scalars.lookup(operand);
        if (!scalar)
          return op.emitOpError("has a tensor operand; expected scalars only");
        mapping.map(operand, scalar);
      }
      Operation *clone = builder.clone(op, mapping);
      for (auto [from, to] : llvm::zip(op.getResults(), clone->getResults()))
        defineScalar(from, to);
    } else {
      const OpLowering *lowering = table.lookup(op.getName().getStringRef());
      if (!lowering) {
        InFlightDiagnostic diag =
            op.emitOpError("cannot be lowered to kernels");
        diag.attachNote() << "the module must be at the level 'training' or "
                             "'quantized'";
        return diag;
      }
      setOp(&op);
      Block *block = builder.getInsertionBlock();
      Operation *before = builder.getInsertionPoint() == block->begin()
                              ? nullptr
                              : &*std::prev(builder.getInsertionPoint());
      if (failed((*lowering)(&op, *this)))
        return failure();
      if (options.remarks)
        emitLoweringRemark(
            &op, before ? std::next(before->getIterator()) : block->begin(),
            builder.getInsertionPoint());
    }
    ++numOpsLowered;
    ++position;
  }
  loc = source.getBody().front().getTerminator()->getLoc();
  return success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Tensor FunctionLowering::get(Value tensor) {
  return tensors[tensor].tensors.front();
}

Tensor FunctionLowering::get(Value tensor, Layout layout) {
  Versions &versions = tensors[tensor];
  for (const Tensor &version : versions.tensors)
    if (version.layout == layout)
      return version;
  Tensor from = versions.tensors.front();
  auto type = cast<RankedTensorType>(tensor.getType());
  Tensor to = from;
  to.layout = layout;
  if (isLayoutFree(type.getShape()) && from.layout != Layout::OutputsLast &&
      layout != Layout::OutputsLast)
    return to;

  to.data = allocate(getStorageType(type), type.getNumElements());
  SmallVector<int64_t> fromStrides = getStrides(type.getShape(), from.layout);
  SmallVector<int64_t> toStrides = getStrides(type.getShape(), layout);
  SmallVector<CopyDimension> dimensions;
  for (auto [extent, f, t] :
       llvm::zip_equal(type.getShape(), fromStrides, toStrides))
    dimensions.push_back({extent, f, t});
  copy(from.data, 0, to.data, 0, dimensions);
  ++numLayoutsChanged;
  versions.tensors.push_back(to);
  owners[to.data].push_back(tensor);
  return to;
}

Layout FunctionLowering::getCommonLayout(ValueRange values) {
  for (Value value : values)
    for (const Tensor &version : tensors[value].tensors)
      if (version.layout == Layout::ChannelsLast)
        return Layout::ChannelsLast;
  return Layout::RowMajor;
}

Value FunctionLowering::getScalar(Value scalar) {
  return scalars.lookup(scalar);
}

bool FunctionLowering::isReadLater(Value tensor) const {
  auto it = lastUse.find(tensor);
  return it != lastUse.end() && it->second > position;
}

/// Whether a buffer of this function is not read after the current op.
bool FunctionLowering::diesHere(Value buffer) {
  return buffer.getDefiningOp<memref::AllocOp>() &&
         llvm::none_of(owners[buffer],
                       [&](Value owner) { return isReadLater(owner); });
}

Value FunctionLowering::allocate(Type storageType, int64_t count,
                                 bool scratch) {
  auto allocation = builder.create<memref::AllocOp>(
      loc, MemRefType::get({count}, storageType));
  allocation->setAttr(kBufferNameAttrName, builder.getStringAttr(bufferName));
  if (scratch)
    allocation->setAttr(kScratchAttrName, builder.getUnitAttr());
  return allocation;
}

Value FunctionLowering::createResult(Value result, Layout layout,
                                     Value exponent) {
  auto type = cast<RankedTensorType>(result.getType());
  Value data = allocate(getStorageType(type), type.getNumElements());
  define(result, {data, exponent, layout});
  return data;
}

Value FunctionLowering::findReusableBuffer(ValueRange operands, Layout layout,
                                           MemRefType type) {
  for (Value operand : operands) {
    if (!isa<RankedTensorType>(operand.getType()))
      continue;
    Value data = get(operand, layout).data;
    if (data.getType() == type && diesHere(data))
      return data;
  }
  return {};
}

Value FunctionLowering::createResultInPlace(Value result, ValueRange operands,
                                            Layout layout, Value exponent) {
  auto type = cast<RankedTensorType>(result.getType());
  auto memory = MemRefType::get({type.getNumElements()}, getStorageType(type));
  if (Value data = findReusableBuffer(operands, layout, memory)) {
    define(result, {data, exponent, layout});
    return data;
  }
  return createResult(result, layout, exponent);
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

func::CallOp FunctionLowering::call(StringRef kernel, ValueRange operands) {
  return createKernelCall(builder, loc, kernel, operands);
}

void FunctionLowering::copy(Value source, int64_t sourceOffset, Value target,
                            int64_t targetOffset,
                            SmallVector<CopyDimension> dimensions,
                            Value shift) {
  // Few, long, innermost-contiguous loops: the target's order, merged where
  // neighbours are contiguous in both buffers.
  llvm::erase_if(dimensions,
                 [](const CopyDimension &d) { return d.extent == 1; });
  llvm::sort(dimensions, [](const CopyDimension &a, const CopyDimension &b) {
    return a.targetStride > b.targetStride;
  });
  SmallVector<CopyDimension> merged;
  for (const CopyDimension &d : dimensions) {
    if (!merged.empty() &&
        merged.back().sourceStride == d.sourceStride * d.extent &&
        merged.back().targetStride == d.targetStride * d.extent)
      merged.back() = {merged.back().extent * d.extent, d.sourceStride,
                       d.targetStride};
    else
      merged.push_back(d);
  }

  // The kernel has four loops; further ones are unrolled.
  if (merged.size() > 4) {
    CopyDimension outer = merged.front();
    SmallVector<CopyDimension> inner(ArrayRef(merged).drop_front());
    for (int64_t i = 0; i < outer.extent; ++i)
      copy(source, sourceOffset + i * outer.sourceStride, target,
           targetOffset + i * outer.targetStride, inner, shift);
    return;
  }
  while (merged.size() < 4)
    merged.insert(merged.begin(), {1, 0, 0});
  SmallVector<Value> operands = {source, target};
  for (const CopyDimension &d : merged)
    operands.push_back(index(d.extent));
  operands.push_back(index(sourceOffset));
  for (const CopyDimension &d : merged)
    operands.push_back(index(d.sourceStride));
  operands.push_back(index(targetOffset));
  for (const CopyDimension &d : merged)
    operands.push_back(index(d.targetStride));
  Type type = cast<MemRefType>(source.getType()).getElementType();
  if (!shift) {
    call("eoq_copy_" + getSuffix(type), operands);
    return;
  }
  operands.push_back(shift);
  call("eoq_copy_shift_i8_i32", operands);
}

Value FunctionLowering::constant(TypedAttr value) {
  Value &cached = constants[value];
  if (!cached) {
    OpBuilder::InsertionGuard guard(builder);
    Block *block = builder.getInsertionBlock();
    if (constantAnchor)
      builder.setInsertionPointAfter(constantAnchor);
    else
      builder.setInsertionPointToStart(block);
    cached = builder.create<arith::ConstantOp>(source.getLoc(), value);
    constantAnchor = cached.getDefiningOp();
  }
  return cached;
}

Value FunctionLowering::index(int64_t value) {
  return constant(builder.getIndexAttr(value));
}
Value FunctionLowering::i32(int64_t value) {
  return constant(builder.getI32IntegerAttr(value));
}
Value FunctionLowering::f32(double value) {
  return constant(builder.getF32FloatAttr(static_cast<float>(value)));
}
Value FunctionLowering::add(Value lhs, Value rhs) {
  return builder.create<arith::AddIOp>(loc, lhs, rhs);
}
Value FunctionLowering::add(Value lhs, int64_t rhs) {
  return rhs == 0 ? lhs : add(lhs, i32(rhs));
}
Value FunctionLowering::subtract(Value lhs, Value rhs) {
  return builder.create<arith::SubIOp>(loc, lhs, rhs);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

Value FunctionLowering::stateView(int64_t offset, Type storageType,
                                  int64_t count) {
  Value byteOffset = index(offset);
  return builder.create<memref::ViewOp>(loc,
                                        MemRefType::get({count}, storageType),
                                        state, byteOffset, ValueRange());
}

Value FunctionLowering::getParameterData(StringAttr parameter) {
  Value &view = parameterViews[parameter];
  if (!view) {
    ParameterPlace &place = getPlace(parameter);
    RankedTensorType type = place.op.getTensorType();
    view = stateView(place.offset, getStorageType(type), type.getNumElements());
  }
  return view;
}

Value FunctionLowering::getParameterExponentPlace(StringAttr parameter) {
  ParameterPlace &place = getPlace(parameter);
  if (place.exponentOffset < 0)
    return {};
  Value &view = exponentViews[parameter];
  if (!view)
    view = stateView(place.exponentOffset, builder.getI32Type(), 1);
  return view;
}

Value FunctionLowering::loadExponent(StringAttr parameter) {
  FixedType fixed = getPlace(parameter).op.getFixedType();
  if (!fixed)
    return {};
  if (!fixed.hasDynamicExponent())
    return i32(fixed.getExponent());
  return builder.create<memref::LoadOp>(
      loc, getParameterExponentPlace(parameter), index(0));
}

void FunctionLowering::storeExponent(StringAttr parameter, Value exponent) {
  if (Value place = getParameterExponentPlace(parameter))
    builder.create<memref::StoreOp>(loc, exponent, place, index(0));
}

Value FunctionLowering::loadParameterScalar(StringAttr parameter) {
  return builder.create<memref::LoadOp>(loc, getParameterData(parameter),
                                        index(0));
}

void FunctionLowering::storeParameterScalar(StringAttr parameter, Value value) {
  builder.create<memref::StoreOp>(loc, value, getParameterData(parameter),
                                  index(0));
}

void FunctionLowering::detachParameter(StringAttr parameter) {
  auto it = parameterViews.find(parameter);
  if (it == parameterViews.end())
    return;
  Value view = it->second;
  Value replacement;
  for (auto &[value, versions] : tensors) {
    if (!isReadLater(value))
      continue;
    for (Tensor &version : versions.tensors) {
      if (version.data != view)
        continue;
      if (!replacement) {
        auto type = cast<MemRefType>(view.getType());
        replacement = allocate(type.getElementType(), type.getNumElements());
        copy(view, 0, replacement, 0, {{type.getNumElements(), 1, 1}});
      }
      version.data = replacement;
      owners[replacement].push_back(value);
    }
  }
}
