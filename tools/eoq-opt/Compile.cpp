//===- Compile.cpp - the compiler half of eoq-opt ---------------*- C++ -*-===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags only fill mlir::eoq::CompileOptions.
//
//===----------------------------------------------------------------------===//
#include "Compile.h"
#include "eoq/Conversion/ONNXToEOQ/ONNXToEOQ.h"
#include "eoq/Driver/Driver.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <CLI/CLI.hpp>
#include <cmath>

using namespace mlir;
using namespace mlir::eoq;

static bool isModelPath(StringRef argument) {
  return argument.ends_with_insensitive(".onnx") ||
         argument.ends_with_insensitive(".onnxtxt") ||
         argument.ends_with_insensitive(".txt");
}

namespace {

/// Flags that are not plain members of CompileOptions.
struct Flags {
  double momentum = 29.0 / 32;
  double weightDecay = 0;
  int weights = 16;
  std::string lastPhase;
  bool check = false;
  bool saveTemps = false;
  bool supportTable = false;
};

template <typename T>
using Names = std::map<std::string, T>;

template <typename T>
CLI::Option *addEnum(CLI::App &app, const std::string &flag, T &value,
                     const Names<T> &names, const std::string &text) {
  // CLI::Transformer would let numbers through.
  return app
      .add_option_function<std::string>(
          flag,
          [&value, names](const std::string &name) {
            value = names.at(CLI::detail::to_lower(name));
          },
          text)
      ->check(CLI::IsMember(names, CLI::ignore_case))
      ->option_text(CLI::detail::generate_map(names, true));
}

/// Unlike CLI::Range this refuses a NaN.
CLI::Validator numberFrom(double low, double high) {
  auto check = [low, high](std::string &text) -> std::string {
    double value = 0;
    if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high)
      return {};
    return "expected a number from " + CLI::detail::to_string(low) + " to " +
           CLI::detail::to_string(high) + " but got '" + text + "'";
  };
  return CLI::Validator(check, "[" + CLI::detail::to_string(low) + " - " +
                                   CLI::detail::to_string(high) + "]");
}

