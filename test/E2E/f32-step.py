"""One training step of the float32 build against PyTorch's autograd.

    f32-step.py <model.onnx>=<library.so>...

Each library is the model compiled with --precision=f32 --batch-norm=fold
--optimizer=sgd. Starting from the folded weights, the step's loss, every
gradient (which the momentum buffer is, after the first step) and every updated
weight must agree with a float64 oracle that shares nothing with the compiler.
The error of a tensor is the largest absolute difference divided by the largest
absolute value. A second step does the same for the momentum; it starts from the
trainer's own state, so that rounding does not add up.
"""
import pathlib
import sys

sys.dont_write_bytecode = True  # the source tree stays clean
import numpy as np
import torch

import onnx_torch
from eoq_abi import Trainer

LIMIT = 1e-4
MOMENTUM = 29 / 32
LEARNING_RATE = (5, 5)  # 5 * 2^-5, enough for the update to show in the weights
STEPS = 2


def identifier(path):
    return path.stem.replace("-", "_")


def trainer_names(model, trainer):
    """The trainer's name of every parameter of the oracle.

    They are the same but for a batch norm's bias that other nodes read too: the
    compiler names what it becomes after the product before (docs/BatchNormFree.md).
    """
    names = {name: name for name in model.parameters()}
    for node in model.nodes:
        if node.op_type == "Conv" and node.input[2] not in trainer.tensors:
            names[node.input[2]] = (node.input[1].removesuffix(".weight")
                                    + ".bias")
    return names


class Worst:
    """Collects errors; remembers the largest of each kind."""

    def __init__(self):
        self.largest = {}
        self.failures = []

    def compare(self, kind, name, actual, expected):
        expected = np.asarray(expected, np.float64)
        if np.shape(actual) != expected.shape:
            self.failures.append(f"{kind} of '{name}': shape "
                                 f"{np.shape(actual)} not {expected.shape}")
            return
        error = float(np.abs(actual - expected).max()
                      / max(np.abs(expected).max(), 1e-30))
        if not error <= LIMIT:  # also true for NaN
            self.failures.append(f"{kind} of '{name}': error {error:.3g}")
        if not error <= self.largest.get(kind, (-1.0,))[0]:
            self.largest[kind] = (error, name)


def check(path, library):
    """Returns the text to print and the list of failures."""
    trainer = Trainer(library, identifier(path))
    trainer.initialize(seed=0)
    model = onnx_torch.fold_batch_norm(onnx_torch.load(path))
    params = model.parameters(torch.float64)
    velocity = {}
    worst = Worst()
    names = trainer_names(model, trainer)
    trainable = sorted(trainer.names("trainable"))
    if sorted(names.values()) != trainable:
        return "", [f"expected parameters {sorted(names.values())} but got "
                    f"{trainable}"]

    for name, ours in names.items():
        worst.compare("initial value", name, trainer.get(ours),
                      params[name].detach())
    size = trainer.model
    generator = torch.Generator().manual_seed(7)
    for step in range(STEPS):
        images = torch.randn(
            (size.batch, size.channels, size.height, size.width),
            generator=generator)
        labels = torch.randint(size.classes, (size.batch,),
                               generator=generator)
        loss, _ = trainer.train_step(images.numpy(), labels.numpy(),
                                     LEARNING_RATE)
        expected, _, params = model.train_step(
            params, images.double(), labels,
            LEARNING_RATE[0] / 2**LEARNING_RATE[1], MOMENTUM, velocity)
        worst.compare("loss", f"step {step}", loss, expected)
        following = {}
        kind = "gradient" if step == 0 else "momentum"
        for name, ours in names.items():
            momentum = trainer.get(ours + ".momentum")
            value = trainer.get(ours)
            worst.compare(kind, name, momentum, velocity[name])
            worst.compare("update", name, value, params[name].detach())
            velocity[name] = torch.from_numpy(momentum).double()
            following[name] = torch.from_numpy(value).double().requires_grad_()
        params = following
    text = ", ".join(f"{kind} {error:.1e} ({name})"
                     for kind, (error, name) in worst.largest.items())
    return f"{path.stem}: {len(names)} tensors; {text}", worst.failures


def main():
    torch.set_num_threads(1)
    failed = False
    for argument in sys.argv[1:]:
        path, library = map(pathlib.Path, argument.split("="))
        text, failures = check(path, library)
        print(text)
        for failure in failures[:20]:
            print(f"{path.stem}: {failure}", file=sys.stderr)
        failed |= bool(failures)
    return failed


if __name__ == "__main__":
    sys.exit(main())
