#!/usr/bin/env bash
# Installs what EOQ is built and tested with, from Debian 12's packages and
# nothing else. Does nothing where all of it is there.
set -euo pipefail

packages=(
  # the compiler and what it is built with
  g++ cmake ninja-build ccache clang-19 lld-19 llvm-19-dev libmlir-19-dev
  mlir-19-tools llvm-19-tools libomp-19-dev libonnx-dev libprotobuf-dev
  protobuf-compiler libcli11-dev nlohmann-json3-dev zlib1g-dev
  # its tests and their oracles
  libgtest-dev python3 python3-numpy python3-onnx python3-torch
  libonnx-testdata clang-format-19
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
  # data of the demo
  dataset-fashion-mnist
)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
    grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
