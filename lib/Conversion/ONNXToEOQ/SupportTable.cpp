//===- SupportTable.cpp - the page docs/ONNXSupport.md ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "HandlerTable.h"

using namespace mlir;
using namespace mlir::eoq;

void mlir::eoq::printOnnxSupportTable(llvm::raw_ostream &os) {
  os << R"(# ONNX support

Generated from the handler table by `eoq-opt --onnx-support-table`.

Models: binary protobuf or ONNX text (`.onnxtxt`, `.txt`), opset 7 to 21, weights
inside or in external data files below the model's folder. The graph has one
input, float images [batch, channels, height, width], besides its initializers,
and its output is logits [batch, classes]; of several outputs, the first that is
declared with two dimensions counts, and a warning names the others. The batch
may be symbolic (`--batch-size` binds it), other dimensions may not. float16,
bfloat16 and double weights are converted to float. Nodes may stand in any order
without cycles.

`eoq-opt model.onnx --check` lists all nodes of a model that are not supported.

From PyTorch, keep the batch norm: both exporters fold it into the convolutions
by default, and `--batch-norm=drop` finds nothing to replace then.

```python
torch.onnx.export(model.eval(), (images,), "model.onnx", dynamo=False,
                  training=torch.onnx.TrainingMode.PRESERVE)
torch.onnx.export(model.eval(), (images,), "model.onnx", dynamo=True,
                  optimize=False)
```

An `Identity` of an initializer is a parameter of its own, named after its output:
exporters write equal initializers (biases that start at 0) that way.

| Operator | Since opset | Becomes | Limits |
|---|---|---|---|
)";
  for (const onnx_conversion::HandlerEntry &entry :
       onnx_conversion::getHandlerTable()) {
    os << "| ";
    if (!entry.domain.empty())
      os << entry.domain << ".";
    os << entry.op << " | " << entry.sinceVersion << " | " << entry.becomes
       << " | " << entry.limits << " |\n";
  }
  os << R"(
"Computed" tensors depend on the images; everything else is a constant or an
initializer. Chains that compute shapes (Shape, Gather, Slice, Concat, Cast,
arithmetic on integers and the like) fold, as all shapes are static.

Which initializers are trained: weights and biases of Conv, Gemm and MatMul (a
bias may also be an Add after them), scales and biases of BatchNormalization.
Other constants that are added or multiplied stay as they are. An initializer
that several nodes use stays one parameter.
)";
}
