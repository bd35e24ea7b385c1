//===- HandlerTable.cpp - which ONNX operators are known --------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "HandlerTable.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_conversion;

// Texts that several versions of an operator share.
#define POOL_LIMITS "2-D; every window holds an element of the input"
#define CHANNEL_LIMITS                                                         \
  "two computed tensors of one shape, or a constant with one value or one "    \
  "value for each channel"
#define FOLDS "folds to a constant"
#define VANISHES "nothing"

/// By domain, operator, version. An entry stands for all versions up to the
/// next entry of its operator.
static const HandlerEntry kTable[] = {
    {"", "Add", 7, convertAdd, "`eoq.add`, `eoq.bias_add`", CHANNEL_LIMITS},
    {"", "AveragePool", 7, convertAveragePool, "`eoq.avg_pool_2d`",
     POOL_LIMITS},
    {"", "BatchNormalization", 7, convertBatchNormalization, "`eoq.batch_norm`",
     "form for inference; parameters are initializers or constants"},
    {"", "Cast", 6, convertCast, FOLDS,
     "of computed tensors: to a float type only, where it vanishes"},
    {"", "CastLike", 15, convertCastLike, FOLDS, "as Cast"},
    {"", "Clip", 6, convertClip, "`eoq.clip`, `eoq.relu`", "constant bounds"},
    {"", "Concat", 4, convertConcat, "`eoq.concat`", "not along the batch"},
    {"", "Constant", 1, convertConstant, FOLDS,
     "no strings, no sparse tensors"},
    {"", "ConstantOfShape", 9, convertConstantOfShape, FOLDS, "constant shape"},
    {"", "Conv", 1, convertConv, "`eoq.conv_2d`, `eoq.bias_add`",
     "2-D; weight and bias are initializers or constants; no negative pads"},
    {"", "Div", 7, convertDiv, "`eoq.scale`, `eoq.shift_exponent`",
     "divisor is a constant with one value or one for each channel"},
    {"", "Dropout", 7, convertDropout, VANISHES,
     "its meaning at inference; the mask must not be used"},
    {"", "Equal", 7, convertEqual, FOLDS, "of constants"},
    {"", "Expand", 8, convertExpand, FOLDS, "of constants"},
    {"", "Flatten", 1, convertFlatten, "`eoq.reshape`", "keeps the batch"},
    {"", "Gather", 1, convertGather, FOLDS, "of constants"},
    {"", "Gemm", 7, convertGemm, "`eoq.fully_connected`, `eoq.bias_add`",
     "transA = 0; the second matrix and the bias are initializers or "
     "constants; alpha and beta go into the initial values"},
    {"", "GlobalAveragePool", 1, convertGlobalAveragePool, "`eoq.avg_pool_2d`",
     "2-D"},
    {"", "GlobalMaxPool", 1, convertGlobalMaxPool, "`eoq.max_pool_2d`", "2-D"},
    {"", "Identity", 1, convertIdentity, VANISHES, ""},
    {"", "LeakyRelu", 6, convertLeakyRelu, "`eoq.leaky_relu`",
     "alpha in [0, 1]"},
    {"", "LogSoftmax", 1, convertSoftmax, VANISHES,
     "as the last node, over the classes: the loss has its own"},
    {"", "MatMul", 1, convertMatMul, "`eoq.fully_connected`",
     "2-D; the second matrix is an initializer or a constant"},
    {"", "MaxPool", 1, convertMaxPool, "`eoq.max_pool_2d`",
     POOL_LIMITS "; no output Indices"},
    {"", "Mul", 7, convertMul, "`eoq.mul`, `eoq.scale`, `eoq.shift_exponent`",
     CHANNEL_LIMITS},
    {"", "Pad", 2, convertPad, "`eoq.pad`",
     "zeros, none in the batch, none negative"},
    {"", "Range", 11, convertRange, FOLDS, "of constant integers"},
    {"", "ReduceMean", 1, convertReduceMean, "`eoq.avg_pool_2d`, `eoq.reshape`",
     "over height and width of [batch, channels, height, width]"},
    {"", "Relu", 6, convertRelu, "`eoq.relu`", ""},
    {"", "Reshape", 5, convertReshape, "`eoq.reshape`",
     "constant shape; keeps the batch"},
    {"", "Shape", 1, convertShape, FOLDS, ""},
    {"", "Size", 1, convertSize, FOLDS, ""},
    {"", "Slice", 1, convertSlice, "`eoq.slice`",
     "constant positions; computed tensors: step 1, not along the batch"},
    {"", "Softmax", 1, convertSoftmax, VANISHES,
     "as the last node, over the classes: the loss has its own"},
    {"", "Split", 2, convertSplit, "`eoq.slice`",
     "constant sizes; not along the batch"},
    {"", "Squeeze", 1, convertSqueeze, "`eoq.reshape`", "keeps the batch"},
    {"", "Sub", 7, convertSub, "`eoq.sub`, `eoq.bias_add`",
     CHANNEL_LIMITS ", on the right"},
    {"", "Sum", 6, convertSum, "`eoq.add`", "computed tensors of one shape"},
    {"", "Transpose", 1, convertTranspose, "`eoq.transpose`",
     "keeps the batch"},
    {"", "Unsqueeze", 1, convertUnsqueeze, "`eoq.reshape`", "keeps the batch"},
    {"", "Where", 9, convertWhere, FOLDS, "of constants"},
};

llvm::ArrayRef<HandlerEntry> onnx_conversion::getHandlerTable() {
  return kTable;
}

const HandlerEntry *onnx_conversion::findHandler(llvm::StringRef domain,
                                                 llvm::StringRef op,
                                                 int64_t opset) {
  const HandlerEntry *best = nullptr;
  for (const HandlerEntry &entry : kTable)
    if (entry.domain == domain && entry.op == op &&
        entry.sinceVersion <= opset &&
        (!best || best->sinceVersion < entry.sinceVersion))
      best = &entry;
  return best;
}

llvm::StringRef onnx_conversion::getHintForUnknown(llvm::StringRef domain,
                                                   llvm::StringRef op) {
  if (!domain.empty())
    return "only operators of the domain ai.onnx are; export without custom "
           "operators and local functions";
  return llvm::StringSwitch<llvm::StringRef>(op)
      .Cases("Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Elu",
             "use Relu, LeakyRelu or Clip as activation")
      .Cases("Gelu", "Mish", "Softplus", "Selu", "PRelu",
             "use Relu, LeakyRelu or Clip as activation")
      .Cases("LayerNormalization", "InstanceNormalization",
             "GroupNormalization", "LRN", "use BatchNormalization")
      .Cases("If", "Loop", "Scan",
             "export the model without control flow, for fixed shapes")
      .Cases("ReduceSum", "ReduceMax", "ReduceL2",
             "use ReduceMean or a pool over the height and width")
      .Cases("QuantizeLinear", "DequantizeLinear", "QLinearConv", "ConvInteger",
             "give the float model: eoq quantizes it")
      .Cases("LSTM", "GRU", "RNN", "only convolutional networks are")
      .Default("");
}
