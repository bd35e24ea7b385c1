//===- Normalization.h - pixels to the numbers of the model -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// x = (p - mean) / scale for a pixel p; an int8 model gets q * 2^exponent. All
// of it happens before training: a training step sees integers only.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_NORMALIZATION_H
#define EOQ_TRAINER_NORMALIZATION_H

#include "eoq/Trainer/Dataset.h"
#include "eoq/Trainer/Sampling.h"

#include <array>
#include <optional>

namespace eoq::trainer {

/// Found once from the training images, then kept in the checkpoint.
struct Normalization {
  bool fromFloat = false; ///< of float32 images, otherwise of uint8 images
  double mean = 0.0;
  double scale = 1.0;
  int32_t exponent = 0; ///< 0 for an f32 model

  bool operator==(const Normalization &other) const {
    return fromFloat == other.fromFloat && mean == other.mean &&
           scale == other.scale && exponent == other.exponent;
  }
};

/// `mean` defaults to the rounded mean of uint8 images and to 0 for float32,
/// `scale` to 128 and to 1. The exponent is the smallest e with
/// max|x| <= 127.5 * 2^e, over p in 0..255 for uint8. `precision` is 8 or 32.
Normalization chooseNormalization(const Images &images, uint32_t precision,
                                  std::optional<double> mean,
                                  std::optional<double> scale);

/// Images in the form in which batches are made from them: uint8 pixels stay
/// and go through a table, floats are converted at once.
class PreparedImages {
public:
  /// Throws RunError if the normalization is for the other kind of images.
  PreparedImages(Images images, const Normalization &normalization,
                 uint32_t precision);

  uint64_t count() const { return images.count; }
  int32_t exponent() const { return normalization.exponent; }
  uint64_t imageElements() const { return images.imageElements(); }

  /// Writes image `index`, transformed, to `out`.
  void gather(uint64_t index, const Transform &transform, void *out) const;

private:
  Images images; ///< `bytes` for uint8, `floats` for a float to f32 model
  std::vector<int8_t> fixed; ///< float images of an int8 model
  Normalization normalization;
  uint32_t precision;
  std::array<int8_t, 256> fixedTable = {};
  std::array<float, 256> floatTable = {};
  int8_t fixedZero = 0; ///< the pixel 0
  float floatZero = 0.0f;
};

} // namespace eoq::trainer

#endif // EOQ_TRAINER_NORMALIZATION_H
