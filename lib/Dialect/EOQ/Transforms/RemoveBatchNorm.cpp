//===- RemoveBatchNorm.cpp - fold or drop batch norm ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fold keeps the function of a pretrained network; drop prepares training from
// scratch. Both leave a network of products, biases, and (fold, where there is
// no product to fold into) multipliers.
//
//===----------------------------------------------------------------------===//
#include "Parameters.h"
#include "eoq/Analysis/Products.h"
#include "eoq/Dialect/EOQ/Transforms/Passes.h"

#include <cmath>

namespace mlir::eoq {
#define GEN_PASS_DEF_REMOVEBATCHNORMPASS
#include "eoq/Dialect/EOQ/Transforms/Passes.h.inc"
} // namespace mlir::eoq

using namespace mlir;
using namespace mlir::eoq;

namespace {

/// A batch norm as output = factor * input + shift, for each channel.
struct ChannelMap {
  std::vector<double> factor, shift;
};

class RemoveBatchNorm
    : public eoq::impl::RemoveBatchNormPassBase<RemoveBatchNorm> {
  using RemoveBatchNormPassBase::RemoveBatchNormPassBase;
  void runOnOperation() override;

  // Fold.
  FailureOr<ChannelMap> readChannelMap(BatchNormOp batchNorm);
  void fold(BatchNormOp batchNorm, const ChannelMap &map);
  bool foldIntoProduct(BatchNormOp batchNorm, const ChannelMap &map);
  void replaceByScaleAndBias(BatchNormOp batchNorm, const ChannelMap &map);
  void setNominalOfGivenWeights();

  // Drop.
  void drop(BatchNormOp batchNorm);
  void initializeForTraining();

  // Both.
  ParameterOp takeOver(BatchNormOp batchNorm, Value old, ParameterKind kind,
                       ArrayRef<float> values);
  void eraseBatchNorm(BatchNormOp batchNorm, Value replacement);
  Remark remarkAt(Operation *op) { return Remark(op, report); }

  std::optional<ModuleParameters> parameters;
  /// Parameters of batch norms: whether they are nothing else.
  DenseMap<Operation *, bool> batchNormParameters;
  /// Those that already serve as the bias or scale of another op.
  DenseSet<Operation *> takenOver;
};

} // namespace

void RemoveBatchNorm::runOnOperation() {
  ModuleOp module = getOperation();
  if (failed(expectLevel(module, getArgument(), {"graph", "bn-free"})))
    return signalPassFailure();

  parameters.emplace(module);
  batchNormParameters.clear();
  takenOver.clear();
  SmallVector<BatchNormOp> batchNorms;
  module.walk([&](BatchNormOp op) { batchNorms.push_back(op); });

  // Several batch norms may share a parameter (exporters store equal tensors
  // once), so all values are read before the first one changes.
  std::vector<ChannelMap> maps;
  bool allRead = true;
  for (BatchNormOp batchNorm : batchNorms) {
    for (Value operand : batchNorm->getOperands().drop_front()) {
      ParameterOp parameter = parameters->lookupLoaded(operand);
      if (!parameter)
        continue;
      bool &only = batchNormParameters[parameter];
      only = llvm::all_of(
          parameters->getLoads(parameter), [](ParameterLoadOp load) {
            return llvm::all_of(load->getUsers(), llvm::IsaPred<BatchNormOp>);
          });
    }
    if (mode != BatchNormMode::Fold)
      continue;
    FailureOr<ChannelMap> map = readChannelMap(batchNorm);
    allRead &= succeeded(map);
    if (succeeded(map))
      maps.push_back(std::move(*map));
  }
  if (!allRead)
    return signalPassFailure();

  if (mode == BatchNormMode::Fold) {
    for (auto [batchNorm, map] : llvm::zip_equal(batchNorms, maps))
      fold(batchNorm, map);
    setNominalOfGivenWeights();
  } else {
    for (BatchNormOp batchNorm : batchNorms)
      drop(batchNorm);
    initializeForTraining();
  }

  for (ParameterOp parameter :
       llvm::make_early_inc_range(module.getOps<ParameterOp>()))
    if (batchNormParameters.contains(parameter))
      numParametersErased += parameters->eraseIfUnused(parameter);
  module->setAttr(EOQDialect::kLevelAttrName,
                  StringAttr::get(&getContext(), "bn-free"));
}

