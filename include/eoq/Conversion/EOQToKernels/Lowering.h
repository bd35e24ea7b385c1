//===- Lowering.h - how ops become calls of kernels -------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A table from op names to functions that lower them, and what such a function
// works with: the tensors of a function as buffers in memory. An op from
// outside of the project takes part by adding its own entry to the table.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_LOWERING_H
#define EOQ_CONVERSION_EOQTOKERNELS_LOWERING_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace mlir::eoq {

/// Order of a tensor's elements in memory. ChannelsLast moves dimension 1
/// behind all others (NHWC); for tensors of rank 2 or less both are the same.
/// OutputsLast, only for the gradient of a weight on its way to a quantizer,
/// moves dimension 1 and then dimension 0 behind all others (HWIO). Reached,
/// only for the gradient of an image on its way to a quantizer, is ChannelsLast
/// of the pixels that are not known to be zero (getReachedPixels).
enum class Layout { RowMajor, ChannelsLast, OutputsLast, Reached };

/// A tensor of the program in memory.
struct Tensor {
  /// 1-D memref; for a rank-0 result of a kernel the scalar itself.
  Value data;
  /// `i32`; null for f32 tensors.
  Value exponent;
  Layout layout = Layout::RowMajor;
};

/// The place of a parameter in the state.
struct ParameterPlace {
  ParameterOp op;
  int64_t offset = 0;
  /// Offset of the exponent in bytes, or -1.
  int64_t exponentOffset = -1;
  int64_t bytes = 0;
};

/// All parameters of a module, in its order.
struct StateLayout {
  llvm::MapVector<StringAttr, ParameterPlace> places;
  int64_t bytes = 0;

  /// Gives each parameter of `module` its place: exponents first, then the
  /// data, each aligned. Also writes the places into the parameters'
  /// attributes.
  static StateLayout compute(ModuleOp module);
};

/// The element type in memory of a tensor type: iN for fixed point of N bits.
Type getStorageType(Type tensorType);
/// `i8`, `f32`: the suffix of a kernel's name.
std::string getSuffix(Type storageType);
/// Strides of each dimension, in elements, of a dense tensor.
SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape, Layout layout);
/// Whether both layouts mean the same order of elements.
bool isLayoutFree(ArrayRef<int64_t> shape);

class FunctionLowering;

/// Lowers one op: creates calls and defines the results.
using OpLowering =
    std::function<LogicalResult(Operation *, FunctionLowering &)>;

class LoweringTable {
public:
  void add(StringRef opName, OpLowering lowering) {
    table[opName] = std::move(lowering);
  }
  template <typename OpTy>
  void add(LogicalResult (*lowering)(OpTy, FunctionLowering &)) {
    add(OpTy::getOperationName(),
        [lowering](Operation *op, FunctionLowering &function) {
          return lowering(cast<OpTy>(op), function);
        });
  }
  /// Null if there is no entry.
  const OpLowering *lookup(StringRef opName) const {
    auto it = table.find(opName);
    return it == table.end() ? nullptr : &it->second;
  }

private:
  llvm::StringMap<OpLowering> table;
};

void populateProductLowerings(LoweringTable &table);
void populateChannelLowerings(LoweringTable &table);
void populateElementwiseLowerings(LoweringTable &table);
void populatePoolingLowerings(LoweringTable &table);
void populateMovementLowerings(LoweringTable &table);
void populateQuantizerLowerings(LoweringTable &table);
void populateFusedLowerings(LoweringTable &table);
void populateLossLowerings(LoweringTable &table);
void populateUpdateLowerings(LoweringTable &table);
/// All of the above.
void populateEOQToKernelsLowerings(LoweringTable &table);

/// One dimension of a strided copy.
struct CopyDimension {
  int64_t extent, sourceStride, targetStride;
};

/// The tensors of one function while it is lowered, op by op, in order.
class FunctionLowering {
public:
  struct Options {
    int64_t slots = 16;
    /// Whether to say what products and quantizers become.
    bool remarks = false;
  };

  /// Lowers the ops of `source` before the terminator; new ops are created at
  /// `builder`'s insertion point. `state` is the memref of the state.
  FunctionLowering(func::FuncOp source, OpBuilder builder, Value state,
                   StateLayout &stateLayout, const Options &options);

