//===- Network.h - the programs of the native tests ---------------*- C++
//-*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A small network with its backward pass, and a program that has every other
// op. Shapes are odd on purpose: tails of vectors, tiles and batches.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_TARGET_CPU_NETWORK_H
#define EOQ_TEST_TARGET_CPU_NETWORK_H

#include "Programs.h"

namespace mlir::eoq::test {

/// conv - bias - relu - max pool - conv - bias - relu - fc - bias, trained.
inline Program makeNetwork() {
  Program p;
  p.name = "network";
  p.n = 6, p.c = 1, p.h = 12, p.w = 12, p.classes = 5;
  p.parameters = {{"head", "5x144"}};
  const char *geometry1 =
      "{strides = array<i64: 1, 1>, pads = array<i64: 2, 2, "
      "2, 2>, dilations = array<i64: 1, 1>, groups = 1 : i64}";
  const char *geometry2 =
      "{strides = array<i64: 1, 1>, pads = array<i64: 0, 0, "
      "0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64}";
  const char *pool =
      "{kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, "
      "pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>}";
  std::string g1 = geometry1, g2 = geometry2, mp = pool;
  p.body =
      loadWeight("w1", "6x1x5x5") +
      "    %b1 = eoq.parameter_load @b1 : t16<6>\n"
      "    %c1 = eoq.conv_2d %x, %w1 " +
      g1 +
      " : (t8<6x1x12x12>, t8<6x1x5x5>) -> t32<6x6x12x12>\n"
      "    %s1 = eoq.bias_add %c1, %b1 : (t32<6x6x12x12>, t16<6>) -> "
      "t32<6x6x12x12>\n"
      "    %r1 = eoq.relu %s1 : (t32<6x6x12x12>) -> t32<6x6x12x12>\n" +
      quantize("a1", "r1", 32, "6x6x12x12") + "    %p1 = eoq.max_pool_2d %a1 " +
      mp + " : (t8<6x6x12x12>) -> t8<6x6x6x6>\n" +
      loadWeight("w2", "17x6x3x3") +
      "    %b2 = eoq.parameter_load @b2 : t16<17>\n"
      "    %c2 = eoq.conv_2d %p1, %w2 " +
      g2 +
      " : (t8<6x6x6x6>, t8<17x6x3x3>) -> t32<6x17x4x4>\n"
      "    %s2 = eoq.bias_add %c2, %b2 : (t32<6x17x4x4>, t16<17>) -> "
      "t32<6x17x4x4>\n"
      "    %r2 = eoq.relu %s2 : (t32<6x17x4x4>) -> t32<6x17x4x4>\n" +
      quantize("a2", "r2", 32, "6x17x4x4") +
      "    %f = eoq.reshape %a2 : (t8<6x17x4x4>) -> t8<6x272>\n" +
      loadWeight("w3", "5x272") +
      "    %b3 = eoq.parameter_load @b3 : t16<5>\n"
      "    %c3 = eoq.fully_connected %f, %w3 : (t8<6x272>, t8<5x272>) -> "
      "t32<6x5>\n"
      "    %logits = eoq.bias_add %c3, %b3 : (t32<6x5>, t16<5>) -> t32<6x5>\n"
      "    %g0 = eoq.cross_entropy_grad_logits %logits, %labels : (t32<6x5>, "
      "tensor<6xi32>) -> tensor<6x5x!eoq.fixed<32, -16>>\n"
      "    %e0, %e0e = eoq.quantize %g0 {role = #eoq.role<error>, rule = "
      "#eoq.exponent_rule<round>, rounding = #eoq.rounding<nearest>, site = 9 "
      ": i64} : tensor<6x5x!eoq.fixed<32, -16>> -> t8<6x5>\n"
      "    %gw3 = eoq.fully_connected_grad_weight %f, %e0 : (t8<6x272>, "
      "t8<6x5>) -> t32<5x272>\n"
      "    %gb3 = eoq.bias_add_grad_bias %e0 : (t8<6x5>) -> t64<5>\n"
      "    %d3 = eoq.fully_connected_grad_input %e0, %w3 : (t8<6x5>, "
      "t8<5x272>) -> t32<6x272>\n"
      "    %d3r = eoq.reshape %d3 : (t32<6x272>) -> t32<6x17x4x4>\n"
      "    %d2 = eoq.relu_grad_input %d3r, %a2 : (t32<6x17x4x4>, t8<6x17x4x4>) "
      "-> t32<6x17x4x4>\n" +
      quantize("e2", "d2", 32, "6x17x4x4", "error") +
      "    %gw2 = eoq.conv_2d_grad_weight %p1, %e2 " + g2 +
      " : (t8<6x6x6x6>, t8<6x17x4x4>) -> t32<17x6x3x3>\n"
      "    %gb2 = eoq.bias_add_grad_bias %e2 : (t8<6x17x4x4>) -> t64<17>\n"
      "    %d1 = eoq.conv_2d_grad_input %e2, %w2 " +
      g2 + " : (t8<6x17x4x4>, t8<17x6x3x3>) -> t32<6x6x6x6>\n" +
      quantize("e1p", "d1", 32, "6x6x6x6", "error") +
      "    %d1p = eoq.max_pool_2d_grad_input %e1p, %a1 " + mp +
      " : (t8<6x6x6x6>, t8<6x6x12x12>) -> t32<6x6x12x12>\n"
      "    %d1r = eoq.relu_grad_input %d1p, %a1 : (t32<6x6x12x12>, "
      "t8<6x6x12x12>) -> t32<6x6x12x12>\n" +
      quantize("e1", "d1r", 32, "6x6x12x12", "error") +
      "    %gw1 = eoq.conv_2d_grad_weight %x, %e1 " + g1 +
      " : (t8<6x1x12x12>, t8<6x6x12x12>) -> t32<6x1x5x5>\n"
      "    %gb1 = eoq.bias_add_grad_bias %e1 : (t8<6x6x12x12>) -> t64<6>\n";
  p.gradients = {{"%gw3", 32, {"w3", "5x272"}},
                 {"%gb3",
                  64,
                  {"b3", "5", 16, true, false, "bias"},
                  "momentum = 29 : i64, lr_shift_offset = 1 : i64"},
                 {"%gw2", 32, {"w2", "17x6x3x3", 16, true, true}},
                 {"%gb2",
                  64,
                  {"b2", "17", 16, false, false, "bias"},
                  "momentum = 0 : i64"},
                 {"%gw1", 32, {"w1", "6x1x5x5", 16, true, true}},
                 {"%gb1",
                  64,
                  {"b1", "6", 16, true, false, "bias"},
                  "momentum = 29 : i64"}};
  return p;
}

/// Everything else, in both layouts where it matters.
inline Program makeOperations() {
  Program p;
  p.name = "operations";
  p.n = 3, p.c = 3, p.h = 9, p.w = 7, p.classes = 10;
  p.exponents = {"kept"};
  p.parameters = {
      {"head", "10x189"},   {"scalar", "1"},          {"wide", "3"},
      {"conv", "20x3x3x3"}, {"depthwise", "6x1x3x3"}, {"grouped", "8x4x1x1"}};
  std::string strided =
      "{strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 2>, dilations = "
      "array<i64: 1, 2>, groups = 1 : i64}";
  std::string depthwise =
      "{strides = array<i64: 1, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = "
      "array<i64: 1, 1>, groups = 3 : i64}";
  std::string window = "{kernel = array<i64: 3, 2>, strides = array<i64: 2, "
                       "1>, pads = array<i64: "
                       "1, 0, 1, 1>, dilations = array<i64: 1, 2>";
  p.body =
      loadWeight("head", "10x189") + loadWeight("conv", "20x3x3x3") +
      loadWeight("depthwise", "6x1x3x3") + loadWeight("grouped", "8x4x1x1") +
      loadWeight("scalar", "1") + loadWeight("wide", "3") +
      "    %flat = eoq.reshape %x : (t8<3x3x9x7>) -> t8<3x189>\n"
      "    %logits = eoq.fully_connected %flat, %head : (t8<3x189>, "
      "t8<10x189>) -> t32<3x10>\n"
      // Convolutions: stride, dilation, uneven pads; depthwise; 1x1 in groups.
      "    %c1 = eoq.conv_2d %x, %conv " +
      strided + " : (t8<3x3x9x7>, t8<20x3x3x3>) -> t32<3x20x4x5>\n" +
      quantize("a1", "c1", 32, "3x20x4x5") +
      "    %gi1 = eoq.conv_2d_grad_input %a1, %conv " + strided +
      " : (t8<3x20x4x5>, t8<20x3x3x3>) -> t32<3x3x9x7>\n"
      "    %gw1 = eoq.conv_2d_grad_weight %x, %a1 " +
      strided +
      " : (t8<3x3x9x7>, t8<3x20x4x5>) -> t32<20x3x3x3>\n"
      "    %c2 = eoq.conv_2d %x, %depthwise " +
      depthwise + " : (t8<3x3x9x7>, t8<6x1x3x3>) -> t32<3x6x9x4>\n" +
      quantize("a2", "c2", 32, "3x6x9x4") +
      "    %gi2 = eoq.conv_2d_grad_input %a2, %depthwise " + depthwise +
      " : (t8<3x6x9x4>, t8<6x1x3x3>) -> t32<3x3x9x7>\n"
      "    %gw2 = eoq.conv_2d_grad_weight %x, %a2 " +
      depthwise + " : (t8<3x3x9x7>, t8<3x6x9x4>) -> t32<6x1x3x3>\n" +
      // Residual sums of 32 and 8 bits, differences, products.
      quantize("q1", "gi1", 32, "3x3x9x7") +
      "    %sum = eoq.add %gi1, %gi2 {magnitude_bits = array<i64: 28, 27>} : "
      "(t32<3x3x9x7>, t32<3x3x9x7>) -> t32<3x3x9x7>\n"
      "    %mixed = eoq.sub %x, %sum {magnitude_bits = array<i64: 7, 29>} : "
      "(t8<3x3x9x7>, t32<3x3x9x7>) -> t32<3x3x9x7>\n"
      "    %narrow = eoq.add %x, %q1 {magnitude_bits = array<i64: 7, 7>} : "
      "(t8<3x3x9x7>, t8<3x3x9x7>) -> t32<3x3x9x7>\n"
      "    %product = eoq.mul %x, %q1 : (t8<3x3x9x7>, t8<3x3x9x7>) -> "
      "t32<3x3x9x7>\n"
      "    %half = eoq.shift_exponent %q1 {amount = -1 : i64} : (t8<3x3x9x7>) "
      "-> t8<3x3x9x7>\n"
      "    %halves = eoq.add %q1, %half {magnitude_bits = array<i64: 7, 7>} : "
      "(t8<3x3x9x7>, t8<3x3x9x7>) -> t32<3x3x9x7>\n"
      // Channels.
      "    %scaled = eoq.scale %x, %wide : (t8<3x3x9x7>, t8<3>) -> "
      "t32<3x3x9x7>\n"
      "    %scaled1 = eoq.scale %q1, %scalar : (t8<3x3x9x7>, t8<1>) -> "
      "t32<3x3x9x7>\n"
      "    %shifted = eoq.bias_add %q1, %scalar_m : (t8<3x3x9x7>, t16<1>) -> "
      "t32<3x3x9x7>\n"
      "    %shifted3 = eoq.bias_add %x, %wide_m : (t8<3x3x9x7>, t16<3>) -> "
      "t32<3x3x9x7>\n"
      "    %gb = eoq.bias_add_grad_bias %q1 : (t8<3x3x9x7>) -> t64<1>\n"
      "    %gs = eoq.scale_grad_scale %x, %q1 : (t8<3x3x9x7>, t8<3x3x9x7>) -> "
      "t64<3>\n"
      "    %gs1 = eoq.scale_grad_scale %x, %q1 : (t8<3x3x9x7>, t8<3x3x9x7>) -> "
      "t64<1>\n"
      // Activations and their gradients.
      "    %leaky = eoq.leaky_relu %mixed {alpha = 1.000000e-01 : f64} : "
      "(t32<3x3x9x7>) -> t32<3x3x9x7>\n" +
      quantize("aleaky", "leaky", 32, "3x3x9x7") +
      "    %gleaky = eoq.leaky_relu_grad_input %narrow, %aleaky {alpha = "
      "1.000000e-01 : f64} : (t32<3x3x9x7>, t8<3x3x9x7>) -> t32<3x3x9x7>\n"
      "    %clip = eoq.clip %halves {minimum = -1.500000e-02 : f64, maximum = "
      "1.250000e+00 : f64} : (t32<3x3x9x7>) -> t32<3x3x9x7>\n" +
      quantize("aclip", "clip", 32, "3x3x9x7") +
      "    %gclip = eoq.clip_grad_input %narrow, %aclip {minimum = "
      "-1.500000e-02 : f64, maximum = 1.250000e+00 : f64} : (t32<3x3x9x7>, "
      "t8<3x3x9x7>) -> t32<3x3x9x7>\n"
      "    %clip1 = eoq.clip %product {minimum = 0.000000e+00 : f64, maximum = "
      "0x7FF0000000000000 : f64} : (t32<3x3x9x7>) -> t32<3x3x9x7>\n"
      // Pooling.
      "    %max = eoq.max_pool_2d %x " +
      window +
      "} : (t8<3x3x9x7>) -> t8<3x3x5x6>\n"
      "    %gmax = eoq.max_pool_2d_grad_input %max, %q1 " +
      window +
      "} : (t8<3x3x5x6>, t8<3x3x9x7>) -> t32<3x3x9x7>\n"
      "    %mean = eoq.avg_pool_2d %q1 " +
      window + "} : (t8<3x3x9x7>) -> t32<3x3x5x6>\n" +
      quantize("qmean", "mean", 32, "3x3x5x6") +
      "    %gmean = eoq.avg_pool_2d_grad_input %qmean " + window +
      "} : (t8<3x3x5x6>) -> t32<3x3x9x7>\n"
      "    %meanp = eoq.avg_pool_2d %x " +
      window +
      ", count_include_pad} : (t8<3x3x9x7>) -> t32<3x3x5x6>\n"
      "    %gmeanp = eoq.avg_pool_2d_grad_input %max " +
      window + ", count_include_pad} : (t8<3x3x5x6>) -> t32<3x3x9x7>\n" +
      // Moving data, row-major (%x) and channels-last (%a1) tensors.
      "    %cat = eoq.concat %x, %q1, %aclip {axis = 1 : i64} : (t8<3x3x9x7>, "
      "t8<3x3x9x7>, t8<3x3x9x7>) -> t32<3x9x9x7>\n"
      "    %part = eoq.slice %cat {offsets = array<i64: 0, 2, 1, 3>} : "
      "(t32<3x9x9x7>) -> t32<3x4x8x3>\n"
      "    %padded = eoq.pad %part {low = array<i64: 0, 1, 0, 2>, high = "
      "array<i64: 1, 0, 3, 0>} : (t32<3x4x8x3>) -> t32<4x5x11x5>\n"
      "    %turned = eoq.transpose %a1 {permutation = array<i64: 2, 1, 3, 0>} "
      ": (t8<3x20x4x5>) -> t8<4x20x5x3>\n"
      "    %joined = eoq.reshape %turned : (t8<4x20x5x3>) -> t8<4x300>\n"
      "    %five = eoq.reshape %a1 : (t8<3x20x4x5>) -> t8<3x2x10x4x5>\n"
      "    %shuffled = eoq.transpose %five {permutation = array<i64: 0, 2, 1, "
      "3, 4>} : (t8<3x2x10x4x5>) -> t8<3x10x2x4x5>\n"
      "    %grid = eoq.reshape %shuffled : (t8<3x10x2x4x5>) -> t8<3x20x4x5>\n"
      "    %front = eoq.slice %grid {offsets = array<i64: 0, 4, 0, 0>} : "
      "(t8<3x20x4x5>) -> t8<3x8x4x5>\n"
      "    %c3 = eoq.conv_2d %front, %grouped {strides = array<i64: 1, 1>, "
      "pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 "
      ": i64} : (t8<3x8x4x5>, t8<8x4x1x1>) -> t32<3x8x4x5>\n"
      "    %rank3 = eoq.reshape %a1 : (t8<3x20x4x5>) -> t8<20x3x20>\n"
      "    %rank3b = eoq.scale %rank3, %wide : (t8<20x3x20>, t8<3>) -> "
      "t32<20x3x20>\n"
      // A quantizer that keeps its exponent, and one that rounds by chance.
      "    %old = eoq.exponent_load @kept\n"
      "    %k, %fresh = eoq.quantize %c3 previous %old {role = "
      "#eoq.role<activation>, rule = #eoq.exponent_rule<round>, rounding = "
      "#eoq.rounding<nearest>, site = 50 : i64} : t32<3x8x4x5> -> t8<3x8x4x5>\n"
      "    eoq.exponent_store @kept, %fresh\n"
      "    %st, %ste = eoq.quantize %c2 key %key {role = #eoq.role<error>, "
      "rule = #eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, "
      "site = 51 : i64} : t32<3x6x9x4> -> t8<3x6x9x4>\n";
  // Every result reaches the state through an update.
  int number = 0;
  auto observe = [&](const std::string &value, int width,
                     const std::string &shape, int stored = 16) {
    p.gradients.push_back({"%" + value,
                           width,
                           {"seen" + std::to_string(number), shape, stored,
                            number % 3 != 0, number % 4 == 1},
                           number % 2 ? "momentum = 31 : i64"
                                      : "momentum = 16 : i64, "
                                        "weight_decay_shift = 5 : i64"});
    ++number;
  };
  observe("gw1", 32, "20x3x3x3");
  observe("gw2", 32, "6x1x3x3", 8);
  for (const char *value :
       {"sum", "mixed", "narrow", "product", "halves", "scaled", "scaled1",
        "shifted", "shifted3", "leaky", "gleaky", "clip", "gclip", "clip1",
        "gmax", "gmean", "gmeanp"})
    observe(value, 32, "3x3x9x7");
  observe("gb", 64, "1");
  observe("gs", 64, "3");
  observe("gs1", 64, "1", 8);
  observe("max", 8, "3x3x5x6");
  observe("mean", 32, "3x3x5x6");
  observe("meanp", 32, "3x3x5x6", 8);
  observe("cat", 32, "3x9x9x7");
  observe("part", 32, "3x4x8x3");
  observe("padded", 32, "4x5x11x5");
  observe("joined", 8, "4x300");
  observe("grid", 8, "3x20x4x5");
  observe("c3", 32, "3x8x4x5");
  observe("rank3b", 32, "20x3x20");
  observe("k", 8, "3x8x4x5");
  observe("st", 8, "3x6x9x4");
  return p;
}

} // namespace mlir::eoq::test

#endif // EOQ_TEST_TARGET_CPU_NETWORK_H