void defineFlags(CLI::App &app, CompileOptions &options, Flags &flags) {
  TrainingOptions &training = options.training;
  app.add_option(
      "model", options.inputPath,
      "ONNX model, binary (.onnx) or text (.onnxtxt), opsets 7 to 21");
  app.add_option("-o,--output", options.outputPath,
                 "output file; '-' prints text (default: the model's name, "
                 "without its ending)");
  addEnum<Emission>(app, "--emit", options.emission,
                    {{"exe", Emission::Executable},
                     {"shared", Emission::SharedLibrary},
                     {"object", Emission::Object},
                     {"asm", Emission::Assembly},
                     {"llvm", Emission::LLVMIR},
                     {"mlir", Emission::MLIR}},
                    "what to write (default: exe)");
  app.add_option("--compile-to", flags.lastPhase,
                 "with --emit=mlir: the last phase to run: import, graph, "
                 "bn-free, training, quantized, kernels, llvm (default: "
                 "quantized)");
  addEnum<Precision>(app, "--precision", training.precision,
                     {{"int8", Precision::Int8}, {"f32", Precision::F32}},
                     "arithmetic of the trainer (default: int8)");
  addEnum<BatchNormMode>(
      app, "--batch-norm", training.batchNorm,
      {{"fold", BatchNormMode::Fold}, {"drop", BatchNormMode::Drop}},
      "fold: fine-tune, the function is kept; drop: train from scratch "
      "(default: fold)");
  app.add_option_function<std::string>(
         "--bn-free",
         [&training](const std::string &name) {
           training.bnFree = name == "centered" ? BNFreeMethod::Centered
                             : name == "fixup"  ? BNFreeMethod::Fixup
                                                : BNFreeMethod::None;
         },
         "how to train without batch norm: centered, fixup (arXiv 1901.09321), "
         "none (default: centered after drop, none after fold)")
      ->check(CLI::IsMember({"centered", "fixup", "none"}));
  addEnum<Optimizer>(
      app, "--optimizer", training.optimizer,
      {{"sgd", Optimizer::SGD}, {"normalized-sgd", Optimizer::NormalizedSGD}},
      "the update (default: normalized-sgd)");
  app.add_option("--momentum", flags.momentum,
                 "momentum, rounded to 32nds (default: 0.90625)")
      ->check(numberFrom(0, 31.0 / 32));
  app.add_option("--weight-decay", flags.weightDecay,
                 "weight decay, rounded to a power of two (default: 0, none)")
      ->check(numberFrom(0, 0.5));
  addEnum<int>(
      app, "--weights", flags.weights, {{"int16", 16}, {"int8", 8}},
      "bits of stored weights: 16 (int16) or 8 (int8) (default: int16)");
  addEnum<ExponentMode>(
      app, "--exponents", training.exponents,
      {{"exact", ExponentMode::Exact}, {"previous", ExponentMode::Previous}},
      "where exponents of activations and errors come from: the tensor itself, "
      "or the step before (default: exact)");
  app.add_option("--batch-size", options.batchSize,
                 "images of one step (default: as in the model, 32 if it is "
                 "symbolic there)")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 20));
  app.add_option("--trainable", training.trainable,
                 "train only parameters whose ONNX name matches this glob; may "
                 "be repeated")
      ->allow_extra_args(false);
  app.add_option(
         "--freeze", training.frozen,
         "do not train parameters whose ONNX name matches this glob; may "
         "be repeated")
      ->allow_extra_args(false);
  app.add_option("--target", options.target,
                 "native, x86-64, x86-64-v3, x86-64-v4+vnni, aarch64+dotprod, "
                 "aarch64+i8mm (default: native)");
  app.add_option("--l2-cache", options.l2CacheBytes,
                 "bytes of a core's second-level cache, such as 256KB, for the "
                 "sizes of what kernels work on at a time (default: 512KB)")
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false))
      ->check(CLI::Range(int64_t(16) << 10, int64_t(1) << 30));
  addEnum<bool>(app, "--threads", options.openmp,
                {{"openmp", true}, {"none", false}},
                "openmp, or none for a program without a threading library "
                "(default: openmp)");
  app.add_flag("--check", flags.check,
               "list every node that is not supported, and stop");
  app.add_flag("--memory-report", options.memoryReport,
               "print the memory plan");
  app.add_option("--memory-timeline", options.memoryTimeline,
                 "SVG file for a picture of the memory plan");
  app.add_flag("--remarks", options.remarks,
               "say which kernels each product and quantizer becomes, and why");
  app.add_flag("--save-temps", flags.saveTemps,
               "write the module after each phase, beside the output");
  app.add_flag("--onnx-support-table", flags.supportTable,
               "print the supported ONNX operators, and stop");
  app.footer(
      "With a .mlir file eoq-opt is an mlir-opt with the eoq dialect: see "
      "'eoq-opt --help-list'.");
}

/// Libraries are beside us in the build tree, or in ../lib of an installed one.
void findLibraries(const char *argv0, LinkOptions &link) {
  void *anchor = reinterpret_cast<void *>(&isCompilerCommandLine);
  llvm::SmallString<128> bin(llvm::sys::fs::getMainExecutable(argv0, anchor));
  llvm::sys::path::remove_filename(bin);
  for (StringRef folder : {"../lib", "../lib/eoq"}) {
    llvm::SmallString<128> path(bin);
    llvm::sys::path::append(path, folder);
    link.findLibraries(path);
  }
}

