//===- MemoryReport.cpp - the memory plan as a table ----------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "PlannedFunction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::eoq;

/// Largest buffers that the table lists.
static constexpr size_t kBuffersShown = 8;

//===----------------------------------------------------------------------===//
// What the plan made of a function
//===----------------------------------------------------------------------===//

std::string mlir::eoq::groupDigits(int64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(at, ",");
  return digits;
}

/// Null if `op` is no place in `arena`. `blocks` are the offsets of places
/// without a name, which may hold several buffers.
static std::optional<ShownBuffer> getBuffer(Operation &op, Value arena,
                                            DenseMap<Value, int64_t> &blocks) {
  auto view = dyn_cast<memref::ViewOp>(op);
  llvm::APInt offset;
  if (!view || !matchPattern(view.getByteShift(), m_ConstantInt(&offset)))
    return std::nullopt;
  auto block = blocks.find(view.getSource());
  if (view.getSource() != arena && block == blocks.end())
    return std::nullopt;
  ShownBuffer buffer;
  MemRefType type = view.getType();
  buffer.elementType = type.getElementType();
  buffer.place.bytes = alignToBuffer(llvm::divideCeil(
      type.getNumElements() * type.getElementTypeBitWidth(), 8));
  buffer.place.offset = offset.getSExtValue();
  if (block != blocks.end())
    buffer.place.offset += block->second;
  buffer.place.scratch = op.hasAttr(kScratchAttrName);
  buffer.place.last = -1;
  if (auto name = op.getAttrOfType<StringAttr>(kBufferNameAttrName))
    buffer.name = name.str();
  else
    blocks[view] = buffer.place.offset;
  return buffer;
}

static PlannedFunction collectFunction(func::FuncOp function) {
  PlannedFunction planned;
  planned.name = function.getName().str();
  BlockArgument arena = function.getArgument(1);
  planned.arenaBytes = cast<MemRefType>(arena.getType()).getNumElements();
  DenseMap<Value, size_t> owners;
  DenseMap<Value, int64_t> blocks;
  DenseMap<Value, SmallVector<size_t, 2>> residents;
  int64_t positions = 0;
  for (Operation &op : function.getBody().front()) {
    if (std::optional<ShownBuffer> buffer = getBuffer(op, arena, blocks)) {
      owners[op.getResult(0)] = planned.buffers.size();
      if (op.getOperand(0) != arena)
        residents[op.getOperand(0)].push_back(planned.buffers.size());
      planned.buffers.push_back(std::move(*buffer));
      continue;
    }
    if (isa<ViewLikeOpInterface>(op)) {
      auto owner = owners.find(op.getOperand(0));
      if (owner != owners.end())
        owners[op.getResult(0)] = owner->second;
      continue;
    }
    bool counts = false;
    op.walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        auto owner = owners.find(operand);
        if (owner == owners.end())
          continue;
        PlannedBuffer &place = planned.buffers[owner->second].place;
        if (place.last < 0)
          place.first = positions;
        place.last = positions;
        counts = true;
      }
    });
    positions += counts;
  }
  // What a call makes of a buffer in its own memory begins behind that call.
  for (auto &[block, indices] : residents)
    for (size_t index : indices)
      for (size_t other : indices) {
        PlannedBuffer &place = planned.buffers[index].place;
        if (place.first == planned.buffers[other].place.last &&
            place.first < place.last)
          ++place.first;
      }
  llvm::erase_if(planned.buffers,
                 [](const ShownBuffer &b) { return b.place.last < 0; });

  planned.live.resize(positions);
  for (const ShownBuffer &buffer : planned.buffers)
    for (int64_t at = buffer.place.first; at <= buffer.place.last; ++at)
      planned.live[at] += buffer.place.bytes;
  if (positions > 0)
    planned.peakPosition =
        std::distance(planned.live.begin(), llvm::max_element(planned.live));
  return planned;
}

