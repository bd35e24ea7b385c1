// The stock mlir-opt with our dialect, our passes and our pipelines.
// RUN: mlir-opt %s --load-dialect-plugin=%build/lib/EOQPlugin.so --load-pass-plugin=%build/lib/EOQPlugin.so --pass-pipeline='builtin.module(eoq-bn-free-to-training-pipeline,eoq-quantize)' | FileCheck %s
// RUN: mlir-opt %s --load-dialect-plugin=%build/lib/EOQPlugin.so --load-pass-plugin=%build/lib/EOQPlugin.so --pass-pipeline='builtin.module(eoq-bn-free-to-training-pipeline,eoq-training-to-quantized-pipeline,eoq-quantized-to-kernels-pipeline)' | FileCheck %s --check-prefix=KERNELS
// It brings no second MLIR along.
// RUN: llvm-readelf -d %build/lib/EOQPlugin.so | FileCheck %s --check-prefix=NEEDED

// CHECK: eoq.level = "quantized"
// CHECK: eoq.quantize
// KERNELS: memref
// NEEDED-NOT: libMLIR
// NEEDED-NOT: libLLVM
module attributes {eoq.level = "bn-free", eoq.model_name = "net"} {
  eoq.parameter <weight> @fc.weight : tensor<2x3xf32> trainable = dense<0.5> : tensor<2x3xf32>
  func.func @predict(%image: tensor<4x3x1x1xf32>) -> tensor<4x2xf32> {
    %x = eoq.reshape %image : (tensor<4x3x1x1xf32>) -> tensor<4x3xf32>
    %w = eoq.parameter_load @fc.weight : tensor<2x3xf32>
    %0 = eoq.fully_connected %x, %w : (tensor<4x3xf32>, tensor<2x3xf32>) -> tensor<4x2xf32>
    return %0 : tensor<4x2xf32>
  }
}
