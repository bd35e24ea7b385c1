//===- EOQAttributes.td - enums and attributes -------------*- tablegen -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef EOQ_DIALECT_EOQ_IR_EOQATTRIBUTES_TD
#define EOQ_DIALECT_EOQ_IR_EOQATTRIBUTES_TD

include "eoq/Dialect/EOQ/IR/EOQDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class EOQ_Enum<string name, string summary,
               list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::eoq";
  let genSpecializedAttr = 0;
}

def EOQ_Role : EOQ_Enum<"Role", "role of a tensor in training", [
  I32EnumAttrCase<"Weight", 0, "weight">,
  I32EnumAttrCase<"Activation", 1, "activation">,
  I32EnumAttrCase<"Error", 2, "error">,
  I32EnumAttrCase<"Gradient", 3, "gradient">
]>;
def EOQ_RoleAttr : EnumAttr<EOQ_Dialect, EOQ_Role, "role"> {
  let assemblyFormat = "`<` $value `>`";
}

def EOQ_Rounding : EOQ_Enum<"Rounding", "rounding of a shift (N2)", [
  I32EnumAttrCase<"Nearest", 0, "nearest">,
  I32EnumAttrCase<"Stochastic", 1, "stochastic">,
  I32EnumAttrCase<"Up", 2, "up">
]>;
def EOQ_RoundingAttr : EnumAttr<EOQ_Dialect, EOQ_Rounding, "rounding"> {
  let assemblyFormat = "`<` $value `>`";
}

def EOQ_ExponentRule : EOQ_Enum<"ExponentRule", "how an exponent follows from the largest magnitude (N3)", [
  I32EnumAttrCase<"Ceil", 0, "ceil">,
  I32EnumAttrCase<"Round", 1, "round">
]>;
def EOQ_ExponentRuleAttr : EnumAttr<EOQ_Dialect, EOQ_ExponentRule,
                                    "exponent_rule"> {
  let assemblyFormat = "`<` $value `>`";
}

def EOQ_ParameterKind : EOQ_Enum<"ParameterKind", "what a parameter is", [
  I32EnumAttrCase<"Weight", 0, "weight">,          // conv or fully connected
  I32EnumAttrCase<"Bias", 1, "bias">,              // per channel or scalar
  I32EnumAttrCase<"Scale", 2, "scale">,            // multiplier
  I32EnumAttrCase<"Statistic", 3, "statistic">,    // batch norm mean, variance
  I32EnumAttrCase<"Optimizer", 4, "optimizer">,    // momentum and the like
  I32EnumAttrCase<"Exponent", 5, "exponent">       // state of a quantizer
]>;
def EOQ_ParameterKindAttr : EnumAttr<EOQ_Dialect, EOQ_ParameterKind,
                                     "parameter_kind"> {
  let assemblyFormat = "`<` $value `>`";
}

def EOQ_NormalAttr : AttrDef<EOQ_Dialect, "Normal"> {
  let mnemonic = "normal";
  let summary = "Initial values drawn from a normal distribution (rule N17)";
  let description = [{
    Mean 0, standard deviation `mantissa * 2^exponent`, with a mantissa in
    [2^14, 2^15) so that the draw needs integers only. With `centered`, the mean
    of each output channel (first dimension) is then subtracted.
  }];
  let parameters = (ins "int64_t":$mantissa, "int64_t":$exponent,
                        "bool":$centered);
  let assemblyFormat = "`<` `mantissa` `=` $mantissa `,` `exponent` `=` $exponent `,` `centered` `=` $centered `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The nearest attribute to a standard deviation > 0.
    static NormalAttr fromStdDev(::mlir::MLIRContext *context, double stdDev,
                                 bool centered);
    double getStdDev() const;
  }];
}

#endif // EOQ_DIALECT_EOQ_IR_EOQATTRIBUTES_TD
