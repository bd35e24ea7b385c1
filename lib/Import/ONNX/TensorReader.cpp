//===- TensorReader.cpp - ONNX tensors to attributes ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "TensorReader.h"
#include "ModelReader.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace mlir::eoq;
using onnx::TensorProto;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

std::string onnx_import::onnxTypeName(int32_t onnxType) {
  static constexpr const char *names[] = {
      "undefined",      "float",        "uint8",          "int8",
      "uint16",         "int16",        "int32",          "int64",
      "string",         "bool",         "float16",        "double",
      "uint32",         "uint64",       "complex64",      "complex128",
      "bfloat16",       "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
      "float8e5m2fnuz", "uint4",        "int4",           "float4e2m1"};
  if (onnxType >= 0 && onnxType < int32_t(std::size(names)))
    return names[onnxType];
  return std::to_string(onnxType);
}

Type onnx_import::importedElementType(MLIRContext *context, int32_t onnxType) {
  Builder builder(context);
  switch (onnxType) {
  case TensorProto::FLOAT:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
  case TensorProto::DOUBLE:
    return builder.getF32Type();
  case TensorProto::INT8:
    return builder.getIntegerType(8);
  case TensorProto::INT16:
    return builder.getIntegerType(16);
  case TensorProto::INT32:
    return builder.getIntegerType(32);
  case TensorProto::INT64:
    return builder.getIntegerType(64);
  case TensorProto::UINT8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case TensorProto::UINT16:
    return builder.getIntegerType(16, /*isSigned=*/false);
  case TensorProto::UINT32:
    return builder.getIntegerType(32, /*isSigned=*/false);
  case TensorProto::UINT64:
    return builder.getIntegerType(64, /*isSigned=*/false);
  case TensorProto::BOOL:
    return builder.getI1Type();
  default:
    return {};
  }
}

/// Bytes of one element in raw data; the type is one of the above.
static uint64_t rawElementSize(int32_t onnxType) {
  switch (onnxType) {
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
    return 1;
  case TensorProto::INT16:
  case TensorProto::UINT16:
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16:
    return 2;
  case TensorProto::DOUBLE:
  case TensorProto::INT64:
  case TensorProto::UINT64:
    return 8;
  default:
    return 4;
  }
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static float halfToFloat(uint16_t bits) {
  return llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits))
      .convertToFloat();
}

static float bfloatToFloat(uint16_t bits) {
  return llvm::bit_cast<float>(uint32_t(bits) << 16);
}

template <typename T> static T readLittle(const char *data) {
  return llvm::support::endian::read<T, llvm::endianness::little>(data);
}

/// Raw little-endian data; its length has been checked.
static float readRawFloat(int32_t onnxType, const char *data) {
  switch (onnxType) {
  case TensorProto::FLOAT16:
    return halfToFloat(readLittle<uint16_t>(data));
  case TensorProto::BFLOAT16:
    return bfloatToFloat(readLittle<uint16_t>(data));
  case TensorProto::DOUBLE:
    return float(llvm::bit_cast<double>(readLittle<uint64_t>(data)));
  default:
    return llvm::bit_cast<float>(readLittle<uint32_t>(data));
  }
}

static uint64_t readRawInteger(uint64_t size, const char *data) {
  switch (size) {
  case 1:
    return uint8_t(*data);
  case 2:
    return readLittle<uint16_t>(data);
  case 4:
    return readLittle<uint32_t>(data);
  default:
    return readLittle<uint64_t>(data);
  }
}

static DenseElementsAttr makeIntegers(RankedTensorType type,
                                      llvm::ArrayRef<uint64_t> values) {
  unsigned width = type.getElementTypeBitWidth();
  llvm::SmallVector<llvm::APInt> elements;
  elements.reserve(values.size());
  for (uint64_t value : values)
    elements.push_back(
        llvm::APInt(64, width == 1 ? value != 0 : value).trunc(width));
  return DenseElementsAttr::get(type, elements);
}

static DenseElementsAttr readRaw(const TensorProto &tensor,
                                 RankedTensorType type, llvm::StringRef data) {
  uint64_t size = rawElementSize(tensor.data_type());
  if (type.getElementType().isF32()) {
    llvm::SmallVector<float> values;
    values.reserve(data.size() / size);
    for (uint64_t i = 0; i != data.size(); i += size)
      values.push_back(readRawFloat(tensor.data_type(), data.data() + i));
    return DenseElementsAttr::get(type, llvm::ArrayRef<float>(values));
  }
  llvm::SmallVector<uint64_t> values;
  values.reserve(data.size() / size);
  for (uint64_t i = 0; i != data.size(); i += size)
    values.push_back(readRawInteger(size, data.data() + i));
  return makeIntegers(type, values);
}

/// How many values the typed field of the tensor's element type holds.
static int64_t countTyped(const TensorProto &tensor) {
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
    return tensor.float_data_size();
  case TensorProto::DOUBLE:
    return tensor.double_data_size();
  case TensorProto::INT64:
    return tensor.int64_data_size();
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    return tensor.uint64_data_size();
  default:
    return tensor.int32_data_size();
  }
}

