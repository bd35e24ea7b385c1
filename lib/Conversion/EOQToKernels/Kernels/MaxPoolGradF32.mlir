//===- MaxPoolGradF32.mlir - gradient of max pooling, f32 -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// As MaxPoolGrad.mlir.

func.func private @eoq_max_pool_grad_f32(%g: memref<?xf32>, %x: memref<?xf32>, %out: memref<?xf32>, %best: memref<?xf32>, %place: memref<?xi32>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %image_pixels = arith.muli %h, %w : index
  %image_size = arith.muli %image_pixels, %c : index
  scf.parallel (%b) = (%c0) to (%n) step (%c1) {
    %image = arith.muli %b, %h : index
    %own = arith.muli %b, %c : index
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
      scf.for %ox = %c0 to %ow step %c1 {
        %out_pixel = arith.addi %out_first, %ox : index
        %given = arith.muli %out_pixel, %c : index
        %x_strided = arith.muli %ox, %sw : index
        %x_start = arith.subi %x_strided, %pl : index
        %x_first, %x_last = func.call @eoq_window_range(%x_start, %kw, %dw, %w) : (index, index, index, index) -> (index, index)
        // The largest element of each channel, and the number of its tap.
        %y0_tap = arith.muli %y_first, %dh : index
        %y0 = arith.addi %y_start, %y0_tap : index
        %x0_tap = arith.muli %x_first, %dw : index
        %x0 = arith.addi %x_start, %x0_tap : index
        %row0 = arith.addi %image, %y0 : index
        %row0_first = arith.muli %row0, %w : index
        %pixel0 = arith.addi %row0_first, %x0 : index
        %from0 = arith.muli %pixel0, %c : index
        %number0 = arith.muli %y_first, %kw : index
        %tap0 = arith.addi %number0, %x_first : index
        %tap0_32 = arith.index_cast %tap0 : index to i32
        scf.for %j = %c0 to %c step %c1 {
          %i = arith.addi %from0, %j : index
          %o = arith.addi %own, %j : index
          %q = memref.load %x[%i] : memref<?xf32>
          memref.store %q, %best[%o] : memref<?xf32>
          memref.store %tap0_32, %place[%o] : memref<?xi32>
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
            %number = arith.muli %ky, %kw : index
            %tap = arith.addi %number, %kx : index
            %tap32 = arith.index_cast %tap : index to i32
            scf.for %j = %c0 to %c step %c1 {
              %i = arith.addi %from, %j : index
              %o = arith.addi %own, %j : index
              %q = memref.load %x[%i] : memref<?xf32>
              %old = memref.load %best[%o] : memref<?xf32>
              %old_tap = memref.load %place[%o] : memref<?xi32>
              %more = arith.cmpf ogt, %q, %old : f32
              %new = arith.select %more, %q, %old : f32
              %new_tap = arith.select %more, %tap32, %old_tap : i32
              memref.store %new, %best[%o] : memref<?xf32>
              memref.store %new_tap, %place[%o] : memref<?xi32>
            }
          }
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
            %to = arith.muli %pixel, %c : index
            %number = arith.muli %ky, %kw : index
            %tap = arith.addi %number, %kx : index
            %tap32 = arith.index_cast %tap : index to i32
            scf.for %j = %c0 to %c step %c1 {
              %i = arith.addi %to, %j : index
              %o = arith.addi %own, %j : index
              %s = arith.addi %given, %j : index
              %q = memref.load %g[%s] : memref<?xf32>
              %winner = memref.load %place[%o] : memref<?xi32>
              %here = arith.cmpi eq, %winner, %tap32 : i32
              %part = arith.select %here, %q, %zero : f32
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
