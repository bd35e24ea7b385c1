//===- ElementwiseF32.mlir - element-wise kernels of f32 ------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Explicit vectors, because LLVM does not vectorize a loop that may work in place.

func.func private @eoq_relu_f32(%x: memref<?xf32>, %out: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0.0 : f32
  %zero_v = vector.broadcast %zero : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %positive = arith.cmpf ugt, %q, %zero_v : vector<16xf32>
      %y = arith.select %positive, %q, %zero_v : vector<16xi1>, vector<16xf32>
      vector.store %y, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %x[%i] : memref<?xf32>
      %positive = arith.cmpf ugt, %q, %zero : f32
      %y = arith.select %positive, %q, %zero : f32
      memref.store %y, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_leaky_relu_f32(%x: memref<?xf32>, %out: memref<?xf32>, %n: index, %alpha: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0.0 : f32
  %zero_v = vector.broadcast %zero : f32 to vector<16xf32>
  %alpha_v = vector.broadcast %alpha : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %leak = arith.mulf %q, %alpha_v : vector<16xf32>
      %positive = arith.cmpf ogt, %q, %zero_v : vector<16xf32>
      %y = arith.select %positive, %q, %leak : vector<16xi1>, vector<16xf32>
      vector.store %y, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %x[%i] : memref<?xf32>
      %leak = arith.mulf %q, %alpha : f32
      %positive = arith.cmpf ogt, %q, %zero : f32
      %y = arith.select %positive, %q, %leak : f32
      memref.store %y, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_clip_f32(%x: memref<?xf32>, %out: memref<?xf32>, %n: index, %lo: f32, %hi: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %lo_v = vector.broadcast %lo : f32 to vector<16xf32>
  %hi_v = vector.broadcast %hi : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %low = arith.cmpf olt, %q, %lo_v : vector<16xf32>
      %r = arith.select %low, %lo_v, %q : vector<16xi1>, vector<16xf32>
      %high = arith.cmpf ogt, %r, %hi_v : vector<16xf32>
      %y = arith.select %high, %hi_v, %r : vector<16xi1>, vector<16xf32>
      vector.store %y, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %x[%i] : memref<?xf32>
      %low = arith.cmpf olt, %q, %lo : f32
      %r = arith.select %low, %lo, %q : f32
      %high = arith.cmpf ogt, %r, %hi : f32
      %y = arith.select %high, %hi, %r : f32
      memref.store %y, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_scale_by_f32(%x: memref<?xf32>, %out: memref<?xf32>, %n: index, %factor: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %factor_v = vector.broadcast %factor : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %q = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %y = arith.mulf %q, %factor_v : vector<16xf32>
      vector.store %y, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %q = memref.load %x[%i] : memref<?xf32>
      %y = arith.mulf %q, %factor : f32
      memref.store %y, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_relu_grad_f32(%g: memref<?xf32>, %a: memref<?xf32>, %out: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0.0 : f32
  %zero_v = vector.broadcast %zero : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %p = vector.load %g[%i] : memref<?xf32>, vector<16xf32>
      %q = vector.load %a[%i] : memref<?xf32>, vector<16xf32>
      %positive = arith.cmpf ogt, %q, %zero_v : vector<16xf32>
      %z = arith.select %positive, %p, %zero_v : vector<16xi1>, vector<16xf32>
      vector.store %z, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %p = memref.load %g[%i] : memref<?xf32>
      %q = memref.load %a[%i] : memref<?xf32>
      %positive = arith.cmpf ogt, %q, %zero : f32
      %z = arith.select %positive, %p, %zero : f32
      memref.store %z, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_leaky_relu_grad_f32(%g: memref<?xf32>, %a: memref<?xf32>, %out: memref<?xf32>, %n: index, %alpha: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0.0 : f32
  %zero_v = vector.broadcast %zero : f32 to vector<16xf32>
  %alpha_v = vector.broadcast %alpha : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %p = vector.load %g[%i] : memref<?xf32>, vector<16xf32>
      %q = vector.load %a[%i] : memref<?xf32>, vector<16xf32>
      %leak = arith.mulf %p, %alpha_v : vector<16xf32>
      %positive = arith.cmpf ogt, %q, %zero_v : vector<16xf32>
      %z = arith.select %positive, %p, %leak : vector<16xi1>, vector<16xf32>
      vector.store %z, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %p = memref.load %g[%i] : memref<?xf32>
      %q = memref.load %a[%i] : memref<?xf32>
      %leak = arith.mulf %p, %alpha : f32
      %positive = arith.cmpf ogt, %q, %zero : f32
      %z = arith.select %positive, %p, %leak : f32
      memref.store %z, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_clip_grad_f32(%g: memref<?xf32>, %a: memref<?xf32>, %out: memref<?xf32>, %n: index, %lo: f32, %hi: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0.0 : f32
  %zero_v = vector.broadcast %zero : f32 to vector<16xf32>
  %lo_v = vector.broadcast %lo : f32 to vector<16xf32>
  %hi_v = vector.broadcast %hi : f32 to vector<16xf32>
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %p = vector.load %g[%i] : memref<?xf32>, vector<16xf32>
      %q = vector.load %a[%i] : memref<?xf32>, vector<16xf32>
      %above = arith.cmpf ogt, %q, %lo_v : vector<16xf32>
      %below = arith.cmpf olt, %q, %hi_v : vector<16xf32>
      %inside = arith.andi %above, %below : vector<16xi1>
      %z = arith.select %inside, %p, %zero_v : vector<16xi1>, vector<16xf32>
      vector.store %z, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %p = memref.load %g[%i] : memref<?xf32>
      %q = memref.load %a[%i] : memref<?xf32>
      %above = arith.cmpf ogt, %q, %lo : f32
      %below = arith.cmpf olt, %q, %hi : f32
      %inside = arith.andi %above, %below : i1
      %z = arith.select %inside, %p, %zero : f32
      memref.store %z, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_add_f32(%x: memref<?xf32>, %y: memref<?xf32>, %out: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %p = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %q = vector.load %y[%i] : memref<?xf32>, vector<16xf32>
      %z = arith.addf %p, %q : vector<16xf32>
      vector.store %z, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %p = memref.load %x[%i] : memref<?xf32>
      %q = memref.load %y[%i] : memref<?xf32>
      %z = arith.addf %p, %q : f32
      memref.store %z, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_sub_f32(%x: memref<?xf32>, %y: memref<?xf32>, %out: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %p = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %q = vector.load %y[%i] : memref<?xf32>, vector<16xf32>
      %z = arith.subf %p, %q : vector<16xf32>
      vector.store %z, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %p = memref.load %x[%i] : memref<?xf32>
      %q = memref.load %y[%i] : memref<?xf32>
      %z = arith.subf %p, %q : f32
      memref.store %z, %out[%i] : memref<?xf32>
    }
  }
  return
}

func.func private @eoq_mul_f32(%x: memref<?xf32>, %y: memref<?xf32>, %out: memref<?xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %chunk = arith.constant 2048 : index
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    %left = arith.subi %end, %base : index
    %rest = arith.remui %left, %lanes : index
    %middle = arith.subi %end, %rest : index
    scf.for %i = %base to %middle step %lanes {
      %p = vector.load %x[%i] : memref<?xf32>, vector<16xf32>
      %q = vector.load %y[%i] : memref<?xf32>, vector<16xf32>
      %z = arith.mulf %p, %q : vector<16xf32>
      vector.store %z, %out[%i] : memref<?xf32>, vector<16xf32>
    }
    scf.for %i = %middle to %end step %c1 {
      %p = memref.load %x[%i] : memref<?xf32>
      %q = memref.load %y[%i] : memref<?xf32>
      %z = arith.mulf %p, %q : f32
      memref.store %z, %out[%i] : memref<?xf32>
    }
  }
  return
}
