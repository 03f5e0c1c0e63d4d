"""Plain test cells of any nbgrader notebook: the instructor's own text, run where no student is.

A process of the grader's own is forked for it, so that a test that crashes, hangs or fills the
memory ends nothing else. In its namespace the student's functions are proxies and the student's
values are copies. First all tests run as students see them; then, in a new process for the student
too, those with hidden parts, of which nothing is told but the points.
"""

import ast
import contextlib
import io
import json
import linecache
import os
import random
import re
import select
import shutil
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, NoReturn

import numpy as np

from autograde import cells, isolate, release, testplan
from autograde.host import Ending
from autograde.marking import HIDDEN_WRONG, ExerciseMark, Problem, Status, of_cell, scrub, twice
from autograde.names import facts
from autograde.proxy import Opaque, Proxy, Remote, RemoteIterator, StudentError, Undecidable
from autograde.release import Release
from autograde.running import Trouble
from autograde.session import Missing, Session, SessionEnded, Zygote
from autograde.submission import Piece, Submission
from autograde.testplan import Step
from autograde.wire import CannotCross
from course_lib.checking.verdict import Verdict, render

if sys.platform != "win32":
    import resource

MAX_FOUNDED = 12  # processes of one submission
CPU, MEMORY, SILENCE = 60, 4 << 30, 240.0  # of the grader's own process: CPU s, bytes, s
MAX_TEXT = 1000  # characters of a message
MAX_FILES = 50 << 20  # bytes that a course may put beside its notebook
OURS = "In the grader's own process, the test"
Tell = Callable[[list[Any]], None]


class Outcome(NamedTuple):
    """What a test cell said."""

    status: Status
    points: float
    message: str
    trace: str = ""


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


def undecided(why: str) -> Outcome:
    return Outcome("needs a human", 0.0, f"This test was not decided: {why}.")


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

    def _attend(self, session: "TestSession") -> None:
        """Runs what is left in a process of its own, and takes down what became of it."""
        at, end = ("piece", -1), ("crashed", f"{OURS} ended its process")
        for kind, *parts in events(lambda tell: _Bench(self, session, tell).run()):
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


# --- in the forked process: the student's cells and the tests, in their order ---------------------


class TestSession(Session):
    """A session for plain tests: what cannot be told from here is said to be so."""

    kinds: ClassVar[dict[str, type[Remote]]] = {**Session.kinds, "object": Opaque}
    __test__ = False  # pytest takes every class with such a name for its own

    def __init__(self, zygote: Zygote) -> None:
        self._known: dict[int, Remote] = {}
        super().__init__(zygote, figures=False)

    def receive(self, token: Any) -> Any:
        """One proxy per object of the student's: ``a is b`` means the same on both sides."""
        found = super().receive(token)
        if not isinstance(found, Remote):
            return found
        known = self._known.setdefault(found._handle.number, found)
        known._origin = found._origin
        return known

    def call(self, remote: Remote, batch: list[Any]) -> list[Any]:
        try:
            return super().call(remote, batch)
        except CannotCross as error:  # ours: what does not cross there is the student's error
            raise Undecidable(
                f"it hands over what student code cannot be given ({error})"
            ) from None

    def foreign_number(self, value: tuple[Any, ...]) -> int | None:
        number = super().foreign_number(value)
        if number is None and hasattr(value, "_fields"):
            raise CannotCross(f"a {type(value).__name__} of the lesson's own")
        return number


class _Gone(Exception):
    """This process has to end: the student's did, or hit a limit."""


