//===- ProductBlocks.h - products in blocks of a batch ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_CONVERSION_EOQTOKERNELS_PRODUCTBLOCKS_H
#define EOQ_LIB_CONVERSION_EOQTOKERNELS_PRODUCTBLOCKS_H

#include "Kernels.h"
#include <functional>

namespace mlir::eoq {

/// Whether an op may be in an `eoq.fused` with `blocks`, as it makes 32-bit
/// numbers of 8-bit ones, image by image: a product, or the gradient of a max
/// pooling.
bool isMadeInBlocks(Operation *op);

/// Such ops of one `eoq.fused`. The batch is taken in so many turns, and their
/// results exist for the images of one turn.
class ProductBlocks {
public:
  ProductBlocks(FunctionLowering &function, int64_t count)
      : function(function), count(count) {}

  int64_t getCount() const { return count; }

  /// Adds an op, and packs the weights of a product. Its result in a turn.
  Tensor add(Operation *op);

  /// Creates a loop with `turns` turns, each of all ops and of what
  /// `createTurn` creates, which returns a magnitude (i64) or null. The largest
  /// one of all turns.
  Value loop(Value turns, function_ref<Value()> createTurn);

  /// In a turn: its part of a buffer of bytes for the batch.
  Value getPart(Value whole);
  /// In a turn: its first element out of `elements` of the batch.
  Value getFirst(int64_t elements);
  /// In a turn: a key that numbers elements from its first image on (N5).
  Value getKey(Value key, int64_t elements);

private:
  Value addProduct(Operation *op, Value result);
  Value addMaxPoolGrad(MaxPool2DGradInputOp op, Value result);

  FunctionLowering &function;
  int64_t count;
  /// What creates the ops' calls in a turn.
  SmallVector<std::function<void()>, 2> makers;
  /// The number of the turn.
  Value current;
};

} // namespace mlir::eoq

#endif // EOQ_LIB_CONVERSION_EOQTOKERNELS_PRODUCTBLOCKS_H
