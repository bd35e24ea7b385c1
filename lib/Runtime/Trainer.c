/*===- Trainer.c - create a trainer and run it ----------------------------===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* Places a trainer in the caller's memory and guards the model's entry points:
|* what reaches them is in range.
|*
\*===----------------------------------------------------------------------===*/
#include "Internal.h"

#define EOQ_RT_MAX_LR_MULTIPLIER 32767
#define EOQ_RT_MAX_LR_SHIFT 62

const char *eoq_status_message(eoq_status status) {
  switch (status) {
  case EOQ_OK:
    return "no error";
  case EOQ_ERROR_ABI:
    return "the model or the saved image was made for another version of EOQ";
  case EOQ_ERROR_MEMORY:
    return "the memory for the trainer is too small or misaligned";
  case EOQ_ERROR_NAME:
    return "the model has no tensor of that name";
  case EOQ_ERROR_SIZE:
    return "the number of elements does not fit the tensor";
  case EOQ_ERROR_CORRUPT:
    return "the saved image is truncated or damaged";
  case EOQ_ERROR_MODEL:
    return "the saved image belongs to another model";
  case EOQ_ERROR_ARGUMENT:
    return "an argument is out of its range";
  }
  return "unknown status";
}

/* Returns UINT64_MAX on overflow. */
static uint64_t alignUp(uint64_t bytes) {
  if (bytes > UINT64_MAX - (EOQ_ALIGNMENT - 1))
    return UINT64_MAX;
  return (bytes + (EOQ_ALIGNMENT - 1)) / EOQ_ALIGNMENT * EOQ_ALIGNMENT;
}

static uint64_t addBytes(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

size_t eoq_required_bytes(const eoq_model *model) {
  uint64_t bytes = alignUp(sizeof(eoq_trainer));
  bytes = addBytes(bytes, alignUp(model->state_bytes));
  bytes = addBytes(bytes, alignUp(model->arena_bytes));
  /* A size that no memory has, so that eoq_create() refuses. */
  return bytes > SIZE_MAX ? SIZE_MAX : (size_t)bytes;
}

eoq_status eoq_create(const eoq_model *model, void *memory, size_t bytes,
                      eoq_trainer **trainer) {
  if (model->abi_version != EOQ_ABI_VERSION)
    return EOQ_ERROR_ABI;
  size_t required = eoq_required_bytes(model);
  if (memory == NULL || (uintptr_t)memory % EOQ_ALIGNMENT != 0 ||
      required == SIZE_MAX || bytes < required)
    return EOQ_ERROR_MEMORY;
  eoq_trainer *created = (eoq_trainer *)memory;
  created->model = model;
  created->state =
      (unsigned char *)memory + (size_t)alignUp(sizeof(eoq_trainer));
  created->arena = created->state + (size_t)alignUp(model->state_bytes);
  created->step = 0;
  created->seed = 0;
  memset(created->state, 0, (size_t)model->state_bytes);
  *trainer = created;
  return EOQ_OK;
}

const eoq_model *eoq_get_model(const eoq_trainer *trainer) {
  return trainer->model;
}

void eoq_initialize(eoq_trainer *trainer, int32_t seed) {
  memset(trainer->state, 0, (size_t)trainer->model->state_bytes);
  trainer->seed = seed;
  trainer->step = 0;
  trainer->model->initialize(trainer->state, seed);
}

int64_t eoq_get_step(const eoq_trainer *trainer) { return trainer->step; }

/* Counts the rows that have a label, or returns -1 if a label is wrong. */
static int32_t countRows(const eoq_model *model, const int32_t *labels) {
  int32_t rows = 0;
  for (uint64_t i = 0; i < model->batch; ++i) {
    if (labels[i] < -1 ||
        (labels[i] >= 0 && (uint64_t)labels[i] >= model->classes))
      return -1;
    rows += labels[i] >= 0;
  }
  return rows;
}

/* Beyond the range, sums of exponents could overflow their 32 bits. */
static int isImageExponent(const eoq_model *model, int32_t exponent) {
  return model->precision != 8 || (exponent >= -EOQ_MAX_IMAGE_EXPONENT &&
                                   exponent <= EOQ_MAX_IMAGE_EXPONENT);
}

/* The loss in the form in which the entry points return it. */
typedef union loss_sum {
  int32_t fixed;
  float real;
} loss_sum;

static void setResult(const eoq_model *model, eoq_result *result, loss_sum loss,
                      int32_t correct, int32_t rows) {
  if (result == NULL)
    return;
  double sum = model->precision == 8 ? loss.fixed / 1024.0 : (double)loss.real;
  result->loss = rows > 0 ? sum / rows : 0.0;
  result->correct = correct;
  result->rows = rows;
}

eoq_status eoq_train_step(eoq_trainer *trainer, const void *images,
                          int32_t image_exponent, const int32_t *labels,
                          int32_t lr_multiplier, int32_t lr_shift,
                          eoq_result *result) {
  const eoq_model *model = trainer->model;
  int32_t rows = countRows(model, labels);
  if (rows < 0 || !isImageExponent(model, image_exponent) ||
      lr_multiplier < 1 || lr_multiplier > EOQ_RT_MAX_LR_MULTIPLIER ||
      lr_shift < 0 || lr_shift > EOQ_RT_MAX_LR_SHIFT ||
      trainer->step >= INT32_MAX)
    return EOQ_ERROR_ARGUMENT;
  loss_sum loss = {0};
  int32_t correct = 0;
  model->train_step(trainer->state, trainer->arena, images, image_exponent,
                    labels, lr_multiplier, lr_shift, trainer->seed,
                    (int32_t)trainer->step, &loss, &correct);
  ++trainer->step;
  setResult(model, result, loss, correct, rows);
  return EOQ_OK;
}

eoq_status eoq_evaluate(eoq_trainer *trainer, const void *images,
                        int32_t image_exponent, const int32_t *labels,
                        eoq_result *result) {
  const eoq_model *model = trainer->model;
  int32_t rows = countRows(model, labels);
  if (rows < 0 || !isImageExponent(model, image_exponent))
    return EOQ_ERROR_ARGUMENT;
  loss_sum loss = {0};
  int32_t correct = 0;
  model->evaluate(trainer->state, trainer->arena, images, image_exponent,
                  labels, &loss, &correct);
  setResult(model, result, loss, correct, rows);
  return EOQ_OK;
}

eoq_status eoq_predict(eoq_trainer *trainer, const void *images,
                       int32_t image_exponent, float *logits) {
  const eoq_model *model = trainer->model;
  int32_t exponent = 0;
  if (!isImageExponent(model, image_exponent))
    return EOQ_ERROR_ARGUMENT;
  /* Integers and floats have 4 bytes here, so the integers go through the
   * caller's buffer and are converted in place. */
  model->predict(trainer->state, trainer->arena, images, image_exponent, logits,
                 &exponent);
  if (model->precision != 8)
    return EOQ_OK;
  double scale = eoq_rt_power_of_two(exponent);
  for (uint64_t i = 0; i < model->batch * model->classes; ++i) {
    int32_t fixed;
    memcpy(&fixed, logits + i, sizeof(fixed));
    float value = (float)(fixed * scale);
    memcpy(logits + i, &value, sizeof(value));
  }
  return EOQ_OK;
}
