//===- SgdUpdate8.mlir - momentum SGD of 8-bit parameters (N16) -----------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// SgdUpdate.mlir with 8-bit parameters and momentum.

// Step 6: subtracts from each of the `channels` rows of M its mean.
func.func private @eoq_center_i8(%m: memref<?xi8>, %n: index, %channels: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %size = arith.divui %n, %channels : index
  %count = arith.index_cast %size : index to i64
  %half_count = arith.shrui %count, %one : i64
  scf.parallel (%channel) = (%c0) to (%channels) step (%c1) {
    %at = arith.muli %channel, %size : index
    %sum = scf.for %j = %c0 to %size step %c1 iter_args(%acc = %zero) -> (i64) {
      %i = arith.addi %at, %j : index
      %q = memref.load %m[%i] : memref<?xi8>
      %v = arith.extsi %q : i8 to i64
      %new = arith.addi %acc, %v : i64
      scf.yield %new : i64
    }
    %up = arith.addi %sum, %half_count : i64
    // Floor division.
    %quotient = arith.divsi %up, %count : i64
    %back = arith.muli %quotient, %count : i64
    %over = arith.cmpi sgt, %back, %up : i64
    %less = arith.extui %over : i1 to i64
    %mean64 = arith.subi %quotient, %less : i64
    %mean = arith.trunci %mean64 : i64 to i32
    scf.for %j = %c0 to %size step %c1 {
      %i = arith.addi %at, %j : index
      %q = memref.load %m[%i] : memref<?xi8>
      %v = arith.extsi %q : i8 to i32
      %centered = arith.subi %v, %mean : i32
      %new = func.call @eoq_narrow_i8(%centered) : (i32) -> i8
      memref.store %new, %m[%i] : memref<?xi8>
    }
  }
  return
}

// Steps 4 and 5: M minus V times the factor, as 8 bits (shift_u) and then at M's
// exponent (shift), both rounded at random, at `site` and the one behind it.
func.func private @eoq_subtract_update_i8(%m: memref<?xi8>, %v: memref<?xi8>, %n: index, %factor: i64, %shift_u: i32, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c31 = arith.constant 31 : i32
  %max = arith.constant 256 : i32
  %min = arith.constant -256 : i32
  %k_u = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  %site_m = arith.addi %site, %one : i32
  %k_m = call @eoq_site_key(%key, %site_m) : (i32, i32) -> i32
  %right = arith.cmpi sgt, %shift, %zero : i32
  %small = arith.cmpi sle, %shift, %c31 : i32
  %short = arith.andi %right, %small : i1
  scf.if %short {
    scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %v[%i] : memref<?xi8>
        %v64 = arith.extsi %q : i8 to i64
        %p = arith.muli %v64, %factor : i64
        %index = arith.index_cast %i : index to i32
        %r_u = func.call @eoq_random(%index, %k_u) : (i32, i32) -> i32
        %w = func.call @eoq_shift_stochastic_i64(%p, %r_u, %shift_u) : (i64, i32, i32) -> i32
        %u = func.call @eoq_narrow_i8(%w) : (i32) -> i8
        %u32 = arith.extsi %u : i8 to i32
        %r = func.call @eoq_random(%index, %k_m) : (i32, i32) -> i32
        %s = func.call @eoq_shift_right_stochastic_i32(%u32, %r, %shift) : (i32, i32, i32) -> i32
        %0 = arith.minsi %s, %max : i32
        %1 = arith.maxsi %0, %min : i32
        %old = memref.load %m[%i] : memref<?xi8>
        %wide = arith.extsi %old : i8 to i32
        %2 = arith.subi %wide, %1 : i32
        %new = func.call @eoq_narrow_i8(%2) : (i32) -> i8
        memref.store %new, %m[%i] : memref<?xi8>
      }
    }
  } else {
    scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %v[%i] : memref<?xi8>
        %v64 = arith.extsi %q : i8 to i64
        %p = arith.muli %v64, %factor : i64
        %index = arith.index_cast %i : index to i32
        %r_u = func.call @eoq_random(%index, %k_u) : (i32, i32) -> i32
        %w = func.call @eoq_shift_stochastic_i64(%p, %r_u, %shift_u) : (i64, i32, i32) -> i32
        %u = func.call @eoq_narrow_i8(%w) : (i32) -> i8
        %u32 = arith.extsi %u : i8 to i32
        %r = func.call @eoq_random(%index, %k_m) : (i32, i32) -> i32
        %s = func.call @eoq_shift_stochastic_i32(%u32, %r, %shift) : (i32, i32, i32) -> i32
        %0 = arith.minsi %s, %max : i32
        %1 = arith.maxsi %0, %min : i32
        %old = memref.load %m[%i] : memref<?xi8>
        %wide = arith.extsi %old : i8 to i32
        %2 = arith.subi %wide, %1 : i32
        %new = func.call @eoq_narrow_i8(%2) : (i32) -> i8
        memref.store %new, %m[%i] : memref<?xi8>
      }
    }
  }
  return
}

