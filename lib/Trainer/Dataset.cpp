//===- Dataset.cpp - labelled images of a data set ------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// File names are those of MNIST and Fashion-MNIST, or four `.npy` files.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Dataset.h"
#include "eoq/Trainer/ArrayFile.h"
#include "eoq/Trainer/Error.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <sys/stat.h>

namespace eoq::trainer {
namespace {

std::vector<std::string> candidates(Split split, bool images) {
  bool train = split == Split::Train;
  std::string idx = train ? "train-" : "t10k-";
  idx += images ? "images-idx3-ubyte" : "labels-idx1-ubyte";
  std::string npy = train ? "train-" : "test-";
  npy += images ? "images.npy" : "labels.npy";
  return {idx, idx + ".gz", npy};
}

bool exists(const std::string &path) {
  struct stat info;
  return ::stat(path.c_str(), &info) == 0;
}

std::string findFile(const std::string &directory, Split split, bool images) {
  struct stat info;
  if (::stat(directory.c_str(), &info) != 0)
    throw RunError(quoted(directory) +
                   ": cannot open: " + std::strerror(errno));
  if (!S_ISDIR(info.st_mode))
    throw RunError(quoted(directory) + ": expected a folder with the data");
  std::string tried;
  for (const std::string &name : candidates(split, images)) {
    if (exists(directory + "/" + name))
      return directory + "/" + name;
    tried += (tried.empty() ? "" : ", ") + name;
  }
  throw RunError(quoted(directory) + ": expected one of " + tried +
                 " but found none");
}

/// NHWC to NCHW.
template <typename T>
std::vector<T> toChannelsFirst(const std::vector<T> &in, uint64_t count,
                               uint64_t channels, uint64_t pixels) {
  std::vector<T> out(in.size());
  for (uint64_t n = 0; n < count; ++n)
    for (uint64_t c = 0; c < channels; ++c)
      for (uint64_t p = 0; p < pixels; ++p)
        out[(n * channels + c) * pixels + p] =
            in[(n * pixels + p) * channels + c];
  return out;
}

Images toImages(FileArray array, const eoq_model &model) {
  using Shape = std::vector<uint64_t>;
  uint64_t c = model.channels, h = model.height, w = model.width;
  Shape inner(array.shape.begin() + (array.shape.empty() ? 0 : 1),
              array.shape.end());
  bool fits = inner == Shape{c, h, w} || (c == 1 && inner == Shape{h, w});
  bool channelsLast = !fits && inner == Shape{h, w, c};
  if (!fits && !channelsLast)
    throw RunError(quoted(array.path) + ": expected images of shape (N, " +
                   (c == 1 ? "" : std::to_string(c) + ", ") +
                   std::to_string(h) + ", " + std::to_string(w) + ") but got " +
                   shapeText(array.shape));
  Images images;
  images.path = array.path;
  images.count = array.shape[0];
  images.channels = c;
  images.height = h;
  images.width = w;
  if (images.count == 0)
    throw RunError(quoted(array.path) +
                   ": expected at least one image but got none");
  if (images.count > uint64_t(std::numeric_limits<int32_t>::max()))
    throw RunError(quoted(array.path) +
                   ": expected at most 2147483647 images "
                   "but got " +
                   std::to_string(images.count));
  if (array.type == ElementType::U8) {
    images.bytes = std::move(array.data);
    if (channelsLast)
      images.bytes = toChannelsFirst(images.bytes, images.count, c, h * w);
    return images;
  }
  if (array.type != ElementType::F32)
    throw RunError(quoted(array.path) +
                   ": expected uint8 or float32 images but got " +
                   elementName(array.type));
  images.isFloat = true;
  images.floats.resize(array.elements());
  for (uint64_t i = 0; i < images.floats.size(); ++i) {
    images.floats[i] = array.real(i);
    if (!std::isfinite(images.floats[i]))
      throw RunError(quoted(array.path) +
                     ": expected finite values but element " +
                     std::to_string(i) + " is not a finite number");
  }
  if (channelsLast)
    images.floats = toChannelsFirst(images.floats, images.count, c, h * w);
  return images;
}

std::vector<int32_t> readLabels(const std::string &path,
                                const eoq_model &model) {
  FileArray array = readArrayFile(path);
  if (array.type == ElementType::F32)
    throw RunError(quoted(path) + ": expected integer labels but got float32");
  bool column = array.shape.size() == 2 && array.shape[1] == 1;
  if (array.shape.size() != 1 && !column)
    throw RunError(quoted(path) + ": expected labels of shape (N,) but got " +
                   shapeText(array.shape));
  std::vector<int32_t> labels(array.shape[0]);
  for (uint64_t i = 0; i < labels.size(); ++i) {
    int64_t label = array.integer(i);
    if (label < 0 || uint64_t(label) >= model.classes)
      throw RunError(quoted(path) + ": expected labels from 0 to " +
                     std::to_string(model.classes - 1) + " but label " +
                     std::to_string(i) + " is " + std::to_string(label));
    labels[i] = static_cast<int32_t>(label);
  }
  return labels;
}

template <typename T>
std::vector<T> takeTail(std::vector<T> &values, uint64_t first) {
  if (values.empty())
    return {};
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(first);
  std::vector<T> tail(middle, values.end());
  values.erase(middle, values.end());
  return tail;
}

} // namespace

LabelledImages LabelledImages::splitFrom(uint64_t first) {
  LabelledImages tail;
  tail.images.path = images.path;
  tail.images.isFloat = images.isFloat;
  tail.images.channels = images.channels;
  tail.images.height = images.height;
  tail.images.width = images.width;
  tail.images.count = images.count - first;
  tail.images.bytes = takeTail(images.bytes, first * images.imageElements());
  tail.images.floats = takeTail(images.floats, first * images.imageElements());
  tail.labels = takeTail(labels, first);
  images.count = first;
  return tail;
}

std::string findImages(const std::string &directory, Split split) {
  return findFile(directory, split, /*images=*/true);
}

Images readImages(const std::string &path, const eoq_model &model) {
  return toImages(readArrayFile(path), model);
}

LabelledImages readSplit(const std::string &directory, Split split,
                         const eoq_model &model) {
  std::string labelPath = findFile(directory, split, /*images=*/false);
  LabelledImages result;
  result.images = readImages(findImages(directory, split), model);
  result.labels = readLabels(labelPath, model);
  if (result.labels.size() != result.images.count)
    throw RunError(quoted(labelPath) + ": expected " +
                   std::to_string(result.images.count) + " labels, as " +
                   quoted(result.images.path) + " has images, but got " +
                   std::to_string(result.labels.size()));
  return result;
}

} // namespace eoq::trainer
