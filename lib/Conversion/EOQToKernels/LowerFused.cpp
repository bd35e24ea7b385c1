//===- LowerFused.cpp - quantizers and what is fused with them ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tensor is walked twice: for the largest magnitude, which decides the
// exponent (N3), and to shift the integers to it (N4). With the exponent of the
// step before, or where a product has found the magnitude, once is enough.
// Products that are in the loop (ProductBlocks.h) are made once for each walk.
//
//===----------------------------------------------------------------------===//
#include "Kernels.h"
#include "Kernels/FusedKernel.h"
#include "ProductBlocks.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "eoq/Conversion/EOQToKernels/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// A value of the loop: stages of a fused kernel, in order, and their
/// arguments.
struct Stages {
  std::string names;
  SmallVector<Value> arguments;

  void append(StringRef name, ValueRange more) {
    names += "_";
    names += name;
    llvm::append_range(arguments, more);
  }
  void append(const Stages &other) {
    names += other.names;
    llvm::append_range(arguments, other.arguments);
  }
};

/// What a value is in each of the walks.
struct Element {
  /// `plain` stores nothing; `storing` stores what is needed elsewhere, and
  /// `stored` reads that instead of computing it again.
  Stages plain, storing, stored;
  Value exponent;
  /// The tensors of the source function that it is computed from.
  SmallVector<Value, 4> tensors;

  void append(StringRef name, ValueRange arguments = {}) {
    for (Stages *stages : {&plain, &storing, &stored})
      stages->append(name, arguments);
  }
  void append(const Element &other) {
    plain.append(other.plain);
    storing.append(other.storing);
    stored.append(other.stored);
    llvm::append_range(tensors, other.tensors);
  }
};

/// Lowers one quantizer of 32-bit integers to 8 bits, alone or in an
/// `eoq.fused`.
class QuantizerLowering {
public:
  QuantizerLowering(FunctionLowering &function, QuantizeOp quantize,
                    FusedOp fused);

  LogicalResult run();

private:
  Element getElement(Value value);
  LogicalResult compute(Operation *op);
  void addChannels(Element &element, Operation *inner);
  void addAligned(Element &element, Operation *op, ArrayRef<int64_t> bits);
  SmallVector<Value> getReadOnce(const Element &element);
  void store(Element &element, Value data);
  void quantize(Element element);
  func::CallOp walk(const Stages &stages, Value images, Value elements);
  void appendSink(Stages &stages, Value out, Value shift);
  /// The largest magnitude; 0 unless `wanted`, if that is not null.
  Value findLargest(Stages stages, Value wanted = {});
  /// The walk that narrows; the largest magnitude, if it `findsLargest`.
  Value narrow(Stages stages, bool findsLargest, Value out, Value shift);

  FunctionLowering &function;
  QuantizeOp op;
  FusedOp fused;
  RankedTensorType type;
  Layout layout;
  int64_t channels = 1;
  /// Elements of a row of the loop: bias and numbers repeat after it.
  int64_t length;
  /// Whether the numbers of random numbers go across the layout in memory, so
  /// that every image has its own.
  bool isAcross;
  DenseMap<Value, Element> elements;
  /// Products in the loop, and all tensors that it reads or writes apart from
  /// theirs.
  std::optional<ProductBlocks> blocks;
  DenseSet<Value> wholes;
};

} // namespace

Value mlir::eoq::getSource(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    if (auto fused = dyn_cast<FusedOp>(argument.getOwner()->getParentOp()))
      return fused.getInputs()[argument.getArgNumber()];
  return value;
}

/// Whether a bias or a scale has more than one element.
static bool isPerChannel(Operation &op) {
  return isa<BiasAddOp, ScaleOp>(op) &&
         cast<RankedTensorType>(op.getOperand(1).getType()).getNumElements() !=
             1;
}

