//===- GraphImporter.cpp - an ONNX graph to a module ------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of a module: versions, the graph's input and result, and the order
// of its nodes. Nodes themselves are in NodeImporter.cpp.
//
//===----------------------------------------------------------------------===//
#include "GraphImporter.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace mlir::eoq;
using namespace mlir::eoq::onnx_import;

/// The newest IR version whose changes this reader knows (ONNX 1.16, opset 21).
/// The parser is older, but what came since are fields that it may skip.
static constexpr int64_t kNewestIrVersion = 10;

GraphImporter::GraphImporter(MLIRContext *context, llvm::StringRef path,
                             const OnnxImportOptions &options)
    : context(context), path(path), options(options),
      fileLoc(FileLineColLoc::get(context, path, 0, 0)), builder(context),
      tensors(context, path) {
  for (llvm::StringRef name :
       {EOQDialect::kPredictName, EOQDialect::kTrainStepName,
        EOQDialect::kEvaluateName, EOQDialect::kInitializeName})
    symbols.insert(name);
}

LogicalResult GraphImporter::emitError(const llvm::Twine &message) {
  return mlir::emitError(fileLoc) << message;
}

std::string GraphImporter::describe(const onnx::NodeProto &node) {
  if (!node.name().empty())
    return "node '" + node.name() + "'";
  for (const std::string &output : node.output())
    if (!output.empty())
      return "node '" + node.op_type() + "' that computes '" + output + "'";
  return "unnamed node '" + node.op_type() + "'";
}

Location GraphImporter::locationOf(const onnx::NodeProto &node) {
  std::string name = node.name();
  // An initializer that others share has its own name behind an Identity.
  if (node.op_type() == "Identity" && node.output_size() == 1)
    name = node.output(0);
  for (const std::string &output : node.output())
    if (name.empty())
      name = output;
  return NameLoc::get(builder.getStringAttr(name), fileLoc);
}

/// Initializers may be called as one of our functions.
std::string GraphImporter::makeSymbolName(llvm::StringRef name) {
  std::string symbol = name.str();
  for (unsigned i = 0; !symbols.insert(symbol).second; ++i)
    symbol = (name + "_" + llvm::Twine(i)).str();
  return symbol;
}

//===----------------------------------------------------------------------===//
// Versions, names
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::importOpsets(const onnx::ModelProto &model) {
  if (model.ir_version() > kNewestIrVersion)
    mlir::emitWarning(fileLoc)
        << "the model has IR version " << model.ir_version() << ", newer than "
        << kNewestIrVersion
        << ", the newest known; what that version added is ignored";
  for (const auto &opset : model.opset_import()) {
    llvm::StringRef domain =
        opset.domain() == "ai.onnx" ? "" : llvm::StringRef(opset.domain());
    auto [entry, isNew] = opsets.try_emplace(domain, opset.version());
    if (!isNew && entry->second != opset.version())
      return emitError("two versions of operator set '" + domain +
                       "' are imported, " + llvm::Twine(entry->second) +
                       " and " + llvm::Twine(opset.version()));
  }
  auto standard = opsets.find("");
  if (standard == opsets.end())
    return emitError("no version of the ONNX operator set is imported");
  if (standard->second < kOldestOnnxOpset ||
      standard->second > kNewestOnnxOpset)
    return emitError("opset " + llvm::Twine(standard->second) +
                     " is not supported; export with an opset from " +
                     llvm::Twine(kOldestOnnxOpset) + " to " +
                     llvm::Twine(kNewestOnnxOpset));
  return success();
}

