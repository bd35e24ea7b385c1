//===- CheckpointTest.cpp - checkpoints and atomic files ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A checkpoint is read as it was written or refused; a write that fails leaves
// the old one.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Checkpoint.h"
#include "TestSupport.h"
#include "eoq/Runtime/Sha256.h"
#include "eoq/Trainer/AtomicFile.h"
#include "eoq/Trainer/Error.h"

#include <cmath>
#include <csignal>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace eoq::test;
using namespace eoq::trainer;

namespace {

Checkpoint example() {
  Checkpoint checkpoint;
  checkpoint.modelName = "tiny \"quoted\" \xff";
  checkpoint.batch = 8;
  checkpoint.plan.seed = -5;
  checkpoint.plan.epochs = 3;
  checkpoint.plan.totalSteps = 30;
  checkpoint.plan.stepsPerEpoch = 10;
  checkpoint.plan.learningRate = {13107, 17};
  checkpoint.plan.schedule = Schedule::Cosine;
  checkpoint.plan.warmup = 0.1;
  checkpoint.plan.warmupSteps = 3;
  checkpoint.plan.augment = Augment::ShiftFlip;
  checkpoint.plan.validationSplit = 0.2;
  checkpoint.plan.trainLimit = 77;
  checkpoint.plan.trainImages = 80;
  checkpoint.plan.dataChecksum = 0xdeadbeef;
  checkpoint.plan.normalization = {true, 0.1, 1.0 / 3.0, -6};
  checkpoint.progress.reportedEpochs = 2;
  checkpoint.progress.epoch = {0.1 + 0.2, 4, 8};
  checkpoint.progress.lastEpoch = {std::nan(""), 5, 9};
  checkpoint.progress.seconds = 1.25;
  for (int i = 0; i < 300; ++i)
    checkpoint.image.push_back(static_cast<uint8_t>(i * 7));
  return checkpoint;
}

void expectRefused(const std::string &content) {
  std::vector<uint8_t> data(content.begin(), content.end());
  EXPECT_THROW(parseCheckpoint(data, "c"), RunError);
}

/// Replaces the checksum at the end by the right one.
std::string sealed(std::string content) {
  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  eoq_rt_sha256_add(&context, content.data(), content.size() - 32);
  eoq_rt_sha256_finish(&context, reinterpret_cast<uint8_t *>(
                                     content.data() + content.size() - 32));
  return content;
}

} // namespace

TEST(Checkpoint, RoundTrip) {
  TempFolder folder;
  std::string path = folder.file("c");
  Checkpoint written = example();
  writeCheckpoint(path, written);
  EXPECT_EQ(folder.list(), std::vector<std::string>{"c"});
  Checkpoint read = readCheckpoint(path);
  EXPECT_EQ(read.batch, written.batch);
  EXPECT_EQ(read.image, written.image);
  EXPECT_EQ(toJson(read.plan), toJson(written.plan));
  EXPECT_EQ(toJson(read.progress), toJson(written.progress));
  EXPECT_EQ(read.progress.epoch.lossSum, 0.1 + 0.2); // to the bit
  EXPECT_TRUE(std::isnan(read.progress.lastEpoch.lossSum));
  EXPECT_TRUE(read.plan.normalization == written.plan.normalization);
}

TEST(Checkpoint, EveryChangedByteAndTruncationIsRefused) {
  TempFolder folder;
  std::string path = folder.file("c");
  writeCheckpoint(path, example());
  std::string content = readFile(path);
  for (size_t at = 0; at < content.size(); ++at) {
    std::string changed = content;
    changed[at] ^= static_cast<char>(1 << (at % 8));
    expectRefused(changed);
    expectRefused(content.substr(0, at));
  }
  expectRefused(content + "x");
}

