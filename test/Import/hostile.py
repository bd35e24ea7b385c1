"""Damages ONNX files in many ways and checks that eoq-opt survives.

    hostile.py <eoq-opt> <model.onnx> <folder for files> [<runs of each kind>]

Every run must end by itself, with exit code 0, or with 1 and one `error:`.
Needs nothing but the standard library. All mutations come from fixed seeds.
"""
import concurrent.futures
import pathlib
import random
import subprocess
import sys

TIMEOUT = 60


def truncations(data, count):
    """Prefixes: all short ones, and some of every length."""
    lengths = list(range(0, 24)) + [
        len(data) * i // count for i in range(1, count)]
    for length in sorted(set(lengths)):
        yield f"truncated to {length}", data[:length]


def flips(data, count):
    """A few bits flipped; half of the runs stay out of the bulk of weights."""
    for seed in range(count):
        rng = random.Random(seed)
        damaged = bytearray(data)
        for _ in range(rng.choice([1, 1, 2, 8])):
            if seed % 2:
                position = rng.randrange(len(data))
            else:
                position = rng.choice(
                    [rng.randrange(min(400, len(data))),
                     len(data) - 1 - rng.randrange(min(400, len(data)))])
            damaged[position] ^= 1 << rng.randrange(8)
        yield f"bits flipped, seed {seed}", bytes(damaged)


def splices(data, count):
    """A piece removed, repeated, or replaced by noise."""
    for seed in range(count):
        rng = random.Random(1000 + seed)
        start = rng.randrange(len(data))
        end = min(len(data), start + rng.choice([1, 2, 7, 100]))
        piece = rng.choice([b"", data[start:end] * 3, rng.randbytes(end - start),
                            b"\xff" * 9, b"\x80" * 30])
        yield f"spliced, seed {seed}", data[:start] + piece + data[end:]


def others(data):
    yield "zeros", bytes(1000)
    yield "ones", b"\xff" * 1000
    yield "noise", random.Random(7).randbytes(5000)
    yield "text without sense", b"< hello"
    yield "deep text", b"<" * 100000
    yield "deep protobuf", b"\x3a\xff\x01" * 50000
    # Groups in groups: the parser has to give up, not to recurse.
    yield "groups in groups", b"\x0b" * 100000
    yield "two models in one", data + data
    text = b'<ir_version: 8, opset_import: ["" : 17]> g (float[1,1,2,2] x) => (float[1,4] y) '
    yield "unclosed string", text + b'{ y = Flatten <a = "'
    yield "number out of range", text + b"{ y = Flatten <axis = 99999999999999999999999> (x) }"
    yield "graphs in graphs", (
        text + b"{ y = If <then_branch = g () => (float z) {" * 1 +
        b"z = If <then_branch = g () => (float z) {" * 5000)
    yield "zero byte in text", text + b"\0{ y = Flatten(x) }"
    yield "text after the end", text + b"{ y = Flatten (x) } more"


def check(tool, path, name):
    """The complaint about one run, or None."""
    command = [tool, str(path), "--batch-size=2", "--check"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return f"{name}: no end after {TIMEOUT} s"
    errors = run.stderr.count(b"error: ")
    if run.returncode not in (0, 1):
        return f"{name}: exit code {run.returncode}: {run.stderr[-600:]!r}"
    if errors != run.returncode:
        return (f"{name}: exit code {run.returncode} with {errors} errors: "
                f"{run.stderr[-600:]!r}")
    return None


def main():
    tool, model, folder = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 60
    data = pathlib.Path(model).read_bytes()
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    complaints = []
    runs = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        futures = []
        for kind in (truncations(data, count), flips(data, 2 * count),
                     splices(data, count), others(data)):
            for name, content in kind:
                path = folder / f"{runs}.onnx"
                path.write_bytes(content)
                runs += 1
                futures.append((pool.submit(check, tool, path, name), path))
        for future, path in futures:
            complaint = future.result()
            if complaint:
                complaints.append(f"{path}: {complaint}")
            else:
                path.unlink()
    for complaint in complaints:
        print(complaint)
    print(f"{runs} damaged files, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
