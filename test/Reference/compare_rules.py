#!/usr/bin/env python3
"""The interpreter on fixed point against rules.py: equal to the bit.

usage: compare_rules.py path/to/eoq-interpret
"""
import sys

sys.dont_write_bytecode = True  # the source tree stays clean

import rules
from interpret import Batch, Fixed, Window, fixed_type, ints
import numpy as np

rng = np.random.default_rng(30)
batch = Batch(sys.argv[1])


def integers(*shape, width=8, exponent=None, magnitude=None):
    """Random integers of a random size, extremes included."""
    most = rules.limit_of(width) if magnitude is None else magnitude
    top = int(rng.integers(1, most, endpoint=True))
    q = rng.integers(-top, top, shape, endpoint=True)
    if q.size and rng.integers(0, 3) == 0:
        q.flat[rng.integers(0, q.size)] = most
    e = int(rng.integers(-12, 4)) if exponent is None else exponent
    return Fixed(q, e, width)


def equal(got, q, e):
    assert got.e == e, f"exponent {got.e}, expected {e}"
    q = np.asarray(q, np.int64).reshape(got.q.shape)
    assert (got.q == q).all(), (
        f"{(got.q != q).sum()} of {q.size} differ, first at "
        f"{np.argwhere(got.q != q)[0]}: {got.q[got.q != q][0]} "
        f"instead of {q[got.q != q][0]}")


def compare(op, attributes, inputs, shape, width, q, e):
    """One op with one result."""
    operands = ", ".join(f"%x{i}" for i in range(len(inputs)))
    types = ", ".join(x.type for x in inputs)
    out = fixed_type(shape, width)
    batch.add(inputs, [out],
              f"%r0 = eoq.{op} {operands} {attributes} : ({types}) -> {out}",
              lambda got: equal(got, q, e))


# N6.
for _ in range(30):
    w = Window(rng)
    groups, n = int(rng.integers(1, 4)), rng.integers(1, 3)
    c, o = (int(v) for v in rng.integers(1, 4, 2))
    x = integers(n, groups * c, *w.size)
    k = integers(groups * o, c, *w.kernel)
    g = integers(n, groups * o, *w.output)
    y, gx, gk = np.zeros_like(g.q), np.zeros_like(x.q), np.zeros_like(k.q)
    for oc, ic, oh, ow, kh, kw in np.ndindex(groups * o, c, *w.output, *w.kernel):
        ih, iw = (np.array([oh, ow]) * w.strides - w.low
                  + np.array([kh, kw]) * w.dilations)
        if 0 <= ih < w.size[0] and 0 <= iw < w.size[1]:
            channel = oc // o * c + ic
            for b in range(n):
                y[b, oc, oh, ow] += x.q[b, channel, ih, iw] * k.q[oc, ic, kh, kw]
                gx[b, channel, ih, iw] += g.q[b, oc, oh, ow] * k.q[oc, ic, kh, kw]
                gk[oc, ic, kh, kw] += x.q[b, channel, ih, iw] * g.q[b, oc, oh, ow]
    at = "{" + w.attributes(f", groups = {groups} : i64") + "}"
    compare("conv_2d", at, [x, k], y.shape, 32, y, x.e + k.e)
    compare("conv_2d_grad_input", at, [g, k], gx.shape, 32, gx, g.e + k.e)
    compare("conv_2d_grad_weight", at, [x, g], gk.shape, 32, gk, x.e + g.e)
for _ in range(4):
    n, m, k = rng.integers(1, 30, 3)
    x, w, g = integers(n, k), integers(m, k), integers(n, m)
    compare("fully_connected", "", [x, w], (n, m), 32, x.q @ w.q.T, x.e + w.e)
    compare("fully_connected_grad_input", "", [g, w], (n, k), 32, g.q @ w.q, g.e + w.e)
    compare("fully_connected_grad_weight", "", [x, g], (m, k), 32, g.q.T @ x.q, x.e + g.e)

