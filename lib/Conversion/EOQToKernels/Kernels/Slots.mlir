//===- Slots.mlir - how many threads a loop over slots is for -------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The slots, of those that there is scratch memory for, that the jobs of a loop are
// dealt to. Fewer of them repeat less, and use less of the caches: eoq-share-loops
// makes as many of it as the threads at hand need, and eoq-choose-parallel-calls one
// in what runs on one thread.
func.func private @eoq_slots_in_use(%slots: index) -> index {
  return %slots : index
}
