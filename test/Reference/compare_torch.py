#!/usr/bin/env python3
"""The interpreter on f32 against PyTorch: values, gradients, SGD.

usage: compare_torch.py path/to/eoq-interpret
"""
import sys

sys.dont_write_bytecode = True  # the source tree stays clean

from interpret import Batch, Window, ints, tensor_type, type_of
import numpy as np

try:
    import torch
    from torch.nn import functional
except ImportError:
    print("skipped: needs torch (Debian: apt install python3-torch)")
    sys.exit(77)

torch.set_num_threads(1)
rng = np.random.default_rng(20)
batch = Batch(sys.argv[1])


def floats(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def close(got, expected, tolerance=2e-5):
    expected = expected.detach().numpy()
    assert got.shape == expected.shape, f"{got.shape} {expected.shape}"
    error = np.abs(got - expected).max(initial=0)
    assert error <= tolerance * max(1, np.abs(expected).max(initial=0)), error


def compare(forward, backward, oracle, inputs, gradients=None):
    """Values and gradients of `oracle`, in double precision."""
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True)
              for x in inputs]
    output = oracle(*leaves)
    weights = floats(*output.shape)
    (output * torch.from_numpy(weights)).sum().backward()
    types = [type_of(x) for x in inputs]
    out = tensor_type(output.shape, "f32")
    count = len(inputs) if gradients is None else gradients
    names = {"y": out, **{f"t{i}": t for i, t in enumerate(types)}}

    def check(y, *grads):
        close(y, output)
        for grad, leaf in zip(grads, leaves):
            close(grad, leaf.grad)

    g = len(inputs)
    batch.add([*inputs, weights], [out, *types[:count]],
              forward.format(**names) + "\n"
              + backward.format(**names).replace("%g", f"%x{g}"), check)


for _ in range(30):
    w = Window(rng)
    groups, n = int(rng.integers(1, 4)), rng.integers(1, 4)
    c, o = rng.integers(1, 4, 2)
    x = floats(n, groups * c, *w.size)
    k = floats(groups * o, c, *w.kernel)
    at = "{{" + w.attributes(f", groups = {groups} : i64") + "}}"
    compare(f"%r0 = eoq.conv_2d %x0, %x1 {at} : ({{t0}}, {{t1}}) -> {{y}}",
            f"%r1 = eoq.conv_2d_grad_input %g, %x1 {at} : ({{y}}, {{t1}}) -> {{t0}}\n"
            f"%r2 = eoq.conv_2d_grad_weight %x0, %g {at} : ({{t0}}, {{y}}) -> {{t1}}",
            lambda x, k: functional.conv2d(
                functional.pad(x, (w.low[1], w.high[1], w.low[0], w.high[0])), k,
                stride=tuple(w.strides), dilation=tuple(w.dilations),
                groups=groups), [x, k])

for _ in range(4):
    n, m, k = rng.integers(1, 20, 3)
    compare("%r0 = eoq.fully_connected %x0, %x1 : ({t0}, {t1}) -> {y}",
            "%r1 = eoq.fully_connected_grad_input %g, %x1 : ({y}, {t1}) -> {t0}\n"
            "%r2 = eoq.fully_connected_grad_weight %x0, %g : ({t0}, {y}) -> {t1}",
            functional.linear, [floats(n, k), floats(m, k)])

