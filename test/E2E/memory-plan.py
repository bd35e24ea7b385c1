"""Checks memory plans: close to the lower bound, and linear in the batch.

    memory-plan.py <eoq-opt> <folder of models> <folder for files>

Compiles the models of the folder, and ResNet-18, ResNet-50 and MobileNetV2 for
224 x 224 images, which are written here as IR, since their weights do not
matter.
"""
import pathlib
import re
import subprocess
import sys

# Arena over the largest sum of live bytes.
MOST_ABOVE = 1.15
# Bytes for twice the batch, over twice the bytes; and the same of differences,
# where what does not depend on the batch is gone.
MOST_GROWTH = 1.05
LINEAR = (0.9, 1.1)
PIPELINES = ("bn-free-to-training", "training-to-quantized",
             "quantized-to-kernels")


class Network:
    """IR at the level `bn-free`."""

    def __init__(self, batch, size):
        self.parameters, self.body = [], []
        self.batch, self.values = batch, 0
        self.image = self.type((batch, 3, size, size))

    @staticmethod
    def type(shape):
        return f"tensor<{'x'.join(map(str, shape))}xf32>"

    def op(self, text, shape, *operands):
        self.values += 1
        name = f"%v{self.values}"
        names = ", ".join(value for value, _ in operands)
        types = ", ".join(self.type(shape) for _, shape in operands)
        head, _, attributes = text.partition(" ")
        self.body.append(f"{name} = eoq.{head} {names} {attributes} : ({types}) "
                         f"-> {self.type(shape)}")
        return name, shape

    def parameter(self, shape, kind="weight"):
        name = f"p{len(self.parameters)}"
        value = ("#eoq.normal<mantissa = 16384, exponent = -15, centered = false>"
                 if kind == "weight" else f"dense<0.0> : {self.type(shape)}")
        self.parameters.append(f"eoq.parameter <{kind}> @{name} : "
                               f"{self.type(shape)} trainable = {value}")
        self.values += 1
        self.body.append(f"%v{self.values} = eoq.parameter_load @{name} : "
                         f"{self.type(shape)}")
        return f"%v{self.values}", shape

    def conv(self, x, outputs, kernel, stride=1, groups=1, activation="relu"):
        n, c, h, w = x[1]
        pad = kernel // 2
        shape = (n, outputs, (h + 2 * pad - kernel) // stride + 1,
                 (w + 2 * pad - kernel) // stride + 1)
        weight = self.parameter((outputs, c // groups, kernel, kernel))
        y = self.op(f"conv_2d {{strides = array<i64: {stride}, {stride}>, pads = "
                    f"array<i64: {pad}, {pad}, {pad}, {pad}>, dilations = "
                    f"array<i64: 1, 1>, groups = {groups} : i64}}", shape, x,
                    weight)
        y = self.op("bias_add", shape, y, self.parameter((outputs,), "bias"))
        return self.op(activation, shape, y) if activation else y

    def pool(self, x, kind, kernel, stride, pad, more=""):
        n, c, h, w = x[1]
        shape = (n, c, (h + 2 * pad - kernel) // stride + 1,
                 (w + 2 * pad - kernel) // stride + 1)
        return self.op(f"{kind} {{kernel = array<i64: {kernel}, {kernel}>, "
                       f"strides = array<i64: {stride}, {stride}>, pads = "
                       f"array<i64: {pad}, {pad}, {pad}, {pad}>, dilations = "
                       f"array<i64: 1, 1>{more}}}", shape, x)

    def head(self, x, classes):
        n, c, h, _ = x[1]
        x = self.pool(x, "avg_pool_2d", h, 1, 0)
        x = self.op("reshape", (n, c), x)
        x = self.op("fully_connected", (n, classes), x,
                    self.parameter((classes, c)))
        return self.op("bias_add", (n, classes), x,
                       self.parameter((classes,), "bias"))

    def print(self, result):
        lines = "\n    ".join(self.body)
        parameters = "\n  ".join(self.parameters)
        return (f'module attributes {{eoq.level = "bn-free", eoq.model_name = '
                f'"net"}} {{\n  {parameters}\n  func.func @predict(%x: '
                f"{self.image}) -> {self.type(result[1])} {{\n    {lines}\n"
                f"    return {result[0]} : {self.type(result[1])}\n  }}\n}}\n")


def resnet(batch, depths, bottleneck):
    net = Network(batch, 224)
    x = net.conv(("%x", (batch, 3, 224, 224)), 64, 7, 2)
    x = net.pool(x, "max_pool_2d", 3, 2, 1)
    for stage, depth in enumerate(depths):
        width = 64 << stage
        outputs = 4 * width if bottleneck else width
        for index in range(depth):
            stride = 2 if stage > 0 and index == 0 else 1
            if bottleneck:
                y = net.conv(x, width, 1)
                y = net.conv(y, width, 3, stride)
                y = net.conv(y, outputs, 1, activation=None)
            else:
                y = net.conv(x, width, 3, stride)
                y = net.conv(y, width, 3, activation=None)
            if stride != 1 or x[1][1] != outputs:
                x = net.conv(x, outputs, 1, stride, activation=None)
            x = net.op("relu", y[1], net.op("add", y[1], y, x))
    return net.print(net.head(x, 1000))


def mobilenet(batch):
    relu6 = "clip {minimum = 0.0 : f64, maximum = 6.0 : f64}"
    net = Network(batch, 224)
    x = net.conv(("%x", (batch, 3, 224, 224)), 32, 3, 2, activation=relu6)
    for factor, outputs, depth, first in (
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
            (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for index in range(depth):
            stride = first if index == 0 else 1
            inputs = x[1][1]
            y, width = x, inputs * factor
            if factor != 1:
                y = net.conv(y, width, 1, activation=relu6)
            y = net.conv(y, width, 3, stride, width, relu6)
            y = net.conv(y, outputs, 1, activation=None)
            x = (net.op("add", y[1], y, x)
                 if stride == 1 and inputs == outputs else y)
    x = net.conv(x, 1280, 1, activation=relu6)
    return net.print(net.head(x, 1000))


NETWORKS = {
    "ResNet-18": lambda batch: resnet(batch, (2, 2, 2, 2), False),
    "ResNet-50": lambda batch: resnet(batch, (3, 4, 6, 3), True),
    "MobileNetV2": mobilenet,
}


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return done.stdout


def read_arena(name, text):
    """Checks every function's plan; the arena's bytes."""
    plans = re.findall(r"\{arena_bytes = (\d+) : i64, buffers = \d+ : i64, "
                       r"lower_bound = (\d+) : i64, name = \"(\w+)\"", text)
    assert len(plans) == 3, f"{name}: {plans}"
    for arena, bound, function in plans:
        ratio = int(arena) / int(bound)
        assert 1 <= ratio <= MOST_ABOVE, f"{name} @{function}: {ratio}"
    return max(int(arena) for arena, _, _ in plans)


def check_growth(name, arenas):
    """`arenas` maps batches to bytes, the last three each twice the batch before.

    A small batch may have its peak elsewhere: where the weights' gradients are.
    """
    print(name, " ".join(f"{batch}: {arena:,}"
                         for batch, arena in arenas.items()), flush=True)
    sizes = list(arenas.values())[-3:]
    for small, large in zip(sizes, sizes[1:]):
        growth = large / small / 2
        assert growth <= MOST_GROWTH, f"{name}: {small} to {large}"
    first, second, third = sizes
    slope = (third - second) / (second - first) / 2
    assert LINEAR[0] <= slope <= LINEAR[1], f"{name}: {first} {second} {third}"


def main():
    eoq_opt = sys.argv[1]
    models, folder = map(pathlib.Path, sys.argv[2:])
    for path in sorted(models.glob("*.onnx")):
        if path.stem.endswith("-dynamo"):
            continue  # the same networks from another exporter
        arenas = {}
        for batch in (1, 64, 128, 256):
            name = f"{path.stem} {batch}"
            arenas[batch] = read_arena(name, run(
                [eoq_opt, str(path), "--emit=mlir", "--compile-to=kernels",
                 "--batch-norm=drop", f"--batch-size={batch}", "-o", "-"]))
        check_growth(path.stem, arenas)
    for name, build in NETWORKS.items():
        arenas = {}
        for batch in (8, 32, 64, 128):
            file = folder / f"{name}-{batch}.mlir"
            file.write_text(build(batch), encoding="utf-8")
            arenas[batch] = read_arena(f"{name} {batch}", run(
                [eoq_opt, str(file)]
                + [f"--eoq-{pipeline}-pipeline" for pipeline in PIPELINES]))
        check_growth(name, arenas)


main()
