//===- FusedTest.cpp - loops made of stages, against the rules ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel's name says what it computes, so one oracle, which computes a stage
// for all elements before the next one, serves all names.
//
//===----------------------------------------------------------------------===//
#include "KernelTest.h"
#include "eoq/Conversion/EOQToKernels/KernelLibrary.h"
#include "llvm/TargetParser/Host.h"
#include <deque>

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::test;

namespace {

/// What a kernel is called with. Arguments are passed by their addresses.
class Arguments {
public:
  template <typename T>
  void add(T value) {
    scalars.push_back(0);
    memcpy(&scalars.back(), &value, sizeof(T));
    addresses.push_back(&scalars.back());
  }
  template <typename T>
  void add(std::vector<T> &buffer) {
    descriptors.push_back({buffer.data(), buffer.data(), 0,
                           static_cast<int64_t>(buffer.size()), 1});
    pointers.push_back(&descriptors.back());
    addresses.push_back(&pointers.back());
  }
  /// The first bytes of a buffer of words.
  void addInside(std::vector<int32_t> &buffer) {
    descriptors.push_back({buffer.data(), buffer.data(), 0,
                           static_cast<int64_t>(buffer.size()), 1});
    pointers.push_back(&descriptors.back());
    addresses.push_back(&pointers.back());
  }
  void addResult(int64_t &result) { addresses.push_back(&result); }
  std::vector<void *> &get() { return addresses; }

private:
  struct Descriptor {
    void *base, *data;
    int64_t offset, size, stride;
  };
  // Deques leave their elements where they are.
  std::deque<int64_t> scalars;
  std::deque<Descriptor> descriptors;
  std::deque<void *> pointers;
  std::vector<void *> addresses;
};

/// A tensor NHWC: `elements` is that of an image.
struct Shape {
  int64_t images, pixels, channels;
  int64_t size() const { return images * pixels * channels; }
};

using Values = std::vector<Wide>;

/// One call of a kernel with random operands.
class Run {
public:
  Run(Shape shape, int bits) : shape(shape), bits(bits) {
    length = getChannelPatternLength(shape.channels) * randomInt(1, 4);
    arguments.add(shape.images);
    arguments.add(shape.pixels * shape.channels);
    arguments.add(length);
  }

  void check(KernelJit &jit, const std::string &name) {
    SmallVector<StringRef> stages;
    StringRef(name).split(stages, '_');
    for (StringRef stage : ArrayRef(stages).drop_front(2))
      addStage(stage);
    int64_t got = 0;
    if (largest >= 0)
      arguments.addResult(got);
    jit.callPacked(name, arguments.get());
    if (largest >= 0)
      ASSERT_EQ(got, largest) << name;
    if (narrow)
      for (int64_t i = 0; i < shape.size(); ++i)
        ASSERT_EQ(int(narrow[i]), int(narrowed[i]))
            << name << " at " << i << " of " << shape.pixels << " x "
            << shape.channels << ", shift " << shift;
    for (auto &[buffer, values] : stored)
      for (int64_t i = 0; i < shape.size(); ++i)
        ASSERT_EQ((*buffer)[i], int32_t(values[i])) << name << " at " << i;
  }

private:
  std::vector<int32_t> &addWords(std::vector<int32_t> values) {
    words.push_back(std::move(values));
    arguments.add(words.back());
    return words.back();
  }
  std::vector<int8_t> &addBytes(std::vector<int8_t> values) {
    bytes.push_back(std::move(values));
    arguments.add(bytes.back());
    return bytes.back();
  }
  int32_t addRandom(int64_t low, int64_t high) {
    int32_t value = randomInt(low, high);
    arguments.add(value);
    return value;
  }

  void addStage(StringRef stage);
  void addSink(StringRef stage);

  Shape shape;
  int bits;
  int64_t length;
  Arguments arguments;
  std::deque<std::vector<int32_t>> words;
  std::deque<std::vector<int8_t>> bytes;
  std::vector<Values> stack;
  std::vector<std::pair<std::vector<int32_t> *, Values>> stored;
  /// The result of the sink, which may be inside of the first tensor of words.
  const int8_t *narrow = nullptr;
  bool isInside = false;
  Values narrowed;
  int64_t largest = -1;
  int32_t shift = 0;
};

} // namespace

