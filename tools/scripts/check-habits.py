#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the habits of this code base; prints what is missing, and fails.

- Each pass has a test <stem>.mlir and one of its errors, <stem>-invalid.mlir.
- Each op appears in a round-trip test, and in a test of errors if it verifies.
- Each source file names its license, and has at most 600 lines.
- No file names a folder of somebody's machine.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAX_LINES = 600

# Passes that cannot fail, and why.
CANNOT_FAIL = {
    "eoq-print-residual-branches": "prints what it finds",
    "eoq-choose-parallel-calls": "keeps what it does not understand",
    "eoq-set-linkage": "sets an attribute",
    "eoq-order-for-memory": "leaves what it does not understand as it is",
    "eoq-quantize-in-place": "leaves what it does not understand as it is",
    "eoq-rematerialize-weights": "leaves what it does not understand as it is",
    "eoq-fuse-elementwise": "leaves what it does not understand as it is",
    "eoq-share-loops": "shares the loops that it finds",
}

SOURCE_FOLDERS = ("include", "lib", "tools", "test")
SOURCE_ENDINGS = {".h", ".cpp", ".c", ".td"}
TEXT_ENDINGS = SOURCE_ENDINGS | {
    ".py", ".sh", ".md", ".mlir", ".test", ".cmake", ".txt", ".in", ".onnxtxt"}


def files(folder, endings):
    return sorted(path for path in (ROOT / folder).rglob("*")
                  if path.suffix in endings and path.is_file())


def name(path):
    return str(path.relative_to(ROOT))


def check_passes(report):
    tests = {path.name for path in (ROOT / "test").rglob("*.mlir")}
    for td in files("include", {".td"}):
        for argument in re.findall(r':\s*Pass<"([^"]+)"', td.read_text()):
            stem = argument.removeprefix("eoq-")
            if f"{stem}.mlir" not in tests:
                report(f"pass '{argument}': no test {stem}.mlir")
            twin = f"{stem}-invalid.mlir"
            if argument not in CANNOT_FAIL and twin not in tests:
                report(f"pass '{argument}': no test {twin}")
            if argument in CANNOT_FAIL and twin in tests:
                report(f"pass '{argument}': has {twin}, so it can fail")


def read_ops():
    """Each op's mnemonic, and whether it has a verifier."""
    texts = [path.read_text()
             for path in files("include/eoq/Dialect/EOQ/IR", {".td"})]
    verifying = {}
    pieces = []
    for text in texts:
        # A definition reaches to the next one.
        pieces += re.split(r"^(?=def |class )", text, flags=re.MULTILINE)
    for piece in pieces:
        head = re.match(r"class (EOQ_\w+)<string mnemonic[^:]*:\s*(\w+)", piece)
        if head:
            verifying[head[1]] = (verifying.get(head[2], False)
                                  or "let hasVerifier = 1" in piece)
    for piece in pieces:
        head = re.match(r'def EOQ_\w+Op\s*:\s*(EOQ_\w+)<"(\w+)"', piece)
        if head:
            yield head[2], (verifying.get(head[1], False)
                            or "let hasVerifier = 1" in piece
                            or "SymbolUserOpInterface" in piece)


def check_ops(report):
    trips, errors = "", ""
    for path in files("test/Dialect/EOQ/IR", {".mlir"}):
        if path.stem.endswith("-invalid"):
            errors += path.read_text()
        else:
            trips += path.read_text()
    ops = list(read_ops())
    if len(ops) < 30:
        report(f"found only {len(ops)} ops in the .td files: this script no "
               "longer understands them")
    for op, verifies in ops:
        used = re.compile(rf"\beoq\.{op}\b(?!\.)")
        if not used.search(trips):
            report(f"op 'eoq.{op}': in no round-trip test of test/Dialect/EOQ/IR")
        if verifies and not used.search(errors):
            report(f"op 'eoq.{op}': has a verifier, but no -invalid test")


def check_sources(report):
    for folder in SOURCE_FOLDERS:
        for path in files(folder, SOURCE_ENDINGS):
            text = path.read_text()
            if (folder in ("include", "lib")
                    and "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
                    not in text):
                report(f"{name(path)}: no SPDX line")
            if text.count("\n") > MAX_LINES:
                report(f"{name(path)}: {text.count(chr(10))} lines, more than "
                       f"{MAX_LINES}")


def check_paths(report):
    local = re.compile(r"(?<![\w.}/$])/(?:home/\w|root/|work/|Users/\w)")
    for folder in SOURCE_FOLDERS + ("docs",):
        for path in files(folder, TEXT_ENDINGS):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if local.search(line) and path != pathlib.Path(__file__).resolve():
                    report(f"{name(path)}:{number}: names a folder of one machine")


def main():
    findings = []
    for check in (check_passes, check_ops, check_sources, check_paths):
        check(findings.append)
    print("\n".join(findings) or "all habits kept")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
