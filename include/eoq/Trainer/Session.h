//===- Session.h - a model in memory ----------------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Owns the memory of a trainer, and runs it over data sets.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_SESSION_H
#define EOQ_TRAINER_SESSION_H

#include "eoq/Trainer/TrainingPlan.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace eoq::trainer {

class Session {
public:
  /// Allocates what the model needs. Throws RunError or std::bad_alloc.
  explicit Session(const eoq_model &model);

  const eoq_model &model() const { return theModel; }
  eoq_trainer *get() const { return trainer; }
  int64_t step() const { return eoq_get_step(trainer); }

  /// The image of eoq_save().
  std::vector<uint8_t> save() const;
  /// Restores an image; `path` is the file that messages name.
  void load(const std::vector<uint8_t> &image, const std::string &path);

  /// "sha256:<hex>" over the state of the training.
  std::string parametersHash() const;

private:
  struct Release {
    void operator()(void *memory) const { std::free(memory); }
  };

  const eoq_model &theModel;
  std::unique_ptr<void, Release> memory;
  eoq_trainer *trainer = nullptr;
};

/// Images and labels of one batch, in the form that the model takes.
class Batch {
public:
  explicit Batch(const eoq_model &model);

  /// Row `row` becomes image `index` of `source` with its label.
  void set(uint64_t row, const PreparedImages &source, uint64_t index,
           const Transform &transform, int32_t label);
  /// Rows from `row` on become zero images that do not count.
  void pad(uint64_t row);

  const void *images() const { return pixels.data(); }
  void *images() { return pixels.data(); }
  size_t imageBytes() const { return pixels.size(); }
  const int32_t *labels() const { return classes.data(); }
  int32_t *labels() { return classes.data(); }

private:
  size_t rowBytes;
  std::vector<uint8_t> pixels;
  std::vector<int32_t> classes;
};

/// Loss and accuracy over all of `images`; the last batch is padded. Empty if
/// a signal asked to stop.
std::optional<Tally> evaluate(Session &session, const PreparedImages &images,
                              const std::vector<int32_t> &labels);

/// The last line of `train` and `eval`.
std::string finalLine(const Tally &tally, const Session &session);

/// Sets the number of threads, and returns the number that will be used. Throws
/// RunError if the program was built without threads and more than one is
/// asked for.
unsigned configureThreads(std::optional<unsigned> threads);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_SESSION_H
