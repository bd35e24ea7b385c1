"""Checks the loops of an assembly file that hold given instructions.

    inner-loops.py <file.s> <instruction>...

Each instruction must be in an innermost loop of a product, and no such loop
may load or store a vector register on the stack (a spill). The update sums
squares with the same instructions beside much else; it is no product.
"""
import collections
import re
import sys

LABEL = re.compile(r"^([\w.$]+):")
BRANCH = re.compile(r"^(?:j\w+|b|b\.\w+|cbn?z|tbn?z)\s.*?(\.\w+)$")
# Of x86-64 and of AArch64.
SPILL = re.compile(r"%[xyz]mm\d+.*\(%rsp\b|\(%rsp\b.*%[xyz]mm\d"
                   r"|\b[qdv]\d+\b.*\[sp\b")


def innermost_loops(path):
    """(function, instructions) of each block that ends in a branch to itself."""
    function, label, block = None, None, []
    with open(path) as lines:
        for line in lines:
            if match := LABEL.match(line):
                label, block = match[1], []
                if not label.startswith(".L"):
                    function = label
            elif line.startswith("\t") and not line.startswith("\t."):
                instruction = " ".join(line.split())
                block.append(instruction)
                if (match := BRANCH.match(instruction)) and match[1] == label:
                    yield function, block


def main(path, *wanted):
    found, failures = collections.Counter(), []
    for function, block in innermost_loops(path):
        if function.startswith("eoq_sgd_update"):
            continue
        counts = collections.Counter(
            word for line in block for word in line.split() if word in wanted)
        found += counts
        spills = [line for line in block if SPILL.search(line)]
        if counts and spills:
            failures.append(f"{function}: a loop with {dict(counts)} spills: {spills}")
    failures += [f"no innermost loop has {word}" for word in wanted if not found[word]]
    if failures:
        sys.exit("\n".join(failures))


main(*sys.argv[1:])