QuantizerLowering::QuantizerLowering(FunctionLowering &function,
                                     QuantizeOp quantize, FusedOp fused)
    : function(function), op(quantize), fused(fused),
      type(cast<RankedTensorType>(quantize.getInput().getType())) {
  if (fused && fused.getBlocks())
    blocks.emplace(function, *fused.getBlocks());
  bool hasChannels = fused && llvm::any_of(fused.getBlock(), isPerChannel);
  if (hasChannels || blocks) {
    layout = Layout::ChannelsLast;
  } else if (fused) {
    // The tensors of the loop have the quantizer's shape.
    SmallVector<Value> tensors = llvm::to_vector(
        llvm::make_filter_range(fused.getInputs(), [&](Value input) {
          auto tensor = dyn_cast<RankedTensorType>(input.getType());
          return tensor && tensor.getShape() == type.getShape();
        }));
    layout = function.getCommonLayout(tensors);
  } else {
    layout = function.get(op.getInput()).layout;
  }
  if (type.getRank() >= 2)
    channels = type.getDimSize(1);
  isAcross = op.getRounding() == Rounding::Stochastic &&
             layout == Layout::ChannelsLast && !isLayoutFree(type.getShape());
  // Long rows, so that the outer loops cost little.
  int64_t count = type.getNumElements();
  if (hasChannels || isAcross) {
    length = getChannelPatternLength(channels);
    if (length < 256 && count >= 4096)
      length *= llvm::divideCeil(256, length);
  } else {
    length = std::min<int64_t>(llvm::alignTo(count, 16), 256);
  }
}

LogicalResult QuantizerLowering::run() {
  if (!fused) {
    quantize(getElement(op.getInput()));
    return success();
  }
  for (Operation &inner : fused.getBlock().without_terminator()) {
    if (&inner == op) {
      quantize(getElement(op.getInput()));
      continue;
    }
    if (failed(compute(&inner)))
      return failure();
    for (auto [value, output] :
         llvm::zip_equal(fused.getYielded(), fused.getOutputs()))
      if (value == inner.getResult(0)) {
        Element &element = elements[value];
        store(element,
              function.createResultInPlace(output, getReadOnce(element), layout,
                                           element.exponent));
      }
  }
  return success();
}

Element QuantizerLowering::getElement(Value value) {
  auto it = elements.find(value);
  if (it != elements.end())
    return it->second;
  Value source = getSource(value);
  Tensor tensor = function.get(source, layout);
  Element element;
  Type storage = getStorageType(source.getType());
  element.append(getSuffix(storage) +
                     (blocks && storage.isInteger(32) ? "at" : ""),
                 tensor.data);
  element.exponent = tensor.exponent;
  element.tensors.push_back(source);
  wholes.insert(tensor.data);
  return element;
}

LogicalResult QuantizerLowering::compute(Operation *inner) {
  if (blocks && isMadeInBlocks(inner)) {
    Tensor result = blocks->add(inner);
    Element &element = elements[inner->getResult(0)];
    element.append("i32", result.data);
    element.exponent = result.exponent;
    return success();
  }
  Element element = getElement(inner->getOperand(0));
  if (function.getNote(inner)) {
    // A pooling's gradient that is masked already (LowerPooling.cpp).
    elements[inner->getResult(0)] = std::move(element);
    return success();
  }
  auto mask = [&](Value output) {
    Tensor tensor = function.get(getSource(output), layout);
    element.tensors.push_back(getSource(output));
    wholes.insert(tensor.data);
    return tensor;
  };
  auto bound = [&](const APFloat &bound, Value exponent) {
    return getClipBound(function, bound.convertToDouble(), exponent);
  };
  if (isa<ReluOp>(inner)) {
    element.append("relu");
  } else if (auto clip = dyn_cast<ClipOp>(inner)) {
    element.append("clip", {bound(clip.getMinimum(), element.exponent),
                            bound(clip.getMaximum(), element.exponent)});
  } else if (auto shift = dyn_cast<ShiftExponentOp>(inner)) {
    element.exponent = function.add(element.exponent, shift.getAmount());
  } else if (isa<BiasAddOp, ScaleOp>(inner)) {
    addChannels(element, inner);
  } else if (auto sum = dyn_cast<AddOp>(inner)) {
    addAligned(element, inner, sum.getMagnitudeBits().value());
  } else if (auto difference = dyn_cast<SubOp>(inner)) {
    addAligned(element, inner, difference.getMagnitudeBits().value());
  } else if (auto relu = dyn_cast<ReluGradInputOp>(inner)) {
    element.append("mask", mask(relu.getOutput()).data);
  } else if (auto clip = dyn_cast<ClipGradInputOp>(inner)) {
    Tensor output = mask(clip.getOutput());
    element.append("band",
                   {output.data, bound(clip.getMinimum(), output.exponent),
                    bound(clip.getMaximum(), output.exponent)});
  } else {
    return inner->emitOpError("cannot be a part of 'eoq.fused'");
  }
  elements[inner->getResult(0)] = std::move(element);
  return success();
}

