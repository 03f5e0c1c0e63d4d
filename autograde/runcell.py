"""Plain test cells of any nbgrader notebook: the instructor's own text, run where no student is.

A process of the grader's own is forked for it, so that a test that crashes, hangs or fills the
memory ends nothing else. In its namespace the student's functions are proxies and the student's
values are copies. First all tests run as students see them; then, in a new process for the student
too, those with hidden parts, of which nothing is told but the points.
"""

import contextlib
import faulthandler
import json
import os
import random
import select
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograde import isolate, release, testplan
from autograde.marking import HIDDEN_WRONG, ExerciseMark, scrub, twice
from autograde.release import Release
from autograde.running import Trouble
from autograde.session import Session, SessionEnded, Zygote
from autograde.submission import Piece, Submission
from autograde.testbench import Bench, Job, Outcome, Tell, TestSession, undecided
from autograde.testplan import Step
from course_lib.checking.verdict import Verdict, render

if sys.platform != "win32":
    import resource

MAX_FOUNDED = 12  # processes of one submission
CPU, MEMORY, SILENCE = 60, 4 << 30, 240.0  # of the grader's own process: CPU s, bytes, s
MAX_FILES = 50 << 20  # bytes that a course may put beside its notebook
OURS = "In the grader's own process, the test"


def marks_of_tests(
    notebook: Release, submission: Submission, zygote: Zygote
) -> tuple[ExerciseMark, ...]:
    """One mark per plain test cell, under its ``grade_id``, in the order of the release."""
    submission = replace(submission, pieces=testplan.in_order(notebook, submission.pieces))
    steps = testplan.plan(notebook, submission)
    tests = {number: step for number, step in enumerate(steps) if step.kind == "test"}
    if not tests:
        return ()
    if not hasattr(os, "fork"):
        why = "plain test cells are run only where processes can be forked"
        return tuple(_mark(step, undecided(why)) for step in tests.values())
    seen = {n: undecided(step.cannot) for n, step in tests.items() if step.cannot}
    seen |= _Pass(notebook, steps, submission.pieces, zygote).outcomes(tests.keys() - seen)
    deeper = {n for n, step in tests.items() if step.has_hidden and seen[n].status == "marked"}
    if deeper:
        unseen = _Pass(notebook, steps, submission.pieces, zygote, full=True).outcomes(deeper)
        seen |= {n: with_hidden(seen[n], unseen[n]) for n in deeper}
    return tuple(_mark(step, seen[number]) for number, step in tests.items())


def with_hidden(seen: Outcome, unseen: Outcome) -> Outcome:
    """The points are those of the whole test; the words only those of its visible part."""
    lost = unseen.status == "marked" and unseen.points < seen.points
    told = HIDDEN_WRONG if lost and not seen.trace else seen.message
    if unseen.status != "marked":
        told = f"{seen.message} In the further cases: {unseen.status}.".strip()
    return seen._replace(status=unseen.status, points=unseen.points, message=told)


def _mark(step: Step, found: Outcome) -> ExerciseMark:
    empty = ExerciseMark(step.grade_id, 0.0, step.points, 0.0, 0.0, found.status, None, "")
    points = round(found.points, 4) if found.status == "marked" else 0.0
    message, full = scrub(found.message), bool(points) and points >= step.points
    score = points / step.points if step.points else 0.0
    card = render(Verdict(full, score, None, message, step.grade_id, step.points))
    return empty._replace(points=points, message=message, traceback=scrub(found.trace), html=card)


# --- in the grader: one submission, as many processes as it takes ---------------------------------


