//===- AvgPoolF32.mlir - average pooling and its gradient, f32 ------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

func.func private @eoq_avg_pool_f32(%x: memref<?xf32>, %out: memref<?xf32>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index, %include_pad: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
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
      %count = arith.sitofp %divisor : i32 to f32
      %factor = arith.divf %one, %count : f32
      scf.for %j = %c0 to %c step %c1 {
        %o = arith.addi %to, %j : index
        memref.store %zero, %out[%o] : memref<?xf32>
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
            %q = memref.load %x[%i] : memref<?xf32>
            %sum = memref.load %out[%o] : memref<?xf32>
            %new = arith.addf %sum, %q : f32
            memref.store %new, %out[%o] : memref<?xf32>
          }
        }
      }
      scf.for %j = %c0 to %c step %c1 {
        %o = arith.addi %to, %j : index
        %sum = memref.load %out[%o] : memref<?xf32>
        %mean = arith.mulf %sum, %factor : f32
        memref.store %mean, %out[%o] : memref<?xf32>
      }
    }
  }
  return
}

func.func private @eoq_avg_pool_grad_f32(%g: memref<?xf32>, %out: memref<?xf32>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index, %include_pad: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %image_pixels = arith.muli %h, %w : index
  %image_size = arith.muli %image_pixels, %c : index
  scf.parallel (%b) = (%c0) to (%n) step (%c1) {
    %image = arith.muli %b, %h : index
    %out_image = arith.muli %b, %oh : index
    %clear = arith.muli %b, %image_size : index
    scf.for %j = %c0 to %image_size step %c1 {
      %i = arith.addi %clear, %j : index
      memref.store %zero, %out[%i] : memref<?xf32>
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
        %count = arith.sitofp %divisor : i32 to f32
        %factor = arith.divf %one, %count : f32
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
              %q = memref.load %g[%s] : memref<?xf32>
              %part = arith.mulf %q, %factor : f32
              %old = memref.load %out[%i] : memref<?xf32>
              %new = arith.addf %old, %part : f32
              memref.store %new, %out[%i] : memref<?xf32>
            }
          }
        }
      }
    }
  }
  return
}