std::vector<PlannedFunction> PlannedFunction::collect(ModuleOp module) {
  std::vector<PlannedFunction> functions;
  auto plan = module->getAttrOfType<DictionaryAttr>(kMemoryPlanAttrName);
  auto entries = plan ? plan.getAs<ArrayAttr>("functions") : ArrayAttr();
  if (!entries)
    return functions;
  for (Attribute entry : entries) {
    auto name = cast<DictionaryAttr>(entry).getAs<StringAttr>("name");
    auto function = module.lookupSymbol<func::FuncOp>(name);
    if (function && function.getNumArguments() > 1)
      functions.push_back(collectFunction(function));
  }
  return functions;
}

//===----------------------------------------------------------------------===//
// Table
//===----------------------------------------------------------------------===//

static void printRow(raw_ostream &os, const Twine &name, int64_t bytes) {
  os << llvm::formatv("  {0,-34} {1,16}\n", name.str(), groupDigits(bytes));
}

static void printLargestBuffers(const PlannedFunction &function,
                                raw_ostream &os) {
  std::vector<const ShownBuffer *> alive;
  for (const ShownBuffer &buffer : function.buffers)
    if (buffer.place.first <= function.peakPosition &&
        function.peakPosition <= buffer.place.last)
      alive.push_back(&buffer);
  llvm::sort(alive, [](const ShownBuffer *a, const ShownBuffer *b) {
    return std::pair(-a->place.bytes, a) < std::pair(-b->place.bytes, b);
  });
  int64_t rest = 0, restBytes = 0;
  for (auto [index, buffer] : llvm::enumerate(alive)) {
    if (index >= kBuffersShown) {
      ++rest;
      restBytes += buffer->place.bytes;
      continue;
    }
    os << llvm::formatv("    {0,16}  {1}  {2}{3}\n",
                        groupDigits(buffer->place.bytes), buffer->elementType,
                        buffer->name,
                        buffer->place.scratch ? " (scratch)" : "");
  }
  if (rest != 0)
    os << llvm::formatv("    {0,16}  in {1} others\n", groupDigits(restBytes),
                        rest);
}

void mlir::eoq::printMemoryReport(ModuleOp module, raw_ostream &os) {
  auto plan = module->getAttrOfType<DictionaryAttr>(kMemoryPlanAttrName);
  if (!plan) {
    os << "no memory plan: the module did not go through eoq-plan-memory\n";
    return;
  }
  auto number = [](DictionaryAttr attributes, StringRef key) {
    auto value = attributes.getAs<IntegerAttr>(key);
    return value ? value.getInt() : 0;
  };
  os << "memory plan (bytes)\n";
  printRow(os, "weights and biases", number(plan, "weights"));
  printRow(os, "optimizer state", number(plan, "optimizer"));
  printRow(os, "exponents", number(plan, "exponents"));
  printRow(os, "state, with alignment", number(plan, "state_bytes"));
  printRow(os, "arena", number(plan, "arena_bytes"));
  printRow(os, "state and arena",
           number(plan, "state_bytes") + number(plan, "arena_bytes"));
  std::vector<PlannedFunction> planned = PlannedFunction::collect(module);
  for (Attribute entry : plan.getAs<ArrayAttr>("functions")) {
    auto function = cast<DictionaryAttr>(entry);
    StringRef name = function.getAs<StringAttr>("name").strref();
    int64_t arena = number(function, "arena_bytes");
    int64_t bound = number(function, "lower_bound");
    os << "@" << name << "\n";
    printRow(os, "arena", arena);
    printRow(os, "lower bound (largest live sum)", bound);
    double above = bound == 0 ? 0 : 100.0 * (arena - bound) / bound;
    os << llvm::formatv("  {0,-34} {1,16:F1}\n",
                        "arena above the bound (percent)", above);
    printRow(os, "  activations and gradients in it",
             bound - number(function, "peak_scratch"));
    printRow(os, "  scratch of kernels in it",
             number(function, "peak_scratch"));
    printRow(os, "buffers", number(function, "buffers"));
    os << "  peak at " << function.getAs<StringAttr>("peak_operation").strref()
       << "\n";
    for (const PlannedFunction &shown : planned)
      if (shown.name == name)
        printLargestBuffers(shown, os);
  }
}
