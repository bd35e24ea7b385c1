"""The convolutional networks used by the tests and benchmarks, and their data.

Plain torch.nn with BatchNorm in place, as a user would write them; nothing here
knows about EOQ.  Works with torch 1.13 and 2.x and needs no torchvision.
"""
import gzip
from pathlib import Path

import numpy as np
import torch
from torch import nn

CLASSES = 10


def conv_norm(inputs, outputs, kernel, stride=1, groups=1, activation=None):
    """Convolution without bias, batch norm, and optionally an activation."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups,
                  bias=False),
        nn.BatchNorm2d(outputs),
    ]
    if activation is not None:
        layers.append(activation())
    return nn.Sequential(*layers)


class GlobalAverage(nn.Sequential):
    """Global average pooling to (batch, channels)."""

    def __init__(self):
        super().__init__(nn.AdaptiveAvgPool2d(1), nn.Flatten())


class LeNet5(nn.Sequential):
    """LeNet-5 with batch norm; its convolutions have a bias, as in the original."""

    def __init__(self, channels=1):
        super().__init__(
            nn.Conv2d(channels, 6, 5, padding=2), nn.BatchNorm2d(6), nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(),
            nn.Linear(120, 84), nn.ReLU(),
            nn.Linear(84, CLASSES),
        )


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with a shortcut, projected where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.branch = nn.Sequential(
            conv_norm(inputs, outputs, 3, stride, activation=nn.ReLU),
            conv_norm(outputs, outputs, 3),
        )
        same_shape = stride == 1 and inputs == outputs
        self.shortcut = (nn.Identity() if same_shape
                         else conv_norm(inputs, outputs, 1, stride))
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.branch(x) + self.shortcut(x))


class ResNet20(nn.Sequential):
    """The CIFAR ResNet with three stages of three basic blocks."""

    def __init__(self, channels=1):
        layers = [conv_norm(channels, 16, 3, activation=nn.ReLU)]
        inputs = 16
        for stage, outputs in enumerate((16, 32, 64)):
            for block in range(3):
                stride = 2 if stage > 0 and block == 0 else 1
                layers.append(BasicBlock(inputs, outputs, stride))
                inputs = outputs
        super().__init__(*layers, GlobalAverage(), nn.Linear(inputs, CLASSES))


class VGG(nn.Sequential):
    """Six plain 3x3 convolutions without shortcuts."""

    def __init__(self, channels=1):
        layers = []
        inputs = channels
        for stage, outputs in enumerate((16, 32, 64)):
            if stage > 0:
                layers.append(nn.MaxPool2d(2))
            for _ in range(2):
                layers.append(conv_norm(inputs, outputs, 3, activation=nn.ReLU))
                inputs = outputs
        super().__init__(*layers, GlobalAverage(), nn.Linear(inputs, CLASSES))


class InvertedResidual(nn.Module):
    """Expand (1x1), depthwise 3x3, linear projection (1x1), as in MobileNetV2."""

    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        self.branch = nn.Sequential(
            conv_norm(inputs, hidden, 1, activation=nn.ReLU6),
            conv_norm(hidden, hidden, 3, stride, groups=hidden,
                      activation=nn.ReLU6),
            conv_norm(hidden, outputs, 1),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.branch(x) if self.residual else self.branch(x)


class MobileNetV2(nn.Sequential):
    """A MobileNetV2 small enough for 28x28 images."""

    BLOCKS = (  # (output channels, stride, expansion)
        (16, 1, 2), (24, 2, 4), (24, 1, 4), (40, 2, 4), (40, 1, 4), (40, 1, 4))

    def __init__(self, channels=1):
        layers = [conv_norm(channels, 16, 3, 2, activation=nn.ReLU6)]
        inputs = 16
        for outputs, stride, expand in self.BLOCKS:
            layers.append(InvertedResidual(inputs, outputs, stride, expand))
            inputs = outputs
        layers.append(conv_norm(inputs, 128, 1, activation=nn.ReLU6))
        super().__init__(*layers, GlobalAverage(), nn.Linear(128, CLASSES))


MODELS = {
    "lenet5": LeNet5,
    "mobilenetv2": MobileNetV2,
    "resnet20": ResNet20,
    "vgg": VGG,
}


def read_idx(path):
    """Reads a gzipped IDX file of unsigned bytes into an array."""
    with gzip.open(path) as file:
        data = file.read()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"'{path}' is not an IDX file of unsigned bytes")
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load_fashion_mnist(directory):
    """Returns (training images, labels, test images, labels).

    Images are float (count, 1, 28, 28), (pixel - mean) / 128 with the training
    mean rounded to an integer: exactly representable in 9 bits, so an integer
    trainer can be given the same input.
    """
    images, labels = {}, {}
    for part in ("train", "t10k"):
        images[part] = read_idx(Path(directory, f"{part}-images-idx3-ubyte.gz"))
        labels[part] = read_idx(Path(directory, f"{part}-labels-idx1-ubyte.gz"))
    mean = int(round(float(images["train"].mean())))
    result = []
    for part in ("train", "t10k"):
        pixels = torch.from_numpy(images[part].astype(np.float32))
        result.append(((pixels - mean) / 128).unsqueeze(1))
        result.append(torch.from_numpy(labels[part].astype(np.int64)))
    return result
