//===- NetworkOps.cpp - verifiers of the forward ops ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The labels C1, C2, ... are those of the ops' descriptions.
//
//===----------------------------------------------------------------------===//
#include "Verify.h"

using namespace mlir;
using namespace mlir::eoq;

static RankedTensorType tensorOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return tensorOf(value).getShape();
}

LogicalResult eoq::verifyWidths(Operation *op, ValueRange operands,
                                Value result, unsigned operandWidth,
                                unsigned resultWidth, StringRef rule) {
  unsigned width = fixedWidth(result);
  for (Value operand : operands)
    if ((fixedWidth(operand) == 0) != (width == 0))
      return op->emitOpError()
             << "(" << rule << ") mixes f32 and fixed-point tensors";
  if (width == 0)
    return success();
  for (auto [index, operand] : llvm::enumerate(operands))
    if (operandWidth && fixedWidth(operand) != operandWidth)
      return op->emitOpError() << "(" << rule << ") expected operand #" << index
                               << " to have " << operandWidth
                               << " bits but got " << fixedWidth(operand);
  if (resultWidth && width != resultWidth)
    return op->emitOpError()
           << "(" << rule << ") expected a result of " << resultWidth
           << " bits but got " << width;
  return success();
}

LogicalResult eoq::verifyWindow(Operation *op, const Window &window,
                                StringRef rule) {
  for (unsigned dim : {0, 1})
    if (window.kernel[dim] < 1 || window.strides[dim] < 1 ||
        window.dilations[dim] < 1)
      return op->emitOpError()
             << "(" << rule
             << ") expected kernel, strides and dilations of at least 1";
  if (llvm::any_of(window.pads, [](int64_t pad) { return pad < 0; }))
    return op->emitOpError()
           << "(" << rule << ") expected pads that are not negative";
  return success();
}

int64_t eoq::windowOutputSize(const Window &window, int64_t size,
                              unsigned dim) {
  int64_t span = window.dilations[dim] * (window.kernel[dim] - 1) + 1;
  int64_t room = size + window.pads[dim] + window.pads[dim + 2] - span;
  return room < 0 ? 0 : room / window.strides[dim] + 1;
}

LogicalResult eoq::verifyConvolution(Operation *op, Value input, Value weight,
                                     Value output, Window window,
                                     int64_t groups) {
  ArrayRef<int64_t> in = shapeOf(input), w = shapeOf(weight),
                    out = shapeOf(output);
  window.kernel = w.drop_front(2);
  if (failed(verifyWindow(op, window, "C2")))
    return failure();
  if (in[1] != w[1] * groups)
    return op->emitOpError()
           << "(C1) expected " << w[1] * groups
           << " input channels (groups times the weight's second dimension) "
              "but got "
           << in[1];
  if (w[0] % groups != 0)
    return op->emitOpError() << "(C2) expected groups to divide the " << w[0]
                             << " output channels but got " << groups;
  int64_t expected[] = {in[0], w[0], windowOutputSize(window, in[2], 0),
                        windowOutputSize(window, in[3], 1)};
  if (out != ArrayRef<int64_t>(expected))
    return op->emitOpError()
           << "(C3) expected an output of shape "
           << shapeString(expected) << " but got "
           << shapeString(out);
  return success();
}

LogicalResult eoq::verifyPooling(Operation *op, Value input, Value output,
                                 const Window &window) {
  ArrayRef<int64_t> in = shapeOf(input), out = shapeOf(output);
  if (in[0] != out[0] || in[1] != out[1])
    return op->emitOpError()
           << "(C1) expected input and output to agree in batch and channels";
  if (failed(verifyWindow(op, window, "C2")))
    return failure();
  for (unsigned dim : {0, 1}) {
    int64_t span = window.dilations[dim] * (window.kernel[dim] - 1) + 1;
    int64_t lastStart =
        (out[dim + 2] - 1) * window.strides[dim] - window.pads[dim];
    // With dilation a window can step over the whole input.
    bool firstMisses = true;
    for (int64_t k = 0; k < window.kernel[dim] && firstMisses; ++k) {
      int64_t position = k * window.dilations[dim] - window.pads[dim];
      firstMisses = position < 0 || position >= in[dim + 2];
    }
    if (lastStart >= in[dim + 2] || span <= window.pads[dim] || firstMisses)
      return op->emitOpError() << "(C3) expected every window to hold an "
                                  "element of the input";
  }
  return success();
}

