//===- ConvolutionLists.h - convolutions of known networks ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The different convolutions and fully connected layers of the networks that
// benchmarks use, with the batch sizes that they are measured at.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TOOLS_BENCH_CONVOLUTIONLISTS_H
#define EOQ_TOOLS_BENCH_CONVOLUTIONLISTS_H

#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include <string>
#include <vector>

namespace mlir::eoq::bench {

struct Layer {
  std::string list, name;
  Conv2DGeometry geometry;
  /// The first of its network: no gradient of its input is needed.
  bool first;
  /// Its input comes from a ReLU.
  bool nonnegative;

  double getProducts() const {
    const Conv2DGeometry &g = geometry;
    return double(g.n) * g.oh * g.ow * g.o * (g.c / g.groups) * g.kh * g.kw;
  }
  bool isFullyConnected() const {
    const Conv2DGeometry &g = geometry;
    return g.h == 1 && g.w == 1 && g.kh == 1 && g.kw == 1;
  }
  /// A 3x3 convolution of stride 1, which should run at the peak.
  bool isPlain3x3() const {
    const Conv2DGeometry &g = geometry;
    return g.kh == 3 && g.kw == 3 && g.sh == 1 && g.groups == 1 && !first;
  }
};

/// Every different convolution of every network once, in the networks' order.
std::vector<Layer> getLayers();

} // namespace mlir::eoq::bench

#endif // EOQ_TOOLS_BENCH_CONVOLUTIONLISTS_H
