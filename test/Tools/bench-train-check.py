"""Reads bench-train --json from the standard input and checks each object."""
import json
import sys

KEYS = {"model": str, "batch": int, "threads": int, "ours_ms": float,
        "pytorch_ms": float, "ratio": float, "ours_bytes": int,
        "pytorch_bytes": int, "ours_process_bytes": int,
        "pytorch_process_bytes": int}

rows = json.load(sys.stdin)
if not isinstance(rows, list) or not rows:
    sys.exit("no array of objects")
for row in rows:
    for key, kind in KEYS.items():
        if not isinstance(row.get(key), kind):
            sys.exit(f"'{key}' is {row.get(key)!r}")
        if kind is not str and not row[key] > 0:
            sys.exit(f"'{key}' is {row[key]!r}")
    if abs(row["ratio"] - row["pytorch_ms"] / row["ours_ms"]) > 0.01 * row["ratio"]:
        sys.exit("'ratio' is not the quotient of the times")
    # The process holds at least the arena, the parameters and PyTorch's tensors.
    for side in ("ours", "pytorch"):
        if row[f"{side}_process_bytes"] < row[f"{side}_bytes"]:
            sys.exit(f"the process of {side} is smaller than its tensors")
    print(f"{row['model']} batch {row['batch']} threads {row['threads']}: complete")
