//===- AvgPool.mlir - average pooling and its gradient (N12) --------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The divisor of a window: its elements in the image, or in the padded image.
func.func private @eoq_window_divisor(%include_pad: i32, %y_start: index, %x_start: index, %taps_y: index, %taps_x: index, %h: index, %w: index, %kh: index, %kw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index) -> i32 {
  %zero = arith.constant 0 : i32
  %inside = arith.muli %taps_y, %taps_x : index
  %y_from = arith.addi %y_start, %pt : index
  %x_from = arith.addi %x_start, %pl : index
  %h1 = arith.addi %h, %pt : index
  %h2 = arith.addi %h1, %pb : index
  %w1 = arith.addi %w, %pl : index
  %w2 = arith.addi %w1, %pr : index
  %y_first, %y_last = call @eoq_window_range(%y_from, %kh, %dh, %h2) : (index, index, index, index) -> (index, index)
  %x_first, %x_last = call @eoq_window_range(%x_from, %kw, %dw, %w2) : (index, index, index, index) -> (index, index)
  %padded_y = arith.subi %y_last, %y_first : index
  %padded_x = arith.subi %x_last, %x_first : index
  %padded = arith.muli %padded_y, %padded_x : index
  %include = arith.cmpi ne, %include_pad, %zero : i32
  %count = arith.select %include, %padded, %inside : index
  %result = arith.index_cast %count : index to i32
  return %result : i32
}

// round(2^shift / n) of N12.
func.func private @eoq_reciprocal(%n: i32, %shift: i32) -> i32 {
  %c2 = arith.constant 2 : i32
  %one = arith.shli %c2, %shift : i32
  %0 = arith.addi %n, %one : i32
  %1 = arith.muli %n, %c2 : i32
  %2 = arith.divui %0, %1 : i32
  return %2 : i32
}

