//===- Info.cpp - the command info ----------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The model, its options, the formats of its tensors, its memory; and where a
// checkpoint is.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Checkpoint.h"
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/ModelFacts.h"
#include "eoq/Trainer/Session.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace eoq::trainer {
namespace {

using nlohmann::ordered_json;

ordered_json tensorFacts(const eoq_model &model, const Session *session) {
  ordered_json tensors = ordered_json::array();
  for (uint64_t i = 0; i < model.tensor_count; ++i) {
    const eoq_tensor_info &tensor = model.tensors[i];
    ordered_json facts = {
        {"name", tensor.name},
        {"kind", kindName(tensor.kind)},
        {"format", formatName(tensor.format)},
        {"shape",
         std::vector<int64_t>(tensor.shape, tensor.shape + tensor.rank)},
        {"elements", tensor.elements},
        {"offset", tensor.offset}};
    if (session && tensor.exponent_offset != EOQ_NO_EXPONENT) {
      int32_t exponent = 0;
      (void)eoq_get_raw(session->get(), i, &exponent);
      facts["exponent"] = exponent;
    }
    tensors.push_back(facts);
  }
  return tensors;
}

ordered_json modelFacts(const eoq_model &model, const Session *session) {
  ordered_json options =
      ordered_json::parse(model.options ? model.options : "", nullptr,
                          /*allow_exceptions=*/false);
  if (!options.is_object())
    options = ordered_json::object();
  return {{"model", model.name},
          {"identity", model.identity},
          {"precision", model.precision},
          {"batch", model.batch},
          {"input", {model.channels, model.height, model.width}},
          {"classes", model.classes},
          {"options", options},
          {"parameter_elements", parameterElements(model)},
          {"parameter_bytes", parameterBytes(model)},
          {"state_bytes", model.state_bytes},
          {"arena_bytes", model.arena_bytes},
          {"required_bytes", eoq_required_bytes(&model)},
          {"tensors", tensorFacts(model, session)}};
}

std::string shapeText(const ordered_json &shape) {
  std::string text;
  for (const auto &extent : shape)
    text += (text.empty() ? "" : "x") + extent.dump();
  return text.empty() ? "scalar" : text;
}

std::string plain(const ordered_json &value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void printText(const ordered_json &facts) {
  for (const char *name :
       {"model", "identity", "precision", "batch", "classes"})
    std::printf("%-19s %s\n", name, plain(facts[name]).c_str());
  std::printf("%-19s %s\n", "input", shapeText(facts["input"]).c_str());
  for (const auto &[name, value] : facts["options"].items())
    std::printf("option %-12s %s\n", name.c_str(), plain(value).c_str());
  for (const char *name : {"parameter_elements", "parameter_bytes",
                           "state_bytes", "arena_bytes", "required_bytes"})
    std::printf("%-19s %s\n", name, plain(facts[name]).c_str());
  for (const auto &tensor : facts["tensors"]) {
    std::string exponent = tensor.contains("exponent")
                               ? " exponent " + tensor["exponent"].dump()
                               : "";
    std::printf("tensor %s %s %s %s%s\n", plain(tensor["name"]).c_str(),
                plain(tensor["kind"]).c_str(), plain(tensor["format"]).c_str(),
                shapeText(tensor["shape"]).c_str(), exponent.c_str());
  }
  if (!facts.contains("parameters"))
    return;
  for (const char *name : {"step", "seed"})
    std::printf("%-19s %s\n", name, plain(facts[name]).c_str());
  std::printf("parameters=%s\n", plain(facts["parameters"]).c_str());
}

} // namespace

int runInfo(const eoq_model &model, const InfoOptions &options) {
  ordered_json facts;
  if (options.checkpoint.empty()) {
    if (model.abi_version != EOQ_ABI_VERSION)
      check(EOQ_ERROR_ABI, "cannot read the model");
    facts = modelFacts(model, nullptr);
  } else {
    Session session(model);
    Checkpoint checkpoint = readCheckpoint(options.checkpoint);
    session.load(checkpoint.image, options.checkpoint);
    facts = modelFacts(model, &session);
    facts["step"] = session.step();
    facts["seed"] = checkpoint.plan.seed;
    facts["training"] = {{"plan", toJson(checkpoint.plan)},
                         {"progress", toJson(checkpoint.progress)}};
    facts["parameters"] = session.parametersHash();
  }
  if (options.json)
    std::printf("%s\n", facts
                            .dump(2, ' ', /*ensure_ascii=*/true,
                                  ordered_json::error_handler_t::replace)
                            .c_str());
  else
    printText(facts);
  return 0;
}

} // namespace eoq::trainer
