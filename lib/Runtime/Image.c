/*===- Image.c - save, load and hash the state of a training --------------===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* The saved image: a header, then exponent and data of every tensor in the
|* order of the model's table, then a SHA-256 of all before it. docs/Runtime.md
|* has the layout byte by byte.
|*
\*===----------------------------------------------------------------------===*/
#include "Internal.h"
#include "eoq/Runtime/Sha256.h"

#include <stdbool.h>

#define IMAGE_VERSION 1u
#define HEADER_BYTES 104u
#define IDENTITY_BYTES 64u

static const unsigned char magic[8] = {'E', 'O', 'Q', 'S', 'T', 'A', 'T', 'E'};

void eoq_rt_swap_copy(unsigned char *out, const unsigned char *in, size_t bytes,
                      size_t width) {
  const uint16_t probe = 1;
  unsigned char first;
  memcpy(&first, &probe, 1);
  if (first == 1 || width == 1) { /* a little-endian machine */
    memcpy(out, in, bytes);
    return;
  }
  for (size_t i = 0; i < bytes; i += width)
    for (size_t j = 0; j < width; ++j)
      out[i + j] = in[i + width - 1 - j];
}

static size_t payloadBytes(const eoq_model *model) {
  size_t bytes = 0;
  for (uint64_t i = 0; i < model->tensor_count; ++i)
    bytes += 4 + eoq_rt_tensor_bytes(&model->tensors[i]);
  return bytes;
}

size_t eoq_saved_bytes(const eoq_model *model) {
  return HEADER_BYTES + payloadBytes(model) + EOQ_RT_SHA256_BYTES;
}

/* Zero-padded, so that a model with a short identity has a place too. */
static void putIdentity(unsigned char *out, const eoq_model *model) {
  memset(out, 0, IDENTITY_BYTES);
  size_t length = strlen(model->identity);
  memcpy(out, model->identity,
         length < IDENTITY_BYTES ? length : IDENTITY_BYTES);
}

static void putHeader(unsigned char *out, const eoq_trainer *trainer) {
  const eoq_model *model = trainer->model;
  memcpy(out, magic, sizeof(magic));
  eoq_rt_put32(out + 8, IMAGE_VERSION);
  eoq_rt_put32(out + 12, (uint32_t)model->tensor_count);
  putIdentity(out + 16, model);
  eoq_rt_put64(out + 80, (uint64_t)trainer->step);
  eoq_rt_put32(out + 88, (uint32_t)trainer->seed);
  eoq_rt_put32(out + 92, 0);
  eoq_rt_put64(out + 96, (uint64_t)payloadBytes(model));
}

static void digestOf(const void *data, size_t bytes,
                     uint8_t digest[EOQ_RT_SHA256_BYTES]) {
  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  eoq_rt_sha256_add(&context, data, bytes);
  eoq_rt_sha256_finish(&context, digest);
}

eoq_status eoq_save(const eoq_trainer *trainer, void *image, size_t bytes) {
  const eoq_model *model = trainer->model;
  if (bytes != eoq_saved_bytes(model))
    return EOQ_ERROR_SIZE;
  unsigned char *out = (unsigned char *)image;
  putHeader(out, trainer);
  out += HEADER_BYTES;
  for (uint64_t i = 0; i < model->tensor_count; ++i) {
    const eoq_tensor_info *tensor = &model->tensors[i];
    size_t length = eoq_rt_tensor_bytes(tensor);
    eoq_rt_put32(out, (uint32_t)eoq_rt_get_exponent(trainer->state, tensor));
    eoq_rt_swap_copy(out + 4, trainer->state + tensor->offset, length,
                     eoq_rt_element_bytes(tensor));
    out += 4 + length;
  }
  digestOf(image, bytes - EOQ_RT_SHA256_BYTES, out);
  return EOQ_OK;
}

