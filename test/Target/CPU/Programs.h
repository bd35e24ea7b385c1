//===- Programs.h - small training programs -----------------------*- C++
//-*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text of modules at the level `quantized`, with `t8<2x3>` for
// `tensor<2x3x!eoq.fixed<8, ?>>`, and their twins at the level `training`.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_TARGET_CPU_PROGRAMS_H
#define EOQ_TEST_TARGET_CPU_PROGRAMS_H

#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace mlir::eoq::test {

/// A parameter that a program trains, with its momentum and its gradient's
/// norm.
struct Trained {
  std::string name, shape;
  int width = 16;
  bool normalized = true, centered = false;
  std::string kind = "weight";
};

/// A gradient for such a parameter: `value` of `width` bits.
struct Gradient {
  std::string value;
  int width;
  Trained parameter;
  std::string options = "momentum = 29 : i64, weight_decay_shift = 11 : i64";
};

struct Program {
  std::string name;
  /// Shape of the images, and number of classes.
  int n, c, h, w, classes;
  std::vector<Trained> parameters;
  /// Exponent states.
  std::vector<std::string> exponents;
  /// Ops of @train_step from %x (images), %labels, %key; must define %logits.
  std::string body;
  std::vector<Gradient> gradients;

  /// The module's text.
  std::string print(bool quantized) const;
};

inline std::string expand(std::string text, bool quantized) {
  if (quantized)
    return std::regex_replace(
        std::regex_replace(text, std::regex("t(8|16|32|64)<>"),
                           "tensor<!eoq.fixed<$1, ?>>"),
        std::regex("t(8|16|32|64)<([0-9x]+)>"), "tensor<$2x!eoq.fixed<$1, ?>>");
  text = std::regex_replace(text, std::regex(".*eoq.exponent_(load|store).*\n"),
                            "");
  text = std::regex_replace(text, std::regex(" exponent -?[0-9]+"), "");
  text =
      std::regex_replace(text, std::regex("step %step key %key"), "step %step");
  text = std::regex_replace(text, std::regex("t(8|16|32|64)<>"), "tensor<f32>");
  text = std::regex_replace(text, std::regex("t(8|16|32|64)<([0-9x]+)>"),
                            "tensor<$2xf32>");
  text = std::regex_replace(text, std::regex("!eoq.fixed<[^>]*>"), "f32");
  // A quantizer keeps its operand.
  return std::regex_replace(
      text,
      std::regex("%(\\w+), %\\w+ = eoq.quantize (%\\w+)[^\n]* : (tensor<[^>]*>)"
                 " -> tensor<[^>]*>"),
      "%$1 = eoq.reshape $2 : ($3) -> $3");
}