TEST(Checkpoint, HostileFilesWithAGoodChecksum) {
  TempFolder folder;
  std::string path = folder.file("c");
  writeCheckpoint(path, example());
  const std::string good = readFile(path);
  for (size_t at : {8u, 16u, 17u, 23u, 24u, 31u}) {
    std::string changed = good;
    changed[at] = '\x7f';
    expectRefused(sealed(changed));
  }
  for (const char *member : {"\"seed\"", "\"total_steps\"", "\"progress\"",
                             "\"loss_sum_bits\"", "\"mean\"", "\"batch\""}) {
    std::string changed = good;
    changed[changed.find(member) + 1] = 'X';
    expectRefused(sealed(changed));
  }
  Checkpoint bad = example();
  bad.plan.stepsPerEpoch = 0;
  writeCheckpoint(path, bad);
  EXPECT_THROW(readCheckpoint(path), RunError);
  bad = example();
  bad.plan.normalization.scale = 0.0;
  writeCheckpoint(path, bad);
  EXPECT_THROW(readCheckpoint(path), RunError);
  for (double split : {-0.5, 1.0, 1.5, std::nan("")}) {
    bad = example();
    bad.plan.validationSplit = split;
    writeCheckpoint(path, bad);
    EXPECT_THROW(readCheckpoint(path), RunError) << split;
    bad = example();
    bad.plan.warmup = 2 * split;
    writeCheckpoint(path, bad);
    EXPECT_THROW(readCheckpoint(path), RunError) << split;
  }
  bad = example();
  bad.plan.learningRate.multiplier = 40000;
  writeCheckpoint(path, bad);
  EXPECT_THROW(readCheckpoint(path), RunError);
}

TEST(AtomicFile, WithoutCommitNothingChanges) {
  TempFolder folder;
  std::string path = folder.file("a");
  writeFile(path, "old");
  {
    AtomicFile file(path);
    file.write(std::string(200000, 'x'));
    EXPECT_EQ(readFile(path), "old");
    EXPECT_EQ(folder.list().size(), 2u);
  }
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(folder.list().size(), 1u);
  AtomicFile file(path);
  file.write(std::string(200000, 'x'));
  file.commit();
  EXPECT_EQ(readFile(path), std::string(200000, 'x'));
}

TEST(AtomicFile, HasOneWriter) {
  TempFolder folder;
  std::string path = folder.file("a");
  AtomicFile first(path);
  first.write(std::string(200000, '1'));
  EXPECT_THROW(AtomicFile second(path), RunError);
  first.commit();
  EXPECT_EQ(readFile(path), std::string(200000, '1'));
  AtomicFile third(path);
  third.write("3");
  third.commit();
  EXPECT_EQ(readFile(path), "3");
  // What a process that was killed has left does not matter.
  writeFile(path + ".tmp", "a part");
  AtomicFile fourth(path);
  fourth.write("4");
  fourth.commit();
  EXPECT_EQ(readFile(path), "4");
  EXPECT_EQ(folder.list().size(), 1u);
}

TEST(AtomicFile, RefusesWhatIsNoFile) {
  TempFolder folder;
  EXPECT_THROW(AtomicFile file(folder.path), RunError);
  EXPECT_THROW(AtomicFile file("/dev/null"), RunError);
  EXPECT_THROW(AtomicFile file(folder.file("none/c")), RunError);
  EXPECT_THROW(AtomicFile file(folder.file("") + std::string(300, 'n')),
               RunError);
}

TEST(AtomicFile, DoesNotFollowALinkAtTheTemporaryName) {
  TempFolder folder;
  writeFile(folder.file("victim"), "precious");
  ASSERT_EQ(
      symlink(folder.file("victim").c_str(), folder.file("a.tmp").c_str()), 0);
  EXPECT_THROW(AtomicFile file(folder.file("a")), RunError);
  EXPECT_EQ(readFile(folder.file("victim")), "precious");
}

TEST(FullDisk, KeepsTheOldCheckpoint) {
  TempFolder folder;
  writeTinyData(folder.path);
  std::string checkpoint = folder.file("run.eoq");
  std::vector<std::string> arguments = {"train",    "--data", folder.path,
                                        "--epochs", "4",      "--checkpoint",
                                        checkpoint};
  std::vector<std::string> first = arguments;
  first.insert(first.end(), {"--steps", "10"});
  ASSERT_EQ(runTrainer(first).exitCode, 0);
  std::string old = readFile(checkpoint);
  size_t files = folder.list().size();

  ChildOptions options;
  options.fileSizeLimit = 500;
  std::vector<std::string> second = arguments;
  second.push_back("--resume");
  ChildResult result = runTrainer(second, options);
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_EQ(result.err, "error: '" + checkpoint +
                            "': cannot write the file: File too large\n");
  EXPECT_EQ(readFile(checkpoint), old);
  EXPECT_EQ(folder.list().size(), files); // no temporary file

  // With room again the training goes on and ends as if nothing had been.
  ChildResult resumed = runTrainer(second);
  EXPECT_EQ(resumed.exitCode, 0) << resumed.err;
  ChildResult whole =
      runTrainer({"train", "--data", folder.path, "--epochs", "4"});
  EXPECT_EQ(resumed.lastLine(), whole.lastLine());
}
