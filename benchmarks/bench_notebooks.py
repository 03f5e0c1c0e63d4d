"""How long every solution notebook runs, beside a notebook with one empty-handed cell.

Run with ``python benchmarks/bench_notebooks.py [--rounds N]``.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import nbformat

from autograde import notebooks, spec

GOAL = 60.0  # seconds for all, on two cores


def seconds(path: Path) -> float:
    start = time.perf_counter()
    notebooks.run(path)
    return time.perf_counter() - start


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
        times: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(rounds):
            for name, path in paths.items():
                times[name].append(seconds(path))
    print(f"{'notebook':28s} {'median':>7s} {'min':>6s} {'max':>6s}  seconds, n = {rounds}")
    for name, values in times.items():
        low, high = min(values), max(values)
        print(f"{name:28s} {statistics.median(values):7.1f} {low:6.1f} {high:6.1f}")
    totals = [sum(column[1:]) for column in zip(*times.values(), strict=True)]
    print(f"{'all solutions':28s} {statistics.median(totals):7.1f}", end=" ")
    print(f"{min(totals):6.1f} {max(totals):6.1f}  goal {GOAL:.0f}")


if __name__ == "__main__":
    main()
