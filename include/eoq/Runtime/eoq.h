/*===- eoq.h - the C ABI of an emitted trainer --------------------*- C -*-===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* What `eoq-opt` emits is one constant of type `eoq_model` (symbol
|* `eoq_<model>_model`) that names the model's tensors and its four entry
|* points. This header describes that constant, and the small C library around
|* it: create a trainer in memory that the caller gives, train, evaluate,
|* predict, read and write parameters, save and load.
|*
|* Nothing in here allocates, does I/O or keeps global mutable state. All
|* functions are safe to call from several threads as long as each trainer is
|* used by one thread at a time.
|*
\*===----------------------------------------------------------------------===*/
#ifndef EOQ_RUNTIME_EOQ_H
#define EOQ_RUNTIME_EOQ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a struct or an entry point in this file changes. */
#define EOQ_ABI_VERSION 1u

/* Alignment, in bytes, of the memory given to eoq_create(), and of the state
 * and the arena inside it. */
#define EOQ_ALIGNMENT 64u

/* The exponent of 8-bit images is from -EOQ_MAX_IMAGE_EXPONENT to this. */
#define EOQ_MAX_IMAGE_EXPONENT 1024

typedef enum eoq_status {
  EOQ_OK = 0,
  EOQ_ERROR_ABI = 1,     /* a model or a saved image of another version */
  EOQ_ERROR_MEMORY = 2,  /* memory too small or misaligned */
  EOQ_ERROR_NAME = 3,    /* no tensor of that name */
  EOQ_ERROR_SIZE = 4,    /* a buffer's element count does not fit the tensor */
  EOQ_ERROR_CORRUPT = 5, /* a saved image is truncated or damaged */
  EOQ_ERROR_MODEL = 6,   /* a saved image belongs to another model */
  EOQ_ERROR_ARGUMENT = 7 /* an argument is out of its range */
} eoq_status;

/* One sentence for a status, never NULL. */
const char *eoq_status_message(eoq_status status);

/* Storage format of a tensor in the state. A fixed-point tensor holds integers
 * q that stand for q * 2^e, with one exponent e for the whole tensor. */
typedef enum eoq_format {
  EOQ_FORMAT_F32 = 0,
  EOQ_FORMAT_FIXED8 = 8,
  EOQ_FORMAT_FIXED16 = 16,
  EOQ_FORMAT_FIXED32 = 32
} eoq_format;

typedef enum eoq_kind {
  EOQ_KIND_TRAINABLE = 0, /* a parameter that train_step changes */
  EOQ_KIND_FROZEN = 1,    /* a parameter that train_step only reads */
  EOQ_KIND_OPTIMIZER = 2, /* momentum and the like */
  EOQ_KIND_EXPONENT = 3   /* exponent state of a quantizer */
} eoq_kind;

#define EOQ_NO_EXPONENT UINT64_MAX

/* One tensor of the state. `name` is the ONNX initializer's name; optimizer
 * state appends `.momentum` or `.grad_norm`. Data are dense and row-major in
 * the ONNX order (OIHW for convolution weights). */
typedef struct eoq_tensor_info {
  const char *name;
  uint32_t format;      /* eoq_format */
  uint32_t kind;        /* eoq_kind */
  uint64_t rank;        /* 0 for a scalar */
  const int64_t *shape; /* `rank` entries */
  uint64_t elements;    /* product of the shape */
  uint64_t offset;      /* bytes from the start of the state to the data */
  uint64_t
      exponent_offset; /* bytes to the int32_t exponent, or EOQ_NO_EXPONENT */
} eoq_tensor_info;

/* What `eoq-opt` emits. All pointers are to constant data.
 *
 * Entry points take the state, the arena (scratch; its content has no meaning
 * between calls), and:
 *  images  batch x channels x height x width, NCHW: int8_t with value
 *          q * 2^image_exponent if precision is 8, with an exponent of at most
 *          +-EOQ_MAX_IMAGE_EXPONENT; float if it is 32 (then image_exponent is
 *          ignored);
 *  labels  `batch` class numbers; -1 marks a row that counts neither in the
 *          loss, the gradient, nor `correct`;
 *  learning rate = lr_multiplier * 2^-lr_shift, 1 <= lr_multiplier <= 32767,
 *          0 <= lr_shift <= 62; a power of two comes as multiplier 1;
 *  seed, step  key of the stochastic rounding; step counts from 0;
 *  loss    sum over the batch: int32_t in units of 2^-10 nats if precision is
 *          8, float in nats if it is 32 (both are 4 bytes);
 *  correct number of rows whose largest logit is their label's;
 *  logits  batch x classes: int32_t with value q * 2^*logits_exponent if
 *          precision is 8, float if it is 32 (then *logits_exponent is 0).
 */