/// Removes a batch norm, and the loads that only it used.
void RemoveBatchNorm::eraseBatchNorm(BatchNormOp batchNorm, Value replacement) {
  SmallVector<Value> operands(batchNorm->getOperands().drop_front());
  batchNorm.replaceAllUsesWith(replacement);
  batchNorm.erase();
  // One load may be several operands.
  for (Value operand : llvm::SetVector<Value>(operands.begin(), operands.end()))
    parameters->eraseLoadIfUnused(operand);
}

/// A trainable parameter with the given values in the place of the batch norm's
/// parameter `old`: itself if it is free, otherwise a new one, named after the
/// product before the batch norm.
ParameterOp RemoveBatchNorm::takeOver(BatchNormOp batchNorm, Value old,
                                      ParameterKind kind,
                                      ArrayRef<float> values) {
  ParameterOp parameter = parameters->lookupLoaded(old);
  auto type = cast<RankedTensorType>(old.getType());
  if (parameter && batchNormParameters.lookup(parameter) &&
      takenOver.insert(parameter).second) {
    parameter.setKind(kind);
    parameter.setTrainable(true);
    parameter.setInitialValueAttr(
        makeF32Elements(type, values, parameter.getSymName()));
    return parameter;
  }

  Value input = batchNorm.getInput();
  if (auto bias = input.getDefiningOp<BiasAddOp>())
    input = bias.getInput();
  StringRef suffix = kind == ParameterKind::Bias ? "bias" : "scale";
  std::string name = ("batch_norm." + suffix).str();
  if (isProduct(input.getDefiningOp())) {
    if (ParameterOp weight =
            parameters->lookupLoaded(getProductWeight(input.getDefiningOp())))
      name = getSiblingName(weight.getSymName(), suffix);
  } else if (parameter) {
    name = parameter.getSymName().str();
  }
  ParameterOp created =
      parameters->create(parameter, batchNorm.getLoc(), name, type, kind,
                         makeF32Elements(type, values, name));
  takenOver.insert(created);
  return created;
}

//===----------------------------------------------------------------------===//
// Fold
//===----------------------------------------------------------------------===//

FailureOr<ChannelMap> RemoveBatchNorm::readChannelMap(BatchNormOp batchNorm) {
  static constexpr StringLiteral names[] = {"scale", "bias", "mean",
                                            "variance"};
  std::vector<float> values[4];
  for (unsigned i = 0; i < 4; ++i) {
    Value operand = batchNorm->getOperand(i + 1);
    Attribute attribute;
    if (ParameterOp parameter = parameters->lookupLoaded(operand))
      attribute = parameter.getInitialValue();
    else if (auto constant = operand.getDefiningOp<ConstantOp>())
      attribute = constant.getValue();
    std::optional<std::vector<float>> elements = readF32Elements(attribute);
    if (!elements)
      return batchNorm.emitError()
             << "cannot fold this batch norm: expected its " << names[i]
             << " to be a parameter or constant with given values; "
                "'mode=drop' needs none";
    values[i] = std::move(*elements);
  }

  ChannelMap map;
  double epsilon = batchNorm.getEpsilon().convertToDouble();
  for (auto [channel, scale, bias, mean, variance] :
       llvm::enumerate(values[0], values[1], values[2], values[3])) {
    double divisor = std::sqrt(double(variance) + epsilon);
    if (!(divisor > 0) || !std::isfinite(divisor))
      return batchNorm.emitError()
             << "cannot fold this batch norm: expected variance + epsilon to "
                "be positive but got "
             << double(variance) + epsilon << " in channel " << channel
             << "; 'mode=drop' ignores statistics";
    map.factor.push_back(scale / divisor);
    map.shift.push_back(bias - mean * map.factor.back());
  }
  return map;
}

void RemoveBatchNorm::fold(BatchNormOp batchNorm, const ChannelMap &map) {
  if (foldIntoProduct(batchNorm, map))
    ++numBatchNormsFolded;
  else {
    replaceByScaleAndBias(batchNorm, map);
    ++numBatchNormsReplaced;
  }
}

