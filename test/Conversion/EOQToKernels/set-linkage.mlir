// RUN: eoq-opt %s -eoq-set-linkage | FileCheck %s

// CHECK: func.func private @kernel() attributes {llvm.linkage = #llvm.linkage<internal>}
func.func private @kernel() { return }
// CHECK: func.func @entry() {
func.func @entry() { return }
// CHECK: func.func private @elsewhere(){{$}}
func.func private @elsewhere()