/// Turns flags into options; false after a message about wrong usage.
bool finishOptions(const CLI::App &app, CompileOptions &options,
                   const Flags &flags) {
  auto complain = [](const llvm::Twine &message) {
    llvm::errs() << "error: " << message << "\n";
    return false;
  };
  if (options.inputPath.empty())
    return complain("no model given; expected for example 'eoq-opt model.onnx "
                    "-o trainer'");
  TrainingOptions &training = options.training;
  training.momentum = std::lround(flags.momentum * 32);
  if (flags.weightDecay > 0)
    training.weightDecayShift =
        std::clamp<long>(std::lround(-std::log2(flags.weightDecay)), 1, 30);
  training.weightBits = flags.weights;
  options.lastPhase = Phase::Quantized;
  if (!flags.lastPhase.empty()) {
    std::optional<Phase> phase = parsePhase(flags.lastPhase);
    if (!phase)
      return complain(
          "--compile-to: '" + flags.lastPhase +
          "' is no phase; expected import, graph, bn-free, training, "
          "quantized, kernels or llvm");
    if (options.emission != Emission::MLIR)
      return complain("--compile-to works with --emit=mlir only");
    options.lastPhase = *phase;
  }
  if (options.emission == Emission::MLIR && options.lastPhase < Phase::Kernels)
    for (auto [flag, given] :
         {std::pair("--memory-report", options.memoryReport),
          std::pair("--memory-timeline", !options.memoryTimeline.empty()),
          std::pair("--remarks", options.remarks)})
      if (given)
        return complain(flag + llvm::Twine(" needs the phase 'kernels'; add "
                                           "--compile-to=kernels"));
  if (training.precision == Precision::F32)
    for (const char *flag : {"--weights", "--exponents"})
      if (app.count(flag) > 0)
        return complain(flag + llvm::Twine(" is about integers; it works with "
                                           "--precision=int8 only"));
  if (training.batchNorm == BatchNormMode::Fold &&
      training.bnFree == BNFreeMethod::Fixup)
    return complain("--bn-free=fixup initializes from scratch; it works with "
                    "--batch-norm=drop only");
  if (options.outputPath == "-" && options.emission <= Emission::Object)
    return complain("'-o -' prints text; programs, libraries and objects need "
                    "a file");
  if (options.outputPath.empty()) {
    StringRef stem = llvm::sys::path::stem(options.inputPath);
    StringRef ending = options.emission == Emission::SharedLibrary ? ".so"
                       : options.emission == Emission::Object      ? ".o"
                       : options.emission == Emission::Assembly    ? ".s"
                       : options.emission == Emission::LLVMIR      ? ".ll"
                                                                   : "";
    options.outputPath =
        options.emission == Emission::MLIR ? "-" : (stem + ending).str();
  }
  if (flags.saveTemps)
    options.tempsDirectory =
        options.outputPath == "-" ? "." : options.outputPath + ".temps";
  return true;
}

} // namespace

bool isCompilerCommandLine(int argc, char **argv) {
  CLI::App app;
  CompileOptions options;
  Flags flags;
  defineFlags(app, options, flags);
  for (int i = 1; i < argc; ++i) {
    StringRef argument(argv[i]);
    // Flags that mlir-opt does not have say it too, if the model is forgotten
    // or has another ending.
    StringRef flag = argument.split('=').first;
    if (flag.consume_front("--")
            ? app.get_option_no_throw(("--" + flag).str()) && flag != "output"
            : argument == "-h")
      return true;
    // A model may also be the value of no flag but -o.
    if (!argument.starts_with("-") && isModelPath(argument) &&
        StringRef(argv[i - 1]) != "-o")
      return true;
  }
  return argc == 1 && llvm::sys::Process::StandardInIsUserInput();
}

/// "model.onnx: error: ...", and each note below it on a line of its own.
static void printDiagnostic(Diagnostic &diagnostic) {
  static constexpr const char *kSeverities[] = {"note", "warning", "error",
                                                "remark"};
  if (auto loc = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>())
    llvm::errs() << loc.getFilename().getValue() << ": ";
  llvm::errs() << kSeverities[static_cast<int>(diagnostic.getSeverity())]
               << ": " << diagnostic << "\n";
  for (Diagnostic &note : diagnostic.getNotes())
    printDiagnostic(note);
}

/// Writes to standard output; returns the exit code.
static int print(const std::string &text) {
  llvm::Error error = writeText("-", text);
  if (!error)
    return 0;
  llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
  return 1;
}

int compilerMain(int argc, char **argv, DialectRegistry &registry) {
  CLI::App app(
      "EOQ: compiles an ONNX network into a program that trains it with "
      "8-bit integers.",
      "eoq-opt");
  CompileOptions options;
  Flags flags;
  defineFlags(app, options, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0)
      return print(app.help());
    llvm::errs() << "error: " << error.what()
                 << "\nRun with --help for more information.\n";
    return 2;
  }
  if (flags.supportTable) {
    std::string table;
    llvm::raw_string_ostream stream(table);
    printOnnxSupportTable(stream);
    return print(table);
  }
  if (!finishOptions(app, options, flags))
    return 2;
  findLibraries(argv[0], options.link);
  options.link.openmp = options.openmp;
  if (!options.tempsDirectory.empty())
    if (std::error_code error =
            llvm::sys::fs::create_directories(options.tempsDirectory)) {
      llvm::errs() << "error: '" << options.tempsDirectory
                   << "': " << error.message() << "\n";
      return 1;
    }

  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  // MLIR's own handler prints neither warnings nor notes.
  ScopedDiagnosticHandler handler(&context, printDiagnostic);
  context.loadAllAvailableDialects();
  if (!flags.check)
    return failed(compile(options, context));
  OwningOpRef<ModuleOp> module = importModel(options, context);
  if (!module || failed(runPhases(*module, Phase::Graph, options)))
    return 1;
  return print(options.inputPath + ": every node is supported\n");
}
