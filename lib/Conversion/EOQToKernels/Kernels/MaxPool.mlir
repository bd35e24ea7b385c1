//===- MaxPool.mlir - max pooling (N11) -----------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// With `keep`, `places` gets for each output where in its window the maximum is, or -1 if it is not above 0 and only
// `positive` ones are wanted; the window must not have more than 255 taps.
func.func private @eoq_max_pool_i8(%x: memref<?xi8>, %out: memref<?xi8>, %places: memref<?xi8>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index, %keep: i32, %positive: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %no = arith.constant 0 : i32
  %keeps = arith.cmpi ne, %keep, %no : i32
  %is_positive = arith.cmpi ne, %positive, %no : i32
  %one = arith.constant 1 : i8
  %least = arith.constant -128 : i8
  %floor = arith.select %is_positive, %one, %least : i8
  %sixteen = arith.cmpi sge, %c, %c16 : index
  %eight = arith.cmpi sge, %c, %c8 : index
  %width = arith.muli %w, %c : index
  %row_step = arith.muli %dh, %width : index
  %column_step = arith.muli %dw, %c : index
  // Windows of 2 x 2 side by side inside of the image neither overlap nor leave gaps between them. (No function of its
  // own: the work of a call is estimated from what is computed here.)
  %rows_reached = arith.muli %oh, %c2 : index
  %columns_reached = arith.muli %ow, %c2 : index
  %is0 = arith.cmpi eq, %kh, %c2 : index
  %is1 = arith.cmpi eq, %kw, %c2 : index
  %is2 = arith.cmpi eq, %sh, %c2 : index
  %is3 = arith.cmpi eq, %sw, %c2 : index
  %is4 = arith.cmpi eq, %dh, %c1 : index
  %is5 = arith.cmpi eq, %dw, %c1 : index
  %is6 = arith.cmpi eq, %pt, %c0 : index
  %is7 = arith.cmpi eq, %pl, %c0 : index
  %is8 = arith.cmpi sle, %rows_reached, %h : index
  %is9 = arith.cmpi sle, %columns_reached, %w : index
  %and1 = arith.andi %is0, %is1 : i1
  %and2 = arith.andi %and1, %is2 : i1
  %and3 = arith.andi %and2, %is3 : i1
  %and4 = arith.andi %and3, %is4 : i1
  %and5 = arith.andi %and4, %is5 : i1
  %and6 = arith.andi %and5, %is6 : i1
  %and7 = arith.andi %and6, %is7 : i1
  %and8 = arith.andi %and7, %is8 : i1
  %is_2x2 = arith.andi %and8, %is9 : i1
  // 8 lanes may not begin at the last pixels of a row, from where they would reach beyond it.
  %behind = arith.divui %c7, %c : index
  %near = arith.subi %ow, %behind : index
  %whole = arith.maxsi %near, %c0 : index
  scf.if %is_2x2 {
    scf.parallel (%b, %oy) = (%c0, %c0) to (%n, %oh) step (%c1, %c1) {
      %y = arith.muli %oy, %c2 : index
      %image = arith.muli %b, %h : index
      %row = arith.addi %image, %y : index
      %top_pixel = arith.muli %row, %w : index
      %top = arith.muli %top_pixel, %c : index
      %bottom = arith.addi %top, %width : index
      %out_image = arith.muli %b, %oh : index
      %out_row = arith.addi %out_image, %oy : index
      %out_pixel = arith.muli %out_row, %ow : index
      %to = arith.muli %out_pixel, %c : index
      scf.if %sixteen {
        scf.if %keeps {
          func.call @eoq_max_pool_2x2_places_16(%x, %out, %places, %top, %bottom, %to, %ow, %c, %c16, %floor) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, i8) -> ()
        } else {
          func.call @eoq_max_pool_2x2_16(%x, %out, %top, %bottom, %to, %ow, %c, %c16) : (memref<?xi8>, memref<?xi8>, index, index, index, index, index, index) -> ()
        }
      } else {
        scf.if %keeps {
          func.call @eoq_max_pool_2x2_places_8(%x, %out, %places, %top, %bottom, %to, %whole, %c, %c8, %floor) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, i8) -> ()
        } else {
          func.call @eoq_max_pool_2x2_8(%x, %out, %top, %bottom, %to, %whole, %c, %c8) : (memref<?xi8>, memref<?xi8>, index, index, index, index, index, index) -> ()
        }
        // The other pixels, channel by channel.
        %rest = arith.subi %ow, %whole : index
        %done = arith.muli %whole, %c : index
        %done_twice = arith.muli %done, %c2 : index
        %top_rest = arith.addi %top, %done_twice : index
        %bottom_rest = arith.addi %bottom, %done_twice : index
        %to_rest = arith.addi %to, %done : index
        scf.if %keeps {
          func.call @eoq_max_pool_2x2_places_1(%x, %out, %places, %top_rest, %bottom_rest, %to_rest, %rest, %c, %c1, %floor) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, i8) -> ()
        } else {
          func.call @eoq_max_pool_2x2_1(%x, %out, %top_rest, %bottom_rest, %to_rest, %rest, %c, %c1) : (memref<?xi8>, memref<?xi8>, index, index, index, index, index, index) -> ()
        }
      }
    }
  } else {
    scf.parallel (%b, %oy) = (%c0, %c0) to (%n, %oh) step (%c1, %c1) {
      %image = arith.muli %b, %h : index
      %out_image = arith.muli %b, %oh : index
      %y_strided = arith.muli %oy, %sh : index
      %y_start = arith.subi %y_strided, %pt : index
      %y_first, %y_last = func.call @eoq_window_range(%y_start, %kh, %dh, %h) : (index, index, index, index) -> (index, index)
      %rows = arith.subi %y_last, %y_first : index
      %y_tap = arith.muli %y_first, %dh : index
      %y = arith.addi %y_start, %y_tap : index
      %row = arith.addi %image, %y : index
      %row_first = arith.muli %row, %w : index
      %out_row = arith.addi %out_image, %oy : index
      %out_first = arith.muli %out_row, %ow : index
      scf.for %ox = %c0 to %ow step %c1 {
        %x_strided = arith.muli %ox, %sw : index
        %x_start = arith.subi %x_strided, %pl : index
        %x_first, %x_last = func.call @eoq_window_range(%x_start, %kw, %dw, %w) : (index, index, index, index) -> (index, index)
        %columns = arith.subi %x_last, %x_first : index
        %x_tap = arith.muli %x_first, %dw : index
        %left = arith.addi %x_start, %x_tap : index
        %pixel = arith.addi %row_first, %left : index
        %from = arith.muli %pixel, %c : index
        %out_pixel = arith.addi %out_first, %ox : index
        %to = arith.muli %out_pixel, %c : index
        scf.if %sixteen {
          scf.if %keeps {
            func.call @eoq_max_pool_window_places_16(%x, %out, %places, %from, %to, %rows, %columns, %row_step, %column_step, %c, %c16, %floor) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, index, index, i8) -> ()
          } else {
            func.call @eoq_max_pool_window_16(%x, %out, %from, %to, %rows, %columns, %row_step, %column_step, %c, %c16) : (memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, index, index) -> ()
          }
        } else {
          scf.if %eight {
            scf.if %keeps {
              func.call @eoq_max_pool_window_places_8(%x, %out, %places, %from, %to, %rows, %columns, %row_step, %column_step, %c, %c8, %floor) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, index, index, i8) -> ()
            } else {
              func.call @eoq_max_pool_window_8(%x, %out, %from, %to, %rows, %columns, %row_step, %column_step, %c, %c8) : (memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, index, index) -> ()
            }
          } else {
            scf.if %keeps {
              func.call @eoq_max_pool_window_places_1(%x, %out, %places, %from, %to, %rows, %columns, %row_step, %column_step, %c, %c1, %floor) : (memref<?xi8>, memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, index, index, i8) -> ()
            } else {
              func.call @eoq_max_pool_window_1(%x, %out, %from, %to, %rows, %columns, %row_step, %column_step, %c, %c1) : (memref<?xi8>, memref<?xi8>, index, index, index, index, index, index, index, index) -> ()
            }
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
