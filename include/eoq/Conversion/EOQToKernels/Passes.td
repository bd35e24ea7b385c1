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
           "the results do not depend on it">
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

def LowerDotPass : Pass<"eoq-lower-dot", "::mlir::ModuleOp"> {
  let summary = "Turn dot products into the processor's instructions";
  let description = [{
    Lowers `eoq.dot_accumulate` for the processor that the module's attribute
    `eoq.target` names; without the attribute, to ops that every processor has.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect"];
}

def SetLinkagePass : Pass<"eoq-set-linkage", "::mlir::ModuleOp"> {
  let summary = "Give private functions internal linkage";
  let description = [{
    Private symbols become internal ones of the object, so that LLVM may inline
    and drop them, and so that two models can be linked into one program.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def InlineAllocaScopesPass : Pass<"eoq-inline-alloca-scopes", "::mlir::ModuleOp"> {
  let summary = "Remove the allocation scopes around parallel loop bodies";
  let description = [{
    `convert-scf-to-openmp` puts each body into a `memref.alloca_scope`, which may
    not have branches in it. A scope without a `memref.alloca` of its own is
    replaced by its body; unlike canonicalization, this knows that what a called
    function allocates is gone when it returns.
  }];
}

#endif // EOQ_CONVERSION_EOQTOKERNELS_PASSES_TD
