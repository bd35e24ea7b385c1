//===- SgdCenter.mlir - the means of a parameter's channels (N16, step 6) -===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// floor((sum + floor(count / 2)) / count) of the numbers of one channel, |q| < 2^15.
func.func private @eoq_center_mean(%sum: i64, %count: i64) -> i16 {
  %one = arith.constant 1 : i64
  %half_count = arith.shrui %count, %one : i64
  %up = arith.addi %sum, %half_count : i64
  %quotient = arith.divsi %up, %count : i64
  %back = arith.muli %quotient, %count : i64
  %over = arith.cmpi sgt, %back, %up : i64
  %less = arith.extui %over : i1 to i64
  %mean = arith.subi %quotient, %less : i64
  %mean16 = arith.trunci %mean : i64 to i16
  return %mean16 : i16
}

// Elements less the mean, clamped; the mean is not -2^15.
func.func private @eoq_center_vector(%q: vector<16xi16>, %mean: vector<16xi16>) -> vector<16xi16> {
  %min = arith.constant dense<-32767> : vector<16xi16>
  %0 = llvm.intr.ssub.sat(%q, %mean) : (vector<16xi16>, vector<16xi16>) -> vector<16xi16>
  %1 = arith.maxsi %0, %min : vector<16xi16>
  return %1 : vector<16xi16>
}

// The mean of a channel of `size` numbers from its sums.
func.func private @eoq_center_mean_of(%sums: vector<8xi32>, %size: index) -> vector<16xi16> {
  %sums64 = arith.extsi %sums : vector<8xi32> to vector<8xi64>
  %sum = vector.reduction <add>, %sums64 : vector<8xi64> into i64
  %count = arith.index_cast %size : index to i64
  %mean = call @eoq_center_mean(%sum, %count) : (i64, i64) -> i16
  %vmean = vector.broadcast %mean : i16 to vector<16xi16>
  return %vmean : vector<16xi16>
}

// Subtracts the mean from the numbers from `at` to `end`, whole vectors, and returns
// the largest and the least of them and of those given.
func.func private @eoq_center_vectors(%m: memref<?xi16>, %at: index, %end: index, %mean: vector<16xi16>, %most0: vector<16xi16>, %least0: vector<16xi16>) -> (vector<16xi16>, vector<16xi16>) {
  %lanes = arith.constant 16 : index
  %high, %low = scf.for %i = %at to %end step %lanes iter_args(%most = %most0, %least = %least0) -> (vector<16xi16>, vector<16xi16>) {
    %q = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
    %w = func.call @eoq_center_vector(%q, %mean) : (vector<16xi16>, vector<16xi16>) -> vector<16xi16>
    vector.store %w, %m[%i] : memref<?xi16>, vector<16xi16>
    %0 = arith.maxsi %most, %w : vector<16xi16>
    %1 = arith.minsi %least, %w : vector<16xi16>
    scf.yield %0, %1 : vector<16xi16>, vector<16xi16>
  }
  return %high, %low : vector<16xi16>, vector<16xi16>
}

// Subtracts its mean from a channel of at least 16 numbers, at `at`, and returns the
// largest magnitude of what is left. If the vectors do not end with the channel, a
// last one is its last 16 numbers: read before they change, written after that.
func.func private @eoq_center_channel(%m: memref<?xi16>, %at: index, %size: index) -> i64 {
  %c0 = arith.constant 0 : index
  %lanes = arith.constant 16 : index
  %none = arith.constant dense<0> : vector<8xi32>
  %nothing = arith.constant dense<0> : vector<16xi16>
  %ones = arith.constant dense<1> : vector<16xi16>
  %rest = arith.remui %size, %lanes : index
  %whole = arith.subi %size, %rest : index
  %end = arith.addi %at, %whole : index
  %past = arith.addi %at, %size : index
  %place = arith.subi %past, %lanes : index
  %overlaps = arith.cmpi ne, %rest, %c0 : index
  %last = scf.if %overlaps -> (vector<16xi16>) {
    %q = vector.load %m[%place] : memref<?xi16>, vector<16xi16>
    scf.yield %q : vector<16xi16>
  } else {
    scf.yield %nothing : vector<16xi16>
  }
  // Its first 16 - rest numbers are in the sum already.
  %numbers = arith.constant dense<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]> : vector<16xi16>
  %first = arith.subi %lanes, %rest : index
  %first16 = arith.index_cast %first : index to i16
  %from = vector.broadcast %first16 : i16 to vector<16xi16>
  %is_new = arith.cmpi sge, %numbers, %from : vector<16xi16>
  %new = arith.select %is_new, %last, %nothing : vector<16xi1>, vector<16xi16>
  %start = eoq.dot_accumulate %none, %new, %ones : vector<8xi32>, vector<16xi16>
  // A weight's channel has at most 2^17 numbers (N6).
  %sums = scf.for %i = %at to %end step %lanes iter_args(%acc = %start) -> (vector<8xi32>) {
    %q = vector.load %m[%i] : memref<?xi16>, vector<16xi16>
    %0 = eoq.dot_accumulate %acc, %q, %ones : vector<8xi32>, vector<16xi16>
    scf.yield %0 : vector<8xi32>
  }
  %vmean = func.call @eoq_center_mean_of(%sums, %size) : (vector<8xi32>, index) -> vector<16xi16>
  %high, %low = func.call @eoq_center_vectors(%m, %at, %end, %vmean, %nothing, %nothing) : (memref<?xi16>, index, index, vector<16xi16>, vector<16xi16>, vector<16xi16>) -> (vector<16xi16>, vector<16xi16>)
  %high_all, %low_all = scf.if %overlaps -> (vector<16xi16>, vector<16xi16>) {
    %w = func.call @eoq_center_vector(%last, %vmean) : (vector<16xi16>, vector<16xi16>) -> vector<16xi16>
    vector.store %w, %m[%place] : memref<?xi16>, vector<16xi16>
    %0 = arith.maxsi %high, %w : vector<16xi16>
    %1 = arith.minsi %low, %w : vector<16xi16>
    scf.yield %0, %1 : vector<16xi16>, vector<16xi16>
  } else {
    scf.yield %high, %low : vector<16xi16>, vector<16xi16>
  }
  %largest = func.call @eoq_magnitude_of_range(%high_all, %low_all) : (vector<16xi16>, vector<16xi16>) -> i64
  return %largest : i64
}

