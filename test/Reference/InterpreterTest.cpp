//===- InterpreterTest.cpp - state, calls, diagnostics ----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Support.h"

#include <cmath>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;
using ::testing::Test;

static void expectContains(const std::string &text, const std::string &part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

static TensorValue &tensor(RuntimeValue &value) {
  return std::get<TensorValue>(value);
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

static const char *const kState = R"(
eoq.parameter #eoq.parameter_kind<weight> @w : tensor<2x!eoq.fixed<16, ?>>
  trainable = dense<[1.5, -0.25]> : tensor<2xf32> exponent -4
eoq.parameter #eoq.parameter_kind<weight> @r : tensor<4x64xf32>
  trainable = #eoq.normal<mantissa = 16384, exponent = -14, centered = true>
eoq.parameter #eoq.parameter_kind<exponent> @e : tensor<i32>
  = dense<0> : tensor<i32>
func.func @initialize(%seed: i32) {
  %step = arith.constant -1 : i32
  %key = eoq.random_key %seed, %step
  eoq.parameter_initialize @w key %key site 0
  eoq.parameter_initialize @r key %key site 1
  eoq.parameter_initialize @e key %key site 2
  return
}
func.func @load() -> tensor<2x!eoq.fixed<16, ?>> {
  %w = eoq.parameter_load @w : tensor<2x!eoq.fixed<16, ?>>
  return %w : tensor<2x!eoq.fixed<16, ?>>
}
func.func @keep(%x: i32) -> i32 {
  %e = eoq.exponent_load @e
  eoq.exponent_store @e, %x
  return %e : i32
}
)";

TEST(Interpreter, State) {
  Program program(kState);
  Interpreter &interpreter = *program.interpreter;
  ASSERT_EQ(interpreter.getAllState().size(), 3u);
  EXPECT_EQ(interpreter.getAllState()[1].first, "r");
  EXPECT_EQ(interpreter.getState("none"), nullptr);

  const TensorValue *w = interpreter.getState("w");
  EXPECT_EQ(w->fixed, (std::vector<int64_t>{24, -4}));
  EXPECT_EQ(w->exponent, -4);
  EXPECT_EQ(w->real(0), 1.5);
  auto loaded = program.call("load", {});
  EXPECT_EQ(tensor(loaded[0]), *w);

  TensorValue changed = *w;
  changed.fixed = {32767, -32767};
  changed.exponent = 3;
  EXPECT_TRUE(succeeded(interpreter.setState("w", changed)));
  EXPECT_EQ(*interpreter.getState("w"), changed);

  TensorValue wide = changed;
  wide.fixed[1] = -32768;
  EXPECT_TRUE(failed(interpreter.setState("w", wide)));
  expectContains(program.messages, "has -32768 at index 1");
  EXPECT_TRUE(failed(interpreter.setState("r", changed)));
  EXPECT_TRUE(failed(interpreter.setState("none", changed)));

  program.call("initialize", {int32_t(1)});
  EXPECT_EQ(interpreter.getState("w")->fixed, (std::vector<int64_t>{24, -4}));
}

TEST(Interpreter, RandomInitialValues) {
  Program program(kState);
  const TensorValue *r = program.interpreter->getState("r");
  EXPECT_EQ(r->f32[0], 0.0f);
  program.call("initialize", {int32_t(1)});
  std::vector<float> first = r->f32;
  double squares = 0;
  for (int channel = 0; channel < 4; ++channel) {
    double sum = 0;
    for (int i = 0; i < 64; ++i) {
      double x = first[channel * 64 + i];
      sum += x, squares += x * x;
    }
    EXPECT_NEAR(sum, 0, 1e-5);
  }
  EXPECT_NEAR(squares / 256, 1, 0.25);
  program.call("initialize", {int32_t(2)});
  EXPECT_NE(r->f32, first);
  program.call("initialize", {int32_t(1)});
  EXPECT_EQ(r->f32, first);
}

TEST(Interpreter, ExponentState) {
  Program program(kState);
  auto before = program.call("keep", {int32_t(-9)});
  EXPECT_EQ(std::get<int32_t>(before[0]), INT32_MIN);
  auto after = program.call("keep", {int32_t(5)});
  EXPECT_EQ(std::get<int32_t>(after[0]), -9);
  program.call("initialize", {int32_t(0)});
  EXPECT_EQ(program.interpreter->getState("e")->i32[0], INT32_MIN);
}

//===----------------------------------------------------------------------===//
// Judgement
//===----------------------------------------------------------------------===//

TEST(Interpreter, RefusesLostBits) {
  Program program(R"(
func.func @bias(%x: tensor<1x2x!eoq.fixed<32, ?>>, %b: tensor<2x!eoq.fixed<16, ?>>)
    -> tensor<1x2x!eoq.fixed<32, ?>> {
  %y = eoq.bias_add %x, %b : (tensor<1x2x!eoq.fixed<32, ?>>, tensor<2x!eoq.fixed<16, ?>>) -> tensor<1x2x!eoq.fixed<32, ?>>
  return %y : tensor<1x2x!eoq.fixed<32, ?>>
})");
  TensorValue x = program.makeArgument("bias", 0);
  TensorValue b = program.makeArgument("bias", 1);
  x.fixed = {5, INT32_MAX - 3};
  b.fixed = {3, 3};
  auto result = program.call("bias", {x, b});
  EXPECT_EQ(tensor(result[0]).fixed, (std::vector<int64_t>{8, INT32_MAX}));
  b.fixed[1] = 4;
  expectContains(
      program.callInvalid("bias", {x, b}),
      "result #0 has 2147483648 at index 1, which does not fit 32 bits");
  // A bias far above the accumulator's grid saturates at 2^28 - 1.
  x.fixed = {0, 0};
  b.fixed = {1, -1};
  b.exponent = 100;
  result = program.call("bias", {x, b});
  EXPECT_EQ(tensor(result[0]).fixed,
            (std::vector<int64_t>{(1 << 28) - 1, -((1 << 28) - 1)}));
  x.fixed[0] = int64_t(INT32_MIN);
  expectContains(program.callInvalid("bias", {x, b}),
                 "argument #0 has -2147483648");
}

TEST(Interpreter, RefusesBrokenMagnitudeBits) {
  Program program(R"(
func.func @sum(%x: tensor<2x!eoq.fixed<32, ?>>, %y: tensor<2x!eoq.fixed<8, ?>>)
    -> tensor<2x!eoq.fixed<32, ?>> {
  %z = eoq.add %x, %y {magnitude_bits = array<i64: 10, 7>} : (tensor<2x!eoq.fixed<32, ?>>, tensor<2x!eoq.fixed<8, ?>>) -> tensor<2x!eoq.fixed<32, ?>>
  return %z : tensor<2x!eoq.fixed<32, ?>>
})");
  TensorValue x = program.makeArgument("sum", 0);
  TensorValue y = program.makeArgument("sum", 1);
  x.fixed = {1023, -1023};
  y.fixed = {127, 1};
  y.exponent = 3;
  auto result = program.call("sum", {x, y});
  EXPECT_EQ(tensor(result[0]).fixed, (std::vector<int64_t>{2039, -1015}));
  EXPECT_EQ(tensor(result[0]).exponent, 0);
  x.fixed[0] = 1024;
  expectContains(program.callInvalid("sum", {x, y}),
                 "operand #0 has an integer of 11 bits, but 'magnitude_bits' "
                 "promises 10");
  // 40 binary digits apart: the grid follows the larger operand.
  x.fixed = {1023, -1023};
  y.exponent = 40;
  result = program.call("sum", {x, y});
  EXPECT_EQ(tensor(result[0]).exponent, 40 + 7 - 29);
  EXPECT_EQ(tensor(result[0]).fixed,
            (std::vector<int64_t>{int64_t(127) << 22, int64_t(1) << 22}));
}

TEST(Interpreter, RefusesWrongLabels) {
  Program program(R"(
func.func @loss(%z: tensor<2x3xf32>, %l: tensor<2xi32>) -> (tensor<f32>, i32) {
  %loss, %n = eoq.cross_entropy %z, %l : (tensor<2x3xf32>, tensor<2xi32>) -> (tensor<f32>, i32)
  return %loss, %n : tensor<f32>, i32
})");
  TensorValue z = program.makeArgument("loss", 0);
  TensorValue l = program.makeArgument("loss", 1);
  l.i32 = {0, -1};
  auto results = program.call("loss", {z, l});
  EXPECT_NEAR(tensor(results[0]).f32[0], std::log(3.0), 1e-6);
  EXPECT_EQ(std::get<int32_t>(results[1]), 1);
  l.i32[1] = 3;
  expectContains(program.callInvalid("loss", {z, l}),
                 "label 3 of row 1 is not in [-1, 3)");
}

TEST(Interpreter, RefusesExponentsBeyond32Bits) {
  Program program(R"(
func.func @f(%x: tensor<1x!eoq.fixed<8, ?>>) -> tensor<1x!eoq.fixed<8, ?>> {
  %y = eoq.shift_exponent %x {amount = 1 : i64} : (tensor<1x!eoq.fixed<8, ?>>) -> tensor<1x!eoq.fixed<8, ?>>
  return %y : tensor<1x!eoq.fixed<8, ?>>
})");
  TensorValue x = program.makeArgument("f", 0);
  x.exponent = INT32_MAX;
  expectContains(program.callInvalid("f", {x}), "exponent 2147483648");
}

TEST(Interpreter, RefusesWhatItCannotRun) {
  Program program(R"(
func.func @node(%x: tensor<1xf32>) -> tensor<1xf32> {
  %y = eoq.onnx_node "Relu"(%x) domain "" opset 13 {} : (tensor<1xf32>) -> tensor<1xf32>
  return %y : tensor<1xf32>
}
func.func @calls(%x: i32) -> i32 {
  %one = arith.constant 1 : i32
  %y = arith.addi %x, %one : i32
  return %y : i32
}
func.func @caller(%x: i32) -> i32 {
  %y = func.call @calls(%x) : (i32) -> i32
  return %y : i32
})");
  TensorValue x = program.makeArgument("node", 0);
  expectContains(program.callInvalid("node", {x}),
                 "cannot be interpreted: 'eoq.onnx_node'");
  expectContains(program.callInvalid("node", {int32_t(1)}), "argument #0");
  expectContains(program.callInvalid("node", {}),
                 "takes 1 arguments but got 0");
  expectContains(program.callInvalid("none", {}), "has no function 'none'");
  auto result = program.call("caller", {int32_t(41)});
  EXPECT_EQ(std::get<int32_t>(result[0]), 42);
}

//===----------------------------------------------------------------------===//
// Update
//===----------------------------------------------------------------------===//

TEST(Interpreter, RealUpdate) {
  Program program(R"(
eoq.parameter #eoq.parameter_kind<weight> @w : tensor<2x2xf32> trainable centered
  = dense<[[1.0, 2.0], [-1.0, 3.0]]> : tensor<2x2xf32> nominal 0.5
eoq.parameter #eoq.parameter_kind<optimizer> @w.momentum : tensor<2x2xf32>
  = dense<0.5> : tensor<2x2xf32>
eoq.parameter #eoq.parameter_kind<optimizer> @w.grad_norm : tensor<f32>
  = dense<0.0> : tensor<f32>
func.func @update(%g: tensor<2x2xf32>, %m: i32, %s: i32, %step: i32) {
  eoq.sgd_update @w momentum @w.momentum grad_norm @w.grad_norm gradient %g
    learning_rate %m, %s step %step
    {momentum = 16 : i64, weight_decay_shift = 2 : i64, site = 0 : i64} : tensor<2x2xf32>
  return
})");
  TensorValue g = program.makeArgument("update", 0);
  g.f32 = {0.5f, -0.5f, 1.0f, 0.0f};
  program.call("update", {g, int32_t(3), int32_t(4), int32_t(0)});
  const Interpreter &interpreter = *program.interpreter;
  // v = v/2 + g + w/4; n2 = 1.5/4; w2 = 15/4: r = floor((1 + 3) / 2) = 2.
  EXPECT_EQ(interpreter.getState("w.momentum")->f32,
            (std::vector<float>{1.0f, 0.25f, 1.0f, 1.0f}));
  EXPECT_EQ(interpreter.getState("w.grad_norm")->f32[0], 0.375f);
  // w - 3/16 * 1/2 * 4 * v = w - 0.375 v, then each row centred.
  double a = 1 - 0.375, b = 2 - 0.375 * 0.25, c = -1 - 0.375, d = 3 - 0.375;
  const std::vector<float> &w = interpreter.getState("w")->f32;
  EXPECT_FLOAT_EQ(w[0], float(a - (a + b) / 2));
  EXPECT_FLOAT_EQ(w[1], float(b - (a + b) / 2));
  EXPECT_FLOAT_EQ(w[2], float(c - (c + d) / 2));
  EXPECT_FLOAT_EQ(w[3], float(d - (c + d) / 2));
}
