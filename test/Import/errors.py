"""Checks the message for each kind of bad model.

    errors.py <eoq-opt> <folder for files>

The models are ONNX text, written here, or binary ones from a minimal protobuf
encoder. Needs nothing but the standard library.
"""
import pathlib
import struct
import subprocess
import sys

HEAD = '<ir_version: 8, opset_import: ["" : 17]>\n'
IMAGE = "float[2, 1, 2, 2] image"
FLATTEN = "{ logits = Flatten (image) }"


def graph(body, inputs=IMAGE, values="", head=HEAD):
    return f"{head}g ({inputs}) => (float[2, 4] logits) {values} {body}"


TEXTS = {
    # name: (text, message)
    "opset-old": (
        graph(FLATTEN, head='<ir_version: 8, opset_import: ["" : 6]>'),
        "opset 6 is not supported; export with an opset from 7 to 21"),
    "opset-new": (
        graph(FLATTEN, head='<ir_version: 8, opset_import: ["" : 22]>'),
        "opset 22 is not supported; export with an opset from 7 to 21"),
    "opset-missing": (
        graph(FLATTEN, head='<ir_version: 8, opset_import: ["custom" : 1]>'),
        "no version of the ONNX operator set is imported"),
    "opset-twice": (
        graph(FLATTEN, head='<ir_version: 8, opset_import: ["" : 17, "ai.onnx" : 18]>'),
        "two versions of operator set '' are imported, 17 and 18"),
    "inputs-none": (
        graph("{ logits = Constant <value_float = 1.0> () }", inputs=""),
        "the graph has 0 inputs besides its initializers, expected one, the images"),
    "inputs-two": (
        graph("{ logits = Add (image, b) }", inputs=IMAGE + ", float[2] b"),
        "the graph has 2 inputs besides its initializers, expected one, the images: "
        "'image', 'b'"),
    "input-rank": (
        graph(FLATTEN, inputs="float[2, 4] image"),
        "input 'image' has 2 dimensions, expected 4: batch, channels, height, width"),
    "input-type": (
        graph(FLATTEN, inputs="double[2, 1, 2, 2] image"),
        "input 'image' has elements of type double, expected float"),
    "input-symbolic": (
        graph(FLATTEN, inputs="float[2, 1, H, 2] image"),
        "dimension 2 (height) of input 'image' is symbolic, 'H'"),
    "input-huge": (
        graph(FLATTEN, inputs="float[2, 1, 2000000000, 2000000000] image"),
        "input 'image' has more than 2147483647 elements"),
    "input-absurd": (
        graph(FLATTEN, inputs="float[2, 1, 1099511627776, 2] image"),
        "dimension 2 (height) of input 'image' is 1099511627776, expected a positive number"),
    "input-unknown": (
        graph("{ logits = Add (image, nothing) }"),
        "node 'Add' that computes 'logits' uses 'nothing', which is no input, initializer "
        "or result of a node"),
    "cycle": (
        graph("{ a = Relu (b)  b = Relu (c)  c = Add (a, image)  logits = Flatten (c) }"),
        "depends on its own result: the graph has a cycle"),
    "cycle-of-one": (
        graph("{ a = Add (a, image)  logits = Flatten (a) }"),
        "node 'Add' that computes 'a' depends on its own result"),
    "defined-twice": (
        graph("{ a = Relu (image)  a = Relu (image)  logits = Flatten (a) }"),
        "node 'Relu' that computes 'a' defines 'a', which is defined elsewhere too"),
    "defines-initializer": (
        graph("{ w = Relu (image)  logits = Flatten (w) }", values="<float[1] w = {1}>"),
        "node 'Relu' that computes 'w' defines 'w', which is defined elsewhere too"),
    "data-short": (
        graph(FLATTEN, values="<float[3] w = {1, 2}>"),
        "initializer 'w' has 2 elements of data, but its shape needs 3"),
    "data-long": (
        graph(FLATTEN, values="<float[1] w = {1, 2}>"),
        "initializer 'w' has 2 elements of data, but its shape needs 1"),
    "data-absurd": (
        graph(FLATTEN, values="<float[1099511627776] w = {1}>"),
        "initializer 'w' has an impossible dimension, 1099511627776"),
    "data-overflow": (
        graph(FLATTEN, values="<float[2147483647, 2147483647, 4] w = {1}>"),
        "initializer 'w' has more than 2147483647 elements"),
    "data-string": (
        graph(FLATTEN, values='<string[1] w = {"a"}>'),
        "initializer 'w' has elements of type string, which is not supported"),
    "output-missing": (
        graph("{ a = Flatten (image) }"),
        "output 'logits' is not computed by any node"),
    "control-flow": (
        graph("{ c = Constant <value_int = 1> ()\n"
              "  logits = If <then_branch = g () => (float y) { y = Relu (image) }> (c) }"),
        "'If' (opset 17), 1 node 'logits': this operator is not supported; export the model "
        "without control flow"),
    "syntax": (graph("{ logits = Flatten image }"), "is no valid ONNX text: "),
}


