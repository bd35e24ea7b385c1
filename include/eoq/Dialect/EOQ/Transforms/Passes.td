//===- Passes.td - passes on the eoq dialect ---------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_TRANSFORMS_PASSES_TD
#define EOQ_DIALECT_EOQ_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Training without batch norm
//===----------------------------------------------------------------------===//

def RemoveBatchNormPass : Pass<"eoq-remove-batch-norm", "::mlir::ModuleOp"> {
  let summary = "Remove batch norm";
  let description = [{
    `mode=fold` keeps the function of a pretrained network: each batch norm's
    scale and shift go into the weights and the bias of the product before it, or,
    if there is none that it alone uses, into an `eoq.scale` and an `eoq.bias_add`.
    `nominal` of a weight is then the root mean square of its initial values.

    `mode=drop` prepares training from scratch: a batch norm becomes a bias, unless
    the product before it has one, biases start at 0, and trainable weights get
    He's initialization: standard deviation sqrt(2 / fan_in), without the factor 2
    where no activation cuts the input (a convolution) or the output (a fully
    connected layer, which also makes up for an average pool before it). A bias
    that stands for a batch norm carries the attribute `eoq.batch_norm_bias`.

    Assumes the level `graph`; leaves the level `bn-free`. docs/BatchNormFree.md
    has the formulae.

    Example, `mode=fold`:
    ```mlir
    %0 = eoq.conv_2d %x, %w ...
    %1 = eoq.batch_norm %0, %scale, %bias, %mean, %variance {epsilon = 1.0e-5} ...
    // becomes, with new initial values of the two parameters,
    %0 = eoq.conv_2d %x, %w ...
    %1 = eoq.bias_add %0, %bias ...
    ```
  }];
  let options = [
    Option<"mode", "mode", "::mlir::eoq::BatchNormMode",
           "::mlir::eoq::BatchNormMode::Fold",
           "what to do with batch norm: fold or drop (default: fold)",
           [{::llvm::cl::values(
             clEnumValN(::mlir::eoq::BatchNormMode::Fold, "fold",
                        "fold into weights, keep the function"),
             clEnumValN(::mlir::eoq::BatchNormMode::Drop, "drop",
                        "drop, initialize for training from scratch"))}]>,
    Option<"report", "report", "bool", "false",
           "emit a remark for each change (default: false)">
  ];
  let statistics = [
    Statistic<"numBatchNormsFolded", "num-batch-norms-folded",
              "batch norms folded into a product">,
    Statistic<"numBatchNormsReplaced", "num-batch-norms-replaced",
              "batch norms replaced by scale and bias, or by a bias">,
    Statistic<"numWeightsInitialized", "num-weights-initialized",
              "weights given a random initialization">,
    Statistic<"numParametersErased", "num-parameters-erased",
              "parameters of batch norms erased">
  ];
  let dependentDialects = ["::mlir::eoq::EOQDialect"];
}

def ApplyFixupPass : Pass<"eoq-apply-fixup", "::mlir::ModuleOp"> {
  let summary = "Initialize residual branches as Fixup does";
  let description = [{
    Fixup (arXiv 1901.09321, section 3): of L residual branches with m products
    each, scales the initial weights by L^(-1/(2m-2)), starts the last product of
    each branch and the classifier at 0, and adds scalar biases before products
    and activations and one scalar multiplier at the end of each branch. Biases
    that are left of dropped batch norms go away, but for the classifier's.
    Without residual branches only the biases change.

    Assumes the level `bn-free`, reached with `mode=drop`. docs/BatchNormFree.md
    shows where each scalar goes.

    Example, one residual branch of two convolutions:
    ```mlir
    %0 = eoq.bias_add %x, %c1_before   // tensor<1xf32>, as all of these
    %1 = eoq.conv_2d %0, %w1 ...
    %2 = eoq.bias_add %1, %c1_after
    %3 = eoq.relu %2
    %4 = eoq.bias_add %3, %c2_before
    %5 = eoq.conv_2d %4, %w2 ...
    %6 = eoq.scale %5, %c2_scale
    %7 = eoq.bias_add %6, %c2_after
    %8 = eoq.add %7, %x
    %9 = eoq.relu %8
    ```
  }];
  let options = [
    Option<"report", "report", "bool", "false",
           "emit a remark for each change (default: false)">
  ];
  let statistics = [
    Statistic<"numBranchesScaled", "num-branches-scaled",
              "residual branches initialized">,
    Statistic<"numWeightsScaled", "num-weights-scaled",
              "weights initialized smaller by Fixup's factor">,
    Statistic<"numWeightsZeroed", "num-weights-zeroed",
              "weights that start at 0">,
    Statistic<"numBiasesRemoved", "num-biases-removed",
              "biases of dropped batch norms removed">,
    Statistic<"numScalarsInserted", "num-scalars-inserted",
              "scalar biases and multipliers inserted">
  ];
  let dependentDialects = ["::mlir::eoq::EOQDialect"];
}

