#!/usr/bin/env python3
"""Adds up the results of lit (lit.json) and CTest (ctest.xml) in a folder.

Prints the failed tests and `N passed, M failed`; exits 1 if any failed, or if a
result file is missing.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree

PASSED = {"PASS", "XFAIL", "FLAKYPASS"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def lit_results(path):
    for test in json.loads(path.read_text())["tests"]:
        if test["code"] not in SKIPPED:
            yield test["name"], test["code"] in PASSED


def ctest_results(path):
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        if case.get("status") not in ("disabled", "notrun"):
            yield case.get("name"), case.get("status") == "run"


def main():
    folder = pathlib.Path(sys.argv[1])
    results = [("not run: " + path.name, False)
               for path in (folder / "lit.json", folder / "ctest.xml")
               if not path.exists()]
    if not results:
        results += lit_results(folder / "lit.json")
        results += ctest_results(folder / "ctest.xml")
    failed = [name for name, passed in results if not passed]
    for name in failed:
        print("failed:", name)
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main())
