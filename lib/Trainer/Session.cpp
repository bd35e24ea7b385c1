//===- Session.cpp - a model in memory ------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory, batches, evaluation, and the number of threads.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Session.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/Memory.h"
#include "eoq/Trainer/Signals.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

// Present if the emitted code was compiled for OpenMP, else null.
extern "C" {
__attribute__((weak)) void omp_set_num_threads(int count);
__attribute__((weak)) int omp_get_max_threads(void);
}

namespace eoq::trainer {

Session::Session(const eoq_model &model) : theModel(model) {
  // Before anything else is read: another version has other fields.
  if (model.abi_version != EOQ_ABI_VERSION)
    check(EOQ_ERROR_ABI, "cannot create the trainer");
  size_t bytes = eoq_required_bytes(&model);
  if (bytes > SIZE_MAX - EOQ_ALIGNMENT)
    throw std::bad_alloc();
  bytes = (bytes + EOQ_ALIGNMENT - 1) / EOQ_ALIGNMENT * EOQ_ALIGNMENT;
  releaseUnusedMemory();
  memory.reset(std::aligned_alloc(EOQ_ALIGNMENT, bytes));
  if (!memory)
    throw std::bad_alloc();
  check(eoq_create(&model, memory.get(), bytes, &trainer),
        "cannot create the trainer");
}

std::vector<uint8_t> Session::save() const {
  std::vector<uint8_t> image(eoq_saved_bytes(&theModel));
  check(eoq_save(trainer, image.data(), image.size()),
        "cannot save the trainer");
  return image;
}

void Session::load(const std::vector<uint8_t> &image, const std::string &path) {
  check(eoq_load(trainer, image.data(), image.size()), quoted(path));
}

std::string Session::parametersHash() const {
  uint8_t digest[32];
  eoq_hash(trainer, digest);
  std::string text = "sha256:";
  for (uint8_t byte : digest) {
    const char *digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

Batch::Batch(const eoq_model &model)
    : rowBytes(model.channels * model.height * model.width *
               (model.precision == 8 ? 1 : 4)),
      pixels(model.batch * rowBytes), classes(model.batch, -1) {}

void Batch::set(uint64_t row, const PreparedImages &source, uint64_t index,
                const Transform &transform, int32_t label) {
  source.gather(index, transform, pixels.data() + row * rowBytes);
  classes[row] = label;
}

void Batch::pad(uint64_t row) {
  std::memset(pixels.data() + row * rowBytes, 0,
              pixels.size() - row * rowBytes);
  std::fill(classes.begin() + static_cast<std::ptrdiff_t>(row), classes.end(),
            -1);
}

std::optional<Tally> evaluate(Session &session, const PreparedImages &images,
                              const std::vector<int32_t> &labels) {
  const eoq_model &model = session.model();
  Batch batch(model);
  Tally tally;
  for (uint64_t first = 0; first < images.count(); first += model.batch) {
    if (pendingSignal() != 0)
      return std::nullopt;
    uint64_t rows = std::min<uint64_t>(model.batch, images.count() - first);
    for (uint64_t row = 0; row < rows; ++row)
      batch.set(row, images, first + row, Transform(), labels[first + row]);
    if (rows < model.batch)
      batch.pad(rows);
    eoq_result result;
    check(eoq_evaluate(session.get(), batch.images(), images.exponent(),
                       batch.labels(), &result),
          "cannot evaluate");
    tally.add(result);
  }
  return tally;
}

std::string finalLine(const Tally &tally, const Session &session) {
  char text[128];
  std::snprintf(text, sizeof(text), "final: loss=%.6f accuracy=%.2f steps=%lld",
                tally.loss(), tally.accuracy(),
                static_cast<long long>(session.step()));
  return text + (" parameters=" + session.parametersHash());
}

unsigned configureThreads(std::optional<unsigned> threads) {
  if (threads) {
    if (omp_set_num_threads)
      omp_set_num_threads(static_cast<int>(*threads));
    else if (*threads > 1)
      throw RunError("expected --threads 1, as this program was built without "
                     "OpenMP, but got " +
                     std::to_string(*threads));
  }
  return omp_get_max_threads ? static_cast<unsigned>(omp_get_max_threads()) : 1;
}

} // namespace eoq::trainer
