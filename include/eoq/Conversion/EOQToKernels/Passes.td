//===- Passes.td - from EOQ ops to an exported model -------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_CONVERSION_EOQTOKERNELS_PASSES_TD
#define EOQ_CONVERSION_EOQTOKERNELS_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertEOQToKernelsPass : Pass<"convert-eoq-to-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn each op of a trainer into calls of kernels";
  let description = [{
    Takes a module at the level `training` or `quantized` and turns @train_step,
    @evaluate, @predict and @initialize into functions over memory. A tensor
    becomes a 1-D memref (activations channels-last, parameters in their own
    order), plus an `i32` for its exponent; an op becomes calls of the kernels
    that lib/Conversion/EOQToKernels/Kernels describes, which are added to the
    module.

    Every `eoq.parameter` gets a place in the state (attributes
    `eoq.state_offset` and `eoq.exponent_offset`), the first argument of each
    function. Buffers are `memref.alloc`s, which `eoq-plan-memory` turns into
    views of one arena. Results are written through arguments. The module gets
    `eoq.model_info`: what `eoq-export-model` writes into the exported model.
  }];
  let options = [
    Option<"slots", "slots", "int64_t", "16",
           "Parts that a product is split into, so that as many threads can work "
           "on it (default 16, at least 1); each needs its own scratch memory and "
           "the results do not depend on it">,
    Option<"remarks", "remarks", "bool", "false",
           "Emit a remark on each product and quantizer of @train_step: what is fused "
           "with it, which kernels it became, and why (default false)">
  ];
  let statistics = [
    Statistic<"numOpsLowered", "num-ops-lowered", "Number of eoq ops lowered">,
    Statistic<"numLayoutsChanged", "num-layouts-changed",
              "Number of copies that change the order of a tensor in memory">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def RematerializeWeightsPass
    : Pass<"eoq-rematerialize-weights", "::mlir::ModuleOp"> {
  let summary = "Narrow large weights again where the backward pass needs them";
  let description = [{
    The 8-bit weights of a product are used by it and by its gradient with respect
    to the input, and all of them would be alive from the forward pass to the
    backward pass. This gives each further use of the narrowed weights an
    `eoq.quantize` of its own just before it, with the exponent that the first one
    found, so that the largest magnitude is not looked for again. The values do not
    change. Left alone are weights that are written in between, and small ones.
  }];
  let options = [
    Option<"minBytes", "min-bytes", "int64_t", "8192",
           "Bytes that the narrowed weights have at least (default 8192)">
  ];
  let statistics = [
    Statistic<"numWeightsRematerialized", "num-weights-rematerialized",
              "Number of quantizations added">
  ];
}

def FuseElementwisePass : Pass<"eoq-fuse-elementwise", "::mlir::ModuleOp"> {
  let summary = "Put quantizers and the elementwise ops before them into one loop";
  let description = [{
    A quantizer of 32-bit numbers to 8 bits, and the biases, multipliers, activation
    functions, masks and aligned sums in front of it, become one `eoq.fused`, which is walked
    twice (for the largest magnitude, and to narrow) and stores no 32-bit tensor in
    between. A value that is needed elsewhere, too, is stored by the way, if its
    other users come later. Not fused are ops on f32 and 64-bit tensors, leaky
    functions, views of another shape, and values that are needed before the
    quantizer runs.

    A quantizer with an exponent of its own that gets gradients of max pooling
    without overlaps, which have 8 bits anyway, is removed.
  }];
  let statistics = [
    Statistic<"numGroups", "num-groups", "Number of eoq.fused made">,
    Statistic<"numOpsFused", "num-ops-fused", "Number of ops put into them">,
    Statistic<"numNarrowed", "num-narrowed", "Number of quantizers removed">
  ];
}

def OrderForMemoryPass : Pass<"eoq-order-for-memory", "::mlir::ModuleOp"> {
  let summary = "Order the ops of each function so that less memory is alive";
  let description = [{
    Moves an op that makes more bytes than it frees down to its first user, and one
    that frees more than it makes up to the last of its operands; reads and writes
    of one parameter keep their order. So an update comes as soon as its parameter
    is not read any more, and the gradients of the parameters are never alive
    together. The values do not change. A function of several blocks stays as it
    is, and so does one whose peak would rise.
  }];
  let statistics = [
    Statistic<"numOpsMoved", "num-ops-moved", "Number of ops moved">
  ];
}

def StreamProductsPass : Pass<"eoq-stream-products", "::mlir::ModuleOp"> {
  let summary = "Narrow products in blocks of a batch, without a tensor of 32 bits";
  let description = [{
    A quantizer of @train_step that knows its exponent from the step before needs
    no look at a whole tensor. Where it is the only reader of products (and of gradients of
    max pooling), alone or in an `eoq.fused`, they are put into one `eoq.fused` with `blocks`: some images at
    a time are multiplied and narrowed, and the 32-bit results exist for those
    only. The fewest blocks that keep to `block-bytes` are taken, or fewer if the
    kernels would be slower with so few images. Not for single images and small results.

    One arena serves all functions. Where the other functions would now need a
    larger one than @train_step, they do the same, the largest products first; as
    their quantizers have no exponent, these products are made twice.
  }];
  let options = [
    Option<"blockBytes", "block-bytes", "int64_t", "1048576",
           "Bytes of 32-bit results that are kept at a time (default 1048576, at "
           "least 1)">,
    Option<"slots", "slots", "int64_t", "16",
           "As in `convert-eoq-to-kernels` (default 16, at least 1)">
  ];
  let statistics = [
    Statistic<"numStreamed", "num-streamed", "Number of products put into loops">
  ];
}

def QuantizeInPlacePass : Pass<"eoq-quantize-in-place", "::mlir::ModuleOp"> {
  let summary = "Put results of quantizers into the memory of their operands";
  let description = [{
    Where @train_step, @evaluate or @predict has its largest sum of live bytes, and
    that is at a quantizer that is the last one to read its operand, makes the
    result a part of the operand's memory, as long as that lowers the largest sum.
    `convert-eoq-to-kernels` says on calls (attribute `eoq.in_place`) which kernel
    does that; the values do not change.
  }];
  let statistics = [
    Statistic<"numInPlace", "num-in-place", "Number of quantizers changed">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def PlanMemoryPass : Pass<"eoq-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Give every buffer a fixed place in one arena";
  let description = [{
    Replaces the static `memref.alloc`s in the body of @train_step, @evaluate and
    @predict by views of a new second argument, the arena. Buffers that are never
    alive together may share memory. The plan is kept in the module's attribute
    `eoq.memory_plan`.
  }];
  let statistics = [
    Statistic<"numBuffersPlanned", "num-buffers-planned",
              "Number of buffers placed in the arena">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect"];
}

def ExportModelPass : Pass<"eoq-export-model", "::mlir::ModuleOp"> {
  let summary = "Add the C entry points and the constant that describes the model";
  let description = [{
    Adds what include/eoq/Runtime/eoq.h promises: the functions
    `eoq_<model>_train_step`, `_evaluate`, `_predict` and `_initialize`, and the
    constant `eoq_<model>_model` with its table of tensors; with `main`, also the
    main function of a training program. Removes the `eoq.parameter`s.
  }];
  let options = [
    Option<"main", "main", "bool", "false",
           "Add a main function that calls the trainer (default false)">
  ];
  let statistics = [
    Statistic<"numTensorsExported", "num-tensors-exported",
              "Number of tensors in the model's table">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect"];
}

def ChooseParallelCallsPass
    : Pass<"eoq-choose-parallel-calls", "::mlir::ModuleOp"> {
  let summary = "Make small calls serial";
  let description = [{
    To share a loop with other threads costs some tenths of a microsecond. For every
    call in a function whose own buffers are all of static size, this estimates the
    work of the parallel loops in it, from the constants it is called with. Where a
    second thread would save less than that, the call gets a twin of the function
    whose loops are serial (`<name>.serial`). Functions called within parallel loops
    are serial as well.
  }];
  let options = [
    Option<"grain", "grain", "double", "3000",
           "Steps that a second thread must take over for each start of a parallel "
           "loop; a step is about a vector instruction (default 3000)">
  ];
  let statistics = [
    Statistic<"numSerialCalls", "num-serial-calls",
              "Number of calls that were made serial">,
    Statistic<"numParallelCalls", "num-parallel-calls",
              "Number of calls left to threads">
  ];
  let dependentDialects = ["::mlir::scf::SCFDialect"];
}

def LowerDotPass : Pass<"eoq-lower-dot", "::mlir::ModuleOp"> {
  let summary = "Turn dot products into the processor's instructions";
  let description = [{
    Lowers `eoq.dot_accumulate` for the processor that the module's attribute
    `eoq.target` names; without the attribute, to ops that every processor has.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::arm_neon::ArmNeonDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect"];
}

def SetLinkagePass : Pass<"eoq-set-linkage", "::mlir::ModuleOp"> {
  let summary = "Give private functions internal linkage";
  let description = [{
    Private symbols become internal ones of the object, so that LLVM may inline
    and drop them, and so that two models can be linked into one program. A private
    function with a loop that is called from several places is not inlined: LLVM
    would make a copy for each layer, since all sizes are constants there.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ShareLoopsPass : Pass<"eoq-share-loops", "::mlir::ModuleOp"> {
  let summary = "Let the threads of one OpenMP region share all parallel loops";
  let description = [{
    A function that others may call starts an `omp.parallel` region. The master
    thread does its work, and the others serve as its team (eoq/Runtime/Team.h)
    until it is done. The body of every `scf.parallel` becomes a function that
    makes a part of the iterations, and the loop a call that shares them; so a
    loop costs a tenth of a microsecond and not the start and the end of a region. The
    team is the first argument of all functions that need it. Parallel loops in
    parallel loops stay as they are.
  }];
  let statistics = [
    Statistic<"numLoopsShared", "num-loops-shared", "Number of loops shared">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::omp::OpenMPDialect",
                           "::mlir::scf::SCFDialect"];
}

#endif // EOQ_CONVERSION_EOQTOKERNELS_PASSES_TD