// The sum of step 1: gradient and momentum at one exponent.
func.func private @eoq_update_sum_i8(%g: memref<?xi8>, %v: memref<?xi8>, %i: index, %momentum: i64, %shift_g: i32, %shift_v: i32) -> i64 {
  %q_g = memref.load %g[%i] : memref<?xi8>
  %w_g = arith.extsi %q_g : i8 to i64
  %a_g = call @eoq_align_i64(%w_g, %shift_g) : (i64, i32) -> i64
  %q_v = memref.load %v[%i] : memref<?xi8>
  %w_v = arith.extsi %q_v : i8 to i64
  %p_v = arith.muli %w_v, %momentum : i64
  %a_v = call @eoq_align_i64(%p_v, %shift_v) : (i64, i32) -> i64
  %sum = arith.addi %a_g, %a_v : i64
  return %sum : i64
}

// The same with weight decay.
func.func private @eoq_update_sum_decay_i8(%g: memref<?xi8>, %v: memref<?xi8>, %m: memref<?xi8>, %i: index, %momentum: i64, %shift_g: i32, %shift_v: i32, %shift_d: i32) -> i64 {
  %s = call @eoq_update_sum_i8(%g, %v, %i, %momentum, %shift_g, %shift_v) : (memref<?xi8>, memref<?xi8>, index, i64, i32, i32) -> i64
  %q_d = memref.load %m[%i] : memref<?xi8>
  %w_d = arith.extsi %q_d : i8 to i64
  %a_d = call @eoq_align_i64(%w_d, %shift_d) : (i64, i32) -> i64
  %sum = arith.addi %s, %a_d : i64
  return %sum : i64
}

