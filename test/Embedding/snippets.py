# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""snippets.py PAGE SOURCE...: fails unless all C++ and CMake blocks of a page
are part of these sources of the consumer, and each source has one."""
import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1]).read_text()
consumer = pathlib.Path(__file__).parent / "consumer"
sources = {name: (consumer / name).read_text() for name in sys.argv[2:]}
blocks = re.findall(r"```(?:cpp|cmake)\n(.*?)```", page, re.DOTALL)
used = set()
for block in blocks:
    names = {name for name, text in sources.items() if block in text}
    if not names:
        sys.exit(f"error: not in {', '.join(sources)}:\n{block}")
    used |= names
assert used == set(sources), "no blocks found"
