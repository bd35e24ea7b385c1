//===- EmitTest.cpp - targets, files, and what is in them -----------------===//
//
// Part of the EOQ project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Compile.h"
#include "Network.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::eoq;

namespace {

std::string readFile(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

std::vector<std::string> listFolder(StringRef folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(folder, code), end;
       it != end && !code; it.increment(code))
    names.push_back(llvm::sys::path::filename(it->path()).str());
  llvm::sort(names);
  return names;
}

class Emit : public testing::Test {
protected:
  Emit()
      : handler(&context, [this](Diagnostic &diagnostic) {
          messages += diagnostic.str() + "\n";
          return success();
        }) {
    test::loadDialects(context);
    module =
        parseSourceString<ModuleOp>(test::makeNetwork().print(true), &context);
  }

  /// The network's assembly for a target.
  std::string getAssembly(StringRef spelling) {
    CPUTarget target = llvm::cantFail(CPUTarget::parse(spelling));
    EXPECT_TRUE(succeeded(test::lowerToLLVM(*module, target, false)));
    std::string path = folder.file("out.s");
    EXPECT_TRUE(succeeded(emit(*module, target, OutputKind::Assembly, path)));
    EXPECT_EQ(messages, "");
    return readFile(path);
  }

  MLIRContext context;
  std::string messages;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  test::TemporaryFolder folder;
};

TEST(Target, Spellings) {
  CPUTarget v3 = llvm::cantFail(CPUTarget::parse("x86-64-v3"));
  EXPECT_EQ(v3.cpu, "x86-64-v3");
  EXPECT_NE(v3.features.find("+avx2"), std::string::npos);
  EXPECT_EQ(v3.features.find("+avx512f"), std::string::npos);
  CPUTarget vnni = llvm::cantFail(CPUTarget::parse("x86-64-v4+vnni"));
  EXPECT_NE(vnni.features.find("+avx512vnni"), std::string::npos);
  CPUTarget arm = llvm::cantFail(CPUTarget::parse("aarch64+i8mm"));
  EXPECT_NE(arm.triple.find("aarch64"), std::string::npos);
  EXPECT_NE(arm.features.find("+i8mm"), std::string::npos);
  for (StringRef wrong :
       {"", "pentium", "x86-64-v4+dotprod", "aarch64+vnni", "native+vnni"}) {
    llvm::Expected<CPUTarget> target = CPUTarget::parse(wrong);
    ASSERT_FALSE(target) << wrong.str();
    EXPECT_NE(
        llvm::toString(target.takeError())
            .find("unknown target '" + wrong.str() + "'; expected native"),
        std::string::npos);
  }
}

TEST_F(Emit, TargetIsKeptInModule) {
  CPUTarget target = llvm::cantFail(CPUTarget::parse("aarch64+dotprod"));
  target.attachTo(*module);
  FailureOr<CPUTarget> found = CPUTarget::get(*module);
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->triple, target.triple);
  EXPECT_EQ(found->features, target.features);
  EXPECT_EQ(found->l2CacheBytes, std::nullopt);
  target.l2CacheBytes = 262144;
  target.attachTo(*module);
  found = CPUTarget::get(*module);
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->l2CacheBytes, 262144);
  (*module)->removeAttr(kTargetAttrName);
  EXPECT_TRUE(failed(CPUTarget::get(*module)));
  EXPECT_EQ(messages,
            "expected a target in the module's attribute 'eoq.target'\n");
}

TEST_F(Emit, CacheOfTargetIsPositive) {
  CPUTarget target = llvm::cantFail(CPUTarget::parse("x86-64"));
  target.l2CacheBytes = 0;
  target.attachTo(*module);
  EXPECT_TRUE(failed(CPUTarget::get(*module)));
  EXPECT_EQ(messages, "expected a positive i64 'l2_cache_bytes' in the "
                      "module's attribute 'eoq.target'\n");
}

TEST_F(Emit, Avx2UsesWideProducts) {
  std::string assembly = getAssembly("x86-64-v3");
  EXPECT_NE(assembly.find("vpmaddwd"), std::string::npos);
  EXPECT_NE(assembly.find("ymm"), std::string::npos);
  EXPECT_EQ(assembly.find("zmm"), std::string::npos);
  EXPECT_EQ(assembly.find("vpdpwssd"), std::string::npos);
}

TEST_F(Emit, VnniUsesDotProducts) {
  EXPECT_NE(getAssembly("x86-64-v4+vnni").find("vpdpwssd"), std::string::npos);
}

TEST_F(Emit, BaselineHasNoAvx) {
  std::string assembly = getAssembly("x86-64");
  EXPECT_NE(assembly.find("pmaddwd"), std::string::npos);
  EXPECT_EQ(assembly.find("ymm"), std::string::npos);
}

