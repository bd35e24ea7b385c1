#!/usr/bin/env bash
# Configures build/ and builds the given targets (default: everything).
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ ! -f build/build.ninja ]; then
  cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 >build.log 2>&1 ||
    { cat build.log; rm -f build.log; exit 1; }
  mv build.log build/configure.log
fi
exec ninja -C build "$@"