static DenseElementsAttr readTyped(const TensorProto &tensor,
                                   RankedTensorType type) {
  if (type.getElementType().isF32()) {
    llvm::SmallVector<float> values;
    values.reserve(countTyped(tensor));
    switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      values.append(tensor.float_data().begin(), tensor.float_data().end());
      break;
    case TensorProto::DOUBLE:
      for (double value : tensor.double_data())
        values.push_back(float(value));
      break;
    case TensorProto::FLOAT16:
      for (int32_t bits : tensor.int32_data())
        values.push_back(halfToFloat(uint16_t(bits)));
      break;
    default:
      for (int32_t bits : tensor.int32_data())
        values.push_back(bfloatToFloat(uint16_t(bits)));
      break;
    }
    return DenseElementsAttr::get(type, llvm::ArrayRef<float>(values));
  }
  llvm::SmallVector<uint64_t> values;
  values.reserve(countTyped(tensor));
  switch (tensor.data_type()) {
  case TensorProto::INT64:
    for (int64_t value : tensor.int64_data())
      values.push_back(uint64_t(value));
    break;
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    values.append(tensor.uint64_data().begin(), tensor.uint64_data().end());
    break;
  default:
    for (int32_t value : tensor.int32_data())
      values.push_back(uint64_t(int64_t(value)));
    break;
  }
  return makeIntegers(type, values);
}

//===----------------------------------------------------------------------===//
// TensorReader
//===----------------------------------------------------------------------===//

onnx_import::TensorReader::TensorReader(MLIRContext *context,
                                        llvm::StringRef modelPath)
    : context(context), folder(llvm::sys::path::parent_path(modelPath)) {
  if (folder.empty())
    folder = ".";
}

llvm::Expected<llvm::StringRef>
onnx_import::TensorReader::openExternal(llvm::StringRef location) {
  if (location.empty() || location.contains('\0'))
    return makeError("has external data without a file name");
  // Whatever the operating system: also `\` and drive letters.
  auto isRoot = [](llvm::StringRef path) {
    return path.starts_with("/") || path.starts_with("\\") ||
           llvm::sys::path::is_absolute(path, llvm::sys::path::Style::windows);
  };
  if (isRoot(location))
    return makeError("has external data with an absolute path, '" + location +
                     "'; only paths below the model's folder are read");
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::SplitString(location, parts, "/\\");
  if (llvm::is_contained(parts, ".."))
    return makeError("has external data outside the model's folder, '" +
                     location + "'");
  auto found = files.find(location);
  if (found != files.end())
    return found->second->getBuffer();

  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, location);
  // A symbolic link may leave the folder just as `..` does.
  llvm::SmallString<128> realFolder, realPath;
  if (llvm::sys::fs::real_path(folder, realFolder) ||
      llvm::sys::fs::real_path(path, realPath))
    return makeError("has external data in '" + location +
                     "', which cannot be found beside the model");
  llvm::StringRef rest = realPath;
  if (!rest.consume_front(realFolder) ||
      !(rest.starts_with("/") || llvm::StringRef(realFolder).ends_with("/")))
    return makeError("has external data outside the model's folder, '" +
                     location + "' is a link");
  auto buffer = readRegularFile(path);
  if (!buffer)
    return makeError("has external data in '" + location + "', which " +
                     llvm::toString(buffer.takeError()));
  return (files[location] = std::move(*buffer))->getBuffer();
}

llvm::Expected<llvm::StringRef>
onnx_import::TensorReader::readExternal(const TensorProto &tensor,
                                        uint64_t numBytes) {
  std::string location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
  for (const auto &entry : tensor.external_data()) {
    uint64_t number = 0;
    bool isNumber = !llvm::StringRef(entry.value()).getAsInteger(10, number);
    if (entry.key() == "location") {
      location = entry.value();
    } else if (entry.key() == "offset" || entry.key() == "length") {
      if (!isNumber)
        return makeError("has external data with a bad " + entry.key() + ", '" +
                         entry.value() + "'");
      if (entry.key() == "offset")
        offset = number;
      else
        length = number;
    }
  }
  auto data = openExternal(location);
  if (!data)
    return data.takeError();
  if (offset > data->size() ||
      length.value_or(data->size() - offset) > data->size() - offset)
    return makeError("has external data that reach beyond the end of '" +
                     llvm::Twine(location) + "' (" +
                     llvm::Twine(uint64_t(data->size())) + " bytes)");
  // Without a length, the shape decides.
  if (!length && data->size() - offset >= numBytes)
    length = numBytes;
  return data->substr(offset, length.value_or(data->size() - offset));
}

llvm::Expected<DenseElementsAttr>
onnx_import::TensorReader::read(const TensorProto &tensor) {
  Type elementType = importedElementType(context, tensor.data_type());
  if (!elementType)
    return makeError("has elements of type " +
                     onnxTypeName(tensor.data_type()) +
                     ", which is not supported");
  if (tensor.has_segment())
    return makeError("is stored in segments, which is not supported");
  int64_t numElements = 1;
  for (int64_t dim : tensor.dims()) {
    if (dim < 0 || dim > kMaxElements)
      return makeError("has an impossible dimension, " + llvm::Twine(dim));
    // Both factors are below 2^31.
    numElements *= dim;
    if (numElements > kMaxElements)
      return makeError("has more than " + llvm::Twine(kMaxElements) +
                       " elements");
  }
  llvm::SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  auto type = RankedTensorType::get(shape, elementType);

  uint64_t numBytes = numElements * rawElementSize(tensor.data_type());
  bool isExternal = tensor.data_location() == TensorProto::EXTERNAL;
  if (isExternal || tensor.has_raw_data()) {
    llvm::StringRef data(tensor.raw_data());
    if (isExternal) {
      auto external = readExternal(tensor, numBytes);
      if (!external)
        return external.takeError();
      data = *external;
    }
    if (data.size() != numBytes)
      return makeError("has " + llvm::Twine(uint64_t(data.size())) +
                       " bytes of data, but its shape needs " +
                       llvm::Twine(numBytes));
    return readRaw(tensor, type, data);
  }
  if (countTyped(tensor) != numElements)
    return makeError("has " + llvm::Twine(countTyped(tensor)) +
                     " elements of data, but its shape needs " +
                     llvm::Twine(numElements));
  return readTyped(tensor, type);
}