# N7, N10.
for trial in range(16):
    shape = (2, 3, 4, 5) if trial % 2 else (4, 3)
    over = (0, 2, 3) if trial % 2 else (0,)
    view = (1, -1, 1, 1) if trial % 2 else (1, -1)
    c = 3 if trial % 3 else 1
    total = (lambda v: v.sum(over)) if c == 3 else (lambda v: v.sum(keepdims=True).ravel()[:1])
    x = integers(*shape, width=32, magnitude=2**27) if trial % 4 < 2 else integers(*shape)
    b = integers(c, width=16, exponent=int(rng.integers(-45, 45)) if trial > 8 else None)
    aligned = [rules.clamp(rules.shift(v, x.e - b.e), 2**28 - 1) for v in b.q]
    compare("bias_add", "", [x, b], shape, 32, x.q + np.reshape(aligned, view), x.e)
    x, s, g = integers(*shape), integers(c), integers(*shape)
    compare("bias_add_grad_bias", "", [g], (c,), 64, total(g.q), g.e)
    compare("scale", "", [x, s], shape, 32, x.q * s.q.reshape(view), x.e + s.e)
    compare("scale_grad_scale", "", [x, g], (c,), 64, total(x.q * g.q), x.e + g.e)
    compare("mul", "", [x, g], shape, 32, x.q * g.q, x.e + g.e)
    compare("shift_exponent", "{amount = -2 : i64}", [x], shape, 8, x.q, x.e - 2)

# N8.
for trial in range(30):
    bits = [int(v) for v in rng.integers(8, 32, 2)]
    a, b = (integers(37, width=32, magnitude=2**v - 1, exponent=int(e))
            for v, e in zip(bits, rng.integers(-45, 45, 2)))
    for op, sign in [("add", 1), ("sub", -1)]:
        q, e = rules.aligned_sum(a.q, a.e, bits[0], b.q, b.e, bits[1], sign)
        assert max(map(abs, q)) <= 2**30
        compare(op, f"{{magnitude_bits = {ints(bits)}}}", [a, b], (37,), 32, q, e)

# N9.
for trial in range(12):
    x, a = integers(50, width=32), integers(50, exponent=-5)
    g = integers(50, width=[8, 32][trial % 2])
    compare("relu", "", [x], (50,), 32, np.maximum(x.q, 0), x.e)
    compare("relu_grad_input", "", [g, a], (50,), g.width, np.where(a.q > 0, g.q, 0), g.e)
    alpha = [0.01, 0.25, 1.0, 0.0][trial % 4]
    factor = int(np.floor(alpha * 2**15 + 0.5))
    leak = [(int(v) * factor + 2**14) >> 15 for v in x.q]
    at = f"{{alpha = {alpha!r} : f64}}"
    compare("leaky_relu", at, [x], (50,), 32, np.where(x.q < 0, leak, x.q), x.e)
    leak = [(int(v) * factor + 2**14) >> 15 for v in g.q]
    compare("leaky_relu_grad_input", at, [g, a], (50,), g.width,
            np.where(a.q > 0, g.q, leak), g.e)
    low, high = [(0.0, 6.0), (-1.0, 1.0), (-0.3, 0.1), (0.5, 2.0)][trial % 4]
    at = f"{{minimum = {low!r} : f64, maximum = {high!r} : f64}}"
    x = integers(50, width=32, magnitude=2**20, exponent=int(rng.integers(-40, 4)))
    q = np.minimum(np.maximum(x.q, rules.bound(low, x.e)), rules.bound(high, x.e))
    compare("clip", at, [x], (50,), 32, q, x.e)
    inside = (a.q > rules.bound(low, a.e)) & (a.q < rules.bound(high, a.e))
    compare("clip_grad_input", at, [g, a], (50,), g.width, np.where(inside, g.q, 0), g.e)
# A bound that excludes 0 may lie beyond the integers of the tensor.
x = Fixed([3, -100], -20)
compare("clip", "{minimum = 1.0 : f64, maximum = 2.0 : f64}", [x], (2,), 8, [127, 127], -20)

