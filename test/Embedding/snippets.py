# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fails unless all C++ and CMake blocks of a page are part of the consumer."""
import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1]).read_text()
consumer = pathlib.Path(__file__).parent / "consumer"
sources = {"cpp": "consumer.cpp", "cmake": "CMakeLists.txt"}
blocks = re.findall(r"```(cpp|cmake)\n(.*?)```", page, re.DOTALL)
assert {kind for kind, _ in blocks} == set(sources), "no blocks found"
for kind, block in blocks:
    if block not in (consumer / sources[kind]).read_text():
        sys.exit(f"error: not in {sources[kind]}:\n{block}")