void Run::addStage(StringRef stage) {
  int64_t n = shape.size();
  if (stage == "i32" || stage == "i8") {
    if (stage == "i32") {
      auto &x = addWords(randomVector<int32_t>(n, bits));
      stack.emplace_back(x.begin(), x.end());
    } else {
      auto &x = addBytes(randomVector<int8_t>(n));
      stack.emplace_back(x.begin(), x.end());
    }
    return;
  }
  Values &top = stack.back();
  if (stage == "bias" || stage == "scale") {
    auto values =
        randomVector<int32_t>(shape.channels, stage == "bias" ? 26 : 7);
    std::vector<int32_t> pattern(length);
    for (int64_t i = 0; i < length; ++i)
      pattern[i] = values[i % shape.channels];
    addWords(pattern);
    for (int64_t i = 0; i < n; ++i)
      top[i] = stage == "bias" ? top[i] + values[i % shape.channels]
                               : top[i] * values[i % shape.channels];
  } else if (stage == "relu") {
    for (Wide &x : top)
      x = std::max<Wide>(x, 0);
  } else if (stage == "clip") {
    Wide low = addRandom(-(1 << 20), 0), high = addRandom(0, 1 << 20);
    for (Wide &x : top)
      x = std::min(std::max(x, low), high);
  } else if (stage == "mask") {
    auto &a = addBytes(randomVector<int8_t>(n));
    for (int64_t i = 0; i < n; ++i)
      top[i] = a[i] > 0 ? top[i] : 0;
  } else if (stage == "band") {
    auto &a = addBytes(randomVector<int8_t>(n));
    int32_t low = addRandom(-300, 20), high = addRandom(21, 300);
    for (int64_t i = 0; i < n; ++i)
      top[i] = a[i] > low && a[i] < high ? top[i] : 0;
  } else if (stage == "add" || stage == "sub") {
    Values y = std::move(stack.back());
    stack.pop_back();
    // One of the shifts is to the right in N8; left ones stay within 32 bits.
    int32_t shiftX = addRandom(-1, 34), shiftY = addRandom(-1, 34);
    for (int64_t i = 0; i < n; ++i) {
      Wide term = shiftNearest(y[i], shiftY);
      stack.back()[i] = shiftNearest(stack.back()[i], shiftX) +
                        (stage == "add" ? term : -term);
    }
  } else if (stage == "store") {
    stored.push_back({&addWords(std::vector<int32_t>(n)), top});
  } else if (stage == "inside") {
    isInside = true;
  } else if (stage == "max") {
    largest = 0;
    for (Wide x : top)
      largest = std::max<int64_t>(largest, x < 0 ? -x : x);
  } else {
    addSink(stage);
  }
}

void Run::addSink(StringRef stage) {
  int64_t n = shape.size(), c = shape.channels;
  if (isInside) {
    arguments.addInside(words.front());
    narrow = reinterpret_cast<const int8_t *>(words.front().data());
  } else {
    narrow = addBytes(std::vector<int8_t>(n)).data();
  }
  // What a quantizer would choose, and what it would not.
  shift = randomInt(0, 3) == 0 ? randomInt(-40, 45) : randomInt(-2, 27);
  if (stage != "stochastic") {
    arguments.add(shift);
    for (Wide x : stack.back())
      narrowed.push_back(clampTo(
          stage == "up" ? shiftUp(x, shift) : shiftNearest(x, shift), 127));
    return;
  }
  std::vector<int32_t> numbers(length);
  for (int64_t i = 0; i < length; ++i)
    numbers[i] = uint32_t(i % c * shape.pixels + i / c) * 0x9E3779B1u;
  addWords(numbers);
  arguments.add(c);
  arguments.add(shift);
  int32_t key = addRandom(INT32_MIN, INT32_MAX), site = addRandom(0, 1000);
  for (int64_t i = 0; i < n; ++i) {
    int64_t image = i / (shape.pixels * c), pixel = i / c % shape.pixels;
    uint32_t number = (image * c + i % c) * shape.pixels + pixel;
    Wide shifted =
        shiftStochastic(stack.back()[i], shift, randomOf(number, key, site));
    narrowed.push_back(clampTo(shifted, 127));
  }
}

