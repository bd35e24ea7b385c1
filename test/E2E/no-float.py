"""Demands that a training step of an int8 object computes with integers only.

    no-float.py <llvm-objdump> [--expect-float] <object>...

The object's x86-64 code is disassembled. Starting at the four entry points
`eoq_<model>_{initialize,train_step,evaluate,predict}`, every function of the
object that is called, jumped to, or has its address taken (as OpenMP's outlined
functions) is visited. The rules for what is visited:

- An instruction is floating point if it is x87 (`f...`), a fused multiply-add
  (`vf...`), a conversion (`cvt...`), or its name ends in ss, sd, sh, ps, pd or
  ph, and it is none of the next two.
- Integer vector instructions start with `p` or `vp`, so `vpmaxsd` and `vpermps`
  are fine.
- Moves, shuffles, selections and bitwise logic on vector registers are fine
  whatever type their names say, as they do no arithmetic: mov, and, andn, or,
  xor, shuf, unpck, blend, blendv, broadcast, insert, extract, perm, gather,
  scatter, maskmov, test.
- A function outside the object must be OpenMP's (`__kmpc_...`, `omp_...`), one of
  the run-time library's for its threads (`eoq_rt_team_...`), or one of memcpy,
  memmove, memset: everything else, as expf or __addsf3, could compute with floats.
- There must be no call through a pointer, as its target would not be visited.

With --expect-float the same check must find floating point in the training step
of every object, and everything else in order; so the check itself is checked.
"""
import collections
import pathlib
import re
import subprocess
import sys

MOVES = ("mov", "and", "andn", "or", "xor", "shuf", "unpck", "blend",
         "broadcast", "insert", "extract", "perm", "gather", "scatter",
         "maskmov", "test")
MOVE = re.compile(rf"v?({'|'.join(MOVES)})[a-z0-9]*")
FLOAT = re.compile(r"f[a-z0-9]+|vf[a-z0-9]+|v?cvt[a-z0-9]+|"
                   r"v?[a-z0-9_]+[sp][sdh]")
INTEGER = re.compile(r"v?p[a-z0-9]+")
# A general instruction that the last alternative of FLOAT matches.
GENERAL = {"push"}
PREFIXES = {"lock", "rep", "repne", "repe", "data16", "notrack", "bnd", "cs"}
OUTSIDE = re.compile(r"__kmpc_[a-z0-9_]+|omp_[a-z0-9_]+|"
                     r"eoq_rt_team_[a-z]+|mem(cpy|move|set)")

LABEL = re.compile(r"([0-9a-f]+) <(.+)>:")
RELOCATION = re.compile(r"\s+[0-9a-f]+:\s+R_X86_64_(\w+)\s+(\S+)")
INSTRUCTION = re.compile(r"\s+[0-9a-f]+:\s+(\S.*)")
OPERAND = re.compile(r"<([^<>]+)>")

Instruction = collections.namedtuple("Instruction", "name text references")


def is_float(name):
    """Whether a mnemonic computes with floating point."""
    return bool(FLOAT.fullmatch(name) and not INTEGER.fullmatch(name)
                and not MOVE.fullmatch(name) and name not in GENERAL)


def check_rule():
    """The rule on names whose answer is known."""
    for name in ("addss vaddpd mulps vdivsd sqrtss cvtsi2sd vcvttps2dq ucomiss "
                 "vcomisd cmpltps vcmppd maxps vminss vfmadd231ps vfnmsub213sd "
                 "fld fmulp fistpll roundss vrndscaleps vrcp14ps rsqrtps haddps "
                 "vdpps vaddph vscalefss vreducesd").split():
        assert is_float(name), name
    for name in ("movups vmovaps vmovss movsd vxorps andnpd vorps vshufps "
                 "vunpcklpd vblendvps vbroadcastss vinsertf128 vextractf128 "
                 "vpermpd vpermps vpmaxsd vpabsd vpaddd pmaddwd vpdpbusd addq "
                 "vextractps insertps vgatherdps movsbl cmpl cmpsb movsl sarxl "
                 "adds cmovsq sets push pushq rorxl bextrl vtestps").split():
        assert not is_float(name), name


