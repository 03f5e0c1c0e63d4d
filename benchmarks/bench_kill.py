"""Whether a grader that is killed at any moment loses or doubles anything.

    OMP_NUM_THREADS=1 python benchmarks/bench_kill.py [--unit UNIT] [--students N] [--kills K]

In a copy of the repository: a class is graded once undisturbed. Then, K times from nothing again,
the command is ended with SIGKILL at a random moment and started once more. What that run leaves
must be the same as undisturbed: rows of the gradebook, verdicts, autograded notebooks, feedback.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_grade import TERM, copied, fresh

from autograde import stale

TABLES = {
    "grades": "SELECT s.student_id, c.name, c.type, g.auto_score, g.manual_score, g.extra_credit, "
    "g.needs_manual_grade FROM grade g JOIN base_cell c ON c.id = g.cell_id "
    "JOIN submitted_notebook n ON n.id = g.notebook_id "
    "JOIN submitted_assignment s ON s.id = n.assignment_id",
    "comments": "SELECT s.student_id, c.name, k.auto_comment, k.manual_comment FROM comment k "
    "JOIN base_cell c ON c.id = k.cell_id JOIN submitted_notebook n ON n.id = k.notebook_id "
    "JOIN submitted_assignment s ON s.id = n.assignment_id",
    "submissions": "SELECT s.student_id, a.name, n.flagged, n.late_submission_penalty "
    "FROM submitted_notebook n JOIN submitted_assignment s ON s.id = n.assignment_id "
    "JOIN assignment a ON a.id = s.assignment_id",
    "students": "SELECT id FROM student",
    "cells": "SELECT name, type FROM base_cell",
    "sources": "SELECT name, cell_type, locked, source FROM source_cell",
    "version": "SELECT version_num FROM alembic_version",
}
WRITTEN = ("verdicts", "autograded", "feedback")


def state(course: Path) -> dict[str, object]:
    """Everything that grading wrote: rows without their random ids, and files."""
    work = course / "autograde" / "work"
    found: dict[str, object] = {}
    with sqlite3.connect(work / "gradebook.db") as database:
        for name, query in TABLES.items():
            found[name] = sorted(database.execute(query).fetchall(), key=repr)
    database.close()
    for folder in WRITTEN:
        files = [path for path in (work / folder).rglob("*") if path.is_file()]
        found |= {path.relative_to(work).as_posix(): path.read_bytes() for path in files}
    return found


def started(course: Path, unit: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(course)}
    command = [sys.executable, "-m", "autograde", "grade", unit, "--term", TERM]
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=course, env=environment, stdout=nowhere, stderr=nowhere)


def verdicts(course: Path) -> int:
    return len(list((course / "autograde" / "work" / "verdicts").rglob("*.json")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unit", default="unit04_momentum")
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        course = copied(Path(folder) / "course")
        fresh(course, options.unit, options.students)
        finish(course, options.unit)
        undisturbed = state(course)
        for _ in range(options.kills):
            clear(course)
            reached = rng.randint(-1, options.students - 1)  # -1: while it starts
            kill(course, options.unit, reached, rng.uniform(0.0, 1.5))
            kept = verdicts(course)
            finish(course, options.unit)
            after = state(course)
            parts = undisturbed.keys() | after.keys()
            other = sorted(part for part in parts if undisturbed.get(part) != after.get(part))
            failed += bool(other)
            equal = f"{len(parts) - len(other)} of {len(parts)} parts equal"
            print(f"killed with {kept} verdicts: {equal} {' '.join(other[:5])}", flush=True)
    left = [path.name for path in stale.abandoned(young=0.0)]
    print(f"{failed} of {options.kills} differ; folders left for a later start: {len(left)}")
    sys.exit(failed > 0)


def kill(course: Path, unit: str, reached: int, later: float) -> None:
    """Ends a run with SIGKILL once so many verdicts stand, and a little later."""
    process = started(course, unit)
    while process.poll() is None and verdicts(course) < reached:
        time.sleep(0.02)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(later)
    process.send_signal(signal.SIGKILL)
    process.wait()


def finish(course: Path, unit: str) -> None:
    if status := started(course, unit).wait():
        raise SystemExit(f"a run that nobody disturbed ended with status {status}")


def clear(course: Path) -> None:
    """As if nothing had been graded yet."""
    work = course / "autograde" / "work"
    for name in WRITTEN:
        shutil.rmtree(work / name, ignore_errors=True)
    for file in work.glob("gradebook.*"):
        file.unlink()


if __name__ == "__main__":
    main()
