//===- BackendNodeTest.cpp - import against ONNX's own tests ----*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs ONNX's backend node tests (one operator each, with stored inputs and
// outputs) through import, conversion and interpreter. A test's first input
// becomes the images, all others initializers; a Reshape and a Flatten around
// the operator make it a network.
//
//===----------------------------------------------------------------------===//
#include "eoq/Conversion/ONNXToEOQ/ONNXToEOQ.h"
#include "eoq/Dialect/EOQ/IR/EOQ.h"
#include "eoq/Import/ONNX/Import.h"
#include "eoq/Reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

using namespace mlir;
using namespace mlir::eoq;

namespace {

const std::string kFolder = EOQ_ONNX_NODE_TESTS;

/// The operators that compute something (constants only fold).
const std::set<std::string> kOperators = {"Add",
                                          "AveragePool",
                                          "BatchNormalization",
                                          "Clip",
                                          "Concat",
                                          "Conv",
                                          "Div",
                                          "Dropout",
                                          "Flatten",
                                          "Gemm",
                                          "GlobalAveragePool",
                                          "GlobalMaxPool",
                                          "Identity",
                                          "LeakyRelu",
                                          "MatMul",
                                          "MaxPool",
                                          "Mul",
                                          "Pad",
                                          "ReduceMean",
                                          "Relu",
                                          "Reshape",
                                          "Slice",
                                          "Split",
                                          "Squeeze",
                                          "Sub",
                                          "Sum",
                                          "Transpose",
                                          "Unsqueeze"};

template <typename Message>
bool readMessage(const std::string &path, Message &message) {
  std::ifstream file(path, std::ios::binary);
  return file && message.ParseFromIstream(&file);
}

std::vector<float> floatsOf(const onnx::TensorProto &tensor) {
  if (tensor.has_raw_data()) {
    std::vector<float> values(tensor.raw_data().size() / sizeof(float));
    std::memcpy(values.data(), tensor.raw_data().data(),
                values.size() * sizeof(float));
    return values;
  }
  return {tensor.float_data().begin(), tensor.float_data().end()};
}

void addNode(onnx::GraphProto &graph, const std::string &op,
             std::vector<std::string> inputs,
             std::vector<std::string> outputs) {
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(op);
  for (const std::string &input : inputs)
    node.add_input(input);
  for (const std::string &output : outputs)
    node.add_output(output);
}

/// The initializer "eoq_shape".
void addShape(onnx::GraphProto &graph, llvm::ArrayRef<int64_t> shape) {
  onnx::TensorProto &tensor = *graph.add_initializer();
  tensor.set_name("eoq_shape");
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(shape.size());
  for (int64_t dim : shape)
    tensor.add_int64_data(dim);
}

/// Input "eoq_image" of the given shape, and "eoq_logits" from the output.
void finish(onnx::GraphProto &graph, llvm::ArrayRef<int64_t> imageShape) {
  graph.clear_input();
  onnx::ValueInfoProto &image = *graph.add_input();
  image.set_name("eoq_image");
  auto *type = image.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  for (int64_t dim : imageShape)
    type->mutable_shape()->add_dim()->set_dim_value(dim);
  addNode(graph, "Flatten", {graph.output(0).name()}, {"eoq_logits"});
  graph.clear_output();
  graph.add_output()->set_name("eoq_logits");
}

/// Whether the operator combines tensors of one shape.
bool isCombination(const onnx::NodeProto &node,
                   llvm::ArrayRef<onnx::TensorProto> inputs) {
  static const std::set<std::string> operators = {"Add", "Concat", "Mul", "Sub",
                                                  "Sum"};
  auto hasShape = [&](const onnx::TensorProto &tensor) {
    return std::equal(tensor.dims().begin(), tensor.dims().end(),
                      inputs[0].dims().begin(), inputs[0].dims().end());
  };
  return inputs.size() > 1 && operators.count(node.op_type()) &&
         llvm::all_of(inputs, hasShape);
}

class BackendNodeTest : public testing::Test {
protected:
  /// The reason why a test does not apply, or "" if it has passed or failed.
  std::string run(const std::string &name);

  /// Computes all inputs, of one shape, from an image that holds them side by
  /// side.
  std::string combine(onnx::GraphProto &graph,
                      llvm::ArrayRef<onnx::TensorProto> inputs);

  /// Makes a network of the operator; sets the images and what is expected.
  std::string prepare(const std::string &folder, onnx::ModelProto &model);

