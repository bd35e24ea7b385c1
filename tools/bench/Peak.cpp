//===- Peak.cpp - what the processor can do -------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Peak.h"

using namespace mlir::eoq::bench;

#if defined(__x86_64__)

/// Twelve independent chains, as the register block of a product has.
#define EOQ_TWELVE(X)                                                          \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define EOQ_DOT16(i)                                                           \
  "vpmaddwd %%ymm12, %%ymm13, %%ymm14\nvpaddd %%ymm14, %%ymm" #i ", %%ymm" #i  \
  "\n"
#define EOQ_DOT8(i)                                                            \
  "vpmaddubsw %%ymm12, %%ymm13, %%ymm14\nvpmaddwd %%ymm14, %%ymm15, "          \
  "%%ymm14\nvpaddd %%ymm14, %%ymm" #i ", %%ymm" #i "\n"
#define EOQ_FMA(i) "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #i "\n"
#define EOQ_CLOBBERS                                                           \
  "ymm0", "ymm1", "ymm2", "ymm3", "ymm4", "ymm5", "ymm6", "ymm7", "ymm8",      \
      "ymm9", "ymm10", "ymm11", "ymm12", "ymm13", "ymm14", "ymm15"

static constexpr int kRounds = 20000;

/// Denormal numbers would be slow.
#define EOQ_CLEAR                                                              \
  __asm__ volatile(                                                            \
      "vpxor %%ymm12, %%ymm12, %%ymm12\nvpxor %%ymm13, %%ymm13, %%ymm13\n"     \
      "vpxor %%ymm15, %%ymm15, %%ymm15\n" EOQ_TWELVE(EOQ_ZERO)::               \
          : EOQ_CLOBBERS)
#define EOQ_ZERO(i) "vpxor %%ymm" #i ", %%ymm" #i ", %%ymm" #i "\n"

bool mlir::eoq::bench::hasPeak() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

int64_t mlir::eoq::bench::getPeakProducts(Peak peak) {
  int64_t lanes = peak == Peak::FMA ? 8 : peak == Peak::Dot16 ? 16 : 32;
  return 12 * lanes * kRounds;
}

void mlir::eoq::bench::runPeak(Peak peak) {
  EOQ_CLEAR;
  for (int i = 0; i < kRounds; ++i) {
    switch (peak) {
    case Peak::Dot16:
      __asm__ volatile(EOQ_TWELVE(EOQ_DOT16)::: EOQ_CLOBBERS);
      break;
    case Peak::Dot8:
      __asm__ volatile(EOQ_TWELVE(EOQ_DOT8)::: EOQ_CLOBBERS);
      break;
    case Peak::FMA:
      __asm__ volatile(EOQ_TWELVE(EOQ_FMA)::: EOQ_CLOBBERS);
      break;
    }
  }
  __asm__ volatile("vzeroupper" ::: EOQ_CLOBBERS);
}

#else

bool mlir::eoq::bench::hasPeak() { return false; }
int64_t mlir::eoq::bench::getPeakProducts(Peak) { return 0; }
void mlir::eoq::bench::runPeak(Peak) {}

#endif