# N11, N12.
for trial in range(20):
    w = Window(rng, pooling=True)
    n, c = rng.integers(1, 3, 2)
    x, g = integers(n, c, *w.size, magnitude=5), integers(n, c, *w.output)
    gmax = np.zeros_like(x.q)
    ymax, yavg, gavg = np.zeros_like(g.q), np.zeros_like(g.q), np.zeros_like(x.q)
    include = trial % 2 == 1
    for oh, ow in np.ndindex(*w.output):
        taps = [np.array([oh, ow]) * w.strides - w.low + np.array(k) * w.dilations
                for k in np.ndindex(*w.kernel)]
        padded = sum(bool((t < w.size + w.high).all()) for t in taps)
        taps = [tuple(t) for t in taps if (t >= 0).all() and (t < w.size).all()]
        count = padded if include else len(taps)
        inverse = (2**16 + count) // (2 * count)  # at most 16 elements: s = 15
        for b, ch in np.ndindex(n, c):
            best = max(taps, key=lambda t: x.q[b, ch][t])  # the first of equals
            ymax[b, ch, oh, ow] = x.q[b, ch][best]
            gmax[b, ch][best] += g.q[b, ch, oh, ow]
            yavg[b, ch, oh, ow] = sum(x.q[b, ch][t] for t in taps) * inverse
            for t in taps:
                gavg[b, ch][t] += g.q[b, ch, oh, ow] * inverse
    more = f", kernel = {ints(w.kernel)}"
    at = "{" + w.attributes(more) + "}"
    compare("max_pool_2d", at, [x], ymax.shape, 8, ymax, x.e)
    compare("max_pool_2d_grad_input", at, [g, x], gmax.shape, 32, gmax, g.e)
    at = "{" + w.attributes(more + ", count_include_pad" * include) + "}"
    compare("avg_pool_2d", at, [x], yavg.shape, 32, yavg, x.e - 15)
    compare("avg_pool_2d_grad_input", at, [g], gavg.shape, 32, gavg, g.e - 15)

# N12 of large windows: factors of at least 7 bits; means of the same numbers
# without its rounding are near.
for size, kernel, pad in [(16, 16, 0), (17, 17, 0), (56, 56, 0), (20, 17, 8), (128, 128, 0),
                          (200, 200, 0), (300, 300, 0), (512, 512, 0)]:
    for include in (False, True) if pad else (False,):
        out = size + 2 * pad - kernel + 1
        n = min(kernel, size + 2 * pad if include else size)**2
        s = 15 + min(max((n - 1).bit_length() - 8, 0), 8)
        x, g = integers(1, 1, size, size), integers(1, 1, out, out)
        yavg, gavg = np.zeros_like(g.q), np.zeros_like(x.q)
        means, exact, parts = np.zeros(g.q.shape), np.zeros(x.q.shape), np.zeros(x.q.shape)
        for oh, ow in np.ndindex(out, out):
            taps = tuple(slice(max(o - pad, 0), o - pad + kernel) for o in (oh, ow))
            window = x.q[0, 0][taps]
            count = kernel**2 if include else window.size
            inverse = (2**(s + 1) + count) // (2 * count)
            yavg[0, 0, oh, ow] = window.sum() * inverse
            means[0, 0, oh, ow] = window.sum() / count
            gavg[0, 0][taps] += g.q[0, 0, oh, ow] * inverse
            exact[0, 0][taps] += g.q[0, 0, oh, ow] / count
            parts[0, 0][taps] += abs(g.q[0, 0, oh, ow]) / count
        assert max(abs(yavg).max(), abs(gavg).max()) < 2**31
        near = 2.0**-8 if n <= 2**16 else 2.0**-6
        assert (abs(yavg / 2.0**s - means) <= near * abs(means)).all()
        assert (abs(gavg / 2.0**s - exact) <= near * parts + 1e-9).all()
        at = (f"{{strides = {ints([1, 1])}, pads = {ints([pad] * 4)}, dilations = {ints([1, 1])}, "
              f"kernel = {ints([kernel] * 2)}" + ", count_include_pad" * include + "}")
        compare("avg_pool_2d", at, [x], yavg.shape, 32, yavg, x.e - s)
        compare("avg_pool_2d_grad_input", at, [g], gavg.shape, 32, gavg, g.e - s)

# N13 and the rest of data movement.
for spread in [1, 20, 60]:
    parts = [integers(2, c, 3, exponent=int(rng.integers(-spread, spread)))
             for c in (1, 4, 2)]
    e = max(min(p.e for p in parts), max(p.e for p in parts) + 8 - 29)
    q = np.concatenate([np.vectorize(lambda v: rules.shift(v, e - p.e))(p.q)
                        for p in parts], 1)
    compare("concat", "{axis = 1 : i64}", parts, (2, 7, 3), 32, q, e)
x = integers(3, 4, 5)
compare("slice", "{offsets = array<i64: 1, 0, 2>}", [x], (2, 3, 3), 8, x.q[1:, :3, 2:], x.e)
compare("pad", "{low = array<i64: 1, 0, 2>, high = array<i64: 0, 3, 1>}", [x], (4, 7, 8), 8,
        np.pad(x.q, [(1, 0), (0, 3), (2, 1)]), x.e)
compare("reshape", "", [x], (6, 10), 8, x.q, x.e)
compare("transpose", "{permutation = array<i64: 2, 0, 1>}", [x], (5, 3, 4), 8,
        x.q.transpose(2, 0, 1), x.e)