LogicalResult eoq::verifyFullyConnected(Operation *op, Value input,
                                        Value weight, Value output) {
  ArrayRef<int64_t> in = shapeOf(input), w = shapeOf(weight),
                    out = shapeOf(output);
  if (in[1] != w[1] || out[0] != in[0] || out[1] != w[0])
    return op->emitOpError()
           << "(C1) expected shapes [N, K], [M, K] and [N, M] but got "
           << shapeString(in) << ", "
           << shapeString(w) << " and "
           << shapeString(out);
  return success();
}

static LogicalResult verifyReduction(Operation *op, int64_t length,
                                     int64_t limit, StringRef rule) {
  if (length <= limit)
    return success();
  return op->emitOpError() << "(" << rule << ") expected a sum of at most "
                           << limit << " products but got " << length;
}

LogicalResult Conv2DOp::verify() {
  if (failed(verifyConvolution(
          *this, getInput(), getWeight(), getOutput(),
          {{}, getStrides(), getPads(), getDilations()}, getGroups())) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getOutput(), 8, 32, "C4")))
    return failure();
  if (fixedWidth(getOutput()) == 0)
    return success();
  ArrayRef<int64_t> w = shapeOf(getWeight());
  return verifyReduction(*this, w[1] * w[2] * w[3], kMaxForwardReduction, "C4");
}

LogicalResult FullyConnectedOp::verify() {
  if (failed(
          verifyFullyConnected(*this, getInput(), getWeight(), getOutput())) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getOutput(), 8, 32, "C2")))
    return failure();
  if (fixedWidth(getOutput()) == 0)
    return success();
  return verifyReduction(*this, shapeOf(getInput())[1], kMaxForwardReduction,
                         "C2");
}

/// One element, or one per channel of `input`.
static LogicalResult verifyPerChannel(Operation *op, Value input, Value vector,
                                      StringRef what) {
  int64_t count = shapeOf(vector)[0];
  ArrayRef<int64_t> shape = shapeOf(input);
  if (count == 1 || (shape.size() >= 2 && count == shape[1]))
    return success();
  return op->emitOpError() << "(C1) expected a " << what
                           << " of one element, or of one per channel, but got "
                           << count;
}

static LogicalResult verifySameShape(Operation *op, Value lhs, Value rhs,
                                     StringRef rule) {
  if (shapeOf(lhs) == shapeOf(rhs))
    return success();
  return op->emitOpError()
         << "(" << rule << ") expected equal shapes but got "
         << shapeString(shapeOf(lhs)) << " and "
         << shapeString(shapeOf(rhs));
}

LogicalResult BiasAddOp::verify() {
  if (failed(verifyPerChannel(*this, getInput(), getBias(), "bias")) ||
      failed(verifySameShape(*this, getInput(), getOutput(), "C2")) ||
      failed(verifyWidths(*this, (*this)->getOperands(), getOutput(), 0, 32, "C3")))
    return failure();
  if (fixedWidth(getBias()) > 16)
    return emitOpError() << "(C3) expected a bias of 8 or 16 bits but got "
                         << fixedWidth(getBias());
  if (fixedWidth(getInput()) > 32)
    return emitOpError() << "(C3) expected an input of at most 32 bits but got "
                         << fixedWidth(getInput());
  return success();
}

LogicalResult ScaleOp::verify() {
  if (failed(verifyPerChannel(*this, getInput(), getScale(), "scale")) ||
      failed(verifySameShape(*this, getInput(), getOutput(), "C2")))
    return failure();
  return verifyWidths(*this, (*this)->getOperands(), getOutput(), 8, 32, "C3");
}

