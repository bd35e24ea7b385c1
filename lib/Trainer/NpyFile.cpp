//===- NpyFile.cpp - arrays in NumPy files --------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The `.npy` format: a magic word, a header that is a Python dict literal, and
// the raw elements. The parser takes exactly the dicts that NumPy writes.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/ArrayFile.h"
#include "eoq/Trainer/InputFile.h"

#include <cstring>
#include <optional>

namespace eoq::trainer {
namespace {

/// Far above any header that NumPy writes for a plain array.
constexpr uint32_t kLargestHeader = 65536;

/// Parses {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
class HeaderParser {
public:
  HeaderParser(const InputFile &file, const std::string &text)
      : file(file), text(text) {}

  std::optional<std::string> descr;
  std::optional<bool> fortranOrder;
  std::optional<std::vector<uint64_t>> shape;

  void parse() {
    expect('{');
    while (!accept('}')) {
      std::string key = parseString();
      expect(':');
      if (key == "descr" && !descr)
        descr = parseString();
      else if (key == "fortran_order" && !fortranOrder)
        fortranOrder = parseBool();
      else if (key == "shape" && !shape)
        shape = parseShape();
      else
        malformed();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    if (at != text.size() || !descr || !fortranOrder || !shape)
      malformed();
  }

private:
  [[noreturn]] void malformed() const {
    file.fail("expected a NumPy header with 'descr', 'fortran_order' and "
              "'shape' but got a malformed one");
  }

  void skipSpace() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n'))
      ++at;
  }

  bool accept(char wanted) {
    skipSpace();
    if (at >= text.size() || text[at] != wanted)
      return false;
    ++at;
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted))
      malformed();
  }

  std::string parseString() {
    char quote = accept('\'') ? '\'' : '"';
    if (quote == '"')
      expect('"');
    size_t end = text.find(quote, at);
    if (end == std::string::npos)
      malformed();
    std::string result = text.substr(at, end - at);
    at = end + 1;
    return result;
  }

  bool parseBool() {
    skipSpace();
    for (bool value : {true, false}) {
      const char *word = value ? "True" : "False";
      if (text.compare(at, std::strlen(word), word) == 0) {
        at += std::strlen(word);
        return value;
      }
    }
    malformed();
  }

  uint64_t parseNumber() {
    skipSpace();
    size_t begin = at;
    uint64_t value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      if (__builtin_mul_overflow(value, uint64_t(10), &value) ||
          __builtin_add_overflow(value, uint64_t(text[at] - '0'), &value))
        malformed();
    if (at == begin)
      malformed();
    return value;
  }

  std::vector<uint64_t> parseShape() {
    std::vector<uint64_t> result;
    expect('(');
    while (!accept(')')) {
      if (result.size() == 32)
        malformed();
      result.push_back(parseNumber());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return result;
  }

  const InputFile &file;
  const std::string &text;
  size_t at = 0;
};

ElementType parseType(const InputFile &file, const std::string &descr) {
  if (descr.size() > 1 && (descr[0] == '<' || descr[0] == '|' ||
                           (descr[0] == '=' && descr.size() == 3))) {
    std::string kind = descr.substr(1);
    for (ElementType type :
         {ElementType::U8, ElementType::I8, ElementType::U16, ElementType::I16,
          ElementType::U32, ElementType::I32, ElementType::U64,
          ElementType::I64, ElementType::F32}) {
      const char *name = elementName(type);
      std::string code =
          std::string(1, name[0]) + std::to_string(elementBytes(type));
      if (kind == code)
        return type;
    }
  }
  file.fail("expected little-endian float32 or integer elements but got "
            "dtype '" +
            descr + "'");
}

} // namespace

FileArray readNpy(const std::string &path) {
  InputFile file(path);
  uint8_t start[8];
  file.read(start, sizeof(start), "the NumPy header");
  if (std::memcmp(start, "\x93NUMPY", 6) != 0)
    file.fail("expected a NumPy file, which starts with \\x93NUMPY");
  unsigned version = start[6];
  if (version < 1 || version > 3)
    file.fail("expected NumPy format version 1 to 3 but got " +
              std::to_string(version));
  uint8_t length[4] = {0, 0, 0, 0};
  file.read(length, version == 1 ? 2 : 4, "the NumPy header");
  uint32_t headerBytes = uint32_t(length[0]) | uint32_t(length[1]) << 8 |
                         uint32_t(length[2]) << 16 | uint32_t(length[3]) << 24;
  if (headerBytes > kLargestHeader)
    file.fail("expected a NumPy header of at most " +
              std::to_string(kLargestHeader) + " bytes but got " +
              std::to_string(headerBytes));
  std::string text(headerBytes, ' ');
  file.read(text.data(), text.size(), "the NumPy header");

  HeaderParser header(file, text);
  header.parse();
  FileArray array;
  array.path = path;
  array.type = parseType(file, *header.descr);
  array.shape = *header.shape;
  if (*header.fortranOrder && array.shape.size() > 1)
    file.fail("expected C order but got Fortran order");
  uint64_t bytes = elementBytes(array.type);
  for (uint64_t extent : array.shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes))
      file.fail("the shape in the NumPy header is too large: " +
                shapeText(array.shape));
  array.data = file.readArray(bytes, "elements");
  file.expectEnd();
  return array;
}

} // namespace eoq::trainer
