"""Writes a small data set that a network can learn.

    synthetic.py <folder> [<images>]

Each of ten classes has a pattern of smooth blobs; an image is its class's
pattern, moved by up to two pixels, plus noise. The files are those of MNIST:
28 x 28 pixels, a quarter as many test images as training images.
"""
import pathlib
import struct
import sys

import numpy as np

CLASSES = 10
SIZE = 28


def idx(array):
    """An array of bytes in the format of the MNIST files."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def patterns(random):
    y, x = np.mgrid[:SIZE, :SIZE]
    blobs = random.uniform(5, SIZE - 5, (CLASSES, 3, 2))
    return sum(np.exp(-((y - blobs[:, i, :1, None]) ** 2
                        + (x - blobs[:, i, 1:, None]) ** 2) / 18.0)
               for i in range(blobs.shape[1]))


def images(random, shapes, labels):
    pictures = [np.roll(shapes[label], random.integers(-2, 3, 2), (0, 1))
                for label in labels]
    noise = random.normal(0, 12, (len(labels), SIZE, SIZE))
    return np.clip(np.array(pictures) * 200 + noise, 0, 255)


def write(folder, count, seed=0):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    shapes = patterns(random)
    for name, size in (("train", count), ("t10k", count // 4)):
        labels = random.integers(0, CLASSES, size)
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(idx(labels))
        (folder / f"{name}-images-idx3-ubyte").write_bytes(
            idx(images(random, shapes, labels)))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1024)
