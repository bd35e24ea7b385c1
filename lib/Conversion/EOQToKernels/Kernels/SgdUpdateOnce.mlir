//===- SgdUpdateOnce.mlir - SGD of large parameters in two walks (N16) ----===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// The steps of N16 depend on each other through a few numbers of the whole parameter.
// Where 32 bits suffice (SgdUpdateShort.mlir) one walk finds those that are needed
// before anything changes. Of the largest magnitude of the new momentum it tells two
// candidates, which nearly always ask for the same exponent of the update: then a
// second walk makes momentum, update and means, channel by channel.

func.func private @eoq_sgd_update_i16(%m: memref<?xi16>, %m_exponent: memref<?xi32>, %v: memref<?xi16>, %v_exponent: memref<?xi32>, %g: memref<?xi8>, %g_exponent: i32, %norm: memref<?xi32>, %norm_exponent: memref<?xi32>, %n: index, %channels: index, %momentum: i32, %has_decay: i32, %decay_shift: i32, %lr_multiplier: i32, %k: i32, %normalized: i32, %has_nominal: i32, %nominal_mantissa: i32, %nominal_exponent: i32, %centered: i32, %key: i32, %site: i32, %step: i32) {
  %done = call @eoq_sgd_update_once_i16(%m, %m_exponent, %v, %v_exponent, %g, %g_exponent, %norm, %norm_exponent, %n, %channels, %momentum, %has_decay, %decay_shift, %lr_multiplier, %k, %normalized, %has_nominal, %nominal_mantissa, %nominal_exponent, %centered, %key, %site, %step) : (memref<?xi16>, memref<?xi32>, memref<?xi16>, memref<?xi32>, memref<?xi8>, i32, memref<?xi32>, memref<?xi32>, index, index, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32) -> i1
  %true = arith.constant true
  %left = arith.xori %done, %true : i1
  scf.if %left {
    func.call @eoq_sgd_update_steps_i16(%m, %m_exponent, %v, %v_exponent, %g, %g_exponent, %norm, %norm_exponent, %n, %channels, %momentum, %has_decay, %decay_shift, %lr_multiplier, %k, %normalized, %has_nominal, %nominal_mantissa, %nominal_exponent, %centered, %key, %site, %step) : (memref<?xi16>, memref<?xi32>, memref<?xi16>, memref<?xi32>, memref<?xi8>, i32, memref<?xi32>, memref<?xi32>, index, index, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32, i32) -> ()
  }
  return
}

