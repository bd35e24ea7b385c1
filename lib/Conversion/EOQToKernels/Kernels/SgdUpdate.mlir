//===- SgdUpdate.mlir - momentum SGD of 16-bit parameters (N16) -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Steps 4 and 5: M minus V times the factor, as 8 bits (shift_u) and then at M's
// exponent (shift), both rounded at random, at `site` and the one behind it.
func.func private @eoq_subtract_update_i16(%m: memref<?xi16>, %v: memref<?xi16>, %n: index, %factor: i64, %shift_u: i32, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %one = arith.constant 1 : i32
  %lanes = arith.constant 16 : index
  %max = arith.constant 65536 : i32
  %min = arith.constant -65536 : i32
  %k_u = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %site_m = arith.addi %site, %one : i32
  %k_m = call @eoq_site_key(%key, %site_m) : (i32, i32) -> i32
  %short = call @eoq_subtracts_short(%factor, %shift_u, %shift) : (i64, i32, i32) -> i1
  %rest = arith.remui %n, %lanes : index
  %whole = arith.subi %n, %rest : index
  %from = arith.select %short, %whole, %c0 : index
  scf.if %short {
    %by = arith.trunci %factor : i64 to i32
    func.call @eoq_subtract_update_short_i16(%m, %v, %whole, %by, %shift_u, %shift, %k_u, %k_m) : (memref<?xi16>, memref<?xi16>, index, i32, i32, i32, i32, i32) -> ()
  }
  %leaves = arith.cmpi slt, %from, %n : index
  scf.if %leaves {
    scf.parallel (%base) = (%from) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %v[%i] : memref<?xi16>
        %v64 = arith.extsi %q : i16 to i64
        %p = arith.muli %v64, %factor : i64
        %index = arith.index_cast %i : index to i32
        %r_u = func.call @eoq_random(%index, %k_u) : (i32, i32) -> i32
        %w = func.call @eoq_shift_stochastic_i64(%p, %r_u, %shift_u) : (i64, i32, i32) -> i32
        %u = func.call @eoq_narrow_i8(%w) : (i32) -> i8
        %u32 = arith.extsi %u : i8 to i32
        %r = func.call @eoq_random(%index, %k_m) : (i32, i32) -> i32
        %s = func.call @eoq_shift_stochastic_i32(%u32, %r, %shift) : (i32, i32, i32) -> i32
        %4 = arith.minsi %s, %max : i32
        %5 = arith.maxsi %4, %min : i32
        %old = memref.load %m[%i] : memref<?xi16>
        %wide = arith.extsi %old : i16 to i32
        %6 = arith.subi %wide, %5 : i32
        %new = func.call @eoq_narrow_i16(%6) : (i32) -> i16
        memref.store %new, %m[%i] : memref<?xi16>
      }
    }
  }
  return
}

// The sum of step 1: gradient, momentum and, if it decays, the parameter at one
// exponent.
func.func private @eoq_update_sum_i16(%g: memref<?xi8>, %v: memref<?xi16>, %m: memref<?xi16>, %i: index, %momentum: i64, %shift_g: i32, %shift_v: i32, %shift_d: i32, %decays: i1) -> i64 {
  %q_g = memref.load %g[%i] : memref<?xi8>
  %w_g = arith.extsi %q_g : i8 to i64
  %a_g = func.call @eoq_align_i64(%w_g, %shift_g) : (i64, i32) -> i64
  %q_v = memref.load %v[%i] : memref<?xi16>
  %w_v = arith.extsi %q_v : i16 to i64
  %p_v = arith.muli %w_v, %momentum : i64
  %a_v = func.call @eoq_align_i64(%p_v, %shift_v) : (i64, i32) -> i64
  %s = arith.addi %a_g, %a_v : i64
  %sum = scf.if %decays -> (i64) {
    %q_d = memref.load %m[%i] : memref<?xi16>
    %w_d = arith.extsi %q_d : i16 to i64
    %a_d = func.call @eoq_align_i64(%w_d, %shift_d) : (i64, i32) -> i64
    %0 = arith.addi %s, %a_d : i64
    scf.yield %0 : i64
  } else {
    scf.yield %s : i64
  }
  return %sum : i64
}

