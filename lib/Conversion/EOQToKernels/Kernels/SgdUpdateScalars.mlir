//===- SgdUpdateScalars.mlir - exponents and factors of an update (N16) ---===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Step 1 of a parameter of `width` bits: the exponent of the sums, and the shifts of
// gradient, momentum and parameter to it.
func.func private @eoq_update_exponents(%e_m: i32, %e_v: i32, %g_exponent: i32, %has_decay: i32, %decay_shift: i32, %width: i32) -> (i32, i32, i32, i32) {
  %zero = arith.constant 0 : i32
  %c5 = arith.constant 5 : i32
  %c8 = arith.constant 8 : i32
  %c40 = arith.constant 40 : i32
  %e_vc = arith.subi %e_v, %c5 : i32
  %e_d = arith.subi %e_m, %decay_shift : i32
  %decays = arith.cmpi ne, %has_decay, %zero : i32
  %width5 = arith.addi %width, %c5 : i32
  %top_g = arith.addi %g_exponent, %c8 : i32
  %top_v = arith.addi %e_vc, %width5 : i32
  %top_d = arith.addi %e_d, %width : i32
  %top2 = arith.maxsi %top_g, %top_v : i32
  %top3 = arith.maxsi %top2, %top_d : i32
  %top = arith.select %decays, %top3, %top2 : i32
  %min2 = arith.minsi %g_exponent, %e_vc : i32
  %min3 = arith.minsi %min2, %e_d : i32
  %min = arith.select %decays, %min3, %min2 : i32
  %least = arith.subi %top, %c40 : i32
  %e = arith.maxsi %min, %least : i32
  %shift_g = arith.subi %e, %g_exponent : i32
  %shift_v = arith.subi %e, %e_vc : i32
  %shift_d = arith.subi %e, %e_d : i32
  return %e, %shift_g, %shift_v, %shift_d : i32, i32, i32, i32
}

// Step 3 of a normalized update, from the sums of squares of the gradient and, where
// it has a nominal size, of the parameter: the norm's new state, the factor of step 4
// and what it adds to its exponent, and whether the parameter moves.
func.func private @eoq_update_factor(%sum_g: i64, %g_exponent: i32, %sum_m: i64, %e_m: i32, %n: index, %old_m: i32, %old_e: i32, %step: i32, %has_nominal: i32, %nominal_mantissa: i32, %nominal_exponent: i32, %momentum: i32, %lr_multiplier: i32) -> (i32, i32, i64, i32, i1) {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %c5 = arith.constant 5 : i32
  %c32 = arith.constant 32 : i32
  %count = arith.index_cast %n : index to i64
  %twice_g = arith.muli %g_exponent, %c2 : i32
  %m_g, %e_g = call @eoq_norm(%sum_g, %count, %twice_g) : (i64, i64, i32) -> (i32, i32)
  %m_n, %e_n = call @eoq_move_norm(%old_m, %old_e, %m_g, %e_g, %step) : (i32, i32, i32, i32, i32) -> (i32, i32)
  %nominal = arith.cmpi ne, %has_nominal, %zero : i32
  %m_w, %e_w = scf.if %nominal -> (i32, i32) {
    %twice_m = arith.muli %e_m, %c2 : i32
    %m_p, %e_p = func.call @eoq_norm(%sum_m, %count, %twice_m) : (i64, i64, i32) -> (i32, i32)
    %m_q, %e_q = func.call @eoq_larger_norm(%m_p, %e_p, %nominal_mantissa, %nominal_exponent) : (i32, i32, i32, i32) -> (i32, i32)
    scf.yield %m_q, %e_q : i32, i32
  } else {
    %m_b = arith.constant 536870912 : i32
    %e_b = arith.constant -35 : i32
    scf.yield %m_b, %e_b : i32, i32
  }
  %smaller = arith.cmpi slt, %m_w, %m_n : i32
  %less = arith.extui %smaller : i1 to i32
  %0 = arith.addi %e_w, %one : i32
  %1 = arith.subi %0, %e_n : i32
  %2 = arith.subi %1, %less : i32
  %r = arith.shrsi %2, %one : i32
  %up = arith.subi %r, %c5 : i32
  %rest = arith.subi %c32, %momentum : i32
  %rest64 = arith.extsi %rest : i32 to i64
  %lr64 = arith.extsi %lr_multiplier : i32 to i64
  %factor = arith.muli %lr64, %rest64 : i64
  %known = arith.cmpi ne, %m_n, %zero : i32
  return %m_n, %e_n, %factor, %up, %known : i32, i32, i64, i32, i1
}
