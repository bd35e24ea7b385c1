//===- ArrayFile.h - arrays in IDX and NumPy files --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the two array formats that image data sets come in. Nothing is trusted:
// every header is compared to the size of its file before anything is
// allocated.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_ARRAYFILE_H
#define EOQ_TRAINER_ARRAYFILE_H

#include <cstdint>
#include <string>
#include <vector>

namespace eoq::trainer {

enum class ElementType { U8, I8, U16, I16, U32, I32, U64, I64, F32 };

/// Bytes of an element.
unsigned elementBytes(ElementType type);

/// The NumPy name, such as `uint8`.
const char *elementName(ElementType type);

/// A dense row-major array; elements are little-endian.
struct FileArray {
  std::string path;
  ElementType type = ElementType::U8;
  std::vector<uint64_t> shape;
  std::vector<uint8_t> data;

  /// Product of the shape; fits, as the data were read.
  uint64_t elements() const;
  /// Element `index` of an integer array; saturates beyond int64.
  int64_t integer(uint64_t index) const;
  /// Element `index` of a float32 array.
  float real(uint64_t index) const;
};

/// "(60000, 28, 28)".
std::string shapeText(const std::vector<uint64_t> &shape);

/// An IDX file of unsigned bytes, plain or gzip. Throws RunError.
FileArray readIDX(const std::string &path);

/// A `.npy` file (versions 1 to 3, C order, little-endian). Throws RunError.
FileArray readNpy(const std::string &path);

/// By name: `.npy` is NumPy, all else IDX. Throws RunError.
FileArray readArrayFile(const std::string &path);

} // namespace eoq::trainer

#endif // EOQ_TRAINER_ARRAYFILE_H