// The largest magnitude of the sums. They are made twice, here and in the next
// function: 64 bits for each element are more to write than to compute.
func.func private @eoq_update_max_i8(%m: memref<?xi8>, %v: memref<?xi8>, %g: memref<?xi8>, %n: index, %momentum: i64, %shift_g: i32, %shift_v: i32, %shift_d: i32, %decays: i1) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %zero = arith.constant 0 : i64
  %partial = memref.alloca() : memref<64xi64>
  %up = arith.addi %n, %c63 : index
  %share = arith.divui %up, %parts : index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %first = arith.muli %part, %share : index
    %begin = arith.minui %first, %n : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %largest = scf.if %decays -> (i64) {
      %0 = scf.for %i = %begin to %end step %c1 iter_args(%acc = %zero) -> (i64) {
        %s = func.call @eoq_update_sum_decay_i8(%g, %v, %m, %i, %momentum, %shift_g, %shift_v, %shift_d) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, i64, i32, i32, i32) -> i64
        %a = math.absi %s : i64
        %new = arith.maxsi %acc, %a : i64
        scf.yield %new : i64
      }
      scf.yield %0 : i64
    } else {
      %0 = scf.for %i = %begin to %end step %c1 iter_args(%acc = %zero) -> (i64) {
        %s = func.call @eoq_update_sum_i8(%g, %v, %i, %momentum, %shift_g, %shift_v) : (memref<?xi8>, memref<?xi8>, index, i64, i32, i32) -> i64
        %a = math.absi %s : i64
        %new = arith.maxsi %acc, %a : i64
        scf.yield %new : i64
      }
      scf.yield %0 : i64
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

// Step 2: V becomes the sums, shifted and rounded at random.
func.func private @eoq_update_momentum_i8(%m: memref<?xi8>, %v: memref<?xi8>, %g: memref<?xi8>, %n: index, %momentum: i64, %shift_g: i32, %shift_v: i32, %shift_d: i32, %decays: i1, %shift: i32, %key: i32, %site: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %k = call @eoq_site_key(%key, %site) : (i32, i32) -> i32
  scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
    %next = arith.addi %base, %chunk : index
    %end = arith.minsi %next, %n : index
    scf.if %decays {
      scf.for %i = %base to %end step %c1 {
        %s = func.call @eoq_update_sum_decay_i8(%g, %v, %m, %i, %momentum, %shift_g, %shift_v, %shift_d) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, i64, i32, i32, i32) -> i64
        %index = arith.index_cast %i : index to i32
        %r = func.call @eoq_random(%index, %k) : (i32, i32) -> i32
        %w = func.call @eoq_shift_stochastic_i64(%s, %r, %shift) : (i64, i32, i32) -> i32
        %new = func.call @eoq_narrow_i8(%w) : (i32) -> i8
        memref.store %new, %v[%i] : memref<?xi8>
      }
    } else {
      scf.for %i = %base to %end step %c1 {
        %s = func.call @eoq_update_sum_i8(%g, %v, %i, %momentum, %shift_g, %shift_v) : (memref<?xi8>, memref<?xi8>, index, i64, i32, i32) -> i64
        %index = arith.index_cast %i : index to i32
        %r = func.call @eoq_random(%index, %k) : (i32, i32) -> i32
        %w = func.call @eoq_shift_stochastic_i64(%s, %r, %shift) : (i64, i32, i32) -> i32
        %new = func.call @eoq_narrow_i8(%w) : (i32) -> i8
        memref.store %new, %v[%i] : memref<?xi8>
      }
    }
  }
  return
}