/// A bias at the exponent of the value (N7), or a scale as it is (N10).
void QuantizerLowering::addChannels(Element &element, Operation *inner) {
  Value values = getSource(inner->getOperand(1));
  Tensor tensor = function.get(values);
  auto valuesType = cast<RankedTensorType>(values.getType());
  Value pattern = function.allocate(function.getBuilder().getI32Type(), length,
                                    /*scratch=*/true);
  bool isBias = isa<BiasAddOp>(inner);
  Value shift = isBias ? function.subtract(element.exponent, tensor.exponent)
                       : function.i32(0);
  function.call("eoq_bias_pattern_" + getSuffix(getStorageType(valuesType)),
                {tensor.data, pattern,
                 function.index(valuesType.getNumElements()),
                 function.index(length), shift});
  element.append(isBias ? "bias" : "scale", pattern);
  if (!isBias)
    element.exponent = function.add(element.exponent, tensor.exponent);
}

/// Sum or difference on a common exponent (N8).
void QuantizerLowering::addAligned(Element &element, Operation *inner,
                                   ArrayRef<int64_t> bits) {
  Element other = getElement(inner->getOperand(1));
  Value exponent = function
                       .call("eoq_aligned_exponent",
                             {element.exponent, function.i32(bits[0]),
                              other.exponent, function.i32(bits[1])})
                       .getResult(0);
  Value shiftX = function.subtract(exponent, element.exponent);
  Value shiftY = function.subtract(exponent, other.exponent);
  element.append(other);
  element.append(isa<AddOp>(inner) ? "add" : "sub", {shiftX, shiftY});
  element.exponent = exponent;
}

/// The operands that may be overwritten: an element is read once, before
/// another one takes its place.
SmallVector<Value> QuantizerLowering::getReadOnce(const Element &element) {
  SmallVector<Value> result;
  if (!fused)
    return result;
  for (auto [input, argument] :
       llvm::zip_equal(fused.getInputs(), fused.getBlock().getArguments()))
    if (argument.hasOneUse() && llvm::is_contained(element.tensors, input))
      result.push_back(input);
  return result;
}

void QuantizerLowering::store(Element &element, Value data) {
  element.storing.append(blocks ? "storeat" : "store", data);
  element.stored = {};
  element.stored.append(blocks ? "i32at" : "i32", data);
  wholes.insert(data);
}

func::CallOp QuantizerLowering::walk(const Stages &stages, Value images,
                                     Value count) {
  SmallVector<Value> operands = {images, count, function.index(length)};
  for (Value argument : stages.arguments) {
    if (!blocks || !wholes.contains(argument)) {
      operands.push_back(argument);
    } else if (cast<MemRefType>(argument.getType())
                   .getElementType()
                   .isInteger(8)) {
      operands.push_back(blocks->getPart(argument));
    } else {
      operands.push_back(argument);
      operands.push_back(blocks->getFirst(type.getNumElements()));
    }
  }
  return function.call("eoq_fused" + stages.names, operands);
}

void QuantizerLowering::appendSink(Stages &stages, Value out, Value shift) {
  if (op.getRounding() != Rounding::Stochastic) {
    stages.append(stringifyRounding(op.getRounding()), {out, shift});
    return;
  }
  int64_t c = isAcross ? channels : 1;
  int64_t pixels =
      isAcross ? type.getNumElements() / type.getDimSize(0) / channels : 1;
  Value numbers = function.allocate(function.getBuilder().getI32Type(), length,
                                    /*scratch=*/true);
  function.call("eoq_number_pattern",
                {numbers, function.index(pixels), function.index(c),
                 function.index(length)});
  stages.append("stochastic", {out, numbers, function.index(c), shift,
                               function.getScalar(getSource(op.getKey())),
                               function.i32(op.getSite())});
}

Value QuantizerLowering::findLargest(Stages stages, Value wanted) {
  stages.append("max", {});
  auto getCount = [&](int64_t most) -> Value {
    Value count = function.index(most);
    return wanted ? function.getBuilder().create<arith::SelectOp>(
                        function.getLoc(), wanted, count, function.index(0))
                  : count;
  };
  int64_t count = type.getNumElements();
  Value one = function.index(1);
  if (!blocks)
    return walk(stages, one, getCount(count)).getResult(0);
  return blocks->loop(getCount(blocks->getCount()), [&] {
    return walk(stages, one, function.index(count / blocks->getCount()))
        .getResult(0);
  });
}

