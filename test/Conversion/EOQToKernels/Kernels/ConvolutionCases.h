//===- ConvolutionCases.h - geometries and their products -------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_CONVOLUTIONCASES_H
#define EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_CONVOLUTIONCASES_H

#include "KernelTest.h"
#include "llvm/TargetParser/Host.h"

namespace mlir::eoq::test {

/// Calls visit(x, w, y) for every product of a convolution.
template <typename Visit>
void forEachProduct(const Conv2DGeometry &g, Visit visit) {
  int64_t cs = g.c / g.groups, os = g.o / g.groups;
  for (int64_t n = 0; n < g.n; ++n)
    for (int64_t oy = 0; oy < g.oh; ++oy)
      for (int64_t ox = 0; ox < g.ow; ++ox)
        for (int64_t ky = 0; ky < g.kh; ++ky)
          for (int64_t kx = 0; kx < g.kw; ++kx) {
            int64_t iy = oy * g.sh - g.pt + ky * g.dh;
            int64_t ix = ox * g.sw - g.pl + kx * g.dw;
            if (iy < 0 || iy >= g.h || ix < 0 || ix >= g.w)
              continue;
            for (int64_t o = 0; o < g.o; ++o)
              for (int64_t k = 0; k < cs; ++k) {
                int64_t c = o / os * cs + k;
                visit(((n * g.h + iy) * g.w + ix) * g.c + c,
                      ((o * cs + k) * g.kh + ky) * g.kw + kx,
                      ((n * g.oh + oy) * g.ow + ox) * g.o + o);
              }
          }
}

struct Sizes {
  int64_t x, w, y;
};
inline Sizes getSizes(const Conv2DGeometry &g) {
  return {g.n * g.h * g.w * g.c, g.o * (g.c / g.groups) * g.kh * g.kw,
          g.n * g.oh * g.ow * g.o};
}

inline Conv2DGeometry make(int64_t n, int64_t h, int64_t w, int64_t c,
                           int64_t o, int64_t kh, int64_t kw, int64_t sh = 1,
                           int64_t sw = 1, int64_t dh = 1, int64_t dw = 1,
                           int64_t pt = 0, int64_t pl = 0, int64_t pb = 0,
                           int64_t pr = 0, int64_t groups = 1) {
  Conv2DGeometry g{};
  g.n = n;
  g.h = h;
  g.w = w;
  g.c = c;
  g.o = o;
  g.kh = kh;
  g.kw = kw;
  g.sh = sh;
  g.sw = sw;
  g.dh = dh;
  g.dw = dw;
  g.pt = pt;
  g.pl = pl;
  g.groups = groups;
  g.oh = (h + pt + pb - dh * (kh - 1) - 1) / sh + 1;
  g.ow = (w + pl + pr - dw * (kw - 1) - 1) / sw + 1;
  return g;
}

inline std::vector<Conv2DGeometry> getGeometries() {
  std::vector<Conv2DGeometry> list = {
      // LeNet.
      make(4, 28, 28, 1, 6, 5, 5),
      make(4, 12, 12, 6, 16, 5, 5),
      Conv2DGeometry::fullyConnected(8, 256, 120),
      Conv2DGeometry::fullyConnected(7, 120, 84),
      Conv2DGeometry::fullyConnected(1, 84, 10),
      // ResNet.
      make(2, 32, 32, 3, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(3, 32, 32, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(2, 32, 32, 16, 32, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1),
      make(2, 32, 32, 16, 32, 1, 1, 2, 2),
      make(2, 8, 8, 64, 64, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 30, 30, 3, 20, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3),
      // Depthwise and grouped.
      make(2, 9, 9, 24, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 24),
      make(2, 9, 9, 20, 20, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 20),
      make(3, 6, 7, 5, 5, 3, 2, 1, 2, 2, 1, 2, 1, 1, 0, 5),
      make(2, 11, 13, 40, 40, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2, 40),
      make(1, 9, 30, 17, 17, 4, 7, 2, 1, 1, 2, 1, 3, 2, 3, 17),
      make(2, 7, 7, 6, 12, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 6),
      make(2, 7, 7, 8, 12, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 4),
      // More pixels and more channels than one chunk takes.
      make(1, 60, 60, 40, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(2, 5, 5, 200, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(1, 90, 90, 72, 3, 2, 2, 1, 1, 3, 3, 1, 0, 2, 1),
      // At most 6 output channels (of the input's gradient too) and long rows.
      make(2, 20, 37, 3, 5, 3, 3, 2, 1, 2, 3, 2, 3, 2, 3),
      make(2, 11, 40, 4, 6, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1),
      make(1, 33, 19, 2, 3, 1, 1, 2, 2),
      make(3, 8, 50, 1, 1, 2, 4, 1, 1, 1, 2),
      make(1, 70, 120, 30, 2, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2),
      // Most windows, or whole rows of them, see padding.
      make(3, 7, 7, 20, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
      make(2, 9, 9, 8, 33, 5, 5, 1, 1, 2, 2, 4, 4, 4, 4),
      make(2, 4, 4, 6, 18, 3, 3, 1, 1, 1, 1, 5, 4, 5, 4),
      // Several panels of B whose pixels are as far apart as they are wide: one
      // pixel, and a set of images for each panel (of f32, pairs, quads).
      make(4, 1, 1, 64, 10, 1, 1),
      make(8, 1, 1, 64, 10, 1, 1),
      make(16, 1, 1, 64, 10, 1, 1),
      // The kernel is larger than the stride allows to see, or than the image.
      make(2, 6, 6, 3, 4, 2, 2, 3, 3),
      make(2, 5, 4, 3, 4, 7, 6, 1, 1, 1, 1, 3, 3, 3, 2),
      make(1, 5, 5, 2, 3, 1, 1, 1, 1, 1, 1, 2, 1, 0, 3),
  };
  while (list.size() < 56) {
    int64_t groups = randomInt(0, 3) == 0 ? randomInt(1, 4) : 1;
    Conv2DGeometry g =
        make(randomInt(1, 5), randomInt(1, 14), randomInt(1, 14),
             groups * randomInt(1, 20), groups * randomInt(1, 36),
             randomInt(1, 4), randomInt(1, 4), randomInt(1, 3), randomInt(1, 3),
             randomInt(1, 3), randomInt(1, 3), randomInt(0, 3), randomInt(0, 3),
             randomInt(0, 3), randomInt(0, 3), groups);
    int64_t lastY = (g.oh - 1) * g.sh, lastX = (g.ow - 1) * g.sw;
    if (g.oh >= 1 && g.ow >= 1 && lastY >= 0 && lastX >= 0 &&
        g.dh * (g.kh - 1) < g.h + 2 * g.pt + 3 && g.dw * (g.kw - 1) < g.w + 6)
      list.push_back(g);
  }
  return list;
}

/// A vector with 64-byte alignment at its front.
inline std::vector<int8_t> &getScratch(int64_t bytes) {
  static std::vector<int8_t> scratch;
  if (int64_t(scratch.size()) < bytes)
    scratch.resize(bytes);
  for (int8_t &byte : scratch)
    byte = int8_t(randomInt(-128, 127));
  return scratch;
}

inline std::string print(const Conv2DGeometry &g) {
  std::string text;
  for (int64_t v : {g.n, g.h, g.w, g.c, g.oh, g.ow, g.o, g.kh, g.kw, g.sh, g.sw,
                    g.dh, g.dw, g.pt, g.pl, g.groups})
    text += std::to_string(v) + " ";
  return text;
}

inline bool isX86() {
  return llvm::StringRef(llvm::sys::getProcessTriple()).starts_with("x86_64");
}

} // namespace mlir::eoq::test

#endif // EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_CONVOLUTIONCASES_H
