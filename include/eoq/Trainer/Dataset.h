//===- Dataset.h - labelled images of a data set ----------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the files of a data set, and checks that images and labels fit the
// model and each other.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_DATASET_H
#define EOQ_TRAINER_DATASET_H

#include "eoq/Runtime/eoq.h"

#include <cstdint>
#include <string>
#include <vector>

namespace eoq::trainer {

/// Images in NCHW order, all of the model's shape. Exactly one of `bytes`
/// (uint8 files) and `floats` (float32 files) is used.
struct Images {
  std::string path;
  bool isFloat = false;
  uint64_t count = 0;
  uint64_t channels = 0, height = 0, width = 0;
  std::vector<uint8_t> bytes;
  std::vector<float> floats;

  uint64_t imageElements() const { return channels * height * width; }
};

/// `labels` has one entry in [0, classes) per image.
struct LabelledImages {
  Images images;
  std::vector<int32_t> labels;

  /// Removes the images from `first` on and returns them.
  LabelledImages splitFrom(uint64_t first);
};

enum class Split { Train, Test };

/// Reads images and labels of one split. Throws RunError.
LabelledImages readSplit(const std::string &directory, Split split,
                         const eoq_model &model);

/// Path of the image file of a split. Throws RunError if there is none.
std::string findImages(const std::string &directory, Split split);

/// Reads one image file (IDX or `.npy`). Throws RunError.
Images readImages(const std::string &path, const eoq_model &model);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_DATASET_H
