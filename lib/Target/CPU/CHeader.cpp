//===- CHeader.cpp - the C header of an emitted library -------------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "eoq/Target/CPU/Emit.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::eoq;

FailureOr<std::string> mlir::eoq::printCHeader(ModuleOp module) {
  auto info = module->getAttrOfType<DictionaryAttr>("eoq.model_info");
  if (!info)
    return module.emitError("expected a description of the model in the "
                            "module's attribute 'eoq.model_info'; "
                            "'eoq-export-model' writes it");
  auto name = info.getAs<StringAttr>("name");
  if (!name)
    return module.emitError("expected a string 'name' in the module's "
                            "attribute 'eoq.model_info'");
  std::string upper = StringRef(name).upper();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv(
      R"(/* {0}.h - the trainer of the model `{0}`. Made by eoq-opt; do not edit.
 *
 * Link with the library that was made together with this header, and use the
 * functions of eoq.h:
 *
 *   void *memory = aligned_alloc(EOQ_ALIGNMENT, eoq_required_bytes(&eoq_{0}_model));
 *   eoq_trainer *trainer;
 *   eoq_create(&eoq_{0}_model, memory, eoq_required_bytes(&eoq_{0}_model), &trainer);
 *   eoq_initialize(trainer, 0);
 */
#ifndef EOQ_MODEL_{1}_H
#define EOQ_MODEL_{1}_H

#include "eoq/Runtime/eoq.h"

)",
      name.strref(), upper);
  struct Constant {
    StringRef key, suffix, comment;
  };
  static constexpr Constant kConstants[] = {
      {"precision", "PRECISION", "8: integers, 32: float"},
      {"batch", "BATCH", "images of one step"},
      {"channels", "CHANNELS", "of an image"},
      {"height", "HEIGHT", "of an image"},
      {"width", "WIDTH", "of an image"},
      {"classes", "CLASSES", "logits of an image"},
      {"tensor_count", "TENSOR_COUNT", "entries of the tensor table"},
      {"state_bytes", "STATE_BYTES", "parameters and optimizer"},
      {"arena_bytes", "ARENA_BYTES", "scratch of one call"},
  };
  for (const Constant &constant : kConstants) {
    auto value = info.getAs<IntegerAttr>(constant.key);
    if (!value)
      return module.emitError("expected an integer '")
             << constant.key << "' in the module's attribute 'eoq.model_info'";
    os << "#define EOQ_" << upper << "_" << constant.suffix << " "
       << value.getInt() << "u /* " << constant.comment << " */\n";
  }
  os << llvm::formatv(R"(
#ifdef __cplusplus
extern "C" {{
#endif

extern const eoq_model eoq_{0}_model;

#ifdef __cplusplus
}
#endif

#endif /* EOQ_MODEL_{1}_H */
)",
                      name.strref(), upper);
  return text;
}
