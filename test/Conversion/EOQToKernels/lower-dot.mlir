// RUN: eoq-opt %s -split-input-file -eoq-lower-dot | FileCheck %s

// The target in the module decides, and nothing else.

// CHECK-LABEL: func.func @avx2
// CHECK:         llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// CHECK-NOT:     eoq.dot_accumulate
// CHECK-LABEL: func.func @avx2_nonnegative
// CHECK-DAG:     %[[ONES:.*]] = arith.constant dense<1> : vector<16xi16>
// CHECK-DAG:     %[[SUMS:.*]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.ub.sw"(%{{.*}}, %{{.*}}) : (vector<32xi8>, vector<32xi8>) -> vector<16xi16>
// CHECK:         llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"(%[[SUMS]], %[[ONES]])
// CHECK-NOT:     llvm.call_intrinsic
// A group of four that may be negative is two groups of two.
// CHECK-LABEL: func.func @avx2_quad
// CHECK:         vector.bitcast %{{.*}} : vector<32xi8> to vector<16xi16>
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// CHECK-NOT:     llvm.call_intrinsic
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx,+avx2"}} {
  func.func @avx2(%acc: vector<8xi32>, %a: vector<16xi16>, %b: vector<16xi16>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b : vector<8xi32>, vector<16xi16>
    return %r : vector<8xi32>
  }
  func.func @avx2_nonnegative(%acc: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b nonnegative : vector<8xi32>, vector<32xi8>
    return %r : vector<8xi32>
  }
  func.func @avx2_quad(%acc: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b : vector<8xi32>, vector<32xi8>
    return %r : vector<8xi32>
  }
}

// -----

// CHECK-LABEL: func.func @avx_vnni
// CHECK:         llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.256"
// CHECK:         llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.256"
// CHECK-NOT:     arith.addi
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2,+avxvnni"}} {
  func.func @avx_vnni(%acc: vector<8xi32>, %a: vector<16xi16>, %c: vector<32xi8>) -> vector<8xi32> {
    %0 = eoq.dot_accumulate %acc, %a, %a : vector<8xi32>, vector<16xi16>
    %1 = eoq.dot_accumulate %0, %c, %c nonnegative : vector<8xi32>, vector<32xi8>
    return %1 : vector<8xi32>
  }
}

// -----

// AVX512-VNNI has the forms of 256 bits with AVX512VL only.

// CHECK-LABEL: func.func @avx512_vnni
// CHECK:         llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.256"
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "+avx2,+avx512vl,+avx512vnni"}} {
  func.func @avx512_vnni(%acc: vector<8xi32>, %a: vector<16xi16>) -> vector<8xi32> {
    %0 = eoq.dot_accumulate %acc, %a, %a : vector<8xi32>, vector<16xi16>
    return %0 : vector<8xi32>
  }
}

// -----

// CHECK-LABEL: func.func @avx512_vnni_only
// CHECK:         llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "+avx2,+avx512vnni"}} {
  func.func @avx512_vnni_only(%acc: vector<8xi32>, %a: vector<16xi16>) -> vector<8xi32> {
    %0 = eoq.dot_accumulate %acc, %a, %a : vector<8xi32>, vector<16xi16>
    return %0 : vector<8xi32>
  }
}

// -----

// CHECK-LABEL: func.func @sse2
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.sse2.pmadd.wd"(%{{.*}}, %{{.*}}) : (vector<8xi16>, vector<8xi16>) -> vector<4xi32>
// The last mention of a feature counts.
module attributes {eoq.target = {triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "+avx2,-avx2"}} {
  func.func @sse2(%acc: vector<8xi32>, %a: vector<16xi16>) -> vector<8xi32> {
    %0 = eoq.dot_accumulate %acc, %a, %a : vector<8xi32>, vector<16xi16>
    return %0 : vector<8xi32>
  }
}

// -----

// CHECK-LABEL: func.func @dotprod
// CHECK-COUNT-2: arm_neon.intr.sdot %{{.*}}, %{{.*}}, %{{.*}} : vector<16xi8>, vector<16xi8> to vector<4xi32>
// CHECK:         arith.muli
module attributes {eoq.target = {triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "+neon,+dotprod"}} {
  func.func @dotprod(%acc: vector<8xi32>, %a: vector<16xi16>, %c: vector<32xi8>) -> vector<8xi32> {
    %0 = eoq.dot_accumulate %acc, %c, %c : vector<8xi32>, vector<32xi8>
    %1 = eoq.dot_accumulate %0, %a, %a : vector<8xi32>, vector<16xi16>
    return %1 : vector<8xi32>
  }
}

// -----

// Products of 8 bits, sums of two neighbours, sums of two of those.

// CHECK-LABEL: func.func @neon
// CHECK-COUNT-2: arm_neon.intr.smull %{{.*}}, %{{.*}} : vector<8xi8> to vector<8xi16>
// CHECK:         llvm.call_intrinsic "llvm.aarch64.neon.addp.v8i16"
// CHECK:         llvm.call_intrinsic "llvm.aarch64.neon.saddlp.v4i32.v8i16"
// CHECK-COUNT-2: arm_neon.intr.smull
// CHECK-NOT:     arm_neon.intr.smull
module attributes {eoq.target = {triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "+neon"}} {
  func.func @neon(%acc: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b : vector<8xi32>, vector<32xi8>
    return %r : vector<8xi32>
  }
}

// -----

// CHECK-LABEL: func.func @generic
// CHECK-NOT:     llvm.call_intrinsic
// CHECK-NOT:     eoq.dot_accumulate
// CHECK:         arith.muli
// CHECK-LABEL: func.func @generic_quad
// CHECK-COUNT-4: arith.muli
// CHECK-NOT:     eoq.dot_accumulate
module {
  func.func @generic(%acc: vector<8xi32>, %a: vector<16xi16>, %b: vector<16xi16>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b : vector<8xi32>, vector<16xi16>
    return %r : vector<8xi32>
  }
  func.func @generic_quad(%acc: vector<8xi32>, %a: vector<32xi8>, %b: vector<32xi8>) -> vector<8xi32> {
    %r = eoq.dot_accumulate %acc, %a, %b nonnegative : vector<8xi32>, vector<32xi8>
    return %r : vector<8xi32>
  }
}
