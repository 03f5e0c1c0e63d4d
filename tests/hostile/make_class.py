"""A class of submissions with known marks: right answers of many kinds, mistakes, odd files.

    python tests/hostile/make_class.py unit04_momentum 200 autograde/work/submitted

writes ``<folder>/<student>/<unit>/<unit>.ipynb`` and beside the folder ``<unit>-expected.json``.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
import submissions
from nbformat.notebooknode import NotebookNode
from submissions import Deserved

from autograde import spec


class Submission(NamedTuple):
    """What one student hands in, what kind it is, and what every exercise is worth."""

    student: str
    notebook: bytes
    kind: str
    expected: dict[str, Deserved]


def renamed_cells(notebook: NotebookNode) -> bytes:
    """Every grade id lost: somebody copied all cells into a new notebook."""
    for cell in notebook.cells:
        cell.metadata = {}
    return submissions.as_bytes(notebook)


def old_format(notebook: NotebookNode) -> bytes:
    """Saved by an old program: no cell ids."""
    for cell in notebook.cells:
        cell.pop("id", None)
    notebook.nbformat_minor = 2
    return submissions.as_bytes(notebook)


def without_tests(notebook: NotebookNode) -> bytes:
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]
    return submissions.as_bytes(notebook)


def other_kernel(notebook: NotebookNode) -> bytes:
    notebook.metadata.kernelspec = {"name": "my-env", "display_name": "My env"}
    return submissions.as_bytes(notebook)


def with_trouble_elsewhere(notebook: NotebookNode) -> bytes:
    """A cell of the student's own that fails, and one that is not Python."""
    notebook.cells.insert(1, nbformat.v4.new_code_cell("1 / 0"))
    notebook.cells.insert(2, nbformat.v4.new_code_cell("this is not python"))
    return submissions.as_bytes(notebook)


ODD: dict[str, Callable[[NotebookNode], bytes]] = {
    "renamed cells": renamed_cells,
    "old format": old_format,
    "without tests": without_tests,
    "other kernel": other_kernel,
    "trouble elsewhere": with_trouble_elsewhere,
}
UNREADABLE = {
    "empty file": b"",
    "half a file": b'{"cells": [{"cell_type": "code", "sou',
    "another file": b"%PDF-1.5 \xff\xfe",
}


def answers(unit: str, rng: np.random.Generator, *, careful: float) -> dict[str, str]:
    """An answer per exercise: right in one of its ways, mistaken, or missing."""
    chosen = {}
    for exercise in spec.exercises(unit):
        if rng.random() < careful:
            ways = [exercise.source]
            ways += [submissions.accepted(exercise, way) for way in exercise.accepted]
            chosen[exercise.name] = ways[rng.integers(len(ways))]
        elif rng.random() < 0.9:
            mistake = exercise.mistakes[rng.integers(len(exercise.mistakes))]
            chosen[exercise.name] = submissions.mistaken(exercise, mistake)
    return chosen


def make_class(unit: str, count: int, *, seed: int = 0, lean: bool = False) -> Iterator[Submission]:
    """``count`` submissions: one in ten is an odd file, one in fifty cannot be read."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        student = f"student{number:04d}"
        if number % 50 == 49:
            kind = list(UNREADABLE)[number // 50 % len(UNREADABLE)]
            yield Submission(student, UNREADABLE[kind], kind, submissions.nothing(unit))
            continue
        sources = answers(unit, rng, careful=float(rng.choice([0.4, 0.8, 1.0])))
        notebook = submissions.filled(unit, sources, lean=lean)
        kind = list(ODD)[number // 10 % len(ODD)] if number % 10 == 9 else "plain"
        data = ODD[kind](notebook) if kind in ODD else submissions.as_bytes(notebook)
        yield Submission(student, data, kind, submissions.deserved(unit, sources))


def write(unit: str, count: int, folder: Path, *, seed: int = 0) -> None:
    """Puts a class where nbgrader looks for what was handed in, and its marks beside it."""
    expected = {}
    for one in make_class(unit, count, seed=seed):
        target = folder / one.student / unit / f"{unit}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(one.notebook)
        expected[one.student] = {"kind": one.kind, "marks": one.expected}
    book = folder.parent / f"{unit}-expected.json"
    book.write_text(json.dumps(expected, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("unit")
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    write(options.unit, options.count, options.folder, seed=options.seed)


if __name__ == "__main__":
    main()