/// Scales the rows of the weight before the batch norm, if nothing else sees
/// the difference.
bool RemoveBatchNorm::foldIntoProduct(BatchNormOp batchNorm,
                                      const ChannelMap &map) {
  Value input = batchNorm.getInput();
  auto biasAdd = input.getDefiningOp<BiasAddOp>();
  Value output = biasAdd ? biasAdd.getInput() : input;
  Operation *product = output.getDefiningOp();
  if (!isProduct(product) || !input.hasOneUse() || !output.hasOneUse())
    return false;

  ParameterOp weight = parameters->lookupLoaded(getProductWeight(product));
  if (!weight || !parameters->hasOneUse(weight))
    return false;
  std::optional<std::vector<float>> rows =
      readF32Elements(weight.getInitialValue());
  if (!rows)
    return false;

  size_t channels = map.factor.size();
  std::vector<double> bias = map.shift;
  ParameterOp oldBias;
  if (biasAdd) {
    oldBias = parameters->lookupLoaded(biasAdd.getBias());
    std::optional<std::vector<float>> values;
    if (oldBias)
      values = readF32Elements(oldBias.getInitialValue());
    if (!values)
      return false;
    for (size_t c = 0; c < channels; ++c)
      bias[c] += (*values)[values->size() == 1 ? 0 : c] * map.factor[c];
  }

  size_t rowLength = rows->size() / channels;
  for (size_t i = 0; i < rows->size(); ++i)
    (*rows)[i] = float((*rows)[i] * map.factor[i / rowLength]);
  weight.setInitialValueAttr(
      makeF32Elements(weight.getTensorType(), *rows, weight.getSymName()));

  std::vector<float> newBias(bias.begin(), bias.end());
  if (oldBias && parameters->hasOneUse(oldBias) &&
      oldBias.getTensorType().getNumElements() == int64_t(channels)) {
    remarkAt(batchNorm) << "folded into '" << weight.getSymName() << "' and '"
                        << oldBias.getSymName() << "'";
    oldBias.setKind(ParameterKind::Bias);
    oldBias.setTrainable(true);
    oldBias.setInitialValueAttr(makeF32Elements(oldBias.getTensorType(),
                                                newBias, oldBias.getSymName()));
    eraseBatchNorm(batchNorm, input);
    return true;
  }

  ParameterOp parameter =
      takeOver(batchNorm, batchNorm.getBias(), ParameterKind::Bias, newBias);
  remarkAt(batchNorm) << "folded into '" << weight.getSymName() << "' and '"
                      << parameter.getSymName() << "'";
  OpBuilder builder(batchNorm);
  Value load = parameters->createLoad(builder, batchNorm.getLoc(), parameter);
  Value result = builder.create<BiasAddOp>(batchNorm.getLoc(), output.getType(),
                                           output, load);
  eraseBatchNorm(batchNorm, result);
  if (biasAdd) {
    Value biasLoad = biasAdd.getBias();
    biasAdd.erase();
    parameters->eraseLoadIfUnused(biasLoad);
    parameters->eraseIfUnused(oldBias);
  }
  return true;
}

void RemoveBatchNorm::replaceByScaleAndBias(BatchNormOp batchNorm,
                                            const ChannelMap &map) {
  std::vector<float> factor(map.factor.begin(), map.factor.end());
  std::vector<float> shift(map.shift.begin(), map.shift.end());
  ParameterOp scale =
      takeOver(batchNorm, batchNorm.getScale(), ParameterKind::Scale, factor);
  ParameterOp bias =
      takeOver(batchNorm, batchNorm.getBias(), ParameterKind::Bias, shift);
  remarkAt(batchNorm) << "replaced by a multiplication by '"
                      << scale.getSymName() << "' and a bias '"
                      << bias.getSymName()
                      << "': no product before it that it could be folded into";
  OpBuilder builder(batchNorm);
  Location loc = batchNorm.getLoc();
  Type type = batchNorm.getType();
  Value scaled =
      builder.create<ScaleOp>(loc, type, batchNorm.getInput(),
                              parameters->createLoad(builder, loc, scale));
  Value result = builder.create<BiasAddOp>(
      loc, type, scaled, parameters->createLoad(builder, loc, bias));
  eraseBatchNorm(batchNorm, result);
}

/// The size that updates of a pretrained weight refer to is its own.
void RemoveBatchNorm::setNominalOfGivenWeights() {
  getOperation().walk([&](Operation *product) {
    if (!isProduct(product))
      return;
    ParameterOp weight = parameters->lookupLoaded(getProductWeight(product));
    if (!weight)
      return;
    double nominal = 0;
    if (auto values = readF32Elements(weight.getInitialValue()))
      nominal = rootMeanSquare(*values);
    else if (auto normal = dyn_cast<NormalAttr>(weight.getInitialValue()))
      nominal = normal.getStdDev();
    // All zero: the size that a random initialization would have.
    if (nominal == 0)
      nominal = std::sqrt(2.0 / getFanIn(product));
    weight.setNominal(APFloat(nominal));
  });
}