class _Bench:
    """One namespace for the instructor's cells, filled as a kernel would fill it."""

    def __init__(self, job: _Pass, session: TestSession, tell: Tell) -> None:
        self.job, self.session, self.tell = job, session, tell
        session._lease.ending = Ending(0, 0.0)  # ending the process is left to the grader itself
        self.names: dict[str, Any] = {"__name__": "__main__", "display": lambda *a, **k: None}
        self.names["get_ipython"] = cells._NoShell
        self.ran = 0
        self.troubles = dict(job.left_out)
        self.asked = {name for step in job.steps for name in step.names}
        self.missing: dict[str, str] = {}  # name -> why the notebook does not offer it
        self.broken = ""  # why a cell of the lesson's failed here, if one did

    def run(self) -> None:
        """All steps in their order; tests that failed once more if a cell lacked later ones."""
        with contextlib.suppress(_Gone):
            failed = [number for number in range(len(self.job.steps)) if not self._step(number)]
            if failed and self._again():
                for number in failed:
                    self._step(number)
            self.tell(["end"])

    def _step(self, number: int) -> bool:
        """Runs one of the instructor's cells; whether all is said about it."""
        step = self.job.steps[number]
        self._pieces(step.after)
        text = step.full if self.job.full else step.source
        if step.kind == "test" and number in self.job.wanted - self.job.done.keys():
            self.tell(["at", "test", number])
            self._bind(step.names)
            found = self._judged(step, text)
            self.tell(["outcome", number, list(found)])
            if self.session.status != "running":
                raise _Gone
            return found.status == "marked" and found.points >= step.points
        if step.kind == "setup" or self._is_used_later(number):
            self._bind(step.names)
            self._prepare(text)
        return True

    def _is_used_later(self, number: int) -> bool:
        rest = self.job.steps[number + 1 :]
        return any(facts(self.job.steps[number].full).defines & facts(s.full).loads for s in rest)

    # --- the student's cells ----------------------------------------------------------------------

    def _pieces(self, upto: int) -> None:
        while self.ran < upto:
            number, self.ran = self.ran, self.ran + 1
            if number not in self.job.left_out:
                self._piece(number)

    def _piece(self, number: int) -> None:
        self.tell(["at", "piece", number])
        error = self.session.run_cell(self.job.pieces[number].source).error
        if self.session.status != "running":
            self._gone()
        if error is not None and error.kind == "MemoryError":
            self._gone("out of memory", "a cell asked for more memory than there is")
        self.troubles.pop(number, None)
        if error is not None:
            self.troubles[number] = Trouble("failed", error.text, error)

    def _again(self) -> bool:
        """Runs cells again that lacked names; whether one of them had what it needs now."""
        self._pieces(len(self.job.pieces))
        lacking = [n for n, t in self.troubles.items() if t.error and t.error.kind == "NameError"]
        for number in lacking:
            self._piece(number)
        return any(number not in self.troubles for number in lacking)

    def _gone(self, status: str = "", reason: str = "") -> NoReturn:
        self.tell(["hit", status or self.session.status, reason or self.session.reason])
        raise _Gone

    def _bind(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.names.pop(name, None)
            try:
                found = self.session.function(name)
            except StudentError as error:
                self.missing[name] = f"What the notebook calls `{name}` cannot be used: {error}"
                continue
            except SessionEnded:
                self._gone()
            if isinstance(found, Missing):
                self.missing[name] = f"The notebook defines no `{name}`."
            else:
                is_dots = isinstance(found, Opaque) and found._handle.name == "ellipsis"
                self.names[name] = ... if is_dots else found  # "answer = ..." is a common stub

    # --- the instructor's cells -------------------------------------------------------------------

    def _execute(self, text: str, name: str) -> Any:
        """Runs a cell; returns the value of its last expression, as a notebook would show it."""
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            tree = cells.parsed(text, name)
            ends = bool(tree.body) and isinstance(tree.body[-1], ast.Expr)
            last = tree.body.pop() if ends else None
            exec(compile(tree, name, "exec", dont_inherit=True), self.names)
            if not isinstance(last, ast.Expr):
                return None
            final = compile(ast.Expression(last.value), name, "eval", dont_inherit=True)
            value = eval(final, self.names)
        return None if text.rstrip().endswith(";") else value

    def _prepare(self, text: str) -> None:
        """Runs a cell of the lesson; what fails in it is remembered, unless the student is why."""
        try:
            self._execute(text, "<a cell of the lesson>")
        except SessionEnded:
            self._gone()
        except (StudentError, AssertionError):
            pass
        except (Exception, SystemExit, Undecidable) as error:
            if not (isinstance(error, NameError) and error.name in self.missing):
                said = f"{type(error).__name__}: {error}"[:MAX_TEXT]
                self.broken = self.broken or f"a cell of the lesson failed here with {said}"

    def _judged(self, step: Step, text: str) -> Outcome:
        name, value = f"<test {step.grade_id}>", None
        Undecidable.last = ""
        try:
            value = self._execute(text, name)
        except SessionEnded:
            self._gone()
        except Undecidable:
            pass
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if not Undecidable.last:
                found = self._failed(error, line_in(error, name))
                return self._cells_fault(text) or found
        if Undecidable.last:
            return undecided(Undecidable.last)
        return passed(value, step.points)

    def _failed(self, error: BaseException, line: str) -> Outcome:
        """What a test's error says: about the student's code, or about the test."""
        said = f"{type(error).__name__}: {error}"[:MAX_TEXT]
        if isinstance(error, StudentError):
            where = f" ({error.line_in_cell})" if error.line_in_cell else ""
            if isinstance(error, NotImplementedError):
                return Outcome("not written", 0.0, f"It is not written yet{where}.")
            return Outcome("marked", 0.0, f"Your code stopped with {said}{where}.", error.trace)
        if isinstance(error, AssertionError):
            text = str(error).strip()[:MAX_TEXT] or f"This does not hold: {line}"
            return Outcome("marked", 0.0, text)
        if isinstance(error, NameError) and error.name in self.missing:
            problem = self._why_missing(error.name)
            return Outcome(problem.status, 0.0, problem.reason)
        if self.broken:
            return undecided(self.broken)
        of_test = (NameError, ImportError, OSError, SyntaxError, RecursionError, MemoryError)
        proxies = any(kind.__name__ in said for kind in (Proxy, Opaque, Remote, RemoteIterator))
        if isinstance(error, (*of_test, SystemExit, KeyboardInterrupt)) or proxies:
            return undecided(f"it stopped by itself with {said}")
        return Outcome("marked", 0.0, f"The test stopped with {said}, at: {line}")

    def _cells_fault(self, text: str) -> Outcome | None:
        """The trouble of the answer's cell, if what the test used is what an older cell left."""
        used = facts(text).loads
        for number, trouble in self.troubles.items():
            piece = self.job.pieces[number]
            if piece.role == "answer" and used & set(re.findall(r"\w+", piece.source)) & self.asked:
                problem = told_of(trouble)
                return Outcome(problem.status, 0.0, problem.reason)
        return None

    def _why_missing(self, name: str) -> Problem:
        for number, trouble in self.troubles.items():
            if re.search(rf"\b{re.escape(name)}\b", self.job.pieces[number].source):
                return told_of(trouble)
        return Problem("not written", self.missing[name])


def told_of(trouble: Trouble) -> Problem:
    """What became of an answer's cell; one that is still the stub is not written."""
    if trouble.error is not None and trouble.error.kind == "NotImplementedError":
        return Problem("not written", "Its cell is not written yet.")
    return of_cell(trouble)


def line_in(error: BaseException, name: str) -> str:
    """The deepest line of an error's traceback that stands in the cell called ``name``."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == name]
    return (frames[-1].line or "") if frames else ""


def passed(value: Any, points: float) -> Outcome:
    """The outcome of a test that ran to its end: a number as its value is partial credit."""
    try:
        earned = float(repr(value))
    except ValueError:
        return Outcome("marked", points, "All of this test passed.")
    if not 0 <= earned <= points:
        return undecided(f"it gave {earned:g} of {points:g} points")
    return Outcome("marked", earned, f"The test gave {earned:g} of {points:g} points.")
