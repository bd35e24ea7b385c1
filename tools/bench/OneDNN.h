//===- OneDNN.h - the peer: convolutions of oneDNN --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TOOLS_BENCH_ONEDNN_H
#define EOQ_TOOLS_BENCH_ONEDNN_H

#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include <memory>

namespace mlir::eoq::bench {

/// A float32 product of oneDNN on one thread, with all operands in the layouts
/// that oneDNN likes best: what it costs to reorder them is not counted.
class OneDNNProduct {
public:
  OneDNNProduct(const Conv2DGeometry &geometry, Conv2DKind kind);
  ~OneDNNProduct();
  void run();

private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};

} // namespace mlir::eoq::bench

#endif // EOQ_TOOLS_BENCH_ONEDNN_H
