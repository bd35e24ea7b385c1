#!/usr/bin/env python3
"""An independent oracle: runs and trains an ONNX network with torch autograd.

Nothing here is shared with the compiler, so agreement means something.  Needs
only torch (1.13 or later), onnx and numpy.

    model = fold_batch_norm(load("network.onnx"))
    params = model.parameters(torch.float64)
    loss, gradients, params = model.train_step(params, images, labels, lr=0.1)

Run as a program it tests itself on the networks of test/models.
"""
import copy
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional

OPERATORS = {}

# Float inputs that a training must leave alone: running statistics, bounds and
# fill values.  All other float initializers are parameters.
FIXED_INPUTS = {"BatchNormalization": (3, 4), "Clip": (1, 2), "Pad": (2,)}


def to_tensor(proto):
    # The copy is because torch wants writable memory.
    return torch.from_numpy(np.array(numpy_helper.to_array(proto)))


def attributes(node):
    values = {}
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        values[attribute.name] = (value.decode() if isinstance(value, bytes)
                                  else value)
    return values


class Model:
    """A graph and its initializers; evaluation is a function of the parameters."""

    def __init__(self, nodes, tensors, input_name, output_name):
        self.nodes = nodes
        self.tensors = tensors
        self.input_name = input_name
        self.output_name = output_name

    def parameters(self, dtype=torch.float32):
        """Fresh copies of the trainable initializers, by name."""
        fixed = {node.input[i] for node in self.nodes
                 for i in FIXED_INPUTS.get(node.op_type, ())
                 if i < len(node.input)}
        used = {name for node in self.nodes for name in node.input}
        return {name: tensor.to(dtype, copy=True).requires_grad_()
                for name, tensor in self.tensors.items()
                if tensor.is_floating_point() and name in used - fixed}

    def logits(self, params, images):
        """Evaluates the graph in the images' type; batch norm in inference mode."""
        values = {name: tensor.to(images.dtype)
                  if tensor.is_floating_point() else tensor
                  for name, tensor in self.tensors.items()}
        values.update(params)
        values[self.input_name] = images
        values[""] = None  # how ONNX spells an absent optional input
        for node in self.nodes:
            if node.op_type not in OPERATORS:
                raise NotImplementedError(
                    f"operator '{node.op_type}' of node '{node.name}'")
            operands = [values[name] for name in node.input]
            values[node.output[0]] = OPERATORS[node.op_type](
                attributes(node), *operands)
        return values[self.output_name]

    def train_step(self, params, images, labels, lr, momentum=0.0, velocity=None):
        """One step of SGD: returns the loss, the gradients and new parameters.

        The loss is the mean cross-entropy.  With momentum, v = momentum * v + g
        and p -= lr * v; pass the same dictionary as velocity to every step.
        """
        loss = functional.cross_entropy(self.logits(params, images), labels)
        gradients = dict(zip(params, torch.autograd.grad(
            loss, list(params.values()))))
        velocity = {} if velocity is None else velocity
        updated = {}
        for name, gradient in gradients.items():
            velocity[name] = momentum * velocity.get(name, 0) + gradient
            updated[name] = (params[name].detach()
                             - lr * velocity[name]).requires_grad_()
        return loss.item(), gradients, updated


def load(path):
    """Reads an ONNX file with one input and one output."""
    graph = onnx.load(str(path)).graph
    tensors = {tensor.name: to_tensor(tensor) for tensor in graph.initializer}
    inputs = [value.name for value in graph.input if value.name not in tensors]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise ValueError("expected one input and one output")
    output = graph.output[0].name

    nodes = []
    for node in graph.node:
        if node.op_type == "Constant":
            tensors[node.output[0]] = constant(attributes(node))
        elif node.op_type == "Identity" and node.input[0] in tensors:
            # Exporters store equal tensors once, behind an Identity with the
            # name of the second.  They are still two parameters.
            tensors[node.output[0]] = tensors[node.input[0]].clone()
        elif (node.op_type in ("Softmax", "LogSoftmax")
              and node.output[0] == output):
            output = node.input[0]  # the loss does this itself
        else:
            nodes.append(node)
    return Model(nodes, tensors, inputs[0], output)


