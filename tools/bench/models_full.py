"""The networks of bench-train, at the size and shape their papers give them.

Plain torch.nn with BatchNorm in place; torchvision is not needed.  Dropout in
front of a classifier is left out: it costs nothing worth measuring.
"""
import inspect
import sys
from pathlib import Path
from typing import Callable, NamedTuple

import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "models"))
import models  # noqa: E402
from models import BasicBlock, GlobalAverage, conv_norm  # noqa: E402

IMAGENET_CLASSES = 1000


class Bottleneck(nn.Module):
    """1x1, 3x3 (with the stride) and 1x1 convolutions with a shortcut."""

    EXPANSION = 4

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = width * self.EXPANSION
        self.branch = nn.Sequential(
            conv_norm(inputs, width, 1, activation=nn.ReLU),
            conv_norm(width, width, 3, stride, activation=nn.ReLU),
            conv_norm(width, outputs, 1),
        )
        same_shape = stride == 1 and inputs == outputs
        self.shortcut = (nn.Identity() if same_shape
                         else conv_norm(inputs, outputs, 1, stride))
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.branch(x) + self.shortcut(x))


class ImageNetResNet(nn.Sequential):
    """A ResNet for 224x224 images: a 7x7 stem and four stages of blocks."""

    def __init__(self, block, depths):
        layers = [conv_norm(3, 64, 7, 2, activation=nn.ReLU),
                  nn.MaxPool2d(3, 2, padding=1)]
        inputs = 64
        for stage, depth in enumerate(depths):
            width = 64 << stage
            for index in range(depth):
                stride = 2 if stage > 0 and index == 0 else 1
                layers.append(block(inputs, width, stride))
                inputs = width * getattr(block, "EXPANSION", 1)
        super().__init__(*layers, GlobalAverage(),
                         nn.Linear(inputs, IMAGENET_CLASSES))


class InvertedResidual(nn.Module):
    """As in models.py, but without an expansion where its factor is 1."""

    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        layers = [] if expand == 1 else [
            conv_norm(inputs, hidden, 1, activation=nn.ReLU6)]
        self.branch = nn.Sequential(
            *layers,
            conv_norm(hidden, hidden, 3, stride, groups=hidden,
                      activation=nn.ReLU6),
            conv_norm(hidden, outputs, 1),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.branch(x) if self.residual else self.branch(x)


class MobileNetV2(nn.Sequential):
    """MobileNetV2 (arXiv 1801.04381, table 2) for 224x224 images."""

    STAGES = (  # (expansion, output channels, blocks, stride of the first)
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
        (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self):
        layers = [conv_norm(3, 32, 3, 2, activation=nn.ReLU6)]
        inputs = 32
        for expand, outputs, blocks, first_stride in self.STAGES:
            for index in range(blocks):
                stride = first_stride if index == 0 else 1
                layers.append(InvertedResidual(inputs, outputs, stride, expand))
                inputs = outputs
        layers.append(conv_norm(inputs, 1280, 1, activation=nn.ReLU6))
        super().__init__(*layers, GlobalAverage(),
                         nn.Linear(1280, IMAGENET_CLASSES))


class VGG11(nn.Sequential):
    """VGG-11 with batch norm for 32x32 images: one linear layer at its end."""

    STAGES = ((64,), (128,), (256, 256), (512, 512), (512, 512))

    def __init__(self):
        layers = []
        inputs = 3
        for stage in self.STAGES:
            for outputs in stage:
                layers.append(conv_norm(inputs, outputs, 3, activation=nn.ReLU))
                inputs = outputs
            layers.append(nn.MaxPool2d(2))
        super().__init__(*layers, nn.Flatten(),
                         nn.Linear(inputs, models.CLASSES))


class Network(NamedTuple):
    """A network to time."""

    create: Callable[[], nn.Module]
    image: tuple  # channels, height, width
    classes: int


NETWORKS = {
    "resnet18": Network(lambda: ImageNetResNet(BasicBlock, (2, 2, 2, 2)),
                        (3, 224, 224), IMAGENET_CLASSES),
    "resnet20": Network(lambda: models.ResNet20(3), (3, 32, 32),
                        models.CLASSES),
    "mobilenet_v2": Network(MobileNetV2, (3, 224, 224), IMAGENET_CLASSES),
    "lenet5": Network(models.LeNet5, (1, 28, 28), models.CLASSES),
    "vgg11": Network(VGG11, (3, 32, 32), models.CLASSES),
    "resnet50": Network(lambda: ImageNetResNet(Bottleneck, (3, 4, 6, 3)),
                        (3, 224, 224), IMAGENET_CLASSES),
}


def export(name, path):
    """Writes the network as an ONNX file with batch norm and a symbolic batch."""
    torch.manual_seed(0)
    network = NETWORKS[name]
    # PyTorch 1.13 has one exporter, later versions choose another by default.
    parameters = inspect.signature(torch.onnx.export).parameters
    exporter = {"dynamo": False} if "dynamo" in parameters else {}
    # In its default mode the exporter folds batch norm into the convolutions.
    torch.onnx.export(
        network.create().eval(), (torch.zeros(1, *network.image),), str(path),
        **exporter, opset_version=17,
        training=torch.onnx.TrainingMode.PRESERVE,
        input_names=["image"], output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}})