typedef struct eoq_model {
  uint32_t abi_version;
  uint32_t precision; /* 8 or 32 */
  const char *name;
  const char *identity; /* 64 hex digits: the hash of the quantized program */
  const char *options;  /* JSON object: the compile-time options, for `info` */
  uint64_t batch, channels, height, width, classes;
  uint64_t state_bytes, arena_bytes;
  uint64_t tensor_count;
  const eoq_tensor_info *tensors;
  void (*initialize)(void *state, int32_t seed);
  void (*train_step)(void *state, void *arena, const void *images,
                     int32_t image_exponent, const int32_t *labels,
                     int32_t lr_multiplier, int32_t lr_shift, int32_t seed,
                     int32_t step, void *loss, int32_t *correct);
  void (*evaluate)(void *state, void *arena, const void *images,
                   int32_t image_exponent, const int32_t *labels, void *loss,
                   int32_t *correct);
  void (*predict)(void *state, void *arena, const void *images,
                  int32_t image_exponent, void *logits,
                  int32_t *logits_exponent);
} eoq_model;

/* Lives at the start of the memory given to eoq_create(). */
typedef struct eoq_trainer eoq_trainer;

typedef struct eoq_result {
  double loss;     /* mean over the rows that counted, in nats */
  int32_t correct; /* rows whose largest logit is their label's */
  int32_t rows;    /* rows that counted */
} eoq_result;

/* Bytes that eoq_create() needs for `model`; SIZE_MAX if no memory is that
 * large. */
size_t eoq_required_bytes(const eoq_model *model);

/* Builds a trainer inside `memory` (at least eoq_required_bytes(), aligned to
 * EOQ_ALIGNMENT; the caller keeps ownership and frees it after the last use).
 * The parameters are not initialized yet. `*trainer` is set only on EOQ_OK. */
eoq_status eoq_create(const eoq_model *model, void *memory, size_t bytes,
                      eoq_trainer **trainer);

const eoq_model *eoq_get_model(const eoq_trainer *trainer);

/* Sets every parameter to its initial value and clears the optimizer and the
 * step counter. `seed` also keys the stochastic rounding of all later steps. */
void eoq_initialize(eoq_trainer *trainer, int32_t seed);

/* Number of training steps done since eoq_initialize(); saved and loaded. */
int64_t eoq_get_step(const eoq_trainer *trainer);

/* One step of training; see eoq_model for the arguments. Returns
 * EOQ_ERROR_ARGUMENT, and does nothing, if a label is not in [-1, classes), the
 * learning rate or the images' exponent is out of range, or 2^31 - 1 steps are
 * done. `result` may be NULL. */
eoq_status eoq_train_step(eoq_trainer *trainer, const void *images,
                          int32_t image_exponent, const int32_t *labels,
                          int32_t lr_multiplier, int32_t lr_shift,
                          eoq_result *result);

eoq_status eoq_evaluate(eoq_trainer *trainer, const void *images,
                        int32_t image_exponent, const int32_t *labels,
                        eoq_result *result);

/* Writes batch x classes logits as floats (outside a training step, so the
 * conversion may use floating point). */
eoq_status eoq_predict(eoq_trainer *trainer, const void *images,
                       int32_t image_exponent, float *logits);

/* Reads a tensor of the state as floats; `count` must be its element count. */
eoq_status eoq_get_parameter(const eoq_trainer *trainer, const char *name,
                             float *values, uint64_t count);

/* Writes a tensor of the state; fixed-point tensors get the smallest exponent
 * that leaves half of their range free (range +-4 if all values are 0),
 * rounding to nearest, halves up. A fixed-point tensor without an exponent
 * holds integers; they saturate. EOQ_ERROR_ARGUMENT, and nothing is written, if
 * a value is not finite. */
eoq_status eoq_set_parameter(eoq_trainer *trainer, const char *name,
                             const float *values, uint64_t count);

/* The raw data and exponent (0 for f32) of tensor `index` of the model's table,
 * or NULL if there is no such tensor. The pointer is valid as long as the
 * trainer; `exponent` may be NULL. */
const void *eoq_get_raw(const eoq_trainer *trainer, uint64_t index,
                        int32_t *exponent);

/* SHA-256 over every tensor of the table in its order (exponent, 0 if it has
 * none, as int32; then the data), then seed (int32) and step (int64), all
 * little-endian: two runs are the same training if and only if the digests are
 * equal. */
void eoq_hash(const eoq_trainer *trainer, uint8_t digest[32]);

/* Bytes of a saved image; eoq_save() writes exactly as many, and returns
 * EOQ_ERROR_SIZE if `bytes` is another number. The image is little-endian,
 * carries the model's identity and a checksum, and is valid on every machine.
 */
size_t eoq_saved_bytes(const eoq_model *model);
eoq_status eoq_save(const eoq_trainer *trainer, void *image, size_t bytes);

/* Restores what eoq_save() wrote. On an error the trainer is unchanged. */
eoq_status eoq_load(eoq_trainer *trainer, const void *image, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif /* EOQ_RUNTIME_EOQ_H */
