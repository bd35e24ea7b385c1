//===- CrossEntropy.mlir - softmax cross entropy in integers (N14, N15) ---===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// The tables are T and L of N14.

memref.global "private" constant @eoq_exponential_table : memref<256xi32> = dense<[
  65447, 65270, 65094, 64918, 64742, 64567, 64393, 64219, 64045, 63872, 63699, 63527,
  63355, 63184, 63013, 62843, 62673, 62503, 62334, 62166, 61997, 61830, 61663, 61496,
  61330, 61164, 60998, 60833, 60669, 60505, 60341, 60178, 60015, 59853, 59691, 59530,
  59369, 59208, 59048, 58889, 58729, 58571, 58412, 58254, 58097, 57940, 57783, 57627,
  57471, 57316, 57161, 57006, 56852, 56698, 56545, 56392, 56240, 56087, 55936, 55785,
  55634, 55483, 55333, 55184, 55034, 54886, 54737, 54589, 54442, 54294, 54148, 54001,
  53855, 53710, 53564, 53419, 53275, 53131, 52987, 52844, 52701, 52559, 52417, 52275,
  52133, 51992, 51852, 51712, 51572, 51432, 51293, 51155, 51016, 50878, 50741, 50604,
  50467, 50330, 50194, 50059, 49923, 49788, 49654, 49519, 49385, 49252, 49119, 48986,
  48853, 48721, 48590, 48458, 48327, 48196, 48066, 47936, 47807, 47677, 47548, 47420,
  47292, 47164, 47036, 46909, 46782, 46656, 46530, 46404, 46278, 46153, 46028, 45904,
  45780, 45656, 45533, 45409, 45287, 45164, 45042, 44920, 44799, 44678, 44557, 44436,
  44316, 44196, 44077, 43958, 43839, 43720, 43602, 43484, 43367, 43249, 43132, 43016,
  42899, 42783, 42668, 42552, 42437, 42323, 42208, 42094, 41980, 41867, 41753, 41641,
  41528, 41416, 41304, 41192, 41081, 40970, 40859, 40748, 40638, 40528, 40419, 40309,
  40200, 40092, 39983, 39875, 39767, 39660, 39553, 39446, 39339, 39233, 39127, 39021,
  38915, 38810, 38705, 38600, 38496, 38392, 38288, 38185, 38081, 37978, 37876, 37773,
  37671, 37569, 37468, 37366, 37265, 37165, 37064, 36964, 36864, 36764, 36665, 36566,
  36467, 36368, 36270, 36172, 36074, 35976, 35879, 35782, 35685, 35589, 35493, 35397,
  35301, 35206, 35110, 35015, 34921, 34826, 34732, 34638, 34545, 34451, 34358, 34265,
  34172, 34080, 33988, 33896, 33804, 33713, 33622, 33531, 33440, 33350, 33260, 33170,
  33080, 32991, 32901, 32812
]>

memref.global "private" constant @eoq_logarithm_table : memref<256xi32> = dense<[
  3, 9, 14, 20, 26, 31, 37, 43, 48, 54, 59, 65,
  70, 76, 81, 87, 92, 98, 103, 108, 114, 119, 124, 130,
  135, 140, 146, 151, 156, 161, 166, 171, 177, 182, 187, 192,
  197, 202, 207, 212, 217, 222, 227, 232, 237, 242, 247, 251,
  256, 261, 266, 271, 276, 280, 285, 290, 295, 299, 304, 309,
  313, 318, 323, 327, 332, 337, 341, 346, 350, 355, 359, 364,
  368, 373, 377, 382, 386, 391, 395, 400, 404, 408, 413, 417,
  421, 426, 430, 434, 439, 443, 447, 451, 456, 460, 464, 468,
  473, 477, 481, 485, 489, 493, 497, 502, 506, 510, 514, 518,
  522, 526, 530, 534, 538, 542, 546, 550, 554, 558, 562, 566,
  570, 574, 578, 582, 585, 589, 593, 597, 601, 605, 609, 612,
  616, 620, 624, 628, 631, 635, 639, 643, 646, 650, 654, 657,
  661, 665, 669, 672, 676, 679, 683, 687, 690, 694, 698, 701,
  705, 708, 712, 715, 719, 723, 726, 730, 733, 737, 740, 744,
  747, 751, 754, 758, 761, 764, 768, 771, 775, 778, 782, 785,
  788, 792, 795, 798, 802, 805, 808, 812, 815, 818, 822, 825,
  828, 832, 835, 838, 841, 845, 848, 851, 854, 858, 861, 864,
  867, 871, 874, 877, 880, 883, 887, 890, 893, 896, 899, 902,
  905, 909, 912, 915, 918, 921, 924, 927, 930, 933, 936, 939,
  942, 945, 949, 952, 955, 958, 961, 964, 967, 970, 973, 976,
  979, 982, 985, 987, 990, 993, 996, 999, 1002, 1005, 1008, 1011,
  1014, 1017, 1020, 1023
]>

