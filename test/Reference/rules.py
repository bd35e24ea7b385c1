"""The integer rules of docs/Numerics.md in Python's unbounded integers.

Written from that page alone, and shares nothing with the interpreter.
"""
import math
from fractions import Fraction

MASK = 0xFFFFFFFF
NO_EXPONENT = -2**31


def clamp(v, limit):
    return max(-limit, min(limit, v))


def limit_of(width):
    return 2**(width - 1) - 1


def shift(v, s, random=None):
    """N2; stochastic with `random` in [0, 2^16)."""
    v, s = int(v), int(s)
    if s <= 0:
        return clamp(v * 2**-s, 2**31 - 1) if s > -80 else clamp(v * 2**80, 2**31 - 1)
    if random is None:
        return math.floor(Fraction(v, 2**s) + Fraction(1, 2))
    s = min(s, 40)
    if s <= 16:
        return (v + random // 2**(16 - s)) // 2**s
    return (v + random * 2**(s - 16) + 2**(s - 17)) // 2**s


def exponent_shift(magnitude, bits, rule):
    """N3."""
    length = int(magnitude).bit_length()
    s = length - (bits - 1)
    if rule == "round" and magnitude >= 2 and 2 * magnitude < 3 * 2**(length - 1):
        s -= 1
    return max(s, 0)


def step_key(seed, step):
    return (step * 0x9E3779B1 + seed * 0xC2B2AE3D) & MASK


class Site:
    """N5."""

    def __init__(self, key, site):
        self.key = (key + site * 0x85EBCA77) & MASK

    def hash(self, i):
        h = (i * 0x9E3779B1 + self.key) & MASK
        h ^= h >> 16
        h = h * 0x85EBCA6B & MASK
        h ^= h >> 13
        h = h * 0xC2B2AE35 & MASK
        return h ^ h >> 16

    def draw(self, i):
        return self.hash(i) >> 16


def quantize(q, e, bits, rule, site=None, previous=None):
    """N4: integers, exponent, and the exponent to keep."""
    magnitude = max((abs(v) for v in q), default=0)
    exact = e + exponent_shift(magnitude, bits, rule)
    out, keep = exact, exact
    if previous is not None:
        out = exact if previous == NO_EXPONENT else previous
        keep = exact if magnitude else previous
    return [clamp(shift(v, out - e, site and site.draw(i)), limit_of(bits))
            for i, v in enumerate(q)], out, keep


def bound(value, e):
    """N9."""
    fraction, x = math.frexp(value)
    return shift(math.trunc(fraction * 2**30), e - (x - 30))


def aligned_sum(a, ea, bits_a, b, eb, bits_b, sign):
    """N8."""
    e = max(min(ea, eb), max(ea + bits_a, eb + bits_b) - 29)
    return [shift(x, e - ea) + sign * shift(y, e - eb) for x, y in zip(a, b)], e


EXPONENTIAL = [math.floor(65536 * 2**(-(i + 0.5) / 256) + 0.5) for i in range(256)]
LOGARITHM = [math.floor(1024 * math.log2(1 + (i + 0.5) / 256) + 0.5) for i in range(256)]


def softmax(z, e):
    """N14: distances, p_k and S of a row."""
    d = [min(shift(max(z) - v, -10 - e), 16384) for v in z]
    p = []
    for v in d:
        t = v * 1477 // 1024
        p.append(EXPONENTIAL[t % 1024 // 4] >> t // 1024)
    return d, p, sum(p)


def row_loss(z, e, y):
    d, _, total = softmax(z, e)
    b = total.bit_length()
    f = (total << 9 - b if b <= 9 else total >> b - 9) & 255
    log2 = (b - 1 - 16) * 1024 + LOGARITHM[f]
    return max(0, d[y] + (log2 * 710 >> 10))


def row_gradient(z, e, y, n):
    """N15, exponent -14 - floor(log2 n)."""
    _, p, total = softmax(z, e)
    f = n.bit_length() - 1
    scale = math.floor(Fraction(2**(14 + f), n) + Fraction(1, 2))
    return [shift(((v * 2**14 + total // 2) // total - (16384 if k == y else 0)) * scale, 14)
            for k, v in enumerate(p)]


def normalize(mantissa, exponent):
    if mantissa == 0:
        return 0, 0
    while mantissa >= 2**30:
        mantissa, exponent = mantissa // 2, exponent + 1
    while mantissa < 2**29:
        mantissa, exponent = mantissa * 2, exponent - 1
    return mantissa, exponent


def norm(total, n, x):
    if total == 0:
        return 0, 0
    j = 62 - total.bit_length()
    return normalize(total * 2**j // n, x - j)


def move_norm(state, fresh, t):
    (a, ea), (b, eb) = state, fresh
    ea, eb = eb if a == 0 else ea, ea if b == 0 else eb
    e = max(ea, eb)
    a, b = a >> min(e - ea, 31), b >> min(e - eb, 31)
    delta, divisor = b - a, min(t, 32)
    return normalize(a + (delta // divisor if delta >= 0 else -(-delta // divisor)), e)


def center(M, channels, width):
    """Step 6 of N16, in place."""
    n = len(M) // channels
    for c in range(channels):
        mean = (sum(M[c * n:(c + 1) * n]) + n // 2) // n
        for i in range(c * n, (c + 1) * n):
            M[i] = clamp(M[i] - mean, limit_of(width))


class Parameter:
    """The state of N16."""

    def __init__(self, M, eM, width, channels, centered=False, nominal=None,
                 normalized=False):
        self.M, self.eM, self.width = list(M), eM, width
        self.V, self.eV = [0] * len(self.M), -64
        self.channels, self.centered, self.nominal = channels, centered, nominal
        self.N2 = (0, 0) if normalized else None

    def update(self, G, eG, c, decay, m, k, key, site, step):
        w, n = self.width, len(self.M)
        sites = [Site(key, site + i) for i in range(4)]
        terms = [(G, eG, 8), ([v * c for v in self.V], self.eV - 5, w + 5)]
        if decay is not None:
            terms.append((self.M, self.eM - decay, w))
        e = max(min(t[1] for t in terms), max(t[1] + t[2] for t in terms) - 40)
        acc = [sum(v * 2**(ei - e) if ei >= e else shift(v, e - ei) for v, ei in row)
               for row in zip(*([(v, ei) for v in q] for q, ei, _ in terms))]
        if any(acc):
            self.V, self.eV, _ = quantize(acc, e, w, "ceil", sites[0])
        else:
            self.V = [0] * n
        factor, e = m, self.eV - k
        if self.N2 is not None:
            self.N2 = move_norm(self.N2, norm(sum(g * g for g in G), n, 2 * eG), step + 1)
            w2 = 2**29, -35
            if self.nominal is not None:
                x, p = math.frexp(self.nominal**2 / 16)
                w2 = max(norm(sum(v * v for v in self.M), n, 2 * self.eM),
                         (math.floor(x * 2**30), p - 30),
                         key=lambda pair: (pair[0] > 0, pair[1], pair[0]))
            r = 1 + w2[1] - self.N2[1] - (1 if w2[0] < self.N2[0] else 0) >> 1
            factor, e = m * (32 - c), e - 5 + r
        if self.N2 is None or self.N2[0]:
            U, eU, _ = quantize([v * factor for v in self.V], e, 8, "ceil", sites[1])
            self.M = [clamp(M - clamp(shift(u, self.eM - eU, sites[2].draw(i)), 2**w),
                            limit_of(w)) for i, (M, u) in enumerate(zip(self.M, U))]
        if self.centered:
            center(self.M, self.channels, w)
        if max(map(abs, self.M)) > 2**(w - 2):
            self.M = [shift(v, 1, sites[3].draw(i)) for i, v in enumerate(self.M)]
            self.eM += 1


def initial_normal(count, mantissa, exponent, eM, width, site, channels, centered):
    """N17."""
    M = []
    for i in range(count):
        hashes = [site.hash(6 * i + j) for j in range(6)]
        z = sum(h >> 16 for h in hashes) + sum(h & 0xFFFF for h in hashes) - 393210
        M.append(clamp(shift(z * mantissa, eM - (exponent - 16)), limit_of(width)))
    if centered:
        center(M, channels, width)
    return M
