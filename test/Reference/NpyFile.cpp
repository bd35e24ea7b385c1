//===- NpyFile.cpp - tensors in NumPy's file format -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "NpyFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace mlir;
using namespace mlir::eoq;

static llvm::Error makeError(StringRef path, const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "'" + path + "': " + message);
}

/// Appends the elements of type `Stored` in `data` to `target`.
template <typename Stored, typename Element>
static void readElements(StringRef data, std::vector<Element> &target) {
  target.clear();
  for (size_t i = 0; i + sizeof(Stored) <= data.size(); i += sizeof(Stored)) {
    Stored value;
    std::memcpy(&value, data.data() + i, sizeof(Stored));
    target.push_back(Element(value));
  }
}

template <typename Element>
static bool readIntegers(StringRef descr, StringRef data,
                         std::vector<Element> &target) {
  if (descr.ends_with("i1"))
    readElements<int8_t>(data, target);
  else if (descr == "<i2")
    readElements<int16_t>(data, target);
  else if (descr == "<i4")
    readElements<int32_t>(data, target);
  else if (descr == "<i8")
    readElements<int64_t>(data, target);
  else
    return false;
  return true;
}

llvm::Expected<TensorValue> test::readNpy(StringRef path, RankedTensorType type,
                                          int32_t exponent) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return makeError(path, buffer.getError().message());
  StringRef content = (*buffer)->getBuffer();
  if (!content.consume_front("\x93NUMPY\x01") || content.size() < 3)
    return makeError(path, "expected a .npy file of version 1");
  size_t length = llvm::support::endian::read16le(content.data() + 1);
  StringRef header = content.substr(3, length);
  StringRef data = content.drop_front(std::min(3 + length, content.size()));
  if (header.contains("'fortran_order': True"))
    return makeError(path, "expected C order");
  StringRef descr = header.split("'descr': '").second.take_until([](char c) {
    return c == '\'';
  });

  TensorValue value = TensorValue::zeros(type);
  bool known = true;
  if (type.getElementType().isF32()) {
    known = descr == "<f4";
    if (known)
      readElements<float>(data, value.f32);
  } else if (value.isFixed()) {
    value.exponent = exponent;
    known = readIntegers(descr, data, value.fixed);
  } else {
    known = readIntegers(descr, data, value.i32);
  }
  if (!known)
    return makeError(path, "elements of type '" + descr +
                               "' do not fit the tensor's");
  size_t count = value.f32.size() + value.fixed.size() + value.i32.size();
  if (count != size_t(value.size()))
    return makeError(path, "expected " + llvm::Twine(value.size()) +
                               " elements but got " + llvm::Twine(count));
  return value;
}

llvm::Error test::writeNpy(StringRef path, const TensorValue &value) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (code)
    return makeError(path, code.message());
  bool f32 = value.type.getElementType().isF32();
  std::string header = "{'descr': '";
  header += f32 ? "<f4" : value.isFixed() ? "<i8" : "<i4";
  header += "', 'fortran_order': False, 'shape': (";
  for (int64_t size : value.shape())
    header += std::to_string(size) + ",";
  header += "), }";
  header.append(63 - (header.size() + 10) % 64, ' ');
  header += '\n';
  stream << StringRef("\x93NUMPY\x01\x00", 8) << char(header.size() & 255)
         << char(header.size() >> 8) << header;
  auto write = [&](const auto &elements) {
    stream.write(reinterpret_cast<const char *>(elements.data()),
                 elements.size() * sizeof(elements[0]));
  };
  if (f32)
    write(value.f32);
  else if (value.isFixed())
    write(value.fixed);
  else
    write(value.i32);
  return llvm::Error::success();
}
