//===- Main.h - the entry point of a training program -----------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `eoq-opt` emits a `main` that calls eoq_trainer_main() with its model.
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_MAIN_H
#define EOQ_TRAINER_MAIN_H

#include "eoq/Runtime/eoq.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The whole program: reads the command line, does the work, and returns the
 * exit code: 0 done, 1 the input or the run failed (one message on stderr),
 * 2 wrong usage, 128 + n stopped by signal n after the checkpoint was written.
 * `model` must stay valid during the call. Throws nothing. */
int eoq_trainer_main(const eoq_model *model, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif // EOQ_TRAINER_MAIN_H
