"""``autograde build UNIT`` beside ``nbgrader generate_assignment UNIT``, on a copy of the course.

The build makes cards, the solution notebook and the release notebook; nbgrader's command makes
the release notebook only. Run with ``python benchmarks/bench_build.py [UNIT] [--rounds N]``.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograde import spec

FOLDERS = ("course_lib", "autograde", "lessons", "notebooks", "solutions", "data", "docs")
GOAL = 5.0  # seconds


def seconds(command: list[str], folder: Path) -> float:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PYTHONPATH": str(folder), "PATH": programs}
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("unit", nargs="?", default="unit04_momentum")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    commands = {
        "autograde build": [sys.executable, "-m", "autograde", "build", options.unit],
        "nbgrader generate_assignment": [
            *(sys.executable, "-m", "nbgrader", "generate_assignment"),
            *(options.unit, "--force"),
        ],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a copy"
        for part in FOLDERS:
            left_out = shutil.ignore_patterns("work", "__pycache__")
            shutil.copytree(spec.ROOT / part, folder / part, ignore=left_out)
        shutil.copy(spec.ROOT / "nbgrader_config.py", folder)
        (folder / "autograde" / "work").mkdir()
        for _ in range(options.rounds):
            for which, command in commands.items():
                times[which].append(seconds(command, folder))
    print(f"{options.unit:30s} {'median':>7s} {'min':>6s} {'max':>6s}  seconds, goal {GOAL:.0f}")
    for which, values in times.items():
        low, high = min(values), max(values)
        print(f"{which:30s} {statistics.median(values):7.1f} {low:6.1f} {high:6.1f}")
    build, peer = times.values()
    ratio = statistics.median(a / b for a, b in zip(build, peer, strict=True))
    print(f"ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
