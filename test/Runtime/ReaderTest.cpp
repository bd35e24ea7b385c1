//===- ReaderTest.cpp - good and hostile data files -----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every malformed file gives one message that names the file and what is wrong
// with it; nothing is allocated from a header that the file cannot fill.
//
//===----------------------------------------------------------------------===//
#include "TestSupport.h"
#include "eoq/Trainer/ArrayFile.h"
#include "eoq/Trainer/Dataset.h"
#include "eoq/Trainer/Error.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace eoq::test;
using namespace eoq::trainer;

namespace {

/// The message of the RunError that `run` throws.
template <typename Run> std::string messageOf(Run run) {
  try {
    run();
  } catch (const RunError &error) {
    return error.what();
  }
  return "no error";
}

std::string arrayError(const std::string &path, const std::string &content) {
  writeFile(path, content);
  std::string message = messageOf([&] { readArrayFile(path); });
  EXPECT_EQ(message.find("'" + path + "': "), 0u) << message;
  return message;
}

void expectIn(const std::string &part, const std::string &message) {
  EXPECT_NE(message.find(part), std::string::npos)
      << "'" << part << "' is not in: " << message;
}

std::string floats(const std::vector<float> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(float));
}

const std::string kData = "abcdefghijklmnopqrstuvwx"; // 24 bytes

} // namespace

TEST(IDX, ReadsPlainAndGzip) {
  TempFolder folder;
  for (bool compressed : {false, true}) {
    std::string path = folder.file(compressed ? "a.gz" : "a");
    std::string content = idx({2, 3, 4}, kData);
    writeFile(path, compressed ? gzip(content) : content);
    FileArray array = readIDX(path);
    EXPECT_EQ(array.shape, (std::vector<uint64_t>{2, 3, 4}));
    EXPECT_EQ(std::string(array.data.begin(), array.data.end()), kData);
    EXPECT_EQ(array.integer(1), 'b');
  }
}

TEST(IDX, EveryTruncationIsAnError) {
  TempFolder folder;
  std::string content = idx({2, 3, 4}, kData);
  for (size_t bytes = 0; bytes < content.size(); ++bytes)
    expectIn("truncated",
             arrayError(folder.file("a"), content.substr(0, bytes)));
  std::string packed = gzip(content);
  for (size_t bytes = 2; bytes < packed.size(); ++bytes)
    EXPECT_NE(arrayError(folder.file("a.gz"), packed.substr(0, bytes)),
              "no error");
}

TEST(IDX, DamagedGzipIsAnError) {
  TempFolder folder;
  std::string packed = gzip(idx({2, 3, 4}, kData));
  packed[packed.size() - 6] ^= 1; // the CRC
  expectIn("damaged", arrayError(folder.file("a.gz"), packed));
  expectIn("expected gzip data",
           arrayError(folder.file("a.gz"), idx({2, 3, 4}, kData)));
}

TEST(IDX, ExtraDataAreAnError) {
  TempFolder folder;
  std::string content = idx({2, 3, 4}, kData + "!");
  expectIn("expected the end of the data after 40 bytes",
           arrayError(folder.file("a"), content));
  expectIn("expected the end of the data after 40 bytes",
           arrayError(folder.file("a.gz"), gzip(content)));
}

TEST(IDX, HugeHeadersAllocateNothing) {
  TempFolder folder;
  for (bool compressed : {false, true}) {
    std::string path = folder.file(compressed ? "a.gz" : "a");
    auto content = [&](const std::vector<uint32_t> &shape) {
      std::string text = idx(shape, kData);
      return compressed ? gzip(text) : text;
    };
    expectIn("the header announces 4294967295 bytes",
             arrayError(path, content({0xffffffffu})));
    expectIn("the header announces 18446744065119617025 bytes",
             arrayError(path, content({0xffffffffu, 0xffffffffu})));
    expectIn("too large",
             arrayError(path, content({0xffffffffu, 0xffffffffu, 2})));
  }
}

TEST(IDX, WrongHeaders) {
  TempFolder folder;
  expectIn("two zero bytes", arrayError(folder.file("a"), "P5 28 28"));
  std::string content = idx({2, 3, 4}, kData);
  content[2] = 0x0d;
  expectIn("type 8 (unsigned byte) but got type 13",
           arrayError(folder.file("a"), content));
  content[2] = 8;
  content[3] = 0;
  expectIn("1 to 4 IDX dimensions but got 0",
           arrayError(folder.file("a"), content));
  content[3] = 5;
  expectIn("1 to 4 IDX dimensions but got 5",
           arrayError(folder.file("a"), content));
}

