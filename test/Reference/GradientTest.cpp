//===- GradientTest.cpp - backward ops against differences ------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every f32 backward op is compared with central differences of its forward op,
// on random shapes.
//
//===----------------------------------------------------------------------===//
#include "Support.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;
using llvm::formatv;

using Shape = std::vector<int64_t>;

static std::string list(ArrayRef<int64_t> numbers) {
  return "array<i64: " +
         llvm::join(llvm::map_range(
                        numbers,
                        [](int64_t number) { return std::to_string(number); }),
                    ", ") +
         ">";
}

static std::string type(const Shape &shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

/// How the inputs of a test are chosen.
enum class Fill {
  Uniform, // in [-1, 1]
  Grid     // different odd multiples of 2^-5: kinks and ties lie between them
};

static constexpr double kStep = 1.0 / 64;

namespace {

/// A module with @forward(inputs) -> y and @backward(gradient of y, inputs) ->
/// gradients of the first of the inputs.
class GradientCheck {
public:
  GradientCheck(Random &random, std::vector<Shape> inputs, Shape output)
      : random(random), inputs(std::move(inputs)), output(std::move(output)) {}

  /// `forward` ends in a definition of %y, `backward` of %g0, %g1, ... from %g,
  /// both in terms of %x0, %x1, ...
  void run(const std::string &forward, const std::string &backward,
           unsigned gradients = 1, Fill fill = Fill::Uniform) {
    std::string parameters, results, names;
    for (auto [i, shape] : llvm::enumerate(inputs))
      parameters += formatv("{0}%x{1}: {2}", i ? ", " : "", i, type(shape));
    for (unsigned i = 0; i < gradients; ++i) {
      results += (i ? ", " : "") + type(inputs[i]);
      names += formatv("{0}%g{1}", i ? ", " : "", i);
    }
    std::string out = type(output);
    std::string text =
        formatv("func.func @forward({0}) -> {1} {{\n{2}\nreturn %y : {1}\n}\n"
                "func.func @backward(%g: {1}, {0}) -> ({3}) {{\n{4}\n"
                "return {5} : {3}\n}\n",
                parameters, out, forward, results, backward, names);
    SCOPED_TRACE(text);
    Program program(text);

    std::vector<RuntimeValue> values;
    for (unsigned i = 0; i < inputs.size(); ++i) {
      TensorValue value = program.makeArgument("forward", i);
      choose(value.f32, fill);
      values.push_back(std::move(value));
    }
    TensorValue weights = program.makeArgument("backward", 0);
    random.fill(weights.f32);

    std::vector<RuntimeValue> backwardArguments = {weights};
    llvm::append_range(backwardArguments, values);
    std::vector<RuntimeValue> analytic =
        program.call("backward", backwardArguments);
    ASSERT_EQ(analytic.size(), gradients);
    for (unsigned i = 0; i < gradients; ++i)
      compare(program, values, i, weights, std::get<TensorValue>(analytic[i]));
  }

private:
  void choose(std::vector<float> &values, Fill fill) {
    if (fill == Fill::Uniform)
      return random.fill(values);
    std::iota(values.begin(), values.end(), -float(values.size() / 2));
    for (float &value : values)
      value = (2 * value + 1) / 32;
    random.shuffle(values);
  }

  /// Compares some elements of one gradient with central differences.
  void compare(Program &program, std::vector<RuntimeValue> values,
               unsigned index, const TensorValue &weights,
               const TensorValue &analytic) {
    auto evaluate = [&] {
      auto results = program.call("forward", values);
      const auto &y = std::get<TensorValue>(results[0]);
      double sum = 0;
      for (size_t i = 0; i < y.f32.size(); ++i)
        sum += double(y.f32[i]) * weights.f32[i];
      return sum;
    };
    std::vector<float> &x = std::get<TensorValue>(values[index]).f32;
    for (int trial = 0; trial < 20; ++trial) {
      int64_t element = random.integer(0, int64_t(x.size()) - 1);
      float before = x[element];
      x[element] = before + float(kStep);
      double above = evaluate();
      x[element] = before - float(kStep);
      double below = evaluate();
      x[element] = before;
      double numeric = (above - below) / (2 * kStep);
      ASSERT_NEAR(analytic.f32[element], numeric,
                  2e-3 * std::max(1.0, std::abs(numeric)))
          << "input " << index << ", element " << element;
    }
  }

  Random &random;
  std::vector<Shape> inputs;
  Shape output;
};

/// A random window over a random image.
struct Window {
  Shape kernel, strides, pads, dilations, size, output;

  explicit Window(Random &random, bool padWithinKernel) {
    auto two = [&](int64_t low, int64_t high) {
      return Shape{random.integer(low, high), random.integer(low, high)};
    };
    do {
      kernel = two(1, 3), strides = two(1, 3), dilations = two(1, 2);
      size = two(1, 8), output = two(0, 0);
      for (int i = 0; i < 4; ++i) {
        int64_t most = padWithinKernel ? kernel[i % 2] - 1 : 2;
        pads.resize(4);
        pads[i] = random.integer(0, std::min<int64_t>(most, 2));
      }
      for (int d = 0; d < 2; ++d) {
        int64_t span = size[d] + pads[d] + pads[d + 2] -
                       dilations[d] * (kernel[d] - 1) - 1;
        output[d] = span < 0 ? 0 : span / strides[d] + 1;
      }
    } while (output[0] < 1 || output[1] < 1 ||
             (padWithinKernel && !coversInput()));
  }

  /// Whether each window holds an element of the input.
  bool coversInput() const {
    for (int d = 0; d < 2; ++d)
      for (int64_t o = 0; o < output[d]; ++o) {
        bool covered = false;
        for (int64_t k = 0; k < kernel[d]; ++k) {
          int64_t i = o * strides[d] - pads[d] + k * dilations[d];
          covered |= i >= 0 && i < size[d];
        }
        if (!covered)
          return false;
      }
    return true;
  }

  std::string attributes(const std::string &more = "") const {
    return formatv("strides = {0}, pads = {1}, dilations = {2}{3}",
                   list(strides), list(pads), list(dilations), more);
  }
};

} // namespace

TEST(Gradient, Conv2D) {
  Random random(1);
  for (int trial = 0; trial < 30; ++trial) {
    Window window(random, /*padWithinKernel=*/false);
    int64_t groups = random.integer(1, 3), batch = random.integer(1, 2);
    int64_t inPerGroup = random.integer(1, 2),
            outPerGroup = random.integer(1, 2);
    Shape x = {batch, groups * inPerGroup, window.size[0], window.size[1]};
    Shape w = {groups * outPerGroup, inPerGroup, window.kernel[0],
               window.kernel[1]};
    Shape y = {batch, groups * outPerGroup, window.output[0], window.output[1]};
    std::string attributes =
        "{" + window.attributes(formatv(", groups = {0} : i64", groups)) + "}";
    GradientCheck(random, {x, w}, y)
        .run(
            formatv("%y = eoq.conv_2d %x0, %x1 {0} : ({1}, {2}) -> {3}",
                    attributes, type(x), type(w), type(y)),
            formatv(
                "%g0 = eoq.conv_2d_grad_input %g, %x1 {0} : ({3}, {2}) -> {1}\n"
                "%g1 = eoq.conv_2d_grad_weight %x0, %g {0} : ({1}, {3}) -> {2}",
                attributes, type(x), type(w), type(y)),
            2);
  }
}

TEST(Gradient, FullyConnected) {
  Random random(2);
  for (int trial = 0; trial < 5; ++trial) {
    int64_t n = random.integer(1, 4), k = random.integer(1, 9),
            m = random.integer(1, 9);
    std::string x = type({n, k}), w = type({m, k}), y = type({n, m});
    GradientCheck(random, {{n, k}, {m, k}}, {n, m})
        .run(formatv("%y = eoq.fully_connected %x0, %x1 : ({0}, {1}) -> {2}", x,
                     w, y),
             formatv("%g0 = eoq.fully_connected_grad_input %g, %x1 : ({2}, "
                     "{1}) -> {0}\n"
                     "%g1 = eoq.fully_connected_grad_weight %x0, %g : ({0}, "
                     "{2}) -> {1}",
                     x, w, y),
             2);
  }
}

TEST(Gradient, BiasAddAndScale) {
  Random random(3);
  for (int trial = 0; trial < 12; ++trial) {
    Shape x = {random.integer(1, 3), random.integer(1, 4)};
    if (trial % 3) // 4-D as often as not
      x.insert(x.end(), {random.integer(1, 4), random.integer(1, 4)});
    Shape b = {trial % 2 ? 1 : x[1]};
    std::string xt = type(x), bt = type(b);
    GradientCheck(random, {x, b}, x)
        .run(formatv("%y = eoq.bias_add %x0, %x1 : ({0}, {1}) -> {0}", xt, bt),
             formatv("%g1 = eoq.bias_add_grad_bias %g : ({0}) -> {1}\n"
                     "%g0 = eoq.reshape %g : ({0}) -> {0}",
                     xt, bt),
             2);
    GradientCheck(random, {x, b}, x)
        .run(formatv("%y = eoq.scale %x0, %x1 : ({0}, {1}) -> {0}", xt, bt),
             formatv("%g0 = eoq.scale %g, %x1 : ({0}, {1}) -> {0}\n"
                     "%g1 = eoq.scale_grad_scale %x0, %g : ({0}, {0}) -> {1}",
                     xt, bt),
             2);
  }
}

TEST(Gradient, Activations) {
  Random random(4);
  struct Activation {
    std::string name, attributes;
  };
  for (const Activation &activation :
       {Activation{"relu", ""},
        Activation{"leaky_relu", "{alpha = 0.25 : f64}"},
        Activation{"clip", "{minimum = 0.0 : f64, maximum = 1.0 : f64}"},
        Activation{
            "clip",
            "{minimum = -0.5 : f64, maximum = 0x7FF0000000000000 : f64}"}})
    for (int trial = 0; trial < 3; ++trial) {
      Shape x = {random.integer(1, 5), random.integer(1, 30)};
      std::string forward =
          formatv("%y = eoq.{0} %x0 {1} : ({2}) -> {2}", activation.name,
                  activation.attributes, type(x));
      std::string backward = formatv(
          "{0}\n%g0 = eoq.{1}_grad_input %g, %y {2} : ({3}, {3}) -> {3}",
          forward, activation.name, activation.attributes, type(x));
      GradientCheck(random, {x}, x).run(forward, backward, 1, Fill::Grid);
    }
}

TEST(Gradient, Pooling) {
  Random random(5);
  for (int trial = 0; trial < 30; ++trial) {
    Window window(random, /*padWithinKernel=*/true);
    Shape x = {random.integer(1, 2), random.integer(1, 2), window.size[0],
               window.size[1]};
    Shape y = {x[0], x[1], window.output[0], window.output[1]};
    std::string kernel = ", kernel = " + list(window.kernel);
    if (trial % 3 == 0) {
      std::string attributes = "{" + window.attributes(kernel) + "}";
      GradientCheck(random, {x}, y)
          .run(formatv("%y = eoq.max_pool_2d %x0 {0} : ({1}) -> {2}",
                       attributes, type(x), type(y)),
               formatv("%g0 = eoq.max_pool_2d_grad_input %g, %x0 {0} : ({2}, "
                       "{1}) -> {1}",
                       attributes, type(x), type(y)),
               1, Fill::Grid);
      continue;
    }
    if (trial % 3 == 1)
      kernel += ", count_include_pad";
    std::string attributes = "{" + window.attributes(kernel) + "}";
    GradientCheck(random, {x}, y)
        .run(formatv("%y = eoq.avg_pool_2d %x0 {0} : ({1}) -> {2}", attributes,
                     type(x), type(y)),
             formatv("%g0 = eoq.avg_pool_2d_grad_input %g {0} : ({2}) -> {1}",
                     attributes, type(x), type(y)));
  }
}

TEST(Gradient, Sums) {
  Random random(6);
  Shape x = {3, 7};
  std::string t = type(x);
  std::string same = formatv("%g0 = eoq.reshape %g : ({0}) -> {0}\n", t);
  GradientCheck check(random, {x, x}, x);
  check.run(
      formatv("%y = eoq.add %x0, %x1 : ({0}, {0}) -> {0}", t),
      same + std::string(formatv("%g1 = eoq.reshape %g : ({0}) -> {0}", t)), 2);
  check.run(formatv("%y = eoq.sub %x0, %x1 : ({0}, {0}) -> {0}", t),
            same +
                std::string(formatv("%z = eoq.sub %g, %g : ({0}, {0}) -> {0}\n"
                                    "%g1 = eoq.sub %z, %g : ({0}, {0}) -> {0}",
                                    t)),
            2);
  check.run(formatv("%y = eoq.mul %x0, %x1 : ({0}, {0}) -> {0}", t),
            formatv("%g0 = eoq.mul %g, %x1 : ({0}, {0}) -> {0}\n"
                    "%g1 = eoq.mul %g, %x0 : ({0}, {0}) -> {0}",
                    t),
            2);
  GradientCheck(random, {x}, x)
      .run(
          formatv(
              "%y = eoq.shift_exponent %x0 {{amount = -2 : i64} : ({0}) -> {0}",
              t),
          formatv(
              "%g0 = eoq.shift_exponent %g {{amount = -2 : i64} : ({0}) -> {0}",
              t));
}

TEST(Gradient, Movement) {
  Random random(7);
  for (int trial = 0; trial < 10; ++trial) {
    // A random box in a random tensor.
    Shape large, small, low, high, permutation;
    int64_t rank = random.integer(1, 4);
    for (int64_t d = 0; d < rank; ++d) {
      small.push_back(random.integer(1, 3));
      low.push_back(random.integer(0, 2));
      high.push_back(random.integer(0, 2));
      large.push_back(small[d] + low[d] + high[d]);
      permutation.push_back(d);
    }
    std::string l = type(large), s = type(small);
    auto pad = [&](StringRef operand) -> std::string {
      return formatv("eoq.pad {0} {{low = {1}, high = {2}} : ({3}) -> {4}",
                     operand, list(low), list(high), s, l);
    };
    auto slice = [&](StringRef operand) -> std::string {
      return formatv("eoq.slice {0} {{offsets = {1}} : ({2}) -> {3}", operand,
                     list(low), l, s);
    };
    GradientCheck(random, {small}, large)
        .run("%y = " + pad("%x0"), "%g0 = " + slice("%g"));
    GradientCheck(random, {large}, small)
        .run("%y = " + slice("%x0"), "%g0 = " + pad("%g"));

    random.shuffle(permutation);
    Shape permuted(rank), inverse(rank);
    for (int64_t d = 0; d < rank; ++d) {
      permuted[d] = large[permutation[d]];
      inverse[permutation[d]] = d;
    }
    GradientCheck(random, {large}, permuted)
        .run(formatv(
                 "%y = eoq.transpose %x0 {{permutation = {0}} : ({1}) -> {2}",
                 list(permutation), l, type(permuted)),
             formatv(
                 "%g0 = eoq.transpose %g {{permutation = {0}} : ({2}) -> {1}",
                 list(inverse), l, type(permuted)));

    // Two tensors that differ along one axis.
    int64_t axis = random.integer(0, rank - 1);
    Shape other = small, joined = small, offsets(rank, 0), zeros(rank, 0);
    other[axis] = random.integer(1, 4);
    joined[axis] += other[axis];
    offsets[axis] = small[axis];
    GradientCheck(random, {small, other}, joined)
        .run(formatv("%y = eoq.concat %x0, %x1 {{axis = {0} : i64} : ({1}, "
                     "{2}) -> {3}",
                     axis, s, type(other), type(joined)),
             formatv("%g0 = eoq.slice %g {{offsets = {0}} : ({3}) -> {1}\n"
                     "%g1 = eoq.slice %g {{offsets = {4}} : ({3}) -> {2}",
                     list(zeros), s, type(other), type(joined), list(offsets)),
             2);
  }
}

TEST(Gradient, CrossEntropy) {
  Random random(8);
  for (int trial = 0; trial < 10; ++trial) {
    int64_t batch = random.integer(1, 6), classes = random.integer(2, 7);
    std::string t = type({batch, classes});
    Program program(
        formatv("func.func @loss(%z: {0}, %l: tensor<{1}xi32>) -> "
                "(tensor<f32>, i32) {{\n"
                "%loss, %n = eoq.cross_entropy %z, %l : ({0}, tensor<{1}xi32>) "
                "-> (tensor<f32>, i32)\n"
                "return %loss, %n : tensor<f32>, i32\n}\n"
                "func.func @grad(%z: {0}, %l: tensor<{1}xi32>) -> {0} {{\n"
                "%g = eoq.cross_entropy_grad_logits %z, %l : ({0}, "
                "tensor<{1}xi32>) -> {0}\n"
                "return %g : {0}\n}\n",
                t, batch));
    TensorValue logits = program.makeArgument("loss", 0);
    TensorValue labels = program.makeArgument("loss", 1);
    random.fill(logits.f32, -3, 3);
    for (int32_t &label : labels.i32)
      label = int32_t(random.integer(-1, classes - 1));
    auto gradient =
        std::get<TensorValue>(program.call("grad", {logits, labels}).front());
    for (size_t i = 0; i < logits.f32.size(); ++i) {
      auto loss = [&](double offset) {
        TensorValue moved = logits;
        moved.f32[i] += float(offset);
        auto results = program.call("loss", {moved, labels});
        return double(std::get<TensorValue>(results[0]).f32[0]);
      };
      double numeric = (loss(kStep) - loss(-kStep)) / (2 * kStep) / batch;
      EXPECT_NEAR(gradient.f32[i], numeric, 1e-3);
    }
  }
}
