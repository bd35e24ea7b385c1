"""lit configuration: tests of the compiler, its IR and its programs."""
import os
import platform
import shutil

import lit.formats

config.name = "EOQ"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".onnxtxt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.eoq_build + "/test"
config.excludes = ["models"]

for directory in (config.eoq_build + "/bin", config.llvm_tools):
    config.environment["PATH"] = directory + os.pathsep + config.environment["PATH"]
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --allow-unused-prefixes=false"
config.substitutions += [
    ("%models", config.test_source_root + "/models"),
    ("%source", os.path.dirname(config.test_source_root)),
    ("%build", config.eoq_build),
    ("%python", "/usr/bin/python3"),
]
if platform.machine() == "x86_64":
    config.available_features.add("x86-64-host")
if shutil.which("aarch64-linux-gnu-gcc") and shutil.which("qemu-aarch64"):
    config.available_features.add("aarch64-emulator")
# Projects of their own, which tests build.
config.excludes.append("consumer")