# A protobuf, as far as ONNX needs it.
def varint(number):
    number &= (1 << 64) - 1
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, dims, data_type=1, raw=None, external=None, rest=b""):
    out = b"".join(field(1, dim) for dim in dims)
    out += field(2, data_type) + field(8, name) + rest
    if raw is not None:
        out += field(9, raw)
    if external is not None:
        for key, value in external.items():
            out += field(13, field(1, key) + field(2, value))
        out += field(14, 1)
    return out


def node(op_type, inputs, outputs, name="", rest=b""):
    return (b"".join(field(1, i) for i in inputs) +
            b"".join(field(2, o) for o in outputs) + field(3, name) +
            field(4, op_type) + rest)


def value_info(name, dims):
    shape = b"".join(field(1, field(1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def model(nodes, tensors=(), ir_version=8, rest=b""):
    content = b"".join(field(1, n) for n in nodes) + field(2, "g")
    content += b"".join(field(5, t) for t in tensors) + rest
    content += field(11, value_info("image", [2, 1, 2, 2]))
    content += field(12, value_info("logits", [2, 4]))
    return (field(1, ir_version) + field(7, content) +
            field(8, field(1, "") + field(2, 17)))


FINE = node("Flatten", ["image"], ["logits"], "last")
SCALED = [node("Mul", ["image", "w"], ["a"], "scale"),
          node("Flatten", ["a"], ["logits"], "last")]


def external(**entries):
    return model(SCALED, [tensor("w", [2], external=entries)])


BINARIES = {
    "empty": (b"", "' is empty"),
    "no-graph": (field(1, 8), "is no ONNX model: it holds no graph"),
    "no-version": (model([FINE])[2:], "is no ONNX model: it has no IR version"),
    "raw-short": (
        model([FINE], [tensor("w", [2], raw=b"1234")]),
        "initializer 'w' has 4 bytes of data, but its shape needs 8"),
    "raw-long": (
        model([FINE], [tensor("w", [2], raw=bytes(9))]),
        "initializer 'w' has 9 bytes of data, but its shape needs 8"),
    "negative": (
        model([FINE], [tensor("w", [-1], raw=b"")]),
        "initializer 'w' has an impossible dimension, -1"),
    "element-type": (
        model([FINE], [tensor("w", [1], 22, raw=b"1")]),
        "initializer 'w' has elements of type int4, which is not supported"),
    "twice": (
        model([FINE], [tensor("w", [0], raw=b""), tensor("w", [0], raw=b"")]),
        "two initializers are called 'w'"),
    "unnamed": (model([FINE], [tensor("", [0], raw=b"")]), "an initializer has no name"),
    "sparse": (
        model([FINE], rest=field(15, field(1, tensor("w", [1])))),
        "sparse initializer 'w' is not supported; store it as a dense tensor"),
    "no-op-type": (model([node("", ["image"], ["logits"], "bad")]),
                   "node 'bad' has no operator type"),
    "no-output": (model([FINE, node("Relu", ["image"], [""], "bad")]),
                  "node 'bad' of type 'Relu' has no output"),
    "attribute-twice": (
        model([node("Flatten", ["image"], ["logits"], "bad",
                    2 * field(5, field(1, "axis") + field(3, 1) + field(20, 2)))]),
        "node 'bad' has two attributes 'axis'"),
    "attribute-tensor": (
        model([node("Foo", ["image"], ["logits"], "bad",
                    field(5, field(1, "t") + field(5, tensor("", [3], raw=b"")) +
                          field(20, 4)))]),
        "the tensor in attribute 't' of node 'bad' has 0 bytes of data, but its shape needs 12"),
    "external-absolute": (
        external(location="/etc/passwd"),
        "initializer 'w' has external data with an absolute path, '/etc/passwd'"),
    "external-up": (
        external(location="a/../../secret"),
        "initializer 'w' has external data outside the model's folder, 'a/../../secret'"),
    "external-missing": (
        external(location="nothing.bin"),
        "initializer 'w' has external data in 'nothing.bin', which cannot be found"),
    "external-link": (
        external(location="link.bin"),
        "initializer 'w' has external data outside the model's folder, 'link.bin' is a link"),
    "external-folder": (
        external(location="folder"),
        "initializer 'w' has external data in 'folder', which is a directory"),
    "external-offset": (
        external(location="data.bin", offset="17"),
        "initializer 'w' has external data that reach beyond the end of 'data.bin' (16 bytes)"),
    "external-length": (
        external(location="data.bin", offset="12", length="8"),
        "initializer 'w' has external data that reach beyond the end of 'data.bin' (16 bytes)"),
    "external-wrap": (
        external(location="data.bin", offset="8", length="18446744073709551615"),
        "initializer 'w' has external data that reach beyond the end of 'data.bin' (16 bytes)"),
    "external-number": (
        external(location="data.bin", offset="-4"),
        "initializer 'w' has external data with a bad offset, '-4'"),
    "external-size": (
        external(location="data.bin", offset="0", length="12"),
        "initializer 'w' has 12 bytes of data, but its shape needs 8"),
    "external-nameless": (external(offset="0"),
                          "initializer 'w' has external data without a file name"),
}


def scaled_by(data_type, raw=None, rest=b""):
    return model(SCALED, [tensor("w", [1], data_type, raw, rest=rest)])


# name: (model, what the parameter must be)
GOOD = {
    "external": (model(SCALED, [tensor("w", [1], external={
        "location": "data.bin", "offset": "4", "length": "4"})]), "dense<2.5"),
    "external-no-length": (model(SCALED, [tensor("w", [1], external={
        "location": "data.bin", "offset": "4"})]), "dense<2.5"),
    "float": (scaled_by(1, struct.pack("<f", 0.75)), "dense<7.5"),
    "float16": (scaled_by(10, struct.pack("<e", 0.75)), "dense<7.5"),
    "bfloat16": (scaled_by(16, b"\x40\x3f"), "dense<7.5"),
    "double": (scaled_by(11, struct.pack("<d", 0.75)), "dense<7.5"),
    "float16-field": (scaled_by(10, rest=field(5, varint(0x3a00))), "dense<7.5"),
    "bfloat16-field": (scaled_by(16, rest=field(5, varint(0x3f40))), "dense<7.5"),
    "double-field": (scaled_by(11, rest=field(10, struct.pack("<d", 0.75))), "dense<7.5"),
    # Newer than any parser: a warning, but no error.
    "ir-version": (model(SCALED, [tensor("w", [1], 1, struct.pack("<f", 0.75))],
                         ir_version=99), "dense<7.5"),
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    models = folder / "models"
    (models / "folder").mkdir(parents=True, exist_ok=True)
    (models / "data.bin").write_bytes(struct.pack("<4f", 1.5, 2.5, 3.5, 4.5))
    (folder / "outside.bin").write_bytes(bytes(16))
    if not (models / "link.bin").is_symlink():
        (models / "link.bin").symlink_to("../outside.bin")
    cases = []
    for name, (text, message) in TEXTS.items():
        path = models / f"{name}.onnxtxt"
        path.write_text(text)
        cases.append((path, message))
    for name, (content, message) in BINARIES.items():
        path = models / f"{name}.onnx"
        path.write_bytes(content)
        cases.append((path, message))
    cases.append((models / "nowhere.onnx", "' cannot be read: No such file or directory"))
    folder_model = models / "folder.onnx"
    folder_model.mkdir(exist_ok=True)
    cases.append((folder_model, "' is a directory, expected a file"))
    complaints = 0
    for path, message in cases:
        result = run(tool, str(path), "--check")
        if (result.returncode != 1 or result.stderr.count("error: ") != 1 or
                message not in result.stderr or path.name not in result.stderr):
            complaints += 1
            print(f"{path.name}: expected '{message}'\n  but got {result.returncode}: "
                  f"{result.stderr}")
    for name, (content, value) in GOOD.items():
        path = models / f"good-{name}.onnx"
        path.write_bytes(content)
        result = run(tool, str(path), "--emit=mlir", "--compile-to=graph", "-o", "-")
        warnings = 1 if name == "ir-version" else 0
        if (result.returncode != 0 or value not in result.stdout or
                result.stderr.count("warning: ") != warnings):
            complaints += 1
            print(f"{path.name}: expected '{value}'\n  but got {result.returncode}: "
                  f"{result.stderr}{result.stdout}")
    print(f"{len(cases)} bad and {len(GOOD)} good models, {complaints} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
