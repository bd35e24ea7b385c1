"""Kills a training at random moments; it must end as if nothing had happened.

    kill-resume.py <trainer> <folder with data> <folder for files>

SIGKILL leaves a process no time to save or to tidy up. After each kill the
training is resumed. Whenever one gets to its end, its hash, metrics and files
must be those of a run that was not interrupted, and the next one starts from
the beginning, until there were enough kills.
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import time

KILLS = 20
FILES = ["metrics.jsonl", "run.eoq"]


def command(trainer, data, folder):
    return [trainer, "train", "--data", data, "--epochs", "6", "--seed", "3",
            "--augment", "shift", "--threads", "1", "--checkpoint",
            str(folder / "run.eoq"), "--checkpoint-every", "5", "--metrics",
            str(folder / "metrics.jsonl")]


def outcome(folder, output):
    """What two runs must agree in: all but the times."""
    metrics = [json.loads(line) for line in
               (folder / "metrics.jsonl").read_text().splitlines()]
    for line in metrics:
        del line["seconds"]
    final = re.search(r"^final: .*", output, re.MULTILINE)
    return (final and final[0], metrics,
            sorted(path.name for path in folder.iterdir()))


def empty(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()


def main():
    trainer, data, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    whole, killed = folder / "whole", folder / "killed"
    empty(whole)
    start = time.monotonic()
    output = subprocess.run(command(trainer, data, whole), check=True,
                            capture_output=True, text=True).stdout
    duration = time.monotonic() - start
    expected = outcome(whole, output)
    print(f"{expected[0]}; {duration:.1f} s")
    if expected[2] != FILES:
        raise AssertionError(f"files {expected[2]}")

    moment = random.Random(0)
    kills = kills_with_checkpoint = ends = 0
    empty(killed)
    while kills < KILLS or ends == 0:
        child = subprocess.Popen(
            command(trainer, data, killed) + ["--resume"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # Up to a quarter, so that most trainings are killed several times.
        delay = moment.uniform(0, duration / 4) if kills < KILLS else None
        try:
            output, errors = child.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            kills_with_checkpoint += (killed / "run.eoq").exists()
            child.kill()
            child.communicate()
            kills += 1
            continue
        if child.returncode != 0:
            raise AssertionError(f"after {kills} kills: exit code "
                                 f"{child.returncode}: {errors}")
        actual = outcome(killed, output)
        if actual != expected:
            raise AssertionError(f"after {kills} kills: {actual}\nexpected: "
                                 f"{expected}")
        ends += 1
        empty(killed)
    print(f"{kills} kills, {kills_with_checkpoint} with a checkpoint; "
          f"{ends} trainings came to the same end")
    if kills_with_checkpoint < KILLS // 4:
        raise AssertionError("too few of the kills hit a resumable training")


if __name__ == "__main__":
    main()
