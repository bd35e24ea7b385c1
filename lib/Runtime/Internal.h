/*===- Internal.h - what the files of the runtime share -----------*- C -*-===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* The trainer object, and access to the tensors of its state. Not installed.
|*
\*===----------------------------------------------------------------------===*/
#ifndef EOQ_LIB_RUNTIME_INTERNAL_H
#define EOQ_LIB_RUNTIME_INTERNAL_H

#include "eoq/Runtime/eoq.h"

#include <string.h>

struct eoq_trainer {
  const eoq_model *model;
  unsigned char *state;
  unsigned char *arena;
  int64_t step;
  int32_t seed;
};

/* Exponents that a saved image may hold, besides INT32_MIN for one that is not
 * known yet: sums of those of images (EOQ_MAX_IMAGE_EXPONENT) and of what a
 * training adds. Narrow enough that sums of a few of them cannot overflow. */
#define EOQ_RT_EXPONENT_LIMIT (1 << 20)

/* Bytes of one stored element. */
static inline size_t eoq_rt_element_bytes(const eoq_tensor_info *tensor) {
  switch (tensor->format) {
  case EOQ_FORMAT_FIXED8:
    return 1;
  case EOQ_FORMAT_FIXED16:
    return 2;
  default:
    return 4;
  }
}

static inline size_t eoq_rt_tensor_bytes(const eoq_tensor_info *tensor) {
  return (size_t)tensor->elements * eoq_rt_element_bytes(tensor);
}

static inline int32_t eoq_rt_get_exponent(const unsigned char *state,
                                          const eoq_tensor_info *tensor) {
  int32_t exponent = 0;
  if (tensor->exponent_offset != EOQ_NO_EXPONENT)
    memcpy(&exponent, state + tensor->exponent_offset, sizeof(exponent));
  return exponent;
}

static inline void eoq_rt_set_exponent(unsigned char *state,
                                       const eoq_tensor_info *tensor,
                                       int32_t exponent) {
  if (tensor->exponent_offset != EOQ_NO_EXPONENT)
    memcpy(state + tensor->exponent_offset, &exponent, sizeof(exponent));
}

/* 2^exponent as a double, also where it is subnormal, zero or infinite. */
static inline double eoq_rt_power_of_two(int32_t exponent) {
  double result = 1.0;
  double factor = exponent < 0 ? 0.5 : 2.0;
  int64_t count = exponent < 0 ? -(int64_t)exponent : exponent;
  for (; count != 0; count >>= 1, factor *= factor)
    if (count & 1)
      result *= factor;
  return result;
}

static inline void eoq_rt_put32(unsigned char *out, uint32_t value) {
  for (unsigned i = 0; i < 4; ++i)
    out[i] = (unsigned char)(value >> (8 * i));
}

static inline void eoq_rt_put64(unsigned char *out, uint64_t value) {
  for (unsigned i = 0; i < 8; ++i)
    out[i] = (unsigned char)(value >> (8 * i));
}

static inline uint32_t eoq_rt_get32(const unsigned char *in) {
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i)
    value |= (uint32_t)in[i] << (8 * i);
  return value;
}

static inline uint64_t eoq_rt_get64(const unsigned char *in) {
  uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i)
    value |= (uint64_t)in[i] << (8 * i);
  return value;
}

/* Copies `bytes` bytes of elements of `width` bytes between the machine's byte
 * order and little-endian; the two directions are the same operation. */
void eoq_rt_swap_copy(unsigned char *out, const unsigned char *in, size_t bytes,
                      size_t width);

#endif /* EOQ_LIB_RUNTIME_INTERNAL_H */
