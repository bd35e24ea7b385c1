//===- ArrayFile.cpp - arrays in IDX and NumPy files ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The common part, and the IDX format; NpyFile.cpp has the NumPy format.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/ArrayFile.h"
#include "eoq/Trainer/InputFile.h"

#include <cstring>
#include <limits>

namespace eoq::trainer {

unsigned elementBytes(ElementType type) {
  switch (type) {
  case ElementType::U8:
  case ElementType::I8:
    return 1;
  case ElementType::U16:
  case ElementType::I16:
    return 2;
  case ElementType::U32:
  case ElementType::I32:
  case ElementType::F32:
    return 4;
  case ElementType::U64:
  case ElementType::I64:
    return 8;
  }
  return 1;
}

const char *elementName(ElementType type) {
  switch (type) {
  case ElementType::U8:
    return "uint8";
  case ElementType::I8:
    return "int8";
  case ElementType::U16:
    return "uint16";
  case ElementType::I16:
    return "int16";
  case ElementType::U32:
    return "uint32";
  case ElementType::I32:
    return "int32";
  case ElementType::F32:
    return "float32";
  case ElementType::U64:
    return "uint64";
  case ElementType::I64:
    return "int64";
  }
  return "unknown";
}

uint64_t FileArray::elements() const {
  uint64_t product = 1;
  for (uint64_t extent : shape)
    product *= extent;
  return product;
}

int64_t FileArray::integer(uint64_t index) const {
  unsigned width = elementBytes(type);
  uint64_t bits = 0;
  for (unsigned i = 0; i < width; ++i)
    bits |= uint64_t(data[index * width + i]) << (8 * i);
  switch (type) {
  case ElementType::I8:
    return static_cast<int8_t>(bits);
  case ElementType::I16:
    return static_cast<int16_t>(bits);
  case ElementType::I32:
    return static_cast<int32_t>(bits);
  case ElementType::U64:
    if (bits > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return std::numeric_limits<int64_t>::max();
    return static_cast<int64_t>(bits);
  default:
    return static_cast<int64_t>(bits);
  }
}

float FileArray::real(uint64_t index) const {
  uint32_t bits = 0;
  for (unsigned i = 0; i < 4; ++i)
    bits |= uint32_t(data[index * 4 + i]) << (8 * i);
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

std::string shapeText(const std::vector<uint64_t> &shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

FileArray readIDX(const std::string &path) {
  InputFile file(path);
  FileArray array;
  array.path = path;
  uint8_t header[4];
  file.read(header, sizeof(header), "the IDX header");
  if (header[0] != 0 || header[1] != 0)
    file.fail("expected an IDX file, which starts with two zero bytes");
  if (header[2] != 0x08)
    file.fail("expected IDX elements of type 8 (unsigned byte) but got type " +
              std::to_string(header[2]));
  if (header[3] < 1 || header[3] > 4)
    file.fail("expected 1 to 4 IDX dimensions but got " +
              std::to_string(header[3]));
  uint64_t bytes = 1;
  for (unsigned i = 0; i < header[3]; ++i) {
    uint8_t extent[4];
    file.read(extent, sizeof(extent), "the IDX header");
    array.shape.push_back(uint64_t(extent[0]) << 24 |
                          uint64_t(extent[1]) << 16 | uint64_t(extent[2]) << 8 |
                          uint64_t(extent[3]));
    if (__builtin_mul_overflow(bytes, array.shape.back(), &bytes))
      file.fail("the extents in the IDX header are too large");
  }
  array.data = file.readArray(bytes, "elements");
  file.expectEnd();
  return array;
}

FileArray readArrayFile(const std::string &path) {
  const std::string end = ".npy";
  bool npy = path.size() >= end.size() &&
             path.compare(path.size() - end.size(), end.size(), end) == 0;
  return npy ? readNpy(path) : readIDX(path);
}

} // namespace eoq::trainer