# N2 to N5: quantizers.
for trial in range(120):
    width, bits = [(8, 8), (16, 8), (32, 8), (32, 16), (64, 8), (64, 16)][trial % 6]
    x = integers(6, 9, width=width, magnitude=min(rules.limit_of(width), 2**int(rng.integers(0, 45))))
    if trial % 10 == 0:
        x.q[:] = 0
    rule = ["ceil", "round"][trial // 6 % 2]
    site, key = int(rng.integers(0, 500)), int(rng.integers(-2**31, 2**31))
    stochastic = trial // 12 % 2 == 1
    previous = [None, rules.NO_EXPONENT, x.e + int(rng.integers(-20, 45))][trial % 3]
    scalars = [key] * stochastic + [previous] * (previous is not None)
    q, out, keep = rules.quantize(
        x.q.ravel().tolist(), x.e, bits, rule,
        rules.Site(key, site) if stochastic else None, previous)
    text = "key %x1 " if stochastic else ""
    text += f"previous %x{len(scalars)} " if previous is not None else ""
    result = fixed_type((6, 9), bits)
    batch.add([x, *scalars], [result, "i32"],
              f"%r0, %r1 = eoq.quantize %x0 {text}{{role = #eoq.role<gradient>, "
              f"rule = #eoq.exponent_rule<{rule}>, rounding = #eoq.rounding<"
              f"{'stochastic' if stochastic else 'nearest'}>, site = {site} : i64}} : "
              f"{x.type} -> {result}",
              lambda y, kept, q=q, out=out, keep=keep: (
                  equal(y, q, out), equal(Fixed(kept, 0), keep, 0)))

# N5, N14, N15.
for trial in range(40):
    n, c = int(rng.integers(1, 70)), int(rng.integers(1, 30))
    z = integers(n, c, width=32, exponent=int(rng.integers(-30, 0)))
    if trial % 4 == 0:
        z = integers(n, c, width=32, magnitude=100, exponent=-5)
    labels = rng.integers(-1, c, n).astype(np.int32)
    loss = correct = 0
    gradient = []
    for row, y in zip(z.q.tolist(), labels.tolist()):
        if y >= 0:
            loss += rules.row_loss(row, z.e, y)
            correct += row.index(max(row)) == y
        gradient += rules.row_gradient(row, z.e, y, n) if y >= 0 else [0] * c
    f = n.bit_length() - 1
    types = f"({z.type}, tensor<{n}xi32>)"
    out = fixed_type((n, c), 32, -14 - f)
    total = "tensor<!eoq.fixed<32, -10>>"
    batch.add([z, labels], [total, "i32", out],
              f"%r0, %r1 = eoq.cross_entropy %x0, %x1 : {types} -> ({total}, i32)\n"
              f"%r2 = eoq.cross_entropy_grad_logits %x0, %x1 : {types} -> {out}",
              lambda l, h, g, want=(loss, correct, gradient, f): (
                  equal(l, want[0], -10), equal(Fixed(h, 0), want[1], 0),
                  equal(g, want[2], -14 - want[3])))
batch.add([-5, 77], ["i32"], "%r0 = eoq.random_key %x0, %x1",
          lambda key: equal(Fixed(key % 2**32, 0), rules.step_key(-5, 77), 0))


# N16: several steps of every kind of update.
def check_state(name, norm, M, V, state):
    equal(state[name], M[0], M[1])
    equal(state[f"{name}.momentum"], V[0], V[1])
    if norm is not None:
        equal(state[f"{name}.grad_norm"], norm[0], norm[1])


for trial in range(48):
    width, shape = (16, 8)[trial % 2], [(4, 5, 3, 3), (7,), (3, 10)][trial % 3]
    centered, normalized = trial // 2 % 2 == 1, trial // 4 % 2 == 1
    nominal = [None, 0.3, 2.0**-3, 1e-3][trial // 8 % 4]
    c, decay = int(rng.integers(0, 32)), [None, 5, 12][trial // 3 % 3]
    offset, site = int(rng.integers(-2, 3)), int(rng.integers(0, 100))
    name, kind = f"p{trial}", fixed_type(shape, width)
    zeros = f"= dense<0.0> : {kind.replace(f'!eoq.fixed<{width}, ?>', 'f32')}"
    batch.declare(
        f"eoq.parameter #eoq.parameter_kind<weight> @{name} : {kind} trainable "
        f"{'centered' if centered else ''} {zeros} exponent -12"
        + (f" nominal {nominal:e}" if nominal else ""))
    batch.declare(f"eoq.parameter #eoq.parameter_kind<optimizer> @{name}.momentum "
                  f": {kind} {zeros} exponent -64")
    batch.declare(f"eoq.parameter #eoq.parameter_kind<optimizer> @{name}.grad_norm "
                  ": tensor<!eoq.fixed<32, ?>> = dense<0.0> : tensor<f32> exponent 0")
    batch.function(
        f"update_{name}", [fixed_type(shape, 8), "i32", "i32", "i32", "i32"], [],
        f"eoq.sgd_update @{name} momentum @{name}.momentum "
        + f"grad_norm @{name}.grad_norm " * normalized
        + f"gradient %x0 learning_rate %x1, %x2 step %x3 key %x4 {{momentum = {c} : i64, "
        + (f"weight_decay_shift = {decay} : i64, " if decay is not None else "")
        + f"lr_shift_offset = {offset} : i64, site = {site} : i64}} : {fixed_type(shape, 8)}")
    start = integers(*shape, width=width, magnitude=2**(width - 2), exponent=4 - width)
    if trial % 8 == 6:
        start.q[:] = 0
    batch.set_state(name, start)
    parameter = rules.Parameter(start.q.ravel().tolist(), start.e, width, shape[0],
                                centered, nominal, normalized)
    scale = int(rng.integers(-20, 2)) if trial % 2 else int(rng.integers(-70, 30))
    for step in range(6):
        g = integers(*shape, exponent=scale + int(rng.integers(-2, 3)))
        if rng.integers(0, 6) == 0 or trial % 12 == 5:
            # No gradient, at first or in between. The exponent of so many zeros
            # still counts: far above the other terms it costs their last bits.
            g.q[:] = 0
            g.e += int(rng.integers(-40, 41))
        m, k = int(rng.integers(1, 8)), int(rng.integers(0, 8))
        if step == 4:
            m, k = 32767, 0
        key = rules.step_key(trial, step)
        batch.call(f"update_{name}", [g, m, k, step, key - 2**32 * (key >= 2**31)],
                   lambda: None)
        parameter.update(g.q.ravel().tolist(), g.e, c, decay, m, k + offset, key, site, step)
        if step % 2:
            want = parameter.N2, (parameter.M, parameter.eM), (parameter.V, parameter.eV)
            batch.state([name, f"{name}.momentum", f"{name}.grad_norm"],
                        lambda state, name=name, want=want: check_state(name, *want, state))

# N17.
initialize = ["%step = arith.constant -1 : i32", "%key = eoq.random_key %x0, %step"]
expected = {}
for trial in range(8):
    width, shape = (16, 8)[trial % 2], (3, 5, 2)
    mantissa = int(rng.integers(2**14, 2**15))
    exponent, eM = int(rng.integers(-40, -5)), int(rng.integers(-30, 0))
    centered = trial % 4 < 2
    name, kind = f"n{trial}", fixed_type(shape, width)
    batch.declare(f"eoq.parameter #eoq.parameter_kind<weight> @{name} : {kind} = "
                  f"#eoq.normal<mantissa = {mantissa}, exponent = {exponent}, "
                  f"centered = {str(centered).lower()}> exponent {eM}")
    initialize.append(f"eoq.parameter_initialize @{name} key %key site {trial * 3}")
    expected[name] = rules.initial_normal(
        30, mantissa, exponent, eM, width, rules.Site(rules.step_key(9, -1), trial * 3),
        3, centered), eM
values = (rng.standard_normal(12) * 4).astype(np.float32)
values[:3] = [0.5 * 2**-10, -0.5 * 2**-10, 1e6]
batch.declare(f"eoq.parameter #eoq.parameter_kind<bias> @given : {fixed_type((12,), 16)} = "
              f"dense<[{', '.join(f'{v:e}' for v in values.astype(np.float64))}]> "
              ": tensor<12xf32> exponent -10")
expected["given"] = [rules.clamp(int(np.floor(float(np.float32(f"{v:e}")) * 1024 + 0.5)), 32767)
                     for v in values.astype(np.float64)], -10
batch.function("initialize", ["i32"], [], "\n".join(initialize))
batch.call("initialize", [9], lambda: None)
batch.state(expected, lambda state: [equal(state[name], *want) for name, want in expected.items()])

batch.run()