// The largest magnitude of the sums. They are made twice, here and in the next
// function: 64 bits for each element are more to write than to compute.
func.func private @eoq_update_max_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %from: index, %n: index, %momentum: i64, %shift_g: i32, %shift_v: i32, %shift_d: i32, %decays: i1) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %partial = memref.alloca() : memref<64xi64>
  %size = arith.subi %n, %from : index
  %share = call @eoq_part_size(%size) : (index) -> index
  %parts = call @eoq_part_count(%size, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %past = arith.muli %part, %share : index
    %begin = arith.addi %from, %past : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %largest = scf.for %i = %begin to %end step %c1 iter_args(%acc = %zero) -> (i64) {
      %s = func.call @eoq_update_sum_i16(%g, %v, %m, %i, %momentum, %shift_g, %shift_v, %shift_d, %decays) : (memref<?xi8>, memref<?xi16>, memref<?xi16>, index, i64, i32, i32, i32, i1) -> i64
      %a = math.absi %s : i64
      %new = arith.maxsi %acc, %a : i64
      scf.yield %new : i64
    }
    memref.store %largest, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %zero) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.maxsi %acc, %value : i64
    scf.yield %new : i64
  }
  return %total : i64
}

// Step 2: V becomes the sums, shifted and rounded at random. Returns the largest
// magnitude of V.
func.func private @eoq_update_momentum_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %from: index, %n: index, %momentum: i64, %shift_g: i32, %shift_v: i32, %shift_d: i32, %decays: i1, %shift: i32, %k: i32) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %none = arith.constant 0 : i32
  %partial = memref.alloca() : memref<64xi64>
  %size = arith.subi %n, %from : index
  %share = call @eoq_part_size(%size) : (index) -> index
  %parts = call @eoq_part_count(%size, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %past = arith.muli %part, %share : index
    %begin = arith.addi %from, %past : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %largest = scf.for %i = %begin to %end step %c1 iter_args(%acc = %none) -> (i32) {
      %s = func.call @eoq_update_sum_i16(%g, %v, %m, %i, %momentum, %shift_g, %shift_v, %shift_d, %decays) : (memref<?xi8>, memref<?xi16>, memref<?xi16>, index, i64, i32, i32, i32, i1) -> i64
      %index = arith.index_cast %i : index to i32
      %r = func.call @eoq_random(%index, %k) : (i32, i32) -> i32
      %w = func.call @eoq_shift_stochastic_i64(%s, %r, %shift) : (i64, i32, i32) -> i32
      %new = func.call @eoq_narrow_i16(%w) : (i32) -> i16
      memref.store %new, %v[%i] : memref<?xi16>
      %narrowed = arith.extsi %new : i16 to i32
      %a = math.absi %narrowed : i32
      %0 = arith.maxsi %acc, %a : i32
      scf.yield %0 : i32
    }
    %largest64 = arith.extsi %largest : i32 to i64
    memref.store %largest64, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %zero) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.maxsi %acc, %value : i64
    scf.yield %new : i64
  }
  return %total : i64
}

// Step 7: room for growth, if the largest magnitude of M needs it.
func.func private @eoq_grow_i16(%m: memref<?xi16>, %m_exponent: memref<?xi32>, %n: index, %max_m: i64, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %one = arith.constant 1 : i32
  %c3 = arith.constant 3 : i32
  %limit = arith.constant 16384 : i64
  %grows = arith.cmpi sgt, %max_m, %limit : i64
  scf.if %grows {
    %site_7 = arith.addi %site, %c3 : i32
    %k7 = func.call @eoq_site_key(%key, %site_7) : (i32, i32) -> i32
    scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %m[%i] : memref<?xi16>
        %w = arith.extsi %q : i16 to i32
        %index = arith.index_cast %i : index to i32
        %r = func.call @eoq_random(%index, %k7) : (i32, i32) -> i32
        %s = func.call @eoq_shift_right_stochastic_i32(%w, %r, %one) : (i32, i32, i32) -> i32
        %new = func.call @eoq_narrow_i16(%s) : (i32) -> i16
        memref.store %new, %m[%i] : memref<?xi16>
      }
    }
    %e_m = memref.load %m_exponent[%c0] : memref<?xi32>
    %e_grown = arith.addi %e_m, %one : i32
    memref.store %e_grown, %m_exponent[%c0] : memref<?xi32>
  }
  return
}

