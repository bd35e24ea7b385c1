"""One side of bench-train: a child process that makes training steps on demand.

Started with one JSON argument; every line of its standard input is a request and
gets one line of JSON back:

    turn     makes one step, or as many as fit into TURN_SECONDS: times of each (ms)
    memory   bytes that training takes
"""
import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TURN_SECONDS = 0.1
# Images that the batches of a side are made of, and steps until labels repeat:
# a network that has learnt its images by heart has gradients of zeros, which are
# not what a training computes with.
POOL_IMAGES = 16
LABEL_STEPS = 4096
PR_SET_PDEATHSIG = 1


def status_bytes(field):
    """VmRSS or VmHWM of this process, from /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no '{field}' in /proc/self/status")


def make_labels(batch, classes):
    import numpy as np
    return np.random.default_rng(1).integers(0, classes, (LABEL_STEPS, batch),
                                             np.int32)


def count_batches(batch):
    return max(1, POOL_IMAGES // batch)


class Ours:
    """A trainer that eoq-opt emitted as a shared library."""

    def __init__(self, task):
        sys.path.insert(0, str(ROOT / "test" / "E2E"))
        import numpy as np
        from eoq_abi import Trainer
        before = status_bytes("VmRSS")
        self.trainer = Trainer(task["library"], task["name"])
        model = self.trainer.model
        self.bytes = model.state_bytes + model.arena_bytes
        rng = np.random.default_rng(0)
        self.images = rng.integers(
            -127, 128, (count_batches(model.batch), model.batch, model.channels,
                        model.height, model.width), np.int8)
        self.labels = make_labels(model.batch, model.classes)
        self.steps = 0
        self.trainer.initialize(0)
        self.step()
        self.growth = status_bytes("VmHWM") - before

    def step(self):
        self.steps += 1
        self.trainer.train_step(self.images[self.steps % len(self.images)],
                                self.labels[self.steps % LABEL_STEPS],
                                lr=(1, 7), image_exponent=-7)

    def memory(self):
        return {"bytes": self.bytes, "growth": self.growth}


class PyTorch:
    """Float32 with batch norm, as the network was exported."""

    def __init__(self, task):
        import torch
        import models_full
        self.torch = torch
        self.network = models_full.NETWORKS[task["model"]]
        self.format = getattr(torch, task["format"])
        torch.set_num_threads(task["threads"])
        torch.manual_seed(0)
        channels, height, width = self.network.image
        self.images = [
            torch.randn(task["batch"], channels, height, width).contiguous(
                memory_format=self.format)
            for _ in range(count_batches(task["batch"]))]
        self.labels = torch.from_numpy(
            make_labels(task["batch"], self.network.classes)).long()
        self.steps = 0
        self.create()
        if task["compile"]:
            self.forward = torch.compile(self.model)
        self.step()

    def create(self):
        self.model = self.network.create().to(memory_format=self.format)
        self.forward = self.model
        self.optimizer = self.torch.optim.SGD(self.model.parameters(), lr=0.01,
                                              momentum=0.9)

    def step(self):
        self.steps += 1
        self.optimizer.zero_grad()
        loss = self.torch.nn.functional.cross_entropy(
            self.forward(self.images[self.steps % len(self.images)]),
            self.labels[self.steps % LABEL_STEPS])
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def memory(self):
        """Peak of what PyTorch's allocator has handed out, and of the process.

        The profiler sees what is allocated while it runs, so the network is
        created a second time; it costs memory itself, so the process is looked
        at before.
        """
        for _ in range(2):
            self.step()
        process = status_bytes("VmHWM")
        self.model = self.forward = self.optimizer = None
        profiler = self.torch.profiler.profile(
            activities=[self.torch.profiler.ProfilerActivity.CPU],
            profile_memory=True)
        with profiler:
            self.create()
            for _ in range(2):
                self.step()
        events = [event for event in profiler.profiler.kineto_results.events()
                  if event.name() == "[memory]"]
        # PyTorch 1.13 has no start_ns.
        start = "start_ns" if hasattr(events[0], "start_ns") else "start_us"
        total = peak = 0
        for event in sorted(events, key=lambda event: getattr(event, start)()):
            total += event.nbytes()
            peak = max(peak, total)
        return {"bytes": peak, "process": process}


def turn(side, clock):
    times = []
    start = time.monotonic()
    while not times or time.monotonic() - start < TURN_SECONDS:
        before = clock()
        side.step()
        times.append((clock() - before) * 1e3)
    return times


def main():
    # The parent keeps this process stopped between turns, so it could not see
    # that the parent is gone.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Libraries print: only answers may reach the parent.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    task = json.loads(sys.argv[1])
    clock = {"wall": time.perf_counter, "cpu": time.process_time}[task["clock"]]
    side = (Ours if task["side"] == "ours" else PyTorch)(task)
    answers.write("{}\n")
    for line in sys.stdin:
        answer = turn(side, clock) if line == "turn\n" else side.memory()
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
