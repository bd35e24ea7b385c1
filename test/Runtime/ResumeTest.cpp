//===- ResumeTest.cpp - an interrupted training ends like one that was not
//-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Killed at any moment, stopped by a signal, or resumed with other flags.
//
//===----------------------------------------------------------------------===//
#include "TestSupport.h"

#include "eoq/Trainer/Signals.h"
#include <csignal>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace eoq::test;
using namespace eoq::trainer;
using nlohmann::json;

namespace {

/// The metrics without the times, which no two runs share.
std::string timeless(const std::string &path) {
  std::string result;
  std::istringstream text(readFile(path));
  for (std::string line; std::getline(text, line);) {
    json parsed = json::parse(line);
    parsed.erase("seconds");
    result += parsed.dump() + "\n";
  }
  return result;
}

} // namespace

class Resume : public ::testing::Test {
protected:
  Resume() { writeTinyData(folder.path); }

  std::vector<std::string> train(std::vector<std::string> more) const {
    more.insert(more.begin(), {"train", "--data", folder.path, "--checkpoint",
                               folder.file("run.eoq")});
    return more;
  }

  void expectMismatch(const std::vector<std::string> &more,
                      const std::string &stored, const std::string &given) {
    std::vector<std::string> arguments = train(more);
    arguments.push_back("--resume");
    std::string old = readFile(folder.file("run.eoq"));
    ChildResult result = runTrainer(arguments);
    EXPECT_EQ(result.exitCode, 1) << result.out;
    EXPECT_EQ(result.err, "error: '" + folder.file("run.eoq") +
                              "': cannot resume: the checkpoint has " + stored +
                              " but this run has " + given + "\n");
    EXPECT_EQ(readFile(folder.file("run.eoq")), old);
  }

  TempFolder folder;
};

TEST_F(Resume, KilledAtRandomMoments) {
  // 8 epochs of 10 steps, with everything on that depends on the position.
  std::vector<std::string> flags = {
      "--epochs",      "8",      "--seed",    "5",
      "--lr-schedule", "cosine", "--augment", "shift-flip"};
  std::string wholeMetrics = folder.file("whole.jsonl");
  std::vector<std::string> whole = {"train", "--data", folder.path, "--metrics",
                                    wholeMetrics};
  whole.insert(whole.end(), flags.begin(), flags.end());
  ChildResult expected = runTrainer(whole);
  ASSERT_EQ(expected.exitCode, 0) << expected.err;

  uint32_t random = static_cast<uint32_t>(getpid());
  int kills = 0, finished = 0;
  std::string metrics = folder.file("part.jsonl");
  std::vector<std::string> part =
      train({"--resume", "--metrics", metrics, "--checkpoint-every", "3"});
  part.insert(part.end(), flags.begin(), flags.end());
  while (kills < 20) {
    ChildOptions options;
    options.stepMicroseconds = 1000;
    options.signal = SIGKILL;
    random = random * 1664525u + 1013904223u;
    options.signalAfterMicroseconds = (random >> 8) % 80000;
    ChildResult result = runTrainer(part, options);
    if (result.signal == SIGKILL) {
      ++kills;
      continue;
    }
    ASSERT_EQ(result.exitCode, 0) << result.err;
    EXPECT_EQ(result.lastLine(), expected.lastLine());
    EXPECT_EQ(timeless(metrics), timeless(wholeMetrics));
    unlink(folder.file("run.eoq").c_str());
    ASSERT_LT(++finished, 40);
  }
  ChildResult last = runTrainer(part);
  ASSERT_EQ(last.exitCode, 0) << last.err;
  EXPECT_EQ(last.lastLine(), expected.lastLine());
  EXPECT_EQ(timeless(metrics), timeless(wholeMetrics));
  EXPECT_EQ(folder.list().size(), 4u + 3u); // no temporary file is left
}

TEST_F(Resume, StoppedBySignals) {
  ChildResult expected =
      runTrainer({"train", "--data", folder.path, "--epochs", "5"});
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    ChildOptions options;
    options.stepMicroseconds = 10000;
    options.signal = signal;
    options.signalAfterMicroseconds = 150000;
    ChildResult stopped = runTrainer(train({"--epochs", "5"}), options);
    ASSERT_EQ(stopped.exitCode, 128 + signal) << stopped.out;
    EXPECT_EQ(stopped.err, "");
    EXPECT_NE(stopped.lastLine().find("interrupted by signal"),
              std::string::npos);
    ChildResult resumed = runTrainer(train({"--resume"}));
    ASSERT_EQ(resumed.exitCode, 0) << resumed.err;
    EXPECT_NE(resumed.out.find("resumed from"), std::string::npos);
    EXPECT_EQ(resumed.lastLine(), expected.lastLine());
  }
  ChildOptions options;
  options.stepMicroseconds = 10000;
  options.signal = SIGTERM;
  options.signalAfterMicroseconds = 100000;
  ChildResult unsaved =
      runTrainer({"train", "--data", folder.path, "--epochs", "5"}, options);
  EXPECT_EQ(unsaved.exitCode, 143);
  options.signal = SIGHUP;
  options.ignoresHangup = true;
  ChildResult undisturbed =
      runTrainer({"train", "--data", folder.path, "--epochs", "5"}, options);
  EXPECT_EQ(undisturbed.lastLine(), expected.lastLine());
  EXPECT_NE(unsaved.lastLine().find("nothing was saved"), std::string::npos);
}

