//===- Eval.cpp - the command eval ----------------------------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loss and accuracy on the test images, of a checkpoint or of initial values.
//
//===----------------------------------------------------------------------===//
#include "eoq/Trainer/Checkpoint.h"
#include "eoq/Trainer/CommandLine.h"
#include "eoq/Trainer/Error.h"
#include "eoq/Trainer/Session.h"

#include <cstdio>

namespace eoq::trainer {

int runEval(const eoq_model &model, const EvalOptions &options) {
  configureThreads(options.threads);
  Session session(model);
  Normalization normalization;
  if (!options.checkpoint.empty()) {
    Checkpoint checkpoint = readCheckpoint(options.checkpoint);
    session.load(checkpoint.image, options.checkpoint);
    normalization = checkpoint.plan.normalization;
  } else {
    eoq_initialize(session.get(), options.seed);
    normalization = chooseNormalization(
        readImages(findImages(options.data, Split::Train), model),
        model.precision, options.inputMean, options.inputScale);
  }
  LabelledImages data = readSplit(options.data, Split::Test, model);
  PreparedImages images(std::move(data.images), normalization, model.precision);
  std::optional<Tally> tally = evaluate(session, images, data.labels);
  std::printf("%s\n", finalLine(tally.value_or(Tally()), session).c_str());
  return 0;
}

} // namespace eoq::trainer