func.func private @eoq_sgd_update_i8(%m: memref<?xi8>, %m_exponent: memref<?xi32>, %v: memref<?xi8>, %v_exponent: memref<?xi32>, %g: memref<?xi8>, %g_exponent: i32, %norm: memref<?xi32>, %norm_exponent: memref<?xi32>, %n: index, %channels: index, %momentum: i32, %has_decay: i32, %decay_shift: i32, %lr_multiplier: i32, %k: i32, %normalized: i32, %has_nominal: i32, %nominal_mantissa: i32, %nominal_exponent: i32, %centered: i32, %key: i32, %site: i32, %step: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %chunk = arith.constant 2048 : index
  %zero = arith.constant 0 : i32
  %zero64 = arith.constant 0 : i64
  %one = arith.constant 1 : i32
  %c3 = arith.constant 3 : i32
  %c8 = arith.constant 8 : i32
  %width = arith.constant 8 : i32
  %true = arith.constant true
  %e_m = memref.load %m_exponent[%c0] : memref<?xi32>
  %e_v = memref.load %v_exponent[%c0] : memref<?xi32>
  // Step 1: the terms at one exponent.
  %decays = arith.cmpi ne, %has_decay, %zero : i32
  %e, %shift_g, %shift_v, %shift_d = call @eoq_update_exponents(%e_m, %e_v, %g_exponent, %has_decay, %decay_shift, %width) : (i32, i32, i32, i32, i32, i32) -> (i32, i32, i32, i32)
  %c = arith.extsi %momentum : i32 to i64
  // Step 2: the momentum.
  %max_acc = call @eoq_update_max_i8(%m, %v, %g, %n, %c, %shift_g, %shift_v, %shift_d, %decays) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, i64, i32, i32, i32, i1) -> i64
  %s_v = call @eoq_exponent_shift(%max_acc, %width, %zero) : (i64, i32, i32) -> i32
  %e_sum = arith.addi %e, %s_v : i32
  %some = arith.cmpi sgt, %max_acc, %zero64 : i64
  %e_new = arith.select %some, %e_sum, %e_v : i32
  call @eoq_update_momentum_i8(%m, %v, %g, %n, %c, %shift_g, %shift_v, %shift_d, %decays, %s_v, %key, %site) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, i64, i32, i32, i32, i1, i32, i32, i32) -> ()
  memref.store %e_new, %v_exponent[%c0] : memref<?xi32>
  // Step 3: how much larger the parameter is than its gradient.
  %lr64 = arith.extsi %lr_multiplier : i32 to i64
  %e_lr = arith.subi %e_new, %k : i32
  %normalizes = arith.cmpi ne, %normalized, %zero : i32
  %factor, %e_step, %moves = scf.if %normalizes -> (i64, i32, i1) {
    %sum_g = func.call @eoq_sum_squares_i8(%g, %n) : (memref<?xi8>, index) -> i64
    %nominal = arith.cmpi ne, %has_nominal, %zero : i32
    %sum_m = scf.if %nominal -> (i64) {
      %0 = func.call @eoq_sum_squares_i8(%m, %n) : (memref<?xi8>, index) -> i64
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
  scf.if %moves {
    // Steps 4 and 5: the update in 8 bits, then the parameter.
    %max_v = func.call @eoq_max_abs_i8(%v, %n) : (memref<?xi8>, index) -> i64
    %size = math.absi %factor : i64
    %max_u = arith.muli %max_v, %size : i64
    %s_u = func.call @eoq_exponent_shift(%max_u, %c8, %zero) : (i64, i32, i32) -> i32
    %e_u = arith.addi %e_step, %s_u : i32
    %shift_u = arith.subi %e_m, %e_u : i32
    %site_u = arith.addi %site, %one : i32
    func.call @eoq_subtract_update_i8(%m, %v, %n, %factor, %s_u, %shift_u, %key, %site_u) : (memref<?xi8>, memref<?xi8>, index, i64, i32, i32, i32, i32) -> ()
  }
  %centers = arith.cmpi ne, %centered, %zero : i32
  scf.if %centers {
    func.call @eoq_center_i8(%m, %n, %channels) : (memref<?xi8>, index, index) -> ()
  }
  // Step 7: room for growth.
  %max_m = call @eoq_max_abs_i8(%m, %n) : (memref<?xi8>, index) -> i64
  %limit = arith.constant 64 : i64
  %grows = arith.cmpi sgt, %max_m, %limit : i64
  scf.if %grows {
    %site_7 = arith.addi %site, %c3 : i32
    %k7 = func.call @eoq_site_key(%key, %site_7) : (i32, i32) -> i32
    scf.parallel (%base) = (%c0) to (%n) step (%chunk) {
      %next = arith.addi %base, %chunk : index
      %end = arith.minsi %next, %n : index
      scf.for %i = %base to %end step %c1 {
        %q = memref.load %m[%i] : memref<?xi8>
        %w = arith.extsi %q : i8 to i32
        %index = arith.index_cast %i : index to i32
        %r = func.call @eoq_random(%index, %k7) : (i32, i32) -> i32
        %s = func.call @eoq_shift_right_stochastic_i32(%w, %r, %one) : (i32, i32, i32) -> i32
        %new = func.call @eoq_narrow_i8(%s) : (i32) -> i8
        memref.store %new, %m[%i] : memref<?xi8>
      }
    }
    %e_grown = arith.addi %e_m, %one : i32
    memref.store %e_grown, %m_exponent[%c0] : memref<?xi32>
  }
  return
}
