"""The C ABI of a trainer (include/eoq/Runtime/eoq.h) for Python.

    trainer = Trainer("network.so", "network")
    trainer.initialize(seed=1)
    loss, correct = trainer.train_step(images, labels, lr=(1, 5))
    weight = trainer.get("conv1.weight")

Needs only numpy.
"""
import ctypes
from pathlib import Path

import numpy as np

ABI_VERSION = 1
ALIGNMENT = 64
KINDS = ("trainable", "frozen", "optimizer", "exponent")


class TensorInfo(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("format", ctypes.c_uint32),
                ("kind", ctypes.c_uint32), ("rank", ctypes.c_uint64),
                ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("elements", ctypes.c_uint64), ("offset", ctypes.c_uint64),
                ("exponent_offset", ctypes.c_uint64)]


class Model(ctypes.Structure):
    _fields_ = [("abi_version", ctypes.c_uint32),
                ("precision", ctypes.c_uint32), ("name", ctypes.c_char_p),
                ("identity", ctypes.c_char_p), ("options", ctypes.c_char_p),
                *((name, ctypes.c_uint64)
                  for name in ("batch", "channels", "height", "width",
                               "classes", "state_bytes", "arena_bytes",
                               "tensor_count")),
                ("tensors", ctypes.POINTER(TensorInfo)),
                *((name, ctypes.c_void_p)
                  for name in ("initialize", "train_step", "evaluate",
                               "predict"))]


class Result(ctypes.Structure):
    _fields_ = [("loss", ctypes.c_double), ("correct", ctypes.c_int32),
                ("rows", ctypes.c_int32)]


class Trainer:
    """A trainer in memory; `library` is what --emit=shared wrote."""

    def __init__(self, library, name):
        self.library = ctypes.CDLL(str(Path(library).resolve()))
        self.library.eoq_required_bytes.restype = ctypes.c_size_t
        self.library.eoq_status_message.restype = ctypes.c_char_p
        self.model = Model.in_dll(self.library, f"eoq_{name}_model")
        if self.model.abi_version != ABI_VERSION:
            raise ValueError(f"ABI version {self.model.abi_version}")
        size = self.library.eoq_required_bytes(ctypes.byref(self.model))
        self.memory = np.zeros(size + ALIGNMENT, np.uint8)
        start = -self.memory.ctypes.data % ALIGNMENT
        self.trainer = ctypes.c_void_p()
        self.call("eoq_create", ctypes.byref(self.model),
                  ctypes.c_void_p(self.memory.ctypes.data + start),
                  ctypes.c_size_t(size), ctypes.byref(self.trainer))
        self.tensors = {info.name.decode(): info for info in
                        self.model.tensors[:self.model.tensor_count]}

    def call(self, function, *arguments):
        status = self.library[function](*arguments)
        if status != 0:
            message = self.library.eoq_status_message(status).decode()
            raise RuntimeError(f"{function}: {message}")

    def names(self, kind):
        return [name for name, info in self.tensors.items()
                if KINDS[info.kind] == kind]

    def initialize(self, seed):
        self.library.eoq_initialize(self.trainer, ctypes.c_int32(seed))

    def train_step(self, images, labels, lr, image_exponent=0):
        """Returns the mean loss and the number of correct rows.

        The learning rate is the pair (multiplier, shift).
        """
        model = self.model
        images = np.ascontiguousarray(
            images, np.float32 if model.precision == 32 else np.int8)
        labels = np.ascontiguousarray(labels, np.int32)
        if (images.shape != (model.batch, model.channels, model.height,
                             model.width) or labels.shape != (model.batch,)):
            raise ValueError(f"shapes {images.shape} and {labels.shape}")
        result = Result()
        self.call("eoq_train_step", self.trainer,
                  ctypes.c_void_p(images.ctypes.data),
                  ctypes.c_int32(image_exponent),
                  ctypes.c_void_p(labels.ctypes.data), ctypes.c_int32(lr[0]),
                  ctypes.c_int32(lr[1]), ctypes.byref(result))
        return result.loss, result.correct

    def get(self, name):
        """A tensor of the state as floats."""
        info = self.tensors[name]
        values = np.empty(info.shape[:info.rank], np.float32)
        self.call("eoq_get_parameter", self.trainer, name.encode(),
                  ctypes.c_void_p(values.ctypes.data),
                  ctypes.c_uint64(info.elements))
        return values
