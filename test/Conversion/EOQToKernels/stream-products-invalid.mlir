// RUN: not eoq-opt %s -eoq-stream-products=block-bytes=0 2>&1 | FileCheck %s --check-prefix=BYTES
// RUN: not eoq-opt %s -eoq-stream-products=slots=0 2>&1 | FileCheck %s --check-prefix=SLOTS

// BYTES: error: expected 'block-bytes' to be at least 1 but got 0
// SLOTS: error: expected 'slots' to be at least 1 but got 0
module {
}