/// Chains of networks, and each stage.
static const char *const chains[] = {
    "i32",
    "i8",
    "i32_bias",
    "i32_bias_relu",
    "i32_bias_clip",
    "i32_mask",
    "i32_band",
    "i32_bias_i8_add_relu",
    "i8_i32_bias_add",
    "i8_scale_bias_i8_add_relu",
    "i32_bias_i32_bias_add_relu",
    "i32_i32_sub",
    "i32_i32_add_mask_store",
    "i32_store_mask",
    "i32_bias_store_relu_i8_add_i32_sub_clip_store",
};

static void checkChains(DotInstruction instruction, StringRef cpu,
                        int repetitions) {
  KernelJit jit;
  std::vector<std::string> names;
  for (const char *chain : chains)
    for (const char *sink : {"max", "nearest", "up", "stochastic",
                             "max_nearest", "max_up", "max_stochastic"}) {
      names.push_back(std::string("eoq_fused_") + chain + "_" + sink);
      jit.addKernel(names.back());
    }
  ASSERT_TRUE(succeeded(jit.compile(instruction, cpu)));
  for (const std::string &name : names)
    for (int i = 0; i < repetitions; ++i) {
      Shape shape = {randomInt(1, 3), randomInt(1, i % 8 == 0 ? 900 : 40),
                     i % 3 == 0 ? 1 << randomInt(0, 7) : randomInt(1, 130)};
      // Only a tensor by itself may have the largest numbers.
      bool isPlain = StringRef(name).starts_with("eoq_fused_i32_max") ||
                     StringRef(name).starts_with("eoq_fused_i32_nearest") ||
                     StringRef(name).starts_with("eoq_fused_i32_up") ||
                     StringRef(name).starts_with("eoq_fused_i32_stochastic");
      Run(shape, isPlain ? 31 : randomInt(4, 26)).check(jit, name);
      if (::testing::Test::HasFatalFailure())
        return;
    }
}

/// Results in the memory of the first operand, of up to a hundred units of
/// work.
static void checkInside() {
  KernelJit jit;
  std::vector<std::string> names;
  for (const char *chain : {"i32", "i32_bias_relu", "i32_i32_add_mask_store"})
    for (const char *sink : {"nearest", "stochastic", "max_nearest"}) {
      names.push_back(std::string("eoq_fused_") + chain + "_inside_" + sink);
      jit.addKernel(names.back());
    }
  ASSERT_TRUE(succeeded(jit.compile(KernelJit::getHostInstruction(), "")));
  for (const std::string &name : names)
    for (int i = 0; i < 12; ++i) {
      Shape shape = {randomInt(1, 5), randomInt(1, i % 4 == 0 ? 6000 : 400),
                     i % 3 == 0 ? 1 << randomInt(0, 6) : randomInt(1, 60)};
      Run(shape, 24).check(jit, name);
      if (::testing::Test::HasFatalFailure())
        return;
    }
}

TEST(Fused, Inside) { checkInside(); }

static bool isX86() {
  return llvm::StringRef(llvm::sys::getProcessTriple()).starts_with("x86_64");
}

TEST(Fused, Host) { checkChains(KernelJit::getHostInstruction(), "", 40); }

TEST(Fused, Generic) {
  checkChains(DotInstruction::Generic, isX86() ? "x86-64" : "", 6);
}

TEST(Fused, Names) {
  for (const char *name :
       {"eoq_fused_i32_max", "eoq_fused_i32_i8_add_max_nearest",
        "eoq_fused_i32_bias_inside_max_nearest"})
    EXPECT_TRUE(isKernel(name)) << name;
  // Unknown stages, too few or too many values, no end, and more behind it.
  for (const char *name :
       {"eoq_fused_", "eoq_fused_i32", "eoq_fused_max", "eoq_fused_i64_max",
        "eoq_fused_i32_add_max", "eoq_fused_i32_i32_max",
        "eoq_fused_i32_nearest_max", "eoq_fused_i32_max_relu_nearest",
        "eoq_fused_i32_max_max"})
    EXPECT_FALSE(isKernel(name)) << name;
}
