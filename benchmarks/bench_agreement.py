"""Whether a class gets the marks that it deserves: agreement, counted exercise by exercise.

    OMP_NUM_THREADS=1 python benchmarks/bench_agreement.py [--students N] [--peer N] [--units U ...]

First a class of N over the units (right answers in all their ways, mistakes, odd and unreadable
files): marks and names of mistakes beside those of ``judge`` on the plain functions. Then, in a
copy of the repository, ``nbgrader autograde`` on honest notebooks of each unit: marks beside ours.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "hostile"), str(ROOT / "benchmarks")]

import bench_grade  # noqa: E402
import submissions  # noqa: E402
from make_class import make_class  # noqa: E402

from autograde import mark, spec  # noqa: E402
from autograde.session import Zygote, student_library  # noqa: E402


def against_judge(unit: str, count: int) -> tuple[int, int, float]:
    """(exercises, how many agree in points and mistake, CPU seconds of the grader)."""
    seen = agreed = 0
    spent = 0.0
    with Zygote(student_library([unit])) as zygote:
        for one in make_class(unit, count, seed=200, lean=False):
            start = time.process_time()
            marking = mark.mark(one.notebook, unit, submissions.TERM, zygote)
            spent += time.process_time() - start
            for found in marking.exercises:
                want = one.expected[found.name]
                got = (found.points, found.hidden_points, found.mistake)
                seen, agreed = seen + 1, agreed + (got == tuple(want))
                if got != tuple(want):
                    print(f"  {one.student} ({one.kind}) {found.name}: {got}, deserved {want}")
    return seen, agreed, spent


def against_nbgrader(unit: str, count: int) -> tuple[int, int]:
    """(graded cells, how many agree) on honest notebooks that nbgrader can read."""
    from autograde.gradebook import Book

    made = make_class(unit, 4 * count, seed=12, lean=True)  # nbgrader would run every cell
    honest = [one for one in made if one.kind == "plain"][:count]
    with tempfile.TemporaryDirectory() as folder:
        course = bench_grade.copied(Path(folder))
        for one in honest:
            place = course / "autograde" / "work" / "submitted" / one.student / unit
            place.mkdir(parents=True)
            (place / f"{unit}.ipynb").write_bytes(one.notebook)
        bench_grade.run(course, "nbgrader", "generate_assignment", unit, "--force")
        bench_grade.run(course, "nbgrader", "autograde", unit)
        theirs = scores(Book(course, unit), unit)
    seen = agreed = 0
    with Zygote(student_library([unit])) as zygote:
        for one in honest:
            for found in mark.mark(one.notebook, unit, submissions.TERM, zygote).exercises:
                for cell, points in (("check", found.points), ("hidden", found.hidden_points)):
                    known = theirs[one.student].get(f"{found.name}-{cell}")
                    if known is None:
                        continue
                    seen, agreed = seen + 1, agreed + (abs(known - points) < 1e-4)
                    if abs(known - points) >= 1e-4:
                        print(f"  {one.student} {found.name}-{cell}: {points}, nbgrader {known}")
    return seen, agreed


def scores(book: Any, unit: str) -> dict[str, dict[str, float]]:
    """nbgrader's own marks, per student and cell, out of an ``autograde.gradebook.Book``."""
    with book:
        found = {}
        for row in book.database.submission_dicts(unit):
            record = book.database.find_submission_notebook(unit, unit, row["student"])
            found[row["student"]] = {g.name: g.score for g in record.grades}
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--peer", type=int, default=12, help="honest notebooks per unit")
    parser.add_argument("--units", nargs="+", default=spec.units())
    options = parser.parse_args()
    os.environ["AUTOGRADE_SEED"] = submissions.TERM
    print(json.dumps({"units": options.units, "students": options.students}))
    each = options.students // len(options.units)
    for unit in options.units if each else ():
        seen, agreed, spent = against_judge(unit, each)
        print(f"{unit}: {each} submissions, {agreed} of {seen} exercises as judged, "
              f"{spent / each:.3f} CPU s each in the grader's process", flush=True)  # fmt: skip
    for unit in options.units if options.peer else ():
        seen, agreed = against_nbgrader(unit, options.peer)
        print(f"{unit}: {options.peer} honest, {agreed} of {seen} cells as nbgrader", flush=True)


if __name__ == "__main__":
    main()