// The largest of a row of logits, and its first place.
func.func private @eoq_row_maximum_i32(%logits: memref<?xi32>, %at: index, %classes: index) -> (i32, index) {
  %c1 = arith.constant 1 : index
  %first = memref.load %logits[%at] : memref<?xi32>
  %c0 = arith.constant 0 : index
  %max, %place = scf.for %k = %c1 to %classes step %c1 iter_args(%best = %first, %where = %c0) -> (i32, index) {
    %i = arith.addi %at, %k : index
    %z = memref.load %logits[%i] : memref<?xi32>
    %more = arith.cmpi sgt, %z, %best : i32
    %best2 = arith.select %more, %z, %best : i32
    %where2 = arith.select %more, %k, %where : index
    scf.yield %best2, %where2 : i32, index
  }
  return %max, %place : i32, index
}

// d of N14: the distance from the largest logit, in Q10.
func.func private @eoq_logit_distance(%max: i32, %z: i32, %exponent: i32) -> i32 {
  %q10 = arith.constant -10 : i32
  %most = arith.constant 16384 : i64
  %max64 = arith.extsi %max : i32 to i64
  %z64 = arith.extsi %z : i32 to i64
  %distance = arith.subi %max64, %z64 : i64
  %s = arith.subi %q10, %exponent : i32
  %0 = call @eoq_shift_nearest_i64(%distance, %s) : (i64, i32) -> i64
  %1 = arith.minsi %0, %most : i64
  %2 = arith.trunci %1 : i64 to i32
  return %2 : i32
}

// p of N14.
func.func private @eoq_softmax_weight(%distance: i32) -> i32 {
  %log2e = arith.constant 1477 : i32
  %c10 = arith.constant 10 : i32
  %c2 = arith.constant 2 : i32
  %c1023 = arith.constant 1023 : i32
  %table = memref.get_global @eoq_exponential_table : memref<256xi32>
  %0 = arith.muli %distance, %log2e : i32
  %t = arith.shrui %0, %c10 : i32
  %1 = arith.andi %t, %c1023 : i32
  %2 = arith.shrui %1, %c2 : i32
  %3 = arith.index_cast %2 : i32 to index
  %4 = memref.load %table[%3] : memref<256xi32>
  %5 = arith.shrui %t, %c10 : i32
  %6 = arith.shrui %4, %5 : i32
  return %6 : i32
}

// S of N14.
func.func private @eoq_softmax_sum(%logits: memref<?xi32>, %at: index, %classes: index, %max: i32, %exponent: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %sum = scf.for %k = %c0 to %classes step %c1 iter_args(%acc = %zero) -> (i32) {
    %i = arith.addi %at, %k : index
    %z = memref.load %logits[%i] : memref<?xi32>
    %d = func.call @eoq_logit_distance(%max, %z, %exponent) : (i32, i32, i32) -> i32
    %p = func.call @eoq_softmax_weight(%d) : (i32) -> i32
    %new = arith.addi %acc, %p : i32
    scf.yield %new : i32
  }
  return %sum : i32
}

// ln(S / 65536) in Q10. S holds the weight of the largest logit, so that it has
// 16 bits or more.
func.func private @eoq_logarithm(%sum: i32) -> i32 {
  %c9 = arith.constant 9 : i32
  %c10 = arith.constant 10 : i32
  %c17 = arith.constant 17 : i32
  %c255 = arith.constant 255 : i32
  %c1024 = arith.constant 1024 : i32
  %ln2 = arith.constant 710 : i32
  %table = memref.get_global @eoq_logarithm_table : memref<256xi32>
  %wide = arith.extui %sum : i32 to i64
  %length = call @eoq_bit_length(%wide) : (i64) -> i32
  %0 = arith.subi %length, %c9 : i32
  %1 = arith.shrui %sum, %0 : i32
  %2 = arith.andi %1, %c255 : i32
  %3 = arith.index_cast %2 : i32 to index
  %fraction = memref.load %table[%3] : memref<256xi32>
  %4 = arith.subi %length, %c17 : i32
  %5 = arith.muli %4, %c1024 : i32
  %log2 = arith.addi %5, %fraction : i32
  %6 = arith.muli %log2, %ln2 : i32
  %7 = arith.shrsi %6, %c10 : i32
  return %7 : i32
}

