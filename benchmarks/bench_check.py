"""How long a student waits for a verdict: every exercise, right answers and mistakes alike.

Run with ``python benchmarks/bench_check.py``.
"""

import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")

from autograde import record, spec
from course_lib.check import examine
from course_lib.checking import cards

ROUNDS = 3
IMPORTS = 7
HEAVY = ("matplotlib", "IPython", "ipywidgets", "scipy", "torch")
LISTED = "import sys, course_lib.check; print(*(m for m in {!r} if m in sys.modules))"


def answers(exercise: spec.Exercise) -> Iterator[Callable[..., Any]]:
    """The answer as a student would type it, its accepted variants, and every mistake."""
    yield record.as_student(exercise)
    yield from exercise.accepted
    for mistake in exercise.mistakes:
        yield record.as_student(exercise, mistake)


def milliseconds(name: str, function: Callable[..., Any]) -> float:
    start = time.perf_counter()
    examine(name, function)
    return 1000 * (time.perf_counter() - start)


def import_seconds(statement: str) -> float:
    """Of a fresh interpreter, start included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def imports() -> None:
    """``import course_lib.check`` beside its largest part, ``import numpy``; interleaved."""
    statements = ("pass", "import numpy", "import course_lib.check")
    times: dict[str, list[float]] = {statement: [] for statement in statements}
    for _ in range(IMPORTS):
        for statement in statements:
            times[statement].append(import_seconds(statement))
    print(
        f"\n{'a fresh interpreter that runs':44s} {'median':>8s} {'min':>7s} {'max':>7s}  seconds"
    )
    for statement, seconds in times.items():
        low, high = min(seconds), max(seconds)
        print(f"{statement:44s} {statistics.median(seconds):8.3f} {low:7.3f} {high:7.3f}")
    command = [sys.executable, "-c", LISTED.format(HEAVY)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    print(f"heavy modules that came along: {', '.join(found) or 'none'} (of {', '.join(HEAVY)})")


def main() -> None:
    everything: list[float] = []
    print(f"{'exercise':36s} {'answers':>7s} {'median':>7s} {'p95':>7s} {'max':>7s}  ms")
    for unit in spec.units():
        for exercise in spec.exercises(unit):
            if exercise.name not in cards.names():
                continue  # not built yet
            importlib.import_module(exercise.reference.__module__)
            tried = list(answers(exercise))
            times = [milliseconds(exercise.name, f) for _ in range(ROUNDS) for f in tried]
            everything += times
            report(exercise.name, len(tried), times)
    report("all", len(everything) // ROUNDS, everything)
    imports()


def report(name: str, tried: int, times: list[float]) -> None:
    median, p95 = np.percentile(times, [50, 95])
    print(f"{name:36s} {tried:7d} {median:7.1f} {p95:7.1f} {max(times):7.1f}")


if __name__ == "__main__":
    main()