// The same where two walks suffice; otherwise it changes nothing and returns false.
func.func private @eoq_sgd_update_once_i16(%m: memref<?xi16>, %m_exponent: memref<?xi32>, %v: memref<?xi16>, %v_exponent: memref<?xi32>, %g: memref<?xi8>, %g_exponent: i32, %norm: memref<?xi32>, %norm_exponent: memref<?xi32>, %n: index, %channels: index, %momentum: i32, %has_decay: i32, %decay_shift: i32, %lr_multiplier: i32, %k: i32, %normalized: i32, %has_nominal: i32, %nominal_mantissa: i32, %nominal_exponent: i32, %centered: i32, %key: i32, %site: i32, %step: i32) -> i1 {
  %c0 = arith.constant 0 : index
  %lanes = arith.constant 16 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %one64 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i32
  %c8 = arith.constant 8 : i32
  %c10 = arith.constant 10 : i32
  %width = arith.constant 16 : i32
  %least_g = arith.constant -21 : i32
  %least_v = arith.constant -10 : i32
  %least_d = arith.constant -13 : i32
  %c32767 = arith.constant 32767 : i32
  %most_v = arith.constant 32767 : i64
  %false = arith.constant false
  %true = arith.constant true
  %e_m = memref.load %m_exponent[%c0] : memref<?xi32>
  %e_v = memref.load %v_exponent[%c0] : memref<?xi32>
  %decays = arith.cmpi ne, %has_decay, %zero : i32
  %centers = arith.cmpi ne, %centered, %zero : i32
  %normalizes = arith.cmpi ne, %normalized, %zero : i32
  // Whole channels of whole vectors, and sums of 32 bits.
  %size = arith.divui %n, %channels : index
  %rest = arith.remui %size, %lanes : index
  %whole = arith.cmpi eq, %rest, %c0 : index
  %e, %shift_g, %shift_v, %shift_d = call @eoq_update_exponents(%e_m, %e_v, %g_exponent, %has_decay, %decay_shift, %width) : (i32, i32, i32, i32, i32, i32) -> (i32, i32, i32, i32)
  %left_g = arith.subi %zero, %shift_g : i32
  %left_v = arith.subi %zero, %shift_v : i32
  %left_d = arith.subi %zero, %shift_d : i32
  %some_d = arith.select %decays, %left_d, %zero : i32
  %up_v = arith.maxsi %left_v, %zero : i32
  %some_v = arith.minsi %up_v, %c10 : i32
  %by_v = arith.shli %momentum, %some_v : i32
  %fits_g = arith.cmpi sge, %shift_g, %least_g : i32
  %right_g = arith.cmpi sle, %shift_g, %zero : i32
  %fits_v = arith.cmpi sge, %shift_v, %least_v : i32
  %right_v = arith.cmpi sle, %shift_v, %zero : i32
  %near_d = arith.subi %zero, %least_d : i32
  %small_d = arith.cmpi sle, %some_d, %near_d : i32
  %right_d = arith.cmpi sge, %some_d, %zero : i32
  %fits_by = arith.cmpi sle, %by_v, %c32767 : i32
  %0 = arith.andi %whole, %centers : i1
  %1 = arith.andi %fits_g, %right_g : i1
  %2 = arith.andi %fits_v, %right_v : i1
  %3 = arith.andi %small_d, %right_d : i1
  %4 = arith.andi %0, %1 : i1
  %5 = arith.andi %2, %3 : i1
  %6 = arith.andi %4, %5 : i1
  %fits = arith.andi %6, %fits_by : i1
  %done = scf.if %fits -> (i1) {
    %sum_g, %sum_m, %max_acc = func.call @eoq_survey_update_i16(%m, %v, %g, %n, %left_g, %by_v, %some_d, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, i32, i32, i32, i1) -> (i64, i64, i64)
    %s_v = func.call @eoq_exponent_shift(%max_acc, %width, %zero) : (i64, i32, i32) -> i32
    %shifts = arith.cmpi sge, %s_v, %one : i32
    // Step 3.
    %e_new = arith.addi %e, %s_v : i32
    %e_lr = arith.subi %e_new, %k : i32
    %old_m = memref.load %norm[%c0] : memref<?xi32>
    %old_e = memref.load %norm_exponent[%c0] : memref<?xi32>
    %m_n, %e_n, %factor, %e_step, %moves = scf.if %normalizes -> (i32, i32, i64, i32, i1) {
      %m_n0, %e_n0, %both, %up, %known = func.call @eoq_update_factor(%sum_g, %g_exponent, %sum_m, %e_m, %n, %old_m, %old_e, %step, %has_nominal, %nominal_mantissa, %nominal_exponent, %momentum, %lr_multiplier) : (i64, i32, i64, i32, index, i32, i32, i32, i32, i32, i32, i32, i32) -> (i32, i32, i64, i32, i1)
      %e_up = arith.addi %e_lr, %up : i32
      scf.yield %m_n0, %e_n0, %both, %e_up, %known : i32, i32, i64, i32, i1
    } else {
      %lr64 = arith.extsi %lr_multiplier : i32 to i64
      scf.yield %old_m, %old_e, %lr64, %e_lr, %true : i32, i32, i64, i32, i1
    }
    // The largest momentum is the largest sum, shifted, or one more.
    %s_v64 = arith.extui %s_v : i32 to i64
    %least_max = arith.shrui %max_acc, %s_v64 : i64
    %next_max = arith.addi %least_max, %one64 : i64
    %most_max = arith.minsi %next_max, %most_v : i64
    %least_u = arith.muli %least_max, %factor : i64
    %most_u = arith.muli %most_max, %factor : i64
    %s_u = func.call @eoq_exponent_shift(%least_u, %c8, %zero) : (i64, i32, i32) -> i32
    %s_most = func.call @eoq_exponent_shift(%most_u, %c8, %zero) : (i64, i32, i32) -> i32
    %same = arith.cmpi eq, %s_u, %s_most : i32
    %e_u = arith.addi %e_step, %s_u : i32
    %shift_u = arith.subi %e_m, %e_u : i32
    %short = func.call @eoq_subtracts_short(%factor, %s_u, %shift_u) : (i64, i32, i32) -> i1
    %7 = arith.andi %shifts, %moves : i1
    %8 = arith.andi %same, %short : i1
    %can = arith.andi %7, %8 : i1
    scf.if %can {
      memref.store %e_new, %v_exponent[%c0] : memref<?xi32>
      scf.if %normalizes {
        memref.store %m_n, %norm[%c0] : memref<?xi32>
        memref.store %e_n, %norm_exponent[%c0] : memref<?xi32>
      }
      %site_u = arith.addi %site, %one : i32
      %site_m = arith.addi %site, %c2 : i32
      %k_v = func.call @eoq_site_key(%key, %site) : (i32, i32) -> i32
      %k_u = func.call @eoq_site_key(%key, %site_u) : (i32, i32) -> i32
      %k_m = func.call @eoq_site_key(%key, %site_m) : (i32, i32) -> i32
      %by = arith.trunci %factor : i64 to i32
      %max_m = func.call @eoq_move_channels_i16(%m, %v, %g, %channels, %size, %left_g, %by_v, %some_d, %decays, %s_v, %k_v, %by, %s_u, %shift_u, %k_u, %k_m) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, index, i32, i32, i32, i1, i32, i32, i32, i32, i32, i32, i32) -> i64
      func.call @eoq_grow_i16(%m, %m_exponent, %n, %max_m, %key, %site) : (memref<?xi16>, memref<?xi32>, index, i64, i32, i32) -> ()
    }
    scf.yield %can : i1
  } else {
    scf.yield %false : i1
  }
  return %done : i1
}

