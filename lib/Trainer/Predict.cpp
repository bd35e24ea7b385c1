//===- Predict.cpp - the command predict ----------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Class and logits of every image, as a NumPy array with two fields, as CSV, or
// as JSON lines.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/AtomicFile.h"
#include "eoq/Trainer/Checkpoint.h"
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/Session.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace eoq::trainer {
namespace {

/// Writes one row per image in the format that the file name asks for.
class PredictionWriter {
public:
  PredictionWriter(const std::string &path, uint64_t images, uint64_t classes)
      : file(path), classes(classes), format(path.substr(path.rfind('.'))) {
    if (format == ".npy")
      writeNpyHeader(images);
    else if (format == ".csv")
      writeCsvHeader();
  }

  void write(uint64_t index, const float *logits) {
    auto best = static_cast<uint32_t>(
        std::max_element(logits, logits + classes) - logits);
    if (format == ".npy") {
      writeNpyRow(best, logits);
      return;
    }
    bool csv = format == ".csv";
    std::string line;
    if (csv)
      line = std::to_string(index) + "," + std::to_string(best) + ",";
    else
      line = "{\"index\":" + std::to_string(index) +
             ",\"class\":" + std::to_string(best) + ",\"logits\":[";
    for (uint64_t i = 0; i < classes; ++i) {
      char number[32] = "null"; // JSON has no other word for what is not finite
      if (csv || std::isfinite(logits[i]))
        std::snprintf(number, sizeof(number), "%.9g",
                      static_cast<double>(logits[i]));
      line += (i ? "," : "") + std::string(number);
    }
    file.write(line + (csv ? "\n" : "]}\n"));
  }

  void commit() { file.commit(); }

private:
  void writeNpyHeader(uint64_t images) {
    std::string header = "{'descr': [('class', '<i4'), ('logits', '<f4', (" +
                         std::to_string(classes) +
                         ",))], 'fortran_order': False, 'shape': (" +
                         std::to_string(images) + ",), }";
    constexpr size_t kStart = 10;
    size_t padding = 63 - (kStart + header.size()) % 64;
    header += std::string(padding, ' ') + "\n";
    file.write("\x93NUMPY\x01", 7);
    uint8_t rest[3] = {0, static_cast<uint8_t>(header.size() & 0xff),
                       static_cast<uint8_t>(header.size() >> 8)};
    file.write(rest, sizeof(rest));
    file.write(header);
  }

  void writeCsvHeader() {
    std::string line = "index,class";
    for (uint64_t i = 0; i < classes; ++i)
      line += ",logit_" + std::to_string(i);
    file.write(line + "\n");
  }

  void writeNpyRow(uint32_t best, const float *logits) {
    putLittleEndian(best);
    for (uint64_t i = 0; i < classes; ++i) {
      uint32_t bits;
      std::memcpy(&bits, logits + i, sizeof(bits));
      putLittleEndian(bits);
    }
  }

  void putLittleEndian(uint32_t value) {
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; ++i)
      bytes[i] = static_cast<uint8_t>(value >> (8 * i));
    file.write(bytes, sizeof(bytes));
  }

  AtomicFile file;
  uint64_t classes;
  std::string format;
};

} // namespace

int runPredict(const eoq_model &model, const PredictOptions &options) {
  configureThreads(options.threads);
  Session session(model);
  Checkpoint checkpoint = readCheckpoint(options.checkpoint);
  session.load(checkpoint.image, options.checkpoint);
  std::string path = options.images.empty()
                         ? findImages(options.data, Split::Test)
                         : options.images;
  for (const std::string &input : {path, options.checkpoint})
    if (isSameFile(options.output, input))
      throw RunError("--output names " + quoted(input) +
                     ", which is read; expected a file of its own");
  PreparedImages images(readImages(path, model), checkpoint.plan.normalization,
                        model.precision);
  PredictionWriter writer(options.output, images.count(), model.classes);
  Batch batch(model);
  std::vector<float> logits(model.batch * model.classes);
  for (uint64_t first = 0; first < images.count(); first += model.batch) {
    uint64_t rows = std::min<uint64_t>(model.batch, images.count() - first);
    for (uint64_t row = 0; row < rows; ++row)
      batch.set(row, images, first + row, Transform(), -1);
    if (rows < model.batch)
      batch.pad(rows);
    check(eoq_predict(session.get(), batch.images(), images.exponent(),
                      logits.data()),
          "cannot predict");
    for (uint64_t row = 0; row < rows; ++row)
      writer.write(first + row, logits.data() + row * model.classes);
  }
  writer.commit();
  std::printf("%llu predictions in '%s'\n",
              static_cast<unsigned long long>(images.count()),
              options.output.c_str());
  return 0;
}

} // namespace eoq::trainer
