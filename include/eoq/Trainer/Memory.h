//===- Memory.h - memory that only the start needs --------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_TRAINER_MEMORY_H
#define EOQ_TRAINER_MEMORY_H

namespace eoq::trainer {

/// Gives back memory that is not used any more: free pages of the heap, and
/// those pages of code and constants that the command line, the reading of data
/// and the like have touched. The system maps the latter again where they are
/// needed, so this is for the moment before the long part of a run. Does
/// nothing where the system does not say which pages these are.
void releaseUnusedMemory();

} // namespace eoq::trainer

#endif // EOQ_TRAINER_MEMORY_H
