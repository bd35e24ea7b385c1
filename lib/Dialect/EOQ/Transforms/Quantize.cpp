//===- Quantize.cpp - from f32 to fixed point -------------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Retypes parameters and functions. Knows ops through the
// QuantizableOpInterface, and decides one thing itself: where a value becomes
// narrow. A value stays an accumulator if all its users take accumulators;
// otherwise it is quantized once, before the first of them, for all of them.
//
//===----------------------------------------------------------------------===//
#include "Parameters.h"
#include "eoq/Analysis/MagnitudeBits.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/TypeUtilities.h"

#include <cmath>

namespace mlir::eoq {
#define GEN_PASS_DEF_QUANTIZEPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// Exponent of optimizer state that is still zero (rule N17).
constexpr int64_t kZeroMomentumExponent = -64;

/// The initial exponent of a parameter stored with `bits` bits (rule N17).
int64_t initialExponent(ParameterOp parameter, unsigned bits) {
  // Biases and multipliers cover +-4 at least.
  constexpr int64_t kSmallRange = 2;
  if (auto normal = dyn_cast<NormalAttr>(parameter.getInitialValue()))
    return int64_t(std::ceil(std::log2(8 * normal.getStdDev()))) - (bits - 1);
  double largest = 0;
  std::vector<float> values = *readF32Elements(parameter.getInitialValue());
  for (float value : values)
    largest = std::max(largest, std::fabs(double(value)));
  int64_t fitting = largest > 0
                        ? int64_t(std::ceil(std::log2(largest))) - (bits - 2)
                        : INT_MIN;
  int64_t small = kSmallRange - int64_t(bits - 1);
  bool isWeight = parameter.getKind() == ParameterKind::Weight && largest > 0;
  return isWeight ? fitting : std::max(fitting, small);
}

/// Rewrites one function. Values of the f32 function map to fixed-point ones,
/// and to an 8-bit version of them made on demand.
class FunctionQuantizer {
public:
  FunctionQuantizer(func::FuncOp function, const QuantizePassOptions &options,
                    int64_t &nextSite)
      : function(function), module(function->getParentOfType<ModuleOp>()),
        symbols(module), options(options), nextSite(nextSite),
        builder(function) {}

  LogicalResult run();
  int64_t getNumQuantizers() const { return numQuantizers; }

private:
  LogicalResult rewrite(Operation &op);
  LogicalResult rewriteNetworkOp(QuantizableOpInterface op);
  void rewriteUpdate(SgdUpdateOp update);

  /// The operand of a rewritten op: as it is, or narrow.
  Value operandFor(QuantizableOpInterface op, unsigned index);
  /// Whether any user of an f32 value takes 8 bits only, but for masks that
  /// have their own.
  bool mustBeNarrow(Value value) const;
  Value narrow(Value original, Role role);
  /// An 8-bit version that is positive where `original` is.
  Value mask(Value original);
  Value createQuantize(Value wide, Role role, Rounding rounding, Location loc);
  Value getKey();

  func::FuncOp function;
  ModuleOp module;
  SymbolTable symbols;
  const QuantizePassOptions &options;
  int64_t &nextSite;
  OpBuilder builder;
  IRMapping map;
  DenseMap<Value, Value> narrowed, masks;
  Value key;
  int64_t numQuantizers = 0;
};

/// Whether `value` is a fixed-point tensor of more than 8 bits.
bool isWide(Value value) {
  FixedType type = getFixedElementType(value.getType());
  return type && type.getWidth() > 8;
}

/// Whether `value` is a stored parameter, possibly in another layout.
bool isParameter(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<ReshapeOp, TransposeOp>(op))
      return isa<ParameterLoadOp>(op);
    value = op->getOperand(0);
  }
  return false;
}

Role roleOf(Value original) {
  if (isParameter(original))
    return Role::Weight;
  Operation *op = original.getDefiningOp();
  return op && op->hasAttr(EOQDialect::kBackwardAttrName) ? Role::Error
                                                          : Role::Activation;
}

Value FunctionQuantizer::getKey() {
  if (!key) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&function.front());
    key = builder.create<RandomKeyOp>(function.getLoc(), builder.getI32Type(),
                                      function.getArgument(4),
                                      function.getArgument(5));
  }
  return key;
}

