//===- MaxPool.mlir - max pooling (N11) -----------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

func.func private @eoq_max_pool_i8(%x: memref<?xi8>, %out: memref<?xi8>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%b, %oy) = (%c0, %c0) to (%n, %oh) step (%c1, %c1) {
    %image = arith.muli %b, %h : index
    %out_image = arith.muli %b, %oh : index
    %out_row = arith.addi %out_image, %oy : index
    %out_first = arith.muli %out_row, %ow : index
    %y_strided = arith.muli %oy, %sh : index
    %y_start = arith.subi %y_strided, %pt : index
    %y_first, %y_last = func.call @eoq_window_range(%y_start, %kh, %dh, %h) : (index, index, index, index) -> (index, index)
    scf.for %ox = %c0 to %ow step %c1 {
      %out_pixel = arith.addi %out_first, %ox : index
      %to = arith.muli %out_pixel, %c : index
      %x_strided = arith.muli %ox, %sw : index
      %x_start = arith.subi %x_strided, %pl : index
      %x_first, %x_last = func.call @eoq_window_range(%x_start, %kw, %dw, %w) : (index, index, index, index) -> (index, index)
      // The first tap is copied, the others are compared.
      %y0_tap = arith.muli %y_first, %dh : index
      %y0 = arith.addi %y_start, %y0_tap : index
      %x0_tap = arith.muli %x_first, %dw : index
      %x0 = arith.addi %x_start, %x0_tap : index
      %row0 = arith.addi %image, %y0 : index
      %row0_first = arith.muli %row0, %w : index
      %pixel0 = arith.addi %row0_first, %x0 : index
      %from0 = arith.muli %pixel0, %c : index
      scf.for %j = %c0 to %c step %c1 {
        %i = arith.addi %from0, %j : index
        %o = arith.addi %to, %j : index
        %q = memref.load %x[%i] : memref<?xi8>
        memref.store %q, %out[%o] : memref<?xi8>
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
            %best = memref.load %out[%o] : memref<?xi8>
            %m = arith.maxsi %best, %q : i8
            memref.store %m, %out[%o] : memref<?xi8>
          }
        }
      }
    }
  }
  return
}

func.func private @eoq_max_pool_f32(%x: memref<?xf32>, %out: memref<?xf32>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%b, %oy) = (%c0, %c0) to (%n, %oh) step (%c1, %c1) {
    %image = arith.muli %b, %h : index
    %out_image = arith.muli %b, %oh : index
    %out_row = arith.addi %out_image, %oy : index
    %out_first = arith.muli %out_row, %ow : index
    %y_strided = arith.muli %oy, %sh : index
    %y_start = arith.subi %y_strided, %pt : index
    %y_first, %y_last = func.call @eoq_window_range(%y_start, %kh, %dh, %h) : (index, index, index, index) -> (index, index)
    scf.for %ox = %c0 to %ow step %c1 {
      %out_pixel = arith.addi %out_first, %ox : index
      %to = arith.muli %out_pixel, %c : index
      %x_strided = arith.muli %ox, %sw : index
      %x_start = arith.subi %x_strided, %pl : index
      %x_first, %x_last = func.call @eoq_window_range(%x_start, %kw, %dw, %w) : (index, index, index, index) -> (index, index)
      // The first tap is copied, the others are compared.
      %y0_tap = arith.muli %y_first, %dh : index
      %y0 = arith.addi %y_start, %y0_tap : index
      %x0_tap = arith.muli %x_first, %dw : index
      %x0 = arith.addi %x_start, %x0_tap : index
      %row0 = arith.addi %image, %y0 : index
      %row0_first = arith.muli %row0, %w : index
      %pixel0 = arith.addi %row0_first, %x0 : index
      %from0 = arith.muli %pixel0, %c : index
      scf.for %j = %c0 to %c step %c1 {
        %i = arith.addi %from0, %j : index
        %o = arith.addi %to, %j : index
        %q = memref.load %x[%i] : memref<?xf32>
        memref.store %q, %out[%o] : memref<?xf32>
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
            %best = memref.load %out[%o] : memref<?xf32>
            %more = arith.cmpf ogt, %q, %best : f32
            %m = arith.select %more, %q, %best : f32
            memref.store %m, %out[%o] : memref<?xf32>
          }
        }
      }
    }
  }
  return
}