LogicalResult BatchNormOp::verify() {
  ArrayRef<int64_t> shape = shapeOf(getInput());
  if (shape.size() < 2)
    return emitOpError() << "(C1) expected an input with a channel dimension";
  for (Value vector : {getScale(), getBias(), getMean(), getVariance()})
    if (shapeOf(vector)[0] != shape[1])
      return emitOpError() << "(C1) expected vectors of " << shape[1]
                           << " elements but got " << shapeOf(vector)[0];
  if (getInput().getType() != getOutput().getType() || fixedWidth(getInput()))
    return emitOpError() << "(C2) expected input and output to be f32 tensors "
                            "of one type";
  return success();
}

LogicalResult LeakyReluOp::verify() {
  double alpha = getAlpha().convertToDouble();
  if (!(alpha >= 0 && alpha <= 1))
    return emitOpError() << "(C1) expected an alpha in [0, 1]";
  return success();
}

LogicalResult ClipOp::verify() {
  if (!(getMinimum().convertToDouble() <= getMaximum().convertToDouble()))
    return emitOpError() << "(C1) expected minimum <= maximum";
  return success();
}

LogicalResult ShiftExponentOp::verify() {
  RankedTensorType in = tensorOf(getInput()), out = tensorOf(getOutput());
  FixedType inFixed = getFixedElementType(in),
            outFixed = getFixedElementType(out);
  bool fits = in.getShape() == out.getShape() && !inFixed == !outFixed;
  if (fits && inFixed) {
    fits = inFixed.getWidth() == outFixed.getWidth() &&
           inFixed.hasDynamicExponent() == outFixed.hasDynamicExponent() &&
           (inFixed.hasDynamicExponent() ||
            inFixed.getExponent() + int64_t(getAmount()) ==
                outFixed.getExponent());
  }
  if (!fits)
    return emitOpError() << "(C1) expected a result like the input, with the "
                            "exponent shifted by 'amount'";
  return success();
}

static LogicalResult verifyAligned(Operation *op, Value lhs, Value rhs,
                                   Value output,
                                   std::optional<ArrayRef<int64_t>> bits) {
  if (failed(verifySameShape(op, lhs, rhs, "C1")) ||
      failed(verifySameShape(op, lhs, output, "C1")) ||
      failed(verifyWidths(op, {lhs, rhs}, output, 0, 32, "C2")))
    return failure();
  if (fixedWidth(output) == 0)
    return success();
  if (!bits || llvm::any_of(*bits, [](int64_t b) { return b < 1 || b > 31; }))
    return op->emitOpError()
           << "(C2) expected 'magnitude_bits', each in [1, 31]";
  return success();
}

LogicalResult AddOp::verify() {
  return verifyAligned(*this, getLhs(), getRhs(), getOutput(),
                       getMagnitudeBits());
}

LogicalResult SubOp::verify() {
  return verifyAligned(*this, getLhs(), getRhs(), getOutput(),
                       getMagnitudeBits());
}

LogicalResult MulOp::verify() {
  if (failed(verifySameShape(*this, getLhs(), getRhs(), "C1")) ||
      failed(verifySameShape(*this, getLhs(), getOutput(), "C1")))
    return failure();
  return verifyWidths(*this, (*this)->getOperands(), getOutput(), 8, 32, "C2");
}

LogicalResult MaxPool2DOp::verify() {
  if (failed(
          verifyPooling(*this, getInput(), getOutput(),
                        {getKernel(), getStrides(), getPads(), getDilations()})))
    return failure();
  if (tensorOf(getInput()).getElementType() !=
      tensorOf(getOutput()).getElementType())
    return emitOpError() << "(C4) expected one element type";
  return verifyWidths(*this, (*this)->getOperands(), getOutput(), 8, 8, "C4");
}