for shape in [(3, 4), (2, 3, 5, 4), (1, 1, 2, 2)]:
    for channels in {1, shape[1]}:
        view = (1, -1) + (1,) * (len(shape) - 2)
        x, b = floats(*shape), floats(channels)
        compare("%r0 = eoq.bias_add %x0, %x1 : ({t0}, {t1}) -> {y}",
                "%r1 = eoq.reshape %g : ({y}) -> {t0}\n"
                "%r2 = eoq.bias_add_grad_bias %g : ({y}) -> {t1}",
                lambda x, b: x + b.reshape(view), [x, b])
        compare("%r0 = eoq.scale %x0, %x1 : ({t0}, {t1}) -> {y}",
                "%r1 = eoq.scale %g, %x1 : ({y}, {t1}) -> {t0}\n"
                "%r2 = eoq.scale_grad_scale %x0, %g : ({t0}, {y}) -> {t1}",
                lambda x, s: x * s.reshape(view), [x, b])
    c = shape[1]
    compare("%r0 = eoq.batch_norm %x0, %x1, %x2, %x3, %x4 {{epsilon = 1.0e-3 : f64}}"
            " : ({t0}, {t1}, {t1}, {t1}, {t1}) -> {y}", "",
            lambda x, s, b, m, v: functional.batch_norm(
                x, m.detach(), v.detach(), s, b, eps=1e-3),
            [floats(*shape), floats(c), floats(c), floats(c), floats(c) ** 2],
            gradients=0)

for name, attributes, oracle in [
        ("relu", "", functional.relu),
        ("leaky_relu", "{{alpha = 0.1 : f64}}",
         lambda x: functional.leaky_relu(x, 0.1)),
        ("clip", "{{minimum = -0.25 : f64, maximum = 0.7 : f64}}",
         lambda x: torch.clamp(x, -0.25, 0.7)),
        ("clip", "{{minimum = 0xFFF0000000000000 : f64, maximum = 0.7 : f64}}",
         lambda x: torch.clamp(x, max=0.7))]:
    compare(f"%r0 = eoq.{name} %x0 {attributes} : ({{t0}}) -> {{y}}",
            f"%r1 = eoq.{name}_grad_input %g, %r0 {attributes} : ({{y}}, {{y}}) -> {{t0}}",
            oracle, [floats(4, 33)])

for trial in range(36):
    w = Window(rng, pooling=True, symmetric=True)
    x = floats(*rng.integers(1, 4, 2), *w.size)
    if trial % 3 == 0:
        at = "{{" + w.attributes(f", kernel = {ints(w.kernel)}") + "}}"
        compare(f"%r0 = eoq.max_pool_2d %x0 {at} : ({{t0}}) -> {{y}}",
                f"%r1 = eoq.max_pool_2d_grad_input %g, %x0 {at} : ({{y}}, {{t0}}) -> {{t0}}",
                lambda x: functional.max_pool2d(
                    x, tuple(w.kernel), tuple(w.strides), tuple(w.low),
                    tuple(w.dilations), w.ceil), [x])
        continue
    while (w.dilations != 1).any():  # PyTorch has no dilated mean
        w = Window(rng, pooling=True, symmetric=True)
    x = floats(*rng.integers(1, 4, 2), *w.size)
    include = trial % 3 == 1
    at = "{{" + w.attributes(f", kernel = {ints(w.kernel)}"
                             + ", count_include_pad" * include) + "}}"
    compare(f"%r0 = eoq.avg_pool_2d %x0 {at} : ({{t0}}) -> {{y}}",
            f"%r1 = eoq.avg_pool_2d_grad_input %g {at} : ({{y}}) -> {{t0}}",
            lambda x: functional.avg_pool2d(
                x, tuple(w.kernel), tuple(w.strides), tuple(w.low), w.ceil,
                include), [x])

compare("%r0 = eoq.add %x0, %x1 : ({t0}, {t1}) -> {y}", "",
        torch.add, [floats(3, 5), floats(3, 5)], gradients=0)
compare("%r0 = eoq.sub %x0, %x1 : ({t0}, {t1}) -> {y}", "",
        torch.sub, [floats(3, 5), floats(3, 5)], gradients=0)
compare("%r0 = eoq.mul %x0, %x1 : ({t0}, {t1}) -> {y}",
        "%r1 = eoq.mul %g, %x1 : ({y}, {t1}) -> {t0}\n"
        "%r2 = eoq.mul %g, %x0 : ({y}, {t0}) -> {t1}",
        torch.mul, [floats(3, 5), floats(3, 5)])
compare("%r0 = eoq.shift_exponent %x0 {{amount = -3 : i64}} : ({t0}) -> {y}",
        "%r1 = eoq.shift_exponent %g {{amount = -3 : i64}} : ({y}) -> {t0}",
        lambda x: x / 8, [floats(7)])