/* Everything that eoq_load() verifies; it changes nothing. */
static eoq_status checkImage(const eoq_model *model, const unsigned char *image,
                             size_t bytes) {
  if (image == NULL || bytes < HEADER_BYTES + EOQ_RT_SHA256_BYTES ||
      memcmp(image, magic, sizeof(magic)) != 0)
    return EOQ_ERROR_CORRUPT;
  size_t covered = bytes - EOQ_RT_SHA256_BYTES;
  uint8_t digest[EOQ_RT_SHA256_BYTES];
  digestOf(image, covered, digest);
  if (memcmp(digest, image + covered, EOQ_RT_SHA256_BYTES) != 0)
    return EOQ_ERROR_CORRUPT;
  if (eoq_rt_get32(image + 8) != IMAGE_VERSION)
    return EOQ_ERROR_ABI;
  unsigned char identity[IDENTITY_BYTES];
  putIdentity(identity, model);
  if (memcmp(identity, image + 16, IDENTITY_BYTES) != 0)
    return EOQ_ERROR_MODEL;
  /* The checksum says that the image is as it was written, not that a sane
   * program wrote it; so sizes and ranges are checked too. */
  if (bytes != eoq_saved_bytes(model) ||
      eoq_rt_get32(image + 12) != (uint32_t)model->tensor_count ||
      eoq_rt_get64(image + 80) > INT32_MAX || eoq_rt_get32(image + 92) != 0 ||
      eoq_rt_get64(image + 96) != payloadBytes(model))
    return EOQ_ERROR_CORRUPT;
  const unsigned char *in = image + HEADER_BYTES;
  for (uint64_t i = 0; i < model->tensor_count; ++i) {
    const eoq_tensor_info *tensor = &model->tensors[i];
    int32_t exponent = (int32_t)eoq_rt_get32(in);
    int32_t limit =
        tensor->exponent_offset == EOQ_NO_EXPONENT ? 0 : EOQ_RT_EXPONENT_LIMIT;
    bool unknown = limit != 0 && exponent == INT32_MIN;
    if ((exponent < -limit || exponent > limit) && !unknown)
      return EOQ_ERROR_CORRUPT;
    in += 4 + eoq_rt_tensor_bytes(tensor);
  }
  return EOQ_OK;
}

eoq_status eoq_load(eoq_trainer *trainer, const void *image, size_t bytes) {
  const eoq_model *model = trainer->model;
  const unsigned char *in = (const unsigned char *)image;
  eoq_status status = checkImage(model, in, bytes);
  if (status != EOQ_OK)
    return status;
  trainer->step = (int64_t)eoq_rt_get64(in + 80);
  trainer->seed = (int32_t)eoq_rt_get32(in + 88);
  in += HEADER_BYTES;
  for (uint64_t i = 0; i < model->tensor_count; ++i) {
    const eoq_tensor_info *tensor = &model->tensors[i];
    size_t length = eoq_rt_tensor_bytes(tensor);
    eoq_rt_set_exponent(trainer->state, tensor, (int32_t)eoq_rt_get32(in));
    eoq_rt_swap_copy(trainer->state + tensor->offset, in + 4, length,
                     eoq_rt_element_bytes(tensor));
    in += 4 + length;
  }
  return EOQ_OK;
}

void eoq_hash(const eoq_trainer *trainer, uint8_t digest[32]) {
  const eoq_model *model = trainer->model;
  eoq_rt_sha256 context;
  eoq_rt_sha256_start(&context);
  unsigned char buffer[1024];
  for (uint64_t i = 0; i < model->tensor_count; ++i) {
    const eoq_tensor_info *tensor = &model->tensors[i];
    eoq_rt_put32(buffer, (uint32_t)eoq_rt_get_exponent(trainer->state, tensor));
    eoq_rt_sha256_add(&context, buffer, 4);
    const unsigned char *data = trainer->state + tensor->offset;
    size_t left = eoq_rt_tensor_bytes(tensor);
    while (left != 0) {
      size_t chunk = left < sizeof(buffer) ? left : sizeof(buffer);
      eoq_rt_swap_copy(buffer, data, chunk, eoq_rt_element_bytes(tensor));
      eoq_rt_sha256_add(&context, buffer, chunk);
      data += chunk;
      left -= chunk;
    }
  }
  eoq_rt_put32(buffer, (uint32_t)trainer->seed);
  eoq_rt_put64(buffer + 4, (uint64_t)trainer->step);
  eoq_rt_sha256_add(&context, buffer, 12);
  eoq_rt_sha256_finish(&context, digest);
}
