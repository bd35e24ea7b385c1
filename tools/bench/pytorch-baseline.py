#!/usr/bin/env python3
"""Trains a test network in PyTorch, float32 with batch norm: the baseline.

One JSON line per run, with every setting and the accuracies, is appended to the
output file.
"""
import argparse
import json
import math
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "models"))
import models  # noqa: E402

MOMENTUM = 0.9


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path, metavar="DIR",
                        help="directory of the Fashion-MNIST IDX .gz files")
    parser.add_argument("--output", required=True, type=Path, metavar="FILE",
                        help="file to append the JSON line to")
    parser.add_argument("--model", required=True, choices=sorted(models.MODELS))
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.125,
                        help="initial learning rate")
    parser.add_argument("--schedule", choices=("cosine", "linear"),
                        default="cosine", help="decay of the rate to zero")
    parser.add_argument("--seed", type=int, default=0,
                        help="seed of the weights and of the data order")
    parser.add_argument("--train-limit", type=int, metavar="N",
                        help="train on the first N images only")
    parser.add_argument("--validation", type=int, default=0, metavar="N",
                        help="hold back the last N training images and report "
                        "on them instead of the test images")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def learning_rate(arguments, step, steps):
    progress = step / steps
    if arguments.schedule == "linear":
        return arguments.lr * (1 - progress)
    return arguments.lr * 0.5 * (1 + math.cos(math.pi * progress))


def accuracy(model, images, labels):
    """Percentage of images classified correctly, in eval mode."""
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in zip(images.split(500), labels.split(500)):
            correct += int((model(x).argmax(1) == y).sum())
    model.train()
    return round(100 * correct / len(labels), 2)


def main():
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)

    train_images, train_labels, images, labels = models.load_fashion_mnist(
        arguments.data)
    if arguments.validation:
        images = train_images[-arguments.validation:]
        labels = train_labels[-arguments.validation:]
        train_images = train_images[:-arguments.validation]
        train_labels = train_labels[:-arguments.validation]
    train_images = train_images[:arguments.train_limit]
    train_labels = train_labels[:arguments.train_limit]

    torch.manual_seed(arguments.seed)
    # Channels last is the faster layout for oneDNN's convolutions on a CPU.
    model = models.MODELS[arguments.model]().to(
        memory_format=torch.channels_last)
    order = torch.Generator().manual_seed(arguments.seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=arguments.lr,
                                momentum=MOMENTUM)

    batch_size = arguments.batch_size
    steps_per_epoch = len(train_images) // batch_size
    steps = steps_per_epoch * arguments.epochs
    step = 0
    epochs = []
    start = time.time()
    for epoch in range(arguments.epochs):
        permutation = torch.randperm(len(train_images), generator=order)
        total_loss = 0.0
        for index in permutation[:steps_per_epoch * batch_size].split(batch_size):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(arguments, step, steps)
            x = train_images[index].contiguous(memory_format=torch.channels_last)
            loss = functional.cross_entropy(model(x), train_labels[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total_loss += loss.item()
            step += 1
        epochs.append({
            "train_loss": round(total_loss / steps_per_epoch, 5),
            "accuracy": accuracy(model, images, labels),
            "seconds": round(time.time() - start, 1),
        })
        print(f"epoch {epoch + 1}: {epochs[-1]}", flush=True)

    result = {
        "model": arguments.model,
        "epochs": arguments.epochs,
        "batch_size": batch_size,
        "lr": arguments.lr,
        "schedule": arguments.schedule,
        "momentum": MOMENTUM,
        "seed": arguments.seed,
        "train_images": len(train_images),
        "evaluated_on": "validation" if arguments.validation else "test",
        "evaluated_images": len(images),
        "threads": arguments.threads,
        "torch": torch.__version__,
        "accuracy": epochs[-1]["accuracy"],
        "train_loss": epochs[-1]["train_loss"],
        "seconds": epochs[-1]["seconds"],
        "per_epoch": epochs,
    }
    with open(arguments.output, "a", encoding="utf-8") as file:
        file.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