TEST(Signals, TheSecondOneEndsTheProgram) {
  for (auto [first, second] :
       {std::pair(SIGINT, SIGINT), std::pair(SIGINT, SIGTERM),
        std::pair(SIGTERM, SIGHUP)}) {
    pid_t child = fork();
    if (child == 0) {
      std::signal(SIGHUP, SIG_DFL);
      SignalGuard guard;
      std::raise(first);
      if (pendingSignal() == first)
        std::raise(second);
      _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == second) << status;
  }
}

TEST_F(Resume, EverySplitOfTheStepsIsTheSame) {
  std::string expected =
      runTrainer({"train", "--data", folder.path, "--epochs", "3"}).lastLine();
  for (const char *steps : {"1", "9", "10", "11", "20", "29"}) {
    ChildResult first = runTrainer(train({"--epochs", "3", "--steps", steps}));
    EXPECT_NE(first.lastLine().find(std::string("steps=") + steps + " "),
              std::string::npos);
    EXPECT_EQ(runTrainer(train({"--resume"})).lastLine(), expected) << steps;
  }
  // A finished training is reported again and nothing changes.
  EXPECT_EQ(runTrainer(train({"--resume"})).lastLine(), expected);
  EXPECT_EQ(
      runTrainer(train({"--resume", "--no-eval"})).lastLine(),
      runTrainer({"train", "--data", folder.path, "--epochs", "3", "--no-eval"})
          .lastLine());
}

TEST_F(Resume, WithoutACheckpointStartsFromTheBeginning) {
  ChildResult result = runTrainer(train({"--resume"}));
  EXPECT_EQ(result.exitCode, 0) << result.err;
  EXPECT_NE(result.out.find("is not there yet: training from the beginning"),
            std::string::npos);
}

TEST_F(Resume, OtherFlagsAreNamed) {
  ASSERT_EQ(runTrainer(train({"--epochs", "3", "--steps", "5", "--lr", "0.25",
                              "--seed", "2"}))
                .exitCode,
            0);
  expectMismatch({"--seed", "3"}, "--seed 2", "--seed 3");
  expectMismatch({"--epochs", "4"}, "--epochs 3", "--epochs 4");
  expectMismatch({"--lr", "0.5"}, "--lr 0.25", "--lr 0.5");
  expectMismatch({"--lr-schedule", "step"}, "--lr-schedule linear",
                 "--lr-schedule step");
  expectMismatch({"--warmup", "0"}, "--warmup 0.05", "--warmup 0");
  expectMismatch({"--augment", "flip"}, "--augment none", "--augment flip");
  expectMismatch({"--input-scale", "64"}, "--input-scale 128",
                 "--input-scale 64");
  expectMismatch({"--train-limit", "80"}, "--train-limit 0",
                 "--train-limit 80");
  expectMismatch({"--validation-split", "0.5"}, "--validation-split 0",
                 "--validation-split 0.5");
  // The same flags again are fine.
  EXPECT_EQ(runTrainer(train({"--resume", "--epochs", "3", "--lr", "0.25",
                              "--seed", "2", "--warmup", "0.05"}))
                .exitCode,
            0);
}

TEST_F(Resume, OtherDataOrModelAreNamed) {
  ASSERT_EQ(runTrainer(train({"--epochs", "3", "--steps", "5"})).exitCode, 0);
  eoq_model other = tinyModel();
  other.batch = 4;
  ChildOptions options;
  options.model = &other;
  ChildResult result = runTrainer(train({"--resume"}), options);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("has batch size 8 but this run has batch size 4"),
            std::string::npos)
      << result.err;
  other = tinyModel();
  other.identity = tinyFloatModel().identity;
  result = runTrainer(train({"--resume"}), options);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("belongs to another model"), std::string::npos);

  writeTinyData(folder.path, 90);
  expectMismatch({}, "84 training images", "90");
  writeTinyData(folder.path);
  std::string images = readFile(folder.file("train-images-idx3-ubyte"));
  images.back() ^= 1;
  writeFile(folder.file("train-images-idx3-ubyte"), images);
  result = runTrainer(train({"--resume"}));
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("training data with checksum"), std::string::npos);
}

