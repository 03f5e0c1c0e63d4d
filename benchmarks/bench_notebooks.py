"""How long every solution notebook runs, beside a notebook with one empty-handed cell.

Run with ``python benchmarks/bench_notebooks.py [--rounds N]``. CPU seconds stand beside the wall
time, because they hardly change when other programs run.
"""

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import nbformat

from autograde import notebooks, spec

GOAL = 150.0  # seconds for all, on two cores


def seconds(path: Path) -> tuple[float, float]:
    """Wall time, and the CPU time of the kernel."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    notebooks.run(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def empty_notebook(folder: Path) -> Path:
    """What remains of a run when there is nothing to run: starting and stopping a kernel."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("pass")])
    nbformat.write(book, folder / "empty.ipynb")
    return folder / "empty.ipynb"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        paths = {"(an empty notebook)": empty_notebook(Path(folder))}
        for unit in spec.units():
            path = spec.ROOT / "solutions" / unit / f"{unit}.ipynb"
            if path.exists():
                paths[unit] = path
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in paths}
        for _ in range(rounds):
            for name, path in paths.items():
                runs[name].append(seconds(path))
    print(f"{'notebook':28s} {'median':>7s} {'min':>6s} {'max':>6s} {'CPU':>6s}  s, n = {rounds}")
    for name, pairs in runs.items():
        print(line(name, [wall for wall, _ in pairs], [cpu for _, cpu in pairs]))
    totals = [
        tuple(map(sum, zip(*row[1:], strict=True))) for row in zip(*runs.values(), strict=True)
    ]
    print(line("all solutions", [t[0] for t in totals], [t[1] for t in totals]), end="")
    print(f"  goal {GOAL:.0f}")


def line(name: str, walls: list[float], cpus: list[float]) -> str:
    middle, cpu = statistics.median(walls), statistics.median(cpus)
    return f"{name:28s} {middle:7.1f} {min(walls):6.1f} {max(walls):6.1f} {cpu:6.1f}"


if __name__ == "__main__":
    main()
