"""Checks the largest resident set of a trainer that makes training steps."""
import json
import os
import subprocess
import sys
import time

# Bytes that the process has besides its state and arena: a batch, and the pages
# that it uses of its own code and of the libraries'. Without giving back those
# that only its start needs it has 6 MB.
LIMIT = 4.5e6


def peak(program, steps):
    """The largest VmHWM that is seen while the program runs."""
    with subprocess.Popen([program, "bench", "--steps", str(steps)],
                          stdout=subprocess.DEVNULL) as process:
        largest = 0
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/status") as status:
                    fields = dict(line.split(":", 1) for line in status)
                copied = os.readlink(f"/proc/{process.pid}/exe") != program
            except FileNotFoundError:
                break
            if "VmHWM" in fields and not copied:
                largest = max(largest, int(fields["VmHWM"].split()[0]) * 1024)
            time.sleep(0.005)
    assert process.returncode == 0
    return largest


def main():
    program = os.path.realpath(sys.argv[1])
    info = json.loads(subprocess.check_output([program, "info", "--json"]))
    measured = peak(program, steps=int(sys.argv[2]))
    own = measured - info["required_bytes"]
    print(f"{measured} bytes, {own} besides state and arena")
    # Less than nothing would mean that the steps were not seen.
    assert 0 < own <= LIMIT


main()
