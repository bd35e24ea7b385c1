"""Runs functions of a module with eoq-interpret, for the comparisons here.

    batch = Batch("path/to/eoq-interpret")
    batch.add(["tensor<2xf32>"], ["tensor<2xf32>"], body, [array], check)
    batch.run()

Each case becomes a function of one module, so that one process runs them all.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("skipped: needs numpy (Debian: apt install python3-numpy)")
    sys.exit(77)


class Fixed:
    """Integers and their exponent; also carries the width of its type."""

    def __init__(self, integers, exponent, width=8):
        self.q = np.asarray(integers, np.int64)
        self.e = int(exponent)
        self.width = width

    @property
    def type(self):
        return fixed_type(self.q.shape, self.width)


def tensor_type(shape, element):
    return "tensor<" + "".join(f"{size}x" for size in shape) + element + ">"


def fixed_type(shape, width, exponent="?"):
    return tensor_type(shape, f"!eoq.fixed<{width}, {exponent}>")


def ints(values):
    return "array<i64: " + ", ".join(str(int(v)) for v in values) + ">"


def type_of(value):
    if isinstance(value, Fixed):
        return value.type
    if isinstance(value, int):
        return "i32"
    element = {"float32": "f32", "int32": "i32"}[value.dtype.name]
    return tensor_type(value.shape, element)


class Batch:
    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        self.module = []
        self.script = []
        self.checks = []
        self.files = 0

    def declare(self, text):
        self.module.append(text)

    def _argument(self, value):
        if isinstance(value, int):
            return str(value)
        path = Path(self.folder.name) / f"in{self.files}.npy"
        self.files += 1
        if isinstance(value, Fixed):
            np.save(path, value.q)
            return f"{path}@{value.e}"
        np.save(path, value)
        return str(path)

    def function(self, name, types, results, body):
        """`body` defines %r0, %r1, ... from %x0, %x1, ..."""
        arguments = ", ".join(f"%x{i}: {t}" for i, t in enumerate(types))
        values = ", ".join(f"%r{i}" for i in range(len(results)))
        end = f"{values} : {', '.join(results)}" if results else ""
        self.declare(f"func.func @{name}({arguments}) -> ({', '.join(results)}) {{\n"
                     f"{body}\nreturn {end}\n}}")

    def call(self, name, arguments, check):
        """check(*results) gets arrays, Fixed or integers."""
        words = " ".join(self._argument(a) for a in arguments)
        prefix = f"{self.folder.name}/out{len(self.script)}_"
        self.script.append(f"call {name} {words} -> {prefix}")
        self.checks.append(lambda answer: check(
            *(self._result(entry) for entry in answer["results"])))

    def state(self, names, check):
        """check(dictionary from parameter name to value)."""
        prefix = f"{self.folder.name}/state{len(self.script)}_"
        self.script.append(" ".join(["save-state", prefix, *names]))
        self.checks.append(lambda answer: check(
            {entry["name"]: self._result(entry) for entry in answer["tensors"]}))

    def set_state(self, name, value):
        self.script.append(f"set-state {name} {self._argument(value)}")
        self.checks.append(lambda answer: None)

    def add(self, arguments, results, body, check):
        name = f"case{len(self.module)}"
        self.function(name, [type_of(a) for a in arguments], results, body)
        self.call(name, arguments, check)

    def _result(self, entry):
        if "integer" in entry:
            return entry["integer"]
        array = np.load(entry["file"])
        return Fixed(array, entry["exponent"]) if "exponent" in entry else array

    def run(self):
        folder = Path(self.folder.name)
        (folder / "module.mlir").write_text("\n".join(self.module))
        (folder / "script").write_text("\n".join(self.script) + "\n")
        done = subprocess.run(
            [self.program, folder / "module.mlir", folder / "script"],
            stdout=subprocess.PIPE, text=True)
        if done.returncode:
            sys.exit(f"eoq-interpret failed with status {done.returncode}")
        answers = done.stdout.splitlines()
        assert len(answers) == len(self.checks), "an answer is missing"
        for command, answer, check in zip(self.script, answers, self.checks):
            try:
                check(json.loads(answer))
            except AssertionError as error:
                sys.exit(f"{command}\n{error}\n" + "\n".join(
                    text for text in self.module if command.split()[1] in text))
        print(f"{len(self.checks)} comparisons agree")


class Window:
    """A random window geometry over a random image."""

    def __init__(self, rng, pooling=False, symmetric=False):
        """Pooling windows may reach beyond the pads, as with ceil_mode."""
        while True:
            self.kernel, self.strides, self.dilations = (
                rng.integers(1, 4, 2), rng.integers(1, 4, 2), rng.integers(1, 3, 2))
            self.size = rng.integers(1, 9, 2)
            # PyTorch pools with pads of at most half a kernel.
            most = self.kernel // 2 if pooling else np.array([2, 2])
            self.low, self.high = (rng.integers(0, most + 1) for _ in range(2))
            if symmetric:
                self.high = self.low
            self.ceil = pooling and bool(rng.integers(0, 2))
            span = (self.size + self.low + self.high
                    - self.dilations * (self.kernel - 1) - 1)
            self.output = span // self.strides + 1
            if self.ceil:
                self.output = -(-span // self.strides) + 1
                late = (self.output - 1) * self.strides >= self.size + self.low
                self.output -= late
            if (span >= 0).all() and (not pooling or self._covered()):
                return

    def _covered(self):
        for d in range(2):
            for o in range(self.output[d]):
                taps = (o * self.strides[d] - self.low[d]
                        + np.arange(self.kernel[d]) * self.dilations[d])
                if not ((taps >= 0) & (taps < self.size[d])).any():
                    return False
        return True

    def attributes(self, more=""):
        return (f"strides = {ints(self.strides)}, "
                f"pads = {ints([*self.low, *self.high])}, "
                f"dilations = {ints(self.dilations)}{more}")