def constant(attributes):
    (kind, value), = attributes.items()
    if kind == "value":
        return to_tensor(value)
    if kind not in ("value_float", "value_floats", "value_int", "value_ints"):
        raise NotImplementedError(f"attribute '{kind}' of Constant")
    return torch.tensor(value, dtype=torch.float32 if "float" in kind
                        else torch.int64)


def fold_batch_norm(model):
    """Folds every batch norm into the convolution before it.

    The convolution keeps the name of its weight.  The new bias takes the name
    of the convolution's bias or, without one, of the batch norm's ("B").
    """
    producers = {node.output[0]: node for node in model.nodes}
    uses = [name for node in model.nodes for name in node.input]
    tensors = dict(model.tensors)
    replaced = {}  # id of a node -> what takes its place
    for norm in model.nodes:
        if norm.op_type != "BatchNormalization":
            continue
        conv = producers.get(norm.input[0])
        if conv is None or conv.op_type != "Conv":
            raise ValueError(f"no convolution before '{norm.name}'")
        weight_name = conv.input[1]
        bias_name = conv.input[2] if len(conv.input) > 2 else norm.input[2]
        for name in (conv.output[0], weight_name, bias_name):
            if uses.count(name) != 1:
                raise ValueError(f"'{name}' has more than one use")

        weight = model.tensors[weight_name].double()
        bias = (model.tensors[bias_name].double() if len(conv.input) > 2
                else torch.zeros(weight.shape[0], dtype=torch.float64))
        gamma, beta, mean, variance = (model.tensors[name].double()
                                       for name in norm.input[1:5])
        epsilon = attributes(norm).get("epsilon", 1e-5)
        scale = gamma / torch.sqrt(variance + epsilon)
        tensors[weight_name] = (weight * scale.reshape(-1, 1, 1, 1)).float()
        tensors[bias_name] = ((bias - mean) * scale + beta).float()

        folded = copy.deepcopy(conv)
        folded.input[:] = [conv.input[0], weight_name, bias_name]
        folded.output[0] = norm.output[0]
        replaced[id(conv)] = folded
        replaced[id(norm)] = None
    nodes = [replaced.get(id(node), node) for node in model.nodes]
    return Model([node for node in nodes if node is not None], tensors,
                 model.input_name, model.output_name)


# Operators: functions of the attributes and the operands.


def operator(*names):
    def register(function):
        for name in names:
            OPERATORS[name] = function
        return function
    return register


def pad_2d(attributes, x, value=0.0):
    """Applies the pads of a convolution or pooling, which may be asymmetric."""
    if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise NotImplementedError("automatic padding")
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    if not any((top, left, bottom, right)):
        return x
    return functional.pad(x, (left, right, top, bottom), value=value)


def pool_window(attributes):
    if attributes.get("ceil_mode", 0):
        raise NotImplementedError("pooling with ceil_mode")
    return dict(kernel_size=attributes["kernel_shape"],
                stride=attributes.get("strides", (1, 1)))


@operator("Conv")
def conv(attributes, x, weight, bias=None):
    return functional.conv2d(
        pad_2d(attributes, x), weight, bias, attributes.get("strides", (1, 1)),
        0, attributes.get("dilations", (1, 1)), attributes.get("group", 1))


@operator("BatchNormalization")
def batch_norm(attributes, x, gamma, beta, mean, variance):
    return functional.batch_norm(x, mean, variance, gamma, beta,
                                 eps=attributes.get("epsilon", 1e-5))


@operator("MaxPool")
def max_pool(attributes, x):
    return functional.max_pool2d(
        pad_2d(attributes, x, -float("inf")), **pool_window(attributes),
        dilation=attributes.get("dilations", (1, 1)))


@operator("AveragePool")
def average_pool(attributes, x):
    if any(dilation != 1 for dilation in attributes.get("dilations", ())):
        raise NotImplementedError("dilated AveragePool")
    window = pool_window(attributes)
    average = functional.avg_pool2d(pad_2d(attributes, x), **window)
    if attributes.get("count_include_pad", 0):
        return average
    # Divide by the number of real elements instead of by the window's size.
    real = torch.ones_like(x[:1, :1])
    return average / functional.avg_pool2d(pad_2d(attributes, real), **window)


@operator("GlobalAveragePool")
def global_average_pool(attributes, x):
    return x.mean((2, 3), keepdim=True)