inline std::string Program::print(bool quantized) const {
  std::ostringstream os;
  std::string images = "t8<" + std::to_string(n) + "x" + std::to_string(c) +
                       "x" + std::to_string(h) + "x" + std::to_string(w) + ">";
  std::string labels = "tensor<" + std::to_string(n) + "xi32>";
  std::string logits =
      "t32<" + std::to_string(n) + "x" + std::to_string(classes) + ">";
  std::string loss = "tensor<!eoq.fixed<32, -10>>";
  os << "module attributes {eoq.level = \""
     << (quantized ? "quantized" : "training") << "\", eoq.model_name = \""
     << name << "\", eoq.options = {batch = " << n << " : i64}} {\n";
  std::ostringstream initialize;
  int site = 0;
  auto all = parameters;
  for (const Gradient &gradient : gradients)
    all.push_back(gradient.parameter);
  for (const Trained &p : all) {
    auto tensor = "t" + std::to_string(p.width) + "<" + p.shape + ">";
    os << "  eoq.parameter <" << p.kind << "> @" << p.name << " : " << tensor
       << " trainable " << (p.centered ? "centered " : "")
       << "= #eoq.normal<mantissa = 20000, exponent = -17, centered = "
       << (p.centered ? "true" : "false") << "> exponent "
       << (p.width == 16 ? -14 : -6)
       << (p.kind == "weight" ? " nominal 1.5e-01" : "") << "\n";
    os << "  eoq.parameter <optimizer> @" << p.name << ".momentum : " << tensor
       << " = dense<0.0> : tensor<" << p.shape << "xf32> exponent -64\n";
    os << "  eoq.parameter <optimizer> @" << p.name
       << ".grad_norm : t32<> = dense<0.0> : tensor<f32> exponent 0\n";
    for (const char *suffix : {"", ".momentum", ".grad_norm"})
      initialize << "    eoq.parameter_initialize @" << p.name << suffix
                 << " key %key site " << site++ << "\n";
  }
  for (const std::string &exponent : exponents) {
    os << "  eoq.parameter <exponent> @" << exponent
       << " : tensor<i32> = dense<-2147483648> : tensor<i32>\n";
    initialize << "    eoq.parameter_initialize @" << exponent
               << " key %key site " << site++ << "\n";
  }
  os << "  func.func @initialize(%seed: i32) {\n"
     << "    %step = arith.constant -1 : i32\n"
     << "    %key = eoq.random_key %seed, %step\n"
     << initialize.str() << "    return\n  }\n";
  os << "  func.func @train_step(%x: " << images << ", %labels: " << labels
     << ", %lr_multiplier: i32, %lr_shift: i32, %seed: i32, %step: i32) -> ("
     << loss << ", i32) {\n    %key = eoq.random_key %seed, %step\n"
     << body;
  os << "    %loss, %correct = eoq.cross_entropy %logits, %labels : (" << logits
     << ", " << labels << ") -> (" << loss << ", i32)\n";
  int number = 0;
  for (const Gradient &gradient : gradients) {
    const Trained &p = gradient.parameter;
    std::string g = "%gradient" + std::to_string(number);
    os << "    " << g << ", " << g << "e = eoq.quantize " << gradient.value
       << " key %key {role = #eoq.role<gradient>, rule = "
          "#eoq.exponent_rule<ceil>, rounding = #eoq.rounding<stochastic>, "
          "site = "
       << 1000 + number << " : i64} : t" << gradient.width << "<" << p.shape
       << "> -> t8<" << p.shape << ">\n";
    os << "    eoq.sgd_update @" << p.name << " momentum @" << p.name
       << ".momentum "
       << (p.normalized ? "grad_norm @" + p.name + ".grad_norm " : "")
       << "gradient " << g
       << " learning_rate %lr_multiplier, %lr_shift step %step key %key {"
       << gradient.options << ", site = " << 2000 + 4 * number
       << " : i64} : t8<" << p.shape << ">\n";
    ++number;
  }
  os << "    return %loss, %correct : " << loss << ", i32\n  }\n";

  // A classifier right on the images for the other two functions.
  std::string features = std::to_string(c * h * w);
  std::string flat = "t8<" + std::to_string(n) + "x" + features + ">";
  std::string weight = std::to_string(classes) + "x" + features;
  std::ostringstream forward;
  forward << "    %m = eoq.parameter_load @head : t16<" << weight << ">\n"
          << "    %w, %we = eoq.quantize %m {role = #eoq.role<weight>, rule = "
             "#eoq.exponent_rule<ceil>, rounding = #eoq.rounding<nearest>, "
             "site = 1 : i64} : t16<"
          << weight << "> -> t8<" << weight << ">\n"
          << "    %f = eoq.reshape %x : (" << images << ") -> " << flat << "\n"
          << "    %logits = eoq.fully_connected %f, %w : (" << flat << ", t8<"
          << weight << ">) -> " << logits << "\n";
  os << "  func.func @evaluate(%x: " << images << ", %labels: " << labels
     << ") -> (" << loss << ", i32) {\n"
     << forward.str()
     << "    %loss, %correct = eoq.cross_entropy %logits, %labels : (" << logits
     << ", " << labels << ") -> (" << loss << ", i32)\n"
     << "    return %loss, %correct : " << loss << ", i32\n  }\n";
  os << "  func.func @predict(%x: " << images << ") -> " << logits << " {\n"
     << forward.str() << "    return %logits : " << logits << "\n  }\n}\n";
  return expand(os.str(), quantized);
}

/// `%to, %toe = eoq.quantize %from` of a nearest quantizer.
inline std::string quantize(const std::string &to, const std::string &from,
                            int width, const std::string &shape,
                            const std::string &role = "activation",
                            const std::string &rule = "round") {
  return "    %" + to + ", %" + to + "e = eoq.quantize %" + from +
         " {role = #eoq.role<" + role + ">, rule = #eoq.exponent_rule<" + rule +
         ">, rounding = #eoq.rounding<nearest>, site = 7 : i64} : t" +
         std::to_string(width) + "<" + shape + "> -> t8<" + shape + ">\n";
}

/// Loads a 16-bit parameter and makes its 8-bit copy, `%name`.
inline std::string loadWeight(const std::string &name,
                              const std::string &shape) {
  return "    %" + name + "_m = eoq.parameter_load @" + name + " : t16<" +
         shape + ">\n" +
         quantize(name, name + "_m", 16, shape, "weight", "ceil");
}

} // namespace mlir::eoq::test

#endif // EOQ_TEST_TARGET_CPU_PROGRAMS_H