def reference(symbol):
    """A relocation's or an operand's symbol, without what is added to it."""
    return re.sub(r"[+-]0x[0-9a-f]+$", "", symbol)


def disassemble(objdump, path):
    """Functions by name, each a list of instructions."""
    text = subprocess.run([objdump, "-d", "-r", "--no-show-raw-insn", path],
                          check=True, capture_output=True, text=True).stdout
    functions = {}
    starts = []
    body = None
    sections = []  # (function, instruction, address in .text), to be resolved
    for line in text.splitlines():
        if match := LABEL.fullmatch(line):
            body = functions.setdefault(match[2], [])
            starts.append((int(match[1], 16), match[2]))
        elif match := RELOCATION.fullmatch(line):
            instruction = body[-1]
            # It stands for the operand, which the linker will fill in.
            instruction.references.clear()
            if match[2].startswith(".text"):
                offset = re.search(r"([+-]0x[0-9a-f]+)$", match[2])
                # A PC-relative operand counts from its own end, 4 bytes on.
                sections.append((instruction,
                                 int(offset[1], 16) + 4 if offset else 4))
            else:
                instruction.references.append(reference(match[2]))
        elif match := INSTRUCTION.fullmatch(line):
            words = match[1].split()
            while words[0] in PREFIXES and len(words) > 1:
                words.pop(0)
            body.append(Instruction(
                words[0], match[1],
                [reference(name) for name in OPERAND.findall(match[1])]))
    for instruction, address in sections:
        instruction.references.append(
            max(start for start in starts if start[0] <= address)[1])
    return functions


def reachable(functions, entries):
    """Functions that are reached, and names from outside the object."""
    found, outside, todo = set(), set(), list(entries)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        for instruction in functions[name]:
            for target in instruction.references:
                if target in functions:
                    todo.append(target)
                elif instruction.name.startswith(("call", "j")):
                    outside.add(target)
    return found, outside


def check(objdump, path, expect_float):
    """Prints what was visited; returns the failures."""
    functions = disassemble(objdump, path)
    entries = [name for name in functions if re.fullmatch(
        r"eoq_\w+_(initialize|train_step|evaluate|predict)", name)]
    failures = []
    if len(entries) != 4:
        failures.append(f"expected four entry points but got {entries}")
    found, outside = reachable(functions, entries)
    count = 0
    floats = collections.Counter()
    for name in sorted(found):
        for instruction in functions[name]:
            count += 1
            if is_float(instruction.name):
                floats[name, instruction.name] += 1
            if (instruction.name.startswith("call")
                    and not instruction.references):
                failures.append(f"'{name}' calls through a pointer: "
                                f"{instruction.text}")
    if not expect_float:
        failures += [f"{name}: {times} x {mnemonic}"
                     for (name, mnemonic), times in floats.items()]
        failures += [f"calls '{name}'" for name in sorted(outside)
                     if not OUTSIDE.fullmatch(name)]
    else:
        step, _ = reachable(functions, [name for name in entries
                                        if name.endswith("_train_step")])
        if not step & {name for name, _ in floats}:
            failures.append("expected floating point in the training step")
    print(f"{path.name}: {len(found)} of {len(functions)} functions, {count} "
          f"instructions, {sum(floats.values())} floating point; outside: "
          f"{' '.join(sorted(outside))}")
    return [f"{path.name}: {failure}" for failure in failures]


def main():
    check_rule()
    objdump, *paths = sys.argv[1:]
    expect_float = "--expect-float" in paths
    failures = [failure for path in paths if path != "--expect-float"
                for failure in check(objdump, pathlib.Path(path), expect_float)]
    for failure in failures[:40]:
        print(failure, file=sys.stderr)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