func.func private @eoq_cross_entropy_i32(%logits: memref<?xi32>, %labels: memref<?xi32>, %rows: index, %classes: index, %exponent: i32) -> (i32, i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %loss, %correct = scf.for %row = %c0 to %rows step %c1 iter_args(%losses = %zero, %hits = %zero) -> (i32, i32) {
    %label = memref.load %labels[%row] : memref<?xi32>
    %counts = arith.cmpi sge, %label, %zero : i32
    %new:2 = scf.if %counts -> (i32, i32) {
      %at = arith.muli %row, %classes : index
      %max, %place = func.call @eoq_row_maximum_i32(%logits, %at, %classes) : (memref<?xi32>, index, index) -> (i32, index)
      %sum = func.call @eoq_softmax_sum(%logits, %at, %classes, %max, %exponent) : (memref<?xi32>, index, index, i32, i32) -> i32
      %y = arith.index_cast %label : i32 to index
      %i = arith.addi %at, %y : index
      %z = memref.load %logits[%i] : memref<?xi32>
      %d = func.call @eoq_logit_distance(%max, %z, %exponent) : (i32, i32, i32) -> i32
      %ln = func.call @eoq_logarithm(%sum) : (i32) -> i32
      %0 = arith.addi %d, %ln : i32
      %1 = arith.maxsi %0, %zero : i32
      %2 = arith.addi %losses, %1 : i32
      %hit = arith.cmpi eq, %place, %y : index
      %3 = arith.extui %hit : i1 to i32
      %4 = arith.addi %hits, %3 : i32
      scf.yield %2, %4 : i32, i32
    } else {
      scf.yield %losses, %hits : i32, i32
    }
    scf.yield %new#0, %new#1 : i32, i32
  }
  return %loss, %correct : i32, i32
}

func.func private @eoq_cross_entropy_grad_i32(%logits: memref<?xi32>, %labels: memref<?xi32>, %out: memref<?xi32>, %rows: index, %classes: index, %exponent: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i64
  %none = arith.constant 0 : i64
  %c14 = arith.constant 14 : i32
  %c14_64 = arith.constant 14 : i64
  %full = arith.constant 16384 : i64
  // round(2^(14+f) / N) with f = floor(log2(N)).
  %batch = arith.index_cast %rows : index to i64
  %length = call @eoq_bit_length(%batch) : (i64) -> i32
  %0 = arith.addi %length, %c14 : i32
  %1 = arith.extsi %0 : i32 to i64
  %2 = arith.shli %one, %1 : i64
  %3 = arith.addi %2, %batch : i64
  %4 = arith.addi %batch, %batch : i64
  %factor = arith.divui %3, %4 : i64
  scf.parallel (%row) = (%c0) to (%rows) step (%c1) {
    %label = memref.load %labels[%row] : memref<?xi32>
    %y = arith.index_cast %label : i32 to index
    %at = arith.muli %row, %classes : index
    %counts = arith.cmpi sge, %label, %zero : i32
    scf.if %counts {
      %max, %place = func.call @eoq_row_maximum_i32(%logits, %at, %classes) : (memref<?xi32>, index, index) -> (i32, index)
      %sum = func.call @eoq_softmax_sum(%logits, %at, %classes, %max, %exponent) : (memref<?xi32>, index, index, i32, i32) -> i32
      %sum64 = arith.extui %sum : i32 to i64
      %half = arith.shrui %sum64, %one : i64
      scf.for %k = %c0 to %classes step %c1 {
        %i = arith.addi %at, %k : index
        %z = memref.load %logits[%i] : memref<?xi32>
        %d = func.call @eoq_logit_distance(%max, %z, %exponent) : (i32, i32, i32) -> i32
        %p = func.call @eoq_softmax_weight(%d) : (i32) -> i32
        %p64 = arith.extui %p : i32 to i64
        %5 = arith.shli %p64, %c14_64 : i64
        %6 = arith.addi %5, %half : i64
        %7 = arith.divui %6, %sum64 : i64
        %is_label = arith.cmpi eq, %k, %y : index
        %target = arith.select %is_label, %full, %none : i64
        %8 = arith.subi %7, %target : i64
        %9 = arith.muli %8, %factor : i64
        %10 = func.call @eoq_shift_right_nearest_i64(%9, %c14) : (i64, i32) -> i64
        %11 = arith.trunci %10 : i64 to i32
        memref.store %11, %out[%i] : memref<?xi32>
      }
    } else {
      scf.for %k = %c0 to %classes step %c1 {
        %i = arith.addi %at, %k : index
        memref.store %zero, %out[%i] : memref<?xi32>
      }
    }
  }
  return
}