TEST(IDX, MissingFilesAndFolders) {
  TempFolder folder;
  expectIn("No such file", messageOf([&] { readIDX(folder.file("none")); }));
  expectIn("expected a regular file", messageOf([&] { readIDX(folder.path); }));
}

TEST(Npy, ReadsEveryIntegerType) {
  TempFolder folder;
  std::string path = folder.file("a.npy");
  struct Case {
    const char *descr;
    std::string data;
    int64_t value;
  };
  for (const Case &c : std::vector<Case>{
           {"|u1", "\xff", 255},
           {"|i1", "\xff", -1},
           {"<u2", "\xfe\xff", 65534},
           {"<i2", "\xfe\xff", -2},
           {"<u4", "\xfe\xff\xff\xff", 4294967294},
           {"<i4", "\xfe\xff\xff\xff", -2},
           {"<i8", "\xfe\xff\xff\xff\xff\xff\xff\xff", -2},
           {"<u8", "\xfe\xff\xff\xff\xff\xff\xff\xff", INT64_MAX}}) {
    writeFile(path, npy(c.descr, "(1,)", c.data));
    EXPECT_EQ(readNpy(path).integer(0), c.value) << c.descr;
  }
}

TEST(Npy, ReadsFloatsAndVersions) {
  TempFolder folder;
  std::string path = folder.file("a.npy");
  std::string content = npy("<f4", "(2, 1)", floats({1.5f, -2.0f}));
  writeFile(path, content);
  FileArray array = readNpy(path);
  EXPECT_EQ(array.type, ElementType::F32);
  EXPECT_EQ(array.shape, (std::vector<uint64_t>{2, 1}));
  EXPECT_EQ(array.real(1), -2.0f);
  content[6] = 2; // version 2 has a length of four bytes
  content.insert(10, 2, '\0');
  writeFile(path, content);
  EXPECT_EQ(readNpy(path).real(0), 1.5f);
}

TEST(Npy, MalformedFiles) {
  TempFolder folder;
  std::string path = folder.file("a.npy");
  expectIn("starts with \\x93NUMPY", arrayError(path, "not a NumPy file"));
  std::string content = npy("|u1", "(2, 3, 4)", kData);
  content[6] = 4;
  expectIn("version 1 to 3 but got 4", arrayError(path, content));
  expectIn("C order", arrayError(path, npy("|u1", "(6, 4)", kData, "True")));
  for (const char *descr : {">f4", "<f8", "|b1", "<c8", "|O", "", "<f2"})
    expectIn(std::string("but got dtype '") + descr + "'",
             arrayError(path, npy(descr, "(2, 3, 4)", kData)));
  for (const char *shape :
       {"(", "2", "(2 3)", "(-1,)", "(2,,3)", "(99999999999999999999,)",
        "(2.0,)", "()()", "('a',)"})
    expectIn("malformed", arrayError(path, npy("|u1", shape, kData)));
  expectIn("malformed", arrayError(path, npy("|u1", "(2,)", "", "Maybe")));
  expectIn("too large",
           arrayError(path, npy("<i8", "(4294967296, 4294967296)", kData)));
  expectIn("announces 9000000000000 bytes",
           arrayError(path, npy("|u1", "(9000000000000,)", kData)));
  expectIn("expected the end",
           arrayError(path, npy("|u1", "(2, 3, 3)", kData)));
  std::string longHeader = std::string("\x93NUMPY\x02\x00", 8) +
                           std::string("\xff\xff\xff\xff", 4) + kData;
  expectIn("header of at most 65536 bytes", arrayError(path, longHeader));
}

TEST(Npy, EveryTruncationIsAnError) {
  TempFolder folder;
  std::string content = npy("|u1", "(2, 3, 4)", kData);
  for (size_t bytes = 0; bytes < content.size(); ++bytes)
    expectIn("truncated",
             arrayError(folder.file("a.npy"), content.substr(0, bytes)));
}

TEST(Npy, EveryChangedHeaderByteIsHarmless) {
  TempFolder folder;
  std::string content = npy("|u1", "(2, 3, 4)", kData);
  size_t header = content.size() - kData.size();
  for (size_t at = 0; at < header; ++at)
    for (char value : {'\0', '9', '\'', '(', '\xff'}) {
      std::string changed = content;
      changed[at] = value;
      writeFile(folder.file("a.npy"), changed);
      (void)messageOf([&] { readNpy(folder.file("a.npy")); });
    }
}

