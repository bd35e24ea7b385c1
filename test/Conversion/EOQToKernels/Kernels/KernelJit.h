//===- KernelJit.h - kernels compiled in this process -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests and benchmarks: collects calls of kernels in a module, compiles it
// for this machine, and calls them with C++ vectors.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_KERNELJIT_H
#define EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_KERNELJIT_H

#include "eoq/Conversion/EOQToKernels/Conv2DKernels.h"
#include "eoq/Conversion/EOQToKernels/LowerDot.h"
#include "mlir/ExecutionEngine/CRunnerUtils.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <memory>
#include <vector>

namespace mlir::eoq::test {

/// What is between a convolution and a quantizer: Unknown finds no magnitude.
enum class Conv2DStages { Unknown, None, Bias, Mask };

class KernelJit {
public:
  KernelJit();
  ~KernelJit();

  /// Makes a kernel callable under its own name.
  void addKernel(StringRef name);
  /// Makes a convolution callable as `name`(lhs, rhs, result, scratch). The
  /// type is i8 or f32, that of the result i32, i64 or f32. Returns the bytes
  /// of scratch memory. With `stages`, the function returns the largest
  /// magnitude; with Bias and Mask, the vector and two bounds follow `scratch`.
  int64_t addConv2D(StringRef name, const Conv2DGeometry &geometry,
                    Conv2DKind kind, Type elementType, Type resultType,
                    int64_t slots, Conv2DStages stages = Conv2DStages::Unknown);

  /// Compiles everything, for `cpu` (LLVM's name; "" is this machine).
  LogicalResult compile(DotInstruction instruction, StringRef cpu = "");
  /// The best instruction of this machine.
  static DotInstruction getHostInstruction();

  Type getI8() { return IntegerType::get(&context, 8); }
  Type getI32() { return IntegerType::get(&context, 32); }
  Type getI64() { return IntegerType::get(&context, 64); }
  Type getF32() { return Float32Type::get(&context); }

  /// Calls a function; vectors become memrefs, integers must have the
  /// argument's width (int64_t for index).
  template <typename... Args>
  void call(const std::string &name, Args &&...args) {
    callImpl<void>(name, std::forward<Args>(args)...);
  }
  /// Calls a function with one scalar result.
  template <typename Result, typename... Args>
  Result callScalar(const std::string &name, Args &&...args) {
    return callImpl<Result>(name, std::forward<Args>(args)...);
  }
  /// Calls a function with several results; `result` is the struct of them.
  template <typename Result, typename... Args>
  Result callStruct(const std::string &name, Args &&...args) {
    Result result;
    Result *pointer = &result;
    callImpl<void>(name, pointer, std::forward<Args>(args)...);
    return result;
  }

  /// Calls a function with the addresses of its arguments (of a pointer to the
  /// descriptor for a vector), and of its result if it has one.
  void callPacked(const std::string &name, MutableArrayRef<void *> arguments);

  /// The address of a function; for a benchmark's inner loop.
  void *lookup(const std::string &name);

private:
  template <typename T>
  struct Argument {
    using Type = T;
    T value;
    Argument(T value) : value(value) {}
    T get() { return value; }
  };
  template <typename T>
  struct Argument<std::vector<T>> {
    using Type = StridedMemRefType<T, 1> *;
    StridedMemRefType<T, 1> descriptor;
    Argument(std::vector<T> &vector) {
      descriptor.basePtr = descriptor.data = vector.data();
      descriptor.offset = 0;
      descriptor.sizes[0] = vector.size();
      descriptor.strides[0] = 1;
    }
    Type get() { return &descriptor; }
  };

  /// A part of another buffer.
  template <typename T>
  struct Argument<MutableArrayRef<T>> {
    using Type = StridedMemRefType<T, 1> *;
    StridedMemRefType<T, 1> descriptor;
    Argument(MutableArrayRef<T> part) {
      descriptor.basePtr = descriptor.data = part.data();
      descriptor.offset = 0;
      descriptor.sizes[0] = part.size();
      descriptor.strides[0] = 1;
    }
    Type get() { return &descriptor; }
  };

  template <typename Result, typename... Args>
  Result callImpl(const std::string &name, Args &&...args) {
    using Function = Result (*)(typename Argument<std::decay_t<Args>>::Type...);
    auto function = reinterpret_cast<Function>(lookup(name));
    return function(Argument<std::decay_t<Args>>(args).get()...);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<ExecutionEngine> engine;
};

} // namespace mlir::eoq::test

#endif // EOQ_TEST_CONVERSION_EOQTOKERNELS_KERNELS_KERNELJIT_H