compare("%r0 = eoq.concat %x0, %x1, %x2 {{axis = 1 : i64}} : ({t0}, {t1}, {t2}) -> {y}",
        "%r1 = eoq.slice %g {{offsets = array<i64: 0, 0, 0, 0>}} : ({y}) -> {t0}\n"
        "%r2 = eoq.slice %g {{offsets = array<i64: 0, 2, 0, 0>}} : ({y}) -> {t1}\n"
        "%r3 = eoq.slice %g {{offsets = array<i64: 0, 5, 0, 0>}} : ({y}) -> {t2}",
        lambda *x: torch.cat(x, 1),
        [floats(2, 2, 3, 4), floats(2, 3, 3, 4), floats(2, 1, 3, 4)])
compare("%r0 = eoq.pad %x0 {{low = array<i64: 0, 1, 2, 0>, high = array<i64: 0, 0, 1, 3>}}"
        " : ({t0}) -> {y}",
        "%r1 = eoq.slice %g {{offsets = array<i64: 0, 1, 2, 0>}} : ({y}) -> {t0}",
        lambda x: functional.pad(x, (0, 3, 2, 1, 1, 0)), [floats(2, 2, 3, 4)])
compare("%r0 = eoq.transpose %x0 {{permutation = array<i64: 2, 0, 3, 1>}} : ({t0}) -> {y}",
        "%r1 = eoq.transpose %g {{permutation = array<i64: 1, 3, 0, 2>}} : ({y}) -> {t0}",
        lambda x: x.permute(2, 0, 3, 1), [floats(2, 3, 4, 5)])

for n, c in [(1, 2), (7, 10), (32, 3)]:
    logits, labels = 3 * floats(n, c), rng.integers(-1, c, n).astype(np.int32)
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    total = functional.cross_entropy(leaf, torch.tensor(labels, dtype=torch.int64),
                                     ignore_index=-1, reduction="sum")
    (total / n).backward()
    hits = int((leaf.argmax(1).numpy() == labels).sum())

    def check(loss, correct, grad, total=total, leaf=leaf, hits=hits):
        close(loss, total)
        close(grad, leaf.grad)
        assert correct == hits, f"{correct} {hits}"

    batch.add([logits, labels], ["tensor<f32>", "i32", type_of(logits)],
              f"%r0, %r1 = eoq.cross_entropy %x0, %x1 : ({type_of(logits)}, "
              f"{type_of(labels)}) -> (tensor<f32>, i32)\n"
              f"%r2 = eoq.cross_entropy_grad_logits %x0, %x1 : ({type_of(logits)}, "
              f"{type_of(labels)}) -> {type_of(logits)}", check)

# Momentum SGD with weight decay: 5 steps, learning rate 3 * 2^-5 / 2.
start = floats(4, 6)
batch.declare(f"""
eoq.parameter #eoq.parameter_kind<weight> @w : tensor<4x6xf32> trainable
  = dense<0.0> : tensor<4x6xf32>
eoq.parameter #eoq.parameter_kind<optimizer> @w.momentum : tensor<4x6xf32>
  = dense<0.0> : tensor<4x6xf32>""")
batch.function("sgd", ["tensor<4x6xf32>", "i32", "i32", "i32"], [],
               "eoq.sgd_update @w momentum @w.momentum gradient %x0 "
               "learning_rate %x1, %x2 step %x3 {momentum = 29 : i64, "
               "weight_decay_shift = 6 : i64, lr_shift_offset = 1 : i64, "
               "site = 0 : i64} : tensor<4x6xf32>")
batch.set_state("w", start)
leaf = torch.tensor(start, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([leaf], lr=3 / 64, momentum=29 / 32, weight_decay=1 / 64)
for step in range(5):
    gradient = floats(4, 6)
    batch.call("sgd", [gradient, 3, 5, step], lambda: None)
    leaf.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer.step()
batch.state(["w"], lambda state: close(state["w"], leaf))

batch.run()