def axes_of(attributes, axes):
    """Axes, which moved from an attribute to an input in later opsets."""
    return attributes.get("axes") if axes is None else axes.tolist()


@operator("ReduceMean")
def reduce_mean(attributes, x, axes=None):
    axes = axes_of(attributes, axes)
    if not axes:
        if attributes.get("noop_with_empty_axes", 0):
            return x
        axes = range(x.dim())
    return x.mean(tuple(axes), keepdim=bool(attributes.get("keepdims", 1)))


@operator("Relu")
def relu(attributes, x):
    return torch.relu(x)


@operator("LeakyRelu")
def leaky_relu(attributes, x):
    return functional.leaky_relu(x, attributes.get("alpha", 0.01))


@operator("Clip")
def clip(attributes, x, low=None, high=None):
    low = attributes.get("min", -float("inf")) if low is None else low.item()
    high = attributes.get("max", float("inf")) if high is None else high.item()
    # Unlike clamp, its gradient at the bounds is zero, as in ReLU and ReLU6.
    return functional.hardtanh(x, low, high)


@operator("Add")
def add(attributes, x, y):
    return x + y


@operator("Sub")
def sub(attributes, x, y):
    return x - y


@operator("Mul")
def mul(attributes, x, y):
    return x * y


@operator("Gemm")
def gemm(attributes, a, b, c=None):
    a = a.t() if attributes.get("transA", 0) else a
    b = b.t() if attributes.get("transB", 0) else b
    product = attributes.get("alpha", 1.0) * (a @ b)
    return product if c is None else product + attributes.get("beta", 1.0) * c


@operator("MatMul")
def matmul(attributes, a, b):
    return a @ b


@operator("Pad")
def pad(attributes, x, pads=None, value=None, axes=None):
    if attributes.get("mode", "constant") != "constant":
        raise NotImplementedError("Pad that is not constant")
    pads = attributes["pads"] if pads is None else pads.tolist()
    axes = range(x.dim()) if axes is None else axes.tolist()
    value = attributes.get("value", 0.0) if value is None else value.item()
    amounts = [(0, 0)] * x.dim()
    for axis, before, after in zip(axes, pads, pads[len(pads) // 2:]):
        amounts[axis] = (before, after)
    # torch counts the axes from the last.
    flat = [amount for pair in reversed(amounts) for amount in pair]
    return functional.pad(x, flat, value=value)


@operator("Concat")
def concat(attributes, *operands):
    return torch.cat(operands, attributes["axis"])


@operator("Flatten")
def flatten(attributes, x):
    axis = attributes.get("axis", 1)
    axis += x.dim() if axis < 0 else 0
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


@operator("Reshape")
def reshape(attributes, x, shape):
    sizes = shape.tolist()
    if not attributes.get("allowzero", 0):
        sizes = [x.shape[i] if size == 0 else size
                 for i, size in enumerate(sizes)]
    return x.reshape(sizes)


@operator("Squeeze")
def squeeze(attributes, x, axes=None):
    axes = axes_of(attributes, axes)
    if axes is None:
        return x.squeeze()
    removed = {axis % x.dim() for axis in axes}
    return x.reshape([size for axis, size in enumerate(x.shape)
                      if axis not in removed])


@operator("Unsqueeze")
def unsqueeze(attributes, x, axes=None):
    axes = axes_of(attributes, axes)
    rank = x.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = x.unsqueeze(axis)
    return x


@operator("Transpose")
def transpose(attributes, x):
    return x.permute(attributes.get("perm", tuple(range(x.dim()))[::-1]))


@operator("Identity", "Dropout")
def identity(attributes, x, *_):
    return x


# Shape arithmetic, on integer tensors.


@operator("Shape")
def shape(attributes, x):
    return torch.tensor(x.shape[attributes.get("start", 0):
                                attributes.get("end", None)])


@operator("Gather")
def gather(attributes, x, indices):
    axis = attributes.get("axis", 0)
    indices = indices % x.shape[axis]  # they may be negative
    picked = x.index_select(axis, indices.flatten())
    return picked.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1:])


@operator("Slice")
def slice_(attributes, x, starts, ends, axes=None, steps=None):
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    index = [slice(None)] * x.dim()
    for axis, *bounds in zip(axes, starts.tolist(), ends.tolist(), steps):
        index[axis] = slice(*bounds)
    return x[tuple(index)]