TEST_F(Emit, Aarch64) {
  std::string assembly = getAssembly("aarch64");
  EXPECT_NE(assembly.find("eoq_network_train_step"), std::string::npos);
  EXPECT_NE(assembly.find("mla\t"), std::string::npos);
}

TEST_F(Emit, SharedLibraryHasHeader) {
  CPUTarget target = llvm::cantFail(CPUTarget::parse("native"));
  ASSERT_TRUE(succeeded(test::lowerToLLVM(*module, target, false)));
  ASSERT_TRUE(succeeded(emit(*module, target, OutputKind::SharedLibrary,
                             folder.file("libnetwork.so"),
                             test::getLinkOptions(false))));
  EXPECT_EQ(listFolder(folder.getPath()),
            (std::vector<std::string>{"libnetwork.so", "network.h"}));
  std::string header = readFile(folder.file("network.h"));
  EXPECT_NE(header.find("extern const eoq_model eoq_network_model;"),
            std::string::npos);
  EXPECT_NE(header.find("#define EOQ_NETWORK_BATCH 6u"), std::string::npos);
  EXPECT_NE(header.find("#define EOQ_NETWORK_CLASSES 5u"), std::string::npos);
}

TEST_F(Emit, SharedLibraryIsNotItsHeader) {
  CPUTarget target = llvm::cantFail(CPUTarget::parse("native"));
  ASSERT_TRUE(succeeded(test::lowerToLLVM(*module, target, false)));
  std::string path = folder.file("network.h");
  EXPECT_EQ(getHeaderPath(*module, folder.file("x.so")), path);
  EXPECT_TRUE(failed(emit(*module, target, OutputKind::SharedLibrary, path,
                          test::getLinkOptions(false))));
  EXPECT_EQ(messages, "'" + path +
                          "' is the name of the library's header, which is "
                          "written beside it; give the library another name, "
                          "such as 'network.so'\n");
  EXPECT_TRUE(listFolder(folder.getPath()).empty());
}

TEST_F(Emit, NothingIsLeftOnFailure) {
  CPUTarget target = llvm::cantFail(CPUTarget::parse("native"));
  ASSERT_TRUE(succeeded(test::lowerToLLVM(*module, target, false)));

  std::string path = folder.file("missing/out.o");
  EXPECT_TRUE(failed(emit(*module, target, OutputKind::Object, path)));
  EXPECT_EQ(messages, "cannot write '" + path + "': there is no folder '" +
                          folder.file("missing") + "'\n");

  messages.clear();
  EXPECT_TRUE(failed(
      emit(*module, target, OutputKind::Object, folder.getPath().str())));
  EXPECT_EQ(messages, "cannot write '" + folder.getPath().str() +
                          "': it is a directory\n");

  // There is no `main` to link without the trainer library.
  messages.clear();
  LinkOptions link = test::getLinkOptions(false);
  EXPECT_TRUE(failed(
      emit(*module, target, OutputKind::Executable, folder.file("out"), link)));
  EXPECT_EQ(messages,
            "cannot find the trainer library 'libEOQTrainer.a' that the "
            "program is linked with in any folder, as none was given; run "
            "eoq-opt where it was built or installed, beside its folder "
            "'lib', or use --emit=object and link yourself\n");

  messages.clear();
  link.runtimeLibrary.clear();
  link.findLibraries(folder.file("a/../b"));
  link.findLibraries(folder.file("c"));
  EXPECT_TRUE(failed(emit(*module, target, OutputKind::SharedLibrary,
                          folder.file("out.so"), link)));
  EXPECT_NE(messages.find("the run-time library 'libEOQRuntime.a' that the "
                          "program is linked with in '" +
                          folder.file("b") + "', '" + folder.file("c") + "';"),
            std::string::npos)
      << messages;
  link = test::getLinkOptions(false);

  messages.clear();
  link.extraArguments = {"-leoq_does_not_exist"};
  EXPECT_TRUE(failed(emit(*module, target, OutputKind::SharedLibrary,
                          folder.file("out.so"), link)));
  EXPECT_NE(messages.find("cannot link '"), std::string::npos);
  EXPECT_NE(messages.find("eoq_does_not_exist"), std::string::npos);

  messages.clear();
  link = test::getLinkOptions(false);
  link.compilerDriver = "eoq-no-such-compiler";
  EXPECT_TRUE(failed(emit(*module, target, OutputKind::SharedLibrary,
                          folder.file("out.so"), link)));
  EXPECT_NE(messages.find("linking needs a C++ compiler, but none of "
                          "eoq-no-such-compiler is in PATH"),
            std::string::npos);
  EXPECT_TRUE(listFolder(folder.getPath()).empty());

  // A device would be replaced by the program.
  messages.clear();
  link = test::getLinkOptions(false);
  EXPECT_TRUE(failed(
      emit(*module, target, OutputKind::SharedLibrary, "/dev/null", link)));
  EXPECT_EQ(messages,
            "cannot write '/dev/null': a linked file must be a regular one\n");
}

} // namespace
