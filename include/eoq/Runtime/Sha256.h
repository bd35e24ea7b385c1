/*===- Sha256.h - SHA-256 in portable C ---------------------------*- C -*-===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* The digest that guards saved images and checkpoints and that names the state
|* of a training. The context lives where the caller puts it; nothing allocates.
|*
\*===----------------------------------------------------------------------===*/
#ifndef EOQ_RUNTIME_SHA256_H
#define EOQ_RUNTIME_SHA256_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EOQ_RT_SHA256_BYTES 32u

typedef struct eoq_rt_sha256 {
  uint32_t hash[8];
  uint64_t total; /* bytes given so far */
  uint8_t block[64];
} eoq_rt_sha256;

/* Starts a digest; the context needs no release. */
void eoq_rt_sha256_start(eoq_rt_sha256 *context);

/* Appends `bytes` bytes. */
void eoq_rt_sha256_add(eoq_rt_sha256 *context, const void *data, size_t bytes);

/* Writes the digest; start again before the next use of the context. */
void eoq_rt_sha256_finish(eoq_rt_sha256 *context,
                          uint8_t digest[EOQ_RT_SHA256_BYTES]);

#ifdef __cplusplus
}
#endif

#endif /* EOQ_RUNTIME_SHA256_H */