//===----------------------------------------------------------------------===//
// Drop
//===----------------------------------------------------------------------===//

void RemoveBatchNorm::drop(BatchNormOp batchNorm) {
  ++numBatchNormsReplaced;
  Value input = batchNorm.getInput();
  auto type = cast<RankedTensorType>(batchNorm.getBias().getType());
  UnitAttr marker = UnitAttr::get(&getContext());

  // The product's own bias does what the batch norm's would do.
  if (auto biasAdd = input.getDefiningOp<BiasAddOp>()) {
    ParameterOp bias = parameters->lookupLoaded(biasAdd.getBias());
    if (bias && bias.getTrainable() && bias.getTensorType() == type &&
        isProduct(biasAdd.getInput().getDefiningOp())) {
      remarkAt(batchNorm) << "dropped; its place takes the bias '"
                          << bias.getSymName() << "'";
      biasAdd->setAttr(EOQDialect::kBatchNormBiasAttrName, marker);
      eraseBatchNorm(batchNorm, input);
      return;
    }
  }

  ParameterOp bias =
      takeOver(batchNorm, batchNorm.getBias(), ParameterKind::Bias,
               std::vector<float>(type.getNumElements(), 0));
  remarkAt(batchNorm) << "dropped but for its bias '" << bias.getSymName()
                      << "'";
  OpBuilder builder(batchNorm);
  Location loc = batchNorm.getLoc();
  auto biasAdd =
      builder.create<BiasAddOp>(loc, batchNorm.getType(), input,
                                parameters->createLoad(builder, loc, bias));
  biasAdd->setAttr(EOQDialect::kBatchNormBiasAttrName, marker);
  eraseBatchNorm(batchNorm, biasAdd);
}

/// He's standard deviation sqrt(2 / fan_in), as far as its factor 2 is needed
/// to make up for what an activation cuts off.
static double getInitialStdDev(Operation *product) {
  double fanIn = getFanIn(product);
  Value input = getProductInput(product);
  // A product behind a linear one keeps the variance without it. (Otherwise the
  // bottlenecks of MobileNetV2 double it one after the other, until ReLU6
  // saturates.)
  if (isa<Conv2DOp>(product))
    return std::sqrt((comesFromLinearProduct(input) ? 1.0 : 2.0) / fanIn);
  if (feedsActivation(product->getResult(0)))
    return std::sqrt(2.0 / fanIn);
  // The mean of n features is up to sqrt(n) times smaller than they are. If the
  // classifier does not make up for that, all layers before it grow to do so.
  while (auto reshape = input.getDefiningOp<ReshapeOp>())
    input = reshape.getInput();
  double averaged = 1;
  if (auto pool = input.getDefiningOp<AvgPool2DOp>())
    averaged = double(pool.getKernel()[0]) * pool.getKernel()[1];
  return std::sqrt(averaged / fanIn);
}

void RemoveBatchNorm::initializeForTraining() {
  ModuleOp module = getOperation();
  DenseSet<Operation *> done;
  module.walk([&](Operation *product) {
    if (!isProduct(product))
      return;
    ParameterOp weight = parameters->lookupLoaded(getProductWeight(product));
    // The first product decides for a weight that several share; one that is
    // not trained keeps its values.
    if (!weight || !weight.getTrainable() || !done.insert(weight).second)
      return;
    double stdDev = getInitialStdDev(product);
    auto normal = NormalAttr::fromStdDev(&getContext(), stdDev,
                                         /*centered=*/false);
    weight.setInitialValueAttr(normal);
    weight.setNominal(APFloat(stdDev));
    ++numWeightsInitialized;
    remarkAt(product) << "initial values of '" << weight.getSymName()
                      << "' are random, standard deviation "
                      << formatNumber(normal.getStdDev());
  });

  for (ParameterOp parameter : module.getOps<ParameterOp>()) {
    if (!parameter.getTrainable() || parameter.getFixedType())
      continue;
    if (parameter.getKind() == ParameterKind::Bias)
      parameter.setInitialValueAttr(makeF32Splat(parameter.getTensorType(), 0));
    else if (parameter.getKind() == ParameterKind::Scale)
      parameter.setInitialValueAttr(makeF32Splat(parameter.getTensorType(), 1));
  }
}
