#!/usr/bin/env python3
"""Writes the ONNX files of test/models.

Every network is first trained for a few steps, so that weights and running
statistics are real ones, and then exported with both of PyTorch's exporters.
Needs torch 2.13, onnx, onnxruntime and onnxscript.
"""
import argparse
import collections
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxscript import optimizer, rewriter
from onnxscript.rewriter.rules import common
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "models"))
import models  # noqa: E402

# File stem, network, image channels and size, exporters to use.
EXPORTS = (
    ("lenet5", "lenet5", 1, 28, ("torchscript", "dynamo")),
    ("mobilenetv2", "mobilenetv2", 1, 28, ("torchscript", "dynamo")),
    ("resnet20", "resnet20", 1, 28, ("torchscript", "dynamo")),
    ("resnet20-32x32", "resnet20", 3, 32, ("torchscript",)),
    ("vgg", "vgg", 1, 28, ("torchscript", "dynamo")),
)
STEPS = 50
BATCH = 128


def fit_images(images, channels, size):
    """Pads 28x28 grey images to the size and channels the network expects."""
    margin = (size - images.shape[-1]) // 2
    return functional.pad(images, [margin] * 4).expand(-1, channels, -1, -1)


def train_briefly(model, images, labels):
    sgd = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    model.train()
    for step in range(STEPS):
        batch = slice(step * BATCH, (step + 1) * BATCH)
        loss = functional.cross_entropy(model(images[batch]), labels[batch])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    model.eval()
    return loss.item()


def export_torchscript(model, example, path):
    # In its default mode this exporter folds batch norm into the convolutions;
    # PRESERVE keeps it, and the model is in eval mode already.
    torch.onnx.export(
        model, (example,), str(path), dynamo=False, opset_version=17,
        training=torch.onnx.TrainingMode.PRESERVE,
        input_names=["image"], output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})


def export_dynamo(model, example, path):
    # The exporter's own optimization folds batch norm into the convolutions.
    # These steps do the rest of it: folding shape arithmetic, and dropping the
    # zero bias that the exporter gives to a convolution without one.
    program = torch.onnx.export(
        model, (example,), dynamo=True, optimize=False, verbose=False,
        input_names=["image"], output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},))
    optimizer.fold_constants(program.model)
    rewriter.rewrite(program.model, [common.materialize_reshape_shape_rule,
                                     common.remove_optional_bias_from_conv_rule])
    program.save(str(path), external_data=False)


EXPORTERS = {"torchscript": ("", export_torchscript),
             "dynamo": ("-dynamo", export_dynamo)}


def strip_traces(path):
    """Removes stack traces and other notes that name files of this machine."""
    proto = onnx.load(path)
    graph = proto.graph
    for item in (proto, graph, *graph.node, *graph.input, *graph.output,
                 *graph.value_info, *graph.initializer):
        item.ClearField("doc_string")
        item.ClearField("metadata_props")
    onnx.save(proto, path)
    return proto


def report(path, proto, model, images):
    """Checks the file and prints how close it is to the torch model."""
    onnx.checker.check_model(proto, full_check=True)
    session = onnxruntime.InferenceSession(
        str(path), providers=["CPUExecutionProvider"])
    difference = 0.0
    for count in (1, 5):  # two sizes, because the batch axis is symbolic
        batch = images[:count].contiguous()
        actual, = session.run(["logits"], {"image": batch.numpy()})
        with torch.no_grad():
            expected = model(batch).numpy()
        difference = max(difference, float(np.abs(actual - expected).max()))
    kinds = collections.Counter(node.op_type for node in proto.graph.node)
    if "BatchNormalization" not in kinds:
        raise RuntimeError(f"the exporter folded batch norm away in '{path}'")
    parameters = sum(int(np.prod(tensor.dims))
                     for tensor in proto.graph.initializer)
    print(f"{path.name}: opset {proto.opset_import[0].version}, "
          f"{path.stat().st_size} bytes, {parameters} initializer elements, "
          f"max difference {difference:.2g}")
    print("  " + ", ".join(f"{kind} {count}"
                           for kind, count in sorted(kinds.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path, metavar="DIR",
                        help="directory of the Fashion-MNIST IDX .gz files")
    parser.add_argument("--output", type=Path, metavar="DIR",
                        default=ROOT / "test" / "models",
                        help="where to write (default: test/models)")
    arguments = parser.parse_args()

    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)  # the order of sums must not depend on the machine
    train_images, train_labels, _, _ = models.load_fashion_mnist(arguments.data)
    for stem, network, channels, size, exporters in EXPORTS:
        torch.manual_seed(0)
        model = models.MODELS[network](channels)
        images = fit_images(train_images[:STEPS * BATCH], channels, size)
        loss = train_briefly(model, images, train_labels)
        print(f"{stem}: loss {loss:.3f} after {STEPS} steps")
        for exporter in exporters:
            suffix, export = EXPORTERS[exporter]
            path = arguments.output / f"{stem}{suffix}.onnx"
            export(model, images[:2].contiguous(), path)
            report(path, strip_traces(path), model, images)


if __name__ == "__main__":
    main()
