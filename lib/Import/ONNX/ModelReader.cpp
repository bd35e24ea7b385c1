//===- ModelReader.cpp - bytes to an ONNX protobuf --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "ModelReader.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/defs/parser.h>

#include <climits>
#include <exception>

using namespace mlir::eoq;

/// Nesting that no sane text has: libonnx's parser recurses.
static constexpr int kMaxTextDepth = 64;

static llvm::Error makeError(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
onnx_import::readRegularFile(llvm::StringRef path) {
  llvm::sys::fs::file_status status;
  if (std::error_code error = llvm::sys::fs::status(path, status))
    return makeError("cannot be read: " + error.message());
  if (llvm::sys::fs::is_directory(status))
    return makeError("is a directory, expected a file");
  if (!llvm::sys::fs::is_regular_file(status))
    return makeError("is no regular file");
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeError("cannot be read: " + buffer.getError().message());
  return std::move(*buffer);
}

/// Refuses text on which libonnx's recursive parser would run away.
static llvm::Error checkText(llvm::StringRef text) {
  int depth = 0;
  bool inString = false, inComment = false;
  char previous = 0;
  for (char c : text) {
    bool isArrow = previous == '=' && c == '>';
    previous = c;
    if (c == '\0')
      return makeError("is no ONNX text: it holds a zero byte");
    if (inComment) {
      inComment = c != '\n';
    } else if (c == '"') {
      inString = !inString;
    } else if (inString) {
      continue;
    } else if (c == '#') {
      inComment = true;
    } else if (c == '(' || c == '{' || c == '[' || c == '<') {
      if (++depth > kMaxTextDepth)
        return makeError("is no ONNX text that can be read: brackets are "
                         "nested deeper than " +
                         llvm::Twine(kMaxTextDepth));
    } else if (c == ')' || c == '}' || c == ']' || (c == '>' && !isArrow)) {
      --depth;
    }
  }
  if (inString)
    return makeError("is no ONNX text: a string has no end");
  return llvm::Error::success();
}

static llvm::Error parseText(llvm::StringRef text, onnx::ModelProto &model) {
  if (llvm::Error error = checkText(text))
    return error;
  // The parser throws on numbers out of range, and wants a terminated string.
  std::string copy = text.str();
  std::string message;
  try {
    onnx::OnnxParser parser(copy.c_str());
    auto status = parser.Parse(model);
    if (!status.IsOK())
      message = status.ErrorMessage();
    else if (!parser.EndOfInput())
      message = "text after the end of the graph, " + parser.GetCurrentPos();
  } catch (const std::exception &exception) {
    message = std::string("a number that is out of range or none (") +
              exception.what() + ")";
  }
  if (message.empty())
    return llvm::Error::success();
  // One line: libonnx's messages have several.
  std::string line;
  for (llvm::StringRef part : llvm::split(message, '\n'))
    if (!part.trim().empty())
      line += (line.empty() ? "" : ", ") + part.trim().str();
  return makeError("is no valid ONNX text: " + line);
}

static llvm::Error parseBinary(llvm::StringRef bytes, onnx::ModelProto &model) {
  if (bytes.size() > size_t(INT_MAX))
    return makeError(
        "has more than 2 GiB, the limit of an ONNX file; store the "
        "weights as external data");
  google::protobuf::LogSilencer silencer;
  google::protobuf::io::ArrayInputStream stream(bytes.data(),
                                                int(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(INT_MAX);
  if (!model.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage())
    return makeError("is no ONNX model: it is not a valid protobuf (truncated, "
                     "or of another format)");
  return llvm::Error::success();
}

llvm::Error onnx_import::readModel(llvm::StringRef path,
                                   onnx::ModelProto &model) {
  auto buffer = readRegularFile(path);
  if (!buffer)
    return buffer.takeError();
  llvm::StringRef bytes = (*buffer)->getBuffer();
  if (bytes.empty())
    return makeError("is empty");
  llvm::StringRef extension = llvm::sys::path::extension(path);
  // `<` is no valid first byte of a protobuf: field 7, end of a group.
  bool isText = extension == ".onnxtxt" || extension == ".txt" ||
                bytes.ltrim().starts_with("<");
  if (llvm::Error error =
          isText ? parseText(bytes, model) : parseBinary(bytes, model))
    return error;
  // Unknown fields are legal in a protobuf, so much that is no model parses.
  if (!model.has_graph())
    return makeError("is no ONNX model: it holds no graph");
  if (!model.has_ir_version() || model.ir_version() < 1)
    return makeError("is no ONNX model: it has no IR version");
  return llvm::Error::success();
}
