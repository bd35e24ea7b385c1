/*===- Parameters.c - read and write the tensors of a trainer -------------===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* Tensors of the state by name, as floats, whatever their storage format is.
|* Uses no function of libm: the runtime depends on libc only.
|*
\*===----------------------------------------------------------------------===*/
#include "Internal.h"

#include <float.h>

static const eoq_tensor_info *findTensor(const eoq_model *model,
                                         const char *name) {
  for (uint64_t i = 0; i < model->tensor_count; ++i)
    if (strcmp(model->tensors[i].name, name) == 0)
      return &model->tensors[i];
  return NULL;
}

static int32_t loadFixed(const unsigned char *data, uint32_t format,
                         uint64_t index) {
  int32_t wide;
  int16_t narrow;
  switch (format) {
  case EOQ_FORMAT_FIXED8:
    return (int8_t)data[index];
  case EOQ_FORMAT_FIXED16:
    memcpy(&narrow, data + 2 * index, sizeof(narrow));
    return narrow;
  default:
    memcpy(&wide, data + 4 * index, sizeof(wide));
    return wide;
  }
}

static void storeFixed(unsigned char *data, uint32_t format, uint64_t index,
                       int32_t value) {
  int8_t byte = (int8_t)value;
  int16_t narrow = (int16_t)value;
  switch (format) {
  case EOQ_FORMAT_FIXED8:
    memcpy(data + index, &byte, sizeof(byte));
    return;
  case EOQ_FORMAT_FIXED16:
    memcpy(data + 2 * index, &narrow, sizeof(narrow));
    return;
  default:
    memcpy(data + 4 * index, &value, sizeof(value));
    return;
  }
}

eoq_status eoq_get_parameter(const eoq_trainer *trainer, const char *name,
                             float *values, uint64_t count) {
  const eoq_tensor_info *tensor = findTensor(trainer->model, name);
  if (tensor == NULL)
    return EOQ_ERROR_NAME;
  if (count != tensor->elements)
    return EOQ_ERROR_SIZE;
  const unsigned char *data = trainer->state + tensor->offset;
  if (tensor->format == EOQ_FORMAT_F32) {
    memcpy(values, data, eoq_rt_tensor_bytes(tensor));
    return EOQ_OK;
  }
  /* 2^exponent is exact in a double unless it underflows to where a float is 0
   * anyway, or overflows to where a float is infinite anyway. */
  double scale =
      eoq_rt_power_of_two(eoq_rt_get_exponent(trainer->state, tensor));
  for (uint64_t i = 0; i < count; ++i) {
    int32_t fixed = loadFixed(data, tensor->format, i);
    values[i] = fixed == 0 ? 0.0f : (float)(fixed * scale);
  }
  return EOQ_OK;
}

/* Nearest integer, halves up, saturated to +-limit. */
static int32_t roundToFixed(double value, int32_t limit) {
  if (value >= limit)
    return limit;
  if (value <= -(double)limit)
    return -limit;
  double shifted = value + 0.5;
  int32_t truncated = (int32_t)shifted;
  return (double)truncated > shifted ? truncated - 1 : truncated;
}

eoq_status eoq_set_parameter(eoq_trainer *trainer, const char *name,
                             const float *values, uint64_t count) {
  const eoq_tensor_info *tensor = findTensor(trainer->model, name);
  if (tensor == NULL)
    return EOQ_ERROR_NAME;
  if (count != tensor->elements)
    return EOQ_ERROR_SIZE;
  double largest = 0.0;
  for (uint64_t i = 0; i < count; ++i) {
    double magnitude = values[i] < 0 ? -(double)values[i] : (double)values[i];
    if (!(magnitude <= FLT_MAX)) /* also false for a NaN */
      return EOQ_ERROR_ARGUMENT;
    if (magnitude > largest)
      largest = magnitude;
  }
  unsigned char *data = trainer->state + tensor->offset;
  if (tensor->format == EOQ_FORMAT_F32) {
    memcpy(data, values, eoq_rt_tensor_bytes(tensor));
    return EOQ_OK;
  }
  int32_t exponent = 0;
  int32_t bits = (int32_t)tensor->format;
  if (tensor->exponent_offset != EOQ_NO_EXPONENT && largest == 0.0) {
    exponent = 2 - (bits - 1); /* fine enough for what training will add */
  } else if (tensor->exponent_offset != EOQ_NO_EXPONENT) {
    double half = (double)((int64_t)1 << (bits - 2));
    while (largest > half) {
      half *= 2.0;
      ++exponent;
    }
    while (largest <= half * 0.5) {
      half *= 0.5;
      --exponent;
    }
  }
  int32_t limit = (int32_t)(((int64_t)1 << (bits - 1)) - 1);
  double scale = eoq_rt_power_of_two(-exponent);
  for (uint64_t i = 0; i < count; ++i)
    storeFixed(data, tensor->format, i,
               roundToFixed((double)values[i] * scale, limit));
  eoq_rt_set_exponent(trainer->state, tensor, exponent);
  return EOQ_OK;
}

const void *eoq_get_raw(const eoq_trainer *trainer, uint64_t index,
                        int32_t *exponent) {
  if (index >= trainer->model->tensor_count)
    return NULL;
  const eoq_tensor_info *tensor = &trainer->model->tensors[index];
  if (exponent != NULL)
    *exponent = eoq_rt_get_exponent(trainer->state, tensor);
  return trainer->state + tensor->offset;
}