// The first walk, over a multiple of 16 elements: the sums of squares of gradient and
// parameter, and the largest magnitude of the sums of step 1.
func.func private @eoq_survey_update_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %n: index, %left_g: i32, %by_v: i32, %left_m: i32, %decays: i1) -> (i64, i64, i64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %zero = arith.constant 0 : i64
  %none = arith.constant dense<0> : vector<8xi32>
  %wide = arith.constant dense<0> : vector<4xi64>
  %partial_g = memref.alloca() : memref<64xi64>
  %partial_m = memref.alloca() : memref<64xi64>
  %partial = memref.alloca() : memref<64xi64>
  %before, %by, %by_m = call @eoq_update_factors_short(%left_g, %by_v, %left_m) : (i32, i32, i32) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>)
  %share = call @eoq_part_size(%n) : (index) -> index
  %parts = call @eoq_part_count(%n, %share) : (index, index) -> index
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %n : index
    %squares_g, %squares_m, %high, %low = scf.for %i = %begin to %end step %lanes iter_args(%acc_g = %wide, %acc_m = %wide, %most = %none, %least = %none) -> (vector<4xi64>, vector<4xi64>, vector<8xi32>, vector<8xi32>) {
      %q_g = vector.load %g[%i] : memref<?xi8>, vector<16xi8>
      %w_g = func.call @eoq_words_i8(%q_g) : (vector<16xi8>) -> vector<16xi16>
      %next_g = func.call @eoq_add_squares(%acc_g, %w_g) : (vector<4xi64>, vector<16xi16>) -> vector<4xi64>
      %q_m = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
      %next_m = func.call @eoq_add_squares(%acc_m, %q_m) : (vector<4xi64>, vector<16xi16>) -> vector<4xi64>
      %s0, %s1 = func.call @eoq_update_sums_short(%m, %v, %g, %i, %before, %by, %by_m, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, i1) -> (vector<8xi32>, vector<8xi32>)
      %0 = arith.maxsi %s0, %s1 : vector<8xi32>
      %1 = arith.maxsi %most, %0 : vector<8xi32>
      %2 = arith.minsi %s0, %s1 : vector<8xi32>
      %3 = arith.minsi %least, %2 : vector<8xi32>
      scf.yield %next_g, %next_m, %1, %3 : vector<4xi64>, vector<4xi64>, vector<8xi32>, vector<8xi32>
    }
    %sum_g = vector.reduction <add>, %squares_g : vector<4xi64> into i64
    %sum_m = vector.reduction <add>, %squares_m : vector<4xi64> into i64
    %negated = arith.subi %none, %low : vector<8xi32>
    %both = arith.maxsi %high, %negated : vector<8xi32>
    %largest = vector.reduction <maxsi>, %both : vector<8xi32> into i32
    %largest64 = arith.extsi %largest : i32 to i64
    memref.store %sum_g, %partial_g[%part] : memref<64xi64>
    memref.store %sum_m, %partial_m[%part] : memref<64xi64>
    memref.store %largest64, %partial[%part] : memref<64xi64>
  }
  %all_g, %all_m, %all = scf.for %part = %c0 to %parts step %c1 iter_args(%acc_g = %zero, %acc_m = %zero, %acc = %zero) -> (i64, i64, i64) {
    %part_g = memref.load %partial_g[%part] : memref<64xi64>
    %part_m = memref.load %partial_m[%part] : memref<64xi64>
    %value = memref.load %partial[%part] : memref<64xi64>
    %0 = arith.addi %acc_g, %part_g : i64
    %1 = arith.addi %acc_m, %part_m : i64
    %2 = arith.maxsi %acc, %value : i64
    scf.yield %0, %1, %2 : i64, i64, i64
  }
  return %all_g, %all_m, %all : i64, i64, i64
}

