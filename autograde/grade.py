"""``autograde grade``: marks a class, writes nbgrader's gradebook and the feedback."""

import os
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograde import engine
from autograde.hidden import SEED_VARIABLE
from autograde.inbox import Handed, handed_in
from autograde.isolate import Level, probe
from autograde.mark import Marking
from autograde.release import release_of
from autograde.spec import ROOT
from autograde.writer import AHEAD, Writer

WIDTH, COLUMNS = 30, 78  # of the bar, of the line that holds it


class Bar:
    """A progress bar: redrawn in a terminal, a line now and then in a file."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.terminal = sys.stdout.isatty()
        self.start = self.first = time.monotonic()
        if self.terminal:
            self._draw()

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.done == 1:
            self.first = time.monotonic()  # what comes before is the same for any class
        tenth = max(1, self.total // 10)
        if not self.terminal and self.done % tenth and self.done != self.total:
            return
        self._draw()

    def _draw(self) -> None:
        filled = WIDTH * self.done // self.total
        bar = "#" * filled + "." * (WIDTH - filled)
        now, left = time.monotonic(), self.total - self.done
        text = f"[{bar}] {self.done} of {self.total}, {now - self.start:.0f} s"
        if left and self.done > 4:
            text += f", about {(now - self.first) / (self.done - 1) * left:.0f} s left"
        end = "\n" if not self.terminal or self.done == self.total else ""
        print(f"\r{text:{COLUMNS}}" if self.terminal else text, end=end, flush=True)


def grade(
    unit: str,
    *,
    students: Sequence[str] = (),
    workers: int = 2,
    require: Level = "none",
    term: str = "",
    root: Path = ROOT,
    scheduler: str | None = None,
) -> dict[str, Marking]:
    """Marks the submissions to ``unit`` (of ``students``, or all) and writes all results.

    ``workers``: processes that mark while another writes; with 1, one thing after the other.
    ``scheduler``: the address of a Dask scheduler whose workers mark instead.
    Raises ``LookupError`` for an unknown unit or student, ``OSError`` if the isolation that is
    required or the scheduler cannot be had, and ``ValueError`` if results could not be written.
    """
    release_of(unit)
    with Writer(root, unit) as writer:
        alone = workers < 2 and scheduler is None  # one thing at a time
        if alone:
            writer.opened()
        else:
            engine.library_of(unit)  # while the writer loads nbgrader
        handed = handed_in(writer.submitted(), unit)
        if unknown := sorted(set(students) - set(handed)):
            raise LookupError(f"nothing was handed in for {unit} by {', '.join(unknown)}")
        chosen = {name: one for name, one in handed.items() if not students or name in students}
        if not chosen:
            raise LookupError(f"no submission to {unit} in {writer.submitted()}/<student>/{unit}")
        markings = engine.mark_all(
            chosen,
            unit,
            term,
            workers=workers,
            scheduler=scheduler,
            cache_dir=root / "autograde" / "work" / "verdicts",
            require=require,
        )
        found, failed = _written(markings, chosen, writer, 0 if alone else AHEAD)
    if failed:
        raise ValueError(f"marked, but not written: {', '.join(sorted(failed))}")
    return {student: found[student] for student in chosen}


def _written(
    markings: Iterable[tuple[str, Marking]],
    chosen: Mapping[str, Handed],
    writer: Writer,
    ahead: int,
) -> tuple[dict[str, Marking], list[str]]:
    """All markings, and who could not be written; so many may wait to be written."""
    bar, found, failed = Bar(len(chosen)), dict[str, Marking](), list[str]()

    def note(written: list[tuple[str, str]]) -> None:
        for student, trouble in written:
            bar.step()
            if trouble:
                failed.append(student)
                print(f"\n{student}: could not be written: {trouble}", file=sys.stderr)

    for student, marking in markings:
        found[student] = marking
        writer.write(student, chosen[student].data, marking)
        note(writer.done(leave=ahead))
    note(writer.done(leave=0))
    return found, failed


def summary(markings: dict[str, Marking]) -> str:
    """A table: per exercise the mean mark and how many have which status."""
    lines = [f"{'exercise':28} {'mean':>6} {'of':>5}  status"]
    for row in zip(*(marking.exercises for marking in markings.values()), strict=True):
        mean = sum(one.points + one.hidden_points for one in row) / len(row)
        full = row[0].max_points + row[0].max_hidden
        counts = Counter(one.status for one in row)
        told = ", ".join(f"{count} {status}" for status, count in counts.most_common())
        lines.append(f"{row[0].name:28} {mean:6.2f} {full:5.4g}  {told}")
    people = [
        student
        for student, marking in markings.items()
        if any(one.status in ("needs a human", "cannot be read") for one in marking.exercises)
    ]
    mean = sum(marking.points for marking in markings.values()) / len(markings)
    lines.append(f"{'all':28} {mean:6.2f} {next(iter(markings.values())).max_points:5.4g}")
    if people:
        listed = f"A person must look at {len(people)}: {', '.join(people)}"
        lines += textwrap.wrap(listed, 100, subsequent_indent="  ")
    levels = Counter(marking.level for marking in markings.values())
    lines.append(f"isolation: {', '.join(f'{level} ({n})' for level, n in levels.items())}")
    return "\n".join(lines)


def main(
    unit: str,
    students: Sequence[str],
    workers: int,
    require: Level | None,
    term: str,
    scheduler: str | None = None,
) -> int:
    """The command. Returns 0 if every submission has a verdict."""
    term = term or os.environ.get(SEED_VARIABLE, "")  # as plain nbgrader would
    if probe().level == "none":
        print("isolation: none. Student code runs as you; see: autograde doctor")
    markings = grade(
        unit,
        students=students,
        workers=workers,
        require=require or "none",
        term=term,
        scheduler=scheduler,
    )
    print(summary(markings))
    print("The marks are in the gradebook, pages for the students in autograde/work/feedback.")
    return 0
