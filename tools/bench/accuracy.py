#!/usr/bin/env python3
"""Trains the committed models with EOQ on Fashion-MNIST and records test accuracy.

One JSON line per run goes to --output; a run that is there already is skipped, so
that an interrupted table can be continued. The rows of docs/Benchmarks.md are made
from those lines and from the ones of pytorch-baseline.py.
"""
import argparse
import json
import pathlib
import re
import subprocess
import time

FINAL = re.compile(r"final: loss=(\S+) accuracy=(\S+) steps=(\d+) parameters=sha256:(\S+)")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="folder of the IDX files")
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--models", default="lenet5,vgg,mobilenetv2,resnet20")
    parser.add_argument("--precisions", default="int8,f32")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile-flags", default="--batch-norm=drop",
                        help="further flags of eoq-opt")
    parser.add_argument("--train-flags", default="", help="further flags of the trainer")
    return parser.parse_args()


def build(root, folder, model, precision, args):
    program = folder / f"{model}-{precision}-b{args.batch_size}"
    subprocess.run([root / "build/bin/eoq-opt", root / f"test/models/{model}.onnx",
                    f"--batch-size={args.batch_size}", f"--precision={precision}",
                    "-o", program, *args.compile_flags.split()], check=True)
    return program


def main():
    args = parse_arguments()
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = root / "build/accuracy"
    folder.mkdir(parents=True, exist_ok=True)
    done = []
    if args.output.exists():
        done = [json.loads(line) for line in args.output.read_text().splitlines()]
    for model in args.models.split(","):
        for precision in args.precisions.split(","):
            program = build(root, folder, model, precision, args)
            for seed in map(int, args.seeds.split(",")):
                settings = {"model": model, "precision": precision, "seed": seed,
                            "batch_size": args.batch_size, "epochs": args.epochs,
                            "compile_flags": args.compile_flags,
                            "train_flags": args.train_flags}
                if any(settings.items() <= run.items() for run in done):
                    continue
                start = time.time()
                output = subprocess.run(
                    [program, "train", "--data", args.data, "--epochs", str(args.epochs),
                     "--seed", str(seed), "--threads", str(args.threads),
                     *args.train_flags.split()],
                    check=True, stdout=subprocess.PIPE, text=True).stdout
                loss, accuracy, steps, digest = FINAL.search(output).groups()
                run = dict(settings, accuracy=float(accuracy), loss=float(loss),
                           steps=int(steps), parameters=digest,
                           seconds=round(time.time() - start, 1))
                print(json.dumps(run), flush=True)
                with args.output.open("a") as stream:
                    stream.write(json.dumps(run) + "\n")


if __name__ == "__main__":
    main()