class _Pass:
    """All tests once, as students see them or (``full``) with their hidden parts."""

    def __init__(
        self,
        notebook: Release,
        steps: tuple[Step, ...],
        pieces: tuple[Piece, ...],
        zygote: Zygote,
        *,
        full: bool = False,
    ) -> None:
        self.unit, self.steps, self.pieces, self.zygote = notebook.unit, steps, pieces, zygote
        self.full = full
        self.wanted: set[int] = set()
        self.done: dict[int, Outcome] = {}
        self.left_out: dict[int, Trouble] = {}
        self.hits: dict[tuple[str, int], list[tuple[str, str]]] = {}

    def outcomes(self, wanted: set[int]) -> dict[int, Outcome]:
        """The outcome of every wanted test."""
        self.wanted = set(wanted)
        for _ in range(MAX_FOUNDED):
            if not self.wanted - self.done.keys():
                break
            with contextlib.suppress(SessionEnded), TestSession(self.zygote) as session:
                supply(session, self.unit)
                self._attend(session)
        given_up = undecided("the submission ended its process or hit limits too many times")
        return {n: self.done.get(n, given_up) for n in wanted}

    def _attend(self, session: TestSession) -> None:
        """Runs what is left in a process of its own, and takes down what became of it."""
        at, end = ("piece", -1), ("crashed", f"{OURS} ended its process")
        left = frozenset(self.wanted - self.done.keys())
        job = Job(self.steps, self.pieces, left, dict(self.left_out), self.full)
        for kind, *parts in events(lambda tell: Bench(job, session, tell).run()):
            if kind == "at":
                at = (parts[0], parts[1])
            elif kind == "outcome":
                self.done[parts[0]] = Outcome(*parts[1])
            elif kind == "end":
                return
            elif kind in ("hit", "ours"):
                end = (parts[0], parts[1])
        if end[0] == "crashed" and session._lease.end().cpu >= self.zygote.limits.cpu - 1:
            end = ("out of time", f"it used {self.zygote.limits.cpu} s of CPU time in all")
        self._blame(at, end)

    def _blame(self, at: tuple[str, int], end: tuple[str, str]) -> None:
        """What was going on when a process ended is tried once more, and then left out."""
        kind, number = at
        hits = self.hits.setdefault(at, [])
        hits.append(end)
        if kind == "test" and number in self.done:
            return
        if len(hits) < 2:
            return
        if kind == "piece":
            self.left_out[number] = Trouble(*end)
        elif end[1].startswith(OURS):
            self.done[number] = undecided(end[1][0].lower() + end[1][1:])
        else:
            problem = twice(hits)
            self.done[number] = Outcome(problem.status, 0.0, problem.reason)


def supply(session: Session, unit: str) -> None:
    """Puts the files that are handed out beside the notebook where student code finds them."""
    folder, room = release.ROOT / "notebooks" / unit, MAX_FILES
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file() or path.is_symlink() or path.suffix == ".ipynb":
            continue
        room -= path.stat().st_size
        if room < 0:
            return
        target = session._lease.scratch / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def events(work: Callable[[Tell], None]) -> Iterator[list[Any]]:
    """What a forked process tells while it does ``work``; it is ended when it stays silent."""
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads are asleep here: the fork is safe
        pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            _become_bench()
            work(lambda event: _tell(writer, event))
        finally:
            os._exit(0)
    os.close(writer)
    try:
        yield from _lines(reader)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        yield ["ours", "out of time", f"{OURS} took more than {CPU} s of CPU time"]


def _lines(reader: int) -> Iterator[list[Any]]:
    rest, quiet_since = b"", time.monotonic()
    while time.monotonic() - quiet_since < SILENCE:
        if not select.select([reader], [], [], 1.0)[0]:
            continue
        part = os.read(reader, 1 << 16)
        if not part:
            return
        quiet_since = time.monotonic()
        *lines, rest = (rest + part).split(b"\n")
        yield from map(json.loads, lines)
    yield ["ours", "out of time", f"{OURS} said nothing for {SILENCE:g} s"]


def _tell(writer: int, event: list[Any]) -> None:
    rest = json.dumps(event).encode() + b"\n"
    while rest:
        rest = rest[os.write(writer, rest) :]


def _become_bench() -> None:
    """Limits, and nothing of the grader's own state: a test sees the same in every run."""
    isolate.die_with_parent()
    faulthandler.disable()  # a test that crashes is told by its mark, not in the terminal
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 5))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nowhere, standard)
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  tests may use the old interface
