//===- MaxPoolGrad.mlir - gradient of max pooling (N11) -------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// The first largest element of a window gets its gradient: `x` is the input of the pooling or, `by_places`, what it
// noted. Sums of windows that overlap may need 32 bits.
// instances: T = i32 i8
!T = i32

// Sets the elements [begin, end) to zero.
func.func private @eoq_pool_clear_T(%out: memref<?x!T>, %begin: index, %end: index) {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : !T
  scf.for %i = %begin to %end step %c1 {
    memref.store %zero, %out[%i] : memref<?x!T>
  }
  return
}

func.func private @eoq_max_pool_grad_i8_T(%g: memref<?xi8>, %x: memref<?xi8>, %out: memref<?x!T>, %n: index, %h: index, %w: index, %c: index, %oh: index, %ow: index, %kh: index, %kw: index, %sh: index, %sw: index, %dh: index, %dw: index, %pt: index, %pl: index, %pb: index, %pr: index, %by_places: i32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c7 = arith.constant 7 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  %no = arith.constant 0 : i32
  %keeps = arith.cmpi ne, %by_places, %no : i32
  %sixteen = arith.cmpi sge, %c, %c16 : index
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
    // Each row of windows writes its two rows of the image once; the last one also those that no window reaches.
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
      %given = arith.muli %out_pixel, %c : index
      scf.if %sixteen {
        scf.if %keeps {
          func.call @eoq_max_pool_grad_2x2_places_16_T(%g, %x, %out, %top, %bottom, %given, %ow, %c, %c16) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index) -> ()
        } else {
          func.call @eoq_max_pool_grad_2x2_16_T(%g, %x, %out, %top, %bottom, %given, %ow, %c, %c16) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index) -> ()
        }
      } else {
        scf.if %keeps {
          func.call @eoq_max_pool_grad_2x2_places_8_T(%g, %x, %out, %top, %bottom, %given, %whole, %c, %c8) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index) -> ()
        } else {
          func.call @eoq_max_pool_grad_2x2_8_T(%g, %x, %out, %top, %bottom, %given, %whole, %c, %c8) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index) -> ()
        }
        // The other pixels, channel by channel.
        %rest = arith.subi %ow, %whole : index
        %done = arith.muli %whole, %c : index
        %done_twice = arith.muli %done, %c2 : index
        %top_rest = arith.addi %top, %done_twice : index
        %bottom_rest = arith.addi %bottom, %done_twice : index
        %given_rest = arith.addi %given, %done : index
        scf.if %keeps {
          func.call @eoq_max_pool_grad_2x2_places_1_T(%g, %x, %out, %top_rest, %bottom_rest, %given_rest, %rest, %c, %c1) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index) -> ()
        } else {
          func.call @eoq_max_pool_grad_2x2_1_T(%g, %x, %out, %top_rest, %bottom_rest, %given_rest, %rest, %c, %c1) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index) -> ()
        }
      }
      %reached = arith.muli %columns_reached, %c : index
      %top_reached = arith.addi %top, %reached : index
      func.call @eoq_pool_clear_T(%out, %top_reached, %bottom) : (memref<?x!T>, index, index) -> ()
      %bottom_reached = arith.addi %bottom, %reached : index
      %next_y = arith.addi %oy, %c1 : index
      %is_last = arith.cmpi eq, %next_y, %oh : index
      %bottom_end = arith.addi %bottom, %width : index
      %next_image = arith.addi %image, %h : index
      %next_pixel = arith.muli %next_image, %w : index
      %image_end = arith.muli %next_pixel, %c : index
      %end = arith.select %is_last, %image_end, %bottom_end : index
      func.call @eoq_pool_clear_T(%out, %bottom_reached, %end) : (memref<?x!T>, index, index) -> ()
    }
  } else {
    %down8 = arith.remui %c, %c8 : index
    %end8 = arith.subi %c, %down8 : index
    %down16 = arith.remui %c, %c16 : index
    %end16 = arith.subi %c, %down16 : index
    %image_size = arith.muli %h, %width : index
    // Windows may overlap: each image by itself, window after window.
    scf.parallel (%b) = (%c0) to (%n) step (%c1) {
      %image = arith.muli %b, %h : index
      %out_image = arith.muli %b, %oh : index
      %image_first = arith.muli %b, %image_size : index
      %image_end = arith.addi %image_first, %image_size : index
      func.call @eoq_pool_clear_T(%out, %image_first, %image_end) : (memref<?x!T>, index, index) -> ()
      scf.for %oy = %c0 to %oh step %c1 {
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
          %given = arith.muli %out_pixel, %c : index
          scf.if %keeps {
            func.call @eoq_max_pool_grad_window_places_16_T(%g, %x, %out, %from, %given, %rows, %columns, %row_step, %column_step, %c0, %end16, %c16) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index, index, index, index) -> ()
          } else {
            func.call @eoq_max_pool_grad_window_16_T(%g, %x, %out, %from, %given, %rows, %columns, %row_step, %column_step, %c0, %end16, %c16) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index, index, index, index) -> ()
          }
          scf.if %keeps {
            func.call @eoq_max_pool_grad_window_places_8_T(%g, %x, %out, %from, %given, %rows, %columns, %row_step, %column_step, %end16, %end8, %c8) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index, index, index, index) -> ()
          } else {
            func.call @eoq_max_pool_grad_window_8_T(%g, %x, %out, %from, %given, %rows, %columns, %row_step, %column_step, %end16, %end8, %c8) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index, index, index, index) -> ()
          }
          scf.if %keeps {
            func.call @eoq_max_pool_grad_window_places_1_T(%g, %x, %out, %from, %given, %rows, %columns, %row_step, %column_step, %end8, %c, %c1) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index, index, index, index) -> ()
          } else {
            func.call @eoq_max_pool_grad_window_1_T(%g, %x, %out, %from, %given, %rows, %columns, %row_step, %column_step, %end8, %c, %c1) : (memref<?xi8>, memref<?xi8>, memref<?x!T>, index, index, index, index, index, index, index, index, index) -> ()
          }
        }
      }
    }
  }
  return
}
