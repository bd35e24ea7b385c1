//===- ConvolutionLists.cpp - convolutions of known networks --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ConvolutionLists.h"
#include <set>

using namespace mlir::eoq;
using namespace mlir::eoq::bench;

namespace {

/// Collects the layers of one network, the same geometry only once.
class List {
public:
  List(std::vector<Layer> &layers, const char *name, int64_t batch)
      : layers(layers), name(name), batch(batch) {}

  /// A square convolution with the pads of ONNX's SAME_LOWER (kernel / 2), or
  /// without any. The first one gets the images.
  void conv(int64_t size, int64_t c, int64_t o, int64_t kernel, int64_t stride,
            int64_t groups = 1, bool nonnegative = true, bool padded = true) {
    Conv2DGeometry g{};
    g.n = batch;
    g.h = g.w = size;
    g.c = c;
    g.o = o;
    g.kh = g.kw = kernel;
    g.sh = g.sw = stride;
    g.dh = g.dw = 1;
    g.pt = g.pl = padded ? kernel / 2 : 0;
    g.groups = groups;
    g.oh = g.ow = (size + 2 * g.pt - kernel) / stride + 1;
    std::string text = std::to_string(kernel) + "x" + std::to_string(kernel);
    text += groups > 1 ? "-depthwise-" : "-";
    text += std::to_string(c);
    if (groups == 1)
      text += "-" + std::to_string(o);
    text += "-" + std::to_string(size) + "x" + std::to_string(size);
    if (stride > 1)
      text += "-stride-" + std::to_string(stride);
    add(text, g, nonnegative);
  }

  /// Any convolution; `name` says what the sizes do not.
  void conv(const char *name, Conv2DGeometry g, bool nonnegative = true) {
    g.n = batch;
    add(std::to_string(g.kh) + "x" + std::to_string(g.kw) + "-" +
            std::to_string(g.c) + "-" + std::to_string(g.o) + "-" +
            std::to_string(g.h) + "x" + std::to_string(g.w) + name,
        g, nonnegative);
  }

  void fullyConnected(int64_t k, int64_t m) {
    add("fc-" + std::to_string(k) + "-" + std::to_string(m),
        Conv2DGeometry::fullyConnected(batch, k, m), true);
  }

private:
  void add(std::string text, const Conv2DGeometry &g, bool nonnegative) {
    bool first = names.empty();
    if (names.insert(text).second)
      layers.push_back({name, text, g, first, nonnegative && !first});
  }

