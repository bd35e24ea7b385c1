/*===- print-hash.c - a few training steps and their digest ---------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Trains MODEL (an eoq_model, -DMODEL=eoq_lenet5_model) on made-up images and
// prints eoq_hash(): two processors that print one digest computed the same
// bits. Plain C11 and the runtime library, so that any cross compiler builds it.
//
//===----------------------------------------------------------------------===*/
#include "eoq/Runtime/eoq.h"
#include <stdio.h>
#include <stdlib.h>

extern const eoq_model MODEL;

/* Marsaglia's xorshift32. */
static uint32_t next_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static void check(eoq_status status, const char *what) {
  if (status == EOQ_OK)
    return;
  fprintf(stderr, "%s: %s\n", what, eoq_status_message(status));
  exit(1);
}

int main(int argc, char **argv) {
  int steps = argc > 1 ? atoi(argv[1]) : 0;
  if (steps <= 0) {
    fprintf(stderr, "usage: print-hash <steps>\n");
    return 1;
  }
  size_t pixels = MODEL.batch * MODEL.channels * MODEL.height * MODEL.width;
  size_t bytes = eoq_required_bytes(&MODEL);
  bytes = (bytes + EOQ_ALIGNMENT - 1) / EOQ_ALIGNMENT * EOQ_ALIGNMENT;
  void *memory = aligned_alloc(EOQ_ALIGNMENT, bytes);
  int8_t *images = malloc(pixels);
  int32_t *labels = malloc(MODEL.batch * sizeof(int32_t));
  if (!memory || !images || !labels) {
    fprintf(stderr, "out of memory\n");
    return 1;
  }
  eoq_trainer *trainer = NULL;
  check(eoq_create(&MODEL, memory, bytes, &trainer), "eoq_create");
  eoq_initialize(trainer, 7);

  uint32_t random = 2463534242u;
  for (int step = 0; step < steps; ++step) {
    /* The first step has the largest magnitudes everywhere. */
    for (size_t i = 0; i < pixels; ++i) {
      uint32_t r = next_random(&random);
      images[i] = step == 0 ? (r & 1 ? 127 : -127) : (int8_t)((int32_t)(r % 255) - 127);
    }
    for (uint64_t i = 0; i < MODEL.batch; ++i)
      labels[i] = (int32_t)(next_random(&random) % MODEL.classes);
    check(eoq_train_step(trainer, images, -7, labels, 3, 6, NULL),
          "eoq_train_step");
  }
  uint8_t digest[32];
  eoq_hash(trainer, digest);
  for (int i = 0; i < 32; ++i)
    printf("%02x", digest[i]);
  printf("\n");
  free(labels);
  free(images);
  free(memory);
  return 0;
}
