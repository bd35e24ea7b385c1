//===- MemoryPlan.h - static places for the buffers of a step ---*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The functions of a trainer are straight-line code, so the life of each buffer
// is an interval, and every buffer gets a fixed offset in one arena: nothing is
// allocated at run time.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_MEMORYPLAN_H
#define EOQ_CONVERSION_EOQTOKERNELS_MEMORYPLAN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace mlir::eoq {

/// Alignment of each buffer, in bytes: a cache line, and the widest vector.
constexpr int64_t kBufferAlignment = 64;

inline int64_t alignToBuffer(int64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

/// Names of the attributes that `convert-eoq-to-kernels` and
/// `eoq-plan-memory` leave for later passes, reports and tools.
constexpr llvm::StringLiteral kBufferNameAttrName = "eoq.buffer";
constexpr llvm::StringLiteral kScratchAttrName = "eoq.scratch";
/// On a call of a quantizer: a dictionary with the name of a `kernel` that has
/// the same arguments and puts its `output` into one of its `inputs` (numbers
/// of operands), `offset` bytes behind its start.
constexpr llvm::StringLiteral kInPlaceAttrName = "eoq.in_place";
constexpr llvm::StringLiteral kStateOffsetAttrName = "eoq.state_offset";
constexpr llvm::StringLiteral kExponentOffsetAttrName = "eoq.exponent_offset";
constexpr llvm::StringLiteral kModelInfoAttrName = "eoq.model_info";
constexpr llvm::StringLiteral kMemoryPlanAttrName = "eoq.memory_plan";

/// A buffer that is alive from position `first` to position `last`, both
/// included.
struct PlannedBuffer {
  int64_t bytes = 0;
  int64_t first = 0, last = 0;
  /// Whether it is a kernel's scratch memory, and not a tensor.
  bool scratch = false;
  /// If `keptUntil` is larger than `last`, until then a part of it stays alive:
  /// `keptBytes` bytes from `keptOffset` on, a multiple of kBufferAlignment.
  int64_t keptBytes = 0, keptOffset = 0, keptUntil = -1;
  int64_t offset = 0;

  bool keepsPart() const { return keptUntil > last; }
};

/// The places of a set of buffers in one arena.
struct ArenaPlan {
  /// In the order given, with their offsets.
  std::vector<PlannedBuffer> buffers;
  /// Size of the arena.
  int64_t bytes = 0;
  /// The largest sum of bytes that are alive at one position: no plan can be
  /// smaller. `peakPosition` is the first such position, and `peakScratch` the
  /// scratch memory in it.
  int64_t lowerBound = 0;
  int64_t peakPosition = 0;
  int64_t peakScratch = 0;
};

/// A plan without places, and so without `bytes`, but with the lower bound.
/// Sizes are rounded up to kBufferAlignment.
ArenaPlan findLowerBound(ArrayRef<PlannedBuffer> buffers);

/// Places buffers by best fit, in several orders, and keeps the smallest plan.
/// Sizes are rounded up to kBufferAlignment.
ArenaPlan planArena(ArrayRef<PlannedBuffer> buffers);

/// Plans the static `memref.alloc`s in the entry block of `function` and
/// replaces each by a view of `arena`, a 1-D memref of i8. An allocation of i8
/// that is used through two `memref.view`s only, one of all of it and a later
/// one of a part, lives only in that part after the last use of the first.
/// Returns the plan.
/// `peakOperation`, if not null, gets a description of the operation at the
/// peak.
ArenaPlan replaceAllocations(func::FuncOp function, Value arena,
                             std::string *peakOperation = nullptr);

/// The largest sum of bytes of the tensors that are alive together, as far as
/// it can be told before the lowering: without scratch memory.
int64_t estimatePeak(Block &block);

/// Prints a table of the memory of a module that went through
/// `eoq-plan-memory`: parameters, optimizer state, activations and scratch,
/// and for each function how far its plan is above the lower bound, the
/// operation at the peak and the largest buffers there. Prints a one-line
/// remark if the module has no plan.
void printMemoryReport(ModuleOp module, raw_ostream &os);

/// Prints an SVG picture of the same plan: for each function the operations
/// from left to right, the arena from bottom to top, a rectangle for each
/// buffer with its name as a tooltip, and the sum of live bytes as a line.
void printMemoryTimeline(ModuleOp module, raw_ostream &os);

} // namespace mlir::eoq

#endif // EOQ_CONVERSION_EOQTOKERNELS_MEMORYPLAN_H