func.func private @eoq_avg_pool_i8(%x: memref<?xi8>, %out: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index, %include_pad: i32, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  scf.parallel (%b, %oy) = (%c0, %c0) to (%n, %oh) step (%c1, %c1) {
    %image = arith.muli %b, %h : index
    %out_image = arith.muli %b, %oh : index
    %out_row = arith.addi %out_image, %oy : index
    %out_first = arith.muli %out_row, %ow : index
    %y_strided = arith.muli %oy, %sh : index
    %y_start = arith.subi %y_strided, %pt : index
    %y_first, %y_last = func.call @eoq_window_range(%y_start, %kh, %dh, %h) : (index, index, index, index) -> (index, index)
    %taps_y = arith.subi %y_last, %y_first : index
    scf.for %ox = %c0 to %ow step %c1 {
      %out_pixel = arith.addi %out_first, %ox : index
      %to = arith.muli %out_pixel, %c : index
      %x_strided = arith.muli %ox, %sw : index
      %x_start = arith.subi %x_strided, %pl : index
      %x_first, %x_last = func.call @eoq_window_range(%x_start, %kw, %dw, %w) : (index, index, index, index) -> (index, index)
      %taps_x = arith.subi %x_last, %x_first : index
      %divisor = func.call @eoq_window_divisor(%include_pad, %y_start, %x_start, %taps_y, %taps_x, %h, %w, %kh, %kw, %dh, %dw, %pt, %pl, %pb, %pr) : (i32, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> i32
      %factor = func.call @eoq_reciprocal(%divisor, %shift) : (i32, i32) -> i32
      scf.for %j = %c0 to %c step %c1 {
        %o = arith.addi %to, %j : index
        memref.store %zero, %out[%o] : memref<?xi32>
      }
      scf.for %ky = %y_first to %y_last step %c1 {
        %y_tap = arith.muli %ky, %dh : index
        %iy = arith.addi %y_start, %y_tap : index
        %row = arith.addi %image, %iy : index
        %row_first = arith.muli %row, %w : index
        scf.for %kx = %x_first to %x_last step %c1 {
          %x_tap = arith.muli %kx, %dw : index
          %ix = arith.addi %x_start, %x_tap : index
          %pixel = arith.addi %row_first, %ix : index
          %from = arith.muli %pixel, %c : index
          scf.for %j = %c0 to %c step %c1 {
            %i = arith.addi %from, %j : index
            %o = arith.addi %to, %j : index
            %q = memref.load %x[%i] : memref<?xi8>
            %v = arith.extsi %q : i8 to i32
            %sum = memref.load %out[%o] : memref<?xi32>
            %new = arith.addi %sum, %v : i32
            memref.store %new, %out[%o] : memref<?xi32>
          }
        }
      }
      scf.for %j = %c0 to %c step %c1 {
        %o = arith.addi %to, %j : index
        %sum = memref.load %out[%o] : memref<?xi32>
        %mean = arith.muli %sum, %factor : i32
        memref.store %mean, %out[%o] : memref<?xi32>
      }
    }
  }
  return
}

func.func private @eoq_avg_pool_grad_i8(%g: memref<?xi8>, %out: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index, %include_pad: i32, %shift: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i32
  %image_pixels = arith.muli %h, %w : index
  %image_size = arith.muli %image_pixels, %c : index
  scf.parallel (%b) = (%c0) to (%n) step (%c1) {
    %image = arith.muli %b, %h : index
    %out_image = arith.muli %b, %oh : index
    %clear = arith.muli %b, %image_size : index
    scf.for %j = %c0 to %image_size step %c1 {
      %i = arith.addi %clear, %j : index
      memref.store %zero, %out[%i] : memref<?xi32>
    }
    scf.for %oy = %c0 to %oh step %c1 {
      %out_row = arith.addi %out_image, %oy : index
      %out_first = arith.muli %out_row, %ow : index
      %y_strided = arith.muli %oy, %sh : index
      %y_start = arith.subi %y_strided, %pt : index
      %y_first, %y_last = func.call @eoq_window_range(%y_start, %kh, %dh, %h) : (index, index, index, index) -> (index, index)
      %taps_y = arith.subi %y_last, %y_first : index
      scf.for %ox = %c0 to %ow step %c1 {
        %out_pixel = arith.addi %out_first, %ox : index
        %given = arith.muli %out_pixel, %c : index
        %x_strided = arith.muli %ox, %sw : index
        %x_start = arith.subi %x_strided, %pl : index
        %x_first, %x_last = func.call @eoq_window_range(%x_start, %kw, %dw, %w) : (index, index, index, index) -> (index, index)
        %taps_x = arith.subi %x_last, %x_first : index
        %divisor = func.call @eoq_window_divisor(%include_pad, %y_start, %x_start, %taps_y, %taps_x, %h, %w, %kh, %kw, %dh, %dw, %pt, %pl, %pb, %pr) : (i32, index, index, index, index, index, index, index, index, index, index, index, index, index, index) -> i32
        %factor = func.call @eoq_reciprocal(%divisor, %shift) : (i32, i32) -> i32
        scf.for %ky = %y_first to %y_last step %c1 {
          %y_tap = arith.muli %ky, %dh : index
          %iy = arith.addi %y_start, %y_tap : index
          %row = arith.addi %image, %iy : index
          %row_first = arith.muli %row, %w : index
          scf.for %kx = %x_first to %x_last step %c1 {
            %x_tap = arith.muli %kx, %dw : index
            %ix = arith.addi %x_start, %x_tap : index
            %pixel = arith.addi %row_first, %ix : index
            %to = arith.muli %pixel, %c : index
            scf.for %j = %c0 to %c step %c1 {
              %i = arith.addi %to, %j : index
              %s = arith.addi %given, %j : index
              %q = memref.load %g[%s] : memref<?xi8>
              %v = arith.extsi %q : i8 to i32
              %part = arith.muli %v, %factor : i32
              %old = memref.load %out[%i] : memref<?xi32>
              %new = arith.addi %old, %part : i32
              memref.store %new, %out[%i] : memref<?xi32>
            }
          }
        }
      }
    }
  }
  return
}
