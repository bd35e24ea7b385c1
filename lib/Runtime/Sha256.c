/*===- Sha256.c - SHA-256 in portable C -----------------------------------===*\
|*
|* Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
|*
|* SHA-256 as FIPS 180-4 defines it, byte order independent of the machine.
|*
\*===----------------------------------------------------------------------===*/
#include "eoq/Runtime/Sha256.h"

#include <string.h>

static const uint32_t roundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
    0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotateRight(uint32_t value, unsigned count) {
  return (value >> count) | (value << (32 - count));
}

static void addBlock(uint32_t hash[8], const uint8_t *block) {
  uint32_t w[64];
  for (unsigned i = 0; i < 16; ++i)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | (uint32_t)block[4 * i + 3];
  for (unsigned i = 16; i < 64; ++i) {
    uint32_t s0 = rotateRight(w[i - 15], 7) ^ rotateRight(w[i - 15], 18) ^
                  (w[i - 15] >> 3);
    uint32_t s1 = rotateRight(w[i - 2], 17) ^ rotateRight(w[i - 2], 19) ^
                  (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = hash[0], b = hash[1], c = hash[2], d = hash[3];
  uint32_t e = hash[4], f = hash[5], g = hash[6], h = hash[7];
  for (unsigned i = 0; i < 64; ++i) {
    uint32_t s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + roundConstants[i] + w[i];
    uint32_t s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

void eoq_rt_sha256_start(eoq_rt_sha256 *context) {
  static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                      0xa54ff53a, 0x510e527f, 0x9b05688c,
                                      0x1f83d9ab, 0x5be0cd19};
  memcpy(context->hash, initial, sizeof(initial));
  context->total = 0;
}

void eoq_rt_sha256_add(eoq_rt_sha256 *context, const void *data, size_t bytes) {
  const uint8_t *in = (const uint8_t *)data;
  size_t filled = (size_t)(context->total % 64);
  context->total += bytes;
  if (filled != 0) {
    size_t room = 64 - filled;
    size_t taken = bytes < room ? bytes : room;
    memcpy(context->block + filled, in, taken);
    if (taken < room)
      return;
    addBlock(context->hash, context->block);
    in += taken;
    bytes -= taken;
  }
  for (; bytes >= 64; in += 64, bytes -= 64)
    addBlock(context->hash, in);
  if (bytes != 0)
    memcpy(context->block, in, bytes);
}

void eoq_rt_sha256_finish(eoq_rt_sha256 *context,
                          uint8_t digest[EOQ_RT_SHA256_BYTES]) {
  static const uint8_t padding[64] = {0x80};
  uint64_t bits = context->total * 8;
  size_t filled = (size_t)(context->total % 64);
  eoq_rt_sha256_add(context, padding, filled < 56 ? 56 - filled : 120 - filled);
  uint8_t length[8];
  for (unsigned i = 0; i < 8; ++i)
    length[i] = (uint8_t)(bits >> (56 - 8 * i));
  eoq_rt_sha256_add(context, length, sizeof(length));
  for (unsigned i = 0; i < 8; ++i)
    for (unsigned j = 0; j < 4; ++j)
      digest[4 * i + j] = (uint8_t)(context->hash[i] >> (24 - 8 * j));
}