Value QuantizerLowering::narrow(Stages stages, bool findsLargest, Value out,
                                Value shift) {
  std::string names = "eoq_fused" + stages.names;
  size_t length = stages.names.size(), output = 3 + stages.arguments.size();
  if (findsLargest)
    stages.append("max", {});
  appendSink(stages, out, shift);
  wholes.insert(out);
  int64_t turns = blocks ? blocks->getCount() : 1;
  int64_t images = isAcross ? type.getDimSize(0) / turns : 1;
  Value imageCount = function.index(images);
  Value count = function.index(type.getNumElements() / turns / images);
  auto getMagnitude = [](func::CallOp call) {
    return call.getNumResults() == 0 ? Value() : call.getResult(0);
  };
  if (blocks)
    return blocks->loop(function.index(turns), [&] {
      Stages turn = stages;
      if (op.getRounding() == Rounding::Stochastic) {
        // The sink's last arguments are key and site (appendSink).
        Value &key = turn.arguments[turn.arguments.size() - 2];
        key = blocks->getKey(key, type.getNumElements());
      }
      return getMagnitude(walk(turn, imageCount, count));
    });
  func::CallOp call = walk(stages, imageCount, count);
  SmallVector<int64_t> wide = getWideOperands(call.getCallee());
  if (!wide.empty())
    setInPlaceKernel(call, names + "_inside" + stages.names.substr(length),
                     wide, output, 0);
  return getMagnitude(call);
}

void QuantizerLowering::quantize(Element element) {
  auto getExact = [&](Value magnitude) {
    return getExactExponent(function, op, magnitude, element.exponent);
  };
  Value output = op.getOutput(), exactExponent = op.getExactExponent();
  if (fused) {
    for (auto [value, result] :
         llvm::zip_equal(fused.getYielded(), fused.getOutputs())) {
      if (value == op.getOutput())
        output = result;
      if (value == op.getExactExponent())
        exactExponent = result;
    }
  }

  // The result may take the place of an 8-bit operand.
  SmallVector<Value> readOnce = getReadOnce(element);
  if (!op.getPrevious()) {
    Value magnitude = function.getNote(op);
    // Where two 32-bit tensors are read, one number of 32 bits is less to read
    // again, and one of the tensors is not needed any more.
    if (!blocks && StringRef(element.stored.names).count("_i32") > 1)
      if (Value data = function.findReusableBuffer(
              readOnce, layout,
              MemRefType::get({type.getNumElements()},
                              function.getBuilder().getI32Type())))
        store(element, data);
    if (!magnitude)
      magnitude = findLargest(element.storing);
    Value exponent = getExact(magnitude);
    function.defineScalar(exactExponent, exponent);
    Value out =
        function.createResultInPlace(output, readOnce, layout, exponent);
    narrow(element.stored, /*findsLargest=*/false, out,
           function.subtract(exponent, element.exponent));
    return;
  }

  // Only the first step has to look for the exponent.
  OpBuilder &builder = function.getBuilder();
  Location loc = function.getLoc();
  Value previous = function.getScalar(getSource(op.getPrevious()));
  Value isFirst = builder.create<arith::CmpIOp>(
      loc, arith::CmpIPredicate::eq, previous, function.i32(INT32_MIN));
  Value exact = getExact(findLargest(element.plain, isFirst));
  Value exponent =
      builder.create<arith::SelectOp>(loc, isFirst, exact, previous);
  Value out = function.createResultInPlace(output, readOnce, layout, exponent);
  Value magnitude = narrow(element.storing, /*findsLargest=*/true, out,
                           function.subtract(exponent, element.exponent));
  function.defineScalar(exactExponent,
                        function
                            .call("eoq_previous_exponent",
                                  {magnitude, getExact(magnitude), previous})
                            .getResult(1));
}

LogicalResult mlir::eoq::lowerQuantizer(QuantizeOp op,
                                        FunctionLowering &function) {
  return QuantizerLowering(function, op, {}).run();
}

static LogicalResult lower(FusedOp op, FunctionLowering &function) {
  auto quantizers = llvm::to_vector(op.getBlock().getOps<QuantizeOp>());
  if (quantizers.size() != 1 ||
      !getStorageType(quantizers[0].getInput().getType()).isInteger(32) ||
      !getStorageType(quantizers[0].getOutput().getType()).isInteger(8))
    return op.emitOpError("has no kernel; expected one 'eoq.quantize' in it, "
                          "from 32 to 8 bits");
  return QuantizerLowering(function, quantizers[0], op).run();
}

void mlir::eoq::populateFusedLowerings(LoweringTable &table) {
  table.add<FusedOp>(lower);
}