@operator("Cast")
def cast(attributes, x):
    if attributes["to"] != onnx.TensorProto.INT64:
        raise NotImplementedError("Cast to anything but int64")
    return x.long()


# Agreement of two float64 computations, which may order their sums differently.
EXACT = 1e-10


def relative_error(actual, expected):
    actual, expected = actual.detach(), expected.detach()
    return float((actual - expected).abs().max() / (expected.abs().max() + 1e-30))


def check(what, error, limit):
    if not error <= limit:  # also true for NaN
        raise AssertionError(f"{what}: error {error:.3g}, limit {limit:.3g}")


def test_file(path, models):
    """Compares with the torch network that the file was exported from."""
    model = load(path)
    network = models.MODELS[path.stem.split("-")[0]]
    size = (3, 32, 32) if "32x32" in path.stem else (1, 28, 28)
    generator = torch.Generator().manual_seed(0)
    images = torch.randn((4, *size), generator=generator, dtype=torch.float64)
    labels = torch.randint(10, (4,), generator=generator)

    reference = network(size[0])
    # Both exporters name initializers as torch does.
    reference.load_state_dict(
        {name: model.tensors.get(name, value)  # num_batches_tracked is not stored
         for name, value in reference.state_dict().items()})
    for module in reference.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = float(np.float32(module.eps))  # as ONNX stores it
    reference.double().eval()
    params = model.parameters(torch.float64)
    expected_names = {name for name, _ in reference.named_parameters()}
    if set(params) != expected_names:
        raise AssertionError(f"parameters {set(params) ^ expected_names}")

    folded = fold_batch_norm(model)
    expected = reference(images)
    check("logits", relative_error(model.logits(params, images), expected), EXACT)
    # Folding rounds the new weights to float32.
    check("folded logits", relative_error(
        folded.logits(folded.parameters(torch.float64), images), expected), 1e-5)
    check("float32 logits", relative_error(
        folded.logits(folded.parameters(), images.float()), expected), 1e-4)

    # Chain rule: the folded weight is W * scale, the folded bias is an offset.
    _, gradients, _ = model.train_step(params, images, labels, 0.0)
    _, folded_gradients, _ = folded.train_step(
        folded.parameters(torch.float64), images, labels, 0.0)
    convs = {node.output[0]: node for node in model.nodes}
    for norm in (n for n in model.nodes if n.op_type == "BatchNormalization"):
        node = convs[norm.input[0]]
        scale = (model.tensors[norm.input[1]].double() / torch.sqrt(
            model.tensors[norm.input[4]].double() + 1e-5))
        check(f"gradient of folded '{node.input[1]}'", relative_error(
            folded_gradients[node.input[1]] * scale.reshape(-1, 1, 1, 1),
            gradients[node.input[1]]), 1e-3)
        bias = node.input[2] if len(node.input) > 2 else norm.input[2]
        check(f"gradient of folded '{bias}'", relative_error(
            folded_gradients[bias], gradients[norm.input[2]]), 1e-3)

    # Three steps with momentum against torch's own optimizer.
    optimizer = torch.optim.SGD(reference.parameters(), lr=0.01, momentum=0.9)
    velocity = {}
    for _ in range(3):
        expected_loss = functional.cross_entropy(reference(images), labels)
        optimizer.zero_grad()
        expected_loss.backward()
        optimizer.step()
        loss, gradients, params = model.train_step(
            params, images, labels, 0.01, 0.9, velocity)
        check("loss", abs(loss - expected_loss.item()), EXACT)
        for name, parameter in reference.named_parameters():
            check(f"gradient of '{name}'",
                  relative_error(gradients[name], parameter.grad), EXACT)
            check(f"updated '{name}'",
                  relative_error(params[name], parameter), EXACT)


def main():
    directory = Path(__file__).resolve().parents[1] / "models"
    sys.path.insert(0, str(directory))
    import models
    torch.set_num_threads(1)
    files = sorted(directory.glob("*.onnx"))
    if not files:
        raise FileNotFoundError(f"no models in '{directory}'")
    for path in files:
        try:
            test_file(path, models)
        except Exception as error:
            raise RuntimeError(f"'{path.name}' failed") from error
    print("ok")


if __name__ == "__main__":
    main()