  std::vector<float> image, expected;
};

std::string BackendNodeTest::prepare(const std::string &folder,
                                     onnx::ModelProto &model) {
  onnx::GraphProto &graph = *model.mutable_graph();
  if (llvm::StringRef(folder).contains("test_training_dropout"))
    return "dropout means nothing here";
  if (graph.node_size() != 1 || !kOperators.count(graph.node(0).op_type()))
    return "not one of our operators";
  if (graph.input_size() == 0 || !graph.input(0).type().has_tensor_type())
    return "no tensor as input";
  llvm::SmallVector<onnx::TensorProto> inputs(graph.input_size());
  for (int i = 0; i != graph.input_size(); ++i) {
    if (!readMessage(folder + "/test_data_set_0/input_" + std::to_string(i) +
                         ".pb",
                     inputs[i]))
      return "no stored input";
    inputs[i].set_name(graph.input(i).name());
  }
  onnx::TensorProto output;
  if (!readMessage(folder + "/test_data_set_0/output_0.pb", output))
    return "no stored output";
  if (inputs[0].data_type() != onnx::TensorProto::FLOAT ||
      output.data_type() != onnx::TensorProto::FLOAT)
    return "not of type float";
  if (inputs[0].dims_size() < 1 || inputs[0].dims_size() > 4)
    return "input of " + std::to_string(inputs[0].dims_size()) + " dimensions";
  image = floatsOf(inputs[0]);
  expected = floatsOf(output);
  if (isCombination(graph.node(0), inputs))
    return combine(graph, inputs);

  llvm::SmallVector<int64_t> shape(inputs[0].dims().begin(),
                                   inputs[0].dims().end());
  addShape(graph, shape);
  addNode(graph, "Reshape", {"eoq_image", "eoq_shape"},
          {graph.input(0).name()});
  for (const onnx::TensorProto &input : llvm::ArrayRef(inputs).drop_front())
    *graph.add_initializer() = input;
  shape.resize(4, 1);
  finish(graph, shape);
  return "";
}

std::string BackendNodeTest::combine(onnx::GraphProto &graph,
                                     llvm::ArrayRef<onnx::TensorProto> inputs) {
  int64_t batch = inputs[0].dims(0), count = inputs.size();
  int64_t rest = image.size() / batch;
  std::vector<std::string> parts;
  std::vector<std::vector<float>> values;
  for (const onnx::TensorProto &input : inputs) {
    parts.push_back("eoq_part_" + input.name());
    values.push_back(floatsOf(input));
  }
  image.clear();
  for (int64_t n = 0; n != batch; ++n)
    for (const std::vector<float> &value : values)
      image.insert(image.end(), value.begin() + n * rest,
                   value.begin() + (n + 1) * rest);
  llvm::SmallVector<int64_t> shape(inputs[0].dims().begin(),
                                   inputs[0].dims().end());
  addShape(graph, shape);
  addNode(graph, "Split", {"eoq_image"}, parts);
  onnx::AttributeProto &axis =
      *graph.mutable_node(graph.node_size() - 1)->add_attribute();
  axis.set_name("axis");
  axis.set_type(onnx::AttributeProto::INT);
  axis.set_i(1);
  for (int64_t i = 0; i != count; ++i)
    addNode(graph, "Reshape", {parts[i], "eoq_shape"}, {inputs[i].name()});
  finish(graph, {batch, count, rest, 1});
  return "";
}

std::string BackendNodeTest::run(const std::string &name) {
  onnx::ModelProto model;
  std::string folder = kFolder + "/" + name;
  if (!readMessage(folder + "/model.onnx", model))
    return "no model";
  std::string reason = prepare(folder, model);
  if (!reason.empty())
    return reason;

  llvm::SmallString<128> path;
  if (llvm::sys::fs::createTemporaryFile("eoq-node", "onnx", path))
    return "no temporary file";
  {
    std::ofstream file(path.c_str(), std::ios::binary);
    model.SerializeToOstream(&file);
  }
  MLIRContext context;
  std::string messages;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    messages += diagnostic.str();
    for (Diagnostic &note : diagnostic.getNotes())
      messages += "; " + note.str();
  });
  OwningOpRef<ModuleOp> module = importOnnxFile(path, &context);
  llvm::sys::fs::remove(path);
  if (!module || failed(convertOnnxToEOQ(*module)))
    return messages;
  EXPECT_TRUE(succeeded(verify(*module))) << name << ": " << messages;
  auto interpreter = Interpreter::create(*module);
  if (failed(interpreter)) {
    ADD_FAILURE() << name << ": " << messages;
    return "";
  }
  auto function = module->lookupSymbol<func::FuncOp>("predict");
  TensorValue argument = TensorValue::zeros(
      cast<RankedTensorType>(function.getArgumentTypes()[0]));
  argument.f32 = image;
  auto results = interpreter->call("predict", {argument});
  if (failed(results)) {
    ADD_FAILURE() << name << ": " << messages;
    return "";
  }
  const auto &actual = std::get<TensorValue>((*results)[0]).f32;
  if (actual.size() != expected.size()) {
    ADD_FAILURE() << name << ": " << actual.size() << " results, expected "
                  << expected.size();
    return "";
  }
  for (size_t i = 0; i != actual.size(); ++i) {
    float tolerance = 1e-5f + 1e-4f * std::fabs(expected[i]);
    if (!(std::fabs(actual[i] - expected[i]) <= tolerance)) {
      ADD_FAILURE() << name << ": element " << i << " is " << actual[i]
                    << ", expected " << expected[i];
      break;
    }
  }
  return "";
}

TEST_F(BackendNodeTest, AllAgree) {
  if (!llvm::sys::fs::is_directory(kFolder))
    GTEST_SKIP() << "the package libonnx-testdata is not installed";
  std::vector<std::string> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(kFolder, error), end;
       it != end && !error; it.increment(error))
    names.push_back(llvm::sys::path::filename(it->path()).str());
  llvm::sort(names);
  unsigned numPassed = 0;
  std::map<std::string, std::vector<std::string>> skipped;
  for (const std::string &name : names) {
    bool hadFailure = HasFailure();
    std::string reason = run(name);
    if (!reason.empty())
      skipped[reason].push_back(name);
    else if (HasFailure() == hadFailure)
      ++numPassed;
  }
  for (const auto &[reason, tests] : skipped) {
    if (reason == "not one of our operators") {
      llvm::outs() << tests.size() << " other operators\n";
      continue;
    }
    llvm::outs() << tests.size() << " skipped (" << reason << "):";
    for (const std::string &test : tests)
      llvm::outs() << " " << test;
    llvm::outs() << "\n";
  }
  llvm::outs() << numPassed << " node tests agree\n";
  EXPECT_GE(numPassed, 95u);
}

} // namespace
