//===- TensorReader.h - ONNX tensors to attributes --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the TensorProto messages of a model into dense attributes, with the
// data from the message or from an external file.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_LIB_IMPORT_ONNX_TENSORREADER_H
#define EOQ_LIB_IMPORT_ONNX_TENSORREADER_H

#include "mlir/IR/BuiltinAttributes.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace mlir::eoq::onnx_import {

/// Longest dimension of a tensor, and most elements of one.
inline constexpr int64_t kMaxElements = (int64_t(1) << 31) - 1;

/// The element type in which tensors of an ONNX type are imported: f32 for all
/// float types, null for types that are not supported (strings, complex and
/// sub-byte types).
Type importedElementType(MLIRContext *context, int32_t onnxType);

/// The name of an ONNX element type ("float16"), or its number.
std::string onnxTypeName(int32_t onnxType);

/// Reads tensors; holds the external data files that they refer to.
class TensorReader {
public:
  /// External data are looked up in the folder of `modelPath`.
  TensorReader(MLIRContext *context, llvm::StringRef modelPath);

  /// The tensor's elements, or an error whose text fits after "tensor 'x' ".
  /// Data and shape must agree exactly; nothing is allocated before that is
  /// known.
  llvm::Expected<DenseElementsAttr> read(const onnx::TensorProto &tensor);

private:
  llvm::Expected<llvm::StringRef> readExternal(const onnx::TensorProto &tensor,
                                               uint64_t numBytes);
  llvm::Expected<llvm::StringRef> openExternal(llvm::StringRef location);

  MLIRContext *context;
  std::string folder;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> files;
};

} // namespace mlir::eoq::onnx_import

#endif // EOQ_LIB_IMPORT_ONNX_TENSORREADER_H
