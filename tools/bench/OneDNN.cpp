//===- OneDNN.cpp - the peer: convolutions of oneDNN ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "OneDNN.h"
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.hpp>
#include <random>

using namespace mlir::eoq;
using namespace mlir::eoq::bench;
using namespace dnnl;

struct OneDNNProduct::Implementation {
  engine cpu{engine::kind::cpu, 0};
  stream queue{cpu};
  primitive product;
  std::unordered_map<int, memory> arguments;

  /// A buffer of random numbers in a primitive's layout.
  void add(int name, const memory::desc &layout) {
    memory buffer(layout, cpu);
    auto *data = static_cast<float *>(buffer.get_data_handle());
    std::minstd_rand random(name);
    for (size_t i = 0; i < layout.get_size() / sizeof(float); ++i)
      data[i] = float(int(random() % 255) - 127) / 128;
    arguments.emplace(name, buffer);
  }

  template <typename Forward, typename BackwardData, typename BackwardWeights,
            typename Describe>
  void create(Conv2DKind kind, Describe describe);
};

/// One of the three primitives of a kind of layer. `describe` makes the
/// descriptor of each from the arguments that they have in common.
template <typename Forward, typename BackwardData, typename BackwardWeights,
          typename Describe>
void OneDNNProduct::Implementation::create(Conv2DKind kind, Describe describe) {
  typename Forward::primitive_desc forward(
      describe(static_cast<typename Forward::desc *>(nullptr)), cpu);
  switch (kind) {
  case Conv2DKind::Forward:
    product = Forward(forward);
    add(DNNL_ARG_SRC, forward.src_desc());
    add(DNNL_ARG_WEIGHTS, forward.weights_desc());
    add(DNNL_ARG_DST, forward.dst_desc());
    break;
  case Conv2DKind::GradInput: {
    typename BackwardData::primitive_desc backward(
        describe(static_cast<typename BackwardData::desc *>(nullptr)), cpu,
        forward);
    product = BackwardData(backward);
    add(DNNL_ARG_DIFF_SRC, backward.diff_src_desc());
    add(DNNL_ARG_WEIGHTS, backward.weights_desc());
    add(DNNL_ARG_DIFF_DST, backward.diff_dst_desc());
    break;
  }
  case Conv2DKind::GradWeight: {
    typename BackwardWeights::primitive_desc backward(
        describe(static_cast<typename BackwardWeights::desc *>(nullptr)), cpu,
        forward);
    product = BackwardWeights(backward);
    add(DNNL_ARG_SRC, backward.src_desc());
    add(DNNL_ARG_DIFF_WEIGHTS, backward.diff_weights_desc());
    add(DNNL_ARG_DIFF_DST, backward.diff_dst_desc());
    break;
  }
  }
}

OneDNNProduct::OneDNNProduct(const Conv2DGeometry &g, Conv2DKind kind)
    : implementation(std::make_unique<Implementation>()) {
  // Debian's oneDNN runs on OpenMP, which took its threads from the
  // environment when the process started.
  if (void *function = dlsym(RTLD_DEFAULT, "omp_set_num_threads"))
    reinterpret_cast<void (*)(int)>(function)(1);

  auto any = [](memory::dims dims) {
    return memory::desc(dims, memory::data_type::f32, memory::format_tag::any);
  };
  if (g.h == 1 && g.w == 1 && g.kh == 1 && g.kw == 1) {
    auto x = any({g.n, g.c}), w = any({g.o, g.c}), y = any({g.n, g.o});
    struct Describe {
      memory::desc x, w, y;
      auto operator()(inner_product_forward::desc *) {
        return inner_product_forward::desc(prop_kind::forward_training, x, w,
                                           y);
      }
      auto operator()(inner_product_backward_data::desc *) {
        return inner_product_backward_data::desc(x, w, y);
      }
      auto operator()(inner_product_backward_weights::desc *) {
        return inner_product_backward_weights::desc(x, w, y);
      }
    };
    implementation->create<inner_product_forward, inner_product_backward_data,
                           inner_product_backward_weights>(kind,
                                                           Describe{x, w, y});
    return;
  }

  struct Describe {
    memory::desc x, w, y;
    memory::dims strides, dilations, before, after;
    auto operator()(convolution_forward::desc *) {
      return convolution_forward::desc(prop_kind::forward_training,
                                       algorithm::convolution_direct, x, w, y,
                                       strides, dilations, before, after);
    }
    auto operator()(convolution_backward_data::desc *) {
      return convolution_backward_data::desc(algorithm::convolution_direct, x,
                                             w, y, strides, dilations, before,
                                             after);
    }
    auto operator()(convolution_backward_weights::desc *) {
      return convolution_backward_weights::desc(algorithm::convolution_direct,
                                                x, w, y, strides, dilations,
                                                before, after);
    }
  };
  memory::dims weights = {g.o, g.c / g.groups, g.kh, g.kw};
  if (g.groups > 1)
    weights = {g.groups, g.o / g.groups, g.c / g.groups, g.kh, g.kw};
  auto atLeast0 = [](int64_t pad) { return std::max<int64_t>(pad, 0); };
  int64_t bottom = (g.oh - 1) * g.sh + (g.kh - 1) * g.dh + 1 - g.h - g.pt;
  int64_t right = (g.ow - 1) * g.sw + (g.kw - 1) * g.dw + 1 - g.w - g.pl;
  implementation->create<convolution_forward, convolution_backward_data,
                         convolution_backward_weights>(
      kind, Describe{any({g.n, g.c, g.h, g.w}),
                     any(weights),
                     any({g.n, g.o, g.oh, g.ow}),
                     {g.sh, g.sw},
                     {g.dh - 1, g.dw - 1},
                     {g.pt, g.pl},
                     {atLeast0(bottom), atLeast0(right)}});
}

OneDNNProduct::~OneDNNProduct() = default;

void OneDNNProduct::run() {
  implementation->product.execute(implementation->queue,
                                  implementation->arguments);
  implementation->queue.wait();
}