/// Whether the op reads this operand only to see where it is positive, or
/// between bounds.
bool isMask(Operation *op, unsigned index) {
  return index == 1 &&
         isa<ReluGradInputOp, LeakyReluGradInputOp, ClipGradInputOp>(op);
}

/// What is summed over many elements must not be rounded with a bias (N4).
Rounding roundingOf(Role role) {
  return role == Role::Error || role == Role::Gradient ? Rounding::Stochastic
                                                       : Rounding::Nearest;
}

Value FunctionQuantizer::createQuantize(Value wide, Role role,
                                        Rounding rounding, Location loc) {
  ++numQuantizers;
  int64_t site = nextSite++;
  MLIRContext *context = builder.getContext();
  bool isSignal = role == Role::Activation || role == Role::Error;
  // Only training steps come one after the other.
  bool usesPrevious = isSignal && options.exponents == ExponentMode::Previous &&
                      function.getName() == EOQDialect::kTrainStepName;
  FlatSymbolRefAttr state;
  Value previous;
  if (usesPrevious) {
    OpBuilder moduleBuilder = OpBuilder::atBlockBegin(module.getBody());
    auto type = RankedTensorType::get({}, builder.getI32Type());
    auto none = DenseElementsAttr::get(
        type, builder.getI32IntegerAttr(std::numeric_limits<int32_t>::min()));
    auto parameter = moduleBuilder.create<ParameterOp>(
        loc, ("quantizer." + Twine(site) + ".exponent").str(), type,
        ParameterKind::Exponent, /*trainable=*/false, none, IntegerAttr(),
        FloatAttr(), /*centered=*/false, /*onnx_transposed=*/false);
    state = FlatSymbolRefAttr::get(parameter.getSymNameAttr());
    previous = builder.create<ExponentLoadOp>(loc, builder.getI32Type(), state);
  }
  ExponentRule rule = role == Role::Activation ? options.activationRule
                      : role == Role::Error    ? ExponentRule::Round
                                               : ExponentRule::Ceil;
  auto quantize = builder.create<QuantizeOp>(
      loc, withElementType(wide.getType(), FixedType::get(context, 8)),
      builder.getI32Type(), wide,
      rounding == Rounding::Stochastic ? getKey() : Value(), previous, role,
      rule, rounding, site);
  if (usesPrevious)
    builder.create<ExponentStoreOp>(loc, state, quantize.getExactExponent());
  return quantize.getOutput();
}

Value FunctionQuantizer::narrow(Value original, Role role) {
  Value wide = map.lookup(original);
  if (!isWide(wide))
    return wide;
  Value &result = narrowed[original];
  if (!result)
    result = createQuantize(wide, role, roundingOf(role), original.getLoc());
  return result;
}

Value FunctionQuantizer::mask(Value original) {
  Value wide = map.lookup(original);
  Value &result = masks[original];
  if (!result) {
    // Where the value is made: it need not stay wide until the backward pass.
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfterValue(wide);
    result =
        createQuantize(wide, Role::Activation, Rounding::Up, original.getLoc());
  }
  return result;
}

bool FunctionQuantizer::mustBeNarrow(Value value) const {
  int64_t users = 0;
  for (OpOperand &use : value.getUses()) {
    auto user = dyn_cast<QuantizableOpInterface>(use.getOwner());
    if (!user || (options.exactMasks && isMask(user, use.getOperandNumber())))
      continue;
    if (!user.acceptsAccumulator(use.getOperandNumber()))
      return true;
    ++users;
  }
  // The output of an activation function that a mask would have made narrow;
  // with several users, as a shortcut has, it lives long.
  return options.exactMasks && users > 1 &&
         isa_and_nonnull<ReluOp, LeakyReluOp, ClipOp>(value.getDefiningOp());
}

Value FunctionQuantizer::operandFor(QuantizableOpInterface op, unsigned index) {
  Value original = op->getOperand(index);
  Value value = map.lookup(original);
  if (!isWide(value))
    return value;
  if (isParameter(original) && op.getParameterWidth(index) == 16)
    return value;
  if (options.exactMasks && isMask(op, index))
    return mask(original);
  bool fits = getFixedElementType(value.getType()).getWidth() <= 32;
  if (fits && op.acceptsAccumulator(index) && !mustBeNarrow(original))
    return value;
  return narrow(original, roleOf(original));
}

