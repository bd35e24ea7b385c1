"""Trains random networks on several targets and in the reference interpreter.

    random-networks.py <folder for files> (<first seed> <networks> | means)
        <target>=<C compiler>[=<emulator>]...

Each seed makes a network of a few convolutions with random kernels, strides,
pads, dilations, groups and channels, and random training options. All targets
must end with the interpreter's digest of the whole state. `means` instead: average pools
with windows of more than 256 elements.
"""
import array
import hashlib
import json
import pathlib
import random
import re
import struct
import subprocess
import sys

STEPS = 3
# What print-hash.c trains with.
SEED, IMAGE_EXPONENT, LR_MULTIPLIER, LR_SHIFT = 7, -7, 3, 6
# Multiplications of one convolution, so that the interpreter is quick.
MOST_WORK = 150_000


class Convolution:
    """A random geometry for images of `channels` x `height` x `width`."""

    def __init__(self, rng, batch, channels, height, width):
        while True:
            self.groups = rng.choice(
                [1, 1, 1, channels] +
                [g for g in range(2, channels) if channels % g == 0])
            per_group = rng.choice([1, 2, 3, 5, 8, 16, 17, 20, 33])
            if rng.random() < 0.3 and self.groups == channels:
                per_group = 1
            self.outputs = self.groups * per_group
            self.kernel = [rng.choice([1, 1, 2, 3, 3, 3, 5]) for _ in range(2)]
            # Small images stay as they are, so that layers can follow.
            self.strides = [rng.choice([1, 1, 2, 3]) if size > 4 else 1
                            for size in (height, width)]
            self.dilations = [rng.choice([1, 1, 1, 2]) for _ in range(2)]
            self.pads = [rng.randrange(3) for _ in range(4)]
            self.weight = [self.outputs, channels // self.groups, *self.kernel]
            self.size = [
                (size + self.pads[d] + self.pads[d + 2]
                 - self.dilations[d] * (self.kernel[d] - 1) - 1) // self.strides[d] + 1
                for d, size in enumerate((height, width))]
            pixels = batch * self.size[0] * self.size[1]
            work = pixels * product(self.weight)
            if min(self.size) >= 3 and self.outputs <= 70 and work <= MOST_WORK:
                return

    def attributes(self):
        def ints(values):
            return "[" + ", ".join(map(str, values)) + "]"
        return (f"<kernel_shape = {ints(self.kernel)}, strides = {ints(self.strides)}, "
                f"dilations = {ints(self.dilations)}, pads = {ints(self.pads)}, "
                f"group = {self.groups}>")


def product(values):
    result = 1
    for value in values:
        result *= value
    return result


class Network:
    """The text of an ONNX model, and the flags to compile it with."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        self.name = f"random_{seed}"
        self.initializers, self.nodes = [], []
        self.batch = rng.choice([1, 2, 3, 4, 5])
        self.image = [rng.choice([1, 3, 4, 6]), rng.randrange(7, 15), rng.randrange(7, 15)]
        self.classes = rng.randrange(2, 19)
        self.flags = [
            f"--exponents={rng.choice(['exact', 'previous'])}",
            f"--weights={rng.choice(['int16', 'int8'])}",
            f"--optimizer={rng.choice(['sgd', 'normalized-sgd'])}"]
        shape, value = self.image, "image"
        for i in range(rng.randrange(5, 9)):
            layer = Convolution(rng, self.batch, *shape)
            weight = self.parameter(f"w{i}", layer.weight)
            bias = self.parameter(f"b{i}", [layer.outputs])
            self.nodes.append(
                f"c{i} = Conv {layer.attributes()} ({value}, {weight}, {bias})")
            value, shape = f"c{i}", [layer.outputs, *layer.size]
            # Mostly, so that inputs are never negative; but not always, and not
            # where all channels could die.
            if layer.outputs >= 4 and rng.random() < 0.8:
                self.nodes.append(f"r{i} = Relu ({value})")
                value = f"r{i}"
        self.nodes.append(f"flat = Flatten ({value})")
        weight = self.parameter("w", [self.classes, product(shape)])
        bias = self.parameter("b", [self.classes])
        self.nodes.append(f"logits = Gemm <transB = 1> (flat, {weight}, {bias})")

    def parameter(self, name, shape):
        """Values of all sizes, the largest ones more often."""
        scale = 2.0 ** self.rng.randrange(-4, 1)
        values = ", ".join(
            str(scale * self.rng.choice([1, -1, self.rng.uniform(-1, 1)]))
            for _ in range(product(shape)))
        self.initializers.append(
            f"float[{', '.join(map(str, shape))}] {name} = {{{values}}}")
        return name

    def text(self):
        image = ", ".join(map(str, [self.batch, *self.image]))
        return ('<ir_version: 8, opset_import: ["" : 17]>\n'
                f"{self.name} (float[{image}] image)"
                f" => (float[{self.batch}, {self.classes}] logits)\n"
                "<\n  " + ",\n  ".join(self.initializers) + "\n>\n"
                "{\n  " + "\n  ".join(self.nodes) + "\n}\n")


class Means(Network):
    """A global average pool; on small images also a sum with overlapping means."""

    def __init__(self, height, width):
        self.rng = random.Random(height)
        self.name = f"means_{height}"
        self.initializers, self.nodes = [], []
        self.batch, self.image, self.classes = 2, [2, height, width], 4
        self.flags = []
        weight, bias = self.parameter("w0", [3, 2, 3, 3]), self.parameter("b0", [3])
        self.nodes += [f"c = Conv <pads = [1, 1, 1, 1]> (image, {weight}, {bias})", "r = Relu (c)"]
        value = "r"
        if height < 100:
            self.nodes += ["a = AveragePool <kernel_shape = [17, 19], pads = [8, 9, 8, 9]> (r)",
                           "s = Add (r, a)"]
            value = "s"
        self.nodes += [f"g = GlobalAveragePool ({value})", "flat = Flatten (g)"]
        weight, bias = self.parameter("w", [self.classes, 3]), self.parameter("b", [self.classes])
        self.nodes.append(f"logits = Gemm <transB = 1> (flat, {weight}, {bias})")


def batches(network):
    """Images and labels of each step, as print-hash.c makes them."""
    state = 2463534242

    def next_random():
        nonlocal state
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        return state

    for step in range(STEPS):
        images = array.array("i")
        for _ in range(network.batch * product(network.image)):
            r = next_random()
            images.append((127 if r & 1 else -127) if step == 0 else r % 255 - 127)
        labels = array.array("i", (next_random() % network.classes
                                   for _ in range(network.batch)))
        yield images, labels


def write_npy(path, values, shape):
    header = f"{{'descr': '<i4', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
                     header.encode() + values.tobytes())


def read_npy(path):
    data = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack_from("<H", data, 8)
    values = array.array("i" if b"<i4" in data[:length] else "q")
    values.frombytes(data[10 + length:])
    return values


def run(command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE,
                          text=True, **options)
    if done.returncode:
        sys.exit(f"status {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout


def reference_digest(network, source, folder):
    """eoq_hash() (docs/Runtime.md) of what the interpreter ends with."""
    module = folder / f"{network.name}.mlir"
    run(["eoq-opt", source, *network.flags, "--emit=mlir",
         "--compile-to=quantized", "-o", module])
    commands = [f"call initialize {SEED}"]
    for step, (images, labels) in enumerate(batches(network)):
        paths = [folder / f"{network.name}_{kind}{step}.npy" for kind in ("x", "y")]
        write_npy(paths[0], images, [network.batch, *network.image])
        write_npy(paths[1], labels, [network.batch])
        commands.append(f"call train_step {paths[0]}@{IMAGE_EXPONENT} {paths[1]} "
                        f"{LR_MULTIPLIER} {LR_SHIFT} {SEED} {step}")
    commands.append(f"save-state {folder}/{network.name}_state")
    answers = run(["eoq-interpret", module], input="\n".join(commands) + "\n")
    widths = dict(re.findall(r"eoq\.parameter <\w+> @([\w.]+) : tensor<.*?(\d+)(?:, \?)?>",
                             module.read_text()))
    digest = hashlib.sha256()
    for tensor in json.loads(answers.splitlines()[-1])["tensors"]:
        digest.update(struct.pack("<i", tensor.get("exponent", 0)))
        code = {"8": "b", "16": "h", "32": "i"}[widths[tensor["name"]]]
        digest.update(array.array(code, read_npy(tensor["file"])).tobytes())
    digest.update(struct.pack("<iq", SEED, STEPS))
    return digest.hexdigest()


def target_digest(network, source, folder, target):
    name, compiler, *emulator = target.split("=")
    stem = folder / f"{network.name}-{name}"
    run(["eoq-opt", source, *network.flags, "--threads=none", "--emit=object",
         f"--target={name}", "-o", f"{stem}.o"])
    tests = pathlib.Path(__file__).parent
    root = tests.parent.parent
    run([*compiler.split(), "-std=c11", "-O1", "-I", root / "include",
         f"-DMODEL=eoq_{network.name}_model", tests / "print-hash.c",
         *sorted((root / "lib/Runtime").glob("*.c")), f"{stem}.o", "-o", stem])
    command = " ".join(emulator).split()
    return run([*command, stem, STEPS]).strip()


def main(folder, first, *rest):
    folder = pathlib.Path(folder)
    failures = 0
    if first == "means":
        networks, targets = [Means(56, 56), Means(300, 300)], rest
    else:
        networks = map(Network, range(int(first), int(first) + int(rest[0])))
        targets = rest[1:]
    for network in networks:
        source = folder / f"{network.name}.onnxtxt"
        source.write_text(network.text())
        expected = reference_digest(network, source, folder)
        for target in targets:
            if target_digest(network, source, folder, target) != expected:
                print(f"{source}: {target} differs from the interpreter")
                failures += 1
    sys.exit(failures)


main(*sys.argv[1:])
