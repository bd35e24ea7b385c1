#!/usr/bin/env bash
# From a bare Debian 12 to a trained network: installs, builds, compiles a
# ResNet-20 that has batch norm into an int8 trainer, and trains it from scratch
# on Fashion-MNIST. Further arguments go to the trainer.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
tools/scripts/build.sh eoq-opt

data=$(dirname "$(dpkg -L dataset-fashion-mnist | grep train-images)")
mkdir -p build/demo
set -x
build/bin/eoq-opt test/models/resnet20.onnx --batch-norm=drop --batch-size=64 \
  -o build/demo/resnet20
build/demo/resnet20 train --data "$data" --epochs 1 --seed 1 --threads "$(nproc)" \
  --checkpoint build/demo/resnet20.eoq "$@"