LogicalResult FunctionQuantizer::rewriteNetworkOp(QuantizableOpInterface op) {
  SmallVector<Value> operands;
  for (unsigned index = 0; index < op->getNumOperands(); ++index)
    operands.push_back(operandFor(op, index));
  SmallVector<Type> types;
  for (auto [index, type] : llvm::enumerate(op->getResultTypes())) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    types.push_back(tensor && tensor.getElementType().isF32()
                        ? tensor.clone(op.getQuantizedElementType(
                              index, ValueRange(operands).getTypes()))
                        : type);
  }
  OperationState state(op->getLoc(), op->getName(), operands, types,
                       op->getAttrs());
  if (isa<AddOp, SubOp>(op))
    state.addAttribute(
        AddOp::getMagnitudeBitsAttrName(op->getName()),
        builder.getDenseI64ArrayAttr(
            {getMagnitudeBits(operands[0]), getMagnitudeBits(operands[1])}));
  Operation *rewritten = builder.create(state);
  map.map(op->getResults(), rewritten->getResults());
  return success();
}

void FunctionQuantizer::rewriteUpdate(SgdUpdateOp update) {
  Value gradient = narrow(update.getGradient(), Role::Gradient);
  auto lookUp = [&](Value value) { return map.lookup(value); };
  builder.create<SgdUpdateOp>(
      update.getLoc(), update.getParameterAttr(), update.getMomentumStateAttr(),
      update.getGradNormStateAttr(), gradient, lookUp(update.getLrMultiplier()),
      lookUp(update.getLrShift()), lookUp(update.getStep()), getKey(),
      update.getMomentumAttr(), update.getWeightDecayShiftAttr(),
      update.getLrShiftOffsetAttr(), update.getSiteAttr());
}

LogicalResult FunctionQuantizer::rewrite(Operation &op) {
  if (auto load = dyn_cast<ParameterLoadOp>(op)) {
    auto parameter =
        symbols.lookup<ParameterOp>(load.getParameterAttr().getAttr());
    auto copy = builder.create<ParameterLoadOp>(
        load.getLoc(), parameter.getType(), load.getParameterAttr());
    map.map(load.getResult(), copy.getResult());
    return success();
  }
  if (auto update = dyn_cast<SgdUpdateOp>(op)) {
    rewriteUpdate(update);
    return success();
  }
  if (auto quantizable = dyn_cast<QuantizableOpInterface>(op))
    return rewriteNetworkOp(quantizable);
  bool hasFloats = llvm::any_of(op.getOperandTypes(), [](Type type) {
    return isa<FloatType>(getElementTypeOrSelf(type));
  });
  if (isa<func::ReturnOp>(op) || !hasFloats) {
    builder.clone(op, map);
    return success();
  }
  return op.emitError() << "'" << op.getName()
                        << "' cannot be quantized: it implements no "
                           "QuantizableOpInterface";
}

LogicalResult FunctionQuantizer::run() {
  if (!function.getBody().hasOneBlock())
    return function.emitError() << "'" << function.getName()
                                << "' cannot be quantized: it has branches";
  Block &oldBody = function.front();
  Block *newBody = new Block();
  function.getBody().push_front(newBody);
  for (BlockArgument argument : oldBody.getArguments()) {
    auto tensor = dyn_cast<RankedTensorType>(argument.getType());
    Type type =
        tensor && tensor.getElementType().isF32()
            ? Type(tensor.clone(FixedType::get(builder.getContext(), 8)))
            : argument.getType();
    map.map(argument, newBody->addArgument(type, argument.getLoc()));
  }
  builder.setInsertionPointToEnd(newBody);
  bool failedAny = false;
  for (Operation &op : oldBody)
    failedAny |= failed(rewrite(op));
  if (!failedAny) {
    Operation *terminator = newBody->getTerminator();
    function.setType(builder.getFunctionType(newBody->getArgumentTypes(),
                                             terminator->getOperandTypes()));
  }
  // On failure the module is discarded. The new body may use values of the old
  // one then, but not the other way round.
  Block &gone = failedAny ? *newBody : oldBody;
  gone.dropAllReferences();
  gone.erase();
  return failure(failedAny);
}