// All steps, for any parameter.
func.func private @eoq_sgd_update_steps_i16(%m: memref<?xi16>, %m_exponent: memref<?xi32>, %v: memref<?xi16>, %v_exponent: memref<?xi32>, %g: memref<?xi8>, %g_exponent: i32, %norm: memref<?xi32>, %norm_exponent: memref<?xi32>, %n: index, %channels: index, %momentum: i32, %has_decay: i32, %decay_shift: i32, %lr_multiplier: i32, %k: i32, %normalized: i32, %has_nominal: i32, %nominal_mantissa: i32, %nominal_exponent: i32, %centered: i32, %key: i32, %site: i32, %step: i32) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  %zero64 = arith.constant 0 : i64
  %one = arith.constant 1 : i32
  %c8 = arith.constant 8 : i32
  %width = arith.constant 16 : i32
  %least_g = arith.constant -21 : i32
  %least_v = arith.constant -10 : i32
  %least_d = arith.constant -13 : i32
  %c10 = arith.constant 10 : i32
  %c32767 = arith.constant 32767 : i32
  %c32768 = arith.constant 32768 : i64
  %true = arith.constant true
  %e_m = memref.load %m_exponent[%c0] : memref<?xi32>
  %e_v = memref.load %v_exponent[%c0] : memref<?xi32>
  // Step 1: the terms at one exponent.
  %decays = arith.cmpi ne, %has_decay, %zero : i32
  %e, %shift_g, %shift_v, %shift_d = call @eoq_update_exponents(%e_m, %e_v, %g_exponent, %has_decay, %decay_shift, %width) : (i32, i32, i32, i32, i32, i32) -> (i32, i32, i32, i32)
  %c = arith.extsi %momentum : i32 to i64
  // Step 2: the momentum.
  // 32 bits suffice for sums of terms below 2^28 (g, m) and 2^30 (v), shifted to the
  // left. A gradient of zeros may have any exponent; without it and decay the sums
  // are the momentum's alone, where a smaller left shift gives the same result, as
  // long as the sums have more bits than it.
  %sum_g = call @eoq_sum_squares_i8(%g, %n) : (memref<?xi8>, index) -> i64
  %silent = arith.cmpi eq, %sum_g, %zero64 : i64
  %always = arith.cmpi eq, %has_decay, %zero : i32
  %alone = arith.andi %silent, %always : i1
  %nearer_v = arith.maxsi %shift_v, %least_v : i32
  %near_v = arith.select %alone, %nearer_v, %shift_v : i32
  %e_vc = arith.subi %e, %shift_v : i32
  %near_e = arith.addi %e_vc, %near_v : i32
  %fits_g0 = arith.cmpi sge, %shift_g, %least_g : i32
  %fits_g = arith.ori %fits_g0, %silent : i1
  %fits_v0 = arith.cmpi sge, %near_v, %least_v : i32
  %whole_v = arith.cmpi sle, %near_v, %zero : i32
  %fits_v = arith.andi %fits_v0, %whole_v : i1
  %fits_d0 = arith.cmpi sge, %shift_d, %least_d : i32
  %whole_d = arith.cmpi sle, %shift_d, %zero : i32
  %fits_d1 = arith.andi %fits_d0, %whole_d : i1
  %fits_d = arith.ori %fits_d1, %always : i1
  %left_v = arith.subi %zero, %near_v : i32
  %left_v0 = arith.maxsi %left_v, %zero : i32
  %left_v1 = arith.minsi %left_v0, %c10 : i32
  %by_v = arith.shli %momentum, %left_v1 : i32
  %fits_by = arith.cmpi sle, %by_v, %c32767 : i32
  %fits_gv = arith.andi %fits_g, %fits_v : i1
  %fits_gvd = arith.andi %fits_gv, %fits_d : i1
  %fits = arith.andi %fits_gvd, %fits_by : i1
  %left_g = arith.subi %zero, %shift_g : i32
  %some_g = arith.select %silent, %zero, %left_g : i32
  %left_d = arith.subi %zero, %shift_d : i32
  %some_d = arith.select %decays, %left_d, %zero : i32
  %lanes = arith.constant 16 : index
  %tail = arith.remui %n, %lanes : index
  %whole = arith.subi %n, %tail : index
  %max_short = scf.if %fits -> (i64) {
    %0 = func.call @eoq_update_max_short_i16(%m, %v, %g, %whole, %some_g, %by_v, %some_d, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, i32, i32, i32, i1) -> i64
    scf.yield %0 : i64
  } else {
    scf.yield %zero64 : i64
  }
  // Sums that need no shift are rare.
  %short = arith.cmpi sge, %max_short, %c32768 : i64
  %from = arith.select %short, %whole, %c0 : index
  %shift_used = arith.select %short, %near_v, %shift_v : i32
  %e_used = arith.select %short, %near_e, %e : i32
  // What is left is most often nothing: not worth a parallel loop.
  %leaves = arith.cmpi slt, %from, %n : index
  %max_rest = scf.if %leaves -> (i64) {
    %0 = func.call @eoq_update_max_i16(%m, %v, %g, %from, %n, %c, %shift_g, %shift_used, %shift_d, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, index, i64, i32, i32, i32, i1) -> i64
    scf.yield %0 : i64
  } else {
    scf.yield %zero64 : i64
  }
  %max_acc = arith.maxsi %max_short, %max_rest : i64
  %s_v = call @eoq_exponent_shift(%max_acc, %width, %zero) : (i64, i32, i32) -> i32
  %e_sum = arith.addi %e_used, %s_v : i32
  %some = arith.cmpi sgt, %max_acc, %zero64 : i64
  %e_new = arith.select %some, %e_sum, %e_v : i32
  %k_v = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %max_v_short = scf.if %short -> (i64) {
    %0 = func.call @eoq_update_momentum_short_i16(%m, %v, %g, %whole, %some_g, %by_v, %some_d, %decays, %s_v, %k_v) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, i32, i32, i32, i1, i32, i32) -> i64
    scf.yield %0 : i64
  } else {
    scf.yield %zero64 : i64
  }
  %max_v_rest = scf.if %leaves -> (i64) {
    %0 = func.call @eoq_update_momentum_i16(%m, %v, %g, %from, %n, %c, %shift_g, %shift_used, %shift_d, %decays, %s_v, %k_v) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, index, i64, i32, i32, i32, i1, i32, i32) -> i64
    scf.yield %0 : i64
  } else {
    scf.yield %zero64 : i64
  }
  %max_v = arith.maxsi %max_v_short, %max_v_rest : i64
  memref.store %e_new, %v_exponent[%c0] : memref<?xi32>
  // Step 3: how much larger the parameter is than its gradient.
  %lr64 = arith.extsi %lr_multiplier : i32 to i64
  %e_lr = arith.subi %e_new, %k : i32
  %normalizes = arith.cmpi ne, %normalized, %zero : i32
  %factor, %e_step, %moves = scf.if %normalizes -> (i64, i32, i1) {
    %nominal = arith.cmpi ne, %has_nominal, %zero : i32
    %sum_m = scf.if %nominal -> (i64) {
      %0 = func.call @eoq_sum_squares_i16(%m, %n) : (memref<?xi16>, index) -> i64
      scf.yield %0 : i64
    } else {
      scf.yield %zero64 : i64
    }
    %old_m = memref.load %norm[%c0] : memref<?xi32>
    %old_e = memref.load %norm_exponent[%c0] : memref<?xi32>
    %m_n, %e_n, %both, %up, %known = func.call @eoq_update_factor(%sum_g, %g_exponent, %sum_m, %e_m, %n, %old_m, %old_e, %step, %has_nominal, %nominal_mantissa, %nominal_exponent, %momentum, %lr_multiplier) : (i64, i32, i64, i32, index, i32, i32, i32, i32, i32, i32, i32, i32) -> (i32, i32, i64, i32, i1)
    memref.store %m_n, %norm[%c0] : memref<?xi32>
    memref.store %e_n, %norm_exponent[%c0] : memref<?xi32>
    %e_up = arith.addi %e_lr, %up : i32
    scf.yield %both, %e_up, %known : i64, i32, i1
  } else {
    scf.yield %lr64, %e_lr, %true : i64, i32, i1
  }
  // Steps 4 and 5: the update in 8 bits, then the parameter.
  %size = math.absi %factor : i64
  %max_u = arith.muli %max_v, %size : i64
  %s_u = call @eoq_exponent_shift(%max_u, %c8, %zero) : (i64, i32, i32) -> i32
  %e_u = arith.addi %e_step, %s_u : i32
  %shift_u = arith.subi %e_m, %e_u : i32
  // From 24 bits on half of a unit, which a random number never is less than, is
  // more than what is shifted: it becomes 0.
  %far = arith.constant 24 : i32
  %reaches = arith.cmpi slt, %shift_u, %far : i32
  %changes = arith.andi %moves, %reaches : i1
  scf.if %changes {
    %site_u = arith.addi %site, %one : i32
    func.call @eoq_subtract_update_i16(%m, %v, %n, %factor, %s_u, %shift_u, %key, %site_u) : (memref<?xi16>, memref<?xi16>, index, i64, i32, i32, i32, i32) -> ()
  }
  // Steps 6 and 7: means, and room for growth.
  %centers = arith.cmpi ne, %centered, %zero : i32
  %max_m = scf.if %centers -> (i64) {
    %0 = func.call @eoq_center_i16(%m, %n, %channels) : (memref<?xi16>, index, index) -> i64
    scf.yield %0 : i64
  } else {
    %0 = func.call @eoq_max_abs_i16(%m, %n) : (memref<?xi16>, index) -> i64
    scf.yield %0 : i64
  }
  call @eoq_grow_i16(%m, %m_exponent, %n, %max_m, %key, %site) : (memref<?xi16>, memref<?xi32>, index, i64, i32, i32) -> ()
  return
}
