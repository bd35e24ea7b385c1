// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable)' | FileCheck %s --check-prefix=ALL
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=fc*})' | FileCheck %s --check-prefix=HEAD
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=fc2.weight,*.bias})' | FileCheck %s --check-prefix=TWO
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{freeze=conv?.*})' | FileCheck %s --check-prefix=FREEZE
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=conv1.* freeze=*.bias})' | FileCheck %s --check-prefix=BOTH
// RUN: eoq-opt %s -pass-pipeline='builtin.module(eoq-select-trainable{trainable=*})' | FileCheck %s --check-prefix=ALL

// No glob, or one that fits all, changes nothing: what was not trainable stays so.
// ALL:         @conv1.weight : tensor<2x1x3x3xf32> trainable =
// ALL:         @conv1.bias : tensor<2xf32> trainable =
// ALL:         @fc2.weight : tensor<4x2xf32> trainable =
// ALL:         @fc2.bias : tensor<4xf32> trainable =
// ALL:         @constant : tensor<4xf32> =

// HEAD:        @conv1.weight : tensor<2x1x3x3xf32> =
// HEAD:        @conv1.bias : tensor<2xf32> =
// HEAD:        @fc2.weight : tensor<4x2xf32> trainable =
// HEAD:        @fc2.bias : tensor<4xf32> trainable =
// HEAD:        @constant : tensor<4xf32> =

// TWO:         @conv1.weight : tensor<2x1x3x3xf32> =
// TWO:         @conv1.bias : tensor<2xf32> trainable =
// TWO:         @fc2.weight : tensor<4x2xf32> trainable =
// TWO:         @fc2.bias : tensor<4xf32> trainable =
// TWO:         @constant : tensor<4xf32> =

// FREEZE:      @conv1.weight : tensor<2x1x3x3xf32> =
// FREEZE:      @conv1.bias : tensor<2xf32> =
// FREEZE:      @fc2.weight : tensor<4x2xf32> trainable =
// FREEZE:      @fc2.bias : tensor<4xf32> trainable =
// FREEZE:      @constant : tensor<4xf32> =

// Freezing wins.
// BOTH:        @conv1.weight : tensor<2x1x3x3xf32> trainable =
// BOTH:        @conv1.bias : tensor<2xf32> =
// BOTH:        @fc2.weight : tensor<4x2xf32> =
// BOTH:        @fc2.bias : tensor<4xf32> =
// BOTH:        @constant : tensor<4xf32> =
module attributes {eoq.level = "bn-free"} {
  eoq.parameter <weight> @conv1.weight : tensor<2x1x3x3xf32> trainable = dense<0.5> : tensor<2x1x3x3xf32>
  eoq.parameter <bias> @conv1.bias : tensor<2xf32> trainable = dense<0.0> : tensor<2xf32>
  eoq.parameter <weight> @fc2.weight : tensor<4x2xf32> trainable = dense<0.5> : tensor<4x2xf32>
  eoq.parameter <bias> @fc2.bias : tensor<4xf32> trainable = dense<0.0> : tensor<4xf32>
  eoq.parameter <scale> @constant : tensor<4xf32> = dense<2.0> : tensor<4xf32>
}