struct Quantize : public eoq::impl::QuantizePassBase<Quantize> {
  using QuantizePassBase::QuantizePassBase;
  void runOnOperation() override;
  void retypeParameters();
};

void Quantize::retypeParameters() {
  MLIRContext *context = &getContext();
  OpBuilder builder(context);
  for (auto parameter : getOperation().getOps<ParameterOp>()) {
    RankedTensorType type = parameter.getTensorType();
    if (!type.getElementType().isF32())
      continue;
    bool isState = parameter.getKind() == ParameterKind::Optimizer;
    // A norm is a mantissa and an exponent (rule N16, step 3).
    bool isNorm = isState && parameter.getSymName().ends_with(".grad_norm");
    unsigned bits = isNorm ? 32 : unsigned(weightBits);
    int64_t exponent = isNorm    ? 0
                       : isState ? kZeroMomentumExponent
                                 : initialExponent(parameter, bits);
    parameter.setType(type.clone(FixedType::get(context, bits)));
    parameter.setInitialExponentAttr(builder.getI64IntegerAttr(exponent));
  }
}

void Quantize::runOnOperation() {
  ModuleOp module = getOperation();
  if (weightBits != 8 && weightBits != 16) {
    module.emitError() << "expected 'weight-bits' to be 8 or 16 but got "
                       << int64_t(weightBits);
    return signalPassFailure();
  }
  if (!module.lookupSymbol(EOQDialect::kTrainStepName) ||
      !module.lookupSymbol(EOQDialect::kInitializeName)) {
    module.emitError() << "expected functions @train_step and @initialize; "
                          "'eoq-generate-update' makes them";
    return signalPassFailure();
  }
  // Quantizers are numbered behind the parameters' own sites.
  int64_t nextSite = 0;
  module.walk([&](ParameterInitializeOp op) {
    nextSite = std::max(nextSite, int64_t(op.getSite()) + 8);
  });
  for (auto parameter : module.getOps<ParameterOp>()) {
    if (!parameter.getTensorType().getElementType().isF32() ||
        isa<NormalAttr>(parameter.getInitialValue()))
      continue;
    auto values = readF32Elements(parameter.getInitialValue());
    auto isFinite = [](float value) { return std::isfinite(value); };
    if (values && llvm::all_of(*values, isFinite))
      continue;
    parameter.emitError() << "the initial value of '" << parameter.getSymName()
                          << (values ? "' is not finite" : "' cannot be read");
    return signalPassFailure();
  }
  retypeParameters();
  QuantizePassOptions options{weightBits, exponents, activationRule,
                              exactMasks};
  SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
  bool failedAny = false;
  for (func::FuncOp function : functions) {
    if (function.isExternal() ||
        function.getName() == EOQDialect::kInitializeName)
      continue;
    FunctionQuantizer quantizer(function, options, nextSite);
    failedAny |= failed(quantizer.run());
    numQuantizersInserted += quantizer.getNumQuantizers();
  }
  if (failedAny)
    return signalPassFailure();
  // State that appeared on the way is initialized like the rest.
  auto initialize =
      module.lookupSymbol<func::FuncOp>(EOQDialect::kInitializeName);
  if (!initialize || initialize.isExternal() ||
      initialize.front().getOps<RandomKeyOp>().empty()) {
    module.emitError() << "expected a body of @initialize with an "
                          "'eoq.random_key'; 'eoq-generate-update' makes it";
    return signalPassFailure();
  }
  auto keyOp = *initialize.front().getOps<RandomKeyOp>().begin();
  OpBuilder builder(initialize.front().getTerminator());
  for (auto parameter : module.getOps<ParameterOp>())
    if (parameter.getKind() == ParameterKind::Exponent)
      builder.create<ParameterInitializeOp>(
          parameter.getLoc(), parameter.getSymName(), keyOp.getKey(), 0);
  module->setAttr(EOQDialect::kLevelAttrName,
                  StringAttr::get(&getContext(), "quantized"));
}

} // namespace
