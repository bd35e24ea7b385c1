//===- Numerics.h - the integer rules, one scalar at a time -----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The scalar rules of docs/Numerics.md as the reference interpreter computes
// them. Written to be compared with that page, not to be fast.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_REFERENCE_NUMERICS_H
#define EOQ_REFERENCE_NUMERICS_H

#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace mlir::eoq::reference {

//===----------------------------------------------------------------------===//
// Numbers and shifts (N1, N2)
//===----------------------------------------------------------------------===//

/// Number of bits of a magnitude; 0 for 0.
unsigned bitLength(uint64_t magnitude);

/// The largest integer of a `width`-bit tensor (N1).
int64_t largestInteger(unsigned width);

/// `value`, limited to [-limit, limit].
int64_t clampTo(int64_t value, int64_t limit);

/// shift(value, amount, nearest) of N2.
int64_t shiftNearest(int64_t value, int64_t amount);

/// shift(value, amount, up) of N2.
int64_t shiftUp(int64_t value, int64_t amount);

/// shift(value, amount, stochastic) of N2 with `random` in [0, 2^16).
int64_t shiftStochastic(int64_t value, int64_t amount, uint32_t random);

//===----------------------------------------------------------------------===//
// Random numbers (N5)
//===----------------------------------------------------------------------===//

/// The key of one step.
uint32_t randomKey(int32_t seed, int32_t step);

/// The random numbers of one site in one step.
class RandomSite {
public:
  RandomSite(uint32_t key, int64_t site);
  uint32_t hash(uint64_t element) const;
  /// R of N5, in [0, 2^16).
  uint32_t draw(uint64_t element) const { return hash(element) >> 16; }

private:
  uint32_t key;
};

//===----------------------------------------------------------------------===//
// Exponents and narrowing (N3, N4)
//===----------------------------------------------------------------------===//

uint64_t largestMagnitude(ArrayRef<int64_t> values);

/// s of N3 for a largest magnitude and `bits` output bits.
int64_t exponentShift(uint64_t magnitude, unsigned bits, ExponentRule rule);

/// The last line of N4: every value shifted from exponent `from` to exponent
/// `to` and clamped to `bits`. Only stochastic rounding reads `random`.
std::vector<int64_t> narrow(ArrayRef<int64_t> values, int64_t from, int64_t to,
                            unsigned bits, Rounding rounding,
                            const RandomSite *random = nullptr);

//===----------------------------------------------------------------------===//
// Bounds and multipliers (N9, N12)
//===----------------------------------------------------------------------===//

/// A finite bound of `eoq.clip` as an integer of exponent `exponent` (N9).
int64_t boundAtExponent(double bound, int64_t exponent);

/// round(2^shift / count) of N12.
int64_t reciprocal(int64_t count, int64_t shift = 15);

//===----------------------------------------------------------------------===//
// Norms (N16, step 3)
//===----------------------------------------------------------------------===//

/// mantissa * 2^exponent with a mantissa of 0 or in [2^29, 2^30).
struct Norm {
  int64_t mantissa = 0;
  int64_t exponent = 0;

  bool operator==(const Norm &other) const {
    return mantissa == other.mantissa && exponent == other.exponent;
  }
};

/// norm(sum, count, exponent): sum / count * 2^exponent.
Norm makeNorm(uint64_t sum, uint64_t count, int64_t exponent);

/// The state moved towards `fresh` by 1/min(t, 32).
Norm moveNorm(Norm state, Norm fresh, int64_t t);

/// nominal^2 / 16, the least size of a parameter with a nominal size.
Norm nominalNorm(double nominal);

/// 2^-6, the size of a parameter without a nominal one.
Norm biasNorm();

Norm largerNorm(Norm lhs, Norm rhs);

/// r, the exponent of the power of two nearest to sqrt(weight / gradient).
int64_t ratioExponent(Norm weight, Norm gradient);

//===----------------------------------------------------------------------===//
// Softmax (N14, N15)
//===----------------------------------------------------------------------===//

/// One row of logits: p_k, their sum, and the distances d_k in Q10.
struct SoftmaxRow {
  std::vector<int64_t> distances;
  std::vector<int64_t> weights;
  int64_t sum = 0;
};
SoftmaxRow softmaxRow(ArrayRef<int64_t> logits, int64_t exponent);

/// The loss of a row in Q10, before the sum over the batch.
int64_t rowLoss(const SoftmaxRow &row, int64_t label);

/// E_k of N15, scaled for the batch.
int64_t logitGradient(const SoftmaxRow &row, int64_t index, int64_t label,
                      int64_t batch);

/// floor(log2(batch)), which N15 moves into the exponent.
int64_t batchExponent(int64_t batch);

//===----------------------------------------------------------------------===//
// Initialization (N17)
//===----------------------------------------------------------------------===//

/// z, an approximately normal integer of standard deviation 2^16.
int64_t normalInteger(const RandomSite &random, uint64_t element);

/// floor(value * 2^-exponent + 0.5), clamped to `width` bits.
int64_t roundToExponent(double value, int64_t exponent, unsigned width);

/// Floor division of the rules; `divisor` > 0.
int64_t divideFloor(int64_t value, int64_t divisor);

} // namespace mlir::eoq::reference

#endif // EOQ_REFERENCE_NUMERICS_H