def CenterWeightsPass : Pass<"eoq-center-weights", "::mlir::ModuleOp"> {
  let summary = "Keep convolution weights centred and halve residual branches";
  let description = [{
    The default recipe for training without batch norm: every convolution weight
    with more than one input per output keeps a mean of 0 in each output channel
    (initially, and after each update), and each residual branch's output is
    multiplied by 2^-1, which costs nothing on fixed-point tensors. Weights that
    are not trainable stay as they are.

    Assumes the level `bn-free`. docs/BatchNormFree.md says why.

    Example, the end of a residual branch:
    ```mlir
    %2 = eoq.add %1, %x : ...
    // becomes
    %h = eoq.shift_exponent %1 {amount = -1 : i64} : ...
    %2 = eoq.add %h, %x : ...
    ```
  }];
  let options = [
    Option<"report", "report", "bool", "false",
           "emit a remark for each change (default: false)">
  ];
  let statistics = [
    Statistic<"numWeightsCentered", "num-weights-centered",
              "weights kept centred">,
    Statistic<"numBranchesHalved", "num-branches-halved",
              "residual branches multiplied by one half">
  ];
  let dependentDialects = ["::mlir::eoq::EOQDialect"];
}

def PrintResidualBranchesPass
    : Pass<"eoq-print-residual-branches", "::mlir::ModuleOp"> {
  let summary = "Print the residual branches of a network";
  let description = [{
    Emits a remark at each `eoq.add` that ends a residual branch: the products of
    the branch and of its shortcut, by the names of their weights. Changes
    nothing; shows what `eoq-apply-fixup` and `eoq-center-weights` will find.
  }];
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

def SelectTrainablePass : Pass<"eoq-select-trainable", "::mlir::ModuleOp"> {
  let summary = "Choose which parameters are trained";
  let description = [{
    A parameter stays `trainable` if its name matches one of the `trainable` globs
    (none given: any name) and none of the `freeze` globs. Parameters that were not
    trainable stay so. A glob that matches no parameter is an error, which names
    it. Names are those of the ONNX initializers. A warning names what is frozen at
    random initial values.

    Assumes the level `bn-free`; run before `eoq-generate-backward`, which then
    leaves out the work that only frozen parameters would need.
  }];
  let options = [
    ListOption<"trainable", "trainable", "std::string",
               "globs of parameters to train (default: all)">,
    ListOption<"frozen", "freeze", "std::string",
               "globs of parameters to keep (default: none)">
  ];
  let statistics = [
    Statistic<"numParametersFrozen", "num-parameters-frozen",
              "parameters frozen">
  ];
}

def GenerateBackwardPass : Pass<"eoq-generate-backward", "::mlir::ModuleOp"> {
  let summary = "Build @evaluate and @train_step from @predict";
  let description = [{
    Adds the softmax cross entropy loss, then, through the
    DifferentiableOpInterface alone, the gradients of all trainable parameters.
    Gradients are only built where a trainable parameter needs them, and each
    ends in an `eoq.gradient` op that names its parameter.

    Assumes the level `bn-free`; leaves the level `training` with the functions
    @predict, @evaluate and @train_step. Ops on the backward path carry the unit
    attribute `eoq.backward`.

    Example:
    ```mlir
    %y = eoq.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
    // in @train_step, given %dy:
    %dx = eoq.relu_grad_input %dy, %y {eoq.backward} : ...
    ```
  }];
  let statistics = [
    Statistic<"numGradientsBuilt", "num-gradients-built",
              "gradients of parameters built">
  ];
  let dependentDialects = ["::mlir::eoq::EOQDialect",
                           "::mlir::func::FuncDialect"];
}

def GenerateUpdatePass : Pass<"eoq-generate-update", "::mlir::ModuleOp"> {
  let summary = "Turn gradients into updates, and build @initialize";
  let description = [{
    Each `eoq.gradient` of @train_step becomes an `eoq.sgd_update` with the state
    it needs (`<name>.momentum`, `<name>.grad_norm`), all after the last use of any
    parameter. Biases and multipliers of one element, which stand for a whole
    tensor, learn 2^3 times slower than the rest (docs/BatchNormFree.md).
    @initialize writes every parameter and the state.

    Assumes the level `training`, after `eoq-generate-backward`.
  }];
  let options = [
    Option<"optimizer", "optimizer", "::mlir::eoq::Optimizer",
           "::mlir::eoq::Optimizer::NormalizedSGD",
           "sgd or normalized-sgd (default: normalized-sgd)",
           [{::llvm::cl::values(
             clEnumValN(::mlir::eoq::Optimizer::SGD, "sgd", "momentum SGD"),
             clEnumValN(::mlir::eoq::Optimizer::NormalizedSGD, "normalized-sgd",
                        "momentum SGD, scaled by the power of two nearest to the "
                        "ratio of weight and gradient size"))}]>,
    Option<"momentum", "momentum", "int64_t", "29",
           "numerator of the momentum, in 32nds, 0 to 31 (default: 29)">,
    Option<"weightDecayShift", "weight-decay-shift", "int64_t", "0",
           "weight decay 2^-N on weights; 0 for none (default: 0)">
  ];
  let statistics = [
    Statistic<"numUpdatesBuilt", "num-updates-built", "updates built">
  ];
  let dependentDialects = ["::mlir::eoq::EOQDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::arith::ArithDialect"];
}

//===----------------------------------------------------------------------===//
// Quantization
//===----------------------------------------------------------------------===//

def QuantizePass : Pass<"eoq-quantize", "::mlir::ModuleOp"> {
  let summary = "Turn f32 tensors into fixed-point ones";
  let description = [{
    Gives every tensor a role and a format by the EOQ scheme: 8-bit weights W,
    activations A, errors E and gradients G; 32-bit accumulators; parameters and
    momentum stored with `weight-bits` bits. Ops keep their names; the types
    change, and an `eoq.quantize` stands where an accumulator becomes narrow
    (docs/Numerics.md).

    With `exponents=previous` activations and errors of @train_step use the
    exponent that the same quantizer found one step earlier.

    Clipped and rounded values pass a gradient on as if they were exact, with two
    differences that add up in deep networks whose activations nothing keeps
    of one size (docs/BatchNormFree.md). The rule `round` clips the largest ones;
    `activation-rule=ceil` clips no activation. And the gradient of an activation
    is masked by the activation's 8-bit output, which is 0 for small positive
    values too; with `exact-masks` it reads an output of its own that is rounded
    up, and the activation may stay an accumulator.

    Assumes the level `training`; leaves the level `quantized`. Fails with a list
    of all ops that have no QuantizableOpInterface.
  }];
  let options = [
    Option<"weightBits", "weight-bits", "int64_t", "16",
           "bits of stored weights and momentum: 8 or 16 (default: 16)">,
    Option<"exponents", "exponents", "::mlir::eoq::ExponentMode",
           "::mlir::eoq::ExponentMode::Exact",
           "how exponents of activations and errors are found: exact or previous "
           "(default: exact)",
           [{::llvm::cl::values(
             clEnumValN(::mlir::eoq::ExponentMode::Exact, "exact",
                        "from the tensor's own largest magnitude"),
             clEnumValN(::mlir::eoq::ExponentMode::Previous, "previous",
                        "from the step before"))}]>,
    Option<"activationRule", "activation-rule", "::mlir::eoq::ExponentRule",
           "::mlir::eoq::ExponentRule::Round",
           "exponents of activations (N3): round or ceil (default: round)",
           [{::llvm::cl::values(
             clEnumValN(::mlir::eoq::ExponentRule::Round, "round",
                        "half a bit more, for which the largest may be clipped"),
             clEnumValN(::mlir::eoq::ExponentRule::Ceil, "ceil",
                        "nothing is clipped"))}]>,
    Option<"exactMasks", "exact-masks", "bool", "false",
           "mask the gradients of activations by outputs that are rounded up "
           "(default: false)">
  ];
  let statistics = [
    Statistic<"numQuantizersInserted", "num-quantizers-inserted",
              "quantizers inserted">
  ];
  let dependentDialects = ["::mlir::eoq::EOQDialect"];
}

def VerifyLevelPass : Pass<"eoq-verify-level", "::mlir::ModuleOp"> {
  let summary = "Check the contract of the module's level";
  let description = [{
    Reads the module's `eoq.level` and reports every op that the level forbids,
    with the pass that should have removed it. Changes nothing.

    - import: anything goes.
    - graph: no `eoq.onnx_node`.
    - bn-free: moreover no `eoq.batch_norm`.
    - training: @predict, @evaluate, @train_step and @initialize exist, and no
      `eoq.gradient` is left.
    - quantized: no floating-point type in any function.
  }];
}

#endif // EOQ_DIALECT_EOQ_TRANSFORMS_PASSES_TD