  std::vector<Layer> &layers;
  const char *name;
  int64_t batch;
  std::set<std::string> names;
};

void addResNet18(std::vector<Layer> &layers, const char *name, int64_t batch) {
  List list(layers, name, batch);
  list.conv(224, 3, 64, 7, 2);
  int64_t size = 56, c = 64;
  list.conv(size, c, c, 3, 1);
  for (int64_t stage = 1; stage < 4; ++stage) {
    list.conv(size, c, 2 * c, 3, 2);
    list.conv(size, c, 2 * c, 1, 2);
    size /= 2;
    c *= 2;
    list.conv(size, c, c, 3, 1);
  }
  list.fullyConnected(512, 1000);
}

void addResNet20(std::vector<Layer> &layers, const char *name, int64_t batch) {
  List list(layers, name, batch);
  list.conv(32, 3, 16, 3, 1);
  int64_t size = 32, c = 16;
  list.conv(size, c, c, 3, 1);
  for (int64_t stage = 1; stage < 3; ++stage) {
    list.conv(size, c, 2 * c, 3, 2);
    list.conv(size, c, 2 * c, 1, 2);
    size /= 2;
    c *= 2;
    list.conv(size, c, c, 3, 1);
  }
  list.fullyConnected(64, 10);
}

void addMobileNetV2(std::vector<Layer> &layers, const char *name,
                    int64_t batch) {
  List list(layers, name, batch);
  list.conv(224, 3, 32, 3, 2);
  int64_t size = 112, c = 32;
  const int64_t stages[][4] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                               {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                               {6, 320, 1, 1}};
  for (auto [expansion, o, count, stride] : stages)
    for (int64_t i = 0; i < count; ++i) {
      int64_t wide = c * expansion, s = i == 0 ? stride : 1;
      // The block's input is the sum of linear layers.
      if (expansion > 1)
        list.conv(size, c, wide, 1, 1, 1, /*nonnegative=*/false);
      list.conv(size, wide, wide, 3, s, wide);
      size /= s;
      list.conv(size, wide, o, 1, 1);
      c = o;
    }
  list.conv(size, c, 1280, 1, 1, 1, /*nonnegative=*/false);
  list.fullyConnected(1280, 1000);
}

void addVGG11(std::vector<Layer> &layers, const char *name, int64_t batch) {
  List list(layers, name, batch);
  int64_t size = 32, c = 3;
  // Channels, and whether a pool follows.
  const std::pair<int64_t, bool> stages[] = {
      {64, true},   {128, true}, {256, false}, {256, true},
      {512, false}, {512, true}, {512, false}, {512, true}};
  for (auto [o, pool] : stages) {
    list.conv(size, c, o, 3, 1);
    size = pool ? size / 2 : size;
    c = o;
  }
  list.fullyConnected(512, 512);
}

void addLeNet5(std::vector<Layer> &layers, const char *name, int64_t batch) {
  List list(layers, name, batch);
  list.conv(28, 1, 6, 5, 1, 1, true, /*padded=*/false);
  list.conv(12, 6, 16, 5, 1, 1, true, /*padded=*/false);
  list.fullyConnected(256, 120);
  list.fullyConnected(120, 84);
  list.fullyConnected(84, 10);
}

/// Shapes that are not the kernels' favourites: the slowest of each class is to
/// be seen.
void addUncommon(std::vector<Layer> &layers, const char *name, int64_t batch) {
  List list(layers, name, batch);
  auto make = [](int64_t size, int64_t c, int64_t o, int64_t kh, int64_t kw) {
    Conv2DGeometry g{};
    g.h = g.w = size;
    g.c = c;
    g.o = o;
    g.kh = kh;
    g.kw = kw;
    g.sh = g.sw = g.dh = g.dw = g.groups = 1;
    g.pt = kh / 2;
    g.pl = kw / 2;
    g.oh = g.ow = size;
    return g;
  };
  list.conv("", make(224, 1, 8, 3, 3));
  list.conv("", make(28, 17, 33, 3, 3));
  list.conv("", make(28, 24, 40, 5, 5));
  list.conv("", make(17, 192, 224, 1, 7));
  list.conv("", make(17, 192, 224, 7, 1));
  list.conv("", make(14, 128, 10, 1, 1));
  Conv2DGeometry g = make(28, 64, 64, 3, 3);
  g.dh = g.dw = g.pt = g.pl = 2;
  list.conv("-dilation-2", g);
  g.dh = g.dw = g.pt = g.pl = 12;
  list.conv("-dilation-12", g);
  g = make(56, 64, 96, 5, 5);
  // Pads of 1 before and 2 behind.
  g.sh = g.sw = 2;
  g.pt = g.pl = 1;
  g.oh = g.ow = 28;
  list.conv("-stride-2-pads-1-2", g);
  for (int64_t groups : {2, 8, 32}) {
    g = make(28, 128, 128, 3, 3);
    g.groups = groups;
    list.conv(("-groups-" + std::to_string(groups)).c_str(), g);
  }
  // Depthwise with two outputs of each channel, and with a large kernel.
  g = make(28, 64, 128, 3, 3);
  g.groups = 64;
  list.conv("-groups-64", g);
  g = make(28, 96, 96, 5, 5);
  g.groups = 96;
  list.conv("-depthwise", g);
  list.fullyConnected(4096, 1000);
}

} // namespace

std::vector<Layer> mlir::eoq::bench::getLayers() {
  std::vector<Layer> layers;
  addResNet18(layers, "resnet18", 8);
  addResNet20(layers, "resnet20", 128);
  addResNet20(layers, "resnet20-batch1", 1);
  addMobileNetV2(layers, "mobilenet_v2", 8);
  addVGG11(layers, "vgg11", 32);
  addLeNet5(layers, "lenet5", 32);
  addUncommon(layers, "uncommon", 8);
  addUncommon(layers, "uncommon-batch1", 1);
  return layers;
}