// The second walk, over channels of `size` elements, a multiple of 16: steps 2 and 4
// to 6. Returns the largest magnitude of M.
func.func private @eoq_move_channels_i16(%m: memref<?xi16>, %v: memref<?xi16>, %g: memref<?xi8>, %channels: index, %size: index, %left_g: i32, %by_v: i32, %left_m: i32, %decays: i1, %shift_v: i32, %k_v: i32, %factor: i32, %shift_u: i32, %shift: i32, %k_u: i32, %k_m: i32) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %zero = arith.constant 0 : i64
  %c32 = arith.constant 32 : i32
  %limit = arith.constant 32767 : i32
  %none = arith.constant dense<0> : vector<8xi32>
  %nothing = arith.constant dense<0> : vector<16xi16>
  %ones = arith.constant dense<1> : vector<16xi16>
  %partial = memref.alloca() : memref<64xi64>
  %before, %by, %by_m = call @eoq_update_factors_short(%left_g, %by_v, %left_m) : (i32, i32, i32) -> (vector<16xi16>, vector<16xi16>, vector<16xi16>)
  %drop = arith.subi %c32, %shift_v : i32
  %vdrop = vector.broadcast %drop : i32 to vector<8xi32>
  %vshift = vector.broadcast %shift_v : i32 to vector<8xi32>
  %between_u = arith.subi %k_u, %k_v : i32
  %between_m = arith.subi %k_m, %k_v : i32
  %to_u = vector.broadcast %between_u : i32 to vector<8xi32>
  %to_m = vector.broadcast %between_m : i32 to vector<8xi32>
  %share, %parts = call @eoq_channel_parts(%channels, %size) : (index, index) -> (index, index)
  scf.parallel (%part) = (%c0) to (%parts) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %channels : index
    // The channel before is centred behind a channel's walk: its mean is a chain of
    // operations that another channel's do not wait for.
    %first = arith.muli %begin, %size : index
    %high0, %low0, %at_last, %sums_last = scf.for %channel = %begin to %end step %c1 iter_args(%most = %nothing, %least = %nothing, %before_at = %first, %before_sums = %none) -> (vector<16xi16>, vector<16xi16>, index, vector<8xi32>) {
      %at = arith.muli %channel, %size : index
      %mean = func.call @eoq_center_mean_of(%before_sums, %size) : (vector<8xi32>, index) -> vector<16xi16>
      %past = arith.addi %at, %size : index
      %start0, %start1 = func.call @eoq_hash_start(%at, %k_v) : (index, i32) -> (vector<8xi32>, vector<8xi32>)
      // A weight's channel has at most 2^17 numbers (N6).
      %sums, %end0, %end1 = scf.for %i = %at to %past step %lanes iter_args(%acc = %none, %h0 = %start0, %h1 = %start1) -> (vector<8xi32>, vector<8xi32>, vector<8xi32>) {
        %s0, %s1 = func.call @eoq_update_sums_short(%m, %v, %g, %i, %before, %by, %by_m, %decays) : (memref<?xi16>, memref<?xi16>, memref<?xi8>, index, vector<16xi16>, vector<16xi16>, vector<16xi16>, i1) -> (vector<8xi32>, vector<8xi32>)
        %w0 = func.call @eoq_update_shift_short(%s0, %h0, %vdrop, %vshift) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
        %w1 = func.call @eoq_update_shift_short(%s1, %h1, %vdrop, %vshift) : (vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<8xi32>
        %new_v = func.call @eoq_join_clamped(%w0, %w1, %limit) : (vector<8xi32>, vector<8xi32>, i32) -> vector<16xi16>
        vector.store %new_v, %v[%i] : memref<?xi16>, vector<16xi16>
        %u0 = arith.addi %h0, %to_u : vector<8xi32>
        %u1 = arith.addi %h1, %to_u : vector<8xi32>
        %m0 = arith.addi %h0, %to_m : vector<8xi32>
        %m1 = arith.addi %h1, %to_m : vector<8xi32>
        %change = func.call @eoq_update_change_short(%new_v, %factor, %shift_u, %shift, %u0, %u1, %m0, %m1) : (vector<16xi16>, i32, i32, i32, vector<8xi32>, vector<8xi32>, vector<8xi32>, vector<8xi32>) -> vector<16xi16>
        %q_m = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
        %new_m = func.call @eoq_center_vector(%q_m, %change) : (vector<16xi16>, vector<16xi16>) -> vector<16xi16>
        vector.store %new_m, %m[%i] : memref<?xi16>, vector<16xi16>
        %sum = eoq.dot_accumulate %acc, %new_m, %ones : vector<8xi32>, vector<16xi16>
        %next0 = func.call @eoq_hash_next(%h0) : (vector<8xi32>) -> vector<8xi32>
        %next1 = func.call @eoq_hash_next(%h1) : (vector<8xi32>) -> vector<8xi32>
        scf.yield %sum, %next0, %next1 : vector<8xi32>, vector<8xi32>, vector<8xi32>
      }
      %0, %1 = func.call @eoq_center_vectors(%m, %before_at, %at, %mean, %most, %least) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
      scf.yield %0, %1, %at, %sums : vector<16xi16>, vector<16xi16>, index, vector<8xi32>
    }
    %mean_last = func.call @eoq_center_mean_of(%sums_last, %size) : (vector<8xi32>, index) -> vector<16xi16>
    %past_last = arith.addi %at_last, %size : index
    %high, %low = func.call @eoq_center_vectors(%m, %at_last, %past_last, %mean_last, %high0, %low0) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
    %largest = func.call @eoq_magnitude_of_range(%high, %low) : (vector<16xi16>, vector<16xi16>) -> i64
    memref.store %largest, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %parts step %c1 iter_args(%acc = %zero) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.maxsi %acc, %value : i64
    scf.yield %new : i64
  }
  return %total : i64
}