  /// Defines the value of a tensor, or of a scalar, of the source function.
  void define(Value value, Tensor tensor);
  void defineScalar(Value value, Value scalar);

  /// Lowers every op but the terminator through `table`.
  LogicalResult run(const LoweringTable &table);

  //===--------------------------------------------------------------------===//
  // For lowerings of ops
  //===--------------------------------------------------------------------===//

  /// Gives what is created from now on the location and the name of `op`.
  void setOp(Operation *op);
  OpBuilder &getBuilder() { return builder; }
  Location getLoc() const { return loc; }
  const Options &getOptions() const { return options; }

  /// The tensor as it lies in memory now.
  Tensor get(Value tensor);
  /// The tensor in a layout; copies it if it has another one.
  Tensor get(Value tensor, Layout layout);
  /// The layout that is cheapest for an op that does not care: the operands'.
  Layout getCommonLayout(ValueRange tensors);
  Value getScalar(Value scalar);

  /// A new buffer for `count` elements.
  Value allocate(Type storageType, int64_t count, bool scratch = false);
  /// A new buffer for the op's result, which it defines.
  Value createResult(Value result, Layout layout, Value exponent);
  /// The buffer of the first of `operands` (in `layout`) that is of `type` and
  /// that nobody reads after this op; or null.
  Value findReusableBuffer(ValueRange operands, Layout layout, MemRefType type);
  /// As createResult, but uses such a buffer if there is one.
  Value createResultInPlace(Value result, ValueRange operands, Layout layout,
                            Value exponent);

  /// What the lowering of an op leaves for that of a later one; null if it is
  /// nothing.
  Value getNote(Operation *op) const { return notes.lookup(op); }
  void setNote(Operation *op, Value note) { notes[op] = note; }

  /// Calls a kernel.
  func::CallOp call(StringRef kernel, ValueRange operands);
  /// Copies elements between buffers; `shift` (of an i8 source to an i32
  /// target) may be null.
  void copy(Value source, int64_t sourceOffset, Value target,
            int64_t targetOffset, SmallVector<CopyDimension> dimensions,
            Value shift = {});

  Value index(int64_t value);
  Value i32(int64_t value);
  Value f32(double value);
  Value constant(TypedAttr value);
  Value add(Value lhs, Value rhs);
  Value add(Value lhs, int64_t rhs);
  Value subtract(Value lhs, Value rhs);

  /// The data of a parameter, as a 1-D memref.
  Value getParameterData(StringAttr parameter);
  /// Its exponent's place, as memref<1xi32>; null if it has none.
  Value getParameterExponentPlace(StringAttr parameter);
  ParameterPlace &getPlace(StringAttr parameter) {
    return stateLayout.places.find(parameter)->second;
  }
  Value loadExponent(StringAttr parameter);
  void storeExponent(StringAttr parameter, Value exponent);
  /// The one element of a parameter that is a scalar.
  Value loadParameterScalar(StringAttr parameter);
  void storeParameterScalar(StringAttr parameter, Value value);
  /// To call before a parameter changes: tensors that still need the old data
  /// get a copy of it.
  void detachParameter(StringAttr parameter);

  int64_t numOpsLowered = 0;
  int64_t numLayoutsChanged = 0;

private:
  Value stateView(int64_t offset, Type storageType, int64_t count);
  bool isReadLater(Value tensor) const;
  bool diesHere(Value buffer);

  OpBuilder builder;
  Location loc;
  Value state;
  StateLayout &stateLayout;
  Options options;

  /// A tensor in the layouts that were asked for, the defining one first.
  struct Versions {
    SmallVector<Tensor, 2> tensors;
  };
  llvm::MapVector<Value, Versions> tensors;
  DenseMap<Value, Value> scalars;
  DenseMap<Value, SmallVector<Value>> owners;
  DenseMap<Value, int64_t> lastUse;
  DenseMap<Attribute, Value> constants;
  DenseMap<Operation *, Value> notes;
  DenseMap<StringAttr, Value> parameterViews, exponentViews;
  Operation *constantAnchor = nullptr;
  int64_t position = 0;
  std::string bufferName;
  func::FuncOp source;
};

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_LOWERING_H
