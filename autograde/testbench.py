"""In the process that is forked for plain test cells: the student's cells and the tests, in order.

One namespace holds what the instructor's cells define; the student's functions are proxies in it,
the student's values copies. What becomes of every test is told at once, so that nothing is lost
when a test, or the student's process, ends everything.
"""

import ast
import contextlib
import io
import linecache
import re
import traceback
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, NoReturn

from autograde import cells
from autograde.host import Ending
from autograde.marking import Problem, Status, of_cell
from autograde.names import facts
from autograde.proxy import Opaque, Proxy, Remote, RemoteIterator, StudentError, Undecidable
from autograde.running import Trouble
from autograde.session import Missing, Session, SessionEnded, Zygote
from autograde.submission import Piece
from autograde.testplan import Step
from autograde.wire import CannotCross

MAX_TEXT = 1000  # characters of a message
Tell = Callable[[list[Any]], None]


class Job(NamedTuple):
    """What one process has to do: the tests ``wanted``, with the pieces ``left_out`` of old.

    ``full``: with the hidden parts of the tests.
    """

    steps: tuple[Step, ...]
    pieces: tuple[Piece, ...]
    wanted: frozenset[int]
    left_out: dict[int, Trouble]
    full: bool


class Outcome(NamedTuple):
    """What a test cell said."""

    status: Status
    points: float
    message: str
    trace: str = ""


def undecided(why: str) -> Outcome:
    return Outcome("needs a human", 0.0, f"This test was not decided: {why}.")


class TestSession(Session):
    """A session for plain tests: what cannot be told from here is said to be so."""

    kinds: ClassVar[dict[str, type[Remote]]] = {
        **Session.kinds,
        "object": Opaque,
        "iterable": Opaque,
    }
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


class Bench:
    """One namespace for the instructor's cells, filled as a kernel would fill it."""

    def __init__(self, job: Job, session: TestSession, tell: Tell) -> None:
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
        if step.kind == "test" and number in self.job.wanted:
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
        error: BaseException | None = None
        try:
            value = self._execute(text, name)
        except (Exception, SystemExit, KeyboardInterrupt, SessionEnded, Undecidable) as raised:
            error = raised
        if self.session.status != "running":  # also where the test itself caught that
            self._gone()
        if Undecidable.last:
            return undecided(Undecidable.last)
        if error is not None:
            return self._cells_fault(text) or self._failed(error, line_in(error, name))
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