LogicalResult AvgPool2DOp::verify() {
  Window window = {getKernel(), getStrides(), getPads(), getDilations()};
  if (failed(verifyPooling(*this, getInput(), getOutput(), window)) ||
      failed(verifyMeans(*this)))
    return failure();
  return verifyWidths(*this, (*this)->getOperands(), getOutput(), 8, 32, "C4");
}

LogicalResult ConcatOp::verify() {
  ArrayRef<int64_t> out = shapeOf(getOutput());
  int64_t axis = getAxis();
  if (getInputs().empty() || axis < 0 || axis >= int64_t(out.size()))
    return emitOpError() << "(C1) expected inputs, and an axis in [0, "
                         << out.size() << ")";
  int64_t total = 0;
  for (Value input : getInputs()) {
    ArrayRef<int64_t> shape = shapeOf(input);
    bool fits = shape.size() == out.size();
    for (int64_t dim = 0; fits && dim < int64_t(out.size()); ++dim)
      fits = dim == axis || shape[dim] == out[dim];
    if (!fits)
      return emitOpError() << "(C1) expected shapes that agree but for axis "
                           << axis;
    total += shape[axis];
  }
  if (total != out[axis])
    return emitOpError() << "(C1) expected the inputs to add up to "
                         << out[axis] << " along the axis but got " << total;
  return verifyWidths(*this, getInputs(), getOutput(), 8, 32, "C2");
}

LogicalResult SliceOp::verify() {
  RankedTensorType in = tensorOf(getInput()), out = tensorOf(getOutput());
  ArrayRef<int64_t> offsets = getOffsets();
  bool fits = in.getRank() == out.getRank() &&
              int64_t(offsets.size()) == in.getRank() &&
              in.getElementType() == out.getElementType();
  for (int64_t dim = 0; fits && dim < in.getRank(); ++dim)
    fits = offsets[dim] >= 0 &&
           offsets[dim] + out.getDimSize(dim) <= in.getDimSize(dim);
  if (!fits)
    return emitOpError() << "(C1) expected a box within the input, of its rank "
                            "and element type";
  return success();
}

LogicalResult PadOp::verify() {
  RankedTensorType in = tensorOf(getInput()), out = tensorOf(getOutput());
  ArrayRef<int64_t> low = getLow(), high = getHigh();
  bool fits = in.getRank() == out.getRank() &&
              int64_t(low.size()) == in.getRank() &&
              low.size() == high.size() &&
              in.getElementType() == out.getElementType();
  for (int64_t dim = 0; fits && dim < in.getRank(); ++dim)
    fits = low[dim] >= 0 && high[dim] >= 0 &&
           in.getDimSize(dim) + low[dim] + high[dim] == out.getDimSize(dim);
  if (!fits)
    return emitOpError() << "(C1) expected pads that explain the result's "
                            "shape, and one element type";
  return success();
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType in = tensorOf(getInput()), out = tensorOf(getOutput());
  if (in.getElementType() != out.getElementType() ||
      in.getNumElements() != out.getNumElements())
    return emitOpError()
           << "(C1) expected element type and element count to stay";
  return success();
}

LogicalResult TransposeOp::verify() {
  RankedTensorType in = tensorOf(getInput()), out = tensorOf(getOutput());
  ArrayRef<int64_t> permutation = getPermutation();
  bool fits = in.getRank() == out.getRank() &&
              int64_t(permutation.size()) == in.getRank() &&
              in.getElementType() == out.getElementType();
  SmallVector<bool> seen(in.getRank(), false);
  for (int64_t dim = 0; fits && dim < in.getRank(); ++dim) {
    int64_t source = permutation[dim];
    fits = source >= 0 && source < in.getRank() && !seen[source] &&
           in.getDimSize(source) == out.getDimSize(dim);
    if (fits)
      seen[source] = true;
  }
  if (!fits)
    return emitOpError()
           << "(C1) expected a permutation that explains the result's type";
  return success();
}

#define GET_OP_CLASSES
#include "eoq/Dialect/EOQ/IR/EOQOps.cpp.inc"

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }
