//===- CommandTest.cpp - the commands as a user sees them -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exit codes, messages, the lines that scripts rely on, and the metrics file.
//
//===----------------------------------------------------------------------===//
#include "TestSupport.h"

#include <csignal>
#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

using namespace eoq::test;
using nlohmann::json;

namespace {

void expectFailure(const ChildResult &result, const std::string &message) {
  EXPECT_EQ(result.exitCode, 1) << result.out;
  EXPECT_EQ(result.err.find("error: "), 0u) << result.err;
  EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
  EXPECT_NE(result.err.find(message), std::string::npos) << result.err;
}

std::vector<json> jsonLines(const std::string &path) {
  std::vector<json> lines;
  std::istringstream text(readFile(path));
  for (std::string line; std::getline(text, line);)
    lines.push_back(json::parse(line));
  return lines;
}

double accuracyOf(const std::string &finalLine) {
  return std::stod(finalLine.substr(finalLine.find("accuracy=") + 9));
}

std::string hashOf(const std::string &finalLine) {
  return finalLine.substr(finalLine.find("parameters=") + 11);
}

const std::regex kFinalLine(
    "final: loss=[0-9]+\\.[0-9]{6} accuracy=[0-9]+\\.[0-9]{2} steps=[0-9]+ "
    "parameters=sha256:[0-9a-f]{64}");

} // namespace

class Command : public ::testing::Test {
protected:
  Command() { writeTinyData(folder.path); }

  std::vector<std::string> train(std::vector<std::string> more) const {
    more.insert(more.begin(), {"train", "--data", folder.path});
    return more;
  }

  TempFolder folder;
};

TEST_F(Command, WrongUsageIsTwo) {
  std::string data = folder.path;
  for (const std::vector<std::string> &arguments :
       std::vector<std::vector<std::string>>{
           {},
           {"tarin"},
           {"train"},
           train({"--frobnicate"}),
           train({"stray"}),
           train({"--epochs", "0"}),
           train({"--epochs", "-1"}),
           train({"--epochs", "1.5"}),
           train({"--epochs", "99999999999999999999"}),
           train({"--epochs"}),
           train({"--epochs", "1", "--epochs", "2"}),
           train({"--lr", "0"}),
           train({"--lr", "-0.1"}),
           train({"--lr", "nan"}),
           train({"--lr", "inf"}),
           train({"--lr", "0.1x"}),
           train({"--lr-schedule", "exponential"}),
           train({"--warmup", "1.1"}),
           train({"--seed", "4294967296"}),
           train({"--augment", "rotate"}),
           train({"--input-scale", "0"}),
           train({"--validation-split", "1"}),
           train({"--threads", "0"}),
           train({"--resume"}),
           train({"--checkpoint", "", "--resume"}),
           train({"--metrics", ""}),
           {"eval", "--data", data, "--checkpoint", ""},
           {"info", "--checkpoint", ""},
           train({"--checkpoint-every", "5"}),
           {"eval"},
           {"eval", "--data", data, "--checkpoint", "c", "--seed", "1"},
           {"predict", "--checkpoint", "c", "--output", "o.csv"},
           {"predict", "--data", data, "--images", "i", "--checkpoint", "c",
            "--output", "o.csv"},
           {"predict", "--data", data, "--checkpoint", "c", "--output",
            "o.txt"},
           {"bench", "--steps", "0"},
           {"info", "--yaml"}}) {
    ChildResult result = runTrainer(arguments);
    EXPECT_EQ(result.exitCode, 2) << ::testing::PrintToString(arguments);
    EXPECT_EQ(result.err.find("error: "), 0u) << result.err;
  }
}

TEST_F(Command, HelpIsZero) {
  ChildResult result = runTrainer({"--help"});
  EXPECT_EQ(result.exitCode, 0);
  for (const char *name : {"train", "eval", "predict", "info", "bench"}) {
    EXPECT_NE(result.out.find(name), std::string::npos);
    EXPECT_EQ(runTrainer({name, "--help"}).exitCode, 0);
  }
  EXPECT_NE(
      runTrainer({"train", "--help"}).out.find("floor(log2(128/batch)/2)"),
      std::string::npos);
}

TEST_F(Command, FailedRunsAreOneWithOneMessage) {
  expectFailure(runTrainer({"train", "--data", folder.file("none")}),
                "No such file or directory");
  expectFailure(runTrainer(train({"--threads", "2"})), "without OpenMP");
  expectFailure(runTrainer(train({"--checkpoint", folder.file("no/c")})),
                "cannot write into its folder");
  expectFailure(runTrainer(train({"--metrics", folder.file("no/m")})),
                "cannot write the metrics");
  writeFile(folder.file("labels"), "no metrics");
  expectFailure(runTrainer(train({"--metrics", folder.file("labels")})),
                "has no metrics");
  EXPECT_EQ(readFile(folder.file("labels")), "no metrics");
  expectFailure(runTrainer(train({"--train-limit", "7"})),
                "expected at least one batch of 8 training images but got 7");
  expectFailure(runTrainer(train({"--validation-split", "0.001"})),
                "expected images on both sides of the split");
  expectFailure(runTrainer({"info", "--checkpoint", folder.file("none")}),
                "No such file");
  writeFile(folder.file("c"), "not a checkpoint");
  expectFailure(runTrainer({"eval", "--data", folder.path, "--checkpoint",
                            folder.file("c")}),
                "expected a checkpoint");
  eoq_model other = tinyModel();
  other.abi_version = 77;
  ChildOptions options;
  options.model = &other;
  for (const char *command : {"bench", "info"})
    expectFailure(runTrainer({command}, options), "another version");
  other = tinyModel();
  other.arena_bytes = UINT64_MAX - 3;
  expectFailure(runTrainer({"bench"}, options), "not enough memory");
}

TEST_F(Command, MalformedDataAreOneMessage) {
  writeFile(folder.file("t10k-labels-idx1-ubyte"), idx({21}, "short"));
  expectFailure(runTrainer(train({})), "t10k-labels-idx1-ubyte': truncated");
  writeFile(folder.file("train-labels-idx1-ubyte"),
            idx({84}, std::string(84, '\3')));
  expectFailure(runTrainer(train({})), "expected labels from 0 to 2");
}

TEST_F(Command, TrainLearnsAndEvalAgrees) {
  std::string checkpoint = folder.file("run.eoq");
  ChildResult trained = runTrainer(
      train({"--epochs", "4", "--checkpoint", checkpoint, "--seed", "3"}));
  ASSERT_EQ(trained.exitCode, 0) << trained.err;
  EXPECT_EQ(trained.err, "");
  EXPECT_TRUE(std::regex_match(trained.lastLine(), kFinalLine))
      << trained.lastLine();
  EXPECT_NE(trained.lastLine().find("steps=40"), std::string::npos);
  EXPECT_GE(accuracyOf(trained.lastLine()), 90.0);
  ChildResult eval =
      runTrainer({"eval", "--data", folder.path, "--checkpoint", checkpoint});
  EXPECT_EQ(eval.exitCode, 0) << eval.err;
  EXPECT_EQ(eval.lastLine(), trained.lastLine());
  ChildResult info = runTrainer({"info", "--checkpoint", checkpoint});
  EXPECT_EQ(info.lastLine(), "parameters=" + hashOf(trained.lastLine()));
  json facts = json::parse(
      runTrainer({"info", "--json", "--checkpoint", checkpoint}).out);
  EXPECT_EQ(facts["parameters"], hashOf(trained.lastLine()));
  EXPECT_EQ(facts["step"], 40);
  EXPECT_EQ(facts["seed"], 3);

  // The initial parameters are worse, and depend on the seed.
  ChildResult initial = runTrainer({"eval", "--data", folder.path});
  EXPECT_EQ(initial.exitCode, 0) << initial.err;
  EXPECT_LT(accuracyOf(initial.lastLine()), 90.0);
  EXPECT_NE(hashOf(initial.lastLine()),
            hashOf(runTrainer({"eval", "--data", folder.path, "--seed", "1"})
                       .lastLine()));
}

TEST_F(Command, FloatModelTrains) {
  ChildOptions options;
  options.model = &tinyFloatModel();
  ChildResult result = runTrainer(
      train({"--epochs", "8", "--lr", "0.5", "--input-mean", "-5"}), options);
  ASSERT_EQ(result.exitCode, 0) << result.err;
  EXPECT_GE(accuracyOf(result.lastLine()), 90.0);
}

TEST_F(Command, DivergenceIsAnError) {
  eoq_model model = tinyFloatModel();
  model.train_step = [](void *, void *, const void *, int32_t, const int32_t *,
                        int32_t, int32_t, int32_t, int32_t, void *loss,
                        int32_t *) {
    float value = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(loss, &value, sizeof(value));
  };
  ChildOptions options;
  options.model = &model;
  expectFailure(runTrainer(train({}), options), "expected a finite loss");
}

TEST_F(Command, SeedsAndFlagsChangeTheResult) {
  std::string base = hashOf(runTrainer(train({})).lastLine());
  EXPECT_EQ(hashOf(runTrainer(train({})).lastLine()), base);
  for (const std::vector<std::string> &more :
       std::vector<std::vector<std::string>>{{"--seed", "1"},
                                             {"--lr", "0.01"},
                                             {"--lr-schedule", "constant"},
                                             {"--lr-schedule", "cosine"},
                                             {"--lr-schedule", "step"},
                                             {"--warmup", "0.5"},
                                             {"--augment", "shift"},
                                             {"--augment", "flip"},
                                             {"--input-mean", "-3.5"},
                                             {"--input-scale", "100"},
                                             {"--train-limit", "40"},
                                             {"--validation-split", "0.3"},
                                             {"--steps", "5"}}) {
    ChildResult result = runTrainer(train(more));
    EXPECT_EQ(result.exitCode, 0) << result.err;
    EXPECT_NE(hashOf(result.lastLine()), base) << more[0];
  }
  EXPECT_EQ(hashOf(runTrainer(train({"--no-eval"})).lastLine()), base);
}

TEST_F(Command, MetricsHaveOneLinePerEpoch) {
  std::string metrics = folder.file("m.jsonl");
  writeFile(metrics, "{\"epoch\":9}\nleft over\n");
  ChildResult result =
      runTrainer(train({"--epochs", "3", "--metrics", metrics}));
  ASSERT_EQ(result.exitCode, 0) << result.err;
  std::vector<json> lines = jsonLines(metrics);
  ASSERT_EQ(lines.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(lines[i]["epoch"], i + 1);
    EXPECT_EQ(lines[i]["step"], 10 * (i + 1));
    for (const char *name : {"loss", "accuracy", "test_loss", "test_accuracy",
                             "learning_rate", "seconds"})
      EXPECT_TRUE(lines[i][name].is_number()) << name;
  }
  EXPECT_NEAR(accuracyOf(result.lastLine()),
              lines[2]["test_accuracy"].get<double>(), 0.006);

  runTrainer(train({"--metrics", metrics, "--validation-split", "0.25"}));
  lines = jsonLines(metrics);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["step"], 7); // 63 images
  EXPECT_TRUE(lines[0].contains("validation_accuracy"));
  EXPECT_FALSE(lines[0].contains("test_accuracy"));
  runTrainer(train({"--metrics", metrics, "--no-eval"}));
  EXPECT_FALSE(jsonLines(metrics).at(0).contains("test_accuracy"));
}

TEST_F(Command, NoEvalReportsTheTrainingAccuracy) {
  std::string metrics = folder.file("m.jsonl");
  ChildResult result =
      runTrainer(train({"--epochs", "2", "--metrics", metrics, "--no-eval"}));
  EXPECT_NEAR(accuracyOf(result.lastLine()),
              jsonLines(metrics).at(1)["accuracy"].get<double>(), 0.006);
}

TEST_F(Command, PredictWritesClassesAndLogits) {
  std::string checkpoint = folder.file("run.eoq");
  ASSERT_EQ(
      runTrainer(train({"--epochs", "4", "--checkpoint", checkpoint})).exitCode,
      0);
  auto predict = [&](const std::string &output, const char *flag,
                     const std::string &source) {
    ChildResult result =
        runTrainer({"predict", flag, source, "--checkpoint", checkpoint,
                    "--output", folder.file(output)});
    EXPECT_EQ(result.exitCode, 0) << result.err;
    return readFile(folder.file(output));
  };
  predict("p.jsonl", "--data", folder.path);
  std::vector<json> lines = jsonLines(folder.file("p.jsonl"));
  ASSERT_EQ(lines.size(), 21u); // the last batch is not full
  std::string csv =
      predict("p.csv", "--images", folder.file("t10k-images-idx3-ubyte"));
  std::istringstream rows(csv);
  std::string row;
  std::getline(rows, row);
  EXPECT_EQ(row, "index,class,logit_0,logit_1,logit_2");
  std::string array = predict("p.npy", "--data", folder.path);
  size_t start = array.size() - 21 * 16;
  EXPECT_EQ(start % 64, 0u);
  std::string images = folder.file("images.npy");
  writeFile(images, "\x93NUMPY");
  ChildResult replacing =
      runTrainer({"predict", "--images", images, "--checkpoint", checkpoint,
                  "--output", images});
  expectFailure(replacing, "which is read");
  EXPECT_EQ(readFile(images), "\x93NUMPY");
  int right = 0;
  for (size_t i = 0; i < 21; ++i) {
    EXPECT_EQ(lines[i]["index"], i);
    int32_t best;
    float logits[3];
    std::memcpy(&best, array.data() + start + 16 * i, 4);
    std::memcpy(logits, array.data() + start + 16 * i + 4, 12);
    EXPECT_EQ(lines[i]["class"], best);
    for (size_t k = 0; k < 3; ++k)
      EXPECT_EQ(lines[i]["logits"][k].get<float>(), logits[k]);
    std::getline(rows, row);
    EXPECT_EQ(row.find(std::to_string(i) + "," + std::to_string(best) + ","),
              0u);
    right += best == int32_t(i % kClasses);
  }
  EXPECT_GE(right, 19);
}

TEST_F(Command, InfoAndBench) {
  json info = json::parse(runTrainer({"info", "--json"}).out);
  EXPECT_EQ(info["model"], "tiny");
  EXPECT_EQ(info["input"], json({1, 4, 4}));
  EXPECT_EQ(info["options"]["scheme"], "eoq");
  EXPECT_EQ(info["parameter_bytes"], 96 + 12);
  EXPECT_EQ(info["arena_bytes"], tinyModel().arena_bytes);
  ASSERT_EQ(info["tensors"].size(), 4u);
  EXPECT_EQ(info["tensors"][2]["kind"], "optimizer");
  EXPECT_EQ(info["tensors"][2]["format"], "fixed8");
  EXPECT_EQ(info["tensors"][3]["shape"], json::array());
  ChildResult text = runTrainer({"info"});
  EXPECT_NE(text.out.find("tensor fc.weight trainable fixed16 3x16\n"),
            std::string::npos)
      << text.out;
  json bench = json::parse(
      runTrainer({"bench", "--steps", "5", "--json", "--threads", "1"}).out);
  std::vector<std::string> names;
  for (const auto &item : bench.items())
    names.push_back(item.key());
  EXPECT_EQ(names,
            (std::vector<std::string>{"batch", "images_per_second", "model",
                                      "ms_per_step_median", "parameter_bytes",
                                      "peak_arena_bytes", "threads"}));
  EXPECT_EQ(bench["threads"], 1);
  EXPECT_EQ(runTrainer({"bench"}).exitCode, 0);
}
