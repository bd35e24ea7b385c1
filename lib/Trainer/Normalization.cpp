//===- Normalization.cpp - pixels to the numbers of the model -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tables, exponents, and the gathering of (shifted, flipped) images.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Normalization.h"
#include "eoq/Trainer/Error.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace eoq::trainer {
namespace {

double normalized(double pixel, const Normalization &normalization) {
  return (pixel - normalization.mean) / normalization.scale;
}

/// Nearest, halves up, as everywhere in the int8 arithmetic.
int8_t toFixed(double value, int32_t exponent) {
  double scaled = std::floor(std::ldexp(value, -exponent) + 0.5);
  return static_cast<int8_t>(std::clamp(scaled, -127.0, 127.0));
}

int32_t smallestExponent(double largest) {
  if (!(largest > 0.0))
    return 0;
  int exponent = 0;
  std::frexp(largest, &exponent); // largest < 2^exponent
  int32_t result = exponent - 8;
  while (largest > std::ldexp(127.5, result))
    ++result;
  return result;
}

template <typename In, typename Out, typename Convert>
void gatherImage(const In *in, const Images &shape, const Transform &transform,
                 Out *out, Out zero, Convert convert) {
  auto height = static_cast<int64_t>(shape.height);
  auto width = static_cast<int64_t>(shape.width);
  if (transform.dy == 0 && transform.dx == 0 && !transform.flip) {
    for (uint64_t i = 0; i < shape.imageElements(); ++i)
      out[i] = convert(in[i]);
    return;
  }
  for (uint64_t c = 0; c < shape.channels; ++c) {
    for (int64_t y = 0; y < height; ++y) {
      int64_t fromY = y + transform.dy;
      bool rowInside = fromY >= 0 && fromY < height;
      for (int64_t x = 0; x < width; ++x) {
        int64_t fromX = (transform.flip ? width - 1 - x : x) + transform.dx;
        bool inside = rowInside && fromX >= 0 && fromX < width;
        *out++ = inside ? convert(in[fromY * width + fromX]) : zero;
      }
    }
    in += height * width;
  }
}

} // namespace

Normalization chooseNormalization(const Images &images, uint32_t precision,
                                  std::optional<double> mean,
                                  std::optional<double> scale) {
  Normalization result;
  result.fromFloat = images.isFloat;
  double largest = 0.0;
  if (images.isFloat) {
    result.mean = mean.value_or(0.0);
    result.scale = scale.value_or(1.0);
    for (float value : images.floats)
      largest = std::max(largest, std::fabs(normalized(value, result)));
  } else {
    uint64_t sum = 0;
    for (uint8_t pixel : images.bytes)
      sum += pixel;
    uint64_t count = std::max<uint64_t>(images.bytes.size(), 1);
    result.mean = mean.value_or(static_cast<double>((sum + count / 2) / count));
    result.scale = scale.value_or(128.0);
    for (int pixel : {0, 255})
      largest = std::max(largest, std::fabs(normalized(pixel, result)));
  }
  if (precision == 8)
    result.exponent = smallestExponent(largest);
  return result;
}

PreparedImages::PreparedImages(Images source, const Normalization &chosen,
                               uint32_t modelPrecision)
    : images(std::move(source)), normalization(chosen),
      precision(modelPrecision) {
  if (images.isFloat != normalization.fromFloat)
    throw RunError(quoted(images.path) + ": expected " +
                   (normalization.fromFloat ? "float32" : "uint8") +
                   " images, as in training, but got " +
                   (images.isFloat ? "float32" : "uint8"));
  for (int pixel = 0; pixel < 256; ++pixel) {
    double value = normalized(pixel, normalization);
    fixedTable[static_cast<size_t>(pixel)] =
        toFixed(value, normalization.exponent);
    floatTable[static_cast<size_t>(pixel)] = static_cast<float>(value);
  }
  fixedZero = fixedTable[0];
  floatZero = floatTable[0];
  if (!images.isFloat)
    return;
  if (precision == 8) {
    fixed.reserve(images.floats.size());
    for (float value : images.floats)
      fixed.push_back(
          toFixed(normalized(value, normalization), normalization.exponent));
    images.floats = {};
  } else {
    for (float &value : images.floats)
      value = static_cast<float>(normalized(value, normalization));
  }
}

void PreparedImages::gather(uint64_t index, const Transform &transform,
                            void *out) const {
  uint64_t at = index * images.imageElements();
  if (precision == 8) {
    auto *to = static_cast<int8_t *>(out);
    if (images.isFloat)
      gatherImage(fixed.data() + at, images, transform, to, fixedZero,
                  [](int8_t value) { return value; });
    else
      gatherImage(images.bytes.data() + at, images, transform, to, fixedZero,
                  [this](uint8_t pixel) { return fixedTable[pixel]; });
    return;
  }
  auto *to = static_cast<float *>(out);
  if (images.isFloat)
    gatherImage(images.floats.data() + at, images, transform, to, floatZero,
                [](float value) { return value; });
  else
    gatherImage(images.bytes.data() + at, images, transform, to, floatZero,
                [this](uint8_t pixel) { return floatTable[pixel]; });
}

} // namespace eoq::trainer
