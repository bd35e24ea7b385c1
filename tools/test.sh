#!/usr/bin/env bash
# Sets up, builds and runs every test; the last line counts them.
set -uo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh || exit 1
tools/scripts/build.sh || exit 1
results=build/test-results
mkdir -p "$results"
rm -f "$results"/*
lit="$(llvm-config-19 --prefix)/build/utils/lit/lit.py"
/usr/bin/python3 "$lit" -sv --output "$results/lit.json" build/test
ctest --test-dir build --output-on-failure -j 2 \
  --output-junit "$PWD/$results/ctest.xml"
exec /usr/bin/python3 tools/scripts/count-tests.py "$results"