// The same for any size, one number after the other.
func.func private @eoq_center_channel_few(%m: memref<?xi16>, %at: index, %size: index) -> i64 {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %none = arith.constant 0 : i32
  %end = arith.addi %at, %size : index
  %sum = scf.for %i = %at to %end step %c1 iter_args(%acc = %zero) -> (i64) {
    %q = memref.load %m[%i] : memref<?xi16>
    %v = arith.extsi %q : i16 to i64
    %new = arith.addi %acc, %v : i64
    scf.yield %new : i64
  }
  %count = arith.index_cast %size : index to i64
  %mean = func.call @eoq_center_mean(%sum, %count) : (i64, i64) -> i16
  %mean32 = arith.extsi %mean : i16 to i32
  %largest = scf.for %i = %at to %end step %c1 iter_args(%acc = %none) -> (i32) {
    %q = memref.load %m[%i] : memref<?xi16>
    %v = arith.extsi %q : i16 to i32
    %centered = arith.subi %v, %mean32 : i32
    %new = func.call @eoq_narrow_i16(%centered) : (i32) -> i16
    memref.store %new, %m[%i] : memref<?xi16>
    %w = arith.extsi %new : i16 to i32
    %a = math.absi %w : i32
    %0 = arith.maxsi %acc, %a : i32
    scf.yield %0 : i32
  }
  %result = arith.extsi %largest : i32 to i64
  return %result : i64
}

// Channels of a part, and how many parts there are: at most 64, and most of them of
// about 2048 to 4096 numbers or more. Their number is a power of two where that of the
// channels is one, so that threads have equal shares.
func.func private @eoq_channel_parts(%channels: index, %size: index) -> (index, index) {
  %c1 = arith.constant 1 : index
  %c63 = arith.constant 63 : index
  %parts = arith.constant 64 : index
  %least = arith.constant 4096 : index
  %last_bit = arith.constant 63 : i64
  %one = arith.constant 1 : i64
  %up = arith.addi %channels, %c63 : index
  %few = arith.divui %up, %parts : index
  %long0 = arith.divui %least, %size : index
  %long1 = arith.maxui %long0, %c1 : index
  %long2 = arith.index_castui %long1 : index to i64
  %zeros = math.ctlz %long2 : i64
  %bit = arith.subi %last_bit, %zeros : i64
  %long3 = arith.shli %one, %bit : i64
  %long = arith.index_castui %long3 : i64 to index
  %share = arith.maxui %few, %long : index
  %count = call @eoq_part_count(%channels, %share) : (index, index) -> index
  return %share, %count : index, index
}

// Subtracts from each of the `channels` rows of M its mean, and returns the largest
// magnitude of M then.
func.func private @eoq_center_i16(%m: memref<?xi16>, %n: index, %channels: index) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %lanes = arith.constant 16 : index
  %zero = arith.constant 0 : i64
  %partial = memref.alloca() : memref<64xi64>
  %size = arith.divui %n, %channels : index
  %long = arith.cmpi uge, %size, %lanes : index
  %share, %count = call @eoq_channel_parts(%channels, %size) : (index, index) -> (index, index)
  scf.parallel (%part) = (%c0) to (%count) step (%c1) {
    %begin = arith.muli %part, %share : index
    %last = arith.addi %begin, %share : index
    %end = arith.minui %last, %channels : index
    %largest = scf.for %channel = %begin to %end step %c1 iter_args(%acc = %zero) -> (i64) {
      %at = arith.muli %channel, %size : index
      %one = scf.if %long -> (i64) {
        %0 = func.call @eoq_center_channel(%m, %at, %size) : (memref<?xi16>, index, index) -> i64
        scf.yield %0 : i64
      } else {
        %0 = func.call @eoq_center_channel_few(%m, %at, %size) : (memref<?xi16>, index, index) -> i64
        scf.yield %0 : i64
      }
      %new = arith.maxsi %acc, %one : i64
      scf.yield %new : i64
    }
    memref.store %largest, %partial[%part] : memref<64xi64>
  }
  %total = scf.for %part = %c0 to %count step %c1 iter_args(%acc = %zero) -> (i64) {
    %value = memref.load %partial[%part] : memref<64xi64>
    %new = arith.maxsi %acc, %value : i64
    scf.yield %new : i64
  }
  return %total : i64
}