TEST(Dataset, FindsTheFilesOfASplit) {
  TempFolder folder;
  expectIn(
      "expected one of t10k-labels-idx1-ubyte, "
      "t10k-labels-idx1-ubyte.gz, test-labels.npy but found none",
      messageOf([&] { readSplit(folder.path, Split::Test, tinyModel()); }));
  writeTinyData(folder.path, 6, 3);
  LabelledImages data = readSplit(folder.path, Split::Train, tinyModel());
  EXPECT_EQ(data.images.count, 6u);
  EXPECT_EQ(data.labels, (std::vector<int32_t>{0, 1, 2, 0, 1, 2}));
  LabelledImages tail = data.splitFrom(4);
  EXPECT_EQ(data.images.count, 4u);
  EXPECT_EQ(data.images.bytes.size(), 4 * kPixels);
  EXPECT_EQ(tail.images.bytes.size(), 2 * kPixels);
  EXPECT_EQ(tail.labels, (std::vector<int32_t>{1, 2}));
  expectIn("expected a folder", messageOf([&] {
             findImages(folder.file("train-images-idx3-ubyte"), Split::Test);
           }));
}

TEST(Dataset, ImageShapes) {
  TempFolder folder;
  std::string path = folder.file("a.npy");
  eoq_model model = tinyModel();
  auto read = [&](const char *shape, size_t bytes) {
    std::string data;
    for (size_t i = 0; i < bytes; ++i)
      data += static_cast<char>(i);
    writeFile(path, npy("|u1", shape, data));
    return readImages(path, model);
  };
  EXPECT_EQ(read("(2, 4, 4)", 32).count, 2u);
  EXPECT_EQ(read("(2, 1, 4, 4)", 32).count, 2u);
  EXPECT_EQ(read("(2, 4, 4, 1)", 32).count, 2u);
  expectIn("expected images of shape (N, 4, 4) but got (2, 4, 5)",
           messageOf([&] { read("(2, 4, 5)", 40); }));
  expectIn("but got (32,)", messageOf([&] { read("(32,)", 32); }));
  expectIn("but got ()", messageOf([&] { read("()", 1); }));
  expectIn("at least one image", messageOf([&] { read("(0, 4, 4)", 0); }));
  model.channels = 3;
  model.height = 2;
  model.width = 1;
  EXPECT_EQ(read("(1, 3, 2, 1)", 6).bytes,
            (std::vector<uint8_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(read("(1, 2, 1, 3)", 6).bytes,
            (std::vector<uint8_t>{0, 3, 1, 4, 2, 5}));
  expectIn("expected images of shape (N, 3, 2, 1) but got (1, 2, 3)",
           messageOf([&] { read("(1, 2, 3)", 6); }));
}

TEST(Dataset, ImageTypes) {
  TempFolder folder;
  std::string path = folder.file("a.npy");
  std::vector<float> values(kPixels, 0.25f);
  writeFile(path, npy("<f4", "(1, 4, 4)", floats(values)));
  EXPECT_EQ(readImages(path, tinyModel()).floats, values);
  values[3] = std::numeric_limits<float>::infinity();
  writeFile(path, npy("<f4", "(1, 4, 4)", floats(values)));
  expectIn("element 3 is not a finite number",
           messageOf([&] { readImages(path, tinyModel()); }));
  writeFile(path, npy("<i2", "(1, 4, 4)", std::string(32, '\0')));
  expectIn("expected uint8 or float32 images but got int16",
           messageOf([&] { readImages(path, tinyModel()); }));
}

TEST(Dataset, Labels) {
  TempFolder folder;
  writeFile(folder.file("train-images.npy"),
            npy("|u1", "(2, 4, 4)", std::string(32, '\0')));
  std::string path = folder.file("train-labels.npy");
  auto read = [&](const std::string &content) {
    writeFile(path, content);
    return messageOf(
        [&] { readSplit(folder.path, Split::Train, tinyModel()); });
  };
  EXPECT_EQ(read(npy("|u1", "(2,)", {0, 2})), "no error");
  EXPECT_EQ(read(npy("|u1", "(2, 1)", {0, 2})), "no error");
  expectIn("expected labels from 0 to 2 but label 1 is 3",
           read(npy("|u1", "(2,)", {0, 3})));
  expectIn("expected labels from 0 to 2 but label 0 is -1",
           read(npy("|i1", "(2,)", "\xff\x01")));
  expectIn("expected 2 labels", read(npy("|u1", "(1,)", {0})));
  expectIn("expected 2 labels", read(npy("|u1", "(0,)", "")));
  expectIn("expected labels of shape (N,) but got (1, 2)",
           read(npy("|u1", "(1, 2)", {0, 1})));
  expectIn("expected integer labels", read(npy("<f4", "(2,)", floats({0, 1}))));
}