LogicalResult GraphImporter::checkNames() {
  if (graph->sparse_initializer_size() != 0)
    return emitError("sparse initializer '" +
                     graph->sparse_initializer(0).values().name() +
                     "' is not supported; store it as a dense tensor");
  llvm::StringSet<> initializers;
  for (const auto &tensor : graph->initializer()) {
    if (tensor.name().empty())
      return emitError("an initializer has no name");
    if (!initializers.insert(tensor.name()).second)
      return emitError("two initializers are called '" + tensor.name() + "'");
  }
  llvm::StringSet<> inputs;
  for (const auto &input : graph->input()) {
    if (input.name().empty())
      return emitError("an input of the graph has no name");
    if (!inputs.insert(input.name()).second)
      return emitError("two inputs of the graph are called '" + input.name() +
                       "'");
  }
  llvm::StringSet<> results;
  for (const auto &node : graph->node()) {
    if (node.op_type().empty())
      return emitError(describe(node) + " has no operator type");
    bool hasOutput = false;
    for (const std::string &output : node.output()) {
      if (output.empty())
        continue;
      hasOutput = true;
      if (!results.insert(output).second || initializers.contains(output) ||
          inputs.contains(output))
        return emitError(describe(node) + " defines '" + output +
                         "', which is defined elsewhere too");
    }
    if (!hasOutput)
      return emitError(describe(node) + " of type '" + node.op_type() +
                       "' has no output");
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Input, result
//===----------------------------------------------------------------------===//

FailureOr<const onnx::ValueInfoProto *> GraphImporter::findImage() {
  llvm::StringSet<> initializers;
  for (const auto &tensor : graph->initializer())
    initializers.insert(tensor.name());
  // Before IR version 4, initializers were listed among the inputs.
  llvm::SmallVector<const onnx::ValueInfoProto *> images;
  for (const auto &input : graph->input())
    if (!initializers.contains(input.name()))
      images.push_back(&input);
  if (images.size() != 1) {
    std::string names;
    for (const auto *image : llvm::ArrayRef(images).take_front(8))
      names += (names.empty() ? ": '" : ", '") + image->name() + "'";
    return emitError("the graph has " + llvm::Twine(images.size()) +
                     " inputs besides its initializers, expected one, the "
                     "images" +
                     names);
  }
  return images.front();
}

FailureOr<RankedTensorType>
GraphImporter::importImageType(const onnx::ValueInfoProto &image,
                               DictionaryAttr &argumentAttrs) {
  std::string input = "input '" + image.name() + "'";
  if (!image.type().has_tensor_type())
    return emitError(input + " is no tensor");
  const auto &type = image.type().tensor_type();
  if (type.elem_type() != onnx::TensorProto::FLOAT)
    return emitError(input + " has elements of type " +
                     onnxTypeName(type.elem_type()) +
                     ", expected float; export the model in float32");
  if (!type.has_shape() || type.shape().dim_size() != 4)
    return emitError(input + " has " +
                     (type.has_shape()
                          ? llvm::Twine(type.shape().dim_size()) + " dimensions"
                          : llvm::Twine("no shape")) +
                     ", expected 4: batch, channels, height, width");

  llvm::SmallVector<int64_t> shape;
  int64_t numElements = 1;
  static constexpr const char *kRoles[] = {"batch", "channels", "height",
                                           "width"};
  for (const auto &[index, dim] : llvm::enumerate(type.shape().dim())) {
    std::string which = "dimension " + std::to_string(index) + " (" +
                        kRoles[index] + ") of " + input;
    int64_t size = dim.has_dim_value() ? dim.dim_value() : 0;
    if (dim.has_dim_value() && (size < 1 || size > kMaxElements))
      return emitError(which + " is " + llvm::Twine(size) +
                       ", expected a positive number");
    std::string symbol = dim.has_dim_param() && !dim.dim_param().empty()
                             ? "is symbolic, '" + dim.dim_param() + "'"
                             : std::string("is unknown");
    if (index == 0) {
      if (options.batchSize < 0 || options.batchSize > kMaxElements)
        return emitError("batch size " + llvm::Twine(options.batchSize) +
                         " is not possible, expected a positive number");
      if (size == 0 && options.batchSize == 0)
        size = options.defaultBatchSize;
      if (size == 0 && options.batchSize == 0)
        return emitError(which + " " + symbol +
                         "; give the images of one step with --batch-size=N");
      if (size != 0 && options.batchSize != 0 && size != options.batchSize)
        argumentAttrs = builder.getDictionaryAttr(builder.getNamedAttr(
            "eoq.onnx_batch_size", builder.getI64IntegerAttr(size)));
      if (options.batchSize != 0)
        size = options.batchSize;
    } else if (size == 0) {
      return emitError(which + " " + symbol +
                       "; only the batch may be, export the model for a fixed "
                       "image size");
    }
    shape.push_back(size);
    numElements *= size; // Both below 2^31.
    if (numElements > kMaxElements)
      return emitError(input + " has more than " + llvm::Twine(kMaxElements) +
                       " elements");
  }
  return RankedTensorType::get(shape, builder.getF32Type());
}

FailureOr<llvm::StringRef> GraphImporter::findResult() {
  if (graph->output_size() == 0)
    return emitError("the graph has no output");
  if (graph->output_size() == 1)
    return llvm::StringRef(graph->output(0).name());
  std::string names;
  for (const auto &output : graph->output()) {
    if (output.type().tensor_type().has_shape() &&
        output.type().tensor_type().shape().dim_size() == 2)
      return llvm::StringRef(output.name());
    if (names.size() < 200)
      names += (names.empty() ? "'" : ", '") + output.name() + "'";
  }
  return emitError("none of the graph's outputs (" + names +
                   ") is declared with the shape of logits, [batch, classes]");
}

/// Heads that are not trained, and what only they need, are not part of the
/// program, which a user should know.
void GraphImporter::warnOfOtherResults(llvm::StringRef result) {
  if (graph->output_size() < 2)
    return;
  std::string names;
  for (const auto &output : graph->output()) {
    if (output.name() == result)
      continue;
    if (names.size() >= 200) {
      names += ", ...";
      break;
    }
    names += (names.empty() ? "'" : ", '") + output.name() + "'";
  }
  emitWarning(fileLoc) << "of the graph's outputs only '" << result
                       << "', the first of the shape of logits, is trained and "
                          "predicted; left out: "
                       << names;
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

FailureOr<llvm::SmallVector<const onnx::NodeProto *>>
GraphImporter::sortNodes() {
  llvm::StringSet<> known;
  for (const auto &tensor : graph->initializer())
    known.insert(tensor.name());
  for (const auto &input : graph->input())
    known.insert(input.name());
  llvm::StringMap<unsigned> producers;
  for (const auto &[index, node] : llvm::enumerate(graph->node()))
    for (const std::string &output : node.output())
      if (!output.empty())
        producers[output] = index;

  // Kahn's algorithm, first come first served: a sorted graph stays as it is.
  unsigned numNodes = graph->node_size();
  llvm::SmallVector<unsigned> missingInputs(numNodes, 0);
  std::vector<llvm::SmallVector<unsigned, 2>> users(numNodes);
  for (const auto &[index, node] : llvm::enumerate(graph->node()))
    for (const std::string &input : node.input()) {
      if (input.empty() || known.contains(input))
        continue;
      auto producer = producers.find(input);
      if (producer == producers.end())
        return emitError(describe(node) + " uses '" + input +
                         "', which is no input, initializer or result of a "
                         "node");
      users[producer->second].push_back(index);
      ++missingInputs[index];
    }
  llvm::SmallVector<const onnx::NodeProto *> sorted;
  std::vector<bool> isDone(numNodes, false);
  llvm::SmallVector<unsigned> stack;
  for (unsigned root = 0; root != numNodes; ++root) {
    if (missingInputs[root] == 0 && !isDone[root])
      stack.push_back(root);
    while (!stack.empty()) {
      unsigned index = stack.pop_back_val();
      isDone[index] = true;
      sorted.push_back(&graph->node(index));
      // A user that stands later in the file is reached by the outer loop.
      for (unsigned user : llvm::reverse(users[index]))
        if (--missingInputs[user] == 0 && user < root)
          stack.push_back(user);
    }
  }
  if (sorted.size() != numNodes)
    return reportCycle(missingInputs, producers);
  return sorted;
}

/// Some nodes wait for each other: walks from one of them against the edges
/// until a node comes a second time; that one is on a cycle.
LogicalResult
GraphImporter::reportCycle(llvm::ArrayRef<unsigned> missingInputs,
                           const llvm::StringMap<unsigned> &producers) {
  unsigned current = 0;
  while (missingInputs[current] == 0)
    ++current;
  std::vector<bool> isSeen(missingInputs.size(), false);
  while (!isSeen[current]) {
    isSeen[current] = true;
    for (const std::string &input : graph->node(current).input()) {
      auto producer = producers.find(input);
      if (producer != producers.end() && missingInputs[producer->second] != 0) {
        current = producer->second;
        break;
      }
    }
  }
  return emitError(describe(graph->node(current)) +
                   " depends on its own result: the graph has a cycle");
}

//===----------------------------------------------------------------------===//
// Module
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> GraphImporter::import(const onnx::ModelProto &model) {
  graph = &model.graph();
  if (failed(importOpsets(model)) || failed(checkNames()))
    return nullptr;
  auto image = findImage();
  if (failed(image))
    return nullptr;
  DictionaryAttr argumentAttrs;
  auto imageType = importImageType(**image, argumentAttrs);
  if (failed(imageType))
    return nullptr;
  auto resultName = findResult();
  if (failed(resultName))
    return nullptr;
  warnOfOtherResults(*resultName);
  auto nodes = sortNodes();
  if (failed(nodes))
    return nullptr;

  OwningOpRef<ModuleOp> owner = ModuleOp::create(fileLoc);
  module = *owner;
  module->setAttr(EOQDialect::kLevelAttrName, builder.getStringAttr("import"));
  module->setAttr(EOQDialect::kModelNameAttrName,
                  builder.getStringAttr(makeModelName(path)));
  builder.setInsertionPointToEnd(module.getBody());
  auto function =
      builder.create<func::FuncOp>(fileLoc, EOQDialect::kPredictName,
                                   builder.getFunctionType({*imageType}, {}));
  if (argumentAttrs)
    function.setArgAttrs(0, argumentAttrs);
  Block *body = function.addEntryBlock();
  body->getArgument(0).setLoc(
      NameLoc::get(builder.getStringAttr((*image)->name()), fileLoc));
  values[(*image)->name()] = body->getArgument(0);
  builder.setInsertionPointToEnd(body);
  if (failed(importInitializers()))
    return nullptr;
  for (const onnx::NodeProto *node : *nodes)
    if (failed(importNode(*node)))
      return nullptr;
  Value result = values.lookup(*resultName);
  if (!result) {
    (void)emitError("output '" + *resultName + "' is not computed by any node");
    return nullptr;
  }
  builder.create<func::ReturnOp>(fileLoc, result);
  function.setType(builder.getFunctionType({*imageType}, {result.getType()}));
  return owner;
}