TEST_F(Resume, LengthInSteps) {
  ASSERT_EQ(runTrainer(train({"--steps", "15"})).exitCode, 0);
  expectMismatch({"--steps", "25"}, "--steps 15", "--steps 25");
  expectMismatch({"--epochs", "2"}, "--steps 15 and no --epochs", "--epochs 2");
  // Without a schedule a longer training begins like a shorter one.
  std::vector<std::string> constant = {
      "--lr-schedule", "constant", "--warmup", "0", "--lr", "0.125"};
  std::vector<std::string> first = train(constant);
  first.insert(first.end(), {"--steps", "15"});
  ASSERT_EQ(runTrainer(first).exitCode, 0);
  ChildResult longer = runTrainer(train({"--resume", "--steps", "25"}));
  std::vector<std::string> whole = {"train", "--data", folder.path, "--steps",
                                    "25"};
  whole.insert(whole.end(), constant.begin(), constant.end());
  EXPECT_EQ(longer.lastLine(), runTrainer(whole).lastLine());
}

TEST_F(Resume, MetricsAfterADamagedTail) {
  std::string metrics = folder.file("m.jsonl");
  ASSERT_EQ(runTrainer(
                train({"--epochs", "3", "--steps", "20", "--metrics", metrics}))
                .exitCode,
            0);
  std::string two = readFile(metrics);
  // What a crash between the metrics and the checkpoint, or within a line, can
  // leave behind.
  writeFile(metrics, two + R"({"epoch":3,"step":30})" + "\n" + R"({"epo)");
  ASSERT_EQ(runTrainer(train({"--resume", "--metrics", metrics})).exitCode, 0);
  std::string three = readFile(metrics);
  EXPECT_EQ(three.substr(0, two.size()), two);
  std::istringstream lines(three.substr(two.size()));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line)["epoch"], 3);
  EXPECT_TRUE(json::parse(line).contains("test_accuracy"));
  EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(Resume, OnlyCheckpointsAreReplaced) {
  std::string images = folder.file("train-images-idx3-ubyte");
  std::string metrics = folder.file("metrics.jsonl");
  std::string old = readFile(images);
  std::string text = "{\"epoch\":1}\n";
  writeFile(metrics, text);
  std::vector<std::string> before = folder.list();
  auto refuse = [&](const std::string &checkpoint,
                    const std::vector<std::string> &more,
                    const std::string &message) {
    std::vector<std::string> arguments = {"train", "--data", folder.path,
                                          "--checkpoint", checkpoint};
    arguments.insert(arguments.end(), more.begin(), more.end());
    ChildResult result = runTrainer(arguments);
    EXPECT_EQ(result.exitCode, 1) << result.out;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "error: '" + checkpoint + "': " + message + "\n");
    EXPECT_EQ(folder.list(), before);
  };
  std::string other = "is there and is no checkpoint, so it is not replaced by "
                      "one; give --checkpoint a name that is not taken, or "
                      "remove the file";
  refuse(images, {}, other);
  refuse(metrics, {}, other);
  EXPECT_EQ(readFile(images), old);

  std::string same = "the checkpoint cannot be written to the file of "
                     "--metrics, nor beside one that is named like it with "
                     "'.tmp'; give two other names";
  refuse(metrics, {"--metrics", folder.path + "/./metrics.jsonl"}, same);
  refuse(folder.file("new"), {"--metrics", folder.path + "/./new"}, same);
  refuse(folder.file("new"), {"--metrics", folder.file("new.tmp")}, same);
  EXPECT_EQ(readFile(metrics), text);

  // A checkpoint is what metrics would destroy, also while it is resumed; an
  // older one, and an empty file, are replaced.
  writeFile(folder.file("run.eoq"), "");
  ASSERT_EQ(runTrainer(train({})).exitCode, 0);
  ASSERT_EQ(runTrainer(train({"--epochs", "2"})).exitCode, 0);
  before = folder.list();
  std::string saved = readFile(folder.file("run.eoq"));
  refuse(folder.file("run.eoq"),
         {"--resume", "--metrics", folder.file("run.eoq")}, same);
  EXPECT_EQ(readFile(folder.file("run.eoq")), saved);
  ASSERT_EQ(runTrainer(train({"--resume"})).exitCode, 0);
}

TEST_F(Resume, DamagedCheckpointIsAnErrorAndStays) {
  ASSERT_EQ(runTrainer(train({"--steps", "5"})).exitCode, 0);
  std::string content = readFile(folder.file("run.eoq"));
  content[content.size() / 2] ^= 4;
  writeFile(folder.file("run.eoq"), content);
  ChildResult result = runTrainer(train({"--resume"}));
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("truncated or damaged"), std::string::npos);
  EXPECT_EQ(readFile(folder.file("run.eoq")), content);
}
