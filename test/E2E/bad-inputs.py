"""Wrong usage and bad files: one clear message, an exit code, nothing written.

    bad-inputs.py <eoq-opt> <models> <trainer> <another trainer> <folder>

The first trainer is for 28 x 28 images, ten classes, and a batch of 16. In every
case the program must end by itself with the exit code (2 for wrong usage, 1 for
the rest), print exactly one line with `error:`, which has the expected words, and
leave the folder as it was, byte by byte.
"""
import gzip
import hashlib
import pathlib
import platform
import random
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays clean
import numpy as np

import synthetic

USAGE, FAILED = 2, 1


class Tester:
    def __init__(self, folder):
        self.folder = folder
        self.failures = []
        self.cases = 0

    def state(self):
        return {str(path): path.is_dir()
                or hashlib.sha256(path.read_bytes()).digest()
                for path in self.folder.rglob("*")}

    def expect(self, code, words, arguments, lines=None):
        """Runs a command; `lines` are words of the lines that may follow."""
        self.cases += 1
        before = self.state()
        try:
            result = subprocess.run([str(a) for a in arguments], text=True,
                                    cwd=self.folder, capture_output=True,
                                    timeout=120, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            self.failures.append(f"{arguments}: runs for ever")
            return
        problems = []
        if result.returncode != code:
            problems.append(f"exit code {result.returncode}, expected {code}")
        text = result.stderr.splitlines()
        errors = [line for line in text
                  if line.startswith("error: ") or ": error: " in line]
        if len(errors) != 1:
            problems.append(f"{len(errors)} lines with 'error:', expected one")
        elif words not in errors[0]:
            problems.append(f"expected '{words}'")
        for wanted in lines or []:
            if not any(wanted in line for line in text):
                problems.append(f"expected a line with '{wanted}'")
        after = self.state()
        for path in before.keys() | after.keys():
            if before.get(path) != after.get(path):
                problems.append(f"'{path}' was written")
        if problems:
            command = " ".join([pathlib.Path(str(arguments[0])).name,
                                *map(str, arguments[1:])])
            self.failures.append(f"{command}\n  " + "\n  ".join(problems)
                                 + "\n  said: " + result.stderr.strip())


UNSUPPORTED = """<ir_version: 8, opset_import: ["" : 17]>
g (float[2, 1, 28, 28] image) => (float[2, 10] logits)
<float[10, 784] w = {%s}> {
  a = Sigmoid (image)
  b = Tanh (a)
  c = Sigmoid (b)
  d = Softplus (c)
  e = Flatten (d)
  logits = Gemm <transB = 1> (e, w)
}
""" % ", ".join(["0.5"] * 7840)


def check_compiler(tester, compiler, models):
    model = models / "lenet5.onnx"
    (tester.folder / "unsupported.onnxtxt").write_text(UNSUPPORTED)

    def usage(words, *flags):
        tester.expect(USAGE, words, [compiler, model, *flags])

    def failed(words, *flags):
        tester.expect(FAILED, words, [compiler, model, "--batch-size=2", *flags])

    usage("--nonsense", "--nonsense")
    usage("--emit", "--emit=paper", "-o", "x")
    usage("--precision", "--precision=int7", "-o", "x")
    usage("--threads", "--threads=4", "-o", "x")
    usage("--l2-cache", "--l2-cache=many", "-o", "x")
    usage("--l2-cache", "--l2-cache=1KB", "-o", "x")
    usage("--weights", "--weights=5", "-o", "x")
    usage("--optimizer", "--optimizer=1", "-o", "x")
    usage("--momentum", "--momentum=2", "-o", "x")
    usage("--momentum", "--momentum=nan", "-o", "x")
    usage("--weight-decay", "--weight-decay=nan", "-o", "x")
    usage("--batch-size", "--batch-size=0", "-o", "x")
    usage("--batch-size", "--batch-size=many", "-o", "x")
    usage("--bn-free", "--bn-free=magic", "-o", "x")
    usage("--batch-norm=drop", "--bn-free=fixup", "-o", "x")
    usage("no phase", "--emit=mlir", "--compile-to=nowhere")
    usage("--emit=mlir", "--compile-to=graph", "-o", "x")
    usage("extra", "extra")
    for emission in "exe", "shared", "object":
        usage("need a file", f"--emit={emission}", "-o", "-")

    failed("unknown target 'pdp11'; expected native", "--target=pdp11", "-o", "x")
    failed("unknown target 'x86-64+magic'", "--target=x86-64+magic", "-o", "x")
    foreign = "x86-64" if platform.machine() == "aarch64" else "aarch64"
    failed("cannot link a program for", f"--target={foreign}", "-o", "x")
    failed("'nothing*' matches no parameter", "--trainable=nothing*", "-o", "x")
    failed("'nothing*' matches no parameter", "--freeze=nothing*", "-o", "x")
    failed("no parameter is trainable", "--freeze=*", "-o", "x")
    failed("is no glob", "--freeze=[", "-o", "x")
    for emission in "exe", "shared", "object", "asm", "llvm", "mlir":
        failed("cannot write 'missing/x'", f"--emit={emission}", "-o",
               "missing/x")
    failed("it is a directory", "-o", tester.folder)
    # The model, by its name, by that of a link, and where its name has no
    # ending and so is that of the program, too.
    mine, link = (tester.folder / name for name in ("mine", "link.onnx"))
    mine.write_bytes(model.read_bytes())
    link.symlink_to(mine)
    for arguments in (["mine", "-o", "mine"], ["mine", "--batch-size=2"],
                      ["mine", "--threads=none", "-o", "link.onnx"],
                      ["link.onnx", "-o", "x", "--memory-timeline=mine"]):
        tester.expect(FAILED, "is the model itself",
                      [compiler, "--batch-norm=drop", *arguments])
    failed("two results", "-o", "x", "--memory-timeline=x")
    tester.expect(FAILED, "No such file", [compiler, "missing.onnx", "-o", "x"])
    for flags in ["--check"], ["-o", "x"]:
        tester.expect(FAILED, "4 of 6 ONNX nodes cannot be converted",
                      [compiler, "unsupported.onnxtxt", *flags],
                      ["2 nodes 'a', 'c'", "'Tanh' (opset 17), 1 node 'b'",
                       "'Softplus' (opset 17), 1 node 'd'"])


def check_usage(tester, trainer):
    data = ["--data", "data"]
    for words, arguments in (
            ("subcommand", []),
            ("", ["fly"]),
            ("--data", ["train"]),
            ("--nonsense", ["train", *data, "--nonsense"]),
            ("--epochs", ["train", *data, "--epochs", "0"]),
            ("--epochs", ["train", *data, "--epochs", "1.5"]),
            ("--lr", ["train", *data, "--lr", "nan"]),
            ("--lr", ["train", *data, "--lr", "-1"]),
            ("--augment", ["train", *data, "--augment", "magic"]),
            ("--threads", ["train", *data, "--threads", "0"]),
            ("--checkpoint", ["train", *data, "--resume"]),
            ("--checkpoint", ["predict", *data, "--output", "x.csv"]),
            (".npy, .csv or .jsonl", ["predict", *data, "--checkpoint",
                                      "run.eoq", "--output", "x.txt"]),
            ("--steps", ["bench", "--steps", "-1"])):
        tester.expect(USAGE, words, [trainer, *arguments])


def write_bad_data(folder):
    """Yields the folder's name and the words of its message."""
    count = 0

    def make(**files):
        nonlocal count
        count += 1
        path = folder / f"bad{count}"
        synthetic.write(path, 32)
        for name, content in files.items():
            target = path / (f"{name}-idx3-ubyte" if name.endswith("images")
                             else f"{name}-idx1-ubyte")
            target = pathlib.Path(str(target).replace("_", "-"))
            if content is None:
                target.unlink()
            else:
                target.write_bytes(content)
        return path

    def images(*shape):
        return synthetic.idx(np.zeros(shape, np.uint8))

    def labels(*values):
        return synthetic.idx(np.array(values, np.uint8))

    zeros = [0] * 32
    yield make(train_images=images(32, 28, 27)), "shape (N, 28, 28)"
    yield make(train_images=images(32, 3, 28, 28)), "shape (N, 28, 28)"
    yield make(train_images=images(32)), "shape (N, 28, 28)"
    yield make(t10k_images=images(8, 32, 32)), "shape (N, 28, 28)"
    yield make(train_labels=labels(10, *zeros[1:])), "label 0 is 10"
    yield make(train_labels=labels(*zeros[1:], 255)), "label 31 is 255"
    yield make(t10k_labels=labels(*zeros[:7], 10)), "label 7 is 10"
    yield make(train_labels=labels(*zeros[1:])), "expected 32 labels"
    yield (make(train_images=images(0, 28, 28), train_labels=labels()),
           "at least one image")
    yield (make(t10k_images=images(0, 28, 28), t10k_labels=labels()),
           "at least one image")
    yield (make(train_images=images(15, 28, 28),
                train_labels=labels(*zeros[:15])), "at least one batch of 16")
    yield make(train_images=b""), "train-images"
    yield make(train_images=images(32, 28, 28)[:-1]), "train-images"
    yield make(train_images=images(32, 28, 28) + b"x"), "train-images"
    yield make(train_images=b"GIF89a" * 100), "train-images"
    yield make(train_images=b"\0\0\x08\x03" + b"\xff" * 12), "train-images"
    yield make(train_labels=None), "found none"
    path = make(train_images=None)
    (path / "train-images-idx3-ubyte.gz").write_bytes(
        gzip.compress(images(32, 28, 28))[:-20])
    yield path, "train-images-idx3-ubyte.gz"
    for array, words in (
            (np.zeros((32, 28, 28), np.float64), "train-images.npy"),
            (np.full((32, 28, 28), np.nan, np.float32), "finite")):
        path = make(train_images=None)
        np.save(path / "train-images.npy", array)
        yield path, words
    path = make(train_labels=None)
    np.save(path / "train-labels.npy", np.full(32, -1, np.int64))
    yield path, "label 0 is -1"
    path = folder / "empty"
    path.mkdir()
    yield path, "found none"
    yield folder / "missing", "No such file"


def check_data(tester, trainer):
    for path, words in list(write_bad_data(tester.folder)):
        tester.expect(FAILED, words,
                      [trainer, "train", "--data", path, "--threads", "1",
                       "--checkpoint", "x.eoq", "--metrics", "x.jsonl"])


def check_checkpoints(tester, trainer, other):
    folder = tester.folder
    subprocess.run([trainer, "train", "--data", "data", "--steps", "3",
                    "--threads", "1", "--checkpoint", "run.eoq"], cwd=folder,
                   check=True, capture_output=True)
    good = (folder / "run.eoq").read_bytes()
    bad = folder / "bad.eoq"

    def reject(words, program=trainer, commands=None):
        for command in commands or (
                ["train", "--data", "data", "--resume"],
                ["eval", "--data", "data"],
                ["predict", "--data", "data", "--output", "x.npy"],
                ["info"]):
            tester.expect(FAILED, words,
                          [program, *command, "--checkpoint", "bad.eoq"])

    one = [["info"]]
    bad.write_bytes(good)
    reject("bad.eoq", other)
    chance = random.Random(0)
    for size in (0, 7, 31, 32, 200, len(good) // 2, len(good) - 1):
        bad.write_bytes(good[:size])
        reject("bad.eoq", commands=None if size == 200 else one)
    bad.write_bytes(good + b"x")
    reject("bad.eoq", commands=one)
    # In each part, then anywhere.
    places = [*range(32), 40, len(good) // 2, len(good) - 33, len(good) - 1]
    places += [chance.randrange(len(good)) for _ in range(20)]
    for number, place in enumerate(places):
        flipped = bytearray(good)
        flipped[place] ^= 1 << chance.randrange(8)
        bad.write_bytes(flipped)
        reject("bad.eoq", commands=None if number == len(places) - 1 else one)
    bad.unlink()
    tester.expect(FAILED, "missing.eoq", [trainer, "info", "--checkpoint",
                                          "missing.eoq"])


def check_outputs(tester, trainer):
    train = [trainer, "train", "--data", "data", "--steps", "1", "--threads", "1"]
    predict = [trainer, "predict", "--data", "data", "--checkpoint", "run.eoq"]
    tester.expect(FAILED, "missing/x", [*train, "--checkpoint", "missing/x"])
    tester.expect(FAILED, "missing/x", [*train, "--metrics", "missing/x"])
    tester.expect(FAILED, "data", [*train, "--checkpoint", "data"])
    tester.expect(FAILED, "missing/x.csv", [*predict, "--output",
                                            "missing/x.csv"])
    # A seed of the command line that differs from the checkpoint's.
    tester.expect(FAILED, "cannot resume", [*train, "--checkpoint", "run.eoq",
                                            "--resume", "--seed", "9"])


def main():
    compiler, models, trainer, other, folder = sys.argv[1:]
    tester = Tester(pathlib.Path(folder).resolve())
    tester.folder.mkdir(parents=True)
    check_compiler(tester, compiler, pathlib.Path(models).resolve())
    synthetic.write(tester.folder / "data", 64)
    trainer, other = (pathlib.Path(path).resolve() for path in (trainer, other))
    check_data(tester, trainer)
    check_checkpoints(tester, trainer, other)
    check_usage(tester, trainer)
    check_outputs(tester, trainer)
    print(f"{tester.cases} cases")
    for failure in tester.failures:
        print(failure, file=sys.stderr)
    return bool(tester.failures)


if __name__ == "__main__":
    sys.exit(main())
